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

/* A path is compared eight bytes at a time: that many zeros follow it. */
#define PATTERN_PATH_PADDING 8

struct pattern {
    uint64_t head;      /* The first bytes up to any '*', at most eight, as loaded from memory, */
    uint64_t head_mask; /* and which bits of them count: most rules are told apart by these two. */
    uint32_t start;     /* Of the normal form, without a '$' at the end, in the owner's text. */
    uint32_t length;
    bool has_star;
    bool is_anchored; /* It ended in '$'. */
};

/* Writes the normal form of a rule's value at text + start, with room for PATTERN_NORMAL_BYTES, and
 * describes it. */
struct pattern pattern_write(char *text, uint32_t start, struct bytes value);

/* The octets that decide which of two matching rules is the more specific. */
static inline uint32_t pattern_octets(const struct pattern *pattern)
{
    return pattern->length + pattern->is_anchored;
}

/* Writes the normal form of a URL's path and query; out holds PATTERN_NORMAL_BYTES +
 * PATTERN_PATH_PADDING. An empty path is "/". */
struct bytes path_write(char *out, struct bytes path_query);

/* In a query ':', '/', '?', '@', '[' and ']' mean themselves, encoded or not (RFC 3986, 3.4; the
 * second example of RFC 9309, 2.2.2). Patterns hold them bare behind their '?'. This makes them
 * bare in a path as path_write() gave it, in place; false where there was none. */
bool path_bare_query(struct bytes *path, char *out);

/* path: from path_write(), with its padding. Time is linear in the lengths of both. */
bool pattern_matches(const struct pattern *pattern, const char *text, struct bytes path);

#endif
