/* SPDX-License-Identifier: MIT
 *
 * What a visit makes of a URL's record, its page, its duplicates and the change feed.
 */
#include "suite.h"

#include "crawler/control/answers.h"
#include "crawler/engine/commit.h"
#include "store_directory.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)
/* Some day in 2025. */
#define START INT64_C(1750000000000)

struct rig {
    char *directory;
    struct config *config;
    const struct settings *settings;
    struct tables tables;
    struct scope *scope;
    uint64_t host;
    int64_t now_ms;
    uint64_t last_change; /* Looked at so far. */
    bool is_scope_wider;  /* Of the last step. */
    uint64_t failures;
};

static const char seed_url[] = "http://example.org/";

static void commit_frontier(struct rig *rig, struct txn *txn)
{
    frontier_flush(rig->tables.frontier, txn, rig->now_ms);
    counters_save(&rig->tables.counters, txn, rig->tables.database);
    database_commit(txn);
    frontier_committed(rig->tables.frontier);
}

/* A crawl of example.org, whose host is awake. */
static void rig_init(struct rig *rig)
{
    static const char *const options[] = { "db_cache=1Mi", "tries=3", "retry=1m", "revisit=7d" };
    static const struct config_overrides overrides = { options, 4 };
    char *error = NULL;
    struct url url;
    *rig = (struct rig){ .directory = directory_new(), .now_ms = START };
    ck_assert_int_eq(config_load(&rig->config, NULL, NULL, &overrides, &error), STATUS_OK);
    rig->settings = config_settings(rig->config);
    ck_assert_int_eq(tables_open(&rig->tables, rig->directory, rig->settings, false), STATUS_OK);
    struct txn *txn = database_begin(rig->tables.database);
    ck_assert(url_split(&url, bytes_from_string(seed_url)));
    frontier_add_seed(rig->tables.frontier, txn, &url, rig->now_ms);
    commit_frontier(rig, txn);
    rig->scope = tables_scope(&rig->tables, rig->config, &error);
    struct host_record host;
    ck_assert(frontier_next_host(rig->tables.frontier, rig->now_ms, &host));
    rig->host = host.id;
}

static void rig_clear(struct rig *rig)
{
    scope_free(rig->scope);
    tables_close(&rig->tables);
    config_free(rig->config);
    directory_remove(rig->directory);
}

/* ---- Visits */

/* One visit: what the fetch thread and the parser would have made of it. */
struct come {
    enum outcome outcome;
    uint16_t status;
    const char *content; /* Of a page. */
    bool is_noindex;
    const char *headers; /* NULL: none. */
    const char *reason;  /* NULL: none. The target of a redirect. */
    uint16_t depth;
    uint64_t referrer;
    int64_t due_least_ms;
    bool is_contact;
};

static void fill_page(struct visit *visit, const struct come *come)
{
    struct bytes content = bytes_from_string(come->content);
    struct page page = {
        .url = visit->task->url,
        .status = come->status,
        .flags = come->is_noindex ? PAGE_NOINDEX : 0,
        .fetched_at_ms = visit->fetched_at_ms,
        .text = content,
        .depth = come->depth,
        .referrer = come->referrer,
    };
    sha256(content, visit->digest);
    memcpy(page.digest, visit->digest, sizeof(page.digest));
    page_encode(&page, &visit->page_record);
    buf_append_bytes(&visit->body, content);
    visit->is_noindex = come->is_noindex;
}

static void visit_with(struct rig *rig, const char *url, const struct come *come,
                       const struct found_url *found, size_t found_count)
{
    struct task like = { .host = rig->host,
                         .url = bytes_from_string(url),
                         .depth = come->depth,
                         .found = FOUND_LINK,
                         .referrer = come->referrer };
    struct visit *visit = visit_new(task_new(&like), rig->host);
    visit->outcome = come->outcome;
    visit->status = come->status;
    visit->is_contact = come->status > 0;
    visit->pace = PACE_NEW;
    visit->fetched_at_ms = rig->now_ms;
    visit->due_least_ms = come->due_least_ms;
    visit->found = (struct found_url *)found;
    visit->found_count = found_count;
    if (come->reason)
        visit->reason = arena_copy(&visit->arena, bytes_from_string(come->reason));
    buf_init(&visit->result.headers, BUF_UNBOUNDED);
    if (come->headers)
        buf_append_string(&visit->result.headers, come->headers);
    if (come->outcome == OUTCOME_PAGE)
        fill_page(visit, come);
    struct commit commit;
    struct txn *txn = database_begin(rig->tables.database);
    commit_begin(&commit, &rig->tables, rig->config, rig->scope, txn, rig->now_ms);
    commit_visit(&commit, visit);
    commit_frontier(rig, txn);
    rig->is_scope_wider = commit.is_scope_wider;
    rig->failures += commit.failures;
    commit_clear(&commit);
    visit_free(visit);
}

