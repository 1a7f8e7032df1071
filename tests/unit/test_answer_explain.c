/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "answering.h"
#include "base/hash.h"
#include "frontier/search.h"

/* ---- Asking */

/* Asks until there is an answer, with so many looks a slice (0: the usual); returns how often. */
static unsigned ask_in(const char *typed, const char *meant, bool is_json, uint64_t looks,
                       enum status wanted)
{
    struct buf carried;
    unsigned asked = 0;
    bool is_more = true;
    buf_init(&carried, BUF_UNBOUNDED);
    while (is_more) {
        ck_assert_uint_lt(++asked, 10000);
        pack_bytes(&question, bytes_from_string(typed));
        pack_bytes(&question, bytes_from_string(meant));
        pack_u8(&question, is_json);
        pack_bytes(&question, buf_bytes(&carried));
        pack_number(&question, looks);
        ck_assert_msg(ask(QUESTION_EXPLAIN) == wanted, "%s: %s", typed, reply.data);
        if (wanted != STATUS_OK)
            break;
        struct unpacker from = unpacker_of(buf_bytes(&reply));
        is_more = unpack_u8(&from) != 0;
        struct bytes next = is_more ? unpack_bytes(&from) : (struct bytes){ 0 };
        buf_reset(&carried);
        buf_append_bytes(&carried, next);
        if (!is_more)
            keep_rest(from);
    }
    buf_clear(&carried);
    return asked;
}

/* Lines are wrapped; only a word that is longer alone goes beyond. */
static void check_width(void)
{
    for (const char *line = reply.data; *line; line += strcspn(line, "\n") + 1) {
        int length = (int)strcspn(line, "\n");
        size_t indent = strspn(line, " ");
        bool is_one_word = memchr(line + indent, ' ', (size_t)length - indent) == NULL;
        ck_assert_msg(length <= 79 || is_one_word, "%.*s", length, line);
    }
}

static void explain(const char *url)
{
    ask_in(url, url, false, 0, STATUS_OK);
    check_width();
}

static json_t *explain_json(const char *url)
{
    ask_in(url, url, true, 0, STATUS_OK);
    return reply_as_json();
}

/* The first sentence, which may be wrapped. */
static void check_verdict(const char *wanted)
{
    char verdict[512];
    const char *end = strstr(reply.data, "\n\n");
    ck_assert_ptr_nonnull(end);
    snprintf(verdict, sizeof(verdict), "%.*s", (int)(end - reply.data), reply.data);
    for (char *at = verdict; *at; at++)
        if (*at == '\n')
            *at = ' ';
    ck_assert_str_eq(verdict, wanted);
}

/* ---- The URL */

START_TEST(what_was_typed_is_shown_with_what_was_made_of_it)
{
    open_answerer(SEED);
    ask_in("Example.ORG/b/../x?utm_source=y&q=%7e#top",
           "https://Example.ORG/b/../x?utm_source=y&q=%7e#top", false, 0, STATUS_OK);
    check_says("url        https://example.org/x?q=~\n"
               "  typed    Example.ORG/b/../x?utm_source=y&q=%7e#top\n"
               "  parsed   https://example.org/x?utm_source=y&q=%7e\n"
               "  rules    upper_case_escapes, decode_unreserved, drop_tracking\n"
               "  key      org,example)/x?q=~\n");
    explain(SEED);
    ck_assert(!says("typed") && !says("rules"));
    ask_in("gopher://example.org/", "gopher://example.org/", false, 0, STATUS_DATA);
    check_says("gopher://example.org/: a scheme");
    ask_in("nothing", "nothing", false, 0, STATUS_DATA);
    check_says("nothing: relative");
    close_answerer();
}
END_TEST

/* ---- What is known */

