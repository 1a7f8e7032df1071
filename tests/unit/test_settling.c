/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "frontier_crawl.h"

#include "frontier/inside.h"

enum { HOSTS = 120, URLS_PER_HOST = 40, URLS = HOSTS * URLS_PER_HOST, HOUR_MS = 3600 * 1000 };

static void url_text(char *text, size_t size, int host, int number)
{
    snprintf(text, size, "http://h%d.test/%03d/page", host, number);
}

/* Records each URL of all hosts, or each second one. */
static void record_many(struct crawl *crawl, int step, int64_t now_ms, int64_t due_ms)
{
    char url[64];
    for (int number = 0; number < URLS_PER_HOST; number += step) {
        for (int host = 0; host < HOSTS; host++) {
            url_text(url, sizeof(url), host, number);
            crawl_record(crawl, bytes_from_string(url), now_ms, due_ms);
        }
        crawl_commit(crawl, now_ms);
    }
}

/* All URLs of each host stand there in order, each tried so often. */
static void check_all(struct crawl *crawl, uint32_t even_fetches, uint32_t odd_fetches)
{
    struct buf url, after, scratch;
    buf_init(&url, BUF_UNBOUNDED);
    buf_init(&after, BUF_UNBOUNDED);
    buf_init(&scratch, BUF_UNBOUNDED);
    for (int host = 0; host < HOSTS; host++) {
        char name[16], text[64];
        struct url_record record;
        struct host_record about;
        snprintf(name, sizeof(name), "h%d.test", host);
        buf_reset(&after);
        for (int number = 0; number < URLS_PER_HOST; number++) {
            uint32_t fetches = number % 2 ? odd_fetches : even_fetches;
            url_text(text, sizeof(text), host, number);
            if (fetches == 0)
                continue;
            ck_assert(frontier_url_after(crawl->frontier, bytes_from_string(name),
                                         buf_bytes(&after), &url, &record, &scratch));
            ck_assert_str_eq(url.data, text);
            ck_assert_uint_eq(record.fetches, fetches);
            buf_reset(&after);
            buf_append_bytes(&after, buf_bytes(&url));
            struct url split = url_of(text);
            ck_assert_int_eq(frontier_lookup(crawl->frontier, NULL, &split, &record, &scratch),
                             STATUS_OK);
            ck_assert_uint_eq(record.fetches, fetches);
        }
        ck_assert(!frontier_url_after(crawl->frontier, bytes_from_string(name), buf_bytes(&after),
                                      &url, &record, &scratch));
        ck_assert_int_eq(frontier_host(crawl->frontier, bytes_from_string(name), &about),
                         STATUS_OK);
        uint64_t tried = (even_fetches > 0 ? 1U : 0) + (odd_fetches > 0 ? 1U : 0);
        ck_assert_uint_eq(about.pages, tried * (URLS_PER_HOST / 2));
    }
    buf_clear(&url);
    buf_clear(&after);
    buf_clear(&scratch);
}

START_TEST(records_are_found_wherever_they_are)
{
    struct crawl crawl;
    crawl_init(&crawl);
    record_many(&crawl, 1, 1, NEVER);
    check_all(&crawl, 1, 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "urls"), 0);
    crawl_settle(&crawl, 2);
    check_all(&crawl, 1, 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "urls"), URLS);
    ck_assert_uint_eq(crawl_rows(&crawl, "tried"), 0);
    /* Some are in memory again, before what the table says. */
    record_many(&crawl, 2, 3, NEVER);
    check_all(&crawl, 2, 1);
    crawl_settle(&crawl, 4);
    check_all(&crawl, 2, 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "urls"), URLS);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_crash_loses_nothing_that_was_not_settled)
{
    struct crawl crawl;
    crawl_init(&crawl);
    record_many(&crawl, 2, 1, NEVER);
    crawl_reopen(&crawl);
    check_all(&crawl, 1, 0);
    crawl_settle(&crawl, 2);
    record_many(&crawl, 1, 3, NEVER);
    crawl_reopen(&crawl);
    check_all(&crawl, 2, 1);
    crawl_reopen(&crawl);
    check_all(&crawl, 2, 1);
    crawl_settle(&crawl, 4);
    ck_assert_uint_eq(crawl_rows(&crawl, "urls"), URLS);
    crawl_clear(&crawl);
}
END_TEST

