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

START_TEST(room_that_was_reserved_does_not_grow)
{
    enum { COUNT = 300000 };
    struct seen *seen = seen_new();
    seen_add(seen, fingerprint_of(COUNT + 1));
    seen_reserve(seen, COUNT);
    size_t bytes = seen_memory_bytes(seen);
    for (uint64_t i = 0; i < COUNT; i++)
        seen_add(seen, fingerprint_of(i));
    ck_assert_uint_eq(seen_memory_bytes(seen), bytes);
    ck_assert(seen_has(seen, fingerprint_of(COUNT + 1)));
    ck_assert_uint_eq(seen_count(seen), COUNT + 1);
    seen_free(seen);
}
END_TEST

START_TEST(fingerprints_that_want_the_same_slot_find_another)
{
    struct seen *seen = seen_new();
    /* The same shard and slot: they differ in the low bits alone. The last slots of the shard
     * overflow to its start. */
    for (uint64_t i = 1; i <= 100; i++) {
        ck_assert(seen_add(seen, UINT64_C(0xab00000000000000) + 2 * i));
        ck_assert(seen_add(seen, UINT64_C(0xabffffffff000000) + 2 * i));
    }
    for (uint64_t i = 1; i <= 100; i++) {
        ck_assert(seen_has(seen, UINT64_C(0xab00000000000000) + 2 * i));
        ck_assert(seen_has(seen, UINT64_C(0xabffffffff000000) + 2 * i));
    }
    ck_assert(!seen_has(seen, UINT64_C(0xab00000000000000) + 202));
    ck_assert(!seen_has(seen, UINT64_C(0xac00000000000000) + 2));
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
        ck_assert(seen_is_tried(seen, fingerprint_of(i)) == (i % 3 != 2));
        ck_assert(!seen_is_tried(seen, fingerprint_of(i + COUNT)));
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

SUITE_MAIN("seen", what_was_added_is_there_and_nothing_else,
           what_was_tried_stays_so_and_counts_once, a_fingerprint_costs_at_most_13_bytes,
           room_that_was_reserved_does_not_grow, fingerprints_that_want_the_same_slot_find_another,
           other_threads_see_what_was_added_while_it_grows)
