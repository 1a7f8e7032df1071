/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <openssl/evp.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <assert.h>
#include <stddef.h>

uint64_t hash_bytes(struct bytes bytes, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes.data ? bytes.data : "", bytes.length, seed);
}

void sha256(struct bytes bytes, unsigned char digest[SHA256_BYTES])
{
    int is_done = EVP_Digest(bytes.data ? bytes.data : "", bytes.length, digest, NULL,
                             EVP_sha256(), NULL);
    assert(is_done == 1);
    (void)is_done;
}

char *sha256_text(const unsigned char digest[SHA256_BYTES], char text[SHA256_TEXT_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        text[2 * i] = digits[digest[i] >> 4];
        text[2 * i + 1] = digits[digest[i] & 15];
    }
    text[2 * SHA256_BYTES] = '\0';
    return text;
}
