/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "frontier_crawl.h"

#include "frontier/inside.h"

/* ---- Becoming known */

START_TEST(a_url_is_new_once)
{
    struct crawl crawl;
    crawl_init(&crawl);
    ck_assert(crawl_add(&crawl, "http://a.test/1"));
    ck_assert(!crawl_add(&crawl, "http://a.test/1"));
    ck_assert(crawl_add(&crawl, "https://a.test/1"));
    ck_assert(crawl_add(&crawl, "http://a.test:81/1"));
    crawl_commit(&crawl, 1);
    ck_assert(!crawl_add(&crawl, "http://a.test/1"));
    ck_assert(crawl_add(&crawl, "http://a.test/2"));
    crawl_commit(&crawl, 2);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_KNOWN], 4);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_QUEUED], 4);
    crawl_reopen(&crawl);
    ck_assert(!crawl_add(&crawl, "http://a.test:81/1"));
    ck_assert(!crawl_add(&crawl, "http://a.test/2"));
    ck_assert(crawl_add(&crawl, "http://a.test/3"));
    crawl_clear(&crawl);
}
END_TEST

START_TEST(nothing_is_visible_before_the_commit)
{
    struct crawl crawl;
    crawl_init(&crawl);
    frontier_load_seen(crawl.frontier);
    struct found_url found = found_of(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://a.test/1");
    ck_assert(frontier_may_be_new(crawl.frontier, found.fingerprint));
    ck_assert_uint_eq(crawl_wake(&crawl, 1), 0);
    crawl_flush(&crawl, 1);
    ck_assert(frontier_may_be_new(crawl.frontier, found.fingerprint));
    ck_assert_uint_eq(crawl_wake(&crawl, 1), 0);
    frontier_committed(crawl.frontier);
    ck_assert(!frontier_may_be_new(crawl.frontier, found.fingerprint));
    ck_assert_uint_ne(crawl_wake(&crawl, 1), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(what_was_not_committed_was_never_there)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    frontier_flush(crawl.frontier, crawl_txn(&crawl), 1);
    crawl_reopen(&crawl);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_KNOWN], 0);
    ck_assert_uint_eq(crawl_wake(&crawl, 1), 0);
    ck_assert(crawl_add(&crawl, "http://a.test/1"));
    crawl_clear(&crawl);
}
END_TEST

START_TEST(all_may_be_new_until_the_table_is_read)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_commit(&crawl, 1);
    crawl_reopen(&crawl);
    uint64_t fingerprint = found_of(&crawl, "http://a.test/1").fingerprint;
    ck_assert(frontier_may_be_new(crawl.frontier, fingerprint));
    frontier_load_seen(crawl.frontier);
    ck_assert(!frontier_may_be_new(crawl.frontier, fingerprint));
    crawl_clear(&crawl);
}
END_TEST

START_TEST(each_crawl_has_fingerprints_of_its_own)
{
    struct crawl one;
    struct crawl other;
    crawl_init(&one);
    crawl_init(&other);
    uint64_t fingerprint = found_of(&one, "http://a.test/1").fingerprint;
    ck_assert_uint_ne(fingerprint, found_of(&other, "http://a.test/1").fingerprint);
    crawl_commit(&one, 1);
    crawl_reopen(&one);
    ck_assert_uint_eq(fingerprint, found_of(&one, "http://a.test/1").fingerprint);
    crawl_clear(&one);
    crawl_clear(&other);
}
END_TEST

/* ---- Handing out */

START_TEST(a_task_carries_what_was_said_of_its_url)
{
    struct crawl crawl;
    crawl_init(&crawl);
    struct found_url found = found_of(&crawl, "https://www.a.test:8443/x?y=z");
    found.referrer = UINT64_C(1) << 40;
    found.depth = 300;
    found.found = FOUND_SITEMAP;
    found.url_class = 2;
    found.hops = 3;
    frontier_add(crawl.frontier, &found, 1);
    crawl_commit(&crawl, 1);
    for (int i = 0; i < 2; i++) {
        struct host_record host;
        ck_assert(frontier_next_host(crawl.frontier, 5, &host));
        ck_assert(bytes_equal(host.name, BYTES("www.a.test")));
        struct task *task = crawl_take_url(&crawl, host.id, 5, "https://www.a.test:8443/x?y=z");
        ck_assert_uint_eq(task->host, host.id);
        ck_assert_uint_ne(task->ticket, 0);
        ck_assert_uint_eq(task->referrer, found.referrer);
        ck_assert_uint_eq(task->depth, 300);
        ck_assert_uint_eq(task->found, FOUND_SITEMAP);
        ck_assert_uint_eq(task->url_class, 2);
        ck_assert_uint_eq(task->hops, 3);
        ck_assert(!task->is_revisit && !task->is_forced && task->document == 0);
        ck_assert_uint_eq(task->etag.length + task->last_modified.length, 0);
        task_free(task);
        crawl_reopen(&crawl); /* The same from the disk. */
    }
    crawl_clear(&crawl);
}
END_TEST

