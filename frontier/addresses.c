/* SPDX-License-Identifier: MIT
 *
 * An open-addressing table with linear probing. Nothing is deleted alone: when the table is three
 * quarters full it is built anew with the addresses that are not idle, so its size follows the
 * number of addresses asked within the last seconds, and a request costs a constant time over many.
 */
#include "frontier/addresses.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"

enum {
    IP_BYTES = 16,
    PREFIX_BYTES = 8, /* A /64. */
    CAPACITY_LEAST = 256,
    SPREAD_TURNS = 64, /* So many turns ahead are handed out before the first is told again. */
    /* A request that has not left by then waits for a connection that may never come, and others do
     * not wait for it. */
    UNSENT_MOST_US = 1000 * 1000,
    IDLE_AFTER_US = 10 * 1000 * 1000 /* More than any two threads' times differ. */
};

struct address {
    unsigned char key[IP_BYTES];
    int64_t free_at_us; /* The next request may start. 0: this place in the table is empty. */
    int64_t told_us;    /* The time that was told last. */
    int64_t
        unsent_until_us; /* The last turn's request has not left, and is waited for until then. */
};

struct addresses {
    pthread_mutex_t lock;
    uint64_t seed; /* So that nobody can choose addresses that fall on one place. */
    struct address *table;
    int64_t asked_us; /* Those that are not in the table, at the latest. */
    size_t capacity;  /* A power of two. */
    size_t count;
};

struct addresses *addresses_new(int64_t asked_us)
{
    struct addresses *addresses = xcalloc(1, sizeof(*addresses));
    addresses->asked_us = asked_us;
    pthread_mutex_init(&addresses->lock, NULL);
    addresses->seed = (uint64_t)(uintptr_t)addresses;
    addresses->capacity = CAPACITY_LEAST;
    addresses->table = xcalloc(addresses->capacity, sizeof(*addresses->table));
    return addresses;
}

void addresses_free(struct addresses *addresses)
{
    if (!addresses)
        return;
    pthread_mutex_destroy(&addresses->lock);
    free(addresses->table);
    free(addresses);
}

static void make_key(unsigned char key[IP_BYTES], const unsigned char ip[IP_BYTES])
{
    static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
    static const unsigned char nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
    memcpy(key, ip, IP_BYTES);
    if (!memcmp(ip, nat64, sizeof(nat64)))
        memcpy(key, mapped, sizeof(mapped));
    else if (memcmp(ip, mapped, sizeof(mapped)) != 0)
        memset(key + PREFIX_BYTES, 0, IP_BYTES - PREFIX_BYTES);
}

/* The place of the address in the table, or the empty one where it belongs. */
static struct address *find(const struct addresses *addresses, const unsigned char key[IP_BYTES])
{
    size_t mask = addresses->capacity - 1;
    size_t at = (size_t)hash_bytes(bytes_of(key, IP_BYTES), addresses->seed) & mask;
    while (addresses->table[at].free_at_us && memcmp(addresses->table[at].key, key, IP_BYTES) != 0)
        at = (at + 1) & mask;
    return &addresses->table[at];
}

static void forget_idle(struct addresses *addresses, int64_t now_us)
{
    struct address *old = addresses->table;
    size_t old_capacity = addresses->capacity;
    int64_t idle_us = now_us - IDLE_AFTER_US;
    addresses->count = 0;
    for (size_t i = 0; i < old_capacity; i++)
        addresses->count += old[i].free_at_us > idle_us && old[i].free_at_us;
    addresses->capacity = CAPACITY_LEAST;
    while (addresses->capacity < 4 * addresses->count)
        addresses->capacity *= 2;
    addresses->table = xcalloc(addresses->capacity, sizeof(*addresses->table));
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i].free_at_us > idle_us && old[i].free_at_us)
            *find(addresses, old[i].key) = old[i];
    free(old);
}

/* The address in the table, added where it is new. */
static struct address *enter(struct addresses *addresses, const unsigned char ip[IP_BYTES],
                             int64_t ip_delay_ms, int64_t now_us)
{
    unsigned char key[IP_BYTES];
    make_key(key, ip);
    if (4 * (addresses->count + 1) > 3 * addresses->capacity)
        forget_idle(addresses, now_us);
    struct address *address = find(addresses, key);
    if (!address->free_at_us) {
        memcpy(address->key, key, IP_BYTES);
        int64_t free_at_us = addresses->asked_us + US_PER_MS * ip_delay_ms;
        address->free_at_us = free_at_us > 0 ? free_at_us : 1;
        addresses->count++;
    }
    return address;
}

/* Times are told one after the other, a delay apart, as far as SPREAD_TURNS of them go. */
static int64_t tell(struct address *address, int64_t ip_delay_us)
{
    int64_t told_us = address->told_us + ip_delay_us;
    int64_t last_us = address->free_at_us + SPREAD_TURNS * ip_delay_us;
    if (told_us < address->free_at_us || told_us >= last_us)
        told_us = address->free_at_us;
    address->told_us = told_us;
    return told_us;
}

int64_t address_reserve(struct addresses *addresses, const unsigned char ip[IP_BYTES],
                        int64_t ip_delay_ms, int64_t now_us)
{
    assert(now_us >= 0);
    if (ip_delay_ms <= 0)
        return 0;
    int64_t again_at_us = 0;
    pthread_mutex_lock(&addresses->lock);
    struct address *address = enter(addresses, ip, ip_delay_ms, now_us);
    bool is_free = address->free_at_us <= now_us;
    bool is_sent = address->unsent_until_us <= now_us;
    if (is_free)
        address->free_at_us = now_us + US_PER_MS * ip_delay_ms;
    if (is_free && is_sent)
        address->unsent_until_us = now_us + UNSENT_MOST_US;
    else
        again_at_us = tell(address, US_PER_MS * ip_delay_ms);
    pthread_mutex_unlock(&addresses->lock);
    return again_at_us;
}

void address_charge(struct addresses *addresses, const unsigned char ip[IP_BYTES],
                    int64_t ip_delay_ms, int64_t now_us)
{
    if (ip_delay_ms <= 0)
        return;
    int64_t free_at_us = now_us + US_PER_MS * ip_delay_ms;
    pthread_mutex_lock(&addresses->lock);
    struct address *address = enter(addresses, ip, ip_delay_ms, now_us);
    if (address->free_at_us < free_at_us)
        address->free_at_us = free_at_us;
    address->unsent_until_us = 0;
    pthread_mutex_unlock(&addresses->lock);
}

size_t addresses_count(struct addresses *addresses)
{
    pthread_mutex_lock(&addresses->lock);
    size_t count = addresses->count;
    pthread_mutex_unlock(&addresses->lock);
    return count;
}
