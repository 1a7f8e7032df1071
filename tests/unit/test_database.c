/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pack.h"
#include "store_directory.h"

#include "store/database.h"
#include "store/keeper.h"

enum { CACHE_BYTES = 1024 * 1024 };

static const struct database_options without_locks = { .cache_bytes = CACHE_BYTES };
static const struct database_options with_locks = { .cache_bytes = CACHE_BYTES, .use_locks = true };
static const struct database_options *const both[] = { &without_locks, &with_locks };

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

static void put(struct database *database, struct table *table, struct bytes key,
                struct bytes value)
{
    struct txn *txn = database_begin(database);
    table_put(table, txn, key, value);
    database_commit(txn);
}

/* The child's own: it must end by _exit, and says nothing on standard error. */
static pid_t fork_quietly(void)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(nowhere, STDERR_FILENO);
    }
    return child;
}

static int exit_code_of(pid_t child)
{
    int how = 0;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert_msg(WIFEXITED(how), "the child ended with wait status %#x", (unsigned)how);
    return WEXITSTATUS(how);
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

/* Bytes that are different for each number, as long as wanted. */
static struct bytes content_of(struct buf *buf, uint64_t number, size_t length)
{
    buf_reset(buf);
    uint64_t state = number * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (size_t i = 0; i < length; i++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407U;
        buf_append_char(buf, (char)(state >> 56));
    }
    return buf_bytes(buf);
}

START_TEST(records_of_any_length_come_back_whole_and_in_order)
{
    static const size_t lengths[] = { 0, 1, 255, 256, 1000, 4096, 5000, 20, 70000, 3, 300000 };
    enum { COUNT = sizeof(lengths) / sizeof(lengths[0]) };
    char *directory = directory_new();
    struct database *database = open_database(directory, &without_locks);
    struct table *table = open_table(database, "things");
    struct buf content, value;
    buf_init(&content, BUF_UNBOUNDED);
    buf_init(&value, BUF_UNBOUNDED);
    unsigned char room[NUMBER_KEY_BYTES];
    struct txn *txn = database_begin(database);
    for (size_t i = COUNT; i-- > 0;)
        table_put(table, txn, number_key(i << 30, room), content_of(&content, i, lengths[i]));
    database_commit(txn);

    struct cursor *cursor = cursor_open(table, NULL);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert(cursor_next(cursor));
        ck_assert_uint_eq(number_of_key(cursor_key(cursor)), (uint64_t)i << 30);
        ck_assert(bytes_equal(cursor_value(cursor), content_of(&content, i, lengths[i])));
    }
    ck_assert(!cursor_next(cursor));
    ck_assert(cursor_last(cursor));
    for (size_t i = COUNT - 1; i-- > 0;) {
        ck_assert(cursor_previous(cursor));
        ck_assert(bytes_equal(cursor_value(cursor), content_of(&content, i, lengths[i])));
    }
    ck_assert(!cursor_previous(cursor));
    cursor_close(cursor);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_int_eq(table_get(table, NULL, number_key(i << 30, room), &value), STATUS_OK);
        ck_assert(bytes_equal(buf_bytes(&value), content_of(&content, i, lengths[i])));
    }
    buf_clear(&content);
    buf_clear(&value);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(keys_may_be_longer_than_a_page)
{
    char *directory = directory_new();
    struct database *database = open_database(directory, &without_locks);
    struct table *table = open_table(database, "things");
    struct buf long_key;
    buf_init(&long_key, BUF_UNBOUNDED);
    struct bytes key = content_of(&long_key, 1, 9000);
    put(database, table, key, BYTES("long"));
    put(database, table, bytes_slice(key, 0, 8999), BYTES("shorter"));
    struct cursor *cursor = cursor_open(table, NULL);
    ck_assert(cursor_seek(cursor, bytes_slice(key, 0, 8999)));
    ck_assert(bytes_equal(cursor_value(cursor), BYTES("shorter")));
    ck_assert(cursor_next(cursor));
    ck_assert(bytes_equal(cursor_key(cursor), key));
    cursor_close(cursor);
    buf_clear(&long_key);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(a_cursor_seeks_to_the_first_key_that_is_not_below)
{
    static const struct {
        const char *sought;
        const char *found; /* NULL: the end. */
    } rows[] = {
        { "", "b" },  { "a", "b" }, { "b", "b" },     { "ba", "d" },
        { "c", "d" }, { "d", "d" }, { "dd", "dddd" }, { "e", NULL },
    };
    char *directory = directory_new();
    struct database *database = open_database(directory, &without_locks);
    struct table *table = open_table(database, "things");
    put(database, table, BYTES("d"), BYTES("2"));
    put(database, table, BYTES("b"), BYTES("1"));
    put(database, table, BYTES("dddd"), BYTES("3"));
    struct cursor *cursor = cursor_open(table, NULL);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_found = cursor_seek(cursor, bytes_from_string(rows[i].sought));
        ck_assert_msg(is_found == (rows[i].found != NULL), "row %zu", i);
        ck_assert_msg(bytes_equal(cursor_key(cursor), bytes_from_string(rows[i].found)), "row %zu",
                      i);
    }
    ck_assert(cursor_seek(cursor, BYTES("c")));
    ck_assert(cursor_seek(cursor, cursor_key(cursor)));
    ck_assert(bytes_equal(cursor_value(cursor), BYTES("2")));
    cursor_close(cursor);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(a_cursor_goes_on_behind_what_it_deleted)
{
    for (size_t i = 0; i < 2; i++) {
        char *directory = directory_new();
        struct database *database = open_database(directory, both[i]);
        struct table *table = open_table(database, "things");
        struct txn *txn = database_begin(database);
        unsigned char room[NUMBER_KEY_BYTES];
        for (uint64_t number = 1; number <= 1000; number++)
            table_put(table, txn, number_key(number, room), BYTES("x"));
        struct cursor *cursor = cursor_open(table, txn);
        while (cursor_next(cursor))
            if (number_of_key(cursor_key(cursor)) % 2 == 0)
                cursor_delete(cursor);
        cursor_close(cursor);
        database_commit(txn);
        ck_assert_uint_eq(table_count(table), 500);
        ck_assert(table_has(table, NULL, number_key(999, room)));
        ck_assert(!table_has(table, NULL, number_key(1000, room)));
        database_close(database);
        directory_remove(directory);
    }
}
END_TEST

/* Values of many pages among them. */
START_TEST(the_first_records_are_deleted_up_to_a_key)
{
    enum { LONG = 20000 };
    static const char value[LONG];
    for (size_t i = 0; i < 2; i++) {
        char *directory = directory_new();
        struct database *database = open_database(directory, both[i]);
        struct table *table = open_table(database, "things");
        unsigned char room[NUMBER_KEY_BYTES];
        struct txn *txn = database_begin(database);
        for (uint64_t number = 10; number <= 100; number += 10)
            table_put(table, txn, number_key(number, room),
                      bytes_of(value, number % 20 == 0 ? LONG : 1));
        ck_assert_uint_eq(table_delete_first(table, txn, number_key(9, room), 5), 0);
        ck_assert_uint_eq(table_delete_first(table, txn, number_key(55, room), 3), 3);
        ck_assert_uint_eq(table_delete_first(table, txn, number_key(60, room), 5), 3);
        database_commit(txn);
        ck_assert_uint_eq(table_count(table), 4);
        ck_assert(!table_has(table, NULL, number_key(60, room)));
        ck_assert(table_has(table, NULL, number_key(70, room)));
        txn = database_begin(database);
        ck_assert_uint_eq(table_delete_first(table, txn, number_key(1000, room), 5), 4);
        database_abort(txn);
        ck_assert_uint_eq(table_count(table), 4);
        database_close(database);
        directory_remove(directory);
    }
}
END_TEST

START_TEST(a_read_while_a_transaction_is_open_sees_what_it_wrote)
{
    for (size_t i = 0; i < 2; i++) {
        char *directory = directory_new();
        struct database *database = open_database(directory, both[i]);
        struct table *table = open_table(database, "things");
        struct txn *txn = database_begin(database);
        table_put(table, txn, BYTES("new"), BYTES("1"));
        ck_assert(table_has(table, NULL, BYTES("new")));
        struct cursor *cursor = cursor_open(table, NULL);
        ck_assert(cursor_next(cursor));
        table_put(table, txn, BYTES("other"), BYTES("2"));
        ck_assert(cursor_next(cursor));
        cursor_close(cursor);
        ck_assert_uint_eq(table_count(table), 2);
        database_commit(txn);
        database_close(database);
        directory_remove(directory);
    }
}
END_TEST

START_TEST(the_share_of_a_table_before_a_key_is_about_right)
{
    enum { RECORDS = 100000 };
    char *directory = directory_new();
    struct database *database = open_database(directory, &without_locks);
    struct table *table = open_table(database, "things");
    unsigned char room[NUMBER_KEY_BYTES];
    ck_assert_double_eq(table_share_before(table, BYTES("x")), 0);
    struct txn *txn = database_begin(database);
    /* Up from the middle and down from there: pages end up full on one side and half full on the
     * other. */
    for (uint64_t i = 0; i < RECORDS; i++) {
        uint64_t number = i % 2 ? RECORDS / 2 + i / 2 : RECORDS / 2 - i / 2 - 1;
        table_put(table, txn, number_key(number, room),
                  BYTES("some forty bytes, as a revisit may have"));
    }
    database_commit(txn);
    double worst = 0;
    for (uint64_t number = 0; number <= RECORDS; number += RECORDS / 100) {
        double share = table_share_before(table, number_key(number, room));
        double error = share - (double)number / RECORDS;
        worst = error > worst ? error : -error > worst ? -error : worst;
    }
    ck_assert_double_le(worst, 0.2);
    ck_assert_double_eq(table_share_before(table, number_key(0, room)), 0);
    ck_assert_double_ge(table_share_before(table, number_key(RECORDS, room)), 0.999);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(a_table_is_opened_once_in_pages_of_4_KiB)
{
    char *directory = directory_new();
    struct database *database = open_database(directory, &without_locks);
    struct table *table = open_table(database, "things");
    ck_assert_ptr_eq(open_table(database, "things"), table);
    ck_assert_ptr_ne(open_table(database, "others"), table);
    database_close(database);

    char *path = xasprintf("%s/db/things.db", directory);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    unsigned char meta[24];
    ck_assert_uint_eq(fread(meta, 1, sizeof(meta), file), sizeof(meta));
    fclose(file);
    uint32_t page_bytes;
    memcpy(&page_bytes, meta + 20, sizeof(page_bytes));
    ck_assert_uint_eq(page_bytes, 4096);
    free(path);
    directory_remove(directory);
}
END_TEST

START_TEST(number_keys_lie_in_the_order_of_their_numbers)
{
    static const uint64_t numbers[] = { 0, 1, 255, 256, 65535, UINT64_C(1) << 32, UINT64_MAX };
    unsigned char room[NUMBER_KEY_BYTES], next_room[NUMBER_KEY_BYTES];
    for (size_t i = 0; i + 1 < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct bytes key = number_key(numbers[i], room);
        ck_assert_uint_eq(number_of_key(key), numbers[i]);
        ck_assert_int_lt(bytes_compare(key, number_key(numbers[i + 1], next_room)), 0);
    }
}
END_TEST

START_TEST(opening_says_what_is_wrong)
{
    struct database *database = NULL;
    ck_assert_int_eq(database_open(&database, "/nowhere/at/all", &without_locks), STATUS_NO_INPUT);
    ck_assert_ptr_null(database);

    char *directory = directory_new();
    database = open_database(directory, &without_locks);
    struct buf format;
    buf_init(&format, BUF_UNBOUNDED);
    pack_number(&format, 1000);
    put(database, open_table(database, "meta"), BYTES("format"), buf_bytes(&format));
    database_close(database);
    database = NULL;
    ck_assert_int_eq(database_open(&database, directory, &without_locks), STATUS_DATA);
    ck_assert_ptr_null(database);
    buf_clear(&format);
    directory_remove(directory);
}
END_TEST

START_TEST(a_checkpoint_leaves_nothing_for_recovery_to_read)
{
    char *directory = directory_new();
    struct database *database = open_database(directory, &without_locks);
    struct table *table = open_table(database, "things");
    struct buf content;
    buf_init(&content, BUF_UNBOUNDED);
    database_checkpoint(database);
    uint64_t before = database_log_bytes(database);
    put(database, table, BYTES("a"), content_of(&content, 1, 500000));
    ck_assert_uint_ge(database_log_bytes(database), before + 500000);
    database_trickle(database, 100);
    database_flush(database);
    database_checkpoint(database);
    ck_assert_uint_lt(database_log_bytes(database), 10000);
    buf_clear(&content);
    database_close(database);
    directory_remove(directory);
}
END_TEST

START_TEST(the_log_is_removed_once_it_was_checkpointed)
{
    char *directory = directory_new();
    struct database *database = open_database(directory, &without_locks);
    struct table *table = open_table(database, "things");
    struct buf content;
    buf_init(&content, BUF_UNBOUNDED);
    struct bytes value = content_of(&content, 1, 1 << 20);
    for (int i = 0; i < 40; i++)
        put(database, table, BYTES("a"), value);
    database_checkpoint(database);
    database_close(database);
    char *first = xasprintf("%s/db/log.0000000001", directory);
    ck_assert_int_ne(access(first, F_OK), 0);
    free(first);
    buf_clear(&content);
    directory_remove(directory);
}
END_TEST

START_TEST(a_store_opened_to_be_read_shows_all_and_changes_nothing)
{
    static const struct database_options reading = { .cache_bytes = CACHE_BYTES,
                                                     .is_read_only = true };
    char *directory = directory_new();
    struct database *database = open_database(directory, &without_locks);
    put(database, open_table(database, "things"), BYTES("a"), BYTES("1"));
    database_close(database);
    database = open_database(directory, &reading);
    ck_assert(table_has(open_table(database, "things"), NULL, BYTES("a")));
    database_close(database);
    directory_remove(directory);
}
END_TEST

/* ---- Death at any moment */

/* Transaction n puts record n into two tables and, every fifth time, takes record n - 3 out of
 * both. */
static bool is_there_after(uint64_t number, uint64_t last)
{
    return number >= 1 && number <= last && ((number + 3) % 5 != 0 || number + 3 > last);
}

static size_t length_of(uint64_t number)
{
    return 200 + number * 7919 % 20000;
}

static void write_until_killed(const char *directory, const struct database_options *options,
                               uint64_t number, int acknowledge)
{
    struct database *database = open_database(directory, options);
    struct table *one = open_table(database, "one");
    struct table *two = open_table(database, "two");
    keeper_start(database, 1 << 20);
    struct buf content;
    buf_init(&content, BUF_UNBOUNDED);
    unsigned char room[NUMBER_KEY_BYTES];
    for (;; number++) {
        struct bytes value = content_of(&content, number, length_of(number));
        struct txn *txn = database_begin(database);
        table_put(one, txn, number_key(number, room), value);
        table_put(two, txn, number_key(number, room), value);
        if (number % 5 == 0) {
            table_delete(one, txn, number_key(number - 3, room));
            table_delete(two, txn, number_key(number - 3, room));
        }
        database_commit(txn);
        if (write(acknowledge, &number, sizeof(number)) != sizeof(number))
            _exit(1);
    }
}

/* Kills the writer behind its `count`th acknowledgement; returns the last that it gave. */
static uint64_t write_and_kill(const char *directory, const struct database_options *options,
                               uint64_t first, uint64_t count)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork_quietly();
    if (child == 0) {
        close(ends[0]); /* So that it ends with its reader, whatever ends that. */
        write_until_killed(directory, options, first, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    uint64_t acknowledged = 0, number;
    while (read(ends[0], &number, sizeof(number)) == sizeof(number)) {
        acknowledged = number;
        if (number == first + count)
            kill(child, SIGKILL);
    }
    close(ends[0]);
    int how = 0;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    return acknowledged;
}

static void check_table(struct table *table, uint64_t last)
{
    struct buf content;
    buf_init(&content, BUF_UNBOUNDED);
    struct cursor *cursor = cursor_open(table, NULL);
    for (uint64_t number = 1; number <= last; number++) {
        if (!is_there_after(number, last))
            continue;
        ck_assert(cursor_next(cursor));
        ck_assert_uint_eq(number_of_key(cursor_key(cursor)), number);
        ck_assert(
            bytes_equal(cursor_value(cursor), content_of(&content, number, length_of(number))));
    }
    ck_assert(!cursor_next(cursor));
    cursor_close(cursor);
    buf_clear(&content);
}

/* The last transaction that is in the store: the one acknowledged last, or the one behind it. */
static uint64_t check_after_kill(const char *directory, const struct database_options *options,
                                 uint64_t acknowledged)
{
    struct database *database = open_database(directory, options);
    struct table *one = open_table(database, "one");
    struct cursor *cursor = cursor_open(one, NULL);
    uint64_t last = cursor_last(cursor) ? number_of_key(cursor_key(cursor)) : 0;
    cursor_close(cursor);
    ck_assert_uint_ge(last, acknowledged);
    ck_assert_uint_le(last, acknowledged + 1);
    check_table(one, last);
    check_table(open_table(database, "two"), last);
    database_close(database);
    return last;
}

START_TEST(a_kill_loses_nothing_that_was_committed_and_keeps_transactions_whole)
{
    static const uint64_t counts[] = { 40, 333, 0, 150 };
    for (size_t i = 0; i < 2; i++) {
        char *directory = directory_new();
        uint64_t last = 0;
        for (size_t round = 0; round < sizeof(counts) / sizeof(counts[0]); round++) {
            uint64_t acknowledged = write_and_kill(directory, both[i], last + 1, counts[round]);
            ck_assert_uint_ge(acknowledged, last + 1 + counts[round]);
            last = check_after_kill(directory, both[i], acknowledged);
        }
        directory_remove(directory);
    }
}
END_TEST

/* ---- Failing disks */

START_TEST(a_write_that_fails_ends_the_process_with_its_exit_code)
{
    char *directory = directory_new();
    pid_t child = fork_quietly();
    if (child == 0) {
        struct database *database = open_database(directory, &without_locks);
        struct table *table = open_table(database, "things");
        struct rlimit most = { 200000, 200000 };
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &most);
        struct buf content;
        buf_init(&content, BUF_UNBOUNDED);
        struct bytes value = content_of(&content, 1, 100000);
        for (int i = 0; i < 5; i++)
            put(database, table, BYTES("a"), value);
        database_flush(database);
        _exit(0);
    }
    ck_assert_int_eq(exit_code_of(child), status_exit_code(STATUS_IO));
    directory_remove(directory);
}
END_TEST

START_TEST(a_damaged_page_ends_the_process_instead_of_giving_wrong_bytes)
{
    char *directory = directory_new();
    struct database *database = open_database(directory, &without_locks);
    put(database, open_table(database, "things"), BYTES("key"), BYTES("the value as written"));
    database_close(database);

    char *path = xasprintf("%s/db/things.db", directory);
    int file = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(file, 0);
    char page[4096];
    ck_assert_int_eq(pread(file, page, sizeof(page), 4096), sizeof(page));
    char *value = memmem(page, sizeof(page), "as written", 10);
    ck_assert_ptr_nonnull(value);
    *value ^= 1;
    ck_assert_int_eq(pwrite(file, page, sizeof(page), 4096), sizeof(page));
    close(file);

    pid_t child = fork_quietly();
    if (child == 0) {
        struct buf found;
        buf_init(&found, BUF_UNBOUNDED);
        database = open_database(directory, &without_locks);
        table_get(open_table(database, "things"), NULL, BYTES("key"), &found);
        _exit(0);
    }
    ck_assert_int_eq(exit_code_of(child), status_exit_code(STATUS_IO));
    free(path);
    directory_remove(directory);
}
END_TEST

START_TEST(a_record_that_its_module_cannot_read_ends_the_process)
{
    char *directory = directory_new();
    pid_t child = fork_quietly();
    if (child == 0)
        table_damaged(open_table(open_database(directory, &without_locks), "things"));
    ck_assert_int_eq(exit_code_of(child), status_exit_code(STATUS_DATA));
    directory_remove(directory);
}
END_TEST

/* A file system of its own on the directory, for this process and its children alone. */
static bool mount_small(const char *directory, const char *options)
{
    return unshare(CLONE_NEWNS) == 0 &&
           mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("forage", directory, "tmpfs", 0, options) == 0;
}

static void fill_file_system(const char *directory)
{
    char *path = xasprintf("%s/filler", directory);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_ge(file, 0);
    static const char zeros[4096];
    while (write(file, zeros, sizeof(zeros)) > 0)
        continue;
    close(file);
    free(path);
}

static uint64_t write_until_full(const char *directory)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork_quietly();
    if (child == 0) {
        close(ends[0]);
        write_until_killed(directory, &without_locks, 1, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    uint64_t acknowledged = 0, number;
    while (read(ends[0], &number, sizeof(number)) == sizeof(number))
        acknowledged = number;
    close(ends[0]);
    ck_assert_int_eq(exit_code_of(child), status_exit_code(STATUS_NO_SPACE));
    return acknowledged;
}

static void open_on_a_full_file_system(const char *directory)
{
    char *inner = xasprintf("%s/inner", directory);
    ck_assert_int_eq(mkdir(inner, 0700), 0);
    fill_file_system(directory);
    struct database *database = NULL;
    ck_assert_int_eq(database_open(&database, inner, &without_locks), STATUS_NO_SPACE);
    free(inner);
}

START_TEST(a_full_file_system_ends_the_process_and_more_room_brings_all_back)
{
    enum { CANNOT_MOUNT = 77 };
    char *directory = directory_new();
    pid_t child = fork_quietly();
    if (child == 0) {
        if (!mount_small(directory, "size=24m"))
            _exit(CANNOT_MOUNT);
        uint64_t acknowledged = write_until_full(directory);
        ck_assert_uint_gt(acknowledged, 10);
        open_on_a_full_file_system(directory);
        ck_assert_int_eq(mount(NULL, directory, "tmpfs", MS_REMOUNT, "size=256m"), 0);
        check_after_kill(directory, &without_locks, acknowledged);
        _exit(0);
    }
    int code = exit_code_of(child);
    /* Who is not root may not mount; the test before last shows him a failing write. */
    ck_assert_msg(code == 0 || code == CANNOT_MOUNT, "exit code %d", code);
    directory_remove(directory);
}
END_TEST

SUITE_MAIN("database", what_was_committed_is_there_after_opening_again,
           records_of_any_length_come_back_whole_and_in_order, keys_may_be_longer_than_a_page,
           a_cursor_seeks_to_the_first_key_that_is_not_below,
           a_cursor_goes_on_behind_what_it_deleted, the_first_records_are_deleted_up_to_a_key,
           a_read_while_a_transaction_is_open_sees_what_it_wrote,
           the_share_of_a_table_before_a_key_is_about_right,
           a_table_is_opened_once_in_pages_of_4_KiB, number_keys_lie_in_the_order_of_their_numbers,
           opening_says_what_is_wrong, a_checkpoint_leaves_nothing_for_recovery_to_read,
           the_log_is_removed_once_it_was_checkpointed,
           a_store_opened_to_be_read_shows_all_and_changes_nothing,
           a_kill_loses_nothing_that_was_committed_and_keeps_transactions_whole,
           a_write_that_fails_ends_the_process_with_its_exit_code,
           a_damaged_page_ends_the_process_instead_of_giving_wrong_bytes,
           a_record_that_its_module_cannot_read_ends_the_process,
           a_full_file_system_ends_the_process_and_more_room_brings_all_back)
