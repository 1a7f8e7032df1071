/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/credentials.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const char *environment(const char *name)
{
    if (strcmp(name, "PASSWORD") == 0)
        return "open sesame";
    if (strcmp(name, "TOKEN") == 0)
        return "abc.def";
    if (strcmp(name, "BROKEN") == 0)
        return "line\r\nX: y";
    return strcmp(name, "EMPTY") == 0 ? "" : NULL;
}

static const struct credential *find(const struct credentials *credentials, const char *text)
{
    char storage[URL_BYTES_MAX];
    struct url url;
    if (url_parse(&url, storage, sizeof(storage), bytes_from_string(text), NULL))
        return NULL;
    return credentials_for(credentials, &url);
}

static void add(struct credentials *credentials, const char *origin)
{
    struct configured_login login = { .origin = bytes_from_string(origin),
                                      .user = BYTES("alice"),
                                      .password_env = BYTES("PASSWORD") };
    struct secret_places places = { .environment = environment };
    char *problem;
    ck_assert_msg(credentials_add(credentials, &login, &places, &problem), "%s: %s", origin,
                  problem);
}

/* 40 ways to make a password go elsewhere. */
START_TEST(a_login_is_for_its_origin_and_for_no_other)
{
    static const struct {
        const char *origin;
        const char *url;
        bool is_given;
    } rows[] = {
        { "https://docs.example.org", "https://docs.example.org/a?b#c", true },
        { "docs.example.org", "https://docs.example.org/", true },
        { "https://docs.example.org/", "https://docs.example.org:443/", true },
        { "https://docs.example.org:443", "https://DOCS.example.ORG/", true },
        { "https://docs.example.org:8443", "https://docs.example.org:8443/", true },
        { "docs.example.org:8443", "https://docs.example.org:8443/", true },
        { "http://docs.example.org", "http://docs.example.org:80/", true },
        { "ftp://docs.example.org", "ftp://docs.example.org/", true },
        { "https://127.0.0.1", "https://0x7f000001/", true },
        { "https://[2001:db8::1]", "https://[2001:DB8:0:0::1]/", true },
        { "https://b\xc3\xbc"
          "cher.de",
          "https://xn--bcher-kva.de/", true },
        { "https://docs.example.org", "https://%64ocs.example.org/", true },
        /* Another scheme or port. */
        { "https://docs.example.org", "http://docs.example.org/", false },
        { "https://docs.example.org", "http://docs.example.org:443/", false },
        { "http://docs.example.org", "https://docs.example.org/", false },
        { "http://docs.example.org", "https://docs.example.org:80/", false },
        { "https://docs.example.org", "ftp://docs.example.org/", false },
        { "https://docs.example.org", "https://docs.example.org:8443/", false },
        { "https://docs.example.org", "https://docs.example.org:80/", false },
        { "https://docs.example.org:8443", "https://docs.example.org/", false },
        { "https://docs.example.org:8443", "https://docs.example.org:18443/", false },
        { "https://docs.example.org:8443", "https://docs.example.org:844/", false },
        /* Another host. */
        { "https://docs.example.org", "https://example.org/", false },
        { "https://docs.example.org", "https://www.docs.example.org/", false },
        { "https://docs.example.org", "https://xdocs.example.org/", false },
        { "https://docs.example.org", "https://docs.example.org.evil.net/", false },
        { "https://docs.example.org", "https://docs.example.org./", false },
        { "https://docs.example.org", "https://docs.example.or/", false },
        { "https://docs.example.org", "https://docs.example.orgs/", false },
        { "https://docs.example.org", "https://docs-example.org/", false },
        { "https://docs.example.org", "https://docs.example.org%2eevil.net/", false },
        { "https://docs.example.org", "https://evil.net/docs.example.org", false },
        { "https://docs.example.org", "https://evil.net/?https://docs.example.org/", false },
        { "https://docs.example.org", "https://evil.net\\@docs.example.org/", false },
        { "https://docs.example.org", "https://docs.example.org@evil.net/", false },
        { "https://docs.example.org", "https://docs.example.org:443@evil.net/", false },
        { "https://docs.example.org", "https://bob@docs.example.org/", false },
        { "https://docs.example.org", "https://docs.\xd0\xb5xample.org/", false },
        { "https://docs.example.org", "https://docs.example\xe3\x80\x82org.evil.net/", false },
        { "https://127.0.0.1", "https://127.0.0.2/", false },
        { "https://127.0.0.1", "https://localhost/", false },
        { "https://127.0.0.1", "https://[::ffff:127.0.0.1]/", false },
        { "https://[2001:db8::1]", "https://[2001:db8::2]/", false },
        { "https://localhost", "https://127.0.0.1/", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct credentials *credentials = credentials_new();
        add(credentials, rows[i].origin);
        const struct credential *found = find(credentials, rows[i].url);
        ck_assert_msg((found != NULL) == rows[i].is_given, "row %zu: %s for %s", i, rows[i].origin,
                      rows[i].url);
        credentials_free(credentials);
    }
}
END_TEST

START_TEST(of_several_logins_each_goes_to_its_own_origin)
{
    struct credentials *credentials = credentials_new();
    struct secret_places places = { .environment = environment };
    struct configured_login bearer = { .origin = BYTES("https://api.example.org"),
                                       .token_env = BYTES("TOKEN"),
                                       .is_unasked = true };
    char *problem;
    add(credentials, "https://a.example.org");
    ck_assert(credentials_add(credentials, &bearer, &places, &problem));
    const struct credential *login = find(credentials, "https://a.example.org/");
    const struct credential *token = find(credentials, "https://api.example.org/v1");
    ck_assert_str_eq(login->user, "alice");
    ck_assert_str_eq(login->secret, "open sesame");
    ck_assert_uint_eq(login->schemes, AUTH_BASIC | AUTH_DIGEST);
    ck_assert(!login->is_unasked);
    ck_assert_ptr_null(token->user);
    ck_assert_str_eq(token->secret, "abc.def");
    ck_assert_uint_eq(token->schemes, AUTH_BEARER);
    ck_assert(token->is_unasked);
    ck_assert_ptr_null(find(credentials, "https://example.org/"));

    struct buf shown;
    buf_init(&shown, BUF_UNBOUNDED);
    credential_print(login, &shown);
    credential_print(token, &shown);
    ck_assert_str_eq(shown.data, "alice:***token ***");
    buf_clear(&shown);
    credentials_free(credentials);
}
END_TEST

START_TEST(a_netrc_file_says_what_the_login_leaves_out)
{
    static const struct {
        const char *origin;
        const char *user;
        const char *found; /* "user:password"; NULL: refused. */
    } rows[] = {
        { "https://a.org", "", "u:1" },      { "https://a.org", "v", "v:2" },
        { "http://a.org:8080", "v", "v:2" }, { "https://a.org", "w", NULL },
        { "https://www.a.org", "", NULL },   { "https://b.org", "", NULL }, /* No user. */
        { "https://c.org", "", NULL },       { "https://other.org", "", NULL },
    };
    struct netrc netrc;
    struct netrc_problem where;
    ck_assert(netrc_read(&netrc,
                         BYTES("machine a.org login u password 1 machine a.org login v password 2 "
                               "machine b.org password 3 machine c.org login u default login u "
                               "password 4"),
                         &where));
    struct secret_places places = { .environment = environment, .netrc = &netrc };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct credentials *credentials = credentials_new();
        struct configured_login login = { .origin = bytes_from_string(rows[i].origin),
                                          .user = bytes_from_string(rows[i].user) };
        char *problem;
        bool is_added = credentials_add(credentials, &login, &places, &problem);
        ck_assert_msg(is_added == (rows[i].found != NULL), "row %zu: %s", i, problem);
        if (is_added) {
            char text[64];
            const struct credential *found = find(credentials, rows[i].origin);
            snprintf(text, sizeof(text), "%s:%s", found->user, found->secret);
            ck_assert_str_eq(text, rows[i].found);
        }
        free(problem);
        credentials_free(credentials);
    }
    netrc_clear(&netrc);
}
END_TEST

