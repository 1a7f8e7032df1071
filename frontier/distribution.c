/* SPDX-License-Identifier: MIT */
#include "frontier/distribution.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pack.h"
#include "frontier/inside.h"
#include "frontier/queue.h"

enum {
    /* URLs of one slice: some 5 to 20 ms. */
    SLICE_URLS = 5000,
    /* URLs of the batches that one slice deletes: far less work for each. */
    SLICE_DELETED = 100000,
};

void distribution_clear(struct distribution *distribution)
{
    free(distribution->heap);
    *distribution = (struct distribution){ 0 };
}

/* ---- The mark */

static const struct bytes mark_key = { "frontier.distribution", 21 };

/* Behind every host. */
static const struct bytes last_key = { "\xff", 1 };

struct distribution_mark distribution_mark_read(struct table *meta, struct buf *scratch)
{
    struct distribution_mark mark = { 0 };
    if (table_get(meta, NULL, mark_key, scratch) != STATUS_OK)
        return mark;
    struct unpacker from = unpacker_of(buf_bytes(scratch));
    mark.limit = unpack_number(&from);
    mark.batch = unpack_number(&from);
    mark.key = unpack_bytes(&from);
    if (from.is_bad)
        table_damaged(meta);
    return mark;
}

static void write_mark(struct frontier *frontier, struct txn *txn,
                       const struct distribution_mark *mark)
{
    buf_reset(&frontier->value);
    pack_number(&frontier->value, mark->limit);
    pack_number(&frontier->value, mark->batch);
    pack_bytes(&frontier->value, mark->key);
    table_put(frontier->tables.meta, txn, mark_key, buf_bytes(&frontier->value));
}

bool distribution_mark_passed(const struct distribution_mark *mark, uint64_t batch,
                              struct bytes key)
{
    if (batch > mark->limit)
        return false;
    int order = bytes_compare(key, mark->key);
    return order < 0 || (order == 0 && batch <= mark->batch);
}

/* ---- The hosts to come */

static bool is_before(const struct host *a, const struct host *b)
{
    return bytes_compare(host_key(a), host_key(b)) < 0;
}

static void sift_down(struct distribution *pass, size_t at)
{
    struct host *host = pass->heap[at];
    for (size_t child = 2 * at + 1; child < pass->count; child = 2 * at + 1) {
        if (child + 1 < pass->count && is_before(pass->heap[child + 1], pass->heap[child]))
            child++;
        if (!is_before(pass->heap[child], host))
            break;
        pass->heap[at] = pass->heap[child];
        at = child;
    }
    pass->heap[at] = host;
}

static bool is_of_pass(const struct flight *flight, uint64_t limit)
{
    return flight->run && flight->run->lot->kind == LOT_BATCH && flight->run->lot->number <= limit;
}

static void collect_host(void *owner, struct host *host)
{
    struct frontier *frontier = owner;
    struct distribution *pass = &frontier->distribution;
    bool has_urls = host->waiting > 0;
    for (const struct flight *flight = flight_first(frontier->flights, host); flight && !has_urls;
         flight = flight_next(frontier->flights, flight))
        has_urls = is_of_pass(flight, pass->limit);
    if (!has_urls)
        return;
    if (pass->count == pass->capacity) {
        pass->capacity = pass->capacity ? 2 * pass->capacity : 1024;
        pass->heap = xreallocarray(pass->heap, pass->capacity, sizeof(struct host *));
    }
    host->is_in_pass = true;
    pass->heap[pass->count++] = host;
}

static void begin_pass(struct frontier *frontier)
{
    struct distribution *pass = &frontier->distribution;
    *pass = (struct distribution){ .is_active = true, .limit = frontier->newest_batch };
    hosts_each(frontier->hosts, collect_host, frontier);
    for (size_t at = pass->count / 2; at-- > 0;)
        sift_down(pass, at);
}

static void leave_pass(struct frontier *frontier)
{
    struct distribution *pass = &frontier->distribution;
    struct host *host = pass->heap[0];
    host->is_in_pass = false;
    host_touch(frontier->hosts, host);
    pass->heap[0] = pass->heap[--pass->count];
    if (pass->count > 0)
        sift_down(pass, 0);
}

/* ---- One host */

/* A host's URLs on their way to its chunks, list by list. */
struct delivery {
    struct frontier *frontier;
    struct host *host;
    uint64_t room;                /* URLs that may be queued before the rest is held. */
    size_t count;                 /* URLs of this slice. */
    struct chunk_writer *writers; /* One a list. */
};

static void deliver_url(struct delivery *delivery, uint8_t list, const struct queued_url *url)
{
    struct host_state *state = delivery->host->state;
    if (delivery->room > 0) {
        delivery->room--;
        state->queued++;
    } else {
        list = URL_CLASS_HELD;
        state->held++;
        delivery->frontier->counters->values[COUNTER_URLS_HELD]++;
    }
    chunk_writer_add(&delivery->writers[list], url);
    delivery->count++;
}

/* What is in flight may not be lost with its batch: a copy goes to the chunk, and the flight keeps
 * no place. */
static void deliver_flights(struct delivery *delivery)
{
    struct frontier *frontier = delivery->frontier;
    for (struct flight *flight = flight_first(frontier->flights, delivery->host); flight;
         flight = flight_next(frontier->flights, flight)) {
        if (!is_of_pass(flight, frontier->distribution.limit))
            continue;
        struct queued_url url = lot_url(flight->run->lot, flight->place);
        deliver_url(delivery, flight->run->list, &url);
        lots_finish(frontier, flight->run->lot, 1);
        flight->run = NULL;
    }
}

