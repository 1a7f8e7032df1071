/* SPDX-License-Identifier: MIT
 *
 * coding - content codings, decoded within bounds, and the compression of the store. The door to
 * libdeflate.h, zlib.h, brotli/decode.h and zstd.h.
 *
 * A decoder never writes more than it is allowed: bombs end at the bound. All functions are
 * thread-safe; decoders keep their contexts per thread.
 */
#ifndef STORE_CODING_H
#define STORE_CODING_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"

enum coding_result {
    CODING_OK,
    CODING_TRUNCATED, /* The input ended early: out holds what came before, where the coding allows
                         it. */
    CODING_TOO_LARGE, /* Passed most or the ratio: out holds what is within them. */
    CODING_BAD,       /* Not in that coding. */
    CODING_UNKNOWN    /* A coding that we do not know, or more than two. */
};

struct coding_limits {
    size_t most;         /* Greatest decoded length, bytes. */
    unsigned ratio_most; /* Decoded : coded, looked at beyond 1 MiB decoded. */
};

/* CODING_BAD and CODING_UNKNOWN leave out empty. An empty body is fine in any coding, and bytes
 * behind the end of a complete one are ignored, as browsers do.
 *
 * codings: the value of Content-Encoding, applied from the right ("gzip", "br", "zstd", "deflate"
 * (zlib or raw), "x-gzip", "identity", at most two). out is reset first. */
enum coding_result coding_decode(struct bytes codings, struct bytes in, struct buf *out,
                                 const struct coding_limits *limits);

/* zstd level 1, for what came bare. out is reset first, here and below. */
void coding_compress(struct bytes in, struct buf *out);
/* Of our own making, and of any length that out may have; false where damaged. */
bool coding_decompress(struct bytes in, struct buf *out);

/* What we send as Accept-Encoding. */
#define CODING_ACCEPT "gzip, br, zstd, deflate"
/* The same without Brotli, which decodes a whole window before it stops at a bound: of these a
 * small bound means little work. */
#define CODING_ACCEPT_BOUNDED "gzip, zstd, deflate"

#endif
