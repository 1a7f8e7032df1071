/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/memory.h"
#include "crawler/fetch/proxies.h"

static struct proxies *list_of(size_t count)
{
    struct proxies *proxies = proxies_new();
    for (size_t i = 0; i < count; i++) {
        char *text = xasprintf("http://p%zu:3128", i);
        char *problem = NULL;
        struct proxy proxy;
        ck_assert(proxy_parse(&proxy, bytes_from_string(text), &problem));
        proxies_add(proxies, &proxy);
        free(text);
    }
    return proxies;
}

/* The index, or -1. */
static int pick(struct proxies *proxies, int64_t now_ms)
{
    size_t index;
    if (!proxies_next(proxies, now_ms, &index))
        return -1;
    proxies_take(proxies, index);
    return (int)index;
}

static void note(struct proxies *proxies, size_t index, enum proxy_fate fate, int64_t now_ms)
{
    proxies_note(proxies, index, fate, 1, now_ms);
}

START_TEST(proxies_are_used_in_turn)
{
    struct proxies *proxies = list_of(3);
    ck_assert_uint_eq(proxies_count(proxies), 3);
    ck_assert_str_eq(proxies_at(proxies, 2)->host, "p2");
    for (int i = 0; i < 7; i++)
        ck_assert_int_eq(pick(proxies, 0), i % 3);
    proxies_free(proxies);
    struct proxies *none = proxies_new();
    ck_assert_int_eq(pick(none, 0), -1);
    ck_assert_int_eq(proxies_wait_ms(none, 0), -1);
    proxies_free(none);
}
END_TEST

START_TEST(one_that_fails_rests_and_is_tried_by_one_request)
{
    struct proxies *proxies = list_of(2);
    ck_assert_int_eq(pick(proxies, 0), 0);
    note(proxies, 0, PROXY_FAILED, 1000);
    ck_assert_int_eq(pick(proxies, 1000), 1);
    ck_assert_int_eq(pick(proxies, 30999), 1);
    /* Its rest is over: one request tries it, the next goes to the other. */
    ck_assert_int_eq(pick(proxies, 31000), 0);
    ck_assert_int_eq(pick(proxies, 31000), 1);
    ck_assert_int_eq(pick(proxies, 31000), 1);
    note(proxies, 0, PROXY_WORKED, 32000);
    ck_assert_int_eq(pick(proxies, 32000), 0);
    ck_assert_int_eq(pick(proxies, 32000), 1);
    ck_assert_int_eq(pick(proxies, 32000), 0);
    proxies_free(proxies);
}
END_TEST

START_TEST(a_rest_doubles_with_each_failed_try_up_to_half_an_hour)
{
    static const int64_t rests_s[] = { 30, 60, 120, 240, 480, 960, 1800, 1800, 1800 };
    struct proxies *proxies = list_of(1);
    int64_t now_ms = 5;
    for (size_t i = 0; i < sizeof(rests_s) / sizeof(*rests_s); i++) {
        ck_assert_int_eq(proxies_wait_ms(proxies, now_ms), 0);
        ck_assert_int_eq(pick(proxies, now_ms), 0);
        note(proxies, 0, PROXY_FAILED, now_ms);
        ck_assert_int_eq(proxies_wait_ms(proxies, now_ms), rests_s[i] * 1000);
        ck_assert_int_eq(pick(proxies, now_ms + rests_s[i] * 1000 - 1), -1);
        now_ms += rests_s[i] * 1000;
    }
    ck_assert_int_eq(pick(proxies, now_ms), 0);
    note(proxies, 0, PROXY_WORKED, now_ms);
    ck_assert_int_eq(pick(proxies, now_ms), 0);
    note(proxies, 0, PROXY_FAILED, now_ms);
    ck_assert_int_eq(proxies_wait_ms(proxies, now_ms), 30000);
    proxies_free(proxies);
}
END_TEST

