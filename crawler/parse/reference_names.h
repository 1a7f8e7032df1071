/* SPDX-License-Identifier: MIT
 *
 * reference_names - the named character references of the HTML standard, in byte order.
 */
#ifndef CRAWLER_PARSE_REFERENCE_NAMES_H
#define CRAWLER_PARSE_REFERENCE_NAMES_H

#include <stdint.h>

struct reference_name {
    const char *name; /* Without its semicolon. */
    uint32_t first;   /* Code point. */
    uint32_t second;  /* Behind it, or 0. */
};

enum { REFERENCE_NAME_COUNT = 2125 };

extern const struct reference_name reference_names[REFERENCE_NAME_COUNT];

#endif