START_TEST(better_classes_go_first_and_within_one_the_older)
{
    static const struct {
        const char *url;
        uint8_t url_class;
    } rows[] = {
        { "http://a.test/c1", 2 }, { "http://a.test/d1", 3 }, { "http://a.test/b1", 1 },
        { "http://a.test/a1", 0 }, { "http://a.test/b2", 1 }, { "http://a.test/a2", 0 },
    };
    static const char *const wanted[] = { "a1", "a2", "b1", "b2", "b3", "c1", "d1" };
    struct crawl crawl;
    crawl_init(&crawl);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        crawl_add_class(&crawl, rows[i].url, rows[i].url_class);
    crawl_commit(&crawl, 1);
    crawl_add_class(&crawl, "http://a.test/b3", 1);
    crawl_commit(&crawl, 2);
    struct task *task = frontier_take(crawl.frontier, crawl_wake(&crawl, 3), 100, 3);
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        ck_assert_ptr_nonnull(task);
        ck_assert_str_eq(task->url.data + strlen("http://a.test/"), wanted[i]);
        struct task *next = task->next;
        task_free(task);
        task = next;
    }
    ck_assert_ptr_null(task);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(no_more_are_handed_out_than_were_asked_for)
{
    struct crawl crawl;
    crawl_init(&crawl);
    char url[64];
    for (int i = 0; i < 10; i++) {
        snprintf(url, sizeof(url), "http://a.test/%d", i);
        crawl_add(&crawl, url);
    }
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 1);
    size_t count = 0;
    for (int i = 0; i < 4; i++) {
        struct task *task = frontier_take(crawl.frontier, host, 3, 1);
        for (size_t of_call = 0; task; of_call++, count++) {
            ck_assert_uint_lt(of_call, 3);
            struct task *next = task->next;
            task_free(task);
            task = next;
        }
    }
    ck_assert_uint_eq(count, 10);
    ck_assert_ptr_null(crawl_take(&crawl, host, 1));
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_batch_is_deleted_when_all_its_urls_have_an_outcome)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://b.test/1");
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "arrivals"), 1);
    crawl_finish(&crawl, crawl_take(&crawl, crawl_wake(&crawl, 1), 1), 1, NEVER);
    crawl_commit(&crawl, 2);
    ck_assert_uint_eq(crawl_rows(&crawl, "arrivals"), 1);
    crawl_finish(&crawl, crawl_take(&crawl, crawl_wake(&crawl, 1), 1), 1, NEVER);
    crawl_commit(&crawl, 3);
    ck_assert_uint_eq(crawl_rows(&crawl, "arrivals"), 0);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_QUEUED], 0);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_TRIED], 2);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_HOSTS], 2);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(what_is_given_back_is_taken_again)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://a.test/2");
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 1);
    struct task *one = crawl_take_url(&crawl, host, 1, "http://a.test/1");
    struct task *two = crawl_take_url(&crawl, host, 1, "http://a.test/2");
    frontier_give_back(crawl.frontier, two);
    frontier_give_back(crawl.frontier, one);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 1, "http://a.test/1"), 1, NEVER);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 1, "http://a.test/2"), 1, NEVER);
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "arrivals"), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_host_that_sleeps_with_arrivals_comes_again_behind_the_others)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://b.test/1");
    crawl_commit(&crawl, 1);
    uint64_t first = crawl_wake(&crawl, 1);
    crawl_sleep(&crawl, first, 2);
    crawl_commit(&crawl, 2);
    uint64_t second = crawl_wake(&crawl, 2);
    ck_assert_uint_ne(second, 0);
    ck_assert_uint_ne(second, first);
    ck_assert_uint_eq(crawl_wake(&crawl, 2), first);
    ck_assert_uint_eq(crawl_wake(&crawl, 2), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(an_unknown_ticket_is_nothing)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_commit(&crawl, 1);
    struct task *task = crawl_take(&crawl, crawl_wake(&crawl, 1), 1);
    struct task *again = task_new(task);
    crawl_finish(&crawl, task, 1, NEVER);
    frontier_done(crawl.frontier, again);
    frontier_give_back(crawl.frontier, again);
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "arrivals"), 0);
    crawl_clear(&crawl);
}
END_TEST

