/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "frontier_crawl.h"

#include "frontier/inside.h"

/* Many hosts with some URLs each, in several batches. */
enum { HOSTS = 300, BATCHES = 4, URLS_PER_BATCH = 6, URLS = HOSTS * BATCHES * URLS_PER_BATCH };

static void url_text(char *text, size_t size, int host, int number)
{
    snprintf(text, size, "http://h%d.test/section/%d/page.html", host, number);
}

static void add_many(struct crawl *crawl)
{
    char url[96];
    for (int batch = 0; batch < BATCHES; batch++) {
        for (int host = 0; host < HOSTS; host++) {
            for (int i = 0; i < URLS_PER_BATCH; i++) {
                url_text(url, sizeof(url), host, batch * URLS_PER_BATCH + i);
                crawl_add_class(crawl, url, (uint8_t)(i % URL_CLASSES));
            }
        }
        crawl_commit(crawl, 1);
    }
}

/* Which of the many URLs this is. */
static int index_of(const struct task *task)
{
    int host;
    int number;
    ck_assert_int_eq(sscanf(task->url.data, "http://h%d.test/section/%d/page.html", &host, &number),
                     2);
    return host * BATCHES * URLS_PER_BATCH + number;
}

/* Fetches all that there is; each URL must come once, and those that were done before never. */
static int fetch_all(struct crawl *crawl, bool *is_done, int64_t now_ms)
{
    int count = 0;
    uint64_t host;
    while ((host = crawl_wake(crawl, now_ms)) != 0) {
        struct task *task;
        while ((task = frontier_take(crawl->frontier, host, 7, now_ms)) != NULL) {
            while (task) {
                struct task *next = task->next;
                int index = index_of(task);
                ck_assert(!is_done[index]);
                is_done[index] = true;
                count++;
                crawl_finish(crawl, task, now_ms, NEVER);
                task = next;
            }
        }
        crawl_sleep(crawl, host, now_ms);
        crawl_commit(crawl, now_ms);
    }
    return count;
}

static void check_nothing_waits(struct crawl *crawl)
{
    ck_assert_uint_eq(crawl_rows(crawl, "arrivals"), 0);
    ck_assert_uint_eq(crawl_rows(crawl, "queue"), 0);
    ck_assert_uint_eq(crawl_rows(crawl, "agenda"), 0);
    ck_assert_uint_eq(crawl->counters.values[COUNTER_URLS_QUEUED], 0);
    ck_assert_uint_eq(crawl->counters.values[COUNTER_URLS_HELD], 0);
}

START_TEST(arrivals_beyond_the_most_go_to_chunks_and_come_back)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options.arrivals_most = URLS - 1;
    crawl_reopen(&crawl);
    ck_assert(!frontier_has_housekeeping(crawl.frontier));
    add_many(&crawl);
    ck_assert(frontier_has_housekeeping(crawl.frontier));
    crawl_distribute(&crawl, 5);
    ck_assert_uint_eq(crawl_rows(&crawl, "arrivals"), 0);
    ck_assert_uint_ge(crawl_rows(&crawl, "queue"), HOSTS * URL_CLASSES);
    ck_assert_uint_eq(crawl_rows(&crawl, "agenda"), HOSTS);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_QUEUED], URLS);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_HOSTS], HOSTS);
    struct host_record host;
    ck_assert_int_eq(frontier_host(crawl.frontier, BYTES("h7.test"), &host), STATUS_OK);
    ck_assert_uint_eq(host.queued, BATCHES * URLS_PER_BATCH);
    crawl_commit(&crawl, 5);
    ck_assert_uint_eq(hosts_in_memory(crawl.frontier->hosts), 0);
    crawl_reopen(&crawl);
    bool is_done[URLS] = { false };
    ck_assert_int_eq(fetch_all(&crawl, is_done, 10), URLS);
    check_nothing_waits(&crawl);
    ck_assert_int_eq(frontier_host(crawl.frontier, BYTES("h7.test"), &host), STATUS_OK);
    ck_assert_uint_eq(host.queued, 0);
    ck_assert_uint_eq(host.pages, BATCHES * URLS_PER_BATCH);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(chunks_hold_some_thousand_bytes_in_order_of_arrival)
{
    enum { COUNT = 200 };
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options.arrivals_most = 1;
    crawl_reopen(&crawl);
    char url[96];
    for (int i = 0; i < COUNT; i++) {
        snprintf(url, sizeof(url), "http://a.test/%d/some-path-of-usual-length/%d", i * 7919, i);
        crawl_add(&crawl, url);
        if (i % 50 == 49)
            crawl_commit(&crawl, 1);
    }
    crawl_distribute(&crawl, 2);
    ck_assert_uint_ge(crawl_rows(&crawl, "queue"), COUNT / 40);
    ck_assert_uint_le(crawl_rows(&crawl, "queue"), COUNT / 20);
    uint64_t host = crawl_wake(&crawl, 2);
    for (int i = 0; i < COUNT; i++) {
        snprintf(url, sizeof(url), "http://a.test/%d/some-path-of-usual-length/%d", i * 7919, i);
        struct task *task = crawl_take_url(&crawl, host, 2, url);
        ck_assert_uint_eq(task->referrer, 7);
        ck_assert_uint_eq(task->depth, 1);
        crawl_finish(&crawl, task, 2, NEVER);
    }
    ck_assert_ptr_null(crawl_take(&crawl, host, 2));
    crawl_sleep(&crawl, host, 2);
    crawl_commit(&crawl, 2);
    check_nothing_waits(&crawl);
    crawl_clear(&crawl);
}
END_TEST