START_TEST(what_was_never_seen_is_judged_all_the_same)
{
    static const struct {
        const char *url;
        const char *verdict;
        const char *says[3];
    } rows[] = {
        { "http://example.org/x",
          "It is not known: it is no seed, and no link to it was followed.",
          { "state      unknown\n", "scope      in: within the seeds' scope\n",
            "robots     not asked yet\n" } },
        { "http://elsewhere.example/",
          "It is not known, and no link to it would be followed: outside the seeds' scope.",
          { "scope      out: outside the seeds' scope\n",
            "host       elsewhere.example: not met yet\n" } },
        { "http://example.org/a/b/a/b/a/",
          "It is not known, and no link to it would be followed: a trap: a path segment repeats "
          "(max_segment_repeats).",
          { "scope      out: a trap" } },
    };
    open_answerer(SEED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        explain(rows[i].url);
        check_verdict(rows[i].verdict);
        for (size_t j = 0; j < 3 && rows[i].says[j]; j++)
            check_says(rows[i].says[j]);
    }
    close_answerer();
}
END_TEST

START_TEST(a_page_is_shown_with_its_outcome_and_its_place_in_the_index)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "one");
    struct come come = { .outcome = OUTCOME_PAGE, .status = 200, .content = "two", .referrer = 1 };
    come.headers = "ETag: \"\x1b[2Jx\"\r\nCache-Control: max-age=7200\r\n";
    visited_visit(&crawl, A, &come);
    struct txn *txn = database_begin(crawl.tables.database);
    consumer_put(crawl.tables.changes, txn, "early", 1, START);
    consumer_put(crawl.tables.changes, txn, "late", 2, START);
    database_commit(txn);
    explain(A);
    check_verdict(
        "It is live, last asked for 1h ago (page); it is due again in 6d 23h (a revisit).");
    static const char *const lines[] = {
        "state      live: page (HTTP 200)\n           asked for 2025-06-15T15:06:40Z (1h ago)\n",
        "history    fetches 1, new contents 1, failures in a row 0, not found in a row 0\n",
        "next       due 2025-06-22T15:06:40Z (in 6d 23h): a revisit\n",
        "found      as a link, depth 0, first tried 2025-06-15T15:06:40Z (1h ago)\n"
        "           on " SEED " (a link, depth 0)\n",
        "index      document 2; change 2, upsert (new) 2025-06-15T15:06:40Z (1h ago)\n"
        "           consumer early does not have it yet\n"
        "           consumer late has it\n",
        /* Nothing that a site says reaches the terminal as it is. */
        "           validators: \"\\x1B[2Jx\"\n",
        "           fresh until 2025-06-15T17:06:40Z (in 1h), as its own headers say\n",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        check_says(lines[i]);
    ck_assert(!says("duplicates"));
    close_answerer();
}
END_TEST

START_TEST(equal_pages_name_each_other)
{
    enum { PAGES = 12 };
    open_answerer(SEED);
    for (int i = 0; i < PAGES; i++) {
        char url[40];
        snprintf(url, sizeof(url), "http://example.org/%02d", i);
        visited_page(&crawl, url, "same");
    }
    explain("http://example.org/00");
    check_says("duplicates it is the original of these\n           http://example.org/01\n");
    check_says("           http://example.org/08\n           and others\n");
    explain("http://example.org/03");
    check_says("duplicates it is exported as a duplicate of the first of these\n"
               "           http://example.org/00\n");
    json_t *json = explain_json("http://example.org/11");
    ck_assert_str_eq(text_at(json, "index.duplicate_of"), "http://example.org/00");
    ck_assert_uint_eq(json_array_size(member(json, "index.duplicates")), 8);
    json_decref(json);
    close_answerer();
}
END_TEST

