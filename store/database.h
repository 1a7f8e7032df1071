/* SPDX-License-Identifier: MIT
 *
 * database - the Berkeley DB environment and its tables. The door to db.h.
 *
 * One process owns the environment (DB_PRIVATE); whoever opens it holds the crawl directory's lock
 * (store/lock.h). One thread alone works on tables and transactions; the keeper (store/keeper.h)
 * calls only database_flush, database_checkpoint and database_trickle, which are safe beside it.
 *
 * 4 KiB pages with checksums, DB_TXN_WRITE_NOSYNC commits: what was committed survives the death of
 * the process; what was also flushed survives a power cut. Once the database is open, a failed
 * commit, ENOSPC, EIO or a panic of the library ends the process with its exit code: going on
 * damages data, stopping does not. Opening is different: it returns what is wrong.
 */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/status.h"

struct database;
struct table;
struct txn;
struct cursor;

struct database_options {
    uint64_t cache_bytes;
    bool use_locks;    /* DB_INIT_LOCK; one thread works on tables, so it is not needed. */
    bool is_read_only; /* No transaction will be begun; the environment is still recovered. */
};

/* Opens or creates the environment in directory/db (made with mode 0700), running recovery. */
enum status database_open(struct database **out, const char *directory,
                          const struct database_options *options);

/* Checkpoints, closes all tables and the environment. NULL is fine. */
void database_close(struct database *database);

/* Opens or creates a table; owned by the database. Each table is a file of its own name. Asked
 * again, it gives the same table. */
enum status database_table(struct database *database, const char *name, struct table **out);

/* One transaction at a time. Its cursors are closed before it ends. */
struct txn *database_begin(struct database *database);
/* Ends the process on failure. */
void database_commit(struct txn *txn);
void database_abort(struct txn *txn);

/* Makes every commit so far survive a power cut. Thread-safe. Ends the process on failure. */
void database_flush(struct database *database);
/* Thread-safe; one at a time. */
void database_checkpoint(struct database *database);
/* Log that recovery would have to read: since the last finished checkpoint began. The writer slows
 * down when large. Thread-safe, and cheap enough to ask for each batch. */
uint64_t database_log_bytes(struct database *database);
/* Writes some dirty pages so that checkpoints find less to do. Thread-safe. */
void database_trickle(struct database *database, int percent);

/* txn may be NULL for reads outside a transaction; while one is open the read belongs to it all the
 * same. STATUS_NOT_FOUND where there is no such key; *value is reset and filled, and must be
 * allowed to grow to the record. Any other failure ends the process. */
enum status table_get(struct table *table, struct txn *txn, struct bytes key, struct buf *value);
bool table_has(struct table *table, struct txn *txn, struct bytes key);
/* Replaces what is there. */
void table_put(struct table *table, struct txn *txn, struct bytes key, struct bytes value);
/* False where there was no such key. */
bool table_delete(struct table *table, struct txn *txn, struct bytes key);
/* Deletes the first records, at most so many and none behind this key, without reading their
 * values. Returns how many. */
size_t table_delete_first(struct table *table, struct txn *txn, struct bytes last, size_t most);

/* The number big-endian in room, as a key: such records lie in the order of their numbers. */
#define NUMBER_KEY_BYTES 8
struct bytes number_key(uint64_t number, unsigned char room[NUMBER_KEY_BYTES]);
uint64_t number_of_key(struct bytes key);

/* Number of records, by a walk: for tests and verify. */
uint64_t table_count(struct table *table);

/* About which part of the records has a key before this one, 0 to 1: from one descent of the tree,
 * which takes all pages of a level to be equally full. For estimates over many records. */
double table_share_before(struct table *table, struct bytes key);

/* Ends the process with STATUS_DATA: a record of this table is not what its module wrote. */
_Noreturn void table_damaged(const struct table *table);

/* A cursor walks in key order. It must be closed before its transaction ends. Cursors outside a
 * transaction must not be held over a write by the same thread. */
struct cursor *cursor_open(struct table *table, struct txn *txn);
void cursor_close(struct cursor *cursor);

/* To the first record at or after key; then on, back, or to the last. A new cursor's next is the
 * first record, its previous the last. False at the end. The key and value stay valid until the
 * next call on this cursor. */
bool cursor_seek(struct cursor *cursor, struct bytes key);
bool cursor_next(struct cursor *cursor);
bool cursor_last(struct cursor *cursor);
bool cursor_previous(struct cursor *cursor);
struct bytes cursor_key(const struct cursor *cursor);
struct bytes cursor_value(const struct cursor *cursor);
void cursor_delete(struct cursor *cursor);

#endif
