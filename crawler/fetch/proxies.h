/* SPDX-License-Identifier: MIT
 *
 * proxies - a list of proxies that are used in turn; one that fails rests.
 *
 *     ready --failed--> resting --its time, taken--> tried --worked--> ready
 *                          ^                            |
 *                          +----------- failed ---------+
 *
 * A rest is 30 s at first and doubles to half an hour. After it one request tries the proxy; others
 * go elsewhere until that one is over. What was under way when a proxy began to rest changes
 * nothing if it fails, too.
 *
 * Silence may be the proxy's fault or that of an origin behind it. Of three origins in a row, it is
 * the proxy's; and so it is while the proxy is tried.
 *
 * Nor is the request that it failed of the one that tries it: others have PROXY_GRACE_MS for that,
 * from the end of its rest on, as one URL that a proxy cannot bear would make it rest for ever.
 *
 * For one thread. Times are monotonic milliseconds given by the caller.
 */
#ifndef CRAWLER_FETCH_PROXIES_H
#define CRAWLER_FETCH_PROXIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crawler/fetch/proxy.h"

#define PROXY_REST_FIRST_MS INT64_C(30000)
#define PROXY_REST_MOST_MS  INT64_C(1800000)
#define PROXY_GRACE_MS      INT64_C(30000)
#define PROXY_SILENCES_MOST 3

struct proxies;

/* What goes through: hashes of its host and of its URL. 0: of nothing in particular. */
struct proxied {
    uint64_t origin;
    uint64_t url;
};

struct proxies *proxies_new(void);
void proxies_free(struct proxies *proxies);

/* Takes what the proxy holds. */
void proxies_add(struct proxies *proxies, const struct proxy *proxy);

size_t proxies_count(const struct proxies *proxies);
const struct proxy *proxies_at(const struct proxies *proxies, size_t index);

/* The next in turn that may be used now for this; false where all rest or are being tried. */
bool proxies_next(const struct proxies *proxies, const struct proxied *what, int64_t now_ms,
                  size_t *index);
/* False, but not for anything else: others are to come first. */
bool proxies_pass_over(const struct proxies *proxies, const struct proxied *what, int64_t now_ms);

/* A request goes through the one that is next; a note follows, whatever comes of it. */
void proxies_take(struct proxies *proxies, size_t index);

/* How the request went, as far as it is the proxy's doing. True where it failed though it had
 * worked: the request may be what it failed of. */
bool proxies_note(struct proxies *proxies, size_t index, enum proxy_fate fate,
                  const struct proxied *what, int64_t now_ms);

/* When one may be taken for this at the earliest: 0 where one may now, -1 where that depends on a
 * request that is under way, or there is none. */
int64_t proxies_wait_ms(const struct proxies *proxies, const struct proxied *what, int64_t now_ms);

#endif