START_TEST(the_outcomes_before_are_remembered)
{
    struct come same = SAID(NOT_MODIFIED, 304), slow = SAID(FAILED_TIMEOUT, 0);
    open_answerer(SEED);
    visited_page(&crawl, A, "a");
    for (int i = 0; i < 3; i++) {
        crawl.now_ms += DAY;
        visited_visit(&crawl, A, &same);
    }
    crawl.now_ms += DAY;
    visited_visit(&crawl, A, &slow);
    answerer.now_ms = crawl.now_ms + HOUR;
    explain(A);
    check_verdict(
        "It is live, last asked for 1h ago (timed out); it is due in the next run: it is the next "
        "of its host.");
    check_says("history    fetches 4, new contents 1, failures in a row 1, not found in a row 0\n"
               "           before: not modified, 3 times, the last 2025-06-18T15:06:40Z (1d 1h\n"
               "           ago)\n"
               "           before: page 2025-06-15T15:06:40Z (4d 1h ago)\n");
    json_t *json = explain_json(A);
    json_t *past = json_array_get(member(json, "last.history"), 0);
    ck_assert_str_eq(text_at(past, "reason"), "not modified");
    ck_assert_uint_eq(number_at(past, "times"), 3);
    json_decref(json);
    close_answerer();
}
END_TEST

START_TEST(states_are_told_in_words)
{
    static const struct {
        struct come come;
        const char *verdict;
    } rows[] = {
        { SAID(GONE, 404), "It is gone (HTTP 404); it is due again in 6d 23h (a revisit)." },
        { NOINDEX("x"), "It was fetched, and wants to be in no index; it is due again in 6d 23h "
                        "(a revisit)." },
        { MOVED(301), "It moved to http://example.org/to; it is due again in 6d 23h (a revisit)." },
        { { .outcome = OUTCOME_REFUSED_ROBOTS, .reason = "robots.txt line 3: /a" },
          "It is blocked: disallowed by robots.txt, robots.txt line 3: /a; it is due again in 6d "
          "23h (a revisit)." },
        { { .outcome = OUTCOME_REFUSED_TYPE, .status = 200, .reason = "image/png" },
          "It is out-of-scope: content type not accepted (HTTP 200), image/png; it is due again "
          "in 6d 23h (a revisit)." },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        open_answerer(SEED);
        visited_visit(&crawl, A, &rows[i].come);
        explain(A);
        check_verdict(rows[i].verdict);
        close_answerer();
    }
}
END_TEST

/* ---- What is next */

START_TEST(the_reason_why_it_is_due_is_told)
{
    static const struct {
        struct come first, second;
        int64_t later_ms; /* After the second, when it is asked. */
        const char *says;
    } rows[] = {
        { PAGE("x"), SAID(NOT_MODIFIED, 304), HOUR, "(in 6d 23h): a revisit\n" },
        { PAGE("x"), SAID(FAILED_SERVER, 500), 1000, "(in 59s): another try\n" },
        { PAGE("x"), SAID(GONE, 404), HOUR,
          "(in 23h): a look whether it is gone for\n           good\n" },
        { PAGE("x"),
          { .outcome = OUTCOME_FRESH, .due_least_ms = START + 3 * DAY },
          HOUR,
          "(in 1d 23h): fresh until then by its own\n" },
        { PAGE("x"),
          { .outcome = OUTCOME_REFUSED_ROBOTS_UNREACHABLE, .due_least_ms = START + 3 * DAY },
          HOUR,
          "(in 1d 23h): robots.txt will be asked for\n" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        open_answerer(SEED);
        visited_visit(&crawl, A, &rows[i].first);
        crawl.now_ms += DAY;
        visited_visit(&crawl, A, &rows[i].second);
        answerer.now_ms = crawl.now_ms + rows[i].later_ms;
        explain(A);
        check_says(rows[i].says);
        close_answerer();
    }
}
END_TEST

START_TEST(a_seed_given_again_and_a_run_of_all_are_reasons_too)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "x");
    crawl.now_ms += HOUR;
    struct txn *txn = database_begin(crawl.tables.database);
    struct url url;
    ck_assert(url_split(&url, BYTES(SEED)));
    frontier_add_seed(crawl.tables.frontier, txn, &url, crawl.now_ms);
    visited_end(&crawl, txn);
    answerer.now_ms = crawl.now_ms + 1000;
    explain(SEED);
    check_says(": seeded again\n");
    answerer.run = (struct run_facts){ .is_running = true, .is_all = true };
    crawl.tables.counters.values[COUNTER_EPOCH]++;
    visited_page(&crawl, A, "x");
    crawl.tables.counters.values[COUNTER_EPOCH]++;
    explain(A);
    check_verdict("It is live, last asked for 1s ago (page); this run will ask for it again, as "
                  "for all pages.");
    json_t *json = explain_json(A);
    ck_assert_str_eq(text_at(json, "next.turn"), "due");
    ck_assert(json_is_null(member(json, "next.before")));
    json_decref(json);
    close_answerer();
}
END_TEST

