/* SPDX-License-Identifier: MIT
 *
 * One test for each sentence of the politeness that webmasters are promised, then crawls before the
 * judge of politeness.h. Kills and restarts are in test_politeness_sim.c.
 */
#include "suite.h"

#include "politeness.h"

static const int64_t NOW = INT64_C(1700000000000);

/* The defaults of the manual. */
static const struct pace_policy POLICY = { .delay_ms = 1000,
                                           .delay_factor = 1,
                                           .connections = 1,
                                           .failures_most = 10,
                                           .failures_rest_ms = HOURS(1) };

/* Whole milliseconds are enough for most of what is promised. */

static struct sched_host *pop_at(struct scheduler *scheduler, int64_t now_ms)
{
    return scheduler_pop(scheduler, LINES_ALL, US_PER_MS * now_ms);
}

static int64_t ms_of(int64_t at_us)
{
    return at_us == INT64_MAX ? INT64_MAX : at_us / US_PER_MS;
}

static int64_t next_ms_of(const struct scheduler *scheduler)
{
    return ms_of(scheduler_next_us(scheduler, LINES_ALL));
}

static int64_t ready_at_ms(const struct sched_host *host)
{
    return ms_of(scheduler_ready_at_us(host));
}

static struct contact_end ended(enum contact contact, int64_t now_ms, int64_t response_ms)
{
    return (struct contact_end){ .contact = contact,
                                 .now_us = US_PER_MS * now_ms,
                                 .response_ms = response_ms,
                                 .retry_after_ms = -1,
                                 .reason = OUTCOME_FAILED_SERVER };
}

static struct sched_host *add(struct scheduler *scheduler, const struct pace_policy *policy)
{
    struct sched_host *host = scheduler_add(scheduler, &PACE_NEW, policy, US_PER_MS * NOW, 0, NULL);
    scheduler_wake(scheduler, host);
    return host;
}

/* A contact of the only host as soon as one may begin, and wait_ms later; returns when it ended. */
static int64_t contact_after(struct scheduler *scheduler, int64_t wait_ms, struct contact_end end)
{
    int64_t start_ms = judge_max(next_ms_of(scheduler), NOW) + wait_ms;
    struct sched_host *host = pop_at(scheduler, start_ms);
    ck_assert_ptr_nonnull(host);
    end.now_us = US_PER_MS * (start_ms + end.response_ms);
    scheduler_finish(scheduler, host, &end);
    return start_ms + end.response_ms;
}

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
        for (unsigned j = 0; j < 3; j++)
            ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
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
        for (unsigned j = 0; j < 3; j++)
            ck_assert_ptr_eq(pop_at(scheduler, ready_ms), host);
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
    for (unsigned j = 0; j < 3; j++)
        ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
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
    for (unsigned j = 0; j < 3; j++)
        ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
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
START_TEST(a_turn_comes_no_microsecond_early_and_none_late)
{
    static const int64_t parts_us[] = { 0, 1, 499, 500, 999 };
    for (size_t i = 0; i < sizeof(parts_us) / sizeof(parts_us[0]); i++) {
        struct scheduler *scheduler = scheduler_new(1);
        struct pace_policy policy = POLICY;
        policy.delay_ms = 10;
        policy.delay_factor = 0;
        struct sched_host *host = add(scheduler, &policy);
        int64_t end_us = US_PER_MS * NOW + parts_us[i];
        ck_assert_ptr_eq(scheduler_pop(scheduler, LINES_ALL, end_us), host);
        struct contact_end end = ended(CONTACT_OK, 0, 1);
        end.now_us = end_us;
        scheduler_finish(scheduler, host, &end);
        ck_assert_ptr_null(scheduler_pop(scheduler, LINES_ALL, end_us + 9999));
        ck_assert_ptr_eq(scheduler_pop(scheduler, LINES_ALL, end_us + 10000), host);
        ck_assert_int_eq(scheduler_pace(host)->last_contact_ms, NOW + (parts_us[i] > 0));
        end.contact = CONTACT_BUSY;
        end.retry_after_ms = 2000;
        scheduler_finish(scheduler, host, &end);
        ck_assert_int_ge(scheduler_next_us(scheduler, LINES_ALL), end_us + 2000 * US_PER_MS);
        ck_assert_int_lt(scheduler_next_us(scheduler, LINES_ALL), end_us + 2001 * US_PER_MS);
        scheduler_free(scheduler);
    }
}
END_TEST

