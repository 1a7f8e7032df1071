/* SPDX-License-Identifier: MIT
 *
 * Whole runs against a web server in this process.
 */
#include "suite.h"

#include <stdatomic.h>

#include "base/log.h"
#include "base/pack.h"
#include "crawl_trial.h"
#include "crawler/control/session.h"
#include "store/lock.h"

/* ---- Sites, as tables of pages */

struct page_of_site {
    const char *host; /* NULL: any. */
    const char *path;
    int status;
    const char *headers;
    const char *body;
};

#define HTML "Content-Type: text/html\r\n"

static void say(struct web_answer *answer, int status, const char *headers, const char *body)
{
    answer->status = status;
    buf_append_string(&answer->headers, headers);
    buf_append_string(&answer->body, body);
}

/* The owner is a table that ends with a path of NULL. What is not in it is not found. A request
 * that repeats the ETag of the table is not modified. */
static void answer_by_table(struct web *web, const struct web_request *request,
                            struct web_answer *answer)
{
    char etag[64];
    const struct page_of_site *page = web->owner;
    while (page->path && (strcmp(page->path, request->path) != 0 ||
                          (page->host && strcmp(page->host, request->host) != 0)))
        page++;
    if (!page->path) {
        say(answer, 404, HTML, "not here");
        return;
    }
    if (web_field(request, "If-None-Match", etag, sizeof(etag)) && strstr(page->headers, etag))
        say(answer, 304, "", "");
    else
        say(answer, page->status, page->headers, page->body);
}

static const struct page_of_site small_site[] = {
    { NULL, "/", 200, HTML "ETag: \"v1\"\r\n", "<a href=a>a</a> <a href=b>b</a> <a href=a>a</a>" },
    { NULL, "/a", 200, HTML "ETag: \"a1\"\r\n", "<title>A</title> <a href=/b>b</a>" },
    { NULL, "/b", 200, HTML, "<a href=/missing>?</a> <a href=https://elsewhere.example/>out</a>" },
    { 0 },
};

START_TEST(a_site_is_crawled_once_and_then_nothing_is_due)
{
    struct trial trial;
    trial_init(&trial, answer_by_table, (void *)small_site, "");
    ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_OK);
    ck_assert_int_eq(trial.report.stop, STOP_DONE);
    ck_assert_uint_eq(trial.report.pages, 3);
    ck_assert_uint_eq(trial.report.fetches, 5);
    ck_assert_uint_eq(trial.report.changes, 3);
    ck_assert_uint_eq(trial.report.failures, 0);
    ck_assert_uint_eq(web_pages(trial.web), 4);
    ck_assert_uint_eq(web_count(trial.web, NULL, "/robots.txt"), 1);
    ck_assert_uint_eq(web_count(trial.web, NULL, "/a"), 1);
    ck_assert_int_eq(trial_outcome(&trial, "a.localhost", "/missing"), OUTCOME_GONE);

    ck_assert_int_eq(trial_run(&trial, NULL, NULL), STATUS_OK);
    ck_assert_uint_eq(trial.report.fetches, 0);
    ck_assert_uint_eq(web_pages(trial.web), 4);
    trial_clear(&trial);
}
END_TEST

START_TEST(a_run_of_all_asks_for_every_page_conditionally_and_its_links_stay)
{
    struct trial trial;
    trial_init(&trial, answer_by_table, (void *)small_site, "");
    ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_OK);
    size_t before = web_requests(trial.web);
    ck_assert_int_eq(trial_run_all(&trial), STATUS_OK);
    ck_assert_int_eq(trial.report.stop, STOP_DONE);
    ck_assert_uint_eq(trial.report.not_modified, 2);
    ck_assert_uint_eq(trial.report.pages, 1);
    ck_assert_uint_eq(trial.report.changes, 0);
    ck_assert_uint_eq(web_count(trial.web, NULL, "/robots.txt"), 1);
    ck_assert_uint_eq(web_requests(trial.web) - before, 4);
    for (size_t i = before; i < web_requests(trial.web); i++) {
        struct web_request request = web_request_at(trial.web, i);
        bool has_etag = strcmp(request.path, "/") == 0 || strcmp(request.path, "/a") == 0;
        ck_assert_int_eq(web_has_field(&request, "If-None-Match"), has_etag);
    }
    trial_clear(&trial);
}
END_TEST

