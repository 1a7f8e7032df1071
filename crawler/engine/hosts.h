/* SPDX-License-Identifier: MIT
 *
 * hosts - the hosts that are awake in one fetch thread, with their window of tasks.
 *
 *     awake:  has tasks, or waits for more (is_hungry: the writer knows that it does)
 *     leaving: gave its tasks back, because it cannot be asked soon; gone when the writer forgets
 * it
 *
 * A host is owned by its fetch thread; the writer knows it by its id.
 */
#ifndef CRAWLER_ENGINE_HOSTS_H
#define CRAWLER_ENGINE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "crawler/engine/errand.h"
#include "crawler/engine/gate.h"
#include "crawler/fetch/rate.h"
#include "frontier/frontier.h"
#include "frontier/scheduler.h"

struct host {
    struct host *next;         /* In its bucket. */
    struct host *next_waiting; /* In the list of those that wait for a name. */
    uint64_t id;
    char *name;
    char *waiting_name; /* That the resolver was asked for, as it will say it; NULL: none. */
    struct sched_host *turn;
    const struct settings *settings;
    struct bytes product_token; /* Whom its robots.txt may name; borrowed from the configuration. */
    struct awake_site *site;    /* Which it is of. */
    struct gates gates;         /* One for each origin that was met. */
    struct errand *errands;     /* They and its tasks take turns. */
    size_t errand_count;
    struct task *first; /* The window. */
    struct task **last;
    size_t count;
    struct hold hold; /* Nothing of it may be asked for before: it leaves. until_ms 0: it may. */
    struct rate rate; /* Its own max_rate. */
    bool had_errand;  /* In the last turn. */
    bool is_hungry;
    bool is_leaving;
    bool is_forgotten; /* The writer let go of it while a lane was busy. */
};

struct hosts {
    struct host **buckets;
    size_t bucket_count;
    size_t count;
};

void hosts_init(struct hosts *hosts);
/* Frees all hosts and their tasks; their turns belong to the scheduler. */
void hosts_clear(struct hosts *hosts);

struct host *hosts_find(const struct hosts *hosts, uint64_t id);
struct host *hosts_add(struct hosts *hosts, uint64_t id, struct bytes name);
void hosts_remove(struct hosts *hosts, struct host *host);
/* Calls back for each; the callback must not add or remove. */
void hosts_walk(struct hosts *hosts, void (*each)(void *owner, struct host *host), void *owner);

void tasks_free(struct task *tasks);

/* A list of tasks joins the window. */
void host_push_tasks(struct host *host, struct task *tasks);
/* Back to the front. */
void host_return_task(struct host *host, struct task *task);
struct task *host_pop_task(struct host *host);
/* Behind those that it has; and the first, or NULL. */
void host_push_errand(struct host *host, struct errand *errand);
struct errand *host_pop_errand(struct host *host);
/* All its tasks as a list. */
struct task *host_take_tasks(struct host *host);

#endif
