/* SPDX-License-Identifier: MIT
 *
 * response - what comes of one exchange, counted against its limits as it comes.
 *
 * It comes as lines and pieces of body. Interim responses (1xx) are dropped when the next one
 * begins, and so is an answer that asks for a login which is then given; lines behind the final
 * headers are trailers. What must not go on gets a verdict, and the first one stands.
 */
#ifndef CRAWLER_FETCH_RESPONSE_H
#define CRAWLER_FETCH_RESPONSE_H

#include "crawler/fetch/transfers.h"

struct response {
    struct transfer_result *result; /* Filled in: headers, body, status, detail, bytes_in. */
    const struct transfer_limits *limits;
    enum transfer_end verdict; /* TRANSFER_DONE as long as it may go on. */
    bool is_inside_block;      /* A status line came, the empty line has not. */
    bool has_final_headers;
    bool may_be_asked_again; /* A login is computed from what a 401 or 407 says. */
    size_t header_bytes;     /* Of all blocks: interim, final and trailers. */
    size_t header_fields;
};

/* Both are borrowed for the response's life; the result's buffers begin empty, and nothing is asked
 * again. */
void response_begin(struct response *response, struct transfer_result *result,
                    const struct transfer_limits *limits);

/* Always false. */
bool response_stop(struct response *response, enum transfer_end verdict, const char *detail);

/* One line of headers with its line end; status is that of the block it belongs to. False: stop. */
bool response_take_line(struct response *response, struct bytes line, long status);

/* How many of so many bytes of body the limit leaves. */
size_t response_body_kept(const struct response *response, size_t length);

/* said: Content-Length, or -1. False: stop; the body up to the limit is kept. */
bool response_take_body(struct response *response, struct bytes data, int64_t said);

#endif
