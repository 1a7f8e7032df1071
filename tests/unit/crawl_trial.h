/* SPDX-License-Identifier: MIT
 *
 * crawl_trial - a crawl directory, a web server and runs of the one against the other, in a test's
 * own process.
 */
#ifndef TESTS_UNIT_CRAWL_TRIAL_H
#define TESTS_UNIT_CRAWL_TRIAL_H

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "config/config.h"
#include "crawler/control/tables.h"
#include "crawler/engine/run.h"
#include "store_directory.h"
#include "web_server.h"

struct trial {
    char *directory;
    struct web *web;
    struct config *config;
    struct run_report report;
};

/* No politeness: one process asks itself. Lines of the test's own come behind and win. */
static inline void trial_configure(struct trial *trial, const char *lines)
{
    char *path = xasprintf("%s/forage.conf", trial->directory);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file,
            "[crawl]\nuser_agent = Trial/1.0 (+https://example.org/bot)\n"
            "contact = bot@example.org\n"
            "[politeness]\ndelay = 0\nip_delay = 0\n"
            "[network]\nallow_address = 127.0.0.0/8, ::1\n"
            "[store]\ndb_cache = 4Mi\nmin_free = 0\n%s",
            lines);
    ck_assert_int_eq(fclose(file), 0);
    free(path);
    char *error = NULL;
    config_free(trial->config);
    trial->config = NULL;
    enum status status = config_load(&trial->config, trial->directory, NULL, NULL, &error);
    ck_assert_msg(status == STATUS_OK, "%s", error ? error : "");
    free(error);
}

static inline void trial_init(struct trial *trial, web_answerer *answerer, void *owner,
                              const char *lines)
{
    *trial = (struct trial){ .directory = directory_new() };
    trial->web = web_start(answerer, owner);
    trial_configure(trial, lines);
}

static inline void trial_clear(struct trial *trial)
{
    web_stop(trial->web);
    config_free(trial->config);
    directory_remove(trial->directory);
}

/* Hours that begin so many minutes after now, and last one hour: "HH:MM-HH:MM UTC". The caller
 * frees. */
static inline char *trial_hours(int minutes)
{
    struct tm from, to;
    time_t start = (time_t)(clock_wall_ms() / 1000) + minutes * 60;
    time_t end = start + 3600;
    gmtime_r(&start, &from);
    gmtime_r(&end, &to);
    return xasprintf("%02d:%02d-%02d:%02d UTC", from.tm_hour, from.tm_min, to.tm_hour, to.tm_min);
}

/* "http://a.localhost:PORT/path"; the caller frees. */
static inline char *trial_url(const struct trial *trial, const char *host, const char *path)
{
    return xasprintf("http://%s:%u%s", host, (unsigned)trial->web->port, path);
}

static inline enum status trial_request(struct trial *trial, struct run_request *request)
{
    request->directory = trial->directory;
    request->config = trial->config;
    request->is_quiet = true;
    request->drain_ms = 100;
    return run_crawl(request, &trial->report);
}

/* A run with one seed, or none where host is NULL. */
static inline enum status trial_run(struct trial *trial, const char *host, const char *path)
{
    char *seed = host ? trial_url(trial, host, path) : NULL;
    const char *seeds[] = { seed };
    struct run_request request = { .seeds = seeds, .seed_count = host ? 1 : 0 };
    enum status status = trial_request(trial, &request);
    free(seed);
    return status;
}

static inline enum status trial_run_all(struct trial *trial)
{
    struct run_request request = { .is_all = true };
    return trial_request(trial, &request);
}

/* The record of a URL, as the store has it; false where it was never tried. scratch backs its
 * bytes. */
static inline bool trial_record(struct trial *trial, const char *host, const char *path,
                                struct url_record *record, struct buf *scratch)
{
    struct tables tables;
    struct url url;
    char *text = trial_url(trial, host, path);
    buf_init(scratch, BUF_UNBOUNDED);
    ck_assert_int_eq(tables_open(&tables, trial->directory, trial->config, false), STATUS_OK);
    ck_assert(url_split(&url, bytes_from_string(text)));
    bool is_there = frontier_lookup(tables.frontier, NULL, &url, record, scratch) == STATUS_OK;
    tables_close(&tables);
    free(text);
    return is_there;
}

/* Its last outcome; OUTCOME_COUNT where it was never tried. */
static inline enum outcome trial_outcome(struct trial *trial, const char *host, const char *path)
{
    struct url_record record;
    struct buf scratch;
    bool is_there = trial_record(trial, host, path, &record, &scratch);
    buf_clear(&scratch);
    return is_there ? (enum outcome)record.reason : OUTCOME_COUNT;
}

static inline uint64_t trial_counter(struct trial *trial, enum counter counter)
{
    struct tables tables;
    ck_assert_int_eq(tables_open(&tables, trial->directory, trial->config, false), STATUS_OK);
    uint64_t value = tables.counters.values[counter];
    tables_close(&tables);
    return value;
}

#endif
