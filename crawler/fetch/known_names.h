/* SPDX-License-Identifier: MIT
 *
 * known_names - the names whose addresses libcurl's DNS cache holds, so that each is taken out when
 * nobody uses it.
 *
 * A name ("host:port") is in use by every transfer to it; libcurl may need its addresses again as
 * long as one lasts. Removal is a line of CURLOPT_RESOLVE, so it comes with some later request.
 */
#ifndef CRAWLER_FETCH_KNOWN_NAMES_H
#define CRAWLER_FETCH_KNOWN_NAMES_H

#include <stdint.h>

#include "crawler/fetch/lines.h"

struct known_names;
struct known_name;

struct known_names *known_names_new(void);
void known_names_free(struct known_names *names);

/* Until known_names_leave. */
struct known_name *known_names_use(struct known_names *names, struct bytes host, uint16_t port);
void known_names_leave(struct known_names *names, struct known_name *name);

/* "host:port" */
const char *known_name_text(const struct known_name *name);

/* Adds the removal of every name that was left and is not in use, and knows it no more. */
void known_names_forget(struct known_names *names, struct lines *lines);

#endif
