/* SPDX-License-Identifier: MIT
 *
 * fetcher_rig - one fetch thread, with a test in the writer's place: it sends work and sees what
 * comes back.
 */
#ifndef TESTS_UNIT_FETCHER_RIG_H
#define TESTS_UNIT_FETCHER_RIG_H

#include <check.h>

#include "crawl_trial.h"
#include "crawler/engine/cookie_mail.h"
#include "crawler/engine/fetcher.h"
#include "crawler/engine/hosts.h"
#include "crawler/engine/messages.h"
#include "name_server.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

struct rig {
    struct trial trial; /* Its directory, configuration and web server. */
    struct tables tables;
    struct crawl crawl;
    struct fetcher *fetcher;
    struct pace pace_of_errands; /* Of hosts that they wake. */
    bool is_driven;              /* The test takes the thread's turns. */
    struct message *come; /* What was taken from the writer's channel and not looked at yet. */
};

/* A fetch thread whose turns are the test's (fetcher_turn). */
static inline void rig_init_driven(struct rig *rig, web_answerer *answerer, void *owner,
                                   const char *lines)
{
    struct crawl *crawl = &rig->crawl;
    char *error;
    static const struct scope_options scope = { .span = SCOPE_SPAN_ANY, .max_depth = 100 };
    *rig = (struct rig){ .pace_of_errands = PACE_NEW, .is_driven = true };
    trial_init(&rig->trial, answerer, owner, lines);
    transfers_global_init();
    crawl_init(crawl, rig->trial.config);
    const struct text_list *allowed = &crawl->settings->allow_address;
    crawl->address_rules = address_rules_new(allowed->items, allowed->count, &error);
    shared_scope_init(&crawl->scope, scope_new(&scope, NULL, 0, NULL, 0, &error));
    ck_assert_int_eq(tables_open(&rig->tables, rig->trial.directory, crawl->config, false),
                     STATUS_OK);
    crawl->frontier = rig->tables.frontier;
    crawl->visits_most = 100;
    crawl->drain_ms = 1;
    crawl->fetcher_count = 1;
    crawl->fetchers = &rig->fetcher;
    rig->fetcher = fetcher_new(crawl, 0);
}

static inline void rig_init(struct rig *rig, web_answerer *answerer, void *owner, const char *lines)
{
    rig_init_driven(rig, answerer, owner, lines);
    rig->is_driven = false;
    fetcher_start(rig->fetcher);
}

static inline struct message *take(struct rig *rig)
{
    if (!rig->come)
        rig->come = channel_take_all(&rig->crawl.to_writer, -1);
    struct message *message = rig->come;
    rig->come = message->next;
    return message;
}

/* Frees a message that is not looked at further. */
static inline void let_go(struct rig *rig, struct message *message)
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
    case TO_WRITER_COOKIES: {
        char *site;
        struct buf record;
        cookie_mail_take((struct cookie_letter *)message, &site, &record);
        buf_clear(&record);
        free(site);
        return;
    }
    case TO_WRITER_WANT:
    case TO_WRITER_ENDED:
    case TO_WRITER_QUESTION:
    case TO_WRITER_CONFIG:
        break;
    }
    free(message);
}

/* As the writer does: the host of the errand, which is host 2, wakes. */
static inline void send_errand_on(struct rig *rig, struct errand *errand)
{
    errand->message.kind = TO_FETCHER_ERRAND;
    errand->host = 2;
    errand->pace = rig->pace_of_errands;
    fetcher_send(rig->fetcher, &errand->message);
}

/* The next message of this kind; errands before it go on, others are let go. */
static inline void *take_kind(struct rig *rig, enum to_writer kind)
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
static inline struct visit *take_concluded(struct rig *rig)
{
    for (;;) {
        struct visit *visit = take_kind(rig, TO_WRITER_VISIT);
        if (visit->task)
            return visit;
        let_go(rig, &visit->message);
    }
}

static inline struct visit *take_robots(struct rig *rig)
{
    struct visit *visit = take_kind(rig, TO_WRITER_VISIT);
    ck_assert_ptr_null(visit->task);
    return visit;
}

