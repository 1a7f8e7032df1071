/* SPDX-License-Identifier: MIT
 *
 * A URL's place in its queue, by the walk that goes through the whole of it.
 */
#include "suite.h"

#include "frontier_crawl.h"

#include "frontier/search.h"

#define HOST "a.test"

/* All that waits, in the order of the walk. */
struct waiting {
    struct {
        char url[32];
        uint8_t list;
    } rows[600];
    size_t count;
};

static bool note(void *owner, const struct found_url *url)
{
    struct waiting *waiting = owner;
    ck_assert_uint_lt(waiting->count, sizeof(waiting->rows) / sizeof(waiting->rows[0]));
    snprintf(waiting->rows[waiting->count].url, sizeof(waiting->rows[0].url), "%.*s",
             (int)url->url.length, url->url.data);
    waiting->rows[waiting->count++].list = url->url_class;
    return true;
}

static struct queue_search search_for(struct crawl *crawl, const char *text, size_t looks)
{
    struct queue_search search = { 0 };
    struct url url = url_of(text);
    size_t slices = 0;
    while (frontier_search_queue(crawl->frontier, &url, &search, looks))
        ck_assert_uint_lt(++slices, 10000);
    return search;
}

/* Every URL of the walk is found, behind as many of each list as the walk shows before it; what is
 * in flight stands in front of its list there. What came back goes first, whatever the walk says:
 * then the places of a list are all there, each once. */
static size_t check_places(struct crawl *crawl, bool is_ordered, unsigned seed)
{
    static const size_t looks[] = { 1, 2, 7, 30, 100000 };
    static struct waiting waiting;
    bool is_taken[URL_CLASSES + 1][600] = { { false } };
    uint64_t before[URL_CLASSES + 1] = { 0 };
    size_t in_flight = 0;
    waiting.count = 0;
    frontier_walk_queued(crawl->frontier, BYTES(HOST), note, &waiting);
    for (size_t i = 0; i < waiting.count; i++) {
        uint8_t list = waiting.rows[i].list;
        struct queue_search search =
            search_for(crawl, waiting.rows[i].url, looks[i % (sizeof(looks) / sizeof(looks[0]))]);
        ck_assert_msg(search.is_found, "seed %u: %s", seed, waiting.rows[i].url);
        ck_assert_uint_eq(search.found.url_class, list);
        ck_assert_uint_eq(search.found.depth, 1);
        in_flight += search.is_in_flight;
        if (search.is_in_flight)
            continue;
        ck_assert_msg(!is_taken[list][search.before[list]], "seed %u: %s", seed,
                      waiting.rows[i].url);
        is_taken[list][search.before[list]] = true;
        for (uint8_t other = 0; other < list + is_ordered; other++)
            ck_assert_msg(search.before[other] == before[other],
                          "seed %u: %s: %u of class %u before it, not %u", seed,
                          waiting.rows[i].url, (unsigned)search.before[other], other,
                          (unsigned)before[other]);
        before[list]++;
    }
    for (size_t list = 0; list <= URL_CLASSES; list++)
        for (uint64_t i = 0; i < before[list]; i++)
            ck_assert(is_taken[list][i]);
    return in_flight;
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
        snprintf(url, sizeof(url), "http://" HOST "/%u", (*number)++);
        crawl_add_class(crawl, url, (uint8_t)(1 + next_random(random) % 3));
    }
    crawl_commit(crawl, 1);
}

