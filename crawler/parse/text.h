/* SPDX-License-Identifier: MIT
 *
 * text - visible text with its white space collapsed: one space between words, one line feed
 * between blocks.
 *
 * Nothing stands before the first word or behind the last. What passes the bound is cut between two
 * characters.
 */
#ifndef CRAWLER_PARSE_TEXT_H
#define CRAWLER_PARSE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/bytes.h"

/* What is owed before the next word; the larger wins. */
enum text_gap { TEXT_GAP_NONE, TEXT_GAP_SPACE, TEXT_GAP_LINE };

struct text {
    struct buf buf;
    size_t most;
    enum text_gap gap;
    bool is_truncated;
};

void text_init(struct text *text);
void text_clear(struct text *text);

/* Empty again, memory kept; at most so many bytes. */
void text_reset(struct text *text, size_t most);

/* UTF-8; a word may go on in the next piece. */
void text_add(struct text *text, struct bytes piece);

static inline void text_gap(struct text *text, enum text_gap gap)
{
    if (gap > text->gap)
        text->gap = gap;
}

/* Lends it until the next call. */
static inline struct bytes text_bytes(const struct text *text)
{
    return buf_bytes(&text->buf);
}

/* The longest start of UTF-8 bytes that is no longer than most and ends between two characters. */
struct bytes text_cut(struct bytes utf8, size_t most);

#endif
