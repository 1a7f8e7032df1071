/* SPDX-License-Identifier: MIT */
#include "crawler/parse/utf8.h"

#include <stdbool.h>
#include <string.h>

size_t utf8_encode(uint32_t code_point, char *text)
{
    if (code_point < 0x80) {
        text[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        text[0] = (char)(0xc0 | code_point >> 6);
        text[1] = (char)(0x80 | (code_point & 0x3f));
        return 2;
    }
    if (code_point < 0x10000) {
        text[0] = (char)(0xe0 | code_point >> 12);
        text[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
        text[2] = (char)(0x80 | (code_point & 0x3f));
        return 3;
    }
    text[0] = (char)(0xf0 | code_point >> 18);
    text[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
    text[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
    text[3] = (char)(0x80 | (code_point & 0x3f));
    return 4;
}

/* What may follow a first byte: how many bytes, and the bounds of the first of them. 0 bytes: it
 * begins nothing. */
struct shape {
    unsigned char followers;
    unsigned char least;
    unsigned char most;
};

static struct shape shape_of(unsigned char first)
{
    if (first >= 0xc2 && first <= 0xdf)
        return (struct shape){ 1, 0x80, 0xbf };
    if (first >= 0xe0 && first <= 0xef)
        return (struct shape){ 2, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf };
    if (first >= 0xf0 && first <= 0xf4)
        return (struct shape){ 3, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf };
    return (struct shape){ 0 };
}

/* How many bytes of the character at this place are there and right; all of them: is_whole. */
static size_t matching_length(const unsigned char *at, const unsigned char *end, bool *is_whole)
{
    struct shape shape = shape_of(*at);
    *is_whole = false;
    size_t length = 1;
    while (length <= shape.followers && at + length < end) {
        unsigned char next = at[length];
        if (next < shape.least || next > shape.most)
            return length;
        shape.least = 0x80;
        shape.most = 0xbf;
        length++;
    }
    *is_whole = shape.followers > 0 && length == 1u + shape.followers;
    return length;
}

/* The first byte that is not ASCII. */
static const unsigned char *skip_ascii(const unsigned char *at, const unsigned char *end)
{
    while (end - at >= 8) {
        uint64_t eight;
        memcpy(&eight, at, 8);
        if (eight & UINT64_C(0x8080808080808080))
            break;
        at += 8;
    }
    while (at < end && *at < 0x80)
        at++;
    return at;
}

size_t utf8_valid_length(struct bytes bytes)
{
    const unsigned char *start = (const unsigned char *)bytes.data;
    const unsigned char *end = start + bytes.length;
    const unsigned char *at = start;
    while (bytes.length > 0 && (at = skip_ascii(at, end)) < end) {
        bool is_whole;
        size_t length = matching_length(at, end, &is_whole);
        if (!is_whole)
            break;
        at += length;
    }
    return (size_t)(at - start);
}

size_t utf8_broken_length(struct bytes bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.data;
    bool is_whole;
    return matching_length(at, at + bytes.length, &is_whole);
}

void utf8_append_repaired(struct buf *out, struct bytes bytes)
{
    while (bytes.length > 0) {
        size_t valid = utf8_valid_length(bytes);
        buf_append(out, bytes.data, valid);
        bytes = bytes_slice(bytes, valid, bytes.length);
        if (bytes.length > 0) {
            buf_append_string(out, UTF8_REPLACEMENT);
            bytes = bytes_slice(bytes, utf8_broken_length(bytes), bytes.length);
        }
    }
}
