/* SPDX-License-Identifier: MIT
 *
 * awake - the writer's list of hosts that fetch threads hold: what they were given and what they
 * still want.
 */
#ifndef CRAWLER_ENGINE_AWAKE_H
#define CRAWLER_ENGINE_AWAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "frontier/pace.h"

struct awake_host {
    struct awake_host *next;          /* In its bucket. */
    struct awake_host *newer, *older; /* In the list of all. */
    uint64_t id;
    size_t fetcher;       /* Whose it is. */
    uint64_t outstanding; /* Tasks handed out whose visits are not committed. */
    size_t wanted;        /* Tasks that the fetch thread would take; 0: none. */
    int64_t feed_wait_ms; /* There were none: the tables are looked at again after so long, ... */
    int64_t feed_at_ms;   /* ... which is then. */
    struct pace pace;     /* The latest that was heard of, and its number. */
    uint64_t pace_number;
    uint64_t in_batch;     /* Visits that wait to be committed, those to robots.txt too. */
    uint64_t errands;      /* Under way. */
    int64_t idle_since_ms; /* When the last of them was. */
    bool is_leaving;       /* Its fetch thread let go of it. */
    char **origins;        /* Whose robots.txt it was told. */
    size_t origin_count;
    struct told_site *site; /* Whose cookies its fetch thread has, as it was told; NULL: not yet. */
};

struct awake {
    struct awake_host **buckets;
    struct told_site **sites; /* Buckets, too. */
    size_t bucket_count;
    size_t count;
    struct awake_host *newest;
};

void awake_init(struct awake *awake);
void awake_clear(struct awake *awake);
struct awake_host *awake_find(const struct awake *awake, uint64_t id);
struct awake_host *awake_add(struct awake *awake, uint64_t id, size_t fetcher);
/* A pace came in, perhaps behind a later one: *pace becomes the latest. */
void awake_host_pace(struct awake_host *host, struct pace *pace, uint64_t number);
/* Work that wakes the host in its fetch thread, or an errand, is on its way there, and it keeps
 * cookies. True where that is to bring those of its site: else another host of the site that is
 * awake there did, or this one itself. */
bool awake_host_brings_cookies(struct awake *awake, struct awake_host *host, struct bytes site);
void awake_remove(struct awake *awake, struct awake_host *host);

#endif
