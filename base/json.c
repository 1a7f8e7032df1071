/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"

/* The last second whose year has four digits, as RFC 3339 demands. */
#define TIME_MOST_MS INT64_C(253402300799999)

void json_init(struct json *json, struct buf *out)
{
    *json = (struct json){ .out = out };
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Controls (C0, DEL, C1) do things to terminals; U+2028 and U+2029 end a line in JavaScript. */
static bool needs_escape(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f) || character == 0x2028 ||
           character == 0x2029;
}

static void put_escape(struct buf *out, uint32_t character)
{
    static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    for (size_t i = 0; i < sizeof(letters) - 1; i += 2) {
        if (character == (unsigned char)letters[i]) {
            buf_append(out, (char[]){ '\\', letters[i + 1] }, 2);
            return;
        }
    }
    buf_printf(out, "\\u%04" PRIx32, character);
}

static void put_quoted(struct buf *out, struct bytes text)
{
    buf_append_char(out, '"');
    for (size_t at = 0; at < text.length;) {
        size_t start = at;
        while (at < text.length && is_plain((unsigned char)text.data[at]))
            at++;
        if (at > start)
            buf_append(out, text.data + start, at - start);
        if (at == text.length)
            break;
        uint32_t character = utf8_next(text, &at);
        char bytes[UTF8_BYTES_MAX];
        if (needs_escape(character) || character == '"' || character == '\\')
            put_escape(out, character);
        else
            buf_append(out, bytes, utf8_put(bytes, character));
    }
    buf_append_char(out, '"');
}

/* What goes in front of any value. At the top nothing separates values: the caller puts line ends
 * there. */
static void begin_value(struct json *json, const char *name)
{
    if (json->depth > 0) {
        if (json->needs_comma[json->depth])
            buf_append_char(json->out, ',');
        json->needs_comma[json->depth] = true;
    }
    if (name) {
        put_quoted(json->out, bytes_from_string(name));
        buf_append_char(json->out, ':');
    }
}

static void begin_nest(struct json *json, const char *name, char bracket)
{
    begin_value(json, name);
    assert(json->depth < JSON_DEPTH_MAX);
    json->needs_comma[++json->depth] = false;
    buf_append_char(json->out, bracket);
}

static void end_nest(struct json *json, char bracket)
{
    assert(json->depth > 0);
    json->depth--;
    buf_append_char(json->out, bracket);
}

void json_object_begin(struct json *json, const char *name)
{
    begin_nest(json, name, '{');
}

void json_object_end(struct json *json)
{
    end_nest(json, '}');
}

void json_array_begin(struct json *json, const char *name)
{
    begin_nest(json, name, '[');
}

void json_array_end(struct json *json)
{
    end_nest(json, ']');
}

void json_string(struct json *json, const char *name, struct bytes value)
{
    begin_value(json, name);
    put_quoted(json->out, value);
}

void json_text(struct json *json, const char *name, const char *value)
{
    if (value)
        json_string(json, name, bytes_from_string(value));
    else
        json_null(json, name);
}

void json_integer(struct json *json, const char *name, int64_t value)
{
    begin_value(json, name);
    buf_printf(json->out, "%" PRId64, value);
}

void json_unsigned(struct json *json, const char *name, uint64_t value)
{
    begin_value(json, name);
    buf_printf(json->out, "%" PRIu64, value);
}

void json_double(struct json *json, const char *name, double value)
{
    if (!isfinite(value)) {
        json_null(json, name); /* JSON has no word for them. */
        return;
    }
    char text[40];
    int digits = 15; /* Always enough to show, not always to come back; 17 always are. */
    do
        snprintf(text, sizeof(text), "%.*g", digits, value);
    while (strtod(text, NULL) != value && ++digits <= 17);
    begin_value(json, name);
    for (char *c = text; *c; c++)
        buf_append_char(json->out, *c == ',' ? '.' : *c); /* A locale may write a comma. */
}

void json_bool(struct json *json, const char *name, bool value)
{
    begin_value(json, name);
    buf_append_string(json->out, value ? "true" : "false");
}

void json_null(struct json *json, const char *name)
{
    begin_value(json, name);
    buf_append_string(json->out, "null");
}

void json_time(struct json *json, const char *name, int64_t wall_ms)
{
    char text[CLOCK_TEXT_BYTES];
    if (wall_ms <= 0 || wall_ms > TIME_MOST_MS)
        json_null(json, name);
    else
        json_text(json, name, clock_format(text, wall_ms));
}
