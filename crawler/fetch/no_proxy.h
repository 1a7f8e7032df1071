/* SPDX-License-Identifier: MIT
 *
 * no_proxy - which hosts are asked without a proxy.
 *
 * A list with commas or white space between:
 *
 *     example.org        that host and all below it
 *     .example.org       those below it alone; "*.example.org" is the same
 *     192.0.2.7, ::1     that address, where the URL has it in place of a name
 *     10.0.0.0/8         such addresses
 *     *                  every host
 *
 * ":port" behind one but an address range means that port alone (an IPv6 address is in brackets
 * then). Case and a dot at the end of a name mean nothing.
 */
#ifndef CRAWLER_FETCH_NO_PROXY_H
#define CRAWLER_FETCH_NO_PROXY_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/url.h"

struct no_proxy;

/* NULL where an entry cannot be read; then *problem (caller frees) says why. */
struct no_proxy *no_proxy_new(struct bytes list, char **problem);
void no_proxy_free(struct no_proxy *no_proxy);

bool no_proxy_matches(const struct no_proxy *no_proxy, const struct url *url);

#endif
