/* SPDX-License-Identifier: MIT
 *
 * What a visit makes of a URL's record, its page, its duplicates and the change feed.
 */
#include "suite.h"

#include "frontier/search.h"
#include "visited_crawl.h"

static const char seed_url[] = "http://example.org/";

/* The changes since it was asked last, as text: "+new /a, -gone /b". */
static const char *changes(struct visited *crawl)
{
    static char text[1024];
    struct change change;
    struct buf scratch;
    struct url url;
    size_t length = 0;
    buf_init(&scratch, BUF_UNBOUNDED);
    text[0] = '\0';
    while (change_after(crawl->tables.changes, crawl->last_change, &change, &scratch)) {
        ck_assert(url_split(&url, change.url));
        crawl->last_change = change.number;
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%c%s %.*s",
                                   length ? ", " : "", change.op == CHANGE_UPSERT ? '+' : '-',
                                   change_reason_word(change.reason),
                                   (int)url_path_query(&url).length, url_path_query(&url).data);
    }
    buf_clear(&scratch);
    return text;
}

static uint64_t counter(const struct visited *crawl, enum counter counter)
{
    return crawl->tables.counters.values[counter];
}

/* ---- The record of a URL through sequences of outcomes */

struct step {
    int64_t after_ms; /* Since the step before. */
    struct come come;
    enum url_state state;
    enum outcome reason;
    int64_t due_in_ms;
    const char *changes;
    uint8_t tries;
    uint8_t gone_count;
};

static void run_steps(const char *name, const struct step *steps)
{
    static const char url[] = "http://example.org/x";
    struct visited crawl;
    struct buf scratch;
    visited_init(&crawl, seed_url);
    buf_init(&scratch, BUF_UNBOUNDED);
    for (size_t i = 0; steps[i].changes; i++) {
        const struct step *step = &steps[i];
        crawl.now_ms += step->after_ms;
        visited_visit(&crawl, url, &step->come);
        struct url_record record = visited_record(&crawl, url, &scratch);
        ck_assert_msg(record.state == step->state, "%s, step %zu: state %s", name, i,
                      url_state_word(record.state));
        ck_assert_msg(record.reason == step->reason, "%s, step %zu: reason %s", name, i,
                      outcome_word(record.reason));
        ck_assert_msg(record.due_ms - crawl.now_ms == step->due_in_ms, "%s, step %zu: due in %lld",
                      name, i, (long long)(record.due_ms - crawl.now_ms));
        const char *said = changes(&crawl);
        ck_assert_msg(strcmp(said, step->changes) == 0, "%s, step %zu: changes %s", name, i, said);
        ck_assert_msg(record.tries == step->tries, "%s, step %zu: tries %d", name, i, record.tries);
        ck_assert_msg(record.gone_count == step->gone_count, "%s, step %zu: gone %d", name, i,
                      record.gone_count);
        ck_assert_uint_eq(record.status, step->come.status);
        ck_assert_uint_eq(counter(&crawl, COUNTER_PAGES_LIVE), step->state == URL_STATE_LIVE);
        ck_assert_uint_eq(counter(&crawl, COUNTER_PAGES_GONE), step->state == URL_STATE_GONE);
    }
    buf_clear(&scratch);
    visited_clear(&crawl);
}

