/* SPDX-License-Identifier: MIT
 *
 * lobby - the sleeping hosts that have work in memory: ready ones in order of arrival, resting ones
 * by time.
 *
 * A host may be woken by another way meanwhile; whoever takes it out looks whether there still is
 * work.
 */
#ifndef FRONTIER_LOBBY_H
#define FRONTIER_LOBBY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontier/hosts.h"

struct lobby_rest {
    int64_t until_ms;
    struct host *host;
};

struct lobby {
    struct host *first;
    struct host *last;
    struct lobby_rest *rests; /* Binary min-heap by time. */
    size_t rest_count;
    size_t rest_capacity;
};

void lobby_init(struct lobby *lobby);
void lobby_clear(struct lobby *lobby);

/* Nothing where the host is in the lobby already. */
void lobby_enter(struct lobby *lobby, struct host *host, int64_t until_ms, int64_t now_ms);

/* The next ready host, which leaves; NULL where none is ready. */
struct host *lobby_leave(struct lobby *lobby, int64_t now_ms);

/* Sends away those of whom is_kept says no. */
void lobby_prune(struct lobby *lobby, bool (*is_kept)(const void *owner, const struct host *host),
                 const void *owner);

/* Those that rest do so until another time, by what until_ms says of each. */
void lobby_renew(struct lobby *lobby,
                 int64_t (*until_ms)(const void *owner, const struct host *host),
                 const void *owner);

/* When somebody will be ready: now_ms where somebody is, INT64_MAX where nobody is here. */
int64_t lobby_next_ms(const struct lobby *lobby, int64_t now_ms);

#endif
