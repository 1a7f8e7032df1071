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

struct awake_host {
    struct awake_host *next;          /* In its bucket. */
    struct awake_host *newer, *older; /* In the list of all. */
    uint64_t id;
    size_t fetcher;        /* Whose it is. */
    uint64_t outstanding;  /* Tasks handed out whose visits are not committed. */
    size_t wanted;         /* Tasks that the fetch thread would take; 0: none. */
    int64_t idle_since_ms; /* When outstanding became 0. */
    bool is_over_budget;   /* Not given anything again in this run. */
    char **origins;        /* Whose robots.txt it was told. */
    size_t origin_count;
};

struct awake {
    struct awake_host **buckets;
    size_t bucket_count;
    size_t count;
    struct awake_host *newest;
};

void awake_init(struct awake *awake);
void awake_clear(struct awake *awake);
struct awake_host *awake_find(const struct awake *awake, uint64_t id);
struct awake_host *awake_add(struct awake *awake, uint64_t id, size_t fetcher);
void awake_remove(struct awake *awake, struct awake_host *host);

#endif
