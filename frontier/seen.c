/* SPDX-License-Identifier: MIT
 *
 * The top 8 bits of a fingerprint choose the shard, the 32 below them its home: home = bits *
 * capacity / 2^32, so that a capacity can be any number and the order of homes is the order of
 * fingerprints. Collisions take the next free slot; there is always one, as slots go on behind the
 * last home. Whatever stands between a fingerprint's home and its slot is taken.
 *
 * A shard grows where it is, from its last slot to its first: all homes move up, so that each
 * fingerprint finds its new place among those that have moved already. Fresh memory is what costs
 * most, page for page, so a shard has address space for several times its size, untouched, and is
 * copied to more only when that is used up.
 */
#include "frontier/seen.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum {
    SHARD_BITS = 8,
    SHARDS = 1 << SHARD_BITS,
    LEAST_CAPACITY = 512, /* A page of memory. */
    /* Most slots in use, in percent: above it runs of taken slots get long. */
    LOAD_MOST = 80,
    /* Slots of address space for each home, when it is taken. */
    ROOM_FACTOR = 8,
    /* Slots behind the last home, for those that found none before. */
    OVERFLOW = 64,
};

typedef _Atomic uint64_t slot_t;

struct shard {
    pthread_rwlock_t lock;   /* Held to move slots, and by other threads while they look. */
    slot_t *_Atomic slots;   /* Fingerprints, with SEEN_TRIED; 0: free. The last one always is. */
    _Atomic size_t capacity; /* Homes. */
    size_t end;              /* Behind the last taken slot. */
    size_t room;             /* Slots there is address space for. */
    size_t count;
};

struct seen {
    struct shard shards[SHARDS];
};

struct seen *seen_new(void)
{
    struct seen *seen = xcalloc(1, sizeof(*seen));
    for (size_t i = 0; i < SHARDS; i++) {
        int error = pthread_rwlock_init(&seen->shards[i].lock, NULL);
        assert(error == 0);
        (void)error;
    }
    return seen;
}

void seen_free(struct seen *seen)
{
    if (!seen)
        return;
    for (size_t i = 0; i < SHARDS; i++) {
        pthread_rwlock_destroy(&seen->shards[i].lock);
        pages_free(seen->shards[i].slots, seen->shards[i].room * sizeof(slot_t));
    }
    free(seen);
}

static size_t shard_index(uint64_t fingerprint)
{
    return fingerprint >> (64 - SHARD_BITS);
}

static uint64_t slot_read(const slot_t *slots, size_t slot)
{
    return atomic_load_explicit(&slots[slot], memory_order_relaxed);
}

static void slot_write(slot_t *slots, size_t slot, uint64_t fingerprint)
{
    atomic_store_explicit(&slots[slot], fingerprint, memory_order_relaxed);
}

static size_t home_of(size_t capacity, uint64_t fingerprint)
{
    uint64_t bits = fingerprint >> (32 - SHARD_BITS) & UINT32_MAX;
    return (size_t)(bits * capacity >> 32);
}

static slot_t *slots_of(const struct shard *shard)
{
    return atomic_load_explicit(&shard->slots, memory_order_relaxed);
}

static size_t capacity_of(const struct shard *shard)
{
    return atomic_load_explicit(&shard->capacity, memory_order_relaxed);
}

/* The slot that holds the fingerprint, or the free one where it belongs; and what was there as it
 * was looked at: a moment later another one may be. */
static size_t find_slot(const struct shard *shard, uint64_t fingerprint, uint64_t *there)
{
    const slot_t *slots = slots_of(shard);
    size_t slot = home_of(capacity_of(shard), fingerprint);
    for (;; slot++) {
        *there = slot_read(slots, slot);
        if (*there == 0 || (*there ^ fingerprint) <= SEEN_TRIED)
            return slot;
    }
}

/* ---- Growing */

static void move(struct shard *shard, size_t room)
{
    /* In the heap the holes that growing leaves would be too small for what grows next. */
    slot_t *slots = xpages(room * sizeof(*slots));
    if (shard->end > 0)
        memcpy((void *)slots, (const void *)slots_of(shard), shard->end * sizeof(*slots));
    pages_free(slots_of(shard), shard->room * sizeof(*slots));
    atomic_store_explicit(&shard->slots, slots, memory_order_relaxed);
    shard->room = room;
}

/* Other threads do not look meanwhile. */
static void put(struct shard *shard, uint64_t fingerprint)
{
    uint64_t there;
    size_t slot = find_slot(shard, fingerprint, &there);
    if (slot + 1 == shard->room)
        move(shard, shard->room + OVERFLOW);
    slot_write(slots_of(shard), slot, fingerprint);
    if (slot >= shard->end)
        shard->end = slot + 1;
}

