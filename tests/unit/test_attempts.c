/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/clock.h"
#include "crawler/fetch/attempts.h"

static struct address_rules *rules;

static void make_rules(const char *allowed)
{
    char *error = NULL;
    rules = address_rules_new(&allowed, 1, &error);
    ck_assert_ptr_nonnull(rules);
}

static struct address address_of(const char *text)
{
    struct address address;
    ck_assert(address_parse(&address, bytes_from_string(text)));
    return address;
}

/* Of a host with these addresses, up to NULL; 1,000 ms to connect, from 5,000 on. */
static void begin(struct attempts *attempts, const char *const *texts)
{
    struct address addresses[8];
    size_t count = 0;
    for (; texts[count]; count++)
        addresses[count] = address_of(texts[count]);
    struct transfer_request request = { .host = BYTES("a.test"),
                                        .port = 80,
                                        .addresses = addresses,
                                        .address_count = count,
                                        .limits = { .connect_ms = 1000 } };
    attempts_init(attempts, rules, &request, 5000);
    attempts_begin(attempts, 5000);
}

/* The turn at each address: how long to wait, and how often it was asked for. */
struct turns {
    int64_t wait_us;
    unsigned asked;
};

static int64_t turn(void *owner, const struct address *address)
{
    struct turns *turns = owner;
    (void)address;
    turns->asked++;
    return turns->wait_us;
}

static bool may_open(struct attempts *attempts, const char *text, struct turns *turns)
{
    struct address address = address_of(text);
    return attempts_may_open(attempts, &address, turn, turns);
}

START_TEST(the_turn_is_asked_for_at_all_addresses_but_the_first)
{
    static const char *const texts[] = { "127.0.0.1", "127.0.0.2", "::1", NULL };
    struct turns turns = { 0, 0 };
    struct attempts attempts;
    make_rules("127.0.0.0/8");
    begin(&attempts, texts);
    ck_assert(may_open(&attempts, "127.0.0.1", &turns));
    ck_assert_uint_eq(turns.asked, 0);
    ck_assert(attempts_have_another(&attempts, 5100));
    ck_assert(!attempts_must_wait(&attempts, 5100));
    attempts_begin(&attempts, 5100);
    ck_assert(may_open(&attempts, "127.0.0.2", &turns));
    ck_assert_uint_eq(turns.asked, 1);
    /* The same address again in one attempt is the same turn. */
    ck_assert(may_open(&attempts, "127.0.0.2", &turns));
    ck_assert_uint_eq(turns.asked, 1);
    ck_assert(!attempts_have_another(&attempts, 5200));
    address_rules_free(rules);
}
END_TEST

START_TEST(an_address_whose_turn_it_is_not_is_tried_when_it_is)
{
    static const char *const texts[] = { "127.0.0.1", "127.0.0.2", NULL };
    struct turns turns = { 0, 0 };
    struct attempts attempts;
    make_rules("127.0.0.0/8");
    begin(&attempts, texts);
    ck_assert(may_open(&attempts, "127.0.0.1", &turns));
    attempts_begin(&attempts, 5000);
    turns.wait_us = 100 * US_PER_MS + 1;
    ck_assert(!may_open(&attempts, "127.0.0.2", &turns));
    ck_assert(attempts_have_another(&attempts, 5000));
    ck_assert(attempts_must_wait(&attempts, 5000));
    ck_assert_int_eq(attempts.retry_at_ms, 5101);
    attempts_begin(&attempts, 5101);
    ck_assert_int_eq(attempts.retry_at_ms, -1);
    turns.wait_us = 0;
    ck_assert(may_open(&attempts, "127.0.0.2", &turns));
    ck_assert(!attempts_have_another(&attempts, 5101));
    address_rules_free(rules);
}
END_TEST

START_TEST(what_is_not_allowed_is_not_opened_and_asks_for_no_turn)
{
    static const char *const texts[] = { "127.0.0.1", "127.0.0.2", NULL };
    struct turns turns = { 0, 0 };
    struct attempts attempts;
    make_rules("127.0.0.2");
    begin(&attempts, texts);
    ck_assert(!may_open(&attempts, "127.0.0.1", &turns));
    ck_assert(attempts_are_refused(&attempts));
    attempts_begin(&attempts, 5000);
    ck_assert(may_open(&attempts, "127.0.0.2", &turns));
    ck_assert(!attempts_are_refused(&attempts));
    address_rules_free(rules);
}
END_TEST

START_TEST(who_is_misled_gets_the_same_addresses_once_more)
{
    static const char *const texts[] = { "127.0.0.1", NULL };
    struct turns turns = { 0, 0 };
    struct attempts attempts;
    make_rules("127.0.0.0/8");
    begin(&attempts, texts);
    ck_assert(!may_open(&attempts, "127.0.0.9", &turns));
    ck_assert(attempts_have_another(&attempts, 5000));
    ck_assert(!attempts_must_wait(&attempts, 5000));
    attempts_begin(&attempts, 5000);
    ck_assert(!may_open(&attempts, "127.0.0.9", &turns));
    ck_assert(!attempts_have_another(&attempts, 5000));
    address_rules_free(rules);
}
END_TEST

START_TEST(attempts_share_the_time_to_connect)
{
    static const char *const texts[] = { "127.0.0.1", "127.0.0.2", NULL };
    struct attempts attempts;
    make_rules("127.0.0.0/8");
    begin(&attempts, texts);
    ck_assert_int_eq(attempts_budget_ms(&attempts, 5000), 500);
    ck_assert(attempts_have_another(&attempts, 5999));
    ck_assert(!attempts_have_another(&attempts, 6000));
    attempts_begin(&attempts, 5500);
    ck_assert_int_eq(attempts_budget_ms(&attempts, 5500), 500);
    ck_assert_int_eq(attempts_budget_ms(&attempts, 7000), 1);
    attempts.connect_ms = 0;
    ck_assert_int_eq(attempts_budget_ms(&attempts, 7000), 0);
    address_rules_free(rules);
}
END_TEST

SUITE_MAIN("attempts", the_turn_is_asked_for_at_all_addresses_but_the_first,
           an_address_whose_turn_it_is_not_is_tried_when_it_is,
           what_is_not_allowed_is_not_opened_and_asks_for_no_turn,
           who_is_misled_gets_the_same_addresses_once_more, attempts_share_the_time_to_connect)
