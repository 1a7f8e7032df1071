/* SPDX-License-Identifier: MIT
 *
 * One fetch thread, with a test in the writer's place: it sends work and sees what comes back.
 */
#include "suite.h"

#include "base/clock.h"
#include "crawl_trial.h"
#include "crawler/engine/fetcher.h"
#include "crawler/engine/hosts.h"
#include "crawler/engine/messages.h"
#include "name_server.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

struct rig {
    struct trial trial; /* Its directory, configuration and web server. */
    struct crawl crawl;
    struct fetcher *fetcher;
    struct pace pace_of_errands; /* Of hosts that they wake. */
    struct message *come; /* What was taken from the writer's channel and not looked at yet. */
};

static void rig_init(struct rig *rig, web_answerer *answerer, void *owner, const char *lines)
{
    struct crawl *crawl = &rig->crawl;
    char *error;
    static const struct scope_options scope = { .span = SCOPE_SPAN_ANY, .max_depth = 100 };
    *rig = (struct rig){ .pace_of_errands = PACE_NEW };
    trial_init(&rig->trial, answerer, owner, lines);
    transfers_global_init();
    crawl->config = rig->trial.config;
    crawl->settings = config_settings(crawl->config);
    crawl->address_rules = address_rules_new(crawl->settings->allow_address.items,
                                             crawl->settings->allow_address.count, &error);
    crawl->addresses = addresses_new();
    shared_scope_init(&crawl->scope, scope_new(&scope, NULL, 0, NULL, 0, &error));
    channel_init(&crawl->to_readers, NULL, NULL);
    channel_init(&crawl->to_writer, NULL, NULL);
    crawl->started_ms = clock_wall_ms();
    crawl->clock_offset_ms = crawl->started_ms - clock_monotonic_ms();
    crawl->visits_most = 100;
    crawl->drain_ms = 1;
    crawl->fetcher_count = 1;
    crawl->fetchers = &rig->fetcher;
    rig->fetcher = fetcher_new(crawl, 0);
    fetcher_start(rig->fetcher);
}

static struct message *take(struct rig *rig)
{
    if (!rig->come)
        rig->come = channel_take_all(&rig->crawl.to_writer, -1);
    struct message *message = rig->come;
    rig->come = message->next;
    return message;
}

/* Frees a message that is not looked at further. */
static void let_go(struct rig *rig, struct message *message)
{
    switch ((enum to_writer)message->kind) {
    case TO_WRITER_VISIT:
        crawl_end_visit(&rig->crawl, (struct visit *)message);
        return;
    case TO_WRITER_LEAVE: {
        tasks_free(((struct leave *)message)->tasks);
        break;
    }
    case TO_WRITER_ORIGIN:
        free(((struct ask_origin *)message)->origin);
        break;
    case TO_WRITER_ERRAND:
        errand_free((struct errand *)message);
        return;
    case TO_WRITER_WANT:
    case TO_WRITER_ENDED:
    case TO_WRITER_QUESTION:
    case TO_WRITER_RULES:
        break;
    }
    free(message);
}

/* As the writer does: the host of the errand, which is host 2, wakes. */
static void send_errand_on(struct rig *rig, struct errand *errand)
{
    errand->message.kind = TO_FETCHER_ERRAND;
    errand->host = 2;
    errand->pace = rig->pace_of_errands;
    fetcher_send(rig->fetcher, &errand->message);
}

/* The next message of this kind; errands before it go on, others are let go. */
static void *take_kind(struct rig *rig, enum to_writer kind)
{
    for (;;) {
        struct message *message = take(rig);
        if (message->kind == (int)kind)
            return message;
        if (message->kind == TO_WRITER_ERRAND)
            send_errand_on(rig, (struct errand *)message);
        else
            let_go(rig, message);
    }
}

/* The next visit of a URL that has no body to be read. */
static struct visit *take_concluded(struct rig *rig)
{
    for (;;) {
        struct visit *visit = take_kind(rig, TO_WRITER_VISIT);
        if (visit->task)
            return visit;
        let_go(rig, &visit->message);
    }
}

