/* SPDX-License-Identifier: MIT
 *
 * leave_alone - why a host is left alone, in words: a rest that it asked for or earned, its hours,
 * a pause.
 */
#ifndef CRAWLER_CONTROL_LEAVE_ALONE_H
#define CRAWLER_CONTROL_LEAVE_ALONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "frontier/frontier.h"

struct leave_alone {
    bool is_left_alone;
    bool is_paused;     /* Until the user resumes it. */
    bool is_rest;       /* The server's doing; else ours. */
    int64_t until_ms;   /* INT64_MAX where it is paused. */
    const char *reason; /* NULL: its delay is that long. */
};

struct leave_alone leave_alone_of(const struct host_record *host, int64_t now_ms);

/* "rests until 2025-06-16T15:06:40Z (in 23h): timed out", "waits until ...: outside its hours", "is
 * paused"; behind "its host", say. Nothing where it is not left alone. Appends to out. */
void leave_alone_print(const struct leave_alone *leave_alone, int64_t now_ms, struct buf *out);

#endif
