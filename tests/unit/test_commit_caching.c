/* SPDX-License-Identifier: MIT
 *
 * What HTTP's caching, parts and redirects make of a URL's record, its page and its aliases.
 */
#include "suite.h"

#include "crawler/fetch/cached.h"
#include "visited_crawl.h"

static const char seed_url[] = "http://example.org/";
#define X "http://example.org/x"

#define PART(text)                                                                                 \
    {                                                                                              \
        .outcome = OUTCOME_TRUNCATED, .status = 200, .content = text                               \
    }

struct step {
    int64_t after_ms;
    struct come come;
    enum url_state state;
    enum outcome reason;
    int64_t due_in_ms;
    uint8_t tries;
    const char *content; /* Of the stored page. */
};

static void check_content(struct visited *crawl, uint64_t document, const char *wanted, size_t step)
{
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    bool is_there = body_get(crawl->tables.pages, NULL, document, &body) == STATUS_OK;
    ck_assert_msg(is_there == (wanted[0] != '\0'), "step %zu", step);
    if (is_there)
        ck_assert_msg(bytes_equal(buf_bytes(&body), bytes_from_string(wanted)), "step %zu: %.*s",
                      step, (int)body.length, body.data);
    buf_clear(&body);
}

static void run_steps(const struct step *steps, size_t count)
{
    struct visited crawl;
    struct buf scratch;
    visited_init(&crawl, seed_url);
    buf_init(&scratch, BUF_UNBOUNDED);
    for (size_t i = 0; i < count; i++) {
        crawl.now_ms += steps[i].after_ms;
        visited_visit(&crawl, X, &steps[i].come);
        struct url_record record = visited_record(&crawl, X, &scratch);
        ck_assert_msg(record.state == steps[i].state, "step %zu: %s", i,
                      url_state_word(record.state));
        ck_assert_msg(record.reason == steps[i].reason, "step %zu: %s", i,
                      outcome_word(record.reason));
        ck_assert_msg(record.due_ms - crawl.now_ms == steps[i].due_in_ms, "step %zu: %lld", i,
                      (long long)(record.due_ms - crawl.now_ms));
        ck_assert_msg(record.tries == steps[i].tries, "step %zu: %d", i, record.tries);
        check_content(&crawl, record.document, steps[i].content, i);
    }
    buf_clear(&scratch);
    visited_clear(&crawl);
}

#define RUN(steps) run_steps(steps, sizeof(steps) / sizeof((steps)[0]))

