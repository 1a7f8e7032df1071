/* SPDX-License-Identifier: MIT
 *
 * scan - the small steps that readers of attribute values are made of.
 */
#ifndef CRAWLER_PARSE_SCAN_H
#define CRAWLER_PARSE_SCAN_H

#include <stdbool.h>

#include "base/bytes.h"

/* HTML's white space. */
#define SCAN_SPACES "\t\n\f\r "
#define SCAN_DIGITS "0123456789"

/* NUL is in no set. */
bool scan_is_any(char c, const char *set);

/* Whether the first byte is one of the set. */
bool scan_starts_with(struct bytes bytes, const char *set);

/* Behind all bytes of the set at the start. */
struct bytes scan_skip(struct bytes bytes, const char *set);

/* How many bytes come before the first of the set. */
size_t scan_until(struct bytes bytes, const char *set);

/* Behind the first n bytes. */
static inline struct bytes scan_behind(struct bytes bytes, size_t n)
{
    return bytes_slice(bytes, n, bytes.length);
}

/* What comes before the next white space, that before it skipped; rest moves behind it. False at
 * the end. */
bool scan_word(struct bytes *rest, struct bytes *word);

#endif
