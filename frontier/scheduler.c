/* SPDX-License-Identifier: MIT
 *
 * A heap for each line holds each of its hosts that has a waiting lane once, under the time and the
 * arrival number of the lane that is ready first. A lane keeps the end of its last contact instead
 * of a ready time, so that a delay or a rest that changes while it waits holds for it at once.
 * Lanes of a host are alike and the callers do not tell them apart; where there is a choice, the
 * one that is ready later stays.
 *
 * A host costs 168 bytes, and 24 in the heap; lanes are searched one by one, as hosts have few.
 */
#include "frontier/scheduler.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

enum lane_state { LANE_PARKED, LANE_WAITING, LANE_BUSY };

struct lane {
    int64_t end_us;       /* Of its last contact. */
    int64_t hold_us;      /* Not before; what the caller asked for, or when it began to wait. */
    uint64_t arrival;     /* When it began to wait, in a count of such events. */
    uint32_t response_ms; /* How long its last contact took: see pace_delay_ms. */
    uint8_t state;        /* enum lane_state. */
};

#define NOT_IN_HEAP UINT32_MAX

struct sched_host {
    struct pace pace;
    struct pace_policy policy;
    int64_t not_before_us;
    void *owner;
    struct lane *lanes;          /* &only_lane, or an array where there are several. */
    struct lane only_lane;       /* Most hosts have one; it needs no memory of its own. */
    struct sched_host *previous; /* In the list of all hosts. */
    struct sched_host *next;
    uint32_t position; /* In its heap, or NOT_IN_HEAP. */
    uint16_t lane_count;
    uint16_t busy;
    bool is_quick; /* Its line. */
};

struct slot {
    int64_t ready_at_us;
    uint64_t arrival;
    struct sched_host *host;
};

/* Binary min-heap: slots[0] is ready first. */
struct heap {
    struct slot *slots;
    uint32_t count;
    uint32_t capacity;
};

enum { HEAPS = 2 };

struct scheduler {
    struct heap heaps[HEAPS]; /* By is_quick. */
    struct sched_host *hosts; /* All of them, in or out of the heap. */
    uint64_t arrivals;
    uint64_t random;
    int64_t now_us; /* The latest time that a caller gave. */
};

/* ---- The heap */

static bool is_before(const struct slot *a, const struct slot *b)
{
    if (a->ready_at_us != b->ready_at_us)
        return a->ready_at_us < b->ready_at_us;
    return a->arrival < b->arrival;
}

static void place(struct heap *heap, uint32_t position, struct slot slot)
{
    heap->slots[position] = slot;
    slot.host->position = position;
}

/* Finds the place for a slot, from a position that is free. */
static void sift(struct heap *heap, uint32_t position, struct slot slot)
{
    struct slot *slots = heap->slots;
    while (position > 0 && is_before(&slot, &slots[(position - 1) / 2])) {
        place(heap, position, slots[(position - 1) / 2]);
        position = (position - 1) / 2;
    }
    for (;;) {
        size_t child = 2 * (size_t)position + 1;
        if (child + 1 < heap->count && is_before(&slots[child + 1], &slots[child]))
            child++;
        if (child >= heap->count || !is_before(&slots[child], &slot))
            break;
        place(heap, position, slots[child]);
        position = (uint32_t)child;
    }
    place(heap, position, slot);
}

static struct heap *heap_of(struct scheduler *scheduler, const struct sched_host *host)
{
    return &scheduler->heaps[host->is_quick];
}

static void heap_remove(struct heap *heap, struct sched_host *host)
{
    if (host->position == NOT_IN_HEAP)
        return;
    uint32_t position = host->position;
    host->position = NOT_IN_HEAP;
    heap->count--;
    if (position < heap->count)
        sift(heap, position, heap->slots[heap->count]);
}

static void heap_set(struct heap *heap, struct slot slot)
{
    if (slot.host->position == NOT_IN_HEAP) {
        if (heap->count == heap->capacity) {
            assert(heap->capacity < NOT_IN_HEAP / 2);
            heap->capacity = heap->capacity ? 2 * heap->capacity : 64;
            heap->slots = xreallocarray(heap->slots, heap->capacity, sizeof(*heap->slots));
        }
        slot.host->position = heap->count++;
    }
    sift(heap, slot.host->position, slot);
}