START_TEST(each_connection_keeps_the_delay)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct pace_policy policy = POLICY;
    policy.connections = 2;
    struct sched_host *host = add(scheduler, &policy);
    ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
    ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
    ck_assert_int_eq(next_ms_of(scheduler), INT64_MAX);
    ck_assert_uint_eq(scheduler_busy(host), 2);
    struct contact_end first = ended(CONTACT_OK, NOW + 100, 100);
    struct contact_end second = ended(CONTACT_OK, NOW + 600, 600);
    scheduler_finish(scheduler, host, &first);
    scheduler_finish(scheduler, host, &second);
    ck_assert_uint_eq(scheduler_busy(host), 0);
    ck_assert_ptr_null(pop_at(scheduler, NOW + 1099));
    ck_assert_ptr_eq(pop_at(scheduler, NOW + 1100), host);
    ck_assert_ptr_null(pop_at(scheduler, NOW + 1599));
    ck_assert_ptr_eq(pop_at(scheduler, NOW + 1600), host);
    scheduler_free(scheduler);
}
END_TEST

START_TEST(a_new_crawl_delay_holds_for_lanes_that_wait)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct sched_host *host = add(scheduler, &POLICY);
    int64_t end_ms = contact_after(scheduler, 0, ended(CONTACT_OK, 0, 10));
    scheduler_crawl_delay(scheduler, host, 5000);
    ck_assert_int_eq(next_ms_of(scheduler), end_ms + 5000);
    scheduler_crawl_delay(scheduler, host, 3000);
    ck_assert_int_eq(next_ms_of(scheduler), end_ms + 3000);
    ck_assert_int_eq(scheduler_pace(host)->crawl_delay_ms, 3000);
    scheduler_crawl_delay(scheduler, host, -1);
    ck_assert_int_eq(next_ms_of(scheduler), end_ms + POLICY.delay_ms);
    scheduler_free(scheduler);
}
END_TEST

START_TEST(new_settings_hold_at_once)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct sched_host *host = add(scheduler, &POLICY);
    int64_t end_ms = contact_after(scheduler, 0, ended(CONTACT_OK, 0, 10));
    static const int64_t delays[] = { 20000, 0, 1000 };
    for (size_t i = 0; i < 3; i++) {
        struct pace_policy policy = POLICY;
        policy.delay_ms = delays[i];
        scheduler_policy(scheduler, host, &policy);
        ck_assert_int_eq(ready_at_ms(host), end_ms + delays[i]);
        ck_assert_int_eq(next_ms_of(scheduler), end_ms + delays[i]);
    }
    scheduler_free(scheduler);
}
END_TEST

START_TEST(connections_that_are_added_or_taken_away_break_no_delay)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct pace_policy one = POLICY;
    struct pace_policy three = POLICY;
    three.connections = 3;
    struct sched_host *host = add(scheduler, &one);
    int64_t end_ms = contact_after(scheduler, 0, ended(CONTACT_OK, 0, 10));
    scheduler_policy(scheduler, host, &three);
    ck_assert_ptr_null(pop_at(scheduler, end_ms + 999));
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_eq(pop_at(scheduler, end_ms + 1000), host);
    ck_assert_ptr_null(pop_at(scheduler, end_ms + 1000));
    scheduler_policy(scheduler, host, &one); /* All three are busy. */
    for (int64_t i = 1; i <= 3; i++) {
        struct contact_end end = ended(CONTACT_OK, end_ms + 1000 + 100 * i, 100);
        scheduler_finish(scheduler, host, &end);
        int64_t wanted_ms = i < 3 ? INT64_MAX : end_ms + 2300;
        ck_assert_int_eq(next_ms_of(scheduler), wanted_ms);
    }
    scheduler_policy(scheduler, host, &three);
    ck_assert_ptr_null(pop_at(scheduler, end_ms + 2299));
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_eq(pop_at(scheduler, end_ms + 2300), host);
    ck_assert_ptr_null(pop_at(scheduler, end_ms + ONE_DAY));
    scheduler_free(scheduler);
}
END_TEST

