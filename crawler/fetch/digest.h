/* SPDX-License-Identifier: MIT
 *
 * digest - what answers a challenge of HTTP's Digest authentication (RFC 7616, with servers of RFC
 * 2617 and 2069).
 *
 * Ours, as libcurl would ask twice in one turn, and 7.88 computes SHA-256 where SHA-512-256 is
 * asked for. A challenge is answered over and over, each time with another count, until the server
 * wants another one.
 */
#ifndef CRAWLER_FETCH_DIGEST_H
#define CRAWLER_FETCH_DIGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "crawler/fetch/challenges.h"

#define DIGEST_CNONCE_BYTES 64

/* A challenge, and how often it was answered. Zeroed: none. */
struct digest {
    char *realm;
    char *nonce;
    char *opaque;      /* NULL: none. */
    char *first_nonce; /* That began a session ("-sess"). */
    enum login_hash hash;
    bool is_session;
    bool has_qop;    /* Else as RFC 2069 has it. */
    bool hides_user; /* userhash: its hash in place of the name. */
    bool is_stale;   /* The answer before was right, but too old. */
    uint32_t count;  /* Of answers. */
    char cnonce[DIGEST_CNONCE_BYTES];
};

/* Of all challenges in fields of that name the one with the strongest hash; false where none can be
 * answered, and then *digest is as it was. Else what was in it is freed. random: for what a server
 * must not be able to foresee. */
bool digest_read(struct digest *digest, struct bytes headers, struct bytes name, uint64_t random);
void digest_clear(struct digest *digest);

struct digest_request {
    const char *user;
    const char *password;
    const char *method;
    struct bytes target; /* As it stands in the request line: path and query. */
};

/* Appends the value of Authorization. */
void digest_write(struct digest *digest, const struct digest_request *request, struct buf *out);

/* A response to such a request: Authentication-Info may name another nonce (RFC 7616, 3.5). */
void digest_take_info(struct digest *digest, struct bytes headers);

#endif
