/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "answering.h"

#include "store/export/item.h"

struct reading {
    const char *consumer;
    uint64_t after;
    uint64_t deletes_after;
    bool is_begun;
    char items[4096]; /* "+1 /a, -3 /b" */
};

static void note_item(struct reading *reading, const struct export_item *item)
{
    struct url url;
    size_t length = strlen(reading->items);
    ck_assert(url_split(&url, item->url));
    snprintf(reading->items + length, sizeof(reading->items) - length, "%s%c%u %.*s",
             length ? ", " : "", item->op == CHANGE_UPSERT ? '+' : '-', (unsigned)item->version,
             (int)url_path_query(&url).length, url_path_query(&url).data);
}

/* One slice; true where there is more. */
static bool read_slice(struct reading *reading)
{
    struct export_item item;
    pack_bytes(&question, bytes_from_string(reading->consumer));
    pack_number(&question, reading->after);
    pack_u8(&question, !reading->is_begun);
    pack_number(&question, reading->deletes_after);
    reading->is_begun = true;
    ck_assert_int_eq(ask(QUESTION_EXPORT), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    bool is_more = unpack_u8(&from) != 0;
    reading->after = unpack_number(&from);
    reading->deletes_after = unpack_number(&from);
    while (from.left > 0) {
        ck_assert(export_item_unpack(&from, &item));
        note_item(reading, &item);
    }
    return is_more;
}

static const char *read_all(const char *consumer)
{
    static struct reading reading;
    reading = (struct reading){ .consumer = consumer };
    while (read_slice(&reading))
        ;
    return reading.items;
}

static enum status acknowledge(const char *consumer, uint64_t cursor)
{
    pack_bytes(&question, bytes_from_string(consumer));
    pack_number(&question, cursor);
    return ask(QUESTION_ACKNOWLEDGE);
}

static uint64_t cursor_of(const char *consumer)
{
    uint64_t cursor = 0;
    consumer_get(crawl.tables.changes, consumer, &cursor);
    return cursor;
}

START_TEST(a_consumer_gets_every_change_once_it_has_acknowledged_the_last)
{
    struct come moved = MOVED(301);
    open_answerer(SEED);
    visited_page(&crawl, A, "a");
    visited_page(&crawl, B, "b");
    ck_assert_str_eq(read_all("index"), "+1 /a, +2 /b");
    ck_assert_str_eq(read_all("index"), "+1 /a, +2 /b"); /* Nothing was acknowledged. */
    ck_assert_int_eq(acknowledge("index", 2), STATUS_OK);
    ck_assert_str_eq(read_all("index"), "");
    visited_visit(&crawl, A, &moved);
    visited_page(&crawl, B, "b2");
    ck_assert_str_eq(read_all("index"), "-3 /a, +4 /b");
    /* One that is new has nothing to delete. */
    ck_assert_str_eq(read_all("other"), "+4 /b");
    ck_assert_str_eq(read_all(""), "+4 /b");
    close_answerer();
}
END_TEST

START_TEST(a_new_consumer_is_told_of_deletes_that_come_while_it_reads)
{
    enum { PAGES = 400 };
    struct come moved = MOVED(301);
    struct reading reading = { .consumer = "index" };
    open_answerer(SEED);
    for (int i = 0; i < PAGES; i++) {
        char *url = xasprintf("http://example.org/%d", i);
        char *content = xasprintf("content %d", i);
        visited_page(&crawl, url, content);
        free(url);
        free(content);
    }
    visited_visit(&crawl, "http://example.org/399", &moved);
    ck_assert(read_slice(&reading));
    ck_assert(strstr(reading.items, "+1 /0, ") == reading.items);
    /* It has this page, and now the page goes. */
    visited_visit(&crawl, "http://example.org/0", &moved);
    reading.items[0] = '\0';
    while (read_slice(&reading))
        ;
    ck_assert_ptr_nonnull(strstr(reading.items, "-402 /0"));
    ck_assert_ptr_null(strstr(reading.items, " /399"));
    close_answerer();
}
END_TEST

START_TEST(an_item_has_what_an_index_needs)
{
    struct export_item item;
    open_answerer(SEED);
    visited_page(&crawl, A, "same");
    struct come come = { .outcome = OUTCOME_PAGE, .status = 200, .content = "same", .referrer = 1 };
    come.headers = "ETag: \"1\"\r\n";
    visited_visit(&crawl, B, &come);
    crawl.now_ms += DAY;
    struct come confirmed = { .outcome = OUTCOME_NOT_MODIFIED,
                              .status = 304,
                              .headers = "ETag: \"2\"\r\n" };
    visited_visit(&crawl, B, &confirmed);
    pack_bytes(&question, BYTES(""));
    pack_number(&question, 1);
    pack_u8(&question, false);
    pack_number(&question, 0);
    ck_assert_int_eq(ask(QUESTION_EXPORT), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_u8(&from), 0);
    ck_assert_uint_eq(unpack_number(&from), 2);
    unpack_number(&from);
    ck_assert(export_item_unpack(&from, &item));
    ck_assert(bytes_equal(item.url, BYTES(B)));
    ck_assert(bytes_equal(item.referrer, BYTES(A)));
    ck_assert(bytes_equal(item.duplicate_of, BYTES(A)));
    ck_assert(bytes_equal(item.etag, BYTES("\"2\"")));
    ck_assert_int_eq(item.checked_at_ms, START + DAY);
    ck_assert_int_eq(item.at_ms, START);
    ck_assert_int_eq(item.reason, CHANGE_REASON_NEW);
    ck_assert_uint_eq(from.left, 0);
    close_answerer();
}
END_TEST

START_TEST(a_cursor_never_goes_back_nor_beyond_what_there_is)
{
    open_answerer(SEED);
    visited_page(&crawl, A, "a");
    visited_page(&crawl, B, "b");
    ck_assert_int_eq(acknowledge("index", 2), STATUS_OK);
    ck_assert_int_eq(acknowledge("index", 1), STATUS_OK);
    ck_assert_uint_eq(cursor_of("index"), 2);
    ck_assert_int_eq(acknowledge("index", 3), STATUS_USAGE);
    ck_assert_uint_eq(cursor_of("index"), 2);
    ck_assert_int_eq(acknowledge("", 1), STATUS_USAGE);
    ck_assert_int_eq(acknowledge("no spaces", 1), STATUS_USAGE);
    ck_assert(says("\"no spaces\" is no name"));
    ck_assert_int_eq(ask(QUESTION_ACKNOWLEDGE), STATUS_USAGE);
    ck_assert_int_eq(ask(QUESTION_EXPORT), STATUS_USAGE);
    close_answerer();
}
END_TEST

START_TEST(a_question_that_is_not_for_the_tables_is_refused)
{
    open_answerer(SEED);
    ck_assert_int_eq(ask(QUESTION_YIELD), STATUS_USAGE);
    close_answerer();
}
END_TEST

SUITE_MAIN("answer_export", a_consumer_gets_every_change_once_it_has_acknowledged_the_last,
           a_new_consumer_is_told_of_deletes_that_come_while_it_reads,
           an_item_has_what_an_index_needs, a_cursor_never_goes_back_nor_beyond_what_there_is,
           a_question_that_is_not_for_the_tables_is_refused)
