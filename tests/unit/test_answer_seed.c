/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "answering.h"
#include "frontier/search.h"

static uint64_t ask_seed(const char *const *urls, enum status wanted)
{
    for (; *urls; urls++)
        pack_bytes(&question, bytes_from_string(*urls));
    ck_assert_int_eq(ask(QUESTION_SEED), wanted);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    return wanted ? 0 : unpack_number(&from);
}

static void count_seed(void *owner, struct bytes seed)
{
    size_t *count = owner;
    (void)seed;
    ++*count;
}

static size_t seed_count(void)
{
    size_t count = 0;
    frontier_walk_seeds(crawl.tables.frontier, count_seed, &count);
    return count;
}

START_TEST(seeds_are_added_and_the_new_ones_counted)
{
    open_answerer(SEED);
    ck_assert_uint_eq(
        ask_seed((const char *const[]){ SEED, A, "http://other.example/", NULL }, STATUS_OK), 2);
    ck_assert(answerer.seeds_changed);
    ck_assert_uint_eq(seed_count(), 3);
    ck_assert_uint_eq(ask_seed((const char *const[]){ A, NULL }, STATUS_OK), 0);
    ck_assert_uint_eq(ask_seed((const char *const[]){ NULL }, STATUS_OK), 0);
    close_answerer();
}
END_TEST

START_TEST(one_bad_seed_adds_none_of_them)
{
    open_answerer(SEED);
    uint64_t known = crawl.tables.counters.values[COUNTER_URLS_KNOWN];
    ask_seed((const char *const[]){ A, "mailto:x@y.z", NULL }, STATUS_DATA);
    ck_assert(says("mailto:x@y.z"));
    ck_assert(!answerer.seeds_changed);
    ck_assert_uint_eq(seed_count(), 1);
    /* Not with what comes next, either. */
    visited_page(&crawl, SEED, "x");
    struct url url;
    struct queue_search search = { 0 };
    ck_assert(url_split(&url, BYTES(A)));
    ck_assert(!frontier_search_queue(crawl.tables.frontier, &url, &search, 1000));
    ck_assert(!search.is_found);
    ck_assert_uint_eq(crawl.tables.counters.values[COUNTER_URLS_KNOWN], known);
    pack_u8(&question, 200); /* A length beyond the end. */
    ck_assert_int_eq(ask(QUESTION_SEED), STATUS_DATA);
    close_answerer();
}
END_TEST

SUITE_MAIN("answer_seed", seeds_are_added_and_the_new_ones_counted, one_bad_seed_adds_none_of_them)