START_TEST(a_page_is_new_unchanged_or_changed)
{
    static const struct step steps[] = {
        { 0, PAGE("a"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+new /x", 0, 0 },
        { 7 * DAY, PAGE("a"), URL_STATE_LIVE, OUTCOME_UNCHANGED, 7 * DAY, "", 0, 0 },
        { 7 * DAY, SAID(NOT_MODIFIED, 304), URL_STATE_LIVE, OUTCOME_NOT_MODIFIED, 7 * DAY, "", 0,
          0 },
        { 7 * DAY, PAGE("b"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+changed /x", 0, 0 },
        { 7 * DAY, PAGE("a"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+changed /x", 0, 0 },
        { 0 },
    };
    run_steps("page", steps);
}
END_TEST

START_TEST(a_page_is_gone_after_three_answers_over_two_days)
{
    static const struct step steps[] = {
        { 0, PAGE("a"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+new /x", 0, 0 },
        { 7 * DAY, SAID(GONE, 404), URL_STATE_LIVE, OUTCOME_GONE, DAY, "", 0, 1 },
        { HOUR, SAID(GONE, 410), URL_STATE_LIVE, OUTCOME_GONE, DAY, "", 0, 2 },
        /* Three times, but not for long enough. */
        { HOUR, SAID(GONE, 404), URL_STATE_LIVE, OUTCOME_GONE, DAY, "", 0, 3 },
        { 2 * DAY - 2 * HOUR, SAID(GONE, 404), URL_STATE_GONE, OUTCOME_GONE, 7 * DAY, "-gone /x", 0,
          4 },
        { 7 * DAY, SAID(GONE, 404), URL_STATE_GONE, OUTCOME_GONE, 7 * DAY, "", 0, 5 },
        { 7 * DAY, PAGE("a"), URL_STATE_LIVE, OUTCOME_UNCHANGED, 7 * DAY, "+back /x", 0, 0 },
        /* A sign of life in between begins the count anew. */
        { 7 * DAY, SAID(GONE, 404), URL_STATE_LIVE, OUTCOME_GONE, DAY, "", 0, 1 },
        { 2 * DAY, SAID(GONE, 404), URL_STATE_LIVE, OUTCOME_GONE, DAY, "", 0, 2 },
        { DAY, SAID(NOT_MODIFIED, 304), URL_STATE_LIVE, OUTCOME_NOT_MODIFIED, 7 * DAY, "", 0, 0 },
        { 7 * DAY, SAID(GONE, 404), URL_STATE_LIVE, OUTCOME_GONE, DAY, "", 0, 1 },
        { 0 },
    };
    run_steps("gone", steps);
    static const struct step never[] = {
        { 0, SAID(GONE, 404), URL_STATE_GONE, OUTCOME_GONE, 7 * DAY, "", 0, 1 },
        { 7 * DAY, PAGE("a"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+new /x", 0, 0 },
        { 0 },
    };
    run_steps("never there", never);
}
END_TEST

START_TEST(noindex_takes_a_page_out_of_the_index_and_nothing_but_its_own_content_puts_it_back)
{
    static const struct step steps[] = {
        { 0, PAGE("a"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+new /x", 0, 0 },
        { DAY, NOINDEX("b"), URL_STATE_NOINDEX, OUTCOME_NOINDEX, 7 * DAY, "-noindex /x", 0, 0 },
        { DAY, SAID(NOT_MODIFIED, 304), URL_STATE_NOINDEX, OUTCOME_NOT_MODIFIED, 7 * DAY, "", 0,
          0 },
        { DAY, PAGE("b"), URL_STATE_LIVE, OUTCOME_UNCHANGED, 7 * DAY, "+back /x", 0, 0 },
        /* The same content, which a header forbids now. */
        { DAY, NOINDEX("b"), URL_STATE_NOINDEX, OUTCOME_NOINDEX, 7 * DAY, "-noindex /x", 0, 0 },
        /* Another state in between does not make it forgotten. */
        { DAY, SAID(REFUSED_ROBOTS, 0), URL_STATE_BLOCKED, OUTCOME_REFUSED_ROBOTS, 7 * DAY, "", 0,
          0 },
        { DAY, SAID(NOT_MODIFIED, 304), URL_STATE_NOINDEX, OUTCOME_NOT_MODIFIED, 7 * DAY, "", 0,
          0 },
        { DAY, SAID(GONE, 404), URL_STATE_GONE, OUTCOME_GONE, 7 * DAY, "", 0, 1 },
        { DAY, SAID(NOT_MODIFIED, 304), URL_STATE_NOINDEX, OUTCOME_NOT_MODIFIED, 7 * DAY, "", 0,
          0 },
        { DAY, PAGE("c"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+back /x", 0, 0 },
        { 0 },
    };
    run_steps("noindex", steps);
    static const struct step first[] = {
        { 0, NOINDEX("a"), URL_STATE_NOINDEX, OUTCOME_NOINDEX, 7 * DAY, "", 0, 0 },
        { DAY, PAGE("a"), URL_STATE_LIVE, OUTCOME_UNCHANGED, 7 * DAY, "+new /x", 0, 0 },
        { DAY, SAID(REDIRECT_NOWHERE, 301), URL_STATE_LIVE, OUTCOME_REDIRECT_NOWHERE, 7 * DAY, "",
          0, 0 },
        { DAY, SAID(REFUSED_ROBOTS, 0), URL_STATE_BLOCKED, OUTCOME_REFUSED_ROBOTS, 7 * DAY,
          "-blocked /x", 0, 0 },
        { DAY, SAID(NOT_MODIFIED, 304), URL_STATE_LIVE, OUTCOME_NOT_MODIFIED, 7 * DAY, "+back /x",
          0, 0 },
        { 0 },
    };
    run_steps("noindex first", first);
}
END_TEST

#define SAID_WITH(what, code, fields)                                                              \
    {                                                                                              \
        .outcome = OUTCOME_##what, .status = code, .headers = fields                               \
    }

START_TEST(a_header_with_not_modified_takes_a_page_out_of_the_index)
{
    static const char tag[] = "X-Robots-Tag: noindex\r\nETag: \"1\"\r\n";
    static const char other[] = "X-Robots-Tag: otherbot: noindex\r\n";
    static const char trial[] = "X-Robots-Tag: trial: none\r\nX-Robots-Tag: index\r\n";
    static const char past[] = "X-Robots-Tag: unavailable_after: 2020-01-01\r\n";
    static const struct step steps[] = {
        { 0, PAGE("a"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+new /x", 0, 0 },
        { DAY, SAID_WITH(NOT_MODIFIED, 304, other), URL_STATE_LIVE, OUTCOME_NOT_MODIFIED, 7 * DAY,
          "", 0, 0 },
        { DAY, SAID_WITH(NOT_MODIFIED, 304, tag), URL_STATE_NOINDEX, OUTCOME_NOINDEX, 7 * DAY,
          "-noindex /x", 0, 0 },
        { DAY, SAID_WITH(NOT_MODIFIED, 304, trial), URL_STATE_NOINDEX, OUTCOME_NOINDEX, 7 * DAY, "",
          0, 0 },
        { DAY, PAGE("a"), URL_STATE_LIVE, OUTCOME_UNCHANGED, 7 * DAY, "+back /x", 0, 0 },
        { DAY, SAID_WITH(NOT_MODIFIED, 304, past), URL_STATE_NOINDEX, OUTCOME_NOINDEX, 7 * DAY,
          "-noindex /x", 0, 0 },
        { 0 },
    };
    run_steps("not modified", steps);
}
END_TEST

START_TEST(a_page_that_is_not_for_the_index_is_asked_for_whole)
{
    static const char fields[] = "ETag: \"1\"\r\nCache-Control: max-age=864000\r\n";
    const struct come comes[] = {
        { .outcome = OUTCOME_PAGE, .status = 200, .content = "a", .is_noindex = true },
        { .outcome = OUTCOME_PAGE,
          .status = 200,
          .content = "a",
          .unavailable_after_ms = START + 3 * DAY },
        { .outcome = OUTCOME_PAGE,
          .status = 200,
          .content = "a",
          .unavailable_after_ms = START + 30 * DAY },
    };
    static const struct {
        int64_t due_ms, fresh_until_ms;
    } wanted[] = {
        { START + 7 * DAY, START + 10 * DAY },
        /* On its last day it is looked at. */
        { START + 3 * DAY + 1, START + 3 * DAY + 1 },
        { START + 7 * DAY, START + 10 * DAY },
    };
    struct visited crawl;
    struct buf scratch;
    visited_init(&crawl, seed_url);
    buf_init(&scratch, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(comes) / sizeof(comes[0]); i++) {
        struct come come = comes[i];
        come.headers = fields;
        visited_visit(&crawl, seed_url, &come);
        struct url_record record = visited_record(&crawl, seed_url, &scratch);
        ck_assert_msg(record.etag.length == 0, "row %zu", i);
        ck_assert_msg(record.due_ms == wanted[i].due_ms, "row %zu: %lld", i,
                      (long long)record.due_ms);
        ck_assert_msg(record.fresh_until_ms == wanted[i].fresh_until_ms, "row %zu", i);
    }
    buf_clear(&scratch);
    visited_clear(&crawl);
}
END_TEST

START_TEST(a_permanent_move_takes_a_page_out_of_the_index_and_a_temporary_one_does_not)
{
    static const struct step steps[] = {
        { 0, PAGE("a"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+new /x", 0, 0 },
        { DAY, MOVED(302), URL_STATE_LIVE, OUTCOME_REDIRECT, 7 * DAY, "", 0, 0 },
        { DAY, MOVED(307), URL_STATE_LIVE, OUTCOME_REDIRECT, 7 * DAY, "", 0, 0 },
        { DAY, MOVED(308), URL_STATE_MOVED, OUTCOME_REDIRECT, 7 * DAY, "-moved-to /x", 0, 0 },
        { DAY, MOVED(301), URL_STATE_MOVED, OUTCOME_REDIRECT, 7 * DAY, "", 0, 0 },
        { DAY, PAGE("a"), URL_STATE_LIVE, OUTCOME_UNCHANGED, 7 * DAY, "+back /x", 0, 0 },
        { 0 },
    };
    run_steps("moved", steps);
    static const struct step first[] = {
        { 0, MOVED(302), URL_STATE_MOVED, OUTCOME_REDIRECT, 7 * DAY, "", 0, 0 },
        { 0 },
    };
    run_steps("moved at first", first);
}
END_TEST

START_TEST(a_failure_is_tried_again_and_keeps_the_page)
{
    static const struct step steps[] = {
        { 0, SAID(FAILED_CONNECT, 0), URL_STATE_UNREACHABLE, OUTCOME_FAILED_CONNECT, 60000, "", 1,
          0 },
        { 60000, SAID(FAILED_TIMEOUT, 0), URL_STATE_UNREACHABLE, OUTCOME_FAILED_TIMEOUT, 120000, "",
          2, 0 },
        { 120000, SAID(FAILED_SERVER, 500), URL_STATE_UNREACHABLE, OUTCOME_FAILED_SERVER, 7 * DAY,
          "", 0, 0 },
        { 7 * DAY, PAGE("a"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+new /x", 0, 0 },
        { 7 * DAY, SAID(FAILED_BUSY, 503), URL_STATE_LIVE, OUTCOME_FAILED_BUSY, 60000, "", 1, 0 },
        { 60000, PAGE("a"), URL_STATE_LIVE, OUTCOME_UNCHANGED, 7 * DAY, "", 0, 0 },
        { 7 * DAY, SAID(FAILED_DNS, 0), URL_STATE_LIVE, OUTCOME_FAILED_DNS, 60000, "", 1, 0 },
        { 60000, SAID(FAILED_TLS, 0), URL_STATE_LIVE, OUTCOME_FAILED_TLS, 120000, "", 2, 0 },
        { 120000, SAID(FAILED_TLS, 0), URL_STATE_UNREACHABLE, OUTCOME_FAILED_TLS, 7 * DAY, "", 0,
          0 },
        { 7 * DAY, PAGE("b"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+changed /x", 0, 0 },
        /* robots.txt is asked again in its own time, as often as it takes. */
        { DAY, SAID(REFUSED_ROBOTS_UNREACHABLE, 0), URL_STATE_LIVE,
          OUTCOME_REFUSED_ROBOTS_UNREACHABLE, 60000, "", 0, 0 },
        { DAY, SAID(REFUSED_ROBOTS_UNREACHABLE, 0), URL_STATE_LIVE,
          OUTCOME_REFUSED_ROBOTS_UNREACHABLE, 60000, "", 0, 0 },
        { DAY, SAID(REFUSED_ROBOTS_UNREACHABLE, 0), URL_STATE_LIVE,
          OUTCOME_REFUSED_ROBOTS_UNREACHABLE, 60000, "", 0, 0 },
        { DAY, SAID(REFUSED_ROBOTS_UNREACHABLE, 0), URL_STATE_LIVE,
          OUTCOME_REFUSED_ROBOTS_UNREACHABLE, 60000, "", 0, 0 },
        { 0 },
    };
    run_steps("failures", steps);
}
END_TEST

START_TEST(what_is_refused_leaves_the_index_only_where_we_or_the_site_said_so)
{
    static const struct step steps[] = {
        { 0, PAGE("a"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+new /x", 0, 0 },
        { DAY, SAID(REFUSED_STATUS, 403), URL_STATE_LIVE, OUTCOME_REFUSED_STATUS, 7 * DAY, "", 0,
          0 },
        { DAY, SAID(REFUSED_ADDRESS, 0), URL_STATE_LIVE, OUTCOME_REFUSED_ADDRESS, 7 * DAY, "", 0,
          0 },
        { DAY, SAID(REDIRECT_LOOP, 302), URL_STATE_LIVE, OUTCOME_REDIRECT_LOOP, 7 * DAY, "", 0, 0 },
        { DAY, SAID(REFUSED_ROBOTS, 0), URL_STATE_BLOCKED, OUTCOME_REFUSED_ROBOTS, 7 * DAY,
          "-blocked /x", 0, 0 },
        { DAY, PAGE("a"), URL_STATE_LIVE, OUTCOME_UNCHANGED, 7 * DAY, "+back /x", 0, 0 },
        { DAY, SAID(REFUSED_TYPE, 200), URL_STATE_OUT_OF_SCOPE, OUTCOME_REFUSED_TYPE, 7 * DAY,
          "-out-of-scope /x", 0, 0 },
        { DAY, PAGE("b"), URL_STATE_LIVE, OUTCOME_PAGE, 7 * DAY, "+back /x", 0, 0 },
        { DAY, SAID(REFUSED_SCOPE, 0), URL_STATE_OUT_OF_SCOPE, OUTCOME_REFUSED_SCOPE, 7 * DAY,
          "-out-of-scope /x", 0, 0 },
        { DAY, SAID(REFUSED_STATUS, 401), URL_STATE_BLOCKED, OUTCOME_REFUSED_STATUS, 7 * DAY, "", 0,
          0 },
        { 0 },
    };
    run_steps("refused", steps);
}
END_TEST

START_TEST(a_fresh_page_is_due_when_it_is_fresh_no_longer)
{
    struct visited crawl;
    struct buf scratch;
    visited_init(&crawl, seed_url);
    buf_init(&scratch, BUF_UNBOUNDED);
    struct come page = { .outcome = OUTCOME_PAGE,
                         .status = 200,
                         .content = "a",
                         .headers = "Cache-Control: max-age=3600\r\n" };
    visited_visit(&crawl, seed_url, &page);
    struct url_record record = visited_record(&crawl, seed_url, &scratch);
    ck_assert_int_eq(record.fresh_until_ms, crawl.now_ms + HOUR);
    int64_t checked_at_ms = record.checked_at_ms;
    crawl.now_ms += 60000;
    struct come fresh = { .outcome = OUTCOME_FRESH, .due_least_ms = record.fresh_until_ms };
    visited_visit(&crawl, seed_url, &fresh);
    record = visited_record(&crawl, seed_url, &scratch);
    ck_assert_int_eq(record.due_ms, START + HOUR);
    ck_assert_int_eq(record.checked_at_ms, checked_at_ms);
    ck_assert_int_eq(record.state, URL_STATE_LIVE);
    ck_assert_uint_eq(record.fetches, 1);
    buf_clear(&scratch);
    visited_clear(&crawl);
}
END_TEST

START_TEST(validators_are_kept_and_a_304_confirms_them)
{
    struct visited crawl;
    struct buf scratch, large;
    visited_init(&crawl, seed_url);
    buf_init(&scratch, BUF_UNBOUNDED);
    buf_init(&large, BUF_UNBOUNDED);
    struct come come = { .outcome = OUTCOME_PAGE,
                         .status = 200,
                         .content = "a",
                         .headers = "ETag: \"1\"\r\nLast-Modified: yesterday\r\n" };
    visited_visit(&crawl, seed_url, &come);
    struct url_record record = visited_record(&crawl, seed_url, &scratch);
    ck_assert(bytes_equal(record.etag, BYTES("\"1\"")));
    ck_assert(bytes_equal(record.last_modified, BYTES("yesterday")));
    struct come confirmed = { .outcome = OUTCOME_NOT_MODIFIED,
                              .status = 304,
                              .headers = "Last-Modified: today\r\n" };
    visited_visit(&crawl, seed_url, &confirmed);
    record = visited_record(&crawl, seed_url, &scratch);
    ck_assert(bytes_equal(record.etag, BYTES("\"1\"")));
    ck_assert(bytes_equal(record.last_modified, BYTES("today")));
    /* One that nobody would want to carry about is none. */
    buf_append_string(&large, "ETag: \"");
    for (int i = 0; i < 5000; i++)
        buf_append_char(&large, 'x');
    buf_append_string(&large, "\"\r\n");
    come.headers = large.data;
    visited_visit(&crawl, seed_url, &come);
    record = visited_record(&crawl, seed_url, &scratch);
    ck_assert_uint_eq(record.etag.length, 0);
    ck_assert_uint_eq(record.last_modified.length, 0);
    buf_clear(&scratch);
    buf_clear(&large);
    visited_clear(&crawl);
}
END_TEST

/* ---- Content under several URLs */

#define A "http://example.org/a"
#define B "http://example.org/b"
#define C "http://example.org/c"

struct member_step {
    const char *url;
    struct come come;
    const char *changes;
};

static void run_members(const char *name, const struct member_step *steps)
{
    struct visited crawl;
    visited_init(&crawl, seed_url);
    for (size_t i = 0; steps[i].url; i++) {
        crawl.now_ms += 10 * DAY;
        visited_visit(&crawl, steps[i].url, &steps[i].come);
        const char *said = changes(&crawl);
        ck_assert_msg(strcmp(said, steps[i].changes) == 0, "%s, step %zu: changes %s", name, i,
                      said);
    }
    visited_clear(&crawl);
}

START_TEST(duplicates_are_told_anew_when_their_original_changes)
{
    static const struct member_step steps[] = {
        { A, PAGE("same"), "+new /a" },
        { B, PAGE("same"), "+new /b" },
        { C, PAGE("same"), "+new /c" },
        { B, PAGE("same"), "" },
        { A, PAGE("other"), "+changed /a, +changed /b, +changed /c" },
        /* The oldest of them is back: it is the original again. */
        { A, PAGE("same"), "+changed /a, +changed /b, +changed /c" },
        /* One that is no original goes without a noise. */
        { C, PAGE("more"), "+changed /c" },
        { 0 },
    };
    run_members("changes", steps);
}
END_TEST

START_TEST(what_left_the_index_is_nobodys_original)
{
    static const struct member_step moved[] = {
        { A, PAGE("same"), "+new /a" },
        { B, PAGE("same"), "+new /b" },
        { A, MOVED(301), "-moved-to /a, +changed /b" },
        { A, PAGE("same"), "+back /a, +changed /b" },
        { A, NOINDEX("same"), "-noindex /a, +changed /b" },
        { A, NOINDEX("else"), "" },
        { B, PAGE("else"), "+changed /b" },
        { B, PAGE("else"), "" },
        { 0 },
    };
    run_members("leaves", moved);
    static const struct member_step noindex[] = {
        { A, NOINDEX("same"), "" },
        { B, PAGE("same"), "+new /b" },
        { C, PAGE("same"), "+new /c" },
        { A, PAGE("same"), "+new /a, +changed /b, +changed /c" },
        { 0 },
    };
    run_members("noindex first", noindex);
}
END_TEST

static uint64_t original_of(struct visited *crawl, const char *content)
{
    unsigned char digest[SHA256_BYTES];
    sha256(bytes_from_string(content), digest);
    return digest_original(crawl->tables.duplicates, NULL, digest);
}

START_TEST(a_group_holds_what_is_in_the_index)
{
    struct visited crawl;
    struct come noindex = NOINDEX("same");
    visited_init(&crawl, seed_url);
    visited_visit(&crawl, A, &noindex);
    ck_assert_uint_eq(original_of(&crawl, "same"), 0);
    visited_page(&crawl, B, "same");
    ck_assert_uint_eq(original_of(&crawl, "same"), 2);
    visited_page(&crawl, A, "same");
    ck_assert_uint_eq(original_of(&crawl, "same"), 1);
    visited_visit(&crawl, A, &noindex);
    ck_assert_uint_eq(original_of(&crawl, "same"), 2);
    visited_page(&crawl, B, "else");
    ck_assert_uint_eq(original_of(&crawl, "same"), 0);
    visited_clear(&crawl);
}
END_TEST

/* ---- What hangs on a page */

START_TEST(a_document_keeps_its_number_its_depth_and_who_linked_to_it)
{
    struct visited crawl;
    struct buf scratch;
    visited_init(&crawl, seed_url);
    buf_init(&scratch, BUF_UNBOUNDED);
    struct come come = PAGE("one");
    come.depth = 3;
    come.referrer = 77;
    visited_visit(&crawl, A, &come);
    struct url_record record = visited_record(&crawl, A, &scratch);
    uint64_t document = record.document;
    int64_t first_seen_ms = record.first_seen_ms;
    ck_assert_uint_gt(document, 0);
    crawl.now_ms += DAY;
    struct come again = PAGE("two");
    again.depth = 1;
    again.referrer = 5;
    visited_visit(&crawl, A, &again);
    record = visited_record(&crawl, A, &scratch);
    ck_assert_uint_eq(record.document, document);
    ck_assert_uint_eq(record.depth, 3);
    ck_assert_uint_eq(record.referrer, 77);
    ck_assert_int_eq(record.first_seen_ms, first_seen_ms);
    ck_assert_uint_eq(record.changes, 2);
    ck_assert_uint_eq(record.fetches, 2);
    ck_assert_int_eq(record.fetched_at_ms, crawl.now_ms);
    buf_clear(&scratch);
    visited_clear(&crawl);
}
END_TEST

START_TEST(links_become_known_with_the_page_as_their_referrer)
{
    struct visited crawl;
    visited_init(&crawl, seed_url);
    struct found_url found = { .url = BYTES(B), .depth = 1, .found = FOUND_LINK, .url_class = 1 };
    found.fingerprint = frontier_fingerprint(crawl.tables.frontier, found.url);
    struct come come = PAGE("a");
    uint64_t known = counter(&crawl, COUNTER_URLS_KNOWN);
    visited_visit_with(&crawl, A, &come, &found, 1);
    struct url url;
    struct queue_search search = { 0 };
    ck_assert_uint_eq(counter(&crawl, COUNTER_URLS_KNOWN), known + 2);
    ck_assert(url_split(&url, BYTES(B)));
    ck_assert(!frontier_search_queue(crawl.tables.frontier, &url, &search, 1000));
    ck_assert(search.is_found);
    ck_assert_uint_eq(search.found.referrer, 1);
    visited_clear(&crawl);
}
END_TEST

START_TEST(a_redirect_is_an_alias_until_a_page_is_there_again)
{
    struct visited crawl;
    struct buf target;
    enum alias_kind kind;
    struct come come = MOVED(301);
    visited_init(&crawl, seed_url);
    buf_init(&target, BUF_UNBOUNDED);
    visited_visit(&crawl, A, &come);
    ck_assert_int_eq(alias_get(crawl.tables.duplicates, NULL, BYTES(A), &kind, &target), STATUS_OK);
    ck_assert_int_eq(kind, ALIAS_MOVED);
    ck_assert(bytes_equal(buf_bytes(&target), BYTES("http://example.org/to")));
    visited_page(&crawl, A, "a");
    ck_assert_int_eq(alias_get(crawl.tables.duplicates, NULL, BYTES(A), &kind, &target),
                     STATUS_NOT_FOUND);
    buf_clear(&target);
    visited_clear(&crawl);
}
END_TEST

/* ---- Seeds that move */

static void count_seed(void *owner, struct bytes seed)
{
    size_t *count = owner;
    (void)seed;
    ++*count;
}

static size_t seed_count(struct visited *crawl)
{
    size_t count = 0;
    frontier_walk_seeds(crawl->tables.frontier, count_seed, &count);
    return count;
}

START_TEST(a_seed_that_moves_within_its_site_takes_the_scope_along)
{
    static const struct {
        const char *target;
        uint16_t depth;
        bool is_followed;
    } rows[] = {
        { "http://www.example.org/", 0, true },
        { "https://www.example.org/start", 0, true },
        { "http://www.example.org/", 1, false },
        { "https://example.org/", 0, false },    /* In scope as it is. */
        { "http://www.example.com/", 0, false }, /* Another site. */
        { "http://private.example.org/", 0, false },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct visited crawl;
        visited_init(&crawl, seed_url);
        struct scope_rule rule = { .pattern = "//private", .file = "f", .line = 1 };
        struct scope_options options = { .span = SCOPE_SPAN_HOST, .max_depth = 10 };
        struct bytes seed = bytes_from_string(seed_url);
        char *error = NULL;
        scope_free(crawl.scope);
        crawl.scope = scope_new(&options, &rule, 1, &seed, 1, &error);
        struct come come = { .outcome = OUTCOME_REDIRECT,
                             .status = 301,
                             .reason = rows[i].target,
                             .depth = rows[i].depth };
        visited_visit(&crawl, seed_url, &come);
        ck_assert_msg(crawl.is_scope_wider == rows[i].is_followed, "row %zu", i);
        ck_assert_msg(seed_count(&crawl) == (rows[i].is_followed ? 2 : 1), "row %zu", i);
        visited_clear(&crawl);
    }
}
END_TEST

START_TEST(a_site_that_moves_its_seed_without_end_is_followed_for_a_while)
{
    struct visited crawl;
    char *url = xstrdup(seed_url);
    visited_init(&crawl, seed_url);
    for (int i = 0; i < 100; i++) {
        char *target = xasprintf("http://h%d.example.org/", i);
        struct come come = { .outcome = OUTCOME_REDIRECT, .status = 302, .reason = target };
        visited_visit(&crawl, url, &come);
        free(url);
        url = target;
    }
    ck_assert_uint_gt(seed_count(&crawl), 5);
    ck_assert_uint_lt(seed_count(&crawl), 30);
    free(url);
    visited_clear(&crawl);
}
END_TEST

/* ---- Counters */

START_TEST(each_outcome_is_counted)
{
    static const struct {
        struct come come;
        enum counter counter;
        uint64_t failures;
    } rows[] = {
        { SAID(NOT_MODIFIED, 304), COUNTER_NOT_MODIFIED, 0 },
        { MOVED(302), COUNTER_REDIRECTS, 0 },
        { SAID(GONE, 404), COUNTER_FAILED_HTTP_4XX, 0 },
        { SAID(REFUSED_STATUS, 403), COUNTER_FAILED_HTTP_4XX, 0 },
        { SAID(REFUSED_ROBOTS, 0), COUNTER_ROBOTS_REFUSED, 0 },
        { SAID(REFUSED_ROBOTS_UNREACHABLE, 0), COUNTER_ROBOTS_REFUSED, 1 },
        { SAID(REFUSED_SCOPE, 0), COUNTER_SCOPE_REFUSED, 0 },
        { SAID(REFUSED_TYPE, 200), COUNTER_SCOPE_REFUSED, 0 },
        { SAID(REFUSED_ADDRESS, 0), COUNTER_FAILED_ADDRESS, 0 },
        { SAID(REDIRECT_LOOP, 302), COUNTER_FAILED_LIMIT, 0 },
        { SAID(REDIRECT_NOWHERE, 302), COUNTER_SCOPE_REFUSED, 0 },
        { SAID(FAILED_DNS, 0), COUNTER_FAILED_DNS, 1 },
        { SAID(FAILED_CONNECT, 0), COUNTER_FAILED_CONNECT, 1 },
        { SAID(FAILED_PROXY, 0), COUNTER_FAILED_PROXY, 1 },
        { SAID(FAILED_TLS, 0), COUNTER_FAILED_TLS, 1 },
        { SAID(FAILED_TIMEOUT, 0), COUNTER_FAILED_TIMEOUT, 1 },
        { SAID(FAILED_PROTOCOL, 200), COUNTER_FAILED_PROTOCOL, 1 },
        { SAID(FAILED_SERVER, 500), COUNTER_FAILED_HTTP_5XX, 1 },
        { SAID(FAILED_BUSY, 429), COUNTER_FAILED_HTTP_5XX, 1 },
    };
    struct visited crawl;
    visited_init(&crawl, seed_url);
    visited_page(&crawl, A, "a");
    visited_page(&crawl, A, "a");
    ck_assert_uint_eq(counter(&crawl, COUNTER_UNCHANGED), 1);
    ck_assert_uint_eq(counter(&crawl, COUNTER_FETCHES), 2);
    ck_assert_uint_eq(counter(&crawl, COUNTER_BODY_BYTES), 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t before = counter(&crawl, rows[i].counter);
        uint64_t fetches = counter(&crawl, COUNTER_FETCHES);
        uint64_t failures = crawl.failures;
        visited_visit(&crawl, A, &rows[i].come);
        ck_assert_msg(counter(&crawl, rows[i].counter) == before + 1, "row %zu", i);
        ck_assert_msg(counter(&crawl, COUNTER_FETCHES) == fetches + (rows[i].come.status > 0),
                      "row %zu", i);
        ck_assert_msg(crawl.failures == failures + rows[i].failures, "row %zu", i);
    }
    visited_clear(&crawl);
}
END_TEST

START_TEST(robots_txt_is_kept_with_its_origin)
{
    struct visited crawl;
    struct host_record host;
    struct buf record;
    visited_init(&crawl, seed_url);
    buf_init(&record, BUF_UNBOUNDED);
    ck_assert_int_eq(frontier_host(crawl.tables.frontier, BYTES("example.org"), &host), STATUS_OK);
    for (int i = 0; i < 2; i++) {
        struct visit *robots = visit_new(NULL, i == 0 ? host.id : 0);
        robots->origin = BYTES("http://example.org");
        robots->is_contact = true;
        robots->pace = PACE_NEW;
        robots->pace.crawl_delay_ms = 5000;
        buf_append_string(&robots->origin_record, i == 0 ? "first" : "second");
        struct found_url sitemap = {
            .url = BYTES("http://example.org/sitemap.xml"),
            .fingerprint = frontier_fingerprint(crawl.tables.frontier,
                                                BYTES("http://example.org/sitemap.xml")),
            .found = FOUND_ROBOTS,
            .url_class = 1,
        };
        robots->found = &sitemap;
        robots->found_count = 1;
        visited_commit(&crawl, robots);
        visit_free(robots);
    }
    ck_assert_int_eq(origin_get(crawl.tables.origins, NULL, BYTES("http://example.org"), &record),
                     STATUS_OK);
    ck_assert(bytes_equal(buf_bytes(&record), BYTES("second")));
    ck_assert_uint_eq(counter(&crawl, COUNTER_ROBOTS_FETCHES), 2);
    /* With its sitemap, once. */
    ck_assert_uint_eq(counter(&crawl, COUNTER_URLS_KNOWN), 2);
    ck_assert_int_eq(frontier_host(crawl.tables.frontier, BYTES("example.org"), &host), STATUS_OK);
    ck_assert_int_eq(host.pace.crawl_delay_ms, 5000);
    buf_clear(&record);
    visited_clear(&crawl);
}
END_TEST

SUITE_MAIN("commit", a_page_is_new_unchanged_or_changed,
           a_page_is_gone_after_three_answers_over_two_days,
           noindex_takes_a_page_out_of_the_index_and_nothing_but_its_own_content_puts_it_back,
           a_header_with_not_modified_takes_a_page_out_of_the_index,
           a_page_that_is_not_for_the_index_is_asked_for_whole,
           a_permanent_move_takes_a_page_out_of_the_index_and_a_temporary_one_does_not,
           a_failure_is_tried_again_and_keeps_the_page,
           what_is_refused_leaves_the_index_only_where_we_or_the_site_said_so,
           a_fresh_page_is_due_when_it_is_fresh_no_longer,
           validators_are_kept_and_a_304_confirms_them,
           duplicates_are_told_anew_when_their_original_changes,
           what_left_the_index_is_nobodys_original, a_group_holds_what_is_in_the_index,
           a_document_keeps_its_number_its_depth_and_who_linked_to_it,
           links_become_known_with_the_page_as_their_referrer,
           a_redirect_is_an_alias_until_a_page_is_there_again,
           a_seed_that_moves_within_its_site_takes_the_scope_along,
           a_site_that_moves_its_seed_without_end_is_followed_for_a_while, each_outcome_is_counted,
           robots_txt_is_kept_with_its_origin)
