/* SPDX-License-Identifier: MIT
 *
 * Times lie near that of the exchange, and are packed as what they differ by from it.
 */
#include "crawler/fetch/cached.h"

#include <string.h>

#include "base/hash.h"
#include "base/pack.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/stored_fields.h"
#include "crawler/fetch/vary.h"

enum {
    FIELDS_BYTES_MOST = 1024,
    OTHERS_MOST = 128, /* Half of what a response may have: more are as if they were new. */
};

/* A line: of its name so much that a new value can take the place of the old one; where two names
 * are taken for one, the other one's next line is news again, and no more comes of it. */
struct other {
    unsigned char name;
    unsigned char value[2];
};

enum cached_flag {
    IS_REUSABLE = 1,
    IS_HEURISTIC = 2,
    MUST_VALIDATE = 4,
    MUST_NOT_BE_STALE = 8,
    IS_IMMUTABLE = 16,
    IS_PART = 32,
    HAS_STALE_WHILE = 64,
    HAS_STALE_ERROR = 128,
    HAS_IDENTITY = 256
};

static const struct bytes deciding[] = {
    { "cache-control", 13 },
    { "expires", 7 },
    { "vary", 4 },
};

/* Those that the record of the URL has, that tell of one message alone, that the body was read by,
 * or that are different in each answer: nobody asks what they were. */
static const struct bytes passing[] = {
    { "etag", 4 },
    { "last-modified", 13 },
    { "date", 4 },
    { "age", 3 },
    { "set-cookie", 10 },
    { "via", 3 },
    { "content-length", 14 },
    { "content-encoding", 16 },
    { "content-type", 12 },
    { "content-range", 13 },
};

static bool is_among(struct bytes name, const struct bytes *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_equal_nocase(name, names[i]))
            return true;
    return false;
}

#define IS_AMONG(name, names) is_among(name, names, sizeof(names) / sizeof((names)[0]))

static struct other other_of(const struct header_field *field, struct buf *scratch)
{
    buf_reset(scratch);
    for (size_t i = 0; i < field->name.length; i++)
        buf_append_char(scratch, ascii_lower(field->name.data[i]));
    uint64_t name = hash_bytes(buf_bytes(scratch), 0);
    uint64_t value = hash_bytes(field->value, name);
    return (struct other){ (unsigned char)name,
                           { (unsigned char)value, (unsigned char)(value >> 8) } };
}

static bool has_other(struct bytes others, struct other wanted)
{
    for (size_t i = 0; i + sizeof(wanted) <= others.length; i += sizeof(wanted))
        if (memcmp(others.data + i, &wanted, sizeof(wanted)) == 0)
            return true;
    return false;
}

static bool is_other(const struct header_field *field)
{
    return field->is_usable && !IS_AMONG(field->name, passing) && !IS_AMONG(field->name, deciding);
}

/* The lines that decide, as far as a record should hold them; false where it should not. */
static bool keep_deciding(struct cached *cached, struct bytes stored, struct buf *room)
{
    struct header_field field;
    for (size_t from = 0; header_walk(stored, &from, &field);)
        if (field.is_usable && IS_AMONG(field.name, deciding))
            buf_append_bytes(room, field.line);
    bool is_small = room->length <= FIELDS_BYTES_MOST;
    if (!is_small)
        buf_reset(room);
    cached->fields.length = room->length;
    return is_small;
}

static void keep_others(struct bytes stored, struct buf *room)
{
    struct header_field field;
    struct buf scratch;
    size_t count = 0;
    buf_init(&scratch, BUF_UNBOUNDED);
    for (size_t from = 0; count < OTHERS_MOST && header_walk(stored, &from, &field);) {
        if (!is_other(&field))
            continue;
        struct other other = other_of(&field, &scratch);
        buf_append(room, &other, sizeof(other));
        count++;
    }
    buf_clear(&scratch);
}

