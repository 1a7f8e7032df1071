/* SPDX-License-Identifier: MIT */
#include "frontier/paused.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/host_pattern.h"
#include "base/memory.h"

#define KEY_PREFIX "frontier.paused:"

struct paused {
    struct table *meta;
    pthread_rwlock_t lock; /* Guards the array against readers in other threads. */
    atomic_size_t count;   /* Looked at without the lock: most crawls pause nobody. */
    char **patterns;       /* Sorted. */
};

/* ---- The array */

/* The place of the pattern, or where it belongs. */
static size_t place_of(const struct paused *paused, struct bytes pattern, bool *is_there)
{
    size_t low = 0;
    size_t high = paused->count;
    *is_there = false;
    while (low < high && !*is_there) {
        size_t middle = low + (high - low) / 2;
        int order = bytes_compare(bytes_from_string(paused->patterns[middle]), pattern);
        *is_there = order == 0;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return high;
}

static bool insert(struct paused *paused, struct bytes pattern)
{
    bool is_there;
    pthread_rwlock_wrlock(&paused->lock);
    size_t count = paused->count;
    size_t place = place_of(paused, pattern, &is_there);
    if (!is_there) {
        paused->patterns = xreallocarray(paused->patterns, count + 1, sizeof(*paused->patterns));
        memmove(paused->patterns + place + 1, paused->patterns + place,
                (count - place) * sizeof(*paused->patterns));
        paused->patterns[place] = xbytesdup(pattern);
        paused->count = count + 1;
    }
    pthread_rwlock_unlock(&paused->lock);
    return !is_there;
}

static bool take_out(struct paused *paused, struct bytes pattern)
{
    bool is_there;
    pthread_rwlock_wrlock(&paused->lock);
    size_t count = paused->count;
    size_t place = place_of(paused, pattern, &is_there);
    if (is_there) {
        free(paused->patterns[place]);
        memmove(paused->patterns + place, paused->patterns + place + 1,
                (count - place - 1) * sizeof(*paused->patterns));
        paused->count = count - 1;
    }
    pthread_rwlock_unlock(&paused->lock);
    return is_there;
}

/* ---- The table */

static void load(struct paused *paused)
{
    struct bytes prefix = BYTES(KEY_PREFIX);
    struct cursor *cursor = cursor_open(paused->meta, NULL);
    for (bool is_there = cursor_seek(cursor, prefix);
         is_there && bytes_start_with(cursor_key(cursor), prefix); is_there = cursor_next(cursor))
        insert(paused, bytes_slice(cursor_key(cursor), prefix.length, cursor_key(cursor).length));
    cursor_close(cursor);
}

enum status paused_open(struct paused **out, struct database *database)
{
    struct paused *paused = xcalloc(1, sizeof(*paused));
    pthread_rwlock_init(&paused->lock, NULL);
    enum status status = database_table(database, "meta", &paused->meta);
    if (status) {
        paused_close(paused);
        return status;
    }
    load(paused);
    *out = paused;
    return STATUS_OK;
}

void paused_close(struct paused *paused)
{
    if (!paused)
        return;
    for (size_t i = 0; i < paused->count; i++)
        free(paused->patterns[i]);
    free(paused->patterns);
    pthread_rwlock_destroy(&paused->lock);
    free(paused);
}

static struct bytes key_of(struct buf *key, struct bytes pattern)
{
    buf_init(key, BUF_UNBOUNDED);
    buf_append_string(key, KEY_PREFIX);
    buf_append_bytes(key, pattern);
    return buf_bytes(key);
}

bool paused_add(struct paused *paused, struct txn *txn, struct bytes pattern)
{
    struct buf key;
    if (!insert(paused, pattern))
        return false;
    table_put(paused->meta, txn, key_of(&key, pattern), (struct bytes){ 0 });
    buf_clear(&key);
    return true;
}

bool paused_remove(struct paused *paused, struct txn *txn, struct bytes pattern)
{
    struct buf key;
    if (!take_out(paused, pattern))
        return false;
    table_delete(paused->meta, txn, key_of(&key, pattern));
    buf_clear(&key);
    return true;
}

/* ---- Asking */

bool paused_has(struct paused *paused, struct bytes host)
{
    if (atomic_load(&paused->count) == 0)
        return false;
    pthread_rwlock_rdlock(&paused->lock);
    size_t count = paused->count;
    bool is_there = host_patterns_find((const char *const *)paused->patterns, count, host) < count;
    pthread_rwlock_unlock(&paused->lock);
    return is_there;
}

size_t paused_count(const struct paused *paused)
{
    return atomic_load(&paused->count);
}

struct bytes paused_at(const struct paused *paused, size_t index)
{
    return bytes_from_string(paused->patterns[index]);
}
