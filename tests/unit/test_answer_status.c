/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "answering.h"

/* Asks until there is a text, which is the reply then; returns how often. */
static unsigned ask_status_in(enum status_form form, uint64_t looks)
{
    for (unsigned asked = 1;; asked++) {
        pack_u8(&question, (uint8_t)form);
        pack_u8(&question, false);
        pack_number(&question, looks);
        ck_assert_int_eq(ask(QUESTION_STATUS), STATUS_OK);
        ck_assert_uint_lt(asked, 10000);
        struct unpacker from = unpacker_of(buf_bytes(&reply));
        if (unpack_u8(&from) == 0) {
            keep_rest(from);
            return asked;
        }
        ck_assert_uint_eq(from.left, 0);
    }
}

static void ask_status(enum status_form form)
{
    ck_assert_uint_eq(ask_status_in(form, 0), 1);
}

static void put_consumer(const char *name, uint64_t cursor)
{
    struct txn *txn = database_begin(crawl.tables.database);
    consumer_put(crawl.tables.changes, txn, name, cursor, START);
    database_commit(txn);
}

START_TEST(status_counts_what_there_is)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "one");
    visited_page(&crawl, A, "two");
    struct come gone = SAID(GONE, 404), failed = SAID(FAILED_TLS, 0);
    visited_visit(&crawl, B, &gone);
    visited_visit(&crawl, B, &failed);
    put_consumer("index", 1);
    ask_status(STATUS_JSON);
    ck_assert_int_eq(reply.data[reply.length - 1], '\n');
    json_t *json = reply_as_json();
    ck_assert_uint_eq(number_at(json, "urls_tried"), 3);
    ck_assert_uint_eq(number_at(json, "pages_live"), 2);
    ck_assert_uint_eq(number_at(json, "fetches"), 3);
    ck_assert_uint_eq(number_at(json, "failures.tls"), 1);
    ck_assert_uint_eq(number_at(json, "failures.dns"), 0);
    ck_assert(json_is_false(member(json, "running")));
    ck_assert(json_is_null(member(json, "run")));
    ck_assert_str_eq(text_at(json, "last_change"), "2025-06-15T15:06:40Z");
    json_t *consumer = json_array_get(member(json, "consumers"), 0);
    ck_assert_str_eq(text_at(consumer, "name"), "index");
    ck_assert_uint_eq(number_at(consumer, "cursor"), 1);
    ck_assert_uint_eq(number_at(consumer, "pending"), 1);
    ck_assert_uint_eq(number_at(consumer, "behind"), 1);
    json_decref(json);

    answerer.run = (struct run_facts){
        .is_running = true, .started_ms = START, .pages = 7, .fetches_per_s = 2.5, .is_all = true
    };
    ask_status(STATUS_JSON);
    json = reply_as_json();
    ck_assert(json_is_true(member(json, "running")));
    ck_assert_uint_eq(number_at(json, "run.pages"), 7);
    ck_assert(json_is_true(member(json, "run.all")));
    ck_assert_double_eq(json_real_value(member(json, "run.fetches_per_second")), 2.5);
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
        "changed    2025-06-15T15:06:40Z (1h ago)\n",
        "next due   2025-06-22T15:06:40Z (in 6d 23h)\n",
        "to do      nothing\n",
        "consumer   index: 0 changes to come, last export 2025-06-15T15:06:40Z\n",
    };
    open_answerer(SEED);
    visited_page(&crawl, SEED, "one");
    put_consumer("index", 1);
    /* Its place in the queue goes when it is found to be tried. */
    struct host_record host;
    frontier_host(crawl.tables.frontier, BYTES("example.org"), &host);
    ck_assert_ptr_null(frontier_take(crawl.tables.frontier, host.id, 1, START));
    ask_status(STATUS_TEXT);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        check_says(lines[i]);
    answerer.run = (struct run_facts){ .is_running = true,
                                       .started_ms = START,
                                       .pages = 7,
                                       .fetches = 8,
                                       .fetches_per_s = 2.5,
                                       .in_flight = 3,
                                       .awake_hosts = 1 };
    ask_status(STATUS_TEXT);
    check_says("run        since 2025-06-15T15:06:40Z (1h ago)\n"
               "           7 pages, 8 fetches, 2.5 a second, 3 under way, 1 hosts awake\n");
    close_answerer();
}
END_TEST

