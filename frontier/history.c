/* SPDX-License-Identifier: MIT */
#include "frontier/history.h"

#include <stdbool.h>
#include <string.h>

#include "base/pack.h"
#include "frontier/frontier.h"

enum { SECOND_MS = 1000 };

size_t history_unpack(struct bytes history, int64_t checked_ms,
                      struct past_outcome past[HISTORY_RUNS_MOST])
{
    struct unpacker from = unpacker_of(history);
    size_t count = 0;
    int64_t at_ms = checked_ms;
    while (from.left > 0 && count < HISTORY_RUNS_MOST) {
        struct past_outcome run = { .outcome = unpack_u8(&from) };
        uint64_t times = unpack_number(&from);
        uint64_t before_s = unpack_number(&from);
        if (from.is_bad || run.outcome >= OUTCOME_COUNT || times > UINT32_MAX ||
            before_s > UINT32_MAX)
            break;
        run.times = (uint32_t)times;
        at_ms -= (int64_t)before_s * SECOND_MS;
        run.last_ms = at_ms;
        past[count++] = run;
    }
    return count;
}

static void pack_run(struct buf *out, const struct past_outcome *run, int64_t newer_ms)
{
    int64_t before_ms = newer_ms > run->last_ms ? newer_ms - run->last_ms : 0;
    int64_t before_s = (before_ms + SECOND_MS / 2) / SECOND_MS;
    pack_u8(out, run->outcome);
    pack_number(out, run->times);
    pack_number(out, before_s > UINT32_MAX ? UINT32_MAX : (uint64_t)before_s);
}

/* In front of the others, or as one more of the first. Returns how many there are. */
static size_t add(struct past_outcome *past, size_t count, uint8_t outcome, int64_t at_ms)
{
    if (count > 0 && past[0].outcome == outcome) {
        past[0].times += past[0].times < UINT32_MAX;
        past[0].last_ms = at_ms;
        return count;
    }
    memmove(past + 1, past, count * sizeof(*past));
    past[0] = (struct past_outcome){ outcome, 1, at_ms };
    return count + 1;
}

void history_extend(struct buf *out, const struct url_record *previous, int64_t checked_ms)
{
    struct past_outcome past[HISTORY_RUNS_MOST + 1];
    size_t count = history_unpack(previous->history, previous->checked_at_ms, past);
    if (previous->reason != OUTCOME_NONE && previous->reason != OUTCOME_FRESH)
        count = add(past, count, previous->reason, previous->checked_at_ms);
    if (count > HISTORY_RUNS_MOST)
        count = HISTORY_RUNS_MOST;
    for (size_t i = 0; i < count; i++) {
        pack_run(out, &past[i], checked_ms);
        checked_ms = past[i].last_ms;
    }
}
