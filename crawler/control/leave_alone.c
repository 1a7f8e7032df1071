/* SPDX-License-Identifier: MIT */
#include "crawler/control/leave_alone.h"

#include "crawler/control/phrases.h"

struct leave_alone leave_alone_of(const struct host_record *host, int64_t now_ms)
{
    struct leave_alone leave_alone = { .is_paused = host->is_paused };
    enum outcome reason;
    leave_alone.is_left_alone = host_record_is_held(host, now_ms, &leave_alone.until_ms, &reason);
    if (leave_alone.is_paused)
        leave_alone.until_ms = INT64_MAX;
    leave_alone.is_rest = leave_alone.until_ms == host->pace.rest_until_ms;
    leave_alone.reason = reason == OUTCOME_NONE ? NULL : outcome_word(reason);
    return leave_alone;
}

void leave_alone_print(const struct leave_alone *leave_alone, int64_t now_ms, struct buf *out)
{
    if (!leave_alone->is_left_alone)
        return;
    if (leave_alone->is_paused) {
        buf_append_string(out, "is paused");
        return;
    }
    buf_append_string(out, leave_alone->is_rest ? "rests until " : "waits until ");
    phrase_time(out, leave_alone->until_ms, now_ms);
    if (leave_alone->reason)
        buf_printf(out, ": %s", leave_alone->reason);
}
