/* SPDX-License-Identifier: MIT
 *
 * One test for each sentence of the politeness that webmasters are promised: delays, and the rests
 * that answers and failures order.
 */
#include "suite.h"

#include "scheduling.h"

START_TEST(the_delay_runs_from_the_end_of_one_response_to_the_next_start)
{
    static const struct {
        int64_t delay_ms;
        double factor;
        int64_t crawl_delay_ms;
        int64_t response_ms;
        int64_t wanted_ms;
    } rows[] = {
        { 1000, 1, -1, 200, 1000 },
        { 1000, 1, -1, 5000, 5000 }, /* delay_factor times the last response time. */
        { 1000, 2.5, -1, 5000, 12500 },
        { 1000, 0, -1, 5000, 1000 },
        { 1000, 1, -1, 29999, 29999 },
        { 1000, 1, -1, 90000, 30000 }, /* At most 30 s of it. */
        { 60000, 1, -1, 90000, 60000 },
        { 0, 1, -1, 5000, 0 },      /* Not when the user sets delay to 0. */
        { 0, 1, 3000, 5000, 3000 }, /* Crawl-delay holds nevertheless. */
        { 1000, 1, 0, 200, 1000 },
        { 1000, 1, 500, 200, 1000 },
        { 1000, 1, 3000, 200, 3000 },
        { 1000, 1, 3000, 7000, 7000 },
        { 1000, 1, INT64_MAX, 200, ONE_DAY }, /* Nothing is more than a day ahead. */
        { 5 * ONE_DAY, 1, -1, 200, ONE_DAY },
        { 1000, 1e300, -1, 200, 30000 },
        { 1000, -1, -1, 200, 1000 },
        { 1000, 1, -1, -5, 1000 }, /* A clock that was set back meanwhile. */
        { 1000, 1, -1, INT64_MAX, 30000 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scheduler *scheduler = scheduler_new(1);
        struct pace_policy policy = POLICY;
        policy.delay_ms = rows[i].delay_ms;
        policy.delay_factor = rows[i].factor;
        struct sched_host *host = add(scheduler, &policy);
        scheduler_crawl_delay(scheduler, host, rows[i].crawl_delay_ms);
        ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
        ck_assert_msg(next_ms_of(scheduler) == INT64_MAX, "row %zu: two at once", i);
        struct contact_end end = ended(CONTACT_OK, NOW + 300, rows[i].response_ms);
        scheduler_finish(scheduler, host, &end);
        ck_assert_msg(pace_delay_ms(scheduler_pace(host), &policy) == rows[i].wanted_ms, "row %zu",
                      i);
        int64_t ready_ms = NOW + 300 + rows[i].wanted_ms;
        ck_assert_int_eq(ready_at_ms(host), ready_ms);
        ck_assert_msg(!pop_at(scheduler, ready_ms - 1), "row %zu: too early", i);
        ck_assert_msg(pop_at(scheduler, ready_ms) == host, "row %zu: too late", i);
        scheduler_free(scheduler);
    }
}
END_TEST

/* One contact of a story, and how long the host then has to be left alone. */
struct chapter {
    int64_t wait_ms; /* Beyond the time when it may begin. */
    enum contact contact;
    int64_t retry_after_ms;
    uint8_t reason;
    int64_t least_ms;
    int64_t most_ms;
    unsigned times; /* 0: once. */
};

#define GOOD(wait)                                                                                 \
    {                                                                                              \
        wait, CONTACT_OK, -1, OUTCOME_PAGE, 1000, 1000, 0                                          \
    }
#define BUSY(wait, rest)                                                                           \
    {                                                                                              \
        wait, CONTACT_BUSY, -1, OUTCOME_FAILED_BUSY, rest, (rest) + (rest) / 4, 0                  \
    }
#define ASKED(after, rest)                                                                         \
    {                                                                                              \
        0, CONTACT_BUSY, after, OUTCOME_FAILED_BUSY, rest, rest, 0                                 \
    }
#define FAILED(times)                                                                              \
    {                                                                                              \
        0, CONTACT_FAILED, -1, OUTCOME_FAILED_SERVER, 1000, 1000, times                            \
    }
#define FAILED_REST(wait, rest)                                                                    \
    {                                                                                              \
        wait, CONTACT_FAILED, -1, OUTCOME_FAILED_SERVER, rest, (rest) + (rest) / 4, 0              \
    }
#define NO_NAME(times)                                                                             \
    {                                                                                              \
        0, CONTACT_NONE, -1, OUTCOME_FAILED_DNS, 0, 0, times                                       \
    }
#define NO_NAME_REST(rest)                                                                         \
    {                                                                                              \
        0, CONTACT_NONE, -1, OUTCOME_FAILED_DNS, rest, (rest) + (rest) / 4, 0                      \
    }
#define ENDED(times)                                                                               \
    {                                                                                              \
        0, CONTACT_ENDED, -1, OUTCOME_FAILED_PROTOCOL, 1000, 1000, times                           \
    }
#define GUARDED(times)                                                                             \
    {                                                                                              \
        0, CONTACT_NONE, -1, OUTCOME_REFUSED_ADDRESS, 0, 0, times                                  \
    }

START_TEST(rests_are_as_long_as_promised)
{
    enum { CHAPTERS = 14 };
    static const struct {
        const char *name;
        struct chapter chapters[CHAPTERS];
        unsigned count;
    } stories[] = {
        { "60 s doubling to 1 day",
          { BUSY(0, MINUTES(1)),
            BUSY(0, MINUTES(2)),
            BUSY(0, MINUTES(4)),
            BUSY(0, MINUTES(8)),
            BUSY(0, MINUTES(16)),
            BUSY(0, MINUTES(32)),
            BUSY(0, MINUTES(64)),
            BUSY(0, MINUTES(128)),
            BUSY(0, MINUTES(256)),
            BUSY(0, MINUTES(512)),
            BUSY(0, MINUTES(1024)),
            ASKED(INT64_MAX, ONE_DAY),
            ASKED(5000, 5000),
            { 0, CONTACT_BUSY, -1, OUTCOME_FAILED_BUSY, ONE_DAY, ONE_DAY, 3 } },
          14 },
        { "Retry-After from 1 s to 1 day",
          { ASKED(0, 1000), ASKED(999, 1000), ASKED(1001, 1001), ASKED(120000, 120000),
            ASKED(ONE_DAY, ONE_DAY), ASKED(ONE_DAY + 1, ONE_DAY), ASKED(INT64_MAX, ONE_DAY) },
          7 },
        { "Retry-After neither doubles nor begins anew",
          { BUSY(0, MINUTES(1)), ASKED(5000, 5000), BUSY(0, MINUTES(2)) },
          3 },
        { "forgiven after 30 quiet minutes",
          { BUSY(0, MINUTES(1)), BUSY(0, MINUTES(2)), GOOD(MINUTES(30)), BUSY(0, MINUTES(1)) },
          4 },
        { "not forgiven a moment earlier",
          { BUSY(0, MINUTES(1)), BUSY(0, MINUTES(2)), GOOD(MINUTES(30) - 1500),
            BUSY(0, MINUTES(4)) },
          4 },
        { "quiet counts from the end of the rest",
          { BUSY(0, MINUTES(1)), ASKED(HOURS(1), HOURS(1)), BUSY(0, MINUTES(2)) },
          3 },
        { "ten failures in a row", { FAILED(9), FAILED_REST(0, HOURS(1)) }, 2 },
        { "a success begins a new row",
          { FAILED(9), GOOD(0), FAILED(9), FAILED_REST(0, HOURS(1)) },
          4 },
        { "what we end ourselves is neither",
          { FAILED(9), ENDED(3), FAILED_REST(0, HOURS(1)) },
          3 },
        { "429 is no success and no such failure",
          { FAILED(5), ASKED(2000, 2000), FAILED(4), FAILED_REST(0, HOURS(1)) },
          4 },
        { "1 h doubling to 1 day while it fails",
          { FAILED(9),
            FAILED_REST(0, HOURS(1)),
            FAILED_REST(0, HOURS(2)),
            FAILED_REST(HOURS(1), HOURS(4)),
            FAILED_REST(0, HOURS(8)),
            FAILED_REST(0, HOURS(16)),
            { 0, CONTACT_FAILED, -1, OUTCOME_FAILED_TIMEOUT, ONE_DAY, ONE_DAY, 3 } },
          7 },
        { "recovered, quiet and down again",
          { FAILED(9), FAILED_REST(0, HOURS(1)), GOOD(0), GOOD(MINUTES(30)), FAILED(9),
            FAILED_REST(0, HOURS(1)) },
          6 },
        { "recovered for a moment",
          { FAILED(9), FAILED_REST(0, HOURS(1)), GOOD(0), FAILED(9), FAILED_REST(0, HOURS(2)) },
          5 },
        { "no error makes a rest shorter",
          { FAILED(9), FAILED_REST(0, HOURS(1)), BUSY(0, HOURS(2)), FAILED_REST(0, HOURS(4)) },
          4 },
        { "DNS failures put no delay but count", { NO_NAME(9), NO_NAME_REST(HOURS(1)) }, 2 },
        { "what the guard refuses is no failure", { GUARDED(30), FAILED(9), GUARDED(30) }, 3 },
    };
    for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
        struct scheduler *scheduler = scheduler_new(i);
        add(scheduler, &POLICY);
        for (unsigned j = 0; j < stories[i].count; j++) {
            const struct chapter *chapter = &stories[i].chapters[j];
            for (unsigned time = 0; time < judge_max(chapter->times, 1); time++) {
                struct contact_end end = ended(chapter->contact, 0, 10);
                end.retry_after_ms = chapter->retry_after_ms;
                end.reason = chapter->reason;
                int64_t end_ms = contact_after(scheduler, chapter->wait_ms, end);
                int64_t rest_ms = next_ms_of(scheduler) - end_ms;
                ck_assert_msg(rest_ms >= chapter->least_ms && rest_ms <= chapter->most_ms,
                              "%s: chapter %u, time %u: %" PRId64 " ms", stories[i].name, j, time,
                              rest_ms);
            }
        }
        scheduler_free(scheduler);
    }
}
END_TEST

