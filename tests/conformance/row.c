/* SPDX-License-Identifier: MIT */
#include "tests/conformance/row.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

enum { NAME_BYTES = 64, CHUNK_BYTES = 65536, ESCAPE_BYTES = 6 };

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

static struct bytes decode_base64(struct arena *arena, struct bytes text)
{
    char *out = arena_alloc(arena, text.length + 1);
    size_t length = 0;
    unsigned held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.length; i++) {
        int value = base64_value(text.data[i]);
        if (value < 0)
            continue;
        held = held << 6 | (unsigned)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[length++] = (char)(held >> bits & 0xff);
        }
    }
    out[length] = '\0';
    return bytes_of(out, length);
}

struct bytes json_bytes(const json_t *value)
{
    return bytes_of(json_string_value(value), json_string_length(value));
}

struct bytes json_field(const json_t *object, const char *name)
{
    return json_bytes(json_object_get(object, name));
}

const json_t *row_value(const struct row *row, const char *name)
{
    return json_object_get(row->json, name);
}

bool row_has(const struct row *row, const char *name)
{
    return row_value(row, name) != NULL;
}

bool row_says(const struct row *row, const char *name)
{
    return json_is_true(row_value(row, name));
}

struct bytes row_bytes(const struct row *row, const char *name)
{
    char coded[NAME_BYTES];
    snprintf(coded, sizeof(coded), "%s_b64", name);
    const json_t *value = row_value(row, coded);
    return value ? decode_base64(row->arena, json_bytes(value)) : json_field(row->json, name);
}

bool text_has(struct bytes text, const char *words)
{
    struct bytes wanted = bytes_from_string(words);
    for (size_t at = 0; at + wanted.length <= text.length; at++)
        if (bytes_start_with_nocase(bytes_slice(text, at, text.length), wanted))
            return true;
    return false;
}

bool file_read(struct buf *out, const char *path)
{
    FILE *file = fopen(path, "rbe");
    size_t got = 0;
    if (!file)
        return false;
    do {
        char *room = buf_reserve(out, CHUNK_BYTES);
        got = room ? fread(room, 1, CHUNK_BYTES, file) : 0;
        out->length += got;
    } while (got > 0);
    fclose(file);
    return true;
}

bool row_file(const struct row *row, const char *name, struct bytes *bytes)
{
    struct buf content;
    buf_init(&content, BUF_UNBOUNDED);
    char *path = xasprintf("%s/%s", row->folder, name);
    bool is_read = file_read(&content, path);
    *bytes = arena_copy(row->arena, buf_bytes(&content));
    free(path);
    buf_clear(&content);
    return is_read;
}

/* ---- Lines */

/* The UTF-16 unit of "\uXXXX", or -1. */
static int escaped_unit(struct bytes line, size_t at)
{
    int unit = 0;
    if (at + ESCAPE_BYTES > line.length || line.data[at] != '\\' || line.data[at + 1] != 'u')
        return -1;
    for (size_t i = at + 2; i < at + ESCAPE_BYTES; i++)
        unit = unit * 16 + ascii_hex_value(line.data[i]);
    return unit;
}

static bool is_surrogate(int unit, int first)
{
    return unit >= first && unit < first + 0x400;
}

static bool mend_surrogates(char *text, struct bytes line)
{
    bool is_mended = false;
    for (size_t i = 0; i < line.length; i++) {
        int unit = escaped_unit(line, i);
        bool is_pair = is_surrogate(unit, 0xd800) &&
                       is_surrogate(escaped_unit(line, i + ESCAPE_BYTES), 0xdc00);
        if (is_pair) {
            i += 2 * ESCAPE_BYTES - 1;
        } else if (is_surrogate(unit, 0xd800) || is_surrogate(unit, 0xdc00)) {
            memcpy(text + i + 2, "FFFD", 4);
            is_mended = true;
        } else if (line.data[i] == '\\') {
            i++;
        }
    }
    return is_mended;
}

/* A number that no machine word holds is read as a real one. */
static json_t *parse_line(struct bytes line)
{
    json_t *json = json_loadb(line.data, line.length, JSON_ALLOW_NUL, NULL);
    return json
               ? json
               : json_loadb(line.data, line.length, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
}

bool row_next(struct row *row, struct bytes *rest, bool mend)
{
    struct bytes line;
    do {
        if (!bytes_split(rest, '\n', &line))
            return false;
        line = bytes_trim(line);
    } while (line.length == 0);
    char *text = arena_alloc(row->arena, line.length);
    memcpy(text, line.data, line.length);
    line.data = text;
    row->is_mended = mend && mend_surrogates(text, line);
    row->json = parse_line(line);
    row->id = json_field(row->json, "id");
    if (!row->id.data)
        row->id = json_field(row->json, "file");
    return true;
}

void row_clear(struct row *row)
{
    json_decref((json_t *)row->json);
    row->json = NULL;
    arena_clear(row->arena);
}
