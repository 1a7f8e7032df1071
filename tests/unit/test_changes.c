/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <sys/wait.h>
#include <unistd.h>

#include "store_directory.h"

#include "store/changes.h"

static const struct database_options options = { .cache_bytes = 1024 * 1024 };

struct fixture {
    char *directory;
    struct database *database;
    struct change_feed *feed;
    struct counters counters;
    struct buf scratch;
};

static void open_fixture(struct fixture *fixture)
{
    ck_assert_int_eq(database_open(&fixture->database, fixture->directory, &options), STATUS_OK);
    ck_assert_int_eq(change_feed_open(&fixture->feed, fixture->database), STATUS_OK);
    ck_assert_int_eq(counters_load(&fixture->counters, fixture->database), STATUS_OK);
    buf_init(&fixture->scratch, BUF_UNBOUNDED);
}

static void close_fixture(struct fixture *fixture)
{
    change_feed_close(fixture->feed);
    database_close(fixture->database);
    buf_clear(&fixture->scratch);
}

static struct fixture fixture_new(void)
{
    struct fixture fixture = { .directory = directory_new() };
    open_fixture(&fixture);
    return fixture;
}

static void fixture_free(struct fixture *fixture)
{
    close_fixture(fixture);
    directory_remove(fixture->directory);
}

static uint64_t append(struct fixture *fixture, uint64_t document, enum change_op op,
                       enum change_reason reason, uint64_t previous)
{
    struct change change = { .number = 12345,
                             .document = document,
                             .op = op,
                             .reason = reason,
                             .at_ms = 1790000000000 + (int64_t)document,
                             .url = BYTES("https://example.org/") };
    struct txn *txn = database_begin(fixture->database);
    uint64_t number = change_append(fixture->feed, txn, &fixture->counters, &change, previous);
    counters_save(&fixture->counters, txn, fixture->database);
    database_commit(txn);
    return number;
}

START_TEST(changes_are_numbered_from_one_and_read_in_order)
{
    struct fixture fixture = fixture_new();
    for (uint64_t document = 1; document <= 300; document++)
        ck_assert_uint_eq(append(&fixture, document, CHANGE_UPSERT, CHANGE_REASON_NEW, 0),
                          document);
    struct change change;
    uint64_t after = 0;
    for (uint64_t document = 1; document <= 300; document++) {
        ck_assert(change_after(fixture.feed, after, &change, &fixture.scratch));
        ck_assert_uint_eq(change.number, document);
        ck_assert_uint_eq(change.document, document);
        ck_assert_int_eq(change.op, CHANGE_UPSERT);
        ck_assert_int_eq(change.reason, CHANGE_REASON_NEW);
        ck_assert_int_eq(change.at_ms, 1790000000000 + (int64_t)document);
        ck_assert(bytes_equal(change.url, BYTES("https://example.org/")));
        after = change.number;
    }
    ck_assert(!change_after(fixture.feed, after, &change, &fixture.scratch));
    ck_assert(!change_after(fixture.feed, UINT64_MAX, &change, &fixture.scratch));
    fixture_free(&fixture);
}
END_TEST

START_TEST(a_newer_change_of_a_document_takes_the_place_of_its_older_one)
{
    struct fixture fixture = fixture_new();
    uint64_t first = append(&fixture, 7, CHANGE_UPSERT, CHANGE_REASON_NEW, 0);
    uint64_t other = append(&fixture, 8, CHANGE_UPSERT, CHANGE_REASON_NEW, 0);
    uint64_t second = append(&fixture, 7, CHANGE_DELETE, CHANGE_REASON_GONE, first);
    ck_assert_uint_gt(second, other);
    struct change change;
    ck_assert(change_after(fixture.feed, 0, &change, &fixture.scratch));
    ck_assert_uint_eq(change.number, other);
    ck_assert(change_after(fixture.feed, other, &change, &fixture.scratch));
    ck_assert_uint_eq(change.number, second);
    ck_assert_int_eq(change.op, CHANGE_DELETE);
    ck_assert_int_eq(change.reason, CHANGE_REASON_GONE);
    ck_assert_uint_eq(changes_pending(fixture.feed, 0, 100), 2);
    fixture_free(&fixture);
}
END_TEST

START_TEST(a_number_is_never_given_twice_even_where_all_entries_are_gone)
{
    struct fixture fixture = fixture_new();
    uint64_t number = append(&fixture, 1, CHANGE_UPSERT, CHANGE_REASON_NEW, 0);
    for (int i = 0; i < 3; i++) {
        close_fixture(&fixture);
        open_fixture(&fixture);
        uint64_t next = append(&fixture, 1, CHANGE_UPSERT, CHANGE_REASON_CHANGED, number);
        ck_assert_uint_gt(next, number);
        number = next;
        ck_assert_uint_eq(changes_pending(fixture.feed, 0, 100), 1);
    }
    fixture_free(&fixture);
}
END_TEST

