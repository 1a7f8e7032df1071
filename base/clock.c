/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static int64_t read_us(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

char *clock_format(char *text, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;
    if (wall_ms <= 0 || !gmtime_r(&seconds, &parts) ||
        strftime(text, CLOCK_TEXT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        snprintf(text, CLOCK_TEXT_BYTES, "never");
    return text;
}

char *clock_format_span(char *text, int64_t span_ms)
{
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "m" }, { 1000, "s" }, { 1, "ms" } };
    size_t unit = 0;
    while (unit < 4 && span_ms < units[unit].ms)
        unit++;
    int64_t whole = span_ms / units[unit].ms;
    int64_t rest = unit < 3 ? span_ms % units[unit].ms / units[unit + 1].ms : 0;
    if (rest > 0)
        snprintf(text, CLOCK_TEXT_BYTES, "%" PRId64 "%s %" PRId64 "%s", whole, units[unit].name,
                 rest, units[unit + 1].name);
    else
        snprintf(text, CLOCK_TEXT_BYTES, "%" PRId64 "%s", whole, units[unit].name);
    return text;
}