/* ---- Limits */

/* Page N links to the next five: a site without an end. */
static void answer_without_end(struct web *web, const struct web_request *request,
                               struct web_answer *answer)
{
    (void)web;
    if (strcmp(request->path, "/robots.txt") == 0) {
        say(answer, 404, "", "");
        return;
    }
    unsigned number = (unsigned)strtoul(request->path + 1, NULL, 10);
    say(answer, 200, HTML, "");
    for (unsigned i = 1; i <= 5; i++)
        buf_printf(&answer->body, "<a href=/%u>next</a> ", number * 5 + i);
}

START_TEST(max_pages_is_exact)
{
    static const struct {
        unsigned most;
        const char *more;
    } rows[] = {
        { 1, "" },
        { 7, "[politeness]\nconnections = 4\n" },
        { 50, "[politeness]\nconnections = 20\n[engine]\nfetch_threads = 3\n" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct trial trial;
        char *lines = xasprintf("[crawl]\nmax_pages = %u\n%s", rows[i].most, rows[i].more);
        trial_init(&trial, answer_without_end, NULL, lines);
        free(lines);
        ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_LIMIT);
        ck_assert_int_eq(trial.report.stop, STOP_PAGES);
        ck_assert_uint_eq(trial.report.pages, rows[i].most);
        ck_assert_uint_eq(web_pages(trial.web), rows[i].most);
        /* The next run goes on where this one ended. */
        ck_assert_int_eq(trial_run(&trial, NULL, NULL), STATUS_LIMIT);
        ck_assert_uint_eq(web_pages(trial.web), 2 * rows[i].most);
        trial_clear(&trial);
    }
}
END_TEST

/* ---- Ending */

/* The owner says what becomes of /stall: nothing at first, with a signal for us. */
static void answer_with_a_stall(struct web *web, const struct web_request *request,
                                struct web_answer *answer)
{
    const atomic_bool *is_stalled = web->owner;
    if (strcmp(request->path, "/") == 0) {
        say(answer, 200, HTML, "<a href=/stall>s</a>");
    } else if (strcmp(request->path, "/stall") == 0 && atomic_load(is_stalled)) {
        answer->status = 0;
        kill(getpid(), SIGTERM);
    } else {
        say(answer, strcmp(request->path, "/stall") == 0 ? 200 : 404, HTML, "done");
    }
}

START_TEST(a_signal_ends_the_run_though_a_server_is_silent_and_the_next_run_goes_on)
{
    struct trial trial;
    atomic_bool is_stalled = true;
    trial_init(&trial, answer_with_a_stall, &is_stalled, "[crawl]\nwait_max = 0\n");
    ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_TERMINATED);
    ck_assert_uint_eq(trial.report.pages, 1);
    ck_assert_int_eq(trial_outcome(&trial, "a.localhost", "/stall"), OUTCOME_COUNT);
    atomic_store(&is_stalled, false);
    ck_assert_int_eq(trial_run(&trial, NULL, NULL), STATUS_OK);
    ck_assert_uint_eq(trial.report.pages, 1);
    ck_assert_int_eq(trial_outcome(&trial, "a.localhost", "/stall"), OUTCOME_PAGE);
    trial_clear(&trial);
}
END_TEST

/* ---- Hosts that come and go */

/* robots.txt of a. asks for an hour of rest; that of b. never answers. */
static void answer_with_rest(struct web *web, const struct web_request *request,
                             struct web_answer *answer)
{
    (void)web;
    if (strcmp(request->path, "/robots.txt") != 0)
        say(answer, 200, HTML, "page");
    else if (request->host[0] == 'a')
        say(answer, 503, "Retry-After: 3600\r\n", "");
    else
        answer->status = 0;
}