/* So many URLs of this class become known, found on document 1. */
static void queue_urls(unsigned first, unsigned count, uint8_t url_class)
{
    for (unsigned i = first; i < first + count; i++) {
        char text[40];
        snprintf(text, sizeof(text), "http://example.org/%u", i);
        struct bytes url = bytes_from_string(text);
        struct found_url found = {
            .url = url,
            .fingerprint = frontier_fingerprint(crawl.tables.frontier, url),
            .referrer = 1,
            .depth = 4,
            .found = FOUND_LINK,
            .url_class = url_class,
        };
        struct txn *txn = database_begin(crawl.tables.database);
        ck_assert_uint_eq(frontier_add(crawl.tables.frontier, &found, 1), 1);
        visited_end(&crawl, txn);
    }
}

START_TEST(a_queued_url_knows_its_place_and_its_time)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "x");
    queue_urls(0, 20, 2);
    queue_urls(20, 30, 1);
    explain("http://example.org/10");
    check_verdict("It will be fetched in the next run, about 40s after it begins: 40 URLs of its "
                  "host are before it, at one every 1s.");
    check_says("state      queued\n"
               "next       class 2 (0 goes first); before it 30 of class 1, 10 of class 2\n"
               "           40 URLs of its host before it\n");
    check_says("found      as a link, depth 4\n           on " SEED " (a link, depth 0)\n");
    answerer.run.is_running = true;
    explain("http://example.org/21");
    check_verdict(
        "It will be fetched in about 1s: 1 URL of its host is before it, at one every 1s.");
    check_says("           fetched about 2025-06-15T16:06:41Z (in 1s)\n");
    explain("http://example.org/20");
    check_verdict("It will be fetched at once: it is the next of its host.");
    json_t *json = explain_json("http://example.org/10");
    ck_assert_str_eq(text_at(json, "state"), "queued");
    ck_assert_str_eq(text_at(json, "next.turn"), "queued");
    ck_assert_uint_eq(number_at(json, "next.before"), 40);
    ck_assert_uint_eq(number_at(json, "next.class"), 2);
    ck_assert_str_eq(text_at(json, "next.eta"), "2025-06-15T16:07:20Z");
    json_decref(json);
    close_answerer();
}
END_TEST

START_TEST(a_long_queue_is_searched_in_slices)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "x");
    queue_urls(0, 100, 1);
    ck_assert_uint_eq(ask_in("http://example.org/99", "http://example.org/99", false, 0, STATUS_OK),
                      1);
    check_says("99 URLs of its host before it\n");
    ck_assert_uint_ge(ask_in("http://example.org/99", "http://example.org/99", false, 3, STATUS_OK),
                      33);
    check_says("99 URLs of its host before it\n");
    /* What was tried is in no queue. */
    ck_assert_uint_eq(ask_in(SEED, SEED, false, 1, STATUS_OK), 1);
    close_answerer();
}
END_TEST

