/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "store_directory.h"

#include "store/page.h"

static struct page sample_page(void)
{
    struct page page = {
        .url = BYTES("https://www.example.org/a?b=c"),
        .status = 200,
        .flags = PAGE_BODY_TRUNCATED | PAGE_NOARCHIVE,
        .fetched_at_ms = 1790000000123,
        .headers = BYTES("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
        .content_type = BYTES("text/html"),
        .charset = BYTES("UTF-8"),
        .lang = BYTES("de-AT"),
        .title = BYTES("Gr\xc3\xbc\xc3\x9f Gott"),
        .description = BYTES("What it is"),
        .keywords = BYTES("one, two"),
        .canonical = BYTES("https://www.example.org/a"),
        .text = BYTES("Text with a NUL \0 in it"),
        .links = BYTES(""),
        .etag = BYTES("\"abc\""),
        .last_modified = BYTES("Mon, 23 Nov 2026 04:20:17 GMT"),
        .coding = BYTES("gzip"),
        .is_coded_by_us = true,
        .wire_bytes = UINT64_C(5000000000),
        .length = 12345,
        .depth = UINT16_MAX,
        .referrer = 77,
    };
    memset(page.digest, 0xa5, sizeof(page.digest));
    return page;
}

static void check_same(const struct page *a, const struct page *b)
{
    const struct {
        struct bytes one, other;
    } fields[] = {
        { a->url, b->url },
        { a->headers, b->headers },
        { a->content_type, b->content_type },
        { a->charset, b->charset },
        { a->lang, b->lang },
        { a->title, b->title },
        { a->description, b->description },
        { a->keywords, b->keywords },
        { a->canonical, b->canonical },
        { a->text, b->text },
        { a->links, b->links },
        { a->etag, b->etag },
        { a->last_modified, b->last_modified },
        { a->coding, b->coding },
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        ck_assert_msg(bytes_equal(fields[i].one, fields[i].other), "field %zu", i);
    ck_assert_uint_eq(a->status, b->status);
    ck_assert_uint_eq(a->flags, b->flags);
    ck_assert_int_eq(a->fetched_at_ms, b->fetched_at_ms);
    ck_assert_int_eq(a->is_coded_by_us, b->is_coded_by_us);
    ck_assert_uint_eq(a->wire_bytes, b->wire_bytes);
    ck_assert_uint_eq(a->length, b->length);
    ck_assert_mem_eq(a->digest, b->digest, SHA256_BYTES);
    ck_assert_uint_eq(a->depth, b->depth);
    ck_assert_uint_eq(a->referrer, b->referrer);
}

START_TEST(a_page_comes_back_as_it_was_encoded)
{
    struct buf text, record, scratch;
    buf_init(&text, BUF_UNBOUNDED);
    buf_init(&record, BUF_UNBOUNDED);
    buf_init(&scratch, BUF_UNBOUNDED);
    /* Without text, below the size that is packed, and well above. */
    static const unsigned repeats[] = { 0, 1, 20, 4000 };
    for (size_t i = 0; i < sizeof(repeats) / sizeof(repeats[0]); i++) {
        buf_reset(&text);
        for (unsigned n = 0; n < repeats[i]; n++)
            buf_printf(&text, "sentence %u of the text. ", n);
        struct page page = sample_page(), decoded;
        page.text = buf_bytes(&text);
        page.links = buf_bytes(&text);
        page_encode(&page, &record);
        ck_assert(page_decode(&decoded, buf_bytes(&record), &scratch));
        check_same(&page, &decoded);
    }
    ck_assert_uint_lt(record.length, text.length / 2);

    struct page empty = { 0 }, decoded;
    page_encode(&empty, &record);
    ck_assert(page_decode(&decoded, buf_bytes(&record), &scratch));
    check_same(&empty, &decoded);
    buf_clear(&text);
    buf_clear(&record);
    buf_clear(&scratch);
}
END_TEST

START_TEST(the_head_of_a_page_is_all_but_its_large_fields)
{
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    struct page page = sample_page(), head;
    page_encode(&page, &record);
    ck_assert(page_decode_head(&head, buf_bytes(&record)));
    page.headers = page.text = page.links = (struct bytes){ 0 };
    check_same(&page, &head);
    ck_assert(!page_decode_head(&head, bytes_slice(buf_bytes(&record), 0, 60)));
    record.data[0] = 9;
    ck_assert(!page_decode_head(&head, buf_bytes(&record)));
    buf_clear(&record);
}
END_TEST

START_TEST(a_record_that_was_cut_or_lengthened_is_refused)
{
    struct buf text, record, scratch;
    buf_init(&text, BUF_UNBOUNDED);
    buf_init(&record, BUF_UNBOUNDED);
    buf_init(&scratch, BUF_UNBOUNDED);
    for (unsigned repeats = 0; repeats <= 100; repeats += 100) {
        buf_reset(&text);
        for (unsigned n = 0; n < repeats; n++)
            buf_printf(&text, "sentence %u. ", n);
        struct page page = sample_page(), decoded;
        page.text = buf_bytes(&text);
        page_encode(&page, &record);
        for (size_t length = 0; length < record.length; length++)
            ck_assert_msg(
                !page_decode(&decoded, bytes_slice(buf_bytes(&record), 0, length), &scratch),
                "%zu of %zu bytes", length, record.length);
        buf_append_char(&record, 'x');
        ck_assert(!page_decode(&decoded, buf_bytes(&record), &scratch));
    }
    record.data[0] = 9;
    struct page decoded;
    ck_assert(!page_decode(&decoded, buf_bytes(&record), &scratch));
    buf_clear(&text);
    buf_clear(&record);
    buf_clear(&scratch);
}
END_TEST

START_TEST(pages_and_bodies_are_kept_under_their_document_numbers)
{
    static const struct database_options options = { .cache_bytes = 1024 * 1024 };
    char *directory = directory_new();
    struct database *database = NULL;
    struct page_store *store = NULL;
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    ck_assert_int_eq(page_store_open(&store, database), STATUS_OK);
    struct buf large, got;
    buf_init(&large, BUF_UNBOUNDED);
    buf_init(&got, BUF_UNBOUNDED);
    while (large.length < 1000000)
        buf_printf(&large, "%zu ", large.length);
    struct txn *txn = database_begin(database);
    page_put(store, txn, 1, BYTES("record one"));
    page_put(store, txn, UINT64_MAX, BYTES("the last record"));
    body_put(store, txn, 1, buf_bytes(&large));
    body_put(store, txn, 2, BYTES(""));
    database_commit(txn);

    ck_assert_int_eq(page_get(store, NULL, 1, &got), STATUS_OK);
    ck_assert(bytes_equal(buf_bytes(&got), BYTES("record one")));
    ck_assert_int_eq(page_get(store, NULL, UINT64_MAX, &got), STATUS_OK);
    ck_assert(bytes_equal(buf_bytes(&got), BYTES("the last record")));
    ck_assert_int_eq(page_get(store, NULL, 2, &got), STATUS_NOT_FOUND);
    ck_assert_int_eq(body_get(store, NULL, 1, &got), STATUS_OK);
    ck_assert(bytes_equal(buf_bytes(&got), buf_bytes(&large)));
    ck_assert_int_eq(body_get(store, NULL, 2, &got), STATUS_OK);
    ck_assert_uint_eq(got.length, 0);

    txn = database_begin(database);
    ck_assert(page_delete(store, txn, 1));
    ck_assert(!page_delete(store, txn, 1));
    ck_assert(body_delete(store, txn, 1));
    ck_assert(!body_delete(store, txn, 1));
    database_commit(txn);
    ck_assert_int_eq(page_get(store, NULL, 1, &got), STATUS_NOT_FOUND);
    ck_assert_int_eq(body_get(store, NULL, 1, &got), STATUS_NOT_FOUND);
    buf_clear(&large);
    buf_clear(&got);
    page_store_close(store);
    page_store_close(NULL);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(links_come_back_in_the_order_of_the_document)
{
    static const struct stored_link links[] = {
        { BYTES("https://example.org/"), 0, 0 },
        { BYTES(""), 255, 255 },
        { BYTES("https://example.org/?a=\0b"), 3, 1 },
    };
    enum { COUNT = sizeof(links) / sizeof(links[0]) };
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    for (size_t i = 0; i < COUNT; i++)
        links_pack(&packed, &links[i]);
    struct unpacker from = unpacker_of(buf_bytes(&packed));
    struct stored_link link;
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(links_unpack(&from, &link));
        ck_assert(bytes_equal(link.url, links[i].url));
        ck_assert_uint_eq(link.kind, links[i].kind);
        ck_assert_uint_eq(link.flags, links[i].flags);
    }
    ck_assert(!links_unpack(&from, &link));
    ck_assert(!from.is_bad);

    from = unpacker_of(bytes_slice(buf_bytes(&packed), 0, packed.length - 1));
    size_t count = 0;
    while (links_unpack(&from, &link))
        count++;
    ck_assert_uint_eq(count, COUNT - 1);
    ck_assert(from.is_bad);
    ck_assert(!links_unpack(&from, &link));
    buf_clear(&packed);
}
END_TEST

SUITE_MAIN("page", a_page_comes_back_as_it_was_encoded,
           the_head_of_a_page_is_all_but_its_large_fields,
           a_record_that_was_cut_or_lengthened_is_refused,
           pages_and_bodies_are_kept_under_their_document_numbers,
           links_come_back_in_the_order_of_the_document)
