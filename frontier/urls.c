/* SPDX-License-Identifier: MIT */
#include "frontier/urls.h"

#include <assert.h>

#include "base/pack.h"

/* Of a record's layout; whatever has another is refused. */
enum { RECORD_VERSION = 4 };

/* The times of a record lie near the one of its last try, so they are stored as what they differ by
 * (in unsigned arithmetic, where any two do): one byte where they are the same. One more byte says
 * which of them are 0, or never. */
enum time_flag {
    HAS_FIRST_SEEN = 1,
    HAS_FETCHED = 2,
    HAS_GONE_SINCE = 4,
    HAS_FRESH_UNTIL = 8,
    HAS_DUE = 16,
    IS_DELETED = 32,
    FLAGS = 63
};

static void pack_time(struct buf *out, const struct url_record *record, int64_t time_ms)
{
    pack_signed(out, (int64_t)((uint64_t)time_ms - (uint64_t)record->checked_at_ms));
}

static int64_t unpack_time(struct unpacker *from, const struct url_record *record)
{
    return (int64_t)((uint64_t)unpack_signed(from) + (uint64_t)record->checked_at_ms);
}

static uint8_t flags_of(const struct url_record *record)
{
    return (uint8_t)((record->first_seen_ms != 0 ? HAS_FIRST_SEEN : 0) |
                     (record->fetched_at_ms != 0 ? HAS_FETCHED : 0) |
                     (record->gone_since_ms != 0 ? HAS_GONE_SINCE : 0) |
                     (record->fresh_until_ms != 0 ? HAS_FRESH_UNTIL : 0) |
                     (record->due_ms != INT64_MAX ? HAS_DUE : 0) |
                     (record->is_deleted ? IS_DELETED : 0));
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
    pack_u8(out, record->hops);
    pack_u8(out, record->tries);
    pack_u8(out, record->gone_count);
    pack_number(out, record->epoch);
    pack_number(out, record->fetches);
    pack_number(out, record->changes);
    pack_number(out, record->document);
    pack_number(out, record->change);
    pack_number(out, record->referrer);
    pack_number(out, record->robots_version);
    uint8_t flags = flags_of(record);
    pack_u8(out, flags);
    pack_signed(out, record->checked_at_ms);
    if (flags & HAS_FIRST_SEEN)
        pack_time(out, record, record->first_seen_ms);
    if (flags & HAS_FETCHED)
        pack_time(out, record, record->fetched_at_ms);
    if (flags & HAS_GONE_SINCE)
        pack_time(out, record, record->gone_since_ms);
    if (flags & HAS_FRESH_UNTIL)
        pack_time(out, record, record->fresh_until_ms);
    if (flags & HAS_DUE)
        pack_time(out, record, record->due_ms > 0 ? record->due_ms : 0);
    pack_bytes(out, record->digest);
    pack_bytes(out, record->etag);
    pack_bytes(out, record->last_modified);
    pack_bytes(out, record->cached);
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
    record->hops = unpack_u8(&from);
    record->tries = unpack_u8(&from);
    record->gone_count = unpack_u8(&from);
    record->epoch = (uint32_t)unpack_at_most(&from, UINT32_MAX);
    record->fetches = (uint32_t)unpack_at_most(&from, UINT32_MAX);
    record->changes = (uint32_t)unpack_at_most(&from, UINT32_MAX);
    record->document = unpack_number(&from);
    record->change = unpack_number(&from);
    record->referrer = unpack_number(&from);
    record->robots_version = unpack_number(&from);
    uint64_t flags = unpack_at_most(&from, FLAGS);
    record->checked_at_ms = unpack_signed(&from);
    record->first_seen_ms = flags & HAS_FIRST_SEEN ? unpack_time(&from, record) : 0;
    record->fetched_at_ms = flags & HAS_FETCHED ? unpack_time(&from, record) : 0;
    record->gone_since_ms = flags & HAS_GONE_SINCE ? unpack_time(&from, record) : 0;
    record->fresh_until_ms = flags & HAS_FRESH_UNTIL ? unpack_time(&from, record) : 0;
    record->due_ms = flags & HAS_DUE ? unpack_time(&from, record) : INT64_MAX;
    from.is_bad |= record->due_ms < 0;
    record->is_deleted = (flags & IS_DELETED) != 0;
    record->digest = unpack_bytes(&from);
    record->etag = unpack_bytes(&from);
    record->last_modified = unpack_bytes(&from);
    record->cached = unpack_bytes(&from);
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
