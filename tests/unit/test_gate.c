/* SPDX-License-Identifier: MIT
 *
 * The life of one origin's robots.txt in a fetch thread.
 */
#include "suite.h"

#include "crawler/engine/gate.h"

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define START  INT64_C(1750000000000)

static struct gate_room room = { .most = SIZE_MAX };
static struct gates gates = { .room = &room, .gone_delay_ms = -1 };

static struct gate *gate_in(struct gates *some, const char *text)
{
    struct url url;
    ck_assert(url_split(&url, bytes_from_string(text)));
    return gate_for(some, &url);
}

static struct gate *gate_of(const char *text)
{
    return gate_in(&gates, text);
}

static const char *asked_url(const struct gate *gate)
{
    static char text[512];
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    gate_url(gate, &out);
    snprintf(text, sizeof(text), "%s", out.data);
    buf_clear(&out);
    return text;
}

static void give_answer(struct gate *gate, uint16_t status, const char *body, int64_t now_ms)
{
    struct robots_answer answer = {
        .status = status,
        .is_conditional = true,
        .body = bytes_from_string(body),
        .etag = BYTES("\"1\""),
        .max_age_ms = -1,
    };
    gate_answer(gate, &answer, status ? OUTCOME_NONE : OUTCOME_FAILED_TIMEOUT, BYTES("Trial"),
                now_ms);
}

static void clear(void)
{
    gates_clear(&gates);
    ck_assert_uint_eq(room.bytes, 0);
    ck_assert_ptr_null(room.newest);
    ck_assert_ptr_null(room.oldest);
    gates_init(&gates, &room, -1, 0);
}

START_TEST(each_origin_has_its_gate)
{
    struct gate *gate = gate_of("http://example.org/a");
    ck_assert_ptr_eq(gate_of("http://example.org/b?c"), gate);
    ck_assert_ptr_ne(gate_of("https://example.org/a"), gate);
    ck_assert_ptr_ne(gate_of("http://example.org:8080/a"), gate);
    ck_assert_str_eq(asked_url(gate), "http://example.org/robots.txt");
    ck_assert_str_eq(asked_url(gate_of("http://example.org:8080/a")),
                     "http://example.org:8080/robots.txt");
    ck_assert_str_eq(asked_url(gate_of("http://[::1]/")), "http://[::1]/robots.txt");
    clear();
}
END_TEST

START_TEST(a_gate_is_asked_for_until_it_has_an_answer_and_when_that_expires)
{
    struct gate *gate = gate_of("http://example.org/");
    ck_assert_int_eq(gate_verdict(gate, START), ROBOTS_VERDICT_ASK);
    gate->is_fetching = true;
    give_answer(gate, 200, "User-agent: *\nDisallow: /no\nCrawl-delay: 7\n", START);
    ck_assert(!gate->is_fetching);
    ck_assert_int_eq(gate_verdict(gate, START + HOUR), ROBOTS_VERDICT_RULES);
    ck_assert(!robots_allows(gate->robots, BYTES("/no"), NULL));
    ck_assert(robots_allows(gate->robots, BYTES("/yes"), NULL));
    ck_assert_int_eq(robots_crawl_delay_ms(gate->robots), 7000);
    ck_assert_uint_eq(gate->record.version, 1);
    ck_assert(bytes_equal(gate->record.etag, BYTES("\"1\"")));
    ck_assert_int_eq(gate_verdict(gate, START + DAY), ROBOTS_VERDICT_ASK);
    /* Confirmed: the same rules for another day. */
    give_answer(gate, 304, "", START + DAY);
    ck_assert_int_eq(gate_verdict(gate, START + DAY + HOUR), ROBOTS_VERDICT_RULES);
    ck_assert(!robots_allows(gate->robots, BYTES("/no"), NULL));
    ck_assert_uint_eq(gate->record.version, 1);
    clear();
}
END_TEST

