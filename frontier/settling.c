/* SPDX-License-Identifier: MIT */
#include "frontier/settling.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/pack.h"
#include "frontier/inside.h"
#include "frontier/revisits.h"
#include "frontier/urls.h"

enum {
    /* URLs of one slice, where a host with one URL costs as much as so many: some 5 to 20 ms. */
    SLICE_URLS = 2000,
    HOST_URLS = 3,
    /* Records of batches that one slice deletes. */
    SLICE_DELETED = 50,
    /* URLs that are settled at the latest after this time: their rows in `revisits` wait. */
    AGE_MOST_MS = 10 * 60 * 1000,
    /* A URL that is due within this time has its row at once. */
    SOON_MS = 60 * 60 * 1000,
};

/* ---- Entering */

static struct bytes key_of(struct frontier *frontier, const struct host *host,
                           const struct local_url *local)
{
    urls_key(&frontier->key, host->id, local);
    return bytes_slice(buf_bytes(&frontier->key), URLS_HOST_BYTES, frontier->key.length);
}

static struct tried_url *enter(struct frontier *frontier, struct host *host, struct bytes key,
                               struct bytes record, uint64_t fingerprint, bool *is_new)
{
    struct settling *settling = &frontier->settling;
    struct tried_url *tried =
        tried_enter(host_unsettled(host), key, record, (uint32_t)(fingerprint >> 16), is_new);
    if (*is_new && settling->count++ == 0)
        settling->since_ms = frontier->now_ms;
    return tried;
}

static struct revisit revisit_of(const struct host *host, const struct local_url *local,
                                 uint64_t fingerprint, const struct tried_url *tried)
{
    return (struct revisit){ .host = host->id,
                             .due_ms = tried->due_ms,
                             .fingerprint = fingerprint,
                             .is_forced = tried->is_forced,
                             .local = *local };
}

/* The URL's row in `revisits` becomes the one that its record names. */
static void move_row(struct frontier *frontier, struct txn *txn, struct tried_url *tried,
                     const struct revisit *revisit)
{
    struct table *table = frontier->tables.revisits;
    if (tried->row_due_ms != tried->due_ms)
        revisit_delete(table, txn, revisit->host, tried->row_due_ms, revisit->fingerprint);
    if (tried->row_due_ms != tried->due_ms || tried->is_forced)
        revisit_put(table, txn, revisit);
    tried->row_due_ms = tried->due_ms;
}

void settling_enter(struct frontier *frontier, struct txn *txn, struct host *host,
                    const struct url *url, const struct url_record *previous,
                    const struct url_record *record, bool is_forced)
{
    struct local_url local = local_url_of(url);
    uint64_t fingerprint = frontier_fingerprint(frontier, url_bytes(url));
    bool is_new;
    buf_reset(&frontier->packed);
    url_record_pack(&frontier->packed, record);
    struct tried_url *tried = enter(frontier, host, key_of(frontier, host, &local),
                                    buf_bytes(&frontier->packed), fingerprint, &is_new);
    if (is_new && previous)
        tried->row_due_ms = previous->due_ms;
    tried->due_ms = record->due_ms;
    tried->is_forced = is_forced;
    tried_join_batch(host->unsettled, tried);
    if (is_forced || tried->due_ms - frontier->now_ms < SOON_MS) {
        struct revisit revisit = revisit_of(host, &local, fingerprint, tried);
        move_row(frontier, txn, tried, &revisit);
    }
}

struct tried_url *settling_find(struct frontier *frontier, const struct host *host,
                                const struct local_url *local)
{
    return host->unsettled ? tried_find(host->unsettled, key_of(frontier, host, local)) : NULL;
}

struct row_writer {
    struct frontier *frontier;
    struct txn *txn;
    const struct host *host;
};