START_TEST(a_login_that_cannot_be_used_is_refused_without_telling_its_secret)
{
    static const struct {
        struct configured_login login;
        const char *why;
    } rows[] = {
        { { .origin = BYTES("https://a.org"), .user = BYTES("u"), .password_env = BYTES("NONE") },
          "variable NONE is not set" },
        { { .origin = BYTES("https://a.org"), .user = BYTES("u"), .password_env = BYTES("EMPTY") },
          "variable EMPTY is not set" },
        { { .origin = BYTES("https://a.org"), .token_env = BYTES("NONE") }, "not set" },
        { { .origin = BYTES("https://a.org"), .user = BYTES("u") }, "neither in" },
        { { .origin = BYTES("https://a.org"), .password_env = BYTES("PASSWORD") }, "user name" },
        { { .origin = BYTES("https://a.org"),
            .user = BYTES("u:v"),
            .password_env = BYTES("PASSWORD") },
          "user name" },
        { { .origin = BYTES("https://a.org"),
            .user = BYTES("u\nv"),
            .password_env = BYTES("PASSWORD") },
          "user name" },
        { { .origin = BYTES("https://a.org"), .user = BYTES("u"), .password_env = BYTES("BROKEN") },
          "the secret has a character" },
        { { .origin = BYTES("https://a.org/path"),
            .user = BYTES("u"),
            .password_env = BYTES("PASSWORD") },
          "more than scheme" },
        { { .origin = BYTES("https://a.org?x"),
            .user = BYTES("u"),
            .password_env = BYTES("PASSWORD") },
          "more than scheme" },
        { { .origin = BYTES("https://bob@a.org"),
            .user = BYTES("u"),
            .password_env = BYTES("PASSWORD") },
          "stands in it" },
        { { .origin = BYTES("gopher://a.org"),
            .user = BYTES("u"),
            .password_env = BYTES("PASSWORD") },
          "not crawled" },
        { { .origin = BYTES("*.a b"), .user = BYTES("u"), .password_env = BYTES("PASSWORD") },
          "host" },
        { { .origin = BYTES(""), .user = BYTES("u"), .password_env = BYTES("PASSWORD") }, "host" },
        { { .origin = BYTES("HTTPS://KNOWN.org:443/"),
            .user = BYTES("u"),
            .password_env = BYTES("PASSWORD") },
          "already" },
    };
    struct secret_places places = { .environment = environment };
    struct credentials *credentials = credentials_new();
    add(credentials, "https://known.org");
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *problem;
        ck_assert_msg(!credentials_add(credentials, &rows[i].login, &places, &problem), "row %zu",
                      i);
        ck_assert_msg(strstr(problem, rows[i].why), "row %zu: %s", i, problem);
        ck_assert_msg(!strstr(problem, "sesame") && !strstr(problem, "X: y"), "row %zu: %s", i,
                      problem);
        free(problem);
    }
    ck_assert_ptr_null(find(credentials, "https://a.org/"));
    credentials_free(credentials);
}
END_TEST

SUITE_MAIN("credentials", a_login_is_for_its_origin_and_for_no_other,
           of_several_logins_each_goes_to_its_own_origin,
           a_netrc_file_says_what_the_login_leaves_out,
           a_login_that_cannot_be_used_is_refused_without_telling_its_secret)
