/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"
#include "frontier/addresses.h"

enum { DELAY_MS = 100 };

/* Long before anything here. */
static const int64_t NEVER_US = INT64_MIN / 2;

/* Whole milliseconds are enough for most of it; a request leaves in its turn. */
static int64_t reserve_at(struct addresses *addresses, const unsigned char ip[16], int64_t delay_ms,
                          int64_t now_ms)
{
    int64_t again_ms = address_reserve(addresses, ip, delay_ms, US_PER_MS * now_ms) / US_PER_MS;
    if (again_ms == 0)
        address_charge(addresses, ip, delay_ms, US_PER_MS * now_ms);
    return again_ms;
}

/* IPv4 in dots becomes ::ffff:a.b.c.d. */
static const unsigned char *ip_of(const char *text)
{
    static unsigned char ip[16];
    memset(ip, 0, sizeof(ip));
    if (strchr(text, ':')) {
        ck_assert_int_eq(inet_pton(AF_INET6, text, ip), 1);
        return ip;
    }
    ip[10] = ip[11] = 0xff;
    ck_assert_int_eq(inet_pton(AF_INET, text, ip + 12), 1);
    return ip;
}

static const unsigned char *ip_numbered(unsigned char ip[16], uint32_t number)
{
    memset(ip, 0, 16);
    ip[10] = ip[11] = 0xff;
    for (int i = 0; i < 4; i++)
        ip[12 + i] = (unsigned char)(number >> (24 - 8 * i));
    return ip;
}

START_TEST(a_second_request_waits_for_the_delay_since_the_first_began)
{
    static const struct {
        int64_t now_ms;
        int64_t again_at_ms;
    } rows[] = {
        { 1000, 0 },    { 1000, 1100 }, { 1099, 1200 }, /* Told one after the other. */
        { 1100, 0 }, /* Reserved for nobody: whoever asks first has it. */
        { 1100, 1300 }, { 1500, 0 },    { 1501, 1600 },
    };
    struct addresses *addresses = addresses_new(NEVER_US);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(reserve_at(addresses, ip_of("192.0.2.1"), DELAY_MS, rows[i].now_ms) ==
                          rows[i].again_at_ms,
                      "row %zu", i);
    addresses_free(addresses);
}
END_TEST

