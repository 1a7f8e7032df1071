/* SPDX-License-Identifier: MIT
 *
 * What `forage test` asks of a crawl.
 */
#include "suite.h"

#include "answering.h"

static enum status ask_scope(const char *url, uint64_t depth)
{
    pack_bytes(&question, bytes_from_string(url));
    pack_number(&question, depth);
    pack_u8(&question, false);
    return ask(QUESTION_SCOPE);
}

START_TEST(scope_is_said_by_the_seeds_of_the_crawl)
{
    open_answerer(SEED);
    ck_assert_int_eq(ask_scope("http://EXAMPLE.org/x?utm_source=1", 1), STATUS_OK);
    ck_assert(says("url        http://example.org/x\n"));
    ck_assert(says("scope      in: within the seeds' scope\n"));
    ck_assert_int_eq(ask_scope("http://example.org/x", 101), STATUS_OK);
    ck_assert(says("scope      out: deeper than max_depth\n"));
    answerer.scope = crawl.scope; /* That of a run. */
    ck_assert_int_eq(ask_scope("http://other.example/", 0), STATUS_OK);
    ck_assert(says("scope      out: outside the seeds' scope\n"));
    ck_assert_int_eq(ask_scope("no url", 0), STATUS_DATA);
    ck_assert_int_eq(ask_scope(A, UINT64_C(1) << 32), STATUS_USAGE);
    ck_assert_int_eq(ask(QUESTION_SCOPE), STATUS_USAGE);
    close_answerer();
}
END_TEST

static enum status ask_origin(const char *url)
{
    pack_bytes(&question, bytes_from_string(url));
    return ask(QUESTION_ORIGIN);
}

static void put_robots(const struct origin_record *record)
{
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    origin_encode(record, &packed);
    struct txn *txn = database_begin(crawl.tables.database);
    origin_put(crawl.tables.origins, txn, BYTES("http://example.org"), buf_bytes(&packed));
    database_commit(txn);
    buf_clear(&packed);
}

START_TEST(an_origin_has_what_its_robots_txt_said)
{
    struct origin_record record = { .status = 200, .good_at_ms = START, .body = BYTES("Allow: /") };
    struct origin_record found;
    open_answerer(SEED);
    ck_assert_int_eq(ask_origin(A), STATUS_OK);
    ck_assert_uint_eq(reply.length, 0);
    put_robots(&record);
    ck_assert_int_eq(ask_origin("http://example.org:80/any/page"), STATUS_OK);
    ck_assert(origin_decode(&found, buf_bytes(&reply)));
    ck_assert(bytes_equal(found.body, record.body));
    ck_assert_int_eq(ask_origin("https://example.org/"), STATUS_OK);
    ck_assert_uint_eq(reply.length, 0);
    ck_assert_int_eq(ask_origin("no url"), STATUS_DATA);
    ck_assert_int_eq(ask(QUESTION_ORIGIN), STATUS_USAGE);
    close_answerer();
}
END_TEST

static enum status ask_request(const char *url)
{
    pack_bytes(&question, bytes_from_string(url));
    return ask(QUESTION_REQUEST);
}

START_TEST(a_request_is_made_of_what_is_known)
{
    struct txn *txn;
    open_answerer(SEED);
    ck_assert_int_eq(ask_request("http://never.example/"), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_u8(&from), 0);
    ck_assert_uint_eq(from.left, 7); /* Nothing else. */
    txn = database_begin(crawl.tables.database);
    site_cookies_put(crawl.tables.cookies, txn, BYTES("example.org"), BYTES("as it is"));
    database_commit(txn);
    ck_assert_int_eq(ask_request("http://www.example.org/unknown"), STATUS_OK);
    from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_u8(&from), 0);
    ck_assert_int_eq(unpack_signed(&from), 0);
    ck_assert_int_eq(unpack_signed(&from), 0);
    ck_assert_uint_eq(unpack_number(&from), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(unpack_bytes(&from).length, 0);
    ck_assert(bytes_equal(unpack_bytes(&from), BYTES("as it is")));
    ck_assert(!from.is_bad && from.left == 0);
    ck_assert_int_eq(ask_request("no url"), STATUS_DATA);
    ck_assert_int_eq(ask(QUESTION_REQUEST), STATUS_USAGE);
    close_answerer();
}
END_TEST

SUITE_MAIN("answer_test", scope_is_said_by_the_seeds_of_the_crawl,
           an_origin_has_what_its_robots_txt_said, a_request_is_made_of_what_is_known)
