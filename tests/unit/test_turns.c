/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/control/turns.h"

#define NOW INT64_C(1750000000000)

START_TEST(the_largest_part_decides_the_delay)
{
    static const struct {
        int64_t delay_ms;
        double factor;
        int64_t crawl_delay_ms;
        int64_t response_ms;
        int64_t wanted_ms;
        enum delay_part part;
    } rows[] = {
        { 1000, 1, -1, 0, 1000, DELAY_PART_OURS },
        { 1000, 1, 1000, 1000, 1000, DELAY_PART_OURS },
        { 1000, 1, 5000, 300, 5000, DELAY_PART_CRAWL_DELAY },
        { 1000, 2, 1500, 1500, 3000, DELAY_PART_FACTOR },
        { 0, 1, -1, 9000, 0, DELAY_PART_OURS },
        { 0, 1, 2000, 9000, 2000, DELAY_PART_CRAWL_DELAY },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct pace pace = PACE_NEW;
        pace.crawl_delay_ms = rows[i].crawl_delay_ms;
        pace.last_response_ms = rows[i].response_ms;
        struct settings settings = { .delay_ms = rows[i].delay_ms,
                                     .delay_factor = rows[i].factor,
                                     .connections = 3 };
        struct turns turns = turns_of(&pace, &settings);
        ck_assert_msg(turns.delay_ms == rows[i].wanted_ms, "row %zu: %d", i, (int)turns.delay_ms);
        ck_assert_msg(turns.part == rows[i].part, "row %zu: %s", i, delay_part_word(turns.part));
        ck_assert_uint_eq(turns.connections, 3);
    }
}
END_TEST

START_TEST(so_many_fetches_take_delay_and_response_each_on_every_connection)
{
    static const struct {
        struct turns turns;
        uint64_t fetches;
        int64_t span_ms;
    } rows[] = {
        { { .delay_ms = 1000, .response_ms = 200, .connections = 1 }, 10, 12000 },
        { { .delay_ms = 1000, .response_ms = 200, .connections = 4 }, 10, 3000 },
        { { .delay_ms = 0, .response_ms = 0, .connections = 1 }, 1000000, 0 },
        { { .delay_ms = 0, .response_ms = 5, .connections = 16, .ip_delay_ms = 100 }, 10, 1000 },
        { { .delay_ms = 1000, .response_ms = 200, .connections = 1, .ip_delay_ms = 100 },
          10,
          12000 },
        { { .delay_ms = 1000, .response_ms = 0, .connections = 1 }, 0, 0 },
        { { .delay_ms = 86400000, .connections = 1 }, UINT64_MAX, INT64_C(1000000000000000) },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_int_eq(turns_span_ms(&rows[i].turns, rows[i].fetches), rows[i].span_ms);
        ck_assert_int_eq(turns_are_by_address(&rows[i].turns),
                         rows[i].turns.ip_delay_ms > 0 && rows[i].turns.delay_ms == 0);
    }
}
END_TEST

START_TEST(a_host_begins_when_its_delay_and_its_rest_are_over)
{
    static const struct {
        int64_t last_contact_ms;
        int64_t rest_until_ms;
        int64_t held_until_ms;
        int64_t start_ms;
    } rows[] = {
        { 0, 0, 0, NOW },
        { NOW - 5000, 0, 0, NOW },
        { NOW - 400, 0, 0, NOW + 600 },
        { NOW - 400, NOW + 9000, 0, NOW + 9000 },
        { NOW - 400, NOW + 9000, NOW + 10000, NOW + 10000 },
        { NOW - 400, 0, NOW + 100, NOW + 600 },
        { NOW - 400, NOW + 100, 0, NOW + 600 },
        { NOW + 5000, NOW - 1, 0, NOW }, /* From a time when the clock was ahead. */
    };
    struct turns turns = { .delay_ms = 1000, .connections = 1 };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct host_record host = { .pace = PACE_NEW };
        host.pace.last_contact_ms = rows[i].last_contact_ms;
        host.pace.rest_until_ms = rows[i].rest_until_ms;
        host.hold.until_ms = rows[i].held_until_ms;
        ck_assert_msg(turns_start_ms(&turns, &host, NOW) == rows[i].start_ms, "row %zu", i);
    }
}
END_TEST

SUITE_MAIN("turns", the_largest_part_decides_the_delay,
           so_many_fetches_take_delay_and_response_each_on_every_connection,
           a_host_begins_when_its_delay_and_its_rest_are_over)
