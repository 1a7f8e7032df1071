/* SPDX-License-Identifier: MIT
 *
 * revisits - the table of tried URLs that are wanted again: one row each, in order of time within a
 * host.
 *
 * Key: host id, due, the URL's fingerprint. Value: whether it was asked for past its freshness, and
 * the URL without its host. A row counts only while the URL's record names the same time; one that
 * does not was left behind and may go.
 */
#ifndef FRONTIER_REVISITS_H
#define FRONTIER_REVISITS_H

#include <stdbool.h>
#include <stdint.h>

#include "frontier/local_url.h"
#include "store/database.h"

struct revisit {
    uint64_t host;
    int64_t due_ms;
    uint64_t fingerprint;
    bool is_forced;
    struct local_url local;
};

/* Where due_ms is INT64_MAX, nothing. */
void revisit_put(struct table *table, struct txn *txn, const struct revisit *revisit);
void revisit_delete(struct table *table, struct txn *txn, uint64_t host, int64_t due_ms,
                    uint64_t fingerprint);

/* To the host's first row; then cursor_next and revisit_row. */
bool revisit_seek(struct cursor *cursor, struct table *table, uint64_t host,
                  struct revisit *revisit);
/* To the host's first row at or after this place. */
bool revisit_seek_from(struct cursor *cursor, struct table *table, uint64_t host, int64_t due_ms,
                       uint64_t fingerprint, struct revisit *revisit);
/* The row under the cursor, if it is one of the host's; borrows from the cursor. */
bool revisit_row(const struct cursor *cursor, struct table *table, uint64_t host,
                 struct revisit *revisit);

/* Rows of the host before a place. */
struct revisit_count {
    uint64_t count;
    bool is_about; /* There are more than REVISITS_COUNTED, and the rest was estimated. */
};

enum { REVISITS_COUNTED = 1000 };

/* all: how many the host has at most. */
struct revisit_count revisits_before(struct table *table, uint64_t host, int64_t due_ms,
                                     uint64_t fingerprint, uint64_t all);

#endif
