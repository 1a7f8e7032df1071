/* SPDX-License-Identifier: MIT
 *
 * Each question, asked of tables that a few visits have filled.
 */
#include <jansson.h>

#include "suite.h"

#include "base/pack.h"
#include "store/export/item.h"
#include "visited_crawl.h"

#define SEED "http://example.org/"
#define A    "http://example.org/a"
#define B    "http://example.org/b"

static struct visited crawl;
static struct answerer answerer;
static struct buf question;
static struct buf reply;

static void open_answerer(const char *seed)
{
    visited_init(&crawl, seed);
    answerer = (struct answerer){ .tables = &crawl.tables,
                                  .config = crawl.config,
                                  .directory = "crawl",
                                  .now_ms = START + HOUR };
    buf_init(&question, BUF_UNBOUNDED);
    buf_init(&reply, BUF_UNBOUNDED);
}

static void close_answerer(void)
{
    buf_clear(&question);
    buf_clear(&reply);
    visited_clear(&crawl);
}

/* Asks what was packed into question. */
static enum status ask(enum question which)
{
    enum status status = answer(&answerer, which, buf_bytes(&question), &reply);
    buf_reset(&question);
    buf_append_char(&reply, '\0'); /* For those that look at it as text. */
    reply.length--;
    return status;
}

static enum status ask_of(enum question which, const char *text, bool is_json)
{
    pack_bytes(&question, bytes_from_string(text));
    pack_u8(&question, is_json);
    return ask(which);
}

static bool says(const char *text)
{
    return strstr(reply.data, text) != NULL;
}

static json_t *reply_as_json(void)
{
    json_error_t error;
    json_t *json = json_loadb(reply.data, reply.length, 0, &error);
    ck_assert_msg(json != NULL, "%s: %s", error.text, reply.data);
    return json;
}

static uint64_t number_at(json_t *json, const char *name)
{
    json_t *value = json_object_get(json, name);
    ck_assert_msg(json_is_integer(value), "%s", name);
    return (uint64_t)json_integer_value(value);
}

static const char *text_at(json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    ck_assert_msg(text != NULL, "%s", name);
    return text;
}

/* ---- seed */

static uint64_t ask_seed(const char *const *urls, enum status wanted)
{
    for (; *urls; urls++)
        pack_bytes(&question, bytes_from_string(*urls));
    ck_assert_int_eq(ask(QUESTION_SEED), wanted);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    return wanted ? 0 : unpack_number(&from);
}

static void count_seed(void *owner, struct bytes seed)
{
    size_t *count = owner;
    (void)seed;
    ++*count;
}

static size_t seed_count(void)
{
    size_t count = 0;
    frontier_walk_seeds(crawl.tables.frontier, count_seed, &count);
    return count;
}

START_TEST(seeds_are_added_and_the_new_ones_counted)
{
    open_answerer(SEED);
    ck_assert_uint_eq(
        ask_seed((const char *const[]){ SEED, A, "http://other.example/", NULL }, STATUS_OK), 2);
    ck_assert(answerer.seeds_changed);
    ck_assert_uint_eq(seed_count(), 3);
    ck_assert_uint_eq(ask_seed((const char *const[]){ A, NULL }, STATUS_OK), 0);
    ck_assert_uint_eq(ask_seed((const char *const[]){ NULL }, STATUS_OK), 0);
    close_answerer();
}
END_TEST

START_TEST(one_bad_seed_adds_none_of_them)
{
    open_answerer(SEED);
    uint64_t known = crawl.tables.counters.values[COUNTER_URLS_KNOWN];
    ask_seed((const char *const[]){ A, "mailto:x@y.z", NULL }, STATUS_DATA);
    ck_assert(says("mailto:x@y.z"));
    ck_assert(!answerer.seeds_changed);
    ck_assert_uint_eq(seed_count(), 1);
    /* Not with what comes next, either. */
    visited_page(&crawl, SEED, "x");
    struct url url;
    struct found_url found;
    ck_assert(url_split(&url, BYTES(A)));
    ck_assert(!frontier_is_queued(crawl.tables.frontier, &url, &found));
    ck_assert_uint_eq(crawl.tables.counters.values[COUNTER_URLS_KNOWN], known);
    pack_u8(&question, 200); /* A length beyond the end. */
    ck_assert_int_eq(ask(QUESTION_SEED), STATUS_DATA);
    close_answerer();
}
END_TEST