static struct visit *take_robots(struct rig *rig)
{
    struct visit *visit = take_kind(rig, TO_WRITER_VISIT);
    ck_assert_ptr_null(visit->task);
    return visit;
}

static struct visit *take_page(struct rig *rig)
{
    return (struct visit *)channel_take(&rig->crawl.to_readers);
}

static void stop(struct rig *rig)
{
    crawl_stop(&rig->crawl, STOP_DONE);
    let_go(rig, take_kind(rig, TO_WRITER_ENDED));
}

static void rig_clear(struct rig *rig)
{
    struct crawl *crawl = &rig->crawl;
    if (!crawl_is_stopping(crawl))
        stop(rig);
    fetcher_join(rig->fetcher);
    fetcher_free(rig->fetcher);
    while (rig->come || (rig->come = channel_take_all(&crawl->to_writer, 0)))
        let_go(rig, take(rig));
    struct message *page;
    channel_close(&crawl->to_readers);
    while ((page = channel_take(&crawl->to_readers)) != NULL)
        crawl_end_visit(crawl, (struct visit *)page);
    ck_assert_uint_eq(atomic_load(&crawl->visits), 0);
    shared_scope_clear(&crawl->scope);
    address_rules_free(crawl->address_rules);
    addresses_free(crawl->addresses);
    channel_clear(&crawl->to_readers);
    channel_clear(&crawl->to_writer);
    transfers_global_clear();
    trial_clear(&rig->trial);
}

/* A task for this host and path. */
static struct task *task_for(struct rig *rig, const char *host, const char *path)
{
    char *url = trial_url(&rig->trial, host, path);
    struct task like = { .host = 1, .url = bytes_from_string(url) };
    struct task *task = task_new(&like);
    free(url);
    return task;
}

static struct work *work_of(const char *host, struct task *tasks, const struct pace *pace)
{
    struct work *work = xcalloc(1, sizeof(*work));
    work->message.kind = TO_FETCHER_WORK;
    work->host = 1;
    work->name = xstrdup(host);
    work->pace = pace ? *pace : PACE_NEW;
    work->tasks = tasks;
    buf_init(&work->origins, BUF_UNBOUNDED);
    return work;
}

/* The store has no robots.txt of any origin. */
static void tell_nothing(struct work *work)
{
    for (const struct task *task = work->tasks; task; task = task->next) {
        struct url url;
        ck_assert(url_split(&url, task->url));
        pack_bytes(&work->origins, url_origin(&url));
        pack_bytes(&work->origins, (struct bytes){ 0 });
    }
}

static void send_tasks(struct rig *rig, const char *host, struct task *tasks,
                       const struct pace *pace)
{
    struct work *work = work_of(host, tasks, pace);
    tell_nothing(work);
    fetcher_send(rig->fetcher, &work->message);
}

/* As a task for a page that is stored. */
static struct task *revisit_for(struct rig *rig, const char *host, const char *path)
{
    struct task *task = task_for(rig, host, path);
    task->document = 5;
    task->is_revisit = true;
    return task;
}

/* Work for a host whose robots.txt is in the store, as it was then. */
static void send_known_since(struct rig *rig, const char *host, const struct pace *pace,
                             const char *robots, int64_t at_ms)
{
    struct work *work = work_of(host, task_for(rig, host, "/x"), pace);
    struct origin_record record = { 0 };
    struct robots_answer answer = { .status = 200,
                                    .body = bytes_from_string(robots),
                                    .max_age_ms = -1 };
    struct buf packed;
    char *origin = trial_url(&rig->trial, host, "");
    robots_record_answer(&record, &answer, at_ms);
    buf_init(&packed, BUF_UNBOUNDED);
    origin_encode(&record, &packed);
    pack_bytes(&work->origins, bytes_from_string(origin));
    pack_bytes(&work->origins, buf_bytes(&packed));
    buf_clear(&packed);
    free(origin);
    fetcher_send(rig->fetcher, &work->message);
}

