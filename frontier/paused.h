/* SPDX-License-Identifier: MIT
 *
 * paused - the hosts that the user wants left alone until further notice.
 *
 * A pattern (base/host_pattern.h) is a host, or "*.example.org" for all below a domain, whether
 * they are known or not. Patterns lie in `meta` and in memory; few are expected.
 */
#ifndef FRONTIER_PAUSED_H
#define FRONTIER_PAUSED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "store/database.h"

struct paused;

enum status paused_open(struct paused **out, struct database *database);
void paused_close(struct paused *paused);

/* Is this host one of them? Thread-safe. */
bool paused_has(struct paused *paused, struct bytes host);

/* Written in the transaction, and in force at once. False where nothing changes. */
bool paused_add(struct paused *paused, struct txn *txn, struct bytes pattern);
bool paused_remove(struct paused *paused, struct txn *txn, struct bytes pattern);

/* In the order of their bytes. For the thread that adds and removes. */
size_t paused_count(const struct paused *paused);
struct bytes paused_at(const struct paused *paused, size_t index);

#endif
