/* SPDX-License-Identifier: MIT
 *
 * units - numbers as people write them: "1.5h", "64Ki", "10k".
 *
 * Reading is exact: what is no whole number of the smallest unit, or too large, is refused.
 */
#ifndef CONFIG_UNITS_H
#define CONFIG_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

/* Milliseconds: ms, s, m, h, d, w. Only 0 needs no unit. */
bool units_parse_span(struct bytes text, int64_t *span_ms);
/* Bytes: K is 1000, Ki 1024, and so on; B may follow. */
bool units_parse_size(struct bytes text, uint64_t *size);
/* k, M and G are decimal. */
bool units_parse_count(struct bytes text, uint64_t *count);
/* Digits, and perhaps a point and some more. */
bool units_parse_factor(struct bytes text, double *factor);

/* As short as it gets, and read back as the same. Append to out. */
void units_print_span(int64_t span_ms, struct buf *out);
void units_print_size(uint64_t size, struct buf *out);
void units_print_factor(double factor, struct buf *out);

#endif
