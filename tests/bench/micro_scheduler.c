/* SPDX-License-Identifier: MIT
 *
 * micro_scheduler - whose turn it is, among ten thousand hosts and among a million.
 *
 * A line of JSON for each count of hosts, all of which have something to do: what popping the one
 * that is ready takes, and what finishing its contact takes, which puts it behind a delay of its
 * own. CPU time, the best of some rounds; and the memory of a host.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "frontier/scheduler.h"
#include "meters.h"

enum {
    ROUNDS = 5,
    TURNS = 1000000, /* Of a round. */
    BATCH = 1000,    /* Turns between two looks at the clock. */
    STEP_US = 100,   /* The crawl's own clock goes on so much with each turn. */
    DELAY_MS = 100,
};

static const int64_t start_us = INT64_C(1700000000000000);

struct costs {
    double pop_ns;
    double finish_ns;
};

static size_t memory_in_use(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* Delays between the least and eleven times that, so that the order always changes. */
static struct pace_policy policy_of(uint32_t number)
{
    return (struct pace_policy){
        .delay_ms = DELAY_MS * (1 + number % 11),
        .connections = 1,
        .failures_most = 10,
        .failures_rest_ms = 3600000,
    };
}

static struct scheduler *fill(uint32_t hosts)
{
    struct scheduler *scheduler = scheduler_new(1);
    for (uint32_t i = 0; i < hosts; i++) {
        struct pace pace = PACE_NEW;
        struct pace_policy policy = policy_of(i * UINT32_C(2654435761));
        /* The first ready times lie in one span of the largest delay. */
        int64_t not_before_us = start_us + i * INT64_C(2654435761) % (11 * 1000 * DELAY_MS);
        scheduler_wake(scheduler,
                       scheduler_add(scheduler, &pace, &policy, start_us, not_before_us, NULL));
    }
    return scheduler;
}

/* The clock jumps to the next ready time, so that there always is a host. */
static int64_t pop_batch(struct scheduler *scheduler, struct sched_host **hosts, int64_t now_us)
{
    for (size_t i = 0; i < BATCH; i++) {
        hosts[i] = scheduler_pop(scheduler, LINES_ALL, now_us);
        while (!hosts[i]) {
            now_us = scheduler_next_us(scheduler, LINES_ALL);
            hosts[i] = scheduler_pop(scheduler, LINES_ALL, now_us);
        }
        now_us += STEP_US;
    }
    return now_us;
}

static void finish_batch(struct scheduler *scheduler, struct sched_host **hosts, int64_t now_us)
{
    const struct contact_end end = { CONTACT_OK, now_us, 20, -1, 0 };
    for (size_t i = 0; i < BATCH; i++)
        scheduler_finish(scheduler, hosts[i], &end);
}

static struct costs run_round(struct scheduler *scheduler, int64_t *now_us)
{
    struct sched_host *hosts[BATCH];
    int64_t pop_ns = 0;
    int64_t finish_ns = 0;
    for (size_t i = 0; i < TURNS / BATCH; i++) {
        int64_t begin_ns = meter_ns(CLOCK_THREAD_CPUTIME_ID);
        *now_us = pop_batch(scheduler, hosts, *now_us);
        int64_t middle_ns = meter_ns(CLOCK_THREAD_CPUTIME_ID);
        finish_batch(scheduler, hosts, *now_us);
        pop_ns += middle_ns - begin_ns;
        finish_ns += meter_ns(CLOCK_THREAD_CPUTIME_ID) - middle_ns;
    }
    return (struct costs){ (double)pop_ns / TURNS, (double)finish_ns / TURNS };
}

static void measure(uint32_t hosts)
{
    size_t before = memory_in_use();
    struct scheduler *scheduler = fill(hosts);
    double bytes = (double)(memory_in_use() - before) / hosts;
    int64_t now_us = start_us;
    struct costs best = run_round(scheduler, &now_us);
    for (int i = 1; i < ROUNDS; i++) {
        struct costs costs = run_round(scheduler, &now_us);
        best.pop_ns = costs.pop_ns < best.pop_ns ? costs.pop_ns : best.pop_ns;
        best.finish_ns = costs.finish_ns < best.finish_ns ? costs.finish_ns : best.finish_ns;
    }
    printf("{\"scheduler\": %u, \"pop_ns\": %.1f, \"finish_ns\": %.1f, \"host_bytes\": %.1f}\n",
           (unsigned)hosts, best.pop_ns, best.finish_ns, bytes);
    scheduler_free(scheduler);
}

int main(void)
{
    measure(10000);
    measure(1000000);
    return 0;
}