START_TEST(a_host_sleeps_only_when_all_that_came_of_it_is_committed)
{
    struct trial trial;
    trial_init(&trial, answer_with_rest, NULL, "[politeness]\nrobots = ignore\n");
    char *urls[] = { trial_url(&trial, "a.localhost", "/"), trial_url(&trial, "b.localhost", "/") };
    struct run_request request = { .seeds = (const char *const *)urls, .seed_count = 2 };
    ck_assert_int_eq(trial_request(&trial, &request), STATUS_OK);
    ck_assert_uint_eq(trial.report.pages, 2);
    /* Both are known now, and nothing of them waits in memory. */
    trial_configure(&trial, "[crawl]\nwait_max = 1s\n[network]\nfirst_byte_timeout = 400ms\n");
    ck_assert_int_eq(trial_request(&trial, &request), STATUS_OK);
    ck_assert_uint_eq(trial.report.pages, 0);
    for (size_t i = 0; i < 2; i++)
        free(urls[i]);
    trial_clear(&trial);
}
END_TEST

/* ---- While it runs */

/* The front page of a., while it is asked for, has another seed given to the run. */
static void answer_and_seed(struct web *web, const struct web_request *request,
                            struct web_answer *answer)
{
    const struct trial *trial = web->owner;
    if (strcmp(request->path, "/robots.txt") == 0) {
        say(answer, 404, HTML, "");
        return;
    }
    say(answer, 200, HTML, request->host[0] == 'b' ? "<a href=/deeper>d</a>" : "none");
    if (request->host[0] != 'a')
        return;
    struct session *session;
    struct buf question, reply;
    char *url = trial_url(trial, "b.localhost", "/");
    buf_init(&question, BUF_UNBOUNDED);
    buf_init(&reply, BUF_UNBOUNDED);
    pack_bytes(&question, bytes_from_string(url));
    ck_assert_int_eq(session_open(&session, trial->directory, trial->config, "seed"), STATUS_OK);
    ck_assert_int_eq(session_ask(session, QUESTION_SEED, buf_bytes(&question), &reply), STATUS_OK);
    session_close(session);
    buf_clear(&question);
    buf_clear(&reply);
    free(url);
}

START_TEST(a_seed_that_is_given_to_a_run_is_crawled_with_its_links)
{
    struct trial trial;
    trial_init(&trial, answer_and_seed, &trial, "");
    ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_OK);
    ck_assert_uint_eq(web_count(trial.web, "b.localhost", "/"), 1);
    ck_assert_uint_eq(web_count(trial.web, "b.localhost", "/deeper"), 1);
    ck_assert_uint_eq(trial.report.pages, 3);
    trial_clear(&trial);
}
END_TEST

struct asker {
    struct trial *trial;
    pthread_t thread;
    atomic_bool is_over;
    unsigned answers;
};

/* Asks for the status until the run is over, whoever answers. */
static void *ask_for_status(void *argument)
{
    struct asker *asker = argument;
    struct session *session;
    struct buf reply;
    buf_init(&reply, BUF_UNBOUNDED);
    while (!atomic_load(&asker->is_over)) {
        enum status status =
            session_open(&session, asker->trial->directory, asker->trial->config, "status");
        for (int i = 0; status == STATUS_OK && i < 5; i++) {
            status = session_ask(session, QUESTION_STATUS, BYTES("\1\1\0"), &reply);
            asker->answers += status == STATUS_OK && reply.length > 0;
        }
        session_close(status == STATUS_OK ? session : NULL);
    }
    buf_clear(&reply);
    return NULL;
}

START_TEST(questions_are_answered_before_while_and_after_it_runs)
{
    struct trial trial;
    struct asker asker = { .trial = &trial };
    trial_init(&trial, answer_without_end, NULL, "[crawl]\nmax_pages = 200\n");
    ck_assert_int_eq(pthread_create(&asker.thread, NULL, ask_for_status, &asker), 0);
    for (int i = 0; i < 3; i++) {
        enum status status;
        /* The asker holds the crawl itself between two runs, again and again. */
        do
            status = trial_run(&trial, "a.localhost", "/");
        while (status == STATUS_BUSY);
        ck_assert_int_eq(status, STATUS_LIMIT);
    }
    atomic_store(&asker.is_over, true);
    pthread_join(asker.thread, NULL);
    ck_assert_uint_gt(asker.answers, 3);
    trial_clear(&trial);
}
END_TEST

