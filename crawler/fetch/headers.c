/* SPDX-License-Identifier: MIT
 *
 * A block of fields is walked line by line each time; it is short, and a page needs few values. A
 * value that holds a CR or a NUL is passed over (RFC 9110, 5.5), and a folded one ends with its
 * first line: so no value can carry a line of its own into a request or a log.
 */
#include "crawler/fetch/headers.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/httpdate.h"

#define ESSENCE_BYTES 128
/* Longer than any cache cares for, and far from overflow in milliseconds: RFC 9111, 1.2.2. */
#define DELTA_SECONDS_MOST INT64_C(2147483648)

struct field {
    struct bytes line; /* With its line end, and the lines folded onto it. */
    struct bytes name;
    struct bytes value;
};

static bool is_folded(struct bytes headers, size_t at)
{
    return at < headers.length && (headers.data[at] == ' ' || headers.data[at] == '\t');
}

static size_t line_end(struct bytes headers, size_t from)
{
    const char *end = memchr(headers.data + from, '\n', headers.length - from);
    return end ? (size_t)(end - headers.data) + 1 : headers.length;
}

static struct bytes trim_blanks(struct bytes text)
{
    while (text.length > 0 && (*text.data == ' ' || *text.data == '\t')) {
        text.data++;
        text.length--;
    }
    while (text.length > 0 &&
           (text.data[text.length - 1] == ' ' || text.data[text.length - 1] == '\t'))
        text.length--;
    return text;
}

/* The field that begins at *from, which moves behind it. A status line comes as a field with a name
 * that no caller asks for. */
static bool next_field(struct bytes headers, size_t *from, struct field *field)
{
    if (*from >= headers.length)
        return false;
    size_t start = *from;
    size_t first = line_end(headers, start);
    size_t end = first;
    while (is_folded(headers, end))
        end = line_end(headers, end);
    *from = end;
    struct bytes line = bytes_slice(headers, start, first);
    while (line.length > 0 &&
           (line.data[line.length - 1] == '\n' || line.data[line.length - 1] == '\r'))
        line.length--;
    size_t colon = bytes_find(line, ':');
    field->line = bytes_slice(headers, start, end);
    field->name = trim_blanks(bytes_slice(line, 0, colon));
    field->value = trim_blanks(bytes_slice(line, colon + 1, line.length));
    if (colon == line.length || is_folded(headers, start)) /* Folded onto nothing. */
        field->name = (struct bytes){ 0 };
    if (!field->value.data) /* Empty, but there. */
        field->value.data = line.data + line.length;
    return true;
}

static bool is_readable(struct bytes value)
{
    return value.length == 0 ||
           (!memchr(value.data, '\r', value.length) && !memchr(value.data, '\0', value.length));
}

