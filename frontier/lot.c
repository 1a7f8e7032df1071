/* SPDX-License-Identifier: MIT */
#include "frontier/lot.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* What the links of one page have in common. */
struct lot_source {
    uint64_t referrer;
    uint16_t depth;
    uint8_t found;
    uint8_t hops;
};

/* Aligned to 4; the path follows at once. */
struct place {
    uint32_t next;
    uint32_t source;
    uint16_t length;
    uint16_t port;
    uint8_t scheme;
    uint8_t url_class;
};

enum {
    PLACE_BYTES = 14,
    ALIGNMENT = 4,
    /* In a packed URL's first byte: the class, and whether the source is the previous one's. */
    CLASS_BITS = 0x07,
    SAME_SOURCE = 0x08,
};

static_assert(offsetof(struct place, url_class) + 1 == PLACE_BYTES, "a place has no holes");

/* ---- In records */

void queued_url_pack(struct buf *out, const struct queued_url *previous,
                     const struct queued_url *url)
{
    bool is_same = previous && previous->referrer == url->referrer &&
                   previous->depth == url->depth && previous->found == url->found &&
                   previous->hops == url->hops;
    assert((url->url_class & ~CLASS_BITS) == 0);
    pack_u8(out, (uint8_t)(url->url_class | (is_same ? SAME_SOURCE : 0)));
    if (!is_same) {
        pack_number(out, url->referrer);
        pack_number(out, url->depth);
        pack_u8(out, url->found);
        pack_u8(out, url->hops);
    }
    origin_number_pack(out, url->local.scheme, url->local.port);
    struct bytes path = url->local.path;
    size_t shared = 0;
    if (previous) {
        size_t most =
            previous->local.path.length < path.length ? previous->local.path.length : path.length;
        while (shared < most && previous->local.path.data[shared] == path.data[shared])
            shared++;
    }
    pack_number(out, shared);
    pack_bytes(out, bytes_slice(path, shared, path.length));
}

bool queued_url_unpack(struct unpacker *from, struct queued_url *url, struct buf *path)
{
    uint8_t first = unpack_u8(from);
    url->url_class = first & CLASS_BITS;
    from->is_bad |= (first & ~(CLASS_BITS | SAME_SOURCE)) != 0;
    if (!(first & SAME_SOURCE)) {
        url->referrer = unpack_number(from);
        uint64_t depth = unpack_number(from);
        from->is_bad |= depth > UINT16_MAX;
        url->depth = (uint16_t)depth;
        url->found = unpack_u8(from);
        url->hops = unpack_u8(from);
    }
    if (!origin_number_unpack(from, &url->local.scheme, &url->local.port))
        return false;
    uint64_t shared = unpack_number(from);
    struct bytes rest = unpack_bytes(from);
    if (from->is_bad || shared > path->length || shared + rest.length == 0 ||
        shared + rest.length > URL_BYTES_MAX)
        return false;
    path->length = (size_t)shared;
    buf_append_bytes(path, rest);
    url->local.path = buf_bytes(path);
    return true;
}

/* ---- In memory */

struct lot *lot_new(enum lot_kind kind)
{
    struct lot *lot = xcalloc(1, sizeof(*lot));
    lot->kind = kind;
    buf_init(&lot->urls, UINT32_MAX - 1);
    return lot;
}

void lot_reserve(struct lot *lot, size_t url_bytes, uint32_t runs)
{
    buf_reserve(&lot->urls, url_bytes);
    if (runs > lot->run_capacity) {
        lot->run_capacity = runs;
        lot->runs = xreallocarray(lot->runs, runs, sizeof(*lot->runs));
    }
}

void lot_free(struct lot *lot)
{
    if (!lot)
        return;
    buf_clear(&lot->urls);
    free(lot->runs);
    free(lot->sources);
    free(lot);
}

uint32_t lot_run(struct lot *lot, uint8_t list)
{
    if (lot->run_count == lot->run_capacity) {
        lot->run_capacity = lot->run_capacity ? 2 * lot->run_capacity : 4;
        lot->runs = xreallocarray(lot->runs, lot->run_capacity, sizeof(*lot->runs));
    }
    lot->runs[lot->run_count] =
        (struct run){ .lot = lot, .first = LOT_NOWHERE, .last = LOT_NOWHERE, .list = list };
    return lot->run_count++;
}