START_TEST(pending_changes_are_counted_up_to_the_most)
{
    struct fixture fixture = fixture_new();
    for (uint64_t document = 1; document <= 10; document++)
        append(&fixture, document, CHANGE_UPSERT, CHANGE_REASON_NEW, 0);
    static const struct {
        uint64_t after, most, count;
    } rows[] = { { 0, 100, 10 }, { 0, 10, 10 },  { 0, 3, 3 },          { 0, 0, 0 },
                 { 4, 100, 6 },  { 10, 100, 0 }, { UINT64_MAX, 1, 0 }, { 99, 5, 0 } };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(changes_pending(fixture.feed, rows[i].after, rows[i].most) == rows[i].count,
                      "row %zu", i);
    fixture_free(&fixture);
}
END_TEST

static void note_consumer(void *owner, const char *name, uint64_t cursor, int64_t at_ms)
{
    buf_printf(owner, "%s %d %d\n", name, (int)cursor, (int)at_ms);
}

START_TEST(consumers_keep_their_cursors_and_are_walked_by_name)
{
    struct fixture fixture = fixture_new();
    uint64_t cursor = 99;
    ck_assert_int_eq(consumer_get(fixture.feed, "solr", &cursor), STATUS_NOT_FOUND);
    static const char longest[] =
        "a234567890123456789012345678901234567890123456789012345678901234";
    struct txn *txn = database_begin(fixture.database);
    consumer_put(fixture.feed, txn, "solr", 3, 1000);
    consumer_put(fixture.feed, txn, "Elastic", 0, 2000);
    consumer_put(fixture.feed, txn, longest, 1, 4000);
    consumer_put(fixture.feed, txn, "solr", 5, 3000);
    database_commit(txn);
    close_fixture(&fixture);
    open_fixture(&fixture);
    ck_assert_int_eq(consumer_get(fixture.feed, "solr", &cursor), STATUS_OK);
    ck_assert_uint_eq(cursor, 5);
    struct buf seen;
    buf_init(&seen, BUF_UNBOUNDED);
    consumers_walk(fixture.feed, note_consumer, &seen);
    char *wanted = xasprintf("Elastic 0 2000\n%s 1 4000\nsolr 5 3000\n", longest);
    ck_assert_str_eq(seen.data, wanted);
    free(wanted);
    buf_clear(&seen);
    fixture_free(&fixture);
}
END_TEST

START_TEST(a_consumers_name_is_short_and_plain)
{
    static const struct {
        const char *name;
        bool is_valid;
    } rows[] = {
        { "solr", true },
        { "A-z_0.9", true },
        { ".", true },
        { "", false },
        { "two words", false },
        { "a/b", false },
        { "caf\xc3\xa9", false },
        { "a\n", false },
        { "1234567890123456789012345678901234567890123456789012345678901234", true },
        { "12345678901234567890123456789012345678901234567890123456789012345", false },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(consumer_name_is_valid(rows[i].name) == rows[i].is_valid, "row %zu", i);
}
END_TEST

START_TEST(every_reason_has_its_word)
{
    ck_assert_str_eq(change_reason_word(CHANGE_REASON_NEW), "new");
    ck_assert_str_eq(change_reason_word(CHANGE_REASON_MOVED), "moved-to");
    ck_assert_str_eq(change_reason_word(CHANGE_REASON_FORGOTTEN), "forgotten");
}
END_TEST

START_TEST(a_damaged_change_ends_the_process_rather_than_being_skipped)
{
    static const struct bytes records[] = {
        BYTES(""),                     /* Nothing. */
        BYTES("\x02\x07\x00\x00\x00"), /* A later format. */
        BYTES("\x01\x07\x02\x00\x00"), /* No such operation. */
        BYTES("\x01\x07\x00\x63\x00"), /* No such reason. */
        BYTES("\x01\x07\x00"),         /* Cut. */
    };
    struct fixture fixture = { .directory = directory_new() };
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            open_fixture(&fixture);
            struct table *changes = NULL;
            database_table(fixture.database, "changes", &changes);
            unsigned char room[NUMBER_KEY_BYTES];
            struct txn *txn = database_begin(fixture.database);
            table_put(changes, txn, number_key(1, room), records[i]);
            database_commit(txn);
            struct change change;
            close(STDERR_FILENO);
            change_after(fixture.feed, 0, &change, &fixture.scratch);
            _exit(0);
        }
        int how = 0;
        ck_assert_int_eq(waitpid(child, &how, 0), child);
        ck_assert_msg(WIFEXITED(how) && WEXITSTATUS(how) == status_exit_code(STATUS_DATA),
                      "row %zu", i);
    }
    directory_remove(fixture.directory);
}
END_TEST

SUITE_MAIN("changes", changes_are_numbered_from_one_and_read_in_order,
           a_newer_change_of_a_document_takes_the_place_of_its_older_one,
           a_number_is_never_given_twice_even_where_all_entries_are_gone,
           pending_changes_are_counted_up_to_the_most,
           consumers_keep_their_cursors_and_are_walked_by_name, a_consumers_name_is_short_and_plain,
           every_reason_has_its_word, a_damaged_change_ends_the_process_rather_than_being_skipped)
