/* SPDX-License-Identifier: MIT */
#include "store/origins.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pack.h"

/* Version of the record, its first byte. */
enum { FORMAT = 1 };

void origin_encode(const struct origin_record *record, struct buf *out)
{
    buf_reset(out);
    pack_u8(out, FORMAT);
    pack_number(out, record->status);
    pack_signed(out, record->checked_at_ms);
    pack_signed(out, record->expires_at_ms);
    pack_signed(out, record->good_at_ms);
    pack_signed(out, record->unreachable_since_ms);
    pack_number(out, record->version);
    pack_bytes(out, record->etag);
    pack_bytes(out, record->last_modified);
    buf_append_bytes(out, record->body);
}

bool origin_decode(struct origin_record *record, struct bytes bytes)
{
    struct unpacker from = unpacker_of(bytes);
    uint8_t format = unpack_u8(&from);
    uint64_t status = unpack_number(&from);
    record->status = (uint16_t)status;
    record->checked_at_ms = unpack_signed(&from);
    record->expires_at_ms = unpack_signed(&from);
    record->good_at_ms = unpack_signed(&from);
    record->unreachable_since_ms = unpack_signed(&from);
    record->version = unpack_number(&from);
    record->etag = unpack_bytes(&from);
    record->last_modified = unpack_bytes(&from);
    record->body = unpack_rest(&from);
    return !from.is_bad && format == FORMAT && status <= UINT16_MAX;
}

struct origins {
    struct table *table;
};

enum status origins_open(struct origins **out, struct database *database)
{
    struct origins *origins = xcalloc(1, sizeof(*origins));
    enum status status = database_table(database, "origins", &origins->table);
    if (status) {
        origins_close(origins);
        return status;
    }
    *out = origins;
    return STATUS_OK;
}

void origins_close(struct origins *origins)
{
    free(origins);
}

enum status origin_get(struct origins *origins, struct txn *txn, struct bytes origin,
                       struct buf *record)
{
    return table_get(origins->table, txn, origin, record);
}

void origin_put(struct origins *origins, struct txn *txn, struct bytes origin, struct bytes record)
{
    table_put(origins->table, txn, origin, record);
}