START_TEST(what_was_under_way_when_it_failed_counts_once)
{
    struct proxies *proxies = list_of(1);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(pick(proxies, 0), 0);
    for (int i = 0; i < 4; i++)
        note(proxies, 0, PROXY_FAILED, 1000 * i);
    ck_assert_int_eq(proxies_wait_ms(proxies, 10000), 20000);
    /* One of them came through after all. */
    note(proxies, 0, PROXY_WORKED, 10000);
    ck_assert_int_eq(pick(proxies, 10000), 0);
    proxies_free(proxies);
}
END_TEST

START_TEST(where_all_rest_the_first_to_be_ready_is_waited_for)
{
    struct proxies *proxies = list_of(2);
    ck_assert_int_eq(pick(proxies, 0), 0);
    ck_assert_int_eq(pick(proxies, 0), 1);
    note(proxies, 1, PROXY_FAILED, 0);
    note(proxies, 0, PROXY_FAILED, 10000);
    ck_assert_int_eq(proxies_wait_ms(proxies, 20000), 10000);
    ck_assert_int_eq(pick(proxies, 30000), 1);
    ck_assert_int_eq(proxies_wait_ms(proxies, 30000), 10000);
    ck_assert_int_eq(pick(proxies, 40000), 0);
    /* Both are being tried: only a result can tell. */
    ck_assert_int_eq(proxies_wait_ms(proxies, 99000), -1);
    ck_assert_int_eq(pick(proxies, 99000), -1);
    proxies_free(proxies);
}
END_TEST

START_TEST(silence_of_three_origins_in_a_row_is_the_proxys)
{
    struct proxies *proxies = list_of(1);
    for (uint64_t origin = 0; origin < 12; origin++)
        ck_assert(!proxies_note(proxies, 0, PROXY_SILENT, origin / 6, 0));
    ck_assert_int_eq(proxies_wait_ms(proxies, 0), 0);
    proxies_note(proxies, 0, PROXY_REFUSED, 0, 0);
    for (uint64_t origin = 0; origin < 2; origin++)
        proxies_note(proxies, 0, PROXY_SILENT, origin, 0);
    ck_assert_int_eq(proxies_wait_ms(proxies, 0), 0);
    proxies_note(proxies, 0, PROXY_SILENT, 2, 0);
    ck_assert_int_eq(proxies_wait_ms(proxies, 0), 30000);
    ck_assert_int_eq(pick(proxies, 30000), 0);
    proxies_note(proxies, 0, PROXY_SILENT, 2, 30000);
    ck_assert_int_eq(proxies_wait_ms(proxies, 30000), 60000);
    proxies_free(proxies);
}
END_TEST

START_TEST(a_failure_may_be_its_requests_where_the_proxy_had_worked)
{
    struct proxies *proxies = list_of(1);
    ck_assert(proxies_note(proxies, 0, PROXY_FAILED, 1, 0));
    ck_assert(!proxies_note(proxies, 0, PROXY_FAILED, 1, 0));
    ck_assert_int_eq(pick(proxies, 30000), 0);
    ck_assert(!proxies_note(proxies, 0, PROXY_FAILED, 1, 30000));
    /* A try that came to nothing is made again. */
    ck_assert_int_eq(pick(proxies, 90000), 0);
    ck_assert_int_eq(pick(proxies, 90000), -1);
    ck_assert(!proxies_note(proxies, 0, PROXY_UNUSED, 1, 90000));
    ck_assert_int_eq(pick(proxies, 90000), 0);
    proxies_free(proxies);
}
END_TEST

SUITE_MAIN("proxies", proxies_are_used_in_turn, one_that_fails_rests_and_is_tried_by_one_request,
           a_rest_doubles_with_each_failed_try_up_to_half_an_hour,
           what_was_under_way_when_it_failed_counts_once,
           where_all_rest_the_first_to_be_ready_is_waited_for,
           silence_of_three_origins_in_a_row_is_the_proxys,
           a_failure_may_be_its_requests_where_the_proxy_had_worked)
