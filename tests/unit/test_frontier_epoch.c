/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "frontier_crawl.h"

#include "frontier/inside.h"

/* Hosts enough that one search for a host does not look at all of them. */
enum { HOSTS = 600, URLS_PER_HOST = 3, URLS = HOSTS * URLS_PER_HOST };

enum { DUE_MS = 1000000 };

static void record_many(struct crawl *crawl)
{
    char url[64];
    for (int i = 0; i < URLS; i++) {
        snprintf(url, sizeof(url), "http://h%d.test/%d", i / URLS_PER_HOST, i % URLS_PER_HOST);
        crawl_record(crawl, bytes_from_string(url), 1, DUE_MS);
        if (i % 100 == 0)
            crawl_commit(crawl, 1);
    }
    crawl_commit(crawl, 1);
}

static void begin_epoch(struct crawl *crawl)
{
    crawl->counters.values[COUNTER_EPOCH]++;
    crawl_commit(crawl, 2);
    crawl->options.is_epoch = true;
    crawl_reopen(crawl);
}

static int index_of(const struct task *task)
{
    int host;
    int number;
    ck_assert_int_eq(sscanf(task->url.data, "http://h%d.test/%d", &host, &number), 2);
    return host * URLS_PER_HOST + number;
}

/* Fetches until there is nothing, or `most` were fetched; no URL may come twice. */
static int fetch(struct crawl *crawl, bool *is_done, int most, int64_t now_ms)
{
    int count = 0;
    while (frontier_next_wake_ms(crawl->frontier, now_ms) <= now_ms) {
        uint64_t host = crawl_wake(crawl, now_ms);
        if (host == 0)
            continue; /* The search goes on. */
        struct task *task;
        while ((task = frontier_take(crawl->frontier, host, 2, now_ms)) != NULL) {
            while (task) {
                struct task *next = task->next;
                ck_assert(task->is_revisit && task->is_forced);
                ck_assert_uint_eq(task->epoch, crawl->counters.values[COUNTER_EPOCH]);
                ck_assert(!is_done[index_of(task)]);
                is_done[index_of(task)] = true;
                count++;
                crawl_finish(crawl, task, now_ms, DUE_MS);
                task = next;
            }
        }
        crawl_sleep(crawl, host, now_ms);
        crawl_commit(crawl, now_ms);
        if (count >= most)
            break;
    }
    return count;
}