START_TEST(lanes_too_many_leave_however_they_become_idle)
{
    for (int i = 0; i < 3; i++) {
        struct scheduler *scheduler = scheduler_new(1);
        struct pace_policy policy = POLICY;
        struct sched_host *host = add(scheduler, &policy);
        ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
        policy.connections = 3; /* Two more wait, as the host has work. */
        scheduler_policy(scheduler, host, &policy);
        for (int j = 0; j < 2; j++)
            ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
        policy.connections = 1;
        scheduler_policy(scheduler, host, &policy);
        struct contact_end end = ended(CONTACT_NONE, NOW, 0);
        for (int j = 0; j < 3; j++) {
            if (i == 0)
                scheduler_return(scheduler, host, 0);
            else if (i == 1)
                scheduler_park(scheduler, host);
            else
                scheduler_finish(scheduler, host, &end);
        }
        scheduler_wake(scheduler, host);
        ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
        ck_assert_ptr_null(pop_at(scheduler, NOW));
        scheduler_free(scheduler);
    }
}
END_TEST

START_TEST(connections_added_to_a_parked_host_are_parked)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct pace_policy policy = POLICY;
    struct sched_host *host =
        scheduler_add(scheduler, &PACE_NEW, &policy, US_PER_MS * NOW, 0, NULL);
    policy.connections = 4;
    scheduler_policy(scheduler, host, &policy);
    ck_assert_int_eq(next_ms_of(scheduler), INT64_MAX);
    scheduler_wake(scheduler, host);
    for (int i = 0; i < 4; i++)
        ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
    ck_assert_ptr_null(pop_at(scheduler, NOW));
    scheduler_free(scheduler);
}
END_TEST

START_TEST(hosts_ready_together_leave_in_order_of_arrival)
{
    enum { HOSTS = 100 };
    struct scheduler *scheduler = scheduler_new(1);
    struct sched_host *hosts[HOSTS];
    for (size_t i = 0; i < HOSTS; i++)
        hosts[i] = add(scheduler, &POLICY);
    for (size_t i = 0; i < HOSTS; i++)
        ck_assert_ptr_eq(pop_at(scheduler, NOW), hosts[i]);
    /* They come back in another order, all at the same time. */
    for (size_t i = 0; i < HOSTS; i++) {
        struct contact_end end = ended(CONTACT_OK, NOW + 10, 10);
        scheduler_finish(scheduler, hosts[i * 37 % HOSTS], &end);
    }
    for (size_t i = 0; i < HOSTS; i++)
        ck_assert_ptr_eq(pop_at(scheduler, NOW + 1010), hosts[i * 37 % HOSTS]);
    scheduler_free(scheduler);
}
END_TEST

START_TEST(who_returns_or_is_parked_and_woken_is_behind_those_who_are_ready)
{
    static const bool parks[] = { false, true };
    for (size_t i = 0; i < 2; i++) {
        struct scheduler *scheduler = scheduler_new(1);
        struct sched_host *first = add(scheduler, &POLICY);
        struct sched_host *second = add(scheduler, &POLICY);
        struct sched_host *third = add(scheduler, &POLICY);
        ck_assert_ptr_eq(pop_at(scheduler, NOW + 50), first);
        if (parks[i]) {
            scheduler_park(scheduler, first);
            scheduler_wake(scheduler, first);
        } else {
            scheduler_return(scheduler, first, 0);
        }
        ck_assert_ptr_eq(pop_at(scheduler, NOW + 50), second);
        ck_assert_ptr_eq(pop_at(scheduler, NOW + 50), third);
        ck_assert_ptr_eq(pop_at(scheduler, NOW + 50), first);
        scheduler_free(scheduler);
    }
}
END_TEST

