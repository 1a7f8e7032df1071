/* SPDX-License-Identifier: MIT
 *
 * encoder - bodies in a content coding, written without the code that the crawler reads them with.
 *
 * gzip and deflate come from zlib. Brotli and Zstandard are written as stored blocks by hand; a
 * long run of one byte becomes a single Zstandard block, which makes a bomb of a few bytes.
 */
#ifndef TESTS_SERVER_ENCODER_H
#define TESTS_SERVER_ENCODER_H

#include <stdbool.h>

#include "base/buf.h"

/* gzip, deflate (zlib's form), deflate-raw, br, zstd. False where there is no such coding. */
bool encoder_is_known(struct bytes name);

/* Appends content in the coding. */
void encoder_write(struct buf *out, struct bytes name, struct bytes content);

#endif