/* ---- Crashes */

START_TEST(after_a_crash_only_what_was_done_is_not_handed_out)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://a.test/2");
    crawl_add(&crawl, "http://a.test/3");
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 1);
    crawl_finish(&crawl, crawl_take(&crawl, host, 1), 1, NEVER);
    crawl_commit(&crawl, 2);
    task_free(crawl_take(&crawl, host, 2)); /* In flight when it dies. */
    crawl_reopen(&crawl);
    ck_assert_uint_eq(crawl_wake(&crawl, 3), host);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 3, "http://a.test/2"), 3, NEVER);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 3, "http://a.test/3"), 3, NEVER);
    ck_assert_ptr_null(crawl_take(&crawl, host, 3));
    crawl_commit(&crawl, 3);
    ck_assert_uint_eq(crawl_rows(&crawl, "arrivals"), 0);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_TRIED], 3);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_QUEUED], 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(an_outcome_that_was_not_committed_never_was)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_commit(&crawl, 1);
    crawl_finish(&crawl, crawl_take(&crawl, crawl_wake(&crawl, 1), 1), 1, NEVER);
    frontier_flush(crawl.frontier, crawl_txn(&crawl), 1);
    crawl_reopen(&crawl);
    task_free(crawl_take_url(&crawl, crawl_wake(&crawl, 2), 2, "http://a.test/1"));
    crawl_clear(&crawl);
}
END_TEST

/* ---- Revisits */

