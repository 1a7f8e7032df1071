/* SPDX-License-Identifier: MIT */
#include "frontier/arrivals.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "frontier/frontier.h"
#include "frontier/seen.h"
#include "store/coding.h"

/* Whose URLs a run holds. */
struct run_host {
    uint32_t hash;
    uint32_t start; /* In names. */
    uint32_t length;
};

struct batch {
    uint64_t secret;
    struct lot *lot;   /* NULL: no URL yet. */
    size_t last_bytes; /* Of the lot before: the next one will be about as large. */
    uint32_t last_runs;
    struct buf plain; /* The record on its way to the table, before and after compression. */
    struct buf record;
    struct buf names;
    struct run_host *hosts; /* One for each run. */
    uint32_t host_count;
    uint32_t host_capacity;
    uint32_t last_run;     /* Neighbours mostly are of one host and class. */
    uint32_t *run_slots;   /* By host and class: index of the run + 1, 0: free. */
    size_t run_slot_count; /* A power of two. */
    uint64_t *fingerprints;
    size_t fingerprint_count;
    size_t fingerprint_capacity;
    size_t known_count;    /* Those without SEEN_TRIED. */
    uint64_t *known;       /* All of them as a set; 0: free. */
    size_t known_capacity; /* A power of two. */
};

/* A usual batch is 256 pages with some thousand new URLs. */
enum { FIRST_SLOTS = 1024 };

struct batch *batch_new(uint64_t secret)
{
    struct batch *batch = xcalloc(1, sizeof(*batch));
    batch->secret = secret;
    buf_init(&batch->names, UINT32_MAX);
    buf_init(&batch->plain, BUF_UNBOUNDED);
    buf_init(&batch->record, BUF_UNBOUNDED);
    batch->run_slot_count = FIRST_SLOTS;
    batch->run_slots = xcalloc(batch->run_slot_count, sizeof(*batch->run_slots));
    batch->known_capacity = FIRST_SLOTS;
    batch->known = xcalloc(batch->known_capacity, sizeof(*batch->known));
    return batch;
}

void batch_free(struct batch *batch)
{
    if (!batch)
        return;
    lot_free(batch->lot);
    buf_clear(&batch->names);
    buf_clear(&batch->plain);
    buf_clear(&batch->record);
    free(batch->hosts);
    free(batch->run_slots);
    free(batch->fingerprints);
    free(batch->known);
    free(batch);
}

void batch_reset(struct batch *batch)
{
    lot_free(batch->lot);
    batch->lot = NULL;
    buf_reset(&batch->names);
    if (batch->host_count > 0)
        memset(batch->run_slots, 0, batch->run_slot_count * sizeof(*batch->run_slots));
    if (batch->fingerprint_count > 0)
        memset(batch->known, 0, batch->known_capacity * sizeof(*batch->known));
    batch->host_count = 0;
    batch->fingerprint_count = 0;
    batch->known_count = 0;
}

/* ---- Fingerprints */

static size_t known_slot(const struct batch *batch, uint64_t fingerprint)
{
    size_t slot = fingerprint >> 1 & (batch->known_capacity - 1);
    while (batch->known[slot] != 0 && batch->known[slot] != fingerprint)
        slot = (slot + 1) & (batch->known_capacity - 1);
    return slot;
}

static void grow_known(struct batch *batch)
{
    free(batch->known);
    batch->known_capacity *= 2;
    batch->known = xcalloc(batch->known_capacity, sizeof(*batch->known));
    for (size_t i = 0; i < batch->fingerprint_count; i++)
        batch->known[known_slot(batch, batch->fingerprints[i])] = batch->fingerprints[i];
}

/* False where it is there. */
static bool note(struct batch *batch, uint64_t fingerprint)
{
    size_t slot = known_slot(batch, fingerprint);
    if (batch->known[slot] != 0)
        return false;
    batch->known[slot] = fingerprint;
    if (batch->fingerprint_count == batch->fingerprint_capacity) {
        batch->fingerprint_capacity =
            batch->fingerprint_capacity ? 2 * batch->fingerprint_capacity : FIRST_SLOTS;
        batch->fingerprints = xreallocarray(batch->fingerprints, batch->fingerprint_capacity,
                                            sizeof(*batch->fingerprints));
    }
    batch->fingerprints[batch->fingerprint_count++] = fingerprint;
    if (2 * batch->fingerprint_count > batch->known_capacity)
        grow_known(batch);
    return true;
}

bool batch_know(struct batch *batch, uint64_t fingerprint)
{
    bool is_new = note(batch, fingerprint);
    batch->known_count += is_new;
    return is_new;
}

void batch_note_tried(struct batch *batch, uint64_t fingerprint)
{
    note(batch, fingerprint | SEEN_TRIED);
}

bool batch_is_tried(const struct batch *batch, uint64_t fingerprint)
{
    uint64_t noted = fingerprint | SEEN_TRIED;
    return batch->known[known_slot(batch, noted)] == noted;
}

size_t batch_known(const struct batch *batch)
{
    return batch->known_count;
}

const uint64_t *batch_fingerprints(const struct batch *batch, size_t *count)
{
    *count = batch->fingerprint_count;
    return batch->fingerprints;
}

/* ---- URLs by host */

struct bytes batch_host(const struct batch *batch, uint32_t run)
{
    assert(run < batch->host_count);
    return bytes_of(batch->names.data + batch->hosts[run].start, batch->hosts[run].length);
}

static bool run_is_of(const struct batch *batch, uint32_t run, struct bytes host, uint8_t list)
{
    return batch->lot->runs[run].list == list && bytes_equal(batch_host(batch, run), host);
}

