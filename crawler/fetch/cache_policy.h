/* SPDX-License-Identifier: MIT
 *
 * cache_policy - what RFC 9111 lets a private cache do with a response: ours, which serves nobody
 * but this crawl.
 *
 * cache_entry_make() reads a response once, when it comes or when a 304 has updated its fields.
 * What it finds is a handful of points in time, and cache_use() asks them what to do when the page
 * is wanted again:
 *
 *     received ......... fresh_until ... stale_while_until
 *              reuse                 reuse, and validate    validate
 *
 * All is pure. Times are wall clock, ms since 1970, as the caller has them. Whether the request
 * is one that the response is for is a question to vary.h.
 */
#ifndef CRAWLER_FETCH_CACHE_POLICY_H
#define CRAWLER_FETCH_CACHE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "crawler/fetch/cache_control.h"

/* A response without a lifetime of its own is fresh for a tenth of its age when it came (RFC 9111,
 * 4.2.2), but not longer than this: a page that did not change for ten years may do so today. */
#define CACHE_HEURISTIC_MOST_MS INT64_C(86400000)

/* An exchange that is over. */
struct cache_exchange {
    struct bytes method;
    struct bytes request; /* Fields as sent. */
    uint16_t status;
    struct bytes response; /* Fields as received, or as stored after an update. */
    int64_t requested_ms;  /* Of the exchange that the response or its last update came by. */
    int64_t received_ms;
};

struct cache_entry {
    bool is_reusable;       /* Else it is never used for another request, validated or not. */
    bool is_heuristic;      /* fresh_until_ms is our guess. */
    bool must_validate;     /* no-cache: not even while it is fresh. */
    bool must_not_be_stale; /* must-revalidate: whatever else allows it. */
    bool is_immutable;      /* It will not change while it is fresh: RFC 8246. */
    int64_t born_ms;        /* Age is counted from here. */
    int64_t received_ms;
    int64_t fresh_until_ms;       /* At born_ms or before: never was. */
    int64_t stale_while_until_ms; /* 0: no such leave. RFC 5861, 3. */
    int64_t stale_error_until_ms; /* RFC 5861, 4. */
};

void cache_entry_make(struct cache_entry *entry, const struct cache_exchange *exchange);

/* What a 304 or HEAD response that does not match leaves: stale from now on. */
void cache_entry_spoil(struct cache_entry *entry);

/* How old the response is (RFC 9111, 4.2.3), at least 0. */
int64_t cache_age_ms(const struct cache_entry *entry, int64_t now_ms);

bool cache_is_fresh(const struct cache_entry *entry, int64_t now_ms);

/* What the one who wants the page asks for. */
struct cache_wish {
    struct cache_control control; /* Of the request's fields. */
    bool is_reload; /* To be asked for even if fresh, unless it cannot have changed: immutable. */
};

/* From the fields that would be sent. Pragma counts where there is no Cache-Control (RFC
 * 9111, 5.4).
 */
void cache_wish_read(struct cache_wish *wish, struct bytes request, bool is_reload);

enum cache_use {
    CACHE_REUSE,
    CACHE_REUSE_STALE,    /* The wish allows it (max-stale). */
    CACHE_REUSE_VALIDATE, /* stale-while-revalidate: use it now, and validate it. */
    CACHE_VALIDATE,       /* Ask, on condition that it has changed. */
    CACHE_FETCH,          /* Ask as if there were none. */
};

enum cache_use cache_use(const struct cache_entry *entry, const struct cache_wish *wish,
                         int64_t now_ms);

/* May the stored response stand in where validating it failed? status: 0 where no answer came at
 * all. Without stale-if-error an error of the server's own is no reason. */
bool cache_covers_error(const struct cache_entry *entry, uint16_t status, int64_t now_ms);

/* Does the answer to a request of this method end the use of what is stored for its URL, and for
 * the URLs of its own origin in Location and Content-Location? (RFC 9111, 4.4) */
bool cache_invalidates(struct bytes method, uint16_t status);

#endif
