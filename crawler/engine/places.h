/* SPDX-License-Identifier: MIT
 *
 * places - how many fetches one thread may have in flight, and which hosts may begin another.
 *
 * A quarter of the places is kept for hosts whose last answer came soon. However many hosts drip,
 * hang or are unknown, those that answer find a place.
 */
#ifndef CRAWLER_ENGINE_PLACES_H
#define CRAWLER_ENGINE_PLACES_H

#include <stdbool.h>
#include <stddef.h>

#include "frontier/scheduler.h"

struct places {
    size_t most;
    size_t used;
    size_t others; /* Of them, by hosts that are not quick. */
};

static inline struct places places_of(size_t most)
{
    return (struct places){ .most = most > 0 ? most : 1 };
}

/* The lines of hosts from which another fetch may begin. */
static inline enum scheduler_lines places_lines(const struct places *places)
{
    if (places->used >= places->most)
        return LINES_NONE;
    return places->others >= places->most - places->most / 4 ? LINES_QUICK : LINES_ALL;
}

static inline void places_take(struct places *places, bool is_quick)
{
    places->used++;
    places->others += !is_quick;
}

/* is_quick: as it was taken. */
static inline void places_give_back(struct places *places, bool is_quick)
{
    places->used--;
    places->others -= !is_quick;
}

#endif
