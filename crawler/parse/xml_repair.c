/* SPDX-License-Identifier: MIT */
#include "crawler/parse/xml_repair.h"

#include <stdbool.h>
#include <stddef.h>

#include "crawler/parse/reference.h"

enum { CDATA_START_BYTES = 9 };

/* Char of XML 1.0, below the space. */
static bool is_forbidden(char c)
{
    return (unsigned char)c < ' ' && c != '\t' && c != '\n' && c != '\r';
}

static bool needs_repair(struct bytes xml)
{
    for (size_t i = 0; i < xml.length; i++)
        if (xml.data[i] == '&' || is_forbidden(xml.data[i]))
            return true;
    return false;
}

/* How long the part is in which '&' has no meaning: up to its end mark, or to the end. */
static size_t length_until(struct bytes rest, struct bytes mark)
{
    for (size_t at = 0; at < rest.length; at++) {
        at += bytes_find(bytes_slice(rest, at, rest.length), mark.data[0]);
        if (bytes_start_with(bytes_slice(rest, at, rest.length), mark))
            return at + mark.length;
    }
    return rest.length;
}

static size_t literal_length(struct bytes rest)
{
    static const struct {
        struct bytes start;
        struct bytes end;
    } parts[] = {
        { { "<![CDATA[", CDATA_START_BYTES }, { "]]>", 3 } },
        { { "<!--", 4 }, { "-->", 3 } },
        { { "<?", 2 }, { "?>", 2 } },
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (bytes_start_with(rest, parts[i].start))
            return length_until(rest, parts[i].end);
    return 0;
}

static void append_escaped(struct buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        switch (text[i]) {
        case '&':
            buf_append_string(out, "&amp;");
            break;
        case '<':
            buf_append_string(out, "&lt;");
            break;
        case '>':
            buf_append_string(out, "&gt;");
            break;
        case '"':
            buf_append_string(out, "&quot;");
            break;
        case '\'':
            buf_append_string(out, "&apos;");
            break;
        default:
            buf_append_char(out, is_forbidden(text[i]) ? ' ' : text[i]);
        }
    }
}

/* At '&'. Returns how many bytes were read. Only names with their semicolon count: "&copy=1" is a
 * URL. */
static size_t append_reference(struct buf *out, struct bytes rest)
{
    char text[REFERENCE_BYTES_MOST];
    size_t length;
    size_t taken = reference_read(rest, true, text, &length);
    if (taken == 0 || rest.data[taken - 1] != ';') {
        buf_append_string(out, "&amp;");
        return 1;
    }
    append_escaped(out, text, length);
    return taken;
}

static void append_repaired(struct buf *out, struct bytes part)
{
    for (size_t i = 0; i < part.length; i++)
        buf_append_char(out, is_forbidden(part.data[i]) ? ' ' : part.data[i]);
}

struct bytes xml_repair(struct bytes utf8, struct buf *out)
{
    buf_reset(out);
    struct bytes rest = bytes_slice(utf8, bytes_find(utf8, '<'), utf8.length);
    if (!needs_repair(rest))
        return rest;
    while (rest.length > 0) {
        size_t taken = 0;
        while (taken < rest.length && rest.data[taken] != '&' && rest.data[taken] != '<')
            taken++;
        append_repaired(out, bytes_slice(rest, 0, taken));
        rest = bytes_slice(rest, taken, rest.length);
        if (rest.length == 0)
            break;
        taken = rest.data[0] == '&' ? append_reference(out, rest) : literal_length(rest);
        if (rest.data[0] == '<') {
            taken = taken ? taken : 1;
            append_repaired(out, bytes_slice(rest, 0, taken));
        }
        rest = bytes_slice(rest, taken, rest.length);
    }
    return buf_bytes(out);
}
