/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/header_lines.h"

#include <string.h>

void header_lines_init(struct header_lines *lines)
{
    lines->count = 0;
    buf_init(&lines->text, BUF_UNBOUNDED);
}

void header_lines_clear(struct header_lines *lines)
{
    lines->count = 0;
    buf_clear(&lines->text);
}

/* Name and value present, no line end inside. libcurl takes "Name:" for a wish to leave its own
 * line out, and "Name;" for an empty one: neither may come from outside. */
static bool is_whole_line(const char *field)
{
    struct bytes text = bytes_from_string(field);
    size_t colon = bytes_find(text, ':');
    return colon > 0 && colon < text.length && !strpbrk(field, "\r\n") &&
           bytes_trim(bytes_slice(text, colon + 1, text.length)).length > 0;
}

static void add(struct header_lines *lines, const char *field)
{
    buf_append(&lines->text, field, strlen(field) + 1);
    lines->count++;
}

void header_lines_set(struct header_lines *lines, const char *const *fields, bool has_body)
{
    static const struct {
        const char *line; /* libcurl leaves its own out then. */
        bool is_of_body;
    } unwanted[] = { { "Accept:", false }, { "Content-Type:", true }, { "Expect:", true } };
    enum { UNWANTED_COUNT = sizeof(unwanted) / sizeof(unwanted[0]) };
    bool is_there[UNWANTED_COUNT] = { false };
    lines->count = 0;
    buf_reset(&lines->text);
    for (; fields && *fields; fields++) {
        if (!is_whole_line(*fields))
            continue;
        for (size_t i = 0; i < UNWANTED_COUNT; i++)
            is_there[i] |= bytes_start_with_nocase(bytes_from_string(*fields),
                                                   bytes_from_string(unwanted[i].line));
        add(lines, *fields);
    }
    for (size_t i = 0; i < UNWANTED_COUNT; i++)
        if (!is_there[i] && (has_body || !unwanted[i].is_of_body))
            add(lines, unwanted[i].line);
}
