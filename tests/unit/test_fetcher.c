/* SPDX-License-Identifier: MIT
 *
 * What a fetch thread makes of its tasks, hosts and messages; its robots.txt are in
 * test_fetcher_robots.c.
 */
#include "suite.h"

#include "crawler/fetch/cached.h"
#include "fetcher_rig.h"

START_TEST(a_task_becomes_a_visit_with_what_was_received)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", NULL });
    struct visit *robots = take_robots(&rig);
    ck_assert(robots->is_contact);
    ck_assert_uint_gt(robots->origin_record.length, 0);
    let_go(&rig, &robots->message);
    struct visit *visit = take_page(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
    ck_assert_uint_eq(visit->status, 200);
    ck_assert(visit->is_contact && !visit->is_conditional);
    ck_assert(bytes_equal(buf_bytes(&visit->result.body), BYTES("<p>page")));
    ck_assert_int_gt(visit->pace.last_contact_ms, 0);
    crawl_end_visit(&rig.crawl, visit);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_host_that_must_rest_for_long_leaves_with_its_tasks)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    send_work(&rig, "a.localhost", (const char *const[]){ "/busy", "/y", "/z", NULL });
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 2);
    ck_assert_int_ge(leave->pace.rest_until_ms, rig.crawl.started_ms + HOUR_MS);
    let_go(&rig, &leave->message);
    /* What the writer sent before it knew comes back at once, too. */
    send_work(&rig, "a.localhost", (const char *const[]){ "/late", NULL });
    leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 1);
    let_go(&rig, &leave->message);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_host_that_may_not_be_asked_for_long_leaves_as_it_wakes)
{
    struct rig rig;
    struct pace pace = PACE_NEW;
    rig_init(&rig, answer_pages, NULL, "");
    pace.last_contact_ms = rig.crawl.started_ms;
    send_known(&rig, "a.localhost", &pace, "User-agent: *\nCrawl-delay: 3600\n");
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_int_eq(leave->hold.until_ms, rig.crawl.started_ms + HOUR_MS);
    ck_assert_int_eq(leave->hold.reason, OUTCOME_NONE);
    struct pace rested = leave->pace;
    let_go(&rig, &leave->message);
    send_forget(&rig);
    /* A day later it no longer counts what was asked for then. */
    rested.last_contact_ms -= 24 * HOUR_MS;
    send_known(&rig, "a.localhost", &rested, "User-agent: *\n");
    crawl_end_visit(&rig.crawl, take_page(&rig));
    rig_clear(&rig);
}
END_TEST

START_TEST(a_crawl_delay_that_robots_txt_no_longer_asks_for_does_not_hold)
{
    struct rig rig;
    struct pace pace = PACE_NEW;
    rig_init(&rig, answer_pages, (void *)"User-agent: *\n", "");
    pace.last_contact_ms = rig.crawl.started_ms - 30 * HOUR_MS;
    pace.crawl_delay_ms = HOUR_MS;
    send_known_since(&rig, "a.localhost", &pace, "User-agent: *\nCrawl-delay: 3600\n",
                     rig.crawl.started_ms - 30 * HOUR_MS);
    struct visit *robots = take_robots(&rig);
    ck_assert_int_eq(robots->pace.crawl_delay_ms, -1);
    let_go(&rig, &robots->message);
    crawl_end_visit(&rig.crawl, take_page(&rig));
    rig_clear(&rig);
}
END_TEST

/* ---- Names */

