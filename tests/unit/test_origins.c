/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "store_directory.h"

#include "store/origins.h"

static const struct origin_record sample = {
    .status = 503,
    .checked_at_ms = 1790000000123,
    .expires_at_ms = 1790086400123,
    .good_at_ms = 1789000000000,
    .unreachable_since_ms = -1,
    .version = UINT64_MAX,
    .etag = BYTES("W/\"x\""),
    .last_modified = BYTES("Mon, 23 Nov 2026 04:20:17 GMT"),
    .body = BYTES("User-agent: *\nDisallow: /\0\xff\n"),
};

static void check_same(const struct origin_record *a, const struct origin_record *b)
{
    ck_assert_uint_eq(a->status, b->status);
    ck_assert_int_eq(a->checked_at_ms, b->checked_at_ms);
    ck_assert_int_eq(a->expires_at_ms, b->expires_at_ms);
    ck_assert_int_eq(a->good_at_ms, b->good_at_ms);
    ck_assert_int_eq(a->unreachable_since_ms, b->unreachable_since_ms);
    ck_assert_uint_eq(a->version, b->version);
    ck_assert(bytes_equal(a->etag, b->etag));
    ck_assert(bytes_equal(a->last_modified, b->last_modified));
    ck_assert(bytes_equal(a->body, b->body));
}

START_TEST(an_origin_comes_back_as_it_was_put)
{
    static const struct database_options options = { .cache_bytes = 1024 * 1024 };
    static const struct origin_record empty = { 0 };
    static const struct origin_record *const records[] = { &sample, &empty };
    char *directory = directory_new();
    struct database *database = NULL;
    struct origins *origins = NULL;
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    ck_assert_int_eq(origins_open(&origins, database), STATUS_OK);
    struct bytes name = BYTES("https://example.org:8443");
    struct buf bytes;
    buf_init(&bytes, BUF_UNBOUNDED);
    ck_assert_int_eq(origin_get(origins, NULL, name, &bytes), STATUS_NOT_FOUND);
    for (size_t i = 0; i < 2; i++) {
        origin_encode(records[i], &bytes);
        struct txn *txn = database_begin(database);
        origin_put(origins, txn, name, buf_bytes(&bytes));
        database_commit(txn);
        struct origin_record decoded;
        ck_assert_int_eq(origin_get(origins, NULL, name, &bytes), STATUS_OK);
        ck_assert(origin_decode(&decoded, buf_bytes(&bytes)));
        check_same(records[i], &decoded);
    }
    ck_assert_int_eq(origin_get(origins, NULL, BYTES("https://example.org"), &bytes),
                     STATUS_NOT_FOUND);
    buf_clear(&bytes);
    origins_close(origins);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(a_damaged_record_is_refused)
{
    struct buf bytes;
    buf_init(&bytes, BUF_UNBOUNDED);
    origin_encode(&sample, &bytes);
    struct origin_record decoded;
    /* What is behind the last length belongs to the body, which may have any. */
    for (size_t length = 0; length < bytes.length - sample.body.length; length++)
        ck_assert_msg(!origin_decode(&decoded, bytes_slice(buf_bytes(&bytes), 0, length)),
                      "%zu bytes", length);
    bytes.data[0]++;
    ck_assert(!origin_decode(&decoded, buf_bytes(&bytes)));
    /* A status of three bytes is beyond 16 bits. */
    ck_assert(!origin_decode(&decoded, BYTES("\x01\xff\xff\x7f\0\0\0\0\0\0\0")));
    ck_assert(origin_decode(&decoded, BYTES("\x01\xff\xff\x03\0\0\0\0\0\0\0")));
    buf_clear(&bytes);
}
END_TEST

SUITE_MAIN("origins", an_origin_comes_back_as_it_was_put, a_damaged_record_is_refused)