START_TEST(revisits_come_in_order_of_time_and_not_before)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/late");
    crawl_add(&crawl, "http://a.test/soon");
    crawl_add(&crawl, "http://a.test/never");
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 1);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 1, "http://a.test/late"), 1, 2000);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 1, "http://a.test/soon"), 1, 1000);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 1, "http://a.test/never"), 1, NEVER);
    ck_assert_ptr_null(crawl_take(&crawl, host, 1));
    crawl_sleep(&crawl, host, 1);
    crawl_commit(&crawl, 1);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 1), 1000);
    ck_assert_uint_eq(crawl_wake(&crawl, 999), 0);
    ck_assert_uint_eq(crawl_wake(&crawl, 1000), host);
    struct task *task = crawl_take_url(&crawl, host, 1000, "http://a.test/soon");
    ck_assert(task->is_revisit && !task->is_forced);
    ck_assert_ptr_null(crawl_take(&crawl, host, 1000));
    crawl_finish(&crawl, task, 1000, 5000);
    crawl_commit(&crawl, 1000);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 2000, "http://a.test/late"), 2000, NEVER);
    ck_assert_ptr_null(crawl_take(&crawl, host, 4999));
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 5000, "http://a.test/soon"), 5000, NEVER);
    crawl_sleep(&crawl, host, 5000);
    crawl_commit(&crawl, 5000);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 5000), NEVER);
    crawl_settle(&crawl, 5000);
    ck_assert_uint_eq(crawl_rows(&crawl, "revisits"), 0);
    ck_assert_uint_eq(crawl_rows(&crawl, "agenda"), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_revisit_carries_the_record_of_its_url)
{
    struct crawl crawl;
    crawl_init(&crawl);
    struct url url = url_of("https://a.test/?q");
    struct url_record record = { .state = URL_STATE_LIVE,
                                 .reason = OUTCOME_FAILED_TIMEOUT,
                                 .depth = 4,
                                 .found = FOUND_SITEMAP,
                                 .tries = 2,
                                 .document = 99,
                                 .referrer = 12,
                                 .fresh_until_ms = 77,
                                 .due_ms = 50,
                                 .etag = BYTES("\"v1\""),
                                 .last_modified = BYTES("Mon, 01 Jan 2024 00:00:00 GMT") };
    frontier_record(crawl.frontier, crawl_txn(&crawl), &url, NULL, &record);
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 50);
    struct task *task = crawl_take_url(&crawl, host, 50, "https://a.test/?q");
    ck_assert_uint_eq(task->document, 99);
    ck_assert_uint_eq(task->referrer, 12);
    ck_assert_uint_eq(task->depth, 4);
    ck_assert_uint_eq(task->tries, 2);
    ck_assert_uint_eq(task->found, FOUND_SITEMAP);
    ck_assert_int_eq(task->fresh_until_ms, 77);
    ck_assert_str_eq(task->etag.data, "\"v1\"");
    ck_assert_str_eq(task->last_modified.data, "Mon, 01 Jan 2024 00:00:00 GMT");
    /* Given back it is still due; once more, and it is in flight only once. */
    frontier_give_back(crawl.frontier, task);
    task_free(crawl_take_url(&crawl, host, 50, "https://a.test/?q"));
    ck_assert_ptr_null(crawl_take(&crawl, host, 50));
    /* The URL was recorded without ever being queued, and is known from then on. */
    ck_assert(!crawl_add(&crawl, "https://a.test/?q"));
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_KNOWN], 1);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(revisits_and_new_urls_go_by_rank_behind_the_seeds)
{
    /* Three revisits that waited for 1,000 ms each, and new URLs of each class. */
    static const struct {
        int64_t now_ms;
        const char *order;
    } rows[] = {
        { 1000, "s n1a n1b n2a n2b n3" },          { 1002, "s n1a n1b n2a r1 n2b r2 n3" },
        { 1900, "s n1a n1b n2a r1 n2b r2 r3 n3" }, { 2003, "s n1a r1 n1b r2 n2a r3 n2b n3" },
        { 2800, "s n1a r1 n1b r2 r3 n2a n2b n3" }, { 4000, "s n1a r1 r2 r3 n1b n2a n2b n3" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct crawl crawl;
        crawl_init(&crawl);
        crawl_record(&crawl, BYTES("http://a.test/r1"), 1, 1001);
        crawl_record(&crawl, BYTES("http://a.test/r2"), 2, 1002);
        crawl_record(&crawl, BYTES("http://a.test/r3"), 800, 1800);
        crawl_add_class(&crawl, "http://a.test/n1a", 1);
        crawl_add_class(&crawl, "http://a.test/n3", 3);
        crawl_add_class(&crawl, "http://a.test/n2a", 2);
        crawl_add_class(&crawl, "http://a.test/n1b", 1);
        crawl_add_class(&crawl, "http://a.test/n2b", 2);
        crawl_seed(&crawl, "http://a.test/s", 1);
        crawl_commit(&crawl, 1);
        uint64_t host = crawl_wake(&crawl, rows[i].now_ms);
        struct bytes rest = bytes_from_string(rows[i].order);
        struct bytes wanted;
        while (bytes_split(&rest, ' ', &wanted)) {
            /* One at a time or several: the order is the same. */
            struct task *task = frontier_take(crawl.frontier, host, 1 + i % 2, rows[i].now_ms);
            for (struct task *next; task; task = next) {
                next = task->next;
                ck_assert_msg(bytes_end_with(task->url, wanted), "row %zu: %s, not %.*s", i,
                              task->url.data, (int)wanted.length, wanted.data);
                task_free(task);
                if (next)
                    ck_assert(bytes_split(&rest, ' ', &wanted));
            }
        }
        ck_assert_ptr_null(crawl_take(&crawl, host, rows[i].now_ms));
        crawl_clear(&crawl);
    }
}
END_TEST

START_TEST(a_row_that_was_left_behind_is_deleted_not_followed)
{
    struct crawl crawl;
    crawl_init(&crawl);
    struct url url = url_of("http://a.test/1");
    struct url_record record = { .due_ms = 10 };
    frontier_record(crawl.frontier, crawl_txn(&crawl), &url, NULL, &record);
    crawl_commit(&crawl, 1);
    crawl_settle(&crawl, 1);
    record.due_ms = 1000; /* Without naming the earlier one. */
    frontier_record(crawl.frontier, crawl_txn(&crawl), &url, NULL, &record);
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "revisits"), 2);
    uint64_t host = crawl_wake(&crawl, 20);
    ck_assert_ptr_null(crawl_take(&crawl, host, 20));
    crawl_sleep(&crawl, host, 20);
    crawl_commit(&crawl, 20);
    ck_assert_uint_eq(crawl_rows(&crawl, "revisits"), 1);
    ck_assert_uint_eq(crawl_wake(&crawl, 1000), host);
    task_free(crawl_take_url(&crawl, host, 1000, "http://a.test/1"));
    crawl_clear(&crawl);
}
END_TEST