/* Its row in `revisits` becomes the one that its record names. */
static void write_row(const struct row_writer *writer, struct tried_url *tried)
{
    struct frontier *frontier = writer->frontier;
    struct unpacker from = unpacker_of(tried_key(tried));
    struct local_url local;
    bool is_good = local_url_unpack(&from, &local);
    assert(is_good);
    (void)is_good;
    local_url_join(&frontier->url, host_name(writer->host), &local);
    struct revisit revisit = revisit_of(
        writer->host, &local, frontier_fingerprint(frontier, buf_bytes(&frontier->url)), tried);
    move_row(frontier, writer->txn, tried, &revisit);
}

static void write_row_if_soon(void *owner, struct tried_url *tried)
{
    const struct row_writer *writer = owner;
    if (tried->row_due_ms != tried->due_ms && tried->due_ms - writer->frontier->now_ms < SOON_MS)
        write_row(writer, tried);
}

void settling_write_rows(struct frontier *frontier, struct txn *txn, struct host *host)
{
    struct row_writer writer = { frontier, txn, host };
    if (host->unsettled)
        tried_walk(host->unsettled, write_row_if_soon, &writer);
}

struct due_walk {
    struct unsettled_due due;
    int64_t by_ms;
};

static void look_at_due(void *owner, struct tried_url *tried)
{
    struct due_walk *walk = owner;
    if (tried->row_due_ms == tried->due_ms)
        return;
    walk->due.fewer += tried->row_due_ms <= walk->by_ms;
    if (tried->due_ms <= walk->by_ms)
        walk->due.more++;
    else if (tried->due_ms < walk->due.next_due_ms)
        walk->due.next_due_ms = tried->due_ms;
}

struct unsettled_due settling_due(const struct host *host, int64_t by_ms)
{
    struct due_walk walk = { .due.next_due_ms = INT64_MAX, .by_ms = by_ms };
    if (host->unsettled)
        tried_walk(host->unsettled, look_at_due, &walk);
    return walk.due;
}

bool settling_is_stale(struct frontier *frontier, const struct host *host,
                       const struct revisit *revisit)
{
    const struct tried_url *tried = settling_find(frontier, host, &revisit->local);
    return tried && (tried->due_ms > 0 ? tried->due_ms : 0) != revisit->due_ms;
}

/* ---- After a start */

static bool read_site(struct frontier *frontier, struct unpacker *from, uint64_t batch)
{
    struct bytes name, state;
    return tried_site_unpack(from, &name, &state) &&
           sites_read_tried(hosts_sites(frontier->hosts), name, state, batch);
}

static bool read_host(struct frontier *frontier, struct unpacker *from, uint64_t batch)
{
    struct bytes name, state;
    uint64_t count;
    if (!unsettled_unpack(from, &name, &state, &count))
        return false;
    struct host *host = host_of_name(frontier->hosts, name);
    struct host_state host_state;
    uint64_t id;
    if (!host_state_unpack(state, &id, &host_state))
        return false;
    host_identify(frontier->hosts, host, id);
    unsettled_set_state(host_unsettled(host), state, batch);
    for (uint64_t i = 0; i < count; i++) {
        struct bytes key, packed;
        struct tried_url like;
        struct url_record record;
        bool is_new;
        if (!tried_unpack(from, &key, &packed, &like) || !url_record_unpack(&record, packed))
            return false;
        struct tried_url *tried =
            enter(frontier, host, key, packed, hash_bytes(key, frontier->secret ^ batch), &is_new);
        tried->due_ms = record.due_ms;
        tried->row_due_ms = like.row_due_ms;
        tried->is_forced = like.is_forced;
    }
    return true;
}

void settling_load(struct frontier *frontier)
{
    struct table *table = frontier->tables.tried;
    struct cursor *cursor = cursor_open(table, NULL);
    for (bool is_there = cursor_seek(cursor, (struct bytes){ 0 }); is_there;
         is_there = cursor_next(cursor)) {
        struct unpacker key = unpacker_of(cursor_key(cursor));
        struct unpacker from = unpacker_of(cursor_value(cursor));
        uint64_t batch = unpack_be64(&key);
        frontier->settling.has_records = true;
        while (from.left > 0) {
            bool is_site = tried_next_kind(&from) == TRIED_SITE;
            if (!(is_site ? read_site : read_host)(frontier, &from, batch))
                table_damaged(table);
        }
    }
    cursor_close(cursor);
}

