/* SPDX-License-Identifier: MIT
 *
 * Hosts that are left alone, over sleep, crashes and changes of mind.
 */
#include "suite.h"

#include <inttypes.h>
#include <pthread.h>

#include "frontier_crawl.h"

static void pause_hosts(struct crawl *crawl, const char *pattern)
{
    ck_assert(frontier_pause(crawl->frontier, crawl_txn(crawl), bytes_from_string(pattern)));
    crawl_commit(crawl, 1);
}

static void resume_hosts(struct crawl *crawl, const char *pattern, int64_t now_ms)
{
    ck_assert(
        frontier_resume(crawl->frontier, crawl_txn(crawl), bytes_from_string(pattern), now_ms));
    crawl_commit(crawl, now_ms);
}

static void hold(struct crawl *crawl, uint64_t host, int64_t until_ms, enum outcome reason)
{
    frontier_host_hold(crawl->frontier, host, (struct hold){ until_ms, (uint8_t)reason });
}

/* Wakes the only host that has work, and it must be this one. */
static uint64_t wake_name(struct crawl *crawl, int64_t now_ms, const char *name)
{
    struct host_record host;
    ck_assert_msg(frontier_next_host(crawl->frontier, now_ms, &host), "nobody wakes at %" PRId64,
                  now_ms);
    ck_assert_msg(bytes_equal(host.name, bytes_from_string(name)), "%.*s wakes, not %s",
                  (int)host.name.length, host.name.data, name);
    return host.id;
}

static void set_config(struct crawl *crawl, uint64_t config, int64_t now_ms)
{
    frontier_set_config(crawl->frontier, &crawl->options.budgets, config, now_ms);
    crawl_commit(crawl, now_ms);
}

/* ---- Pausing */

START_TEST(patterns_match_a_host_or_all_below_a_domain)
{
    static const struct {
        const char *pattern;
        const char *host;
        bool is_paused;
    } rows[] = {
        { "example.org", "example.org", true },
        { "example.org", "example.org.", true },
        { "example.org", "www.example.org", false },
        { "example.org", "xexample.org", false },
        { "*.example.org", "example.org", false },
        { "*.example.org", "www.example.org", true },
        { "*.example.org", "a.b.example.org", true },
        { "*.example.org", "xexample.org", false },
        { "*.org", "example.org", true },
        { "127.0.0.1", "127.0.0.1", true },
        { "[::1]", "[::1]", true },
        { "localhost", "localhost", true },
        { "*.localhost", "localhost", false },
    };
    struct crawl crawl;
    crawl_init(&crawl);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes host = bytes_from_string(rows[i].host);
        pause_hosts(&crawl, rows[i].pattern);
        ck_assert_msg(frontier_is_paused(crawl.frontier, host) == rows[i].is_paused, "row %zu", i);
        resume_hosts(&crawl, rows[i].pattern, 1);
        ck_assert(!frontier_is_paused(crawl.frontier, host));
    }
    crawl_clear(&crawl);
}
END_TEST

static void count_pattern(void *owner, struct bytes pattern)
{
    struct buf *all = owner;
    buf_append_bytes(all, pattern);
    buf_append_char(all, ' ');
}

START_TEST(patterns_are_kept_once_each_and_in_order)
{
    static const char *const patterns[] = { "b.test", "*.a.test", "c.test", "a.test" };
    struct crawl crawl;
    struct buf all;
    crawl_init(&crawl);
    buf_init(&all, BUF_UNBOUNDED);
    for (size_t i = 0; i < 4; i++)
        pause_hosts(&crawl, patterns[i]);
    ck_assert(!frontier_pause(crawl.frontier, crawl_txn(&crawl), BYTES("b.test")));
    ck_assert(!frontier_resume(crawl.frontier, crawl_txn(&crawl), BYTES("*.b.test"), 1));
    crawl_commit(&crawl, 1);
    resume_hosts(&crawl, "c.test", 1);
    crawl_reopen(&crawl);
    frontier_walk_paused(crawl.frontier, count_pattern, &all);
    ck_assert(bytes_equal(buf_bytes(&all), BYTES("*.a.test a.test b.test ")));
    buf_clear(&all);
    crawl_clear(&crawl);
}
END_TEST