/* How the last contact of a host went, and in which line it stands then. */
START_TEST(hosts_that_answer_well_and_soon_stand_in_a_line_of_their_own)
{
    static const struct {
        enum contact contact;
        int64_t response_ms;
        bool is_quick;
    } rows[] = {
        { CONTACT_OK, 999, true },     { CONTACT_OK, 1000, false },  { CONTACT_FAILED, 10, false },
        { CONTACT_OK, 10, true },      { CONTACT_OK, 15000, false }, { CONTACT_NONE, 10, false },
        { CONTACT_OK, 10, true },      { CONTACT_NONE, 10, true },   { CONTACT_BUSY, 10, true },
        { CONTACT_FAILED, 10, false },
    };
    struct scheduler *scheduler = scheduler_new(1);
    struct pace_policy policy = POLICY;
    policy.delay_ms = 0;
    struct sched_host *host = add(scheduler, &policy);
    ck_assert(!scheduler_is_quick(host)); /* Nothing is known of it. */
    int64_t now_us = US_PER_MS * NOW;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool was_quick = scheduler_is_quick(host);
        now_us = judge_max(now_us, scheduler_next_us(scheduler, LINES_ALL));
        ck_assert_ptr_null(
            scheduler_pop(scheduler, was_quick ? LINES_OTHERS : LINES_QUICK, now_us));
        ck_assert_ptr_null(scheduler_pop(scheduler, LINES_NONE, now_us));
        ck_assert_ptr_eq(scheduler_pop(scheduler, was_quick ? LINES_QUICK : LINES_OTHERS, now_us),
                         host);
        struct contact_end end = ended(rows[i].contact, 0, rows[i].response_ms);
        end.now_us = now_us;
        end.reason = OUTCOME_REFUSED_ADDRESS;
        scheduler_finish(scheduler, host, &end);
        ck_assert_msg(scheduler_is_quick(host) == rows[i].is_quick, "row %zu", i);
    }
    scheduler_free(scheduler);
}
END_TEST

START_TEST(what_is_known_of_a_host_puts_it_in_its_line_at_once)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct pace pace = PACE_NEW;
    pace.last_contact_ms = NOW - HOURS(1);
    pace.last_response_ms = 200;
    struct sched_host *quick = scheduler_add(scheduler, &pace, &POLICY, US_PER_MS * NOW, 0, NULL);
    pace.last_response_ms = 20000;
    struct sched_host *slow = scheduler_add(scheduler, &pace, &POLICY, US_PER_MS * NOW, 0, NULL);
    ck_assert(scheduler_is_quick(quick) && !scheduler_is_quick(slow));
    scheduler_wake(scheduler, slow);
    scheduler_wake(scheduler, quick);
    ck_assert_ptr_eq(scheduler_pop(scheduler, LINES_QUICK, US_PER_MS * NOW), quick);
    ck_assert_ptr_null(scheduler_pop(scheduler, LINES_QUICK, US_PER_MS * NOW));
    ck_assert_int_eq(scheduler_next_us(scheduler, LINES_QUICK), INT64_MAX);
    ck_assert_ptr_eq(scheduler_pop(scheduler, LINES_OTHERS, US_PER_MS * NOW), slow);
    scheduler_free(scheduler);
}
END_TEST

/* All lines together are one: nobody is preferred. */
START_TEST(of_both_lines_the_host_that_was_ready_longest_goes_first)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct sched_host *hosts[20];
    struct pace pace = PACE_NEW;
    pace.last_contact_ms = NOW - HOURS(1);
    for (size_t i = 0; i < 20; i++) {
        pace.last_response_ms = i % 3 ? 100 : 5000;
        hosts[i] = scheduler_add(scheduler, &pace, &POLICY, US_PER_MS * NOW, 0, NULL);
        scheduler_wake(scheduler, hosts[i]);
    }
    for (size_t i = 0; i < 20; i++)
        ck_assert_ptr_eq(scheduler_pop(scheduler, LINES_ALL, US_PER_MS * NOW), hosts[i]);
    scheduler_free(scheduler);
}
END_TEST

START_TEST(a_lane_that_returns_waits_as_long_as_asked)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct sched_host *host = add(scheduler, &POLICY);
    ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
    scheduler_return(scheduler, host, US_PER_MS * (NOW + 700));
    ck_assert_ptr_null(pop_at(scheduler, NOW + 699));
    ck_assert_ptr_eq(pop_at(scheduler, NOW + 700), host);
    /* Its delay since the contact before holds, should it have become longer meanwhile. */
    struct contact_end end = ended(CONTACT_OK, NOW + 800, 100);
    scheduler_finish(scheduler, host, &end);
    ck_assert_ptr_eq(pop_at(scheduler, NOW + 1800), host);
    scheduler_crawl_delay(scheduler, host, 9000);
    scheduler_return(scheduler, host, 0);
    ck_assert_int_eq(next_ms_of(scheduler), NOW + 9800);
    scheduler_free(scheduler);
}
END_TEST

