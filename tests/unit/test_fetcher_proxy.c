/* SPDX-License-Identifier: MIT
 *
 * What a fetch thread does where a proxy fails: the web server of the rig is the proxy.
 */
#include "suite.h"

#include "fetcher_rig.h"

#include "crawler/fetch/proxies.h"

/* Of /bad the proxy fails; robots.txt are missing. */
static void answer_as_proxy(struct web *web, const struct web_request *request,
                            struct web_answer *to)
{
    (void)web;
    if (strstr(request->path, "/bad"))
        answer(to, 407, "Proxy-Authenticate: Basic realm=\"p\"\r\n", "");
    else if (strstr(request->path, "/robots.txt"))
        answer(to, 404, "", "");
    else
        answer(to, 200, "Content-Type: text/html\r\n", "<p>page");
}

static void use_proxy(const struct rig *rig)
{
    char *proxy = xasprintf("http://127.0.0.1:%u", rig->trial.web->port);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    ck_assert_int_eq(setenv("http_proxy", proxy, 1), 0);
    free(proxy);
}

#define LINES "[network]\nproxy_from_env = yes\n"

static void rig_init_with_proxy(struct rig *rig)
{
    rig_init(rig, answer_as_proxy, NULL, LINES);
    use_proxy(rig);
}

START_TEST(pages_come_through_the_proxy_and_no_name_is_looked_up)
{
    struct rig rig;
    rig_init_with_proxy(&rig);
    send_work(&rig, "nowhere.invalid", (const char *const[]){ "/x", NULL });
    let_go(&rig, &take_robots(&rig)->message);
    struct visit *visit = take_page(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
    ck_assert(visit->is_contact);
    ck_assert(bytes_equal(buf_bytes(&visit->result.body), BYTES("<p>page")));
    crawl_end_visit(&rig.crawl, visit);
    rig_clear(&rig);
}
END_TEST

START_TEST(where_the_proxy_fails_the_tasks_wait_and_the_host_is_not_blamed)
{
    struct rig rig;
    rig_init_with_proxy(&rig);
    send_work(&rig, "nowhere.invalid", (const char *const[]){ "/bad", "/x", NULL });
    let_go(&rig, &take_robots(&rig)->message);
    struct visit *failed = take_kind(&rig, TO_WRITER_VISIT);
    ck_assert_ptr_null(failed->task);
    ck_assert_int_eq(failed->outcome, OUTCOME_FAILED_PROXY);
    ck_assert(!failed->is_contact);
    let_go(&rig, &failed->message);
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 2);
    ck_assert_int_eq(leave->hold.reason, OUTCOME_HELD_PROXY);
    int64_t now_ms = crawl_now_ms(&rig.crawl);
    ck_assert_int_gt(leave->hold.until_ms, now_ms - PROXY_REST_FIRST_MS);
    ck_assert_int_le(leave->hold.until_ms, now_ms + PROXY_REST_FIRST_MS);
    ck_assert_uint_eq(leave->pace.failures_in_row, 0);
    ck_assert_uint_eq(leave->tasks->proxy_failures, 1);
    let_go(&rig, &leave->message);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_url_of_which_working_proxies_fail_time_after_time_fails_itself)
{
    struct rig rig;
    rig_init_with_proxy(&rig);
    struct task *task = task_for(&rig, "nowhere.invalid", "/bad");
    task->proxy_failures = 2;
    send_tasks(&rig, "nowhere.invalid", task, NULL);
    let_go(&rig, &take_robots(&rig)->message);
    struct visit *visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_FAILED_PROXY);
    ck_assert(!visit->is_contact);
    ck_assert_uint_eq(visit->pace.failures_in_row, 0);
    let_go(&rig, &visit->message);
    rig_clear(&rig);
}
END_TEST

/* Takes turns until there is a message of that kind. */
static void *drive(struct rig *rig, enum to_writer kind)
{
    for (;;) {
        while (!rig->come)
            rig->come =
                (ck_assert(fetcher_turn(rig->fetcher)), channel_take_all(&rig->crawl.to_writer, 0));
        struct message *message = take(rig);
        if (message->kind == (int)kind)
            return message;
        let_go(rig, message);
    }
}

START_TEST(the_url_that_a_proxy_failed_of_lets_another_try_it)
{
    struct rig rig;
    rig_init_driven(&rig, answer_as_proxy, NULL, LINES "[politeness]\nrobots = ignore\n");
    use_proxy(&rig);
    send_work(&rig, "nowhere.invalid", (const char *const[]){ "/bad", "/x", NULL });
    struct leave *leave = drive(&rig, TO_WRITER_LEAVE);
    struct task *tasks = leave->tasks;
    ck_assert_ptr_nonnull(strstr(tasks->url.data, "/bad"));
    leave->tasks = NULL;
    let_go(&rig, &leave->message);
    rig.crawl.clock_offset_ms += PROXY_REST_FIRST_MS;
    send_tasks(&rig, "nowhere.invalid", tasks, NULL);
    leave = drive(&rig, TO_WRITER_LEAVE);
    struct visit *page = take_page(&rig); /* It was first, though it stood behind. */
    ck_assert_ptr_nonnull(strstr(page->task->url.data, "/x"));
    crawl_end_visit(&rig.crawl, page);
    ck_assert_uint_eq(count_tasks(leave->tasks), 1);
    let_go(&rig, &leave->message);
    ck_assert_uint_eq(web_requests(rig.trial.web), 3);
    rig_clear(&rig);
}
END_TEST

SUITE_MAIN("fetcher_proxy", pages_come_through_the_proxy_and_no_name_is_looked_up,
           where_the_proxy_fails_the_tasks_wait_and_the_host_is_not_blamed,
           a_url_of_which_working_proxies_fail_time_after_time_fails_itself,
           the_url_that_a_proxy_failed_of_lets_another_try_it)
