/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/challenges.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NAME        BYTES("www-authenticate")

static void append(struct buf *out, struct bytes text)
{
    buf_append_bytes(out, text);
}

/* "Scheme[token68]{parameters}" for each, joined by '|'. */
static void describe(struct buf *out, const char *headers)
{
    struct challenges walk = { 0 };
    struct challenge challenge;
    while (challenges_next(&walk, bytes_from_string(headers), NAME, &challenge)) {
        buf_append_string(out, out->length > 0 ? "|" : "");
        append(out, challenge.scheme);
        if (challenge.token68.length > 0) {
            buf_append_char(out, '[');
            append(out, challenge.token68);
            buf_append_char(out, ']');
        }
        if (challenge.parameters.length > 0) {
            buf_append_char(out, '{');
            append(out, challenge.parameters);
            buf_append_char(out, '}');
        }
    }
    buf_append_string(out, "");
}

#define W "WWW-Authenticate: "

START_TEST(challenges_are_told_from_their_parameters)
{
    static const struct {
        const char *headers;
        const char *wanted;
    } rows[] = {
        { "", "" },
        { W "\r\n", "" },
        { W "Basic\r\n", "Basic" },
        { W "Basic realm=\"a\"\r\n", "Basic{realm=\"a\"}" },
        { W "Basic  realm = \"a\"\r\n", "Basic{realm = \"a\"}" },
        { W "Basic realm=\"a, Digest b=c\", charset=\"UTF-8\"\r\n",
          "Basic{realm=\"a, Digest b=c\", charset=\"UTF-8\"}" },
        { W "Basic realm=\"a\\\"b, c\", d=e\r\n", "Basic{realm=\"a\\\"b, c\", d=e}" },
        { W "Basic realm=\"a\", Digest realm=\"b\", nonce=\"c\"\r\n",
          "Basic{realm=\"a\"}|Digest{realm=\"b\", nonce=\"c\"}" },
        { W "Digest realm=\"b\", nonce=\"c\" , Basic realm=\"a\"\r\n",
          "Digest{realm=\"b\", nonce=\"c\"}|Basic{realm=\"a\"}" },
        { W "Negotiate, NTLM, Basic realm=a\r\n", "Negotiate|NTLM|Basic{realm=a}" },
        { W "Negotiate YII=, NTLM TlRM+/==\r\n", "Negotiate[YII=]|NTLM[TlRM+/==]" },
        { W "Negotiate YII\r\n", "Negotiate[YII]" },
        { W "Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", Basic "
            "realm=\"simple\"\r\n",
          "Newauth{realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\"}|Basic{realm="
          "\"simple\"}" },
        { W "Basic realm=\"a\"\r\nServer: x\r\nwww-authenticate: Bearer scope=\"s\"\r\n",
          "Basic{realm=\"a\"}|Bearer{scope=\"s\"}" },
        { W "Basic\r\n" W "realm=\"a\"\r\n", "Basic" },
        { W ", ,Basic ,, realm=a,\r\n", "Basic{realm=a}" },
        { W "realm=\"a\", Basic realm=\"b\"\r\n", "Basic{realm=\"b\"}" },
        { W "Basic, realm=\"a\"\r\n", "Basic{realm=\"a\"}" },
        { W "Basic a=b=\r\n", "Basic{a=b=}" },
        { W "Basic =a\r\n", "" },
        { W "\"Basic\" realm=a, Digest\r\n", "Digest" },
        { W "Basic realm=\"open, Digest x=y\r\n" W "Bearer\r\n",
          "Basic{realm=\"open, Digest x=y}|Bearer" },
        { W "Basic\trealm=a\r\n", "Basic{realm=a}" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf got;
        buf_init(&got, BUF_UNBOUNDED);
        describe(&got, rows[i].headers);
        ck_assert_msg(bytes_equal(buf_bytes(&got), bytes_from_string(rows[i].wanted)),
                      "row %zu: %s", i, got.data ? got.data : "");
        buf_clear(&got);
    }
}
END_TEST

START_TEST(parameters_are_unquoted)
{
    static const struct {
        const char *name;
        const char *value; /* NULL: none. */
    } rows[] = {
        { "realm", "a \"b\" \\c" },
        { "REALM", "a \"b\" \\c" },
        { "type", "1" },
        { "empty", "" },
        { "last", "z" },
        { "none", NULL },
        { "twice", "first" },
        { "x", NULL },
    };
    struct bytes headers = BYTES(W "New realm=\"a \\\"b\\\" \\\\c\", Type = 1,empty=\"\", "
                                   "twice=first, twice=second, y=\"x=1\", last=z\r\n");
    struct challenges walk = { 0 };
    struct challenge challenge;
    ck_assert(challenges_next(&walk, headers, NAME, &challenge));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf value;
        buf_init(&value, BUF_UNBOUNDED);
        bool is_there = challenge_parameter(&challenge, bytes_from_string(rows[i].name), &value);
        ck_assert_msg(is_there == (rows[i].value != NULL), "%s", rows[i].name);
        if (is_there)
            ck_assert_msg(bytes_equal(buf_bytes(&value), bytes_from_string(rows[i].value)), "%s",
                          rows[i].name);
        buf_clear(&value);
    }
}
END_TEST