/* The resolver knows names without the root's dot. */
START_TEST(a_host_whose_name_ends_with_a_dot_is_resolved)
{
    struct rig rig;
    struct name_server *server = name_server_start();
    char *lines = xasprintf("[urls]\ndrop_host_dot = no\n[network]\ndns_servers = 127.0.0.1:%u\n",
                            (unsigned)server->port);
    rig_init(&rig, answer_pages, NULL, lines);
    send_work(&rig, "dot.test.", (const char *const[]){ "/x", NULL });
    struct visit *visit = take_page(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
    crawl_end_visit(&rig.crawl, visit);
    rig_clear(&rig);
    name_server_stop(server);
    free(lines);
}
END_TEST

/* ---- Ending */

START_TEST(what_was_sent_to_a_thread_that_ended_can_be_taken_back)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    stop(&rig);
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/y", NULL });
    send_forget(&rig);
    send_work(&rig, "a.localhost", (const char *const[]){ "/z", NULL });
    struct task *tasks = fetcher_unread_tasks(rig.fetcher);
    ck_assert_uint_eq(count_tasks(tasks), 3);
    tasks_free(tasks);
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/y", NULL });
    send_forget(&rig);
    rig_clear(&rig);
}
END_TEST

START_TEST(tasks_of_transfers_that_were_aborted_come_back)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "[politeness]\nrobots = ignore\n");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/silent", "/y", NULL });
    crawl_end_visit(&rig.crawl, take_page(&rig));
    crawl_stop(&rig.crawl, STOP_DONE);
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 2);
    let_go(&rig, &leave->message);
    let_go(&rig, take_kind(&rig, TO_WRITER_ENDED));
    rig_clear(&rig);
}
END_TEST

START_TEST(a_host_whose_address_is_not_allowed_says_so_for_each_of_its_urls)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    send_work(&rig, "10.0.0.1", (const char *const[]){ "/x", "/y", "/z", NULL });
    for (int i = 0; i < 3; i++) {
        struct visit *visit = take_kind(&rig, TO_WRITER_VISIT);
        ck_assert_ptr_nonnull(visit->task);
        ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ADDRESS);
        ck_assert(bytes_equal(visit->reason, BYTES("private")));
        ck_assert(!visit->is_contact);
        let_go(&rig, &visit->message);
    }
    rig_clear(&rig);
}
END_TEST

START_TEST(a_host_whose_name_is_not_there_keeps_that_and_leaves)
{
    struct rig rig;
    struct name_server *server = name_server_start();
    char *lines = xasprintf("[network]\ndns_servers = 127.0.0.1:%u\n", (unsigned)server->port);
    rig_init(&rig, answer_pages, NULL, lines);
    send_work(&rig, "missing.test", (const char *const[]){ "/x", "/y", NULL });
    struct visit *robots = take_robots(&rig);
    struct origin_record record;
    ck_assert(!robots->is_contact);
    ck_assert(origin_decode(&record, buf_bytes(&robots->origin_record)));
    ck_assert_int_gt(record.unreachable_since_ms, 0);
    let_go(&rig, &robots->message);
    struct visit *visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_FAILED_DNS);
    ck_assert_int_ge(visit->due_least_ms, record.expires_at_ms);
    ck_assert_uint_eq(visit->pace.failures_in_row, 1);
    let_go(&rig, &visit->message);
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 1);
    ck_assert_int_eq(leave->hold.until_ms, record.expires_at_ms);
    ck_assert_int_eq(leave->hold.reason, OUTCOME_FAILED_DNS);
    let_go(&rig, &leave->message);
    ck_assert_uint_eq(atomic_load(&server->questions), 1);
    rig_clear(&rig);
    name_server_stop(server);
    free(lines);
}
END_TEST

START_TEST(several_lanes_wait_for_one_name)
{
    struct rig rig;
    struct name_server *server = name_server_start();
    char *lines = xasprintf("[network]\ndns_servers = 127.0.0.1:%u\n"
                            "[politeness]\nconnections = 3\nrobots = ignore\n",
                            (unsigned)server->port);
    rig_init(&rig, answer_pages, NULL, lines);
    send_work(&rig, "many.test", (const char *const[]){ "/1", "/2", "/3", "/4", NULL });
    for (int i = 0; i < 4; i++) {
        struct visit *visit = take_page(&rig);
        ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
        crawl_end_visit(&rig.crawl, visit);
    }
    ck_assert_uint_eq(atomic_load(&server->questions), 1);
    rig_clear(&rig);
    name_server_stop(server);
    free(lines);
}
END_TEST

