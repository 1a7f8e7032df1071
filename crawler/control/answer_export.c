/* SPDX-License-Identifier: MIT */
#include "crawler/control/answer_parts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "store/export/item.h"

/* A slice: about 20 ms of reading. */
enum { SLICE_ITEMS = 256, SLICE_BYTES = 4 << 20 };

struct slice {
    struct answerer *answerer;
    struct buf items;
    struct buf record; /* Memory that each item uses again. */
    struct buf body;
    struct buf fields;
    struct buf referrer;
    struct buf original;
    struct buf scratch;
    uint64_t count;
};

static void slice_init(struct slice *slice, struct answerer *answerer)
{
    *slice = (struct slice){ .answerer = answerer };
    struct buf *const bufs[] = { &slice->items,    &slice->record,   &slice->body,   &slice->fields,
                                 &slice->referrer, &slice->original, &slice->scratch };
    for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
        buf_init(bufs[i], BUF_UNBOUNDED);
}

static void slice_clear(struct slice *slice)
{
    struct buf *const bufs[] = { &slice->items,    &slice->record,   &slice->body,   &slice->fields,
                                 &slice->referrer, &slice->original, &slice->scratch };
    for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
        buf_clear(bufs[i]);
}

static struct bytes url_of(struct slice *slice, uint64_t document, struct buf *out)
{
    buf_reset(out);
    document_url(slice->answerer, document, out);
    return buf_bytes(out);
}

/* Fills in what an upsert needs. False where the page is not there. */
static bool fill_upsert(struct slice *slice, const struct change *change, struct export_item *item)
{
    struct tables *tables = slice->answerer->tables;
    struct page page;
    struct url url;
    struct url_record known;
    if (page_get(tables->pages, NULL, change->document, &slice->record) != STATUS_OK ||
        !page_decode(&page, buf_bytes(&slice->record), &slice->fields))
        return false;
    item->record = buf_bytes(&slice->record);
    if (page.flags & PAGE_TEXT_IN_BODY &&
        body_get(tables->pages, NULL, change->document, &slice->body) == STATUS_OK)
        item->body = buf_bytes(&slice->body);
    item->etag = page.etag;
    item->last_modified = page.last_modified;
    item->checked_at_ms = page.fetched_at_ms;
    item->referrer = url_of(slice, page.referrer, &slice->referrer);
    uint64_t original = digest_original(tables->duplicates, NULL, page.digest);
    if (original != change->document)
        item->duplicate_of = url_of(slice, original, &slice->original);
    if (url_split(&url, page.url) &&
        frontier_lookup(tables->frontier, NULL, &url, &known, &slice->scratch) == STATUS_OK) {
        item->etag = known.etag;
        item->last_modified = known.last_modified;
        item->checked_at_ms = known.checked_at_ms;
    }
    return true;
}

static void add_item(struct slice *slice, const struct change *change)
{
    struct export_item item = {
        .version = change->number,
        .op = change->op,
        .reason = change->reason,
        .at_ms = change->at_ms,
        .url = change->url,
    };
    if (change->op == CHANGE_UPSERT && !fill_upsert(slice, change, &item))
        return;
    if (change->reason == CHANGE_REASON_MOVED &&
        alias_moved_to(slice->answerer->tables->duplicates, NULL, change->url, &slice->original))
        item.moved_to = buf_bytes(&slice->original);
    export_item_pack(&slice->items, &item);
    slice->count++;
}

static uint64_t newest_change(const struct answerer *answerer)
{
    return answerer->tables->counters.values[COUNTER_NEXT_CHANGE] - 1;
}

/* A consumer is known from its first export on, also where that one's end is never acknowledged:
 * what it was given may be in its index, and must be deleted there when its time comes. */
static void note_consumer(struct answerer *answerer, const char *name)
{
    if (!consumer_name_is_valid(name))
        return;
    struct txn *txn = database_begin(answerer->tables->database);
    consumer_put(answerer->tables->changes, txn, name, 0, answerer->now_ms);
    database_commit(txn);
}

/* The consumer's cursor. A consumer that is new starts at the beginning, and gets no deletes of
 * what it never had; those that come while it reads may be of what it was just given. */
static void find_start(struct answerer *answerer, struct bytes consumer, uint64_t *after,
                       uint64_t *deletes_after)
{
    char *name = xbytesdup(consumer);
    *deletes_after = 0;
    if (consumer.length == 0 || consumer_get(answerer->tables->changes, name, after) != STATUS_OK) {
        *after = 0;
        *deletes_after = newest_change(answerer);
        note_consumer(answerer, name);
    }
    free(name);
}

enum status answer_export(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    struct bytes consumer = unpack_bytes(&from);
    uint64_t after = unpack_number(&from);
    bool is_first = unpack_u8(&from) != 0;
    uint64_t deletes_after = unpack_number(&from);
    struct change change;
    struct buf scratch;
    struct slice slice;
    if (from.is_bad)
        return STATUS_USAGE;
    if (is_first)
        find_start(answerer, consumer, &after, &deletes_after);
    /* What is handed out must not be taken back by a power cut. */
    database_flush(answerer->tables->database);
    slice_init(&slice, answerer);
    buf_init(&scratch, BUF_UNBOUNDED);
    bool is_more = true;
    for (int looked = 0;
         looked < 4 * SLICE_ITEMS && slice.count < SLICE_ITEMS && slice.items.length < SLICE_BYTES;
         looked++) {
        is_more = change_after(answerer->tables->changes, after, &change, &scratch);
        if (!is_more)
            break;
        after = change.number;
        if (change.op == CHANGE_UPSERT || change.number > deletes_after)
            add_item(&slice, &change);
    }
    pack_u8(reply, is_more);
    pack_number(reply, after);
    pack_number(reply, deletes_after);
    buf_append_bytes(reply, buf_bytes(&slice.items));
    buf_clear(&scratch);
    slice_clear(&slice);
    return STATUS_OK;
}

enum status answer_acknowledge(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct tables *tables = answerer->tables;
    struct unpacker from = unpacker_of(payload);
    char *name = xbytesdup(unpack_bytes(&from));
    uint64_t cursor = unpack_number(&from);
    uint64_t held = 0;
    enum status status = STATUS_OK;
    if (from.is_bad || !consumer_name_is_valid(name)) {
        buf_printf(reply, "\"%s\" is no name for a consumer (1 to 64 of a-z A-Z 0-9 . _ -)", name);
        status = STATUS_USAGE;
    } else if (cursor > newest_change(answerer)) {
        buf_printf(reply, "there is no change %" PRIu64 " yet", cursor);
        status = STATUS_USAGE;
    } else if (consumer_get(tables->changes, name, &held) != STATUS_OK || cursor >= held) {
        struct txn *txn = database_begin(tables->database);
        consumer_put(tables->changes, txn, name, cursor, answerer->now_ms);
        database_commit(txn);
        database_flush(tables->database);
    }
    free(name);
    return status;
}