/* With work in memory, in chunks, or due by a revisit; each paused before it wakes, and while it is
 * awake; resumed by the same process, or by the next. */
enum work { IN_MEMORY, IN_CHUNKS, REVISIT, WORKS };

static void give_work(struct crawl *crawl, enum work work)
{
    crawl->options.arrivals_most = work == IN_CHUNKS ? 0 : 1000000;
    crawl_reopen(crawl);
    if (work == REVISIT)
        crawl_record(crawl, BYTES("http://a.test/1"), 1, 5);
    else
        crawl_add(crawl, "http://a.test/1");
    crawl_add(crawl, "http://b.test/1");
    crawl_commit(crawl, 1);
    if (work == IN_CHUNKS)
        crawl_distribute(crawl, 1);
}

/* Wakes all that will, and returns the id of this one; 0: it does not wake. */
static uint64_t wake_all_and_find(struct crawl *crawl, int64_t now_ms, const char *name)
{
    struct host_record host;
    uint64_t found = 0;
    while (frontier_next_host(crawl->frontier, now_ms, &host))
        if (bytes_equal(host.name, bytes_from_string(name)))
            found = host.id;
    return found;
}

START_TEST(a_paused_host_keeps_its_queue_and_does_not_wake)
{
    for (int i = 0; i < WORKS * 4; i++) {
        enum work work = (enum work)(i / 4);
        bool is_awake = i & 1;
        bool dies = i & 2;
        struct crawl crawl;
        crawl_init(&crawl);
        give_work(&crawl, work);
        uint64_t awake = is_awake ? wake_all_and_find(&crawl, 10, "a.test") : 0;
        ck_assert((awake != 0) == is_awake);
        pause_hosts(&crawl, "a.test");
        if (is_awake)
            crawl_sleep(&crawl, awake, 10);
        crawl_commit(&crawl, 10);
        if (dies)
            crawl_reopen(&crawl);
        for (int times = 0; times < 3; times++) {
            ck_assert_msg(wake_all_and_find(&crawl, 1000, "a.test") == 0, "case %d", i);
            crawl_commit(&crawl, 1000);
        }
        ck_assert_msg(frontier_next_wake_ms(crawl.frontier, 1000) == NEVER, "case %d", i);
        if (dies)
            crawl_reopen(&crawl);
        resume_hosts(&crawl, "a.test", 2000);
        uint64_t host = wake_all_and_find(&crawl, 2000, "a.test");
        ck_assert_msg(host != 0, "case %d: it does not come back", i);
        task_free(crawl_take_url(&crawl, host, 2000, "http://a.test/1"));
        crawl_clear(&crawl);
    }
}
END_TEST

START_TEST(what_is_found_for_a_paused_host_waits_too)
{
    struct crawl crawl;
    crawl_init(&crawl);
    pause_hosts(&crawl, "*.test");
    crawl_seed(&crawl, "http://a.test/seed", 1);
    crawl_add(&crawl, "http://b.test/link");
    crawl_record(&crawl, BYTES("http://c.test/known"), 1, 5);
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(crawl_wake(&crawl, 10), 0);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 10), NEVER);
    crawl_reopen(&crawl);
    ck_assert_uint_eq(crawl_wake(&crawl, 10), 0);
    crawl_commit(&crawl, 10);
    resume_hosts(&crawl, "*.test", 20);
    for (int i = 0; i < 3; i++)
        ck_assert_uint_ne(crawl_wake(&crawl, 20), 0);
    ck_assert_uint_eq(crawl_wake(&crawl, 20), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(who_is_paused_twice_is_resumed_twice)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_record(&crawl, BYTES("http://a.b.test/"), 1, 5);
    crawl_commit(&crawl, 1);
    pause_hosts(&crawl, "a.b.test");
    pause_hosts(&crawl, "*.b.test");
    ck_assert_uint_eq(crawl_wake(&crawl, 10), 0);
    crawl_commit(&crawl, 10);
    resume_hosts(&crawl, "a.b.test", 10);
    ck_assert_uint_eq(crawl_wake(&crawl, 10), 0);
    resume_hosts(&crawl, "*.b.test", 10);
    wake_name(&crawl, 10, "a.b.test");
    crawl_clear(&crawl);
}
END_TEST

