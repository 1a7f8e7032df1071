/* SPDX-License-Identifier: MIT
 *
 * utf8 - characters out of bytes that claim to be UTF-8, as the WHATWG Encoding Standard decodes
 * them.
 *
 * Whatever cannot be decoded becomes U+FFFD, one for each longest run of bytes that begins a
 * character and does not end it, so that every reader of the same bytes counts the same characters.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define UTF8_REPLACEMENT 0xfffdu
#define UTF8_BYTES_MAX   4

/* The character at *at, which must be below bytes.length; *at moves behind it. */
uint32_t utf8_next(struct bytes bytes, size_t *at);

/* Writes a character (a scalar value, at most U+10FFFF); returns its bytes, 1 to 4. */
size_t utf8_put(char out[UTF8_BYTES_MAX], uint32_t character);

bool utf8_is_valid(struct bytes bytes);

#endif
