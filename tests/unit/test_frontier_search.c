/* SPDX-License-Identifier: MIT
 *
 * A URL's place in its queue, against the order in which URLs are really taken.
 */
#include "suite.h"

#include "frontier_crawl.h"

#define HOST "a.test"

enum { URLS_MOST = 600 };

static struct queue_search search_for(struct crawl *crawl, const char *text, size_t looks)
{
    struct queue_search search = { 0 };
    struct url url = url_of(text);
    size_t slices = 0;
    while (frontier_search_queue(crawl->frontier, &url, &search, looks))
        ck_assert_uint_lt(++slices, 10000);
    return search;
}

/* ---- The real order */

static void number_url(char *text, size_t size, unsigned number)
{
    snprintf(text, size, "http://" HOST "/%u", number);
}

static unsigned number_of(const struct task *task)
{
    return (unsigned)strtoul(task->url.data + strlen("http://" HOST "/"), NULL, 10);
}

/* So many go first, or -1 where it does not wait in the queue. */
static int place_in(const struct queue_search *search)
{
    uint64_t place = 0;
    if (!search->is_found || search->is_in_flight)
        return -1;
    for (uint8_t list = 0; list <= search->found.url_class; list++)
        place += search->before[list];
    return (int)place;
}

/* Tasks go back, the last one first, so that all is as it was. */
static void give_back(struct crawl *crawl, struct task *tasks)
{
    struct task *reversed = NULL;
    while (tasks) {
        struct task *next = tasks->next;
        tasks->next = reversed;
        reversed = tasks;
        tasks = next;
    }
    while (reversed) {
        struct task *next = reversed->next;
        frontier_give_back(crawl->frontier, reversed);
        reversed = next;
    }
}

/* Every URL that waits has as many before it as are taken before it is. host is awake, or 0. */
static void check_places(struct crawl *crawl, uint64_t host, unsigned urls, unsigned seed)
{
    static const size_t looks[] = { 1, 2, 7, 30, 100000 };
    int places[URLS_MOST];
    bool was_asleep = host == 0;
    for (unsigned i = 0; i < urls; i++) {
        char url[32];
        number_url(url, sizeof(url), i);
        struct queue_search search =
            search_for(crawl, url, looks[i % (sizeof(looks) / sizeof(looks[0]))]);
        places[i] = place_in(&search);
    }
    if (was_asleep)
        host = crawl_wake(crawl, 2);
    struct task *tasks = frontier_take(crawl->frontier, host, URLS_MOST, 2);
    int taken = 0;
    for (const struct task *task = tasks; task; task = task->next, taken++)
        ck_assert_msg(places[number_of(task)] == taken, "seed %u: %s: %d before it, not %d", seed,
                      task->url.data, taken, places[number_of(task)]);
    for (unsigned i = 0; i < urls; i++)
        ck_assert_msg(places[i] < taken, "seed %u: %u is not taken", seed, i);
    give_back(crawl, tasks);
    if (was_asleep) {
        crawl_sleep(crawl, host, 2);
        crawl_commit(crawl, 2);
    }
}

static unsigned next_random(unsigned *state)
{
    *state = *state * 1103515245u + 12345u;
    return *state >> 16;
}

static void add_some(struct crawl *crawl, unsigned *random, unsigned *number)
{
    unsigned count = next_random(random) % 40;
    for (unsigned i = 0; i < count; i++) {
        char url[32];
        number_url(url, sizeof(url), (*number)++);
        crawl_add_class(crawl, url, (uint8_t)(1 + next_random(random) % 3));
    }
    crawl_commit(crawl, 1);
}

static void serve_some(struct crawl *crawl, uint64_t host, unsigned *random)
{
    struct task *back = NULL;
    struct task *tasks = frontier_take(crawl->frontier, host, 90, 2);
    while (tasks) {
        struct task *next = tasks->next;
        if (next_random(random) % 3) {
            crawl_finish(crawl, tasks, 2, NEVER);
        } else {
            tasks->next = back;
            back = tasks;
        }
        tasks = next;
    }
    /* In an order that no queue has. */
    while (back) {
        struct task *next = back->next;
        if (back->next && next_random(random) % 2) {
            struct task *after = next->next;
            frontier_give_back(crawl->frontier, next);
            back->next = after;
            continue;
        }
        frontier_give_back(crawl->frontier, back);
        back = next;
    }
    crawl_commit(crawl, 2);
}

