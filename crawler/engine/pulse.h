/* SPDX-License-Identifier: MIT
 *
 * pulse - how many a second, of late: over the last minute, or as long as there was one.
 */
#ifndef CRAWLER_ENGINE_PULSE_H
#define CRAWLER_ENGINE_PULSE_H

#include <stddef.h>
#include <stdint.h>

enum { PULSE_MARKS = 6 };

struct pulse {
    struct {
        int64_t at_ms;
        uint64_t count;
    } marks[PULSE_MARKS]; /* Ten seconds apart, oldest first. */
    size_t mark_count;
};

/* The count has come so far; it never falls. To be told often. */
void pulse_beat(struct pulse *pulse, uint64_t count, int64_t now_ms);
/* 0 within the first second. */
double pulse_per_s(const struct pulse *pulse, uint64_t count, int64_t now_ms);

#endif
