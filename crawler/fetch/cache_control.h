/* SPDX-License-Identifier: MIT
 *
 * cache_control - the directives of Cache-Control (RFC 9111, 5.2; RFC 5861; RFC 8246), of a request
 * or a response, as a private cache reads them: s-maxage, private and proxy-revalidate say nothing
 * to it.
 *
 * All fields of the name are one list. Of a directive that comes twice the first counts (RFC 9111,
 * 4.2.1). Where an argument cannot be read, the directive means what keeps the response from being
 * reused longest.
 */
#ifndef CRAWLER_FETCH_CACHE_CONTROL_H
#define CRAWLER_FETCH_CACHE_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "crawler/fetch/headers.h"

struct cache_control {
    /* Seconds up to 2^31; -1: not said. */
    int64_t max_age_s;
    int64_t stale_while_revalidate_s;
    int64_t stale_if_error_s;
    int64_t max_stale_s; /* Without an argument the most. */
    int64_t min_fresh_s;
    bool is_no_cache; /* As a whole; with names of fields only those are meant. */
    bool is_no_store;
    bool is_must_revalidate;
    bool is_must_understand;
    bool is_public;
    bool is_private;
    bool is_immutable;
};

void cache_control_read(struct cache_control *control, struct bytes headers);

/* Where a walk stands; it starts zeroed. */
struct cache_hidden {
    struct header_members directives;
    struct bytes names;
    size_t at;
};

/* Each name of a field that a no-cache="..." names: not to be reused without validation. */
bool cache_control_next_hidden(struct bytes headers, struct cache_hidden *walk, struct bytes *name);

#endif
