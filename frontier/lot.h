/* SPDX-License-Identifier: MIT
 *
 * lot - some URLs in memory that came from one record: a batch of arrivals, or a chunk of a host's
 * queue.
 *
 * The URLs lie one behind the other in one piece of memory, without a malloc each; those of one
 * host and class are linked as a run, in order of arrival. A run hangs in its host's list of that
 * class while URLs wait in it. `left` counts the URLs without an outcome: at 0 the record may be
 * deleted, and then the lot.
 */
#ifndef FRONTIER_LOT_H
#define FRONTIER_LOT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pack.h"
#include "frontier/local_url.h"

struct host;
struct lot;

/* A URL that waits: what it needs beside its host. Borrowed from the lot. */
struct queued_url {
    struct local_url local;
    uint64_t referrer;
    uint16_t depth;
    uint8_t found;
    uint8_t hops;
    uint8_t url_class; /* As given on entry, also where it is held. */
};

/* One after another into a record: what repeats from the one before costs next to nothing. previous
 * is NULL for the first. */
void queued_url_pack(struct buf *out, const struct queued_url *previous,
                     const struct queued_url *url);
/* *url holds the previous one (zeros for the first), *path backs its path. False where bytes are
 * damaged. */
bool queued_url_unpack(struct unpacker *from, struct queued_url *url, struct buf *path);

struct run {
    struct lot *lot;
    struct host *host; /* NULL until the lot is published. */
    struct run *next;  /* In the host's list. */
    uint32_t first;    /* Places of the URLs that wait; LOT_NOWHERE where none does. */
    uint32_t last;
    uint32_t count;
    uint8_t list; /* Class under which the run hangs: URL_CLASS_HELD for held ones. */
    bool is_linked;
};

#define LOT_NOWHERE UINT32_MAX

enum lot_kind { LOT_CHUNK, LOT_BATCH };

struct lot_source;

struct lot {
    enum lot_kind kind;
    uint64_t number;   /* Of the batch or chunk. */
    struct host *host; /* Of a chunk. */
    uint8_t list;      /* Of a chunk. */
    uint32_t total;
    uint32_t left;
    struct run *runs; /* May move until the lot is sealed. */
    uint32_t run_count;
    uint32_t run_capacity;
    struct buf urls;
    struct lot_source *sources; /* What neighbours have in common. */
    uint32_t source_count;
    uint32_t source_capacity;
    struct lot *newer; /* Among all lots. */
    struct lot *older;
    struct lot *next_finished;
};

struct lot *lot_new(enum lot_kind kind);
/* Takes the room for about so much at once. */
void lot_reserve(struct lot *lot, size_t url_bytes, uint32_t runs);
void lot_free(struct lot *lot);

/* A new run; its index. */
uint32_t lot_run(struct lot *lot, uint8_t list);
/* At the end of the run; copies the path. */
void lot_add(struct lot *lot, uint32_t run, const struct queued_url *url);
/* Nothing will be added: gives back memory that is not used, and runs stay where they are. */
void lot_seal(struct lot *lot);

struct queued_url lot_url(const struct lot *lot, uint32_t place);
/* The place behind this one in its run, or LOT_NOWHERE. */
uint32_t lot_next(const struct lot *lot, uint32_t place);

/* Takes the first place off a run that has one. */
uint32_t run_pop(struct run *run);
/* Puts a place back in front. */
void run_push(struct run *run, uint32_t place);

#endif
