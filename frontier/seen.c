/* SPDX-License-Identifier: MIT
 *
 * The top 8 bits of a fingerprint choose the shard, the 32 below them the slot: slot = bits *
 * capacity / 2^32, so that a capacity can be any number and the order of slots is the order of
 * fingerprints. Growing therefore reads the old slots and writes the new ones from one end to the
 * other, which costs little even though it happens more often than with doubling. Collisions take
 * the next free slot.
 */
#include "frontier/seen.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

enum {
    SHARD_BITS = 8,
    SHARDS = 1 << SHARD_BITS,
    LEAST_CAPACITY = 512, /* A page of memory. */
    /* Most slots in use, in percent: above it runs of taken slots get long. */
    LOAD_MOST = 80,
    /* What seen_reserve aims at, so that the next growth is some way off. */
    LOAD_RESERVED = 72,
};

struct shard {
    pthread_rwlock_t lock; /* The adding thread reads without it: nobody else writes. */
    uint64_t *slots;       /* Fingerprints, with SEEN_TRIED; 0: free. */
    size_t capacity;
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
        pages_free(seen->shards[i].slots, seen->shards[i].capacity * sizeof(uint64_t));
    }
    free(seen);
}

static struct shard *shard_of(struct seen *seen, uint64_t fingerprint)
{
    return &seen->shards[fingerprint >> (64 - SHARD_BITS)];
}

/* The slot that holds the fingerprint, or the free one where it belongs. */
static size_t slot_of(const uint64_t *slots, size_t capacity, uint64_t fingerprint)
{
    uint64_t bits = fingerprint >> (32 - SHARD_BITS) & UINT32_MAX;
    size_t slot = (size_t)(bits * capacity >> 32);
    while (slots[slot] != 0 && (slots[slot] ^ fingerprint) > SEEN_TRIED)
        slot = slot + 1 < capacity ? slot + 1 : 0;
    return slot;
}

static void grow(struct shard *shard, size_t capacity)
{
    assert(capacity < UINT32_MAX);
    /* In the heap the holes that growing leaves would be too small for what grows next. */
    uint64_t *slots = xpages(capacity * sizeof(*slots));
    for (size_t i = 0; i < shard->capacity; i++) {
        if (shard->slots[i] != 0)
            slots[slot_of(slots, capacity, shard->slots[i])] = shard->slots[i];
    }
    pages_free(shard->slots, shard->capacity * sizeof(*slots));
    shard->slots = slots;
    shard->capacity = capacity;
}

void seen_reserve(struct seen *seen, uint64_t count)
{
    size_t capacity = (size_t)(count / SHARDS * 100 / LOAD_RESERVED);
    for (size_t i = 0; i < SHARDS && capacity > LEAST_CAPACITY; i++) {
        struct shard *shard = &seen->shards[i];
        pthread_rwlock_wrlock(&shard->lock);
        if (shard->capacity < capacity)
            grow(shard, capacity);
        pthread_rwlock_unlock(&shard->lock);
    }
}

/* What stands in its slot; 0 where it is not here. */
static uint64_t look_up(struct seen *seen, uint64_t fingerprint)
{
    assert(fingerprint > SEEN_TRIED);
    struct shard *shard = shard_of(seen, fingerprint);
    uint64_t found = 0;
    pthread_rwlock_rdlock(&shard->lock);
    if (shard->capacity > 0)
        found = shard->slots[slot_of(shard->slots, shard->capacity, fingerprint)];
    pthread_rwlock_unlock(&shard->lock);
    return found;
}

bool seen_has(struct seen *seen, uint64_t fingerprint)
{
    return look_up(seen, fingerprint) != 0;
}

bool seen_is_tried(struct seen *seen, uint64_t fingerprint)
{
    return (look_up(seen, fingerprint) & SEEN_TRIED) != 0;
}

bool seen_add(struct seen *seen, uint64_t fingerprint)
{
    assert(fingerprint > SEEN_TRIED);
    struct shard *shard = shard_of(seen, fingerprint);
    pthread_rwlock_wrlock(&shard->lock);
    if ((shard->count + 1) * 100 > shard->capacity * LOAD_MOST)
        grow(shard, shard->capacity ? shard->capacity + shard->capacity / 4 : LEAST_CAPACITY);
    size_t slot = slot_of(shard->slots, shard->capacity, fingerprint);
    bool is_new = shard->slots[slot] == 0;
    shard->slots[slot] |= fingerprint;
    shard->count += is_new;
    pthread_rwlock_unlock(&shard->lock);
    return is_new;
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
    for (size_t i = 0; i < SHARDS; i++)
        bytes += seen->shards[i].capacity * sizeof(uint64_t);
    return bytes;
}
