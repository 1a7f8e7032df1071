/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

/* What a lead byte promises: how many bytes follow, its own bits, and the bounds of the second
 * byte, which keep out overlong forms, surrogates and what lies beyond U+10FFFF. */
struct lead {
    unsigned following;
    uint32_t bits;
    unsigned char second_least;
    unsigned char second_most;
};

static struct lead lead_of(unsigned char byte)
{
    struct lead lead = { 0, 0, 0x80, 0xbf };
    if (byte >= 0xc2 && byte <= 0xdf) {
        lead.following = 1;
        lead.bits = byte & 0x1fu;
    } else if (byte >= 0xe0 && byte <= 0xef) {
        lead.following = 2;
        lead.bits = byte & 0x0fu;
        lead.second_least = byte == 0xe0 ? 0xa0 : 0x80;
        lead.second_most = byte == 0xed ? 0x9f : 0xbf;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
        lead.following = 3;
        lead.bits = byte & 0x07u;
        lead.second_least = byte == 0xf0 ? 0x90 : 0x80;
        lead.second_most = byte == 0xf4 ? 0x8f : 0xbf;
    }
    return lead;
}

uint32_t utf8_next(struct bytes bytes, size_t *at)
{
    const unsigned char *data = (const unsigned char *)bytes.data;
    unsigned char first = data[(*at)++];
    if (first < 0x80)
        return first;
    struct lead lead = lead_of(first);
    if (lead.following == 0)
        return UTF8_REPLACEMENT;
    uint32_t character = lead.bits;
    unsigned char least = lead.second_least;
    unsigned char most = lead.second_most;
    for (unsigned i = 0; i < lead.following; i++) {
        if (*at == bytes.length || data[*at] < least || data[*at] > most)
            return UTF8_REPLACEMENT;
        character = character << 6 | (data[(*at)++] & 0x3fu);
        least = 0x80;
        most = 0xbf;
    }
    return character;
}

size_t utf8_put(char out[UTF8_BYTES_MAX], uint32_t character)
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    out[0] = (char)(marks[length] | character);
    return length;
}

bool utf8_is_valid(struct bytes bytes)
{
    for (size_t at = 0; at < bytes.length;) {
        size_t start = at;
        /* A U+FFFD that was written takes three bytes, EF BF BD; any other stands for damage. */
        if (utf8_next(bytes, &at) == UTF8_REPLACEMENT &&
            !(at - start == 3 && memcmp(bytes.data + start, "\xef\xbf\xbd", 3) == 0))
            return false;
    }
    return true;
}