/* More than one slice of rows. */
START_TEST(many_paused_hosts_come_back_each_at_its_time)
{
    enum { HOSTS = 500 };
    struct crawl crawl;
    char url[64];
    crawl_init(&crawl);
    for (int i = 0; i < HOSTS; i++) {
        snprintf(url, sizeof(url), "http://h%d.%s.test/", i, i % 2 ? "odd" : "even");
        crawl_record(&crawl, bytes_from_string(url), 1, 100 + i);
    }
    crawl_commit(&crawl, 1);
    pause_hosts(&crawl, "*.test");
    pause_hosts(&crawl, "*.odd.test");
    ck_assert_uint_eq(crawl_wake(&crawl, 10000), 0);
    crawl_commit(&crawl, 10000);
    resume_hosts(&crawl, "*.test", 50);
    for (int i = 0; i < HOSTS; i += 2) {
        ck_assert_uint_eq(crawl_wake(&crawl, 99 + i), 0);
        ck_assert_uint_ne(crawl_wake(&crawl, 100 + i), 0);
    }
    ck_assert_uint_eq(crawl_wake(&crawl, 10000), 0);
    crawl_commit(&crawl, 10000);
    resume_hosts(&crawl, "*.odd.test", 10000);
    for (int i = 1; i < HOSTS; i += 2)
        ck_assert_uint_ne(crawl_wake(&crawl, 10000), 0);
    ck_assert_uint_eq(crawl_wake(&crawl, 10000), 0);
    crawl_clear(&crawl);
}
END_TEST

/* ---- Holds */

START_TEST(a_held_host_wakes_when_its_hold_ends_and_its_rest_is_its_own)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_record(&crawl, BYTES("http://a.test/1"), 1, 5);
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 10);
    struct pace pace = PACE_NEW;
    pace.rest_until_ms = 500;
    pace.rest_reason = OUTCOME_FAILED_BUSY;
    frontier_host_update(crawl.frontier, host, &pace, 0);
    hold(&crawl, host, 1000, OUTCOME_HELD_HOURS);
    crawl_sleep(&crawl, host, 10);
    crawl_commit(&crawl, 10);
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(crawl_wake(&crawl, 999), 0);
        ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 999), 1000);
        crawl_reopen(&crawl);
    }
    struct host_record record;
    ck_assert(frontier_next_host(crawl.frontier, 1000, &record));
    ck_assert_int_eq(record.pace.rest_until_ms, 500);
    ck_assert_int_eq(record.hold.until_ms, 1000);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(why_a_host_is_left_alone)
{
    static const struct {
        int64_t rest_until_ms;
        struct hold hold;
        bool is_paused;
        bool is_held; /* At 100. */
        int64_t until_ms;
        enum outcome reason;
    } rows[] = {
        { 0, { 0, 0 }, false, false, 0, OUTCOME_NONE },
        { 99, { 0, 0 }, false, false, 0, OUTCOME_NONE },
        { 100, { 100, OUTCOME_HELD_HOURS }, false, false, 0, OUTCOME_NONE },
        { 200, { 0, 0 }, false, true, 200, OUTCOME_FAILED_BUSY },
        { 200, { 300, OUTCOME_HELD_HOURS }, false, true, 300, OUTCOME_HELD_HOURS },
        { 300, { 200, OUTCOME_HELD_HOURS }, false, true, 300, OUTCOME_FAILED_BUSY },
        { 0, { 200, OUTCOME_NONE }, false, true, 200, OUTCOME_NONE },
        { 300, { 200, OUTCOME_HELD_HOURS }, true, true, HOLD_PAUSED_MS, OUTCOME_HELD_PAUSED },
        { 0, { 0, 0 }, true, true, HOLD_PAUSED_MS, OUTCOME_HELD_PAUSED },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct host_record host = { .pace = { .rest_until_ms = rows[i].rest_until_ms,
                                              .rest_reason = OUTCOME_FAILED_BUSY },
                                    .hold = rows[i].hold,
                                    .is_paused = rows[i].is_paused };
        int64_t until_ms;
        enum outcome reason;
        bool is_held = host_record_is_held(&host, 100, &until_ms, &reason);
        ck_assert_msg(is_held == rows[i].is_held, "row %zu", i);
        if (!is_held)
            continue;
        ck_assert_int_eq(until_ms, rows[i].until_ms);
        ck_assert_int_eq(reason, rows[i].reason);
    }
}
END_TEST

