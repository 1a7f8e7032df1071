/* SPDX-License-Identifier: MIT
 *
 * The heap holds each host that has a waiting lane once, under the time and the arrival number of
 * the lane that is ready first. A lane keeps the end of its last contact instead of a ready time,
 * so that a delay or a rest that changes while it waits holds for it at once. Lanes of a host are
 * alike and the callers do not tell them apart; where there is a choice, the one that is ready
 * later stays.
 *
 * A host costs 168 bytes, and 24 in the heap; lanes are searched one by one, as hosts have few.
 */
#include "frontier/scheduler.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

enum lane_state { LANE_PARKED, LANE_WAITING, LANE_BUSY };

struct lane {
    int64_t end_ms;       /* Of its last contact. */
    int64_t hold_ms;      /* Not before; what the caller asked for, or when it began to wait. */
    uint64_t arrival;     /* When it began to wait, in a count of such events. */
    uint32_t response_ms; /* How long its last contact took: see pace_delay_ms. */
    uint8_t state;        /* enum lane_state. */
};

#define NOT_IN_HEAP UINT32_MAX

struct sched_host {
    struct pace pace;
    struct pace_policy policy;
    int64_t not_before_ms;
    void *owner;
    struct lane *lanes;          /* &only_lane, or an array where there are several. */
    struct lane only_lane;       /* Most hosts have one; it needs no memory of its own. */
    struct sched_host *previous; /* In the list of all hosts. */
    struct sched_host *next;
    uint32_t position; /* In the heap, or NOT_IN_HEAP. */
    uint16_t lane_count;
    uint16_t busy;
};

struct slot {
    int64_t ready_at_ms;
    uint64_t arrival;
    struct sched_host *host;
};

struct scheduler {
    struct slot *slots; /* Binary min-heap: slots[0] is ready first. */
    uint32_t count;
    uint32_t capacity;
    struct sched_host *hosts; /* All of them, in or out of the heap. */
    uint64_t arrivals;
    uint64_t random;
    int64_t now_ms; /* The latest time that a caller gave. */
};

/* ---- The heap */

static bool is_before(const struct slot *a, const struct slot *b)
{
    if (a->ready_at_ms != b->ready_at_ms)
        return a->ready_at_ms < b->ready_at_ms;
    return a->arrival < b->arrival;
}

static void place(struct scheduler *scheduler, uint32_t position, struct slot slot)
{
    scheduler->slots[position] = slot;
    slot.host->position = position;
}