START_TEST(lines_go_to_the_log_file_in_the_crawl_directory)
{
    struct trial trial;
    trial_init(&trial, answer_by_table, (void *)small_site, "[log]\nlog_file = run.log\n");
    ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_OK);
    char *path = xasprintf("%s/run.log", trial.directory);
    ck_assert_int_eq(access(path, F_OK), 0);
    free(path);
    log_open(NULL);
    trial_clear(&trial);
}
END_TEST

/* ---- How it ends */

START_TEST(seeds_that_cannot_be_reached_are_the_exit_status)
{
    static const struct {
        const char *seeds[2];
        enum status status;
    } rows[] = {
        { { "http://10.0.0.1/" }, STATUS_UNREACHABLE },
        { { "http://name.onion/" }, STATUS_UNREACHABLE },
        { { "http://10.0.0.1/", "http://name.onion/" }, STATUS_UNREACHABLE },
        { { "http://10.0.0.1/", "http://a.localhost/" }, STATUS_OK },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct trial trial;
        trial_init(&trial, answer_by_table, (void *)small_site, "[crawl]\nwait_max = 0\n");
        char *reachable = trial_url(&trial, "a.localhost", "/b");
        const char *seeds[2] = { rows[i].seeds[0], rows[i].seeds[1] };
        if (seeds[1] && strstr(seeds[1], "localhost"))
            seeds[1] = reachable;
        struct run_request request = { .seeds = seeds, .seed_count = seeds[1] ? 2 : 1 };
        ck_assert_msg(trial_request(&trial, &request) == rows[i].status, "row %zu", i);
        free(reachable);
        trial_clear(&trial);
    }
}
END_TEST

START_TEST(too_many_failures_are_the_exit_status)
{
    struct trial trial;
    static const struct page_of_site site[] = {
        { NULL, "/", 200, HTML, "<a href=a>a</a><a href=b>b</a><a href=c>c</a>" },
        { NULL, "/a", 500, "", "" },
        { NULL, "/b", 500, "", "" },
        { NULL, "/c", 200, HTML, "fine" },
        { 0 },
    };
    trial_init(&trial, answer_by_table, (void *)site,
               "[crawl]\nfailures_max = 30\nwait_max = 0\n[politeness]\nretry = 1h\n");
    ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_FAILURES);
    ck_assert_uint_eq(trial.report.failures, 2);
    ck_assert_uint_eq(trial.report.fetches, 5);
    trial_clear(&trial);
}
END_TEST

START_TEST(a_run_stops_at_its_other_limits)
{
    static const struct {
        const char *lines;
        enum stop stop;
    } rows[] = {
        { "[crawl]\nmax_total_bytes = 5Ki\n", STOP_BYTES },
        { "[crawl]\nmax_time = 300ms\n", STOP_TIME },
        { "max_store = 1M\n", STOP_STORE },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct trial trial;
        trial_init(&trial, answer_without_end, NULL, rows[i].lines);
        ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_LIMIT);
        ck_assert_int_eq(trial.report.stop, rows[i].stop);
        trial_clear(&trial);
    }
}
END_TEST

START_TEST(a_bad_seed_or_a_held_crawl_begins_nothing)
{
    struct trial trial;
    struct lock *lock;
    const char *seeds[] = { "http://a.localhost/", "no seed" };
    struct run_request request = { .seeds = seeds, .seed_count = 2 };
    trial_init(&trial, answer_by_table, (void *)small_site, "");
    ck_assert_int_eq(trial_request(&trial, &request), STATUS_DATA);
    ck_assert_int_eq(trial.report.stop, STOP_NOT);
    ck_assert_int_eq(session_take_over(&lock, trial.directory), STATUS_OK);
    ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_BUSY);
    lock_release(lock);
    ck_assert_uint_eq(web_requests(trial.web), 0);
    /* Neither counts as a run that died. */
    ck_assert_uint_eq(trial_counter(&trial, COUNTER_LAST_RUN_MS), 0);
    trial_clear(&trial);
}
END_TEST

