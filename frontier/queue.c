/* SPDX-License-Identifier: MIT */
#include "frontier/queue.h"

#include <assert.h>

#include "base/pack.h"
#include "frontier/frontier.h"

/* Some 25 to 30 usual URLs: a quarter of a page of the database, so that little of one is wasted.
 */
enum { CHUNK_BYTES = 960 };

static void pack_key(struct buf *key, uint64_t host, uint8_t list, uint32_t number)
{
    pack_be64(key, host);
    pack_u8(key, list);
    pack_be32(key, number);
}

void chunk_writer_init(struct chunk_writer *writer, struct table *table, struct txn *txn)
{
    *writer = (struct chunk_writer){ .table = table, .txn = txn };
    buf_init(&writer->record, BUF_UNBOUNDED);
}

static void write_chunk(struct chunk_writer *writer)
{
    if (writer->record.length == 0)
        return;
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    pack_key(&key, writer->host, writer->list, (*writer->next)++);
    table_put(writer->table, writer->txn, buf_bytes(&key), buf_bytes(&writer->record));
    buf_clear(&key);
    buf_reset(&writer->record);
    writer->written++;
}

void chunk_writer_turn(struct chunk_writer *writer, uint64_t host, uint8_t list, uint32_t *next)
{
    assert(writer->record.length == 0);
    writer->host = host;
    writer->list = list;
    writer->next = next;
    writer->written = 0;
}

void chunk_writer_add(struct chunk_writer *writer, const struct queued_url *url)
{
    queued_url_pack(&writer->record, writer->record.length ? &writer->previous : NULL, url);
    writer->previous = *url;
    if (writer->record.length >= CHUNK_BYTES)
        write_chunk(writer);
}

uint32_t chunk_writer_end(struct chunk_writer *writer)
{
    write_chunk(writer);
    return writer->written;
}

void chunk_writer_clear(struct chunk_writer *writer)
{
    assert(writer->record.length == 0);
    buf_clear(&writer->record);
}

static struct lot *lot_of_record(struct table *table, struct bytes record, uint8_t list)
{
    struct lot *lot = lot_new(LOT_CHUNK);
    lot->list = list;
    uint32_t run = lot_run(lot, list);
    struct unpacker from = unpacker_of(record);
    struct queued_url url = { 0 };
    struct buf path;
    buf_init(&path, BUF_UNBOUNDED);
    while (from.left > 0) {
        if (!queued_url_unpack(&from, &url, &path))
            table_damaged(table);
        lot_add(lot, run, &url);
    }
    buf_clear(&path);
    lot_seal(lot);
    return lot;
}

struct lot *chunk_read(struct table *table, uint64_t host, uint8_t list, uint32_t *number)
{
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    pack_key(&key, host, list, *number);
    struct cursor *cursor = cursor_open(table, NULL);
    struct lot *lot = NULL;
    if (cursor_seek(cursor, buf_bytes(&key))) {
        struct unpacker from = unpacker_of(cursor_key(cursor));
        if (unpack_be64(&from) == host && unpack_u8(&from) == list) {
            *number = unpack_be32(&from);
            lot = lot_of_record(table, cursor_value(cursor), list);
            lot->number = *number;
        }
    }
    cursor_close(cursor);
    buf_clear(&key);
    return lot;
}

bool chunk_delete(struct table *table, struct txn *txn, uint64_t host, uint8_t list,
                  uint32_t number)
{
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    pack_key(&key, host, list, number);
    bool was_there = table_delete(table, txn, buf_bytes(&key));
    buf_clear(&key);
    return was_there;
}