static inline struct visit *take_page(struct rig *rig)
{
    return (struct visit *)channel_take(&rig->crawl.to_readers);
}

static inline void stop(struct rig *rig)
{
    crawl_stop(&rig->crawl, STOP_DONE);
    while (rig->is_driven && fetcher_turn(rig->fetcher))
        continue;
    let_go(rig, take_kind(rig, TO_WRITER_ENDED));
}

static inline void rig_clear(struct rig *rig)
{
    struct crawl *crawl = &rig->crawl;
    if (!crawl_is_stopping(crawl))
        stop(rig);
    if (!rig->is_driven)
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
    crawl_clear(crawl);
    tables_close(&rig->tables);
    transfers_global_clear();
    trial_clear(&rig->trial);
}

/* A task for this host and path. */
static inline struct task *task_for(struct rig *rig, const char *host, const char *path)
{
    char *url = trial_url(&rig->trial, host, path);
    struct task like = { .host = 1, .url = bytes_from_string(url) };
    struct task *task = task_new(&like);
    free(url);
    return task;
}

static inline struct work *work_of(const char *host, struct task *tasks, const struct pace *pace)
{
    struct work *work = xcalloc(1, sizeof(*work));
    work->message.kind = TO_FETCHER_WORK;
    work->host = 1;
    work->name = xstrdup(host);
    work->pace = pace ? *pace : PACE_NEW;
    work->tasks = tasks;
    buf_init(&work->origins, BUF_UNBOUNDED);
    buf_init(&work->cookies, BUF_UNBOUNDED);
    work->has_cookies = true;
    return work;
}

/* The store has no robots.txt of any origin. */
static inline void tell_nothing(struct work *work)
{
    for (const struct task *task = work->tasks; task; task = task->next) {
        struct url url;
        ck_assert(url_split(&url, task->url));
        pack_bytes(&work->origins, url_origin(&url));
        pack_bytes(&work->origins, (struct bytes){ 0 });
    }
}

static inline void send_tasks(struct rig *rig, const char *host, struct task *tasks,
                              const struct pace *pace)
{
    struct work *work = work_of(host, tasks, pace);
    tell_nothing(work);
    fetcher_send(rig->fetcher, &work->message);
}

/* As a task for a page that is stored. */
static inline struct task *revisit_for(struct rig *rig, const char *host, const char *path)
{
    struct task *task = task_for(rig, host, path);
    task->document = 5;
    task->is_revisit = true;
    return task;
}

/* Work for a host whose robots.txt is in the store, as it was then. */
static inline void send_known_since(struct rig *rig, const char *host, const struct pace *pace,
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

static inline void send_known(struct rig *rig, const char *host, const struct pace *pace,
                              const char *robots)
{
    send_known_since(rig, host, pace, robots, rig->crawl.started_ms);
}

/* Work for host 1: these paths, up to NULL. */
static inline void send_work(struct rig *rig, const char *host, const char *const *paths)
{
    struct task *tasks = NULL;
    struct task **last = &tasks;
    for (; *paths; paths++) {
        *last = task_for(rig, host, *paths);
        last = &(*last)->next;
    }
    send_tasks(rig, host, tasks, NULL);
}

static inline void send_forget(struct rig *rig)
{
    struct forget *forget = xcalloc(1, sizeof(*forget));
    forget->message.kind = TO_FETCHER_FORGET;
    forget->host = 1;
    fetcher_send(rig->fetcher, &forget->message);
}

static inline size_t count_tasks(const struct task *task)
{
    size_t count = 0;
    for (; task; task = task->next)
        count++;
    return count;
}

/* ---- Answers */

static inline void answer(struct web_answer *answer, int status, const char *headers,
                          const char *body)
{
    answer->status = status;
    buf_append_string(&answer->headers, headers);
    buf_append_string(&answer->body, body);
}

/* robots.txt as the owner says, pages by their names. */
static inline void answer_pages(struct web *web, const struct web_request *request,
                                struct web_answer *to)
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

#endif
