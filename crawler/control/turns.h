/* SPDX-License-Identifier: MIT
 *
 * turns - how often a host is asked, what makes it so, and how long what waits for it will take.
 *
 * For status, explain and ls: the scheduler knows better, but only of the hosts that are awake.
 */
#ifndef CRAWLER_CONTROL_TURNS_H
#define CRAWLER_CONTROL_TURNS_H

#include <stdint.h>

#include "config/config.h"
#include "frontier/view.h"

/* Which of its parts decides a delay: the word for status and explain. */
#define DELAY_PART_TABLE(ROW)                                                                      \
    ROW(OURS, "delay")                                                                             \
    ROW(CRAWL_DELAY, "Crawl-delay")                                                                \
    ROW(FACTOR, "delay_factor")

enum delay_part {
#define ROW(name, word) DELAY_PART_##name,
    DELAY_PART_TABLE(ROW)
#undef ROW
};

const char *delay_part_word(enum delay_part part);

struct turns {
    int64_t delay_ms; /* In force, from the end of a response to the next request. */
    enum delay_part part;
    int64_t response_ms; /* What the last one took. */
    uint64_t connections;
    int64_t ip_delay_ms; /* Between two requests to its address, on whichever connection. */
};

struct turns turns_of(const struct pace *pace, const struct settings *settings);

/* The time that so many fetches take, one behind the other on each connection; its address is taken
 * to be its own. */
int64_t turns_span_ms(const struct turns *turns, uint64_t fetches);

/* Is it ip_delay, and not the delay on each connection, that says how fast it goes? */
bool turns_are_by_address(const struct turns *turns);

/* When the host may be asked next: the end of its rest or hold, and the delay since its last
 * contact. Of a paused host it is when it could, were it resumed now. */
int64_t turns_start_ms(const struct turns *turns, const struct host_record *host, int64_t now_ms);

/* What a run will ask of the host: its new URLs, as far as its budgets have room for them, and
 * those that are due again. */
uint64_t turns_backlog(const struct host_view *view, const struct config *config);

#endif