static void send_known(struct rig *rig, const char *host, const struct pace *pace,
                       const char *robots)
{
    send_known_since(rig, host, pace, robots, rig->crawl.started_ms);
}

/* Work for host 1: these paths, up to NULL. */
static void send_work(struct rig *rig, const char *host, const char *const *paths)
{
    struct task *tasks = NULL;
    struct task **last = &tasks;
    for (; *paths; paths++) {
        *last = task_for(rig, host, *paths);
        last = &(*last)->next;
    }
    send_tasks(rig, host, tasks, NULL);
}

static void send_forget(struct rig *rig)
{
    struct forget *forget = xcalloc(1, sizeof(*forget));
    forget->message.kind = TO_FETCHER_FORGET;
    forget->host = 1;
    fetcher_send(rig->fetcher, &forget->message);
}

static size_t count_tasks(const struct task *task)
{
    size_t count = 0;
    for (; task; task = task->next)
        count++;
    return count;
}

/* ---- Answers */

static void answer(struct web_answer *answer, int status, const char *headers, const char *body)
{
    answer->status = status;
    buf_append_string(&answer->headers, headers);
    buf_append_string(&answer->body, body);
}

/* robots.txt as the owner says, pages by their names. */
static void answer_pages(struct web *web, const struct web_request *request, struct web_answer *to)
{
    if (strcmp(request->path, "/robots.txt") == 0)
        answer(to, web->owner ? 200 : 404, "Content-Type: text/plain\r\n",
               web->owner ? web->owner : "");
    else if (strcmp(request->path, "/busy") == 0)
        answer(to, 503, "Retry-After: 3600\r\n", "");
    else if (strcmp(request->path, "/zip") == 0)
        answer(to, 200, "Content-Type: application/zip\r\n", "PK");
    else if (strcmp(request->path, "/gone") == 0)
        answer(to, 404, "", "");
    else if (strcmp(request->path, "/silent") == 0)
        to->status = 0;
    else
        answer(to, 200, "Content-Type: text/html\r\n", "<p>page");
}

START_TEST(a_task_becomes_a_visit_with_what_was_received)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", NULL });
    struct visit *robots = take_robots(&rig);
    ck_assert(robots->is_contact);
    ck_assert_uint_gt(robots->origin_record.length, 0);
    let_go(&rig, &robots->message);
    struct visit *visit = take_page(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
    ck_assert_uint_eq(visit->status, 200);
    ck_assert(visit->is_contact && !visit->is_conditional);
    ck_assert(bytes_equal(buf_bytes(&visit->result.body), BYTES("<p>page")));
    ck_assert_int_gt(visit->pace.last_contact_ms, 0);
    crawl_end_visit(&rig.crawl, visit);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_host_that_must_rest_for_long_leaves_with_its_tasks)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    send_work(&rig, "a.localhost", (const char *const[]){ "/busy", "/y", "/z", NULL });
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 2);
    ck_assert_int_ge(leave->pace.rest_until_ms, rig.crawl.started_ms + HOUR_MS);
    let_go(&rig, &leave->message);
    /* What the writer sent before it knew comes back at once, too. */
    send_work(&rig, "a.localhost", (const char *const[]){ "/late", NULL });
    leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 1);
    let_go(&rig, &leave->message);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_host_that_may_not_be_asked_for_long_leaves_as_it_wakes)
{
    struct rig rig;
    struct pace pace = PACE_NEW;
    rig_init(&rig, answer_pages, NULL, "");
    pace.last_contact_ms = rig.crawl.started_ms;
    send_known(&rig, "a.localhost", &pace, "User-agent: *\nCrawl-delay: 3600\n");
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_int_eq(leave->pace.rest_until_ms, rig.crawl.started_ms + HOUR_MS);
    ck_assert_int_eq(leave->pace.rest_reason, OUTCOME_NONE);
    struct pace rested = leave->pace;
    let_go(&rig, &leave->message);
    send_forget(&rig);
    /* A day later it no longer counts what was asked for then. */
    rested.last_contact_ms -= 24 * HOUR_MS;
    send_known(&rig, "a.localhost", &rested, "User-agent: *\n");
    crawl_end_visit(&rig.crawl, take_page(&rig));
    rig_clear(&rig);
}
END_TEST

