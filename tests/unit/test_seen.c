/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/hash.h"
#include "frontier/seen.h"

/* The i-th fingerprint of a test; all differ. */
static uint64_t fingerprint_of(uint64_t i)
{
    return seen_fingerprint(hash_bytes(bytes_of(&i, sizeof(i)), 17));
}

START_TEST(what_was_added_is_there_and_nothing_else)
{
    enum { COUNT = 200000 };
    struct seen *seen = seen_new();
    ck_assert(!seen_has(seen, 2));
    for (uint64_t i = 0; i < COUNT; i++)
        ck_assert(seen_add(seen, fingerprint_of(i)));
    for (uint64_t i = 0; i < COUNT; i++) {
        ck_assert(seen_has(seen, fingerprint_of(i)));
        ck_assert(!seen_add(seen, fingerprint_of(i)));
        ck_assert(!seen_has(seen, fingerprint_of(i + COUNT)));
    }
    ck_assert_uint_eq(seen_count(seen), COUNT);
    seen_free(seen);
}
END_TEST

START_TEST(a_fingerprint_costs_at_most_13_bytes)
{
    struct seen *seen = seen_new();
    for (uint64_t count = 1; count <= 500000; count++) {
        seen_add(seen, fingerprint_of(count));
        if (count % 1000 == 0 && count >= 100000)
            ck_assert_uint_le(seen_memory_bytes(seen), count * 13);
    }
    seen_free(seen);
}
END_TEST

START_TEST(room_that_was_reserved_hardly_grows)
{
    enum { COUNT = 300000 };
    struct seen *seen = seen_new();
    seen_add(seen, fingerprint_of(COUNT + 1));
    seen_reserve(seen, COUNT);
    size_t bytes = seen_memory_bytes(seen);
    for (uint64_t i = 0; i < COUNT; i++)
        seen_add(seen, fingerprint_of(i));
    ck_assert_uint_le(seen_memory_bytes(seen), bytes + bytes / 10);
    ck_assert(seen_has(seen, fingerprint_of(COUNT + 1)));
    ck_assert_uint_eq(seen_count(seen), COUNT + 1);
    seen_free(seen);
}
END_TEST

/* What is known rises by 1 % a step; did all shards grow together, one step would bring 25 %. */
START_TEST(growing_is_spread_over_all_that_is_added)
{
    enum { START = 100000, END = 600000 };
    for (int reserved = 0; reserved < 2; reserved++) {
        struct seen *seen = seen_new();
        if (reserved)
            seen_reserve(seen, START);
        uint64_t count = 0;
        while (count < START)
            seen_add(seen, fingerprint_of(count++));
        while (count < END) {
            size_t bytes = seen_memory_bytes(seen);
            for (uint64_t until = count + count / 100; count < until; count++)
                seen_add(seen, fingerprint_of(count));
            ck_assert_uint_le(seen_memory_bytes(seen), bytes + bytes / 20);
        }
        seen_free(seen);
    }
}
END_TEST

/* The same shard and home: they differ in the low bits alone. */
START_TEST(fingerprints_that_want_the_same_slot_find_another)
{
    enum { COUNT = 5000 };
    static const uint64_t homes[] = { UINT64_C(0xab00000000000000), UINT64_C(0xab00000001000000),
                                      UINT64_C(0xab80000000000000), UINT64_C(0xabffffffff000000) };
    enum { HOMES = sizeof(homes) / sizeof(homes[0]) };
    struct seen *seen = seen_new();
    for (uint64_t i = 1; i <= COUNT; i++) {
        for (size_t home = 0; home < HOMES; home++)
            ck_assert(seen_add(seen, homes[home] + 2 * i));
    }
    for (uint64_t i = 1; i <= COUNT; i++) {
        for (size_t home = 0; home < HOMES; home++) {
            ck_assert(seen_has(seen, homes[home] + 2 * i));
            ck_assert(!seen_add(seen, homes[home] + 2 * i));
        }
    }
    ck_assert(!seen_has(seen, homes[0] + 2 * COUNT + 2));
    ck_assert(!seen_has(seen, homes[3] + 2 * COUNT + 2));
    ck_assert(!seen_has(seen, UINT64_C(0xac00000000000000) + 2));
    ck_assert_uint_eq(seen_count(seen), HOMES * COUNT);
    seen_free(seen);
}
END_TEST

