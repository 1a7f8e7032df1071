/* SPDX-License-Identifier: MIT
 *
 * agenda - the table of hosts by the time of their next work: who wakes next, without looking at
 * hosts.
 *
 * Key: wake time, host id. Value: the host's name. Every host with chunks or revisits has one row,
 * never later than its work; awake ones too, so that a crash forgets none. Rows before `position`
 * are those of hosts that are awake already: the next search begins there.
 */
#ifndef FRONTIER_AGENDA_H
#define FRONTIER_AGENDA_H

#include <stdbool.h>
#include <stdint.h>

#include "store/database.h"

struct agenda {
    struct table *table;
    int64_t position_ms;
    uint64_t position_host;
};

struct agenda_row {
    int64_t wake_ms;
    uint64_t host;
    struct bytes name; /* Borrowed from the cursor. */
};

enum status agenda_open(struct agenda *agenda, struct database *database);

/* Moves the host's row from previous_ms to wake_ms; INT64_MAX: there is or will be none. */
void agenda_move(struct agenda *agenda, struct txn *txn, uint64_t host, struct bytes name,
                 int64_t previous_ms, int64_t wake_ms);

/* The first row at or after this place; then cursor_next and agenda_row. */
bool agenda_seek(const struct agenda *agenda, struct cursor *cursor, int64_t wake_ms, uint64_t host,
                 struct agenda_row *row);
void agenda_row(const struct agenda *agenda, const struct cursor *cursor, struct agenda_row *row);

/* The next search begins at this row, or behind it. */
void agenda_pass(struct agenda *agenda, const struct agenda_row *row);

#endif