START_TEST(failures_never_rest_a_host_where_that_is_switched_off)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct pace_policy policy = POLICY;
    policy.failures_most = 0;
    add(scheduler, &policy);
    for (int i = 0; i < 100; i++) {
        int64_t end_ms = contact_after(scheduler, 0, ended(CONTACT_FAILED, 0, 10));
        ck_assert_int_eq(next_ms_of(scheduler) - end_ms, 1000);
    }
    scheduler_free(scheduler);
}
END_TEST

START_TEST(jitter_follows_from_the_seed_and_spreads_the_hosts)
{
    int64_t rests[2][50];
    size_t same = 0;
    for (size_t i = 0; i < 2; i++) {
        struct scheduler *scheduler = scheduler_new(7);
        for (size_t j = 0; j < 50; j++) {
            struct sched_host *host = add(scheduler, &POLICY);
            ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
            struct contact_end end = ended(CONTACT_BUSY, NOW, 0);
            scheduler_finish(scheduler, host, &end);
            rests[i][j] = ready_at_ms(host) - NOW;
            same += j > 0 && rests[i][j] == rests[i][j - 1];
        }
        scheduler_free(scheduler);
    }
    ck_assert_mem_eq(rests[0], rests[1], sizeof(rests[0]));
    ck_assert_uint_lt(same, 5);
}
END_TEST