static void visit(struct rig *rig, const char *url, const struct come *come)
{
    visit_with(rig, url, come, NULL, 0);
}

static void visit_page(struct rig *rig, const char *url, const char *content)
{
    struct come come = { .outcome = OUTCOME_PAGE, .status = 200, .content = content };
    visit(rig, url, &come);
}

static struct url_record record_of(struct rig *rig, const char *text, struct buf *scratch)
{
    struct url url;
    struct url_record record;
    ck_assert(url_split(&url, bytes_from_string(text)));
    ck_assert_int_eq(frontier_lookup(rig->tables.frontier, NULL, &url, &record, scratch),
                     STATUS_OK);
    return record;
}

/* The changes since it was asked last, as text: "+new /a, -gone /b". */
static const char *changes(struct rig *rig)
{
    static char text[1024];
    struct change change;
    struct buf scratch;
    struct url url;
    size_t length = 0;
    buf_init(&scratch, BUF_UNBOUNDED);
    text[0] = '\0';
    while (change_after(rig->tables.changes, rig->last_change, &change, &scratch)) {
        ck_assert(url_split(&url, change.url));
        rig->last_change = change.number;
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%c%s %.*s",
                                   length ? ", " : "", change.op == CHANGE_UPSERT ? '+' : '-',
                                   change_reason_word(change.reason),
                                   (int)url_path_query(&url).length, url_path_query(&url).data);
    }
    buf_clear(&scratch);
    return text;
}

static uint64_t counter(const struct rig *rig, enum counter counter)
{
    return rig->tables.counters.values[counter];
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

#define PAGE(text)                                                                                 \
    {                                                                                              \
        .outcome = OUTCOME_PAGE, .status = 200, .content = text                                    \
    }
#define NOINDEX(text)                                                                              \
    {                                                                                              \
        .outcome = OUTCOME_PAGE, .status = 200, .content = text, .is_noindex = true                \
    }
#define SAID(what, code)                                                                           \
    {                                                                                              \
        .outcome = OUTCOME_##what, .status = code                                                  \
    }
#define MOVED(code)                                                                                \
    {                                                                                              \
        .outcome = OUTCOME_REDIRECT, .status = code, .reason = "http://example.org/to"             \
    }

static void run_steps(const char *name, const struct step *steps)
{
    static const char url[] = "http://example.org/x";
    struct rig rig;
    struct buf scratch;
    rig_init(&rig);
    buf_init(&scratch, BUF_UNBOUNDED);
    for (size_t i = 0; steps[i].changes; i++) {
        const struct step *step = &steps[i];
        rig.now_ms += step->after_ms;
        visit(&rig, url, &step->come);
        struct url_record record = record_of(&rig, url, &scratch);
        ck_assert_msg(record.state == step->state, "%s, step %zu: state %s", name, i,
                      url_state_word(record.state));
        ck_assert_msg(record.reason == step->reason, "%s, step %zu: reason %s", name, i,
                      outcome_word(record.reason));
        ck_assert_msg(record.due_ms - rig.now_ms == step->due_in_ms, "%s, step %zu: due in %lld",
                      name, i, (long long)(record.due_ms - rig.now_ms));
        const char *said = changes(&rig);
        ck_assert_msg(strcmp(said, step->changes) == 0, "%s, step %zu: changes %s", name, i, said);
        ck_assert_msg(record.tries == step->tries, "%s, step %zu: tries %d", name, i, record.tries);
        ck_assert_msg(record.gone_count == step->gone_count, "%s, step %zu: gone %d", name, i,
                      record.gone_count);
        ck_assert_uint_eq(record.status, step->come.status);
        ck_assert_uint_eq(counter(&rig, COUNTER_PAGES_LIVE), step->state == URL_STATE_LIVE);
        ck_assert_uint_eq(counter(&rig, COUNTER_PAGES_GONE), step->state == URL_STATE_GONE);
    }
    buf_clear(&scratch);
    rig_clear(&rig);
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
        { DAY, SAID(REFUSED_ROBOTS, 0), URL_STATE_BLOCKED, OUTCOME_REFUSED_ROBOTS, 7 * DAY,
          "-blocked /x", 0, 0 },
        { DAY, SAID(NOT_MODIFIED, 304), URL_STATE_LIVE, OUTCOME_NOT_MODIFIED, 7 * DAY, "+back /x",
          0, 0 },
        { 0 },
    };
    run_steps("noindex first", first);
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
    struct rig rig;
    struct buf scratch;
    rig_init(&rig);
    buf_init(&scratch, BUF_UNBOUNDED);
    struct come page = { .outcome = OUTCOME_PAGE,
                         .status = 200,
                         .content = "a",
                         .headers = "Cache-Control: max-age=3600\r\n" };
    visit(&rig, seed_url, &page);
    struct url_record record = record_of(&rig, seed_url, &scratch);
    ck_assert_int_eq(record.fresh_until_ms, rig.now_ms + HOUR);
    int64_t checked_at_ms = record.checked_at_ms;
    rig.now_ms += 60000;
    struct come fresh = { .outcome = OUTCOME_FRESH, .due_least_ms = record.fresh_until_ms };
    visit(&rig, seed_url, &fresh);
    record = record_of(&rig, seed_url, &scratch);
    ck_assert_int_eq(record.due_ms, START + HOUR);
    ck_assert_int_eq(record.checked_at_ms, checked_at_ms);
    ck_assert_int_eq(record.state, URL_STATE_LIVE);
    ck_assert_uint_eq(record.fetches, 1);
    buf_clear(&scratch);
    rig_clear(&rig);
}
END_TEST

