/* SPDX-License-Identifier: MIT
 *
 * frontier_crawl - a frontier over a database of a test's own, and the few steps that its tests are
 * made of.
 *
 * The frontier writes nothing when it is closed, so closing it without a commit is what a crash
 * leaves behind.
 */
#ifndef TESTS_UNIT_FRONTIER_CRAWL_H
#define TESTS_UNIT_FRONTIER_CRAWL_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "frontier/frontier.h"
#include "frontier/pace.h"
#include "frontier/search.h"
#include "store/counters.h"
#include "store/database.h"
#include "store_directory.h"

#define NEVER INT64_MAX

struct crawl {
    char *directory;
    struct database *database;
    struct counters counters;
    struct frontier_options options;
    struct host_budget budget; /* Of each host. */
    uint64_t config;           /* Where it is edited, its number; 0: nobody asks for it. */
    bool use_locks;
    struct frontier *frontier;
    struct txn *txn;
};

static inline struct host_budget crawl_budget(const void *owner, struct bytes host)
{
    const struct crawl *crawl = owner;
    (void)host;
    return crawl->budget;
}

static inline void crawl_open(struct crawl *crawl)
{
    crawl->options.budgets.host = crawl_budget;
    crawl->options.budgets.owner = crawl;
    const struct database_options options = { .cache_bytes = 4 * 1024 * 1024,
                                              .use_locks = crawl->use_locks };
    ck_assert_int_eq(database_open(&crawl->database, crawl->directory, &options), STATUS_OK);
    ck_assert_int_eq(counters_load(&crawl->counters, crawl->database), STATUS_OK);
    ck_assert_int_eq(
        frontier_open(&crawl->frontier, crawl->database, &crawl->counters, &crawl->options),
        STATUS_OK);
    if (crawl->config > 0)
        frontier_set_config(crawl->frontier, &crawl->options.budgets, crawl->config, 0);
}

static inline void crawl_init(struct crawl *crawl)
{
    *crawl = (struct crawl){ .directory = directory_new(),
                             .options = { .arrivals_most = 1000000, .tried_most = 1000000 } };
    crawl_open(crawl);
}

/* The process dies here. */
static inline void crawl_die(struct crawl *crawl)
{
    if (crawl->txn)
        database_abort(crawl->txn);
    crawl->txn = NULL;
    frontier_close(crawl->frontier);
    database_close(crawl->database);
}

static inline void crawl_reopen(struct crawl *crawl)
{
    crawl_die(crawl);
    crawl_open(crawl);
}

static inline void crawl_clear(struct crawl *crawl)
{
    crawl_die(crawl);
    directory_remove(crawl->directory);
}

static inline struct txn *crawl_txn(struct crawl *crawl)
{
    if (!crawl->txn)
        crawl->txn = database_begin(crawl->database);
    return crawl->txn;
}

static inline void crawl_flush(struct crawl *crawl, int64_t now_ms)
{
    frontier_flush(crawl->frontier, crawl_txn(crawl), now_ms);
    counters_save(&crawl->counters, crawl->txn, crawl->database);
    database_commit(crawl->txn);
    crawl->txn = NULL;
}

static inline void crawl_commit(struct crawl *crawl, int64_t now_ms)
{
    crawl_flush(crawl, now_ms);
    frontier_committed(crawl->frontier);
}

static inline struct url url_of(const char *text)
{
    struct url url;
    ck_assert(url_split(&url, bytes_from_string(text)));
    return url;
}

static inline struct found_url found_of(struct crawl *crawl, const char *text)
{
    struct bytes url = bytes_from_string(text);
    return (struct found_url){ .url = url,
                               .fingerprint = frontier_fingerprint(crawl->frontier, url),
                               .referrer = 7,
                               .depth = 1,
                               .found = FOUND_LINK,
                               .url_class = 1 };
}

/* True where it was new. */
static inline bool crawl_add(struct crawl *crawl, const char *text)
{
    struct found_url found = found_of(crawl, text);
    return frontier_add(crawl->frontier, &found, 1) == 1;
}

static inline void crawl_add_class(struct crawl *crawl, const char *text, uint8_t class)
{
    struct found_url found = found_of(crawl, text);
    found.url_class = class;
    ck_assert_uint_eq(frontier_add(crawl->frontier, &found, 1), 1);
}

static inline void crawl_seed(struct crawl *crawl, const char *text, int64_t now_ms)
{
    struct url url = url_of(text);
    frontier_add_seed(crawl->frontier, crawl_txn(crawl), &url, now_ms);
}

