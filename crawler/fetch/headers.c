/* SPDX-License-Identifier: MIT
 *
 * A block of fields is walked line by line each time; it is short, and a page needs few values. A
 * value that holds a CR or a NUL is passed over (RFC 9110, 5.5), and a folded one ends with its
 * first line: so no value can carry a line of its own into a request or a log.
 */
#include "crawler/fetch/headers.h"

#include <string.h>

#include "base/httpdate.h"
#include "crawler/fetch/field_value.h"

#define ESSENCE_BYTES 128

static bool is_folded(struct bytes headers, size_t at)
{
    return at < headers.length && field_is_blank(headers.data[at]);
}

static size_t line_end(struct bytes headers, size_t from)
{
    const char *end = memchr(headers.data + from, '\n', headers.length - from);
    return end ? (size_t)(end - headers.data) + 1 : headers.length;
}

static struct bytes without_line_end(struct bytes line)
{
    while (line.length > 0 &&
           (line.data[line.length - 1] == '\n' || line.data[line.length - 1] == '\r'))
        line.length--;
    return line;
}

static bool is_readable(struct bytes value)
{
    return value.length == 0 ||
           (!memchr(value.data, '\r', value.length) && !memchr(value.data, '\0', value.length));
}

bool header_walk(struct bytes headers, size_t *from, struct header_field *field)
{
    if (*from >= headers.length)
        return false;
    size_t start = *from;
    size_t first = line_end(headers, start);
    size_t end = first;
    while (is_folded(headers, end))
        end = line_end(headers, end);
    *from = end;
    struct bytes line = without_line_end(bytes_slice(headers, start, first));
    size_t colon = bytes_find(line, ':');
    field->line = bytes_slice(headers, start, end);
    field->name = field_trim(bytes_slice(line, 0, colon));
    field->value = field_trim(bytes_slice(line, colon + 1, line.length));
    if (!field->value.data) /* Empty, but there. */
        field->value.data = line.data + line.length;
    field->is_usable = colon < line.length && !is_folded(headers, start) && /* Onto nothing. */
                       field_is_token(field->name) && is_readable(field->value);
    return true;
}

/* The start of the next line that may be a field of that name: its first letters are. A page's
 * headers are asked for some thirty names, most of which are not there. */
static size_t find_line(struct bytes headers, size_t from, struct bytes name)
{
    while (from < headers.length &&
           !bytes_start_with_nocase(bytes_of(headers.data + from, headers.length - from), name))
        from = line_end(headers, from);
    return from;
}

bool header_next(struct bytes headers, struct bytes name, size_t *from, struct bytes *value)
{
    struct header_field field;
    while (*from = find_line(headers, *from, name), header_walk(headers, from, &field))
        if (field.is_usable && bytes_equal_nocase(field.name, name)) {
            *value = field.value;
            return true;
        }
    return false;
}

struct bytes header_get(struct bytes headers, struct bytes name)
{
    size_t from = 0;
    struct bytes value;
    return header_next(headers, name, &from, &value) ? value : (struct bytes){ 0 };
}

struct bytes header_get_last(struct bytes headers, struct bytes name)
{
    size_t from = 0;
    struct bytes value, last = { 0 };
    while (header_next(headers, name, &from, &value))
        last = value;
    return last;
}

bool header_next_member(struct bytes headers, struct bytes name, struct header_members *walk,
                        struct bytes *member)
{
    while (!field_next_member(walk->value, &walk->at, member)) {
        if (walk->at > walk->value.length || !header_next(headers, name, &walk->from, &walk->value))
            return false;
        walk->at = 0;
    }
    return true;
}

/* Content-Type, by the MIME Sniffing and Fetch standards. */

/* A byte from 0x80 up is the standard's U+0080 to U+00FF. */
static bool is_quotable(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c != '\t' && (c < ' ' || c == 0x7f))
            return false;
    }
    return true;
}

