/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/pack.h"
#include "store_directory.h"

#include "store/counters.h"

static const struct database_options options = { .cache_bytes = 1024 * 1024 };

static void put_record(struct database *database, struct bytes record)
{
    struct table *meta = NULL;
    ck_assert_int_eq(database_table(database, "meta", &meta), STATUS_OK);
    struct txn *txn = database_begin(database);
    table_put(meta, txn, BYTES("counters"), record);
    database_commit(txn);
}

START_TEST(numbers_that_are_given_out_begin_at_one_and_all_else_at_zero)
{
    char *directory = directory_new();
    struct database *database = NULL;
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    struct counters counters;
    ck_assert_int_eq(counters_load(&counters, database), STATUS_OK);
    for (int i = 0; i < COUNTER_COUNT; i++) {
        bool is_given_out =
            i == COUNTER_NEXT_DOCUMENT || i == COUNTER_NEXT_CHANGE || i == COUNTER_NEXT_HOST;
        ck_assert_msg(counters.values[i] == is_given_out, "%s", counter_word((enum counter)i));
    }
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(what_was_saved_is_loaded)
{
    char *directory = directory_new();
    struct database *database = NULL;
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    struct counters counters, loaded;
    for (uint64_t i = 0; i < COUNTER_COUNT; i++)
        counters.values[i] = UINT64_MAX >> i;
    struct txn *txn = database_begin(database);
    counters_save(&counters, txn, database);
    database_commit(txn);
    database_close(database);
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    ck_assert_int_eq(counters_load(&loaded, database), STATUS_OK);
    ck_assert_mem_eq(&loaded, &counters, sizeof(loaded));
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(a_record_of_another_version_gives_the_counters_that_both_know)
{
    char *directory = directory_new();
    struct database *database = NULL;
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    pack_bytes(&record, BYTES("fetches"));
    pack_number(&record, 7);
    pack_bytes(&record, BYTES("of_a_later_version"));
    pack_number(&record, 8);
    pack_bytes(&record, BYTES("links"));
    pack_number(&record, 9);
    put_record(database, buf_bytes(&record));
    struct counters counters;
    ck_assert_int_eq(counters_load(&counters, database), STATUS_OK);
    ck_assert_uint_eq(counters.values[COUNTER_FETCHES], 7);
    ck_assert_uint_eq(counters.values[COUNTER_LINKS], 9);
    ck_assert_uint_eq(counters.values[COUNTER_NEXT_CHANGE], 1);
    ck_assert_uint_eq(counters.values[COUNTER_HOSTS], 0);
    buf_clear(&record);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(a_damaged_record_is_refused)
{
    char *directory = directory_new();
    struct database *database = NULL;
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    put_record(database, BYTES("\x07"
                               "fetches"));
    struct counters counters;
    ck_assert_int_eq(counters_load(&counters, database), STATUS_DATA);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(every_counter_has_a_word_of_its_own)
{
    for (int i = 0; i < COUNTER_COUNT; i++)
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(counter_word((enum counter)i), counter_word((enum counter)j));
}
END_TEST

SUITE_MAIN("counters", numbers_that_are_given_out_begin_at_one_and_all_else_at_zero,
           what_was_saved_is_loaded, a_record_of_another_version_gives_the_counters_that_both_know,
           a_damaged_record_is_refused, every_counter_has_a_word_of_its_own)
