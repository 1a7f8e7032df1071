/* SPDX-License-Identifier: MIT */
#include "crawler/parse/text.h"

#include <stdint.h>

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

/* The room is there. */
static void add_word(struct text *text, const char *word, size_t length)
{
    struct buf *buf = &text->buf;
    if (buf->length > 0 && text->gap != TEXT_GAP_NONE)
        buf->data[buf->length++] = text->gap == TEXT_GAP_LINE ? '\n' : ' ';
    text->gap = TEXT_GAP_NONE;
    memcpy(buf->data + buf->length, word, length);
    buf->length += length;
}

/* The word passes the bound. What was there may not end with the gap. */
static void add_last_word(struct text *text, struct bytes word)
{
    text->is_truncated = true;
    size_t gap = text->buf.length > 0 && text->gap != TEXT_GAP_NONE;
    size_t room = text->most - text->buf.length;
    struct bytes start = text_cut(word, room > gap ? room - gap : 0);
    if (start.length > 0)
        add_word(text, start.data, start.length);
}

/* ---- Runs of words
 *
 * Most text has one space between words already. Such a run is found many bytes at a time and
 * copied as a whole, which is several times faster than word by word.
 */

enum { LANES = 16 };
typedef uint8_t lanes __attribute__((vector_size(LANES)));

static lanes load_lanes(const char *at)
{
    lanes read;
    memcpy(&read, at, sizeof(read));
    return read;
}

/* Whether none of these bytes ends a run, given the one behind it for its last byte. */
static bool is_inside_run(const char *at)
{
    lanes here = load_lanes(at);
    lanes next = load_lanes(at + 1);
    lanes ends =
        (lanes)((here < ' ') | (here == 0x7f) | ((here == ' ') & ((next <= ' ') | (next == 0x7f))));
    uint64_t halves[2];
    memcpy(halves, &ends, sizeof(halves));
    return (halves[0] | halves[1]) == 0;
}

/* The words from here on that single spaces separate. There is one here. */
static size_t run_length(const char *at, size_t length)
{
    size_t i = 0;
    while (length - i > LANES && is_inside_run(at + i))
        i += LANES;
    while (i < length && (!is_blank[(unsigned char)at[i]] ||
                          (at[i] == ' ' && i + 1 < length && !is_blank[(unsigned char)at[i + 1]])))
        i++;
    return i;
}

/* The words of a piece that does not pass the bound. */
static void add_runs(struct text *text, struct bytes piece)
{
    const char *at = piece.data;
    const char *end = piece.data + piece.length;
    while (at < end) {
        if (is_blank[(unsigned char)*at]) {
            text_gap(text, TEXT_GAP_SPACE);
            at++;
            continue;
        }
        size_t length = run_length(at, (size_t)(end - at));
        add_word(text, at, length);
        at += length;
    }
}

/* The words of a piece that may pass it. */
static void add_words(struct text *text, struct bytes piece)
{
    const char *at = piece.data;
    const char *end = piece.data + piece.length;
    while (at < end && !text->is_truncated) {
        const char *word = at;
        while (at < end && !is_blank[(unsigned char)*at])
            at++;
        size_t length = (size_t)(at - word);
        if (length > 0 && text->buf.length + 1 + length > text->most)
            add_last_word(text, bytes_of(word, length));
        else if (length > 0)
            add_word(text, word, length);
        for (; at < end && is_blank[(unsigned char)*at]; at++)
            text_gap(text, TEXT_GAP_SPACE);
    }
}

void text_add(struct text *text, struct bytes piece)
{
    if (text->is_truncated || !buf_reserve(&text->buf, piece.length + 1))
        return;
    if (text->buf.length + 1 + piece.length <= text->most)
        add_runs(text, piece);
    else
        add_words(text, piece);
    if (text->buf.data)
        text->buf.data[text->buf.length] = '\0';
}
