/* SPDX-License-Identifier: MIT
 *
 * crawl - what the threads of one run share: the configuration, the channels between them, credits
 * and counts, and why the run is to end.
 *
 *     fetchers --visits--> readers --visits--> writer --work--> fetchers
 *
 * That is a circle, so back-pressure is by credits: a visit begins only while fewer than
 * visits_most are under way and there is room for its bytes; its credit comes back when its batch
 * is committed.
 */
#ifndef CRAWLER_ENGINE_CRAWL_H
#define CRAWLER_ENGINE_CRAWL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "crawler/engine/channel.h"
#include "crawler/engine/forecast.h"
#include "crawler/engine/logins.h"
#include "crawler/engine/shared_scope.h"
#include "crawler/engine/visit.h"
#include "crawler/fetch/address.h"
#include "crawler/fetch/rate.h"
#include "crawler/fetch/room.h"
#include "frontier/addresses.h"
#include "frontier/frontier.h"

/* Why a run ends, and with which status. */
#define STOP_TABLE(ROW)                                                                            \
    ROW(NOT, OK, "running")                                                                        \
    ROW(DONE, OK, "nothing is due")                                                                \
    ROW(PAGES, LIMIT, "max_pages")                                                                 \
    ROW(TIME, LIMIT, "max_time")                                                                   \
    ROW(BYTES, LIMIT, "max_total_bytes")                                                           \
    ROW(STORE, LIMIT, "max_store")                                                                 \
    ROW(SPACE, NO_SPACE, "min_free")                                                               \
    ROW(INTERRUPT, INTERRUPTED, "SIGINT")                                                          \
    ROW(TERMINATE, TERMINATED, "SIGTERM")

enum stop {
#define ROW(name, status, word) STOP_##name,
    STOP_TABLE(ROW)
#undef ROW
};

enum status stop_status(enum stop stop);
const char *stop_word(enum stop stop);

struct fetcher;

struct crawl {
    const char *directory;
    /* Replaced when the configuration was edited. What they point to stays until the run is over,
     * so whoever looked may go on with what was found. */
    const struct config *_Atomic config;
    const struct settings *_Atomic settings;
    const struct logins *_Atomic logins; /* NULL: none. */
    bool is_forced;                      /* Past caches: no-cache goes out with each request. */
    bool is_all;                         /* Every known page is asked for. */
    struct address_rules *address_rules;
    struct addresses *addresses; /* Turns at shared addresses. */
    struct shared_scope scope;
    struct frontier *frontier; /* For its two thread-safe questions; the writer's otherwise. */

    struct fetcher **fetchers;
    size_t fetcher_count;
    size_t transfers_most;     /* Fetches in flight, over all fetchers. */
    struct channel to_readers; /* Visits with a body. */
    struct channel to_writer;  /* Visits, and what fetchers ask for. */

    int64_t started_ms;      /* Wall clock. */
    int64_t clock_offset_ms; /* Wall minus monotonic, at the start. */
    int64_t drain_ms;        /* What is in flight at a stop has so long to finish. */
    bool is_after_crash;     /* The run before did not end in order. */

    uint64_t visits_most;
    atomic_uint_fast64_t visits; /* Credits in use. */
    struct room room;            /* For what is between network and store. */
    struct rate rate;            /* max_rate */
    atomic_uint_fast64_t pages;  /* Stored in this run, as are the next. */
    atomic_uint_fast64_t fetches;
    atomic_uint_fast64_t failures;
    atomic_uint_fast64_t bytes;
    atomic_uint_fast64_t awake_hosts;
    atomic_uint_fast64_t urls_queued;
    struct forecast forecast;
    atomic_bool is_short_of_space; /* Nothing new begins until there is more. */
    atomic_int stop;               /* enum stop; the first reason stays. */
};

/* The clock, the channels, and the limits that the configuration sets; the rest is zero. */
void crawl_init(struct crawl *crawl, const struct config *config);
/* No more fetches in flight than so many; before anything begins. */
void crawl_limit_transfers(struct crawl *crawl, size_t transfers);
void crawl_clear(struct crawl *crawl);

/* The run's time: wall clock that never jumps. */
int64_t crawl_now_ms(const struct crawl *crawl);
int64_t crawl_now_us(const struct crawl *crawl);
/* What it was, or will be, at a time of clock_monotonic_us. */
int64_t crawl_at_us(const struct crawl *crawl, int64_t monotonic_us);

/* The first reason given wins; wakes all threads. */
void crawl_stop(struct crawl *crawl, enum stop why);
bool crawl_is_stopping(const struct crawl *crawl);

/* Takes a credit, if there is one and no limit is reached. */
bool crawl_begin_visit(struct crawl *crawl);
/* Takes one that must be had, beyond all bounds: something is to be kept that needs no fetch. */
void crawl_begin_visit_anyway(struct crawl *crawl);
/* A visit is committed or came to nothing. */
void crawl_end_visit(struct crawl *crawl, struct visit *visit);

/* To the writer, who commits it with others; takes it. */
void crawl_send_visit(struct crawl *crawl, struct visit *visit);

/* So many bytes of a visit take room from now on. */
void crawl_hold_bytes(struct crawl *crawl, struct visit *visit, uint64_t bytes);
/* The same of bytes that were received. */
void crawl_count_bytes(struct crawl *crawl, struct visit *visit, uint64_t bytes);

#endif
