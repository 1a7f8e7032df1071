/* SPDX-License-Identifier: MIT
 *
 * view - hosts with all that waits for them, as status, explain and ls show them: one, or all that
 * have work, in slices.
 *
 * Part of the frontier, for the store thread. Nothing here changes what will be fetched. Between
 * two slices the crawl goes on, so sums over hosts are those of no single moment.
 */
#ifndef FRONTIER_VIEW_H
#define FRONTIER_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontier/frontier.h"

/* A host with all that waits for it. */
struct host_view {
    struct host_record host; /* host.queued and host.held: in its chunks. */
    uint64_t waiting;        /* In memory, not in its chunks yet. */
    uint64_t in_flight;      /* Handed out, without an outcome yet ... */
    uint64_t in_flight_only; /* ... and counted neither as queued nor as due. */
    uint64_t tried;
    uint64_t due;        /* Tried URLs that are wanted again by now. */
    bool is_due_about;   /* There are so many that they were not counted one by one. */
    int64_t next_due_ms; /* The first one that is not due yet; INT64_MAX: none, or not looked at. */
    bool is_awake;       /* In a fetch thread. */
    bool is_seeded;
};

/* New URLs that have no outcome yet, those that are held left out. */
uint64_t host_view_new(const struct host_view *view);

/* STATUS_NOT_FOUND where nothing was written for the host and nothing waits for it. name backs
 * view->host.name. */
enum status frontier_view_host(struct frontier *frontier, struct bytes name, int64_t now_ms,
                               struct host_view *view);

/* As frontier_host_after, with the view. */
bool frontier_view_after(struct frontier *frontier, struct bytes after, int64_t now_ms,
                         struct host_view *view, struct buf *scratch);

/* ---- All hosts that have work */

/* A walk over the hosts that have work by until_ms; all zeros, with the two times, to begin. */
struct host_walk {
    int64_t now_ms;
    int64_t until_ms;
    int64_t next_due_ms; /* The earliest work later than until_ms that was met; 0: not met yet. */
    uint32_t number;     /* Of the walk. */
    enum { WALK_AGENDA, WALK_MEMORY, WALK_OVER } part;
    int64_t wake_ms; /* Where the agenda goes on. */
    uint64_t host;
    size_t bucket;  /* Where memory goes on ... */
    size_t buckets; /* ... among as many as there were. */
};

/* Shows some of them, each once but for those that move meanwhile. looks bounds what is looked at:
 * 1,000 take 1.5 ms, and 6 ms where all is read from disk. False when that was all. */
bool frontier_walk_work(struct frontier *frontier, struct host_walk *walk, size_t looks,
                        void (*each)(void *owner, const struct host_view *view), void *owner);

#endif