/* ---- status */

START_TEST(status_counts_what_there_is)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "one");
    visited_page(&crawl, A, "two");
    struct come gone = SAID(GONE, 404), failed = SAID(FAILED_TLS, 0);
    visited_visit(&crawl, B, &gone);
    visited_visit(&crawl, B, &failed);
    struct txn *txn = database_begin(crawl.tables.database);
    consumer_put(crawl.tables.changes, txn, "index", 1, START);
    database_commit(txn);
    pack_u8(&question, true);
    ck_assert_int_eq(ask(QUESTION_STATUS), STATUS_OK);
    ck_assert_int_eq(reply.data[reply.length - 1], '\n');
    json_t *json = reply_as_json();
    ck_assert_uint_eq(number_at(json, "urls_tried"), 3);
    ck_assert_uint_eq(number_at(json, "pages_live"), 2);
    ck_assert_uint_eq(number_at(json, "fetches"), 3);
    ck_assert_uint_eq(number_at(json_object_get(json, "failures"), "tls"), 1);
    ck_assert_uint_eq(number_at(json_object_get(json, "failures"), "dns"), 0);
    ck_assert(json_is_false(json_object_get(json, "running")));
    ck_assert_ptr_null(json_object_get(json, "run"));
    ck_assert_str_eq(text_at(json, "last_change"), "2025-06-15T15:06:40Z");
    json_t *consumer = json_array_get(json_object_get(json, "consumers"), 0);
    ck_assert_str_eq(text_at(consumer, "name"), "index");
    ck_assert_uint_eq(number_at(consumer, "cursor"), 1);
    ck_assert_uint_eq(number_at(consumer, "pending"), 1);
    json_decref(json);

    answerer.run = (struct run_facts){ .is_running = true, .started_ms = START, .pages = 7 };
    pack_u8(&question, true);
    ck_assert_int_eq(ask(QUESTION_STATUS), STATUS_OK);
    json = reply_as_json();
    ck_assert(json_is_true(json_object_get(json, "running")));
    ck_assert_uint_eq(number_at(json_object_get(json, "run"), "pages"), 7);
    json_decref(json);
    close_answerer();
}
END_TEST

START_TEST(status_for_people_has_a_line_for_each_thing)
{
    static const char *const lines[] = {
        "crawl      crawl\n",
        "run        none; the last one began never\n",
        "1 live, 0 gone, on 1 hosts\n",
        "failures   none\n",
        "next due   2025-06-22T15:06:40Z\n",
        "consumer index: 0 changes to come, last export 2025-06-15T15:06:40Z\n",
    };
    open_answerer(SEED);
    visited_page(&crawl, SEED, "one");
    struct txn *txn = database_begin(crawl.tables.database);
    consumer_put(crawl.tables.changes, txn, "index", 1, START);
    /* Its next work is written as it falls asleep. */
    struct host_record host;
    frontier_host(crawl.tables.frontier, BYTES("example.org"), &host);
    frontier_host_sleep(crawl.tables.frontier, txn, host.id, START);
    visited_end(&crawl, txn);
    pack_u8(&question, false);
    ck_assert_int_eq(ask(QUESTION_STATUS), STATUS_OK);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        ck_assert_msg(says(lines[i]), "%s in\n%s", lines[i], reply.data);
    close_answerer();
}
END_TEST

/* ---- explain */

