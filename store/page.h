/* SPDX-License-Identifier: MIT
 *
 * page - the record of one stored page: what an indexer needs, under its document number.
 *
 * The record is encoded by whoever parsed the page (any thread) and put by the store thread. Text
 * is UTF-8. All bytes are borrowed: on decoding from the record, on encoding from the caller.
 */
#ifndef STORE_PAGE_H
#define STORE_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/pack.h"
#include "store/database.h"

/* Flags of a page. */
enum {
    PAGE_BODY_TRUNCATED = 1 << 0, /* The transfer was cut, or passed max_body. */
    PAGE_TEXT_TRUNCATED = 1 << 1,
    PAGE_LINKS_TRUNCATED = 1 << 2,
    PAGE_NOINDEX = 1 << 3,
    PAGE_NOFOLLOW = 1 << 4,
    PAGE_NOARCHIVE = 1 << 5, /* Whoever shows copies of pages shows none of it. */
    /* The record holds no text: the body is kept, and whoever needs the text reads it from there.
     * Compressing the same words twice costs more than all the rest of the record. */
    PAGE_TEXT_IN_BODY = 1 << 6,
    PAGE_NOSNIPPET = 1 << 7,   /* Whoever shows words of pages shows none of it. */
    PAGE_FIELD_LINKS = 1 << 8, /* Some of its links stood in fields of the response. */
    PAGE_PRIVATE = 1 << 23,    /* It was answered to a login of ours: not everybody may see it. */
    /* What links on it let their targets know: a referrer policy (crawler/fetch/referrer.h) in four
     * bits; 0: none was said. It is kept here, with a page and not with each URL that is found on
     * it. */
    PAGE_REFERRER_SHIFT = 24,
    PAGE_REFERRER_MASK = 15 << PAGE_REFERRER_SHIFT,
};

struct page {
    struct bytes url; /* Canonical. */
    uint16_t status;  /* HTTP status. */
    uint32_t flags;
    int64_t fetched_at_ms;     /* Wall clock: when this content was received. */
    uint8_t http_version;      /* 10, 11, 20, 30. */
    struct bytes headers;      /* Status line and fields exactly as received. */
    struct bytes updated;      /* The same as 304s have updated them since; empty: not at all. */
    struct bytes trailers;     /* Fields behind the body, as received. */
    struct bytes content_type; /* Essence, lower case: "text/html". */
    struct bytes charset;      /* WHATWG name; empty where the content is no text. */
    struct bytes lang;
    struct bytes title;
    struct bytes description;
    struct bytes keywords;
    struct bytes canonical; /* Resolved; empty where none is given. */
    struct bytes text;      /* Whole text of the page. */
    struct bytes links;     /* Resolved links, packed by links_* below. */
    struct bytes etag;
    struct bytes last_modified; /* As received. */
    struct bytes coding; /* Content coding that the stored body is in: "", "gzip", "br", "zstd",
                            "deflate". */
    bool is_coded_by_us; /* The body came bare and was compressed for the store. */
    uint64_t wire_bytes; /* Length of the body as received. */
    uint64_t length;     /* Length of the body decoded. */
    unsigned char digest[SHA256_BYTES]; /* Of the decoded body. */
    uint16_t depth;                     /* At first discovery. */
    uint64_t referrer;  /* Document number of the page that first linked here; 0 for a seed. */
    struct bytes proxy; /* That it came through: "http://proxy.example.org:3128"; empty: none. */
};

/* Large fields (text, links, fields of the response) are compressed together with zstd level 1.
 * Thread-safe. */
void page_encode(const struct page *page, struct buf *record);

/* False where the record is damaged. `scratch` holds the decompressed fields that page borrows. */
bool page_decode(struct page *page, struct bytes record, struct buf *scratch);

/* All but the large fields, which stay empty: nothing is decompressed. */
bool page_decode_head(struct page *page, struct bytes record);

struct page_store; /* The tables pages and bodies. */

enum status page_store_open(struct page_store **out, struct database *database);
void page_store_close(struct page_store *store);

void page_put(struct page_store *store, struct txn *txn, uint64_t document, struct bytes record);
enum status page_get(struct page_store *store, struct txn *txn, uint64_t document,
                     struct buf *record);
bool page_delete(struct page_store *store, struct txn *txn, uint64_t document);

void body_put(struct page_store *store, struct txn *txn, uint64_t document, struct bytes body);
enum status body_get(struct page_store *store, struct txn *txn, uint64_t document,
                     struct buf *body);
bool body_delete(struct page_store *store, struct txn *txn, uint64_t document);

/* Links of a page, packed in document order: URL, kind, flags. */
struct stored_link {
    struct bytes url;
    uint8_t kind; /* enum link_kind of the parser. */
    uint8_t flags;
};

void links_pack(struct buf *packed, const struct stored_link *link);
/* False at the end or where the bytes are damaged. */
bool links_unpack(struct unpacker *packed, struct stored_link *link);

#endif
