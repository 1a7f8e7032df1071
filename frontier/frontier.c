/* SPDX-License-Identifier: MIT
 *
 * What becomes known, and what becomes of it: the side of the frontier that writes.
 */
#include "frontier/frontier.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/memory.h"
#include "frontier/inside.h"
#include "frontier/revisits.h"
#include "frontier/urls.h"

enum {
    /* URLs of the finished batches and chunks whose records one flush deletes: the rest waits. */
    FINISHED_URLS = 20000,
    /* Hosts that were looked at are forgotten after so many, also where nothing is committed. */
    TOUCHED_MOST = 4096,
};

/* ---- Opening and closing */

static enum status open_tables(struct frontier *frontier)
{
    const struct {
        const char *name;
        struct table **table;
    } rows[] = {
        { "meta", &frontier->tables.meta },
        { "seeds", &frontier->tables.seeds },
        { "seen", &frontier->tables.seen },
        { "arrivals", &frontier->tables.arrivals },
        { "queue", &frontier->tables.queue },
        { "urls", &frontier->tables.urls },
        { "revisits", &frontier->tables.revisits },
        { "tried", &frontier->tables.tried },
        { "over_budget", &frontier->tables.over_budget },
    };
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < sizeof(rows) / sizeof(rows[0]); i++)
        status = database_table(frontier->database, rows[i].name, rows[i].table);
    if (!status)
        status = agenda_open(&frontier->agenda, frontier->database);
    return status;
}

static const struct bytes secret_key = { "frontier.secret", 15 };

/* A new crawl's secret is stored with the first thing that depends on it. */
static enum status read_secret(struct frontier *frontier)
{
    if (table_get(frontier->tables.meta, NULL, secret_key, &frontier->value) == STATUS_OK) {
        struct unpacker from = unpacker_of(buf_bytes(&frontier->value));
        frontier->secret = unpack_be64(&from);
        frontier->is_secret_stored = true;
        if (from.is_bad) {
            log_error("the frontier's secret is damaged");
            return STATUS_DATA;
        }
        return STATUS_OK;
    }
    if (getrandom(&frontier->secret, sizeof(frontier->secret), 0) != sizeof(frontier->secret)) {
        log_error("the system gives no random numbers");
        return STATUS_IO;
    }
    return STATUS_OK;
}

static void store_secret(struct frontier *frontier, struct txn *txn)
{
    if (frontier->is_secret_stored)
        return;
    buf_reset(&frontier->value);
    pack_be64(&frontier->value, frontier->secret);
    table_put(frontier->tables.meta, txn, secret_key, buf_bytes(&frontier->value));
    frontier->is_secret_stored = true;
}

/* The number behind the table's last. */
static uint64_t number_behind(struct table *table)
{
    struct cursor *cursor = cursor_open(table, NULL);
    uint64_t number = 1;
    if (cursor_last(cursor)) {
        struct unpacker from = unpacker_of(cursor_key(cursor));
        number = unpack_be64(&from) + 1;
    }
    cursor_close(cursor);
    return number;
}

/* A batch number is never used twice while its records are there, and 0 never. */
static void find_next_batch(struct frontier *frontier)
{
    uint64_t *next = &frontier->counters->values[COUNTER_NEXT_BATCH];
    uint64_t least[] = { 1, number_behind(frontier->tables.arrivals),
                         number_behind(frontier->tables.seen),
                         number_behind(frontier->tables.tried) };
    for (size_t i = 0; i < sizeof(least) / sizeof(least[0]); i++) {
        if (*next < least[i])
            *next = least[i];
    }
    frontier->own_batches_from = *next;
}

