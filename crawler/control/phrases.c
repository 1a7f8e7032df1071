/* SPDX-License-Identifier: MIT */
#include "crawler/control/phrases.h"

#include <inttypes.h>

#include "base/clock.h"

enum { SECOND_MS = 1000 };

void phrase_distance(struct buf *out, int64_t at_ms, int64_t now_ms)
{
    char span[CLOCK_TEXT_BYTES];
    int64_t ahead_ms = at_ms - now_ms;
    if (ahead_ms > -SECOND_MS && ahead_ms < SECOND_MS)
        buf_append_string(out, ahead_ms < 0 ? "just now" : "now");
    else if (ahead_ms > 0)
        buf_printf(out, "in %s", clock_format_span(span, ahead_ms));
    else
        buf_printf(out, "%s ago", clock_format_span(span, -ahead_ms));
}

void phrase_time(struct buf *out, int64_t at_ms, int64_t now_ms)
{
    char when[CLOCK_TEXT_BYTES];
    bool is_time = at_ms > 0 && at_ms != INT64_MAX;
    buf_append_string(out, clock_format(when, is_time ? at_ms : 0));
    if (!is_time)
        return;
    buf_append_string(out, " (");
    phrase_distance(out, at_ms, now_ms);
    buf_append_char(out, ')');
}

void phrase_count(struct buf *out, uint64_t count, const char *what)
{
    buf_printf(out, "%" PRIu64 " %s%s", count, what, count == 1 ? "" : "s");
}

void phrase_every(struct buf *out, int64_t every_ms)
{
    char span[CLOCK_TEXT_BYTES];
    if (every_ms < 1)
        buf_append_string(out, "as fast as it answers");
    else
        buf_printf(out, "one every %s", clock_format_span(span, every_ms));
}
