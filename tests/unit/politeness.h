/* SPDX-License-Identifier: MIT
 *
 * politeness - a judge who sees a crawl as the webmasters do, and a small world to crawl in virtual
 * time.
 *
 * The judge is told when each contact began and ended and what was answered, never what the
 * scheduler thinks. From that and the promises of politeness it works out when the next contact may
 * begin, at the earliest and (jitter counted) at the latest, and stops the test at the first one
 * outside. Every message names the seed.
 */
#ifndef TESTS_UNIT_POLITENESS_H
#define TESTS_UNIT_POLITENESS_H

#include <check.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "frontier/outcome.h"
#include "frontier/scheduler.h"

#define SECONDS(n) ((int64_t)(n)*1000)
#define MINUTES(n) SECONDS((n)*60)
#define HOURS(n)   MINUTES((n)*60)
#define ONE_DAY    HOURS(24)

/* ---- The judge */

enum { ENDS_KEPT = 16, CONNECTIONS_MOST = 8 };

struct judged_contact {
    int64_t end_ms;
    int64_t response_ms;
    int64_t free_at_ms; /* The delay after it is over. */
};

struct judged {
    struct pace_policy policy;
    int64_t crawl_delay_ms;
    int64_t response_ms; /* Of the last good answer, or a longer one that failed since. */
    struct judged_contact ended[ENDS_KEPT]; /* A ring, by ended_count. */
    unsigned ended_count;
    unsigned in_flight;
    unsigned failures;
    /* The judge does not see jitter, so some things lie between a least and a most. */
    int64_t chosen_least_ms; /* Of the last rest whose length the crawler chose. */
    int64_t chosen_most_ms;
    int64_t rest_least_ms; /* The end of the rest; no contact before. */
    int64_t rest_most_ms;
    int64_t not_before_ms;
};

static inline int64_t judge_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline int64_t judge_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t judge_delay_ms(const struct judged *host, int64_t response_ms)
{
    int64_t delay_ms = judge_max(host->policy.delay_ms, host->crawl_delay_ms);
    if (host->policy.delay_ms) {
        double slow = host->policy.delay_factor * (double)response_ms;
        delay_ms = judge_max(delay_ms, slow < 30000 ? (int64_t)slow : 30000);
    }
    return judge_min(delay_ms, ONE_DAY);
}

/* The settings or the Crawl-delay changed, and with them the delay after the last contact of each
 * connection. For older contacts, which later ones followed, a delay gets no longer. */
static inline void judge_change(struct judged *host)
{
    for (unsigned i = 0; i < host->ended_count && i < ENDS_KEPT; i++) {
        struct judged_contact *contact = &host->ended[(host->ended_count - 1 - i) % ENDS_KEPT];
        int64_t free_at_ms = contact->end_ms + judge_delay_ms(host, contact->response_ms);
        if (i + host->in_flight < host->policy.connections || free_at_ms < contact->free_at_ms)
            contact->free_at_ms = free_at_ms;
    }
}

/* The pace tells how long the last response took, not how long that of each connection did. */
static inline void judge_restart(struct judged *host)
{
    for (unsigned i = 0; i < host->ended_count && i < ENDS_KEPT; i++)
        host->ended[i].response_ms = host->response_ms;
    judge_change(host);
}

static inline const char *judge_start(struct judged *host, int64_t now_ms)
{
    unsigned taken = host->in_flight;
    for (unsigned i = 0; i < host->ended_count && i < ENDS_KEPT; i++)
        taken += host->ended[i].free_at_ms > now_ms;
    if (host->in_flight >= host->policy.connections)
        return "more contacts at once than connections";
    if (taken >= host->policy.connections)
        return "a contact before the delay was over";
    if (now_ms < host->rest_least_ms)
        return "a contact during a rest";
    if (now_ms < host->not_before_ms)
        return "a contact too soon after an unclean stop";
    host->rest_most_ms = judge_min(host->rest_most_ms, now_ms); /* It is over, as we see. */
    host->in_flight++;
    return NULL;
}

static inline void judge_rest(struct judged *host, int64_t now_ms, int64_t least_ms,
                              int64_t most_ms)
{
    host->rest_least_ms = judge_max(host->rest_least_ms, now_ms + least_ms);
    host->rest_most_ms = judge_max(host->rest_most_ms, now_ms + most_ms);
}

/* Rests lie 30 quiet minutes back, for sure or perhaps, and the host does not fail: they are
 * forgiven. */
