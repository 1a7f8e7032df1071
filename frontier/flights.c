/* SPDX-License-Identifier: MIT
 *
 * Flights lie in slots that are used again; slot 0 stays free and means none. A ticket is the slot
 * and a rising serial number, so that an old ticket meets no newer flight.
 */
#include "frontier/flights.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "frontier/hosts.h"

struct flights {
    struct flight *slots;
    uint32_t count; /* Slots ever used, with slot 0. */
    uint32_t capacity;
    uint32_t free; /* First of the unused slots, linked by next_in_bucket. */
    uint32_t serial;
    uint32_t *buckets; /* By fingerprint; their number is the capacity, a power of two. */
};

enum { FIRST_CAPACITY = 64 };

struct flights *flights_new(void)
{
    struct flights *flights = xcalloc(1, sizeof(*flights));
    flights->count = 1;
    return flights;
}

void flights_free(struct flights *flights)
{
    if (!flights)
        return;
    free(flights->slots);
    free(flights->buckets);
    free(flights);
}

static uint32_t *bucket_of(const struct flights *flights, uint64_t fingerprint)
{
    return &flights->buckets[fingerprint >> 1 & (flights->capacity - 1)];
}

static void grow(struct flights *flights)
{
    flights->capacity = flights->capacity ? 2 * flights->capacity : FIRST_CAPACITY;
    flights->slots = xreallocarray(flights->slots, flights->capacity, sizeof(*flights->slots));
    free(flights->buckets);
    flights->buckets = xcalloc(flights->capacity, sizeof(*flights->buckets));
    /* All used slots are in flight: it grows only when none is free. */
    for (uint32_t slot = 1; slot < flights->count; slot++) {
        uint32_t *bucket = bucket_of(flights, flights->slots[slot].fingerprint);
        flights->slots[slot].next_in_bucket = *bucket;
        *bucket = slot;
    }
}

static uint32_t take_slot(struct flights *flights)
{
    uint32_t slot = flights->free;
    if (slot != 0) {
        flights->free = flights->slots[slot].next_in_bucket;
        return slot;
    }
    if (flights->count >= flights->capacity)
        grow(flights);
    return flights->count++;
}

struct flight *flight_begin(struct flights *flights, struct host *host, uint64_t fingerprint)
{
    assert(!flight_by_fingerprint(flights, fingerprint));
    uint32_t slot = take_slot(flights);
    uint32_t *bucket = bucket_of(flights, fingerprint);
    struct flight *flight = &flights->slots[slot];
    *flight = (struct flight){ .ticket = (uint64_t)++flights->serial << 32 | slot,
                               .fingerprint = fingerprint,
                               .host = host,
                               .next_in_bucket = *bucket,
                               .next_of_host = host->first_flight };
    *bucket = slot;
    if (host->first_flight != 0)
        flights->slots[host->first_flight].previous_of_host = slot;
    host->first_flight = slot;
    return flight;
}

struct flight *flight_by_ticket(struct flights *flights, uint64_t ticket)
{
    uint32_t slot = (uint32_t)ticket;
    if (slot == 0 || slot >= flights->count || flights->slots[slot].ticket != ticket)
        return NULL;
    return &flights->slots[slot];
}

struct flight *flight_by_fingerprint(struct flights *flights, uint64_t fingerprint)
{
    if (flights->capacity == 0)
        return NULL;
    uint32_t slot = *bucket_of(flights, fingerprint);
    while (slot != 0 && flights->slots[slot].fingerprint != fingerprint)
        slot = flights->slots[slot].next_in_bucket;
    return slot ? &flights->slots[slot] : NULL;
}

void flight_end(struct flights *flights, struct flight *flight)
{
    uint32_t slot = (uint32_t)flight->ticket;
    uint32_t *link = bucket_of(flights, flight->fingerprint);
    while (*link != slot)
        link = &flights->slots[*link].next_in_bucket;
    *link = flight->next_in_bucket;
    if (flight->previous_of_host != 0)
        flights->slots[flight->previous_of_host].next_of_host = flight->next_of_host;
    else
        flight->host->first_flight = flight->next_of_host;
    if (flight->next_of_host != 0)
        flights->slots[flight->next_of_host].previous_of_host = flight->previous_of_host;
    *flight = (struct flight){ .next_in_bucket = flights->free };
    flights->free = slot;
}

struct flight *flight_first(struct flights *flights, const struct host *host)
{
    return host->first_flight ? &flights->slots[host->first_flight] : NULL;
}

struct flight *flight_next(struct flights *flights, const struct flight *flight)
{
    return flight->next_of_host ? &flights->slots[flight->next_of_host] : NULL;
}
