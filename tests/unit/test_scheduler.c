/* SPDX-License-Identifier: MIT
 *
 * Whose turn it is: lanes, lines and restarts, then crawls before the judge of politeness.h. Delays
 * and rests are in test_scheduler_rests.c, kills and restarts in test_politeness_sim.c.
 */
#include "suite.h"

#include "scheduling.h"

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
        pop_lanes(scheduler, host, 2, NOW);
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
    pop_lanes(scheduler, host, 4, NOW);
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
        pop_lanes(scheduler, host, rows[i].connections, ready_ms);
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
    pop_lanes(scheduler, host, 3, NOW);
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
        int64_t end_ms =
            contact_after(scheduler, 0, ended(CONTACT_BUSY, 0, INT64_MAX / 4 / US_PER_MS));
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

SUITE_MAIN("scheduler", a_turn_comes_no_microsecond_early_and_none_late,
           each_connection_keeps_the_delay, lanes_too_many_leave_however_they_become_idle,
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
