/* SPDX-License-Identifier: MIT
 *
 * The robots.txt of a fetch thread's hosts: asked for, known to the store, moved to other hosts.
 */
#include "suite.h"

#include "fetcher_rig.h"

START_TEST(several_lanes_wait_for_one_robots_txt)
{
    struct rig rig;
    rig_init(&rig, answer_pages, (void *)"User-agent: *\nDisallow: /no\n",
             "[politeness]\nconnections = 3\n");
    send_work(&rig, "a.localhost", (const char *const[]){ "/1", "/2", "/no", "/3", NULL });
    for (int i = 0; i < 3; i++) {
        struct visit *visit = take_page(&rig);
        ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
        ck_assert_uint_eq(visit->robots_version, 1);
        crawl_end_visit(&rig.crawl, visit);
    }
    struct visit *refused = take_concluded(&rig);
    ck_assert_int_eq(refused->outcome, OUTCOME_REFUSED_ROBOTS);
    ck_assert_uint_eq(refused->robots_version, 1);
    ck_assert(bytes_equal(refused->reason, BYTES("robots.txt line 2: /no")));
    let_go(&rig, &refused->message);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 1);
    rig_clear(&rig);
}
END_TEST

struct robots_row {
    int status;
    const char *headers;
    const char *body;
    enum outcome wanted; /* Of a page. */
    bool is_leaving;
};

static void answer_robots_row(struct web *web, const struct web_request *request,
                              struct web_answer *to)
{
    const struct robots_row *row = web->owner;
    if (strncmp(request->path, "/robots", 7) != 0)
        answer(to, 200, "Content-Type: text/html\r\n", "<p>page");
    else if (row->status == 0)
        to->is_cut = true;
    else
        answer(to, row->status, row->headers, row->body);
}

START_TEST(what_robots_txt_answers_decides_over_pages)
{
    static const struct robots_row rows[] = {
        { 200, "", "User-agent: *\nDisallow: /\n", OUTCOME_REFUSED_ROBOTS, false },
        { 200, "", "", OUTCOME_PAGE, false },
        { 404, "", "User-agent: *\nDisallow: /\n", OUTCOME_PAGE, false },
        { 403, "Content-Encoding: gzip\r\n", "no gzip", OUTCOME_PAGE, false },
        { 500, "", "", OUTCOME_REFUSED_ROBOTS_UNREACHABLE, true },
        /* Redirects without an end. */
        { 302, "Location: /robots2\r\n", "", OUTCOME_PAGE, false },
        { 302, "", "", OUTCOME_REFUSED_ROBOTS_UNREACHABLE, true },
        /* To where we may not go, or to what is not there. */
        { 302, "Location: http://10.0.0.1/robots.txt\r\n", "", OUTCOME_REFUSED_ROBOTS_UNREACHABLE,
          true },
        { 302, "Location: http://name.onion/robots.txt\r\n", "", OUTCOME_REFUSED_ROBOTS_UNREACHABLE,
          true },
        /* What cannot be read is no permission. */
        { 200, "Content-Encoding: gzip\r\n", "no gzip", OUTCOME_FAILED_PROTOCOL, true },
        { 200, "Content-Encoding: rot13\r\n", "Hfre-ntrag: *", OUTCOME_FAILED_PROTOCOL, true },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct rig rig;
        rig_init(&rig, answer_robots_row, (void *)&rows[i], "");
        send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/y", NULL });
        struct visit *visit =
            rows[i].wanted == OUTCOME_PAGE ? take_page(&rig) : take_concluded(&rig);
        ck_assert_msg(visit->outcome == rows[i].wanted, "row %zu: %s", i,
                      outcome_word(visit->outcome));
        crawl_end_visit(&rig.crawl, visit);
        if (rows[i].is_leaving) {
            struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
            ck_assert_msg(count_tasks(leave->tasks) == 1, "row %zu", i);
            let_go(&rig, &leave->message);
        }
        rig_clear(&rig);
    }
}
END_TEST

/* robots.txt of a.localhost was moved to the owner's Location. */
static void answer_moved(struct web *web, const struct web_request *request, struct web_answer *to)
{
    if (strcmp(request->path, "/robots.txt") != 0)
        answer(to, 200, "Content-Type: text/html\r\n", "<p>page");
    else if (strcmp(request->host, "a.localhost") == 0)
        answer(to, 302, web->owner, "");
    else
        answer(to, 200, "ETag: \"b\"\r\n", "User-agent: *\nDisallow: /no\nCrawl-delay: 0.05\n");
}

/* To b.localhost. */
static char *move_robots(struct rig *rig)
{
    char *location = trial_url(&rig->trial, "b.localhost", "/robots.txt");
    char *header = xasprintf("Location: %s\r\n", location);
    rig->trial.web->owner = header;
    free(location);
    return header;
}