START_TEST(a_crawl_delay_that_robots_txt_no_longer_asks_for_does_not_hold)
{
    struct rig rig;
    struct pace pace = PACE_NEW;
    rig_init(&rig, answer_pages, (void *)"User-agent: *\n", "");
    pace.last_contact_ms = rig.crawl.started_ms - 30 * HOUR_MS;
    pace.crawl_delay_ms = HOUR_MS;
    send_known_since(&rig, "a.localhost", &pace, "User-agent: *\nCrawl-delay: 3600\n",
                     rig.crawl.started_ms - 30 * HOUR_MS);
    struct visit *robots = take_robots(&rig);
    ck_assert_int_eq(robots->pace.crawl_delay_ms, -1);
    let_go(&rig, &robots->message);
    crawl_end_visit(&rig.crawl, take_page(&rig));
    rig_clear(&rig);
}
END_TEST

/* ---- Names */

/* The resolver knows names without the root's dot. */
START_TEST(a_host_whose_name_ends_with_a_dot_is_resolved)
{
    struct rig rig;
    struct name_server *server = name_server_start();
    char *lines = xasprintf("[urls]\ndrop_host_dot = no\n[network]\ndns_servers = 127.0.0.1:%u\n",
                            (unsigned)server->port);
    rig_init(&rig, answer_pages, NULL, lines);
    send_work(&rig, "dot.test.", (const char *const[]){ "/x", NULL });
    struct visit *visit = take_page(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
    crawl_end_visit(&rig.crawl, visit);
    rig_clear(&rig);
    name_server_stop(server);
    free(lines);
}
END_TEST

/* ---- Ending */

START_TEST(what_was_sent_to_a_thread_that_ended_can_be_taken_back)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    stop(&rig);
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/y", NULL });
    send_forget(&rig);
    send_work(&rig, "a.localhost", (const char *const[]){ "/z", NULL });
    struct task *tasks = fetcher_unread_tasks(rig.fetcher);
    ck_assert_uint_eq(count_tasks(tasks), 3);
    tasks_free(tasks);
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/y", NULL });
    send_forget(&rig);
    rig_clear(&rig);
}
END_TEST

START_TEST(tasks_of_transfers_that_were_aborted_come_back)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "[politeness]\nrobots = ignore\n");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/silent", "/y", NULL });
    crawl_end_visit(&rig.crawl, take_page(&rig));
    crawl_stop(&rig.crawl, STOP_DONE);
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 2);
    let_go(&rig, &leave->message);
    let_go(&rig, take_kind(&rig, TO_WRITER_ENDED));
    rig_clear(&rig);
}
END_TEST

START_TEST(a_host_whose_address_is_not_allowed_says_so_for_each_of_its_urls)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    send_work(&rig, "10.0.0.1", (const char *const[]){ "/x", "/y", "/z", NULL });
    for (int i = 0; i < 3; i++) {
        struct visit *visit = take_kind(&rig, TO_WRITER_VISIT);
        ck_assert_ptr_nonnull(visit->task);
        ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ADDRESS);
        ck_assert(bytes_equal(visit->reason, BYTES("private")));
        ck_assert(!visit->is_contact);
        let_go(&rig, &visit->message);
    }
    rig_clear(&rig);
}
END_TEST

