/* SPDX-License-Identifier: MIT */
#include "store/changes.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pack.h"

/* Version of the records of both tables, their first byte. */
enum { FORMAT = 1 };

enum { NAME_BYTES_MOST = 64 };

struct change_feed {
    struct table *changes;
    struct table *consumers;
    struct buf record; /* The one being written. */
};

static const char *const reason_words[] = {
#define ROW(name, word) word,
    CHANGE_REASON_TABLE(ROW)
#undef ROW
};

const char *change_reason_word(enum change_reason reason)
{
    return reason_words[reason];
}

enum status change_feed_open(struct change_feed **out, struct database *database)
{
    struct change_feed *feed = xcalloc(1, sizeof(*feed));
    buf_init(&feed->record, BUF_UNBOUNDED);
    enum status status = database_table(database, "changes", &feed->changes);
    if (!status)
        status = database_table(database, "consumers", &feed->consumers);
    if (status) {
        change_feed_close(feed);
        return status;
    }
    *out = feed;
    return STATUS_OK;
}

void change_feed_close(struct change_feed *feed)
{
    if (!feed)
        return;
    buf_clear(&feed->record);
    free(feed);
}

/* ---- Changes */

static void pack_change(struct buf *record, const struct change *change)
{
    buf_reset(record);
    pack_u8(record, FORMAT);
    pack_number(record, change->document);
    pack_u8(record, (uint8_t)change->op);
    pack_u8(record, (uint8_t)change->reason);
    pack_signed(record, change->at_ms);
    buf_append_bytes(record, change->url);
}

static bool unpack_change(struct bytes record, struct change *change)
{
    struct unpacker from = unpacker_of(record);
    uint8_t format = unpack_u8(&from);
    change->document = unpack_number(&from);
    uint8_t op = unpack_u8(&from);
    uint8_t reason = unpack_u8(&from);
    change->at_ms = unpack_signed(&from);
    change->url = unpack_rest(&from);
    if (from.is_bad || format != FORMAT || op > CHANGE_DELETE || reason >= CHANGE_REASON_COUNT)
        return false;
    change->op = (enum change_op)op;
    change->reason = (enum change_reason)reason;
    return true;
}

uint64_t change_append(struct change_feed *feed, struct txn *txn, struct counters *counters,
                       const struct change *change, uint64_t previous)
{
    unsigned char room[NUMBER_KEY_BYTES];
    if (previous > 0)
        table_delete(feed->changes, txn, number_key(previous, room));
    uint64_t number = counters->values[COUNTER_NEXT_CHANGE]++;
    pack_change(&feed->record, change);
    table_put(feed->changes, txn, number_key(number, room), buf_bytes(&feed->record));
    return number;
}

/* To the first entry above `after`; numbers end before UINT64_MAX. */
static bool seek_after(struct cursor *cursor, uint64_t after)
{
    unsigned char room[NUMBER_KEY_BYTES];
    return after < UINT64_MAX && cursor_seek(cursor, number_key(after + 1, room));
}

bool change_after(struct change_feed *feed, uint64_t after, struct change *change,
                  struct buf *scratch)
{
    struct cursor *cursor = cursor_open(feed->changes, NULL);
    bool is_found = seek_after(cursor, after);
    *change = (struct change){ 0 };
    buf_reset(scratch);
    if (is_found) {
        change->number = number_of_key(cursor_key(cursor));
        buf_append_bytes(scratch, cursor_value(cursor));
        if (!unpack_change(buf_bytes(scratch), change))
            table_damaged(feed->changes);
    }
    cursor_close(cursor);
    return is_found;
}

uint64_t changes_pending(struct change_feed *feed, uint64_t after, uint64_t most)
{
    struct cursor *cursor = cursor_open(feed->changes, NULL);
    uint64_t count = 0;
    for (bool is_found = most > 0 && seek_after(cursor, after); is_found && count < most;
         is_found = cursor_next(cursor))
        count++;
    cursor_close(cursor);
    return count;
}

/* ---- Consumers */

bool consumer_name_is_valid(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > NAME_BYTES_MOST)
        return false;
    for (; *name; name++)
        if (!ascii_is_alpha(*name) && !ascii_is_digit(*name) && !strchr("._-", *name))
            return false;
    return true;
}

static bool unpack_consumer(struct bytes record, uint64_t *cursor, int64_t *at_ms)
{
    struct unpacker from = unpacker_of(record);
    uint8_t format = unpack_u8(&from);
    *cursor = unpack_number(&from);
    *at_ms = unpack_signed(&from);
    return !from.is_bad && format == FORMAT;
}

enum status consumer_get(struct change_feed *feed, const char *name, uint64_t *cursor)
{
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    enum status status = table_get(feed->consumers, NULL, bytes_from_string(name), &record);
    int64_t at_ms;
    if (!status && !unpack_consumer(buf_bytes(&record), cursor, &at_ms))
        table_damaged(feed->consumers);
    buf_clear(&record);
    return status;
}

void consumer_put(struct change_feed *feed, struct txn *txn, const char *name, uint64_t cursor,
                  int64_t now_ms)
{
    assert(consumer_name_is_valid(name));
    buf_reset(&feed->record);
    pack_u8(&feed->record, FORMAT);
    pack_number(&feed->record, cursor);
    pack_signed(&feed->record, now_ms);
    table_put(feed->consumers, txn, bytes_from_string(name), buf_bytes(&feed->record));
}

void consumers_walk(struct change_feed *feed,
                    void (*each)(void *owner, const char *name, uint64_t cursor, int64_t at_ms),
                    void *owner)
{
    struct cursor *cursor = cursor_open(feed->consumers, NULL);
    while (cursor_next(cursor)) {
        uint64_t position;
        int64_t at_ms;
        char name[NAME_BYTES_MOST + 1] = { 0 };
        struct bytes key = cursor_key(cursor);
        if (key.length > NAME_BYTES_MOST ||
            !unpack_consumer(cursor_value(cursor), &position, &at_ms))
            table_damaged(feed->consumers);
        memcpy(name, key.data, key.length);
        each(owner, name, position, at_ms);
    }
    cursor_close(cursor);
}
