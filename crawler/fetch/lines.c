/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void lines_init(struct lines *lines)
{
    lines->count = 0;
    buf_init(&lines->text, BUF_UNBOUNDED);
}

void lines_clear(struct lines *lines)
{
    lines->count = 0;
    buf_clear(&lines->text);
}

void lines_reset(struct lines *lines)
{
    lines->count = 0;
    buf_reset(&lines->text);
}

static void end_line(struct lines *lines)
{
    buf_append_char(&lines->text, '\0');
    lines->count++;
}

void lines_add(struct lines *lines, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *room = length < 0 ? NULL : buf_reserve(&lines->text, (size_t)length + 1);
    if (room) {
        vsnprintf(room, (size_t)length + 1, format, again);
        lines->text.length += (size_t)length;
        end_line(lines);
    }
    va_end(again);
}

/* "Name: value" with both present and no line end inside. libcurl takes "Name:" for a wish to leave
 * its own line out, and "Name;" for an empty one: neither may come from outside. */
static bool is_whole_line(const char *line)
{
    struct bytes text = bytes_from_string(line);
    size_t colon = bytes_find(text, ':');
    return colon > 0 && colon < text.length && !strpbrk(line, "\r\n") &&
           bytes_trim(bytes_slice(text, colon + 1, text.length)).length > 0;
}

void lines_add_headers(struct lines *lines, const char *const *headers)
{
    bool has_accept = false;
    for (; headers && *headers; headers++) {
        if (!is_whole_line(*headers))
            continue;
        has_accept |= bytes_start_with_nocase(bytes_from_string(*headers), BYTES("accept:"));
        buf_append_string(&lines->text, *headers);
        end_line(lines);
    }
    if (!has_accept) {
        buf_append_string(&lines->text, "Accept:");
        end_line(lines);
    }
}

/* The plus makes libcurl take a host that begins with a sign as it is. */
void lines_add_addresses(struct lines *lines, const char *name, const struct address *addresses,
                         size_t count)
{
    buf_append_char(&lines->text, '+');
    buf_append_string(&lines->text, name);
    for (size_t i = 0; i < count; i++) {
        char text[ADDRESS_TEXT_BYTES];
        bool is_ipv4 = address_is_ipv4(&addresses[i]);
        buf_append_string(&lines->text, i == 0 ? ":" : ",");
        buf_append_string(&lines->text, is_ipv4 ? "" : "[");
        buf_append_string(&lines->text, address_text(&addresses[i], text));
        buf_append_string(&lines->text, is_ipv4 ? "" : "]");
    }
    end_line(lines);
}
