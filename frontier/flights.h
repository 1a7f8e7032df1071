/* SPDX-License-Identifier: MIT
 *
 * flights - the URLs that are handed out and have no outcome yet.
 *
 * A flight is found by its ticket, by the fingerprint of its URL (so that no URL is handed out
 * twice at a time) and by its host. Its place is where its URL waits on disk: a batch or a chunk in
 * memory. A flight has none when it is a revisit, or when its URL was written to a chunk meanwhile;
 * it may be given a new one.
 */
#ifndef FRONTIER_FLIGHTS_H
#define FRONTIER_FLIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "frontier/lot.h"

struct host;
struct flights;

enum flight_kind { FLIGHT_QUEUED, FLIGHT_REVISIT, FLIGHT_EPOCH };

struct flight {
    uint64_t ticket;
    uint64_t fingerprint;
    struct host *host;
    enum flight_kind kind;
    struct run *run; /* NULL: it has no place. */
    uint32_t place;
    uint32_t next_in_bucket; /* Slots; 0: none. */
    uint32_t next_of_host;
    uint32_t previous_of_host;
};

struct flights *flights_new(void);
void flights_free(struct flights *flights);

/* No URL of this fingerprint may be in flight. Valid until the next begin. */
struct flight *flight_begin(struct flights *flights, struct host *host, uint64_t fingerprint);
/* NULL where there is none. */
struct flight *flight_by_ticket(struct flights *flights, uint64_t ticket);
struct flight *flight_by_fingerprint(struct flights *flights, uint64_t fingerprint);
void flight_end(struct flights *flights, struct flight *flight);

/* The flights of one host; NULL at the end. */
struct flight *flight_first(struct flights *flights, const struct host *host);
struct flight *flight_next(struct flights *flights, const struct flight *flight);

#endif