enum status frontier_open(struct frontier **out, struct database *database,
                          struct counters *counters, const struct frontier_options *options)
{
    struct frontier *frontier = xcalloc(1, sizeof(*frontier));
    frontier->database = database;
    frontier->counters = counters;
    frontier->options = *options;
    frontier->flights = flights_new();
    frontier->seen = seen_new();
    lobby_init(&frontier->lobby);
    buf_init(&frontier->stale, BUF_UNBOUNDED);
    buf_init(&frontier->tried, BUF_UNBOUNDED);
    buf_init(&frontier->epoch_host_after, BUF_UNBOUNDED);
    buf_init(&frontier->key, BUF_UNBOUNDED);
    buf_init(&frontier->url, BUF_UNBOUNDED);
    buf_init(&frontier->value, BUF_UNBOUNDED);
    buf_init(&frontier->packed, BUF_UNBOUNDED);
    enum status status = open_tables(frontier);
    if (!status)
        status = read_secret(frontier);
    if (!status)
        status = paused_open(&frontier->paused, database);
    if (!status)
        status = hosts_open(&frontier->hosts, database, counters, &frontier->agenda,
                            frontier->paused, frontier->secret);
    if (status) {
        frontier_close(frontier);
        return status;
    }
    frontier->batch = batch_new(frontier->secret);
    find_next_batch(frontier);
    buf_init(&frontier->budget_release.after, BUF_UNBOUNDED);
    settling_load(frontier);
    *out = frontier;
    return STATUS_OK;
}

void frontier_close(struct frontier *frontier)
{
    if (!frontier)
        return;
    lots_free(frontier);
    hosts_close(frontier->hosts);
    paused_close(frontier->paused);
    lobby_clear(&frontier->lobby);
    flights_free(frontier->flights);
    seen_free(frontier->seen);
    batch_free(frontier->batch);
    distribution_clear(&frontier->distribution);
    host_heap_clear(&frontier->settling.hosts);
    buf_clear(&frontier->budget_release.after);
    buf_clear(&frontier->stale);
    buf_clear(&frontier->tried);
    buf_clear(&frontier->epoch_host_after);
    buf_clear(&frontier->key);
    buf_clear(&frontier->url);
    buf_clear(&frontier->value);
    buf_clear(&frontier->packed);
    free(frontier);
}

void inside_note_time(struct frontier *frontier, int64_t now_ms)
{
    if (now_ms > frontier->now_ms)
        frontier->now_ms = now_ms;
}

uint32_t inside_epoch(const struct frontier *frontier)
{
    return (uint32_t)frontier->counters->values[COUNTER_EPOCH];
}

/* ---- Is it new? */

uint64_t frontier_fingerprint(const struct frontier *frontier, struct bytes url)
{
    return seen_fingerprint(hash_bytes(url, frontier->secret));
}

bool frontier_may_be_new(const struct frontier *frontier, uint64_t fingerprint)
{
    return !atomic_load_explicit(&frontier->is_seen_loaded, memory_order_acquire) ||
           !seen_has(frontier->seen, fingerprint);
}

/* The record of one batch. */
static void load_fingerprints(struct frontier *frontier, struct bytes record)
{
    uint64_t fingerprints[512];
    struct unpacker from = unpacker_of(record);
    while (from.left > 0) {
        size_t count = 0;
        while (count < sizeof(fingerprints) / sizeof(fingerprints[0]) && from.left > 0) {
            fingerprints[count] = unpack_be64(&from);
            if (fingerprints[count++] <= SEEN_TRIED)
                table_damaged(frontier->tables.seen);
        }
        seen_add_all(frontier->seen, fingerprints, count);
    }
}

void frontier_load_seen(struct frontier *frontier)
{
    if (atomic_load_explicit(&frontier->is_seen_loaded, memory_order_relaxed))
        return;
    seen_reserve(frontier->seen, frontier->counters->values[COUNTER_URLS_KNOWN]);
    struct cursor *cursor = cursor_open(frontier->tables.seen, NULL);
    for (bool is_there = cursor_seek(cursor, (struct bytes){ 0 }); is_there;
         is_there = cursor_next(cursor))
        load_fingerprints(frontier, cursor_value(cursor));
    cursor_close(cursor);
    atomic_store_explicit(&frontier->is_seen_loaded, true, memory_order_release);
}

/* ---- What becomes known */

/* Puts the fingerprint on record unless it is. */
static bool know(struct frontier *frontier, uint64_t fingerprint)
{
    assert(!frontier->is_flushed);
    return !seen_look(frontier->seen, fingerprint) && batch_know(frontier->batch, fingerprint);
}

