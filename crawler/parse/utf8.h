/* SPDX-License-Identifier: MIT
 *
 * utf8 - code points to bytes, and which bytes are well-formed.
 */
#ifndef CRAWLER_PARSE_UTF8_H
#define CRAWLER_PARSE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

#define UTF8_BYTES_MOST 4

/* U+FFFD: what stands for bytes that mean nothing. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"

/* The code point (a Unicode scalar value) into text, UTF8_BYTES_MOST large. Returns how many bytes
 * it takes. */
size_t utf8_encode(uint32_t code_point, char *text);

/* How many bytes at the start are well-formed UTF-8. */
size_t utf8_valid_length(struct bytes bytes);

/* How many bytes at the start, of which the first is no well-formed character, one U+FFFD stands
 * for (Encoding Standard: the longest start of a character, at least one byte). */
size_t utf8_broken_length(struct bytes bytes);

/* Appends the bytes with each broken part replaced. */
void utf8_append_repaired(struct buf *out, struct bytes bytes);

#endif
