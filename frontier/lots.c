/* SPDX-License-Identifier: MIT
 *
 * The URLs in memory: batches of arrivals as they were committed or read back, and the chunks that
 * hosts are being served from.
 */
#include <assert.h>

#include <assert.h>

#include "base/surt.h"
#include "frontier/inside.h"
#include "frontier/queue.h"

/* To delete a small record costs what these URLs of a large one do. */
enum { URLS_OF_RECORD = 25 };

static void enlist(struct frontier *frontier, struct lot *lot)
{
    lot->newer = NULL;
    lot->older = frontier->lots;
    if (frontier->lots)
        frontier->lots->newer = lot;
    frontier->lots = lot;
}

static void discharge(struct frontier *frontier, struct lot *lot)
{
    if (lot->newer)
        lot->newer->older = lot->older;
    else
        frontier->lots = lot->older;
    if (lot->older)
        lot->older->newer = lot->newer;
    lot_free(lot);
}

void lots_free(struct frontier *frontier)
{
    while (frontier->lots)
        discharge(frontier, frontier->lots);
    frontier->finished = NULL;
}

void lots_finish(struct frontier *frontier, struct lot *lot, uint32_t count)
{
    assert(lot->left >= count);
    lot->left -= count;
    if (count > 0 && lot->left == 0) {
        lot->next_finished = frontier->finished;
        frontier->finished = lot;
    }
}

/* ---- Batches */

static void publish_run(struct frontier *frontier, struct run *run, struct bytes name)
{
    struct host *host = host_of_name(frontier->hosts, name);
    run->host = host;
    host_link_run(host, run);
    host->waiting += run->count;
    frontier->waiting += run->count;
    /* Whether it rests is looked at when it leaves. */
    if (!host->is_awake)
        lobby_enter(&frontier->lobby, host, 0, 0);
}

void lots_publish(struct frontier *frontier, struct lot *lot, const struct batch *batch)
{
    enlist(frontier, lot);
    for (uint32_t i = 0; i < lot->run_count; i++)
        publish_run(frontier, &lot->runs[i], batch_host(batch, i));
    if (lot->number > frontier->newest_batch)
        frontier->newest_batch = lot->number;
}

/* As lots_publish, without what a pass of distribution has written to chunks. */
static void publish_read(struct frontier *frontier, struct lot *lot, const struct batch *batch,
                         const struct distribution_mark *mark)
{
    enlist(frontier, lot);
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    uint32_t gone = 0;
    for (uint32_t i = 0; i < lot->run_count; i++) {
        struct run *run = &lot->runs[i];
        buf_reset(&key);
        if (lot->number <= mark->limit)
            surt_host(&key, batch_host(batch, i));
        if (distribution_mark_passed(mark, lot->number, buf_bytes(&key)))
            gone += run->count;
        else
            publish_run(frontier, run, batch_host(batch, i));
    }
    buf_clear(&key);
    if (lot->number > frontier->newest_batch)
        frontier->newest_batch = lot->number;
    lots_finish(frontier, lot, gone);
}

void lots_load(struct frontier *frontier)
{
    if (frontier->are_arrivals_loaded)
        return;
    frontier->are_arrivals_loaded = true;
    struct distribution_mark mark = distribution_mark_read(frontier->tables.meta, &frontier->value);
    struct batch *batch = batch_new(frontier->secret);
    struct cursor *cursor = cursor_open(frontier->tables.arrivals, NULL);
    for (bool is_there = cursor_seek(cursor, (struct bytes){ 0 }); is_there;
         is_there = cursor_next(cursor)) {
        struct unpacker key = unpacker_of(cursor_key(cursor));
        uint64_t number = unpack_be64(&key);
        if (number >= frontier->own_batches_from)
            break;
        batch_reset(batch);
        if (key.is_bad || !batch_read(batch, cursor_value(cursor)) || batch_count(batch) == 0)
            table_damaged(frontier->tables.arrivals);
        struct lot *lot = batch_detach(batch);
        lot->number = number;
        publish_read(frontier, lot, batch, &mark);
    }
    cursor_close(cursor);
    batch_free(batch);
}

/* ---- Chunks */

/* A count of chunks that are not there would keep the host awake: it is put right here. */
void lots_read_chunk(struct frontier *frontier, struct host *host, uint8_t list)
{
    if (host->unread[list] >= host->state->chunks[list].end)
        return;
    bool is_all = host->unread[list] == 0 && host->lots == 0;
    uint32_t number = host->unread[list];
    struct lot *lot = chunk_read(frontier->tables.queue, host->id, list, &number);
    host->unread[list] = lot ? number + 1 : host->state->chunks[list].end;
    if (!lot) {
        if (is_all && host->state->chunks[list].count > 0) {
            host->state->chunks[list].count = 0;
            host_change(frontier->hosts, host);
        }
        return;
    }
    enlist(frontier, lot);
    lot->host = host;
    host->lots++;
    lot->runs[0].host = host;
    host_link_run(host, &lot->runs[0]);
}

void lots_drop_chunks(struct frontier *frontier, struct host *host)
{
    assert(host->first_flight == 0);
    for (size_t list = 0; list < URL_LISTS; list++) {
        struct run *run;
        while ((run = host->runs[list].first) != NULL && run->lot->kind == LOT_CHUNK) {
            struct lot *lot = run->lot;
            if (lot->number < host->unread[list])
                host->unread[list] = (uint32_t)lot->number;
            host_unlink_run(frontier->hosts, host, run);
            host->lots--;
            discharge(frontier, lot);
        }
    }
}

/* ---- The end of both */

static void delete_chunk(struct frontier *frontier, struct txn *txn, struct lot *lot)
{
    struct host *host = lot->host;
    struct host_state *state = host->state;
    uint32_t number = (uint32_t)lot->number;
    host->lots--;
    host_touch(frontier->hosts, host);
    /* A chunk that was dropped from memory and read again may end twice. */
    if (!chunk_delete(frontier->tables.queue, txn, host->id, lot->list, number))
        return;
    uint64_t *held = &frontier->counters->values[COUNTER_URLS_HELD];
    if (lot->list == URL_CLASS_HELD) {
        state->held -= state->held < lot->total ? state->held : lot->total;
        *held -= *held < lot->total ? *held : lot->total;
    } else {
        host_count_queued(frontier->hosts, host, -(int64_t)lot->total);
    }
    if (state->chunks[lot->list].count > 0)
        state->chunks[lot->list].count--;
    host_change(frontier->hosts, host);
}

void lots_delete_finished(struct frontier *frontier, struct txn *txn, size_t urls)
{
    size_t done = 0;
    while (done < urls && frontier->finished) {
        struct lot *lot = frontier->finished;
        done += lot->total > URLS_OF_RECORD ? lot->total : URLS_OF_RECORD;
        frontier->finished = lot->next_finished;
        if (lot->kind == LOT_CHUNK) {
            delete_chunk(frontier, txn, lot);
        } else {
            buf_reset(&frontier->key);
            pack_be64(&frontier->key, lot->number);
            table_delete(frontier->tables.arrivals, txn, buf_bytes(&frontier->key));
        }
        discharge(frontier, lot);
    }
}