START_TEST(a_search_that_is_too_long_is_given_up)
{
    struct buf carried;
    open_answerer(SEED);
    visited_page(&crawl, SEED, "x");
    queue_urls(0, 100, 1);
    buf_init(&carried, BUF_UNBOUNDED);
    /* As after nearly two million looks. */
    pack_number(&carried, 1999999);
    pack_u8(&carried, false);
    for (int i = 0; i <= URL_CLASSES; i++)
        pack_number(&carried, i == 1 ? 1999999 : 0);
    pack_u8(&carried, SEARCH_BATCHES);
    pack_u8(&carried, 1);
    pack_number(&carried, 0);
    pack_u8(&carried, false);
    pack_number(&carried, 0);
    pack_bytes(&question, BYTES("http://example.org/99"));
    pack_bytes(&question, BYTES("http://example.org/99"));
    pack_u8(&question, false);
    pack_bytes(&question, buf_bytes(&carried));
    pack_number(&question, 2);
    ck_assert_int_eq(ask(QUESTION_EXPLAIN), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_u8(&from), 0);
    keep_rest(from);
    check_verdict("It is queued, behind more than 2000001 other URLs of its host.");
    /* Bytes that are none of ours. */
    carried.length -= 1;
    pack_bytes(&question, BYTES(A));
    pack_bytes(&question, BYTES(A));
    pack_u8(&question, false);
    pack_bytes(&question, buf_bytes(&carried));
    pack_number(&question, 0);
    ck_assert_int_eq(ask(QUESTION_EXPLAIN), STATUS_USAGE);
    ck_assert_int_eq(ask(QUESTION_EXPLAIN), STATUS_USAGE); /* An empty question. */
    buf_clear(&carried);
    close_answerer();
}
END_TEST

START_TEST(what_a_fetch_thread_has_is_being_fetched)
{
    struct host_record host;
    open_answerer(SEED);
    queue_urls(0, 4, 1);
    answerer.run.is_running = true;
    frontier_host(crawl.tables.frontier, BYTES("example.org"), &host);
    struct task *tasks = frontier_take(crawl.tables.frontier, host.id, 4, START);
    explain(SEED);
    check_verdict("It is being fetched, or the next of its host to be.");
    check_says("state      queued\nnext       handed to a fetch thread\n");
    check_says("           awake, with 4 URLs under way\n");
    explain("http://example.org/2");
    check_verdict(
        "It will be fetched in about 3s: 3 URLs of its host are before it, at one every 1s.");
    json_t *json = explain_json("http://example.org/2");
    ck_assert_str_eq(text_at(json, "next.turn"), "in-flight");
    ck_assert_uint_eq(number_at(json, "next.before"), 3);
    json_decref(json);
    explain("http://example.org/3");
    check_verdict(
        "It will be fetched in about 4s: 4 URLs of its host are before it, at one every 1s.");
    while (tasks) {
        struct task *next = tasks->next;
        task_free(tasks);
        tasks = next;
    }
    close_answerer();
}
END_TEST

START_TEST(due_urls_and_new_ones_take_turns)
{
    open_answerer(SEED);
    struct come failed = SAID(FAILED_SERVER, 500);
    for (int i = 0; i < 5; i++) {
        char url[40];
        snprintf(url, sizeof(url), "http://example.org/due%d", i);
        visited_visit(&crawl, url, &failed);
        crawl.now_ms += 1000;
    }
    queue_urls(0, 3, 1);
    answerer.now_ms = crawl.now_ms + HOUR;
    answerer.run.is_running = true;
    /* The seed, which waits, and three of the others. */
    explain("http://example.org/2");
    check_says("           about 5 URLs of its host before it\n");
    explain("http://example.org/due3");
    check_says("           about 6 URLs of its host before it\n");
    check_verdict("It is unreachable: server error (HTTP 500); it will be asked for again in about "
                  "6s: about 6 URLs of its host are before it, at one every 1s.");
    close_answerer();
}
END_TEST