/* ---- Cookies on their way to the writer */

/* Each page changes a cookie, and there are many of them. */
static void answer_with_cookies(struct web *web, const struct web_request *request,
                                struct web_answer *to)
{
    (void)web;
    answer(to, 200, "Content-Type: text/html\r\n", "<p>page");
    buf_printf(&to->headers, "Set-Cookie: last=%s\r\n", request->path + 1);
    for (int i = 0; i < 20; i++)
        buf_printf(&to->headers, "Set-Cookie: c%d=%s-%0500d\r\n", i, request->path + 1, i);
}

/* What is there of cookies: how many letters and bytes, and the record of the last. */
static void take_letters(struct rig *rig, size_t *count, size_t *bytes, struct buf *record)
{
    struct message *message = channel_take_all(&rig->crawl.to_writer, 0);
    *count = *bytes = 0;
    for (struct message *next; message; message = next) {
        char *site;
        next = message->next;
        if (message->kind != TO_WRITER_COOKIES) {
            let_go(rig, message);
            continue;
        }
        buf_clear(record);
        cookie_mail_take((struct cookie_letter *)message, &site, record);
        ck_assert_str_eq(site, "localhost");
        *bytes += record->length;
        ++*count;
        free(site);
    }
}

/* The writer is slow: however many answers change them, a site's cookies are under way once. */
START_TEST(what_is_under_way_of_cookies_is_bounded)
{
    enum { PAGES = 40 };
    struct rig rig;
    struct buf record;
    size_t count, bytes;
    char paths[PAGES][8];
    const char *list[PAGES + 1] = { NULL };
    for (int i = 0; i < PAGES; i++) {
        snprintf(paths[i], sizeof(paths[i]), "/%d", i);
        list[i] = paths[i];
    }
    buf_init(&record, BUF_UNBOUNDED);
    rig_init(&rig, answer_with_cookies, NULL, "[politeness]\nrobots = ignore\n");
    send_work(&rig, "localhost", list);
    for (int i = 0; i < PAGES; i++) {
        struct visit *visit = take_page(&rig);
        ck_assert(visit->has_new_cookies);
        crawl_end_visit(&rig.crawl, visit);
    }
    take_letters(&rig, &count, &bytes, &record);
    ck_assert_uint_eq(count, 1);
    ck_assert_uint_lt(bytes, 20 * 600);
    /* And it is the last state. */
    ck_assert_ptr_nonnull(memmem(record.data, record.length, "39-", 3));
    ck_assert_ptr_null(memmem(record.data, record.length, "38-", 3));
    buf_clear(&record);
    rig_clear(&rig);
}
END_TEST

/* ---- What is not asked for, and what is said of it */

/* The same task, of a page that came with these fields to a request without any; frees the other.
 */
static struct task *came_with(struct task *task, const char *fields, int64_t now_ms)
{
    struct cached cached;
    struct buf room, packed;
    const struct cache_exchange exchange = {
        .method = BYTES("GET"),
        .status = 200,
        .response = bytes_from_string(fields),
        .requested_ms = now_ms,
        .received_ms = now_ms,
    };
    buf_init(&room, BUF_UNBOUNDED);
    buf_init(&packed, BUF_UNBOUNDED);
    cached_take(&cached, &exchange, &room);
    cached_pack(&packed, &cached);
    struct task like = *task;
    like.cached = buf_bytes(&packed);
    like.fresh_until_ms = cached.entry.fresh_until_ms;
    struct task *copy = task_new(&like);
    task_free(task);
    buf_clear(&room);
    buf_clear(&packed);
    return copy;
}

