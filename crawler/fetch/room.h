/* SPDX-License-Identifier: MIT
 *
 * room - memory for what comes in: the bytes of transfers in flight and of results on their way to
 * the store, over all threads.
 *
 * Half of it is for large bodies, and is theirs alone. Of the other half each transfer in flight
 * has a share from its beginning, so one that stays within it never waits, whatever others hold: a
 * few hosts with large bodies that never end do not keep small pages from coming. What is beyond
 * the share grows only while there is room for large bodies; whoever finds none waits until some is
 * free.
 *
 * With all that waits somebody must go on, or nothing would ever be free: the owner of a room lets
 * one transfer of each thread exceed it. So a room holds at most `most` bytes, and one body more
 * for each thread.
 */
#ifndef CRAWLER_FETCH_ROOM_H
#define CRAWLER_FETCH_ROOM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct room {
    uint64_t most;
    uint64_t share;             /* Of each transfer. */
    atomic_uint_fast64_t used;  /* Shares, what is beyond them, and results. */
    atomic_uint_fast64_t large; /* What is beyond shares. */
};

/* most: bytes in all; transfers: the most in flight at once. */
void room_init(struct room *room, uint64_t most, uint64_t transfers);

/* Is there a share for another transfer? */
bool room_has_share(const struct room *room);
/* A transfer begins: its share is taken, even if there is none. */
void room_enter(struct room *room);
/* It is over, and held so many bytes. */
void room_leave(struct room *room, uint64_t held);

/* May a transfer that holds so many bytes take so many more? */
bool room_fits(const struct room *room, uint64_t held, uint64_t more);
/* The same, and counts them if so. */
bool room_grow(struct room *room, uint64_t held, uint64_t more);
/* It held so many and now holds so many, whether it may or not. */
void room_change(struct room *room, uint64_t before, uint64_t after);

/* A result waits to be stored, and is. */
void room_keep(struct room *room, uint64_t bytes);
void room_free(struct room *room, uint64_t bytes);

uint64_t room_used(const struct room *room);

#endif