START_TEST(explain_says_what_is_known_of_a_url)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "one");
    struct come come = { .outcome = OUTCOME_PAGE, .status = 200, .content = "two", .referrer = 1 };
    come.headers = "ETag: \"\x1b[2Jx\"\r\n";
    visited_visit(&crawl, A, &come);
    struct come copy = { .outcome = OUTCOME_PAGE, .status = 200, .content = "two", .referrer = 2 };
    visited_visit(&crawl, B, &copy);

    ck_assert_int_eq(ask_of(QUESTION_EXPLAIN, A, false), STATUS_OK);
    static const char *const lines[] = {
        "url        " A "\n",
        "key        org,example):http/a\n",
        "state      live\n",
        "outcome    page (HTTP 200)\n",
        "found      as a link, depth 0\n",
        "found on   " SEED "\n",
        "scope      in: within the seeds' scope\n",
        "robots     not asked yet\n",
        /* Nothing that a site says reaches the terminal as it is. */
        "etag       \"\\x1B[2Jx\"\n",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        ck_assert_msg(says(lines[i]), "%s in\n%s", lines[i], reply.data);
    ck_assert(!says("duplicate"));

    ck_assert_int_eq(ask_of(QUESTION_EXPLAIN, B, true), STATUS_OK);
    json_t *json = reply_as_json();
    ck_assert_str_eq(text_at(json, "url"), B);
    ck_assert_str_eq(text_at(json, "duplicate"), A);
    json_t *chain = json_object_get(json, "found_on");
    ck_assert_uint_eq(json_array_size(chain), 2);
    ck_assert_str_eq(json_string_value(json_array_get(chain, 0)), A);
    ck_assert_str_eq(json_string_value(json_array_get(chain, 1)), SEED);
    json_decref(json);
    close_answerer();
}
END_TEST

START_TEST(explain_tells_what_was_never_tried)
{
    static const struct {
        const char *url;
        enum status status;
        const char *says[3];
    } rows[] = {
        { SEED, STATUS_OK, { "state      queued\n", "found      as a seed, depth 0, class 0\n" } },
        { "HTTP://Example.ORG/x?utm_source=y",
          STATUS_OK,
          { "url        http://example.org/x\n", "state      unknown\n", "scope      in" } },
        { "http://elsewhere.example/",
          STATUS_OK,
          { "scope      out: outside the seeds' scope\n", "host       not met yet\n" } },
        { "ftp://example.org/", STATUS_DATA, { "ftp://example.org/: a scheme" } },
    };
    open_answerer(SEED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_int_eq(ask_of(QUESTION_EXPLAIN, rows[i].url, false), rows[i].status);
        for (size_t j = 0; j < 3 && rows[i].says[j]; j++)
            ck_assert_msg(says(rows[i].says[j]), "%s in\n%s", rows[i].says[j], reply.data);
    }
    close_answerer();
}
END_TEST

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

START_TEST(explain_names_the_line_of_robots_txt)
{
    static const struct {
        struct origin_record record;
        const char *says;
    } rows[] = {
        { { .status = 200,
            .good_at_ms = START,
            .version = 3,
            .body = BYTES("User-agent: trial\nDisallow: /a\n") },
          "robots     disallowed by line 2: /a (group Trial, version 3 of "
          "2025-06-15T15:06:40Z)\n" },
        { { .status = 200, .good_at_ms = START, .version = 4, .body = BYTES("") },
          "robots     allowed: no rule matches (version 4" },
        { { .status = 404 }, "robots     everything is allowed: robots.txt answered 404\n" },
        { { .status = 500, .unreachable_since_ms = START, .expires_at_ms = START + HOUR },
          "robots     nothing is allowed: robots.txt has no answer; it is asked again after "
          "2025-06-15T16:06:40Z\n" },
    };
    open_answerer(SEED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct origin_record record = rows[i].record;
        record.checked_at_ms = START;
        put_robots(&record);
        ck_assert_int_eq(ask_of(QUESTION_EXPLAIN, A, false), STATUS_OK);
        ck_assert_msg(says(rows[i].says), "%s in\n%s", rows[i].says, reply.data);
    }
    close_answerer();
}
END_TEST

