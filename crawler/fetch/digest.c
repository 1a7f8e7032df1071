/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/digest.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/fetch/headers.h"

/* The names of all algorithms, the strongest last. */
static const struct {
    const char *name;
    enum login_hash hash;
    bool is_session;
} algorithms[] = {
    { "MD5", LOGIN_HASH_MD5, false },
    { "MD5-sess", LOGIN_HASH_MD5, true },
    { "SHA-256", LOGIN_HASH_SHA256, false },
    { "SHA-256-sess", LOGIN_HASH_SHA256, true },
    { "SHA-512-256", LOGIN_HASH_SHA512_256, false },
    { "SHA-512-256-sess", LOGIN_HASH_SHA512_256, true },
};

void digest_clear(struct digest *digest)
{
    free(digest->realm);
    free(digest->nonce);
    free(digest->opaque);
    free(digest->first_nonce);
    *digest = (struct digest){ 0 };
}

/* Fields hold no line end (headers.h), but quoted strings may hold other controls. */
static bool is_sendable(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
            return false;
    return true;
}

/* The parameter's value as a string; NULL where there is none. */
static char *parameter(const struct challenge *challenge, const char *name)
{
    struct buf value;
    char *text = NULL;
    buf_init(&value, BUF_UNBOUNDED);
    if (challenge_parameter(challenge, bytes_from_string(name), &value) &&
        is_sendable(buf_bytes(&value)))
        text = xbytesdup(buf_bytes(&value));
    buf_clear(&value);
    return text;
}

static bool says_true(const struct challenge *challenge, const char *name)
{
    char *value = parameter(challenge, name);
    bool is_true = value && bytes_equal_nocase(bytes_from_string(value), BYTES("true"));
    free(value);
    return is_true;
}

/* Its place among algorithms; one that is not said is MD5. */
static size_t find_algorithm(const struct challenge *challenge)
{
    char *name = parameter(challenge, "algorithm");
    size_t i = 0;
    while (name && i < sizeof(algorithms) / sizeof(*algorithms) &&
           !bytes_equal_nocase(bytes_from_string(name), bytes_from_string(algorithms[i].name)))
        i++;
    free(name);
    return i;
}

static bool has_parameter(const struct challenge *challenge, const char *name)
{
    char *value = parameter(challenge, name);
    free(value);
    return value != NULL;
}

static void take(struct digest *digest, const struct challenge *challenge, size_t algorithm,
                 uint64_t random)
{
    digest_clear(digest);
    char *realm = parameter(challenge, "realm");
    digest->realm = realm ? realm : xstrdup("");
    digest->nonce = parameter(challenge, "nonce");
    digest->first_nonce = xstrdup(digest->nonce);
    digest->opaque = parameter(challenge, "opaque");
    digest->hash = algorithms[algorithm].hash;
    digest->is_session = algorithms[algorithm].is_session;
    digest->has_qop = has_parameter(challenge, "qop");
    digest->hides_user = says_true(challenge, "userhash");
    digest->is_stale = says_true(challenge, "stale");
    snprintf(digest->cnonce, sizeof(digest->cnonce), "%016" PRIx64, random);
}

bool digest_read(struct digest *digest, struct bytes headers, struct bytes name, uint64_t random)
{
    struct challenges walk = { 0 };
    struct challenge challenge;
    struct challenge best = { 0 };
    size_t best_algorithm = 0;
    while (challenges_next(&walk, headers, name, &challenge)) {
        if (challenge_scheme(&challenge) != AUTH_DIGEST || !has_parameter(&challenge, "nonce"))
            continue;
        size_t algorithm = find_algorithm(&challenge);
        if (!best.scheme.data || algorithm > best_algorithm) {
            best = challenge;
            best_algorithm = algorithm;
        }
    }
    if (!best.scheme.data || best_algorithm == sizeof(algorithms) / sizeof(*algorithms))
        return false;
    take(digest, &best, best_algorithm, random);
    return true;
}

/* ---- The answer (RFC 7616, 3.4) */

/* H of the parts with colons between. */
static void hash_parts(const struct digest *digest, const struct bytes *parts, size_t count,
                       char text[LOGIN_HASH_TEXT_BYTES])
{
    struct buf whole;
    buf_init(&whole, BUF_UNBOUNDED);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_char(&whole, ':');
        buf_append_bytes(&whole, parts[i]);
    }
    login_hash_text(digest->hash, buf_bytes(&whole), text);
    explicit_bzero(whole.data, whole.length); /* The password may be in it. */
    buf_clear(&whole);
}

