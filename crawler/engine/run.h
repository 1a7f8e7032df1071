/* SPDX-License-Identifier: MIT
 *
 * run - one run of the crawl: opens the tables, starts the threads, serves signals and the control
 * socket, and ends in order.
 */
#ifndef CRAWLER_ENGINE_RUN_H
#define CRAWLER_ENGINE_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "config/config.h"
#include "crawler/engine/crawl.h"

struct run_request {
    const char *directory;
    struct config *config;             /* Borrowed. */
    struct config_overrides overrides; /* It was loaded with these; SIGHUP loads it again. */
    const char *const *seeds;          /* Added first; canonicalised here. */
    size_t seed_count;
    int64_t drain_ms; /* What is in flight at a stop has so long to finish; 0: 9 s. */
    bool is_all;      /* Every known page, conditionally. */
    bool is_forced;   /* Past caches. */
    bool is_quiet;    /* No progress line. */
};

struct run_report {
    enum stop stop;
    uint64_t fetches;
    uint64_t pages;
    uint64_t failures;
    uint64_t changes;
    uint64_t not_modified;
    uint64_t bytes;
    int64_t elapsed_ms;
    uint64_t urls_queued;
    int64_t next_due_ms;        /* INT64_MAX: nothing is. */
    bool are_seeds_unreachable; /* Every one of them. */
};

/* The exit status; everything that went wrong was logged. *report is filled as far as the run came.
 */
enum status run_crawl(const struct run_request *request, struct run_report *report);

#endif
