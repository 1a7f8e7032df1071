/* SPDX-License-Identifier: MIT
 *
 * scheduler - whose turn is it, and when: lanes, delays and back-off of the hosts of one fetch
 * thread.
 *
 * A host has `connections` lanes. A lane is in exactly one place: parked (its host has nothing to
 * do), waiting in the heap of ready times, or busy (in flight). That is what keeps politeness
 * exact.
 *
 *     parked --scheduler_wake--> waiting --scheduler_pop--> busy
 *     busy --scheduler_finish--> waiting
 *     busy --scheduler_return--> waiting (no contact was made)
 *     busy --scheduler_park----> parked  (nothing to do)
 *
 * Hosts stand in one of two lines: those whose last answer was good and came soon (pace_is_quick),
 * and the others: unknown, slow or failing ones. Whoever has few places to give keeps some for the
 * quick, as the others could hold all of them for long; within a line nobody is preferred.
 *
 * Times are wall-clock microseconds given by the caller, which must never go back: a host that
 * allows 10 ms between two requests would lose a part of its turns to whole milliseconds, or get
 * some too early. No clock, no locks, no randomness: the seed for jitter is an argument.
 */
#ifndef FRONTIER_SCHEDULER_H
#define FRONTIER_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "frontier/pace.h"

struct sched_host; /* Owned by the scheduler. */
struct scheduler;

struct scheduler *scheduler_new(uint64_t jitter_seed);
/* With all its hosts. */
void scheduler_free(struct scheduler *scheduler);

/* All lanes start parked. After an unclean stop the caller gives not_before_us = start + the host's
 * delay, else 0. now_us bounds what the pace says, which may come from a time when the clock was
 * wrong: pace_bound. owner is the caller's and comes back from scheduler_owner. */
struct sched_host *scheduler_add(struct scheduler *scheduler, const struct pace *pace,
                                 const struct pace_policy *policy, int64_t now_us,
                                 int64_t not_before_us, void *owner);
/* No lane may be busy. */
void scheduler_remove(struct scheduler *scheduler, struct sched_host *host);
void *scheduler_owner(const struct sched_host *host);
const struct pace *scheduler_pace(const struct sched_host *host);

/* The host has something to fetch: its parked lanes go into the heap. */
void scheduler_wake(struct scheduler *scheduler, struct sched_host *host);

enum scheduler_lines { LINES_NONE = 0, LINES_QUICK = 1, LINES_OTHERS = 2, LINES_ALL = 3 };

/* Of the hosts in these lines the one whose lane has been ready longest; ties in order of arrival,
 * so that no host starves. NULL while none is ready. The lane is busy from now on. A resting host's
 * lanes are put back until the rest ends. */
struct sched_host *scheduler_pop(struct scheduler *scheduler, enum scheduler_lines lines,
                                 int64_t now_us);

/* The lane made no contact and may be popped again from ready_at_us (0: at once, behind others that
 * are ready). Its delay since the contact before it still holds. */
void scheduler_return(struct scheduler *scheduler, struct sched_host *host, int64_t ready_at_us);
void scheduler_park(struct scheduler *scheduler, struct sched_host *host);
void scheduler_finish(struct scheduler *scheduler, struct sched_host *host,
                      const struct contact_end *end);

/* The largest Crawl-delay of the host's origins from now on; -1: none has one. Holds at once, also
 * for lanes that wait. */
void scheduler_crawl_delay(struct scheduler *scheduler, struct sched_host *host,
                           int64_t crawl_delay_ms);

/* The settings changed (rules reloaded), and hold at once, also for lanes that wait. Lanes beyond
 * the new count leave as they finish; additional ones first wait for the delay since the host's
 * last contact. */
void scheduler_policy(struct scheduler *scheduler, struct sched_host *host,
                      const struct pace_policy *policy);

/* Busy lanes, and when the host's next lane may be ready (INT64_MAX: all parked or busy). */
unsigned scheduler_busy(const struct sched_host *host);
int64_t scheduler_ready_at_us(const struct sched_host *host);

bool scheduler_is_quick(const struct sched_host *host);

/* When the next lane of any host in these lines will be ready; INT64_MAX: none waits. */
int64_t scheduler_next_us(const struct scheduler *scheduler, enum scheduler_lines lines);

#endif