/* The room is full: it moves no more. */
static void point_into(struct cached *cached, const struct buf *room)
{
    size_t fields_bytes = cached->fields.length;
    cached->fields = bytes_slice(buf_bytes(room), 0, fields_bytes);
    cached->others = bytes_slice(buf_bytes(room), fields_bytes, room->length);
}

void cached_take(struct cached *cached, const struct cache_exchange *exchange, struct buf *room)
{
    struct buf stored;
    buf_init(&stored, BUF_UNBOUNDED);
    buf_reset(room);
    stored_fields_take(&stored, exchange->response);
    *cached = (struct cached){ .status = exchange->status };
    cache_entry_make(&cached->entry, exchange);
    cached->entry.is_reusable &= keep_deciding(cached, buf_bytes(&stored), room);
    keep_others(buf_bytes(&stored), room);
    point_into(cached, room);
    cached->vary = vary_fingerprint(cached->fields, exchange->request);
    buf_clear(&stored);
}

static void add_line(struct buf *out, const char *name, struct bytes value)
{
    if (value.length > 0)
        buf_printf(out, "%s: %.*s\r\n", name, (int)value.length, value.data);
}

/* Of what was known of the other lines, what the update does not say anew; then what it says. True
 * where that is news. */
static bool update_others(const struct cached *before, struct bytes update, struct buf *room)
{
    struct buf new;
    bool is_news = false;
    buf_init(&new, BUF_UNBOUNDED);
    keep_others(update, &new);
    size_t most = OTHERS_MOST * sizeof(struct other) - new.length;
    for (size_t i = 0, kept = 0; i + sizeof(struct other) <= before->others.length && kept < most;
         i += sizeof(struct other)) {
        struct other old;
        bool is_said = false;
        memcpy(&old, before->others.data + i, sizeof(old));
        for (size_t j = 0; j < new.length; j += sizeof(struct other))
            is_said |= (unsigned char)new.data[j] == old.name;
        if (is_said)
            continue;
        buf_append(room, &old, sizeof(old));
        kept += sizeof(old);
    }
    for (size_t j = 0; j < new.length; j += sizeof(struct other)) {
        struct other said;
        memcpy(&said, new.data + j, sizeof(said));
        is_news |= !has_other(before->others, said);
    }
    buf_append_bytes(room, buf_bytes(&new));
    buf_clear(&new);
    return is_news;
}

/* An absent value leaves what there was. */
static void update_validators(struct validators *validators, struct bytes response)
{
    struct validators said = validators_read(response);
    if (said.etag.data)
        validators->etag = said.etag;
    if (said.last_modified.data)
        validators->last_modified = said.last_modified;
}

bool cached_update(struct cached *cached, const struct cached *before,
                   struct validators *validators, const struct cache_exchange *exchange,
                   struct buf *room)
{
    struct buf stored, merged, lasting;
    buf_init(&stored, BUF_UNBOUNDED);
    buf_init(&merged, BUF_UNBOUNDED);
    buf_init(&lasting, BUF_UNBOUNDED);
    buf_append_bytes(&stored, before->fields);
    add_line(&stored, "Last-Modified", validators->last_modified);
    stored_fields_update(&merged, buf_bytes(&stored), exchange->response);
    struct cache_exchange updated = *exchange;
    updated.status = before->status;
    updated.response = buf_bytes(&merged);
    *cached = (struct cached){ .status = before->status, .identity = before->identity };
    cache_entry_make(&cached->entry, &updated);
    buf_reset(room);
    cached->entry.is_reusable &= keep_deciding(cached, buf_bytes(&merged), room);
    stored_fields_take(&lasting, exchange->response);
    bool is_news = update_others(before, buf_bytes(&lasting), room);
    point_into(cached, room);
    cached->vary = vary_fingerprint(cached->fields, exchange->request);
    update_validators(validators, exchange->response);
    buf_clear(&stored);
    buf_clear(&merged);
    buf_clear(&lasting);
    return is_news;
}

/* ---- In the record */

