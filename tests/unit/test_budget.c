/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "frontier_crawl.h"

#include "frontier/inside.h"

/* A crawl whose arrivals go to chunks at once, with these bounds. */
static void begin(struct crawl *crawl, uint64_t queue_most, uint64_t pages_most)
{
    crawl_init(crawl);
    crawl->options.arrivals_most = 0;
    crawl->budget = (struct host_budget){ .queue_most = queue_most, .pages_most = pages_most };
    crawl_reopen(crawl);
}

/* Other bounds, and another process. */
static void reconfigure(struct crawl *crawl)
{
    crawl->config++;
    crawl_reopen(crawl);
}

static void add_many(struct crawl *crawl, const char *host, int first, int count, uint8_t class)
{
    char url[64];
    for (int i = first; i < first + count; i++) {
        snprintf(url, sizeof(url), "http://%s/%d", host, i);
        crawl_add_class(crawl, url, class);
    }
    crawl_commit(crawl, 1);
}

static struct host_record about(struct crawl *crawl, const char *name)
{
    struct host_record host;
    ck_assert_int_eq(frontier_host(crawl->frontier, bytes_from_string(name), &host), STATUS_OK);
    return host;
}

/* What became of a URL: a page, or gone. */
static void finish(struct crawl *crawl, struct task *task, enum url_state state)
{
    struct url url;
    struct url_record previous;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    ck_assert(url_split(&url, task->url));
    bool was_tried =
        frontier_lookup(crawl->frontier, crawl_txn(crawl), &url, &previous, &scratch) == STATUS_OK;
    struct url_record record = { .state = (uint8_t)state, .due_ms = NEVER };
    frontier_record(crawl->frontier, crawl_txn(crawl), &url, was_tried ? &previous : NULL, &record);
    frontier_done(crawl->frontier, task);
    task_free(task);
    buf_clear(&scratch);
}

/* Fetches whatever there is, all of it pages; how many there were. */
static int fetch_all(struct crawl *crawl, int64_t now_ms)
{
    int count = 0;
    for (int rounds = 0; rounds < 1000; rounds++) {
        while (frontier_has_housekeeping(crawl->frontier))
            crawl_keep_house(crawl, now_ms);
        uint64_t host = crawl_wake(crawl, now_ms);
        if (host == 0 && frontier_next_wake_ms(crawl->frontier, now_ms) > now_ms)
            return count;
        if (host == 0)
            continue;
        struct task *task;
        while ((task = frontier_take(crawl->frontier, host, 7, now_ms)) != NULL) {
            for (struct task *next; task; task = next, count++) {
                next = task->next;
                finish(crawl, task, URL_STATE_LIVE);
            }
        }
        crawl_sleep(crawl, host, now_ms);
        crawl_commit(crawl, now_ms);
    }
    ck_abort_msg("hosts wake without end");
}

/* ---- Queues */

START_TEST(a_class_takes_no_more_than_its_share_of_a_queue)
{
    static const struct {
        uint8_t class;
        uint64_t queued;
    } rows[] = { { 1, 100 }, { 2, 75 }, { 3, 50 } };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct crawl crawl;
        begin(&crawl, 100, 0);
        add_many(&crawl, "a.test", 0, 120, rows[i].class);
        crawl_distribute(&crawl, 1);
        ck_assert_uint_eq(about(&crawl, "a.test").queued, rows[i].queued);
        ck_assert_uint_eq(about(&crawl, "a.test").held, 120 - rows[i].queued);
        ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_HELD], 120 - rows[i].queued);
        /* What lies near the top still finds room. */
        add_many(&crawl, "a.test", 1000, 10, 1);
        crawl_distribute(&crawl, 1);
        ck_assert_uint_eq(about(&crawl, "a.test").queued,
                          rows[i].queued + (rows[i].class == 1 ? 0 : 10));
        ck_assert_int_eq(fetch_all(&crawl, 2), 130);
        ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_HELD], 0);
        crawl_clear(&crawl);
    }
}
END_TEST

