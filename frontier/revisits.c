/* SPDX-License-Identifier: MIT */
#include "frontier/revisits.h"

#include "base/pack.h"

static void pack_key(struct buf *key, uint64_t host, int64_t due_ms, uint64_t fingerprint)
{
    pack_be64(key, host);
    pack_be64(key, due_ms > 0 ? (uint64_t)due_ms : 0);
    pack_be64(key, fingerprint);
}

void revisit_put(struct table *table, struct txn *txn, const struct revisit *revisit)
{
    if (revisit->due_ms == INT64_MAX)
        return;
    struct buf key;
    struct buf value;
    buf_init(&key, BUF_UNBOUNDED);
    buf_init(&value, BUF_UNBOUNDED);
    pack_key(&key, revisit->host, revisit->due_ms, revisit->fingerprint);
    pack_u8(&value, revisit->is_forced);
    local_url_pack(&value, &revisit->local);
    table_put(table, txn, buf_bytes(&key), buf_bytes(&value));
    buf_clear(&key);
    buf_clear(&value);
}

void revisit_delete(struct table *table, struct txn *txn, uint64_t host, int64_t due_ms,
                    uint64_t fingerprint)
{
    if (due_ms == INT64_MAX)
        return;
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    pack_key(&key, host, due_ms, fingerprint);
    table_delete(table, txn, buf_bytes(&key));
    buf_clear(&key);
}

bool revisit_seek(struct cursor *cursor, struct table *table, uint64_t host,
                  struct revisit *revisit)
{
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    pack_be64(&key, host);
    bool is_there = cursor_seek(cursor, buf_bytes(&key));
    buf_clear(&key);
    return is_there && revisit_row(cursor, table, host, revisit);
}

bool revisit_seek_from(struct cursor *cursor, struct table *table, uint64_t host, int64_t due_ms,
                       uint64_t fingerprint, struct revisit *revisit)
{
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    pack_key(&key, host, due_ms, fingerprint);
    bool is_there = cursor_seek(cursor, buf_bytes(&key));
    buf_clear(&key);
    return is_there && revisit_row(cursor, table, host, revisit);
}

bool revisit_row(const struct cursor *cursor, struct table *table, uint64_t host,
                 struct revisit *revisit)
{
    struct unpacker key = unpacker_of(cursor_key(cursor));
    revisit->host = unpack_be64(&key);
    if (revisit->host != host)
        return false;
    uint64_t due = unpack_be64(&key);
    revisit->due_ms = due < (uint64_t)INT64_MAX ? (int64_t)due : INT64_MAX;
    revisit->fingerprint = unpack_be64(&key);
    struct unpacker value = unpacker_of(cursor_value(cursor));
    revisit->is_forced = unpack_u8(&value) != 0;
    if (key.is_bad || !local_url_unpack(&value, &revisit->local))
        table_damaged(table);
    return true;
}

static double share_before(struct table *table, uint64_t host, int64_t due_ms, uint64_t fingerprint)
{
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    pack_key(&key, host, due_ms, fingerprint);
    double share = table_share_before(table, buf_bytes(&key));
    buf_clear(&key);
    return share;
}

/* By the pages between: which part of the host's rows lies before the place. */
static uint64_t estimate_before(struct table *table, uint64_t host, int64_t due_ms,
                                uint64_t fingerprint, uint64_t all)
{
    double first = share_before(table, host, 0, 0);
    double whole = share_before(table, host + 1, 0, 0) - first;
    double part = share_before(table, host, due_ms, fingerprint) - first;
    double estimate = whole > 0 ? (double)all * part / whole : 0;
    return estimate > REVISITS_COUNTED ? (uint64_t)estimate : REVISITS_COUNTED;
}

struct revisit_count revisits_before(struct table *table, uint64_t host, int64_t due_ms,
                                     uint64_t fingerprint, uint64_t all)
{
    struct cursor *cursor = cursor_open(table, NULL);
    struct revisit_count before = { 0 };
    struct revisit revisit;
    bool is_there = revisit_seek(cursor, table, host, &revisit);
    while (is_there && before.count < REVISITS_COUNTED &&
           (revisit.due_ms < due_ms ||
            (revisit.due_ms == due_ms && revisit.fingerprint < fingerprint))) {
        before.count++;
        is_there = cursor_next(cursor) && revisit_row(cursor, table, host, &revisit);
    }
    cursor_close(cursor);
    if (is_there && before.count == REVISITS_COUNTED) {
        before.count = estimate_before(table, host, due_ms, fingerprint, all);
        before.is_about = true;
    }
    return before;
}
