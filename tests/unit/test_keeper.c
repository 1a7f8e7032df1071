/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <sched.h>

#include "store_directory.h"

#include "store/keeper.h"

static const struct database_options options = { .cache_bytes = 1024 * 1024 };

static void put_large(struct database *database, unsigned count)
{
    static char value[100000];
    struct table *table = NULL;
    ck_assert_int_eq(database_table(database, "things", &table), STATUS_OK);
    for (unsigned i = 0; i < count; i++) {
        unsigned char room[NUMBER_KEY_BYTES];
        struct txn *txn = database_begin(database);
        table_put(table, txn, number_key(i, room), bytes_of(value, sizeof(value)));
        database_commit(txn);
    }
}

START_TEST(the_keeper_checkpoints_once_the_log_is_long_enough)
{
    char *directory = directory_new();
    struct database *database = NULL;
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    struct keeper *keeper = keeper_start(database, 300000);
    put_large(database, 20);
    /* A keeper that never does it ends in the suite's timeout. */
    while (database_log_bytes(database) > 300000)
        sched_yield();
    keeper_stop(keeper);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(the_keeper_leaves_a_short_log_alone)
{
    char *directory = directory_new();
    struct database *database = NULL;
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    struct keeper *keeper = keeper_start(database, 100000000);
    put_large(database, 20);
    keeper_stop(keeper);
    ck_assert_uint_ge(database_log_bytes(database), 20 * 100000);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(the_keeper_stops_when_told_and_not_a_turn_later)
{
    char *directory = directory_new();
    struct database *database = NULL;
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    /* Two thousand turns would outlast the suite's timeout. */
    for (int i = 0; i < 2000; i++)
        keeper_stop(keeper_start(database, 1000000));
    keeper_stop(NULL);
    database_close(database);
    directory_remove(directory);
}
END_TEST

SUITE_MAIN("keeper", the_keeper_checkpoints_once_the_log_is_long_enough,
           the_keeper_leaves_a_short_log_alone, the_keeper_stops_when_told_and_not_a_turn_later)
