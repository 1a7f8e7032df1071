/* SPDX-License-Identifier: MIT */
#include "crawler/parse/decoder.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "crawler/parse/wellformed.h"

/* The upper half of a charset of single bytes, in UTF-8. */
struct upper_half {
    struct {
        char text[UTF8_BYTES_MAX];
        uint8_t length;
    } of[128];
};

struct decoder {
    struct buf out;
    struct upper_half *halves[CHARSET_COUNT]; /* Made when first needed. */
    iconv_t open[CHARSET_COUNT];
    bool is_open[CHARSET_COUNT];
    iconv_t back[CHARSET_COUNT];
    bool is_back_open[CHARSET_COUNT];
};

struct decoder *decoder_new(void)
{
    struct decoder *decoder = xcalloc(1, sizeof(*decoder));
    buf_init(&decoder->out, BUF_UNBOUNDED);
    return decoder;
}

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    for (size_t i = 0; i < CHARSET_COUNT; i++) {
        free(decoder->halves[i]);
        if (decoder->is_open[i])
            iconv_close(decoder->open[i]);
        if (decoder->is_back_open[i])
            iconv_close(decoder->back[i]);
    }
    buf_clear(&decoder->out);
    free(decoder);
}

static void append_code_point(struct buf *out, uint32_t code_point)
{
    char text[UTF8_BYTES_MAX];
    buf_append(out, text, utf8_put(text, code_point));
}

