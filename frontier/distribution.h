/* SPDX-License-Identifier: MIT
 *
 * distribution - a pass that writes the arrivals in memory to their hosts' chunks, in slices.
 *
 * A pass takes the batches up to the newest at its start, host by host in the order of keys; each
 * slice is a transaction that also writes the mark of how far it came, so that after a crash no URL
 * is taken for distributed that is not, and few are twice. When all hosts had their turn, the
 * batches' records are deleted.
 */
#ifndef FRONTIER_DISTRIBUTION_H
#define FRONTIER_DISTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "frontier/host_heap.h"
#include "store/database.h"

struct frontier;

struct distribution {
    bool is_active;
    uint64_t limit;         /* Newest batch of the pass. */
    struct host_heap hosts; /* Those to come, by key. */
};

void distribution_clear(struct distribution *distribution);

/* Is it time for a pass, or for its next slice? */
bool distribution_is_due(const struct frontier *frontier);
/* Nothing is left to distribute. */
bool distribution_is_over(const struct frontier *frontier);
/* A slice; begins a pass where none is under way. */
void distribution_step(struct frontier *frontier, struct txn *txn);

/* How far a pass came, as stored. */
struct distribution_mark {
    uint64_t limit;
    uint64_t batch;   /* Of the host named, batches up to this one are done. */
    struct bytes key; /* Of that host; hosts before it are done. Borrowed. */
};

/* The stored mark, or one that nothing has passed. */
struct distribution_mark distribution_mark_read(struct table *meta, struct buf *scratch);
/* Has the pass written what this batch holds for this host? */
bool distribution_mark_passed(const struct distribution_mark *mark, uint64_t batch,
                              struct bytes key);

#endif
