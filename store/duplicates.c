/* SPDX-License-Identifier: MIT */
#include "store/duplicates.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pack.h"

/* A row of digests is its key alone: the digest and the document number, so a group is a range. */
enum { DIGEST_KEY_BYTES = SHA256_BYTES + NUMBER_KEY_BYTES };

struct duplicates {
    struct table *digests;
    struct table *aliases;
    struct buf record; /* The alias being read or written. */
};

enum status duplicates_open(struct duplicates **out, struct database *database)
{
    struct duplicates *duplicates = xcalloc(1, sizeof(*duplicates));
    buf_init(&duplicates->record, BUF_UNBOUNDED);
    enum status status = database_table(database, "digests", &duplicates->digests);
    if (!status)
        status = database_table(database, "aliases", &duplicates->aliases);
    if (status) {
        duplicates_close(duplicates);
        return status;
    }
    *out = duplicates;
    return STATUS_OK;
}

void duplicates_close(struct duplicates *duplicates)
{
    if (!duplicates)
        return;
    buf_clear(&duplicates->record);
    free(duplicates);
}

/* ---- Digests */

static struct bytes digest_key(const unsigned char digest[SHA256_BYTES], uint64_t document,
                               unsigned char room[DIGEST_KEY_BYTES])
{
    memcpy(room, digest, SHA256_BYTES);
    number_key(document, room + SHA256_BYTES);
    return bytes_of(room, DIGEST_KEY_BYTES);
}

void digest_put(struct duplicates *duplicates, struct txn *txn,
                const unsigned char digest[SHA256_BYTES], uint64_t document)
{
    unsigned char room[DIGEST_KEY_BYTES];
    table_put(duplicates->digests, txn, digest_key(digest, document, room), BYTES(""));
}

void digest_delete(struct duplicates *duplicates, struct txn *txn,
                   const unsigned char digest[SHA256_BYTES], uint64_t document)
{
    unsigned char room[DIGEST_KEY_BYTES];
    table_delete(duplicates->digests, txn, digest_key(digest, document, room));
}

/* The first document of the digest's range that is not below `least`, or 0. */
static uint64_t digest_from(struct duplicates *duplicates, struct txn *txn,
                            const unsigned char digest[SHA256_BYTES], uint64_t least)
{
    unsigned char room[DIGEST_KEY_BYTES];
    struct cursor *cursor = cursor_open(duplicates->digests, txn);
    uint64_t document = 0;
    if (cursor_seek(cursor, digest_key(digest, least, room))) {
        struct bytes key = cursor_key(cursor);
        if (bytes_start_with(key, bytes_of(digest, SHA256_BYTES)))
            document = number_of_key(bytes_slice(key, SHA256_BYTES, key.length));
    }
    cursor_close(cursor);
    return document;
}

uint64_t digest_original(struct duplicates *duplicates, struct txn *txn,
                         const unsigned char digest[SHA256_BYTES])
{
    return digest_from(duplicates, txn, digest, 0);
}

uint64_t digest_next(struct duplicates *duplicates, struct txn *txn,
                     const unsigned char digest[SHA256_BYTES], uint64_t document)
{
    return document < UINT64_MAX ? digest_from(duplicates, txn, digest, document + 1) : 0;
}

/* ---- Aliases */

enum { MOVES_MOST = 20 };

void alias_put(struct duplicates *duplicates, struct txn *txn, struct bytes url,
               enum alias_kind kind, struct bytes target)
{
    buf_reset(&duplicates->record);
    pack_u8(&duplicates->record, (uint8_t)kind);
    buf_append_bytes(&duplicates->record, target);
    table_put(duplicates->aliases, txn, url, buf_bytes(&duplicates->record));
}

enum status alias_get(struct duplicates *duplicates, struct txn *txn, struct bytes url,
                      enum alias_kind *kind, struct buf *target)
{
    buf_reset(target);
    enum status status = table_get(duplicates->aliases, txn, url, &duplicates->record);
    if (status)
        return status;
    struct unpacker from = unpacker_of(buf_bytes(&duplicates->record));
    uint8_t stored = unpack_u8(&from);
    if (from.is_bad || stored > ALIAS_CANONICAL)
        table_damaged(duplicates->aliases);
    *kind = (enum alias_kind)stored;
    buf_append_bytes(target, unpack_rest(&from));
    return STATUS_OK;
}

bool alias_moved_to(struct duplicates *duplicates, struct txn *txn, struct bytes url,
                    struct buf *target)
{
    enum alias_kind kind;
    struct buf next;
    int moves = 0;
    buf_reset(target);
    buf_init(&next, BUF_UNBOUNDED);
    for (; moves < MOVES_MOST && alias_get(duplicates, txn, url, &kind, &next) == STATUS_OK &&
           kind == ALIAS_MOVED;
         moves++) {
        buf_reset(target);
        buf_append_bytes(target, buf_bytes(&next));
        url = buf_bytes(target);
    }
    buf_clear(&next);
    return moves > 0;
}

bool alias_delete(struct duplicates *duplicates, struct txn *txn, struct bytes url)
{
    return table_delete(duplicates->aliases, txn, url);
}
