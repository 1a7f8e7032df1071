/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/pack.h"
#include "store_directory.h"

#include "store/database.h"

static const struct database_options plain = { .cache_bytes = 1 << 20 };
static const struct database_options locked = { .cache_bytes = 1 << 20, .use_locks = true };
static const struct database_options *const both[] = { &plain, &locked };

static struct database *open_database(const char *directory, const struct database_options *options)
{
    struct database *database = NULL;
    ck_assert_int_eq(database_open(&database, directory, options), STATUS_OK);
    return database;
}

static struct table *open_table(struct database *database, const char *name)
{
    struct table *table = NULL;
    ck_assert_int_eq(database_table(database, name, &table), STATUS_OK);
    return table;
}

START_TEST(what_was_committed_is_there_after_opening_again)
{
    for (size_t i = 0; i < 2; i++) {
        char *directory = directory_new();
        struct database *database = open_database(directory, both[i]);
        struct table *table = open_table(database, "things");
        struct txn *txn = database_begin(database);
        table_put(table, txn, BYTES("a"), BYTES("first"));
        table_put(table, txn, BYTES("a"), BYTES("second"));
        table_put(table, txn, BYTES("empty"), BYTES(""));
        database_commit(txn);
        txn = database_begin(database);
        table_put(table, txn, BYTES("a"), BYTES("undone"));
        ck_assert(table_delete(table, txn, BYTES("empty")));
        ck_assert(!table_delete(table, txn, BYTES("empty")));
        database_abort(txn);
        database_close(database);

        database = open_database(directory, both[1 - i]);
        table = open_table(database, "things");
        struct buf value;
        buf_init(&value, BUF_UNBOUNDED);
        ck_assert_int_eq(table_get(table, NULL, BYTES("a"), &value), STATUS_OK);
        ck_assert(bytes_equal(buf_bytes(&value), BYTES("second")));
        ck_assert_int_eq(table_get(table, NULL, BYTES("empty"), &value), STATUS_OK);
        ck_assert_uint_eq(value.length, 0);
        ck_assert_int_eq(table_get(table, NULL, BYTES("b"), &value), STATUS_NOT_FOUND);
        ck_assert(table_has(table, NULL, BYTES("empty")));
        ck_assert(!table_has(table, NULL, BYTES("b")));
        ck_assert_uint_eq(table_count(table), 2);
        buf_clear(&value);
        database_close(database);
        directory_remove(directory);
    }
}
END_TEST

SUITE_MAIN("database", what_was_committed_is_there_after_opening_again)