START_TEST(every_url_is_found_behind_those_that_go_first)
{
    for (unsigned seed = 1; seed <= 6; seed++) {
        struct crawl crawl;
        unsigned random = seed, number = 0;
        crawl_init(&crawl);
        crawl.options = (struct frontier_options){ .arrivals_most = 100, .tried_most = 1000 };
        crawl.budget.queue_most = 150;
        crawl_reopen(&crawl);
        while (number == 0)
            add_some(&crawl, &random, &number);
        for (int i = 0; i < 12; i++) {
            add_some(&crawl, &random, &number);
            crawl_distribute(&crawl, 1);
            check_places(&crawl, 0, number, seed);
        }
        /* Served, with some of it under way, some done, and some that came back. */
        uint64_t host = crawl_wake(&crawl, 2);
        struct task *away = frontier_take(crawl.frontier, host, 20, 2);
        check_places(&crawl, host, number, seed);
        serve_some(&crawl, host, &random);
        check_places(&crawl, host, number, seed);
        give_back(&crawl, away);
        check_places(&crawl, host, number, seed);
        crawl_sleep(&crawl, host, 2);
        crawl_commit(&crawl, 2);
        check_places(&crawl, 0, number, seed);
        crawl_settle(&crawl, 2);
        crawl_reopen(&crawl);
        check_places(&crawl, 0, number, seed);
        crawl_clear(&crawl);
    }
}
END_TEST

START_TEST(what_is_under_way_is_found_with_those_handed_out_before)
{
    struct crawl crawl;
    uint64_t before;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://a.test/2");
    crawl_add(&crawl, "http://a.test/3");
    crawl_commit(&crawl, 1);
    struct url second = url_of("http://a.test/2"), third = url_of("http://a.test/3");
    uint64_t host = crawl_wake(&crawl, 1);
    struct task *tasks = frontier_take(crawl.frontier, host, 2, 1);
    ck_assert(frontier_find_flight(crawl.frontier, &second, &before));
    ck_assert_uint_eq(before, 1);
    ck_assert(search_for(&crawl, "http://a.test/2", 1).is_in_flight);
    ck_assert(!frontier_find_flight(crawl.frontier, &third, &before));
    struct task *next = tasks->next;
    crawl_finish(&crawl, tasks, 1, NEVER);
    crawl_commit(&crawl, 1);
    ck_assert(frontier_find_flight(crawl.frontier, &second, &before));
    ck_assert_uint_eq(before, 0);
    frontier_give_back(crawl.frontier, next);
    ck_assert(!frontier_find_flight(crawl.frontier, &second, &before));
    crawl_clear(&crawl);
}
END_TEST