START_TEST(a_host_whose_name_is_not_there_keeps_that_and_leaves)
{
    struct rig rig;
    struct name_server *server = name_server_start();
    char *lines = xasprintf("[network]\ndns_servers = 127.0.0.1:%u\n", (unsigned)server->port);
    rig_init(&rig, answer_pages, NULL, lines);
    send_work(&rig, "missing.test", (const char *const[]){ "/x", "/y", NULL });
    struct visit *robots = take_robots(&rig);
    struct origin_record record;
    ck_assert(!robots->is_contact);
    ck_assert(origin_decode(&record, buf_bytes(&robots->origin_record)));
    ck_assert_int_gt(record.unreachable_since_ms, 0);
    let_go(&rig, &robots->message);
    struct visit *visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_FAILED_DNS);
    ck_assert_int_ge(visit->due_least_ms, record.expires_at_ms);
    ck_assert_uint_eq(visit->pace.failures_in_row, 1);
    let_go(&rig, &visit->message);
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 1);
    ck_assert_int_eq(leave->pace.rest_until_ms, record.expires_at_ms);
    ck_assert_int_eq(leave->pace.rest_reason, OUTCOME_FAILED_DNS);
    let_go(&rig, &leave->message);
    ck_assert_uint_eq(atomic_load(&server->questions), 1);
    rig_clear(&rig);
    name_server_stop(server);
    free(lines);
}
END_TEST

START_TEST(several_lanes_wait_for_one_name)
{
    struct rig rig;
    struct name_server *server = name_server_start();
    char *lines = xasprintf("[network]\ndns_servers = 127.0.0.1:%u\n"
                            "[politeness]\nconnections = 3\nrobots = ignore\n",
                            (unsigned)server->port);
    rig_init(&rig, answer_pages, NULL, lines);
    send_work(&rig, "many.test", (const char *const[]){ "/1", "/2", "/3", "/4", NULL });
    for (int i = 0; i < 4; i++) {
        struct visit *visit = take_page(&rig);
        ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
        crawl_end_visit(&rig.crawl, visit);
    }
    ck_assert_uint_eq(atomic_load(&server->questions), 1);
    rig_clear(&rig);
    name_server_stop(server);
    free(lines);
}
END_TEST

/* ---- robots.txt */

START_TEST(several_lanes_wait_for_one_robots_txt)
{
    struct rig rig;
    rig_init(&rig, answer_pages, (void *)"User-agent: *\nDisallow: /no\n",
             "[politeness]\nconnections = 3\n");
    send_work(&rig, "a.localhost", (const char *const[]){ "/1", "/2", "/no", "/3", NULL });
    for (int i = 0; i < 3; i++) {
        struct visit *visit = take_page(&rig);
        ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
        ck_assert_uint_eq(visit->robots_version, 1);
        crawl_end_visit(&rig.crawl, visit);
    }
    struct visit *refused = take_concluded(&rig);
    ck_assert_int_eq(refused->outcome, OUTCOME_REFUSED_ROBOTS);
    ck_assert_uint_eq(refused->robots_version, 1);
    ck_assert(bytes_equal(refused->reason, BYTES("robots.txt line 2: /no")));
    let_go(&rig, &refused->message);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 1);
    rig_clear(&rig);
}
END_TEST

struct robots_row {
    int status;
    const char *headers;
    const char *body;
    enum outcome wanted; /* Of a page. */
    bool is_leaving;
};

static void answer_robots_row(struct web *web, const struct web_request *request,
                              struct web_answer *to)
{
    const struct robots_row *row = web->owner;
    if (strncmp(request->path, "/robots", 7) != 0)
        answer(to, 200, "Content-Type: text/html\r\n", "<p>page");
    else if (row->status == 0)
        to->is_cut = true;
    else
        answer(to, row->status, row->headers, row->body);
}