START_TEST(validators_are_kept_and_a_304_confirms_them)
{
    struct rig rig;
    struct buf scratch, large;
    rig_init(&rig);
    buf_init(&scratch, BUF_UNBOUNDED);
    buf_init(&large, BUF_UNBOUNDED);
    struct come come = { .outcome = OUTCOME_PAGE,
                         .status = 200,
                         .content = "a",
                         .headers = "ETag: \"1\"\r\nLast-Modified: yesterday\r\n" };
    visit(&rig, seed_url, &come);
    struct url_record record = record_of(&rig, seed_url, &scratch);
    ck_assert(bytes_equal(record.etag, BYTES("\"1\"")));
    ck_assert(bytes_equal(record.last_modified, BYTES("yesterday")));
    struct come confirmed = { .outcome = OUTCOME_NOT_MODIFIED,
                              .status = 304,
                              .headers = "Last-Modified: today\r\n" };
    visit(&rig, seed_url, &confirmed);
    record = record_of(&rig, seed_url, &scratch);
    ck_assert(bytes_equal(record.etag, BYTES("\"1\"")));
    ck_assert(bytes_equal(record.last_modified, BYTES("today")));
    /* One that nobody would want to carry about is none. */
    buf_append_string(&large, "ETag: \"");
    for (int i = 0; i < 5000; i++)
        buf_append_char(&large, 'x');
    buf_append_string(&large, "\"\r\n");
    come.headers = large.data;
    visit(&rig, seed_url, &come);
    record = record_of(&rig, seed_url, &scratch);
    ck_assert_uint_eq(record.etag.length, 0);
    ck_assert_uint_eq(record.last_modified.length, 0);
    buf_clear(&scratch);
    buf_clear(&large);
    rig_clear(&rig);
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
    struct rig rig;
    rig_init(&rig);
    for (size_t i = 0; steps[i].url; i++) {
        rig.now_ms += 10 * DAY;
        visit(&rig, steps[i].url, &steps[i].come);
        const char *said = changes(&rig);
        ck_assert_msg(strcmp(said, steps[i].changes) == 0, "%s, step %zu: changes %s", name, i,
                      said);
    }
    rig_clear(&rig);
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

static uint64_t original_of(struct rig *rig, const char *content)
{
    unsigned char digest[SHA256_BYTES];
    sha256(bytes_from_string(content), digest);
    return digest_original(rig->tables.duplicates, NULL, digest);
}

START_TEST(a_group_holds_what_is_in_the_index)
{
    struct rig rig;
    struct come noindex = NOINDEX("same");
    rig_init(&rig);
    visit(&rig, A, &noindex);
    ck_assert_uint_eq(original_of(&rig, "same"), 0);
    visit_page(&rig, B, "same");
    ck_assert_uint_eq(original_of(&rig, "same"), 2);
    visit_page(&rig, A, "same");
    ck_assert_uint_eq(original_of(&rig, "same"), 1);
    visit(&rig, A, &noindex);
    ck_assert_uint_eq(original_of(&rig, "same"), 2);
    visit_page(&rig, B, "else");
    ck_assert_uint_eq(original_of(&rig, "same"), 0);
    rig_clear(&rig);
}
END_TEST

/* ---- What hangs on a page */

START_TEST(a_document_keeps_its_number_its_depth_and_who_linked_to_it)
{
    struct rig rig;
    struct buf scratch;
    rig_init(&rig);
    buf_init(&scratch, BUF_UNBOUNDED);
    struct come come = PAGE("one");
    come.depth = 3;
    come.referrer = 77;
    visit(&rig, A, &come);
    struct url_record record = record_of(&rig, A, &scratch);
    uint64_t document = record.document;
    int64_t first_seen_ms = record.first_seen_ms;
    ck_assert_uint_gt(document, 0);
    rig.now_ms += DAY;
    struct come again = PAGE("two");
    again.depth = 1;
    again.referrer = 5;
    visit(&rig, A, &again);
    record = record_of(&rig, A, &scratch);
    ck_assert_uint_eq(record.document, document);
    ck_assert_uint_eq(record.depth, 3);
    ck_assert_uint_eq(record.referrer, 77);
    ck_assert_int_eq(record.first_seen_ms, first_seen_ms);
    ck_assert_uint_eq(record.changes, 2);
    ck_assert_uint_eq(record.fetches, 2);
    ck_assert_int_eq(record.fetched_at_ms, rig.now_ms);
    buf_clear(&scratch);
    rig_clear(&rig);
}
END_TEST

START_TEST(links_become_known_with_the_page_as_their_referrer)
{
    struct rig rig;
    rig_init(&rig);
    struct found_url found = { .url = BYTES(B), .depth = 1, .found = FOUND_LINK, .url_class = 1 };
    found.fingerprint = frontier_fingerprint(rig.tables.frontier, found.url);
    struct come come = PAGE("a");
    uint64_t known = counter(&rig, COUNTER_URLS_KNOWN);
    visit_with(&rig, A, &come, &found, 1);
    struct url url;
    struct found_url queued;
    ck_assert_uint_eq(counter(&rig, COUNTER_URLS_KNOWN), known + 2);
    ck_assert(url_split(&url, BYTES(B)));
    ck_assert(frontier_is_queued(rig.tables.frontier, &url, &queued));
    ck_assert_uint_eq(queued.referrer, 1);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_redirect_is_an_alias_until_a_page_is_there_again)
{
    struct rig rig;
    struct buf target;
    enum alias_kind kind;
    struct come come = MOVED(301);
    rig_init(&rig);
    buf_init(&target, BUF_UNBOUNDED);
    visit(&rig, A, &come);
    ck_assert_int_eq(alias_get(rig.tables.duplicates, NULL, BYTES(A), &kind, &target), STATUS_OK);
    ck_assert_int_eq(kind, ALIAS_MOVED);
    ck_assert(bytes_equal(buf_bytes(&target), BYTES("http://example.org/to")));
    visit_page(&rig, A, "a");
    ck_assert_int_eq(alias_get(rig.tables.duplicates, NULL, BYTES(A), &kind, &target),
                     STATUS_NOT_FOUND);
    buf_clear(&target);
    rig_clear(&rig);
}
END_TEST

/* ---- Seeds that move */

static void count_seed(void *owner, struct bytes seed)
{
    size_t *count = owner;
    (void)seed;
    ++*count;
}

static size_t seed_count(struct rig *rig)
{
    size_t count = 0;
    frontier_walk_seeds(rig->tables.frontier, count_seed, &count);
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
        struct rig rig;
        rig_init(&rig);
        struct scope_rule rule = { .pattern = "//private", .file = "f", .line = 1 };
        struct scope_options options = { .span = SCOPE_SPAN_HOST, .max_depth = 10 };
        struct bytes seed = bytes_from_string(seed_url);
        char *error = NULL;
        scope_free(rig.scope);
        rig.scope = scope_new(&options, &rule, 1, &seed, 1, &error);
        struct come come = { .outcome = OUTCOME_REDIRECT,
                             .status = 301,
                             .reason = rows[i].target,
                             .depth = rows[i].depth };
        visit(&rig, seed_url, &come);
        ck_assert_msg(rig.is_scope_wider == rows[i].is_followed, "row %zu", i);
        ck_assert_msg(seed_count(&rig) == (rows[i].is_followed ? 2 : 1), "row %zu", i);
        rig_clear(&rig);
    }
}
END_TEST

