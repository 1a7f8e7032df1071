/* SPDX-License-Identifier: MIT */
#include "store/database.h"

#include <assert.h>
#include <db.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/pack.h"
#include "store/cache_memory.h"
#include "store/checksum.h"

enum {
    /* Never larger: a page that is larger than a block of the file system can be torn, and was. */
    PAGE_BYTES = 4096,
    LOG_BUFFER_BYTES = 4 * 1024 * 1024,
    /* The least that this log buffer allows, so that checkpoints soon find a whole file to remove.
     */
    LOG_FILE_BYTES = 4 * LOG_BUFFER_BYTES,
    /* Lock table: a batch of 256 pages touches some 10,000 table pages. */
    LOCKS_MOST = 200000,
    /* A failing disk says the same for every page; the first lines tell it all. */
    MESSAGES_MOST = 20,
    /* A cursor that is put aside keeps its memory up to here. */
    CURSOR_KEEP_BYTES = 1024 * 1024,
    CURSOR_START_BYTES = 256,
    CHECKPOINT_WAIT_NS = 1000000,
    /* Version of the layout of all tables together. */
    FORMAT = 1,
};

struct table {
    struct table *next;
    struct database *database;
    DB *handle;
    char *name;
};

struct txn {
    struct database *database;
    DB_TXN *handle; /* NULL while no transaction is open. */
    size_t cursors; /* Open in it. */
};

struct cursor {
    struct cursor *next; /* Among the idle ones. */
    struct table *table;
    struct txn *txn;
    DBC *handle;
    struct buf wanted; /* What is sought: a copy, because the caller may seek to cursor_key(). */
    struct buf key;
    struct buf value;
};

struct database {
    DB_ENV *environment;
    char *path;
    struct table *tables;
    struct cursor *idle_cursors;
    struct txn txn;
    bool is_read_only;
    atomic_uint messages;
    atomic_bool is_full;              /* A message of the library spoke of a full file system. */
    _Atomic uint64_t checkpointed_at; /* Log position where the last finished checkpoint began. */
};

/* ---- Failures */

/* Berkeley DB may turn ENOSPC into its own "run recovery"; its messages still name the cause. */
static enum status status_of(const struct database *database, int error)
{
    if (error == 0)
        return STATUS_OK;
    if (error == ENOSPC || error == EDQUOT || atomic_load(&database->is_full))
        return STATUS_NO_SPACE;
    if (error == DB_VERSION_MISMATCH || error == DB_OLD_VERSION)
        return STATUS_DATA;
    return error > 0 ? status_from_errno(error) : STATUS_IO;
}

/* A full file system is named as that, whatever the library makes of it. */
static const char *text_of(const struct database *database, int error)
{
    enum status status = status_of(database, error);
    return status == STATUS_NO_SPACE ? status_text(status) : db_strerror(error);
}

/* Says what was being done and to what, and ends the process: after a failed write the only safe
 * way on is recovery by the next process. No exit handler runs, because one might use the store. */
static _Noreturn void fatal(const struct database *database, const char *doing, const char *what,
                            int error)
{
    log_error("cannot %s %s: %s; stopping, the next run recovers", doing, what,
              text_of(database, error));
    _exit(status_exit_code(status_of(database, error) == STATUS_NO_SPACE ? STATUS_NO_SPACE
                                                                         : STATUS_IO));
}

static void check(const struct database *database, int error, const char *doing, const char *what)
{
    if (error)
        fatal(database, doing, what, error);
}

_Noreturn void table_damaged(const struct table *table)
{
    log_error("cannot read a record of table %s in %s: it is damaged", table->name,
              table->database->path);
    _exit(status_exit_code(STATUS_DATA));
}

