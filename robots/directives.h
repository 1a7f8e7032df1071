/* SPDX-License-Identifier: MIT
 *
 * directives - meta robots, agent-named meta and X-Robots-Tag: may this page be indexed, followed,
 * shown?
 */
#ifndef ROBOTS_DIRECTIVES_H
#define ROBOTS_DIRECTIVES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct directives {
    bool noindex;
    bool nofollow;
    bool noarchive;               /* No copy of it may be shown ... */
    bool nosnippet;               /* ... and no words of it. */
    int64_t unavailable_after_ms; /* Wall clock; 0: never. */
};

/* One meta element. name: "robots" or a robot's name, without regard to case; others are ignored.
 * Adds to what is there: the most restrictive wins. */
void directives_from_meta(struct directives *directives, struct bytes name, struct bytes content,
                          struct bytes product_token);

/* The value of one X-Robots-Tag field: "noindex, googlebot: nofollow, unavailable_after: 25 Jun
 * 2030 15:00:00 GMT". */
void directives_from_header(struct directives *directives, struct bytes value,
                            struct bytes product_token);

/* Is it to be out of the index now: by noindex, or as its day is over? */
bool directives_forbid_index(const struct directives *directives, int64_t now_ms);

#endif
