/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/challenges.h"

#include "crawler/fetch/field_value.h"
#include "crawler/fetch/headers.h"

static const struct {
    enum auth_scheme scheme;
    const char *name;
} schemes[] = {
    { AUTH_BASIC, "Basic" }, { AUTH_DIGEST, "Digest" },       { AUTH_BEARER, "Bearer" },
    { AUTH_NTLM, "NTLM" },   { AUTH_NEGOTIATE, "Negotiate" },
};

const char *auth_scheme_name(enum auth_scheme scheme)
{
    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
        if (schemes[i].scheme == scheme)
            return schemes[i].name;
    return "none";
}

static size_t skip_token(struct bytes text, size_t at)
{
    while (at < text.length && ascii_is_token(text.data[at]))
        at++;
    return at;
}

static size_t skip_blanks(struct bytes text, size_t at)
{
    while (at < text.length && field_is_blank(text.data[at]))
        at++;
    return at;
}

/* "name = value", the blanks being allowed: RFC 9110, 11.2. */
static bool split_parameter(struct bytes member, struct bytes *name, struct bytes *value)
{
    size_t end = skip_token(member, 0);
    size_t equals = skip_blanks(member, end);
    if (end == 0 || equals == member.length || member.data[equals] != '=')
        return false;
    *name = bytes_slice(member, 0, end);
    *value = field_trim(bytes_slice(member, equals + 1, member.length));
    return true;
}

/* Letters, digits and a few more, with '=' only at the end: RFC 9110, 11.2. */
static bool is_token68(struct bytes text)
{
    size_t end = 0;
    while (end < text.length && (ascii_is_alpha(text.data[end]) || ascii_is_digit(text.data[end]) ||
                                 strchr("-._~+/", text.data[end])))
        end++;
    size_t padding = end;
    while (padding < text.length && text.data[padding] == '=')
        padding++;
    return end > 0 && padding == text.length;
}

/* A scheme, alone or with its token68 or its first parameter behind it. */
static bool begin_challenge(struct bytes member, struct challenge *challenge)
{
    size_t end = skip_token(member, 0);
    struct bytes rest = bytes_slice(member, skip_blanks(member, end), member.length);
    struct bytes name;
    struct bytes value;
    if (end == 0 || (end < member.length && !field_is_blank(member.data[end])))
        return false;
    *challenge = (struct challenge){ .scheme = bytes_slice(member, 0, end) };
    if (is_token68(rest))
        challenge->token68 = rest;
    else if (split_parameter(rest, &name, &value))
        challenge->parameters = rest;
    return true;
}

/* "realm = x" is a parameter, though it begins as a scheme would. */
static bool is_parameter(struct bytes member)
{
    struct bytes name;
    struct bytes value;
    return split_parameter(member, &name, &value);
}

/* Parameters lie behind one another in the value: what belongs to the challenge grows to their end.
 */
static void take_parameters(struct challenges *walk, struct challenge *challenge)
{
    struct bytes member;
    for (size_t at = walk->at; field_next_member(walk->value, &at, &member); walk->at = at) {
        if (!is_parameter(member))
            return;
        const char *start = challenge->parameters.data ? challenge->parameters.data : member.data;
        challenge->parameters = bytes_of(start, (size_t)(member.data + member.length - start));
    }
}

bool challenges_next(struct challenges *walk, struct bytes headers, struct bytes name,
                     struct challenge *challenge)
{
    struct bytes member;
    for (;;) {
        while (field_next_member(walk->value, &walk->at, &member))
            if (!is_parameter(member) && begin_challenge(member, challenge)) {
                take_parameters(walk, challenge);
                return true;
            }
        if (!header_next(headers, name, &walk->from, &walk->value))
            return false;
        walk->at = 0;
    }
}

static void append_value(struct buf *out, struct bytes value)
{
    struct bytes inner = field_unquote(value);
    bool is_quoted = inner.length < value.length;
    for (size_t i = 0; i < inner.length; i++) {
        if (is_quoted && inner.data[i] == '\\' && i + 1 < inner.length)
            i++;
        buf_append_char(out, inner.data[i]);
    }
}

bool challenge_parameter(const struct challenge *challenge, struct bytes name, struct buf *out)
{
    struct bytes member;
    for (size_t at = 0; field_next_member(challenge->parameters, &at, &member);) {
        struct bytes found;
        struct bytes value;
        if (split_parameter(member, &found, &value) && bytes_equal_nocase(found, name)) {
            append_value(out, value);
            return true;
        }
    }
    return false;
}

static bool is_one_of(struct bytes text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_equal_nocase(text, bytes_from_string(words[i])))
            return true;
    return false;
}

/* RFC 7616: an algorithm that is not said is MD5, a protection that is not said is that of RFC
 * 2069. We protect requests without a body, so "auth" it is. */
static bool can_digest(const struct challenge *challenge)
{
    static const char *const algorithms[] = { "MD5",          "MD5-sess",    "SHA-256",
                                              "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess" };
    struct buf value;
    buf_init(&value, BUF_UNBOUNDED);
    bool is_known =
        !challenge_parameter(challenge, BYTES("algorithm"), &value) ||
        is_one_of(buf_bytes(&value), algorithms, sizeof(algorithms) / sizeof(*algorithms));
    buf_reset(&value);
    bool has_auth = !challenge_parameter(challenge, BYTES("qop"), &value);
    struct bytes member;
    for (size_t at = 0; field_next_member(buf_bytes(&value), &at, &member);)
        has_auth |= bytes_equal_nocase(member, BYTES("auth"));
    buf_reset(&value);
    bool has_nonce = challenge_parameter(challenge, BYTES("nonce"), &value);
    buf_clear(&value);
    return is_known && has_auth && has_nonce;
}

enum auth_scheme challenge_scheme(const struct challenge *challenge)
{
    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
        if (bytes_equal_nocase(challenge->scheme, bytes_from_string(schemes[i].name)))
            return schemes[i].scheme != AUTH_DIGEST || can_digest(challenge) ? schemes[i].scheme
                                                                             : AUTH_NONE;
    return AUTH_NONE;
}

enum auth_scheme challenges_choose(struct bytes headers, struct bytes name, unsigned allowed)
{
    enum auth_scheme best = AUTH_NONE;
    struct challenges walk = { 0 };
    struct challenge challenge;
    while (challenges_next(&walk, headers, name, &challenge)) {
        enum auth_scheme scheme = challenge_scheme(&challenge);
        if ((scheme & allowed) && scheme > best)
            best = scheme;
    }
    return best;
}