START_TEST(parked_hosts_are_never_popped)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct sched_host *host =
        scheduler_add(scheduler, &PACE_NEW, &POLICY, US_PER_MS * NOW, 0, &scheduler);
    ck_assert_ptr_eq(scheduler_owner(host), &scheduler);
    ck_assert_int_eq(next_ms_of(scheduler), INT64_MAX);
    ck_assert_int_eq(ready_at_ms(host), INT64_MAX);
    ck_assert_ptr_null(pop_at(scheduler, NOW + ONE_DAY));
    scheduler_wake(scheduler, host);
    scheduler_wake(scheduler, host);
    ck_assert_ptr_eq(pop_at(scheduler, NOW + ONE_DAY), host);
    ck_assert_ptr_null(pop_at(scheduler, NOW + ONE_DAY));
    scheduler_park(scheduler, host);
    ck_assert_uint_eq(scheduler_busy(host), 0);
    ck_assert_ptr_null(pop_at(scheduler, NOW + 2 * ONE_DAY));
    scheduler_remove(scheduler, host);
    scheduler_free(scheduler);
}
END_TEST

START_TEST(hosts_can_be_removed_from_anywhere_in_the_heap)
{
    enum { HOSTS = 500 };
    struct scheduler *scheduler = scheduler_new(1);
    struct sched_host *hosts[HOSTS];
    for (size_t i = 0; i < HOSTS; i++) {
        struct pace pace = PACE_NEW;
        pace.last_contact_ms = NOW - (int64_t)(i * 7919 % HOSTS);
        struct pace_policy policy = POLICY;
        policy.connections = (uint16_t)(1 + i % 3);
        hosts[i] = scheduler_add(scheduler, &pace, &policy, US_PER_MS * NOW, 0, NULL);
        scheduler_wake(scheduler, hosts[i]);
    }
    size_t lanes = 0;
    for (size_t i = 0; i < HOSTS; i++) {
        if (i % 4 == 0)
            scheduler_remove(scheduler, hosts[i]);
        else
            lanes += 1 + i % 3;
    }
    int64_t previous_ms = 0;
    for (; lanes > 0; lanes--) {
        int64_t next_ms = next_ms_of(scheduler);
        ck_assert_int_ge(next_ms, previous_ms);
        ck_assert_ptr_nonnull(pop_at(scheduler, next_ms));
        previous_ms = next_ms;
    }
    ck_assert_int_eq(next_ms_of(scheduler), INT64_MAX);
    scheduler_free(scheduler);
}
END_TEST

START_TEST(delays_and_rests_hold_over_a_restart)
{
    static const struct {
        struct pace pace;
        uint16_t connections;
        int64_t not_before_ms;
        int64_t ready_ms; /* After NOW. */
    } rows[] = {
        { { .last_contact_ms = 1700000000000 - 400, .crawl_delay_ms = -1 }, 1, 0, 600 },
        { { .last_contact_ms = 1700000000000 - 400, .crawl_delay_ms = -1 }, 3, 0, 600 },
        { { .last_contact_ms = 1700000000000 - 400, .crawl_delay_ms = 2000 }, 1, 0, 1600 },
        { { .last_contact_ms = 1700000000000, .last_response_ms = 5000 }, 1, 0, 5000 },
        { { .rest_until_ms = 1700000000000 + 7777, .crawl_delay_ms = -1 }, 2, 0, 7777 },
        { { .crawl_delay_ms = -1 }, 1, 1700000000000 + 1000, 1000 },
        { { .crawl_delay_ms = -1 }, 3, 1700000000000 + 1000, 1000 },
        { { .rest_until_ms = 1700000000000 + 7777 }, 1, 1700000000000 + 1000, 7777 },
        { { .last_contact_ms = 1699999000000, .crawl_delay_ms = -1 }, 1, 0, 0 },
        /* The clock was years ahead when this was written. */
        { { .last_contact_ms = 1900000000000 }, 1, 0, 1000 },
        { { .rest_until_ms = 1900000000000 }, 1, 0, ONE_DAY },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scheduler *scheduler = scheduler_new(1);
        struct pace_policy policy = POLICY;
        policy.connections = rows[i].connections;
        struct sched_host *host = scheduler_add(scheduler, &rows[i].pace, &policy, US_PER_MS * NOW,
                                                US_PER_MS * rows[i].not_before_ms, NULL);
        scheduler_wake(scheduler, host);
        int64_t ready_ms = NOW + rows[i].ready_ms;
        ck_assert_msg(next_ms_of(scheduler) == ready_ms, "row %zu: %" PRId64, i,
                      next_ms_of(scheduler) - NOW);
        ck_assert_ptr_null(pop_at(scheduler, ready_ms - 1));
        for (uint16_t j = 0; j < rows[i].connections; j++)
            ck_assert_ptr_eq(pop_at(scheduler, ready_ms), host);
        scheduler_free(scheduler);
    }
}
END_TEST

