/* SPDX-License-Identifier: MIT
 *
 * scheduler - whose turn is it, and when: lanes, delays and back-off of the hosts of one fetch thread.
 *
 * A host has `connections` lanes. A lane is in exactly one place: parked (its host has nothing to do), waiting in the heap
 * of ready times, or busy (in flight). That is what keeps politeness exact.
 *
 *     parked --scheduler_wake--> waiting --scheduler_pop--> busy --scheduler_finish--> waiting
 *                                                            |----scheduler_return---> waiting (no contact was made)
 *                                                            \----scheduler_park-----> parked  (nothing to do)
 *
 * Times are wall-clock milliseconds given by the caller, which must never go back. No clock, no locks, no randomness:
 * the seed for jitter is an argument.
 */
#ifndef FRONTIER_SCHEDULER_H
#define FRONTIER_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pack.h"

/* What is kept over restarts, in the host's record. */
struct pace {
    int64_t last_contact_ms;   /* End of the last response. */
    int64_t last_response_ms;  /* How long that response took. */
    int64_t crawl_delay_ms;    /* Largest of the host's origins; -1: none. */
    int64_t rest_until_ms;     /* No contact before; 0: not resting. */
    int64_t rest_ms;           /* Length of the last rest, for doubling; 0: forgiven. */
    int64_t last_trouble_ms;   /* When the last rest was ordered, for forgiving. */
    uint32_t failures_in_row;
    uint8_t rest_reason;       /* enum outcome. */
};

void pace_pack(struct buf *out, const struct pace *pace);
void pace_unpack(struct unpacker *from, struct pace *pace);

/* The host's settings, from the configuration. */
struct pace_policy {
    int64_t delay_ms;        /* 0 switches delay_factor off as well. */
    double delay_factor;     /* Times the last response time, at most 30 s. */
    uint16_t connections;    /* Lanes, at least 1. */
    uint32_t failures_most;  /* In a row before the host rests (10). */
    int64_t failures_rest_ms; /* The first such rest (1 h), doubling to 1 day. */
};

/* How a contact ended, as far as politeness is concerned. */
enum contact {
    CONTACT_OK,      /* Any answer that is not one of the next two. */
    CONTACT_BUSY,    /* 429 or 503: the host rests at once. */
    CONTACT_FAILED,  /* Other 5xx, timeout, network failure: counts towards failures_most. */
    CONTACT_NONE     /* No byte reached the host (DNS failure, guard): no delay, counts as failed where DNS did. */
};

struct contact_end {
    enum contact contact;
    int64_t now_ms;
    int64_t response_ms;    /* From request to end of response. */
    int64_t retry_after_ms; /* -1: none given. Clamped to 1 s .. 1 day. */
    uint8_t reason;         /* enum outcome. */
};

struct sched_host; /* Owned by the scheduler. */
struct scheduler;

struct scheduler *scheduler_new(uint64_t jitter_seed);
void scheduler_free(struct scheduler *scheduler);

/* All lanes start parked. After an unclean stop the caller gives not_before_ms = start + the host's delay, else 0.
 * owner is the caller's and comes back from scheduler_owner. */
struct sched_host *scheduler_add(struct scheduler *scheduler, const struct pace *pace,
                                 const struct pace_policy *policy, int64_t not_before_ms,
                                 void *owner);
/* No lane may be busy. */
void scheduler_remove(struct scheduler *scheduler, struct sched_host *host);
void *scheduler_owner(const struct sched_host *host);
const struct pace *scheduler_pace(const struct sched_host *host);

/* The host has something to fetch: its parked lanes go into the heap. */
void scheduler_wake(struct scheduler *scheduler, struct sched_host *host);

/* The host whose lane has been ready longest; ties in order of arrival, so that no host starves. NULL while none
 * is ready. The lane is busy from now on. A resting host's lanes are put back until the rest ends. */
struct sched_host *scheduler_pop(struct scheduler *scheduler, int64_t now_ms);

/* The lane made no contact and may be popped again from ready_at_ms (0: at once, behind others that are ready). */
void scheduler_return(struct scheduler *scheduler, struct sched_host *host, int64_t ready_at_ms);
void scheduler_park(struct scheduler *scheduler, struct sched_host *host);
void scheduler_finish(struct scheduler *scheduler, struct sched_host *host,
                      const struct contact_end *end);

/* A larger Crawl-delay than known so far became known. */
void scheduler_crawl_delay(struct scheduler *scheduler, struct sched_host *host,
                           int64_t crawl_delay_ms);

/* The settings changed (rules reloaded). Lanes beyond the new count leave as they finish. */
void scheduler_policy(struct scheduler *scheduler, struct sched_host *host,
                      const struct pace_policy *policy);

/* Busy lanes, and when the host's next lane may be ready (INT64_MAX: all parked or busy). */
unsigned scheduler_busy(const struct sched_host *host);
int64_t scheduler_ready_at_ms(const struct sched_host *host);

/* When the next lane of any host will be ready; INT64_MAX: none waits. */
int64_t scheduler_next_ms(const struct scheduler *scheduler);

/* The delay between the end of one response and the next request, in force now. */
int64_t pace_delay_ms(const struct pace *pace, const struct pace_policy *policy);

#endif
