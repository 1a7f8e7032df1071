/* SPDX-License-Identifier: MIT
 *
 * request - an HTTP/1.1 request, taken apart.
 */
#ifndef TESTS_SERVER_REQUEST_H
#define TESTS_SERVER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/* All bytes are borrowed from what was received. */
struct request {
    struct bytes method;
    struct bytes target; /* Path and query. */
    struct bytes host;   /* Without the port. */
    struct bytes fields; /* Field lines with their CRLF. */
    struct bytes body;   /* Of Content-Length bytes. */
    size_t whole_bytes;  /* Head, empty line and body. */
    bool is_last;        /* Connection: close, or HTTP/1.0. */
};

enum request_reading { REQUEST_MORE, REQUEST_READY, REQUEST_BAD };

/* Whether `received` begins with a whole one. */
enum request_reading request_read(struct request *request, struct bytes received);

/* Its value; empty where there is none. */
struct bytes request_field(const struct request *request, struct bytes name);

/* The next field line of *fields, without its end. */
bool request_next_field(struct bytes *fields, struct bytes *line);

#endif