/* ---- The time left */

/* Hosts of their own settings; answerer asks by this configuration. */
static struct config *config_of(const char *text)
{
    struct config *config = NULL;
    char *error = NULL;
    char *path = xasprintf("%s/test.conf", crawl.directory);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    ck_assert_msg(config_load(&config, NULL, path, NULL, &error) == STATUS_OK, "%s", error);
    free(path);
    return config;
}

/* So many new URLs become known on the host. */
static void queue_urls(const char *host, unsigned count)
{
    struct found_url found[200];
    char urls[200][64];
    ck_assert_uint_le(count, 200);
    for (unsigned i = 0; i < count; i++) {
        snprintf(urls[i], sizeof(urls[i]), "http://%s/%u", host, i);
        struct bytes url = bytes_from_string(urls[i]);
        found[i] =
            (struct found_url){ .url = url,
                                .fingerprint = frontier_fingerprint(crawl.tables.frontier, url),
                                .depth = 1,
                                .found = FOUND_LINK,
                                .url_class = 1 };
    }
    struct txn *txn = database_begin(crawl.tables.database);
    ck_assert_uint_eq(frontier_add(crawl.tables.frontier, found, count), count);
    visited_end(&crawl, txn);
}

static void set_rest(const char *host, int64_t rest_until_ms, int64_t response_ms)
{
    struct host_record record;
    struct pace pace = PACE_NEW;
    pace.rest_until_ms = rest_until_ms;
    pace.last_response_ms = response_ms;
    ck_assert_int_eq(frontier_host(crawl.tables.frontier, bytes_from_string(host), &record),
                     STATUS_OK);
    struct txn *txn = database_begin(crawl.tables.database);
    frontier_host_update(crawl.tables.frontier, record.id, &pace, 0);
    visited_end(&crawl, txn);
}

/* A crawl of three hosts, the seeds among the URLs: 100 at 1 s; 21 at 10 s, on two connections and
 * 1 s for each answer; 51 of which 7 may be kept. */
static struct config *open_three_hosts(void)
{
    open_answerer("http://slow.example/");
    visited_seed(&crawl, "http://many.example/x");
    visited_seed(&crawl, "http://few.example/x");
    queue_urls("many.example", 99);
    queue_urls("slow.example", 20);
    queue_urls("few.example", 50);
    set_rest("slow.example", 0, 1000);
    struct config *config = config_of("[politeness]\ndelay = 1s\n[crawl]\nwait_max = 5m\n"
                                      "[host \"slow.example\"]\ndelay = 10s\nconnections = 2\n"
                                      "[host \"few.example\"]\nmax_pages = 7\n");
    answerer.config = config;
    return config;
}