START_TEST(a_fresh_page_is_asked_for_only_by_force)
{
    static const struct {
        const char *fields; /* That the page came with. */
        bool is_task_forced;
        bool is_run_forced;
        enum outcome wanted;
    } rows[] = {
        { "Cache-Control: max-age=3600\r\n", false, false, OUTCOME_FRESH },
        { "Cache-Control: max-age=3600\r\n", true, false, OUTCOME_PAGE },
        { "Cache-Control: max-age=3600\r\n", false, true, OUTCOME_PAGE },
        { "Cache-Control: max-age=3600, immutable\r\n", true, false, OUTCOME_FRESH },
        { "Cache-Control: max-age=3600, immutable\r\n", false, true, OUTCOME_PAGE },
        { "Cache-Control: max-age=3600, no-cache\r\n", false, false, OUTCOME_PAGE },
        { "Cache-Control: max-age=3600\r\nVary: cookie\r\n", false, false, OUTCOME_FRESH },
        { "Cache-Control: max-age=3600\r\nVary: user-agent\r\n", false, false, OUTCOME_PAGE },
        { "Cache-Control: max-age=3600\r\nVary: *\r\n", false, false, OUTCOME_PAGE },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;
        rig_init(&rig, answer_pages, NULL, "[politeness]\nrobots = ignore\n");
        rig.crawl.is_forced = rows[i].is_run_forced;
        struct task *task = revisit_for(&rig, "a.localhost", "/x");
        task = came_with(task, rows[i].fields, rig.crawl.started_ms);
        task->is_forced = rows[i].is_task_forced;
        send_tasks(&rig, "a.localhost", task, NULL);
        struct visit *visit =
            rows[i].wanted == OUTCOME_PAGE ? take_page(&rig) : take_concluded(&rig);
        ck_assert_msg(visit->outcome == rows[i].wanted, "row %zu", i);
        if (visit->outcome == OUTCOME_FRESH)
            ck_assert_int_eq(visit->due_least_ms, rig.crawl.started_ms + HOUR_MS);
        struct web_request request = web_request_at(rig.trial.web, 0);
        if (visit->outcome != OUTCOME_FRESH)
            ck_assert_int_eq(web_has_field(&request, "Cache-Control"), rows[i].is_run_forced);
        crawl_end_visit(&rig.crawl, visit);
        rig_clear(&rig);
    }
}
END_TEST

START_TEST(a_type_that_is_not_accepted_is_named)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "[politeness]\nrobots = ignore\n");
    send_work(&rig, "a.localhost", (const char *const[]){ "/zip", NULL });
    struct visit *visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_TYPE);
    ck_assert(bytes_equal(visit->reason, BYTES("application/zip")));
    ck_assert(visit->is_contact);
    let_go(&rig, &visit->message);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_host_outside_its_hours_leaves_until_they_begin)
{
    struct rig rig;
    char *hours = trial_hours(120);
    char *lines = xasprintf("[host \"a.localhost\"]\nhours = %s\n", hours);
    rig_init(&rig, answer_pages, NULL, lines);
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/y", NULL });
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 2);
    ck_assert_int_eq(leave->hold.reason, OUTCOME_HELD_HOURS);
    int64_t ahead_ms = leave->hold.until_ms - rig.crawl.started_ms;
    ck_assert_int_gt(ahead_ms, 118 * MINUTE_MS);
    ck_assert_int_lt(ahead_ms, 122 * MINUTE_MS);
    ck_assert_int_eq(leave->pace.rest_until_ms, 0);
    let_go(&rig, &leave->message);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 0);
    rig_clear(&rig);
    free(lines);
    free(hours);
}
END_TEST

START_TEST(a_host_within_its_hours_is_asked)
{
    struct rig rig;
    char *hours = trial_hours(-30);
    char *lines = xasprintf("[politeness]\nhours = %s\n", hours);
    rig_init(&rig, answer_pages, NULL, lines);
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", NULL });
    crawl_end_visit(&rig.crawl, take_page(&rig));
    rig_clear(&rig);
    free(lines);
    free(hours);
}
END_TEST

