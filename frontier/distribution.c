/* SPDX-License-Identifier: MIT */
#include "frontier/distribution.h"

#include <assert.h>
#include <stdlib.h>

#include "base/pack.h"
#include "frontier/inside.h"
#include "frontier/queue.h"

enum {
    /* URLs of one slice, where a host costs as much as so many: some 5 to 10 ms. */
    SLICE_URLS = 5000,
    HOST_URLS = 10,
    /* URLs of the batches that one slice deletes: far less work for each. */
    SLICE_DELETED = 100000,
};

void distribution_clear(struct distribution *distribution)
{
    host_heap_clear(&distribution->hosts);
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
    host->is_in_pass = true;
    host_heap_add(&pass->hosts, host);
}

static void begin_pass(struct frontier *frontier)
{
    struct distribution *pass = &frontier->distribution;
    *pass = (struct distribution){ .is_active = true,
                                   .limit = frontier->newest_batch,
                                   .hosts = { .is_before = is_before } };
    hosts_each(frontier->hosts, collect_host, frontier);
    host_heap_order(&pass->hosts);
}

static void leave_pass(struct frontier *frontier)
{
    struct distribution *pass = &frontier->distribution;
    struct host *host = host_heap_first(&pass->hosts);
    host->is_in_pass = false;
    host_touch(frontier->hosts, host);
    host_heap_drop_first(&pass->hosts);
}

/* ---- One host */

/* A host's URLs on their way to its chunks, list by list. */
struct delivery {
    struct frontier *frontier;
    struct host *host;
    struct queue_bounds bounds;
    size_t count;                 /* URLs of this slice. */
    struct chunk_writer *writers; /* One a list. */
};

static void deliver_url(struct delivery *delivery, uint8_t list, const struct queued_url *url)
{
    struct frontier *frontier = delivery->frontier;
    if (budget_may_queue(&delivery->bounds, delivery->host, list)) {
        host_count_queued(frontier->hosts, delivery->host, 1);
    } else {
        list = URL_CLASS_HELD;
        delivery->host->state->held++;
        frontier->counters->values[COUNTER_URLS_HELD]++;
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

/* Delivers what the host has, or until the slice is full; *count rises. Returns the newest batch
 * delivered: the limit where nothing is left. */
static uint64_t deliver_host(struct frontier *frontier, struct host *host,
                             struct chunk_writer *writers, size_t *count)
{
    host_load(frontier->hosts, host, NULL);
    host_enter(frontier->hosts, host);
    struct delivery delivery = { frontier, host, budget_queue_bounds(frontier, host), 0, writers };
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
    host_change(frontier->hosts, host);
    if (delivery.count > 0 && host_has_free_chunks(host))
        host_expect(frontier->hosts, host, frontier->now_ms);
    return batch == 0 ? frontier->distribution.limit : newest;
}

/* ---- The slices */

static void write_slice(struct frontier *frontier, struct txn *txn)
{
    struct distribution *pass = &frontier->distribution;
    struct chunk_writer writers[URL_LISTS];
    for (size_t list = 0; list < URL_LISTS; list++)
        chunk_writer_init(&writers[list], frontier->tables.queue, txn);
    struct distribution_mark mark = { .limit = pass->limit };
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    size_t count = 0;
    struct host *host;
    while ((host = host_heap_first(&pass->hosts)) != NULL && count < SLICE_URLS) {
        mark.batch = deliver_host(frontier, host, writers, &count);
        count += HOST_URLS;
        buf_reset(&key);
        buf_append_bytes(&key, host_key(host));
        if (mark.batch == pass->limit)
            leave_pass(frontier);
    }
    mark.key = host ? buf_bytes(&key) : last_key;
    write_mark(frontier, txn, &mark);
    for (size_t list = 0; list < URL_LISTS; list++)
        chunk_writer_clear(&writers[list]);
    buf_clear(&key);
}

bool distribution_is_due(const struct frontier *frontier)
{
    return frontier->distribution.is_active || frontier->waiting > frontier->options.arrivals_most;
}

bool distribution_is_over(const struct frontier *frontier)
{
    return !frontier->distribution.is_active && frontier->waiting == 0;
}

/* The batches of a pass are gone before the next begins: its mark would not know them. */
void distribution_step(struct frontier *frontier, struct txn *txn)
{
    struct distribution *pass = &frontier->distribution;
    if (!pass->is_active)
        begin_pass(frontier);
    if (pass->hosts.count > 0)
        write_slice(frontier, txn);
    else
        lots_delete_finished(frontier, txn, SLICE_DELETED);
    if (pass->hosts.count == 0 && !frontier->finished) {
        distribution_clear(pass);
        handout_prune_lobby(frontier);
    }
}