#define STRING(text) bytes_from_string(text)

/* The hash of A1. */
static void hash_secret(const struct digest *digest, const struct digest_request *request,
                        char text[LOGIN_HASH_TEXT_BYTES])
{
    char secret[LOGIN_HASH_TEXT_BYTES];
    const struct bytes login[] = { STRING(request->user), STRING(digest->realm),
                                   STRING(request->password) };
    hash_parts(digest, login, 3, text);
    if (!digest->is_session)
        return;
    memcpy(secret, text, sizeof(secret));
    const struct bytes session[] = { STRING(secret), STRING(digest->first_nonce),
                                     STRING(digest->cnonce) };
    hash_parts(digest, session, 3, text);
}

static void hash_response(const struct digest *digest, const struct digest_request *request,
                          const char *count, char text[LOGIN_HASH_TEXT_BYTES])
{
    char secret[LOGIN_HASH_TEXT_BYTES], asked[LOGIN_HASH_TEXT_BYTES];
    const struct bytes what[] = { STRING(request->method), request->target };
    hash_secret(digest, request, secret);
    hash_parts(digest, what, 2, asked);
    const struct bytes with_qop[] = {
        STRING(secret),         STRING(digest->nonce), STRING(count),
        STRING(digest->cnonce), BYTES("auth"),         STRING(asked)
    };
    const struct bytes without[] = { STRING(secret), STRING(digest->nonce), STRING(asked) };
    if (digest->has_qop)
        hash_parts(digest, with_qop, 6, text);
    else
        hash_parts(digest, without, 3, text);
    explicit_bzero(secret, sizeof(secret));
}

static void write_quoted(struct buf *out, const char *name, struct bytes value)
{
    buf_printf(out, "%s=\"", name);
    for (size_t i = 0; i < value.length; i++) {
        if (value.data[i] == '"' || value.data[i] == '\\')
            buf_append_char(out, '\\');
        buf_append_char(out, value.data[i]);
    }
    buf_append_char(out, '"');
}

static void write_user(const struct digest *digest, const char *user, struct buf *out)
{
    char hidden[LOGIN_HASH_TEXT_BYTES];
    const struct bytes parts[] = { STRING(user), STRING(digest->realm) };
    if (digest->hides_user) {
        hash_parts(digest, parts, 2, hidden);
        user = hidden;
    }
    write_quoted(out, "username", STRING(user));
}

static const char *algorithm_name(const struct digest *digest)
{
    size_t i = 0;
    while (algorithms[i].hash != digest->hash || algorithms[i].is_session != digest->is_session)
        i++;
    return algorithms[i].name;
}

void digest_write(struct digest *digest, const struct digest_request *request, struct buf *out)
{
    char count[9], response[LOGIN_HASH_TEXT_BYTES];
    snprintf(count, sizeof(count), "%08" PRIx32, ++digest->count);
    hash_response(digest, request, count, response);
    buf_append_string(out, "Digest ");
    write_user(digest, request->user, out);
    buf_append_string(out, ", ");
    write_quoted(out, "realm", STRING(digest->realm));
    buf_append_string(out, ", ");
    write_quoted(out, "nonce", STRING(digest->nonce));
    buf_append_string(out, ", ");
    write_quoted(out, "uri", request->target);
    buf_printf(out, ", response=\"%s\", algorithm=%s", response, algorithm_name(digest));
    if (digest->opaque) {
        buf_append_string(out, ", ");
        write_quoted(out, "opaque", STRING(digest->opaque));
    }
    if (digest->has_qop || digest->is_session)
        buf_printf(out, ", cnonce=\"%s\"", digest->cnonce);
    if (digest->has_qop)
        buf_printf(out, ", qop=auth, nc=%s", count);
    if (digest->hides_user)
        buf_append_string(out, ", userhash=true");
}

void digest_take_info(struct digest *digest, struct bytes headers)
{
    struct bytes info = header_get(headers, BYTES("authentication-info"));
    const struct challenge parameters = { .parameters = info };
    char *next = info.length > 0 && digest->nonce ? parameter(&parameters, "nextnonce") : NULL;
    if (!next)
        return;
    free(digest->nonce);
    digest->nonce = next;
    digest->count = 0;
}