static void enqueue(struct frontier *frontier, const struct found_url *found, const struct url *url)
{
    assert(!frontier->is_flushed);
    assert(found->url_class < URL_CLASSES && found->found < FOUND_AS_COUNT);
    struct queued_url queued = { .local = local_url_of(url),
                                 .referrer = found->referrer,
                                 .depth = found->depth,
                                 .found = found->found,
                                 .hops = found->hops,
                                 .url_class = found->url_class };
    batch_add(frontier->batch, url_host(url), &queued);
}

size_t frontier_add(struct frontier *frontier, const struct found_url *urls, size_t count)
{
    frontier_load_seen(frontier);
    uint64_t *values = frontier->counters->values;
    uint64_t most = frontier->options.budgets.known_most;
    size_t added = 0;
    for (size_t i = 0; i < count && i < SEEN_AHEAD; i++)
        seen_expect(frontier->seen, urls[i].fingerprint);
    for (size_t i = 0; i < count; i++) {
        const struct found_url *found = &urls[i];
        struct url url;
        if (i + SEEN_AHEAD < count)
            seen_expect(frontier->seen, urls[i + SEEN_AHEAD].fingerprint);
        if (found->url.length > URL_BYTES_MAX || seen_look(frontier->seen, found->fingerprint) ||
            !url_split(&url, found->url))
            continue;
        if (most > 0 && values[COUNTER_URLS_KNOWN] + batch_known(frontier->batch) >= most) {
            values[COUNTER_LINKS_DROPPED]++;
            continue;
        }
        if (!batch_know(frontier->batch, found->fingerprint))
            continue;
        enqueue(frontier, found, &url);
        added++;
    }
    return added;
}

/* ---- The records of URLs */

/* Most were not: then no record is looked for. */
static bool was_never_tried(const struct frontier *frontier, uint64_t fingerprint)
{
    return atomic_load_explicit(&frontier->is_seen_loaded, memory_order_relaxed) &&
           !(seen_look(frontier->seen, fingerprint) & SEEN_TRIED) &&
           !batch_is_tried(frontier->batch, fingerprint);
}

bool inside_is_tried(struct frontier *frontier, const struct host *host,
                     const struct local_url *local, uint64_t fingerprint)
{
    if (was_never_tried(frontier, fingerprint))
        return false;
    if (settling_find(frontier, host, local))
        return true;
    urls_key(&frontier->key, host->id, local);
    return table_has(frontier->tables.urls, NULL, buf_bytes(&frontier->key));
}

bool inside_record(struct frontier *frontier, struct txn *txn, struct host *host,
                   const struct local_url *local, struct url_record *record, struct buf *scratch)
{
    const struct tried_url *tried = settling_find(frontier, host, local);
    if (tried) {
        buf_reset(scratch);
        buf_append_bytes(scratch, tried_record(tried));
    } else {
        urls_key(&frontier->key, host->id, local);
        if (table_get(frontier->tables.urls, txn, buf_bytes(&frontier->key), scratch) != STATUS_OK)
            return false;
    }
    if (!url_record_unpack(record, buf_bytes(scratch)))
        table_damaged(frontier->tables.urls);
    return true;
}

/* The record of a URL on this host; borrows from scratch. */
static bool look_up(struct frontier *frontier, struct txn *txn, struct host *host,
                    const struct url *url, struct url_record *record, struct buf *scratch)
{
    struct local_url local = local_url_of(url);
    return !was_never_tried(frontier, frontier_fingerprint(frontier, url_bytes(url))) &&
           host_load(frontier->hosts, host, txn) &&
           inside_record(frontier, txn, host, &local, record, scratch);
}

