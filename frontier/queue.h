/* SPDX-License-Identifier: MIT
 *
 * queue - the chunks of URLs that wait for their hosts on disk.
 *
 * Key: host id, list (a class, or held), chunk number. A chunk is written once and never added to;
 * read, it is a lot of one run; when all its URLs have an outcome it is deleted.
 */
#ifndef FRONTIER_QUEUE_H
#define FRONTIER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "frontier/lot.h"
#include "store/database.h"

/* URLs on their way into chunks of one list of one host. */
struct chunk_writer {
    struct table *table;
    struct txn *txn;
    uint64_t host;
    uint8_t list;
    uint32_t *next;   /* Number of the next chunk; counted up. */
    uint32_t written; /* Chunks so far. */
    struct buf record;
    struct queued_url
        previous; /* Borrowed from the caller, who keeps it until the writer is done. */
};

void chunk_writer_init(struct chunk_writer *writer, struct table *table, struct txn *txn);
/* Ends the chunk under way; then URLs go to another list. */
void chunk_writer_turn(struct chunk_writer *writer, uint64_t host, uint8_t list, uint32_t *next);
void chunk_writer_add(struct chunk_writer *writer, const struct queued_url *url);
/* Writes the chunk under way; returns how many were written since the last turn. */
uint32_t chunk_writer_end(struct chunk_writer *writer);
void chunk_writer_clear(struct chunk_writer *writer);

/* The first chunk of this list from *number on, as a lot with one run (caller frees); *number
 * becomes its number. NULL where there is none. */
struct lot *chunk_read(struct table *table, uint64_t host, uint8_t list, uint32_t *number);
bool chunk_delete(struct table *table, struct txn *txn, uint64_t host, uint8_t list,
                  uint32_t number);

#endif