START_TEST(explain_says_how_a_host_rests)
{
    static const struct {
        int64_t rest_until_ms;
        enum outcome reason;
        const char *says;
    } rows[] = {
        { 0, OUTCOME_NONE, "delay 1s, 1 connections, 0 pages, 0 queued, 0 held\n" },
        { START + DAY, OUTCOME_FAILED_BUSY,
          "held; rests until 2025-06-16T15:06:40Z: server asks for less\n" },
        { START + DAY, OUTCOME_NONE, "held; rests until 2025-06-16T15:06:40Z\n" },
    };
    open_answerer(SEED);
    struct host_record host;
    frontier_host(crawl.tables.frontier, BYTES("example.org"), &host);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pace pace = PACE_NEW;
        pace.rest_until_ms = rows[i].rest_until_ms;
        pace.rest_reason = (uint8_t)rows[i].reason;
        frontier_host_update(crawl.tables.frontier, host.id, &pace, 0);
        ck_assert_int_eq(ask_of(QUESTION_EXPLAIN, A, false), STATUS_OK);
        ck_assert_msg(says(rows[i].says), "%s in\n%s", rows[i].says, reply.data);
    }
    close_answerer();
}
END_TEST

/* ---- ls */

struct listing {
    char rows[4096]; /* Paths, separated by spaces; another host's whole URLs. */
    size_t questions;
};

/* All rows, `most` at a time. */
static void list(struct listing *listing, const char *prefix, int state, unsigned most)
{
    struct buf host, after;
    bool is_more = true;
    *listing = (struct listing){ .questions = 0 };
    buf_init(&host, BUF_UNBOUNDED);
    buf_init(&after, BUF_UNBOUNDED);
    while (is_more) {
        pack_bytes(&question, buf_bytes(&host));
        pack_bytes(&question, buf_bytes(&after));
        pack_bytes(&question, bytes_from_string(prefix));
        pack_u8(&question, (uint8_t)(state + 1));
        pack_number(&question, most);
        ck_assert_int_eq(ask(QUESTION_LS), STATUS_OK);
        ck_assert_uint_lt(++listing->questions, 100);
        struct unpacker from = unpacker_of(buf_bytes(&reply));
        is_more = unpack_u8(&from) != 0;
        struct bytes next_host = unpack_bytes(&from);
        struct bytes next = unpack_bytes(&from);
        buf_reset(&host);
        buf_append_bytes(&host, next_host);
        buf_reset(&after);
        buf_append_bytes(&after, next);
        while (from.left > 0) {
            ck_assert_uint_eq(unpack_u8(&from), 1);
            struct bytes url = unpack_bytes(&from);
            size_t length = strlen(listing->rows);
            snprintf(listing->rows + length, sizeof(listing->rows) - length, "%s%.*s",
                     length ? " " : "", (int)url.length, url.data);
            unpack_u8(&from);
            unpack_u8(&from);
            unpack_number(&from);
            unpack_signed(&from);
            unpack_number(&from);
        }
        ck_assert(!from.is_bad);
    }
    buf_clear(&host);
    buf_clear(&after);
}

START_TEST(ls_lists_all_hosts_in_their_order_whatever_the_slices)
{
    static const char all[] = "http://a.example/1 http://a.example/2 http://example.org/ "
                              "http://example.org/a http://b.example.org/x";
    static const struct {
        const char *prefix;
        int state;
        const char *rows;
    } rows[] = {
        { "", -1, all },
        { "http://a.example/", -1, "http://a.example/1 http://a.example/2" },
        { "http://example.org/a", -1, "http://example.org/a" },
        { "http://b.example.org/nothing", -1, "" },
        { "http://nowhere.example/", -1, "" },
        { "", URL_STATE_GONE, "http://a.example/2" },
        { "http://example.org/", URL_STATE_LIVE, "http://example.org/ http://example.org/a" },
    };
    open_answerer(SEED);
    visited_seed(&crawl, "http://a.example/1");
    visited_seed(&crawl, "http://b.example.org/x");
    visited_seed(&crawl, "http://untried.example.org/");
    struct come gone = SAID(GONE, 404);
    visited_page(&crawl, "http://b.example.org/x", "x");
    visited_visit(&crawl, "http://a.example/2", &gone);
    visited_page(&crawl, "http://a.example/1", "1");
    visited_page(&crawl, A, "a");
    visited_page(&crawl, SEED, "s");
    struct listing listing;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (unsigned most = 0; most <= 6; most++) {
            list(&listing, rows[i].prefix, rows[i].state, most);
            ck_assert_msg(strcmp(listing.rows, rows[i].rows) == 0, "row %zu, %u a time: %s", i,
                          most, listing.rows);
        }
    close_answerer();
}
END_TEST