START_TEST(every_url_is_found_behind_those_that_go_first)
{
    for (unsigned seed = 1; seed <= 6; seed++) {
        struct crawl crawl;
        struct task *tasks = NULL;
        unsigned random = seed, number = 0;
        crawl_init(&crawl);
        crawl.options = (struct frontier_options){ .arrivals_most = 100 };
        crawl.budget.queue_most = 150;
        crawl_reopen(&crawl);
        for (int i = 0; i < 12; i++) {
            add_some(&crawl, &random, &number);
            crawl_distribute(&crawl, 1);
            ck_assert_uint_eq(check_places(&crawl, true, seed), 0);
        }
        /* Served, some of it under way, some done. */
        uint64_t host = crawl_wake(&crawl, 2);
        tasks = frontier_take(crawl.frontier, host, 90, 2);
        size_t count = 0;
        for (struct task *task = tasks; task; task = task->next)
            count++;
        ck_assert_uint_eq(check_places(&crawl, true, seed), count);
        while (tasks) {
            struct task *next = tasks->next;
            if (next_random(&random) % 3)
                crawl_finish(&crawl, tasks, 2, NEVER);
            else
                frontier_give_back(crawl.frontier, tasks);
            tasks = next;
        }
        crawl_commit(&crawl, 2);
        ck_assert_uint_eq(check_places(&crawl, false, seed), 0);
        crawl_sleep(&crawl, host, 2);
        crawl_commit(&crawl, 2);
        ck_assert_uint_eq(check_places(&crawl, true, seed), 0);
        crawl_reopen(&crawl);
        ck_assert_uint_eq(check_places(&crawl, true, seed), 0);
        crawl_clear(&crawl);
    }
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

START_TEST(a_revisit_is_found_with_those_before_it)
{
    struct crawl crawl;
    struct revisit_place place;
    struct url_record record;
    struct buf scratch;
    struct url url = url_of("http://a.test/2"), never = url_of("http://a.test/3"),
               other = url_of("http://b.test/");
    buf_init(&scratch, BUF_UNBOUNDED);
    crawl_init(&crawl);
    crawl_record(&crawl, BYTES("http://a.test/1"), 1, 10);
    crawl_record(&crawl, BYTES("http://a.test/2"), 1, 20);
    crawl_record(&crawl, BYTES("http://a.test/3"), 1, NEVER);
    crawl_commit(&crawl, 1);
    frontier_lookup(crawl.frontier, NULL, &url, &record, &scratch);
    frontier_find_revisit(crawl.frontier, &url, &record, &place);
    ck_assert(place.is_there && !place.is_forced && !place.is_about);
    ck_assert_uint_eq(place.before, 1);
    crawl_seed(&crawl, "http://a.test/2", 15);
    crawl_commit(&crawl, 15);
    frontier_lookup(crawl.frontier, NULL, &url, &record, &scratch);
    frontier_find_revisit(crawl.frontier, &url, &record, &place);
    ck_assert(place.is_there && place.is_forced);
    ck_assert_uint_eq(place.before, 1);
    frontier_lookup(crawl.frontier, NULL, &never, &record, &scratch);
    frontier_find_revisit(crawl.frontier, &never, &record, &place);
    ck_assert(!place.is_there);
    record.due_ms = 10;
    frontier_find_revisit(crawl.frontier, &other, &record, &place);
    ck_assert(!place.is_there);
    buf_clear(&scratch);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(many_revisits_are_estimated)
{
    enum { URLS = 6000 };
    struct crawl crawl;
    struct revisit_place place;
    struct url_record record;
    struct buf scratch;
    struct url url = url_of("http://a.test/4000");
    buf_init(&scratch, BUF_UNBOUNDED);
    crawl_init(&crawl);
    for (int i = 0; i < URLS; i++) {
        char text[32];
        snprintf(text, sizeof(text), "http://" HOST "/%d", i);
        crawl_record(&crawl, bytes_from_string(text), 1, 1000 + i);
    }
    crawl_commit(&crawl, 1);
    frontier_lookup(crawl.frontier, NULL, &url, &record, &scratch);
    frontier_find_revisit(crawl.frontier, &url, &record, &place);
    ck_assert(place.is_there && place.is_about);
    ck_assert_uint_ge(place.before, 3000);
    ck_assert_uint_le(place.before, 5000);
    buf_clear(&scratch);
    crawl_clear(&crawl);
}
END_TEST

SUITE_MAIN("frontier_search", every_url_is_found_behind_those_that_go_first,
           what_is_not_queued_is_not_found, the_host_may_be_served_while_the_search_goes_on,
           a_revisit_is_found_with_those_before_it, many_revisits_are_estimated)
