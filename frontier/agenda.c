/* SPDX-License-Identifier: MIT */
#include "frontier/agenda.h"

#include "base/pack.h"

enum status agenda_open(struct agenda *agenda, struct database *database)
{
    *agenda = (struct agenda){ 0 };
    return database_table(database, "agenda", &agenda->table);
}

static void pack_key(struct buf *key, int64_t wake_ms, uint64_t host)
{
    buf_reset(key);
    pack_be64(key, wake_ms > 0 ? (uint64_t)wake_ms : 0);
    pack_be64(key, host);
}

static bool is_before_position(const struct agenda *agenda, int64_t wake_ms, uint64_t host)
{
    return wake_ms < agenda->position_ms ||
           (wake_ms == agenda->position_ms && host < agenda->position_host);
}

void agenda_move(struct agenda *agenda, struct txn *txn, uint64_t host, struct bytes name,
                 int64_t previous_ms, int64_t wake_ms)
{
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    if (previous_ms != INT64_MAX && previous_ms != wake_ms) {
        pack_key(&key, previous_ms, host);
        table_delete(agenda->table, txn, buf_bytes(&key));
    }
    if (wake_ms != INT64_MAX) {
        pack_key(&key, wake_ms, host);
        if (previous_ms != wake_ms)
            table_put(agenda->table, txn, buf_bytes(&key), name);
        if (is_before_position(agenda, wake_ms, host)) {
            agenda->position_ms = wake_ms;
            agenda->position_host = host;
        }
    }
    buf_clear(&key);
}

bool agenda_seek(const struct agenda *agenda, struct cursor *cursor, int64_t wake_ms, uint64_t host,
                 struct agenda_row *row)
{
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    pack_key(&key, wake_ms, host);
    bool is_there = cursor_seek(cursor, buf_bytes(&key));
    buf_clear(&key);
    if (is_there)
        agenda_row(agenda, cursor, row);
    return is_there;
}

void agenda_row(const struct agenda *agenda, const struct cursor *cursor, struct agenda_row *row)
{
    struct unpacker key = unpacker_of(cursor_key(cursor));
    uint64_t wake = unpack_be64(&key);
    row->wake_ms = wake < (uint64_t)INT64_MAX ? (int64_t)wake : INT64_MAX;
    row->host = unpack_be64(&key);
    row->name = cursor_value(cursor);
    if (key.is_bad || row->name.length == 0)
        table_damaged(agenda->table);
}

void agenda_pass(struct agenda *agenda, const struct agenda_row *row)
{
    agenda->position_ms = row->wake_ms;
    agenda->position_host = row->host + 1;
}
