/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/engine/progress.h"

#define START INT64_C(1750000000000)

START_TEST(the_line_says_how_it_goes_and_how_long_it_will)
{
    static struct crawl crawl;
    char line[256];
    crawl.started_ms = START;
    ck_assert_uint_gt(progress_line(&crawl, START, line, sizeof(line)), 0);
    ck_assert_str_eq(line, "0ms: 0 pages, 0/s, 0 failed, 0.0 MB, 0 queued, 0 hosts");
    atomic_store(&crawl.pages, 1234);
    atomic_store(&crawl.failures, 5);
    atomic_store(&crawl.bytes, 12300000);
    atomic_store(&crawl.urls_queued, 45678);
    atomic_store(&crawl.awake_hosts, 3);
    atomic_store(&crawl.over_at_ms, START + 725000 + 15000000);
    size_t length = progress_line(&crawl, START + 725000, line, sizeof(line));
    ck_assert_str_eq(line, "12m 5s: 1234 pages, 2/s, 5 failed, 12.3 MB, 45678 queued, 3 hosts, "
                           "about 4h 10m left");
    ck_assert_uint_eq(length, strlen(line));
    /* What is over in no time is not said, and what does not fit is cut. */
    progress_line(&crawl, START + 725000 + 14999500, line, sizeof(line));
    ck_assert_ptr_null(strstr(line, "left"));
    ck_assert_uint_eq(progress_line(&crawl, START, line, 10), 9);
    ck_assert_uint_eq(strlen(line), 9);
}
END_TEST

SUITE_MAIN("progress", the_line_says_how_it_goes_and_how_long_it_will)