START_TEST(ls_gives_state_reason_status_and_document)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "x");
    pack_bytes(&question, (struct bytes){ 0 });
    pack_bytes(&question, (struct bytes){ 0 });
    pack_bytes(&question, (struct bytes){ 0 });
    pack_u8(&question, 0);
    pack_number(&question, 0);
    ck_assert_int_eq(ask(QUESTION_LS), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_u8(&from), 0);
    unpack_bytes(&from);
    unpack_bytes(&from);
    ck_assert_uint_eq(unpack_u8(&from), 1);
    ck_assert(bytes_equal(unpack_bytes(&from), BYTES(SEED)));
    ck_assert_uint_eq(unpack_u8(&from), URL_STATE_LIVE);
    ck_assert_uint_eq(unpack_u8(&from), OUTCOME_PAGE);
    ck_assert_uint_eq(unpack_number(&from), 200);
    ck_assert_int_eq(unpack_signed(&from), START);
    ck_assert_uint_eq(unpack_number(&from), 1);
    ck_assert_uint_eq(from.left, 0);
    ck_assert_int_eq(ask(QUESTION_LS), STATUS_USAGE); /* An empty question. */
    close_answerer();
}
END_TEST

/* ---- cat */

START_TEST(cat_gives_record_and_body)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "the body");
    ck_assert_int_eq(ask_of(QUESTION_CAT, "http://EXAMPLE.org", false), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    struct page page;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    ck_assert(page_decode(&page, unpack_bytes(&from), &scratch));
    ck_assert(bytes_equal(page.url, BYTES(SEED)));
    ck_assert(bytes_equal(unpack_bytes(&from), BYTES("the body")));
    ck_assert_int_eq(ask_of(QUESTION_CAT, A, false), STATUS_NOT_FOUND);
    ck_assert(says(A));
    ck_assert_int_eq(ask_of(QUESTION_CAT, "no url", false), STATUS_DATA);
    buf_clear(&scratch);
    close_answerer();
}
END_TEST

/* ---- export and acknowledge */

struct reading {
    const char *consumer;
    uint64_t after;
    uint64_t deletes_after;
    bool is_begun;
    char items[4096]; /* "+1 /a, -3 /b" */
};

static void note_item(struct reading *reading, const struct export_item *item)
{
    struct url url;
    size_t length = strlen(reading->items);
    ck_assert(url_split(&url, item->url));
    snprintf(reading->items + length, sizeof(reading->items) - length, "%s%c%u %.*s",
             length ? ", " : "", item->op == CHANGE_UPSERT ? '+' : '-', (unsigned)item->version,
             (int)url_path_query(&url).length, url_path_query(&url).data);
}