START_TEST(what_is_one_address)
{
    static const struct {
        const char *first;
        const char *second;
        bool is_same;
    } rows[] = {
        { "192.0.2.1", "192.0.2.1", true },
        { "192.0.2.1", "192.0.2.2", false },
        { "192.0.2.1", "64:ff9b::192.0.2.1", true },
        { "64:ff9b::192.0.2.1", "64:ff9b::192.0.2.2", false },
        { "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true },
        { "2001:db8:1:2::1", "2001:db8:1:3::1", false },
        { "::1", "::2", true },
        { "::1", "0.0.0.1", false },
        { "2001:db8::", "2001:db8::c000:201", true },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct addresses *addresses = addresses_new(NEVER_US);
        ck_assert_int_eq(reserve_at(addresses, ip_of(rows[i].first), DELAY_MS, 5000), 0);
        int64_t again_at_ms = reserve_at(addresses, ip_of(rows[i].second), DELAY_MS, 5000);
        ck_assert_msg(again_at_ms == (rows[i].is_same ? 5100 : 0), "row %zu", i);
        addresses_free(addresses);
    }
}
END_TEST

START_TEST(a_request_out_of_turn_puts_the_next_off)
{
    static const struct {
        int64_t charged_ms;
        int64_t delay_ms;
        int64_t again_at_ms; /* For who asks at 1000. */
    } rows[] = {
        { 1000, 100, 1100 },  { 950, 100, 1050 },
        { 1000, 5000, 6000 }, /* With a delay of its own. */
        { 900, 100, 0 },      { 1000, 0, 0 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct addresses *addresses = addresses_new(NEVER_US);
        const unsigned char *ip = ip_of("192.0.2.1");
        address_charge(addresses, ip, rows[i].delay_ms, US_PER_MS * rows[i].charged_ms);
        ck_assert_msg(reserve_at(addresses, ip, DELAY_MS, 1000) == rows[i].again_at_ms, "row %zu",
                      i);
        /* It takes no turn from one that had it later. */
        ck_assert_int_eq(reserve_at(addresses, ip, DELAY_MS, 9000), 0);
        address_charge(addresses, ip, DELAY_MS, 0);
        ck_assert_int_eq(reserve_at(addresses, ip, DELAY_MS, 9099), 9100);
        addresses_free(addresses);
    }
}
END_TEST

START_TEST(nobody_has_a_turn_before_the_request_of_the_one_before_left)
{
    struct addresses *addresses = addresses_new(NEVER_US);
    const unsigned char *ip = ip_of("192.0.2.1");
    ck_assert_int_eq(address_reserve(addresses, ip, DELAY_MS, US_PER_MS * 1000), 0);
    /* Its delay is over, but it is still on its way. */
    ck_assert_int_eq(reserve_at(addresses, ip, DELAY_MS, 1100), 1200);
    address_charge(addresses, ip, DELAY_MS, US_PER_MS * 1130);
    ck_assert_int_ge(reserve_at(addresses, ip, DELAY_MS, 1229), 1230);
    ck_assert_int_eq(address_reserve(addresses, ip, DELAY_MS, US_PER_MS * 1230), 0);
    /* Of this one nothing is heard: it is waited for a second. */
    int64_t now_ms = 1330;
    for (int64_t again_ms; (again_ms = reserve_at(addresses, ip, DELAY_MS, now_ms)) != 0;)
        now_ms = again_ms;
    ck_assert_int_ge(now_ms, 2230);
    ck_assert_int_le(now_ms, 2230 + DELAY_MS);
    addresses_free(addresses);
}
END_TEST

START_TEST(what_the_run_before_asked_for_last_counts_as_asked_at_the_start)
{
    struct addresses *addresses = addresses_new(US_PER_MS * 5000);
    const unsigned char *ip = ip_of("192.0.2.1");
    ck_assert_int_eq(reserve_at(addresses, ip, DELAY_MS, 5000), 5100);
    ck_assert_int_ge(reserve_at(addresses, ip, DELAY_MS, 5099), 5100);
    ck_assert_int_eq(reserve_at(addresses, ip, DELAY_MS, 5100), 0);
    ck_assert_int_eq(reserve_at(addresses, ip_of("192.0.2.2"), DELAY_MS, 5100), 0);
    ck_assert_int_eq(reserve_at(addresses, ip_of("192.0.2.3"), 60000, 5100), 65000);
    addresses_free(addresses);
}
END_TEST

START_TEST(a_turn_is_no_microsecond_early)
{
    struct addresses *addresses = addresses_new(NEVER_US);
    const unsigned char *ip = ip_of("192.0.2.1");
    ck_assert_int_eq(address_reserve(addresses, ip, DELAY_MS, 1000999), 0);
    address_charge(addresses, ip, DELAY_MS, 1000999);
    ck_assert_int_eq(address_reserve(addresses, ip, DELAY_MS, 1100998), 1100999);
    ck_assert_int_eq(address_reserve(addresses, ip, DELAY_MS, 1100999), 0);
    addresses_free(addresses);
}
END_TEST

START_TEST(without_a_delay_nobody_waits_and_nothing_is_kept)
{
    struct addresses *addresses = addresses_new(NEVER_US);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(reserve_at(addresses, ip_of("192.0.2.1"), 0, 7), 0);
    ck_assert_uint_eq(addresses_count(addresses), 0);
    addresses_free(addresses);
}
END_TEST

START_TEST(a_crowd_behind_one_address_does_not_come_back_at_once)
{
    enum { HOSTS = 6400 };
    struct addresses *addresses = addresses_new(NEVER_US);
    ck_assert_int_eq(reserve_at(addresses, ip_of("192.0.2.1"), DELAY_MS, 1000), 0);
    size_t told[100] = { 0 };
    for (size_t i = 0; i < HOSTS; i++) {
        int64_t at_ms = reserve_at(addresses, ip_of("192.0.2.1"), DELAY_MS, 1000);
        ck_assert_int_ge(at_ms, 1100);
        ck_assert_int_lt(at_ms, 1000 + 100 * DELAY_MS);
        told[(at_ms - 1000) / DELAY_MS]++;
    }
    for (size_t i = 0; i < 100; i++)
        ck_assert_uint_le(told[i], HOSTS / 64);
    addresses_free(addresses);
}
END_TEST

START_TEST(addresses_that_are_idle_are_forgotten_and_others_are_not)
{
    struct addresses *addresses = addresses_new(NEVER_US);
    unsigned char ip[16];
    size_t most = 0;
    for (uint32_t i = 0; i < 200000; i++) {
        int64_t now_ms = 1 + i; /* About 10,100 of them are not idle at any time. */
        ck_assert_int_eq(reserve_at(addresses, ip_numbered(ip, i), DELAY_MS, now_ms), 0);
        uint32_t recent = i >= 50 ? i - 50 : i;
        ck_assert_int_gt(reserve_at(addresses, ip_numbered(ip, recent), DELAY_MS, now_ms), now_ms);
        size_t count = addresses_count(addresses);
        most = count > most ? count : most;
    }
    ck_assert_uint_lt(most, 50000);
    addresses_free(addresses);
}
END_TEST

/* So few that no thread falls behind by the time after which an address is idle. */
enum { THREADS = 4, SHARED = 8, ASKED = 2400 };

struct asker {
    struct addresses *addresses;
    atomic_llong *now_ms;
    int64_t granted[SHARED][ASKED];
    size_t count[SHARED];
    uint32_t own; /* Addresses of this thread alone, to make the table grow meanwhile. */
};

static void *ask(void *argument)
{
    struct asker *asker = argument;
    unsigned char ip[16];
    for (uint32_t i = 0; i < ASKED; i++) {
        int64_t now_ms = atomic_fetch_add(asker->now_ms, 1);
        uint32_t shared = i % SHARED;
        if (!reserve_at(asker->addresses, ip_numbered(ip, shared), DELAY_MS, now_ms))
            asker->granted[shared][asker->count[shared]++] = now_ms;
        reserve_at(asker->addresses, ip_numbered(ip, asker->own + i), DELAY_MS, now_ms);
    }
    return NULL;
}

static int by_time(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

START_TEST(threads_that_ask_for_one_address_are_a_delay_apart)
{
    static struct asker askers[THREADS];
    static int64_t all[THREADS * ASKED];
    pthread_t threads[THREADS];
    atomic_llong now_ms = 1;
    struct addresses *addresses = addresses_new(NEVER_US);
    for (uint32_t i = 0; i < THREADS; i++) {
        askers[i] =
            (struct asker){ .addresses = addresses, .now_ms = &now_ms, .own = (i + 1) << 24 };
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, &askers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (size_t shared = 0; shared < SHARED; shared++) {
        size_t count = 0;
        for (size_t i = 0; i < THREADS; i++) {
            memcpy(all + count, askers[i].granted[shared],
                   askers[i].count[shared] * sizeof(all[0]));
            count += askers[i].count[shared];
        }
        qsort(all, count, sizeof(all[0]), by_time);
        ck_assert_uint_gt(count, 1);
        for (size_t i = 1; i < count; i++)
            ck_assert_int_ge(all[i] - all[i - 1], DELAY_MS);
    }
    addresses_free(addresses);
}
END_TEST

SUITE_MAIN("addresses", a_second_request_waits_for_the_delay_since_the_first_began,
           what_is_one_address, a_request_out_of_turn_puts_the_next_off,
           nobody_has_a_turn_before_the_request_of_the_one_before_left,
           what_the_run_before_asked_for_last_counts_as_asked_at_the_start,
           a_turn_is_no_microsecond_early, without_a_delay_nobody_waits_and_nothing_is_kept,
           a_crowd_behind_one_address_does_not_come_back_at_once,
           addresses_that_are_idle_are_forgotten_and_others_are_not,
           threads_that_ask_for_one_address_are_a_delay_apart)