static void settle_slices(struct crawl *crawl, int slices)
{
    for (int i = 0; i < slices && !frontier_is_settled(crawl->frontier); i++) {
        struct txn *txn = database_begin(crawl->database);
        frontier_settle(crawl->frontier, txn, 5);
        database_commit(txn);
    }
}

START_TEST(a_crash_between_slices_of_a_pass_changes_nothing)
{
    for (int slices = 1; slices <= 8; slices++) {
        struct crawl crawl;
        crawl_init(&crawl);
        record_many(&crawl, 1, 1, NEVER);
        settle_slices(&crawl, slices);
        /* What comes while a pass is under way is newer than what it has written. */
        record_many(&crawl, 2, 3, NEVER);
        if (slices % 2)
            settle_slices(&crawl, 1);
        crawl_reopen(&crawl);
        check_all(&crawl, 2, 1);
        crawl_settle(&crawl, 6);
        check_all(&crawl, 2, 1);
        ck_assert_uint_eq(crawl_rows(&crawl, "urls"), URLS);
        ck_assert_uint_eq(crawl_rows(&crawl, "tried"), 0);
        crawl_clear(&crawl);
    }
}
END_TEST

START_TEST(a_pass_begins_when_there_are_many_or_they_are_old)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options.tried_most = 2;
    crawl_reopen(&crawl);
    crawl_record(&crawl, BYTES("http://a.test/1"), 1, NEVER);
    crawl_record(&crawl, BYTES("http://a.test/2"), 1, NEVER);
    crawl_commit(&crawl, 1);
    ck_assert(!frontier_has_housekeeping(crawl.frontier));
    crawl_commit(&crawl, 9 * 60 * 1000);
    ck_assert(!frontier_has_housekeeping(crawl.frontier));
    crawl_commit(&crawl, 11 * 60 * 1000);
    ck_assert(frontier_has_housekeeping(crawl.frontier));
    crawl_distribute(&crawl, 11 * 60 * 1000);
    ck_assert_uint_eq(crawl_rows(&crawl, "urls"), 2);
    for (int i = 0; i < 3; i++) {
        ck_assert(!frontier_has_housekeeping(crawl.frontier));
        char url[32];
        snprintf(url, sizeof(url), "http://b.test/%d", i);
        crawl_record(&crawl, bytes_from_string(url), 1, NEVER);
        crawl_commit(&crawl, 1);
    }
    ck_assert(frontier_has_housekeeping(crawl.frontier));
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_url_that_is_due_soon_has_its_row_at_once)
{
    static const struct {
        int64_t due_ms;
        uint64_t rows;
    } table[] = { { 60 * 1000, 1 }, { 2 * HOUR_MS, 0 }, { NEVER, 0 } };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct crawl crawl;
        crawl_init(&crawl);
        crawl_record(&crawl, BYTES("http://a.test/1"), 1, table[i].due_ms);
        crawl_commit(&crawl, 1);
        ck_assert_uint_eq(crawl_rows(&crawl, "revisits"), table[i].rows);
        ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 1), table[i].due_ms);
        crawl_reopen(&crawl);
        ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 1), table[i].due_ms);
        crawl_settle(&crawl, 1);
        ck_assert_uint_eq(crawl_rows(&crawl, "revisits"), table[i].due_ms != NEVER);
        if (table[i].due_ms != NEVER)
            ck_assert_uint_ne(crawl_wake(&crawl, table[i].due_ms), 0);
        crawl_clear(&crawl);
    }
}
END_TEST

START_TEST(a_row_moves_with_its_url_however_often_that_is_tried)
{
    struct crawl crawl;
    crawl_init(&crawl);
    struct bytes url = BYTES("http://a.test/1");
    /* Far, settled; soon, not settled; far again; and soon. */
    crawl_record(&crawl, url, 1, 5 * HOUR_MS);
    crawl_commit(&crawl, 1);
    crawl_settle(&crawl, 1);
    static const int64_t dues[] = { 1000, 9 * HOUR_MS, 7 * HOUR_MS, 2000 };
    for (size_t i = 0; i < 4; i++) {
        crawl_record(&crawl, url, 1, dues[i]);
        crawl_commit(&crawl, 1);
        if (i % 2)
            crawl_reopen(&crawl);
    }
    crawl_settle(&crawl, 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "revisits"), 1);
    uint64_t host = crawl_wake(&crawl, 2000);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 2000, url.data), 2000, 8 * HOUR_MS);
    ck_assert_ptr_null(crawl_take(&crawl, host, 7 * HOUR_MS));
    crawl_sleep(&crawl, host, 7 * HOUR_MS);
    crawl_commit(&crawl, 7 * HOUR_MS);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 7 * HOUR_MS), 8 * HOUR_MS);
    ck_assert_uint_eq(crawl_wake(&crawl, 8 * HOUR_MS), host);
    crawl_clear(&crawl);
}
END_TEST

