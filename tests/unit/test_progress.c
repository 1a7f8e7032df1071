/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/engine/progress.h"

#define START INT64_C(1750000000000)

START_TEST(the_line_says_how_it_goes_and_how_long_it_will)
{
    static struct crawl crawl;
    char line[256];
    crawl.started_ms = START;
    forecast_init(&crawl.forecast);
    ck_assert_uint_gt(progress_line(&crawl, START, line, sizeof(line)), 0);
    ck_assert_str_eq(line, "0ms: 0 pages, 0/s, 0 failed, 0.0 MB, 0 queued, 0 hosts");
    atomic_store(&crawl.pages, 1234);
    atomic_store(&crawl.failures, 5);
    atomic_store(&crawl.bytes, 12300000);
    atomic_store(&crawl.urls_queued, 45678);
    atomic_store(&crawl.awake_hosts, 3);
    forecast_tell(&crawl.forecast, START + 725000 + 15000000, NULL);
    size_t length = progress_line(&crawl, START + 725000, line, sizeof(line));
    ck_assert_str_eq(line, "12m 5s: 1234 pages, 2/s, 5 failed, 12.3 MB, 45678 queued, 3 hosts, "
                           "about 4h 10m left");
    ck_assert_uint_eq(length, strlen(line));
    forecast_tell(&crawl.forecast, START + 725000 + 15000000, "slow.test");
    progress_line(&crawl, START + 725000, line, sizeof(line));
    ck_assert_ptr_nonnull(strstr(line, ", about 4h 10m left (slowest: slow.test)"));
    /* What is over in no time is not said, and what does not fit is cut. */
    progress_line(&crawl, START + 725000 + 14999500, line, sizeof(line));
    ck_assert_ptr_null(strstr(line, "left"));
    ck_assert_uint_eq(progress_line(&crawl, START, line, 10), 9);
    ck_assert_uint_eq(strlen(line), 9);
    /* A name that is longer than the room for it is cut. */
    char name[2 * FORECAST_HOST_BYTES] = "";
    memset(name, 'x', sizeof(name) - 1);
    forecast_tell(&crawl.forecast, START + 60000, name);
    ck_assert_int_eq(forecast_ask(&crawl.forecast, line), START + 60000);
    ck_assert_uint_eq(strlen(line), FORECAST_HOST_BYTES - 1);
    forecast_clear(&crawl.forecast);
}
END_TEST

SUITE_MAIN("progress", the_line_says_how_it_goes_and_how_long_it_will)
