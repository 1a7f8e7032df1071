/* SPDX-License-Identifier: MIT */
#include "store/page.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/memory.h"
#include "store/coding.h"

/* A record: its format, the numbers, the short fields, the lengths of the large fields, whether
 * those are packed, and then they themselves in one run. */
enum {
    FORMAT = 3,
    /* Less than this does not get smaller by enough to pay for unpacking it. */
    PACK_LEAST_BYTES = 256,
};

/* The order of both lists is the order in the record: later versions add at the end and raise
 * FORMAT. */
static const size_t short_fields[] = {
    offsetof(struct page, url),      offsetof(struct page, content_type),
    offsetof(struct page, charset),  offsetof(struct page, lang),
    offsetof(struct page, title),    offsetof(struct page, description),
    offsetof(struct page, keywords), offsetof(struct page, canonical),
    offsetof(struct page, etag),     offsetof(struct page, last_modified),
    offsetof(struct page, coding),   offsetof(struct page, proxy),
};

static const size_t large_fields[] = {
    offsetof(struct page, headers), offsetof(struct page, text),     offsetof(struct page, links),
    offsetof(struct page, updated), offsetof(struct page, trailers),
};

enum {
    SHORT_FIELDS = sizeof(short_fields) / sizeof(short_fields[0]),
    LARGE_FIELDS = sizeof(large_fields) / sizeof(large_fields[0]),
};

static struct bytes get_field(const struct page *page, size_t offset)
{
    return *(const struct bytes *)(const void *)((const char *)page + offset);
}

static void set_field(struct page *page, size_t offset, struct bytes value)
{
    *(struct bytes *)(void *)((char *)page + offset) = value;
}

/* ---- The record */

static void pack_numbers(struct buf *record, const struct page *page)
{
    pack_number(record, page->status);
    pack_number(record, page->flags);
    pack_signed(record, page->fetched_at_ms);
    pack_u8(record, page->is_coded_by_us);
    pack_number(record, page->wire_bytes);
    pack_number(record, page->length);
    buf_append(record, page->digest, SHA256_BYTES);
    pack_number(record, page->depth);
    pack_number(record, page->referrer);
    pack_u8(record, page->http_version);
}

static uint64_t unpack_at_most(struct unpacker *from, uint64_t most)
{
    uint64_t number = unpack_number(from);
    if (number <= most)
        return number;
    from->is_bad = true;
    return 0;
}

static void unpack_digest(struct unpacker *from, unsigned char digest[SHA256_BYTES])
{
    for (size_t i = 0; i < SHA256_BYTES; i++)
        digest[i] = unpack_u8(from);
}

static void unpack_numbers(struct unpacker *from, struct page *page)
{
    page->status = (uint16_t)unpack_at_most(from, UINT16_MAX);
    page->flags = (uint32_t)unpack_at_most(from, UINT32_MAX);
    page->fetched_at_ms = unpack_signed(from);
    page->is_coded_by_us = unpack_u8(from) != 0;
    page->wire_bytes = unpack_number(from);
    page->length = unpack_number(from);
    unpack_digest(from, page->digest);
    page->depth = (uint16_t)unpack_at_most(from, UINT16_MAX);
    page->referrer = unpack_number(from);
    page->http_version = unpack_u8(from);
}

static void pack_large(struct buf *record, const struct page *page)
{
    struct buf large, packed;
    buf_init(&large, BUF_UNBOUNDED);
    buf_init(&packed, BUF_UNBOUNDED);
    for (size_t i = 0; i < LARGE_FIELDS; i++)
        buf_append_bytes(&large, get_field(page, large_fields[i]));
    if (large.length > PACK_LEAST_BYTES)
        coding_compress(buf_bytes(&large), &packed);
    bool is_packed = packed.length > 0 && packed.length < large.length;
    pack_u8(record, is_packed);
    buf_append_bytes(record, buf_bytes(is_packed ? &packed : &large));
    buf_clear(&packed);
    buf_clear(&large);
}

void page_encode(const struct page *page, struct buf *record)
{
    buf_reset(record);
    pack_u8(record, FORMAT);
    pack_numbers(record, page);
    for (size_t i = 0; i < SHORT_FIELDS; i++)
        pack_bytes(record, get_field(page, short_fields[i]));
    for (size_t i = 0; i < LARGE_FIELDS; i++)
        pack_number(record, get_field(page, large_fields[i]).length);
    pack_large(record, page);
}