static void hear_message(const DB_ENV *environment, const char *prefix, const char *message)
{
    (void)prefix;
    struct database *database = environment->app_private;
    if (strstr(message, db_strerror(ENOSPC)) || strstr(message, db_strerror(EDQUOT)))
        atomic_store(&database->is_full, true);
    unsigned count = atomic_fetch_add(&database->messages, 1);
    if (count < MESSAGES_MOST)
        log_warning("database %s: %s", database->path, message);
    else if (count == MESSAGES_MOST)
        log_warning("database %s: more such messages are left out", database->path);
}

/* ---- Opening and closing */

static _Thread_local bool is_checkpointing;

/* Stands in for the library's own sleep. A checkpoint that meets a page in use gives the user a
 * whole second before it looks again; our one writer is done with a page in microseconds, and fills
 * the log meanwhile. */
static int sleep_for_library(u_long seconds, u_long microseconds)
{
    struct timespec span = { (time_t)seconds, (long)microseconds * 1000 };
    if (is_checkpointing)
        span = (struct timespec){ 0, CHECKPOINT_WAIT_NS };
    return nanosleep(&span, NULL) == 0 ? 0 : errno;
}

static _Thread_local bool is_on_disk;

/* Stands in for the library's own sync. On closing it syncs each file, which the checkpoint before
 * has just done. */
static int sync_for_library(int file)
{
    return is_on_disk ? 0 : fdatasync(file);
}

/* Takes the place of the library's own, as the dynamic linker gives every library the functions
 * that the program has. The first argument is one for all its hashes, and not used. */
u_int32_t __ham_func4(DB *table, const void *data, u_int32_t length);
u_int32_t __ham_func4(DB *table, const void *data, u_int32_t length)
{
    (void)table;
    return checksum_of(bytes_of(data, length));
}

static int configure(struct database *database, const struct database_options *options)
{
    DB_ENV *environment = database->environment;
    environment->app_private = database;
    environment->set_errcall(environment, hear_message);
    uint64_t gibibytes = options->cache_bytes >> 30;
    uint64_t rest = options->cache_bytes & ((UINT64_C(1) << 30) - 1);
    int error = environment->set_cachesize(environment, (u_int32_t)gibibytes, (u_int32_t)rest, 1);
    if (!error)
        error = environment->set_mp_pagesize(environment, PAGE_BYTES);
    if (!error)
        error = environment->set_lg_bsize(environment, LOG_BUFFER_BYTES);
    if (!error)
        error = environment->set_lg_max(environment, LOG_FILE_BYTES);
    if (!error)
        error = environment->log_set_config(environment, DB_LOG_AUTO_REMOVE, 1);
    if (!error)
        error = environment->set_flags(environment, DB_TXN_WRITE_NOSYNC, 1);
    if (error || !options->use_locks)
        return error;
    error = environment->set_lk_detect(environment, DB_LOCK_MINWRITE);
    if (!error)
        error = environment->set_lk_max_locks(environment, LOCKS_MOST);
    if (!error)
        error = environment->set_lk_max_objects(environment, LOCKS_MOST);
    return error;
}

/* Where the log ends, as one rising number. */
static int log_position(struct database *database, uint64_t *position)
{
    DB_LOG_STAT *about = NULL;
    int error = database->environment->log_stat(database->environment, &about, 0);
    if (!error)
        *position = (uint64_t)about->st_cur_file * LOG_FILE_BYTES + about->st_cur_offset;
    free(about);
    return error;
}

static enum status open_environment(struct database *database,
                                    const struct database_options *options)
{
    if (mkdir(database->path, 0700) != 0 && errno != EEXIST) {
        int error = errno;
        log_error("cannot create %s: %s", database->path, strerror(error));
        return status_from_errno(error);
    }
    db_env_set_func_yield(sleep_for_library);
    db_env_set_func_fsync(sync_for_library);
    db_env_set_func_malloc(cache_memory_new);
    db_env_set_func_realloc(cache_memory_resize);
    db_env_set_func_free(cache_memory_free);
    int error = db_env_create(&database->environment, 0);
    /* What is handed to us is ours to free. */
    if (!error)
        error = database->environment->set_alloc(database->environment, malloc, realloc, free);
    if (!error)
        error = configure(database, options);
    u_int32_t flags = DB_CREATE | DB_PRIVATE | DB_THREAD | DB_RECOVER | DB_INIT_MPOOL |
                      DB_INIT_LOG | DB_INIT_TXN | (options->use_locks ? DB_INIT_LOCK : 0);
    if (!error)
        error = database->environment->open(database->environment, database->path, flags, 0600);
    uint64_t position = 0;
    if (!error)
        error = log_position(database, &position);
    atomic_store(&database->checkpointed_at, position);
    if (error)
        log_error("cannot open the database %s: %s", database->path, text_of(database, error));
    return status_of(database, error);
}