START_TEST(what_robots_txt_answers_decides_over_pages)
{
    static const struct robots_row rows[] = {
        { 200, "", "User-agent: *\nDisallow: /\n", OUTCOME_REFUSED_ROBOTS, false },
        { 200, "", "", OUTCOME_PAGE, false },
        { 404, "", "User-agent: *\nDisallow: /\n", OUTCOME_PAGE, false },
        { 403, "Content-Encoding: gzip\r\n", "no gzip", OUTCOME_PAGE, false },
        { 500, "", "", OUTCOME_REFUSED_ROBOTS_UNREACHABLE, true },
        /* Redirects without an end. */
        { 302, "Location: /robots2\r\n", "", OUTCOME_PAGE, false },
        { 302, "", "", OUTCOME_REFUSED_ROBOTS_UNREACHABLE, true },
        /* To where we may not go, or to what is not there. */
        { 302, "Location: http://10.0.0.1/robots.txt\r\n", "", OUTCOME_REFUSED_ROBOTS_UNREACHABLE,
          true },
        { 302, "Location: http://name.onion/robots.txt\r\n", "", OUTCOME_REFUSED_ROBOTS_UNREACHABLE,
          true },
        /* What cannot be read is no permission. */
        { 200, "Content-Encoding: gzip\r\n", "no gzip", OUTCOME_FAILED_PROTOCOL, true },
        { 200, "Content-Encoding: rot13\r\n", "Hfre-ntrag: *", OUTCOME_FAILED_PROTOCOL, true },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;
        rig_init(&rig, answer_robots_row, (void *)&rows[i], "");
        send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/y", NULL });
        struct visit *visit =
            rows[i].wanted == OUTCOME_PAGE ? take_page(&rig) : take_concluded(&rig);
        ck_assert_msg(visit->outcome == rows[i].wanted, "row %zu: %s", i,
                      outcome_word(visit->outcome));
        crawl_end_visit(&rig.crawl, visit);
        if (rows[i].is_leaving) {
            struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
            ck_assert_msg(count_tasks(leave->tasks) == 1, "row %zu", i);
            let_go(&rig, &leave->message);
        }
        rig_clear(&rig);
    }
}
END_TEST

/* robots.txt of a.localhost was moved to the owner's Location. */
static void answer_moved(struct web *web, const struct web_request *request, struct web_answer *to)
{
    if (strcmp(request->path, "/robots.txt") != 0)
        answer(to, 200, "Content-Type: text/html\r\n", "<p>page");
    else if (strcmp(request->host, "a.localhost") == 0)
        answer(to, 302, web->owner, "");
    else
        answer(to, 200, "ETag: \"b\"\r\n", "User-agent: *\nDisallow: /no\nCrawl-delay: 0.05\n");
}

/* To b.localhost. */
static char *move_robots(struct rig *rig)
{
    char *location = trial_url(&rig->trial, "b.localhost", "/robots.txt");
    char *header = xasprintf("Location: %s\r\n", location);
    rig->trial.web->owner = header;
    free(location);
    return header;
}

static struct visit *take_errand_visit(struct rig *rig)
{
    for (;;) {
        struct visit *visit = take_robots(rig);
        if (visit->is_errand)
            return visit;
        let_go(rig, &visit->message);
    }
}

START_TEST(a_robots_txt_on_another_host_is_asked_for_in_a_lane_of_that_one)
{
    struct rig rig;
    struct origin_record record;
    rig_init(&rig, answer_moved, NULL, "");
    char *header = move_robots(&rig);
    send_work(&rig, "a.localhost", (const char *const[]){ "/no", "/x", NULL });
    /* That it was asked at all is a contact, which the store must know after a crash. */
    struct visit *visit = take_robots(&rig);
    ck_assert_uint_eq(visit->host, 1);
    ck_assert(visit->is_contact && !visit->is_errand);
    ck_assert_int_gt(visit->pace.last_contact_ms, 0);
    ck_assert_uint_eq(visit->origin.length, 0);
    let_go(&rig, &visit->message);
    visit = take_errand_visit(&rig);
    ck_assert_uint_eq(visit->host, 2);
    ck_assert(visit->is_contact);
    ck_assert_int_gt(visit->pace.last_contact_ms, 0);
    ck_assert_int_eq(visit->pace.crawl_delay_ms, 50);
    ck_assert_uint_eq(visit->origin.length, 0);
    let_go(&rig, &visit->message);
    visit = take_robots(&rig);
    ck_assert_uint_eq(visit->host, 1);
    ck_assert(origin_decode(&record, buf_bytes(&visit->origin_record)));
    ck_assert(bytes_start_with(visit->origin, BYTES("http://a.localhost")));
    ck_assert_uint_eq(record.status, 200);
    /* The validator is b's, and would be sent to a. */
    ck_assert_uint_eq(record.etag.length, 0);
    let_go(&rig, &visit->message);
    visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS);
    let_go(&rig, &visit->message);
    crawl_end_visit(&rig.crawl, take_page(&rig));
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 2);
    rig_clear(&rig);
    free(header);
}
END_TEST