/* Finds the place for a slot, from a position that is free. */
static void sift(struct scheduler *scheduler, uint32_t position, struct slot slot)
{
    struct slot *slots = scheduler->slots;
    while (position > 0 && is_before(&slot, &slots[(position - 1) / 2])) {
        place(scheduler, position, slots[(position - 1) / 2]);
        position = (position - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * (size_t)position + 1;
        if (child + 1 < scheduler->count && is_before(&slots[child + 1], &slots[child]))
            child++;
        if (child >= scheduler->count || !is_before(&slots[child], &slot))
            break;
        place(scheduler, position, slots[child]);
        position = (uint32_t)child;
    }
    place(scheduler, position, slot);
}

static void heap_remove(struct scheduler *scheduler, struct sched_host *host)
{
    if (host->position == NOT_IN_HEAP)
        return;
    uint32_t position = host->position;
    host->position = NOT_IN_HEAP;
    scheduler->count--;
    if (position < scheduler->count)
        sift(scheduler, position, scheduler->slots[scheduler->count]);
}

static void heap_set(struct scheduler *scheduler, struct slot slot)
{
    if (slot.host->position == NOT_IN_HEAP) {
        if (scheduler->count == scheduler->capacity) {
            assert(scheduler->capacity < NOT_IN_HEAP / 2);
            scheduler->capacity = scheduler->capacity ? 2 * scheduler->capacity : 64;
            scheduler->slots =
                xreallocarray(scheduler->slots, scheduler->capacity, sizeof(*scheduler->slots));
        }
        slot.host->position = scheduler->count++;
    }
    sift(scheduler, slot.host->position, slot);
}

/* ---- Lanes */

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* When the delay after its last contact is over. */
static int64_t lane_free_at_ms(const struct sched_host *host, const struct lane *lane)
{
    struct pace pace = { .last_response_ms = lane->response_ms,
                         .crawl_delay_ms = host->pace.crawl_delay_ms };
    return lane->end_ms + pace_delay_ms(&pace, &host->policy);
}

static int64_t lane_ready_at_ms(const struct sched_host *host, const struct lane *lane)
{
    int64_t ready_at_ms = later(lane_free_at_ms(host, lane), lane->hold_ms);
    return later(ready_at_ms, later(host->pace.rest_until_ms, host->not_before_ms));
}

/* The waiting lane that is ready first, as a slot; .host is NULL where none waits. */
static struct slot first_lane(const struct sched_host *host, struct lane **found)
{
    struct slot first = { .ready_at_ms = INT64_MAX, .arrival = UINT64_MAX };
    for (uint16_t i = 0; i < host->lane_count; i++) {
        struct lane *lane = &host->lanes[i];
        if (lane->state != LANE_WAITING)
            continue;
        struct slot slot = { lane_ready_at_ms(host, lane), lane->arrival,
                             (struct sched_host *)host };
        if (is_before(&slot, &first)) {
            first = slot;
            *found = lane;
        }
    }
    return first;
}

/* After any change to a host, its lanes or its pace. */
static void settle(struct scheduler *scheduler, struct sched_host *host)
{
    struct lane *lane = NULL;
    struct slot first = first_lane(host, &lane);
    if (lane)
        heap_set(scheduler, first);
    else
        heap_remove(scheduler, host);
}

static void start_waiting(struct scheduler *scheduler, struct lane *lane, int64_t ready_at_ms)
{
    /* Not earlier than now: who begins to wait is behind those who were ready before. */
    lane->hold_ms = later(ready_at_ms, scheduler->now_ms);
    lane->arrival = scheduler->arrivals++;
    lane->state = LANE_WAITING;
}

/* Of the lanes in this state (or any, if state is negative) the one whose delay is over first, or
 * last; NULL where there is none. */
static struct lane *lane_by_delay(const struct sched_host *host, int state, bool wants_last)
{
    struct lane *found = NULL;
    int64_t found_at_ms = 0;
    for (uint16_t i = 0; i < host->lane_count; i++) {
        struct lane *lane = &host->lanes[i];
        if (state >= 0 && lane->state != state)
            continue;
        int64_t free_at_ms = lane_free_at_ms(host, lane);
        if (!found || (wants_last ? free_at_ms > found_at_ms : free_at_ms < found_at_ms)) {
            found = lane;
            found_at_ms = free_at_ms;
        }
    }
    return found;
}

/* A contact ended, as the pace knows already. A busy lane's delay is over, unless it took one over:
 * drop_lane. */
static void remember_contact(struct sched_host *host, int64_t end_ms)
{
    struct lane *lane = lane_by_delay(host, LANE_BUSY, false);
    assert(lane);
    struct lane updated = *lane;
    updated.end_ms = end_ms;
    updated.response_ms = (uint32_t)host->pace.last_response_ms;
    if (lane_free_at_ms(host, &updated) > lane_free_at_ms(host, lane))
        *lane = updated;
}

/* The busy lane with the longest delay ahead is no longer counted as busy; the caller gives it its
 * new state. */
static struct lane *release_lane(struct sched_host *host)
{
    assert(host->busy > 0);
    host->busy--;
    return lane_by_delay(host, LANE_BUSY, true);
}

static void set_lane_room(struct sched_host *host, uint16_t count)
{
    if (count == 1) {
        if (host->lanes != &host->only_lane) {
            host->only_lane = host->lanes[0];
            free(host->lanes);
            host->lanes = &host->only_lane;
        }
        return;
    }
    struct lane *old = host->lanes == &host->only_lane ? NULL : host->lanes;
    host->lanes = xreallocarray(old, count, sizeof(*host->lanes));
    if (!old)
        host->lanes[0] = host->only_lane;
}

/* An idle lane leaves. Of all the contacts that the lanes remember, the one whose delay is over
 * first is forgotten, so that the lanes that stay keep the others'. */
static void drop_lane(struct sched_host *host, struct lane *idle)
{
    struct lane *first = lane_by_delay(host, -1, false);
    first->response_ms = idle->response_ms;
    first->end_ms = idle->end_ms;
    *idle = host->lanes[host->lane_count - 1];
    set_lane_room(host, --host->lane_count);
}

/* Makes the number of lanes what the policy says, as far as lanes are idle. */
static void fit_lanes(struct scheduler *scheduler, struct sched_host *host)
{
    uint16_t wanted = host->policy.connections;
    while (host->lane_count > wanted) {
        struct lane *idle = lane_by_delay(host, LANE_PARKED, false);
        if (!idle)
            idle = lane_by_delay(host, LANE_WAITING, false);
        if (!idle)
            return;
        drop_lane(host, idle);
    }
    if (host->lane_count == wanted)
        return;
    bool has_work = host->busy > 0 || host->position != NOT_IN_HEAP;
    uint16_t had = host->lane_count;
    set_lane_room(host, wanted);
    host->lane_count = wanted;
    for (uint16_t i = had; i < wanted; i++) {
        host->lanes[i] = (struct lane){ .end_ms = host->pace.last_contact_ms,
                                        .response_ms = (uint32_t)host->pace.last_response_ms };
        if (has_work)
            start_waiting(scheduler, &host->lanes[i], 0);
    }
}

/* ---- The public functions */

static void free_host(struct sched_host *host)
{
    if (host->lanes != &host->only_lane)
        free(host->lanes);
    free(host);
}

struct scheduler *scheduler_new(uint64_t jitter_seed)
{
    struct scheduler *scheduler = xcalloc(1, sizeof(*scheduler));
    scheduler->random = jitter_seed;
    return scheduler;
}

void scheduler_free(struct scheduler *scheduler)
{
    if (!scheduler)
        return;
    while (scheduler->hosts) {
        struct sched_host *host = scheduler->hosts;
        scheduler->hosts = host->next;
        free_host(host);
    }
    free(scheduler->slots);
    free(scheduler);
}

struct sched_host *scheduler_add(struct scheduler *scheduler, const struct pace *pace,
                                 const struct pace_policy *policy, int64_t now_ms,
                                 int64_t not_before_ms, void *owner)
{
    assert(policy->connections > 0);
    scheduler->now_ms = later(scheduler->now_ms, now_ms);
    struct sched_host *host = xcalloc(1, sizeof(*host));
    host->pace = *pace;
    pace_bound(&host->pace, now_ms);
    host->policy = *policy;
    host->not_before_ms = not_before_ms;
    host->owner = owner;
    host->position = NOT_IN_HEAP;
    host->next = scheduler->hosts;
    if (host->next)
        host->next->previous = host;
    scheduler->hosts = host;
    host->lanes = &host->only_lane;
    /* Which lane made the last contact is not kept over restarts, so each begins as if it had been
     * that one. */
    host->only_lane = (struct lane){ .end_ms = host->pace.last_contact_ms,
                                     .response_ms = (uint32_t)host->pace.last_response_ms };
    host->lane_count = 1;
    fit_lanes(scheduler, host);
    return host;
}

void scheduler_remove(struct scheduler *scheduler, struct sched_host *host)
{
    assert(host->busy == 0);
    heap_remove(scheduler, host);
    if (host->next)
        host->next->previous = host->previous;
    if (host->previous)
        host->previous->next = host->next;
    else
        scheduler->hosts = host->next;
    free_host(host);
}

void *scheduler_owner(const struct sched_host *host)
{
    return host->owner;
}

const struct pace *scheduler_pace(const struct sched_host *host)
{
    return &host->pace;
}

void scheduler_wake(struct scheduler *scheduler, struct sched_host *host)
{
    for (uint16_t i = 0; i < host->lane_count; i++)
        if (host->lanes[i].state == LANE_PARKED)
            start_waiting(scheduler, &host->lanes[i], 0);
    settle(scheduler, host);
}

struct sched_host *scheduler_pop(struct scheduler *scheduler, int64_t now_ms)
{
    scheduler->now_ms = later(scheduler->now_ms, now_ms);
    if (scheduler_next_ms(scheduler) > now_ms)
        return NULL;
    struct sched_host *host = scheduler->slots[0].host;
    struct lane *lane = NULL;
    first_lane(host, &lane);
    lane->state = LANE_BUSY;
    host->busy++;
    settle(scheduler, host);
    return host;
}

void scheduler_return(struct scheduler *scheduler, struct sched_host *host, int64_t ready_at_ms)
{
    start_waiting(scheduler, release_lane(host), ready_at_ms);
    fit_lanes(scheduler, host);
    settle(scheduler, host);
}

void scheduler_park(struct scheduler *scheduler, struct sched_host *host)
{
    release_lane(host)->state = LANE_PARKED;
    fit_lanes(scheduler, host);
    settle(scheduler, host);
}

/* SplitMix64: any seed gives a full sequence. */
static uint64_t next_random(struct scheduler *scheduler)
{
    uint64_t mixed = scheduler->random += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

void scheduler_finish(struct scheduler *scheduler, struct sched_host *host,
                      const struct contact_end *end)
{
    scheduler->now_ms = later(scheduler->now_ms, end->now_ms);
    pace_contact(&host->pace, &host->policy, end, next_random(scheduler));
    if (end->contact != CONTACT_NONE)
        remember_contact(host, end->now_ms);
    start_waiting(scheduler, release_lane(host), 0);
    fit_lanes(scheduler, host);
    settle(scheduler, host);
}

void scheduler_crawl_delay(struct scheduler *scheduler, struct sched_host *host,
                           int64_t crawl_delay_ms)
{
    if (crawl_delay_ms == host->pace.crawl_delay_ms)
        return;
    host->pace.crawl_delay_ms = crawl_delay_ms;
    settle(scheduler, host);
}

void scheduler_policy(struct scheduler *scheduler, struct sched_host *host,
                      const struct pace_policy *policy)
{
    assert(policy->connections > 0);
    host->policy = *policy;
    fit_lanes(scheduler, host);
    settle(scheduler, host);
}

unsigned scheduler_busy(const struct sched_host *host)
{
    return host->busy;
}

int64_t scheduler_ready_at_ms(const struct sched_host *host)
{
    struct lane *lane = NULL;
    return first_lane(host, &lane).ready_at_ms;
}

int64_t scheduler_next_ms(const struct scheduler *scheduler)
{
    return scheduler->count ? scheduler->slots[0].ready_at_ms : INT64_MAX;
}