static struct visit *take_errand_visit(struct rig *rig)
{
    for (;;) {
        struct visit *visit = take_robots(rig);
        if (visit->is_errand)
            return visit;
        let_go(rig, &visit->message);
    }
}

START_TEST(a_robots_txt_on_another_host_is_asked_for_in_a_lane_of_that_one)
{
    struct rig rig;
    struct origin_record record;
    rig_init(&rig, answer_moved, NULL, "");
    char *header = move_robots(&rig);
    send_work(&rig, "a.localhost", (const char *const[]){ "/no", "/x", NULL });
    /* That it was asked at all is a contact, which the store must know after a crash. */
    struct visit *visit = take_robots(&rig);
    ck_assert_uint_eq(visit->host, 1);
    ck_assert(visit->is_contact && !visit->is_errand);
    ck_assert_int_gt(visit->pace.last_contact_ms, 0);
    ck_assert_uint_eq(visit->origin.length, 0);
    let_go(&rig, &visit->message);
    visit = take_errand_visit(&rig);
    ck_assert_uint_eq(visit->host, 2);
    ck_assert(visit->is_contact);
    ck_assert_int_gt(visit->pace.last_contact_ms, 0);
    ck_assert_int_eq(visit->pace.crawl_delay_ms, 50);
    ck_assert_uint_eq(visit->origin.length, 0);
    let_go(&rig, &visit->message);
    visit = take_robots(&rig);
    ck_assert_uint_eq(visit->host, 1);
    ck_assert(origin_decode(&record, buf_bytes(&visit->origin_record)));
    ck_assert(bytes_start_with(visit->origin, BYTES("http://a.localhost")));
    ck_assert_uint_eq(record.status, 200);
    /* The validator is b's, and would be sent to a. */
    ck_assert_uint_eq(record.etag.length, 0);
    let_go(&rig, &visit->message);
    visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS);
    let_go(&rig, &visit->message);
    crawl_end_visit(&rig.crawl, take_page(&rig));
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 2);
    rig_clear(&rig);
    free(header);
}
END_TEST

START_TEST(errands_do_not_wait_for_the_robots_txt_of_their_host)
{
    struct rig rig;
    rig_init(&rig, answer_moved, NULL, "");
    char *header = move_robots(&rig);
    char *url = trial_url(&rig.trial, "a.localhost", "/other.txt");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", NULL });
    struct errand *own = take_kind(&rig, TO_WRITER_ERRAND);
    /* While that is under way somewhere, others come. */
    for (uint64_t number = 1; number <= 3; number++) {
        struct errand *errand = errand_new(url, 9, 0, number);
        errand->message.kind = TO_FETCHER_ERRAND;
        errand->host = 1;
        fetcher_send(rig.fetcher, &errand->message);
    }
    for (int i = 0; i < 3; i++) {
        struct visit *visit = take_errand_visit(&rig);
        ck_assert(visit->is_contact);
        ck_assert_uint_eq(visit->host, 1);
        let_go(&rig, &visit->message);
    }
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/other.txt"), 3);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/x"), 0);
    send_errand_on(&rig, own);
    crawl_end_visit(&rig.crawl, take_page(&rig));
    rig_clear(&rig);
    free(header);
    free(url);
}
END_TEST

START_TEST(a_host_that_rests_is_not_asked_for_the_robots_txt_of_another)
{
    struct rig rig;
    rig_init(&rig, answer_moved, NULL, "");
    char *header = move_robots(&rig);
    rig.pace_of_errands.rest_until_ms = rig.crawl.started_ms + HOUR_MS;
    rig.pace_of_errands.rest_reason = OUTCOME_FAILED_BUSY;
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", NULL });
    struct visit *visit = take_errand_visit(&rig);
    ck_assert(!visit->is_contact);
    let_go(&rig, &visit->message);
    visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS_UNREACHABLE);
    ck_assert(bytes_equal(visit->reason, BYTES("robots.txt has no answer: b.localhost cannot be "
                                               "asked for it soon")));
    let_go(&rig, &visit->message);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 1);
    rig_clear(&rig);
    free(header);
}
END_TEST

START_TEST(a_gate_that_the_store_knows_is_not_asked_for_again)
{
    struct rig rig;
    rig_init(&rig, answer_pages, (void *)"User-agent: *\nDisallow: /no\n", "");
    send_known(&rig, "a.localhost", NULL, "User-agent: *\nDisallow: /x\n");
    struct visit *visit = take_kind(&rig, TO_WRITER_VISIT);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS);
    let_go(&rig, &visit->message);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 0);
    rig_clear(&rig);
}
END_TEST

