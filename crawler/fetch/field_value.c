/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/field_value.h"

#include <string.h>

bool field_is_token(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!ascii_is_token(text.data[i]))
            return false;
    return text.length > 0;
}

size_t field_skip_quoted(struct bytes text, size_t from)
{
    size_t at = from + 1;
    while (at < text.length && text.data[at] != '"')
        at += text.data[at] == '\\' ? 2 : 1;
    return at + 1;
}

struct bytes field_unquote(struct bytes text)
{
    if (text.length < 2 || text.data[0] != '"' || field_skip_quoted(text, 0) != text.length)
        return text;
    return bytes_slice(text, 1, text.length - 1);
}

bool field_next_member(struct bytes value, size_t *from, struct bytes *member)
{
    while (*from < value.length) {
        size_t at = *from;
        while (at < value.length && value.data[at] != ',')
            at = value.data[at] == '"' ? field_skip_quoted(value, at) : at + 1;
        *member = field_trim(bytes_slice(value, *from, at));
        *from = at + (at < value.length);
        if (member->length > 0)
            return true;
    }
    return false;
}

int64_t field_delta_seconds(struct bytes text)
{
    uint64_t number;
    if (bytes_to_u64(text, (uint64_t)DELTA_SECONDS_MOST, &number))
        return (int64_t)number;
    for (size_t i = 0; i < text.length; i++)
        if (!ascii_is_digit(text.data[i]))
            return -1;
    return text.length > 0 ? DELTA_SECONDS_MOST : -1;
}
