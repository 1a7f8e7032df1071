/* SPDX-License-Identifier: MIT
 *
 * header_lines - the header fields of a request, fit to be handed to libcurl.
 *
 * They lie behind each other in one piece of memory, each with a NUL; it moves as it grows, so they
 * are pointed to only when all are there.
 */
#ifndef CRAWLER_FETCH_HEADER_LINES_H
#define CRAWLER_FETCH_HEADER_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct header_lines {
    struct buf text;
    size_t count;
};

void header_lines_init(struct header_lines *lines);
void header_lines_clear(struct header_lines *lines);

/* Copies fields (NULL-terminated, or NULL), and adds what keeps libcurl from sending an Accept of
 * its own, and with a body a Content-Type and an Expect. A field that is not "Name: value" in one
 * line is left out. */
void header_lines_set(struct header_lines *lines, const char *const *fields, bool has_body);

#endif
