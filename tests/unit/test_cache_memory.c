/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <pthread.h>
#include <stdint.h>

#include "base/memory.h"
#include "store/cache_memory.h"

enum { SIZES_MOST = 20000 };

static const size_t page = 4500; /* With the library's fields around it. */

static void fill(unsigned char *memory, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++)
        memory[i] = (unsigned char)((seed + i) * UINT64_C(2654435761) >> 24);
}

static bool is_filled(const unsigned char *memory, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i++)
        if (memory[i] != (unsigned char)((seed + i) * UINT64_C(2654435761) >> 24))
            return false;
    return true;
}

START_TEST(every_size_is_whole_and_aligned)
{
    static unsigned char *given[SIZES_MOST / 61 + 1];
    size_t count = 0;
    for (size_t size = 0; size < SIZES_MOST; size += 61) {
        given[count] = cache_memory_new(size);
        ck_assert_ptr_nonnull(given[count]);
        ck_assert_uint_eq((uintptr_t)given[count] % 16, 0);
        fill(given[count], size, count);
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(is_filled(given[i], i * 61, i), "%zu bytes", i * 61);
        cache_memory_free(given[i]);
    }
}
END_TEST

START_TEST(a_page_that_went_serves_the_next_one)
{
    void *first = cache_memory_new(page);
    void *second = cache_memory_new(page);
    cache_memory_free(first);
    cache_memory_free(second);
    ck_assert_ptr_eq(cache_memory_new(page - 300), second);
    ck_assert_ptr_eq(cache_memory_new(page), first);
    cache_memory_free(first);
    cache_memory_free(second);
}
END_TEST

START_TEST(pages_lie_together)
{
    enum { PAGES = 400 };
    static char *pages[PAGES];
    size_t apart = 0;
    for (size_t i = 0; i < PAGES; i++) {
        pages[i] = cache_memory_new(page);
        apart += i > 0 && pages[i] - pages[i - 1] > 5000;
    }
    for (size_t i = 0; i < PAGES; i++)
        cache_memory_free(pages[i]);
    ck_assert_uint_le(apart, 1); /* Where a stretch ends. */
}
END_TEST

START_TEST(what_grows_keeps_its_bytes)
{
    static const size_t sizes[] = { 1,    16,    4095, 4096, 4097,    4608,    4609,
                                    9000, 20000, 5000, 1,    3 << 20, 5 << 20, 4500 };
    unsigned char *memory = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        memory = cache_memory_resize(memory, sizes[i]);
        ck_assert_ptr_nonnull(memory);
        kept = kept < sizes[i] ? kept : sizes[i];
        ck_assert_msg(is_filled(memory, kept, i), "%zu bytes", sizes[i]);
        fill(memory, sizes[i], i + 1);
        kept = sizes[i];
    }
    cache_memory_free(memory);
    cache_memory_free(NULL);
}
END_TEST

START_TEST(too_much_is_refused)
{
    void *memory = cache_memory_new(page);
    ck_assert_ptr_null(cache_memory_new(SIZE_MAX));
    ck_assert_ptr_null(cache_memory_new(SIZE_MAX / 2));
    ck_assert_ptr_null(cache_memory_resize(memory, SIZE_MAX - 8));
    cache_memory_free(memory);
}
END_TEST

static void *churn(void *argument)
{
    enum { HELD = 64, ROUNDS = 20000 };
    unsigned char *held[HELD] = { 0 };
    size_t sizes[HELD] = { 0 };
    uint64_t state = (uintptr_t)argument;
    for (size_t round = 0; round < ROUNDS; round++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407U;
        size_t place = state >> 33 & (HELD - 1);
        if (held[place] && !is_filled(held[place], sizes[place], place))
            return held[place];
        cache_memory_free(held[place]);
        sizes[place] = 3500 + (state >> 40) % 8000;
        held[place] = cache_memory_new(sizes[place]);
        fill(held[place], sizes[place], place);
    }
    for (size_t i = 0; i < HELD; i++)
        cache_memory_free(held[i]);
    return NULL;
}

START_TEST(threads_do_not_meet_in_a_block)
{
    pthread_t threads[4];
    for (uintptr_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, churn, (void *)(i + 1)), 0);
    for (size_t i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        ck_assert_ptr_null(wrong);
    }
}
END_TEST

SUITE_MAIN("cache_memory", every_size_is_whole_and_aligned, a_page_that_went_serves_the_next_one,
           pages_lie_together, what_grows_keeps_its_bytes, too_much_is_refused,
           threads_do_not_meet_in_a_block)
