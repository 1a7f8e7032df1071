/* SPDX-License-Identifier: MIT */
#include "crawler/engine/pulse.h"

#include <string.h>

enum { MARK_MS = 10 * 1000, KNOWN_AFTER_MS = 1000 };

void pulse_beat(struct pulse *pulse, uint64_t count, int64_t now_ms)
{
    size_t last = pulse->mark_count;
    if (last > 0 && now_ms - pulse->marks[last - 1].at_ms < MARK_MS)
        return;
    if (last == PULSE_MARKS) {
        last--;
        memmove(&pulse->marks[0], &pulse->marks[1], last * sizeof(pulse->marks[0]));
    }
    pulse->marks[last].at_ms = now_ms;
    pulse->marks[last].count = count;
    pulse->mark_count = last + 1;
}

double pulse_per_s(const struct pulse *pulse, uint64_t count, int64_t now_ms)
{
    if (pulse->mark_count == 0 || now_ms - pulse->marks[0].at_ms < KNOWN_AFTER_MS)
        return 0;
    return (double)(count - pulse->marks[0].count) * 1000 /
           (double)(now_ms - pulse->marks[0].at_ms);
}