START_TEST(answers_open_or_shut_the_gate)
{
    static const struct {
        uint16_t status;
        enum robots_verdict verdict;
        bool has_robots;
        enum outcome trouble;
    } rows[] = {
        { 200, ROBOTS_VERDICT_RULES, true, OUTCOME_NONE },
        { 404, ROBOTS_VERDICT_ALLOW_ALL, false, OUTCOME_NONE },
        { 403, ROBOTS_VERDICT_ALLOW_ALL, false, OUTCOME_NONE },
        { 429, ROBOTS_VERDICT_DISALLOW_ALL, false, OUTCOME_NONE },
        { 500, ROBOTS_VERDICT_DISALLOW_ALL, false, OUTCOME_NONE },
        { 0, ROBOTS_VERDICT_DISALLOW_ALL, false, OUTCOME_FAILED_TIMEOUT },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct gate *gate = gate_of("http://example.org/");
        give_answer(gate, rows[i].status, "User-agent: *\nDisallow: /\n", START);
        ck_assert_msg(gate_verdict(gate, START + 1) == rows[i].verdict, "row %zu", i);
        ck_assert_msg(!gate->robots == !rows[i].has_robots, "row %zu", i);
        ck_assert_msg(gate->trouble == rows[i].trouble, "row %zu", i);
        clear();
    }
}
END_TEST

START_TEST(the_last_good_copy_goes_on_while_there_is_no_answer)
{
    struct gate *gate = gate_of("http://example.org/");
    give_answer(gate, 200, "User-agent: *\nDisallow: /no\n", START);
    give_answer(gate, 503, "", START + DAY);
    ck_assert_int_eq(gate_verdict(gate, START + DAY + 1), ROBOTS_VERDICT_RULES);
    ck_assert(!robots_allows(gate->robots, BYTES("/no"), NULL));
    give_answer(gate, 404, "", START + DAY + HOUR);
    ck_assert_int_eq(gate_verdict(gate, START + DAY + HOUR + 1), ROBOTS_VERDICT_ALLOW_ALL);
    ck_assert_ptr_null(gate->robots);
    clear();
}
END_TEST

/* ---- Redirects */

START_TEST(five_redirects_are_followed_and_no_sixth)
{
    struct gate *gate = gate_of("http://example.org/");
    static const char *const hops[][2] = {
        { "/r1", "http://example.org/r1" },
        { "r2", "http://example.org/r2" },
        { "https://example.org/a/r3?x", "https://example.org/a/r3?x" },
        { "../r4#f", "https://example.org/r4" },
        { "//other.example/r5", "https://other.example/r5" },
    };
    for (size_t i = 0; i < sizeof(hops) / sizeof(hops[0]); i++) {
        gate->is_fetching = true;
        ck_assert(gate_redirect(gate, bytes_from_string(hops[i][0])) == GATE_HOP_NEXT);
        ck_assert(!gate->is_fetching);
        ck_assert_str_eq(asked_url(gate), hops[i][1]);
        ck_assert_int_eq(gate_verdict(gate, START), ROBOTS_VERDICT_ASK);
    }
    gate->is_fetching = true;
    ck_assert_int_eq(gate_redirect(gate, BYTES("/r6")), GATE_HOP_TOO_MANY);
    ck_assert(gate->is_fetching); /* Until it is given its answer. */
    give_answer(gate, 404, "", START);
    ck_assert_int_eq(gate_verdict(gate, START + 1), ROBOTS_VERDICT_ALLOW_ALL);
    /* The next time the origin itself is asked, and all five are followed again. */
    ck_assert_str_eq(asked_url(gate), "http://example.org/robots.txt");
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(gate_redirect(gate, BYTES("/again")), GATE_HOP_NEXT);
    ck_assert_int_eq(gate_redirect(gate, BYTES("/again")), GATE_HOP_TOO_MANY);
    clear();
}
END_TEST

START_TEST(a_redirect_to_nowhere_is_none)
{
    static const char *const locations[] = { "", "mailto:x@y.z", "http://", "http://u:p@x.example/",
                                             "ftp://example.org/robots.txt" };
    for (size_t i = 0; i < sizeof(locations) / sizeof(locations[0]); i++) {
        struct gate *gate = gate_of("http://example.org/");
        ck_assert_msg(gate_redirect(gate, bytes_from_string(locations[i])) == GATE_HOP_NOWHERE,
                      "row %zu", i);
        ck_assert_str_eq(asked_url(gate), "http://example.org/robots.txt");
        clear();
    }
}
END_TEST

/* ---- Over restarts */

