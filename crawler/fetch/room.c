/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/room.h"

void room_init(struct room *room, uint64_t most, uint64_t transfers)
{
    room->most = most;
    room->share = most / 2 / (transfers > 0 ? transfers : 1);
    atomic_init(&room->used, 0);
    atomic_init(&room->large, 0);
}

bool room_has_share(const struct room *room)
{
    return atomic_load(&room->used) + room->share <= room->most;
}

void room_enter(struct room *room)
{
    atomic_fetch_add(&room->used, room->share);
}

static uint64_t beyond_share(const struct room *room, uint64_t held)
{
    return held > room->share ? held - room->share : 0;
}

void room_leave(struct room *room, uint64_t held)
{
    uint64_t large = beyond_share(room, held);
    atomic_fetch_sub(&room->large, large);
    atomic_fetch_sub(&room->used, room->share + large);
}

void room_change(struct room *room, uint64_t before, uint64_t after)
{
    /* Where it became less, the sums wrap around to the right ones. */
    uint64_t large = beyond_share(room, after) - beyond_share(room, before);
    atomic_fetch_add(&room->large, large);
    atomic_fetch_add(&room->used, large);
}

bool room_fits(const struct room *room, uint64_t held, uint64_t more)
{
    uint64_t large = beyond_share(room, held + more) - beyond_share(room, held);
    return large == 0 || (atomic_load(&room->large) + large <= room->most / 2 &&
                          atomic_load(&room->used) + large <= room->most);
}

/* Adds unless that makes more than `most`. */
static bool add_within(atomic_uint_fast64_t *sum, uint64_t more, uint64_t most)
{
    uint_fast64_t before = atomic_load(sum);
    do {
        if (before + more > most)
            return false;
    } while (!atomic_compare_exchange_weak(sum, &before, before + more));
    return true;
}

bool room_grow(struct room *room, uint64_t held, uint64_t more)
{
    uint64_t large = beyond_share(room, held + more) - beyond_share(room, held);
    if (large == 0)
        return true;
    if (!add_within(&room->large, large, room->most / 2))
        return false;
    if (add_within(&room->used, large, room->most))
        return true;
    atomic_fetch_sub(&room->large, large);
    return false;
}

void room_keep(struct room *room, uint64_t bytes)
{
    atomic_fetch_add(&room->used, bytes);
}

void room_free(struct room *room, uint64_t bytes)
{
    atomic_fetch_sub(&room->used, bytes);
}

uint64_t room_used(const struct room *room)
{
    return atomic_load(&room->used);
}
