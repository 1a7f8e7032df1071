/* SPDX-License-Identifier: MIT
 *
 * headers - reading a block of header fields as received, and the values that a crawler needs of
 * them.
 */
#ifndef CRAWLER_FETCH_HEADERS_H
#define CRAWLER_FETCH_HEADERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* The value of the first field of that name (without regard to case), trimmed; empty with a null
 * pointer where there is none. A field whose value holds a CR or NUL is passed over, and a folded
 * one ends with its first line. */
struct bytes header_get(struct bytes headers, struct bytes name);

/* Each field of that name in turn. *from starts at 0. */
bool header_next(struct bytes headers, struct bytes name, size_t *from, struct bytes *value);

/* Content-Type (WHATWG MIME: last usable one of several fields): essence lower-cased into essence
 * (at least 128 bytes; empty where none), charset parameter borrowed, so that a backslash in it
 * stays. */
void header_content_type(struct bytes headers, char essence[128], struct bytes *charset);

/* Retry-After in both forms, relative to now; -1 where absent or unreadable. */
int64_t header_retry_after_ms(struct bytes headers, int64_t now_ms);

/* How long the response is fresh by Cache-Control, Expires, Age and Date (RFC 9111, 4.2), without
 * heuristics; -1: it does not say. */
int64_t header_freshness_ms(struct bytes headers, int64_t now_ms);

/* A 304's fields replace those of the stored response (RFC 9111, 3.2); the merged block is appended
 * to out. */
struct buf;
void headers_merge(struct buf *out, struct bytes stored, struct bytes update);

#endif
