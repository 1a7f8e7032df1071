/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/memory.h"
#include "crawler/engine/awake.h"

START_TEST(hosts_are_found_and_listed_newest_first)
{
    struct awake awake;
    awake_init(&awake);
    for (uint64_t id = 1; id <= 20000; id++)
        ck_assert_uint_eq(awake_add(&awake, id, id % 3)->fetcher, id % 3);
    ck_assert_uint_eq(awake.count, 20000);
    ck_assert_uint_eq(awake.newest->id, 20000);
    ck_assert_uint_eq(awake.newest->older->id, 19999);
    ck_assert_uint_eq(awake_find(&awake, 777)->id, 777);
    ck_assert_ptr_null(awake_find(&awake, 0));
    ck_assert_ptr_null(awake_find(&awake, 20001));
    awake_clear(&awake);
    ck_assert_uint_eq(awake.count, 0);
}
END_TEST

START_TEST(a_host_leaves_the_list_from_anywhere)
{
    static const uint64_t leave[] = { 3, 1, 5 }; /* Middle, oldest, newest. */
    struct awake awake;
    awake_init(&awake);
    for (uint64_t id = 1; id <= 5; id++) {
        struct awake_host *host = awake_add(&awake, id, 0);
        host->origins = xcalloc(1, sizeof(*host->origins));
        host->origins[0] = xstrdup("http://example.org");
        host->origin_count = 1;
    }
    for (size_t i = 0; i < 3; i++)
        awake_remove(&awake, awake_find(&awake, leave[i]));
    ck_assert_uint_eq(awake.count, 2);
    ck_assert_uint_eq(awake.newest->id, 4);
    ck_assert_uint_eq(awake.newest->older->id, 2);
    ck_assert_ptr_null(awake.newest->older->older);
    ck_assert_ptr_eq(awake.newest->older->newer, awake.newest);
    ck_assert_ptr_null(awake_find(&awake, 3));
    awake_clear(&awake);
}
END_TEST

START_TEST(a_site_brings_its_cookies_once_while_it_is_awake)
{
    struct awake awake;
    awake_init(&awake);
    struct awake_host *first = awake_add(&awake, 1, 0);
    struct awake_host *second = awake_add(&awake, 2, 0);
    struct awake_host *other = awake_add(&awake, 3, 0);
    ck_assert(awake_host_brings_cookies(&awake, first, BYTES("a.example")));
    ck_assert(!awake_host_brings_cookies(&awake, first, BYTES("a.example")));
    ck_assert(!awake_host_brings_cookies(&awake, second, BYTES("a.example")));
    ck_assert(awake_host_brings_cookies(&awake, other, BYTES("b.example")));
    awake_remove(&awake, first);
    struct awake_host *third = awake_add(&awake, 4, 0);
    ck_assert(!awake_host_brings_cookies(&awake, third, BYTES("a.example")));
    awake_remove(&awake, second);
    awake_remove(&awake, third);
    struct awake_host *fourth = awake_add(&awake, 5, 0);
    ck_assert(awake_host_brings_cookies(&awake, fourth, BYTES("a.example")));
    awake_clear(&awake);
}
END_TEST

/* Visits overtake each other on their way through the readers. */
START_TEST(of_two_paces_the_one_with_the_larger_number_holds)
{
    struct awake awake;
    awake_init(&awake);
    struct awake_host *host = awake_add(&awake, 1, 0);
    struct pace first = { .last_contact_ms = 100 };
    struct pace rest = { .last_contact_ms = 300, .rest_until_ms = 9000 };
    struct pace late = { .last_contact_ms = 200 };
    awake_host_pace(host, &first, 1);
    ck_assert_int_eq(first.last_contact_ms, 100);
    awake_host_pace(host, &rest, 3);
    ck_assert_int_eq(rest.rest_until_ms, 9000);
    awake_host_pace(host, &late, 2);
    ck_assert_int_eq(late.last_contact_ms, 300);
    ck_assert_int_eq(late.rest_until_ms, 9000);
    struct pace next = { .last_contact_ms = 400 };
    awake_host_pace(host, &next, 4);
    ck_assert_int_eq(next.last_contact_ms, 400);
    ck_assert_int_eq(host->pace.rest_until_ms, 0);
    awake_clear(&awake);
}
END_TEST

SUITE_MAIN("awake", a_site_brings_its_cookies_once_while_it_is_awake,
           hosts_are_found_and_listed_newest_first, a_host_leaves_the_list_from_anywhere,
           of_two_paces_the_one_with_the_larger_number_holds)