START_TEST(a_part_is_kept_and_tried_again_three_times_in_all)
{
    static const struct step steps[] = {
        { 0, PART("ab"), URL_STATE_LIVE, OUTCOME_TRUNCATED, 60000, 1, "ab" },
        { 60000, PART("abc"), URL_STATE_LIVE, OUTCOME_TRUNCATED, 120000, 2, "abc" },
        { 120000, PART("abc"), URL_STATE_LIVE, OUTCOME_TRUNCATED, 7 * DAY, 0, "abc" },
        { 7 * DAY, PART("a"), URL_STATE_LIVE, OUTCOME_TRUNCATED, 60000, 1, "a" },
        { 60000, SAID(FAILED_TIMEOUT, 0), URL_STATE_LIVE, OUTCOME_FAILED_TIMEOUT, 120000, 2, "a" },
        { 120000, PAGE("abcd"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, 0, "abcd" },
    };
    RUN(steps);
}
END_TEST

START_TEST(a_whole_page_gives_way_to_a_part_only_in_the_end)
{
    static const struct step steps[] = {
        { 0, PAGE("old"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, 0, "old" },
        { 7 * DAY, PART("ne"), URL_STATE_LIVE, OUTCOME_FAILED_PROTOCOL, 60000, 1, "old" },
        { 60000, PART("ne"), URL_STATE_LIVE, OUTCOME_FAILED_PROTOCOL, 120000, 2, "old" },
        { 120000, PART("ne"), URL_STATE_LIVE, OUTCOME_TRUNCATED, 7 * DAY, 0, "ne" },
        { 7 * DAY, PART("new"), URL_STATE_LIVE, OUTCOME_TRUNCATED, 60000, 1, "new" },
    };
    RUN(steps);
    /* One that is not in the index has nobody who would miss it. */
    static const struct step noindex[] = {
        { 0, NOINDEX("old"), URL_STATE_NOINDEX, OUTCOME_NOINDEX, 7 * DAY, 0, "old" },
        { 7 * DAY, PART("ne"), URL_STATE_LIVE, OUTCOME_TRUNCATED, 60000, 1, "ne" },
    };
    RUN(noindex);
}
END_TEST

START_TEST(an_answer_about_another_version_leaves_nothing_to_ask_with)
{
    struct visited crawl;
    struct buf scratch;
    visited_init(&crawl, seed_url);
    buf_init(&scratch, BUF_UNBOUNDED);
    const struct come page = { .outcome = OUTCOME_PAGE,
                               .status = 200,
                               .content = "a",
                               .headers = "ETag: \"a\"\r\nLast-Modified: x\r\n"
                                          "Cache-Control: max-age=60\r\n" };
    const struct come other = SAID(OTHER_VERSION, 304);
    visited_visit(&crawl, X, &page);
    struct url_record record = visited_record(&crawl, X, &scratch);
    ck_assert(bytes_equal(record.etag, BYTES("\"a\"")));
    ck_assert_uint_gt(record.cached.length, 0);
    crawl.now_ms += DAY;
    visited_visit(&crawl, X, &other);
    record = visited_record(&crawl, X, &scratch);
    ck_assert_uint_eq(record.etag.length + record.last_modified.length + record.cached.length, 0);
    ck_assert_int_eq(record.fresh_until_ms, 0);
    ck_assert_int_eq(record.due_ms, crawl.now_ms);
    ck_assert_int_eq(record.state, URL_STATE_LIVE);
    ck_assert_uint_eq(crawl.failures, 0);
    buf_clear(&scratch);
    visited_clear(&crawl);
}
END_TEST

static struct bytes stored_fields(struct visited *crawl, struct buf *stored, struct buf *fields)
{
    struct page page;
    ck_assert_int_eq(page_get(crawl->tables.pages, NULL, 1, stored), STATUS_OK);
    ck_assert(page_decode(&page, buf_bytes(stored), fields));
    return page.updated;
}

START_TEST(a_304_updates_the_fields_of_the_stored_page_where_it_brings_news)
{
    static const struct {
        const char *headers;
        const char *updated;
    } rows[] = {
        { "ETag: \"a\"\r\nServer: x\r\nDate: now\r\n", "" },
        { "ETag: \"a\"\r\nServer: y\r\nDate: now\r\n",
          "ETag: \"a\"\r\nServer: y\r\nDate: now\r\n" },
        { "Server: y\r\nDate: later\r\n", "ETag: \"a\"\r\nServer: y\r\nDate: now\r\n" },
        { "X: 1\r\nDate: later\r\n", "ETag: \"a\"\r\nServer: y\r\nX: 1\r\nDate: later\r\n" },
    };
    const struct come page = { .outcome = OUTCOME_PAGE,
                               .status = 200,
                               .content = "a",
                               .headers = "ETag: \"a\"\r\nServer: x\r\n" };
    struct visited crawl;
    struct buf stored, fields;
    visited_init(&crawl, seed_url);
    buf_init(&stored, BUF_UNBOUNDED);
    buf_init(&fields, BUF_UNBOUNDED);
    visited_visit(&crawl, X, &page);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct come same = SAID(NOT_MODIFIED, 304);
        same.headers = rows[i].headers;
        visited_visit(&crawl, X, &same);
        struct bytes updated = stored_fields(&crawl, &stored, &fields);
        ck_assert_msg(bytes_equal(updated, bytes_from_string(rows[i].updated)), "row %zu: %.*s", i,
                      (int)updated.length, updated.data);
    }
    buf_clear(&stored);
    buf_clear(&fields);
    visited_clear(&crawl);
}
END_TEST

START_TEST(stale_if_error_keeps_a_page_live)
{
    static const struct {
        const char *headers;
        uint16_t status;
        enum outcome outcome;
        enum url_state state; /* After three tries. */
    } rows[] = {
        { "Cache-Control: stale-if-error=864000\r\n", 500, OUTCOME_FAILED_SERVER, URL_STATE_LIVE },
        { "Cache-Control: stale-if-error=60\r\n", 500, OUTCOME_FAILED_SERVER,
          URL_STATE_UNREACHABLE },
        { "Cache-Control: stale-if-error=864000, must-revalidate\r\n", 500, OUTCOME_FAILED_SERVER,
          URL_STATE_UNREACHABLE },
        { "Cache-Control: stale-if-error=864000\r\n", 0, OUTCOME_FAILED_CONNECT,
          URL_STATE_UNREACHABLE },
        { "", 500, OUTCOME_FAILED_SERVER, URL_STATE_UNREACHABLE },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct visited crawl;
        struct buf scratch;
        visited_init(&crawl, seed_url);
        buf_init(&scratch, BUF_UNBOUNDED);
        const struct come page = {
            .outcome = OUTCOME_PAGE, .status = 200, .content = "a", .headers = rows[i].headers
        };
        const struct come error = { .outcome = rows[i].outcome, .status = rows[i].status };
        visited_visit(&crawl, X, &page);
        crawl.now_ms += DAY;
        for (int tries = 0; tries < 3; tries++)
            visited_visit(&crawl, X, &error);
        struct url_record record = visited_record(&crawl, X, &scratch);
        ck_assert_msg(record.state == rows[i].state, "row %zu: %s", i,
                      url_state_word(record.state));
        buf_clear(&scratch);
        visited_clear(&crawl);
    }
}
END_TEST

/* ---- Redirects */

static void move(struct visited *crawl, const char *from, const char *to, uint16_t status)
{
    const struct come come = { .outcome = OUTCOME_REDIRECT, .status = status, .reason = to };
    visited_visit(crawl, from, &come);
}

static void check_alias(struct visited *crawl, const char *url, const char *wanted)
{
    struct buf target;
    buf_init(&target, BUF_UNBOUNDED);
    bool is_there = alias_moved_to(crawl->tables.duplicates, NULL, bytes_from_string(url), &target);
    ck_assert_msg(is_there == (wanted != NULL), "%s", url);
    if (wanted)
        ck_assert_msg(bytes_equal(buf_bytes(&target), bytes_from_string(wanted)), "%s: %.*s", url,
                      (int)target.length, target.data);
    buf_clear(&target);
}

START_TEST(only_what_moved_for_good_has_another_name)
{
    static const struct {
        uint16_t status;
        bool is_alias;
    } rows[] = { { 301, true }, { 302, false }, { 303, false }, { 307, false }, { 308, true } };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct visited crawl;
        visited_init(&crawl, seed_url);
        move(&crawl, X, "http://example.org/y", rows[i].status);
        check_alias(&crawl, X, rows[i].is_alias ? "http://example.org/y" : NULL);
        /* What fails meanwhile has not come back. */
        struct come failed = SAID(FAILED_TIMEOUT, 0), gone = SAID(GONE, 404);
        visited_visit(&crawl, X, &failed);
        check_alias(&crawl, X, rows[i].is_alias ? "http://example.org/y" : NULL);
        visited_visit(&crawl, X, &gone);
        check_alias(&crawl, X, NULL);
        visited_clear(&crawl);
    }
}
END_TEST