START_TEST(a_gate_knows_what_it_was_told_first)
{
    struct gate *gate = gate_of("http://example.org/");
    struct buf kept;
    buf_init(&kept, BUF_UNBOUNDED);
    give_answer(gate, 200, "User-agent: trial\nDisallow: /no\n", START);
    buf_append_bytes(&kept, buf_bytes(&gate->kept));
    clear();
    gate = gate_of("http://example.org/");
    ck_assert(!gate->is_told);
    gate->is_awaited = true;
    gate_tell(gate, buf_bytes(&kept), BYTES("Trial"));
    ck_assert(gate->is_told && !gate->is_awaited);
    gate_tell(gate, (struct bytes){ 0 }, BYTES("Trial"));
    buf_clear(&kept);
    ck_assert_int_eq(gate_verdict(gate, START + HOUR), ROBOTS_VERDICT_RULES);
    ck_assert(!robots_allows(gate->robots, BYTES("/no"), NULL));
    ck_assert(bytes_equal(gate->record.etag, BYTES("\"1\"")));
    clear();
}
END_TEST

START_TEST(a_damaged_record_is_as_good_as_none_or_has_fewer_lines)
{
    struct gate *gate = gate_of("http://example.org/");
    give_answer(gate, 200, "User-agent: *\nDisallow: /\n", START);
    struct buf kept;
    buf_init(&kept, BUF_UNBOUNDED);
    buf_append_bytes(&kept, buf_bytes(&gate->kept));
    clear();
    for (size_t length = 0; length < kept.length; length++) {
        struct gate *other = gate_of("http://other.example/");
        gate_tell(other, bytes_of(kept.data, length), BYTES("Trial"));
        enum robots_verdict verdict = gate_verdict(other, START + 1);
        ck_assert_msg(verdict == (other->robots ? ROBOTS_VERDICT_RULES : ROBOTS_VERDICT_ASK),
                      "cut to %zu", length);
        clear();
    }
    buf_clear(&kept);
    clear();
}
END_TEST

/* ---- Crawl-delay */

static void give_delay(struct gate *gate, int seconds, int64_t now_ms)
{
    char text[64];
    snprintf(text, sizeof(text), "User-agent: *\nCrawl-delay: %d\n", seconds);
    give_answer(gate, 200, seconds ? text : "", now_ms);
}

START_TEST(the_largest_crawl_delay_of_a_host_holds_and_follows_what_is_fetched_anew)
{
    struct gate *plain = gate_of("http://example.org/");
    struct gate *secure = gate_of("https://example.org/");
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START), -1);
    give_delay(plain, 7, START);
    give_delay(secure, 3, START);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START), 7000);
    /* No answer takes nothing away; a new file does. */
    give_answer(plain, 503, "", START + DAY);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + DAY), 7000);
    give_delay(plain, 2, START + DAY + HOUR);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + DAY + HOUR), 3000);
    give_delay(secure, 0, START + DAY + HOUR);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + DAY + HOUR), 2000);
    give_answer(plain, 404, "", START + 2 * DAY);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + 2 * DAY), -1);
    clear();
}
END_TEST

START_TEST(the_crawl_delay_of_an_origin_that_nobody_visits_is_forgotten_after_a_day)
{
    give_delay(gate_of("http://example.org/"), 7, START);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + 2 * DAY - 1), 7000);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + 2 * DAY), -1);
    clear();
}
END_TEST

START_TEST(the_crawl_delay_of_the_last_time_awake_holds_until_its_origin_is_here)
{
    struct buf kept;
    buf_init(&kept, BUF_UNBOUNDED);
    struct gate *gate = gate_of("http://example.org/");
    give_delay(gate, 7, START);
    buf_append_bytes(&kept, buf_bytes(&gate->kept));
    clear();
    gates_init(&gates, &room, 7000, START + HOUR);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + DAY), 7000);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + DAY + HOUR), -1);
    give_delay(gate_of("https://example.org/"), 3, START + 2 * HOUR);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + 2 * HOUR), 7000);
    gate = gate_of("http://example.org/");
    gate_tell(gate, buf_bytes(&kept), BYTES("Trial"));
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + 2 * HOUR), 7000);
    give_delay(gate, 1, START + DAY);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + DAY), 3000);
    buf_clear(&kept);
    clear();
}
END_TEST

START_TEST(a_crawl_delay_that_no_gate_keeps_holds_for_a_day)
{
    gates_note_crawl_delay(&gates, 5000, START);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + DAY - 1), 5000);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + DAY), -1);
    /* A smaller one is another origin's, and none says nothing. */
    gates_note_crawl_delay(&gates, 2000, START + HOUR);
    gates_note_crawl_delay(&gates, -1, START + HOUR);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + HOUR), 5000);
    gates_note_crawl_delay(&gates, 2000, START + DAY);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START + DAY), 2000);
    clear();
}
END_TEST