/* ---- What lets it through */

static void put_robots(struct origin_record *record)
{
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    origin_encode(record, &packed);
    struct txn *txn = database_begin(crawl.tables.database);
    origin_put(crawl.tables.origins, txn, BYTES("http://example.org"), buf_bytes(&packed));
    database_commit(txn);
    buf_clear(&packed);
}

START_TEST(the_line_of_robots_txt_is_named)
{
    static const struct {
        struct origin_record record;
        const char *says;
        const char *verdict;
    } rows[] = {
        { { .status = 200,
            .good_at_ms = START,
            .version = 3,
            .expires_at_ms = START + DAY,
            .body = BYTES("User-agent: trial\nDisallow: /a\n") },
          "robots     disallowed by line 2: /a (group Trial, version 3 of\n"
          "           2025-06-15T15:06:40Z)\n"
          "           asked for 2025-06-15T15:06:40Z (1h ago), HTTP 200\n"
          "           to be asked for again after 2025-06-16T15:06:40Z (in 23h)\n",
          "It is not known: it is no seed, and no link to it was followed; if one is, it will "
          "not be fetched: robots.txt disallows it by line 2." },
        { { .status = 200, .good_at_ms = START, .version = 4, .expires_at_ms = START + DAY },
          "robots     allowed: no rule matches (version 4 of 2025-06-15T15:06:40Z)\n",
          NULL },
        { { .status = 200,
            .good_at_ms = START,
            .version = 4,
            .expires_at_ms = START + 60000,
            .body = BYTES("User-agent: *\nDisallow: /\n") },
          "           to be asked for again before the next fetch; it was good until\n"
          "           2025-06-15T15:07:40Z (59m ago)\n",
          "It is not known: it is no seed, and no link to it was followed." },
        { { .status = 404, .expires_at_ms = START + DAY },
          "robots     everything is allowed: robots.txt answered 404\n",
          NULL },
        { { .status = 500, .unreachable_since_ms = START, .expires_at_ms = START + 2 * HOUR },
          "robots     nothing is allowed: robots.txt has no answer\n"
          "           asked for 2025-06-15T15:06:40Z (1h ago), HTTP 500\n"
          "           out of reach since 2025-06-15T15:06:40Z (1h ago)\n"
          "           to be asked for again after 2025-06-15T17:06:40Z (in 1h)\n",
          "It is not known: it is no seed, and no link to it was followed; if one is, it will "
          "not be fetched: its robots.txt cannot be had, and nothing is allowed until "
          "then." },
    };
    open_answerer(SEED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct origin_record record = rows[i].record;
        record.checked_at_ms = START;
        put_robots(&record);
        explain(A);
        check_says(rows[i].says);
        if (rows[i].verdict)
            check_verdict(rows[i].verdict);
    }
    close_answerer();
}
END_TEST

START_TEST(what_waits_and_would_be_refused_is_told_so)
{
    struct origin_record record = { .status = 200,
                                    .checked_at_ms = START,
                                    .good_at_ms = START,
                                    .expires_at_ms = START + DAY,
                                    .body = BYTES("User-agent: *\nDisallow: /\n") };
    open_answerer(SEED);
    put_robots(&record);
    explain(SEED);
    check_verdict("It waits, but will not be fetched: robots.txt disallows it by line 2.");
    close_answerer();
    open_answerer("http://127.0.0.1/");
    explain("http://127.0.0.1/");
    check_verdict("It waits, but will not be fetched: its address is loopback, and allow_address "
                  "does not open it.");
    check_says("address    refused: loopback, and not in allow_address\n");
    explain("http://192.0.31.1/");
    check_says("address    allowed: a public one\n");
    json_t *json = explain_json("http://127.0.0.1/");
    ck_assert(json_is_false(member(json, "address.is_allowed")));
    ck_assert_str_eq(text_at(json, "address.range"), "loopback");
    json_decref(json);
    close_answerer();
}
END_TEST