/* ---- Seeds */

static void count_seed(void *owner, struct bytes url)
{
    (void)url;
    ++*(int *)owner;
}

START_TEST(a_seed_that_is_known_but_not_tried_is_wanted_now_and_fetched_once)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add_class(&crawl, "http://a.test/other", 1);
    crawl_add_class(&crawl, "http://a.test/x", 3);
    crawl_commit(&crawl, 1);
    crawl_seed(&crawl, "http://a.test/x", 2);
    crawl_commit(&crawl, 2);
    uint64_t host = crawl_wake(&crawl, 3);
    struct task *task = crawl_take_url(&crawl, host, 3, "http://a.test/x");
    ck_assert_uint_eq(task->found, FOUND_SEED);
    ck_assert_uint_eq(task->url_class, 0);
    ck_assert_uint_eq(task->depth, 0);
    struct task *other = crawl_take_url(&crawl, host, 3, "http://a.test/other");
    ck_assert_ptr_null(crawl_take(&crawl, host, 3)); /* Its copy is in flight already. */
    crawl_finish(&crawl, task, 3, NEVER);
    crawl_finish(&crawl, other, 3, NEVER);
    crawl_commit(&crawl, 3);
    ck_assert_uint_eq(crawl_rows(&crawl, "arrivals"), 0);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_KNOWN], 2);
    int seeds = 0;
    frontier_walk_seeds(crawl.frontier, count_seed, &seeds);
    ck_assert_int_eq(seeds, 1);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_seed_that_was_tried_is_due_now_and_forced)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_record(&crawl, BYTES("http://a.test/x"), 1, 100000);
    crawl_record(&crawl, BYTES("http://a.test/never"), 1, NEVER);
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(crawl_wake(&crawl, 50), 0);
    crawl_seed(&crawl, "http://a.test/x", 50);
    crawl_seed(&crawl, "http://a.test/never", 51);
    crawl_commit(&crawl, 51);
    for (int i = 0; i < 2; i++) {
        uint64_t host = crawl_wake(&crawl, 51);
        ck_assert_uint_ne(host, 0);
        struct task *task = crawl_take_url(&crawl, host, 51, "http://a.test/x");
        ck_assert(task->is_revisit && task->is_forced);
        task_free(task);
        if (i == 0)
            crawl_reopen(&crawl);
        else
            task_free(crawl_take_url(&crawl, host, 51, "http://a.test/never"));
    }
    /* Its outcome settles the wish. */
    crawl_record(&crawl, BYTES("http://a.test/x"), 60, 70);
    crawl_commit(&crawl, 60);
    crawl_reopen(&crawl);
    uint64_t host = crawl_wake(&crawl, 80);
    struct task *task = frontier_take(crawl.frontier, host, 9, 80);
    ck_assert_str_eq(task->url.data, "http://a.test/never");
    ck_assert(task->is_forced);
    ck_assert_str_eq(task->next->url.data, "http://a.test/x");
    ck_assert(!task->next->is_forced);
    ck_assert_ptr_null(task->next->next);
    task_free(task->next);
    task_free(task);
    crawl_clear(&crawl);
}
END_TEST

/* ---- Sleep */

