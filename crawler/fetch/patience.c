/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/patience.h"

#include <stdio.h>

void patience_begin(struct patience *patience, const struct transfer_limits *limits, int64_t now_ms)
{
    *patience = (struct patience){ .limits = limits, .started_ms = now_ms, .window_ends_ms = -1 };
}

static void begin_window(struct patience *patience, uint64_t bytes_in, int64_t now_ms)
{
    if (patience->limits->slow_ms <= 0)
        return;
    patience->window_bytes = bytes_in;
    patience->window_ends_ms = now_ms + patience->limits->slow_ms;
}

void patience_first_byte(struct patience *patience, int64_t now_ms)
{
    begin_window(patience, 0, now_ms);
}

void patience_extend(struct patience *patience, int64_t waited_ms)
{
    patience->started_ms += waited_ms;
    if (patience->window_ends_ms >= 0)
        patience->window_ends_ms += waited_ms;
}

int64_t patience_deadline_ms(const struct patience *patience, uint64_t bytes_in)
{
    const struct transfer_limits *limits = patience->limits;
    int64_t next_ms = patience->window_ends_ms;
    if (next_ms < 0 && bytes_in == 0 && limits->first_byte_ms > 0)
        next_ms = patience->started_ms + limits->first_byte_ms;
    if (limits->total_ms <= 0)
        return next_ms;
    int64_t total_ms = patience->started_ms + limits->total_ms;
    return next_ms < 0 || total_ms < next_ms ? total_ms : next_ms;
}

static bool is_too_slow(const struct patience *patience, uint64_t bytes_in)
{
    const struct transfer_limits *limits = patience->limits;
    uint64_t came = bytes_in - patience->window_bytes;
    return came * 1000 < (uint64_t)limits->slow_bytes_per_s * (uint64_t)limits->slow_ms;
}

/* What is over, with its limit; NULL: nothing. */
static const char *what_is_over(const struct patience *patience, uint64_t bytes_in, int64_t now_ms,
                                int64_t *limit_ms)
{
    const struct transfer_limits *limits = patience->limits;
    *limit_ms = limits->total_ms;
    if (*limit_ms > 0 && now_ms >= patience->started_ms + *limit_ms)
        return "not done within";
    *limit_ms = limits->first_byte_ms;
    if (*limit_ms > 0 && bytes_in == 0 && now_ms >= patience->started_ms + *limit_ms)
        return "no answer within";
    *limit_ms = limits->slow_ms;
    bool is_window_over = patience->window_ends_ms >= 0 && now_ms >= patience->window_ends_ms;
    return is_window_over && is_too_slow(patience, bytes_in) ? "too slow for" : NULL;
}

bool patience_is_over(struct patience *patience, uint64_t bytes_in, int64_t now_ms, char *detail,
                      size_t size)
{
    int64_t limit_ms;
    const char *what = what_is_over(patience, bytes_in, now_ms, &limit_ms);
    if (what)
        snprintf(detail, size, "%s %lld ms", what, (long long)limit_ms);
    else if (patience->window_ends_ms >= 0 && now_ms >= patience->window_ends_ms)
        begin_window(patience, bytes_in, now_ms);
    return what != NULL;
}
