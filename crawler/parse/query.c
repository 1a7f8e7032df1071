/* SPDX-License-Identifier: MIT */
#include "crawler/parse/query.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

static bool has_own_queries(const struct charset *charset)
{
    return charset->family == CHARSET_SINGLE_BYTE || charset->family == CHARSET_MULTI_BYTE;
}

static bool is_ascii(struct bytes bytes)
{
    for (size_t i = 0; i < bytes.length; i++)
        if (bytes.data[i] & 0x80)
            return false;
    return true;
}

/* URL Standard, 1.3: the special-query percent-encode set. */
static bool is_kept(char c)
{
    return c > ' ' && c < 0x7f && !strchr("\"#<>'", c);
}

static void append_encoded(struct buf *out, struct bytes bytes)
{
    for (size_t i = 0; i < bytes.length; i++) {
        if (is_kept(bytes.data[i]))
            buf_append_char(out, bytes.data[i]);
        else
            buf_printf(out, "%%%02X", (unsigned char)bytes.data[i]);
    }
}

/* A character that the charset lacks is sent as its reference, "&#8364;". */
static void append_character(struct buf *out, struct decoder *decoder,
                             const struct charset *charset, struct bytes character)
{
    char bytes[DECODER_CHARACTER_BYTES];
    size_t length = decoder_encode(decoder, charset, character, bytes);
    size_t at = 0;
    if (length > 0)
        append_encoded(out, bytes_of(bytes, length));
    else
        buf_printf(out, "%%26%%23%u%%3B", (unsigned)utf8_next(character, &at));
}

struct bytes query_in_charset(struct decoder *decoder, const struct charset *charset,
                              struct bytes link, struct arena *arena)
{
    struct bytes before = bytes_slice(link, 0, bytes_find(link, '#'));
    size_t start = bytes_find(before, '?');
    struct bytes query = bytes_slice(before, start, before.length);
    if (!has_own_queries(charset) || is_ascii(query))
        return link;
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    buf_append_bytes(&out, bytes_slice(link, 0, start));
    for (size_t at = 0; at < query.length;) {
        size_t from = at;
        utf8_next(query, &at);
        struct bytes character = bytes_slice(query, from, at);
        if (is_ascii(character))
            buf_append_bytes(&out, character);
        else
            append_character(&out, decoder, charset, character);
    }
    buf_append_bytes(&out, bytes_slice(link, before.length, link.length));
    struct bytes copy = arena_copy(arena, buf_bytes(&out));
    buf_clear(&out);
    return copy;
}