START_TEST(sleeping_hosts_wake_in_order_of_their_work)
{
    struct crawl crawl;
    crawl_init(&crawl);
    static const struct {
        const char *url;
        int64_t due_ms;
    } rows[] = { { "http://c.test/", 300 }, { "http://a.test/", 200 }, { "http://b.test/", 100 } };
    for (size_t i = 0; i < 3; i++)
        crawl_record(&crawl, bytes_from_string(rows[i].url), 1, rows[i].due_ms);
    crawl_commit(&crawl, 1);
    crawl_reopen(&crawl);
    static const char *const wanted[] = { "b.test", "a.test", "c.test" };
    for (size_t i = 0; i < 3; i++) {
        int64_t wake_ms = (int64_t)(i + 1) * 100;
        ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 1), wake_ms);
        struct host_record host;
        ck_assert(!frontier_next_host(crawl.frontier, wake_ms - 1, &host));
        ck_assert(frontier_next_host(crawl.frontier, wake_ms, &host));
        ck_assert(bytes_equal(host.name, bytes_from_string(wanted[i])));
    }
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 1), NEVER);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_resting_host_wakes_when_its_rest_ends)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_record(&crawl, BYTES("http://b.test/1"), 1, 5);
    crawl_commit(&crawl, 1);
    struct pace pace = PACE_NEW;
    pace.rest_until_ms = 1000;
    for (int i = 0; i < 2; i++) {
        uint64_t host = crawl_wake(&crawl, 10);
        frontier_host_update(crawl.frontier, host, &pace, 3);
        crawl_sleep(&crawl, host, 10);
    }
    crawl_commit(&crawl, 10);
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(crawl_wake(&crawl, 999), 0);
        ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 999), 1000);
        struct host_record host;
        ck_assert_int_eq(frontier_host(crawl.frontier, BYTES("b.test"), &host), STATUS_OK);
        ck_assert_int_eq(host.wake_ms, 1000);
        ck_assert_int_eq(host.pace.rest_until_ms, 1000);
        ck_assert_uint_eq(host.fetched, 3);
        if (i == 0)
            crawl_reopen(&crawl);
    }
    ck_assert_uint_ne(crawl_wake(&crawl, 1000), 0);
    ck_assert_uint_ne(crawl_wake(&crawl, 1000), 0);
    ck_assert_uint_eq(crawl_wake(&crawl, 1000), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_host_is_woken_by_name_though_it_may_have_no_work)
{
    struct crawl crawl;
    struct host_record host;
    struct pace pace = PACE_NEW;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_commit(&crawl, 1);
    /* Nothing was known of it. */
    ck_assert(frontier_wake_host(crawl.frontier, BYTES("b.test"), 1, &host));
    uint64_t other = host.id;
    ck_assert_uint_ne(other, 0);
    ck_assert_ptr_null(crawl_take(&crawl, other, 1));
    ck_assert(frontier_wake_host(crawl.frontier, BYTES("b.test"), 1, &host));
    ck_assert_uint_eq(host.id, other);
    pace.last_contact_ms = 5;
    pace.rest_until_ms = 1000;
    frontier_host_update(crawl.frontier, other, &pace, 0);
    crawl_sleep(&crawl, other, 6);
    crawl_commit(&crawl, 6);
    crawl_reopen(&crawl);
    /* What it was like is kept, and it is not woken out of its rest. */
    ck_assert(!frontier_wake_host(crawl.frontier, BYTES("b.test"), 999, &host));
    ck_assert(frontier_wake_host(crawl.frontier, BYTES("b.test"), 1000, &host));
    ck_assert_uint_eq(host.id, other);
    ck_assert_int_eq(host.pace.last_contact_ms, 5);
    /* One that has work is awake with it, and not found twice. */
    ck_assert(frontier_wake_host(crawl.frontier, BYTES("a.test"), 1000, &host));
    ck_assert_uint_eq(crawl_wake(&crawl, 1000), 0);
    task_free(crawl_take_url(&crawl, host.id, 1000, "http://a.test/1"));
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_host_that_was_woken_by_name_and_slept_comes_with_its_work)
{
    struct crawl crawl;
    struct host_record host;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_commit(&crawl, 1);
    ck_assert(frontier_wake_host(crawl.frontier, BYTES("a.test"), 1, &host));
    ck_assert_uint_eq(crawl_wake(&crawl, 1), 0);
    crawl_sleep(&crawl, host.id, 2);
    crawl_commit(&crawl, 2);
    ck_assert_uint_eq(crawl_wake(&crawl, 2), host.id);
    crawl_finish(&crawl, crawl_take_url(&crawl, host.id, 2, "http://a.test/1"), 2, 100);
    crawl_sleep(&crawl, host.id, 3);
    crawl_commit(&crawl, 3);
    ck_assert(frontier_wake_host(crawl.frontier, BYTES("a.test"), 100, &host));
    crawl_sleep(&crawl, host.id, 101);
    crawl_commit(&crawl, 101);
    ck_assert_uint_eq(crawl_wake(&crawl, 101), host.id);
    task_free(crawl_take_url(&crawl, host.id, 101, "http://a.test/1"));
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_host_awake_at_a_crash_is_found_again)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_record(&crawl, BYTES("http://a.test/1"), 1, 5);
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 10);
    crawl_record(&crawl, BYTES("http://a.test/2"), 10, 50);
    crawl_commit(&crawl, 10);
    crawl_reopen(&crawl);
    ck_assert_uint_eq(crawl_wake(&crawl, 10), host);
    task_free(crawl_take_url(&crawl, host, 10, "http://a.test/1"));
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_host_with_urls_in_flight_is_not_given_to_another)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://a.test/2");
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 1);
    struct task *task = crawl_take(&crawl, host, 1);
    crawl_sleep(&crawl, host, 1);
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(crawl_wake(&crawl, 2), 0);
    crawl_finish(&crawl, task, 2, 3);
    crawl_commit(&crawl, 2);
    ck_assert_uint_eq(crawl_wake(&crawl, 3), host);
    ck_assert_uint_eq(crawl_wake(&crawl, 3), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_host_id_is_given_once_even_if_nobody_saves_the_counters)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_add(&crawl, "http://a.test/1");
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 1);
    crawl_sleep(&crawl, host, 1);
    database_commit(crawl.txn);
    crawl.txn = NULL;
    crawl_reopen(&crawl);
    crawl_record(&crawl, BYTES("http://b.test/"), 1, 5);
    crawl_commit(&crawl, 1);
    struct host_record record;
    ck_assert_int_eq(frontier_host(crawl.frontier, BYTES("b.test"), &record), STATUS_OK);
    ck_assert_uint_ne(record.id, host);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(hosts_that_nobody_needs_leave_memory)
{
    struct crawl crawl;
    crawl_init(&crawl);
    char url[64];
    for (int i = 0; i < 3000; i++) {
        snprintf(url, sizeof(url), "http://h%d.test/", i);
        crawl_record(&crawl, bytes_from_string(url), 1, 10 + i % 7);
    }
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(hosts_in_memory(crawl.frontier->hosts), 3000);
    crawl_settle(&crawl, 1);
    crawl_commit(&crawl, 1);
    ck_assert_uint_eq(hosts_in_memory(crawl.frontier->hosts), 0);
    uint64_t host;
    int count = 0;
    for (; (host = crawl_wake(&crawl, 100)) != 0; count++) {
        crawl_finish(&crawl, crawl_take(&crawl, host, 100), 100, 100000);
        crawl_sleep(&crawl, host, 100);
        crawl_commit(&crawl, 100);
        crawl_settle(&crawl, 100);
    }
    ck_assert_int_eq(count, 3000);
    ck_assert_uint_le(hosts_in_memory(crawl.frontier->hosts), 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "agenda"), 3000);
    crawl_clear(&crawl);
}
END_TEST