/* A store that a later version wrote is left alone. */
static enum status check_format(struct database *database)
{
    struct table *meta;
    enum status status = database_table(database, "meta", &meta);
    if (status)
        return status;
    struct buf value;
    buf_init(&value, BUF_UNBOUNDED);
    if (table_get(meta, NULL, BYTES("format"), &value) == STATUS_OK) {
        struct unpacker from = unpacker_of(buf_bytes(&value));
        uint64_t format = unpack_number(&from);
        if (from.is_bad || format > FORMAT) {
            log_error("the database %s is in a format that this version does not know",
                      database->path);
            status = STATUS_DATA;
        }
    } else if (!database->is_read_only) {
        pack_number(&value, FORMAT);
        struct txn *txn = database_begin(database);
        table_put(meta, txn, BYTES("format"), buf_bytes(&value));
        database_commit(txn);
    }
    buf_clear(&value);
    return status;
}

static void free_cursors(struct database *database)
{
    while (database->idle_cursors) {
        struct cursor *cursor = database->idle_cursors;
        database->idle_cursors = cursor->next;
        buf_clear(&cursor->wanted);
        buf_clear(&cursor->key);
        buf_clear(&cursor->value);
        free(cursor);
    }
}

/* Copes with a database that is half open. Tables need no sync of their own: either a checkpoint
 * wrote all pages before, or recovery will. */
static void release(struct database *database)
{
    free_cursors(database);
    while (database->tables) {
        struct table *table = database->tables;
        database->tables = table->next;
        table->handle->close(table->handle, DB_NOSYNC);
        free(table->name);
        free(table);
    }
    if (database->environment)
        database->environment->close(database->environment, 0);
    free(database->path);
    free(database);
}

enum status database_open(struct database **out, const char *directory,
                          const struct database_options *options)
{
    struct database *database = xcalloc(1, sizeof(*database));
    database->path = xasprintf("%s/db", directory);
    database->is_read_only = options->is_read_only;
    database->txn.database = database;
    enum status status = open_environment(database, options);
    if (!status)
        status = check_format(database);
    if (status) {
        release(database);
        return status;
    }
    *out = database;
    return STATUS_OK;
}

void database_close(struct database *database)
{
    if (!database)
        return;
    assert(!database->txn.handle);
    database_checkpoint(database);
    is_on_disk = true;
    release(database);
    is_on_disk = false;
}

static int open_handle(struct database *database, const char *name, DB **out)
{
    char *file = xasprintf("%s.db", name);
    int error = db_create(out, database->environment, 0);
    if (!error)
        error = (*out)->set_pagesize(*out, PAGE_BYTES);
    if (!error)
        error = (*out)->set_flags(*out, DB_CHKSUM);
    if (!error)
        error = (*out)->open(*out, NULL, file, NULL, DB_BTREE,
                             DB_CREATE | DB_THREAD | DB_AUTO_COMMIT, 0600);
    if (error && *out) {
        (*out)->close(*out, DB_NOSYNC);
        *out = NULL;
    }
    free(file);
    return error;
}

