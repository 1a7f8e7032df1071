/* SPDX-License-Identifier: MIT
 *
 * pattern - the path of a rule, and whether a URL's path and query match it (RFC 9309, 2.2.2
 * and 2.2.3).
 *
 * Patterns and paths are compared in one normal form: octets that are not ASCII, and those that a
 * URI cannot hold, are percent-encoded; encoded unreserved characters are decoded; other encodings
 * stay, with upper-case digits. '*' and '$' of a path are encoded, so that in a pattern they are
 * always special.
 */
#ifndef ROBOTS_PATTERN_H
#define ROBOTS_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* A byte may become "%XX"; an empty path becomes "/". */
#define PATTERN_NORMAL_BYTES(length) (3 * (length) + 1)

struct pattern {
    uint32_t start;       /* Of the normal form, without a '$' at the end, in the owner's text. */
    uint32_t length;      /* Of all of it ... */
    uint32_t head_length; /* ... and up to the first '*': every matching path begins with that. */
    bool is_anchored;     /* It ended in '$'. */
};

/* Writes the normal form of a rule's value at text + start, with room for PATTERN_NORMAL_BYTES, and
 * describes it. */
struct pattern pattern_write(char *text, uint32_t start, struct bytes value);

/* The octets that decide which of two matching rules is the more specific. */
static inline uint32_t pattern_octets(const struct pattern *pattern)
{
    return pattern->length + pattern->is_anchored;
}

static inline struct bytes pattern_head(const struct pattern *pattern, const char *text)
{
    return bytes_of(text + pattern->start, pattern->head_length);
}

static inline bool pattern_has_star(const struct pattern *pattern)
{
    return pattern->head_length < pattern->length;
}

/* What stands behind the first '*', which there is: literal parts between stars. */
static inline struct bytes pattern_parts(const struct pattern *pattern, const char *text)
{
    return bytes_of(text + pattern->start + pattern->head_length + 1,
                    pattern->length - pattern->head_length - 1);
}

/* Writes the normal form of a URL's path and query; out holds PATTERN_NORMAL_BYTES. An empty path
 * is "/". */
struct bytes path_write(char *out, struct bytes path_query);

/* In a query ':', '/', '?', '@', '[' and ']' mean themselves, encoded or not (RFC 3986, 3.4; the
 * second example of RFC 9309, 2.2.2). Patterns hold them bare behind their '?'. This makes them
 * bare in a path as path_write() gave it, in place; false where there was none. */
bool path_bare_query(struct bytes *path, char *out);

/* path: from path_write(), and it begins with the pattern's head. Time is linear in the lengths of
 * both. */
bool pattern_matches(const struct pattern *pattern, const char *text, struct bytes path);

#endif