/* Of 700 hosts some are held by the configuration, others not; with
 * rows, or with work in memory alone. */
START_TEST(another_configuration_lets_go_of_those_that_the_one_before_held)
{
    enum { HOSTS = 700 };
    static const enum outcome reasons[] = {
        OUTCOME_HELD_HOURS, OUTCOME_REFUSED_ROBOTS_UNREACHABLE, OUTCOME_NONE,
        OUTCOME_FAILED_DNS, OUTCOME_REFUSED_ROBOTS_UNREACHABLE, OUTCOME_FAILED_TIMEOUT,
    };
    for (int dies = 0; dies < 2; dies++) {
        struct crawl crawl;
        char url[64];
        crawl_init(&crawl);
        set_config(&crawl, 7, 1);
        ck_assert(frontier_has_housekeeping(crawl.frontier));
        crawl_distribute(&crawl, 1);
        for (int i = 0; i < HOSTS; i++) {
            snprintf(url, sizeof(url), "http://h%d.test/", i);
            if (i % 2)
                crawl_record(&crawl, bytes_from_string(url), 1, 5);
            else
                crawl_add(&crawl, url);
        }
        crawl_commit(&crawl, 1);
        struct host_record host;
        for (int i = 0; i < HOSTS; i++) {
            ck_assert(frontier_next_host(crawl.frontier, 10, &host));
            hold(&crawl, host.id, 1000000, reasons[i % 6]);
            crawl_sleep(&crawl, host.id, 10);
        }
        crawl_commit(&crawl, 10);
        if (dies)
            crawl_reopen(&crawl);
        set_config(&crawl, 7, 20);
        ck_assert(!frontier_has_housekeeping(crawl.frontier));
        ck_assert_uint_eq(crawl_wake(&crawl, 20), 0);
        set_config(&crawl, 8, 20);
        crawl_distribute(&crawl, 20);
        int woken = 0;
        while (frontier_next_host(crawl.frontier, 20, &host)) {
            ck_assert_int_eq(host.hold.until_ms, 0);
            woken++;
        }
        ck_assert_int_eq(woken, (HOSTS + 5) / 6 + (HOSTS + 3) / 6);
        crawl_clear(&crawl);
    }
}
END_TEST

