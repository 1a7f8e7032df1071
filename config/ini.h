/* SPDX-License-Identifier: MIT
 *
 * ini - the lines of a configuration file: sections, options, and what is wrong with the rest.
 *
 *     # a comment, and so is ; at the beginning of a line
 *     [section]                     # a comment may also follow, behind white space
 *     [section "label"]
 *     name = value
 *     name = " quotes keep white space and # at the ends; inside them nothing is special "
 *
 * Lines end with LF or CR LF; a UTF-8 BOM may come first. There are no escapes and no continued
 * lines, so a regular expression stands as it is. Any bytes are read without harm.
 */
#ifndef CONFIG_INI_H
#define CONFIG_INI_H

#include <stdbool.h>

#include "base/bytes.h"

struct ini {
    struct bytes rest;
    unsigned line; /* Number of the line that was read last; the first is 1. */
};

enum ini_kind { INI_SECTION, INI_OPTION, INI_BAD };

/* Everything is borrowed from the bytes that are read. */
struct ini_line {
    enum ini_kind kind;
    struct bytes name;  /* Of the section or the option. */
    struct bytes value; /* Of the option, or the section's label. */
    bool has_label;
    const char *problem; /* INI_BAD: what is wrong. */
};

struct ini ini_of(struct bytes content);

/* The next line that is neither empty nor a comment; false at the end. */
bool ini_next(struct ini *ini, struct ini_line *line);

#endif