START_TEST(errors_never_lower_a_delay)
{
    static const struct {
        enum contact contact;
        int64_t response_ms;
        int64_t wanted_ms;
    } rows[] = {
        { CONTACT_OK, 8000, 8000 }, { CONTACT_FAILED, 5, 8000 },  { CONTACT_FAILED, 12000, 12000 },
        { CONTACT_NONE, 60000, 0 }, { CONTACT_FAILED, 5, 12000 }, { CONTACT_ENDED, 5, 12000 },
        { CONTACT_OK, 5, 1000 },    { CONTACT_ENDED, 5, 1000 },   { CONTACT_FAILED, 60000, 30000 },
        { CONTACT_OK, 5, 1000 },
    };
    struct scheduler *scheduler = scheduler_new(1);
    add(scheduler, &POLICY);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct contact_end end = ended(rows[i].contact, 0, rows[i].response_ms);
        int64_t end_ms = contact_after(scheduler, 0, end);
        ck_assert_msg(next_ms_of(scheduler) - end_ms == rows[i].wanted_ms, "row %zu", i);
    }
    scheduler_free(scheduler);
}
END_TEST

/* Three contacts are in flight when a rest is ordered. */
START_TEST(what_finishes_during_a_rest_does_not_shorten_it_nor_double_it)
{
    static const struct {
        enum contact contact;
        int64_t retry_after_ms;
        int64_t least_ms; /* Of the whole rest. */
        int64_t most_ms;
    } rows[] = {
        { CONTACT_OK, -1, MINUTES(10), MINUTES(10) },
        { CONTACT_FAILED, -1, MINUTES(10), MINUTES(10) },
        { CONTACT_NONE, -1, MINUTES(10), MINUTES(10) },
        { CONTACT_BUSY, 1000, MINUTES(10), MINUTES(10) },
        { CONTACT_BUSY, MINUTES(20), MINUTES(20) + 200, MINUTES(20) + 200 },
        { CONTACT_BUSY, -1, MINUTES(10), MINUTES(10) }, /* 60 s, and that twice over are less. */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scheduler *scheduler = scheduler_new(i);
        struct pace_policy policy = POLICY;
        policy.connections = 3;
        struct sched_host *host = add(scheduler, &policy);
        pop_lanes(scheduler, host, 3, NOW);
        struct contact_end end = ended(CONTACT_BUSY, NOW, 10);
        end.retry_after_ms = MINUTES(10);
        scheduler_finish(scheduler, host, &end);
        for (int64_t j = 1; j < 3; j++) {
            end = ended(rows[i].contact, NOW + 100 * j, 10);
            end.retry_after_ms = rows[i].retry_after_ms;
            scheduler_finish(scheduler, host, &end);
        }
        int64_t ready_ms = next_ms_of(scheduler);
        ck_assert_msg(ready_ms >= NOW + rows[i].least_ms && ready_ms <= NOW + rows[i].most_ms,
                      "row %zu: %" PRId64, i, ready_ms - NOW);
        ck_assert_ptr_null(pop_at(scheduler, ready_ms - 1));
        pop_lanes(scheduler, host, 3, ready_ms);
        scheduler_free(scheduler);
    }
}
END_TEST

