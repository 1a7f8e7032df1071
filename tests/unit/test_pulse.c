/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/engine/pulse.h"

START_TEST(the_rate_is_that_of_the_last_minute)
{
    struct pulse pulse = { .mark_count = 0 };
    uint64_t count = 0;
    int64_t now_ms = 5000;
    ck_assert_double_eq(pulse_per_s(&pulse, 7, now_ms), 0);
    pulse_beat(&pulse, count, now_ms);
    ck_assert_double_eq(pulse_per_s(&pulse, 7, now_ms + 999), 0);
    ck_assert_double_eq(pulse_per_s(&pulse, 7, now_ms + 1000), 7);
    /* Ten minutes of 2 a second, then one of 10 a second. */
    for (int i = 0; i < 6000; i++) {
        pulse_beat(&pulse, count, now_ms);
        now_ms += 100;
        count += i % 5 == 0;
    }
    ck_assert_double_eq_tol(pulse_per_s(&pulse, count, now_ms), 2, 0.1);
    for (int i = 0; i < 650; i++) {
        pulse_beat(&pulse, count, now_ms);
        now_ms += 100;
        count++;
    }
    ck_assert_double_eq_tol(pulse_per_s(&pulse, count, now_ms), 10, 0.1);
}
END_TEST

SUITE_MAIN("pulse", the_rate_is_that_of_the_last_minute)
