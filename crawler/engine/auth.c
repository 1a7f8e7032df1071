/* SPDX-License-Identifier: MIT */
#include "crawler/engine/auth.h"

#include <stdlib.h>

#include "base/memory.h"

/* A challenge, its answer, and a nonce that was too old meanwhile. */
enum { REPEATS_MOST = 3 };

#define CHALLENGE BYTES("www-authenticate")

static void reset(struct auth *auth)
{
    auth->is_proven = false;
    auth->state = AUTH_STATE_QUIET;
    auth->scheme = AUTH_NONE;
    digest_clear(&auth->digest);
}

void auths_clear(struct auths *auths)
{
    while (auths->first) {
        struct auth *auth = auths->first;
        auths->first = auth->next;
        digest_clear(&auth->digest);
        free(auth->origin);
        free(auth);
    }
}

void auths_renew(struct auths *auths)
{
    for (struct auth *auth = auths->first; auth; auth = auth->next) {
        reset(auth);
        auth->challenges++; /* What is under way answers for a login that may be another one now. */
    }
}

struct auth *auth_for(struct auths *auths, const struct url *url)
{
    struct bytes origin = url_origin(url);
    struct auth *auth = auths->first;
    while (auth && !bytes_equal(bytes_from_string(auth->origin), origin))
        auth = auth->next;
    if (auth)
        return auth;
    auth = xcalloc(1, sizeof(*auth));
    auth->origin = xbytesdup(origin);
    auth->next = auths->first;
    auths->first = auth;
    return auth;
}

bool auth_may_ask(struct auth *auth, int64_t now_ms)
{
    if (auth->state == AUTH_STATE_BAD && now_ms >= auth->until_ms)
        reset(auth);
    return auth->state != AUTH_STATE_BAD;
}

/* ---- Signing */

static void append_base64(struct buf *out, struct bytes bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.length; i += 3) {
        size_t left = bytes.length - i;
        uint32_t group = (uint32_t)(unsigned char)bytes.data[i] << 16;
        if (left > 1)
            group |= (uint32_t)(unsigned char)bytes.data[i + 1] << 8;
        if (left > 2)
            group |= (unsigned char)bytes.data[i + 2];
        buf_append_char(out, digits[group >> 18]);
        buf_append_char(out, digits[group >> 12 & 63]);
        buf_append_char(out, left > 1 ? digits[group >> 6 & 63] : '=');
        buf_append_char(out, left > 2 ? digits[group & 63] : '=');
    }
}

/* RFC 7617. */
static void write_basic(const struct credential *credential, struct buf *out)
{
    struct buf pair;
    buf_init(&pair, BUF_UNBOUNDED);
    buf_printf(&pair, "%s:%s", credential->user, credential->secret);
    buf_append_string(out, "Basic ");
    append_base64(out, buf_bytes(&pair));
    explicit_bzero(pair.data, pair.length);
    buf_clear(&pair);
}

/* The scheme that may go out before anybody asked. */
static enum auth_scheme unasked_scheme(const struct credential *credential)
{
    if (!credential->is_unasked)
        return AUTH_NONE;
    return credential->user ? (enum auth_scheme)(credential->schemes & AUTH_BASIC) : AUTH_BEARER;
}

struct auth_signature auth_sign(struct auth *auth, const struct credential *credential,
                                const char *method, const struct url *url, struct buf *out)
{
    struct auth_signature signature = {
        .scheme = auth->scheme != AUTH_NONE ? auth->scheme : unasked_scheme(credential),
        .challenge = auth->challenges,
    };
    struct digest_request request = { credential->user, credential->secret, method,
                                      url_path_query(url) };
    auth->is_trying |= signature.scheme != AUTH_NONE && auth->state != AUTH_STATE_GOOD;
    switch (signature.scheme) {
    case AUTH_BASIC:
        write_basic(credential, out);
        break;
    case AUTH_BEARER:
        buf_printf(out, "%s%s", credential->header ? "" : "Bearer ", credential->secret);
        break;
    case AUTH_DIGEST:
        digest_write(&auth->digest, &request, out);
        break;
    case AUTH_NTLM:
    case AUTH_NEGOTIATE:
    case AUTH_NONE:
        break;
    }
    return signature;
}

