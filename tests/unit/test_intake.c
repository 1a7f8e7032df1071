/* SPDX-License-Identifier: MIT
 *
 * Rates, room, and who waits for them.
 */
#include "suite.h"

#include <inttypes.h>
#include <pthread.h>

#include "base/clock.h"
#include "crawler/fetch/intake.h"

enum { KB = 1000 };

/* ---- Rates */

START_TEST(what_came_is_paid_for_with_time)
{
    struct rate rate;
    int64_t now_us = 1000 * US_PER_S;
    rate_init(&rate, 100 * KB);
    ck_assert_int_eq(rate_wait_us(&rate, now_us), 0);
    /* A quarter of a second is free after a pause. */
    rate_charge(&rate, 25 * KB, now_us);
    ck_assert_int_eq(rate_wait_us(&rate, now_us), 0);
    rate_charge(&rate, 50 * KB, now_us);
    ck_assert_int_eq(rate_wait_us(&rate, now_us), US_PER_S / 2);
    ck_assert_int_eq(rate_wait_us(&rate, now_us + US_PER_S / 2 - 1), 1);
    ck_assert_int_eq(rate_wait_us(&rate, now_us + US_PER_S / 2), 0);
    /* What comes while nothing should is paid for too. */
    rate_charge(&rate, 100 * KB, now_us);
    ck_assert_int_eq(rate_wait_us(&rate, now_us), 3 * US_PER_S / 2);
    /* Another limit begins anew. */
    rate_set(&rate, 1000 * KB);
    ck_assert_int_eq(rate_wait_us(&rate, now_us), 0);
    rate_charge(&rate, 500 * KB, now_us);
    ck_assert_int_eq(rate_wait_us(&rate, now_us), US_PER_S / 4);
    rate_set(&rate, 0);
    ck_assert_int_eq(rate_wait_us(&rate, now_us), 0);
}
END_TEST

START_TEST(without_a_limit_nobody_waits)
{
    struct rate rate;
    rate_init(&rate, 0);
    rate_charge(&rate, UINT64_MAX / 2, 5);
    ck_assert_int_eq(rate_wait_us(&rate, 5), 0);
}
END_TEST

/* Pieces of all sizes come at all times, whenever they may: never more than the limit and a quarter
 * of a second and one piece, in any span; and hardly less over all. */
START_TEST(in_no_span_of_time_comes_more_than_the_limit)
{
    enum { PIECES = 2000, LIMIT = 500 * KB, PIECE_MOST = 16 * KB };
    static int64_t at_us[PIECES];
    static uint64_t sum[PIECES + 1];
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct rate rate;
        uint64_t random = seed;
        int64_t now_us = US_PER_S;
        rate_init(&rate, LIMIT);
        for (size_t i = 0; i < PIECES; i++) {
            random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            uint64_t bytes = 1 + (random >> 40) % PIECE_MOST;
            /* Late by up to 10 ms, and now and then idle for a second. */
            now_us += rate_wait_us(&rate, now_us) + (int64_t)((random >> 20) % 10000);
            now_us += (random >> 33) % 500 == 0 ? US_PER_S : 0;
            rate_charge(&rate, bytes, now_us);
            at_us[i] = now_us;
            sum[i + 1] = sum[i] + bytes;
        }
        for (size_t i = 0; i < PIECES; i += 7)
            for (size_t j = i; j < PIECES; j += 11) {
                double seconds = (double)(at_us[j] - at_us[i]) / (double)US_PER_S;
                double most = (seconds + 0.25) * LIMIT + PIECE_MOST;
                ck_assert_msg((double)(sum[j + 1] - sum[i]) <= most,
                              "seed %" PRIu64 ": pieces %zu to %zu", seed, i, j);
            }
        double seconds = (double)(at_us[PIECES - 1] - at_us[0]) / (double)US_PER_S;
        ck_assert_msg((double)sum[PIECES] >= 0.8 * seconds * LIMIT, "seed %" PRIu64, seed);
    }
}
END_TEST

enum { THREADS = 4, CHARGES = 20000 };