/* Dies after each number of slices, and when the pass is half committed. */
START_TEST(a_crash_between_slices_loses_and_repeats_nothing)
{
    int slices = 0;
    for (int die_after = 0; die_after <= slices; die_after++) {
        struct crawl crawl;
        crawl_init(&crawl);
        crawl.options.arrivals_most = 100;
        crawl_reopen(&crawl);
        add_many(&crawl);
        int slice = 0;
        while (slice < die_after && frontier_has_housekeeping(crawl.frontier)) {
            crawl_keep_house(&crawl, 2);
            slice++;
        }
        if (slice == slices && frontier_has_housekeeping(crawl.frontier))
            slices++;
        crawl_reopen(&crawl);
        bool is_done[URLS] = { false };
        ck_assert_int_eq(fetch_all(&crawl, is_done, 10), URLS);
        check_nothing_waits(&crawl);
        ck_assert_uint_eq(crawl.counters.values[COUNTER_HOSTS], HOSTS);
        crawl_clear(&crawl);
    }
    ck_assert_int_ge(slices, 3);
}
END_TEST

START_TEST(a_pass_goes_on_after_a_crash_without_writing_copies)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options.arrivals_most = 100;
    crawl_reopen(&crawl);
    add_many(&crawl);
    crawl_keep_house(&crawl, 2);
    crawl_reopen(&crawl);
    ck_assert_uint_ne(crawl_wake(&crawl, 2), 0);
    crawl_distribute(&crawl, 2);
    uint64_t queued = 0;
    struct host_record host = { 0 };
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    char after[32] = "";
    while (frontier_host_after(crawl.frontier, bytes_from_string(after), &host, &scratch)) {
        queued += host.queued;
        snprintf(after, sizeof(after), "%.*s", (int)host.name.length, host.name.data);
    }
    ck_assert_uint_eq(queued, URLS);
    buf_clear(&scratch);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(urls_in_flight_outlive_the_distribution_of_their_batch)
{
    for (int is_done = 0; is_done < 2; is_done++) {
        struct crawl crawl;
        crawl_init(&crawl);
        crawl.options.arrivals_most = 1;
        crawl_reopen(&crawl);
        crawl_add(&crawl, "http://a.test/1");
        crawl_add(&crawl, "http://a.test/2");
        crawl_add(&crawl, "http://a.test/3");
        crawl_commit(&crawl, 1);
        uint64_t host = crawl_wake(&crawl, 1);
        struct task *task = crawl_take_url(&crawl, host, 1, "http://a.test/1");
        crawl_distribute(&crawl, 1);
        ck_assert_uint_eq(crawl_rows(&crawl, "arrivals"), 0);
        if (is_done) {
            crawl_finish(&crawl, task, 2, NEVER);
            crawl_commit(&crawl, 2);
        } else {
            task_free(task);
        }
        crawl_reopen(&crawl);
        ck_assert_uint_eq(crawl_wake(&crawl, 3), host);
        if (!is_done)
            crawl_finish(&crawl, crawl_take_url(&crawl, host, 3, "http://a.test/1"), 3, NEVER);
        crawl_finish(&crawl, crawl_take_url(&crawl, host, 3, "http://a.test/2"), 3, NEVER);
        crawl_finish(&crawl, crawl_take_url(&crawl, host, 3, "http://a.test/3"), 3, NEVER);
        ck_assert_ptr_null(crawl_take(&crawl, host, 3));
        crawl_sleep(&crawl, host, 3);
        crawl_commit(&crawl, 3);
        check_nothing_waits(&crawl);
        crawl_clear(&crawl);
    }
}
END_TEST