static unsigned flags_of(const struct cached *cached)
{
    const struct cache_entry *entry = &cached->entry;
    return (entry->is_reusable ? IS_REUSABLE : 0u) | (entry->is_heuristic ? IS_HEURISTIC : 0u) |
           (entry->must_validate ? MUST_VALIDATE : 0u) |
           (entry->must_not_be_stale ? MUST_NOT_BE_STALE : 0u) |
           (entry->is_immutable ? IS_IMMUTABLE : 0u) | (cached->is_part ? IS_PART : 0u) |
           (entry->stale_while_until_ms != 0 ? HAS_STALE_WHILE : 0u) |
           (entry->stale_error_until_ms != 0 ? HAS_STALE_ERROR : 0u) |
           (cached->identity != 0 ? HAS_IDENTITY : 0u);
}

void cached_pack(struct buf *out, const struct cached *cached)
{
    const struct cache_entry *entry = &cached->entry;
    unsigned flags = flags_of(cached);
    pack_number(out, flags);
    pack_number(out, cached->status);
    pack_signed(out, entry->received_ms);
    pack_signed(out, entry->received_ms - entry->born_ms);
    if (flags & HAS_STALE_WHILE)
        pack_signed(out, entry->stale_while_until_ms - entry->received_ms);
    if (flags & HAS_STALE_ERROR)
        pack_signed(out, entry->stale_error_until_ms - entry->received_ms);
    if (flags & IS_PART)
        pack_number(out, cached->part_bytes);
    pack_bytes(out, cached->fields);
    if (header_get(cached->fields, BYTES("vary")).data)
        pack_be64(out, cached->vary);
    if (flags & HAS_IDENTITY)
        pack_be64(out, cached->identity);
    buf_append_bytes(out, cached->others);
}

/* What two times differ by, of damaged bytes too. */
static int64_t sum_ms(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static void unpack_entry(struct cache_entry *entry, uint64_t flags, struct unpacker *from)
{
    entry->is_reusable = flags & IS_REUSABLE;
    entry->is_heuristic = flags & IS_HEURISTIC;
    entry->must_validate = flags & MUST_VALIDATE;
    entry->must_not_be_stale = flags & MUST_NOT_BE_STALE;
    entry->is_immutable = flags & IS_IMMUTABLE;
    entry->received_ms = unpack_signed(from);
    entry->born_ms = (int64_t)((uint64_t)entry->received_ms - (uint64_t)unpack_signed(from));
    if (flags & HAS_STALE_WHILE)
        entry->stale_while_until_ms = sum_ms(entry->received_ms, unpack_signed(from));
    if (flags & HAS_STALE_ERROR)
        entry->stale_error_until_ms = sum_ms(entry->received_ms, unpack_signed(from));
}

bool cached_unpack(struct cached *cached, struct bytes packed, int64_t fresh_until_ms)
{
    struct unpacker from = unpacker_of(packed);
    *cached = (struct cached){ .entry.fresh_until_ms = fresh_until_ms };
    uint64_t flags = unpack_number(&from);
    uint64_t status = unpack_number(&from);
    unpack_entry(&cached->entry, flags, &from);
    cached->status = (uint16_t)(status < 1000 ? status : 0);
    cached->is_part = flags & IS_PART;
    if (cached->is_part)
        cached->part_bytes = unpack_number(&from);
    cached->fields = unpack_bytes(&from);
    if (header_get(cached->fields, BYTES("vary")).data)
        cached->vary = unpack_be64(&from);
    if (flags & HAS_IDENTITY)
        cached->identity = unpack_be64(&from);
    cached->others = unpack_rest(&from);
    if (!from.is_bad)
        return true;
    *cached = (struct cached){ .is_part = false };
    return false;
}

bool cached_fits(const struct cached *cached, struct bytes request)
{
    return vary_matches(cached->vary, cached->fields, request);
}

static bool is_same_half(uint64_t given, uint64_t now)
{
    return given == 0 || given == now;
}

bool cached_is_for(const struct cached *cached, uint64_t identity)
{
    return is_same_half(cached->identity >> 32, identity >> 32) &&
           is_same_half(cached->identity & UINT32_MAX, identity & UINT32_MAX);
}
