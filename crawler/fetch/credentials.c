/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/credentials.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/fetch/field_value.h"

struct entry {
    char *origin; /* As url_origin() writes it. */
    struct credential credential;
};

struct credentials {
    struct entry *entries;
    size_t count;
};

struct credentials *credentials_new(void)
{
    return xcalloc(1, sizeof(struct credentials));
}

static void clear_entry(struct entry *entry)
{
    if (entry->credential.secret)
        explicit_bzero(entry->credential.secret, strlen(entry->credential.secret));
    free(entry->credential.secret);
    free(entry->credential.user);
    free(entry->credential.header);
    free(entry->origin);
}

void credentials_free(struct credentials *credentials)
{
    for (size_t i = 0; credentials && i < credentials->count; i++)
        clear_entry(&credentials->entries[i]);
    if (credentials)
        free(credentials->entries);
    free(credentials);
}

static struct entry *find(const struct credentials *credentials, struct bytes origin)
{
    for (size_t i = 0; origin.length > 0 && i < credentials->count; i++)
        if (bytes_equal(bytes_from_string(credentials->entries[i].origin), origin))
            return &credentials->entries[i];
    return NULL;
}

/* Does the text begin with "scheme:" and no "host:port"? */
static bool has_scheme(struct bytes text)
{
    struct bytes rest = bytes_slice(text, bytes_find(text, ':'), text.length);
    return bytes_start_with(rest, BYTES("://"));
}

/* NULL, or what is wrong with it. */
static const char *parse_origin(struct url *url, char storage[URL_BYTES_MAX], struct bytes text)
{
    struct buf whole;
    buf_init(&whole, URL_BYTES_MAX);
    if (!has_scheme(text))
        buf_append_string(&whole, "https://");
    buf_append_bytes(&whole, text);
    enum url_error error = whole.is_full
                               ? URL_ERROR_TOO_LONG
                               : url_parse(url, storage, URL_BYTES_MAX, buf_bytes(&whole), NULL);
    buf_clear(&whole);
    if (error)
        return url_error_text(error);
    if (url->scheme == URL_SCHEME_OTHER)
        return "a scheme that is not crawled";
    if (url->has_credentials)
        return "a login stands in it";
    return url_path_query(url).length == 1 ? NULL : "more than scheme, host and port";
}

/* What a line of a request can carry. */
static bool is_sendable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    return true;
}

static char *from_environment(struct bytes name, const struct secret_places *places, char **problem)
{
    char *variable = xbytesdup(name);
    const char *value = places->environment(variable);
    char *secret = value && *value ? xstrdup(value) : NULL;
    if (!secret)
        *problem = xasprintf("the environment variable %s is not set", variable);
    free(variable);
    return secret;
}

/* Leaves user and secret, or a problem. */
static void look_up(struct credential *credential, const struct configured_login *login,
                    struct bytes host, const struct secret_places *places, char **problem)
{
    bool is_token = login->token_env.length > 0;
    struct bytes variable = is_token ? login->token_env : login->password_env;
    if (variable.length > 0) {
        credential->user = is_token ? NULL : xbytesdup(login->user);
        credential->secret = from_environment(variable, places, problem);
        return;
    }
    const struct netrc_entry *entry =
        places->netrc ? netrc_find(places->netrc, host, login->user) : NULL;
    if (!entry) {
        *problem =
            places->netrc
                ? xasprintf("the netrc file has no password for %.*s%s%.*s", (int)host.length,
                            host.data, login->user.length > 0 ? " and " : "",
                            (int)login->user.length, login->user.length > 0 ? login->user.data : "")
                : xstrdup("its password is neither in an environment variable "
                          "nor in a netrc file");
        return;
    }
    credential->user = xstrdup(entry->login ? entry->login : "");
    credential->secret = xstrdup(entry->password);
}

/* NULL, or what is wrong with it. A colon ends the user name in Basic: RFC 7617, 2. */
static const char *judge(const struct credential *credential)
{
    if (credential->user && credential->user[0] == '\0')
        return "a login needs a user name";
    if (credential->user && (strchr(credential->user, ':') || !is_sendable(credential->user)))
        return "the user name has a character that cannot be sent";
    if (credential->header && !field_is_token(bytes_from_string(credential->header)))
        return "the name of the token's header field is none";
    return is_sendable(credential->secret) ? NULL
                                           : "the secret has a character that cannot be sent";
}

static bool refuse(char **problem, struct bytes origin, const char *why)
{
    *problem = xasprintf("\"%.*s\": %s", (int)origin.length, origin.length ? origin.data : "", why);
    return false;
}

bool credentials_add(struct credentials *credentials, const struct configured_login *login,
                     const struct secret_places *places, char **problem)
{
    struct url url;
    char storage[URL_BYTES_MAX];
    const char *wrong = parse_origin(&url, storage, login->origin);
    *problem = NULL;
    if (!wrong && find(credentials, url_origin(&url)))
        wrong = "has a login already";
    if (wrong)
        return refuse(problem, login->origin, wrong);
    struct entry entry = { .origin = xbytesdup(url_origin(&url)) };
    if (login->token_header.length > 0)
        entry.credential.header = xbytesdup(login->token_header);
    look_up(&entry.credential, login, url_host(&url), places, problem);
    if (entry.credential.secret && (wrong = judge(&entry.credential)))
        refuse(problem, login->origin, wrong);
    if (*problem) {
        clear_entry(&entry);
        return false;
    }
    entry.credential.schemes = login->schemes ? login->schemes : AUTH_BASIC | AUTH_DIGEST;
    if (!entry.credential.user)
        entry.credential.schemes = AUTH_BEARER;
    /* Nobody asks for a field of his own. */
    entry.credential.is_unasked = login->is_unasked || entry.credential.header;
    credentials->entries =
        xreallocarray(credentials->entries, credentials->count + 1, sizeof(*credentials->entries));
    credentials->entries[credentials->count++] = entry;
    return true;
}

const struct credential *credentials_for(const struct credentials *credentials,
                                         const struct url *url)
{
    const struct entry *entry = find(credentials, url_origin(url));
    return entry ? &entry->credential : NULL;
}

void credential_print(const struct credential *credential, struct buf *out)
{
    if (credential->user)
        buf_printf(out, "%s:***", credential->user);
    else
        buf_append_string(out, "token ***");
}
