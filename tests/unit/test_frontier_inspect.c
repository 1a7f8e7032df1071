/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "frontier_crawl.h"

#include "frontier/outcome.h"

START_TEST(hosts_are_shown_in_the_order_of_their_sites)
{
    struct crawl crawl;
    crawl_init(&crawl);
    static const char *const urls[] = { "http://www.b.test/", "http://a.test/", "http://b.test/",
                                        "http://x.a.test/" };
    static const char *const wanted[] = { "a.test", "x.a.test", "b.test", "www.b.test" };
    for (size_t i = 0; i < 4; i++)
        crawl_record(&crawl, bytes_from_string(urls[i]), 1, NEVER);
    crawl_commit(&crawl, 1);
    struct host_record host;
    struct buf scratch;
    struct buf after;
    buf_init(&scratch, BUF_UNBOUNDED);
    buf_init(&after, BUF_UNBOUNDED);
    for (size_t i = 0; i < 4; i++) {
        ck_assert(frontier_host_after(crawl.frontier, buf_bytes(&after), &host, &scratch));
        ck_assert(bytes_equal(host.name, bytes_from_string(wanted[i])));
        buf_reset(&after);
        buf_append_bytes(&after, host.name);
    }
    ck_assert(!frontier_host_after(crawl.frontier, buf_bytes(&after), &host, &scratch));
    ck_assert_int_eq(frontier_host(crawl.frontier, BYTES("a.test"), &host), STATUS_OK);
    ck_assert_uint_eq(host.pages, 1);
    ck_assert_int_eq(host.wake_ms, NEVER);
    ck_assert_int_eq(frontier_host(crawl.frontier, BYTES("c.test"), &host), STATUS_NOT_FOUND);
    buf_clear(&scratch);
    buf_clear(&after);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(tried_urls_of_a_host_are_shown_in_order_and_no_others)
{
    struct crawl crawl;
    crawl_init(&crawl);
    static const char *const urls[] = { "http://a.test/", "http://a.test/b?c", "http://a.test:81/",
                                        "https://a.test/" };
    for (size_t i = 4; i-- > 0;)
        crawl_record(&crawl, bytes_from_string(urls[i]), 1, NEVER);
    crawl_record(&crawl, BYTES("http://b.test/"), 1, NEVER);
    crawl_add(&crawl, "http://a.test/queued");
    crawl_commit(&crawl, 1);
    struct url_record record;
    struct buf url;
    struct buf scratch;
    buf_init(&url, BUF_UNBOUNDED);
    buf_init(&scratch, BUF_UNBOUNDED);
    size_t count = 0;
    bool was_shown[4] = { false };
    struct buf after;
    buf_init(&after, BUF_UNBOUNDED);
    while (frontier_url_after(crawl.frontier, BYTES("a.test"), buf_bytes(&after), &url, &record,
                              &scratch)) {
        for (size_t i = 0; i < 4; i++)
            was_shown[i] |= strcmp(url.data, urls[i]) == 0;
        ck_assert_uint_eq(record.status, 200);
        buf_reset(&after);
        buf_append_bytes(&after, buf_bytes(&url));
        count++;
    }
    ck_assert_uint_eq(count, 4);
    ck_assert(was_shown[0] && was_shown[1] && was_shown[2] && was_shown[3]);
    ck_assert(!frontier_url_after(crawl.frontier, BYTES("c.test"), (struct bytes){ 0 }, &url,
                                  &record, &scratch));
    buf_clear(&url);
    buf_clear(&after);
    buf_clear(&scratch);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(explain_finds_what_is_queued_wherever_it_is)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options.arrivals_most = 1;
    crawl_reopen(&crawl);
    struct found_url found;
    ck_assert(!frontier_has_queued(crawl.frontier, "http://a.test/2", &found));
    crawl_add(&crawl, "http://a.test/1");
    crawl_add(&crawl, "http://a.test/2");
    crawl_commit(&crawl, 1);
    for (int step = 0; step < 4; step++) {
        ck_assert(frontier_has_queued(crawl.frontier, "http://a.test/2", &found));
        ck_assert_uint_eq(found.referrer, 7);
        ck_assert_uint_eq(found.depth, 1);
        ck_assert_uint_eq(found.found, FOUND_LINK);
        if (step == 0)
            crawl_reopen(&crawl);
        if (step == 1)
            crawl_distribute(&crawl, 1);
        if (step == 2)
            task_free(frontier_take(crawl.frontier, crawl_wake(&crawl, 2), 1, 2));
    }
    crawl_record(&crawl, BYTES("http://a.test/2"), 2, NEVER);
    crawl_commit(&crawl, 2);
    ck_assert(!frontier_has_queued(crawl.frontier, "http://a.test/2", &found));
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_record_comes_back_as_it_was)
{
    struct crawl crawl;
    crawl_init(&crawl);
    struct url url = url_of("http://a.test/1");
    struct url_record wanted = { .state = URL_STATE_MOVED,
                                 .reason = OUTCOME_REDIRECT,
                                 .status = 65535,
                                 .depth = 65535,
                                 .found = FOUND_REDIRECT,
                                 .tries = 255,
                                 .gone_count = 254,
                                 .epoch = UINT32_MAX,
                                 .fetches = UINT32_MAX,
                                 .changes = 3,
                                 .document = UINT64_MAX,
                                 .change = 5,
                                 .referrer = UINT64_MAX - 1,
                                 .robots_version = 6,
                                 .first_seen_ms = 1,
                                 .fetched_at_ms = -2,
                                 .checked_at_ms = INT64_MAX,
                                 .gone_since_ms = INT64_MIN,
                                 .fresh_until_ms = 9,
                                 .due_ms = NEVER,
                                 .is_deleted = true,
                                 .digest = BYTES("thirty-two bytes of some content"),
                                 .etag = BYTES("e\0g"),
                                 .last_modified = BYTES("l"),
                                 .target = BYTES("http://b.test/"),
                                 .history = BYTES("h") };
    frontier_record(crawl.frontier, crawl_txn(&crawl), &url, NULL, &wanted);
    crawl_commit(&crawl, 1);
    crawl_reopen(&crawl);
    struct url_record record;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    ck_assert_int_eq(frontier_lookup(crawl.frontier, NULL, &url, &record, &scratch), STATUS_OK);
    ck_assert_int_eq(record.state, wanted.state);
    ck_assert_int_eq(record.reason, wanted.reason);
    ck_assert_uint_eq(record.status, wanted.status);
    ck_assert_uint_eq(record.depth, wanted.depth);
    ck_assert_uint_eq(record.found, wanted.found);
    ck_assert_uint_eq(record.tries, wanted.tries);
    ck_assert_uint_eq(record.gone_count, wanted.gone_count);
    ck_assert_uint_eq(record.epoch, wanted.epoch);
    ck_assert_uint_eq(record.fetches, wanted.fetches);
    ck_assert_uint_eq(record.changes, wanted.changes);
    ck_assert_uint_eq(record.document, wanted.document);
    ck_assert_uint_eq(record.change, wanted.change);
    ck_assert_uint_eq(record.referrer, wanted.referrer);
    ck_assert_uint_eq(record.robots_version, wanted.robots_version);
    ck_assert_int_eq(record.first_seen_ms, wanted.first_seen_ms);
    ck_assert_int_eq(record.fetched_at_ms, wanted.fetched_at_ms);
    ck_assert_int_eq(record.checked_at_ms, wanted.checked_at_ms);
    ck_assert_int_eq(record.gone_since_ms, wanted.gone_since_ms);
    ck_assert_int_eq(record.fresh_until_ms, wanted.fresh_until_ms);
    ck_assert_int_eq(record.due_ms, wanted.due_ms);
    ck_assert(record.is_deleted);
    ck_assert(bytes_equal(record.digest, wanted.digest));
    ck_assert(bytes_equal(record.etag, wanted.etag));
    ck_assert(bytes_equal(record.last_modified, wanted.last_modified));
    ck_assert(bytes_equal(record.target, wanted.target));
    ck_assert(bytes_equal(record.history, wanted.history));
    struct url other = url_of("http://a.test/2");
    ck_assert_int_eq(frontier_lookup(crawl.frontier, NULL, &other, &record, &scratch),
                     STATUS_NOT_FOUND);
    buf_clear(&scratch);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(classes_follow_the_formula)
{
    static const struct {
        struct discovery discovery;
        uint8_t url_class;
    } rows[] = {
        { { .found = FOUND_SEED }, 0 },
        { { .found = FOUND_SEED, .depth = 9, .is_cross_host = true }, 0 },
        { { .found = FOUND_ROBOTS, .depth = 1, .is_cross_host = true }, 1 },
        { { .found = FOUND_REDIRECT }, 0 },
        { { .found = FOUND_REDIRECT, .is_cross_host = true }, 1 },
        { { .found = FOUND_LINK, .depth = 1 }, 1 },
        { { .found = FOUND_LINK, .depth = 2 }, 1 },
        { { .found = FOUND_LINK, .depth = 2, .is_cross_host = true }, 2 },
        { { .found = FOUND_LINK, .depth = 3 }, 2 },
        { { .found = FOUND_LINK, .depth = 5, .is_cross_host = true }, 3 },
        { { .found = FOUND_LINK, .depth = 6 }, 3 },
        { { .found = FOUND_LINK, .depth = 6, .is_cross_host = true }, 3 },
        { { .found = FOUND_LINK, .depth = 65535, .is_cross_host = true }, 3 },
        { { .found = FOUND_LINK, .depth = 9, .is_cross_host = true, .is_entrance = true }, 1 },
        { { .found = FOUND_SITEMAP, .depth = 9, .priority = 5 }, 1 },
        { { .found = FOUND_SITEMAP, .priority = 10, .is_cross_host = true }, 1 },
        { { .found = FOUND_SITEMAP, .priority = 4 }, 2 },
        { { .found = FOUND_SITEMAP, .priority = 3 }, 2 },
        { { .found = FOUND_SITEMAP, .priority = 2 }, 3 },
        { { .found = FOUND_SITEMAP, .priority = 0 }, 3 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(url_class(&rows[i].discovery) == rows[i].url_class, "row %zu", i);
}
END_TEST

START_TEST(a_revisit_gains_a_rank_with_each_wait_that_it_is_late)
{
    static const struct {
        int64_t checked_at_ms, due_ms, now_ms;
        uint8_t rank;
    } rows[] = {
        { 1000, 2000, 2000, 2 },
        { 1000, 2000, 2999, 2 },
        { 1000, 2000, 3000, 1 },
        { 1000, 2000, 3999, 1 },
        { 1000, 2000, 4000, 0 },
        { 1000, 2000, NEVER, 0 },
        { 1000, 2000, 1500, 2 },
        { 0, 2000, 3999, 2 },
        /* Due when it was tried, or before: a clock that went back. */
        { 2000, 2000, 2000, 2 },
        { 2000, 1000, 1001, 1 },
        { 2000, 1000, 1500, 0 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(revisit_rank(rows[i].checked_at_ms, rows[i].due_ms, rows[i].now_ms) ==
                          rows[i].rank,
                      "row %zu", i);
}
END_TEST

START_TEST(words_are_there_and_failures_are_those_another_try_may_cure)
{
    ck_assert_str_eq(outcome_word(OUTCOME_NONE), "not tried yet");
    ck_assert_str_eq(outcome_word(OUTCOME_FAILED_BUSY), "server asks for less");
    ck_assert_str_eq(url_state_word(URL_STATE_MOVED), "moved-to");
    ck_assert_str_eq(found_as_word(FOUND_SITEMAP), "sitemap");
    ck_assert(outcome_is_failure(OUTCOME_FAILED_DNS) && outcome_is_failure(OUTCOME_FAILED_BUSY));
    ck_assert(!outcome_is_failure(OUTCOME_REDIRECT_LOOP) && !outcome_is_failure(OUTCOME_PAGE) &&
              !outcome_is_failure(OUTCOME_REFUSED_ROBOTS_UNREACHABLE));
}
END_TEST

SUITE_MAIN("frontier_inspect", hosts_are_shown_in_the_order_of_their_sites,
           tried_urls_of_a_host_are_shown_in_order_and_no_others,
           explain_finds_what_is_queued_wherever_it_is, a_record_comes_back_as_it_was,
           classes_follow_the_formula, a_revisit_gains_a_rank_with_each_wait_that_it_is_late,
           words_are_there_and_failures_are_those_another_try_may_cure)