static inline void judge_forgive(struct judged *host, int64_t now_ms)
{
    if (host->failures >= host->policy.failures_most)
        return;
    if (now_ms >= host->rest_least_ms + MINUTES(30))
        host->chosen_least_ms = 0;
    if (now_ms >= host->rest_most_ms + MINUTES(30))
        host->chosen_most_ms = 0;
}

/* A rest without Retry-After: the first, or twice the last one unless that goes on. */
static inline void judge_chosen_rest(struct judged *host, int64_t now_ms, int64_t first_ms)
{
    int64_t least_ms = host->chosen_least_ms * (now_ms < host->rest_most_ms ? 1 : 2);
    int64_t most_ms = host->chosen_most_ms * (now_ms < host->rest_least_ms ? 1 : 2);
    host->chosen_least_ms = judge_min(judge_max(least_ms, first_ms), ONE_DAY);
    host->chosen_most_ms = judge_min(judge_max(most_ms, first_ms), ONE_DAY);
    int64_t jittered_ms = host->chosen_most_ms + host->chosen_most_ms / 4;
    judge_rest(host, now_ms, host->chosen_least_ms, judge_min(jittered_ms, ONE_DAY));
}

static inline void judge_failure(struct judged *host, int64_t now_ms)
{
    host->failures++;
    if (host->failures < host->policy.failures_most || now_ms < host->rest_least_ms)
        return;
    struct judged unordered = *host;
    judge_chosen_rest(host, now_ms, host->policy.failures_rest_ms);
    if (now_ms >= unordered.rest_most_ms)
        return;
    /* Whether the last rest still goes on, and this failure is of the same trouble, only the
     * crawler knows. */
    host->rest_least_ms = unordered.rest_least_ms;
    host->chosen_least_ms = judge_min(host->chosen_least_ms, unordered.chosen_least_ms);
    host->chosen_most_ms = judge_max(host->chosen_most_ms, unordered.chosen_most_ms);
}

static inline void judge_end(struct judged *host, const struct contact_end *end)
{
    int64_t now_ms = end->now_us / US_PER_MS;
    judge_forgive(host, now_ms);
    if (end->contact == CONTACT_NONE) {
        if (end->reason == OUTCOME_FAILED_DNS)
            judge_failure(host, now_ms);
        return;
    }
    host->in_flight--;
    host->response_ms = end->contact == CONTACT_OK ? end->response_ms
                                                   : judge_max(end->response_ms, host->response_ms);
    host->ended[host->ended_count++ % ENDS_KEPT] =
        (struct judged_contact){ now_ms, host->response_ms,
                                 now_ms + judge_delay_ms(host, host->response_ms) };
    if (end->contact == CONTACT_OK)
        host->failures = 0;
    if (end->contact == CONTACT_FAILED)
        judge_failure(host, now_ms);
    if (end->contact != CONTACT_BUSY)
        return;
    int64_t asked_ms = judge_min(judge_max(end->retry_after_ms, SECONDS(1)), ONE_DAY);
    if (end->retry_after_ms >= 0)
        judge_rest(host, now_ms, asked_ms, asked_ms);
    else
        judge_chosen_rest(host, now_ms, SECONDS(60));
}

/* The latest time at which a host with one connection, work and a free crawler has to be contacted.
 */
static inline int64_t judge_latest_ms(const struct judged *host)
{
    int64_t latest_ms = judge_max(host->rest_most_ms, host->not_before_ms);
    if (host->ended_count)
        latest_ms =
            judge_max(latest_ms, host->ended[(host->ended_count - 1) % ENDS_KEPT].free_at_ms);
    return latest_ms;
}

/* ---- The world */

struct world_options {
    uint64_t seed;
    size_t hosts;
    unsigned contacts;      /* Wanted by each host. */
    unsigned most_at_once;  /* Contacts in flight over all hosts; 0: as many as are ready. */
    bool is_calm;           /* Every answer is good, in at most 1 s, and nothing else happens. */
    unsigned unclean_stops; /* Kills; about as many clean stops come between them. */
};

enum event_kind { EVENT_FINISH, EVENT_WAKE, EVENT_CHANGE };

struct event {
    int64_t at_ms;
    uint64_t order;
    enum event_kind kind;
    struct world_host *host;
    struct contact_end end;
};

struct world_host {
    struct sched_host *sched;
    struct judged judged;
    struct judged durable; /* What the judge may hold against a crawler that was killed. */
    struct buf record;     /* The pace as it was last written. */
    bool is_dirty;
    bool is_even; /* One connection and settings that never change: lateness can be judged. */
    bool is_down;
    unsigned left;     /* Contacts that are wanted. */
    int64_t wanted_ms; /* Not before, by the crawler's own wish. */
};