START_TEST(a_host_that_rests_is_not_asked_for_the_robots_txt_of_another)
{
    struct rig rig;
    rig_init(&rig, answer_moved, NULL, "");
    char *header = move_robots(&rig);
    rig.pace_of_errands.rest_until_ms = rig.crawl.started_ms + HOUR_MS;
    rig.pace_of_errands.rest_reason = OUTCOME_FAILED_BUSY;
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", NULL });
    struct visit *visit = take_errand_visit(&rig);
    ck_assert(!visit->is_contact);
    let_go(&rig, &visit->message);
    visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS_UNREACHABLE);
    ck_assert(bytes_equal(visit->reason, BYTES("robots.txt has no answer: b.localhost cannot be "
                                               "asked for it soon")));
    let_go(&rig, &visit->message);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 1);
    rig_clear(&rig);
    free(header);
}
END_TEST

START_TEST(a_gate_that_the_store_knows_is_not_asked_for_again)
{
    struct rig rig;
    rig_init(&rig, answer_pages, (void *)"User-agent: *\nDisallow: /no\n", "");
    send_known(&rig, "a.localhost", NULL, "User-agent: *\nDisallow: /x\n");
    struct visit *visit = take_kind(&rig, TO_WRITER_VISIT);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS);
    let_go(&rig, &visit->message);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 0);
    rig_clear(&rig);
}
END_TEST

START_TEST(an_origin_that_came_without_what_the_store_knows_is_asked_for_there)
{
    struct rig rig;
    rig_init(&rig, answer_pages, (void *)"User-agent: *\nDisallow: /x\n", "");
    struct task *tasks = task_for(&rig, "a.localhost", "/x");
    tasks->next = task_for(&rig, "a.localhost", "/y");
    fetcher_send(rig.fetcher, &work_of("a.localhost", tasks, NULL)->message);
    struct ask_origin *ask = take_kind(&rig, TO_WRITER_ORIGIN);
    ck_assert_uint_eq(ask->host, 1);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 0);
    struct known_origin *known = xcalloc(1, sizeof(*known));
    known->message.kind = TO_FETCHER_KNOWN_ORIGIN;
    known->host = 1;
    buf_init(&known->packed, BUF_UNBOUNDED);
    pack_bytes(&known->packed, bytes_from_string(ask->origin));
    pack_bytes(&known->packed, (struct bytes){ 0 });
    let_go(&rig, &ask->message);
    fetcher_send(rig.fetcher, &known->message);
    /* The store knows nothing of it, so it is asked itself. */
    let_go(&rig, &take_robots(&rig)->message);
    struct visit *visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS);
    let_go(&rig, &visit->message);
    crawl_end_visit(&rig.crawl, take_page(&rig));
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 1);
    rig_clear(&rig);
}
END_TEST

START_TEST(who_has_a_name_of_its_own_for_a_host_goes_by_what_that_may)
{
    struct rig rig;
    char agent[64];
    rig_init(&rig, answer_pages,
             (void *)"User-agent: Trial\nDisallow: /\n\nUser-agent: Other\nDisallow: /no\n",
             "[host \"a.localhost\"]\nuser_agent = Other/2.0 (+https://example.org/bot)\n");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/no", NULL });
    crawl_end_visit(&rig.crawl, take_page(&rig));
    struct visit *visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS);
    let_go(&rig, &visit->message);
    ck_assert(web_field(&rig.trial.web->requests[1], "User-Agent", agent, sizeof(agent)));
    ck_assert_str_eq(agent, "Other/2.0 (+https://example.org/bot)");
    rig_clear(&rig);
}
END_TEST