/* One slice; true where there is more. */
static bool read_slice(struct reading *reading)
{
    struct export_item item;
    pack_bytes(&question, bytes_from_string(reading->consumer));
    pack_number(&question, reading->after);
    pack_u8(&question, !reading->is_begun);
    pack_number(&question, reading->deletes_after);
    reading->is_begun = true;
    ck_assert_int_eq(ask(QUESTION_EXPORT), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    bool is_more = unpack_u8(&from) != 0;
    reading->after = unpack_number(&from);
    reading->deletes_after = unpack_number(&from);
    while (from.left > 0) {
        ck_assert(export_item_unpack(&from, &item));
        note_item(reading, &item);
    }
    return is_more;
}

static const char *read_all(const char *consumer)
{
    static struct reading reading;
    reading = (struct reading){ .consumer = consumer };
    while (read_slice(&reading))
        ;
    return reading.items;
}

static enum status acknowledge(const char *consumer, uint64_t cursor)
{
    pack_bytes(&question, bytes_from_string(consumer));
    pack_number(&question, cursor);
    return ask(QUESTION_ACKNOWLEDGE);
}

static uint64_t cursor_of(const char *consumer)
{
    uint64_t cursor = 0;
    consumer_get(crawl.tables.changes, consumer, &cursor);
    return cursor;
}

START_TEST(a_consumer_gets_every_change_once_it_has_acknowledged_the_last)
{
    struct come moved = MOVED(301);
    open_answerer(SEED);
    visited_page(&crawl, A, "a");
    visited_page(&crawl, B, "b");
    ck_assert_str_eq(read_all("index"), "+1 /a, +2 /b");
    ck_assert_str_eq(read_all("index"), "+1 /a, +2 /b"); /* Nothing was acknowledged. */
    ck_assert_int_eq(acknowledge("index", 2), STATUS_OK);
    ck_assert_str_eq(read_all("index"), "");
    visited_visit(&crawl, A, &moved);
    visited_page(&crawl, B, "b2");
    ck_assert_str_eq(read_all("index"), "-3 /a, +4 /b");
    /* One that is new has nothing to delete. */
    ck_assert_str_eq(read_all("other"), "+4 /b");
    ck_assert_str_eq(read_all(""), "+4 /b");
    close_answerer();
}
END_TEST

START_TEST(a_new_consumer_is_told_of_deletes_that_come_while_it_reads)
{
    enum { PAGES = 400 };
    struct come moved = MOVED(301);
    struct reading reading = { .consumer = "index" };
    open_answerer(SEED);
    for (int i = 0; i < PAGES; i++) {
        char *url = xasprintf("http://example.org/%d", i);
        char *content = xasprintf("content %d", i);
        visited_page(&crawl, url, content);
        free(url);
        free(content);
    }
    visited_visit(&crawl, "http://example.org/399", &moved);
    ck_assert(read_slice(&reading));
    ck_assert(strstr(reading.items, "+1 /0, ") == reading.items);
    /* It has this page, and now the page goes. */
    visited_visit(&crawl, "http://example.org/0", &moved);
    reading.items[0] = '\0';
    while (read_slice(&reading))
        ;
    ck_assert_ptr_nonnull(strstr(reading.items, "-402 /0"));
    ck_assert_ptr_null(strstr(reading.items, " /399"));
    close_answerer();
}
END_TEST

START_TEST(an_item_has_what_an_index_needs)
{
    struct export_item item;
    open_answerer(SEED);
    visited_page(&crawl, A, "same");
    struct come come = { .outcome = OUTCOME_PAGE, .status = 200, .content = "same", .referrer = 1 };
    come.headers = "ETag: \"1\"\r\n";
    visited_visit(&crawl, B, &come);
    crawl.now_ms += DAY;
    struct come confirmed = { .outcome = OUTCOME_NOT_MODIFIED,
                              .status = 304,
                              .headers = "ETag: \"2\"\r\n" };
    visited_visit(&crawl, B, &confirmed);
    pack_bytes(&question, BYTES(""));
    pack_number(&question, 1);
    pack_u8(&question, false);
    pack_number(&question, 0);
    ck_assert_int_eq(ask(QUESTION_EXPORT), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_u8(&from), 0);
    ck_assert_uint_eq(unpack_number(&from), 2);
    unpack_number(&from);
    ck_assert(export_item_unpack(&from, &item));
    ck_assert(bytes_equal(item.url, BYTES(B)));
    ck_assert(bytes_equal(item.referrer, BYTES(A)));
    ck_assert(bytes_equal(item.duplicate_of, BYTES(A)));
    ck_assert(bytes_equal(item.etag, BYTES("\"2\"")));
    ck_assert_int_eq(item.checked_at_ms, START + DAY);
    ck_assert_int_eq(item.at_ms, START);
    ck_assert_int_eq(item.reason, CHANGE_REASON_NEW);
    ck_assert_uint_eq(from.left, 0);
    close_answerer();
}
END_TEST

START_TEST(a_cursor_never_goes_back_nor_beyond_what_there_is)
{
    open_answerer(SEED);
    visited_page(&crawl, A, "a");
    visited_page(&crawl, B, "b");
    ck_assert_int_eq(acknowledge("index", 2), STATUS_OK);
    ck_assert_int_eq(acknowledge("index", 1), STATUS_OK);
    ck_assert_uint_eq(cursor_of("index"), 2);
    ck_assert_int_eq(acknowledge("index", 3), STATUS_USAGE);
    ck_assert_uint_eq(cursor_of("index"), 2);
    ck_assert_int_eq(acknowledge("", 1), STATUS_USAGE);
    ck_assert_int_eq(acknowledge("no spaces", 1), STATUS_USAGE);
    ck_assert(says("\"no spaces\" is no name"));
    ck_assert_int_eq(ask(QUESTION_ACKNOWLEDGE), STATUS_USAGE);
    ck_assert_int_eq(ask(QUESTION_EXPORT), STATUS_USAGE);
    close_answerer();
}
END_TEST

/* ---- what forage test asks */

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

START_TEST(an_origin_has_what_its_robots_txt_said)
{
    struct origin_record record = { .status = 200, .good_at_ms = START, .body = BYTES("Allow: /") };
    struct origin_record found;
    open_answerer(SEED);
    ck_assert_int_eq(ask_of(QUESTION_ORIGIN, A, false), STATUS_OK);
    ck_assert_uint_eq(reply.length, 0);
    put_robots(&record);
    ck_assert_int_eq(ask_of(QUESTION_ORIGIN, "http://example.org:80/any/page", false), STATUS_OK);
    ck_assert(origin_decode(&found, buf_bytes(&reply)));
    ck_assert(bytes_equal(found.body, record.body));
    ck_assert_int_eq(ask_of(QUESTION_ORIGIN, "https://example.org/", false), STATUS_OK);
    ck_assert_uint_eq(reply.length, 0);
    ck_assert_int_eq(ask_of(QUESTION_ORIGIN, "no url", false), STATUS_DATA);
    ck_assert_int_eq(ask(QUESTION_ORIGIN), STATUS_USAGE);
    close_answerer();
}
END_TEST

START_TEST(a_question_that_is_not_for_the_tables_is_refused)
{
    open_answerer(SEED);
    ck_assert_int_eq(ask(QUESTION_YIELD), STATUS_USAGE);
    close_answerer();
}
END_TEST

SUITE_MAIN("answers", seeds_are_added_and_the_new_ones_counted, one_bad_seed_adds_none_of_them,
           status_counts_what_there_is, status_for_people_has_a_line_for_each_thing,
           explain_says_what_is_known_of_a_url, explain_tells_what_was_never_tried,
           explain_names_the_line_of_robots_txt, explain_says_how_a_host_rests,
           ls_lists_all_hosts_in_their_order_whatever_the_slices,
           ls_gives_state_reason_status_and_document, cat_gives_record_and_body,
           a_consumer_gets_every_change_once_it_has_acknowledged_the_last,
           a_new_consumer_is_told_of_deletes_that_come_while_it_reads,
           an_item_has_what_an_index_needs, a_cursor_never_goes_back_nor_beyond_what_there_is,
           scope_is_said_by_the_seeds_of_the_crawl, an_origin_has_what_its_robots_txt_said,
           a_question_that_is_not_for_the_tables_is_refused)
