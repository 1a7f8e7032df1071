/* SPDX-License-Identifier: MIT
 *
 * lines - the lines of a robots.txt that say something, one after the other.
 *
 * All that is tolerated in the writing of a line is here: white space, comments, case, misspelt
 * keys, a missing colon, the three line ends. What the lines mean together is for robots.c.
 */
#ifndef ROBOTS_LINES_H
#define ROBOTS_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

enum robots_key {
    ROBOTS_KEY_USER_AGENT,
    ROBOTS_KEY_ALLOW,
    ROBOTS_KEY_DISALLOW,
    ROBOTS_KEY_CRAWL_DELAY,
    ROBOTS_KEY_SITEMAP,
};

struct robots_line {
    enum robots_key key;
    uint32_t number;    /* From 1; every line end counts, whatever the line says. */
    struct bytes value; /* Without comment and outer white space; may be empty. */
};

struct robots_reader {
    const char *at;
    const char *end;
    const char *newline; /* The next LF at or behind `at`, or end: looked for once, not per line. */
    uint32_t number;
};

/* The reader borrows the text. A byte order mark, whole or cut short, is skipped. */
struct robots_reader robots_reader_of(struct bytes text);

/* The next line with a key we know; false at the end. */
bool robots_reader_next(struct robots_reader *reader, struct robots_line *line);

/* A page that was sent in place of a robots.txt. */
bool robots_text_is_html(struct bytes text);

/* Is there a byte order mark of UTF-16? Then out, which is empty, gets the text as UTF-8. */
bool robots_text_from_utf16(struct bytes text, struct buf *out);

#endif
