/* SPDX-License-Identifier: MIT
 *
 * Hosts that are awake, their windows of tasks, and visits.
 */
#include "suite.h"

#include "base/memory.h"
#include "crawler/engine/hosts.h"
#include "crawler/engine/visit.h"

static struct task *task_of(const char *url)
{
    struct task like = { .url = bytes_from_string(url) };
    return task_new(&like);
}

/* "a b c" as a list. */
static struct task *list_of(const char *urls)
{
    struct bytes rest = bytes_from_string(urls), part;
    struct task *first = NULL, **last = &first;
    while (bytes_split(&rest, ' ', &part)) {
        struct task like = { .url = part };
        *last = task_new(&like);
        last = &(*last)->next;
    }
    return first;
}

static const char *text_of(const struct task *task)
{
    static char text[256];
    size_t length = 0;
    text[0] = '\0';
    for (; task; task = task->next)
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s", length ? " " : "",
                                   task->url.data);
    return text;
}

START_TEST(hosts_are_found_by_their_ids)
{
    struct hosts hosts;
    hosts_init(&hosts);
    for (uint64_t id = 1; id <= 5000; id++) {
        char name[32];
        snprintf(name, sizeof(name), "h%u.example", (unsigned)id);
        hosts_add(&hosts, id * 3, bytes_from_string(name));
    }
    ck_assert_uint_eq(hosts.count, 5000);
    ck_assert_str_eq(hosts_find(&hosts, 3 * 4321)->name, "h4321.example");
    ck_assert_ptr_null(hosts_find(&hosts, 4));
    for (uint64_t id = 1; id <= 5000; id += 2)
        hosts_remove(&hosts, hosts_find(&hosts, id * 3));
    ck_assert_uint_eq(hosts.count, 2500);
    ck_assert_ptr_null(hosts_find(&hosts, 3));
    ck_assert_ptr_nonnull(hosts_find(&hosts, 6));
    hosts_clear(&hosts);
}
END_TEST

static void sum_ids(void *owner, struct host *host)
{
    uint64_t *sum = owner;
    *sum += host->id;
}

START_TEST(a_walk_meets_each_host_once)
{
    struct hosts hosts;
    uint64_t sum = 0;
    hosts_init(&hosts);
    for (uint64_t id = 1; id <= 1000; id++)
        hosts_add(&hosts, id, BYTES("x"));
    hosts_walk(&hosts, sum_ids, &sum);
    ck_assert_uint_eq(sum, 500500);
    hosts_clear(&hosts);
}
END_TEST

START_TEST(a_window_is_a_queue_to_whose_front_tasks_return)
{
    struct hosts hosts;
    hosts_init(&hosts);
    struct host *host = hosts_add(&hosts, 1, BYTES("x"));
    ck_assert_ptr_null(host_pop_task(host));
    host_push_tasks(host, list_of("a b"));
    host_push_tasks(host, NULL);
    host_push_tasks(host, list_of("c"));
    ck_assert_uint_eq(host->count, 3);
    struct task *task = host_pop_task(host);
    ck_assert_str_eq(task->url.data, "a");
    ck_assert_ptr_null(task->next);
    host_return_task(host, task);
    ck_assert_str_eq(text_of(host->first), "a b c");
    ck_assert_uint_eq(host->count, 3);
    for (int i = 0; i < 3; i++)
        task_free(host_pop_task(host));
    ck_assert_uint_eq(host->count, 0);
    /* Into an empty window, and on behind it. */
    host_return_task(host, task_of("d"));
    host_push_tasks(host, list_of("e f"));
    ck_assert_str_eq(text_of(host->first), "d e f");
    hosts_clear(&hosts); /* With its tasks. */
}
END_TEST

START_TEST(all_tasks_are_taken)
{
    static const char *const windows[] = { "a b", "a", "" };
    struct hosts hosts;
    hosts_init(&hosts);
    struct host *host = hosts_add(&hosts, 1, BYTES("x"));
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
        host_push_tasks(host, list_of(windows[i]));
        struct task *tasks = host_take_tasks(host);
        ck_assert_str_eq(text_of(tasks), windows[i]);
        tasks_free(tasks);
        ck_assert_uint_eq(host->count, 0);
        ck_assert_ptr_null(host->first);
    }
    /* It can be filled again. */
    host_push_tasks(host, list_of("x y"));
    ck_assert_str_eq(text_of(host->first), "x y");
    hosts_clear(&hosts); /* With its tasks. */
}
END_TEST

START_TEST(a_visit_is_freed_with_all_that_it_holds)
{
    struct visit *visit = visit_new(task_of("http://example.org/"), 7);
    ck_assert_uint_eq(visit->host, 7);
    buf_append_string(&visit->page_record, "record");
    buf_append_string(&visit->body, "body");
    buf_append_string(&visit->origin_record, "origin");
    visit->reason = arena_copy(&visit->arena, BYTES("reason"));
    buf_init(&visit->result.headers, BUF_UNBOUNDED);
    buf_append_string(&visit->result.headers, "headers");
    buf_init(&visit->result.body, BUF_UNBOUNDED);
    buf_append_string(&visit->result.body, "body");
    visit_free(visit);
    visit_free(visit_new(NULL, 0));
    visit_free(NULL);
}
END_TEST

SUITE_MAIN("hosts", hosts_are_found_by_their_ids, a_walk_meets_each_host_once,
           a_window_is_a_queue_to_whose_front_tasks_return, all_tasks_are_taken,
           a_visit_is_freed_with_all_that_it_holds)
