/* SPDX-License-Identifier: MIT
 *
 * clock - the two clocks, read at the edges of the program only.
 *
 * Everything else is given the time as an argument.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define US_PER_MS INT64_C(1000)
#define US_PER_S  INT64_C(1000000)

/* Milliseconds since 1970, UTC: for what is kept or shown. */
int64_t clock_wall_ms(void);

/* Milliseconds since some start, never going back: for delays and deadlines. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

/* Of two times or waits in one unit; a negative one is never. */
static inline int64_t time_earlier(int64_t a, int64_t b)
{
    return a < 0 ? b : b < 0 || a < b ? a : b;
}

static inline int64_t time_later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

#define CLOCK_TEXT_BYTES 32

/* "2026-11-23T04:20:17Z" into text (CLOCK_TEXT_BYTES large); "never" for 0. Returns text. */
char *clock_format(char *text, int64_t wall_ms);

/* "3d 4h", "12m 5s", "850ms": two units at the most. Returns text. */
char *clock_format_span(char *text, int64_t span_ms);

#endif