/* ---- Lanes */

/* When the delay after its last contact is over. */
static int64_t lane_free_at_us(const struct sched_host *host, const struct lane *lane)
{
    struct pace pace = { .last_response_ms = lane->response_ms,
                         .crawl_delay_ms = host->pace.crawl_delay_ms };
    return lane->end_us + US_PER_MS * pace_delay_ms(&pace, &host->policy);
}

static int64_t lane_ready_at_us(const struct sched_host *host, const struct lane *lane)
{
    int64_t ready_at_us = time_later(lane_free_at_us(host, lane), lane->hold_us);
    return time_later(ready_at_us,
                      time_later(US_PER_MS * host->pace.rest_until_ms, host->not_before_us));
}

/* The waiting lane that is ready first, as a slot; .host is NULL where none waits. */
static struct slot first_lane(const struct sched_host *host, struct lane **found)
{
    struct slot first = { .ready_at_us = INT64_MAX, .arrival = UINT64_MAX };
    for (uint16_t i = 0; i < host->lane_count; i++) {
        struct lane *lane = &host->lanes[i];
        if (lane->state != LANE_WAITING)
            continue;
        struct slot slot = { lane_ready_at_us(host, lane), lane->arrival,
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
        heap_set(heap_of(scheduler, host), first);
    else
        heap_remove(heap_of(scheduler, host), host);
}

/* Its pace changed: it may belong to the other line. */
static void choose_line(struct scheduler *scheduler, struct sched_host *host)
{
    bool is_quick = pace_is_quick(&host->pace);
    if (is_quick == host->is_quick)
        return;
    heap_remove(heap_of(scheduler, host), host);
    host->is_quick = is_quick;
}

static void start_waiting(struct scheduler *scheduler, struct lane *lane, int64_t ready_at_us)
{
    /* Not earlier than now: who begins to wait is behind those who were ready before. */
    lane->hold_us = time_later(ready_at_us, scheduler->now_us);
    lane->arrival = scheduler->arrivals++;
    lane->state = LANE_WAITING;
}

/* Of the lanes in this state (or any, if state is negative) the one whose delay is over first, or
 * last; NULL where there is none. */
static struct lane *lane_by_delay(const struct sched_host *host, int state, bool wants_last)
{
    struct lane *found = NULL;
    int64_t found_at_us = 0;
    for (uint16_t i = 0; i < host->lane_count; i++) {
        struct lane *lane = &host->lanes[i];
        if (state >= 0 && lane->state != state)
            continue;
        int64_t free_at_us = lane_free_at_us(host, lane);
        if (!found || (wants_last ? free_at_us > found_at_us : free_at_us < found_at_us)) {
            found = lane;
            found_at_us = free_at_us;
        }
    }
    return found;
}

/* A contact ended, as the pace knows already. A busy lane's delay is over, unless it took one over:
 * drop_lane. */
static void remember_contact(struct sched_host *host, int64_t end_us)
{
    struct lane *lane = lane_by_delay(host, LANE_BUSY, false);
    assert(lane);
    struct lane updated = *lane;
    updated.end_us = end_us;
    updated.response_ms = (uint32_t)host->pace.last_response_ms;
    int64_t free_at_us = lane_free_at_us(host, &updated);
    if (free_at_us > lane_free_at_us(host, lane))
        *lane = updated;
    host->pace.lanes_until_ms =
        time_later(host->pace.lanes_until_ms, (free_at_us + US_PER_MS - 1) / US_PER_MS);
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
    first->end_us = idle->end_us;
    *idle = host->lanes[host->lane_count - 1];
    set_lane_room(host, --host->lane_count);
}

/* A parked lane that made the last contact. */
static struct lane contact_of_pace(const struct pace *pace)
{
    return (struct lane){ .end_us = US_PER_MS * pace->last_contact_ms,
                          .response_ms = (uint32_t)pace->last_response_ms };
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
        host->lanes[i] = contact_of_pace(&host->pace);
        if (has_work)
            start_waiting(scheduler, &host->lanes[i], 0);
    }
}

/* Of all lanes' contacts the pace keeps the last one, and when the delay after each is over. So one
 * lane begins as if it had made the last one, and the others wait for all. */
static void hold_other_lanes(struct sched_host *host)
{
    for (uint16_t i = 1; i < host->lane_count; i++) {
        struct lane *lane = &host->lanes[i];
        int64_t early_us = US_PER_MS * host->pace.lanes_until_ms - lane_free_at_us(host, lane);
        if (early_us > 0)
            lane->end_us += early_us;
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
    for (size_t i = 0; i < HEAPS; i++)
        free(scheduler->heaps[i].slots);
    free(scheduler);
}

struct sched_host *scheduler_add(struct scheduler *scheduler, const struct pace *pace,
                                 const struct pace_policy *policy, int64_t now_us,
                                 int64_t not_before_us, void *owner)
{
    assert(policy->connections > 0);
    scheduler->now_us = time_later(scheduler->now_us, now_us);
    struct sched_host *host = xcalloc(1, sizeof(*host));
    host->pace = *pace;
    pace_bound(&host->pace, (now_us + US_PER_MS - 1) / US_PER_MS);
    host->is_quick = pace_is_quick(&host->pace);
    host->policy = *policy;
    host->not_before_us = not_before_us;
    host->owner = owner;
    host->position = NOT_IN_HEAP;
    host->next = scheduler->hosts;
    if (host->next)
        host->next->previous = host;
    scheduler->hosts = host;
    host->lanes = &host->only_lane;
    host->only_lane = contact_of_pace(&host->pace);
    host->lane_count = 1;
    fit_lanes(scheduler, host);
    hold_other_lanes(host);
    return host;
}

void scheduler_remove(struct scheduler *scheduler, struct sched_host *host)
{
    assert(host->busy == 0);
    heap_remove(heap_of(scheduler, host), host);
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

/* The first of these lines' heaps' first slots; NULL: there is none. */
static const struct slot *first_slot(const struct scheduler *scheduler, enum scheduler_lines lines)
{
    static const enum scheduler_lines bits[HEAPS] = { LINES_OTHERS, LINES_QUICK };
    const struct slot *first = NULL;
    for (size_t i = 0; i < HEAPS; i++) {
        const struct heap *heap = &scheduler->heaps[i];
        if ((lines & bits[i]) && heap->count > 0 && (!first || is_before(&heap->slots[0], first)))
            first = &heap->slots[0];
    }
    return first;
}

struct sched_host *scheduler_pop(struct scheduler *scheduler, enum scheduler_lines lines,
                                 int64_t now_us)
{
    scheduler->now_us = time_later(scheduler->now_us, now_us);
    if (scheduler_next_us(scheduler, lines) > now_us)
        return NULL;
    struct sched_host *host = first_slot(scheduler, lines)->host;
    struct lane *lane = NULL;
    first_lane(host, &lane);
    lane->state = LANE_BUSY;
    host->busy++;
    settle(scheduler, host);
    return host;
}

void scheduler_return(struct scheduler *scheduler, struct sched_host *host, int64_t ready_at_us)
{
    start_waiting(scheduler, release_lane(host), ready_at_us);
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
    scheduler->now_us = time_later(scheduler->now_us, end->now_us);
    pace_contact(&host->pace, &host->policy, end, next_random(scheduler));
    choose_line(scheduler, host);
    if (end->contact != CONTACT_NONE)
        remember_contact(host, end->now_us);
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

int64_t scheduler_ready_at_us(const struct sched_host *host)
{
    struct lane *lane = NULL;
    return first_lane(host, &lane).ready_at_us;
}

bool scheduler_is_quick(const struct sched_host *host)
{
    return host->is_quick;
}

int64_t scheduler_next_us(const struct scheduler *scheduler, enum scheduler_lines lines)
{
    const struct slot *first = first_slot(scheduler, lines);
    return first ? first->ready_at_us : INT64_MAX;
}
