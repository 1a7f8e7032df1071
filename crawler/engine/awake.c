/* SPDX-License-Identifier: MIT */
#include "crawler/engine/awake.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"

/* More than a run has awake (see HOSTS_AWAKE_MOST), so that chains stay short without growing. */
enum { BUCKETS = 8192 };

/* A site of which hosts are awake that keep cookies: all of them are of one fetch thread. */
struct told_site {
    struct told_site *next; /* In its bucket. */
    char *name;
    size_t hosts;
};

void awake_init(struct awake *awake)
{
    *awake = (struct awake){ .bucket_count = BUCKETS };
    awake->buckets = xcalloc(BUCKETS, sizeof(struct awake_host *));
    awake->sites = xcalloc(BUCKETS, sizeof(struct told_site *));
}

void awake_clear(struct awake *awake)
{
    while (awake->newest)
        awake_remove(awake, awake->newest);
    free(awake->buckets);
    free(awake->sites);
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

/* Where the site stands, or would. */
static struct told_site **find_site(const struct awake *awake, struct bytes name)
{
    struct told_site **place = &awake->sites[hash_bytes(name, 0) % awake->bucket_count];
    while (*place && !bytes_equal(bytes_from_string((*place)->name), name))
        place = &(*place)->next;
    return place;
}

bool awake_host_brings_cookies(struct awake *awake, struct awake_host *host, struct bytes site)
{
    struct told_site **place = find_site(awake, site);
    bool is_first = !*place;
    if (host->site)
        return false;
    if (is_first) {
        *place = xcalloc(1, sizeof(**place));
        (*place)->name = xbytesdup(site);
    }
    host->site = *place;
    host->site->hosts++;
    return is_first;
}

static void leave_site(struct awake *awake, struct told_site *site)
{
    if (!site || --site->hosts > 0)
        return;
    *find_site(awake, bytes_from_string(site->name)) = site->next;
    free(site->name);
    free(site);
}

void awake_remove(struct awake *awake, struct awake_host *host)
{
    leave_site(awake, host->site);
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