enum status database_table(struct database *database, const char *name, struct table **out)
{
    for (struct table *table = database->tables; table; table = table->next) {
        if (strcmp(table->name, name) == 0) {
            *out = table;
            return STATUS_OK;
        }
    }
    DB *handle = NULL;
    int error = open_handle(database, name, &handle);
    if (error) {
        log_error("cannot open table %s in %s: %s", name, database->path, text_of(database, error));
        return status_of(database, error);
    }
    struct table *table = xcalloc(1, sizeof(*table));
    *table = (struct table){ database->tables, database, handle, xstrdup(name) };
    database->tables = table;
    *out = table;
    return STATUS_OK;
}

/* ---- Transactions */

struct txn *database_begin(struct database *database)
{
    struct txn *txn = &database->txn;
    assert(!txn->handle && !database->is_read_only);
    check(database, database->environment->txn_begin(database->environment, NULL, &txn->handle, 0),
          "begin a transaction in", database->path);
    txn->cursors = 0;
    return txn;
}

/* The library frees its handle whatever it returns. */
static DB_TXN *take_handle(struct txn *txn)
{
    DB_TXN *handle = txn->handle;
    assert(handle && txn->cursors == 0);
    txn->handle = NULL;
    return handle;
}

void database_commit(struct txn *txn)
{
    DB_TXN *handle = take_handle(txn);
    check(txn->database, handle->commit(handle, 0), "commit to", txn->database->path);
}

void database_abort(struct txn *txn)
{
    DB_TXN *handle = take_handle(txn);
    check(txn->database, handle->abort(handle), "undo a transaction in", txn->database->path);
}

/* ---- What the keeper calls */

void database_flush(struct database *database)
{
    check(database, database->environment->log_flush(database->environment, NULL),
          "flush the log of", database->path);
}

/* Recovery starts where the checkpoint began, not where it ended: what was logged meanwhile counts.
 */
void database_checkpoint(struct database *database)
{
    uint64_t position = 0;
    check(database, log_position(database, &position), "look at the log of", database->path);
    is_checkpointing = true;
    int error = database->environment->txn_checkpoint(database->environment, 0, 0, 0);
    is_checkpointing = false;
    check(database, error, "checkpoint", database->path);
    atomic_store(&database->checkpointed_at, position);
}

uint64_t database_log_bytes(struct database *database)
{
    uint64_t position = 0;
    check(database, log_position(database, &position), "look at the log of", database->path);
    uint64_t since = atomic_load(&database->checkpointed_at);
    return position > since ? position - since : 0;
}

void database_trickle(struct database *database, int percent)
{
    int written = 0;
    check(database, database->environment->memp_trickle(database->environment, percent, &written),
          "write pages of", database->path);
}

/* ---- Records */

static DBT dbt_of(struct bytes bytes)
{
    assert(bytes.length <= UINT32_MAX);
    /* Input is never written to; the library's type has no const. */
    return (DBT){ .data = (void *)(uintptr_t)bytes.data, .size = (u_int32_t)bytes.length };
}

/* The library fills the buf's own memory, or says how much it needs. */
static DBT dbt_into(struct buf *buf)
{
    size_t room = buf->capacity > 0 ? buf->capacity - 1 : 0;
    return (DBT){ .data = buf->data,
                  .ulen = room > UINT32_MAX ? UINT32_MAX : (u_int32_t)room,
                  .flags = DB_DBT_USERMEM };
}

static void make_room(struct buf *buf, size_t length)
{
    buf_reset(buf);
    char *room = buf_reserve(buf, length);
    assert(room);
    (void)room;
}

static void set_length(struct buf *buf, size_t length)
{
    buf->length = length;
    if (buf->data)
        buf->data[length] = '\0';
}

/* A read without a transaction while one is open belongs to it: with locks it would wait for
 * itself. */
static struct txn *txn_of(struct table *table, struct txn *txn)
{
    struct txn *current = &table->database->txn;
    assert(!txn || (txn == current && txn->handle));
    return current->handle ? current : NULL;
}

static DB_TXN *handle_of(struct table *table, struct txn *txn)
{
    struct txn *current = txn_of(table, txn);
    return current ? current->handle : NULL;
}

