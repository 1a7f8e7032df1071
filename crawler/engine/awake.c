/* SPDX-License-Identifier: MIT */
#include "crawler/engine/awake.h"

#include <stdlib.h>

#include "base/memory.h"

/* More than a run has awake (see HOSTS_AWAKE_MOST), so that chains stay short without growing. */
enum { BUCKETS = 8192 };

void awake_init(struct awake *awake)
{
    *awake = (struct awake){ .bucket_count = BUCKETS };
    awake->buckets = xcalloc(BUCKETS, sizeof(struct awake_host *));
}

void awake_clear(struct awake *awake)
{
    while (awake->newest)
        awake_remove(awake, awake->newest);
    free(awake->buckets);
    *awake = (struct awake){ 0 };
}

static struct awake_host **bucket_of(const struct awake *awake, uint64_t id)
{
    return &awake->buckets[id % awake->bucket_count];
}

struct awake_host *awake_find(const struct awake *awake, uint64_t id)
{
    struct awake_host *host = *bucket_of(awake, id);
    while (host && host->id != id)
        host = host->next;
    return host;
}

struct awake_host *awake_add(struct awake *awake, uint64_t id, size_t fetcher)
{
    struct awake_host *host = xcalloc(1, sizeof(*host));
    struct awake_host **bucket = bucket_of(awake, id);
    host->id = id;
    host->fetcher = fetcher;
    host->next = *bucket;
    *bucket = host;
    host->older = awake->newest;
    if (host->older)
        host->older->newer = host;
    awake->newest = host;
    awake->count++;
    return host;
}

void awake_host_pace(struct awake_host *host, struct pace *pace, uint64_t number)
{
    if (number > host->pace_number) {
        host->pace = *pace;
        host->pace_number = number;
    }
    *pace = host->pace;
}

void awake_remove(struct awake *awake, struct awake_host *host)
{
    struct awake_host **place = bucket_of(awake, host->id);
    while (*place != host)
        place = &(*place)->next;
    *place = host->next;
    if (host->newer)
        host->newer->older = host->older;
    else
        awake->newest = host->older;
    if (host->older)
        host->older->newer = host->newer;
    awake->count--;
    for (size_t i = 0; i < host->origin_count; i++)
        free(host->origins[i]);
    free(host->origins);
    free(host);
}
