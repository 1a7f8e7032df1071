/* SPDX-License-Identifier: MIT */
#include "crawler/parse/text.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

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
    text->is_truncated = true;
    size_t gap = gap_bytes(text);
    size_t room = text->most - text->buf.length;
    struct bytes start = text_cut(word, room > gap ? room - gap : 0);
    if (start.length > 0)
        add_word(text, start.data, start.length);
}

/* Eight bytes at a time: 0x01 and 0x80 in each. */
#define EACH_1  UINT64_C(0x0101010101010101)
#define EACH_80 UINT64_C(0x8080808080808080)
/* Makes 'a' of a space in the last byte. */
#define LAST_SPACE_TO_LETTER (UINT64_C(0x41) << 56)

/* The top bit of each byte that is zero, and no other. */
static uint64_t zero_bytes(uint64_t eight)
{
    uint64_t low = (eight & ~EACH_80) + ~EACH_80;
    return ~(low | eight | ~EACH_80);
}

/* Eight bytes that can be taken as they stand: no control, no DEL, and no space behind another or
 * at the end. The first byte is the lowest, as on all machines that Debian runs this on. */
static bool is_plain(uint64_t eight)
{
    uint64_t spaces = zero_bytes(eight ^ EACH_1 * 0x20);
    uint64_t controls = (eight - EACH_1 * 0x20) & ~eight & EACH_80;
    uint64_t deletes = zero_bytes(eight ^ EACH_1 * 0x7f);
    return !(controls | deletes | (spaces & spaces << 8) | (spaces & UINT64_C(0x80) << 56));
}

/* The end of a run that can be taken as it stands: words with one space between each two. at is at
 * a word. */
static const char *run_end(const char *at, const char *end)
{
    uint64_t eight;
    while (end - at >= (ptrdiff_t)sizeof(eight)) {
        memcpy(&eight, at, sizeof(eight));
        if (is_plain(eight))
            at += sizeof(eight);
        else if (at[7] == ' ' && at[6] != ' ' && is_plain(eight ^ LAST_SPACE_TO_LETTER))
            at += sizeof(eight) - 1; /* What is behind the space decides. */
        else
            break;
    }
    while (at < end) {
        if (!is_blank[(unsigned char)*at])
            at++;
        else if (*at == ' ' && at + 1 < end && !is_blank[(unsigned char)at[1]])
            at += 2;
        else
            break;
    }
    return at;
}

/* Word by word up to the bound. */
static void add_cut_run(struct text *text, struct bytes run)
{
    struct bytes word;
    while (bytes_split(&run, ' ', &word)) {
        if (text->buf.length + gap_bytes(text) + word.length > text->most) {
            add_last_word(text, word);
            return;
        }
        add_word(text, word.data, word.length);
        text_gap(text, TEXT_GAP_SPACE);
    }
}

void text_add(struct text *text, struct bytes piece)
{
    if (piece.length == 0 || text->is_truncated || !buf_reserve(&text->buf, piece.length + 1))
        return;
    const char *at = piece.data;
    const char *end = piece.data + piece.length;
    while (at < end && !text->is_truncated) {
        const char *run = at;
        if (!is_blank[(unsigned char)*at])
            at = run_end(at, end);
        size_t length = (size_t)(at - run);
        if (length > 0 && text->buf.length + gap_bytes(text) + length > text->most)
            add_cut_run(text, bytes_of(run, length));
        else if (length > 0)
            add_word(text, run, length);
        if (at < end)
            text_gap(text, TEXT_GAP_SPACE);
        while (at < end && is_blank[(unsigned char)*at])
            at++;
    }
    text->buf.data[text->buf.length] = '\0';
}
