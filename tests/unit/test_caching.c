/* SPDX-License-Identifier: MIT
 *
 * What a stored page is good for when its turn comes, what an answer is, and what it leaves.
 */
#include "suite.h"

#include "crawler/engine/caching.h"
#include "crawler/fetch/cached.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NOW_MS      INT64_C(1750000000000)
#define HOUR_MS     INT64_C(3600000)
#define AGENT       "User-Agent: Trial/1.0\r\nAccept-Language: de\r\n"

static const struct settings keeping = { .keep_bodies = true };

/* A visit that asked for a page with this record, and what came. */
static struct visit *visit_of(const struct task *like, uint16_t status, const char *headers,
                              const char *body)
{
    struct task task = *like;
    task.url = BYTES("http://example.org/x");
    struct visit *visit = visit_new(task_new(&task), 1);
    visit->request = BYTES(AGENT);
    visit->asked_at_ms = visit->fetched_at_ms = NOW_MS;
    visit->status = visit->result.status = status;
    buf_init(&visit->result.headers, BUF_UNBOUNDED);
    buf_init(&visit->result.body, BUF_UNBOUNDED);
    buf_append_string(&visit->result.headers, headers);
    buf_append_string(&visit->result.body, body);
    return visit;
}

/* The next task of a URL after this visit; it borrows from it. */
static struct task next_task(const struct visit *visit)
{
    return (struct task){ .document = 7,
                          .is_revisit = true,
                          .etag = visit->caching.validators.etag,
                          .last_modified = visit->caching.validators.last_modified,
                          .cached = visit->caching.cached,
                          .fresh_until_ms = visit->caching.fresh_until_ms };
}

static struct visit *page(const char *headers)
{
    static const struct task new = { .document = 0 };
    struct visit *visit = visit_of(&new, 200, headers, "body");
    visit->outcome = OUTCOME_PAGE;
    caching_take(visit, &keeping);
    return visit;
}

