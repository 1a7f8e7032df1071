/* SPDX-License-Identifier: MIT
 *
 * Answers to Digest challenges: the examples of the standards, and what servers send.
 */
#include "suite.h"

#include "crawler/fetch/digest.h"

#define NAME BYTES("www-authenticate")

static struct digest digest_of(const char *fields)
{
    struct digest digest = { 0 };
    struct buf headers;
    buf_init(&headers, BUF_UNBOUNDED);
    buf_printf(&headers, "HTTP/1.1 401 Unauthorized\r\n%s", fields);
    ck_assert_msg(digest_read(&digest, buf_bytes(&headers), NAME, 0x1234), "%s", fields);
    buf_clear(&headers);
    return digest;
}

static char *answer(struct digest *digest, const char *user, const char *password,
                    const char *target)
{
    struct buf out;
    struct digest_request request = { user, password, "GET", bytes_from_string(target) };
    buf_init(&out, BUF_UNBOUNDED);
    digest_write(digest, &request, &out);
    return buf_detach(&out, NULL);
}

/* RFC 7616, 3.9.1: one challenge by two algorithms. */
#define EXAMPLE(algorithm)                                                                         \
    "WWW-Authenticate: Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "           \
    "algorithm=" algorithm ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "            \
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"\r\n"

START_TEST(the_examples_of_the_standard_are_answered)
{
    static const struct {
        const char *fields;
        const char *algorithm;
        const char *response;
    } rows[] = {
        { EXAMPLE("MD5"), "MD5", "8ca523f5e9506fed4657c9700eebdbec" },
        { EXAMPLE("SHA-256"), "SHA-256",
          "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
        /* The stronger one is taken, wherever it stands. */
        { EXAMPLE("SHA-256") EXAMPLE("MD5"), "SHA-256",
          "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
        { EXAMPLE("MD5") EXAMPLE("sha-256"), "SHA-256",
          "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1" },
        { EXAMPLE("SHA-1024") EXAMPLE("MD5"), "MD5", "8ca523f5e9506fed4657c9700eebdbec" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct digest digest = digest_of(rows[i].fields);
        char wanted[200];
        snprintf(digest.cnonce, sizeof(digest.cnonce), "%s",
                 "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
        char *text = answer(&digest, "Mufasa", "Circle of Life", "/dir/index.html");
        snprintf(wanted, sizeof(wanted),
                 "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", "
                 "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", uri=\"/dir/index.html\", "
                 "response=\"%s\", algorithm=%s, opaque=\"",
                 rows[i].response, rows[i].algorithm);
        ck_assert_msg(strstr(text, wanted) == text, "row %zu: %s", i, text);
        ck_assert_msg(strstr(text, ", qop=auth, nc=00000001"), "row %zu: %s", i, text);
        free(text);
        digest_clear(&digest);
    }
}
END_TEST

/* Computed apart, of the same strings. */
START_TEST(every_algorithm_is_answered_with_and_without_a_session)
{
    static const struct {
        const char *algorithm;
        bool has_qop;
        const char *response;
    } rows[] = {
        { "MD5", true, "4b20c0b3201eb8593e3a78b94fe408c8" },
        { "MD5", false, "6c69e79479d36cf7013bd3cb63f79110" },
        { "SHA-256", true, "738e73eb287062771749a7284036594ae5569112d3149fcaac17d7ab72c07d57" },
        { "SHA-256", false, "6f8b22ed0304d80168edf58e603ec151f79417c99b0b8ec3fd88d4ebdb6c10f6" },
        { "SHA-512-256", true, "3fa3d93b9ea568cee8d553ff3ddcffee13d4092e1ec71077a98b47832e2bc831" },
        { "SHA-512-256", false,
          "beefd73591b1c5398becd0d96ab5e6387f0f27d9df5b7672bef4a6282e1562d4" },
        { "MD5-sess", true, "b4812f6b887643b59cc2f27180544283" },
        { "SHA-256-sess", true,
          "8f07388f9ddafef53ee7850c927dbc52128e3a6eaa3e3a799ee8e428dedcd96c" },
        { "SHA-512-256-sess", true,
          "4c7e7586a31a9411906bb1629b17e0b2a3e3700d41e97a652376b8dceaeea352" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char fields[200], wanted[100];
        snprintf(fields, sizeof(fields),
                 "WWW-Authenticate: Digest realm=r, nonce=abc, algorithm=%s%s\r\n",
                 rows[i].algorithm, rows[i].has_qop ? ", qop=auth" : "");
        struct digest digest = digest_of(fields);
        char *text = answer(&digest, "ali\"ce", "secret", "/x?y=1");
        snprintf(wanted, sizeof(wanted), "response=\"%s\"", rows[i].response);
        ck_assert_msg(strstr(text, wanted), "row %zu: %s", i, text);
        ck_assert_msg(strstr(text, "username=\"ali\\\"ce\""), "row %zu: %s", i, text);
        ck_assert_msg(!strstr(text, "nc=") == !rows[i].has_qop, "row %zu: %s", i, text);
        ck_assert_msg(!strstr(text, "secret"), "row %zu: %s", i, text);
        free(text);
        digest_clear(&digest);
    }
}
END_TEST

START_TEST(a_user_is_hidden_where_the_server_wants_it)
{
    struct digest digest = digest_of("WWW-Authenticate: Digest realm=r, nonce=abc, "
                                     "algorithm=SHA-512-256, qop=auth, userhash=true\r\n");
    char *text = answer(&digest, "ali\"ce", "secret", "/");
    ck_assert_ptr_nonnull(
        strstr(text, "\"5c9b07c63a725aee677202f8879ad20c7cf69e704bca98bd939980dde6ba3498\""));
    ck_assert_ptr_nonnull(strstr(text, "userhash=true"));
    ck_assert_ptr_null(strstr(text, "ali"));
    free(text);
    digest_clear(&digest);
}
END_TEST

START_TEST(answers_are_counted_until_there_is_another_nonce)
{
    struct digest digest = digest_of("WWW-Authenticate: Digest realm=r, nonce=abc, qop=auth\r\n");
    char *text = NULL;
    for (int i = 0; i < 11; i++) {
        free(text);
        text = answer(&digest, "alice", "secret", "/");
    }
    ck_assert_ptr_nonnull(strstr(text, "nc=0000000b"));
    free(text);
    digest_take_info(&digest, BYTES("HTTP/1.1 200 OK\r\nAuthentication-Info: qop=auth\r\n"));
    ck_assert_uint_eq(digest.count, 11);
    digest_take_info(&digest, BYTES("HTTP/1.1 200 OK\r\nAuthentication-Info: nextnonce=\"d\"\r\n"));
    text = answer(&digest, "alice", "secret", "/");
    ck_assert_ptr_nonnull(strstr(text, "nonce=\"d\""));
    ck_assert_ptr_nonnull(strstr(text, "nc=00000001"));
    free(text);
    digest_clear(&digest);
}
END_TEST

START_TEST(what_cannot_be_answered_leaves_what_was_there)
{
    static const char *const bad[] = {
        "",
        "WWW-Authenticate: Basic realm=r\r\n",
        "WWW-Authenticate: Digest realm=r\r\n",
        "WWW-Authenticate: Digest realm=r, nonce=x, algorithm=SHA-1024\r\n",
        "WWW-Authenticate: Digest realm=r, nonce=x, qop=auth-int\r\n",
        "WWW-Authenticate: Digest realm=r, nonce=\"a\x01"
        "b\"\r\n",
    };
    struct digest digest = digest_of("WWW-Authenticate: Digest realm=r, nonce=abc, stale=TRUE\r\n");
    ck_assert(digest.is_stale);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_msg(!digest_read(&digest, bytes_from_string(bad[i]), NAME, 1), "row %zu", i);
    ck_assert_str_eq(digest.nonce, "abc");
    digest_clear(&digest);
}
END_TEST

SUITE_MAIN("digest", the_examples_of_the_standard_are_answered,
           every_algorithm_is_answered_with_and_without_a_session,
           a_user_is_hidden_where_the_server_wants_it,
           answers_are_counted_until_there_is_another_nonce,
           what_cannot_be_answered_leaves_what_was_there)