static void grow(struct shard *shard, size_t capacity)
{
    assert(capacity < UINT32_MAX);
    if (capacity + OVERFLOW > shard->room)
        move(shard, ROOM_FACTOR * capacity + OVERFLOW);
    /* Collisions near the start may lie behind their new homes: they are put where there is room
     * once all else has moved. */
    uint64_t *late = NULL;
    size_t late_count = 0;
    size_t late_capacity = 0;
    size_t slot = shard->end;
    shard->end = 0;
    atomic_store_explicit(&shard->capacity, capacity, memory_order_relaxed);
    while (slot-- > 0) {
        uint64_t fingerprint = slot_read(slots_of(shard), slot);
        if (fingerprint == 0)
            continue;
        slot_write(slots_of(shard), slot, 0);
        if (home_of(capacity, fingerprint) >= slot) {
            put(shard, fingerprint);
            continue;
        }
        if (late_count == late_capacity) {
            late_capacity = late_capacity ? 2 * late_capacity : OVERFLOW;
            late = xreallocarray(late, late_capacity, sizeof(*late));
        }
        late[late_count++] = fingerprint;
    }
    while (late_count > 0)
        put(shard, late[--late_count]);
    free(late);
}

/* Shards are of sizes between 1 and 5/4, and keep their proportions as they grow: so they grow one
 * after the other. */
static size_t staggered(size_t capacity, size_t shard)
{
    return capacity + capacity / 4 * shard / SHARDS;
}

static void grow_alone(struct shard *shard, size_t capacity)
{
    pthread_rwlock_wrlock(&shard->lock);
    grow(shard, capacity);
    pthread_rwlock_unlock(&shard->lock);
}

void seen_reserve(struct seen *seen, uint64_t count)
{
    size_t capacity = (size_t)(count / SHARDS * 100 / LOAD_MOST);
    for (size_t i = 0; i < SHARDS && capacity > LEAST_CAPACITY; i++) {
        struct shard *shard = &seen->shards[i];
        if (capacity_of(shard) < staggered(capacity, i))
            grow_alone(shard, staggered(capacity, i));
    }
}

/* ---- Asking */

bool seen_has(struct seen *seen, uint64_t fingerprint)
{
    assert(fingerprint > SEEN_TRIED);
    struct shard *shard = &seen->shards[shard_index(fingerprint)];
    pthread_rwlock_rdlock(&shard->lock);
    uint64_t there = seen_look(seen, fingerprint);
    pthread_rwlock_unlock(&shard->lock);
    return there != 0;
}

/* An address that a shard has just left does no harm. */
void seen_expect(const struct seen *seen, uint64_t fingerprint)
{
    const struct shard *shard = &seen->shards[shard_index(fingerprint)];
    size_t home = home_of(capacity_of(shard), fingerprint);
    __builtin_prefetch((const void *)((uintptr_t)slots_of(shard) + home * sizeof(slot_t)));
}

uint64_t seen_look(const struct seen *seen, uint64_t fingerprint)
{
    assert(fingerprint > SEEN_TRIED);
    const struct shard *shard = &seen->shards[shard_index(fingerprint)];
    uint64_t there = 0;
    if (capacity_of(shard) > 0)
        find_slot(shard, fingerprint, &there);
    return there;
}

/* ---- Adding */

bool seen_add(struct seen *seen, uint64_t fingerprint)
{
    assert(fingerprint > SEEN_TRIED);
    size_t index = shard_index(fingerprint);
    struct shard *shard = &seen->shards[index];
    size_t capacity = capacity_of(shard);
    if ((shard->count + 1) * 100 > capacity * LOAD_MOST)
        grow_alone(shard, capacity ? capacity + capacity / 4 : staggered(LEAST_CAPACITY, index));
    uint64_t there;
    size_t slot = find_slot(shard, fingerprint, &there);
    if (there == 0 && slot + 1 == shard->room) {
        pthread_rwlock_wrlock(&shard->lock);
        move(shard, shard->room + OVERFLOW);
        pthread_rwlock_unlock(&shard->lock);
    }
    slot_write(slots_of(shard), slot, there | fingerprint);
    if (slot >= shard->end)
        shard->end = slot + 1;
    shard->count += there == 0;
    return there == 0;
}

void seen_add_all(struct seen *seen, const uint64_t *fingerprints, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i + SEEN_AHEAD < count)
            seen_expect(seen, fingerprints[i + SEEN_AHEAD]);
        seen_add(seen, fingerprints[i]);
    }
}

uint64_t seen_count(const struct seen *seen)
{
    uint64_t count = 0;
    for (size_t i = 0; i < SHARDS; i++)
        count += seen->shards[i].count;
    return count;
}

size_t seen_memory_bytes(const struct seen *seen)
{
    size_t bytes = sizeof(*seen);
    for (size_t i = 0; i < SHARDS; i++) {
        const struct shard *shard = &seen->shards[i];
        size_t capacity = capacity_of(shard);
        bytes += (capacity > shard->end ? capacity : shard->end) * sizeof(slot_t);
    }
    return bytes;
}