struct world {
    struct world_options options;
    struct scheduler *scheduler;
    struct world_host *hosts;
    struct event *events; /* A binary heap by time and order. */
    size_t event_count;
    size_t event_capacity;
    uint64_t order;
    uint64_t random;
    int64_t now_ms;
    int64_t commit_ms; /* When the paces were written last. */
    unsigned in_flight;
    uint64_t contacts;
    int64_t latest_ms; /* The most that a contact came late. */
};

static inline uint64_t world_random(struct world *world, uint64_t below)
{
    /* PCG's multiplier; the high bits are the good ones. */
    world->random = world->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (world->random >> 33) % below;
}

static inline void world_fail(const struct world *world, const struct world_host *host,
                              const char *what)
{
    ck_abort_msg("seed %" PRIu64 ", host %zu, %" PRId64 " ms, contact %" PRIu64 ": %s",
                 world->options.seed, (size_t)(host - world->hosts), world->now_ms, world->contacts,
                 what);
}

static inline bool event_is_before(const struct event *a, const struct event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static inline void world_expect(struct world *world, struct event event)
{
    if (world->event_count == world->event_capacity) {
        world->event_capacity = world->event_capacity ? 2 * world->event_capacity : 64;
        world->events = xreallocarray(world->events, world->event_capacity, sizeof(*world->events));
    }
    event.order = world->order++;
    size_t at = world->event_count++;
    while (at > 0 && event_is_before(&event, &world->events[(at - 1) / 2])) {
        world->events[at] = world->events[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    world->events[at] = event;
}

static inline struct event world_next_event(struct world *world)
{
    struct event first = world->events[0];
    struct event last = world->events[--world->event_count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < world->event_count; at = child) {
        if (child + 1 < world->event_count &&
            event_is_before(&world->events[child + 1], &world->events[child]))
            child++;
        if (!event_is_before(&world->events[child], &last))
            break;
        world->events[at] = world->events[child];
    }
    world->events[at] = last;
    return first;
}

/* An answer, good or bad, and how long it takes. */
static inline struct contact_end world_answer(struct world *world, struct world_host *host)
{
    static const int64_t slowness[] = { 20, 200, 1000, 5000, 20000, 120000 };
    struct contact_end end = { .contact = CONTACT_OK,
                               .retry_after_ms = -1,
                               .reason = OUTCOME_PAGE };
    size_t speeds = world->options.is_calm ? 3 : sizeof(slowness) / sizeof(slowness[0]);
    end.response_ms = (int64_t)world_random(world, (uint64_t)slowness[world_random(world, speeds)]);
    if (world->options.is_calm)
        return end;
    if (world_random(world, 50) == 0)
        host->is_down = !host->is_down;
    uint64_t luck = world_random(world, 100);
    if (host->is_down || luck < 8) {
        static const struct contact_end failures[] = {
            { .contact = CONTACT_FAILED, .reason = OUTCOME_FAILED_TIMEOUT },
            { .contact = CONTACT_FAILED, .reason = OUTCOME_FAILED_SERVER },
            { .contact = CONTACT_NONE, .reason = OUTCOME_FAILED_DNS },
            { .contact = CONTACT_NONE, .reason = OUTCOME_REFUSED_ADDRESS },
        };
        end.contact = failures[luck % 4].contact;
        end.reason = failures[luck % 4].reason;
    } else if (luck < 16) {
        static const int64_t asked[] = { -1, -1, -1, -1, 0, 700, 90000, 7200000, INT64_MAX };
        end.contact = CONTACT_BUSY;
        end.reason = OUTCOME_FAILED_BUSY;
        end.retry_after_ms = asked[world_random(world, sizeof(asked) / sizeof(asked[0]))];
    }
    return end;
}

static inline void world_start(struct world *world, struct world_host *host)
{
    struct contact_end end = world_answer(world, host);
    if (end.contact != CONTACT_NONE) {
        int64_t due_ms = judge_max(judge_latest_ms(&host->judged), host->wanted_ms);
        const char *wrong = judge_start(&host->judged, world->now_ms);
        if (wrong)
            world_fail(world, host, wrong);
        if (host->is_even)
            world->latest_ms = judge_max(world->latest_ms, world->now_ms - due_ms);
    } else {
        end.response_ms /= 10;
    }
    host->left--;
    world->in_flight++;
    world->contacts++;
    int64_t end_ms = world->now_ms + end.response_ms;
    end.now_us = US_PER_MS * end_ms;
    world_expect(world, (struct event){ .at_ms = end_ms, .host = host, .end = end });
}

/* A host whose turn it is: mostly a contact begins, but its robots.txt may be missing or there is
 * nothing to do. */
static inline void world_turn(struct world *world, struct world_host *host)
{
    uint64_t luck = world->options.is_calm ? 99 : world_random(world, 100);
    if (!host->left || luck < 3) {
        host->wanted_ms = world->now_ms + (int64_t)world_random(world, (uint64_t)HOURS(1));
        if (host->left)
            world_expect(world, (struct event){ host->wanted_ms, 0, EVENT_WAKE, host, { 0 } });
        scheduler_park(world->scheduler, host->sched);
    } else if (luck < 8) {
        int64_t at_ms = luck < 5 ? 0 : world->now_ms + (int64_t)world_random(world, 20000);
        host->wanted_ms = judge_max(at_ms, host->wanted_ms);
        scheduler_return(world->scheduler, host->sched, US_PER_MS * at_ms);
    } else {
        world_start(world, host);
    }
}

static inline struct pace_policy world_policy(struct world *world)
{
    static const int64_t delays[] = { 1000, 1000, 1000, 0, 100, 30000 };
    static const double factors[] = { 1, 1, 0, 2.5 };
    struct pace_policy policy = {
        .delay_ms = delays[world_random(world, 6)],
        .delay_factor = factors[world_random(world, 4)],
        .connections = (uint16_t)(1 + (world_random(world, 3) ? 0 : world_random(world, 8))),
        .failures_most = world_random(world, 5) ? 10 : 3,
        .failures_rest_ms = HOURS(1),
    };
    if (world->options.is_calm)
        policy = (struct pace_policy){ 1000, 1, 1, 10, HOURS(1) };
    return policy;
}

/* New settings, or a robots.txt with another Crawl-delay. */
static inline void world_change(struct world *world, struct world_host *host)
{
    if (world_random(world, 2)) {
        host->judged.crawl_delay_ms = (int64_t)world_random(world, 20) * 1000;
        scheduler_crawl_delay(world->scheduler, host->sched, host->judged.crawl_delay_ms);
    } else {
        host->judged.policy = world_policy(world);
        scheduler_policy(world->scheduler, host->sched, &host->judged.policy);
    }
    judge_change(&host->judged);
    if (host->left)
        world_expect(world,
                     (struct event){ world->now_ms + HOURS(2), 0, EVENT_CHANGE, host, { 0 } });
}

static inline void world_event(struct world *world)
{
    struct event event = world_next_event(world);
    world->now_ms = event.at_ms;
    switch (event.kind) {
    case EVENT_FINISH:
        world->in_flight--;
        judge_end(&event.host->judged, &event.end);
        scheduler_finish(world->scheduler, event.host->sched, &event.end);
        event.host->wanted_ms = world->now_ms;
        event.host->is_dirty = true;
        break;
    case EVENT_WAKE:
        scheduler_wake(world->scheduler, event.host->sched);
        break;
    case EVENT_CHANGE:
        world_change(world, event.host);
        event.host->is_dirty = true;
        break;
    }
}

/* ---- Stops and starts */

static inline void world_commit(struct world *world)
{
    for (size_t i = 0; i < world->options.hosts; i++) {
        struct world_host *host = &world->hosts[i];
        if (!host->is_dirty)
            continue;
        host->is_dirty = false;
        host->durable = host->judged;
        buf_reset(&host->record);
        pace_pack(&host->record, scheduler_pace(host->sched));
    }
    world->commit_ms = world->now_ms;
}

/* A new scheduler, with what was written of each host. */
static inline void world_boot(struct world *world, bool is_unclean)
{
    scheduler_free(world->scheduler);
    world->scheduler = scheduler_new(world->options.seed);
    world->in_flight = 0;
    for (size_t i = 0; i < world->options.hosts; i++) {
        struct world_host *host = &world->hosts[i];
        struct judged *judged = &host->judged;
        struct pace pace;
        struct unpacker from = unpacker_of(buf_bytes(&host->record));
        pace_unpack(&from, &pace);
        ck_assert(!from.is_bad && from.left == 0);
        int64_t not_before_ms = 0;
        if (is_unclean) {
            struct pace_policy policy = judged->policy;
            *judged = host->durable;
            judged->policy = policy; /* The configuration was not lost. */
            judged->in_flight = 0;
            judged->not_before_ms = world->now_ms + judge_delay_ms(judged, judged->response_ms);
            not_before_ms = world->now_ms + pace_delay_ms(&pace, &judged->policy);
        }
        judge_restart(judged);
        host->is_dirty = false;
        host->wanted_ms = world->now_ms;
        host->sched = scheduler_add(world->scheduler, &pace, &judged->policy,
                                    US_PER_MS * world->now_ms, US_PER_MS * not_before_ms, host);
        scheduler_wake(world->scheduler, host->sched);
        if (!host->is_even)
            world_expect(world, (struct event){ world->now_ms, 0, EVENT_CHANGE, host, { 0 } });
    }
}

/* No contact begins any more; what is in flight ends, unless the stop is a kill. */
static inline void world_stop(struct world *world, bool is_unclean)
{
    while (!is_unclean && world->in_flight > 0)
        world_event(world);
    world->event_count = 0;
    if (!is_unclean)
        world_commit(world);
    static const int64_t away[] = { 1, 100, 3000, 600000, 200000000 };
    world->now_ms += (int64_t)world_random(world, (uint64_t)away[world_random(world, 5)]);
    world_boot(world, is_unclean);
}

/* ---- The story */

static inline struct world *world_new(const struct world_options *options)
{
    struct world *world = xcalloc(1, sizeof(*world));
    world->options = *options;
    world->random = options->seed;
    world->now_ms = INT64_C(1700000000000);
    world->hosts = xcalloc(options->hosts, sizeof(*world->hosts));
    for (size_t i = 0; i < options->hosts; i++) {
        struct world_host *host = &world->hosts[i];
        host->judged.policy = world_policy(world);
        host->judged.crawl_delay_ms = -1;
        host->durable = host->judged;
        host->is_even = host->judged.policy.connections == 1 && (options->is_calm || i % 4 != 0);
        host->left = options->contacts;
        buf_init(&host->record, BUF_UNBOUNDED);
        pace_pack(&host->record, &PACE_NEW);
    }
    world_boot(world, false);
    return world;
}

static inline void world_free(struct world *world)
{
    for (size_t i = 0; i < world->options.hosts; i++)
        buf_clear(&world->hosts[i].record);
    scheduler_free(world->scheduler);
    free(world->hosts);
    free(world->events);
    free(world);
}

/* Whatever is ready begins, then the clock moves to the next thing that happens. False when nothing
 * will. */
static inline bool world_step(struct world *world)
{
    unsigned most = world->options.most_at_once;
    struct sched_host *ready;
    while ((!most || world->in_flight < most) &&
           (ready = scheduler_pop(world->scheduler, LINES_ALL, US_PER_MS * world->now_ms)) != NULL)
        world_turn(world, scheduler_owner(ready));
    int64_t next_us = most && world->in_flight >= most
                          ? INT64_MAX
                          : scheduler_next_us(world->scheduler, LINES_ALL);
    int64_t next_ms = next_us == INT64_MAX ? INT64_MAX : next_us / US_PER_MS;
    int64_t event_ms = world->event_count ? world->events[0].at_ms : INT64_MAX;
    if (next_ms == INT64_MAX && event_ms == INT64_MAX)
        return false;
    if (next_ms < world->now_ms || event_ms < world->now_ms)
        ck_abort_msg("seed %" PRIu64 ": the clock would go back", world->options.seed);
    world->now_ms = judge_min(next_ms, event_ms);
    if (world->options.unclean_stops && world->now_ms >= world->commit_ms + 200)
        world_commit(world);
    if (event_ms <= next_ms)
        world_event(world);
    return true;
}

/* At the end each host has been contacted as often as it was wanted, and has all its lanes. */
static inline void world_check_end(struct world *world)
{
    size_t lanes = 0;
    for (size_t i = 0; i < world->options.hosts; i++) {
        struct world_host *host = &world->hosts[i];
        if (host->left || scheduler_busy(host->sched))
            world_fail(world, host, "work is left and nobody does it");
        if (scheduler_ready_at_us(host->sched) != INT64_MAX)
            world_fail(world, host, "a lane waits and nothing is to be done");
        scheduler_wake(world->scheduler, host->sched);
        lanes += host->judged.policy.connections;
    }
    while (scheduler_pop(world->scheduler, LINES_ALL, US_PER_MS * (world->now_ms + 2 * ONE_DAY)))
        lanes--;
    ck_assert_msg(lanes == 0, "seed %" PRIu64 ": %zu lanes lost", world->options.seed, lanes);
}

static inline void world_run(struct world *world)
{
    uint64_t wanted = world->options.hosts * world->options.contacts;
    uint64_t stops = 2 * (uint64_t)world->options.unclean_stops;
    uint64_t done = 0;
    while (world_step(world)) {
        if (world->contacts * (stops + 1) >= wanted * (done + 1) && done < stops)
            world_stop(world, done++ % 2 == 0);
    }
    world_check_end(world);
}

#endif
