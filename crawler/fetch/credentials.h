/* SPDX-License-Identifier: MIT
 *
 * credentials - user names, passwords and tokens, each for one origin: scheme, host and port.
 *
 * A secret is said in the environment or in a netrc file, never in the configuration or on a
 * command line. It is given out for its own origin and for no other: not for another port or
 * scheme, not for a host above or below, not where a redirect leads. Where a host is written
 * another way (case, escapes, an address in other digits), it is the same by the URL standard.
 *
 * Made once at the start, and then only read: any thread may ask.
 */
#ifndef CRAWLER_FETCH_CREDENTIALS_H
#define CRAWLER_FETCH_CREDENTIALS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/url.h"
#include "crawler/fetch/challenges.h"
#include "crawler/fetch/netrc.h"

struct credential {
    char *user;       /* NULL: the secret is a token (Bearer). */
    char *secret;     /* Password or token. */
    char *header;     /* The field that carries the token alone; NULL: Authorization, as Bearer. */
    unsigned schemes; /* Ways to send it, as bits of enum auth_scheme. */
    bool is_unasked;  /* Sent with the first request, without waiting for a challenge. */
};

/* One login as it is configured. */
struct configured_login {
    struct bytes origin; /* "https://docs.example.org:8443"; without a scheme https is meant. */
    struct bytes user;   /* Empty: the netrc file says it too. */
    /* The name of an environment variable; both empty: the password is in the netrc file. */
    struct bytes password_env;
    struct bytes token_env;    /* A token instead. */
    struct bytes token_header; /* The field that it stands in; empty: Authorization. */
    unsigned schemes;          /* 0: Basic and Digest. Of no matter for a token. */
    bool is_unasked;
};

/* Where secrets are. */
struct secret_places {
    const char *(*environment)(const char *name); /* As getenv(). */
    const struct netrc *netrc;                    /* NULL: there is none. */
};

struct credentials;

struct credentials *credentials_new(void);

/* Wipes what was secret. */
void credentials_free(struct credentials *credentials);

/* False where it cannot be used; then *problem (caller frees) says why, without the secret. */
bool credentials_add(struct credentials *credentials, const struct configured_login *login,
                     const struct secret_places *places, char **problem);

/* NULL where there is none for the URL's origin. */
const struct credential *credentials_for(const struct credentials *credentials,
                                         const struct url *url);

/* "alice:***", "token ***". */
void credential_print(const struct credential *credential, struct buf *out);

#endif