START_TEST(hosts_of_a_site_share_its_queue)
{
    struct crawl crawl;
    begin(&crawl, 80, 0);
    crawl.options.budgets.site_queue_most = 100;
    crawl_reopen(&crawl);
    add_many(&crawl, "a.example.com", 0, 60, 1);
    crawl_distribute(&crawl, 1);
    add_many(&crawl, "b.example.com", 0, 60, 1);
    add_many(&crawl, "c.example.org", 0, 60, 1);
    crawl_distribute(&crawl, 1);
    ck_assert_uint_eq(about(&crawl, "a.example.com").queued, 60);
    ck_assert_uint_eq(about(&crawl, "b.example.com").queued, 40);
    ck_assert_uint_eq(about(&crawl, "b.example.com").held, 20);
    ck_assert_uint_eq(about(&crawl, "c.example.org").queued, 60);
    ck_assert_int_eq(fetch_all(&crawl, 2), 180);
    /* They are free again, for whoever comes. */
    add_many(&crawl, "b.example.com", 1000, 60, 1);
    crawl_distribute(&crawl, 3);
    ck_assert_uint_eq(about(&crawl, "b.example.com").queued, 60);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_host_with_a_seed_has_no_bound_nor_has_its_site)
{
    struct crawl crawl;
    begin(&crawl, 10, 0);
    crawl.options.budgets.site_queue_most = 12;
    crawl_reopen(&crawl);
    crawl_seed(&crawl, "http://www.example.com/", 1);
    add_many(&crawl, "www.example.com", 0, 30, 3);
    add_many(&crawl, "other.example.com", 0, 30, 1);
    crawl_distribute(&crawl, 1);
    ck_assert_uint_eq(about(&crawl, "www.example.com").held, 0);
    ck_assert_uint_eq(about(&crawl, "other.example.com").queued, 10);
    crawl_clear(&crawl);
}
END_TEST

/* ---- Pages of a host */

START_TEST(a_host_gets_no_new_urls_beyond_its_pages)
{
    struct crawl crawl;
    begin(&crawl, 0, 5);
    add_many(&crawl, "a.test", 0, 20, 1);
    ck_assert_int_eq(fetch_all(&crawl, 2), 5);
    ck_assert_int_eq(about(&crawl, "a.test").over_budget, BUDGET_PAGES);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_OVER_PAGES], 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "over_budget"), 1);
    /* It is not looked at again, in this process or the next, whatever more is found. */
    for (int i = 0; i < 3; i++) {
        add_many(&crawl, "a.test", 100 + 10 * i, 3, 1);
        ck_assert_int_eq(fetch_all(&crawl, 2), 0);
        ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 2), NEVER);
        ck_assert_uint_eq(crawl_rows(&crawl, "agenda"), 0);
        crawl_reopen(&crawl);
    }
    /* A seed is fetched all the same. */
    crawl_seed(&crawl, "http://a.test/seed", 3);
    crawl_commit(&crawl, 3);
    ck_assert_int_eq(fetch_all(&crawl, 3), 1);
    ck_assert_int_eq(about(&crawl, "a.test").over_budget, BUDGET_PAGES);
    crawl.budget.pages_most = 8;
    reconfigure(&crawl);
    ck_assert_int_eq(fetch_all(&crawl, 4), 2);
    crawl.budget.pages_most = 0;
    reconfigure(&crawl);
    ck_assert_int_eq(fetch_all(&crawl, 5), 22);
    ck_assert_uint_eq(crawl_rows(&crawl, "over_budget"), 0);
    ck_assert_uint_eq(crawl_over_budget(&crawl), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(what_is_in_flight_counts_until_it_turns_out_to_be_no_page)
{
    struct crawl crawl;
    begin(&crawl, 0, 3);
    add_many(&crawl, "a.test", 0, 9, 1);
    uint64_t host = crawl_wake(&crawl, 2);
    struct task *tasks = frontier_take(crawl.frontier, host, 9, 2);
    ck_assert_ptr_nonnull(tasks->next->next);
    ck_assert_ptr_null(tasks->next->next->next);
    ck_assert_ptr_null(frontier_take(crawl.frontier, host, 9, 2));
    struct task *second = tasks->next;
    struct task *third = second->next;
    finish(&crawl, tasks, URL_STATE_GONE);
    struct task *more = frontier_take(crawl.frontier, host, 9, 2);
    ck_assert_ptr_nonnull(more);
    ck_assert_ptr_null(more->next);
    finish(&crawl, second, URL_STATE_LIVE);
    finish(&crawl, third, URL_STATE_LIVE);
    frontier_give_back(crawl.frontier, more);
    ck_assert_int_eq(about(&crawl, "a.test").over_budget, BUDGET_NONE);
    finish(&crawl, crawl_take(&crawl, host, 2), URL_STATE_LIVE);
    ck_assert_ptr_null(crawl_take(&crawl, host, 2));
    crawl_sleep(&crawl, host, 2);
    crawl_commit(&crawl, 2);
    ck_assert_int_eq(about(&crawl, "a.test").over_budget, BUDGET_PAGES);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(known_pages_are_looked_after_and_one_that_goes_makes_room)
{
    struct crawl crawl;
    begin(&crawl, 0, 2);
    crawl_record(&crawl, BYTES("http://a.test/r1"), 1, 10);
    crawl_record(&crawl, BYTES("http://a.test/r2"), 1, 20);
    crawl_commit(&crawl, 1);
    add_many(&crawl, "a.test", 0, 4, 1);
    ck_assert_int_eq(fetch_all(&crawl, 2), 0);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 2), 10);
    uint64_t host = crawl_wake(&crawl, 10);
    struct task *task = crawl_take_url(&crawl, host, 10, "http://a.test/r1");
    ck_assert_ptr_null(crawl_take(&crawl, host, 10));
    finish(&crawl, task, URL_STATE_GONE);
    crawl_sleep(&crawl, host, 10);
    crawl_commit(&crawl, 10);
    ck_assert_int_eq(fetch_all(&crawl, 11), 1);
    ck_assert_int_eq(about(&crawl, "a.test").over_budget, BUDGET_PAGES);
    crawl_clear(&crawl);
}
END_TEST