START_TEST(trouble_that_three_connections_meet_at_once_is_one_trouble)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct pace_policy policy = POLICY;
    policy.connections = 3;
    struct sched_host *host = add(scheduler, &policy);
    pop_lanes(scheduler, host, 3, NOW);
    for (unsigned j = 0; j < 3; j++) {
        struct contact_end end = ended(CONTACT_BUSY, NOW, 10);
        scheduler_finish(scheduler, host, &end);
    }
    ck_assert_int_ge(next_ms_of(scheduler), NOW + SECONDS(60));
    ck_assert_int_le(next_ms_of(scheduler), NOW + SECONDS(75));
    scheduler_free(scheduler);
}
END_TEST

START_TEST(failures_during_a_rest_leave_it_as_it_is)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct pace_policy policy = POLICY;
    policy.connections = 3;
    policy.failures_most = 1;
    struct sched_host *host = add(scheduler, &policy);
    pop_lanes(scheduler, host, 3, NOW);
    int64_t rest_until_ms = 0;
    for (int64_t j = 0; j < 3; j++) {
        struct contact_end end = ended(CONTACT_FAILED, NOW + MINUTES(20) * j, 10);
        scheduler_finish(scheduler, host, &end);
        if (j == 0)
            rest_until_ms = next_ms_of(scheduler);
    }
    ck_assert_int_ge(rest_until_ms, NOW + HOURS(1));
    ck_assert_int_eq(next_ms_of(scheduler), rest_until_ms);
    ck_assert_uint_eq(scheduler_pace(host)->failures_in_row, 3);
    scheduler_free(scheduler);
}
END_TEST

/* Ten milliseconds are ten, from whenever the response ended; a rest begins with the next whole
 * one, as it is kept in milliseconds. */
SUITE_MAIN("scheduler_rests", the_delay_runs_from_the_end_of_one_response_to_the_next_start,
           rests_are_as_long_as_promised, failures_never_rest_a_host_where_that_is_switched_off,
           jitter_follows_from_the_seed_and_spreads_the_hosts, errors_never_lower_a_delay,
           what_finishes_during_a_rest_does_not_shorten_it_nor_double_it,
           trouble_that_three_connections_meet_at_once_is_one_trouble,
           failures_during_a_rest_leave_it_as_it_is)