#define ALL   (AUTH_BASIC | AUTH_DIGEST | AUTH_NTLM | AUTH_NEGOTIATE)
#define USUAL (AUTH_BASIC | AUTH_DIGEST)

START_TEST(the_safest_scheme_that_is_allowed_is_chosen)
{
    static const struct {
        const char *headers;
        unsigned allowed;
        enum auth_scheme scheme;
    } rows[] = {
        { "", ALL, AUTH_NONE },
        { W "Basic realm=a\r\n", USUAL, AUTH_BASIC },
        { W "BASIC realm=a\r\n", USUAL, AUTH_BASIC },
        { W "Basic realm=a\r\n", AUTH_DIGEST, AUTH_NONE },
        { W "Basic realm=a\r\n", AUTH_BEARER, AUTH_NONE },
        { W "Bearer\r\n", USUAL, AUTH_NONE },
        { W "Bearer\r\n" W "Basic realm=a\r\n", AUTH_BEARER, AUTH_BEARER },
        { W "Basic realm=a, Digest realm=a, nonce=b, qop=\"auth\"\r\n", USUAL, AUTH_DIGEST },
        { W "Digest realm=a, nonce=b, qop=\"auth\", Basic realm=a\r\n", USUAL, AUTH_DIGEST },
        { W "Basic realm=a, Digest realm=a, nonce=b\r\n", AUTH_BASIC, AUTH_BASIC },
        { W "Digest realm=a, nonce=b\r\n", USUAL, AUTH_DIGEST },
        { W "Digest realm=a, nonce=b, algorithm=sha-256, qop=auth\r\n", USUAL, AUTH_DIGEST },
        { W "Digest realm=a, nonce=b, algorithm=\"MD5-sess\", qop=\"auth-int, auth\"\r\n", USUAL,
          AUTH_DIGEST },
        { W "Digest realm=a, nonce=b, algorithm=SHA-512-256, qop=auth\r\n", USUAL, AUTH_DIGEST },
        { W "Digest realm=a, nonce=b, algorithm=SHA-512, qop=auth\r\n", USUAL, AUTH_NONE },
        { W "Digest realm=a, nonce=b, qop=\"auth-int\", Basic realm=a\r\n", USUAL, AUTH_BASIC },
        { W "Digest realm=a\r\n", USUAL, AUTH_NONE },
        { W "Digest realm=a, nonce=b, algorithm=ROT13\r\n" W
            "Digest realm=a, nonce=b, algorithm=MD5\r\n",
          USUAL, AUTH_DIGEST },
        { W "Negotiate, NTLM, Basic realm=a\r\n", USUAL, AUTH_BASIC },
        { W "NTLM, Negotiate, Basic realm=a\r\n", ALL, AUTH_NEGOTIATE },
        { W "NTLM, Basic realm=a\r\n", ALL, AUTH_NTLM },
        { W "Hoba x=y\r\n", ALL, AUTH_NONE },
        { "Proxy-Authenticate: Basic realm=a\r\n", ALL, AUTH_NONE },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum auth_scheme scheme =
            challenges_choose(bytes_from_string(rows[i].headers), NAME, rows[i].allowed);
        ck_assert_msg(scheme == rows[i].scheme, "row %zu: %s gives %s", i, rows[i].headers,
                      auth_scheme_name(scheme));
    }
    ck_assert_int_eq(challenges_choose(BYTES("Proxy-Authenticate: Basic realm=a\r\n"),
                                       BYTES("proxy-authenticate"), ALL),
                     AUTH_BASIC);
}
END_TEST

SUITE_MAIN("challenges", challenges_are_told_from_their_parameters, parameters_are_unquoted,
           the_safest_scheme_that_is_allowed_is_chosen)
