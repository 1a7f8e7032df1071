/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/intake.h"

#include <assert.h>
#include <stddef.h>

enum {
    /* Room is freed, and limits are lifted, by other threads, which do not say so to this one. */
    LOOK_US = 10 * 1000,
    LOOK_MOST_US = 100 * 1000,
    /* Who exceeds the room has so long to take so much. */
    EXEMPT_US = 1000 * 1000,
    EXEMPT_BYTES_LEAST = 64 * 1024,
};

void intake_init(struct intake *intake, struct rate *rate, struct room *room)
{
    *intake = (struct intake){ .rate = rate, .room = room };
}

void intake_begin(struct intake *intake, struct intake_part *part, struct rate *rate)
{
    *part = (struct intake_part){ .rate = rate, .waits_from_us = -1 };
    if (intake->room)
        room_enter(intake->room);
}

/* ---- The list of those that wait */

static void link_last(struct intake *intake, struct intake_part *part)
{
    part->previous = intake->last;
    part->next = NULL;
    if (intake->last)
        intake->last->next = part;
    else
        intake->first = part;
    intake->last = part;
}

static void unlink_part(struct intake *intake, struct intake_part *part)
{
    if (part->previous)
        part->previous->next = part->next;
    else
        intake->first = part->next;
    if (part->next)
        part->next->previous = part->previous;
    else
        intake->last = part->previous;
}

static void wait_for(struct intake *intake, struct intake_part *part, uint64_t bytes,
                     int64_t now_us)
{
    assert(!intake_part_waits(part));
    if (!intake->first)
        intake->look_at_us = now_us;
    part->waits_from_us = now_us;
    part->refused = bytes;
    link_last(intake, part);
}

static void wait_no_longer(struct intake *intake, struct intake_part *part, int64_t now_us)
{
    unlink_part(intake, part);
    part->waited_us += now_us - part->waits_from_us;
    part->waits_from_us = -1;
}

/* ---- Who may exceed the room */

static void make_exempt(struct intake *intake, struct intake_part *part, int64_t now_us)
{
    intake->exempt = part;
    intake->exempt_from_us = now_us;
    intake->exempt_held = part->held;
}

/* It has had its time: is that of use? */
static void look_at_exempt(struct intake *intake, int64_t now_us)
{
    struct intake_part *exempt = intake->exempt;
    if (!exempt || now_us < intake->exempt_from_us + EXEMPT_US)
        return;
    if (exempt->held < intake->exempt_held + EXEMPT_BYTES_LEAST)
        intake->exempt = NULL;
    else
        make_exempt(intake, exempt, now_us);
}

void intake_stop(struct intake *intake, struct intake_part *part)
{
    if (intake_part_waits(part))
        unlink_part(intake, part);
    part->waits_from_us = -1;
    if (intake->exempt == part)
        intake->exempt = NULL;
}

void intake_end(struct intake *intake, struct intake_part *part)
{
    intake_stop(intake, part);
    if (intake->room)
        room_leave(intake->room, part->held);
}

/* ---- Taking */

/* Until the user's rates let this one go on. */
static int64_t rates_wait_us(const struct intake *intake, const struct intake_part *part,
                             int64_t now_us)
{
    int64_t all_us = intake->rate ? rate_wait_us(intake->rate, now_us) : 0;
    int64_t own_us = part->rate ? rate_wait_us(part->rate, now_us) : 0;
    return all_us > own_us ? all_us : own_us;
}

static void charge(struct intake *intake, struct intake_part *part, uint64_t bytes, int64_t now_us)
{
    if (intake->rate)
        rate_charge(intake->rate, bytes, now_us);
    if (part->rate)
        rate_charge(part->rate, bytes, now_us);
}

/* Room for so many bytes is taken, if there is any for this one. */
static bool grow(struct intake *intake, struct intake_part *part, uint64_t kept, int64_t now_us)
{
    if (!intake->room || room_grow(intake->room, part->held, kept))
        return true;
    if (!intake->exempt)
        make_exempt(intake, part, now_us);
    if (intake->exempt != part)
        return false;
    room_change(intake->room, part->held, part->held + kept);
    return true;
}

bool intake_take(struct intake *intake, struct intake_part *part, uint64_t bytes, uint64_t kept,
                 int64_t now_us)
{
    if (rates_wait_us(intake, part, now_us) > 0 || !grow(intake, part, kept, now_us)) {
        wait_for(intake, part, kept, now_us);
        return false;
    }
    part->held += kept;
    charge(intake, part, bytes, now_us);
    return true;
}

void intake_take_anyway(struct intake *intake, struct intake_part *part, uint64_t bytes,
                        uint64_t held, int64_t now_us)
{
    if (intake->room)
        room_change(intake->room, part->held, held);
    part->held = held;
    charge(intake, part, bytes, now_us);
}

/* ---- Going on */

static bool has_room(const struct intake *intake, const struct intake_part *part)
{
    return !intake->room || !intake->exempt || intake->exempt == part ||
           room_fits(intake->room, part->held, part->refused);
}

/* Who waits again joins the end of the list, and is not looked at in the same pass. */
void intake_go_on(struct intake *intake, int64_t now_us, void (*go_on)(struct intake_part *part))
{
    if (!intake->first || now_us < intake->look_at_us)
        return;
    look_at_exempt(intake, now_us);
    struct intake_part *last = intake->last;
    struct intake_part *next = intake->first;
    bool is_last = false;
    while (!is_last && (!intake->rate || rate_wait_us(intake->rate, now_us) == 0)) {
        struct intake_part *part = next;
        next = part->next;
        is_last = part == last;
        if (rates_wait_us(intake, part, now_us) > 0 || !has_room(intake, part))
            continue;
        wait_no_longer(intake, part, now_us);
        go_on(part);
    }
    int64_t wait_us = intake->rate ? rate_wait_us(intake->rate, now_us) : 0;
    if (wait_us == 0)
        wait_us = LOOK_US;
    intake->look_at_us = now_us + (wait_us < LOOK_MOST_US ? wait_us : LOOK_MOST_US);
}

int64_t intake_timeout_us(const struct intake *intake, int64_t now_us)
{
    if (!intake->first)
        return -1;
    return intake->look_at_us > now_us ? intake->look_at_us - now_us : 0;
}

int64_t intake_part_waited_us(const struct intake_part *part, int64_t now_us)
{
    return part->waited_us + (intake_part_waits(part) ? now_us - part->waits_from_us : 0);
}
