/* SPDX-License-Identifier: MIT */
#include "frontier/urls.h"

#include <assert.h>

#include "base/pack.h"

/* Of a record's layout; whatever has another is refused. */
enum { RECORD_VERSION = 2 };

/* Never by itself: stored as 0, so that the usual times stay short. */
static uint64_t stored_due(int64_t due_ms)
{
    if (due_ms == INT64_MAX)
        return 0;
    return due_ms > 0 ? (uint64_t)due_ms + 1 : 1;
}

static int64_t due_of(uint64_t stored)
{
    return stored == 0 || stored > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)(stored - 1);
}

void url_record_pack(struct buf *out, const struct url_record *record)
{
    assert(record->state < URL_STATE_COUNT && record->reason < OUTCOME_COUNT &&
           record->found < FOUND_AS_COUNT);
    pack_u8(out, RECORD_VERSION);
    pack_u8(out, record->state);
    pack_u8(out, record->reason);
    pack_number(out, record->status);
    pack_number(out, record->depth);
    pack_u8(out, record->found);
    pack_u8(out, record->tries);
    pack_u8(out, record->gone_count);
    pack_number(out, record->epoch);
    pack_number(out, record->fetches);
    pack_number(out, record->changes);
    pack_number(out, record->document);
    pack_number(out, record->change);
    pack_number(out, record->referrer);
    pack_number(out, record->robots_version);
    pack_signed(out, record->first_seen_ms);
    pack_signed(out, record->fetched_at_ms);
    pack_signed(out, record->checked_at_ms);
    pack_signed(out, record->gone_since_ms);
    pack_signed(out, record->fresh_until_ms);
    pack_number(out, stored_due(record->due_ms));
    pack_u8(out, record->is_deleted);
    pack_bytes(out, record->digest);
    pack_bytes(out, record->etag);
    pack_bytes(out, record->last_modified);
    pack_bytes(out, record->target);
    pack_bytes(out, record->history);
}

/* Numbers that do not fit their field: the record is not ours. */
static uint64_t unpack_at_most(struct unpacker *from, uint64_t most)
{
    uint64_t number = unpack_number(from);
    from->is_bad |= number > most;
    return number;
}

bool url_record_unpack(struct url_record *record, struct bytes bytes)
{
    struct unpacker from = unpacker_of(bytes);
    *record = (struct url_record){ 0 };
    from.is_bad |= unpack_u8(&from) != RECORD_VERSION;
    record->state = unpack_u8(&from);
    record->reason = unpack_u8(&from);
    record->status = (uint16_t)unpack_at_most(&from, UINT16_MAX);
    record->depth = (uint16_t)unpack_at_most(&from, UINT16_MAX);
    record->found = unpack_u8(&from);
    record->tries = unpack_u8(&from);
    record->gone_count = unpack_u8(&from);
    record->epoch = (uint32_t)unpack_at_most(&from, UINT32_MAX);
    record->fetches = (uint32_t)unpack_at_most(&from, UINT32_MAX);
    record->changes = (uint32_t)unpack_at_most(&from, UINT32_MAX);
    record->document = unpack_number(&from);
    record->change = unpack_number(&from);
    record->referrer = unpack_number(&from);
    record->robots_version = unpack_number(&from);
    record->first_seen_ms = unpack_signed(&from);
    record->fetched_at_ms = unpack_signed(&from);
    record->checked_at_ms = unpack_signed(&from);
    record->gone_since_ms = unpack_signed(&from);
    record->fresh_until_ms = unpack_signed(&from);
    record->due_ms = due_of(unpack_number(&from));
    record->is_deleted = unpack_u8(&from) != 0;
    record->digest = unpack_bytes(&from);
    record->etag = unpack_bytes(&from);
    record->last_modified = unpack_bytes(&from);
    record->target = unpack_bytes(&from);
    record->history = unpack_bytes(&from);
    return !from.is_bad && record->state < URL_STATE_COUNT && record->reason < OUTCOME_COUNT &&
           record->found < FOUND_AS_COUNT;
}

void urls_first_key(struct buf *key, uint64_t host)
{
    buf_reset(key);
    pack_be64(key, host);
}

void urls_key(struct buf *key, uint64_t host, const struct local_url *local)
{
    urls_first_key(key, host);
    local_url_pack(key, local);
}

bool urls_row(const struct cursor *cursor, struct table *table, uint64_t host,
              struct local_url *local, struct url_record *record)
{
    struct unpacker key = unpacker_of(cursor_key(cursor));
    if (unpack_be64(&key) != host)
        return false;
    if (!local_url_unpack(&key, local) || !url_record_unpack(record, cursor_value(cursor)))
        table_damaged(table);
    return true;
}