START_TEST(a_site_that_moves_its_seed_without_end_is_followed_for_a_while)
{
    struct rig rig;
    char *url = xstrdup(seed_url);
    rig_init(&rig);
    for (int i = 0; i < 100; i++) {
        char *target = xasprintf("http://h%d.example.org/", i);
        struct come come = { .outcome = OUTCOME_REDIRECT, .status = 302, .reason = target };
        visit(&rig, url, &come);
        free(url);
        url = target;
    }
    ck_assert_uint_gt(seed_count(&rig), 5);
    ck_assert_uint_lt(seed_count(&rig), 30);
    free(url);
    rig_clear(&rig);
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
        { SAID(FAILED_DNS, 0), COUNTER_FAILED_DNS, 1 },
        { SAID(FAILED_CONNECT, 0), COUNTER_FAILED_CONNECT, 1 },
        { SAID(FAILED_TLS, 0), COUNTER_FAILED_TLS, 1 },
        { SAID(FAILED_TIMEOUT, 0), COUNTER_FAILED_TIMEOUT, 1 },
        { SAID(FAILED_PROTOCOL, 200), COUNTER_FAILED_PROTOCOL, 1 },
        { SAID(FAILED_SERVER, 500), COUNTER_FAILED_HTTP_5XX, 1 },
        { SAID(FAILED_BUSY, 429), COUNTER_FAILED_HTTP_5XX, 1 },
    };
    struct rig rig;
    rig_init(&rig);
    visit_page(&rig, A, "a");
    visit_page(&rig, A, "a");
    ck_assert_uint_eq(counter(&rig, COUNTER_UNCHANGED), 1);
    ck_assert_uint_eq(counter(&rig, COUNTER_FETCHES), 2);
    ck_assert_uint_eq(counter(&rig, COUNTER_BODY_BYTES), 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t before = counter(&rig, rows[i].counter);
        uint64_t fetches = counter(&rig, COUNTER_FETCHES);
        uint64_t failures = rig.failures;
        visit(&rig, A, &rows[i].come);
        ck_assert_msg(counter(&rig, rows[i].counter) == before + 1, "row %zu", i);
        ck_assert_msg(counter(&rig, COUNTER_FETCHES) == fetches + (rows[i].come.status > 0),
                      "row %zu", i);
        ck_assert_msg(rig.failures == failures + rows[i].failures, "row %zu", i);
    }
    rig_clear(&rig);
}
END_TEST

