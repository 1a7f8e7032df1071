/* SPDX-License-Identifier: MIT
 *
 * auth - HTTP authentication at the origins where we have a login, in one fetch thread.
 *
 *     quiet --challenged--> signing --any other answer--> good --challenged anew--> signing
 *       ^                      \----challenged again----> bad
 *       \---- after a rest, or by another configuration --/
 *
 * Nothing is sent before an origin asked for it, unless the login says so; then it goes with every
 * request to that origin. Each answer to a challenge is a request of its own, in its own turn. One
 * that is refused ends it: the origin is left alone for a while, as a server may lock who is wrong
 * too often.
 */
#ifndef CRAWLER_ENGINE_AUTH_H
#define CRAWLER_ENGINE_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/url.h"
#include "crawler/fetch/credentials.h"
#include "crawler/fetch/digest.h"

enum auth_state { AUTH_STATE_QUIET, AUTH_STATE_SIGNING, AUTH_STATE_GOOD, AUTH_STATE_BAD };

struct auth {
    struct auth *next;
    char *origin;
    enum auth_state state;
    enum auth_scheme scheme; /* While it is signing or good. */
    struct digest digest;
    bool is_proven;      /* It answered a challenge, and was let in. */
    bool is_trying;      /* A login that nobody took yet is under way: no second one beside it. */
    uint32_t challenges; /* How many were taken. */
    int64_t until_ms;    /* Of a bad one. */
    char why[160];
};

/* Those of a fetch thread: few, as each is configured. */
struct auths {
    struct auth *first;
};

void auths_clear(struct auths *auths);
/* Those that are bad have another chance. */
void auths_renew(struct auths *auths);
/* That of the URL's origin, a new one where there is none. */
struct auth *auth_for(struct auths *auths, const struct url *url);

/* False while it is bad; *auth is quiet again afterwards. */
bool auth_may_ask(struct auth *auth, int64_t now_ms);

/* How a request goes out. */
struct auth_signature {
    enum auth_scheme scheme; /* AUTH_NONE: as nobody. */
    uint32_t challenge;      /* Which one it answers. */
};

/* Decides that, and appends the value of the credential's header field (Authorization) to out,
 * unless there is none to be sent or libcurl computes it (NTLM, Negotiate). */
struct auth_signature auth_sign(struct auth *auth, const struct credential *credential,
                                const char *method, const struct url *url, struct buf *out);

/* The request that was signed so is over, with or without an answer; before auth_take. */
void auth_end(struct auth *auth, struct auth_signature signature);

/* What an answer means. */
enum auth_step {
    AUTH_STEP_NONE,   /* It is an answer to the request. */
    AUTH_STEP_REPEAT, /* It is a challenge, which the next request answers. */
    AUTH_STEP_REFUSED /* The login is wrong: auth is bad, and says why. */
};

/* repeats: how often this was repeated before. rest_ms: how long a bad one is left alone. random:
 * see digest_read. */
enum auth_step auth_take(struct auth *auth, const struct credential *credential,
                         struct auth_signature signature, uint16_t status, struct bytes headers,
                         unsigned repeats, int64_t now_ms, int64_t rest_ms, uint64_t random);

#endif
