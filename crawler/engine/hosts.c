/* SPDX-License-Identifier: MIT */
#include "crawler/engine/hosts.h"

#include <stdlib.h>

#include "base/memory.h"

enum { BUCKETS_LEAST = 256 };

void hosts_init(struct hosts *hosts)
{
    hosts->bucket_count = BUCKETS_LEAST;
    hosts->buckets = xcalloc(hosts->bucket_count, sizeof(struct host *));
    hosts->count = 0;
}

void tasks_free(struct task *task)
{
    while (task) {
        struct task *next = task->next;
        task_free(task);
        task = next;
    }
}

void host_push_errand(struct host *host, struct errand *errand)
{
    struct errand **last = &host->errands;
    while (*last)
        last = &(*last)->next;
    errand->next = NULL;
    *last = errand;
    host->errand_count++;
}

struct errand *host_pop_errand(struct host *host)
{
    struct errand *errand = host->errands;
    if (!errand)
        return NULL;
    host->errands = errand->next;
    host->errand_count--;
    return errand;
}

static void host_free(struct host *host)
{
    tasks_free(host->first);
    while (host->errands)
        errand_free(host_pop_errand(host));
    gates_clear(&host->gates);
    free(host->waiting_name);
    free(host->name);
    free(host);
}

void hosts_clear(struct hosts *hosts)
{
    for (size_t i = 0; i < hosts->bucket_count; i++) {
        struct host *host = hosts->buckets[i];
        while (host) {
            struct host *next = host->next;
            host_free(host);
            host = next;
        }
    }
    free(hosts->buckets);
    *hosts = (struct hosts){ 0 };
}

/* Ids are given in order, so their low bits spread by themselves. */
static struct host **bucket_of(const struct hosts *hosts, uint64_t id)
{
    return &hosts->buckets[id & (hosts->bucket_count - 1)];
}

struct host *hosts_find(const struct hosts *hosts, uint64_t id)
{
    struct host *host = *bucket_of(hosts, id);
    while (host && host->id != id)
        host = host->next;
    return host;
}

static void hosts_grow(struct hosts *hosts)
{
    struct hosts larger = { .bucket_count = hosts->bucket_count * 2, .count = hosts->count };
    larger.buckets = xcalloc(larger.bucket_count, sizeof(struct host *));
    for (size_t i = 0; i < hosts->bucket_count; i++) {
        struct host *host = hosts->buckets[i];
        while (host) {
            struct host *next = host->next;
            struct host **bucket = bucket_of(&larger, host->id);
            host->next = *bucket;
            *bucket = host;
            host = next;
        }
    }
    free(hosts->buckets);
    *hosts = larger;
}

struct host *hosts_add(struct hosts *hosts, uint64_t id, struct bytes name)
{
    if (hosts->count >= hosts->bucket_count)
        hosts_grow(hosts);
    struct host *host = xcalloc(1, sizeof(*host));
    host->id = id;
    host->name = xbytesdup(name);
    host->last = &host->first;
    struct host **bucket = bucket_of(hosts, id);
    host->next = *bucket;
    *bucket = host;
    hosts->count++;
    return host;
}

void hosts_remove(struct hosts *hosts, struct host *host)
{
    struct host **place = bucket_of(hosts, host->id);
    while (*place != host)
        place = &(*place)->next;
    *place = host->next;
    hosts->count--;
    host_free(host);
}

void hosts_walk(struct hosts *hosts, void (*each)(void *owner, struct host *host), void *owner)
{
    for (size_t i = 0; i < hosts->bucket_count; i++)
        for (struct host *host = hosts->buckets[i]; host; host = host->next)
            each(owner, host);
}

void host_push_tasks(struct host *host, struct task *tasks)
{
    while (tasks) {
        struct task *next = tasks->next;
        tasks->next = NULL;
        *host->last = tasks;
        host->last = &tasks->next;
        host->count++;
        tasks = next;
    }
}

void host_return_task(struct host *host, struct task *task)
{
    task->next = host->first;
    host->first = task;
    if (!task->next)
        host->last = &task->next;
    host->count++;
}

struct task *host_pop_task(struct host *host)
{
    struct task *task = host->first;
    if (!task)
        return NULL;
    host->first = task->next;
    if (!host->first)
        host->last = &host->first;
    host->count--;
    task->next = NULL;
    return task;
}

struct task *host_take_tasks(struct host *host)
{
    struct task *tasks = host->first;
    host->first = NULL;
    host->last = &host->first;
    host->count = 0;
    return tasks;
}
