/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/response.h"

#include <stdio.h>

#include "crawler/fetch/headers.h"

/* As much as a Content-Length may reserve at once; a longer body must really come. It holds most
 * pages, and with a thousand transfers it is not a gigabyte. */
#define BODY_HINT_MOST ((size_t)128 * 1024)
/* A body of unknown length begins with this much. */
#define BODY_FIRST_BYTES ((size_t)16 * 1024)

void response_begin(struct response *response, struct transfer_result *result,
                    const struct transfer_limits *limits)
{
    *response = (struct response){ .result = result, .limits = limits };
    buf_init(&result->headers, limits->header_bytes);
    buf_init(&result->body, limits->body_bytes);
    buf_init(&result->trailers, limits->header_bytes);
}

bool response_stop(struct response *response, enum transfer_end verdict, const char *detail)
{
    if (response->verdict == TRANSFER_DONE) {
        response->verdict = verdict;
        snprintf(response->result->detail, sizeof(response->result->detail), "%s", detail);
    }
    return false;
}

static void begin_block(struct response *response)
{
    buf_reset(&response->result->headers);
    response->header_fields = 0;
}

static bool is_number(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!ascii_is_digit(text.data[i]))
            return false;
    return text.length > 0;
}

/* RFC 9112, 6.3: one number, or the same several times, in fields or in a list. What differs or is
 * none cannot be repaired; whichever length is taken, the body could hold what then passes for the
 * next response on the connection. */
static bool has_sound_length(struct bytes headers)
{
    struct bytes value;
    struct bytes first = { 0 };
    for (size_t from = 0; header_next(headers, BYTES("content-length"), &from, &value);) {
        for (size_t at = 0, end; at <= value.length; at = end + 1) {
            end = at + bytes_find(bytes_slice(value, at, value.length), ',');
            struct bytes length = bytes_trim(bytes_slice(value, at, end));
            first = first.length > 0 ? first : length;
            if (!is_number(length) || !bytes_equal(first, length))
                return false;
        }
    }
    return true;
}

/* RFC 9112, 6.1: no coding was asked for, so there is none but the one for framing, and that once.
 * "identity" (RFC 2616) is none. */
static bool has_sound_coding(struct bytes headers)
{
    struct header_members walk = { 0 };
    struct bytes coding;
    bool is_chunked = false;
    while (header_next_member(headers, BYTES("transfer-encoding"), &walk, &coding)) {
        bool is_chunks = bytes_equal_nocase(coding, BYTES("chunked"));
        if ((is_chunks && is_chunked) ||
            (!is_chunks && !bytes_equal_nocase(coding, BYTES("identity"))))
            return false;
        is_chunked |= is_chunks;
    }
    return true;
}

static bool end_block(struct response *response, long status)
{
    struct transfer_result *result = response->result;
    response->is_inside_block = false;
    if (status == 101)
        return response_stop(response, TRANSFER_FAILED_PROTOCOL,
                             "switched protocols without being asked");
    if (status < 200) {
        begin_block(response);
        return true;
    }
    response->has_final_headers = true;
    result->status = (uint16_t)status;
    if (!has_sound_length(buf_bytes(&result->headers)))
        return response_stop(response, TRANSFER_FAILED_PROTOCOL,
                             "a Content-Length that is not one number");
    if (!has_sound_coding(buf_bytes(&result->headers)))
        return response_stop(response, TRANSFER_FAILED_PROTOCOL,
                             "a Transfer-Encoding that was not asked for");
    return true;
}

static bool is_empty_line(struct bytes line)
{
    return line.length == 0 || line.data[0] == '\n' || (line.data[0] == '\r' && line.length <= 2);
}

/* Is this the first line of the answer to the request with the login? No trailer has that form. */
static bool begins_again(const struct response *response, struct bytes line)
{
    uint16_t status = response->result->status;
    return response->may_be_asked_again && (status == 401 || status == 407) &&
           bytes_start_with(line, BYTES("HTTP/"));
}

bool response_take_line(struct response *response, struct bytes line, long status)
{
    response->result->bytes_in += line.length;
    response->header_bytes += line.length;
    if (response->header_bytes > response->limits->header_bytes)
        return response_stop(response, TRANSFER_HEADERS_TOO_LARGE,
                             "more header bytes than the limit");
    if (response->has_final_headers && begins_again(response, line)) {
        response->has_final_headers = false;
        buf_reset(&response->result->trailers);
    }
    if (response->has_final_headers) {
        if (!is_empty_line(line))
            buf_append_bytes(&response->result->trailers, line);
        return true;
    }
    if (is_empty_line(line))
        return end_block(response, status);
    if (!response->is_inside_block) {
        begin_block(response);
        response->is_inside_block = true;
    } else if (++response->header_fields > response->limits->header_fields) {
        return response_stop(response, TRANSFER_HEADERS_TOO_LARGE,
                             "more header fields than the limit");
    }
    buf_append_bytes(&response->result->headers, line);
    return true;
}

static void reserve_body(struct buf *body, int64_t said)
{
    size_t hint = said < 0                          ? BODY_FIRST_BYTES
                  : (uint64_t)said > BODY_HINT_MOST ? BODY_HINT_MOST
                                                    : (size_t)said;
    buf_reserve(body, hint < body->most ? hint : body->most);
}

size_t response_body_kept(const struct response *response, size_t length)
{
    size_t room = response->result->body.most - response->result->body.length;
    return length < room ? length : room;
}

bool response_take_body(struct response *response, struct bytes data, int64_t said)
{
    struct buf *body = &response->result->body;
    response->result->bytes_in += data.length;
    if (!body->data)
        reserve_body(body, said);
    size_t kept = response_body_kept(response, data.length);
    buf_append_bytes(body, bytes_slice(data, 0, kept));
    if (data.length > kept)
        return response_stop(response, TRANSFER_BODY_TOO_LARGE, "a larger body than the limit");
    return true;
}
