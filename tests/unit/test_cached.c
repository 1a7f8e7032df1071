/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/cached.h"
#include "crawler/fetch/vary.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
/* 1994-11-06 08:49:37, the example of RFC 9110. */
#define NOW_MS   INT64_C(784111777000)
#define HOUR_MS  INT64_C(3600000)
#define MODIFIED "Last-Modified: Sun, 06 Nov 1994 07:49:37 GMT\r\n"

static struct cache_exchange exchange_of(const char *request, const char *response, int64_t at_ms)
{
    return (struct cache_exchange){
        .method = BYTES("GET"),
        .request = bytes_from_string(request),
        .status = 200,
        .response = bytes_from_string(response),
        .requested_ms = at_ms,
        .received_ms = at_ms,
    };
}

/* Through the record and back. */
static struct cached kept(const struct cached *cached, struct buf *packed)
{
    struct cached copy;
    buf_reset(packed);
    cached_pack(packed, cached);
    ck_assert(cached_unpack(&copy, buf_bytes(packed), cached->entry.fresh_until_ms));
    return copy;
}

static bool is_same_entry(const struct cache_entry *a, const struct cache_entry *b)
{
    return a->is_reusable == b->is_reusable && a->is_heuristic == b->is_heuristic &&
           a->must_validate == b->must_validate && a->must_not_be_stale == b->must_not_be_stale &&
           a->is_immutable == b->is_immutable && a->born_ms == b->born_ms &&
           a->received_ms == b->received_ms && a->fresh_until_ms == b->fresh_until_ms &&
           a->stale_while_until_ms == b->stale_while_until_ms &&
           a->stale_error_until_ms == b->stale_error_until_ms;
}

START_TEST(what_decides_is_kept_and_comes_back_as_it_was)
{
    static const struct {
        const char *response;
        const char *fields;
        size_t others;
    } rows[] = {
        { "HTTP/1.1 200 OK\r\n", "", 0 },
        { "HTTP/1.1 200 OK\r\nServer: x\r\nETag: \"a\"\r\nDate: now\r\n" MODIFIED, "", 1 },
        { "Cache-Control: max-age=60\r\nX: 1\r\nvary: accept\r\nX: 2\r\nExpires: 0\r\n",
          "Cache-Control: max-age=60\r\nvary: accept\r\nExpires: 0\r\n", 2 },
        { "Cache-Control: must-revalidate, stale-if-error=60\r\n",
          "Cache-Control: must-revalidate, stale-if-error=60\r\n", 0 },
        { "Cache-Control: max-age=5, stale-while-revalidate=60, immutable\r\n",
          "Cache-Control: max-age=5, stale-while-revalidate=60, immutable\r\n", 0 },
        { "Connection: vary, close\r\nVary: accept\r\n", "", 0 },
        { "Cache-Control: no-cache\r\nbroken\r\n", "Cache-Control: no-cache\r\n", 0 },
    };
    struct buf room, packed;
    buf_init(&room, BUF_UNBOUNDED);
    buf_init(&packed, BUF_UNBOUNDED);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_exchange exchange = exchange_of("Accept: a\r\n", rows[i].response, NOW_MS);
        struct cached made;
        cached_take(&made, &exchange, &room);
        struct cached cached = kept(&made, &packed);
        ck_assert_msg(bytes_equal(cached.fields, bytes_from_string(rows[i].fields)),
                      "row %zu: %.*s", i, (int)cached.fields.length, cached.fields.data);
        ck_assert_msg(cached.others.length == 3 * rows[i].others, "row %zu", i);
        ck_assert_msg(bytes_equal(cached.others, made.others), "row %zu", i);
        ck_assert_msg(is_same_entry(&cached.entry, &made.entry), "row %zu", i);
        ck_assert_uint_eq(cached.status, 200);
        ck_assert_uint_eq(cached.vary, made.vary);
        ck_assert(!cached.is_part && cached.part_bytes == 0);
    }
    buf_clear(&room);
    buf_clear(&packed);
}
END_TEST

START_TEST(a_part_knows_how_long_it_is)
{
    struct cached made = { .is_part = true, .part_bytes = 77, .status = 200 };
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    struct cached cached = kept(&made, &packed);
    ck_assert(cached.is_part);
    ck_assert_uint_eq(cached.part_bytes, 77);
    buf_clear(&packed);
}
END_TEST

START_TEST(a_response_is_for_requests_that_say_the_same_where_it_varies)
{
    static const struct {
        const char *response;
        const char *request;
        bool fits;
    } rows[] = {
        { "", "Accept-Language: fr\r\n", true },
        { "Vary: accept-language\r\n", "Accept-Language: DE\r\n", true },
        { "Vary: accept-language\r\n", "Accept-Language: fr\r\n", false },
        { "Vary: accept-language\r\n", "", false },
        { "Vary: cookie\r\n", "Accept-Language: fr\r\n", true },
        { "Vary: cookie\r\n", "Cookie: a=b\r\n", false },
        { "Vary: *\r\n", "Accept-Language: de\r\n", false },
        { "Vary: accept-language\r\nVary: cookie\r\n", "Accept-Language: de\r\n", true },
    };
    struct buf room, packed;
    buf_init(&room, BUF_UNBOUNDED);
    buf_init(&packed, BUF_UNBOUNDED);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_exchange exchange =
            exchange_of("Accept-Language: de\r\n", rows[i].response, NOW_MS);
        struct cached made;
        cached_take(&made, &exchange, &room);
        struct cached cached = kept(&made, &packed);
        ck_assert_msg(cached_fits(&cached, bytes_from_string(rows[i].request)) == rows[i].fits,
                      "row %zu", i);
    }
    buf_clear(&room);
    buf_clear(&packed);
}
END_TEST