static void deliver_run(struct delivery *delivery, struct run *run)
{
    struct frontier *frontier = delivery->frontier;
    struct lot *lot = run->lot;
    uint32_t count = run->count;
    while (run->count > 0) {
        struct queued_url url = lot_url(lot, run_pop(run));
        deliver_url(delivery, run->list, &url);
    }
    delivery->host->waiting -= count;
    frontier->waiting -= count;
    host_unlink_run(frontier->hosts, delivery->host, run);
    lots_finish(frontier, lot, count);
}

/* The first run of a batch in this list, if it belongs to the pass. */
static struct run *first_run(const struct delivery *delivery, uint8_t list)
{
    struct run *run = delivery->host->runs[list].first;
    while (run && run->lot->kind == LOT_CHUNK)
        run = run->next;
    return run && run->lot->number <= delivery->frontier->distribution.limit ? run : NULL;
}

/* All classes of the host's oldest batch; its number, or 0 where there is none. */
static uint64_t deliver_batch(struct delivery *delivery)
{
    uint64_t oldest = 0;
    for (uint8_t list = 0; list < URL_CLASSES; list++) {
        const struct run *run = first_run(delivery, list);
        if (run && (oldest == 0 || run->lot->number < oldest))
            oldest = run->lot->number;
    }
    for (uint8_t list = 0; oldest != 0 && list < URL_CLASSES; list++) {
        struct run *run = first_run(delivery, list);
        if (run && run->lot->number == oldest)
            deliver_run(delivery, run);
    }
    return oldest;
}

static uint64_t room_of(const struct frontier *frontier, const struct host *host)
{
    uint64_t most = frontier->options.host_queue_most;
    if (most == 0 || host->state->is_seeded)
        return UINT64_MAX;
    return host->state->queued < most ? most - host->state->queued : 0;
}

/* Delivers what the host has, or until the slice is full; *count rises. Returns the newest batch
 * delivered: the limit where nothing is left. */
static uint64_t deliver_host(struct frontier *frontier, struct host *host,
                             struct chunk_writer *writers, size_t *count, int64_t now_ms)
{
    host_load(frontier->hosts, host, NULL);
    host_enter(frontier->hosts, host);
    struct delivery delivery = { frontier, host, room_of(frontier, host), 0, writers };
    for (uint8_t list = 0; list < URL_LISTS; list++)
        chunk_writer_turn(&writers[list], host->id, list, &host->state->chunks[list].end);
    deliver_flights(&delivery);
    uint64_t newest = 0;
    uint64_t batch;
    while ((batch = deliver_batch(&delivery)) != 0) {
        newest = batch;
        if (*count + delivery.count >= SLICE_URLS)
            break;
    }
    for (uint8_t list = 0; list < URL_LISTS; list++)
        host->state->chunks[list].count += chunk_writer_end(&writers[list]);
    *count += delivery.count;
    if (delivery.count > 0)
        host_expect(frontier->hosts, host, now_ms);
    return batch == 0 ? frontier->distribution.limit : newest;
}

/* ---- The slices */

static void write_slice(struct frontier *frontier, struct txn *txn, int64_t now_ms)
{
    struct distribution *pass = &frontier->distribution;
    struct chunk_writer writers[URL_LISTS];
    for (size_t list = 0; list < URL_LISTS; list++)
        chunk_writer_init(&writers[list], frontier->tables.queue, txn);
    struct distribution_mark mark = { .limit = pass->limit };
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    size_t count = 0;
    while (pass->count > 0 && count < SLICE_URLS) {
        struct host *host = pass->heap[0];
        mark.batch = deliver_host(frontier, host, writers, &count, now_ms);
        buf_reset(&key);
        buf_append_bytes(&key, host_key(host));
        if (mark.batch == pass->limit)
            leave_pass(frontier);
    }
    mark.key = pass->count > 0 ? buf_bytes(&key) : last_key;
    write_mark(frontier, txn, &mark);
    for (size_t list = 0; list < URL_LISTS; list++)
        chunk_writer_clear(&writers[list]);
    buf_clear(&key);
}

bool frontier_has_housekeeping(const struct frontier *frontier)
{
    return frontier->release.is_active || frontier->distribution.is_active ||
           frontier->waiting > frontier->options.arrivals_most;
}

/* The batches of a pass are gone before the next begins: its mark would not know them. */
static void distribute_some(struct frontier *frontier, struct txn *txn, int64_t now_ms)
{
    struct distribution *pass = &frontier->distribution;
    lots_load(frontier);
    if (!pass->is_active && frontier->waiting > frontier->options.arrivals_most)
        begin_pass(frontier);
    if (pass->count > 0)
        write_slice(frontier, txn, now_ms);
    else
        lots_delete_finished(frontier, txn, SLICE_DELETED);
    if (pass->count == 0 && !frontier->finished) {
        distribution_clear(pass);
        handout_prune_lobby(frontier);
    }
}

void frontier_housekeeping(struct frontier *frontier, struct txn *txn, int64_t now_ms)
{
    if (frontier->release.is_active)
        holds_release_some(frontier, txn, now_ms);
    else
        distribute_some(frontier, txn, now_ms);
    hosts_write(frontier->hosts, txn);
    inside_count(frontier);
    counters_save(frontier->counters, txn, frontier->database);
}
