/* SPDX-License-Identifier: MIT
 *
 * hours - hours of the week, as people write them: "22:00-06:00", "Mon-Fri 20:00-07:00, Sat-Sun
 * 00:00-24:00", "01:00-05:00 UTC".
 *
 * Ranges are separated by commas; one whose end is not behind its start ends on the next day. Days
 * are those on which a range begins, Mon to Sun, one or a first and a last; without, every day.
 * Hours are those of the machine's time zone, unless UTC stands at the end; a change to or from
 * summer time is the C library's to know: an hour that comes twice is in both times.
 */
#ifndef BASE_HOURS_H
#define BASE_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

enum { HOURS_RANGES_MOST = 16 };

struct hours_range {
    uint16_t from; /* Minutes since midnight. */
    uint16_t to;
    uint8_t days; /* Bit 0: it begins on Sundays, bit 6: on Saturdays. */
};

/* All zeros: always. */
struct hours {
    uint8_t count;
    bool is_utc;
    struct hours_range ranges[HOURS_RANGES_MOST];
};

/* Empty text: always. Where it cannot be read, nothing is set and *problem (not to be freed) says
 * why. */
bool hours_parse(struct hours *hours, struct bytes text, const char **problem);

/* Can be read again and gives the same. Appends to out. */
void hours_print(const struct hours *hours, struct buf *out);

bool hours_are_open(const struct hours *hours, int64_t wall_ms);

/* Now where they are open, else when they begin next: at most eight days ahead. */
int64_t hours_open_at_ms(const struct hours *hours, int64_t wall_ms);

#endif
