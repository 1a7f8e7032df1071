/* SPDX-License-Identifier: MIT */
#include "crawler/engine/request_headers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config/own_header.h"
#include "crawler/engine/exchange.h"
#include "store/coding.h"

static bool is_one_line(struct bytes value)
{
    for (size_t i = 0; i < value.length; i++)
        if (value.data[i] == '\r' || value.data[i] == '\n' || value.data[i] == '\0')
            return false;
    return value.length > 0;
}

/* The text may have moved. */
static void point_at_lines(struct request_headers *headers)
{
    for (size_t i = 0; i < headers->count; i++)
        headers->lines[i] = headers->text.data + headers->starts[i];
    headers->lines[headers->count] = NULL;
}

static void append_line(struct request_headers *headers, struct bytes name, struct bytes value)
{
    if (!is_one_line(value) || headers->count == REQUEST_HEADERS_MOST)
        return;
    headers->starts[headers->count++] = headers->text.length;
    buf_append_bytes(&headers->text, name);
    buf_append_string(&headers->text, ": ");
    buf_append_bytes(&headers->text, value);
    buf_append_char(&headers->text, '\0');
}

static void append(struct request_headers *headers, const char *name, struct bytes value)
{
    append_line(headers, bytes_from_string(name), value);
}

static void append_own(struct request_headers *headers, const struct text_list *own)
{
    for (size_t i = 0; i < own->count; i++) {
        struct bytes line = bytes_from_string(own->items[i]);
        append_line(headers, own_header_name(line), own_header_value(line));
    }
}

static bool has_own(const struct text_list *own, struct bytes name)
{
    for (size_t i = 0; i < own->count; i++)
        if (bytes_equal_nocase(own_header_name(bytes_from_string(own->items[i])), name))
            return true;
    return false;
}

void request_headers_make(struct request_headers *headers, const struct config *config,
                          const struct settings *settings, const struct conditions *conditions)
{
    *headers = (struct request_headers){ 0 };
    buf_init(&headers->text, BUF_UNBOUNDED);
    append(headers, "User-Agent", exchange_user_agent(config, settings));
    if (strchr(settings->contact, '@') && !strchr(settings->contact, ':'))
        append(headers, "From", bytes_from_string(settings->contact));
    if (!has_own(&settings->headers, BYTES("Accept")))
        append(headers, "Accept",
               BYTES("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
    append(headers, "Accept-Language", bytes_from_string(settings->accept_language));
    append(headers, "Accept-Encoding",
           settings->form_action[0] ? BYTES(CODING_ACCEPT_BOUNDED) : BYTES(CODING_ACCEPT));
    append_own(headers, &settings->headers);
    request_headers_add_conditions(headers, conditions);
}

void request_headers_add_conditions(struct request_headers *headers,
                                    const struct conditions *conditions)
{
    char range[40];
    append(headers, "If-None-Match", conditions->etag);
    append(headers, "If-Modified-Since", conditions->last_modified);
    if (conditions->range_from > 0) {
        snprintf(range, sizeof(range), "bytes=%" PRIu64 "-", conditions->range_from);
        append(headers, "Range", bytes_from_string(range));
        append(headers, "If-Range", conditions->if_range);
    }
    if (conditions->is_forced)
        append(headers, "Cache-Control", BYTES("no-cache"));
    point_at_lines(headers);
}

void request_headers_fields(const struct request_headers *headers, struct buf *out)
{
    for (size_t i = 0; i < headers->count; i++) {
        buf_append_string(out, headers->lines[i]);
        buf_append_string(out, "\r\n");
    }
}

void request_headers_clear(struct request_headers *headers)
{
    if (headers->text.length > 0)
        explicit_bzero(headers->text.data, headers->text.length);
    buf_clear(&headers->text);
}

void request_headers_add(struct request_headers *headers, const char *name, struct bytes value)
{
    append(headers, name, value);
    point_at_lines(headers);
}