START_TEST(an_origin_that_came_without_what_the_store_knows_is_asked_for_there)
{
    struct rig rig;
    rig_init(&rig, answer_pages, (void *)"User-agent: *\nDisallow: /x\n", "");
    struct task *tasks = task_for(&rig, "a.localhost", "/x");
    tasks->next = task_for(&rig, "a.localhost", "/y");
    fetcher_send(rig.fetcher, &work_of("a.localhost", tasks, NULL)->message);
    struct ask_origin *ask = take_kind(&rig, TO_WRITER_ORIGIN);
    ck_assert_uint_eq(ask->host, 1);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 0);
    struct known_origin *known = xcalloc(1, sizeof(*known));
    known->message.kind = TO_FETCHER_KNOWN_ORIGIN;
    known->host = 1;
    buf_init(&known->packed, BUF_UNBOUNDED);
    pack_bytes(&known->packed, bytes_from_string(ask->origin));
    pack_bytes(&known->packed, (struct bytes){ 0 });
    let_go(&rig, &ask->message);
    fetcher_send(rig.fetcher, &known->message);
    /* The store knows nothing of it, so it is asked itself. */
    let_go(&rig, &take_robots(&rig)->message);
    struct visit *visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS);
    let_go(&rig, &visit->message);
    crawl_end_visit(&rig.crawl, take_page(&rig));
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 1);
    rig_clear(&rig);
}
END_TEST

START_TEST(who_has_a_name_of_its_own_for_a_host_goes_by_what_that_may)
{
    struct rig rig;
    char agent[64];
    rig_init(&rig, answer_pages,
             (void *)"User-agent: Trial\nDisallow: /\n\nUser-agent: Other\nDisallow: /no\n",
             "[host \"a.localhost\"]\nuser_agent = Other/2.0 (+https://example.org/bot)\n");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/no", NULL });
    crawl_end_visit(&rig.crawl, take_page(&rig));
    struct visit *visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS);
    let_go(&rig, &visit->message);
    struct web_request request = web_request_at(rig.trial.web, 1);
    ck_assert(web_field(&request, "User-Agent", agent, sizeof(agent)));
    ck_assert_str_eq(agent, "Other/2.0 (+https://example.org/bot)");
    rig_clear(&rig);
}
END_TEST

static void pause_hosts(struct rig *rig, const char *pattern)
{
    struct txn *txn = database_begin(rig->tables.database);
    ck_assert(frontier_pause(rig->tables.frontier, txn, bytes_from_string(pattern)));
    database_commit(txn);
}

START_TEST(a_paused_host_is_not_asked_even_for_robots_txt)
{
    struct rig rig;
    rig_init(&rig, answer_pages, NULL, "");
    pause_hosts(&rig, "*.localhost");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", "/y", NULL });
    struct leave *leave = take_kind(&rig, TO_WRITER_LEAVE);
    ck_assert_uint_eq(count_tasks(leave->tasks), 2);
    /* Nothing is kept of it with the host: resuming it is enough. */
    ck_assert_int_eq(leave->hold.until_ms, 0);
    let_go(&rig, &leave->message);
    ck_assert_uint_eq(web_count(rig.trial.web, NULL, "/robots.txt"), 0);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_robots_txt_on_a_paused_host_is_not_asked_for)
{
    struct rig rig;
    rig_init(&rig, answer_moved, NULL, "");
    char *header = move_robots(&rig);
    pause_hosts(&rig, "b.localhost");
    send_work(&rig, "a.localhost", (const char *const[]){ "/x", NULL });
    struct visit *visit = take_errand_visit(&rig);
    ck_assert(!visit->is_contact);
    let_go(&rig, &visit->message);
    visit = take_concluded(&rig);
    ck_assert_int_eq(visit->outcome, OUTCOME_REFUSED_ROBOTS_UNREACHABLE);
    let_go(&rig, &visit->message);
    ck_assert_uint_eq(web_count(rig.trial.web, "b.localhost", "/robots.txt"), 0);
    rig_clear(&rig);
    free(header);
}
END_TEST

SUITE_MAIN("fetcher robots", several_lanes_wait_for_one_robots_txt,
           what_robots_txt_answers_decides_over_pages,
           a_robots_txt_on_another_host_is_asked_for_in_a_lane_of_that_one,
           errands_do_not_wait_for_the_robots_txt_of_their_host,
           a_host_that_rests_is_not_asked_for_the_robots_txt_of_another,
           a_gate_that_the_store_knows_is_not_asked_for_again,
           an_origin_that_came_without_what_the_store_knows_is_asked_for_there,
           who_has_a_name_of_its_own_for_a_host_goes_by_what_that_may,
           a_paused_host_is_not_asked_even_for_robots_txt,
           a_robots_txt_on_a_paused_host_is_not_asked_for)