START_TEST(what_is_not_queued_is_not_found)
{
    struct crawl crawl;
    crawl_init(&crawl);
    ck_assert(!search_for(&crawl, "http://a.test/", 1).is_found);
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://a.test/2");
    crawl_commit(&crawl, 1);
    ck_assert(search_for(&crawl, "http://a.test/1", 1).is_found);
    struct queue_search search = search_for(&crawl, "https://a.test/1", 1);
    ck_assert(!search.is_found && !search.is_in_flight);
    /* Its fingerprint says so; while the fingerprints are on disk alone, the queue does. */
    ck_assert_uint_eq(search.before[1], 0);
    crawl_reopen(&crawl);
    search = search_for(&crawl, "https://a.test/1", 1);
    ck_assert(!search.is_found && !search.is_in_flight);
    ck_assert_uint_eq(search.before[1], 2);
    ck_assert(!search_for(&crawl, "http://a.test:81/1", 1).is_found);
    ck_assert(!search_for(&crawl, "http://b.test/1", 1).is_found);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(the_host_may_be_served_while_the_search_goes_on)
{
    enum { URLS = 200 };
    struct crawl crawl;
    struct queue_search search = { 0 };
    struct url url = url_of("http://a.test/150");
    crawl_init(&crawl);
    for (int i = 0; i < URLS; i++) {
        char text[32];
        snprintf(text, sizeof(text), "http://" HOST "/%d", i);
        crawl_add(&crawl, text);
        if (i % 40 == 39)
            crawl_commit(&crawl, 1);
    }
    uint64_t host = crawl_wake(&crawl, 1);
    while (frontier_search_queue(crawl.frontier, &url, &search, 3)) {
        struct task *task = crawl_take(&crawl, host, 1);
        crawl_finish(&crawl, task, 1, NEVER);
        crawl_commit(&crawl, 1);
    }
    ck_assert(search.is_found);
    ck_assert_uint_le(search.before[1], 150);
    ck_assert_uint_ge(search.before[1], 75);
    crawl_clear(&crawl);
}
END_TEST

static struct revisit_place place_of(struct crawl *crawl, const char *text)
{
    struct url url = url_of(text);
    struct revisit_place place = { 0 };
    struct url_record record;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    if (frontier_lookup(crawl->frontier, NULL, &url, &record, &scratch) == STATUS_OK)
        frontier_find_revisit(crawl->frontier, &url, &record, &place);
    buf_clear(&scratch);
    return place;
}

START_TEST(a_revisit_is_found_with_those_before_it)
{
    struct crawl crawl;
    struct revisit_place place;
    crawl_init(&crawl);
    crawl_record(&crawl, BYTES("http://a.test/1"), 1, 10);
    crawl_record(&crawl, BYTES("http://a.test/2"), 1, 20);
    crawl_record(&crawl, BYTES("http://a.test/3"), 1, NEVER);
    crawl_record(&crawl, BYTES("http://a.test/4"), 1, 5);
    crawl_commit(&crawl, 1);
    for (int i = 0; i < 2; i++) {
        place = place_of(&crawl, "http://a.test/2");
        ck_assert(place.is_there && !place.is_forced && !place.is_about);
        ck_assert_uint_eq(place.before, 2);
        ck_assert(!place_of(&crawl, "http://a.test/3").is_there);
        ck_assert(!place_of(&crawl, "http://b.test/").is_there);
        crawl_settle(&crawl, 1);
    }
    /* Seeded again; and one that was before it is no longer. */
    crawl_seed(&crawl, "http://a.test/2", 15);
    crawl_record(&crawl, BYTES("http://a.test/4"), 15, 100);
    crawl_commit(&crawl, 15);
    for (int i = 0; i < 2; i++) {
        place = place_of(&crawl, "http://a.test/2");
        ck_assert(place.is_there && place.is_forced);
        ck_assert_uint_eq(place.before, 1);
        ck_assert_uint_eq(place_of(&crawl, "http://a.test/4").before, 2);
        crawl_settle(&crawl, 15);
    }
    crawl_clear(&crawl);
}
END_TEST

START_TEST(many_revisits_are_estimated)
{
    enum { URLS = 6000 };
    struct crawl crawl;
    crawl_init(&crawl);
    for (int i = 0; i < URLS; i++) {
        char text[32];
        snprintf(text, sizeof(text), "http://" HOST "/%d", i);
        crawl_record(&crawl, bytes_from_string(text), 1, 1000 + i);
    }
    crawl_commit(&crawl, 1);
    crawl_settle(&crawl, 1);
    struct revisit_place place = place_of(&crawl, "http://a.test/4000");
    ck_assert(place.is_there && place.is_about);
    ck_assert_uint_ge(place.before, 3000);
    ck_assert_uint_le(place.before, 5000);
    crawl_clear(&crawl);
}
END_TEST

SUITE_MAIN("frontier_search", every_url_is_found_behind_those_that_go_first,
           what_is_under_way_is_found_with_those_handed_out_before, what_is_not_queued_is_not_found,
           the_host_may_be_served_while_the_search_goes_on, a_revisit_is_found_with_those_before_it,
           many_revisits_are_estimated)