START_TEST(the_slowest_hosts_are_named_and_say_how_long_it_takes)
{
    struct config *config = open_three_hosts();
    ask_status(STATUS_JSON);
    json_t *json = reply_as_json();
    ck_assert_uint_eq(number_at(json, "work.urls"), 100 + 21 + 7);
    ck_assert_uint_eq(number_at(json, "work.hosts"), 3);
    ck_assert_uint_eq(number_at(json, "work.hosts_resting"), 0);
    ck_assert_uint_eq(number_at(json, "work.slowest_eta_ms"), 21 * 11000 / 2);
    ck_assert_uint_eq(number_at(json, "work.eta_ms"), 21 * 11000 / 2);
    ck_assert(json_is_true(member(json, "work.is_complete")));
    static const struct {
        const char *host;
        uint64_t urls, eta_ms;
    } wanted[] = { { "slow.example", 21, 115500 },
                   { "many.example", 100, 100000 },
                   { "few.example", 7, 7000 } };
    for (size_t i = 0; i < 3; i++) {
        json_t *host = json_array_get(member(json, "work.slowest_hosts"), i);
        ck_assert_str_eq(text_at(host, "host"), wanted[i].host);
        ck_assert_uint_eq(number_at(host, "urls"), wanted[i].urls);
        ck_assert_uint_eq(number_at(host, "eta_ms"), wanted[i].eta_ms);
    }
    json_decref(json);
    ask_status(STATUS_TEXT);
    check_says("to do      128 URLs on 3 hosts\n"
               "time left  about 1m 55s; the hosts that take longest:\n"
               "           1m 55s   slow.example: 21 URLs, delay 10s\n"
               "           1m 40s   many.example: 100 URLs, delay 1s\n"
               "           7s       few.example: 7 URLs, delay 1s\n");
    config_free(config);
    close_answerer();
}
END_TEST

START_TEST(a_slow_run_says_how_long_all_takes)
{
    struct config *config = open_three_hosts();
    answerer.run = (struct run_facts){ .is_running = true, .fetches_per_s = 0.5 };
    ask_status(STATUS_JSON);
    json_t *json = reply_as_json();
    ck_assert_uint_eq(number_at(json, "work.eta_ms"), 128 * 2000);
    ck_assert_uint_eq(number_at(json, "work.slowest_eta_ms"), 115500);
    json_decref(json);
    config_free(config);
    close_answerer();
}
END_TEST

START_TEST(a_rest_counts_unless_no_run_waits_for_it)
{
    struct config *config = open_three_hosts();
    set_rest("slow.example", answerer.now_ms + 6 * 60 * 1000, 0);
    set_rest("few.example", answerer.now_ms + 60 * 1000, 0);
    ask_status(STATUS_JSON);
    json_t *json = reply_as_json();
    ck_assert_uint_eq(number_at(json, "work.urls"), 107);
    ck_assert_uint_eq(number_at(json, "work.hosts"), 2);
    ck_assert_uint_eq(number_at(json, "work.hosts_resting"), 1);
    json_t *host = json_array_get(member(json, "work.slowest_hosts"), 1);
    ck_assert_str_eq(text_at(host, "host"), "few.example");
    ck_assert_uint_eq(number_at(host, "eta_ms"), 67000);
    json_decref(json);
    config_free(config);
    close_answerer();
}
END_TEST

/* ---- In slices */

START_TEST(many_hosts_are_looked_at_in_slices)
{
    enum { HOSTS = 60 };
    open_answerer(SEED);
    for (unsigned i = 0; i < HOSTS; i++) {
        char host[32];
        snprintf(host, sizeof(host), "h%u.example", i);
        queue_urls(host, 1 + i % 3);
    }
    ck_assert_uint_gt(ask_status_in(STATUS_JSON, 4), HOSTS / 2);
    json_t *json = reply_as_json();
    ck_assert_uint_eq(number_at(json, "work.hosts"), HOSTS + 1);
    ck_assert_uint_eq(number_at(json, "work.urls"), 2 * HOSTS + 1);
    ck_assert(json_is_true(member(json, "work.is_complete")));
    json_decref(json);
    /* Whoever asks then gets that one, while the next is under way. */
    queue_urls("late.example", 10);
    ck_assert_uint_eq(ask_status_in(STATUS_JSON, 4), 1);
    json = reply_as_json();
    ck_assert_uint_eq(number_at(json, "work.hosts"), HOSTS + 1);
    json_decref(json);
    ck_assert_uint_eq(ask_status_in(STATUS_JSON, 100000), 1);
    json = reply_as_json();
    ck_assert_uint_eq(number_at(json, "work.hosts"), HOSTS + 2);
    json_decref(json);
    close_answerer();
}
END_TEST

