/* SPDX-License-Identifier: MIT
 *
 * over_budget - the table of hosts that get no new URLs, because a budget is used up: a row each,
 * so that whoever frees a budget finds one without looking at others.
 *
 * Key: the site's name in SURT order and a zero, the reason, the host's id. Value: the host's name.
 */
#ifndef FRONTIER_OVER_BUDGET_H
#define FRONTIER_OVER_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "frontier/frontier.h"
#include "store/database.h"

void over_budget_put(struct table *table, struct txn *txn, struct bytes host, uint64_t id,
                     enum budget reason);
void over_budget_delete(struct table *table, struct txn *txn, struct bytes host, uint64_t id,
                        enum budget reason);

/* To the first host of a site that is held for this reason; then cursor_next and over_budget_row.
 */
bool over_budget_seek(struct cursor *cursor, struct bytes site, enum budget reason);
/* Is the row under the cursor one of them? *host borrows from the cursor. */
bool over_budget_row(const struct cursor *cursor, struct bytes site, enum budget reason,
                     struct bytes *host);

#endif