/* False unless the lengths add up to exactly what is there. */
static bool cut_large(struct page *page, const uint64_t lengths[LARGE_FIELDS], struct bytes large)
{
    for (size_t i = 0; i < LARGE_FIELDS; i++) {
        if (lengths[i] > large.length)
            return false;
        set_field(page, large_fields[i], bytes_slice(large, 0, (size_t)lengths[i]));
        large = bytes_slice(large, (size_t)lengths[i], large.length);
    }
    return large.length == 0;
}

/* All that stands before the large fields: their lengths, whether they are packed, and they. */
static bool decode_head(struct page *page, struct bytes record, uint64_t lengths[LARGE_FIELDS],
                        bool *is_packed, struct bytes *large)
{
    *page = (struct page){ 0 };
    struct unpacker from = unpacker_of(record);
    if (unpack_u8(&from) != FORMAT)
        return false;
    unpack_numbers(&from, page);
    for (size_t i = 0; i < SHORT_FIELDS; i++)
        set_field(page, short_fields[i], unpack_bytes(&from));
    for (size_t i = 0; i < LARGE_FIELDS; i++)
        lengths[i] = unpack_number(&from);
    *is_packed = unpack_u8(&from) != 0;
    *large = unpack_rest(&from);
    return !from.is_bad;
}

bool page_decode(struct page *page, struct bytes record, struct buf *scratch)
{
    uint64_t lengths[LARGE_FIELDS];
    bool is_packed;
    struct bytes large;
    if (!decode_head(page, record, lengths, &is_packed, &large))
        return false;
    if (is_packed) {
        if (!coding_decompress(large, scratch))
            return false;
        large = buf_bytes(scratch);
    }
    return cut_large(page, lengths, large);
}

bool page_decode_head(struct page *page, struct bytes record)
{
    uint64_t lengths[LARGE_FIELDS];
    bool is_packed;
    struct bytes large;
    return decode_head(page, record, lengths, &is_packed, &large);
}

/* ---- The tables */

struct page_store {
    struct table *pages;
    struct table *bodies;
};

enum status page_store_open(struct page_store **out, struct database *database)
{
    struct page_store *store = xcalloc(1, sizeof(*store));
    enum status status = database_table(database, "pages", &store->pages);
    if (!status)
        status = database_table(database, "bodies", &store->bodies);
    if (status) {
        page_store_close(store);
        return status;
    }
    *out = store;
    return STATUS_OK;
}

void page_store_close(struct page_store *store)
{
    free(store);
}

void page_put(struct page_store *store, struct txn *txn, uint64_t document, struct bytes record)
{
    unsigned char room[NUMBER_KEY_BYTES];
    table_put(store->pages, txn, number_key(document, room), record);
}

enum status page_get(struct page_store *store, struct txn *txn, uint64_t document,
                     struct buf *record)
{
    unsigned char room[NUMBER_KEY_BYTES];
    return table_get(store->pages, txn, number_key(document, room), record);
}

bool page_delete(struct page_store *store, struct txn *txn, uint64_t document)
{
    unsigned char room[NUMBER_KEY_BYTES];
    return table_delete(store->pages, txn, number_key(document, room));
}

void body_put(struct page_store *store, struct txn *txn, uint64_t document, struct bytes body)
{
    unsigned char room[NUMBER_KEY_BYTES];
    table_put(store->bodies, txn, number_key(document, room), body);
}

enum status body_get(struct page_store *store, struct txn *txn, uint64_t document, struct buf *body)
{
    unsigned char room[NUMBER_KEY_BYTES];
    return table_get(store->bodies, txn, number_key(document, room), body);
}

bool body_delete(struct page_store *store, struct txn *txn, uint64_t document)
{
    unsigned char room[NUMBER_KEY_BYTES];
    return table_delete(store->bodies, txn, number_key(document, room));
}

/* ---- Links */

void links_pack(struct buf *packed, const struct stored_link *link)
{
    pack_bytes(packed, link->url);
    pack_u8(packed, link->kind);
    pack_u8(packed, link->flags);
}

bool links_unpack(struct unpacker *packed, struct stored_link *link)
{
    if (packed->left == 0)
        return false;
    link->url = unpack_bytes(packed);
    link->kind = unpack_u8(packed);
    link->flags = unpack_u8(packed);
    return !packed->is_bad;
}
