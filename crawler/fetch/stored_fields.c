/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/stored_fields.h"

#include <stdbool.h>

#include "crawler/fetch/cache_control.h"
#include "crawler/fetch/headers.h"

/* NULL ends a list. */
static const char *const of_connection[] = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "te",
    "proxy-authorization",
    "proxy-connection",
    "trailer",
    "upgrade",
    "transfer-encoding",
    NULL,
};

static const char *const of_body[] = {
    "content-encoding", "content-length", "content-range", "content-type", NULL,
};

static const char *const of_message[] = { "age", "date", NULL };

static bool is_listed(const char *const *names, struct bytes name)
{
    for (; *names; names++)
        if (bytes_equal_nocase(name, bytes_from_string(*names)))
            return true;
    return false;
}

static bool connection_names(struct bytes headers, struct bytes name)
{
    struct header_members walk = { 0 };
    struct bytes member;
    while (header_next_member(headers, BYTES("connection"), &walk, &member))
        if (bytes_equal_nocase(member, name))
            return true;
    return false;
}

/* Of the message that it came in. */
static bool may_be_stored(struct bytes headers, struct bytes name)
{
    return !is_listed(of_connection, name) && !connection_names(headers, name) &&
           !cache_control_hides(headers, name);
}

static bool may_update(struct bytes update, struct bytes name)
{
    return !is_listed(of_body, name) && may_be_stored(update, name);
}

static bool is_replaced(struct bytes update, struct bytes name)
{
    return header_get(update, name).data && may_update(update, name);
}

/* A line that was cut off gets its end, so that the next one does not run into it. */
static void append_line(struct buf *out, struct bytes line)
{
    buf_append_bytes(out, line);
    if (!bytes_end_with(line, BYTES("\n")))
        buf_append_string(out, "\r\n");
}

void stored_fields_take(struct buf *out, struct bytes received)
{
    struct header_field field;
    for (size_t from = 0; header_walk(received, &from, &field);)
        if (!field.is_usable || may_be_stored(received, field.name))
            append_line(out, field.line);
}

void stored_fields_update(struct buf *out, struct bytes stored, struct bytes update)
{
    struct header_field field;
    for (size_t from = 0; header_walk(stored, &from, &field);)
        if (!field.is_usable ||
            (may_be_stored(stored, field.name) && !is_listed(of_message, field.name) &&
             !is_replaced(update, field.name) && !cache_control_hides(update, field.name)))
            append_line(out, field.line);
    for (size_t from = 0; header_walk(update, &from, &field);)
        if (field.is_usable && may_update(update, field.name))
            append_line(out, field.line);
}