enum status table_get(struct table *table, struct txn *txn, struct bytes key, struct buf *value)
{
    DBT wanted = dbt_of(key);
    DB_TXN *handle = handle_of(table, txn);
    buf_reset(value);
    for (;;) {
        DBT found = dbt_into(value);
        int error = table->handle->get(table->handle, handle, &wanted, &found, 0);
        if (error == DB_NOTFOUND)
            return STATUS_NOT_FOUND;
        if (error != DB_BUFFER_SMALL) {
            check(table->database, error, "read from table", table->name);
            set_length(value, found.size);
            return STATUS_OK;
        }
        make_room(value, found.size);
    }
}

bool table_has(struct table *table, struct txn *txn, struct bytes key)
{
    DBT wanted = dbt_of(key);
    int error = table->handle->exists(table->handle, handle_of(table, txn), &wanted, 0);
    if (error != DB_NOTFOUND)
        check(table->database, error, "read from table", table->name);
    return error == 0;
}

void table_put(struct table *table, struct txn *txn, struct bytes key, struct bytes value)
{
    assert(txn);
    DBT to = dbt_of(key);
    DBT what = dbt_of(value);
    check(table->database, table->handle->put(table->handle, handle_of(table, txn), &to, &what, 0),
          "write to table", table->name);
}

bool table_delete(struct table *table, struct txn *txn, struct bytes key)
{
    assert(txn);
    DBT which = dbt_of(key);
    int error = table->handle->del(table->handle, handle_of(table, txn), &which, 0);
    if (error != DB_NOTFOUND)
        check(table->database, error, "delete from table", table->name);
    return error == 0;
}

struct bytes number_key(uint64_t number, unsigned char room[NUMBER_KEY_BYTES])
{
    for (int i = 0; i < NUMBER_KEY_BYTES; i++)
        room[i] = (unsigned char)(number >> (56 - 8 * i));
    return bytes_of(room, NUMBER_KEY_BYTES);
}

uint64_t number_of_key(struct bytes key)
{
    struct unpacker from = unpacker_of(key);
    return unpack_be64(&from);
}

uint64_t table_count(struct table *table)
{
    struct cursor *cursor = cursor_open(table, NULL);
    DBT nothing = { .flags = DB_DBT_USERMEM | DB_DBT_PARTIAL };
    uint64_t count = 0;
    int error;
    while ((error = cursor->handle->get(cursor->handle, &nothing, &nothing, DB_NEXT)) == 0)
        count++;
    if (error != DB_NOTFOUND)
        check(table->database, error, "count table", table->name);
    cursor_close(cursor);
    return count;
}

double table_share_before(struct table *table, struct bytes key)
{
    DBT to = dbt_of(key);
    DB_KEY_RANGE range = { 0 };
    check(table->database,
          table->handle->key_range(table->handle, handle_of(table, NULL), &to, &range, 0),
          "look at table", table->name);
    return range.less;
}

/* ---- Cursors */

static struct cursor *take_cursor(struct database *database)
{
    struct cursor *cursor = database->idle_cursors;
    if (cursor) {
        database->idle_cursors = cursor->next;
        return cursor;
    }
    cursor = xcalloc(1, sizeof(*cursor));
    buf_init(&cursor->wanted, BUF_UNBOUNDED);
    buf_init(&cursor->key, BUF_UNBOUNDED);
    buf_init(&cursor->value, BUF_UNBOUNDED);
    make_room(&cursor->key, CURSOR_START_BYTES);
    make_room(&cursor->value, CURSOR_START_BYTES);
    return cursor;
}

struct cursor *cursor_open(struct table *table, struct txn *txn)
{
    struct cursor *cursor = take_cursor(table->database);
    cursor->table = table;
    cursor->txn = txn_of(table, txn);
    check(table->database,
          table->handle->cursor(table->handle, handle_of(table, txn), &cursor->handle, 0),
          "open a cursor in table", table->name);
    if (cursor->txn)
        cursor->txn->cursors++;
    buf_reset(&cursor->key);
    buf_reset(&cursor->value);
    return cursor;
}