/* What made them wait was written while the clock was a year ahead, or is a day's at most. */
START_TEST(a_clock_that_was_ahead_holds_nobody_for_more_than_a_day)
{
    static const int64_t year = 365 * PACE_AHEAD_MOST_MS;
    static const int64_t now = 1000;
    static const struct {
        const char *url;
        int64_t held_ms, rests_ms;
        enum outcome reason;
        bool is_let_go;
    } rows[] = {
        { "http://delay.test/", year, 0, OUTCOME_NONE, true },
        { "http://robots.test/", year, 0, OUTCOME_REFUSED_ROBOTS_UNREACHABLE, true },
        { "http://rest.test/", 0, year, OUTCOME_NONE, false }, /* A day is left of it. */
        { "http://both.test/", year, year, OUTCOME_FAILED_DNS, false },
        { "http://right.test/", now + PACE_AHEAD_MOST_MS, 0, OUTCOME_REFUSED_ROBOTS_UNREACHABLE,
          false },
    };
    enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
    for (int dies = 0; dies < 2; dies++) {
        struct crawl crawl;
        struct host_record host;
        crawl_init(&crawl);
        set_config(&crawl, 7, 1);
        crawl_distribute(&crawl, 1);
        for (size_t i = 0; i < ROWS; i++) {
            crawl_add(&crawl, rows[i].url);
            crawl_commit(&crawl, 1);
            ck_assert(frontier_next_host(crawl.frontier, 10, &host));
            struct pace pace = host.pace;
            pace.rest_until_ms = rows[i].rests_ms;
            frontier_host_update(crawl.frontier, host.id, &pace, 0);
            hold(&crawl, host.id, rows[i].held_ms, rows[i].reason);
            crawl_sleep(&crawl, host.id, 10);
            crawl_commit(&crawl, 10);
        }
        if (dies)
            crawl_reopen(&crawl);
        set_config(&crawl, 7, now);
        ck_assert_uint_eq(crawl_wake(&crawl, now), 0);
        frontier_clock_went_back(crawl.frontier, now);
        crawl_distribute(&crawl, now);
        size_t woken = 0;
        for (; frontier_next_host(crawl.frontier, now, &host); woken++)
            for (size_t i = 0; i < ROWS; i++)
                ck_assert(rows[i].is_let_go ||
                          !bytes_contain_nocase(bytes_from_string(rows[i].url), host.name));
        ck_assert_uint_eq(woken, 2);
        for (; frontier_next_host(crawl.frontier, now + PACE_AHEAD_MOST_MS, &host); woken++)
            ck_assert_int_le(host.pace.rest_until_ms, now + PACE_AHEAD_MOST_MS);
        ck_assert_uint_eq(woken, ROWS);
        crawl_clear(&crawl);
    }
}
END_TEST

/* ---- Other threads ask */

static void *ask(void *argument)
{
    struct frontier *frontier = argument;
    size_t paused = 0;
    for (int i = 0; i < 200000; i++)
        paused += frontier_is_paused(frontier, BYTES("www.a.test"));
    ck_assert(!frontier_is_paused(frontier, BYTES("other.test")));
    return (void *)paused;
}

START_TEST(any_thread_may_ask_while_hosts_are_paused_and_resumed)
{
    struct crawl crawl;
    pthread_t threads[3];
    crawl_init(&crawl);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, crawl.frontier), 0);
    for (int i = 0; i < 200; i++) {
        frontier_pause(crawl.frontier, crawl_txn(&crawl), BYTES("*.a.test"));
        frontier_pause(crawl.frontier, crawl_txn(&crawl), BYTES("www.a.test"));
        frontier_resume(crawl.frontier, crawl_txn(&crawl), BYTES("*.a.test"), 1);
        frontier_resume(crawl.frontier, crawl_txn(&crawl), BYTES("www.a.test"), 1);
    }
    crawl_commit(&crawl, 1);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    crawl_clear(&crawl);
}
END_TEST

SUITE_MAIN("frontier_holds", patterns_match_a_host_or_all_below_a_domain,
           patterns_are_kept_once_each_and_in_order,
           a_paused_host_keeps_its_queue_and_does_not_wake,
           what_is_found_for_a_paused_host_waits_too, who_is_paused_twice_is_resumed_twice,
           many_paused_hosts_come_back_each_at_its_time,
           a_held_host_wakes_when_its_hold_ends_and_its_rest_is_its_own, why_a_host_is_left_alone,
           another_configuration_lets_go_of_those_that_the_one_before_held,
           a_clock_that_was_ahead_holds_nobody_for_more_than_a_day,
           any_thread_may_ask_while_hosts_are_paused_and_resumed)
