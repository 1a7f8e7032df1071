/* SPDX-License-Identifier: MIT
 *
 * phrases - times, spans and numbers as they stand in the sentences that answers are made of.
 *
 * All append to out.
 */
#ifndef CRAWLER_CONTROL_PHRASES_H
#define CRAWLER_CONTROL_PHRASES_H

#include <stdint.h>

#include "base/buf.h"

/* "2026-11-23T04:20:17Z (3h 5m ago)", "2026-11-23T04:20:17Z (in 3h 5m)"; "never" for 0 and for
 * INT64_MAX. */
void phrase_time(struct buf *out, int64_t at_ms, int64_t now_ms);

/* "3h 5m ago", "in 3h 5m"; within a second "just now" or "now". */
void phrase_distance(struct buf *out, int64_t at_ms, int64_t now_ms);

/* "1 URL", "34 URLs": what ends with an s where it is not one. */
void phrase_count(struct buf *out, uint64_t count, const char *what);

/* "one every 2s": between two fetches on average. "as fast as it answers" for less than 1 ms. */
void phrase_every(struct buf *out, int64_t every_ms);

#endif