/* Its copy is read while it is in flight: then the chunk lives until the flight ends. */
START_TEST(a_copy_of_a_url_in_flight_becomes_its_place)
{
    for (int is_given_back = 0; is_given_back < 2; is_given_back++) {
        struct crawl crawl;
        crawl_init(&crawl);
        crawl.options.arrivals_most = 0;
        crawl_reopen(&crawl);
        crawl_add(&crawl, "http://a.test/1");
        crawl_add(&crawl, "http://a.test/2");
        crawl_commit(&crawl, 1);
        uint64_t host = crawl_wake(&crawl, 1);
        struct task *one = crawl_take_url(&crawl, host, 1, "http://a.test/1");
        crawl_distribute(&crawl, 1);
        crawl_finish(&crawl, crawl_take_url(&crawl, host, 1, "http://a.test/2"), 1, NEVER);
        ck_assert_ptr_null(crawl_take(&crawl, host, 1));
        crawl_commit(&crawl, 1);
        ck_assert_uint_eq(crawl_rows(&crawl, "queue"), 1);
        if (is_given_back) {
            frontier_give_back(crawl.frontier, one);
            one = crawl_take_url(&crawl, host, 1, "http://a.test/1");
        }
        crawl_finish(&crawl, one, 2, NEVER);
        crawl_sleep(&crawl, host, 2);
        crawl_commit(&crawl, 2);
        check_nothing_waits(&crawl);
        crawl_clear(&crawl);
    }
}
END_TEST