START_TEST(the_version_that_decided_is_told)
{
    open_answerer(SEED);
    struct origin_record record = { .status = 200,
                                    .checked_at_ms = START,
                                    .good_at_ms = START,
                                    .expires_at_ms = START + DAY,
                                    .version = 9 };
    put_robots(&record);
    visited_page(&crawl, A, "x");
    explain(A);
    ck_assert(!says("the last try was decided"));
    struct url url;
    struct url_record known;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    ck_assert(url_split(&url, BYTES(A)));
    known = visited_record(&crawl, A, &scratch);
    struct url_record changed = known;
    changed.robots_version = 8;
    struct txn *txn = database_begin(crawl.tables.database);
    frontier_record(crawl.tables.frontier, txn, &url, &known, &changed);
    visited_end(&crawl, txn);
    explain(A);
    check_says("           the last try was decided by version 8 of robots.txt\n");
    buf_clear(&scratch);
    close_answerer();
}
END_TEST

/* ---- Its host */

START_TEST(a_host_is_shown_with_its_delay_and_its_rest)
{
    static const struct {
        struct pace pace;
        const char *says[2];
    } rows[] = {
        { { .crawl_delay_ms = -1 },
          { "host       example.org\n           delay 1s, as the option delay says; 1 "
            "connection\n" } },
        { { .crawl_delay_ms = 5000, .last_response_ms = 320 },
          { "           delay 5s, as Crawl-delay in robots.txt says (the option delay: 1s);\n"
            "           1 connection; the last response took 320ms\n" } },
        { { .crawl_delay_ms = 2000, .last_response_ms = 3000 },
          { "           delay 3s, as delay_factor with the last response time says (the\n"
            "           option delay: 1s) (Crawl-delay: 2s); 1 connection; the last response\n"
            "           took 3s\n" } },
        { { .crawl_delay_ms = -1,
            .rest_until_ms = START + DAY,
            .rest_reason = OUTCOME_FAILED_BUSY,
            .failures_in_row = 4 },
          { "           rests until 2025-06-16T15:06:40Z (in 23h): server asks for less\n",
            "           4 failures in a row\n" } },
        { { .crawl_delay_ms = -1, .rest_until_ms = START + DAY },
          { "           rests until 2025-06-16T15:06:40Z (in 23h)\n" } },
    };
    open_answerer(SEED);
    struct host_record host;
    frontier_host(crawl.tables.frontier, BYTES("example.org"), &host);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        frontier_host_update(crawl.tables.frontier, host.id, &rows[i].pace, 0);
        explain(A);
        for (size_t j = 0; j < 2 && rows[i].says[j]; j++)
            check_says(rows[i].says[j]);
    }
    answerer.run.is_running = true;
    explain(SEED);
    check_verdict("It will be fetched in about 23h: its host rests until 2025-06-16T15:06:40Z, and "
                  "it is the next of its host.");
    close_answerer();
}
END_TEST

SUITE_MAIN("answer_explain", what_was_typed_is_shown_with_what_was_made_of_it,
           what_was_never_seen_is_judged_all_the_same,
           a_page_is_shown_with_its_outcome_and_its_place_in_the_index, equal_pages_name_each_other,
           the_outcomes_before_are_remembered, states_are_told_in_words,
           the_reason_why_it_is_due_is_told, a_seed_given_again_and_a_run_of_all_are_reasons_too,
           a_queued_url_knows_its_place_and_its_time, a_long_queue_is_searched_in_slices,
           a_search_that_is_too_long_is_given_up, what_a_fetch_thread_has_is_being_fetched,
           due_urls_and_new_ones_take_turns, the_line_of_robots_txt_is_named,
           what_waits_and_would_be_refused_is_told_so, the_version_that_decided_is_told,
           a_host_is_shown_with_its_delay_and_its_rest)
