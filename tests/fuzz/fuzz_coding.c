/* SPDX-License-Identifier: MIT
 *
 * fuzz_coding - any bytes in any coding: decoded within the bounds, and the same with any bound as
 * far as both go. The first byte chooses the codings, the rest is the body.
 */
#include <assert.h>
#include <stdint.h>

#include "store/coding.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {
    "gzip",     "deflate",    "br",       "zstd",        "gzip, gzip",    "gzip, br",
    "br, gzip", "zstd, gzip", "br, zstd", "deflate, br", "zstd, deflate", "identity",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct coding_limits wide = { 4 * 1024 * 1024, 200 };
    static const struct coding_limits narrow = { 1000, 200 };
    if (size == 0)
        return 0;
    struct bytes codings = bytes_from_string(names[data[0] % (sizeof(names) / sizeof(names[0]))]);
    struct bytes body = bytes_of(data + 1, size - 1);
    struct buf one, other;
    buf_init(&one, BUF_UNBOUNDED);
    buf_init(&other, BUF_UNBOUNDED);
    enum coding_result first = coding_decode(codings, body, &one, &wide);
    assert(one.length <= wide.most);
    assert(first != CODING_UNKNOWN);
    assert(first != CODING_BAD || one.length == 0);
    enum coding_result second = coding_decode(codings, body, &other, &narrow);
    assert(other.length <= narrow.most);
    if (first == CODING_OK && second == CODING_OK)
        assert(bytes_equal(buf_bytes(&one), buf_bytes(&other)));
    if (first == CODING_OK && one.length > narrow.most && body.length > 0)
        assert(second != CODING_OK);
    coding_decompress(body, &other);
    buf_clear(&one);
    buf_clear(&other);
    return 0;
}
