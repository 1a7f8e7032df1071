/* SPDX-License-Identifier: MIT
 *
 * lines - what libcurl is told of a request in lists of lines: header fields, and the addresses of
 * names.
 *
 * The lines lie behind each other in one piece of memory, each with a NUL; the memory moves as it
 * grows, so they are pointed to only when all are there.
 */
#ifndef CRAWLER_FETCH_LINES_H
#define CRAWLER_FETCH_LINES_H

#include <stddef.h>

#include "base/buf.h"
#include "crawler/fetch/address.h"

struct lines {
    struct buf text;
    size_t count;
};

void lines_init(struct lines *lines);
void lines_clear(struct lines *lines);

/* No lines, memory kept. */
void lines_reset(struct lines *lines);

__attribute__((format(printf, 2, 3))) void lines_add(struct lines *lines, const char *format, ...);

/* The caller's fields (NULL-terminated, or NULL), and what keeps libcurl from sending fields of its
 * own. A line that is not "Name: value" is left out. */
void lines_add_headers(struct lines *lines, const char *const *headers);

/* name ("host:port") has these addresses: a line of CURLOPT_RESOLVE. */
void lines_add_addresses(struct lines *lines, const char *name, const struct address *addresses,
                         size_t count);

#endif