START_TEST(who_cannot_wait_is_told_what_was_seen)
{
    open_answerer(SEED);
    for (unsigned i = 0; i < 20; i++) {
        char host[32];
        snprintf(host, sizeof(host), "h%u.example", i);
        queue_urls(host, 1);
    }
    pack_u8(&question, STATUS_TEXT);
    pack_u8(&question, true);
    pack_number(&question, 4);
    ck_assert_int_eq(ask(QUESTION_STATUS), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_u8(&from), 0);
    keep_rest(from);
    check_says("at least: not all hosts were looked at");
    pack_u8(&question, STATUS_FORMS);
    pack_u8(&question, true);
    pack_number(&question, 0);
    ck_assert_int_eq(ask(QUESTION_STATUS), STATUS_USAGE);
    ck_assert_int_eq(ask(QUESTION_STATUS), STATUS_USAGE); /* An empty question. */
    close_answerer();
}
END_TEST

/* ---- Prometheus */

/* "forage_name{label="value",...} number", of a metric that was announced by HELP and TYPE. */
static void check_sample(const char *line, const char *metric)
{
    size_t length = strlen(metric);
    double number;
    char behind;
    ck_assert_msg(strncmp(line, metric, length) == 0 && line[length] == '{', "%s of %s", line,
                  metric);
    const char *end = strstr(line, "} ");
    ck_assert_msg(end && sscanf(end + 2, "%lf%c", &number, &behind) == 1, "%s", line);
    ck_assert_msg(strncmp(line + length, "{crawl=\"", 8) == 0, "%s", line);
}

START_TEST(prometheus_gets_each_metric_announced_and_labelled)
{
    char metric[128] = "";
    char *rest = NULL;
    size_t samples = 0;
    open_answerer(SEED);
    answerer.directory = "no/such \"folder\"\\\n";
    visited_page(&crawl, SEED, "one");
    put_consumer("index", 0);
    put_consumer("other", 1);
    ask_status(STATUS_PROM);
    check_says("# TYPE forage_pages_live gauge\n"
               "forage_pages_live{crawl=\"no/such \\\"folder\\\"\\\\\\n\"} 1\n");
    check_says("# HELP forage_fetches_total Requests that were answered or failed.\n"
               "# TYPE forage_fetches_total counter\n");
    check_says(",cause=\"dns\"} 0\n");
    check_says(",consumer=\"index\"} 1\n");
    check_says(",consumer=\"other\"} 0\n");
    check_says("forage_last_change_timestamp_seconds{crawl=\"no/such \\\"folder\\\"\\\\\\n\"} "
               "1750000000\n");
    ck_assert_int_eq(reply.data[reply.length - 1], '\n');
    for (char *line = strtok_r(reply.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char name[128], type[16];
        if (sscanf(line, "# HELP %127s", name) == 1) {
            snprintf(metric, sizeof(metric), "%s", name);
        } else if (sscanf(line, "# TYPE %127s %15s", name, type) == 2) {
            ck_assert_str_eq(name, metric);
            bool is_total = strstr(name, "_total") != NULL;
            ck_assert_str_eq(type, is_total ? "counter" : "gauge");
        } else {
            check_sample(line, metric);
            samples++;
        }
    }
    ck_assert_uint_gt(samples, 40);
    close_answerer();
}
END_TEST

SUITE_MAIN("answer_status", status_counts_what_there_is,
           status_for_people_has_a_line_for_each_thing,
           the_slowest_hosts_are_named_and_say_how_long_it_takes,
           a_slow_run_says_how_long_all_takes, a_rest_counts_unless_no_run_waits_for_it,
           many_hosts_are_looked_at_in_slices, who_cannot_wait_is_told_what_was_seen,
           prometheus_gets_each_metric_announced_and_labelled)
