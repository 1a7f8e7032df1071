/* SPDX-License-Identifier: MIT
 *
 * search - where a URL stands in its host's queue, and how many are before it, in slices.
 *
 * Part of the frontier, for the store thread. Nothing here changes what will be fetched. The search
 * goes the way that frontier_take goes; while it does, the host may be served, so a URL that moves
 * at that moment may be missed.
 */
#ifndef FRONTIER_SEARCH_H
#define FRONTIER_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontier/frontier.h"

/* A search for a URL in its host's queue; all zeros to begin. */
struct queue_search {
    bool is_found;
    bool is_in_flight;
    struct found_url found;           /* url and fingerprint are left out. */
    uint64_t before[URL_CLASSES + 1]; /* URLs that wait in front of it, by class; then held ones. */
    /* Where it goes on. */
    enum { SEARCH_FLIGHTS, SEARCH_CHUNKS, SEARCH_BATCHES, SEARCH_OVER } part;
    uint8_t list;
    uint64_t number; /* Of a chunk or batch. */
    bool has_place;
    uint32_t place; /* In a batch: the last one that was looked at. */
};

/* Looks at up to so many URLs; about 100,000 take 10 ms. False when the search is over: the URL was
 * found, or is not queued. What is queued and tried is no longer queued. */
bool frontier_search_queue(struct frontier *frontier, const struct url *url,
                           struct queue_search *search, size_t looks);

/* Handed out, without an outcome yet; a URL that was tried before, too. *before: so many of its
 * host were handed out earlier, and are so still. */
bool frontier_find_flight(const struct frontier *frontier, const struct url *url, uint64_t *before);

/* A tried URL that is wanted again. */
struct revisit_place {
    bool is_there;   /* It has a row, at the time that its record names. */
    bool is_forced;  /* Seeded again: past its freshness. */
    uint64_t before; /* Rows of the host in front of it ... */
    bool is_about;   /* ... counted, or estimated as they are many. */
};

void frontier_find_revisit(struct frontier *frontier, const struct url *url,
                           const struct url_record *record, struct revisit_place *place);

#endif
