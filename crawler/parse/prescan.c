/* SPDX-License-Identifier: MIT
 *
 * HTML standard, 13.2.3.2: its steps in its order, with a cursor that runs out of bytes for good.
 */
#include "crawler/parse/prescan.h"

#include <stdbool.h>

#include "crawler/parse/charset.h"

/* The standard looks at 1,024 bytes, and reads the page anew when a declaration comes later. With
 * the page at hand it is simpler to look further at once. */
enum { PRESCAN_BYTES = 64 * 1024 };

struct cursor {
    struct bytes bytes;
    size_t at;
};

static bool is_over(const struct cursor *cursor)
{
    return cursor->at >= cursor->bytes.length;
}

/* NUL behind the end: none of the bytes that are asked for. */
static char current(const struct cursor *cursor)
{
    return is_over(cursor) ? '\0' : cursor->bytes.data[cursor->at];
}

static struct bytes rest_of(const struct cursor *cursor)
{
    return bytes_slice(cursor->bytes, cursor->at, cursor->bytes.length);
}

static bool stands_here(const struct cursor *cursor, struct bytes wanted)
{
    return bytes_start_with_nocase(rest_of(cursor), wanted);
}

/* At the next '>', or over. */
static void skip_to_close(struct cursor *cursor)
{
    cursor->at += bytes_find(rest_of(cursor), '>');
}

/* At the '>' of the next "-->", whose dashes may be those that open the comment. */
static void skip_comment(struct cursor *cursor)
{
    for (cursor->at += 4; !is_over(cursor); cursor->at++) {
        const char *here = cursor->bytes.data + cursor->at;
        if (here[0] == '>' && here[-1] == '-' && here[-2] == '-')
            return;
    }
}

static void skip_space(struct cursor *cursor)
{
    while (!is_over(cursor) && ascii_is_space(current(cursor)))
        cursor->at++;
}

static struct bytes take_until(struct cursor *cursor, bool (*is_end)(char))
{
    size_t start = cursor->at;
    while (!is_over(cursor) && !is_end(current(cursor)))
        cursor->at++;
    return bytes_slice(cursor->bytes, start, cursor->at);
}

static bool ends_value(char c)
{
    return ascii_is_space(c) || c == '>';
}

static bool ends_name(char c)
{
    return ascii_is_space(c) || c == '>' || c == '/' || c == '=';
}

static struct bytes take_value(struct cursor *cursor)
{
    skip_space(cursor);
    char quote = current(cursor);
    if (quote != '"' && quote != '\'')
        return take_until(cursor, ends_value);
    cursor->at++;
    struct bytes value = bytes_slice(rest_of(cursor), 0, bytes_find(rest_of(cursor), quote));
    cursor->at += value.length + 1;
    return value;
}

/* Get an attribute. False where there is none, or the bytes ran out. */
static bool take_attribute(struct cursor *cursor, struct bytes *name, struct bytes *value)
{
    while (!is_over(cursor) && (ascii_is_space(current(cursor)) || current(cursor) == '/'))
        cursor->at++;
    if (is_over(cursor) || current(cursor) == '>')
        return false;
    size_t start = cursor->at++; /* Even "=" may begin a name. */
    take_until(cursor, ends_name);
    *name = bytes_slice(cursor->bytes, start, cursor->at);
    *value = (struct bytes){ 0 };
    skip_space(cursor);
    if (current(cursor) == '=') {
        cursor->at++;
        *value = take_value(cursor);
    }
    /* What the window cuts off may have been longer. */
    return cursor->at < cursor->bytes.length;
}

/* HTML, 2.5.4: extracting a character encoding from a meta element. */
static const struct charset *charset_of_content(struct bytes content)
{
    struct cursor cursor = { content, 0 };
    for (; !is_over(&cursor); cursor.at++) {
        if (!stands_here(&cursor, BYTES("charset")))
            continue;
        cursor.at += 7;
        skip_space(&cursor);
        if (current(&cursor) == '=')
            break;
        cursor.at--;
    }
    if (is_over(&cursor))
        return NULL;
    cursor.at++;
    skip_space(&cursor);
    struct bytes label = rest_of(&cursor);
    if (current(&cursor) == '"' || current(&cursor) == '\'') {
        struct bytes inner = bytes_slice(label, 1, label.length);
        size_t end = bytes_find(inner, label.data[0]);
        return end < inner.length ? charset_by_label(bytes_slice(inner, 0, end)) : NULL;
    }
    size_t end = 0;
    while (end < label.length && !ascii_is_space(label.data[end]) && label.data[end] != ';')
        end++;
    return charset_by_label(bytes_slice(label, 0, end));
}

