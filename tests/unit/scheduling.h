/* SPDX-License-Identifier: MIT
 *
 * scheduling - a scheduler asked in whole milliseconds, and one host's contacts in a row.
 */
#ifndef TESTS_UNIT_SCHEDULING_H
#define TESTS_UNIT_SCHEDULING_H

#include <check.h>

#include "politeness.h"

static const int64_t NOW = INT64_C(1700000000000);

/* The defaults of the manual. */
static const struct pace_policy POLICY = { .delay_ms = 1000,
                                           .delay_factor = 1,
                                           .connections = 1,
                                           .failures_most = 10,
                                           .failures_rest_ms = HOURS(1) };

/* Whole milliseconds are enough for most of what is promised. */

static inline struct sched_host *pop_at(struct scheduler *scheduler, int64_t now_ms)
{
    return scheduler_pop(scheduler, LINES_ALL, US_PER_MS * now_ms);
}

/* So many of the only host's lanes leave at that time. */
static inline void pop_lanes(struct scheduler *scheduler, const struct sched_host *host,
                             unsigned count, int64_t now_ms)
{
    for (unsigned i = 0; i < count; i++)
        ck_assert_ptr_eq(pop_at(scheduler, now_ms), host);
}

static inline int64_t ms_of(int64_t at_us)
{
    return at_us == INT64_MAX ? INT64_MAX : at_us / US_PER_MS;
}

static inline int64_t next_ms_of(const struct scheduler *scheduler)
{
    return ms_of(scheduler_next_us(scheduler, LINES_ALL));
}

static inline int64_t ready_at_ms(const struct sched_host *host)
{
    return ms_of(scheduler_ready_at_us(host));
}

static inline struct contact_end ended(enum contact contact, int64_t now_ms, int64_t response_ms)
{
    return (struct contact_end){ .contact = contact,
                                 .now_us = US_PER_MS * now_ms,
                                 .response_ms = response_ms,
                                 .retry_after_ms = -1,
                                 .reason = OUTCOME_FAILED_SERVER };
}

static inline struct sched_host *add(struct scheduler *scheduler, const struct pace_policy *policy)
{
    struct sched_host *host = scheduler_add(scheduler, &PACE_NEW, policy, US_PER_MS * NOW, 0, NULL);
    scheduler_wake(scheduler, host);
    return host;
}

/* A contact of the only host as soon as one may begin, and wait_ms later; returns when it ended. */
static inline int64_t contact_after(struct scheduler *scheduler, int64_t wait_ms,
                                    struct contact_end end)
{
    int64_t start_ms = judge_max(next_ms_of(scheduler), NOW) + wait_ms;
    struct sched_host *host = pop_at(scheduler, start_ms);
    ck_assert_ptr_nonnull(host);
    end.now_us = US_PER_MS * (start_ms + end.response_ms);
    scheduler_finish(scheduler, host, &end);
    return start_ms + end.response_ms;
}

#endif