SUITE_MAIN(
    "frontier", a_url_is_new_once, nothing_is_visible_before_the_commit,
    what_was_not_committed_was_never_there, all_may_be_new_until_the_table_is_read,
    each_crawl_has_fingerprints_of_its_own, a_task_carries_what_was_said_of_its_url,
    better_classes_go_first_and_within_one_the_older, no_more_are_handed_out_than_were_asked_for,
    a_batch_is_deleted_when_all_its_urls_have_an_outcome, what_is_given_back_is_taken_again,
    a_host_that_sleeps_with_arrivals_comes_again_behind_the_others, an_unknown_ticket_is_nothing,
    after_a_crash_only_what_was_done_is_not_handed_out, an_outcome_that_was_not_committed_never_was,
    revisits_come_in_order_of_time_and_not_before, a_revisit_carries_the_record_of_its_url,
    revisits_and_new_urls_go_by_rank_behind_the_seeds,
    a_row_that_was_left_behind_is_deleted_not_followed,
    a_seed_that_is_known_but_not_tried_is_wanted_now_and_fetched_once,
    a_seed_that_was_tried_is_due_now_and_forced, sleeping_hosts_wake_in_order_of_their_work,
    a_resting_host_wakes_when_its_rest_ends, a_host_is_woken_by_name_though_it_may_have_no_work,
    a_host_that_was_woken_by_name_and_slept_comes_with_its_work,
    a_host_awake_at_a_crash_is_found_again, a_host_with_urls_in_flight_is_not_given_to_another,
    a_host_id_is_given_once_even_if_nobody_saves_the_counters, hosts_that_nobody_needs_leave_memory)