static void *charge(void *argument)
{
    for (int i = 0; i < CHARGES; i++)
        rate_charge(argument, 10, US_PER_S);
    return NULL;
}

START_TEST(threads_pay_into_one_purse)
{
    struct rate rate;
    pthread_t threads[THREADS];
    rate_init(&rate, 1000 * KB);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, charge, &rate), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(rate_wait_us(&rate, US_PER_S), THREADS * CHARGES * INT64_C(10) - US_PER_S / 4);
}
END_TEST

/* ---- Room */

START_TEST(each_transfer_has_its_share_and_what_is_beyond_is_for_large_ones_together)
{
    struct room room;
    room_init(&room, 8000, 4); /* Shares of 1,000; 4,000 beyond them. */
    for (int i = 0; i < 4; i++) {
        ck_assert(room_has_share(&room));
        room_enter(&room);
    }
    ck_assert_uint_eq(room_used(&room), 4000);
    ck_assert(room_grow(&room, 0, 1000));
    ck_assert_uint_eq(room_used(&room), 4000);
    ck_assert(room_grow(&room, 1000, 3900));
    ck_assert_uint_eq(room_used(&room), 7900);
    ck_assert(!room_grow(&room, 1000, 101));
    ck_assert(!room_fits(&room, 0, 1101));
    ck_assert(room_fits(&room, 0, 1100));
    ck_assert(room_grow(&room, 0, 1100));
    /* Who stays within a share has nothing to wait for. */
    ck_assert(room_grow(&room, 0, 1000));
    room_leave(&room, 4900);
    ck_assert_uint_eq(room_used(&room), 3100);
    room_leave(&room, 1100);
    room_leave(&room, 1000);
    room_leave(&room, 0);
    ck_assert_uint_eq(room_used(&room), 0);
}
END_TEST

START_TEST(results_take_room_until_they_are_stored)
{
    struct room room;
    room_init(&room, 8000, 4);
    room_keep(&room, 5500);
    ck_assert(room_has_share(&room));
    room_enter(&room);
    ck_assert(room_grow(&room, 1000, 1500));
    ck_assert(!room_has_share(&room));
    ck_assert(!room_grow(&room, 2500, 1));
    room_free(&room, 5500);
    ck_assert(room_has_share(&room));
    ck_assert(room_grow(&room, 2500, 1));
}
END_TEST

START_TEST(what_must_be_taken_is_counted_up_and_down)
{
    struct room room;
    room_init(&room, 2000, 1);
    room_enter(&room);
    room_change(&room, 0, 9000);
    ck_assert_uint_eq(room_used(&room), 9000);
    room_change(&room, 9000, 500);
    ck_assert_uint_eq(room_used(&room), 1000);
    room_change(&room, 500, 1200);
    room_leave(&room, 1200);
    ck_assert_uint_eq(room_used(&room), 0);
    ck_assert(room_grow(&room, 1000, 1000));
}
END_TEST

/* ---- Who waits */

enum { PARTS = 8 };

/* Each part is a body of so many bytes that the network would bring at once. */
struct body {
    struct intake_part part;
    struct intake *intake;
    uint64_t left;
    int64_t *now_us;
    int number;
};

static int order[64]; /* Of those that went on. */
static size_t went_on;

static void bring(struct body *body, uint64_t piece)
{
    while (body->left > 0 && !intake_part_waits(&body->part)) {
        uint64_t bytes = piece < body->left ? piece : body->left;
        if (intake_take(body->intake, &body->part, bytes, bytes, *body->now_us))
            body->left -= bytes;
    }
}

/* libcurl brings what it kept: one piece. */
static void go_on(struct intake_part *part)
{
    struct body *body = (struct body *)part;
    ck_assert_uint_lt(went_on, sizeof(order) / sizeof(order[0]));
    order[went_on++] = body->number;
    if (intake_take(body->intake, &body->part, part->refused, part->refused, *body->now_us))
        body->left -= part->refused;
}