void frontier_add_seed(struct frontier *frontier, struct txn *txn, const struct url *url,
                       int64_t now_ms)
{
    frontier_load_seen(frontier);
    inside_note_time(frontier, now_ms);
    buf_reset(&frontier->value);
    pack_number(&frontier->value, now_ms > 0 ? (uint64_t)now_ms : 0);
    table_put(frontier->tables.seeds, txn, url_bytes(url), buf_bytes(&frontier->value));
    struct host *host = host_of_name(frontier->hosts, url_host(url));
    host_load(frontier->hosts, host, txn);
    host_enter(frontier->hosts, host);
    if (!host->state->is_seeded) {
        host_set_seeded(frontier->hosts, host);
        budget_seeded(frontier, txn, host);
    }
    struct url_record record;
    if (look_up(frontier, txn, host, url, &record, &frontier->value)) {
        /* Wanted now, whatever its freshness. */
        struct url_record previous = record;
        record.due_ms = now_ms;
        settling_enter(frontier, txn, host, url, &previous, &record, true);
        host_expect(frontier->hosts, host, now_ms);
        return;
    }
    struct found_url found = { .url = url_bytes(url),
                               .fingerprint = frontier_fingerprint(frontier, url_bytes(url)),
                               .found = FOUND_SEED,
                               .url_class = 0 };
    know(frontier, found.fingerprint);
    enqueue(frontier, &found, url);
}

void frontier_walk_seeds(struct frontier *frontier, void (*each)(void *owner, struct bytes url),
                         void *owner)
{
    struct cursor *cursor = cursor_open(frontier->tables.seeds, NULL);
    for (bool is_there = cursor_seek(cursor, (struct bytes){ 0 }); is_there;
         is_there = cursor_next(cursor))
        each(owner, cursor_key(cursor));
    cursor_close(cursor);
}

/* ---- What was tried */

enum status frontier_lookup(struct frontier *frontier, struct txn *txn, const struct url *url,
                            struct url_record *record, struct buf *scratch)
{
    if (hosts_touched(frontier->hosts) > TOUCHED_MOST)
        hosts_sweep(frontier->hosts);
    struct host *host = host_of_name(frontier->hosts, url_host(url));
    bool is_there = look_up(frontier, txn, host, url, record, scratch);
    host_touch(frontier->hosts, host);
    return is_there ? STATUS_OK : STATUS_NOT_FOUND;
}

static void count_record(struct frontier *frontier, struct host *host, uint64_t fingerprint,
                         const struct url_record *previous, const struct url_record *record)
{
    struct host_state *state = host->state;
    if (!previous) {
        state->tried++;
        frontier->counters->values[COUNTER_URLS_TRIED]++;
        /* A redirect may lead to a URL that never was queued: from now on it is known. */
        know(frontier, fingerprint);
        batch_note_tried(frontier->batch, fingerprint);
    }
    bool was_live = previous && previous->state == URL_STATE_LIVE;
    bool is_live = record->state == URL_STATE_LIVE;
    if (is_live && !was_live)
        host_count_pages(frontier->hosts, host, 1);
    if (was_live && !is_live) {
        host_count_pages(frontier->hosts, host, -1);
        budget_page_went(frontier, host);
    }
}

void frontier_record(struct frontier *frontier, struct txn *txn, const struct url *url,
                     const struct url_record *previous, const struct url_record *record)
{
    frontier_load_seen(frontier);
    struct host *host = host_of_name(frontier->hosts, url_host(url));
    host_load(frontier->hosts, host, txn);
    host_enter(frontier->hosts, host);
    settling_enter(frontier, txn, host, url, previous, record, false);
    count_record(frontier, host, frontier_fingerprint(frontier, url_bytes(url)), previous, record);
    host_expect(frontier->hosts, host, record->due_ms);
}

/* ---- The end of a batch */

/* What hosts and URLs became, as the record of the batch in `tried`. */
static void write_tried(struct frontier *frontier, struct txn *txn, uint64_t number)
{
    if (frontier->tried.length == 0)
        return;
    buf_reset(&frontier->key);
    pack_be64(&frontier->key, number);
    table_put(frontier->tables.tried, txn, buf_bytes(&frontier->key), buf_bytes(&frontier->tried));
    buf_reset(&frontier->tried);
    frontier->settling.has_records = true;
}

