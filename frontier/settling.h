/* SPDX-License-Identifier: MIT
 *
 * settling - a pass that writes what became of URLs to `urls` and `revisits`, in slices.
 *
 * Hosts go by their ids, as the tables do, each with all that it has then; with the last of its
 * URLs its own record follows. When all had their turn, the records of the batches that the pass
 * began with are deleted. A crash before brings them back, and they are settled again, which
 * changes nothing.
 */
#ifndef FRONTIER_SETTLING_H
#define FRONTIER_SETTLING_H

#include <stdbool.h>
#include <stdint.h>

#include "frontier/host_heap.h"
#include "store/database.h"

struct frontier;
struct host;
struct local_url;
struct revisit;
struct url;
struct url_record;

struct settling {
    uint64_t count;         /* URLs that are not settled. */
    int64_t since_ms;       /* When the first of them came; of those that were read back, 0. */
    bool has_records;       /* There may be records in `tried`. */
    bool is_active;         /* A pass is under way. */
    uint64_t limit;         /* Newest batch of the pass. */
    struct host_heap hosts; /* Those to come, by id. */
};

/* Reads what an earlier process did not settle. */
void settling_load(struct frontier *frontier);

/* A URL's record, and whether its row in `revisits` is forced; previous as for frontier_record. The
 * host has an id. */
void settling_enter(struct frontier *frontier, struct txn *txn, struct host *host,
                    const struct url *url, const struct url_record *previous,
                    const struct url_record *record, bool is_forced);
/* NULL where nothing of the URL is unsettled. */
struct tried_url *settling_find(struct frontier *frontier, const struct host *host,
                                const struct local_url *local);

/* Rows in `revisits` for the host's unsettled URLs that are due soon: it goes to sleep, and only
 * rows are found when it wakes. */
void settling_write_rows(struct frontier *frontier, struct txn *txn, struct host *host);

/* What the rows of `revisits` do not know of a host. */
struct unsettled_due {
    uint64_t more;       /* URLs due by the time, whose rows are still to come. */
    uint64_t fewer;      /* Rows by the time that are about to go. */
    int64_t next_due_ms; /* Of the URLs whose rows are to come, the first after it. */
};
struct unsettled_due settling_due(const struct host *host, int64_t by_ms);

/* Does a row of `revisits` name another time than its URL's unsettled record? */
bool settling_is_stale(struct frontier *frontier, const struct host *host,
                       const struct revisit *revisit);

/* Is it time for a pass, or for its next slice? */
bool settling_is_due(const struct frontier *frontier);
bool settling_is_over(const struct frontier *frontier);
/* A slice; begins a pass where none is under way. */
void settling_step(struct frontier *frontier, struct txn *txn);

#endif
