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
static int pick_for(struct proxies *proxies, uint64_t url, int64_t now_ms)
{
    const struct proxied what = { 1, url };
    size_t index;
    if (!proxies_next(proxies, &what, now_ms, &index))
        return -1;
    proxies_take(proxies, index);
    return (int)index;
}

static int pick(struct proxies *proxies, int64_t now_ms)
{
    return pick_for(proxies, 0, now_ms);
}

static bool note_for(struct proxies *proxies, size_t index, enum proxy_fate fate, uint64_t origin,
                     uint64_t url, int64_t now_ms)
{
    const struct proxied what = { origin, url };
    return proxies_note(proxies, index, fate, &what, now_ms);
}

static void note(struct proxies *proxies, size_t index, enum proxy_fate fate, int64_t now_ms)
{
    note_for(proxies, index, fate, 1, 0, now_ms);
}

static int64_t wait_of(struct proxies *proxies, int64_t now_ms)
{
    return proxies_wait_ms(proxies, &(struct proxied){ 1, 0 }, now_ms);
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
    ck_assert_int_eq(wait_of(none, 0), -1);
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
        ck_assert_int_eq(wait_of(proxies, now_ms), 0);
        ck_assert_int_eq(pick(proxies, now_ms), 0);
        note(proxies, 0, PROXY_FAILED, now_ms);
        ck_assert_int_eq(wait_of(proxies, now_ms), rests_s[i] * 1000);
        ck_assert_int_eq(pick(proxies, now_ms + rests_s[i] * 1000 - 1), -1);
        now_ms += rests_s[i] * 1000;
    }
    ck_assert_int_eq(pick(proxies, now_ms), 0);
    note(proxies, 0, PROXY_WORKED, now_ms);
    ck_assert_int_eq(pick(proxies, now_ms), 0);
    note(proxies, 0, PROXY_FAILED, now_ms);
    ck_assert_int_eq(wait_of(proxies, now_ms), 30000);
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
    ck_assert_int_eq(wait_of(proxies, 10000), 20000);
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
    ck_assert_int_eq(wait_of(proxies, 20000), 10000);
    ck_assert_int_eq(pick(proxies, 30000), 1);
    ck_assert_int_eq(wait_of(proxies, 30000), 10000);
    ck_assert_int_eq(pick(proxies, 40000), 0);
    /* Both are being tried: only a result can tell. */
    ck_assert_int_eq(wait_of(proxies, 99000), -1);
    ck_assert_int_eq(pick(proxies, 99000), -1);
    proxies_free(proxies);
}
END_TEST

START_TEST(silence_of_three_origins_in_a_row_is_the_proxys)
{
    struct proxies *proxies = list_of(1);
    for (uint64_t origin = 0; origin < 12; origin++)
        ck_assert(!note_for(proxies, 0, PROXY_SILENT, origin / 6, 0, 0));
    ck_assert_int_eq(wait_of(proxies, 0), 0);
    note_for(proxies, 0, PROXY_REFUSED, 0, 0, 0);
    for (uint64_t origin = 0; origin < 2; origin++)
        note_for(proxies, 0, PROXY_SILENT, origin, 0, 0);
    ck_assert_int_eq(wait_of(proxies, 0), 0);
    note_for(proxies, 0, PROXY_SILENT, 2, 0, 0);
    ck_assert_int_eq(wait_of(proxies, 0), 30000);
    ck_assert_int_eq(pick(proxies, 30000), 0);
    note_for(proxies, 0, PROXY_SILENT, 2, 0, 30000);
    ck_assert_int_eq(wait_of(proxies, 30000), 60000);
    proxies_free(proxies);
}
END_TEST

START_TEST(a_failure_may_be_its_requests_where_the_proxy_had_worked)
{
    struct proxies *proxies = list_of(1);
    ck_assert(note_for(proxies, 0, PROXY_FAILED, 1, 0, 0));
    ck_assert(!note_for(proxies, 0, PROXY_FAILED, 1, 0, 0));
    ck_assert_int_eq(pick(proxies, 30000), 0);
    ck_assert(!note_for(proxies, 0, PROXY_FAILED, 1, 0, 30000));
    /* A try that came to nothing is made again. */
    ck_assert_int_eq(pick(proxies, 90000), 0);
    ck_assert_int_eq(pick(proxies, 90000), -1);
    ck_assert(!note_for(proxies, 0, PROXY_UNUSED, 1, 0, 90000));
    ck_assert_int_eq(pick(proxies, 90000), 0);
    proxies_free(proxies);
}
END_TEST

/* One URL that a proxy cannot bear would keep all others waiting. */
START_TEST(what_a_proxy_failed_of_does_not_try_it_before_others_could)
{
    const struct proxied bad = { 1, 7 };
    struct proxies *proxies = list_of(1);
    ck_assert_int_eq(pick_for(proxies, 7, 0), 0);
    note_for(proxies, 0, PROXY_FAILED, 1, 7, 0);
    ck_assert(!proxies_pass_over(proxies, &bad, 29999));
    ck_assert_int_eq(pick_for(proxies, 7, 30000), -1);
    ck_assert(proxies_pass_over(proxies, &bad, 30000));
    ck_assert_int_eq(proxies_wait_ms(proxies, &bad, 30000), PROXY_GRACE_MS);
    ck_assert_int_eq(wait_of(proxies, 30000), 0);
    ck_assert_int_eq(pick_for(proxies, 8, 30000), 0);
    note_for(proxies, 0, PROXY_WORKED, 1, 8, 30000);
    ck_assert_int_eq(pick_for(proxies, 7, 30000), 0);
    note_for(proxies, 0, PROXY_FAILED, 1, 7, 30000);
    /* Nobody else came. */
    ck_assert_int_eq(pick_for(proxies, 7, 60000 + PROXY_GRACE_MS - 1), -1);
    ck_assert_int_eq(pick_for(proxies, 7, 60000 + PROXY_GRACE_MS), 0);
    proxies_free(proxies);
}
END_TEST

SUITE_MAIN("proxies", what_a_proxy_failed_of_does_not_try_it_before_others_could,
           proxies_are_used_in_turn, one_that_fails_rests_and_is_tried_by_one_request,
           a_rest_doubles_with_each_failed_try_up_to_half_an_hour,
           what_was_under_way_when_it_failed_counts_once,
           where_all_rest_the_first_to_be_ready_is_waited_for,
           silence_of_three_origins_in_a_row_is_the_proxys,
           a_failure_may_be_its_requests_where_the_proxy_had_worked)