START_TEST(each_connection_keeps_the_delay_over_a_restart)
{
    struct scheduler *scheduler = scheduler_new(1);
    struct pace_policy policy = POLICY;
    policy.connections = 3;
    struct sched_host *host = add(scheduler, &policy);
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_eq(pop_at(scheduler, NOW), host);
    /* A slow answer, and two quick ones after it. */
    struct contact_end ends[] = { ended(CONTACT_OK, NOW + 9000, 9000),
                                  ended(CONTACT_OK, NOW + 9100, 100),
                                  ended(CONTACT_OK, NOW + 9200, 100) };
    for (size_t i = 0; i < 3; i++)
        scheduler_finish(scheduler, host, &ends[i]);
    struct pace pace = *scheduler_pace(host);
    ck_assert_int_eq(pace.lanes_until_ms, NOW + 18000);
    scheduler_free(scheduler);
    scheduler = scheduler_new(1);
    host = scheduler_add(scheduler, &pace, &policy, US_PER_MS * (NOW + 9300), 0, NULL);
    scheduler_wake(scheduler, host);
    ck_assert_int_eq(next_ms_of(scheduler), NOW + 10200);
    ck_assert_ptr_eq(pop_at(scheduler, NOW + 10200), host);
    ck_assert_int_eq(next_ms_of(scheduler), NOW + 18000);
    ck_assert_ptr_eq(pop_at(scheduler, NOW + 18000), host);
    ck_assert_ptr_eq(pop_at(scheduler, NOW + 18000), host);
    scheduler_free(scheduler);
}
END_TEST

START_TEST(a_packed_pace_comes_back)
{
    static const struct pace paces[] = {
        { .crawl_delay_ms = -1 },
        { 1700000000123, 4567, 89000, 1700000030000, 1700000060000, 60000, 1700000000000, 17,
          OUTCOME_FAILED_BUSY },
        { INT64_MAX / 2, ONE_DAY, ONE_DAY, INT64_MAX / 2, INT64_MAX / 2, ONE_DAY, INT64_MAX / 2,
          UINT32_MAX, OUTCOME_COUNT - 1 },
    };
    for (size_t i = 0; i < sizeof(paces) / sizeof(paces[0]); i++) {
        struct buf buf;
        buf_init(&buf, BUF_UNBOUNDED);
        pace_pack(&buf, &paces[i]);
        struct unpacker from = unpacker_of(buf_bytes(&buf));
        struct pace pace;
        pace_unpack(&from, &pace);
        ck_assert(!from.is_bad && from.left == 0);
        ck_assert_int_eq(pace.last_contact_ms, paces[i].last_contact_ms);
        ck_assert_int_eq(pace.last_response_ms, paces[i].last_response_ms);
        ck_assert_int_eq(pace.crawl_delay_ms, paces[i].crawl_delay_ms);
        ck_assert_int_eq(pace.lanes_until_ms, paces[i].lanes_until_ms);
        ck_assert_int_eq(pace.rest_until_ms, paces[i].rest_until_ms);
        ck_assert_int_eq(pace.rest_ms, paces[i].rest_ms);
        ck_assert_int_eq(pace.last_trouble_ms, paces[i].last_trouble_ms);
        ck_assert_uint_eq(pace.failures_in_row, paces[i].failures_in_row);
        ck_assert_uint_eq(pace.rest_reason, paces[i].rest_reason);
        buf_clear(&buf);
    }
}
END_TEST

