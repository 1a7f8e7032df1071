/* SPDX-License-Identifier: MIT
 *
 * hash - fingerprints (xxhash, keyed) and digests (SHA-256). The door to xxhash.h and openssl/evp.h.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/bytes.h"

/* XXH3, 64 bits. With a secret seed, a site cannot choose bytes that meet another's fingerprint
 * without seeing it. */
uint64_t hash_bytes(struct bytes bytes, uint64_t seed);

#define SHA256_BYTES 32
#define SHA256_TEXT_BYTES 65

void sha256(struct bytes bytes, unsigned char digest[SHA256_BYTES]);

/* Lower-case hexadecimal with a NUL; returns text. */
char *sha256_text(const unsigned char digest[SHA256_BYTES], char text[SHA256_TEXT_BYTES]);

#endif
