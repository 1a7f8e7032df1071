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

#endif