/* ---- Sites */

START_TEST(a_site_gets_no_new_urls_beyond_its_pages_and_one_that_goes_lets_one_host_go_on)
{
    struct crawl crawl;
    begin(&crawl, 0, 0);
    crawl.budget.site_pages_most = 25;
    crawl_reopen(&crawl);
    char name[32];
    for (int host = 0; host < 10; host++) {
        snprintf(name, sizeof(name), "h%d.example.com", host);
        add_many(&crawl, name, 0, 8, 1);
    }
    add_many(&crawl, "www.example.org", 0, 8, 1);
    ck_assert_int_eq(fetch_all(&crawl, 2), 25 + 8);
    uint64_t held = crawl.counters.values[COUNTER_OVER_SITE_PAGES];
    ck_assert_uint_ge(held, 6);
    ck_assert_uint_eq(crawl_rows(&crawl, "over_budget"), held);
    for (int i = 0; i < 3; i++) {
        if (i == 1)
            crawl_settle(&crawl, 3);
        if (i == 2)
            crawl_reopen(&crawl);
        ck_assert_int_eq(fetch_all(&crawl, 3), 0);
        /* A page of the first host goes. */
        char url[64];
        snprintf(url, sizeof(url), "http://h0.example.com/%d", i);
        struct task like = { .url = bytes_from_string(url) };
        finish(&crawl, task_new(&like), URL_STATE_GONE);
        crawl_commit(&crawl, 4);
        ck_assert_int_eq(fetch_all(&crawl, 5), 1);
    }
    /* A seed is fetched all the same. */
    crawl_seed(&crawl, "http://h9.example.com/seed", 6);
    crawl_commit(&crawl, 6);
    ck_assert_int_eq(fetch_all(&crawl, 6), 1);
    crawl.budget.site_pages_most = 0;
    reconfigure(&crawl);
    ck_assert_int_eq(fetch_all(&crawl, 7), 80 - 25 - 3);
    ck_assert_uint_eq(crawl_rows(&crawl, "over_budget"), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_place_that_no_page_took_is_offered_again_by_the_next_run)
{
    struct crawl crawl;
    begin(&crawl, 0, 0);
    crawl.budget.site_pages_most = 1;
    reconfigure(&crawl);
    char name[32];
    for (int host = 0; host < 4; host++) {
        snprintf(name, sizeof(name), "h%d.example.com", host);
        add_many(&crawl, name, 0, 1, 1);
    }
    ck_assert_int_eq(fetch_all(&crawl, 2), 1);
    /* The page goes, and what comes in its place is none either. */
    struct task like = { .url = BYTES("http://h0.example.com/0") };
    finish(&crawl, task_new(&like), URL_STATE_GONE);
    crawl_commit(&crawl, 3);
    uint64_t host = crawl_wake(&crawl, 4);
    ck_assert_uint_ne(host, 0);
    finish(&crawl, crawl_take(&crawl, host, 4), URL_STATE_GONE);
    crawl_sleep(&crawl, host, 4);
    crawl_commit(&crawl, 4);
    ck_assert_int_eq(fetch_all(&crawl, 5), 0);
    crawl_reopen(&crawl);
    ck_assert_int_eq(fetch_all(&crawl, 6), 1);
    ck_assert_int_eq(fetch_all(&crawl, 7), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(pages_are_fetched_from_so_many_hosts_of_a_site)
{
    enum { HOSTS = 50 };
    struct crawl crawl;
    begin(&crawl, 0, 0);
    crawl.options.budgets.site_hosts_most = 7;
    crawl_reopen(&crawl);
    char name[32];
    for (int host = 0; host < HOSTS; host++) {
        snprintf(name, sizeof(name), "h%d.maze.example", host);
        add_many(&crawl, name, 0, 2, 1);
        /* In memory, in the table, in a batch: its hosts are found wherever they are. */
        if (host == 5)
            ck_assert_int_eq(fetch_all(&crawl, 2), 12);
        if (host == 9)
            crawl_reopen(&crawl);
    }
    add_many(&crawl, "www.example.org", 0, 2, 1);
    ck_assert_int_eq(fetch_all(&crawl, 3), 2 + 2);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_OVER_SITE_HOSTS], HOSTS - 7);
    ck_assert_int_eq(frontier_next_wake_ms(crawl.frontier, 3), NEVER);
    crawl.options.budgets.site_hosts_most = 10;
    reconfigure(&crawl);
    ck_assert_int_eq(fetch_all(&crawl, 4), 6);
    /* With a seed it is no longer a stranger's. */
    crawl_seed(&crawl, "http://h49.maze.example/seed", 5);
    crawl_commit(&crawl, 5);
    ck_assert_int_eq(fetch_all(&crawl, 5), 2 * (HOSTS - 10) + 1);
    ck_assert_uint_eq(crawl_rows(&crawl, "over_budget"), 0);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(without_an_edit_held_hosts_are_not_looked_at)
{
    struct crawl crawl;
    begin(&crawl, 0, 1);
    add_many(&crawl, "a.test", 0, 3, 1);
    ck_assert_int_eq(fetch_all(&crawl, 2), 1);
    crawl_settle(&crawl, 2);
    crawl_reopen(&crawl);
    ck_assert(!budget_release_is_due(crawl.frontier));
    reconfigure(&crawl);
    ck_assert(budget_release_is_due(crawl.frontier));
    crawl_distribute(&crawl, 3);
    ck_assert(!budget_release_is_due(crawl.frontier));
    crawl_reopen(&crawl);
    ck_assert(!budget_release_is_due(crawl.frontier));
    crawl_clear(&crawl);
}
END_TEST

static struct site_state site_of(struct crawl *crawl, const char *name)
{
    struct site *site = site_of_name(hosts_sites(crawl->frontier->hosts), bytes_from_string(name));
    return site->state;
}

START_TEST(a_site_of_one_host_has_no_row_and_one_of_several_knows_their_sum)
{
    struct crawl crawl;
    begin(&crawl, 0, 0);
    add_many(&crawl, "www.example.com", 0, 5, 1);
    ck_assert_int_eq(fetch_all(&crawl, 2), 5);
    crawl_settle(&crawl, 2);
    ck_assert_uint_eq(crawl_rows(&crawl, "sites"), 0);
    /* Names that only begin alike are of other sites. */
    add_many(&crawl, "www.example.company", 0, 5, 1);
    add_many(&crawl, "www.example.com.de", 0, 5, 1);
    ck_assert_int_eq(fetch_all(&crawl, 2), 10);
    crawl_settle(&crawl, 2);
    ck_assert_uint_eq(crawl_rows(&crawl, "sites"), 0);
    for (int i = 0; i < 4; i++) {
        if (i == 1)
            crawl_settle(&crawl, 3);
        if (i >= 2)
            crawl_reopen(&crawl);
        add_many(&crawl, i % 2 ? "b.example.com" : "example.com", 10 * i, 4, 1);
        crawl_distribute(&crawl, 3);
        ck_assert_uint_eq(site_of(&crawl, "example.com").queued, 4);
        ck_assert_int_eq(fetch_all(&crawl, 3), 4);
        struct site_state site = site_of(&crawl, "example.com");
        ck_assert_uint_eq(site.pages, 5 + 4 * ((uint64_t)i + 1));
        ck_assert_uint_eq(site.hosts, i == 0 ? 2 : 3);
        ck_assert_uint_eq(site.queued, 0);
    }
    crawl_settle(&crawl, 4);
    ck_assert_uint_eq(crawl_rows(&crawl, "sites"), 1);
    crawl_clear(&crawl);
}
END_TEST

/* ---- All that is known */

START_TEST(no_more_becomes_known_than_may_but_seeds)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl.options.budgets.known_most = 10;
    crawl_reopen(&crawl);
    char url[64];
    int added = 0;
    for (int i = 0; i < 30; i++) {
        snprintf(url, sizeof(url), "http://a.test/%d", i);
        added += crawl_add(&crawl, url);
        if (i % 7 == 0)
            crawl_commit(&crawl, 1);
    }
    crawl_commit(&crawl, 1);
    ck_assert_int_eq(added, 10);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_KNOWN], 10);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_LINKS_DROPPED], 20);
    crawl_seed(&crawl, "http://a.test/seed", 2);
    crawl_commit(&crawl, 2);
    ck_assert_int_eq(fetch_all(&crawl, 3), 11);
    crawl.options.budgets.known_most = 0;
    crawl_reopen(&crawl);
    ck_assert(crawl_add(&crawl, "http://a.test/29"));
    crawl_commit(&crawl, 4);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(each_budget_names_its_option)
{
    ck_assert_str_eq(budget_option(BUDGET_SITE_HOSTS), "site_max_hosts");
    for (int budget = BUDGET_NONE + 1; budget < BUDGET_COUNT; budget++)
        ck_assert_ptr_nonnull(
            strstr(budget_text((enum budget)budget), budget_option((enum budget)budget)));
}
END_TEST

SUITE_MAIN("budget", a_class_takes_no_more_than_its_share_of_a_queue,
           hosts_of_a_site_share_its_queue, a_host_with_a_seed_has_no_bound_nor_has_its_site,
           a_host_gets_no_new_urls_beyond_its_pages,
           what_is_in_flight_counts_until_it_turns_out_to_be_no_page,
           known_pages_are_looked_after_and_one_that_goes_makes_room,
           a_site_gets_no_new_urls_beyond_its_pages_and_one_that_goes_lets_one_host_go_on,
           a_place_that_no_page_took_is_offered_again_by_the_next_run,
           pages_are_fetched_from_so_many_hosts_of_a_site,
           without_an_edit_held_hosts_are_not_looked_at,
           a_site_of_one_host_has_no_row_and_one_of_several_knows_their_sum,
           no_more_becomes_known_than_may_but_seeds, each_budget_names_its_option)