/* ---- Another configuration */

/* The crawl has it from now on; the caller frees it behind the rig. */
static struct config *change_config(struct rig *rig, const char *const *options, size_t count)
{
    struct config *config;
    char *error = NULL;
    const struct config_overrides overrides = { options, count };
    ck_assert_int_eq(config_load(&config, NULL, NULL, &overrides, &error), STATUS_OK);
    rig->crawl.config = config;
    rig->crawl.settings = config_settings(config);
    struct message *message = xcalloc(1, sizeof(*message));
    message->kind = TO_FETCHER_CONFIG;
    fetcher_send(rig->fetcher, message);
    return config;
}

START_TEST(new_settings_hold_for_hosts_that_are_awake)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "[host \"a.localhost\"]\ndelay = 59s\nrobots = ignore\n");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/y", NULL });
    crawl_end_visit(&rig.crawl, take_page(&rig));
    struct config *config =
        change_config(&rig, (const char *const[]){ "delay=0", "robots=ignore" }, 2);
    struct visit *visit = take_page(&rig);
    ck_assert(bytes_end_with(visit->task->url, BYTES("/y")));
    crawl_end_visit(&rig.crawl, visit);
    rig_clear(&rig);
    config_free(config);
}
END_TEST

START_TEST(another_name_of_ours_goes_by_what_robots_txt_says_to_that)
{
    struct rig rig;
    rig_init(&rig, answer_pages, (void *)"User-agent: Other\nDisallow: /y\n",
             "[host \"a.localhost\"]\ndelay = 59s\n");
    send_work(&rig, "a.localhost", (const char *const[]){ "/y", NULL });
    let_go(&rig, &take_robots(&rig)->message);
    static const char *const options[] = { "delay=0",
                                           "user_agent=Other/1.0 (+https://example.org/bot)" };
    struct config *config = change_config(&rig, options, 2);
    struct visit *visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS);
    let_go(&rig, &visit->message);
    rig_clear(&rig);
    config_free(config);
}
END_TEST

START_TEST(the_paces_of_a_host_are_numbered_as_they_come)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/busy", "/y", NULL });
    struct visit *page = take_page(&rig);
    struct visit *busy = take_concluded(&rig);
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_gt(page->pace_number, 0);
    ck_assert_uint_gt(busy->pace_number, page->pace_number);
    ck_assert_uint_gt(leave->pace_number, busy->pace_number);
    crawl_end_visit(&rig.crawl, page);
    let_go(&rig, &busy->message);
    let_go(&rig, &leave->message);
    rig_clear(&rig);
}
END_TEST

SUITE_MAIN("fetcher", a_task_becomes_a_visit_with_what_was_received,
           a_host_that_must_rest_for_long_leaves_with_its_tasks,
           a_host_that_may_not_be_asked_for_long_leaves_as_it_wakes,
           a_crawl_delay_that_robots_txt_no_longer_asks_for_does_not_hold,
           a_host_whose_name_ends_with_a_dot_is_resolved,
           what_was_sent_to_a_thread_that_ended_can_be_taken_back,
           tasks_of_transfers_that_were_aborted_come_back,
           a_host_whose_address_is_not_allowed_says_so_for_each_of_its_urls,
           a_host_whose_name_is_not_there_keeps_that_and_leaves, several_lanes_wait_for_one_name,
           a_fresh_page_is_asked_for_only_by_force, what_is_under_way_of_cookies_is_bounded,
           a_type_that_is_not_accepted_is_named, a_host_outside_its_hours_leaves_until_they_begin,
           a_host_within_its_hours_is_asked, new_settings_hold_for_hosts_that_are_awake,
           another_name_of_ours_goes_by_what_robots_txt_says_to_that,
           the_paces_of_a_host_are_numbered_as_they_come)
