/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "answering.h"

/* All lines, `most` at a time; returns how many questions that took. */
static unsigned list(struct buf *lines, const char *domain, bool is_json, unsigned most)
{
    struct buf after;
    unsigned asked = 0;
    bool is_more = true;
    buf_init(&after, BUF_UNBOUNDED);
    buf_reset(lines);
    while (is_more) {
        pack_bytes(&question, buf_bytes(&after));
        pack_bytes(&question, bytes_from_string(domain));
        pack_u8(&question, is_json);
        pack_number(&question, most);
        ck_assert_int_eq(ask(QUESTION_HOSTS), STATUS_OK);
        ck_assert_uint_lt(++asked, 100);
        struct unpacker from = unpacker_of(buf_bytes(&reply));
        is_more = unpack_u8(&from) != 0;
        struct bytes next = unpack_bytes(&from);
        buf_reset(&after);
        buf_append_bytes(&after, next);
        buf_append_bytes(lines, unpack_rest(&from));
    }
    buf_append_char(lines, '\0');
    buf_clear(&after);
    return asked;
}

/* The first words of the lines. */
static void names_of(const struct buf *lines, char *names, size_t size)
{
    names[0] = '\0';
    for (const char *line = lines->data; *line; line += strcspn(line, "\n") + 1) {
        size_t length = strlen(names);
        snprintf(names + length, size - length, "%s%.*s", length ? " " : "",
                 (int)strcspn(line, " "), line);
    }
}

START_TEST(hosts_are_listed_in_their_order_whatever_the_slices)
{
    static const struct {
        const char *domain;
        const char *names;
    } rows[] = {
        { "", "example.com a.example example.org a.example.org b.example.org" },
        { "example.org", "example.org a.example.org b.example.org" },
        { "b.example.org", "b.example.org" },
        { "a.example", "a.example" },
        { "ample.org", "" },
        { "org", "example.org a.example.org b.example.org" },
        { "net", "" },
    };
    char names[512];
    struct buf lines;
    buf_init(&lines, BUF_UNBOUNDED);
    open_answerer(SEED);
    visited_seed(&crawl, "http://b.example.org/");
    visited_seed(&crawl, "http://a.example/");
    visited_seed(&crawl, "http://a.example.org/");
    visited_seed(&crawl, "http://example.com/");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (unsigned most = 0; most <= 6; most++) {
            list(&lines, rows[i].domain, false, most);
            names_of(&lines, names, sizeof(names));
            ck_assert_msg(strcmp(names, rows[i].names) == 0, "row %zu, %u a time: %s", i, most,
                          names);
        }
    ck_assert_int_eq(ask(QUESTION_HOSTS), STATUS_USAGE); /* An empty question. */
    buf_clear(&lines);
    close_answerer();
}
END_TEST

START_TEST(a_host_says_what_waits_for_it_and_what_it_waits_for)
{
    struct host_record host;
    struct pace pace = PACE_NEW;
    struct buf lines;
    buf_init(&lines, BUF_UNBOUNDED);
    open_answerer(SEED);
    visited_page(&crawl, A, "x");
    frontier_host(crawl.tables.frontier, BYTES("example.org"), &host);
    list(&lines, "", false, 0);
    ck_assert_str_eq(lines.data,
                     "example.org 1 queued, 0 held, 0 due, 1 live, delay 1s, 1s left, awake\n");
    pace.crawl_delay_ms = 4000;
    pace.rest_until_ms = START + DAY;
    pace.rest_reason = OUTCOME_FAILED_TIMEOUT;
    pace.failures_in_row = 10;
    struct txn *txn = database_begin(crawl.tables.database);
    frontier_host_update(crawl.tables.frontier, host.id, &pace, 0);
    frontier_host_sleep(crawl.tables.frontier, txn, host.id, START);
    visited_end(&crawl, txn);
    list(&lines, "", false, 0);
    ck_assert_str_eq(
        lines.data, "example.org 1 queued, 0 held, 0 due, 1 live, delay 4s (Crawl-delay), 4s left, "
                    "rests until 2025-06-16T15:06:40Z (in 23h): timed out, failures in a row 10\n");
    list(&lines, "", true, 0);
    json_error_t error;
    json_t *json = json_loads(lines.data, 0, &error);
    ck_assert_ptr_nonnull(json);
    ck_assert_str_eq(text_at(json, "host"), "example.org");
    ck_assert_uint_eq(number_at(json, "queued"), 1);
    ck_assert_uint_eq(number_at(json, "delay_ms"), 4000);
    ck_assert_str_eq(text_at(json, "delay_by"), "Crawl-delay");
    ck_assert_str_eq(text_at(json, "rests_until"), "2025-06-16T15:06:40Z");
    ck_assert_str_eq(text_at(json, "rests_for"), "timed out");
    ck_assert_uint_eq(number_at(json, "eta_ms"), 23 * HOUR + 4000);
    ck_assert(json_is_false(member(json, "is_awake")));
    json_decref(json);
    buf_clear(&lines);
    close_answerer();
}
END_TEST

SUITE_MAIN("answer_hosts", hosts_are_listed_in_their_order_whatever_the_slices,
           a_host_says_what_waits_for_it_and_what_it_waits_for)