static void write_batch(struct frontier *frontier, struct txn *txn)
{
    size_t fingerprints;
    batch_fingerprints(frontier->batch, &fingerprints);
    if (fingerprints == 0 && batch_count(frontier->batch) == 0 && frontier->tried.length == 0)
        return;
    uint64_t number = frontier->counters->values[COUNTER_NEXT_BATCH]++;
    batch_write_urls(frontier->batch, frontier->tables.arrivals, txn, number);
    batch_write_seen(frontier->batch, frontier->tables.seen, txn, number);
    write_tried(frontier, txn, number);
    frontier->counters->values[COUNTER_URLS_KNOWN] += batch_known(frontier->batch);
}

static void delete_stale(struct frontier *frontier, struct txn *txn)
{
    struct unpacker from = unpacker_of(buf_bytes(&frontier->stale));
    while (from.left > 0) {
        uint64_t host = unpack_be64(&from);
        int64_t due_ms = (int64_t)unpack_be64(&from);
        revisit_delete(frontier->tables.revisits, txn, host, due_ms, unpack_be64(&from));
    }
    buf_reset(&frontier->stale);
}

void inside_count(struct frontier *frontier)
{
    uint64_t *values = frontier->counters->values;
    uint64_t elsewhere = values[COUNTER_URLS_TRIED] + values[COUNTER_URLS_HELD];
    uint64_t known = values[COUNTER_URLS_KNOWN];
    values[COUNTER_URLS_QUEUED] = known > elsewhere ? known - elsewhere : 0;
}

void frontier_flush(struct frontier *frontier, struct txn *txn, int64_t now_ms)
{
    inside_note_time(frontier, now_ms);
    assert(!frontier->is_flushed);
    frontier->is_flushed = true;
    store_secret(frontier, txn);
    lots_delete_finished(frontier, txn, FINISHED_URLS);
    delete_stale(frontier, txn);
    hosts_write(frontier->hosts, txn, &frontier->tried);
    write_batch(frontier, txn);
    inside_count(frontier);
}

void frontier_committed(struct frontier *frontier)
{
    if (!frontier->is_flushed)
        return;
    frontier->is_flushed = false;
    size_t known;
    const uint64_t *fingerprints = batch_fingerprints(frontier->batch, &known);
    seen_add_all(frontier->seen, fingerprints, known);
    struct lot *lot = batch_detach(frontier->batch);
    if (lot)
        lots_publish(frontier, lot, frontier->batch);
    batch_reset(frontier->batch);
    hosts_sweep(frontier->hosts);
}

/* ---- Between two batches */

bool frontier_has_housekeeping(const struct frontier *frontier)
{
    return holds_release_is_due(frontier) || budget_release_is_due(frontier) ||
           distribution_is_due(frontier) || settling_is_due(frontier);
}

static void end_slice(struct frontier *frontier, struct txn *txn)
{
    hosts_write(frontier->hosts, txn, NULL);
    inside_count(frontier);
    counters_save(frontier->counters, txn, frontier->database);
}

void frontier_housekeeping(struct frontier *frontier, struct txn *txn, int64_t now_ms)
{
    static const struct {
        bool (*is_due)(const struct frontier *frontier);
        void (*step)(struct frontier *frontier, struct txn *txn);
    } parts[] = {
        { distribution_is_due, distribution_step },
        { settling_is_due, settling_step },
        { holds_release_is_due, holds_release_step },
        { budget_release_is_due, budget_release_step },
    };
    enum { PARTS = sizeof(parts) / sizeof(parts[0]) };
    inside_note_time(frontier, now_ms);
    lots_load(frontier);
    for (size_t i = 0; i < PARTS; i++) {
        size_t turn = frontier->house_turn++ % PARTS;
        if (parts[turn].is_due(frontier)) {
            parts[turn].step(frontier, txn);
            break;
        }
    }
    holds_end_release(frontier, txn);
    end_slice(frontier, txn);
}

bool frontier_is_settled(const struct frontier *frontier)
{
    return distribution_is_over(frontier) && settling_is_over(frontier);
}

void frontier_settle(struct frontier *frontier, struct txn *txn, int64_t now_ms)
{
    inside_note_time(frontier, now_ms);
    if (!distribution_is_over(frontier))
        distribution_step(frontier, txn);
    else
        settling_step(frontier, txn);
    end_slice(frontier, txn);
}
