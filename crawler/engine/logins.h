/* SPDX-License-Identifier: MIT
 *
 * logins - who we are to the hosts that know us, as their sections say: user names, passwords and
 * tokens by origin, and forms.
 *
 * Secrets are looked up once, in the environment and in the netrc file, when the configuration is
 * read. Never changed afterwards: any thread may ask.
 */
#ifndef CRAWLER_ENGINE_LOGINS_H
#define CRAWLER_ENGINE_LOGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "crawler/fetch/credentials.h"

struct form_value {
    char *name;
    char *value;
};

/* A login form of one host. */
struct form {
    char *host;
    char *action; /* A canonical URL on that host. */
    char *page;   /* Another of the same origin; NULL: the form is not looked at first. */
    struct form_value *fields; /* Secrets among them. */
    size_t field_count;
    uint32_t identity; /* Of its action and its plain fields. */
    /* Signs; empty: none. Borrowed from the configuration. */
    const char *cookie;
    const char *success;
    const char *expired;
};

struct logins;

/* directory: what netrc_file is relative to; NULL: the working directory. config is borrowed. On
 * failure NULL, and *error (caller frees) names host, option and what is wrong, but no secret. */
struct logins *logins_new(const struct config *config, const char *directory,
                          const char *(*environment)(const char *name), char **error);
/* Wipes what was secret. */
void logins_free(struct logins *logins);

/* NULL: we have none (or logins is NULL). */
const struct credential *logins_credential(const struct logins *logins, const struct url *url);
const struct form *logins_form(const struct logins *logins, struct bytes host);

/* Who we are at the URL, as a response to us is kept with (crawler/fetch/cached.h): fingerprints of
 * the login of its origin, where the request carries it, and of the form of its host; 0: nobody.
 * Another user name, token, form_action or form_field is somebody else; another password is not. */
uint64_t logins_identity(const struct logins *logins, const struct url *url, bool has_credential);

#endif