static size_t run_slot(const struct batch *batch, uint32_t hash, uint8_t list)
{
    return (hash + list) & (batch->run_slot_count - 1);
}

static void place_run(struct batch *batch, uint32_t run)
{
    size_t slot = run_slot(batch, batch->hosts[run].hash, batch->lot->runs[run].list);
    while (batch->run_slots[slot] != 0)
        slot = (slot + 1) & (batch->run_slot_count - 1);
    batch->run_slots[slot] = run + 1;
}

static void grow_run_slots(struct batch *batch)
{
    free(batch->run_slots);
    batch->run_slot_count *= 2;
    batch->run_slots = xcalloc(batch->run_slot_count, sizeof(*batch->run_slots));
    for (uint32_t run = 0; run < batch->host_count; run++)
        place_run(batch, run);
}

static uint32_t new_run(struct batch *batch, struct bytes host, uint32_t hash, uint8_t list)
{
    if (batch->host_count == batch->host_capacity) {
        batch->host_capacity = batch->host_capacity ? 2 * batch->host_capacity : 64;
        batch->hosts = xreallocarray(batch->hosts, batch->host_capacity, sizeof(*batch->hosts));
    }
    uint32_t run = lot_run(batch->lot, list);
    assert(run == batch->host_count);
    batch->hosts[batch->host_count++] =
        (struct run_host){ hash, (uint32_t)batch->names.length, (uint32_t)host.length };
    bool fits = buf_append_bytes(&batch->names, host);
    assert(fits);
    (void)fits;
    if (2 * (size_t)batch->host_count > batch->run_slot_count)
        grow_run_slots(batch);
    else
        place_run(batch, run);
    return run;
}

static uint32_t run_of(struct batch *batch, struct bytes host, uint8_t list)
{
    if (batch->host_count > 0 && run_is_of(batch, batch->last_run, host, list))
        return batch->last_run;
    uint32_t hash = (uint32_t)hash_bytes(host, batch->secret);
    for (size_t slot = run_slot(batch, hash, list); batch->run_slots[slot] != 0;
         slot = (slot + 1) & (batch->run_slot_count - 1)) {
        uint32_t run = batch->run_slots[slot] - 1;
        if (batch->hosts[run].hash == hash && run_is_of(batch, run, host, list))
            return run;
    }
    return new_run(batch, host, hash, list);
}

void batch_add(struct batch *batch, struct bytes host, const struct queued_url *url)
{
    if (!batch->lot) {
        batch->lot = lot_new(LOT_BATCH);
        lot_reserve(batch->lot, batch->last_bytes, batch->last_runs);
    }
    batch->last_run = run_of(batch, host, url->url_class);
    lot_add(batch->lot, batch->last_run, url);
}

size_t batch_count(const struct batch *batch)
{
    return batch->lot ? batch->lot->total : 0;
}

struct lot *batch_detach(struct batch *batch)
{
    struct lot *lot = batch->lot;
    batch->lot = NULL;
    if (lot) {
        batch->last_bytes = lot->urls.length;
        batch->last_runs = lot->run_count;
        lot_seal(lot);
    }
    return lot;
}

/* ---- The records */

static void put_numbered(struct table *table, struct txn *txn, uint64_t number, struct bytes value)
{
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    pack_be64(&key, number);
    table_put(table, txn, buf_bytes(&key), value);
    buf_clear(&key);
}

static void pack_run(struct buf *out, const struct lot *lot, const struct run *run)
{
    struct queued_url previous;
    pack_number(out, run->count);
    for (uint32_t at = run->first; at != LOT_NOWHERE; at = lot_next(lot, at)) {
        struct queued_url url = lot_url(lot, at);
        queued_url_pack(out, at == run->first ? NULL : &previous, &url);
        previous = url;
    }
}

void batch_write_urls(struct batch *batch, struct table *table, struct txn *txn, uint64_t number)
{
    if (!batch->lot)
        return;
    batch->lot->number = number;
    buf_reset(&batch->plain);
    for (uint32_t run = 0; run < batch->host_count; run++) {
        pack_bytes(&batch->plain, batch_host(batch, run));
        pack_run(&batch->plain, batch->lot, &batch->lot->runs[run]);
    }
    coding_compress(buf_bytes(&batch->plain), &batch->record);
    put_numbered(table, txn, number, buf_bytes(&batch->record));
}

void batch_write_seen(struct batch *batch, struct table *table, struct txn *txn, uint64_t number)
{
    if (batch->fingerprint_count == 0)
        return;
    buf_reset(&batch->record);
    for (size_t i = 0; i < batch->fingerprint_count; i++)
        pack_be64(&batch->record, batch->fingerprints[i]);
    put_numbered(table, txn, number, buf_bytes(&batch->record));
}

static bool read_run(struct batch *batch, struct unpacker *from, struct buf *path)
{
    struct bytes host = unpack_bytes(from);
    uint64_t count = unpack_number(from);
    struct queued_url url = { 0 };
    buf_reset(path);
    if (host.length == 0 || host.length > UINT16_MAX)
        return false;
    for (uint64_t i = 0; i < count; i++) {
        if (!queued_url_unpack(from, &url, path) || url.url_class >= URL_CLASSES)
            return false;
        batch_add(batch, host, &url);
    }
    return true;
}

bool batch_read(struct batch *batch, struct bytes record)
{
    struct buf path;
    buf_init(&path, BUF_UNBOUNDED);
    bool is_good = coding_decompress(record, &batch->plain);
    struct unpacker from = unpacker_of(buf_bytes(&batch->plain));
    while (is_good && from.left > 0)
        is_good = read_run(batch, &from, &path);
    buf_clear(&path);
    return is_good && !from.is_bad;
}