START_TEST(what_was_tried_stays_so_and_counts_once)
{
    enum { COUNT = 20000 };
    struct seen *seen = seen_new();
    for (uint64_t i = 0; i < COUNT; i++) {
        ck_assert(seen_add(seen, fingerprint_of(i) | (i % 3 == 0 ? SEEN_TRIED : 0)));
        ck_assert(!seen_add(seen, fingerprint_of(i) | (i % 3 == 1 ? SEEN_TRIED : 0)));
    }
    for (uint64_t i = 0; i < COUNT; i++) {
        ck_assert(seen_has(seen, fingerprint_of(i)));
        ck_assert_uint_eq(seen_look(seen, fingerprint_of(i)),
                          fingerprint_of(i) | (i % 3 != 2 ? SEEN_TRIED : 0));
        ck_assert_uint_eq(seen_look(seen, fingerprint_of(i + COUNT)), 0);
    }
    ck_assert_uint_eq(seen_count(seen), COUNT);
    seen_free(seen);
}
END_TEST

struct shared {
    struct seen *seen;
    _Atomic uint64_t added;
    atomic_bool is_wrong;
    uint64_t count;
};

static void *ask(void *argument)
{
    struct shared *shared = argument;
    uint64_t added;
    do {
        added = atomic_load(&shared->added);
        for (uint64_t i = added > 50 ? added - 50 : 0; i < added; i++) {
            if (!seen_has(shared->seen, fingerprint_of(i)) ||
                seen_has(shared->seen, fingerprint_of(i + shared->count)))
                atomic_store(&shared->is_wrong, true);
        }
    } while (added < shared->count);
    return NULL;
}

START_TEST(other_threads_see_what_was_added_while_it_grows)
{
    struct shared shared = { .seen = seen_new(), .count = 50000 };
    pthread_t threads[3];
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, &shared), 0);
    for (uint64_t i = 0; i < shared.count; i++) {
        seen_add(shared.seen, fingerprint_of(i));
        atomic_store(&shared.added, i + 1);
    }
    for (size_t i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    ck_assert(!atomic_load(&shared.is_wrong));
    seen_free(shared.seen);
}
END_TEST

static void *ask_for_its_like(void *argument)
{
    struct shared *shared = argument;
    uint64_t added;
    while ((added = atomic_load(&shared->added)) < shared->count)
        if (seen_has(shared->seen, fingerprint_of(added) ^ 2))
            atomic_store(&shared->is_wrong, true);
    return NULL;
}

/* Both want the same slot, and one of them is never added: what is taken for known is a URL that
 * nobody ever fetches. */
START_TEST(what_is_added_meanwhile_is_not_taken_for_what_is_asked_for)
{
    struct shared shared = { .seen = seen_new(), .count = 1000000 };
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, ask_for_its_like, &shared), 0);
    for (uint64_t i = 0; i < shared.count; i++) {
        seen_add(shared.seen, fingerprint_of(i));
        atomic_store(&shared.added, i + 1);
    }
    pthread_join(thread, NULL);
    ck_assert(!atomic_load(&shared.is_wrong));
    seen_free(shared.seen);
}
END_TEST

SUITE_MAIN("seen", what_was_added_is_there_and_nothing_else,
           what_was_tried_stays_so_and_counts_once, a_fingerprint_costs_at_most_13_bytes,
           room_that_was_reserved_hardly_grows, growing_is_spread_over_all_that_is_added,
           fingerprints_that_want_the_same_slot_find_another,
           other_threads_see_what_was_added_while_it_grows,
           what_is_added_meanwhile_is_not_taken_for_what_is_asked_for)
