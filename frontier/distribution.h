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
#include "store/database.h"

struct host;

struct distribution {
    bool is_active;
    uint64_t limit;     /* Newest batch of the pass. */
    struct host **heap; /* Hosts to come: binary min-heap by key. */
    size_t count;
    size_t capacity;
};

void distribution_clear(struct distribution *distribution);

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