/* Lower-cased into essence; false where it is no MIME type or too long for one. */
static bool read_essence(struct bytes text, char essence[ESSENCE_BYTES])
{
    size_t slash = bytes_find(text, '/');
    struct bytes subtype = bytes_slice(text, slash + 1, text.length);
    if (text.length >= ESSENCE_BYTES || !field_is_token(bytes_slice(text, 0, slash)) ||
        !field_is_token(subtype))
        return false;
    for (size_t i = 0; i < text.length; i++)
        essence[i] = ascii_lower(text.data[i]);
    essence[text.length] = '\0';
    return true;
}

/* One parameter, from behind its ';'. The value's quotes are off; backslashes in it stay. An empty
 * one has a pointer only where it was quoted. */
static struct header_field next_parameter(struct bytes text, size_t *from)
{
    struct header_field parameter = { 0 };
    size_t at = *from;
    while (at < text.length && field_is_blank(text.data[at]))
        at++;
    size_t start = at;
    while (at < text.length && text.data[at] != ';' && text.data[at] != '=')
        at++;
    parameter.name = bytes_slice(text, start, at);
    if (at < text.length && text.data[at] == '=') {
        start = ++at;
        bool is_quoted = at < text.length && text.data[at] == '"';
        if (is_quoted) {
            at = field_skip_quoted(text, at);
            size_t end = at > text.length ? text.length : at - 1;
            parameter.value = bytes_of(text.data + start + 1, end - start - 1);
        }
        while (at < text.length && text.data[at] != ';')
            at++;
        struct bytes unquoted = field_trim(bytes_slice(text, start, at));
        if (!is_quoted && unquoted.length > 0)
            parameter.value = unquoted;
    }
    *from = at < text.length ? at + 1 : text.length;
    return parameter;
}

/* The first charset parameter that is valid; a null pointer where there is none. */
static struct bytes read_charset(struct bytes parameters)
{
    size_t from = 0;
    while (from < parameters.length) {
        struct header_field parameter = next_parameter(parameters, &from);
        if (bytes_equal_nocase(parameter.name, BYTES("charset")) && parameter.value.data &&
            is_quotable(parameter.value))
            return parameter.value;
    }
    return (struct bytes){ 0 };
}

void header_content_type(struct bytes headers, char essence[ESSENCE_BYTES], struct bytes *charset)
{
    essence[0] = '\0';
    *charset = (struct bytes){ 0 };
    struct header_members walk = { 0 };
    struct bytes member;
    while (header_next_member(headers, BYTES("content-type"), &walk, &member)) {
        size_t semicolon = bytes_find(member, ';');
        char found[ESSENCE_BYTES];
        if (!read_essence(field_trim(bytes_slice(member, 0, semicolon)), found) ||
            strcmp(found, "*/*") == 0)
            continue;
        struct bytes named = read_charset(bytes_slice(member, semicolon + 1, member.length));
        /* A later field of the same type keeps the charset that an earlier one gave. */
        if (named.data || strcmp(found, essence) != 0)
            *charset = named;
        memcpy(essence, found, ESSENCE_BYTES);
    }
}

bool header_forbids_sniffing(struct bytes headers)
{
    struct header_members walk = { 0 };
    struct bytes first;
    return header_next_member(headers, BYTES("x-content-type-options"), &walk, &first) &&
           bytes_equal_nocase(first, BYTES("nosniff"));
}

static int64_t retry_after_ms(struct bytes value, int64_t now_ms)
{
    int64_t seconds = field_delta_seconds(value);
    if (seconds >= 0)
        return seconds * 1000;
    int64_t until_ms = httpdate_parse(value);
    if (until_ms < 0)
        return -1;
    return until_ms > now_ms ? until_ms - now_ms : 0;
}

int64_t header_retry_after_ms(struct bytes headers, int64_t now_ms)
{
    int64_t longest_ms = -1;
    size_t from = 0;
    struct bytes value;
    while (header_next(headers, BYTES("retry-after"), &from, &value)) {
        int64_t wait_ms = retry_after_ms(value, now_ms);
        longest_ms = wait_ms > longest_ms ? wait_ms : longest_ms;
    }
    return longest_ms;
}