/* A page in UTF-16 could not have been read so far; x-user-defined was only ever meant as this. */
static const struct charset *as_declared(const struct charset *charset)
{
    if (charset && (charset->family == CHARSET_UTF16BE || charset->family == CHARSET_UTF16LE))
        return charset_utf8();
    if (charset && charset->family == CHARSET_USER_DEFINED)
        return charset_by_label(BYTES("windows-1252"));
    return charset;
}

struct declaration {
    const struct charset *charset;
    bool has_pragma; /* http-equiv=content-type. */
    bool needs_pragma;
    bool has_http_equiv, has_content, has_charset; /* The first attribute of a name counts. */
};

static bool is_first(bool *seen)
{
    bool was_seen = *seen;
    *seen = true;
    return !was_seen;
}

static void note_attribute(struct declaration *declaration, struct bytes name, struct bytes value)
{
    if (bytes_equal_nocase(name, BYTES("http-equiv")) && is_first(&declaration->has_http_equiv)) {
        declaration->has_pragma = bytes_equal_nocase(value, BYTES("content-type"));
    } else if (bytes_equal_nocase(name, BYTES("content")) && is_first(&declaration->has_content)) {
        const struct charset *charset = charset_of_content(value);
        if (charset && !declaration->has_charset) {
            declaration->charset = charset;
            declaration->needs_pragma = true;
        }
    } else if (bytes_equal_nocase(name, BYTES("charset")) && is_first(&declaration->has_charset)) {
        declaration->charset = charset_by_label(value);
        declaration->needs_pragma = false;
    }
}

/* Behind "<meta". */
static const struct charset *read_meta(struct cursor *cursor)
{
    struct declaration declaration = { 0 };
    struct bytes name, value;
    while (take_attribute(cursor, &name, &value))
        note_attribute(&declaration, name, value);
    if (is_over(cursor) || (declaration.needs_pragma && !declaration.has_pragma))
        return NULL;
    return as_declared(declaration.charset);
}

static bool is_meta(const struct cursor *cursor)
{
    struct bytes rest = rest_of(cursor);
    return rest.length > 5 && bytes_start_with_nocase(rest, BYTES("<meta")) &&
           (ascii_is_space(rest.data[5]) || rest.data[5] == '/');
}

static bool is_tag(const struct cursor *cursor)
{
    struct bytes rest = rest_of(cursor);
    size_t name = rest.length > 1 && rest.data[1] == '/' ? 2 : 1;
    return rest.length > name && ascii_is_alpha(rest.data[name]);
}

static void skip_tag(struct cursor *cursor)
{
    struct bytes name, value;
    take_until(cursor, ends_value);
    while (take_attribute(cursor, &name, &value))
        continue;
}

/* Without a byte order mark, a document in UTF-16 that begins with an XML declaration. */
static const struct charset *read_utf16_declaration(struct bytes body)
{
    if (bytes_start_with(body, BYTES("<\0?\0x\0")))
        return charset_by_label(BYTES("utf-16le"));
    if (bytes_start_with(body, BYTES("\0<\0?\0x")))
        return charset_by_label(BYTES("utf-16be"));
    return NULL;
}

/* <?xml version="1.0" encoding="..."?> */
static const struct charset *read_xml_declaration(struct bytes window)
{
    if (!bytes_start_with(window, BYTES("<?xml")))
        return NULL;
    struct cursor cursor = { bytes_slice(window, 5, bytes_find(window, '>') + 1), 0 };
    struct bytes name, value;
    while (take_attribute(&cursor, &name, &value))
        if (bytes_equal(name, BYTES("encoding")))
            return as_declared(charset_by_label(value));
    return NULL;
}

const struct charset *prescan_html(struct bytes body)
{
    struct cursor cursor = { bytes_slice(body, 0, PRESCAN_BYTES), 0 };
    const struct charset *found = read_utf16_declaration(body);
    for (; !found && !is_over(&cursor); cursor.at++) {
        cursor.at += bytes_find(rest_of(&cursor), '<');
        if (stands_here(&cursor, BYTES("<!--"))) {
            skip_comment(&cursor);
        } else if (is_meta(&cursor)) {
            cursor.at += 5;
            found = read_meta(&cursor);
        } else if (is_tag(&cursor)) {
            skip_tag(&cursor);
        } else if (stands_here(&cursor, BYTES("<!")) || stands_here(&cursor, BYTES("</")) ||
                   stands_here(&cursor, BYTES("<?"))) {
            skip_to_close(&cursor);
        }
    }
    return found ? found : read_xml_declaration(cursor.bytes);
}

const struct charset *prescan_xml(struct bytes body)
{
    const struct charset *found = read_utf16_declaration(body);
    return found ? found : read_xml_declaration(bytes_slice(body, 0, PRESCAN_BYTES));
}
