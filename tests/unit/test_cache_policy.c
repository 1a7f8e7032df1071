/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/cache_policy.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* 1994-11-06 08:49:37, the example of RFC 9110. */
#define NOW_MS      INT64_C(784111777000)
#define DATE        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
#define HOUR_LATER  "Sun, 06 Nov 1994 09:49:37 GMT"
#define HOUR_BEFORE "Sun, 06 Nov 1994 07:49:37 GMT"

static struct cache_entry entry_of(uint16_t status, const char *response)
{
    struct cache_entry entry;
    cache_entry_make(&entry, &(struct cache_exchange){
                                 .method = BYTES("GET"),
                                 .status = status,
                                 .response = bytes_from_string(response),
                                 .requested_ms = NOW_MS,
                                 .received_ms = NOW_MS,
                             });
    return entry;
}

START_TEST(a_response_is_kept_for_reuse_only_where_nothing_forbids_it)
{
    static const struct {
        const char *method;
        const char *request;
        uint16_t status;
        const char *response;
        bool is_reusable;
    } rows[] = {
        { "GET", "", 200, "", true },
        { "GET", "", 200, "Cache-Control: no-store\r\n", false },
        { "GET", "", 200, "Cache-Control: max-age=60, no-store\r\nExpires: " HOUR_LATER "\r\n",
          false },
        { "GET", "", 200, "Cache-Control: no-cache\r\n", true },
        { "GET", "", 200, "Cache-Control: private\r\n", true },
        { "GET", "", 200, "Pragma: no-cache\r\n", true },
        { "GET", "", 200, "Set-Cookie: a=b\r\n", true },
        { "GET", "Authorization: Basic x\r\n", 200, "", true },
        { "GET", "Cache-Control: no-store\r\n", 200, "Cache-Control: max-age=60\r\n", false },
        { "GET", "Cache-Control: no-cache\r\n", 200, "", true },
        { "POST", "", 200, "Cache-Control: max-age=60\r\n", false },
        { "HEAD", "", 200, "Cache-Control: max-age=60\r\n", false },
        { "get", "", 200, "Cache-Control: max-age=60\r\n", false },
        /* By the status alone. */
        { "GET", "", 203, "", true },
        { "GET", "", 204, "", true },
        { "GET", "", 300, "", true },
        { "GET", "", 301, "", true },
        { "GET", "", 308, "", true },
        { "GET", "", 404, "", true },
        { "GET", "", 405, "", true },
        { "GET", "", 410, "", true },
        { "GET", "", 414, "", true },
        { "GET", "", 501, "", true },
        /* By what the response says. */
        { "GET", "", 302, "", false },
        { "GET", "", 302, "Cache-Control: max-age=60\r\n", true },
        { "GET", "", 500, "", false },
        { "GET", "", 500, "Expires: " HOUR_LATER "\r\n", true },
        { "GET", "", 299, "", false },
        { "GET", "", 299, "Cache-Control: public\r\n", true },
        { "GET", "", 599, "Cache-Control: private\r\n", true },
        { "GET", "", 499, "Cache-Control: s-maxage=60\r\n", false },
        /* Never. */
        { "GET", "", 206, "Cache-Control: max-age=60\r\n", false },
        { "GET", "", 304, "Cache-Control: max-age=60\r\n", false },
        { "GET", "", 103, "Cache-Control: max-age=60\r\n", false },
        /* must-understand: RFC 9111, 5.2.2.3. */
        { "GET", "", 200, "Cache-Control: max-age=60, no-store, must-understand\r\n", true },
        { "GET", "", 503, "Cache-Control: max-age=60, no-store, must-understand\r\n", true },
        { "GET", "", 299, "Cache-Control: max-age=60, no-store, must-understand\r\n", false },
        { "GET", "", 299, "Cache-Control: max-age=60, must-understand\r\n", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_entry entry;
        cache_entry_make(&entry, &(struct cache_exchange){
                                     .method = bytes_from_string(rows[i].method),
                                     .request = bytes_from_string(rows[i].request),
                                     .status = rows[i].status,
                                     .response = bytes_from_string(rows[i].response),
                                     .requested_ms = NOW_MS,
                                     .received_ms = NOW_MS,
                                 });
        ck_assert_msg(entry.is_reusable == rows[i].is_reusable, "row %zu: %u %s", i, rows[i].status,
                      rows[i].response);
    }
}
END_TEST

START_TEST(a_response_is_fresh_for_what_it_says_less_its_age)
{
    static const struct {
        const char *response;
        int64_t left_s; /* At NOW; 0 or less: stale. */
    } rows[] = {
        { "Cache-Control: max-age=60\r\n", 60 },
        { DATE "Cache-Control: max-age=60\r\n", 60 },
        { "Cache-Control: max-age=60\r\nExpires: 0\r\n", 60 },
        { "Cache-Control: max-age=60\r\nExpires: " HOUR_BEFORE "\r\n", 60 },
        { "Cache-Control: max-age=0\r\nExpires: " HOUR_LATER "\r\n", 0 },
        { "Cache-Control: max-age=x\r\nExpires: " HOUR_LATER "\r\n", 0 },
        { "Cache-Control: s-maxage=60\r\n", 0 },
        { "Cache-Control: s-maxage=3600, max-age=1\r\n", 1 },
        { "Cache-Control: max-age=4294967296\r\n", INT64_C(2147483648) },
        { "Expires: " HOUR_LATER "\r\n", 3600 },
        { DATE "Expires: " HOUR_LATER "\r\n", 3600 },
        { DATE "Expires: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 0 },
        { DATE "Expires: " HOUR_BEFORE "\r\n", 0 },
        { DATE "Expires: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
          INT64_C(253402300799) - NOW_MS / 1000 },
        /* What is no date is one in the past: RFC 9111, 5.3. */
        { "Expires: 0\r\n", 0 },
        { "Expires: -1\r\n", 0 },
        { "Expires:\r\n", 0 },
        { "Expires: Sun 06 Nov 1994 09:49:37 GMT\r\n", 0 },
        { "Expires: Sun, 06-Nov-1994 09:49:37 GMT\r\n", 0 },
        { "Expires: Sun, 06 Nov 1994 9:49:37 GMT\r\n", 0 },
        { "Expires: Sun, 06 Nov 1994 09:49:37 AEST\r\n", 0 },
        { "Expires: 0\r\nExpires: " HOUR_LATER "\r\n", 0 },
        { "Expires: " HOUR_LATER "\r\nExpires: 0\r\n", 3600 },
        /* A server whose clock runs slow: the lifetime is by its clock, the age by ours. */
        { "Date: Sun, 06 Nov 1994 08:49:27 GMT\r\nExpires: Sun, 06 Nov 1994 08:49:47 GMT\r\n", 10 },
        { "Date: Sun, 06 Nov 1994 08:49:27 GMT\r\nExpires: Sun, 06 Nov 1994 08:49:47 GMT\r\nAge: "
          "25\r\n",
          -5 },
        /* One that runs fast. */
        { "Date: " HOUR_LATER "\r\nCache-Control: max-age=60\r\n", 60 },
        { "Date: " HOUR_LATER "\r\nExpires: " HOUR_LATER "\r\n", 0 },
        { "Date: nonsense\r\nExpires: " HOUR_LATER "\r\n", 3600 },
        /* Age: the first member, if it is a number. */
        { "Cache-Control: max-age=60\r\nAge: 20\r\n", 40 },
        { "Cache-Control: max-age=60\r\nAge: 60\r\n", 0 },
        { "Cache-Control: max-age=60\r\nAge: 90\r\n", -30 },
        { "Cache-Control: max-age=60\r\nAge: 2147483647\r\n", 60 - INT64_C(2147483647) },
        { "Cache-Control: max-age=60\r\nAge: 99999999999\r\n", 60 - INT64_C(2147483648) },
        { "Cache-Control: max-age=60\r\nAge: -20\r\n", 60 },
        { "Cache-Control: max-age=60\r\nAge: 20.5\r\n", 60 },
        { "Cache-Control: max-age=60\r\nAge: old\r\n", 60 },
        { "Cache-Control: max-age=60\r\nAge:\r\n", 60 },
        { "Cache-Control: max-age=60\r\nAge: 0, 7200\r\n", 60 },
        { "Cache-Control: max-age=60\r\nAge: 20 , 0\r\n", 40 },
        { "Cache-Control: max-age=60\r\nAge: 0\r\nAge: 7200\r\n", 60 },
        /* The larger of what it says and what its date shows. */
        { "Date: " HOUR_BEFORE "\r\nCache-Control: max-age=7200\r\nAge: 20\r\n", 3600 },
        { "Date: " HOUR_BEFORE "\r\nCache-Control: max-age=7200\r\nAge: 4000\r\n", 3200 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_entry entry = entry_of(200, rows[i].response);
        int64_t left_ms = entry.fresh_until_ms - NOW_MS;
        ck_assert_msg(left_ms == rows[i].left_s * 1000, "row %zu: %s gives %lld", i,
                      rows[i].response, (long long)left_ms);
        ck_assert_msg(cache_is_fresh(&entry, NOW_MS) == (left_ms > 0), "row %zu", i);
        if (left_ms > 0) {
            ck_assert(cache_is_fresh(&entry, NOW_MS + left_ms - 1));
            ck_assert(!cache_is_fresh(&entry, NOW_MS + left_ms));
        }
    }
}
END_TEST

START_TEST(without_a_lifetime_a_tenth_of_the_age_is_guessed)
{
    static const struct {
        uint16_t status;
        const char *response;
        int64_t left_s;
        bool is_heuristic;
    } rows[] = {
        { 200, DATE, 0, true },
        { 200, DATE "Last-Modified: " HOUR_BEFORE "\r\n", 360, true },
        { 200, "Last-Modified: " HOUR_BEFORE "\r\n", 360, true },
        { 200, DATE "Last-Modified: Sunday, 06-Nov-94 07:49:37 GMT\r\n", 360, true },
        { 200, DATE "Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT\r\n", 86400, true },
        { 200, DATE "Last-Modified: " HOUR_LATER "\r\n", 0, true },
        { 200, DATE "Last-Modified: an hour ago\r\n", 0, true },
        { 200, DATE "Last-Modified: " HOUR_BEFORE "\r\nAge: 100\r\n", 260, true },
        { 200, DATE "Last-Modified: " HOUR_BEFORE "\r\nPragma: no-cache\r\n", 360, true },
        { 200, DATE "Last-Modified: " HOUR_BEFORE "\r\nCache-Control: max-age=5\r\n", 5, false },
        { 200, DATE "Last-Modified: " HOUR_BEFORE "\r\nExpires: 0\r\n", 0, false },
        { 203, DATE "Last-Modified: " HOUR_BEFORE "\r\n", 360, true },
        { 404, DATE "Last-Modified: " HOUR_BEFORE "\r\n", 360, true },
        { 501, DATE "Last-Modified: " HOUR_BEFORE "\r\n", 360, true },
        { 201, DATE "Last-Modified: " HOUR_BEFORE "\r\n", 0, true },
        { 403, DATE "Last-Modified: " HOUR_BEFORE "\r\n", 0, true },
        { 503, DATE "Last-Modified: " HOUR_BEFORE "\r\n", 0, true },
        { 503, DATE "Last-Modified: " HOUR_BEFORE "\r\nCache-Control: public\r\n", 360, true },
        { 599, DATE "Last-Modified: " HOUR_BEFORE "\r\nCache-Control: public\r\n", 360, true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_entry entry = entry_of(rows[i].status, rows[i].response);
        int64_t left_ms = entry.fresh_until_ms - NOW_MS;
        ck_assert_msg(left_ms == rows[i].left_s * 1000, "row %zu: %s gives %lld", i,
                      rows[i].response, (long long)left_ms);
        ck_assert_msg(entry.is_heuristic == rows[i].is_heuristic, "row %zu", i);
    }
}
END_TEST

START_TEST(age_grows_with_the_clock_and_with_the_time_the_answer_took)
{
    struct cache_entry entry;
    cache_entry_make(&entry, &(struct cache_exchange){
                                 .method = BYTES("GET"),
                                 .status = 200,
                                 .response = BYTES("Cache-Control: max-age=60\r\nAge: 10\r\n"),
                                 .requested_ms = NOW_MS - 3000,
                                 .received_ms = NOW_MS,
                             });
    ck_assert_int_eq(cache_age_ms(&entry, NOW_MS), 13000);
    ck_assert_int_eq(cache_age_ms(&entry, NOW_MS + 5000), 18000);
    ck_assert(cache_is_fresh(&entry, NOW_MS + 46999));
    ck_assert(!cache_is_fresh(&entry, NOW_MS + 47000));
    /* A clock that was set back makes nothing younger, and nothing fresh. */
    ck_assert_int_eq(cache_age_ms(&entry, NOW_MS - 100000), 0);
    ck_assert(!cache_is_fresh(&entry, NOW_MS - 1));
}
END_TEST

START_TEST(what_to_do_follows_from_the_response_and_from_the_wish)
{
    static const struct {
        const char *response;
        const char *request;
        bool is_reload;
        int64_t after_s;
        enum cache_use use;
    } rows[] = {
        { "Cache-Control: max-age=60\r\n", "", false, 59, CACHE_REUSE },
        { "Cache-Control: max-age=60\r\n", "", false, 60, CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "", true, 0, CACHE_VALIDATE },
        { "Cache-Control: no-store\r\n", "", false, 0, CACHE_FETCH },
        { "Cache-Control: no-store, max-age=60\r\n", "", true, 0, CACHE_FETCH },
        { "Cache-Control: no-cache, max-age=60\r\n", "", false, 0, CACHE_VALIDATE },
        { "Cache-Control: no-cache=\"a\", max-age=60\r\n", "", false, 0, CACHE_REUSE },
        { "Cache-Control: no-cache=\"\", max-age=60\r\n", "", false, 0, CACHE_VALIDATE },
        { "Cache-Control: must-revalidate, max-age=60\r\n", "", false, 59, CACHE_REUSE },
        { "Cache-Control: must-revalidate, max-age=60\r\n", "", false, 60, CACHE_VALIDATE },
        { "", "", false, 0, CACHE_VALIDATE },
        /* immutable: a reload is no reason to ask while it is fresh. */
        { "Cache-Control: immutable, max-age=60\r\n", "", true, 59, CACHE_REUSE },
        { "Cache-Control: immutable, max-age=60\r\n", "", true, 60, CACHE_VALIDATE },
        { "Cache-Control: immutable, max-age=60\r\n", "Cache-Control: no-cache\r\n", true, 0,
          CACHE_VALIDATE },
        { "Cache-Control: immutable\r\n", "", true, 0, CACHE_VALIDATE },
        { "Cache-Control: immutable, no-cache, max-age=60\r\n", "", true, 0, CACHE_VALIDATE },
        /* stale-while-revalidate: RFC 5861, 3. */
        { "Cache-Control: max-age=60, stale-while-revalidate=30\r\n", "", false, 59, CACHE_REUSE },
        { "Cache-Control: max-age=60, stale-while-revalidate=30\r\n", "", false, 60,
          CACHE_REUSE_VALIDATE },
        { "Cache-Control: max-age=60, stale-while-revalidate=30\r\n", "", false, 89,
          CACHE_REUSE_VALIDATE },
        { "Cache-Control: max-age=60, stale-while-revalidate=30\r\n", "", false, 90,
          CACHE_VALIDATE },
        { "Cache-Control: max-age=60, stale-while-revalidate=30\r\n", "", true, 60,
          CACHE_VALIDATE },
        { "Cache-Control: max-age=60, stale-while-revalidate=30, must-revalidate\r\n", "", false,
          60, CACHE_VALIDATE },
        { "Cache-Control: max-age=60, stale-while-revalidate=x\r\n", "", false, 60,
          CACHE_VALIDATE },
        /* What a request asks for: RFC 9111, 5.2.1. */
        { "Cache-Control: max-age=60\r\n", "Cache-Control: no-cache\r\n", false, 0,
          CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Pragma: No-Cache\r\n", false, 0, CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Pragma: x, no-cache\r\n", false, 0, CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Pragma: other\r\n", false, 0, CACHE_REUSE },
        { "Cache-Control: max-age=60\r\n", "Pragma: no-cache\r\nCache-Control: max-age=9\r\n",
          false, 0, CACHE_REUSE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-age=0\r\n", false, 1,
          CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-age=10\r\n", false, 10,
          CACHE_REUSE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-age=10\r\n", false, 11,
          CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-age=x\r\n", false, 1,
          CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: min-fresh=10\r\n", false, 50,
          CACHE_REUSE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: min-fresh=10\r\n", false, 51,
          CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-stale=30\r\n", false, 90,
          CACHE_REUSE_STALE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-stale=30\r\n", false, 91,
          CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-stale\r\n", false, 9999,
          CACHE_REUSE_STALE },
        { "Cache-Control: max-age=60, must-revalidate\r\n", "Cache-Control: max-stale\r\n", false,
          60, CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-age=70, max-stale=30\r\n", false, 90,
          CACHE_REUSE_STALE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-age=50, max-stale=30\r\n", false, 85,
          CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: min-fresh=1, max-stale=30\r\n", false,
          70, CACHE_VALIDATE },
        { "Cache-Control: max-age=60, stale-while-revalidate=30\r\n",
          "Cache-Control: max-age=60\r\n", false, 61, CACHE_VALIDATE },
        /* A clock that was set back. */
        { "Cache-Control: max-age=60\r\n", "", false, -1, CACHE_VALIDATE },
        { "Cache-Control: max-age=60\r\n", "Cache-Control: max-stale\r\n", false, -1,
          CACHE_VALIDATE },
        { "Cache-Control: max-age=60, stale-while-revalidate=30\r\n", "", false, -1,
          CACHE_VALIDATE },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_entry entry = entry_of(200, rows[i].response);
        struct cache_wish wish;
        cache_wish_read(&wish, bytes_from_string(rows[i].request), rows[i].is_reload);
        enum cache_use use = cache_use(&entry, &wish, NOW_MS + rows[i].after_s * 1000);
        ck_assert_msg(use == rows[i].use, "row %zu: %s for %s gives %d", i, rows[i].response,
                      rows[i].request, use);
    }
}
END_TEST

START_TEST(a_stale_response_covers_an_error_where_that_is_allowed)
{
    static const struct {
        const char *response;
        uint16_t status;
        int64_t after_s;
        bool covers;
    } rows[] = {
        { "Cache-Control: max-age=60, stale-if-error=30\r\n", 503, 60, true },
        { "Cache-Control: max-age=60, stale-if-error=30\r\n", 500, 89, true },
        { "Cache-Control: max-age=60, stale-if-error=30\r\n", 502, 90, false },
        { "Cache-Control: max-age=60, stale-if-error=30\r\n", 504, 10, true },
        { "Cache-Control: max-age=60, stale-if-error=30\r\n", 501, 60, false },
        { "Cache-Control: max-age=60, stale-if-error=30\r\n", 404, 60, false },
        { "Cache-Control: max-age=60, stale-if-error=30\r\n", 503, -1, false },
        { "Cache-Control: max-age=60, stale-if-error=30, must-revalidate\r\n", 503, 60, false },
        { "Cache-Control: max-age=60, stale-if-error=30, no-cache\r\n", 503, 60, false },
        { "Cache-Control: max-age=60, stale-if-error=30, no-store\r\n", 503, 60, false },
        { "Cache-Control: max-age=60, stale-if-error=x\r\n", 503, 60, false },
        { "Cache-Control: max-age=60\r\n", 503, 60, false },
        /* No answer at all. */
        { "Cache-Control: max-age=60\r\n", 0, 9999, true },
        { "Cache-Control: max-age=60, must-revalidate\r\n", 0, 60, false },
        { "Cache-Control: max-age=60, no-cache\r\n", 0, 60, false },
        { "Cache-Control: no-store\r\n", 0, 0, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_entry entry = entry_of(200, rows[i].response);
        ck_assert_msg(cache_covers_error(&entry, rows[i].status, NOW_MS + rows[i].after_s * 1000) ==
                          rows[i].covers,
                      "row %zu: %s", i, rows[i].response);
    }
}
END_TEST

START_TEST(a_spoilt_response_is_stale_from_now_on)
{
    struct cache_entry entry = entry_of(
        200, "Cache-Control: max-age=60, stale-while-revalidate=30, stale-if-error=30\r\n");
    struct cache_wish wish;
    cache_wish_read(&wish, BYTES(""), false);
    cache_entry_spoil(&entry);
    ck_assert_int_eq(cache_use(&entry, &wish, NOW_MS), CACHE_VALIDATE);
    ck_assert(!cache_covers_error(&entry, 503, NOW_MS));
}
END_TEST

START_TEST(what_changes_the_server_invalidates_what_is_stored)
{
    static const struct {
        const char *method;
        uint16_t status;
        bool invalidates;
    } rows[] = {
        { "POST", 200, true },   { "POST", 303, true },  { "POST", 404, false },
        { "POST", 500, false },  { "POST", 100, false }, { "PUT", 201, true },
        { "DELETE", 204, true }, { "PATCH", 200, true }, { "M-SEARCH", 200, true },
        { "GET", 200, false },   { "HEAD", 200, false }, { "OPTIONS", 200, false },
        { "TRACE", 200, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_msg(cache_invalidates(bytes_from_string(rows[i].method), rows[i].status) ==
                          rows[i].invalidates,
                      "%s %u", rows[i].method, rows[i].status);
}
END_TEST

SUITE_MAIN("cache_policy", a_response_is_kept_for_reuse_only_where_nothing_forbids_it,
           a_response_is_fresh_for_what_it_says_less_its_age,
           without_a_lifetime_a_tenth_of_the_age_is_guessed,
           age_grows_with_the_clock_and_with_the_time_the_answer_took,
           what_to_do_follows_from_the_response_and_from_the_wish,
           a_stale_response_covers_an_error_where_that_is_allowed,
           a_spoilt_response_is_stale_from_now_on,
           what_changes_the_server_invalidates_what_is_stored)