START_TEST(fields_too_large_for_a_record_make_a_response_that_is_not_reused)
{
    struct buf response, room, packed;
    buf_init(&response, BUF_UNBOUNDED);
    buf_init(&room, BUF_UNBOUNDED);
    buf_init(&packed, BUF_UNBOUNDED);
    for (int lines = 0; lines < 300; lines++)
        buf_printf(&response, "X-%d: y\r\nCache-Control: max-age=6\r\n", lines);
    buf_append_char(&response, '\0');
    struct cache_exchange exchange = exchange_of("", response.data, NOW_MS);
    struct cached made;
    cached_take(&made, &exchange, &room);
    struct cached cached = kept(&made, &packed);
    ck_assert(!cached.entry.is_reusable);
    ck_assert_uint_eq(cached.fields.length, 0);
    ck_assert_uint_le(packed.length, 1024);
    buf_clear(&response);
    buf_clear(&room);
    buf_clear(&packed);
}
END_TEST

START_TEST(a_304_renews_what_it_says_and_leaves_the_rest)
{
    static const struct {
        const char *stored;
        const char *update;
        int64_t fresh_for_ms; /* From the update on; 0: it is stale. */
        const char *etag;
        bool is_news;
    } rows[] = {
        { "Cache-Control: max-age=60\r\nETag: \"a\"\r\n", "ETag: \"a\"\r\n", 60000, "\"a\"",
          false },
        { "Cache-Control: max-age=60\r\nETag: \"a\"\r\n", "ETag: W/\"a\"\r\n", 60000, "W/\"a\"",
          false },
        { "Cache-Control: max-age=60\r\nETag: \"a\"\r\n", "", 60000, "\"a\"", false },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-age=5\r\n", 5000, "", false },
        { "Cache-Control: max-age=60\r\n", "Age: 50\r\n", 10000, "", false },
        { "Cache-Control: max-age=60\r\nAge: 50\r\n", "", 60000, "", false },
        { "Expires: Sun, 06 Nov 1994 09:49:37 GMT\r\n", "", 0, "", false },
        { "Expires: 0\r\n", "Expires: Sun, 06 Nov 1994 11:49:37 GMT\r\n", HOUR_MS, "", false },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: no-store\r\n", -1, "", false },
        { "Cache-Control: no-store\r\n", "", -1, "", false },
        { "Cache-Control: no-store\r\n", "Cache-Control: max-age=9\r\n", 9000, "", false },
        /* A tenth of three hours. */
        { MODIFIED, "", 3 * HOUR_MS / 10, "", false },
        { "", MODIFIED, 3 * HOUR_MS / 10, "", false },
        { "Server: x\r\nX: 1\r\n", "Server: x\r\n", 0, "", false },
        { "Server: x\r\nX: 1\r\n", "Server: y\r\n", 0, "", true },
        { "Server: x\r\n", "X: 1\r\n", 0, "", true },
        { "X: 1\r\nX: 2\r\n", "X: 2\r\n", 0, "", false },
        { "Server: x\r\n", "Date: now\r\nVia: 1.1 c\r\nSet-Cookie: a=b\r\nContent-Type: x\r\n", 0,
          "", false },
        { "Server: x\r\n", "Connection: X\r\nX: 1\r\n", 0, "", false },
    };
    struct buf room, next, packed;
    buf_init(&room, BUF_UNBOUNDED);
    buf_init(&next, BUF_UNBOUNDED);
    buf_init(&packed, BUF_UNBOUNDED);
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t later_ms = NOW_MS + 2 * HOUR_MS;
        struct cache_exchange first = exchange_of("", rows[i].stored, NOW_MS);
        struct cache_exchange second = exchange_of("", rows[i].update, later_ms);
        second.status = 304;
        struct validators validators = validators_read(first.response);
        struct cached before, made;
        cached_take(&before, &first, &room);
        bool is_news = cached_update(&made, &before, &validators, &second, &next);
        struct cached after = kept(&made, &packed);
        ck_assert_uint_eq(after.status, 200);
        ck_assert_msg(after.entry.is_reusable == (rows[i].fresh_for_ms >= 0), "row %zu", i);
        int64_t fresh_ms = after.entry.fresh_until_ms - later_ms;
        if (rows[i].fresh_for_ms > 0)
            ck_assert_msg(fresh_ms == rows[i].fresh_for_ms, "row %zu: %lld", i,
                          (long long)fresh_ms);
        else if (rows[i].fresh_for_ms == 0)
            ck_assert_msg(fresh_ms <= 0, "row %zu", i);
        ck_assert_msg(bytes_equal(validators.etag, bytes_from_string(rows[i].etag)), "row %zu", i);
        ck_assert_msg(is_news == rows[i].is_news, "row %zu", i);
    }
    buf_clear(&room);
    buf_clear(&next);
    buf_clear(&packed);
}
END_TEST

