/* SPDX-License-Identifier: MIT
 *
 * history - what a URL's record keeps of the outcomes before its last one: a few runs of equal
 * outcomes, each with how often and when last.
 *
 * "page, 12 times not modified, timed out" says in three runs what a year of visits came to. A run
 * costs about five bytes of the record; a URL that was tried once has none.
 */
#ifndef FRONTIER_HISTORY_H
#define FRONTIER_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

struct url_record;

enum { HISTORY_RUNS_MOST = 4 };

struct past_outcome {
    uint8_t outcome; /* enum outcome. */
    uint32_t times;  /* In a row. */
    int64_t last_ms; /* Wall clock, to the second. */
};

/* Newest first. checked_ms is the record's checked_at_ms, which times are counted back from.
 * Returns how many there are; of damaged bytes, those before the damage. */
size_t history_unpack(struct bytes history, int64_t checked_ms,
                      struct past_outcome past[HISTORY_RUNS_MOST]);

/* The history of the record that follows this one, with a last try at checked_ms: previous's own
 * outcome joins it, unless it was FRESH, which is no try. Appends to out. */
void history_extend(struct buf *out, const struct url_record *previous, int64_t checked_ms);

#endif