void auth_end(struct auth *auth, struct auth_signature signature)
{
    if (signature.scheme != AUTH_NONE)
        auth->is_trying = false;
}

/* ---- Answers */

static enum auth_step refuse(struct auth *auth, const struct credential *credential,
                             enum auth_scheme scheme, int64_t until_ms)
{
    struct buf who;
    buf_init(&who, BUF_UNBOUNDED);
    credential_print(credential, &who);
    snprintf(auth->why, sizeof(auth->why), "%s does not take %s (%s)", auth->origin, who.data,
             auth_scheme_name(scheme));
    buf_clear(&who);
    reset(auth);
    auth->state = AUTH_STATE_BAD;
    auth->until_ms = until_ms;
    return AUTH_STEP_REFUSED;
}

/* False where there is no challenge that our login could answer. */
static bool take_challenge(struct auth *auth, const struct credential *credential,
                           struct bytes headers, uint64_t random)
{
    enum auth_scheme scheme = challenges_choose(headers, CHALLENGE, credential->schemes);
    if (scheme == AUTH_NONE ||
        (scheme == AUTH_DIGEST && !digest_read(&auth->digest, headers, CHALLENGE, random)))
        return false;
    if (auth->state != AUTH_STATE_GOOD)
        auth->state = AUTH_STATE_SIGNING;
    auth->scheme = scheme;
    auth->challenges++;
    return true;
}

/* One of several requests that were under way together: another challenge was taken meanwhile. */
static bool is_overtaken(const struct auth *auth, struct auth_signature signature)
{
    return auth->scheme != AUTH_NONE &&
           (signature.scheme == AUTH_NONE || signature.challenge != auth->challenges);
}

static enum auth_step take_refusal(struct auth *auth, const struct credential *credential,
                                   struct auth_signature signature, struct bytes headers,
                                   unsigned repeats, int64_t until_ms, uint64_t random)
{
    if (auth->state == AUTH_STATE_BAD)
        return AUTH_STEP_REFUSED;
    if (repeats >= REPEATS_MOST)
        return AUTH_STEP_NONE;
    if (is_overtaken(auth, signature))
        return AUTH_STEP_REPEAT;
    bool was_good = auth->state == AUTH_STATE_GOOD && auth->is_proven;
    bool is_new = take_challenge(auth, credential, headers, random);
    if (signature.scheme == AUTH_NONE)
        return is_new ? AUTH_STEP_REPEAT : AUTH_STEP_NONE;
    /* What was right once is not wrong by now: the nonce is too old, or this page is not ours. */
    if (is_new && auth->scheme == AUTH_DIGEST &&
        (auth->digest.is_stale || (was_good && repeats == 0)))
        return AUTH_STEP_REPEAT;
    /* Sent unasked, and another scheme is wanted. */
    if (is_new && auth->scheme != signature.scheme)
        return AUTH_STEP_REPEAT;
    return was_good ? AUTH_STEP_NONE : refuse(auth, credential, signature.scheme, until_ms);
}

enum auth_step auth_take(struct auth *auth, const struct credential *credential,
                         struct auth_signature signature, uint16_t status, struct bytes headers,
                         unsigned repeats, int64_t now_ms, int64_t rest_ms, uint64_t random)
{
    if (status == 401)
        return take_refusal(auth, credential, signature, headers, repeats, now_ms + rest_ms,
                            random);
    if (status == 0 || signature.scheme == AUTH_NONE)
        return AUTH_STEP_NONE;
    /* An error says nothing of who asked. */
    if (status < 500 && status != 429 && auth->state != AUTH_STATE_BAD &&
        signature.challenge == auth->challenges) {
        /* Who was not asked for a login may have been let in without one. */
        auth->is_proven = auth->is_proven || auth->state == AUTH_STATE_SIGNING;
        auth->state = AUTH_STATE_GOOD;
        auth->scheme = signature.scheme;
    }
    if (signature.scheme == AUTH_DIGEST && auth->scheme == AUTH_DIGEST &&
        signature.challenge == auth->challenges)
        digest_take_info(&auth->digest, headers);
    return AUTH_STEP_NONE;
}