/* ---- What is not asked for, and what is said of it */

START_TEST(a_fresh_page_is_asked_for_only_by_force)
{
    static const struct {
        bool is_task_forced;
        bool is_run_forced;
        enum outcome wanted;
    } rows[] = {
        { false, false, OUTCOME_FRESH },
        { true, false, OUTCOME_PAGE },
        { false, true, OUTCOME_PAGE },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;
        rig_init(&rig, answer_pages, NULL, "[politeness]\nrobots = ignore\n");
        rig.crawl.is_forced = rows[i].is_run_forced;
        struct task *task = revisit_for(&rig, "a.localhost", "/x");
        task->fresh_until_ms = rig.crawl.started_ms + HOUR_MS;
        task->is_forced = rows[i].is_task_forced;
        send_tasks(&rig, "a.localhost", task, NULL);
        struct visit *visit =
            rows[i].wanted == OUTCOME_PAGE ? take_page(&rig) : take_concluded(&rig);
        ck_assert_int_eq(visit->outcome, rows[i].wanted);
        if (visit->outcome == OUTCOME_FRESH)
            ck_assert_int_eq(visit->due_least_ms, rig.crawl.started_ms + HOUR_MS);
        else
            ck_assert_int_eq(web_has_field(&rig.trial.web->requests[0], "Cache-Control"),
                             rows[i].is_run_forced);
        crawl_end_visit(&rig.crawl, visit);
        rig_clear(&rig);
    }
}
END_TEST

START_TEST(a_type_that_is_not_accepted_is_named)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "[politeness]\nrobots = ignore\n");
    send_work(&rig, "a.localhost", (const char *const[]){ "/zip", NULL });
    struct visit *visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_TYPE);
    ck_assert(bytes_equal(visit->reason, BYTES("application/zip")));
    ck_assert(visit->is_contact);
    let_go(&rig, &visit->message);
    rig_clear(&rig);
}
END_TEST

START_TEST(the_paces_of_a_host_are_numbered_as_they_come)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/busy", "/y", NULL });
    struct visit *page = take_page(&rig);
    struct visit *busy = take_concluded(&rig);
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_gt(page->pace_number, 0);
    ck_assert_uint_gt(busy->pace_number, page->pace_number);
    ck_assert_uint_gt(leave->pace_number, busy->pace_number);
    crawl_end_visit(&rig.crawl, page);
    let_go(&rig, &busy->message);
    let_go(&rig, &leave->message);
    rig_clear(&rig);
}
END_TEST

SUITE_MAIN("fetcher", a_task_becomes_a_visit_with_what_was_received,
           a_host_that_must_rest_for_long_leaves_with_its_tasks,
           a_host_that_may_not_be_asked_for_long_leaves_as_it_wakes,
           a_crawl_delay_that_robots_txt_no_longer_asks_for_does_not_hold,
           a_host_whose_name_ends_with_a_dot_is_resolved,
           what_was_sent_to_a_thread_that_ended_can_be_taken_back,
           tasks_of_transfers_that_were_aborted_come_back,
           a_host_whose_address_is_not_allowed_says_so_for_each_of_its_urls,
           a_host_whose_name_is_not_there_keeps_that_and_leaves, several_lanes_wait_for_one_name,
           several_lanes_wait_for_one_robots_txt, what_robots_txt_answers_decides_over_pages,
           a_robots_txt_on_another_host_is_asked_for_in_a_lane_of_that_one,
           a_host_that_rests_is_not_asked_for_the_robots_txt_of_another,
           a_gate_that_the_store_knows_is_not_asked_for_again,
           an_origin_that_came_without_what_the_store_knows_is_asked_for_there,
           who_has_a_name_of_its_own_for_a_host_goes_by_what_that_may,
           a_fresh_page_is_asked_for_only_by_force, a_type_that_is_not_accepted_is_named,  the_paces_of_a_host_are_numbered_as_they_come)