/* The record in `hosts` may be older than the one of a batch, or newer: the numbers of chunks are
 * in it, and one that was given twice would lose URLs. */
START_TEST(the_newer_of_two_records_of_a_host_holds)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options.arrivals_most = 0;
    crawl_reopen(&crawl);
    char url[64];
    for (int round = 0; round < 6; round++) {
        for (int i = 0; i < 3; i++) {
            snprintf(url, sizeof(url), "http://a.test/new/%d/%d", round, i);
            ck_assert(crawl_add(&crawl, url));
        }
        snprintf(url, sizeof(url), "http://a.test/tried/%d", round);
        crawl_record(&crawl, bytes_from_string(url), 1, NEVER);
        crawl_commit(&crawl, 1);
        if (round % 3 != 2)
            crawl_keep_house(&crawl, 1);
        if (round % 2)
            crawl_reopen(&crawl);
    }
    frontier_next_wake_ms(crawl.frontier, 1); /* Reads what waits. */
    crawl_distribute(&crawl, 1);
    struct host_record about;
    ck_assert_int_eq(frontier_host(crawl.frontier, BYTES("a.test"), &about), STATUS_OK);
    ck_assert_uint_eq(about.queued, 18);
    ck_assert_uint_eq(about.pages, 6);
    uint64_t host = crawl_wake(&crawl, 2);
    int count = 0;
    struct task *task;
    while ((task = crawl_take(&crawl, host, 2)) != NULL) {
        crawl_finish(&crawl, task, 2, NEVER);
        count++;
    }
    ck_assert_int_eq(count, 18);
    crawl_clear(&crawl);
}
END_TEST

/* The process may have stood still for hours, as on a machine that slept. */
START_TEST(what_became_due_unsettled_is_taken_all_the_same)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_record(&crawl, BYTES("http://a.test/1"), 1, 5 * HOUR_MS);
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 6 * HOUR_MS);
    ck_assert_uint_ne(host, 0);
    ck_assert_ptr_null(crawl_take(&crawl, host, 6 * HOUR_MS));
    crawl_sleep(&crawl, host, 6 * HOUR_MS);
    crawl_commit(&crawl, 6 * HOUR_MS);
    ck_assert_uint_eq(crawl_wake(&crawl, 6 * HOUR_MS), host);
    crawl_finish(&crawl, crawl_take_url(&crawl, host, 6 * HOUR_MS, "http://a.test/1"), 6 * HOUR_MS,
                 NEVER);
    crawl_sleep(&crawl, host, 6 * HOUR_MS);
    crawl_commit(&crawl, 6 * HOUR_MS);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 6 * HOUR_MS), NEVER);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(all_hosts_are_shown_as_they_are_now)
{
    struct crawl crawl;
    crawl_init(&crawl);
    record_many(&crawl, 1, 1, NEVER);
    for (int step = 0; step < 3; step++) {
        if (step == 1)
            crawl_reopen(&crawl);
        if (step == 2)
            crawl_settle(&crawl, 2);
        struct host_record host;
        struct buf after, scratch;
        buf_init(&after, BUF_UNBOUNDED);
        buf_init(&scratch, BUF_UNBOUNDED);
        int count = 0;
        for (; frontier_host_after(crawl.frontier, buf_bytes(&after), &host, &scratch); count++) {
            ck_assert_uint_eq(host.pages, URLS_PER_HOST);
            buf_reset(&after);
            buf_append_bytes(&after, host.name);
        }
        ck_assert_int_eq(count, HOSTS);
        buf_clear(&after);
        buf_clear(&scratch);
    }
    crawl_clear(&crawl);
}
END_TEST

SUITE_MAIN("settling", records_are_found_wherever_they_are,
           a_crash_loses_nothing_that_was_not_settled,
           a_crash_between_slices_of_a_pass_changes_nothing,
           a_pass_begins_when_there_are_many_or_they_are_old,
           a_url_that_is_due_soon_has_its_row_at_once,
           a_row_moves_with_its_url_however_often_that_is_tried,
           the_newer_of_two_records_of_a_host_holds,
           what_became_due_unsettled_is_taken_all_the_same, all_hosts_are_shown_as_they_are_now)