START_TEST(a_host_that_sleeps_in_the_middle_of_a_chunk_reads_it_again)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options.arrivals_most = 1;
    crawl_reopen(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://a.test/2");
    crawl_commit(&crawl, 1);
    crawl_distribute(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 1);
    struct task *one = crawl_take_url(&crawl, host, 1, "http://a.test/1");
    crawl_finish(&crawl, one, 1, NEVER);
    frontier_give_back(crawl.frontier, crawl_take_url(&crawl, host, 1, "http://a.test/2"));
    crawl_sleep(&crawl, host, 1);
    crawl_commit(&crawl, 1);
    crawl_settle(&crawl, 1);
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(hosts_in_memory(crawl.frontier->hosts), 0);
    ck_assert_uint_eq(crawl_wake(&crawl, 2), host);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 2, "http://a.test/2"), 2, NEVER);
    crawl_sleep(&crawl, host, 2);
    crawl_commit(&crawl, 2);
    check_nothing_waits(&crawl);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(so_does_one_that_stays_in_memory)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options.arrivals_most = 1;
    crawl_reopen(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://a.test/2");
    crawl_commit(&crawl, 1);
    crawl_distribute(&crawl, 1);
    crawl_add_class(&crawl, "http://a.test/3", 3);
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 1);
    frontier_give_back(crawl.frontier, crawl_take_url(&crawl, host, 1, "http://a.test/1"));
    crawl_sleep(&crawl, host, 1);
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(crawl_wake(&crawl, 2), host);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 2, "http://a.test/1"), 2, NEVER);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 2, "http://a.test/2"), 2, NEVER);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 2, "http://a.test/3"), 2, NEVER);
    crawl_sleep(&crawl, host, 2);
    crawl_commit(&crawl, 2);
    check_nothing_waits(&crawl);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(what_is_over_the_queue_of_a_host_is_held_and_comes_last)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options = (struct frontier_options){ .arrivals_most = 1 };
    crawl.budget.queue_most = 3;
    crawl_reopen(&crawl);
    static const char *const urls[] = { "http://a.test/1", "http://a.test/2", "http://a.test/3",
                                        "http://a.test/4", "http://a.test/5" };
    for (size_t i = 0; i < 5; i++)
        crawl_add_class(&crawl, urls[i], 2);
    crawl_commit(&crawl, 1);
    crawl_distribute(&crawl, 1);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_HELD], 2);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_QUEUED], 3);
    struct host_record record;
    ck_assert_int_eq(frontier_host(crawl.frontier, BYTES("a.test"), &record), STATUS_OK);
    ck_assert_uint_eq(record.queued, 3);
    ck_assert_uint_eq(record.held, 2);
    crawl_add_class(&crawl, "http://a.test/6", 3);
    crawl_commit(&crawl, 2);
    uint64_t host = crawl_wake(&crawl, 2);
    static const int wanted[] = { 0, 1, 2, -1, 3, 4 };
    for (size_t i = 0; i < 6; i++) {
        struct task *task =
            crawl_take_url(&crawl, host, 2, wanted[i] < 0 ? "http://a.test/6" : urls[wanted[i]]);
        ck_assert_uint_eq(task->url_class, wanted[i] < 0 ? 3 : 2);
        crawl_finish(&crawl, task, 2, NEVER);
    }
    crawl_sleep(&crawl, host, 2);
    crawl_commit(&crawl, 3);
    check_nothing_waits(&crawl);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_seeded_host_has_no_bound)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options = (struct frontier_options){ .arrivals_most = 1 };
    crawl.budget.queue_most = 1;
    crawl_reopen(&crawl);
    crawl_seed(&crawl, "http://a.test/", 1);
    crawl_commit(&crawl, 1);
    crawl_reopen(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://a.test/2");
    crawl_commit(&crawl, 1);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 1), 1);
    crawl_distribute(&crawl, 1);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_HELD], 0);
    struct host_record record;
    ck_assert_int_eq(frontier_host(crawl.frontier, BYTES("a.test"), &record), STATUS_OK);
    ck_assert_uint_eq(record.queued, 3);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_large_host_is_distributed_over_several_slices)
{
    enum { BIG = 12000, OF_BATCH = 1500 };
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options.arrivals_most = 10;
    crawl_reopen(&crawl);
    char url[64];
    for (int i = 0; i < BIG; i++) {
        snprintf(url, sizeof(url), "http://a.test/%d", i);
        crawl_add(&crawl, url);
        if (i % OF_BATCH == OF_BATCH - 1)
            crawl_commit(&crawl, 1);
    }
    crawl_keep_house(&crawl, 1);
    uint64_t queued = crawl.frontier->waiting;
    ck_assert_uint_gt(queued, 0);
    ck_assert_uint_lt(queued, BIG);
    crawl_reopen(&crawl);
    uint64_t host = crawl_wake(&crawl, 1);
    for (int i = 0; i < BIG; i++) {
        snprintf(url, sizeof(url), "http://a.test/%d", i);
        crawl_finish(&crawl, crawl_take_url(&crawl, host, 2, url), 2, NEVER);
        if (i % 1000 == 0)
            crawl_commit(&crawl, 2);
        if (i == 1000)
            crawl_keep_house(&crawl, 2);
    }
    crawl_sleep(&crawl, host, 3);
    crawl_commit(&crawl, 3);
    crawl_distribute(&crawl, 3);
    check_nothing_waits(&crawl);
    crawl_clear(&crawl);
}
END_TEST

SUITE_MAIN("distribution", arrivals_beyond_the_most_go_to_chunks_and_come_back,
           chunks_hold_some_thousand_bytes_in_order_of_arrival,
           a_crash_between_slices_loses_and_repeats_nothing,
           a_pass_goes_on_after_a_crash_without_writing_copies,
           urls_in_flight_outlive_the_distribution_of_their_batch,
           a_copy_of_a_url_in_flight_becomes_its_place,
           a_host_that_sleeps_in_the_middle_of_a_chunk_reads_it_again,
           so_does_one_that_stays_in_memory,
           what_is_over_the_queue_of_a_host_is_held_and_comes_last, a_seeded_host_has_no_bound,
           a_large_host_is_distributed_over_several_slices)
