/* SPDX-License-Identifier: MIT
 *
 * life - one life of the crawler in a world: a run that ends by itself, is told to stop, or is
 * killed.
 *
 * It is the real run (crawler/engine/run_parts.h) with all its stations, which are given their
 * turns in one thread, in the order of virtual time. It runs in a process of its own, so that a
 * kill leaves what a kill leaves: what was committed, and a lock that nobody holds.
 */
#ifndef TESTS_POLITENESS_LIFE_H
#define TESTS_POLITENESS_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/politeness/world.h"

struct life_options {
    const struct world *world;
    const char *directory; /* The crawl's. */
    const char *log_path;  /* Of the servers. */
    const char *const *seeds;
    size_t seed_count;
    int64_t begins_us;
    uint64_t requests_most; /* After so many it is to end; 0: not before it is done. */
    bool is_killed;         /* Or else told to stop. */
    int64_t moment_us;      /* How long after the last of them. */
    int64_t kill_after_us;  /* Of one that was told to stop: killed so long after; 0: not. */
};

enum life_end { LIFE_DONE, LIFE_STOPPED, LIFE_KILLED, LIFE_FAILED };

/* What is known of it afterwards; shared by the processes. */
struct life {
    enum life_end end;
    uint64_t requests;
    int64_t stopped_us; /* When it was told to stop, died, or was done. */
    int64_t ended_us;
    uint64_t urls_queued; /* Unless it was killed. */
    int64_t next_due_ms;
    uint64_t pages;
};

/* Waits until it is over. *life lies in shared memory: life_new. */
struct life *life_new(void);
void life_live(struct life *life, const struct life_options *options);

#endif
