/* SPDX-License-Identifier: MIT
 *
 * challenges - what a server or proxy asks for before it answers: WWW-Authenticate and
 * Proxy-Authenticate (RFC 9110, 11.6.1 and 11.7.1), and which of it we can do.
 *
 * Several challenges may stand in one field or in several; a comma parts challenges as well as the
 * parameters of one, and what follows it says which.
 */
#ifndef CRAWLER_FETCH_CHALLENGES_H
#define CRAWLER_FETCH_CHALLENGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/bytes.h"

/* The schemes we can answer, as bits; a greater one is safer where a password is at hand. */
enum auth_scheme {
    AUTH_NONE = 0,
    AUTH_BASIC = 1,
    AUTH_DIGEST = 2,
    AUTH_NTLM = 4,
    AUTH_NEGOTIATE = 8,
    AUTH_BEARER = 16, /* A token in place of user and password. */
};

struct challenge {
    struct bytes scheme;     /* As written. */
    struct bytes token68;    /* In place of parameters; empty: none. */
    struct bytes parameters; /* As written, for challenge_parameter(). */
};

/* Where a walk stands; it starts zeroed. */
struct challenges {
    size_t from;
    struct bytes value;
    size_t at;
};

/* Each challenge of all fields of that name. What belongs to none is passed over. */
bool challenges_next(struct challenges *walk, struct bytes headers, struct bytes name,
                     struct challenge *challenge);

/* Appends the value of a parameter (without regard to case), its quotes and backslashes resolved;
 * false where there is none. The first of several counts. */
bool challenge_parameter(const struct challenge *challenge, struct bytes name, struct buf *out);

/* AUTH_NONE for a scheme that we do not know, or a Digest by an algorithm or protection that we
 * cannot do. */
enum auth_scheme challenge_scheme(const struct challenge *challenge);

/* The safest scheme that is asked for in fields of that name and is among those allowed (bits);
 * AUTH_NONE where there is none. */
enum auth_scheme challenges_choose(struct bytes headers, struct bytes name, unsigned allowed);

const char *auth_scheme_name(enum auth_scheme scheme);

#endif
