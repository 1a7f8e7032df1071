/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "frontier_crawl.h"

#include "frontier/view.h"

static struct host_view view_of(struct crawl *crawl, const char *host, int64_t now_ms)
{
    struct host_view view;
    ck_assert_int_eq(frontier_view_host(crawl->frontier, bytes_from_string(host), now_ms, &view),
                     STATUS_OK);
    return view;
}

static void check_waiting(const struct host_view *view, uint64_t queued, uint64_t held,
                          uint64_t waiting, uint64_t in_flight, uint64_t new)
{
    ck_assert_uint_eq(view->host.queued, queued);
    ck_assert_uint_eq(view->host.held, held);
    ck_assert_uint_eq(view->waiting, waiting);
    ck_assert_uint_eq(view->in_flight, in_flight);
    ck_assert_uint_eq(host_view_new(view), new);
}

START_TEST(a_host_is_shown_with_all_that_waits_for_it)
{
    struct crawl crawl;
    struct host_view view;
    crawl_init(&crawl);
    crawl.options = (struct frontier_options){ .arrivals_most = 3 };
    crawl.budget.queue_most = 4;
    crawl_reopen(&crawl);
    ck_assert_int_eq(frontier_view_host(crawl.frontier, BYTES("a.test"), 1, &view),
                     STATUS_NOT_FOUND);
    for (int i = 0; i < 6; i++) {
        char url[32];
        snprintf(url, sizeof(url), "http://a.test/%d", i);
        crawl_add(&crawl, url);
    }
    crawl_commit(&crawl, 1);
    view = view_of(&crawl, "a.test", 1);
    check_waiting(&view, 0, 0, 6, 0, 6);
    ck_assert(!view.is_awake && !view.is_seeded);
    crawl_distribute(&crawl, 1);
    view = view_of(&crawl, "a.test", 1);
    check_waiting(&view, 4, 2, 0, 0, 4);
    crawl_add(&crawl, "http://a.test/6");
    crawl_commit(&crawl, 1);
    uint64_t host = crawl_wake(&crawl, 2);
    view = view_of(&crawl, "a.test", 2);
    check_waiting(&view, 4, 2, 1, 0, 5);
    ck_assert(view.is_awake);
    /* Four of the chunk and one that only memory knows are handed out. */
    struct task *tasks = frontier_take(crawl.frontier, host, 5, 2);
    view = view_of(&crawl, "a.test", 2);
    check_waiting(&view, 4, 2, 0, 5, 5);
    while (tasks) {
        struct task *next = tasks->next;
        crawl_finish(&crawl, tasks, 2, 50);
        tasks = next;
    }
    crawl_commit(&crawl, 2);
    view = view_of(&crawl, "a.test", 60);
    check_waiting(&view, 0, 2, 0, 0, 0);
    ck_assert_uint_eq(view.due, 5);
    ck_assert_uint_eq(view.tried, 5);
    ck_assert(!view.is_due_about);
    crawl_seed(&crawl, "http://a.test/x", 60);
    crawl_commit(&crawl, 60);
    ck_assert(view_of(&crawl, "a.test", 60).is_seeded);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(what_is_due_is_counted_by_the_time)
{
    static const struct {
        int64_t now_ms;
        uint64_t due;
        int64_t next_due_ms;
    } rows[] = { { 9, 0, 10 }, { 10, 1, 50 }, { 49, 1, 50 }, { 50, 2, 90 }, { 90, 3, NEVER } };
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_record(&crawl, BYTES("http://a.test/1"), 1, 10);
    crawl_record(&crawl, BYTES("http://a.test/2"), 1, 50);
    crawl_record(&crawl, BYTES("http://a.test/3"), 1, 90);
    crawl_record(&crawl, BYTES("http://a.test/4"), 1, NEVER);
    crawl_record(&crawl, BYTES("http://b.test/1"), 1, 5);
    crawl_commit(&crawl, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct host_view view = view_of(&crawl, "a.test", rows[i].now_ms);
        ck_assert_uint_eq(view.due, rows[i].due);
        ck_assert_int_eq(view.next_due_ms, rows[i].next_due_ms);
    }
    crawl_clear(&crawl);
}
END_TEST

/* Records that are on their way to the tables hold before what stands there. */
START_TEST(what_is_not_settled_counts_as_it_will)
{
    struct crawl crawl;
    crawl_init(&crawl);
    crawl_record(&crawl, BYTES("http://a.test/stays"), 1, 10);
    crawl_record(&crawl, BYTES("http://a.test/later"), 1, 20);
    crawl_record(&crawl, BYTES("http://a.test/sooner"), 1, 200);
    crawl_record(&crawl, BYTES("http://a.test/never"), 1, 30);
    crawl_record(&crawl, BYTES("http://a.test/last"), 1, 300);
    crawl_commit(&crawl, 1);
    for (int i = 0; i < 2; i++) {
        struct host_view view = view_of(&crawl, "a.test", 100);
        ck_assert_uint_eq(view.due, 3);
        ck_assert_int_eq(view.next_due_ms, 200);
        if (i == 0)
            crawl_settle(&crawl, 1);
    }
    crawl_record(&crawl, BYTES("http://a.test/later"), 2, 250);
    crawl_record(&crawl, BYTES("http://a.test/sooner"), 2, 50);
    crawl_record(&crawl, BYTES("http://a.test/never"), 2, NEVER);
    crawl_record(&crawl, BYTES("http://a.test/new"), 2, 60);
    crawl_commit(&crawl, 2);
    for (int i = 0; i < 3; i++) {
        struct host_view view = view_of(&crawl, "a.test", 100);
        ck_assert_uint_eq(view.due, 3);
        ck_assert_int_eq(view.next_due_ms, 250);
        if (i == 0)
            crawl_reopen(&crawl);
        else
            crawl_settle(&crawl, 2);
    }
    crawl_clear(&crawl);
}
END_TEST

START_TEST(hosts_are_shown_one_after_the_other)
{
    static const char *const urls[] = { "http://www.b.test/", "http://a.test/", "http://b.test/" };
    static const char *const wanted[] = { "a.test", "b.test", "www.b.test" };
    struct crawl crawl;
    struct host_view view;
    struct buf after, scratch;
    buf_init(&after, BUF_UNBOUNDED);
    buf_init(&scratch, BUF_UNBOUNDED);
    crawl_init(&crawl);
    for (size_t i = 0; i < 3; i++)
        crawl_record(&crawl, bytes_from_string(urls[i]), 1, 10);
    crawl_commit(&crawl, 1);
    for (size_t i = 0; i < 3; i++) {
        ck_assert(frontier_view_after(crawl.frontier, buf_bytes(&after), 20, &view, &scratch));
        ck_assert(bytes_equal(view.host.name, bytes_from_string(wanted[i])));
        ck_assert_uint_eq(view.due, 1);
        buf_reset(&after);
        buf_append_bytes(&after, view.host.name);
    }
    ck_assert(!frontier_view_after(crawl.frontier, buf_bytes(&after), 20, &view, &scratch));
    buf_clear(&after);
    buf_clear(&scratch);
    crawl_clear(&crawl);
}
END_TEST

/* ---- The walk */

struct shown {
    char names[4096]; /* "a.test b.test " */
    size_t count;
    uint64_t due;
    uint64_t new;
};

static void show(void *owner, const struct host_view *view)
{
    struct shown *shown = owner;
    size_t length = strlen(shown->names);
    snprintf(shown->names + length, sizeof(shown->names) - length, "%.*s ",
             (int)view->host.name.length, view->host.name.data);
    shown->count++;
    shown->due += view->due;
    shown->new += host_view_new(view);
}

static struct host_walk walk_all(struct crawl *crawl, int64_t now_ms, int64_t until_ms,
                                 size_t looks, struct shown *shown)
{
    struct host_walk walk = { .now_ms = now_ms, .until_ms = until_ms };
    size_t slices = 0;
    *shown = (struct shown){ .count = 0 };
    while (frontier_walk_work(crawl->frontier, &walk, looks, show, shown))
        ck_assert_uint_lt(++slices, 10000);
    return walk;
}

START_TEST(the_walk_shows_what_is_due_and_when_the_next_is)
{
    static const struct {
        int64_t now_ms;
        uint64_t due;
        int64_t next_ms;
    } rows[] = { { 9, 0, 10 },  { 10, 1, 40 }, { 49, 2, 50 },
                 { 50, 3, 80 }, { 85, 4, 90 }, { 90, 5, 0 } };
    struct crawl crawl;
    struct shown shown;
    crawl_init(&crawl);
    ck_assert_int_eq(walk_all(&crawl, 50, 50, 1, &shown).next_due_ms, 0);
    crawl_record(&crawl, BYTES("http://a.test/1"), 1, 10);
    crawl_record(&crawl, BYTES("http://a.test/2"), 1, 50);
    crawl_record(&crawl, BYTES("http://a.test/3"), 1, 90);
    crawl_record(&crawl, BYTES("http://b.test/1"), 1, 80);
    crawl_record(&crawl, BYTES("http://c.test/1"), 1, 40);
    crawl_record(&crawl, BYTES("http://d.test/1"), 1, NEVER);
    crawl_commit(&crawl, 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (size_t looks = 1; looks < 100; looks *= 3) {
            struct host_walk walk = walk_all(&crawl, rows[i].now_ms, rows[i].now_ms, looks, &shown);
            ck_assert_uint_eq(shown.due, rows[i].due);
            ck_assert_int_eq(walk.next_due_ms, rows[i].next_ms);
        }
    crawl_clear(&crawl);
}
END_TEST

START_TEST(the_walk_shows_each_host_once_wherever_its_work_is)
{
    struct crawl crawl;
    struct shown shown;
    struct pace pace = PACE_NEW;
    crawl_init(&crawl);
    crawl.options.arrivals_most = 2;
    crawl_reopen(&crawl);
    crawl_add(&crawl, "http://chunks.test/1");
    crawl_add(&crawl, "http://both.test/1");
    crawl_add(&crawl, "http://both.test/2");
    crawl_record(&crawl, BYTES("http://later.test/"), 1, 1000);
    crawl_record(&crawl, BYTES("http://due.test/"), 1, 5);
    crawl_record(&crawl, BYTES("http://rests.test/"), 1, 5);
    crawl_commit(&crawl, 1);
    crawl_distribute(&crawl, 1);
    crawl_add(&crawl, "http://memory.test/1");
    crawl_add(&crawl, "http://both.test/3");
    crawl_commit(&crawl, 1);
    for (int i = 0; i < 5; i++) {
        uint64_t host = crawl_wake(&crawl, 10);
        struct host_record record;
        frontier_host(crawl.frontier, BYTES("rests.test"), &record);
        if (record.id == host) {
            pace.rest_until_ms = 500;
            frontier_host_update(crawl.frontier, host, &pace, 0);
            crawl_sleep(&crawl, host, 10);
        }
    }
    crawl_commit(&crawl, 10);
    for (size_t looks = 1; looks < 1000; looks *= 3) {
        struct host_walk walk = walk_all(&crawl, 10, 10, looks, &shown);
        ck_assert_msg(shown.count == 4, "%s", shown.names);
        ck_assert_uint_eq(shown.due, 1);
        ck_assert_uint_eq(shown.new, 5);
        ck_assert_int_eq(walk.next_due_ms, 500);
        ck_assert_ptr_null(strstr(shown.names, "later"));
        /* With a longer look ahead the one that rests is there, too. */
        walk = walk_all(&crawl, 10, 600, looks, &shown);
        ck_assert_msg(shown.count == 5, "%s", shown.names);
        ck_assert_ptr_nonnull(strstr(shown.names, "rests.test"));
        ck_assert_uint_eq(shown.due, 2);
    }
    crawl_clear(&crawl);
}
END_TEST

/* Memory grows while the walk is on its way: those that were there are shown, each once. */
START_TEST(hosts_that_come_meanwhile_hide_none_of_the_others)
{
    enum { FIRST = 200, MORE = 1000 };
    struct crawl crawl;
    struct host_walk walk = { .now_ms = 1, .until_ms = 1 };
    static unsigned times[FIRST + MORE];
    crawl_init(&crawl);
    for (int i = 0; i < FIRST; i++) {
        char url[32];
        snprintf(url, sizeof(url), "http://h%d.test/", i);
        crawl_add(&crawl, url);
    }
    crawl_commit(&crawl, 1);
    struct shown shown = { .count = 0 };
    bool goes_on = true;
    for (int i = FIRST; goes_on; i++) {
        shown.names[0] = '\0';
        goes_on = frontier_walk_work(crawl.frontier, &walk, 2, show, &shown);
        int number, used;
        for (const char *name = shown.names; sscanf(name, "h%d.test %n", &number, &used) == 1;
             name += used)
            times[number]++;
        if (i < FIRST + MORE) {
            char url[32];
            snprintf(url, sizeof(url), "http://h%d.test/", i);
            crawl_add(&crawl, url);
            crawl_commit(&crawl, 1);
        }
    }
    for (int i = 0; i < FIRST + MORE; i++)
        ck_assert_msg(times[i] == 1 || (i >= FIRST && times[i] == 0), "h%d: %u times", i, times[i]);
    crawl_clear(&crawl);
}
END_TEST

START_TEST(a_long_backlog_is_estimated)
{
    enum { URLS = 8000 };
    struct crawl crawl;
    crawl_init(&crawl);
    for (int i = 0; i < URLS; i++) {
        char text[32];
        snprintf(text, sizeof(text), "http://a.test/%d", i);
        crawl_record(&crawl, bytes_from_string(text), 1, 1000 + i);
    }
    crawl_commit(&crawl, 1);
    struct host_view view = view_of(&crawl, "a.test", 1000 + 499);
    ck_assert(!view.is_due_about);
    ck_assert_uint_eq(view.due, 500);
    view = view_of(&crawl, "a.test", 1000 + URLS);
    ck_assert(view.is_due_about);
    ck_assert_uint_ge(view.due, URLS * 8 / 10);
    ck_assert_uint_le(view.due, URLS);
    view = view_of(&crawl, "a.test", 1000 + URLS / 2);
    ck_assert(view.is_due_about);
    ck_assert_uint_ge(view.due, URLS * 3 / 10);
    ck_assert_uint_le(view.due, URLS * 7 / 10);
    crawl_clear(&crawl);
}
END_TEST

SUITE_MAIN("frontier_view", a_host_is_shown_with_all_that_waits_for_it,
           what_is_due_is_counted_by_the_time, what_is_not_settled_counts_as_it_will,
           hosts_are_shown_one_after_the_other, the_walk_shows_what_is_due_and_when_the_next_is,
           the_walk_shows_each_host_once_wherever_its_work_is,
           hosts_that_come_meanwhile_hide_none_of_the_others, a_long_backlog_is_estimated)