START_TEST(moves_are_followed_to_their_end)
{
    struct visited crawl;
    visited_init(&crawl, seed_url);
    move(&crawl, X, "http://example.org/1", 301);
    move(&crawl, "http://example.org/1", "http://example.org/2", 308);
    move(&crawl, "http://example.org/2", "http://example.org/3", 302);
    check_alias(&crawl, X, "http://example.org/2");
    check_alias(&crawl, "http://example.org/3", NULL);
    visited_clear(&crawl);
}
END_TEST

START_TEST(a_circle_is_found_by_the_move_that_closes_it)
{
    struct visited crawl;
    struct buf scratch;
    visited_init(&crawl, seed_url);
    buf_init(&scratch, BUF_UNBOUNDED);
    move(&crawl, "http://example.org/1", "http://example.org/2", 301);
    move(&crawl, "http://example.org/2", X, 302);
    move(&crawl, X, "http://example.org/1", 301);
    struct url_record record = visited_record(&crawl, X, &scratch);
    ck_assert_int_eq(record.reason, OUTCOME_REDIRECT_LOOP);
    ck_assert_int_eq(record.state, URL_STATE_BLOCKED);
    check_alias(&crawl, X, NULL);
    record = visited_record(&crawl, "http://example.org/1", &scratch);
    ck_assert_int_eq(record.state, URL_STATE_MOVED);
    /* It ends, and the next round finds none. */
    visited_page(&crawl, "http://example.org/2", "a");
    move(&crawl, X, "http://example.org/1", 301);
    record = visited_record(&crawl, X, &scratch);
    ck_assert_int_eq(record.state, URL_STATE_MOVED);
    buf_clear(&scratch);
    visited_clear(&crawl);
}
END_TEST

SUITE_MAIN("commit_caching", a_part_is_kept_and_tried_again_three_times_in_all,
           a_whole_page_gives_way_to_a_part_only_in_the_end,
           an_answer_about_another_version_leaves_nothing_to_ask_with,
           a_304_updates_the_fields_of_the_stored_page_where_it_brings_news,
           stale_if_error_keeps_a_page_live, only_what_moved_for_good_has_another_name,
           moves_are_followed_to_their_end, a_circle_is_found_by_the_move_that_closes_it)
