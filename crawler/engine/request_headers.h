/* SPDX-License-Identifier: MIT
 *
 * request_headers - the header lines of one request: who asks, what is accepted, the user's own
 * fields, conditions, and what else the caller adds.
 *
 * No line can be made to end early: a value with a CR, LF or NUL, wherever it came from, is left
 * out whole.
 */
#ifndef CRAWLER_ENGINE_REQUEST_HEADERS_H
#define CRAWLER_ENGINE_REQUEST_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "config/config.h"

/* Ours, and what may come of the user (config/values.c: 32). */
enum { REQUEST_HEADERS_MOST = 64 };

struct request_headers {
    struct buf text; /* The lines live in it. */
    size_t starts[REQUEST_HEADERS_MOST];
    size_t count;
    const char *lines[REQUEST_HEADERS_MOST + 1]; /* NULL-terminated; good until a line is added. */
};

struct conditions {
    struct bytes etag; /* Empty: none. */
    struct bytes last_modified;
    bool is_forced; /* Through caches on the way: RFC 9111, 5.2.1.4. */
    /* What follows the first so many bytes is asked for, of the version that if_range names; 0:
     * all.
     */
    uint64_t range_from;
    struct bytes if_range;
};

void request_headers_make(struct request_headers *headers, const struct config *config,
                          const struct settings *settings, const struct conditions *conditions);
/* More lines for headers that were made without conditions. */
void request_headers_add_conditions(struct request_headers *headers,
                                    const struct conditions *conditions);
/* The lines as a block of header fields, each with its CRLF. Appends to out. */
void request_headers_fields(const struct request_headers *headers, struct buf *out);
/* Wipes what may be secret. */
void request_headers_clear(struct request_headers *headers);

/* One more line. Without a value, or with one that cannot be in a line, there is none. */
void request_headers_add(struct request_headers *headers, const char *name, struct bytes value);

#endif
