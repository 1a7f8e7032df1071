/* SPDX-License-Identifier: MIT
 *
 * hash - fingerprints (xxhash, keyed) and digests (SHA-256, and those of logins). The door to
 * xxhash.h and openssl/evp.h.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/bytes.h"

/* XXH3, 64 bits. With a secret seed, a site cannot choose bytes that meet another's fingerprint
 * without seeing it. */
uint64_t hash_bytes(struct bytes bytes, uint64_t seed);

#define SHA256_BYTES      32
#define SHA256_TEXT_BYTES 65

void sha256(struct bytes bytes, unsigned char digest[SHA256_BYTES]);

/* Lower-case hexadecimal with a NUL; returns text. */
char *sha256_text(const unsigned char digest[SHA256_BYTES], char text[SHA256_TEXT_BYTES]);

/* The hashes of HTTP's Digest (RFC 7616), of which MD5 protects nothing else. */
enum login_hash { LOGIN_HASH_MD5, LOGIN_HASH_SHA256, LOGIN_HASH_SHA512_256 };

#define LOGIN_HASH_TEXT_BYTES 65

/* Lower-case hexadecimal with a NUL. */
void login_hash_text(enum login_hash hash, struct bytes bytes, char text[LOGIN_HASH_TEXT_BYTES]);

#endif
