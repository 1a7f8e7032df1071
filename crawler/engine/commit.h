/* SPDX-License-Identifier: MIT
 *
 * commit - what one visit changes in the tables, within the transaction of its batch.
 *
 * The visit's outcome and what was known of the URL give its new record: state, reason, due time,
 * and where the content says so a page, a body, a change. Never "deleted because not seen": a page
 * leaves the index only by what its own URL answered.
 */
#ifndef CRAWLER_ENGINE_COMMIT_H
#define CRAWLER_ENGINE_COMMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "crawler/control/tables.h"
#include "crawler/engine/visit.h"
#include "frontier/scope.h"

struct commit {
    struct tables *tables;
    const struct config *config;
    const struct scope *scope; /* In force; held by the caller. */
    struct txn *txn;
    int64_t now_ms;
    bool is_scope_wider; /* A seed's redirect brought a new seed: the scope is to be made anew. */
    uint64_t pages;      /* Fetched with content. */
    uint64_t changes;
    uint64_t failures;
    uint64_t added; /* URLs that became known. */
    struct buf scratch;
    struct buf history; /* Of the URL under way. */
};

void commit_begin(struct commit *commit, struct tables *tables, const struct config *config,
                  const struct scope *scope, struct txn *txn, int64_t now_ms);
void commit_clear(struct commit *commit);

/* The visit stays the caller's. */
void commit_visit(struct commit *commit, struct visit *visit);

#endif
