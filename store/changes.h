/* SPDX-License-Identifier: MIT
 *
 * changes - the change feed: numbered upserts and deletes, one live entry per document, and the
 * consumers that read it.
 *
 * A change number is given once and never again. A document's newer change removes its older one,
 * so the feed holds at most one entry per document. A consumer's cursor is the last change number
 * that it has safely.
 */
#ifndef STORE_CHANGES_H
#define STORE_CHANGES_H

#include <stdint.h>

#include "store/counters.h"
#include "store/database.h"

/* Why a page changed in the feed: word for export and explain. */
#define CHANGE_REASON_TABLE(ROW)                                                                   \
    ROW(NEW, "new")                                                                                \
    ROW(CHANGED, "changed")                                                                        \
    ROW(BACK, "back")                                                                              \
    ROW(GONE, "gone")                                                                              \
    ROW(MOVED, "moved-to")                                                                         \
    ROW(NOINDEX, "noindex")                                                                        \
    ROW(NO_STORE, "no-store")                                                                      \
    ROW(BLOCKED, "blocked")                                                                        \
    ROW(OUT_OF_SCOPE, "out-of-scope")                                                              \
    ROW(FORGOTTEN, "forgotten")

enum change_reason {
#define ROW(name, word) CHANGE_REASON_##name,
    CHANGE_REASON_TABLE(ROW)
#undef ROW
        CHANGE_REASON_COUNT
};

enum change_op { CHANGE_UPSERT, CHANGE_DELETE };

struct change {
    uint64_t number; /* The version that an indexer compares. */
    uint64_t document;
    enum change_op op;
    enum change_reason reason;
    int64_t at_ms;
    struct bytes url; /* For deletes: the page record may be gone. Borrowed. */
};

struct change_feed;

const char *change_reason_word(enum change_reason reason);

enum status change_feed_open(struct change_feed **out, struct database *database);
void change_feed_close(struct change_feed *feed);

/* Appends and returns the new number, taken from counters (NEXT_CHANGE). previous is the document's
 * live entry to remove, 0 where it has none. change->number is ignored. */
uint64_t change_append(struct change_feed *feed, struct txn *txn, struct counters *counters,
                       const struct change *change, uint64_t previous);

/* The first entry with a number above `after`. False where there is none. *scratch backs the
 * borrowed bytes. */
bool change_after(struct change_feed *feed, uint64_t after, struct change *change,
                  struct buf *scratch);

/* Live entries above `after`, by a walk that stops at most. */
uint64_t changes_pending(struct change_feed *feed, uint64_t after, uint64_t most);

/* STATUS_NOT_FOUND where there is no such consumer. */
enum status consumer_get(struct change_feed *feed, const char *name, uint64_t *cursor);
void consumer_put(struct change_feed *feed, struct txn *txn, const char *name, uint64_t cursor,
                  int64_t now_ms);
/* Calls back for each consumer, in order of names. */
void consumers_walk(struct change_feed *feed,
                    void (*each)(void *owner, const char *name, uint64_t cursor, int64_t at_ms),
                    void *owner);

/* A consumer's name: 1 to 64 of a-z A-Z 0-9 . _ - */
bool consumer_name_is_valid(const char *name);

#endif