/* ---- The pass */

static bool is_before(const struct host *a, const struct host *b)
{
    return a->id < b->id;
}

static void collect_host(void *owner, struct host *host)
{
    struct frontier *frontier = owner;
    if (host->unsettled)
        host_heap_add(&frontier->settling.hosts, host);
}

static void begin_pass(struct frontier *frontier)
{
    struct settling *settling = &frontier->settling;
    settling->is_active = true;
    settling->limit = frontier->counters->values[COUNTER_NEXT_BATCH] - 1;
    settling->since_ms = frontier->now_ms;
    settling->hosts = (struct host_heap){ .is_before = is_before };
    hosts_each(frontier->hosts, collect_host, frontier);
    host_heap_order(&settling->hosts);
}

static void settle_url(struct frontier *frontier, struct txn *txn, const struct host *host,
                       struct tried_url *tried)
{
    const struct row_writer writer = { frontier, txn, host };
    urls_first_key(&frontier->key, host->id);
    buf_append_bytes(&frontier->key, tried_key(tried));
    table_put(frontier->tables.urls, txn, buf_bytes(&frontier->key), tried_record(tried));
    if (tried->row_due_ms != tried->due_ms)
        write_row(&writer, tried);
}

/* Up to so many URLs of the host; returns how many. */
static size_t settle_host(struct frontier *frontier, struct txn *txn, struct host *host,
                          size_t most)
{
    struct unsettled *unsettled = host->unsettled;
    struct tried_url *tried;
    size_t count = 0;
    assert(!unsettled->in_batch);
    while (count < most && (tried = tried_pop(unsettled)) != NULL) {
        settle_url(frontier, txn, host, tried);
        free(tried);
        count++;
    }
    frontier->settling.count -= count;
    return count;
}

static void write_slice(struct frontier *frontier, struct txn *txn)
{
    struct host_heap *hosts = &frontier->settling.hosts;
    struct host *host;
    for (size_t left = SLICE_URLS; left > 0 && (host = host_heap_first(hosts)) != NULL;) {
        size_t count = settle_host(frontier, txn, host, left) + HOST_URLS;
        left -= count < left ? count : left;
        if (host->unsettled->root)
            return;
        host_load(frontier->hosts, host, NULL);
        unsettled_free(host->unsettled);
        host->unsettled = NULL;
        host_change(frontier->hosts, host);
        host_heap_drop_first(hosts);
    }
}

/* True where none is left. */
static bool delete_records(struct frontier *frontier, struct txn *txn)
{
    unsigned char room[NUMBER_KEY_BYTES];
    struct bytes last = number_key(frontier->settling.limit, room);
    return table_delete_first(frontier->tables.tried, txn, last, SLICE_DELETED) < SLICE_DELETED;
}

bool settling_is_due(const struct frontier *frontier)
{
    const struct settling *settling = &frontier->settling;
    return settling->is_active || settling->count > frontier->options.tried_most ||
           (settling->has_records && frontier->now_ms - settling->since_ms > AGE_MOST_MS);
}

bool settling_is_over(const struct frontier *frontier)
{
    return frontier->settling.count == 0 && !frontier->settling.has_records;
}

void settling_step(struct frontier *frontier, struct txn *txn)
{
    struct settling *settling = &frontier->settling;
    if (!settling->is_active)
        begin_pass(frontier);
    if (settling->hosts.count > 0) {
        write_slice(frontier, txn);
    } else if (!sites_settle(hosts_sites(frontier->hosts), txn, SLICE_URLS / HOST_URLS) &&
               delete_records(frontier, txn)) {
        host_heap_clear(&settling->hosts);
        settling->is_active = false;
        settling->has_records = settling->count > 0;
    }
}