START_TEST(a_run_that_cannot_begin_leaves_no_sign_of_a_crash)
{
    struct trial trial;
    trial_init(&trial, answer_by_table, (void *)small_site, "[scope]\nexclude = (\n");
    ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_CONFIG);
    ck_assert_uint_eq(trial_counter(&trial, COUNTER_RUN_IS_CLEAN), 1);
    trial_clear(&trial);
}
END_TEST

/* ---- Many hosts, many threads */

enum { RING_HOSTS = 24, RING_PAGES = 12 };

/* Host hN.localhost has pages /0 to /11, each with links to the next page, to all hosts and to some
 * that are not there. Every fifth host asks for a pause of an hour instead; every seventh has a
 * robots.txt that forbids /5; every eleventh is behind a redirect. */
static void answer_ring(struct web *web, const struct web_request *request,
                        struct web_answer *answer)
{
    unsigned host = (unsigned)strtoul(request->host + 1, NULL, 10);
    unsigned page = (unsigned)strtoul(request->path + 1, NULL, 10);
    if (strcmp(request->path, "/robots.txt") == 0) {
        say(answer, host % 7 == 6 ? 200 : 404, "", "User-agent: *\nDisallow: /5\n");
        return;
    }
    if (host % 5 == 4) {
        say(answer, 503, "Retry-After: 3600\r\n", "");
        return;
    }
    if (host % 11 == 10 && page == 0) {
        say(answer, 302, "Location: /1\r\n", "");
        return;
    }
    say(answer, page < RING_PAGES ? 200 : 404, HTML, "");
    buf_printf(&answer->body, "host %u page %u <a href=/%u>next</a> <a href=/%u>none</a>", host,
               page, (page + 1) % RING_PAGES, RING_PAGES + page);
    for (unsigned i = 0; i < RING_HOSTS; i++)
        buf_printf(&answer->body, "<a href=http://h%u.localhost:%u/0>h</a>", i,
                   (unsigned)web->port);
}

START_TEST(many_hosts_are_crawled_by_many_threads_each_page_once)
{
    struct trial trial;
    trial_init(&trial, answer_ring, NULL,
               "[crawl]\nwait_max = 2s\n[scope]\ninclude = ^http://h[0-9]+\\.localhost:\n"
               "[politeness]\nconnections = 3\nretry = 1h\n"
               "[engine]\nfetch_threads = 3\nparse_threads = 3\ntransfers = 12\n");
    ck_assert_int_eq(trial_run(&trial, "h0.localhost", "/0"), STATUS_OK);
    ck_assert_int_eq(trial.report.stop, STOP_DONE);
    unsigned pages = 0;
    for (unsigned host = 0; host < RING_HOSTS; host++) {
        char name[32];
        snprintf(name, sizeof(name), "h%u.localhost", host);
        ck_assert_msg(web_count(trial.web, name, "/robots.txt") == 1, "robots.txt of %s", name);
        for (unsigned page = 0; page < 2 * RING_PAGES; page++) {
            char path[16];
            snprintf(path, sizeof(path), "/%u", page);
            size_t wanted = 1;
            if (host % 5 == 4)
                wanted = page == 0;
            else if (host % 7 == 6 && page >= 5)
                /* Behind page 5 there is nothing, as it alone leads on. */
                wanted = page >= RING_PAGES && page < RING_PAGES + 5;
            else if (host % 11 == 10 && page == RING_PAGES)
                wanted = 0; /* It stood on page 0. */
            ck_assert_msg(web_count(trial.web, name, path) == wanted, "%s%s: %zu times", name, path,
                          web_count(trial.web, name, path));
            pages +=
                page < RING_PAGES && wanted && host % 5 != 4 && !(host % 11 == 10 && page == 0);
        }
    }
    ck_assert_uint_eq(trial.report.pages, pages);
    ck_assert_uint_eq(trial_counter(&trial, COUNTER_PAGES_LIVE), pages);
    trial_clear(&trial);
}
END_TEST