START_TEST(robots_txt_is_kept_with_its_origin)
{
    struct rig rig;
    struct buf record;
    rig_init(&rig);
    buf_init(&record, BUF_UNBOUNDED);
    for (int i = 0; i < 2; i++) {
        struct visit *robots = visit_new(NULL, i == 0 ? rig.host : 0);
        struct commit commit;
        robots->origin = BYTES("http://example.org");
        robots->is_contact = true;
        robots->pace = PACE_NEW;
        robots->pace.crawl_delay_ms = 5000;
        buf_append_string(&robots->origin_record, i == 0 ? "first" : "second");
        struct txn *txn = database_begin(rig.tables.database);
        commit_begin(&commit, &rig.tables, rig.config, rig.scope, txn, rig.now_ms);
        commit_visit(&commit, robots);
        commit_frontier(&rig, txn);
        commit_clear(&commit);
        visit_free(robots);
    }
    ck_assert_int_eq(origin_get(rig.tables.origins, NULL, BYTES("http://example.org"), &record),
                     STATUS_OK);
    ck_assert(bytes_equal(buf_bytes(&record), BYTES("second")));
    ck_assert_uint_eq(counter(&rig, COUNTER_ROBOTS_FETCHES), 2);
    struct host_record host;
    ck_assert_int_eq(frontier_host(rig.tables.frontier, BYTES("example.org"), &host), STATUS_OK);
    ck_assert_int_eq(host.pace.crawl_delay_ms, 5000);
    buf_clear(&record);
    rig_clear(&rig);
}
END_TEST

SUITE_MAIN("commit", a_page_is_new_unchanged_or_changed,
           a_page_is_gone_after_three_answers_over_two_days,
           noindex_takes_a_page_out_of_the_index_and_nothing_but_its_own_content_puts_it_back,
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