static void begin_bodies(struct body *bodies, size_t count, struct intake *intake, uint64_t bytes,
                         int64_t *now_us)
{
    went_on = 0;
    for (size_t i = 0; i < count; i++) {
        bodies[i] =
            (struct body){ .intake = intake, .left = bytes, .now_us = now_us, .number = (int)i };
        intake_begin(intake, &bodies[i].part, NULL);
    }
}

START_TEST(who_waits_for_the_rate_goes_on_in_turn)
{
    struct body bodies[3];
    struct rate rate;
    struct intake intake;
    int64_t now_us = 100 * US_PER_S;
    rate_init(&rate, 10 * KB);
    intake_init(&intake, &rate, NULL);
    begin_bodies(bodies, 3, &intake, 100 * KB, &now_us);
    ck_assert_int_eq(intake_timeout_us(&intake, now_us), -1);
    for (int i = 0; i < 3; i++)
        bring(&bodies[i], 5 * KB);
    /* The first piece is of the free quarter, and half of it is owed. */
    ck_assert_uint_eq(bodies[0].left, 95 * KB);
    for (int i = 0; i < 3; i++)
        ck_assert(intake_part_waits(&bodies[i].part));
    for (int i = 0; i < 6; i++) {
        intake_go_on(&intake, now_us, go_on);
        ck_assert_uint_eq(went_on, (size_t)i);
        while (went_on == (size_t)i) {
            ck_assert_int_gt(intake_timeout_us(&intake, now_us), 0);
            now_us += intake_timeout_us(&intake, now_us);
            intake_go_on(&intake, now_us, go_on);
        }
        ck_assert_uint_eq(went_on, (size_t)i + 1);
        ck_assert_int_eq(order[i], i % 3);
        /* The next piece has come meanwhile. */
        bring(&bodies[i % 3], 5 * KB);
        ck_assert(intake_part_waits(&bodies[i % 3].part));
    }
    /* A quarter, then pieces of half a second each. */
    ck_assert_int_eq(now_us, 100 * US_PER_S + US_PER_S / 4 + 5 * US_PER_S / 2);
    for (int i = 0; i < 3; i++)
        intake_end(&intake, &bodies[i].part);
    ck_assert_int_eq(intake_timeout_us(&intake, now_us), -1);
}
END_TEST

START_TEST(the_rate_of_one_host_holds_up_no_other)
{
    struct body bodies[2];
    struct rate rate;
    struct intake intake;
    int64_t now_us = 100 * US_PER_S;
    rate_init(&rate, 1 * KB);
    intake_init(&intake, NULL, NULL);
    begin_bodies(bodies, 2, &intake, 100 * KB, &now_us);
    intake_end(&intake, &bodies[0].part);
    intake_begin(&intake, &bodies[0].part, &rate);
    bring(&bodies[0], 10 * KB);
    ck_assert_uint_eq(bodies[0].left, 90 * KB);
    bring(&bodies[1], 10 * KB);
    ck_assert_uint_eq(bodies[1].left, 0);
    now_us += 9 * US_PER_S;
    intake_go_on(&intake, now_us, go_on);
    ck_assert_uint_eq(went_on, 0);
    now_us += US_PER_S;
    intake_go_on(&intake, now_us, go_on);
    ck_assert_uint_eq(went_on, 1);
    ck_assert_int_eq(intake_part_waited_us(&bodies[0].part, now_us), 10 * US_PER_S);
}
END_TEST

