/* SPDX-License-Identifier: MIT
 *
 * visited_crawl - the tables of a crawl in a directory of a test's own, and visits committed to
 * them one by one, as the writer would.
 */
#ifndef TESTS_UNIT_VISITED_CRAWL_H
#define TESTS_UNIT_VISITED_CRAWL_H

#include <check.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/control/answers.h"
#include "crawler/engine/caching.h"
#include "crawler/engine/commit.h"
#include "store_directory.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)
/* Some day in 2025. */
#define START INT64_C(1750000000000)

struct visited {
    char *directory;
    struct config *config;
    struct tables tables;
    struct scope *scope;
    int64_t now_ms;
    bool is_scope_wider; /* Of the last visit. */
    uint64_t failures;
    uint64_t last_change; /* Looked at so far. */
};

static inline void visited_end(struct visited *visited, struct txn *txn)
{
    frontier_flush(visited->tables.frontier, txn, visited->now_ms);
    counters_save(&visited->tables.counters, txn, visited->tables.database);
    database_commit(txn);
    frontier_committed(visited->tables.frontier);
}

/* Its host is awake from now on. */
static inline void visited_seed(struct visited *visited, const char *seed)
{
    struct url url;
    struct host_record host;
    char *error = NULL;
    struct txn *txn = database_begin(visited->tables.database);
    ck_assert(url_split(&url, bytes_from_string(seed)));
    frontier_add_seed(visited->tables.frontier, txn, &url, visited->now_ms);
    visited_end(visited, txn);
    ck_assert(frontier_next_host(visited->tables.frontier, visited->now_ms, &host));
    scope_free(visited->scope);
    visited->scope = tables_scope(&visited->tables, visited->config, &error);
    ck_assert_ptr_nonnull(visited->scope);
}

static inline void visited_init(struct visited *visited, const char *seed)
{
    static const char *const options[] = { "db_cache=1Mi", "tries=3", "retry=1m", "revisit=7d",
                                           "user_agent=Trial/1.0 (+https://example.org/bot)" };
    static const struct config_overrides overrides = { options, 5 };
    char *error = NULL;
    *visited = (struct visited){ .directory = directory_new(), .now_ms = START };
    ck_assert_int_eq(config_load(&visited->config, NULL, NULL, &overrides, &error), STATUS_OK);
    ck_assert_int_eq(tables_open(&visited->tables, visited->directory, visited->config, false),
                     STATUS_OK);
    visited_seed(visited, seed);
}

static inline void visited_clear(struct visited *visited)
{
    scope_free(visited->scope);
    tables_close(&visited->tables);
    config_free(visited->config);
    directory_remove(visited->directory);
}

/* ---- Visits */

/* What the fetch thread and the parser would have made of one. */
struct come {
    enum outcome outcome;
    uint16_t status;
    const char *content; /* Of a page. */
    bool is_noindex;
    int64_t unavailable_after_ms;
    const char *headers; /* NULL: none. */
    const char *reason;  /* NULL: none. The target of a redirect. */
    uint16_t depth;
    uint64_t referrer;
    int64_t due_least_ms;
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

static inline void visited_fill_page(struct visit *visit, const struct come *come)
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
    visit->unavailable_after_ms = come->unavailable_after_ms;
}

static inline void visited_commit(struct visited *visited, struct visit *visit)
{
    struct commit commit;
    struct txn *txn = database_begin(visited->tables.database);
    commit_begin(&commit, &visited->tables, visited->config, visited->scope, txn, visited->now_ms);
    commit_visit(&commit, visit);
    visited_end(visited, txn);
    visited->is_scope_wider = commit.is_scope_wider;
    visited->failures += commit.failures;
    commit_clear(&commit);
}

/* The URL's host was seeded, or stands in for that of example.org. */
static inline void visited_visit_with(struct visited *visited, const char *text,
                                      const struct come *come, const struct found_url *found,
                                      size_t found_count)
{
    struct url url;
    struct host_record host;
    ck_assert(url_split(&url, bytes_from_string(text)));
    if (frontier_host(visited->tables.frontier, url_host(&url), &host) != STATUS_OK)
        ck_assert_int_eq(frontier_host(visited->tables.frontier, BYTES("example.org"), &host),
                         STATUS_OK);
    struct task like = { .host = host.id,
                         .url = bytes_from_string(text),
                         .depth = come->depth,
                         .found = FOUND_LINK,
                         .referrer = come->referrer };
    struct url_record record;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    if (frontier_lookup(visited->tables.frontier, NULL, &url, &record, &scratch) == STATUS_OK) {
        like.document = record.document;
        like.fresh_until_ms = record.fresh_until_ms;
        like.etag = record.etag;
        like.last_modified = record.last_modified;
        like.cached = record.cached;
    }
    struct visit *visit = visit_new(task_new(&like), host.id);
    buf_clear(&scratch);
    visit->outcome = come->outcome;
    visit->status = come->status;
    visit->is_contact = come->status > 0;
    visit->pace = PACE_NEW;
    visit->fetched_at_ms = visited->now_ms;
    visit->due_least_ms = come->due_least_ms;
    visit->found = (struct found_url *)found;
    visit->found_count = found_count;
    if (come->reason)
        visit->reason = arena_copy(&visit->arena, bytes_from_string(come->reason));
    buf_init(&visit->result.headers, BUF_UNBOUNDED);
    if (come->headers)
        buf_append_string(&visit->result.headers, come->headers);
    visit->asked_at_ms = visited->now_ms;
    if (come->outcome == OUTCOME_PAGE || come->outcome == OUTCOME_TRUNCATED)
        visited_fill_page(visit, come);
    if (come->outcome == OUTCOME_PAGE || come->outcome == OUTCOME_TRUNCATED ||
        come->outcome == OUTCOME_NOT_MODIFIED)
        caching_take(visit, config_host_settings(visited->config, url_host(&url)));
    visited_commit(visited, visit);
    visit_free(visit);
}

static inline void visited_visit(struct visited *visited, const char *url, const struct come *come)
{
    visited_visit_with(visited, url, come, NULL, 0);
}

static inline void visited_page(struct visited *visited, const char *url, const char *content)
{
    struct come come = PAGE(content);
    visited_visit(visited, url, &come);
}

static inline struct url_record visited_record(struct visited *visited, const char *text,
                                               struct buf *scratch)
{
    struct url url;
    struct url_record record;
    ck_assert(url_split(&url, bytes_from_string(text)));
    ck_assert_int_eq(frontier_lookup(visited->tables.frontier, NULL, &url, &record, scratch),
                     STATUS_OK);
    return record;
}

#endif