/* Does it wait, or is it in flight, and was never tried? */
static inline bool frontier_has_queued(struct frontier *frontier, const char *text,
                                       struct found_url *found)
{
    struct queue_search search = { 0 };
    struct url url = url_of(text);
    struct url_record record;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    bool was_tried = frontier_lookup(frontier, NULL, &url, &record, &scratch) == STATUS_OK;
    buf_clear(&scratch);
    while (frontier_search_queue(frontier, &url, &search, 1000))
        ;
    *found = search.found;
    return !was_tried && search.is_found;
}

/* The next host's id; 0 where there is none. */
static inline uint64_t crawl_wake(struct crawl *crawl, int64_t now_ms)
{
    struct host_record host;
    return frontier_next_host(crawl->frontier, now_ms, &host) ? host.id : 0;
}

static inline void crawl_sleep(struct crawl *crawl, uint64_t host, int64_t now_ms)
{
    frontier_host_sleep(crawl->frontier, crawl_txn(crawl), host, now_ms);
}

/* The URL has an outcome: a live page, due again then. */
static inline void crawl_record(struct crawl *crawl, struct bytes text, int64_t now_ms,
                                int64_t due_ms)
{
    struct url url;
    ck_assert(url_split(&url, text));
    struct url_record previous;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    bool was_tried =
        frontier_lookup(crawl->frontier, crawl_txn(crawl), &url, &previous, &scratch) == STATUS_OK;
    struct url_record record = was_tried ? previous : (struct url_record){ 0 };
    record.state = URL_STATE_LIVE;
    record.reason = OUTCOME_PAGE;
    record.status = 200;
    record.fetches++;
    record.epoch = (uint32_t)crawl->counters.values[COUNTER_EPOCH];
    record.checked_at_ms = now_ms;
    record.due_ms = due_ms;
    frontier_record(crawl->frontier, crawl_txn(crawl), &url, was_tried ? &previous : NULL, &record);
    buf_clear(&scratch);
}

/* Takes the task. */
static inline void crawl_finish(struct crawl *crawl, struct task *task, int64_t now_ms,
                                int64_t due_ms)
{
    crawl_record(crawl, task->url, now_ms, due_ms);
    frontier_done(crawl->frontier, task);
    task_free(task);
}

/* One task, or NULL. */
static inline struct task *crawl_take(struct crawl *crawl, uint64_t host, int64_t now_ms)
{
    return frontier_take(crawl->frontier, host, 1, now_ms);
}

/* Takes one task, which must be this URL. */
static inline struct task *crawl_take_url(struct crawl *crawl, uint64_t host, int64_t now_ms,
                                          const char *wanted)
{
    struct task *task = crawl_take(crawl, host, now_ms);
    ck_assert_msg(task != NULL, "no task where %s was expected", wanted);
    ck_assert_str_eq(task->url.data, wanted);
    return task;
}

static inline uint64_t crawl_rows(struct crawl *crawl, const char *name)
{
    struct table *table;
    ck_assert_int_eq(database_table(crawl->database, name, &table), STATUS_OK);
    return table_count(table);
}

/* Hosts over any budget. */
static inline uint64_t crawl_over_budget(const struct crawl *crawl)
{
    const uint64_t *values = crawl->counters.values;
    return values[COUNTER_OVER_PAGES] + values[COUNTER_OVER_SITE_PAGES] +
           values[COUNTER_OVER_SITE_HOSTS];
}

static inline void crawl_keep_house(struct crawl *crawl, int64_t now_ms)
{
    struct txn *txn = database_begin(crawl->database);
    frontier_housekeeping(crawl->frontier, txn, now_ms);
    database_commit(txn);
}

/* What was tried goes to its tables. */
static inline void crawl_settle(struct crawl *crawl, int64_t now_ms)
{
    for (int i = 0; !frontier_is_settled(crawl->frontier); i++) {
        ck_assert_int_lt(i, 1000);
        struct txn *txn = database_begin(crawl->database);
        frontier_settle(crawl->frontier, txn, now_ms);
        database_commit(txn);
    }
}

/* All of it. */
static inline void crawl_distribute(struct crawl *crawl, int64_t now_ms)
{
    for (int i = 0; frontier_has_housekeeping(crawl->frontier); i++) {
        ck_assert_int_lt(i, 1000);
        crawl_keep_house(crawl, now_ms);
    }
}

#endif
