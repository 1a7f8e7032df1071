/* SPDX-License-Identifier: MIT
 *
 * field_value - small steps over the value of a header field: tokens, quoted strings and lists
 * (RFC 9110, 5.6).
 *
 * Any bytes are taken; what they give lies inside them.
 */
#ifndef CRAWLER_FETCH_FIELD_VALUE_H
#define CRAWLER_FETCH_FIELD_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* What is longer counts as this long: RFC 9111, 1.2.2. Far from overflow in milliseconds. */
#define DELTA_SECONDS_MOST INT64_C(2147483648)

static inline bool field_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Without blanks at both ends. */
static inline struct bytes field_trim(struct bytes text)
{
    while (text.length > 0 && field_is_blank(*text.data)) {
        text.data++;
        text.length--;
    }
    while (text.length > 0 && field_is_blank(text.data[text.length - 1]))
        text.length--;
    return text;
}

/* A token; empty bytes are none. */
bool field_is_token(struct bytes text);

/* Position behind the quoted string that opens at `from`; past the end where it does not close. */
size_t field_skip_quoted(struct bytes text, size_t from);

/* What stands between the quotes of a text that is one quoted string, its backslashes kept; any
 * other text as it is. */
struct bytes field_unquote(struct bytes text);

/* The next member of a list that is not empty: up to a comma outside of quotes, trimmed. *from
 * starts at 0, and is past the value's end where a quote was left open. */
bool field_next_member(struct bytes value, size_t *from, struct bytes *member);

/* Seconds, written as digits alone; what is too large counts as the most. -1: no such number. */
int64_t field_delta_seconds(struct bytes text);

#endif
