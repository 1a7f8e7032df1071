/* SPDX-License-Identifier: MIT
 *
 * patience - (inside transfers) how long an exchange may take: its deadlines, and how slow it may
 * be.
 *
 * Slowness is judged by whole windows from the first byte on. Time in which we took nothing, for
 * reasons of our own, is nobody's fault and does not count.
 */
#ifndef CRAWLER_FETCH_PATIENCE_H
#define CRAWLER_FETCH_PATIENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crawler/fetch/transfers.h"

struct patience {
    const struct transfer_limits *limits; /* Borrowed. */
    int64_t started_ms;                   /* Later by the time that did not count. */
    int64_t window_ends_ms;               /* -1 before the first byte. */
    uint64_t window_bytes;                /* That had come when it began. */
};

void patience_begin(struct patience *patience, const struct transfer_limits *limits,
                    int64_t now_ms);
/* The first byte is there. */
void patience_first_byte(struct patience *patience, int64_t now_ms);
/* So long we took nothing. */
void patience_extend(struct patience *patience, int64_t waited_ms);

/* When to look next; -1: never. bytes_in: what has come so far. */
int64_t patience_deadline_ms(const struct patience *patience, uint64_t bytes_in);
/* Is a limit reached? Then detail says which, for people. Else a window that is over is followed by
 * the next. */
bool patience_is_over(struct patience *patience, uint64_t bytes_in, int64_t now_ms, char *detail,
                      size_t size);

#endif
