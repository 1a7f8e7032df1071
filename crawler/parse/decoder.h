/* SPDX-License-Identifier: MIT
 *
 * decoder - bytes in any charset to UTF-8. The door to iconv.
 *
 * What is not in the charset becomes U+FFFD. One decoder for each thread: it keeps what it opened.
 */
#ifndef CRAWLER_PARSE_DECODER_H
#define CRAWLER_PARSE_DECODER_H

#include "base/bytes.h"
#include "crawler/parse/charset.h"

struct decoder;

struct decoder *decoder_new(void);
void decoder_free(struct decoder *decoder);

/* Lends the result, which may be the body itself, until the next call. */
struct bytes decoder_decode(struct decoder *decoder, const struct charset *charset,
                            struct bytes body);

/* More than one character takes in any charset, its escape sequences with it. */
#define DECODER_CHARACTER_BYTES 16

/* The way back, for one character that is not ASCII and a charset that is read by iconv: its bytes
 * into out (DECODER_CHARACTER_BYTES large). Returns how many, 0 where the charset does not have it.
 */
size_t decoder_encode(struct decoder *decoder, const struct charset *charset,
                      struct bytes character, char *out);

#endif