static struct place place_read(const struct lot *lot, uint32_t at)
{
    struct place place;
    assert(at + PLACE_BYTES <= lot->urls.length);
    memcpy(&place, lot->urls.data + at, PLACE_BYTES);
    return place;
}

static void place_link(struct lot *lot, uint32_t at, uint32_t next)
{
    memcpy(lot->urls.data + at + offsetof(struct place, next), &next, sizeof(next));
}

static uint32_t source_of(struct lot *lot, const struct queued_url *url)
{
    struct lot_source source = { url->referrer, url->depth, url->found, url->hops };
    if (lot->source_count > 0) {
        const struct lot_source *last = &lot->sources[lot->source_count - 1];
        if (last->referrer == source.referrer && last->depth == source.depth &&
            last->found == source.found && last->hops == source.hops)
            return lot->source_count - 1;
    }
    if (lot->source_count == lot->source_capacity) {
        lot->source_capacity = lot->source_capacity ? 2 * lot->source_capacity : 4;
        lot->sources = xreallocarray(lot->sources, lot->source_capacity, sizeof(*lot->sources));
    }
    lot->sources[lot->source_count] = source;
    return lot->source_count++;
}

void lot_add(struct lot *lot, uint32_t run_index, const struct queued_url *url)
{
    assert(run_index < lot->run_count && url->local.path.length <= UINT16_MAX);
    struct run *run = &lot->runs[run_index];
    struct place place = { .next = LOT_NOWHERE,
                           .source = source_of(lot, url),
                           .length = (uint16_t)url->local.path.length,
                           .port = url->local.port,
                           .scheme = url->local.scheme,
                           .url_class = url->url_class };
    size_t room = (PLACE_BYTES + url->local.path.length + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    char *memory = buf_reserve(&lot->urls, room);
    assert(memory);
    uint32_t at = (uint32_t)lot->urls.length;
    memcpy(memory, &place, PLACE_BYTES);
    memcpy(memory + PLACE_BYTES, url->local.path.data, url->local.path.length);
    lot->urls.length += room;
    if (run->last == LOT_NOWHERE)
        run->first = at;
    else
        place_link(lot, run->last, at);
    run->last = at;
    run->count++;
    lot->total++;
    lot->left++;
}

void lot_seal(struct lot *lot)
{
    if (lot->urls.capacity > lot->urls.length + 1) {
        lot->urls.capacity = lot->urls.length + 1;
        lot->urls.data = xreallocarray(lot->urls.data, lot->urls.capacity, 1);
    }
    if (lot->run_count > 0 && lot->run_count < lot->run_capacity) {
        lot->runs = xreallocarray(lot->runs, lot->run_count, sizeof(*lot->runs));
        lot->run_capacity = lot->run_count;
    }
}

struct queued_url lot_url(const struct lot *lot, uint32_t at)
{
    struct place place = place_read(lot, at);
    assert(place.source < lot->source_count && at + PLACE_BYTES + place.length <= lot->urls.length);
    const struct lot_source *source = &lot->sources[place.source];
    struct bytes path = bytes_of(lot->urls.data + at + PLACE_BYTES, place.length);
    return (struct queued_url){ .local = { place.scheme, place.port, path },
                                .referrer = source->referrer,
                                .depth = source->depth,
                                .found = source->found,
                                .hops = source->hops,
                                .url_class = place.url_class };
}

uint32_t lot_next(const struct lot *lot, uint32_t at)
{
    return place_read(lot, at).next;
}

uint32_t run_pop(struct run *run)
{
    assert(run->count > 0);
    uint32_t at = run->first;
    run->first = lot_next(run->lot, at);
    if (--run->count == 0)
        run->last = LOT_NOWHERE;
    return at;
}

void run_push(struct run *run, uint32_t at)
{
    place_link(run->lot, at, run->first);
    run->first = at;
    if (run->count++ == 0)
        run->last = at;
}
