/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/patience.h"

/* 10 s to the first byte, 60 s in all, 1,000 bytes a second over windows of 15 s. */
static const struct transfer_limits LIMITS = {
    .first_byte_ms = 10000, .total_ms = 60000, .slow_bytes_per_s = 1000, .slow_ms = 15000
};

static bool is_over(struct patience *patience, uint64_t bytes_in, int64_t now_ms, const char *what)
{
    char detail[64] = "";
    bool is_over = patience_is_over(patience, bytes_in, now_ms, detail, sizeof(detail));
    ck_assert_str_eq(detail, is_over ? what : "");
    return is_over;
}

START_TEST(the_first_byte_has_its_time)
{
    struct patience patience;
    patience_begin(&patience, &LIMITS, 1000);
    ck_assert_int_eq(patience_deadline_ms(&patience, 0), 11000);
    ck_assert(!is_over(&patience, 0, 10999, ""));
    ck_assert(is_over(&patience, 0, 11000, "no answer within 10000 ms"));
    ck_assert(!is_over(&patience, 1, 11000, ""));
}
END_TEST

START_TEST(slowness_is_judged_by_whole_windows)
{
    struct patience patience;
    patience_begin(&patience, &LIMITS, 1000);
    patience_first_byte(&patience, 2000);
    ck_assert_int_eq(patience_deadline_ms(&patience, 1), 17000);
    ck_assert(!is_over(&patience, 1, 16999, ""));
    /* Fast enough: the next window begins. */
    ck_assert(!is_over(&patience, 15000, 17000, ""));
    ck_assert_int_eq(patience_deadline_ms(&patience, 15000), 32000);
    ck_assert(!is_over(&patience, 29999, 31999, ""));
    ck_assert(is_over(&patience, 29999, 32000, "too slow for 15000 ms"));
}
END_TEST

START_TEST(all_of_it_has_its_time_however_fast_it_is)
{
    struct patience patience;
    patience_begin(&patience, &LIMITS, 1000);
    patience_first_byte(&patience, 2000);
    for (int i = 1; i < 4; i++)
        ck_assert(!is_over(&patience, (uint64_t)i * 1000000, 2000 + i * 15000, ""));
    ck_assert_int_eq(patience_deadline_ms(&patience, 4000000), 61000);
    ck_assert(is_over(&patience, 4000000, 61000, "not done within 60000 ms"));
}
END_TEST

START_TEST(time_in_which_we_took_nothing_does_not_count)
{
    struct patience patience;
    patience_begin(&patience, &LIMITS, 1000);
    patience_first_byte(&patience, 2000);
    patience_extend(&patience, 100000);
    ck_assert_int_eq(patience_deadline_ms(&patience, 1), 117000);
    ck_assert(!is_over(&patience, 1, 116999, ""));
    ck_assert(!is_over(&patience, 1000000, 117000, ""));
    ck_assert(!is_over(&patience, 2000000, 132000, ""));
    ck_assert(!is_over(&patience, 3000000, 147000, ""));
    ck_assert(is_over(&patience, 4000000, 161000, "not done within 60000 ms"));
    /* Before the first byte, too. */
    patience_begin(&patience, &LIMITS, 1000);
    patience_extend(&patience, 500);
    ck_assert_int_eq(patience_deadline_ms(&patience, 0), 11500);
}
END_TEST

START_TEST(a_time_of_zero_is_no_limit)
{
    static const struct transfer_limits none = { 0 };
    struct patience patience;
    patience_begin(&patience, &none, 1000);
    ck_assert_int_eq(patience_deadline_ms(&patience, 0), -1);
    patience_first_byte(&patience, 2000);
    ck_assert_int_eq(patience_deadline_ms(&patience, 1), -1);
    ck_assert(!is_over(&patience, 1, INT64_MAX / 2, ""));
}
END_TEST

SUITE_MAIN("patience", the_first_byte_has_its_time, slowness_is_judged_by_whole_windows,
           all_of_it_has_its_time_however_fast_it_is, time_in_which_we_took_nothing_does_not_count,
           a_time_of_zero_is_no_limit)