START_TEST(a_host_keeps_to_its_own_max_pages_and_the_run_ends)
{
    struct trial trial;
    trial_init(&trial, answer_without_end, NULL,
               "[host \"a.localhost\"]\nmax_pages = 3\nconnections = 2\n");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_OK);
        ck_assert_int_eq(trial.report.stop, STOP_DONE);
        ck_assert_uint_eq(trial_counter(&trial, COUNTER_PAGES_LIVE), 3);
        ck_assert_uint_gt(trial.report.urls_queued, 0);
    }
    trial_clear(&trial);
}
END_TEST

START_TEST(a_host_waits_for_its_hours_and_for_an_edited_file)
{
    struct trial trial;
    struct host_record host;
    struct tables tables;
    char *hours = trial_hours(120);
    char *lines = xasprintf("[host \"a.localhost\"]\nhours = %s\n", hours);
    trial_init(&trial, answer_by_table, (void *)small_site, lines);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(trial_run(&trial, i ? NULL : "a.localhost", "/"), STATUS_OK);
        ck_assert_int_eq(trial.report.stop, STOP_DONE);
        ck_assert_int_gt(trial.report.next_due_ms, clock_wall_ms() + 100 * 60 * 1000);
        ck_assert_uint_eq(web_requests(trial.web), 0);
    }
    ck_assert_int_eq(tables_open(&tables, trial.directory, trial.config, false), STATUS_OK);
    ck_assert_int_eq(frontier_host(tables.frontier, BYTES("a.localhost"), &host), STATUS_OK);
    ck_assert_int_eq(host.hold.reason, OUTCOME_HELD_HOURS);
    tables_close(&tables);
    trial_configure(&trial, "");
    ck_assert_int_eq(trial_run(&trial, NULL, NULL), STATUS_OK);
    ck_assert_uint_eq(trial.report.pages, 3);
    trial_clear(&trial);
    free(lines);
    free(hours);
}
END_TEST

START_TEST(a_full_disk_pauses_fetching_and_ends_the_run)
{
    /* Four checkpoints of that size fit nowhere. */
    static const char *const options[] = { "checkpoint=900G", "min_free=1", "wait_max=1s" };
    const struct config_overrides overrides = { options, 3 };
    struct trial trial;
    char *error;
    trial_init(&trial, answer_by_table, (void *)small_site, "");
    config_free(trial.config);
    ck_assert_int_eq(config_load(&trial.config, trial.directory, NULL, &overrides, &error),
                     STATUS_OK);
    ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_NO_SPACE);
    ck_assert_int_eq(trial.report.stop, STOP_SPACE);
    ck_assert_uint_eq(web_requests(trial.web), 0);
    trial_clear(&trial);
}
END_TEST

SUITE_MAIN("run", a_site_is_crawled_once_and_then_nothing_is_due,
           a_run_of_all_asks_for_every_page_conditionally_and_its_links_stay, max_pages_is_exact,
           a_signal_ends_the_run_though_a_server_is_silent_and_the_next_run_goes_on,
           a_host_sleeps_only_when_all_that_came_of_it_is_committed,
           a_seed_that_is_given_to_a_run_is_crawled_with_its_links,
           questions_are_answered_before_while_and_after_it_runs,
           lines_go_to_the_log_file_in_the_crawl_directory,
           seeds_that_cannot_be_reached_are_the_exit_status, too_many_failures_are_the_exit_status,
           a_run_stops_at_its_other_limits, a_bad_seed_or_a_held_crawl_begins_nothing,
           a_run_that_cannot_begin_leaves_no_sign_of_a_crash,
           many_hosts_are_crawled_by_many_threads_each_page_once,
           a_host_keeps_to_its_own_max_pages_and_the_run_ends,
           a_host_waits_for_its_hours_and_for_an_edited_file,
           a_full_disk_pauses_fetching_and_ends_the_run)