/* Also when a field goes back to what it was before. */
START_TEST(news_is_news_once)
{
    static const struct {
        const char *update;
        bool is_news;
    } rows[] = {
        { "X: 1\r\n", false }, { "X: 2\r\n", true }, { "X: 2\r\n", false },
        { "Y: 1\r\n", true },  { "X: 1\r\n", true }, { "X: 1\r\nY: 1\r\n", false },
    };
    struct buf rooms[2];
    struct cached now, next;
    struct validators none = { .etag = { 0 } };
    buf_init(&rooms[0], BUF_UNBOUNDED);
    buf_init(&rooms[1], BUF_UNBOUNDED);
    struct cache_exchange first = exchange_of("", "X: 1\r\n", NOW_MS);
    cached_take(&now, &first, &rooms[1]);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_exchange update = exchange_of("", rows[i].update, NOW_MS);
        bool is_news = cached_update(&next, &now, &none, &update, &rooms[i % 2]);
        ck_assert_msg(is_news == rows[i].is_news, "row %zu", i);
        now = next;
    }
    buf_clear(&rooms[0]);
    buf_clear(&rooms[1]);
}
END_TEST

/* However many names a server thinks of. */
START_TEST(a_record_does_not_grow_with_each_304)
{
    struct cached now, next;
    struct validators none = { .etag = { 0 } };
    struct buf rooms[2], headers, packed;
    buf_init(&rooms[0], BUF_UNBOUNDED);
    buf_init(&rooms[1], BUF_UNBOUNDED);
    buf_init(&headers, BUF_UNBOUNDED);
    buf_init(&packed, BUF_UNBOUNDED);
    struct cache_exchange first = exchange_of("", "X: 1\r\n", NOW_MS);
    cached_take(&now, &first, &rooms[1]);
    for (size_t i = 0; i < 10; i++) {
        buf_reset(&headers);
        for (int name = 0; name < 100; name++)
            buf_printf(&headers, "X-%zu-%d: y\r\n", i, name);
        struct cache_exchange update = exchange_of("", headers.data, NOW_MS);
        cached_update(&next, &now, &none, &update, &rooms[i % 2]);
        buf_reset(&packed);
        cached_pack(&packed, &next);
        ck_assert_uint_le(packed.length, 3 * 128 + 32);
        now = next;
    }
    buf_clear(&rooms[0]);
    buf_clear(&rooms[1]);
    buf_clear(&headers);
    buf_clear(&packed);
}
END_TEST

START_TEST(whom_it_was_given_to_is_kept)
{
    struct cached made = { .status = 200, .identity = UINT64_C(0x123456789abcdef0) };
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    struct cached cached = kept(&made, &packed);
    ck_assert_uint_eq(cached.identity, made.identity);
    ck_assert(cached_is_for(&cached, made.identity));
    ck_assert(!cached_is_for(&cached, made.identity + 1));
    ck_assert(!cached_is_for(&cached, made.identity + (UINT64_C(1) << 32)));
    buf_reset(&packed);
    made.identity = 0;
    cached = kept(&made, &packed);
    ck_assert(cached_is_for(&cached, 5));
    buf_clear(&packed);
}
END_TEST

START_TEST(what_is_damaged_is_as_if_it_were_not_there)
{
    struct cache_exchange exchange = exchange_of(
        "", "Cache-Control: max-age=9, stale-if-error=3\r\nVary: a\r\nX: y\r\n", NOW_MS);
    struct cached made, cached;
    struct buf room, packed;
    buf_init(&room, BUF_UNBOUNDED);
    buf_init(&packed, BUF_UNBOUNDED);
    cached_take(&made, &exchange, &room);
    cached_pack(&packed, &made);
    size_t whole = packed.length - made.others.length;
    for (size_t length = 0; length < whole; length++)
        ck_assert_msg(!cached_unpack(&cached, bytes_of(packed.data, length), 0), "%zu", length);
    for (size_t at = 0; at < packed.length; at++) {
        packed.data[at] = (char)~packed.data[at];
        cached_unpack(&cached, buf_bytes(&packed), INT64_MAX);
        cached_fits(&cached, BYTES("A: b\r\n"));
        packed.data[at] = (char)~packed.data[at];
    }
    buf_clear(&room);
    buf_clear(&packed);
}
END_TEST

SUITE_MAIN("cached", what_decides_is_kept_and_comes_back_as_it_was, a_part_knows_how_long_it_is,
           a_response_is_for_requests_that_say_the_same_where_it_varies,
           fields_too_large_for_a_record_make_a_response_that_is_not_reused,
           a_304_renews_what_it_says_and_leaves_the_rest, news_is_news_once,
           a_record_does_not_grow_with_each_304, whom_it_was_given_to_is_kept,
           what_is_damaged_is_as_if_it_were_not_there)