START_TEST(an_epoch_wants_every_tried_url_once)
{
    struct crawl crawl;
    crawl_init(&crawl);
    record_many(&crawl);
    begin_epoch(&crawl);
    bool is_done[URLS] = { false };
    ck_assert_int_eq(fetch(&crawl, is_done, URLS + 1, 3), URLS);
    crawl_settle(&crawl, 3);
    crawl_commit(&crawl, 3);
    ck_assert_uint_eq(hosts_in_memory(crawl.frontier->hosts), 0);
    crawl_reopen(&crawl);
    ck_assert_int_eq(fetch(&crawl, is_done, 1, 4), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_usual_run_wants_no_more_than_what_is_due)
{
    struct crawl crawl;
    crawl_init(&crawl);
    record_many(&crawl);
    begin_epoch(&crawl);
    crawl.options.is_epoch = false;
    crawl_reopen(&crawl);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 3), DUE_MS);
    ck_assert_uint_eq(crawl_wake(&crawl, 3), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(an_epoch_goes_on_after_a_crash)
{
    struct crawl crawl;
    crawl_init(&crawl);
    record_many(&crawl);
    begin_epoch(&crawl);
    bool is_done[URLS] = { false };
    int count = 0;
    while (count < URLS) {
        int more = fetch(&crawl, is_done, 250, 3);
        ck_assert_int_gt(more, 0);
        count += more;
        uint64_t host = crawl_wake(&crawl, 3);
        if (host != 0)
            task_free(crawl_take(&crawl, host, 3)); /* In flight when it dies. */
        crawl_reopen(&crawl);
    }
    ck_assert_int_eq(fetch(&crawl, is_done, 1, 4), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(what_an_epoch_got_back_it_hands_out_again)
{
    struct crawl crawl;
    crawl_init(&crawl);
    static const char *const urls[] = { "http://a.test/", "http://a.test/1", "http://a.test/12",
                                        "http://a.test/2" };
    for (size_t i = 0; i < 4; i++)
        crawl_record(&crawl, bytes_from_string(urls[i]), 1, NEVER);
    begin_epoch(&crawl);
    uint64_t host = crawl_wake(&crawl, 3);
    struct task *tasks[4];
    for (size_t i = 0; i < 4; i++)
        tasks[i] = crawl_take_url(&crawl, host, 3, urls[i]);
    ck_assert_ptr_null(crawl_take(&crawl, host, 3));
    frontier_give_back(crawl.frontier, tasks[2]);
    frontier_give_back(crawl.frontier, tasks[1]);
    crawl_finish(&crawl, tasks[0], 3, NEVER);
    crawl_commit(&crawl, 3);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 3, urls[1]), 3, NEVER);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 3, urls[2]), 3, NEVER);
    ck_assert_ptr_null(crawl_take(&crawl, host, 3));
    /* The last comes back while the host sleeps. */
    crawl_sleep(&crawl, host, 3);
    crawl_commit(&crawl, 3);
    frontier_give_back(crawl.frontier, tasks[3]);
    ck_assert_uint_eq(crawl_wake(&crawl, 4), host);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 4, urls[3]), 4, NEVER);
    ck_assert_ptr_null(crawl_take(&crawl, host, 4));
    crawl_sleep(&crawl, host, 4);
    crawl_commit(&crawl, 4);
    ck_assert_uint_eq(crawl_wake(&crawl, 4), 0);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 4), NEVER);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_large_host_is_walked_in_parts)
{
    enum { COUNT = 9000 };
    struct crawl crawl;
    crawl_init(&crawl);
    char url[64];
    for (int i = 0; i < COUNT; i++) {
        snprintf(url, sizeof(url), "http://h0.test/%d", i);
        crawl_record(&crawl, bytes_from_string(url), 1, NEVER);
    }
    crawl_commit(&crawl, 1);
    begin_epoch(&crawl);
    for (int i = 0; i < COUNT; i++) {
        snprintf(url, sizeof(url), "http://h0.test/%d", i);
        if (i != 999) /* Its key is the last. */
            crawl_record(&crawl, bytes_from_string(url), 2, NEVER);
    }
    crawl_commit(&crawl, 2);
    struct task *task = NULL;
    int rounds = 0;
    for (; !task; rounds++) {
        ck_assert_int_lt(rounds, 20);
        ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 3), 3);
        uint64_t host = crawl_wake(&crawl, 3);
        if (host == 0)
            continue;
        task = crawl_take(&crawl, host, 3);
        if (!task)
            crawl_sleep(&crawl, host, 3);
        crawl_commit(&crawl, 3);
    }
    ck_assert_int_gt(rounds, 2);
    ck_assert_str_eq(task->url.data, "http://h0.test/999");
    task_free(task);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(an_epoch_waits_for_hosts_that_rest)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_record(&crawl, BYTES("http://h0.test/0"), 1, 5);
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 10);
    struct pace pace = PACE_NEW;
    pace.rest_until_ms = 1000;
    frontier_host_update(crawl.frontier, host, &pace, 0);
    crawl_sleep(&crawl, host, 10);
    begin_epoch(&crawl);
    bool is_done[URLS] = { false };
    ck_assert_int_eq(fetch(&crawl, is_done, 1, 999), 0);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 999), 1000);
    ck_assert_int_eq(fetch(&crawl, is_done, 1, 1000), 1);
    ck_assert_int_eq(fetch(&crawl, is_done, 1, 1001), 0);
    crawl_clear(&crawl);
}
END_TEST

SUITE_MAIN("frontier_epoch", an_epoch_wants_every_tried_url_once,
           a_usual_run_wants_no_more_than_what_is_due, an_epoch_goes_on_after_a_crash,
           what_an_epoch_got_back_it_hands_out_again, a_large_host_is_walked_in_parts,
           an_epoch_waits_for_hosts_that_rest)
