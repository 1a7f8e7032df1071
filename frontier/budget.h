/* SPDX-License-Identifier: MIT
 *
 * budget - how much a host and its site may still have: what is queued and what is held, whether
 * new URLs are handed out at all, and who goes on when a budget is free again.
 *
 * A host whose pages, or whose site's pages or hosts, are used up gets no new URLs but seeds, is
 * not woken for them, and stands in the table `over_budget`. It goes on when its own pages become
 * fewer, when a page of its site goes, when its site gets a seed, when a run begins (a place that
 * came free may have been taken by no page), or when the configuration changes.
 */
#ifndef FRONTIER_BUDGET_H
#define FRONTIER_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "frontier/frontier.h"
#include "store/database.h"

struct host;

/* The walk over all hosts that are over a budget. */
struct budget_release {
    bool is_due;      /* All are to be looked at. */
    struct buf after; /* How far it has come, as a key of that table. */
};

/* How many URLs may be queued for a host, and for its site; 0: no bound. */
struct queue_bounds {
    uint64_t host;
    uint64_t site;
};

/* The host is loaded. */
struct queue_bounds budget_queue_bounds(const struct frontier *frontier, const struct host *host);
/* May one more URL of this class go to the host's queue? Else it is held. */
bool budget_may_queue(const struct queue_bounds *bounds, const struct host *host,
                      uint8_t url_class);

/* Why the host gets no new URLs now, or BUDGET_NONE. It is loaded. */
enum budget budget_used_up(const struct frontier *frontier, const struct host *host);
/* URLs that were never tried and may be handed out beside those in flight. */
uint64_t budget_room(const struct frontier *frontier, const struct host *host);

/* A page of the host went: it, or another host of its site, may go on. */
void budget_page_went(struct frontier *frontier, struct host *host);
/* The host has a seed: its site may have any number of hosts. */
void budget_seeded(struct frontier *frontier, struct txn *txn, struct host *host);

/* All hosts over a budget are looked at again: some in each slice of housekeeping. */
void budget_release_begin(struct frontier *frontier);
bool budget_release_is_due(const struct frontier *frontier);
void budget_release_step(struct frontier *frontier, struct txn *txn);

#endif
