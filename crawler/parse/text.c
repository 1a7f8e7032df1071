/* SPDX-License-Identifier: MIT */
#include "crawler/parse/text.h"

/* HTML's white space, and the controls that have no place in text: an index needs no NUL. */
static const bool is_blank[256] = {
    [0x00] = true, [0x01] = true, [0x02] = true, [0x03] = true, [0x04] = true, [0x05] = true,
    [0x06] = true, [0x07] = true, [0x08] = true, [0x09] = true, [0x0a] = true, [0x0b] = true,
    [0x0c] = true, [0x0d] = true, [0x0e] = true, [0x0f] = true, [0x10] = true, [0x11] = true,
    [0x12] = true, [0x13] = true, [0x14] = true, [0x15] = true, [0x16] = true, [0x17] = true,
    [0x18] = true, [0x19] = true, [0x1a] = true, [0x1b] = true, [0x1c] = true, [0x1d] = true,
    [0x1e] = true, [0x1f] = true, [0x20] = true, [0x7f] = true,
};

void text_init(struct text *text)
{
    *text = (struct text){ 0 };
    buf_init(&text->buf, BUF_UNBOUNDED);
}

void text_clear(struct text *text)
{
    buf_clear(&text->buf);
}

void text_reset(struct text *text, size_t most)
{
    buf_reset(&text->buf);
    text->most = most;
    text->gap = TEXT_GAP_NONE;
    text->is_truncated = false;
}

struct bytes text_cut(struct bytes utf8, size_t most)
{
    if (utf8.length <= most)
        return utf8;
    while (most > 0 && (utf8.data[most] & 0xc0) == 0x80)
        most--;
    return bytes_slice(utf8, 0, most);
}

static size_t gap_bytes(const struct text *text)
{
    return text->buf.length > 0 && text->gap != TEXT_GAP_NONE;
}

/* The room is there. */
static void add_word(struct text *text, const char *word, size_t length)
{
    struct buf *buf = &text->buf;
    if (gap_bytes(text))
        buf->data[buf->length++] = text->gap == TEXT_GAP_LINE ? '\n' : ' ';
    text->gap = TEXT_GAP_NONE;
    memcpy(buf->data + buf->length, word, length);
    buf->length += length;
}

/* The word passes the bound. What was there may not end with the gap. */
static void add_last_word(struct text *text, struct bytes word)
{
    size_t room = text->most - text->buf.length;
    size_t gap = gap_bytes(text);
    struct bytes start = text_cut(word, room > gap ? room - gap : 0);
    text->is_truncated = true;
    if (start.length > 0)
        add_word(text, start.data, start.length);
}

static const char *end_of_run(const char *at, const char *end, bool of_blanks)
{
    while (at < end && is_blank[(unsigned char)*at] == of_blanks)
        at++;
    return at;
}

void text_add(struct text *text, struct bytes piece)
{
    if (piece.length == 0 || text->is_truncated || !buf_reserve(&text->buf, piece.length + 1))
        return;
    const char *end = piece.data + piece.length;
    for (const char *at = piece.data; at < end && !text->is_truncated;) {
        const char *word = at;
        at = end_of_run(word, end, false);
        size_t length = (size_t)(at - word);
        if (length > 0 && text->buf.length + gap_bytes(text) + length > text->most)
            add_last_word(text, bytes_of(word, length));
        else if (length > 0)
            add_word(text, word, length);
        if (at < end)
            text_gap(text, TEXT_GAP_SPACE);
        at = end_of_run(at, end, true);
    }
    text->buf.data[text->buf.length] = '\0';
}
