/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <string.h>

#include "crawler/engine/places.h"

START_TEST(a_quarter_of_the_places_is_kept_for_quick_hosts)
{
    struct places places = places_of(100);
    ck_assert_int_eq(places_lines(&places), LINES_ALL);
    for (int i = 0; i < 75; i++) {
        ck_assert_int_eq(places_lines(&places), LINES_ALL);
        places_take(&places, false);
    }
    for (int i = 0; i < 25; i++) {
        ck_assert_int_eq(places_lines(&places), LINES_QUICK);
        places_take(&places, true);
    }
    ck_assert_int_eq(places_lines(&places), LINES_NONE);
    places_give_back(&places, true);
    ck_assert_int_eq(places_lines(&places), LINES_QUICK);
    places_give_back(&places, false);
    ck_assert_int_eq(places_lines(&places), LINES_ALL);
}
END_TEST

START_TEST(quick_hosts_may_take_all_places)
{
    struct places places = places_of(8);
    for (int i = 0; i < 8; i++) {
        ck_assert_int_eq(places_lines(&places), LINES_ALL);
        places_take(&places, true);
    }
    ck_assert_int_eq(places_lines(&places), LINES_NONE);
}
END_TEST

START_TEST(few_places_are_for_everybody)
{
    for (size_t most = 0; most < 4; most++) {
        struct places places = places_of(most);
        for (size_t i = 0; i < (most ? most : 1); i++) {
            ck_assert_int_eq(places_lines(&places), LINES_ALL);
            places_take(&places, false);
        }
        ck_assert_int_eq(places_lines(&places), LINES_NONE);
    }
}
END_TEST

/* Ten quick hosts, a hundred that hold each place for 15 s, and eight places: in virtual time, 10
 * ms a step. A quick host answers within a step and is ready again 90 ms later. */
START_TEST(quick_hosts_keep_their_rate_beside_many_that_drip)
{
    enum { QUICK = 10, DRIPS = 100, STEP_US = 10000, STEPS = 3000, DRIP_STEPS = 1500 };
    static const struct pace_policy policy = { .delay_ms = 90,
                                               .connections = 1,
                                               .failures_most = 0 };
    unsigned served[2];
    for (int with_drips = 0; with_drips < 2; with_drips++) {
        struct scheduler *scheduler = scheduler_new(1);
        struct places places = places_of(8);
        struct sched_host *drips[DRIPS];
        int ends[DRIPS];
        bool was_quick[DRIPS];
        int64_t now_us = INT64_C(1700000000000000);
        memset(ends, 0, sizeof(ends));
        for (intptr_t i = 0; i < QUICK + (with_drips ? DRIPS : 0); i++) {
            struct sched_host *host =
                scheduler_add(scheduler, &PACE_NEW, &policy, now_us, 0, (void *)i);
            scheduler_wake(scheduler, host);
        }
        served[with_drips] = 0;
        for (int step = 1; step <= STEPS; step++, now_us += STEP_US) {
            struct sched_host *quick[8];
            bool took_as_quick[8];
            size_t count = 0;
            struct sched_host *host;
            while ((host = scheduler_pop(scheduler, places_lines(&places), now_us)) != NULL) {
                intptr_t number = (intptr_t)scheduler_owner(host);
                bool is_quick = scheduler_is_quick(host);
                places_take(&places, is_quick);
                if (number < QUICK) {
                    took_as_quick[count] = is_quick;
                    quick[count++] = host;
                    continue;
                }
                drips[number - QUICK] = host;
                was_quick[number - QUICK] = is_quick;
                ends[number - QUICK] = step + DRIP_STEPS;
            }
            struct contact_end end = { .contact = CONTACT_OK,
                                       .now_us = now_us + STEP_US,
                                       .response_ms = 10,
                                       .retry_after_ms = -1 };
            for (size_t i = 0; i < count; i++) {
                places_give_back(&places, took_as_quick[i]);
                scheduler_finish(scheduler, quick[i], &end);
                served[with_drips]++;
            }
            end.contact = CONTACT_FAILED;
            end.response_ms = 15000;
            for (size_t i = 0; i < DRIPS; i++)
                if (ends[i] == step) {
                    places_give_back(&places, was_quick[i]);
                    scheduler_finish(scheduler, drips[i], &end);
                }
        }
        scheduler_free(scheduler);
    }
    ck_assert_msg(served[1] * 100 >= served[0] * 90, "%u beside drips, %u alone", served[1],
                  served[0]);
}
END_TEST

SUITE_MAIN("places", a_quarter_of_the_places_is_kept_for_quick_hosts,
           quick_hosts_may_take_all_places, few_places_are_for_everybody,
           quick_hosts_keep_their_rate_beside_many_that_drip)
