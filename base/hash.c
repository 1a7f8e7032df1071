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
    int is_done =
        EVP_Digest(bytes.data ? bytes.data : "", bytes.length, digest, NULL, EVP_sha256(), NULL);
    assert(is_done == 1);
    (void)is_done;
}

static void write_hex(const unsigned char *bytes, size_t count, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * count] = '\0';
}

char *sha256_text(const unsigned char digest[SHA256_BYTES], char text[SHA256_TEXT_BYTES])
{
    write_hex(digest, SHA256_BYTES, text);
    return text;
}

void login_hash_text(enum login_hash hash, struct bytes bytes, char text[LOGIN_HASH_TEXT_BYTES])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    const EVP_MD *method = hash == LOGIN_HASH_MD5      ? EVP_md5()
                           : hash == LOGIN_HASH_SHA256 ? EVP_sha256()
                                                       : EVP_sha512_256();
    int is_done =
        EVP_Digest(bytes.data ? bytes.data : "", bytes.length, digest, &length, method, NULL);
    assert(is_done == 1 && 2 * length < LOGIN_HASH_TEXT_BYTES);
    (void)is_done;
    write_hex(digest, length, text);
}
