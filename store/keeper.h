/* SPDX-License-Identifier: MIT
 *
 * keeper - the thread beside the writer that flushes the log each second, checkpoints by log volume
 * and trickles dirty pages. Nothing else: it touches no table.
 */
#ifndef STORE_KEEPER_H
#define STORE_KEEPER_H

#include "store/database.h"

struct keeper;

/* Looks ten times a second. Checkpoints when the log since the last one passes checkpoint_bytes. */
struct keeper *keeper_start(struct database *database, uint64_t checkpoint_bytes);
/* Flushes once more and joins. NULL is fine. */
void keeper_stop(struct keeper *keeper);

#endif
