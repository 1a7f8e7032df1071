/* SPDX-License-Identifier: MIT
 *
 * bytes - a borrowed run of bytes: a pointer and a length.
 *
 * What comes from the network has a length and may hold NUL, so it is never a C string. A struct
 * bytes lends; it never owns. Empty bytes may have a null pointer.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const char *data;
    size_t length;
};

/* The bytes of a string literal. */
#define BYTES(literal) ((struct bytes){ (literal), sizeof(literal) - 1 })

static inline struct bytes bytes_of(const void *data, size_t length)
{
    return (struct bytes){ data, length };
}

/* NULL gives empty bytes. */
struct bytes bytes_from_string(const char *string);

bool bytes_equal(struct bytes a, struct bytes b);

/* ASCII letters compare without case; all else byte by byte. */
bool bytes_equal_nocase(struct bytes a, struct bytes b);

/* Byte order, the shorter first where one begins the other: <0, 0 or >0, as memcmp. */
int bytes_compare(struct bytes a, struct bytes b);

bool bytes_start_with(struct bytes bytes, struct bytes prefix);
bool bytes_start_with_nocase(struct bytes bytes, struct bytes prefix);
bool bytes_contain_nocase(struct bytes bytes, struct bytes part);
bool bytes_end_with(struct bytes bytes, struct bytes suffix);

/* Position of the first such byte, or bytes.length. */
size_t bytes_find(struct bytes bytes, char wanted);

/* From start to end, both cut to what is there. */
static inline struct bytes bytes_slice(struct bytes bytes, size_t start, size_t end)
{
    if (end > bytes.length)
        end = bytes.length;
    return start < end ? (struct bytes){ bytes.data + start, end - start } : (struct bytes){ 0 };
}

/* Without ASCII white space (HTML's: space, tab, LF, FF, CR) at both ends. */
struct bytes bytes_trim(struct bytes bytes);

/* What comes before the next separator; rest moves behind it. False when rest is used up. */
bool bytes_split(struct bytes *rest, char separator, struct bytes *part);

/* A decimal number of ASCII digits alone, at most `most`. */
bool bytes_to_u64(struct bytes bytes, uint64_t most, uint64_t *value);

/* ASCII only, whatever the locale. */
static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline bool ascii_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_alpha(char c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* May it stand in a token (RFC 9110, 5.6.2)? Letters, digits, and !#$%&'*+-.^_`|~: a bit for each
 * byte. */
static inline bool ascii_is_token(char c)
{
    static const uint32_t tokens[8] = { 0, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff };
    unsigned char byte = (unsigned char)c;
    return tokens[byte / 32] >> byte % 32 & 1;
}

/* 0 to 15, or -1. */
int ascii_hex_value(char c);

#endif