START_TEST(a_stored_page_is_used_validated_or_asked_for_whole)
{
    static const struct {
        const char *headers;
        const char *request;
        int64_t later_ms;
        bool is_reload;
        enum cache_use use;
        const char *etag; /* Sent; "": none. */
        const char *modified;
    } rows[] = {
        { "ETag: \"a\"\r\n", AGENT, 0, false, CACHE_VALIDATE, "\"a\"", "" },
        { "ETag: \"a\"\r\nLast-Modified: x\r\n", AGENT, 0, false, CACHE_VALIDATE, "\"a\"", "x" },
        { "Cache-Control: max-age=60\r\nETag: \"a\"\r\n", AGENT, 59999, false, CACHE_REUSE, "\"a\"",
          "" },
        { "Cache-Control: max-age=60\r\nETag: \"a\"\r\n", AGENT, 60000, false, CACHE_VALIDATE,
          "\"a\"", "" },
        { "Cache-Control: max-age=60\r\nETag: \"a\"\r\n", AGENT, 0, true, CACHE_VALIDATE, "\"a\"",
          "" },
        { "Cache-Control: max-age=60, immutable\r\n", AGENT, 0, true, CACHE_REUSE, "", "" },
        { "Cache-Control: max-age=60, no-cache\r\nETag: \"a\"\r\n", AGENT, 0, false, CACHE_VALIDATE,
          "\"a\"", "" },
        { "Cache-Control: max-age=60, no-store\r\nETag: \"a\"\r\n", AGENT, 0, false, CACHE_FETCH,
          "", "" },
        { "Cache-Control: max-age=60\r\nETag: \"a\"\r\n", AGENT "Cache-Control: no-cache\r\n", 0,
          false, CACHE_VALIDATE, "\"a\"", "" },
        { "Cache-Control: max-age=60\r\nETag: \"a\"\r\nVary: accept-language\r\n", AGENT, 0, false,
          CACHE_REUSE, "\"a\"", "" },
        { "Cache-Control: max-age=60\r\nETag: \"a\"\r\nVary: accept-language\r\n",
          "Accept-Language: fr\r\n", 0, false, CACHE_FETCH, "", "" },
        { "Cache-Control: max-age=60\r\nETag: \"a\"\r\nVary: *\r\n", AGENT, 0, false, CACHE_FETCH,
          "", "" },
        { "Cache-Control: max-age=60, stale-while-revalidate=60\r\nETag: \"a\"\r\n", AGENT, 90000,
          false, CACHE_REUSE_VALIDATE, "\"a\"", "" },
        { "Age: 50\r\nCache-Control: max-age=60\r\n", AGENT, 11000, false, CACHE_VALIDATE, "", "" },
        /* A clock that was set back says nothing of age. */
        { "Cache-Control: max-age=60\r\n", AGENT, -1, false, CACHE_VALIDATE, "", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct visit *visit = page(rows[i].headers);
        struct task task = next_task(visit);
        struct reuse reuse;
        task.is_forced = rows[i].is_reload;
        caching_judge(&reuse, &task, bytes_from_string(rows[i].request), 0,
                      NOW_MS + rows[i].later_ms);
        ck_assert_msg(reuse.use == rows[i].use, "row %zu: %d", i, (int)reuse.use);
        ck_assert_msg(bytes_equal(reuse.conditions.etag, bytes_from_string(rows[i].etag)),
                      "row %zu", i);
        ck_assert_msg(
            bytes_equal(reuse.conditions.last_modified, bytes_from_string(rows[i].modified)),
            "row %zu", i);
        ck_assert_uint_eq(reuse.conditions.range_from, 0);
        visit_free(visit);
    }
}
END_TEST

START_TEST(what_was_never_stored_is_asked_for_without_conditions)
{
    const struct task tasks[] = {
        { .document = 0 },
        { .document = 3, .etag = BYTES("\"a\"") }, /* Its record holds nothing to trust it by. */
        { .document = 3, .etag = BYTES("\"a\""), .cached = BYTES("\xff") },
    };
    for (size_t i = 0; i < COUNT(tasks); i++) {
        struct reuse reuse;
        caching_judge(&reuse, &tasks[i], BYTES(AGENT), 0, NOW_MS);
        ck_assert_int_eq(reuse.use, CACHE_FETCH);
        ck_assert_uint_eq(reuse.conditions.etag.length, 0);
    }
}
END_TEST

/* RFC 9111, 1: a private cache is one user's. */
START_TEST(what_was_given_to_one_login_is_not_used_for_another)
{
    static const uint64_t alice = UINT64_C(1) << 32 | 2, bob = UINT64_C(3) << 32 | 2;
    static const struct {
        uint64_t given;
        uint64_t now;
        bool is_fit;
    } rows[] = {
        { 0, 0, true },      { 0, alice, true },    { alice, alice, true },
        { alice, 0, false }, { alice, bob, false }, { alice, alice - 1, false },
        { 2, alice, true },  { 3, alice, false },   { alice - 2, alice, true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct visit *visit = page("Cache-Control: max-age=60\r\nETag: \"a\"\r\n");
        struct reuse reuse;
        visit->identity = rows[i].given;
        caching_take(visit, &keeping);
        struct task task = next_task(visit);
        caching_judge(&reuse, &task, BYTES(AGENT), rows[i].now, NOW_MS);
        ck_assert_msg(reuse.use == (rows[i].is_fit ? CACHE_REUSE : CACHE_FETCH), "row %zu", i);
        ck_assert_msg((reuse.conditions.etag.length > 0) == rows[i].is_fit, "row %zu", i);
        visit_free(visit);
    }
}
END_TEST

/* Whoever a 304 was given to has it, too. */
START_TEST(a_304_to_somebody_is_about_what_is_his)
{
    struct visit *first = page("Cache-Control: max-age=60\r\nETag: \"a\"\r\n");
    struct task task = next_task(first);
    struct visit *second = visit_of(&task, 304, "ETag: \"a\"\r\n", "");
    struct reuse reuse;
    second->outcome = OUTCOME_NOT_MODIFIED;
    second->identity = 7;
    caching_take(second, &keeping);
    struct task after = next_task(second);
    caching_judge(&reuse, &after, BYTES(AGENT), 0, NOW_MS);
    ck_assert_int_eq(reuse.use, CACHE_FETCH);
    caching_judge(&reuse, &after, BYTES(AGENT), 7, NOW_MS);
    ck_assert_int_eq(reuse.use, CACHE_REUSE);
    visit_free(second);
    visit_free(first);
}
END_TEST

START_TEST(a_304_is_ours_or_another_versions)
{
    static const struct {
        const char *stored;
        const char *reply;
        enum outcome outcome;
    } rows[] = {
        { "ETag: \"a\"\r\n", "ETag: \"a\"\r\n", OUTCOME_NOT_MODIFIED },
        { "ETag: \"a\"\r\n", "ETag: W/\"a\"\r\n", OUTCOME_NOT_MODIFIED },
        { "ETag: \"a\"\r\n", "", OUTCOME_NOT_MODIFIED },
        { "ETag: \"a\"\r\n", "ETag: \"b\"\r\n", OUTCOME_OTHER_VERSION },
        { "ETag: \"a\"\r\n", "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
          OUTCOME_OTHER_VERSION },
        { "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
          "Last-Modified: Sun, 06 Nov 1994 08:49:36 GMT\r\n", OUTCOME_OTHER_VERSION },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct visit *first = page(rows[i].stored);
        struct task task = next_task(first);
        struct visit *second = visit_of(&task, 304, rows[i].reply, "");
        enum outcome outcome = caching_outcome(second, &second->result, OUTCOME_NOT_MODIFIED);
        ck_assert_msg(outcome == rows[i].outcome, "row %zu: %s", i, outcome_word(outcome));
        visit_free(second);
        visit_free(first);
    }
}
END_TEST

START_TEST(a_304_keeps_what_it_does_not_renew)
{
    struct visit *first = page("ETag: \"a\"\r\nCache-Control: max-age=60\r\nX: 1\r\n");
    struct task task = next_task(first);
    struct visit *second = visit_of(&task, 304, "ETag: W/\"a\"\r\nX: 2\r\n", "");
    second->outcome = OUTCOME_NOT_MODIFIED;
    second->asked_at_ms = second->fetched_at_ms = NOW_MS + HOUR_MS;
    caching_take(second, &keeping);
    ck_assert(bytes_equal(second->caching.validators.etag, BYTES("W/\"a\"")));
    ck_assert_int_eq(second->caching.fresh_until_ms, NOW_MS + HOUR_MS + 60000);
    ck_assert(second->caching.is_news);
    struct task third = next_task(second);
    struct reuse reuse;
    caching_judge(&reuse, &third, BYTES(AGENT), 0, NOW_MS + HOUR_MS + 1);
    ck_assert_int_eq(reuse.use, CACHE_REUSE);
    visit_free(second);
    visit_free(first);
}
END_TEST

START_TEST(validators_too_long_for_a_record_are_none)
{
    struct buf headers;
    buf_init(&headers, BUF_UNBOUNDED);
    buf_append_string(&headers, "ETag: \"");
    for (int i = 0; i < 511; i++)
        buf_append_char(&headers, 'e');
    buf_append(&headers, "\"\r\nLast-Modified: x\r\n", 21);
    buf_append_char(&headers, '\0');
    struct visit *visit = page(headers.data);
    ck_assert_uint_eq(visit->caching.validators.etag.length, 0);
    ck_assert(bytes_equal(visit->caching.validators.last_modified, BYTES("x")));
    visit_free(visit);
    buf_clear(&headers);
}
END_TEST

/* ---- Bodies that are cut off */

#define RANGES "Accept-Ranges: bytes\r\nETag: \"a\"\r\n"

/* Of the page's first four bytes. */
static struct visit *part(const char *headers, const struct settings *settings)
{
    static const struct task new = { .document = 0 };
    struct visit *visit = visit_of(&new, 200, headers, "body");
    visit->result.end = TRANSFER_FAILED_PROTOCOL;
    visit->result.is_truncated = true;
    visit->outcome = caching_outcome(visit, &visit->result, OUTCOME_FAILED_PROTOCOL);
    ck_assert_int_eq(visit->outcome, OUTCOME_TRUNCATED);
    caching_take(visit, settings);
    return visit;
}

START_TEST(a_part_is_asked_on_where_that_can_be_and_for_all_elsewhere)
{
    static const struct settings leaving = { .keep_bodies = false };
    static const struct {
        const char *headers;
        const struct settings *settings;
        uint64_t from;
        const char *if_range;
    } rows[] = {
        { RANGES, &keeping, 4, "\"a\"" },
        { RANGES "Cache-Control: max-age=60\r\n", &keeping, 4, "\"a\"" },
        { RANGES, &leaving, 0, "" },
        { RANGES "Vary: *\r\n", &keeping, 0, "" },
        { "ETag: \"a\"\r\n", &keeping, 0, "" },
        { "Accept-Ranges: bytes\r\nETag: W/\"a\"\r\n", &keeping, 0, "" },
        { "Accept-Ranges: bytes\r\n", &keeping, 0, "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct visit *visit = part(rows[i].headers, rows[i].settings);
        struct task task = next_task(visit);
        struct reuse reuse;
        ck_assert_int_eq(visit->caching.fresh_until_ms, 0);
        caching_judge(&reuse, &task, BYTES(AGENT), 0, NOW_MS);
        ck_assert_int_eq(reuse.use, CACHE_FETCH);
        ck_assert_msg(reuse.conditions.range_from == rows[i].from, "row %zu", i);
        ck_assert_msg(bytes_equal(reuse.conditions.if_range, bytes_from_string(rows[i].if_range)),
                      "row %zu", i);
        ck_assert_uint_eq(reuse.conditions.etag.length, 0);
        visit_free(visit);
    }
}
END_TEST

START_TEST(the_answer_to_a_question_for_the_rest)
{
    static const struct {
        uint16_t status;
        const char *headers;
        const char *body;
        enum transfer_end end;
        bool is_truncated;
        enum outcome plain; /* What it would be without caching. */
        enum outcome outcome;
        bool is_rest;
    } rows[] = {
        { 206, "Content-Range: bytes 4-9/10\r\n", "456789", TRANSFER_DONE, false,
          OUTCOME_FAILED_PROTOCOL, OUTCOME_PAGE, true },
        { 206, "Content-Range: bytes 4-9/10\r\n", "456", TRANSFER_FAILED_PROTOCOL, true,
          OUTCOME_FAILED_PROTOCOL, OUTCOME_TRUNCATED, true },
        { 206, "Content-Range: bytes 4-6/10\r\n", "456", TRANSFER_DONE, false,
          OUTCOME_FAILED_PROTOCOL, OUTCOME_TRUNCATED, true },
        { 206, "Content-Range: bytes 4-9/10\r\n", "456", TRANSFER_BODY_TOO_LARGE, false,
          OUTCOME_FAILED_PROTOCOL, OUTCOME_PAGE, true },
        { 206, "Content-Range: bytes 4-9/10\r\n", "", TRANSFER_FAILED_PROTOCOL, true,
          OUTCOME_FAILED_PROTOCOL, OUTCOME_FAILED_PROTOCOL, false },
        { 206, "Content-Range: bytes 5-9/10\r\n", "56789", TRANSFER_DONE, false,
          OUTCOME_FAILED_PROTOCOL, OUTCOME_OTHER_VERSION, false },
        { 206, "Content-Range: bytes 4-9/10\r\n", "45", TRANSFER_TIMED_OUT, false,
          OUTCOME_FAILED_TIMEOUT, OUTCOME_FAILED_TIMEOUT, false },
        { 416, "Content-Range: bytes */4\r\n", "", TRANSFER_DONE, false, OUTCOME_REFUSED_STATUS,
          OUTCOME_PAGE, true },
        { 416, "Content-Range: bytes */3\r\n", "", TRANSFER_DONE, false, OUTCOME_REFUSED_STATUS,
          OUTCOME_OTHER_VERSION, false },
        { 200, "", "new", TRANSFER_DONE, false, OUTCOME_PAGE, OUTCOME_PAGE, false },
        { 200, "", "new", TRANSFER_FAILED_PROTOCOL, true, OUTCOME_FAILED_PROTOCOL,
          OUTCOME_TRUNCATED, false },
        { 404, "", "", TRANSFER_DONE, false, OUTCOME_GONE, OUTCOME_GONE, false },
        { 503, "", "", TRANSFER_DONE, false, OUTCOME_FAILED_BUSY, OUTCOME_FAILED_BUSY, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct visit *first = part(RANGES, &keeping);
        struct task task = next_task(first);
        struct visit *second = visit_of(&task, rows[i].status, rows[i].headers, rows[i].body);
        second->part_bytes = 4;
        second->result.end = rows[i].end;
        second->result.is_truncated = rows[i].is_truncated;
        enum outcome outcome = caching_outcome(second, &second->result, rows[i].plain);
        ck_assert_msg(outcome == rows[i].outcome, "row %zu: %s", i, outcome_word(outcome));
        ck_assert_msg(second->is_rest == rows[i].is_rest, "row %zu", i);
        visit_free(second);
        visit_free(first);
    }
}
END_TEST

START_TEST(a_part_of_the_rest_makes_a_longer_part_and_all_of_it_a_page)
{
    struct visit *first = part(RANGES, &keeping);
    struct task task = next_task(first);
    struct visit *second = visit_of(&task, 206, "Content-Range: bytes 4-9/10\r\n", "45");
    struct reuse reuse;
    second->part_bytes = 4;
    second->result.end = TRANSFER_FAILED_PROTOCOL;
    second->result.is_truncated = true;
    second->outcome = caching_outcome(second, &second->result, OUTCOME_FAILED_PROTOCOL);
    caching_take(second, &keeping);
    struct task after = next_task(second);
    caching_judge(&reuse, &after, BYTES(AGENT), 0, NOW_MS);
    ck_assert_uint_eq(reuse.conditions.range_from, 6);
    ck_assert(bytes_equal(reuse.conditions.if_range, BYTES("\"a\"")));

    struct visit *third = visit_of(&after, 206, "Content-Range: bytes 6-9/10\r\n", "6789");
    third->part_bytes = 6;
    third->outcome = caching_outcome(third, &third->result, OUTCOME_FAILED_PROTOCOL);
    ck_assert_int_eq(third->outcome, OUTCOME_PAGE);
    caching_take(third, &keeping);
    struct task whole = next_task(third);
    caching_judge(&reuse, &whole, BYTES(AGENT), 0, NOW_MS);
    ck_assert_uint_eq(reuse.conditions.range_from, 0);
    ck_assert(bytes_equal(reuse.conditions.etag, BYTES("\"a\"")));
    visit_free(third);
    visit_free(second);
    visit_free(first);
}
END_TEST

/* What asked for nothing but a page, and failed otherwise, stays what it was. */
START_TEST(other_failures_are_no_parts)
{
    static const struct task new = { .document = 0 };
    static const struct {
        uint16_t status;
        const char *body;
        bool is_truncated;
        enum outcome outcome;
    } rows[] = {
        { 200, "", true, OUTCOME_FAILED_PROTOCOL },  { 200, "x", false, OUTCOME_FAILED_PROTOCOL },
        { 404, "x", true, OUTCOME_FAILED_PROTOCOL }, { 500, "x", true, OUTCOME_FAILED_PROTOCOL },
        { 200, "x", true, OUTCOME_FAILED_TIMEOUT },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct visit *visit = visit_of(&new, rows[i].status, "", rows[i].body);
        visit->result.is_truncated = rows[i].is_truncated;
        ck_assert_msg(caching_outcome(visit, &visit->result, rows[i].outcome) == rows[i].outcome,
                      "row %zu", i);
        visit_free(visit);
    }
}
END_TEST

SUITE_MAIN("caching", a_stored_page_is_used_validated_or_asked_for_whole,
           what_was_never_stored_is_asked_for_without_conditions,
           what_was_given_to_one_login_is_not_used_for_another,
           a_304_to_somebody_is_about_what_is_his, a_304_is_ours_or_another_versions,
           a_304_keeps_what_it_does_not_renew, validators_too_long_for_a_record_are_none,
           a_part_is_asked_on_where_that_can_be_and_for_all_elsewhere,
           the_answer_to_a_question_for_the_rest,
           a_part_of_the_rest_makes_a_longer_part_and_all_of_it_a_page, other_failures_are_no_parts)
