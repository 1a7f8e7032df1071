/* SPDX-License-Identifier: MIT
 *
 * intake - which of a thread's transfers may take in what comes for them, and which wait: for the
 * rates that the user set, and for room.
 *
 *     taking --intake_take says no--> waiting --intake_go_on--> taking
 *
 * Those that wait go on in the order in which they began to wait, so none starves. One transfer at
 * a time may exceed the room, or nobody would ever be done; it gives that leave to the next when it
 * makes little of it, as a server that drips would keep all others waiting.
 *
 * Times are microseconds given by the caller.
 */
#ifndef CRAWLER_FETCH_INTAKE_H
#define CRAWLER_FETCH_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "crawler/fetch/rate.h"
#include "crawler/fetch/room.h"

/* One transfer's; in its memory. */
struct intake_part {
    struct intake_part *previous; /* Among those that wait. */
    struct intake_part *next;
    struct rate *rate;     /* Of its host; NULL: none. */
    uint64_t held;         /* Bytes that it holds. */
    uint64_t refused;      /* Bytes that it waits to take. */
    int64_t waits_from_us; /* -1: it does not wait. */
    int64_t waited_us;     /* Before that, in all. */
};

struct intake {
    struct rate *rate; /* Of all transfers, and the room; borrowed. NULL: no limit. */
    struct room *room;
    struct intake_part *first; /* Who waits longest. */
    struct intake_part *last;
    struct intake_part *exempt; /* May exceed the room; NULL: nobody does. */
    int64_t exempt_from_us;
    uint64_t exempt_held; /* Then. */
    int64_t look_at_us;   /* When those that wait are to be looked at. */
};

void intake_init(struct intake *intake, struct rate *rate, struct room *room);

/* A transfer begins; rate: of its host, or NULL. */
void intake_begin(struct intake *intake, struct intake_part *part, struct rate *rate);
/* It takes nothing any more, and waits for nothing; then what it holds is another's. */
void intake_stop(struct intake *intake, struct intake_part *part);
void intake_end(struct intake *intake, struct intake_part *part);

/* Bytes came, of which so many will be kept. True: they are counted, and to be taken. False: not
 * now; the part waits. */
bool intake_take(struct intake *intake, struct intake_part *part, uint64_t bytes, uint64_t kept,
                 int64_t now_us);
/* Bytes that cannot wait, of header fields; held: what the part holds with them. */
void intake_take_anyway(struct intake *intake, struct intake_part *part, uint64_t bytes,
                        uint64_t held, int64_t now_us);

/* Calls back for each part that waits no longer; it may wait again at once. */
void intake_go_on(struct intake *intake, int64_t now_us, void (*go_on)(struct intake_part *part));
/* Until when that need not be called; -1: nobody waits. */
int64_t intake_timeout_us(const struct intake *intake, int64_t now_us);

static inline bool intake_part_waits(const struct intake_part *part)
{
    return part->waits_from_us >= 0;
}

/* How long it has waited, in all. */
int64_t intake_part_waited_us(const struct intake_part *part, int64_t now_us);

#endif