/* ---- Room */

START_TEST(gates_used_least_recently_make_room_and_leave_their_crawl_delay)
{
    struct gates other;
    gates_init(&other, &room, -1, 0);
    give_delay(gate_of("http://example.org:1/"), 9, START);
    give_delay(gate_of("http://example.org:2/"), 5, START);
    give_delay(gate_in(&other, "http://other.example/"), 4, START);
    give_delay(gate_of("http://example.org:3/"), 1, START);
    size_t bytes = room.bytes;
    gate_of("http://example.org:2/"); /* Used now. */
    room.most = bytes - 1;
    struct gate *third = gate_of("http://example.org:3/");
    ck_assert_uint_le(room.bytes, room.most);
    /* The first is gone, and what it asked for is not. */
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START), 9000);
    ck_assert_ptr_eq(gates.first, third);
    ck_assert_ptr_nonnull(gates.first->next);
    ck_assert_ptr_null(gates.first->next->next);
    ck_assert_ptr_nonnull(other.first);
    room.most = 1;
    third = gate_of("http://example.org:3/");
    ck_assert_ptr_null(other.first);
    ck_assert_ptr_eq(gates.first, third);
    ck_assert_ptr_null(third->next);
    ck_assert_int_eq(gates_crawl_delay_ms(&other, START), 4000);
    room.most = SIZE_MAX;
    ck_assert(!gate_of("http://example.org:1/")->is_told);
    gates_clear(&other);
    clear();
}
END_TEST

START_TEST(of_a_host_with_very_many_origins_some_gates_are_here)
{
    char url[64];
    gate_of("http://example.org:1/")->is_fetching = true;
    for (int port = 2; port < 500; port++) {
        snprintf(url, sizeof(url), "http://example.org:%d/", port);
        give_delay(gate_of(url), port == 2 ? 9 : 1, START);
        ck_assert_uint_le(gates.count, GATES_OF_HOST_MOST);
    }
    ck_assert(gate_of("http://example.org:1/")->is_fetching);
    ck_assert(gate_of("http://example.org:499/")->is_told);
    ck_assert(gate_of("http://example.org:450/")->is_told);
    ck_assert_int_eq(gates_crawl_delay_ms(&gates, START), 9000);
    ck_assert(!gate_of("http://example.org:2/")->is_told);
    ck_assert_uint_le(gates.count, GATES_OF_HOST_MOST);
    clear();
}
END_TEST

START_TEST(a_gate_in_use_does_not_go)
{
    struct gate *fetching = gate_of("http://example.org:1/");
    struct gate *awaited = gate_of("http://example.org:2/");
    struct gate *redirected = gate_of("http://example.org:3/");
    fetching->is_fetching = true;
    awaited->is_awaited = true;
    ck_assert_int_eq(gate_redirect(redirected, BYTES("/there")), GATE_HOP_NEXT);
    room.most = 1;
    gate_of("http://example.org:4/");
    ck_assert_ptr_eq(gate_of("http://example.org:1/"), fetching);
    ck_assert_ptr_eq(gate_of("http://example.org:2/"), awaited);
    ck_assert_ptr_eq(gate_of("http://example.org:3/"), redirected);
    ck_assert_ptr_eq(room.oldest, fetching);
    room.most = SIZE_MAX;
    clear();
}
END_TEST

SUITE_MAIN("gate", each_origin_has_its_gate,
           a_gate_is_asked_for_until_it_has_an_answer_and_when_that_expires,
           answers_open_or_shut_the_gate, the_last_good_copy_goes_on_while_there_is_no_answer,
           five_redirects_are_followed_and_no_sixth, a_redirect_to_nowhere_is_none,
           a_gate_knows_what_it_was_told_first,
           a_damaged_record_is_as_good_as_none_or_has_fewer_lines,
           the_largest_crawl_delay_of_a_host_holds_and_follows_what_is_fetched_anew,
           the_crawl_delay_of_an_origin_that_nobody_visits_is_forgotten_after_a_day,
           the_crawl_delay_of_the_last_time_awake_holds_until_its_origin_is_here,
           a_crawl_delay_that_no_gate_keeps_holds_for_a_day,
           gates_used_least_recently_make_room_and_leave_their_crawl_delay,
           of_a_host_with_very_many_origins_some_gates_are_here, a_gate_in_use_does_not_go)