START_TEST(a_pace_of_any_bytes_holds_a_host_for_a_day_at_the_most)
{
    uint64_t random = 1;
    for (unsigned i = 0; i < 2000; i++) {
        char bytes[64];
        for (size_t j = 0; j < sizeof(bytes); j++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bytes[j] = (char)(random >> 56);
        }
        struct unpacker from = unpacker_of(bytes_of(bytes, i % sizeof(bytes)));
        struct pace pace;
        pace_unpack(&from, &pace);
        struct scheduler *scheduler = scheduler_new(1);
        struct sched_host *host =
            scheduler_add(scheduler, &pace, &POLICY, US_PER_MS * NOW, 0, NULL);
        scheduler_wake(scheduler, host);
        ck_assert_int_le(next_ms_of(scheduler), NOW + ONE_DAY);
        int64_t end_ms = contact_after(scheduler, 0, ended(CONTACT_BUSY, 0, INT64_MAX / 4 / US_PER_MS));
        ck_assert_int_le(next_ms_of(scheduler), end_ms + ONE_DAY);
        scheduler_free(scheduler);
    }
}
END_TEST

START_TEST(thousands_of_hosts_are_contacted_as_promised_and_none_late)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct world_options options = { .seed = seed, .hosts = 3000, .contacts = 20 };
        struct world *world = world_new(&options);
        world_run(world);
        ck_assert_msg(world->latest_ms == 0, "seed %" PRIu64 ": %" PRId64 " ms late", seed,
                      world->latest_ms);
        world_free(world);
    }
}
END_TEST

/* With c contacts at a time of at most 1 s, a host has at most the n - 1 others before it, each
 * once. */
START_TEST(no_host_starves_where_more_are_ready_than_can_be_served)
{
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct world_options options = {
            .seed = seed, .hosts = 2000, .contacts = 20, .most_at_once = 100, .is_calm = true
        };
        struct world *world = world_new(&options);
        world_run(world);
        ck_assert_int_gt(world->latest_ms, SECONDS(1));
        ck_assert_msg(world->latest_ms <= SECONDS(2000 / 100 + 1), "seed %" PRIu64 ": %" PRId64,
                      seed, world->latest_ms);
        world_free(world);
    }
}
END_TEST

SUITE_MAIN("scheduler", the_delay_runs_from_the_end_of_one_response_to_the_next_start,
           rests_are_as_long_as_promised, failures_never_rest_a_host_where_that_is_switched_off,
           jitter_follows_from_the_seed_and_spreads_the_hosts, errors_never_lower_a_delay,
           what_finishes_during_a_rest_does_not_shorten_it_nor_double_it,
           trouble_that_three_connections_meet_at_once_is_one_trouble,
           failures_during_a_rest_leave_it_as_it_is,
           a_turn_comes_no_microsecond_early_and_none_late, each_connection_keeps_the_delay,
           lanes_too_many_leave_however_they_become_idle,
           a_new_crawl_delay_holds_for_lanes_that_wait, new_settings_hold_at_once,
           connections_that_are_added_or_taken_away_break_no_delay,
           connections_added_to_a_parked_host_are_parked,
           hosts_ready_together_leave_in_order_of_arrival,
           who_returns_or_is_parked_and_woken_is_behind_those_who_are_ready,
           hosts_that_answer_well_and_soon_stand_in_a_line_of_their_own,
           what_is_known_of_a_host_puts_it_in_its_line_at_once,
           of_both_lines_the_host_that_was_ready_longest_goes_first,
           a_lane_that_returns_waits_as_long_as_asked, parked_hosts_are_never_popped,
           hosts_can_be_removed_from_anywhere_in_the_heap, delays_and_rests_hold_over_a_restart,
           each_connection_keeps_the_delay_over_a_restart, a_packed_pace_comes_back,
           a_pace_of_any_bytes_holds_a_host_for_a_day_at_the_most,
           thousands_of_hosts_are_contacted_as_promised_and_none_late,
           no_host_starves_where_more_are_ready_than_can_be_served)