void cursor_close(struct cursor *cursor)
{
    if (!cursor)
        return;
    struct database *database = cursor->table->database;
    check(database, cursor->handle->close(cursor->handle), "close a cursor in table",
          cursor->table->name);
    if (cursor->txn)
        cursor->txn->cursors--;
    if (cursor->value.capacity > CURSOR_KEEP_BYTES) {
        buf_clear(&cursor->value);
        make_room(&cursor->value, CURSOR_START_BYTES);
    }
    cursor->next = database->idle_cursors;
    database->idle_cursors = cursor;
}

/* `how` is the library's step. A record that does not fit leaves the cursor where it was, so the
 * step is repeated with more room; what is sought is set anew each time, as the key found may have
 * overwritten it. */
static bool cursor_step(struct cursor *cursor, u_int32_t how)
{
    for (;;) {
        buf_reset(&cursor->key);
        if (how == DB_SET_RANGE)
            buf_append_bytes(&cursor->key, buf_bytes(&cursor->wanted));
        DBT key = dbt_into(&cursor->key);
        key.size = (u_int32_t)cursor->key.length;
        DBT value = dbt_into(&cursor->value);
        int error = cursor->handle->get(cursor->handle, &key, &value, how);
        if (error == DB_BUFFER_SMALL) {
            make_room(&cursor->key, key.size);
            make_room(&cursor->value, value.size);
            continue;
        }
        if (error != DB_NOTFOUND)
            check(cursor->table->database, error, "read from table", cursor->table->name);
        set_length(&cursor->key, error ? 0 : key.size);
        set_length(&cursor->value, error ? 0 : value.size);
        return error == 0;
    }
}

bool cursor_seek(struct cursor *cursor, struct bytes key)
{
    buf_reset(&cursor->wanted);
    buf_append_bytes(&cursor->wanted, key);
    return cursor_step(cursor, DB_SET_RANGE);
}

bool cursor_next(struct cursor *cursor)
{
    return cursor_step(cursor, DB_NEXT);
}

bool cursor_last(struct cursor *cursor)
{
    return cursor_step(cursor, DB_LAST);
}

bool cursor_previous(struct cursor *cursor)
{
    return cursor_step(cursor, DB_PREV);
}

struct bytes cursor_key(const struct cursor *cursor)
{
    return buf_bytes(&cursor->key);
}

struct bytes cursor_value(const struct cursor *cursor)
{
    return buf_bytes(&cursor->value);
}

/* To the next record, of which only the key is read. */
static bool cursor_next_key(struct cursor *cursor)
{
    for (;;) {
        DBT key = dbt_into(&cursor->key);
        DBT nothing = { .flags = DB_DBT_USERMEM | DB_DBT_PARTIAL };
        int error = cursor->handle->get(cursor->handle, &key, &nothing, DB_NEXT);
        if (error == DB_BUFFER_SMALL) {
            make_room(&cursor->key, key.size);
            continue;
        }
        if (error != DB_NOTFOUND)
            check(cursor->table->database, error, "read from table", cursor->table->name);
        set_length(&cursor->key, error ? 0 : key.size);
        return error == 0;
    }
}

size_t table_delete_first(struct table *table, struct txn *txn, struct bytes last, size_t most)
{
    struct cursor *cursor = cursor_open(table, txn);
    size_t count = 0;
    while (count < most && cursor_next_key(cursor) &&
           bytes_compare(cursor_key(cursor), last) <= 0) {
        cursor_delete(cursor);
        count++;
    }
    cursor_close(cursor);
    return count;
}

void cursor_delete(struct cursor *cursor)
{
    assert(cursor->txn);
    check(cursor->table->database, cursor->handle->del(cursor->handle, 0), "delete from table",
          cursor->table->name);
}
