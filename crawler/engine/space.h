/* SPDX-License-Identifier: MIT
 *
 * space - how much of the disk a crawl may take: when fetching pauses for want of free space, and
 * how large the store is.
 */
#ifndef CRAWLER_ENGINE_SPACE_H
#define CRAWLER_ENGINE_SPACE_H

#include <stdint.h>

#include "config/config.h"

/* Free bytes below which nothing is fetched: min_free, or 5 % of the file system where that is
 * less; but never less than four checkpoints' log, which recovery and the pages in flight may need.
 * 0 where min_free is 0: nobody looks. */
uint64_t space_floor(const struct settings *settings, uint64_t total_bytes);

enum space {
    SPACE_ENOUGH,
    SPACE_SHORT, /* Fetching pauses; somebody may make room. */
    SPACE_OUT,   /* Nobody did for so long: the run ends. */
};

struct space_watch {
    int64_t short_since_ms; /* 0: there is enough. */
};

/* To be told the free bytes now and then; wait_ms: how long fetching may pause. */
enum space space_look(struct space_watch *watch, uint64_t free_bytes, uint64_t floor_bytes,
                      int64_t wait_ms, int64_t now_ms);

/* What the files of the store take on the disk; 0 where they cannot be looked at. */
uint64_t space_store_bytes(const char *directory);

#endif
