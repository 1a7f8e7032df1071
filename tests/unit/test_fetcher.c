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
    struct message *come; /* What was taken from the writer's channel and not looked at yet. */
};

static void rig_init(struct rig *rig, web_answerer *answerer, void *owner, const char *lines)
{
    struct crawl *crawl = &rig->crawl;
    char *error;
    static const struct scope_options scope = { .span = SCOPE_SPAN_ANY, .max_depth = 100 };
    *rig = (struct rig){ 0 };
    trial_init(&rig->trial, answerer, owner, lines);
    transfers_global_init();
    crawl->config = rig->trial.config;
    crawl->settings = config_settings(crawl->config);
    crawl->product_token = BYTES("Trial");
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
    rig->fetcher = fetcher_start(crawl, 0);
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
    case TO_WRITER_WANT:
    case TO_WRITER_ENDED:
    case TO_WRITER_QUESTION:
    case TO_WRITER_RULES:
        break;
    }
    free(message);
}

/* The next message of this kind; others before it are let go. */
static void *take_kind(struct rig *rig, enum to_writer kind)
{
    for (;;) {
        struct message *message = take(rig);
        if (message->kind == (int)kind)
            return message;
        let_go(rig, message);
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

static void send_tasks(struct rig *rig, const char *host, struct task *tasks,
                       const struct pace *pace)
{
    struct work *work = xcalloc(1, sizeof(*work));
    work->message.kind = TO_FETCHER_WORK;
    work->host = 1;
    work->name = xstrdup(host);
    work->pace = pace ? *pace : PACE_NEW;
    work->tasks = tasks;
    buf_init(&work->origins, BUF_UNBOUNDED);
    fetcher_send(rig->fetcher, &work->message);
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
    ck_assert(!leave->is_over_budget);
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
    pace.crawl_delay_ms = HOUR_MS;
    send_tasks(&rig, "a.localhost", task_for(&rig, "a.localhost", "/x"), &pace);
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_int_eq(leave->pace.rest_until_ms, rig.crawl.started_ms + HOUR_MS);
    let_go(&rig, &leave->message);
    rig_clear(&rig);
}
END_TEST

/* ---- Names */

/* The resolver knows names without the root's dot. */
START_TEST(a_host_whose_name_ends_with_a_dot_is_resolved)
{
    struct rig rig;
    struct name_server *server = name_server_start();
    char *lines = xasprintf("[network]\ndns_servers = 127.0.0.1:%u\n", (unsigned)server->port);
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

SUITE_MAIN("fetcher", a_task_becomes_a_visit_with_what_was_received,
           a_host_that_must_rest_for_long_leaves_with_its_tasks,
           a_host_that_may_not_be_asked_for_long_leaves_as_it_wakes,
           a_host_whose_name_ends_with_a_dot_is_resolved,
           what_was_sent_to_a_thread_that_ended_can_be_taken_back,
           tasks_of_transfers_that_were_aborted_come_back)