bool header_next(struct bytes headers, struct bytes name, size_t *from, struct bytes *value)
{
    struct field field;
    while (next_field(headers, from, &field))
        if (bytes_equal_nocase(field.name, name) && is_readable(field.value)) {
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

/* Content-Type, by the MIME Sniffing and Fetch standards. */

static bool is_token_byte(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!is_token_byte(text.data[i]))
            return false;
    return text.length > 0;
}

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

/* HTTP white space, which has no form feed. */
static bool is_http_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct bytes trim_http(struct bytes text)
{
    while (text.length > 0 && is_http_space(*text.data)) {
        text.data++;
        text.length--;
    }
    while (text.length > 0 && is_http_space(text.data[text.length - 1]))
        text.length--;
    return text;
}

/* Position behind the quoted string that opens at `from`; past the end where it does not close. */
static size_t skip_quoted(struct bytes text, size_t from)
{
    size_t at = from + 1;
    while (at < text.length && text.data[at] != '"')
        at += text.data[at] == '\\' ? 2 : 1;
    return at + 1;
}

/* The next member of a list: up to a comma outside of quotes. *is_open: a quote was not closed. */
static bool next_member(struct bytes value, size_t *from, struct bytes *member, bool *is_open)
{
    if (*from > value.length)
        return false;
    size_t at = *from;
    while (at < value.length && value.data[at] != ',')
        at = value.data[at] == '"' ? skip_quoted(value, at) : at + 1;
    *is_open = at > value.length;
    *member = trim_http(bytes_slice(value, *from, at));
    *from = at < value.length ? at + 1 : value.length + 1;
    return true;
}

/* Lower-cased into essence; false where it is no MIME type or too long for one. */
static bool read_essence(struct bytes text, char essence[ESSENCE_BYTES])
{
    size_t slash = bytes_find(text, '/');
    struct bytes subtype = bytes_slice(text, slash + 1, text.length);
    if (text.length >= ESSENCE_BYTES || !is_token(bytes_slice(text, 0, slash)) ||
        !is_token(subtype))
        return false;
    for (size_t i = 0; i < text.length; i++)
        essence[i] = ascii_lower(text.data[i]);
    essence[text.length] = '\0';
    return true;
}

/* One parameter, from behind its ';'. The value's quotes are off; backslashes in it stay. An empty
 * one has a pointer only where it was quoted. */
static struct field next_parameter(struct bytes text, size_t *from)
{
    struct field parameter = { 0 };
    size_t at = *from;
    while (at < text.length && is_http_space(text.data[at]))
        at++;
    size_t start = at;
    while (at < text.length && text.data[at] != ';' && text.data[at] != '=')
        at++;
    parameter.name = bytes_slice(text, start, at);
    if (at < text.length && text.data[at] == '=') {
        start = ++at;
        bool is_quoted = at < text.length && text.data[at] == '"';
        if (is_quoted) {
            at = skip_quoted(text, at);
            size_t end = at > text.length ? text.length : at - 1;
            parameter.value = bytes_of(text.data + start + 1, end - start - 1);
        }
        while (at < text.length && text.data[at] != ';')
            at++;
        struct bytes unquoted = trim_http(bytes_slice(text, start, at));
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
        struct field parameter = next_parameter(parameters, &from);
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
    struct bytes value;
    bool is_open = false;
    /* A quote that one field leaves open swallows the fields behind it, as the standard joins them
     * first. */
    for (size_t from = 0; !is_open && header_next(headers, BYTES("content-type"), &from, &value);) {
        struct bytes member;
        for (size_t at = 0; next_member(value, &at, &member, &is_open);) {
            size_t semicolon = bytes_find(member, ';');
            char found[ESSENCE_BYTES];
            if (!read_essence(trim_http(bytes_slice(member, 0, semicolon)), found) ||
                strcmp(found, "*/*") == 0)
                continue;
            struct bytes named = read_charset(bytes_slice(member, semicolon + 1, member.length));
            /* A later field of the same type keeps the charset that an earlier one gave. */
            if (named.data || strcmp(found, essence) != 0)
                *charset = named;
            memcpy(essence, found, ESSENCE_BYTES);
        }
    }
}

/* Delays and freshness. */

/* Digits alone; what is too large counts as the most. -1: no number. */
static int64_t read_seconds(struct bytes text)
{
    uint64_t number;
    if (bytes_to_u64(text, (uint64_t)DELTA_SECONDS_MOST, &number))
        return (int64_t)number;
    for (size_t i = 0; i < text.length; i++)
        if (!ascii_is_digit(text.data[i]))
            return -1;
    return text.length > 0 ? DELTA_SECONDS_MOST : -1;
}

int64_t header_retry_after_ms(struct bytes headers, int64_t now_ms)
{
    struct bytes value = header_get(headers, BYTES("retry-after"));
    int64_t seconds = read_seconds(value);
    if (seconds >= 0)
        return seconds * 1000;
    int64_t until_ms = httpdate_parse(value);
    if (until_ms < 0)
        return -1;
    return until_ms > now_ms ? until_ms - now_ms : 0;
}

/* What Cache-Control says of the lifetime, in ms; -1: nothing. We are a private cache, so s-maxage
 * and private are not for us. */
static int64_t cache_control_lifetime_ms(struct bytes headers)
{
    int64_t lifetime_ms = -1;
    struct bytes value;
    for (size_t from = 0; header_next(headers, BYTES("cache-control"), &from, &value);) {
        struct bytes member;
        bool is_open;
        for (size_t at = 0; next_member(value, &at, &member, &is_open);) {
            size_t equals = bytes_find(member, '=');
            struct bytes name = bytes_slice(member, 0, equals);
            struct bytes argument = bytes_slice(member, equals + 1, member.length);
            if (bytes_equal_nocase(name, BYTES("no-store")) ||
                bytes_equal_nocase(name, BYTES("no-cache")))
                return 0;
            if (!bytes_equal_nocase(name, BYTES("max-age")) || lifetime_ms >= 0)
                continue;
            if (argument.length >= 2 && argument.data[0] == '"' &&
                argument.data[argument.length - 1] == '"')
                argument = bytes_slice(argument, 1, argument.length - 1);
            int64_t seconds = read_seconds(argument);
            lifetime_ms = seconds < 0 ? 0 : seconds * 1000;
        }
    }
    return lifetime_ms;
}

/* Only the first member of Age counts (RFC 9111, 5.1); what is no number is ignored. */
static int64_t age_ms(struct bytes headers, int64_t date_ms, int64_t now_ms)
{
    struct bytes age = header_get(headers, BYTES("age"));
    int64_t seconds = read_seconds(trim_blanks(bytes_slice(age, 0, bytes_find(age, ','))));
    int64_t said_ms = seconds < 0 ? 0 : seconds * 1000;
    int64_t apparent_ms = date_ms >= 0 && now_ms > date_ms ? now_ms - date_ms : 0;
    return said_ms > apparent_ms ? said_ms : apparent_ms;
}

int64_t header_freshness_ms(struct bytes headers, int64_t now_ms)
{
    int64_t date_ms = httpdate_parse(header_get(headers, BYTES("date")));
    int64_t lifetime_ms = cache_control_lifetime_ms(headers);
    if (lifetime_ms < 0) {
        struct bytes expires = header_get(headers, BYTES("expires"));
        if (!expires.data)
            return -1;
        /* An unreadable date, "0" above all, is one in the past: RFC 9111, 5.3. */
        int64_t expires_ms = httpdate_parse(expires);
        int64_t from_ms = date_ms >= 0 ? date_ms : now_ms;
        lifetime_ms = expires_ms > from_ms ? expires_ms - from_ms : 0;
    }
    int64_t left_ms = lifetime_ms - age_ms(headers, date_ms, now_ms);
    return left_ms > 0 ? left_ms : 0;
}

/* Fields that belong to one message or describe the stored body as it lies there: a 304 does not
 * replace them. */
static bool stays_as_stored(struct bytes name)
{
    static const char *const names[] = {
        "connection",
        "content-encoding",
        "content-length",
        "content-range",
        "content-type",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "proxy-authentication-info",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (bytes_equal_nocase(name, bytes_from_string(names[i])))
            return true;
    return false;
}

static bool replaces(struct bytes update, struct bytes name)
{
    struct bytes value;
    size_t from = 0;
    return name.length > 0 && !stays_as_stored(name) && header_next(update, name, &from, &value);
}

/* A line that was cut off gets its end, so that the next one does not run into it. */
static void append_line(struct buf *out, struct bytes line)
{
    buf_append_bytes(out, line);
    if (!bytes_end_with(line, BYTES("\n")))
        buf_append_string(out, "\r\n");
}

void headers_merge(struct buf *out, struct bytes stored, struct bytes update)
{
    struct field field;
    for (size_t from = 0; next_field(stored, &from, &field);)
        if (!replaces(update, field.name))
            append_line(out, field.line);
    for (size_t from = 0; next_field(update, &from, &field);)
        if (field.name.length > 0 && is_token(field.name) && is_readable(field.value) &&
            !stays_as_stored(field.name))
            append_line(out, field.line);
}