static uint16_t utf16_unit(const unsigned char *at, bool is_big_endian)
{
    return (uint16_t)(is_big_endian ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

static bool is_high_surrogate(uint16_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low_surrogate(uint16_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

static void decode_utf16(struct buf *out, struct bytes body, bool is_big_endian)
{
    const unsigned char *at = (const unsigned char *)body.data;
    size_t left = body.length;
    while (left >= 2) {
        uint32_t code_point = utf16_unit(at, is_big_endian);
        uint16_t next = left >= 4 ? utf16_unit(at + 2, is_big_endian) : 0;
        size_t taken = 2;
        if (is_high_surrogate((uint16_t)code_point) && is_low_surrogate(next)) {
            code_point = 0x10000 + ((code_point - 0xd800) << 10) + (next - 0xdc00u);
            taken = 4;
        } else if (is_high_surrogate((uint16_t)code_point) ||
                   is_low_surrogate((uint16_t)code_point)) {
            code_point = 0xfffd;
        }
        append_code_point(out, code_point);
        at += taken;
        left -= taken;
    }
    if (left > 0)
        buf_append_string(out, WELLFORMED_REPLACEMENT);
}

/* Where glibc's tables differ from the standard's. */
static const struct {
    const char *charset;
    unsigned char byte;
    uint16_t code_point;
} corrections[] = {
    { "koi8-u", 0xae, 0x045e },         { "koi8-u", 0xbe, 0x040e },
    { "macintosh", 0xc6, 0x2206 },      { "macintosh", 0xf0, 0xf8ff },
    { "x-mac-cyrillic", 0xff, 0x20ac },
};

static uint32_t correction_of(const struct charset *charset, unsigned char byte)
{
    for (size_t i = 0; i < sizeof(corrections) / sizeof(corrections[0]); i++)
        if (corrections[i].byte == byte && strcmp(corrections[i].charset, charset->name) == 0)
            return corrections[i].code_point;
    return 0;
}

/* False where iconv does not know the charset. */
static bool open_iconv(struct decoder *decoder, const struct charset *charset)
{
    size_t index = charset_index(charset);
    if (!decoder->is_open[index]) {
        decoder->open[index] = iconv_open("UTF-8", charset->iconv_name);
        decoder->is_open[index] = decoder->open[index] != (iconv_t)-1;
    }
    return decoder->is_open[index];
}

/* The byte's characters into text, or the length 0. */
static size_t convert_byte(iconv_t from, unsigned char byte, char *text)
{
    char source = (char)byte;
    char *in = &source;
    char *out = text;
    size_t in_left = 1;
    size_t out_left = UTF8_BYTES_MAX;
    iconv(from, NULL, NULL, NULL, NULL);
    bool is_done = iconv(from, &in, &in_left, &out, &out_left) != (size_t)-1;
    /* Some charsets hold a letter back, as an accent may follow. */
    iconv(from, NULL, NULL, &out, &out_left);
    return is_done ? UTF8_BYTES_MAX - out_left : 0;
}

/* Bytes without a meaning are C1 controls in the standard's tables, or nothing. */
static const struct upper_half *upper_half_of(struct decoder *decoder,
                                              const struct charset *charset)
{
    struct upper_half **half = &decoder->halves[charset_index(charset)];
    if (*half)
        return *half;
    *half = xcalloc(1, sizeof(**half));
    bool is_known = open_iconv(decoder, charset);
    for (unsigned i = 0; i < 128; i++) {
        unsigned char byte = (unsigned char)(0x80 + i);
        char *text = (*half)->of[i].text;
        uint32_t code_point = correction_of(charset, byte);
        size_t length = 0;
        if (!code_point && is_known)
            length = convert_byte(decoder->open[charset_index(charset)], byte, text);
        if (length == 0)
            length = utf8_put(text, code_point    ? code_point
                                    : byte < 0xa0 ? byte
                                                  : UTF8_REPLACEMENT);
        (*half)->of[i].length = (uint8_t)length;
    }
    return *half;
}

static void decode_single_bytes(struct buf *out, const struct upper_half *half, struct bytes body)
{
    const char *at = body.data;
    const char *end = at + body.length;
    while (at < end) {
        const char *start = at;
        while (at < end && !(*at & 0x80))
            at++;
        buf_append(out, start, (size_t)(at - start));
        for (; at < end && *at & 0x80; at++) {
            unsigned upper = (unsigned char)*at & 0x7f;
            buf_append(out, half->of[upper].text, half->of[upper].length);
        }
    }
}

/* iconv stopped at bytes that mean nothing. How many one U+FFFD stands for: a lead byte takes its
 * follower with it unless that is ASCII. */
static size_t broken_length(const char *at, size_t left)
{
    bool is_lead = (unsigned char)at[0] >= 0x81 && (unsigned char)at[0] <= 0xfe;
    return is_lead && left >= 2 && at[1] & 0x80 ? 2 : 1;
}

static void append_broken(struct buf *out, const struct charset *charset, const char *at)
{
    /* Encoding Standard, 10.2.1: the one byte that code page 936 added to GBK. */
    bool is_euro = (unsigned char)*at == 0x80 && strcmp(charset->iconv_name, "GB18030") == 0;
    buf_append_string(out, is_euro ? "\xe2\x82\xac" : WELLFORMED_REPLACEMENT);
}

/* Room for what iconv writes in one go: no charset needs more than four bytes of UTF-8 for two of
 * its own. */
enum { STEP_BYTES = 4096 };

static void decode_multi_bytes(struct buf *out, const struct charset *charset, iconv_t from,
                               struct bytes body)
{
    char *in = (char *)(uintptr_t)body.data; /* iconv does not write there. */
    size_t left = body.length;
    iconv(from, NULL, NULL, NULL, NULL);
    while (left > 0) {
        char *room = buf_reserve(out, STEP_BYTES);
        char *at = room;
        size_t room_left = STEP_BYTES;
        size_t result = iconv(from, &in, &left, &at, &room_left);
        out->length += (size_t)(at - room);
        if (result != (size_t)-1 || errno == E2BIG)
            continue;
        append_broken(out, charset, in);
        size_t broken = errno == EINVAL ? left : broken_length(in, left);
        in += broken;
        left -= broken;
    }
}

static void decode_user_defined(struct buf *out, struct bytes body)
{
    for (size_t i = 0; i < body.length; i++) {
        unsigned char byte = (unsigned char)body.data[i];
        append_code_point(out, byte < 0x80 ? byte : 0xf780u + byte - 0x80);
    }
}

static void decode_by_iconv(struct decoder *decoder, const struct charset *charset,
                            struct bytes body)
{
    if (open_iconv(decoder, charset))
        decode_multi_bytes(&decoder->out, charset, decoder->open[charset_index(charset)], body);
    else
        wellformed_append(&decoder->out, body);
}

struct bytes decoder_decode(struct decoder *decoder, const struct charset *charset,
                            struct bytes body)
{
    struct buf *out = &decoder->out;
    buf_reset(out);
    if (body.length == 0)
        return body;
    switch (charset->family) {
    case CHARSET_UTF8:
        if (wellformed_length(body) == body.length)
            return body;
        wellformed_append(out, body);
        break;
    case CHARSET_UTF16BE:
        decode_utf16(out, body, true);
        break;
    case CHARSET_UTF16LE:
        decode_utf16(out, body, false);
        break;
    case CHARSET_SINGLE_BYTE:
        decode_single_bytes(out, upper_half_of(decoder, charset), body);
        break;
    case CHARSET_MULTI_BYTE:
        decode_by_iconv(decoder, charset, body);
        break;
    case CHARSET_USER_DEFINED:
        decode_user_defined(out, body);
        break;
    case CHARSET_REPLACEMENT:
        buf_append_string(out, WELLFORMED_REPLACEMENT);
        break;
    }
    return buf_bytes(out);
}

static size_t encode_single_byte(const struct upper_half *half, struct bytes character, char *out)
{
    for (unsigned i = 0; i < 128; i++) {
        if (bytes_equal(bytes_of(half->of[i].text, half->of[i].length), character)) {
            *out = (char)(0x80 + i);
            return 1;
        }
    }
    return 0;
}

static size_t encode_multi_byte(struct decoder *decoder, const struct charset *charset,
                                struct bytes character, char *out)
{
    size_t index = charset_index(charset);
    if (!decoder->is_back_open[index]) {
        decoder->back[index] = iconv_open(charset->iconv_name, "UTF-8");
        decoder->is_back_open[index] = decoder->back[index] != (iconv_t)-1;
    }
    if (!decoder->is_back_open[index])
        return 0;
    char *in = (char *)(uintptr_t)character.data; /* iconv does not write there. */
    size_t in_left = character.length;
    char *at = out;
    size_t out_left = DECODER_CHARACTER_BYTES;
    iconv(decoder->back[index], NULL, NULL, NULL, NULL);
    if (iconv(decoder->back[index], &in, &in_left, &at, &out_left) == (size_t)-1)
        return 0;
    iconv(decoder->back[index], NULL, NULL, &at, &out_left);
    return DECODER_CHARACTER_BYTES - out_left;
}

size_t decoder_encode(struct decoder *decoder, const struct charset *charset,
                      struct bytes character, char *out)
{
    if (bytes_equal(character, BYTES(WELLFORMED_REPLACEMENT)))
        return 0;
    return charset->family == CHARSET_SINGLE_BYTE
               ? encode_single_byte(upper_half_of(decoder, charset), character, out)
               : encode_multi_byte(decoder, charset, character, out);
}