START_TEST(one_at_a_time_exceeds_the_room_and_then_the_next)
{
    enum { BODY = 10 * KB, PIECE = 1 * KB };
    struct body bodies[PARTS];
    struct room room;
    struct intake intake;
    int64_t now_us = US_PER_S;
    uint64_t most = 0;
    room_init(&room, 16 * KB, PARTS); /* Shares of 1 KB, and 8 KB beyond them. */
    intake_init(&intake, NULL, &room);
    begin_bodies(bodies, PARTS, &intake, BODY, &now_us);
    size_t done = 0;
    for (int turns = 0; done < PARTS; turns++) {
        ck_assert_int_lt(turns, 1000);
        for (size_t i = 0; i < PARTS; i++) {
            bool was_done = bodies[i].left == 0;
            bring(&bodies[i], PIECE);
            if (bodies[i].left > 0 || was_done)
                continue;
            intake_end(&intake, &bodies[i].part);
            done++;
        }
        most = room_used(&room) > most ? room_used(&room) : most;
        now_us += 20 * 1000;
        went_on = 0;
        intake_go_on(&intake, now_us, go_on);
    }
    ck_assert_uint_eq(room_used(&room), 0);
    ck_assert_uint_le(most, 16 * KB + BODY);
}
END_TEST

/* All of the room is full with what drips, and one of them has the leave to exceed it. */
START_TEST(who_makes_little_of_its_leave_gives_it_to_the_next)
{
    struct body bodies[3];
    struct room room;
    struct intake intake;
    int64_t now_us = US_PER_S;
    room_init(&room, 2 * KB, 2);
    intake_init(&intake, NULL, &room);
    begin_bodies(bodies, 3, &intake, 10 * KB, &now_us);
    ck_assert(intake_take(&intake, &bodies[0].part, 1500, 1500, now_us)); /* All that there is. */
    ck_assert(intake_take(&intake, &bodies[0].part, 1, 1, now_us));       /* Exempt from now on. */
    ck_assert(!intake_take(&intake, &bodies[1].part, 2000, 2000, now_us));
    ck_assert(!intake_take(&intake, &bodies[2].part, 2000, 2000, now_us));
    now_us += US_PER_S - 1;
    intake_go_on(&intake, now_us, go_on);
    ck_assert_uint_eq(went_on, 0);
    now_us += 20 * 1000;
    intake_go_on(&intake, now_us, go_on);
    ck_assert_uint_eq(went_on, 1);
    ck_assert_int_eq(order[0], 1);
    /* Now the first one waits when it wants more, behind the third. */
    ck_assert(!intake_take(&intake, &bodies[0].part, 1, 1, now_us));
    ck_assert(intake_take(&intake, &bodies[1].part, 100 * KB, 100 * KB, now_us));
    /* Who makes much of it keeps it. */
    now_us += 2 * US_PER_S;
    intake_go_on(&intake, now_us, go_on);
    ck_assert_uint_eq(went_on, 1);
    intake_stop(&intake, &bodies[1].part);
    now_us += 20 * 1000;
    intake_go_on(&intake, now_us, go_on);
    ck_assert_uint_eq(went_on, 2);
    ck_assert_int_eq(order[1], 2);
}
END_TEST

START_TEST(small_ones_pass_those_that_fill_the_room)
{
    struct body bodies[PARTS];
    struct room room;
    struct intake intake;
    int64_t now_us = US_PER_S;
    room_init(&room, 16 * KB, PARTS);
    intake_init(&intake, NULL, &room);
    begin_bodies(bodies, PARTS, &intake, 100 * KB, &now_us);
    for (int i = 0; i < 2; i++)
        bring(&bodies[i], 3 * KB);
    ck_assert(!intake_take(&intake, &bodies[2].part, 6 * KB, 6 * KB, now_us));
    for (int i = 3; i < PARTS; i++)
        ck_assert(intake_take(&intake, &bodies[i].part, 1 * KB, 1 * KB, now_us));
}
END_TEST

SUITE_MAIN("intake", what_came_is_paid_for_with_time, without_a_limit_nobody_waits,
           in_no_span_of_time_comes_more_than_the_limit, threads_pay_into_one_purse,
           each_transfer_has_its_share_and_what_is_beyond_is_for_large_ones_together,
           results_take_room_until_they_are_stored, what_must_be_taken_is_counted_up_and_down,
           who_waits_for_the_rate_goes_on_in_turn, the_rate_of_one_host_holds_up_no_other,
           one_at_a_time_exceeds_the_room_and_then_the_next,
           who_makes_little_of_its_leave_gives_it_to_the_next,
           small_ones_pass_those_that_fill_the_room)
