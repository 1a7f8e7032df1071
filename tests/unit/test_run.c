/* SPDX-License-Identifier: MIT
 *
 * Whole runs against a web server in this process.
 */
#include "suite.h"

#include "crawl_trial.h"

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
    size_t before = trial.web->request_count;
    ck_assert_int_eq(trial_run_all(&trial), STATUS_OK);
    ck_assert_int_eq(trial.report.stop, STOP_DONE);
    ck_assert_uint_eq(trial.report.not_modified, 2);
    ck_assert_uint_eq(trial.report.pages, 1);
    ck_assert_uint_eq(trial.report.changes, 0);
    ck_assert_uint_eq(web_count(trial.web, NULL, "/robots.txt"), 1);
    ck_assert_uint_eq(trial.web->request_count - before, 4);
    for (size_t i = before; i < trial.web->request_count; i++) {
        const struct web_request *request = &trial.web->requests[i];
        bool has_etag = strcmp(request->path, "/") == 0 || strcmp(request->path, "/a") == 0;
        ck_assert_int_eq(web_has_field(request, "If-None-Match"), has_etag);
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
    const bool *is_stalled = web->owner;
    if (strcmp(request->path, "/") == 0) {
        say(answer, 200, HTML, "<a href=/stall>s</a>");
    } else if (strcmp(request->path, "/stall") == 0 && *is_stalled) {
        answer->status = 0;
        kill(getpid(), SIGTERM);
    } else {
        say(answer, strcmp(request->path, "/stall") == 0 ? 200 : 404, HTML, "done");
    }
}

START_TEST(a_signal_ends_the_run_though_a_server_is_silent_and_the_next_run_goes_on)
{
    struct trial trial;
    bool is_stalled = true;
    trial_init(&trial, answer_with_a_stall, &is_stalled, "[crawl]\nwait_max = 0\n");
    ck_assert_int_eq(trial_run(&trial, "a.localhost", "/"), STATUS_TERMINATED);
    ck_assert_uint_eq(trial.report.pages, 1);
    ck_assert_int_eq(trial_outcome(&trial, "a.localhost", "/stall"), OUTCOME_COUNT);
    is_stalled = false;
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

SUITE_MAIN("run", a_site_is_crawled_once_and_then_nothing_is_due,
           a_run_of_all_asks_for_every_page_conditionally_and_its_links_stay, max_pages_is_exact,
           a_signal_ends_the_run_though_a_server_is_silent_and_the_next_run_goes_on,
           a_host_sleeps_only_when_all_that_came_of_it_is_committed)
