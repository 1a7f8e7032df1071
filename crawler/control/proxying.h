/* SPDX-License-Identifier: MIT
 *
 * proxying - which proxies a request may go through: those of the configuration or, where it says
 * so, of the environment, but for hosts that are to be asked directly.
 *
 * Hosts with the same list share it, and the rests of those that failed. One for each thread.
 */
#ifndef CRAWLER_CONTROL_PROXYING_H
#define CRAWLER_CONTROL_PROXYING_H

#include "base/url.h"
#include "config/config.h"
#include "crawler/fetch/proxies.h"

struct proxying;

struct proxying *proxying_new(void);
void proxying_free(struct proxying *proxying);

/* NULL: the URL is asked for directly. Borrowed, and stays. A list that cannot be read is empty:
 * nothing that was to go through a proxy goes without. */
struct proxies *proxying_for(struct proxying *proxying, const struct settings *settings,
                             const struct url *url);

/* Appends the proxies that the URL may go through, for people: without passwords. Nothing where it
 * is asked for directly. */
void proxying_print(const struct settings *settings, const struct url *url, struct buf *out);

/* NULL, or (caller frees) what is wrong with the proxies or with no_proxy. */
char *proxying_error(const struct settings *settings);

#endif
