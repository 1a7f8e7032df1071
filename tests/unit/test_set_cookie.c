/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/memory.h"
#include "crawler/fetch/cookie_date.h"
#include "crawler/fetch/set_cookie.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* 1994-11-06 08:49:37. */
#define MOMENT_MS INT64_C(784111777000)

START_TEST(dates_are_found_in_whatever_surrounds_them)
{
    static const struct {
        const char *text;
        int64_t seconds; /* -1: no date. */
    } rows[] = {
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
        { "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
        { "Sun Nov  6 08:49:37 1994", 784111777 },
        { "06 Nov 1994 08:49:37", 784111777 },
        { "1994 08:49:37 6 November", 784111777 },
        { "6 1994 08:49:37 November", 784111777 },
        { "08:49:37 06 NOVEMBRE 1994", 784111777 },
        { "8:49:37;6;nov;94", 784111777 },
        { "Sun, 06 Nov 1994 8:49:37abc", 784111777 },
        { "Sun, 06th Nov 1994 08:49:37", 784111777 },
        { "Sun, 06 Nov 1994AD 08:49:37", 784111777 },
        { "Sun, 06 Nov 1994 08:49:37 +0500", 784111777 },
        { "Sun, 06 Nov 1994 08:49:37 EST", 784111777 },
        { "x06y 06 Nov 1994 08:49:37", 784111777 },
        /* The first of each kind counts. */
        { "06 07 Nov 1994 08:49:37", 1194338977 }, /* 07 is a year. */
        { "06 Nov Dec 1994 08:49:37 09:00:00 1995", 784111777 },
        { "06 Nov 94 95 08:49:37", 784111777 },
        /* Two digits. */
        { "01 Jan 70 00:00:00", 0 },
        { "01 Jan 69 00:00:00", 3124224000 },
        { "01 Jan 99 00:00:00", 915148800 },
        { "01 Jan 00 00:00:00", 946684800 },
        /* Before 1970 is over. */
        { "01 Jan 1969 00:00:00", 0 },
        { "31 Dec 1601 23:59:59", 0 },
        { "01 Jan 1600 00:00:00", -1 },
        { "29 Feb 1904 00:00:00", 0 },
        { "29 Feb 1900 00:00:00", -1 },
        { "01 Jan 101 00:00:00", -1 },
        /* Far away. */
        { "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
        { "01 Jan 10000 00:00:00", -1 },
        /* What does not exist. */
        { "00 Nov 1994 08:49:37", -1 },
        { "31 Nov 1994 08:49:37", -1 },
        { "32 Nov 1994 08:49:37", -1 },
        { "29 Feb 2023 08:49:37", -1 },
        { "29 Feb 2024 08:49:37", 1709196577 },
        { "06 Nov 1994 24:00:00", -1 },
        { "06 Nov 1994 08:60:00", -1 },
        { "06 Nov 1994 08:49:60", -1 },
        { "06 Nov 1994 08:49", -1 },
        { "06 Nov 1994 008:49:37", -1 },
        { "06 Nov 1994 08:49:377", -1 },
        { "006 Nov 1994 08:49:37", -1 },
        { "06 11 1994 08:49:37", -1 },
        { "Nov 1994 08:49:37", -1 },
        { "06 1994 08:49:37", -1 },
        { "06 Nov 08:49:37", -1 },
        { "06 No 1994 08:49:37", -1 },
        { "", -1 },
        { "0", -1 },
        { "session", -1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t got = cookie_date_parse(bytes_from_string(rows[i].text));
        int64_t wanted = rows[i].seconds < 0 ? -1 : rows[i].seconds * 1000;
        ck_assert_msg(got == wanted, "%s gives %lld", rows[i].text, (long long)got);
    }
}
END_TEST

static void check_part(struct bytes got, const char *wanted, const char *what, const char *field)
{
    ck_assert_msg(bytes_equal(got, bytes_from_string(wanted)), "%s of \"%s\" is \"%.*s\"", what,
                  field, (int)got.length, got.data ? got.data : "");
}

START_TEST(name_and_value_are_what_stands_before_the_first_semicolon)
{
    static const struct {
        const char *field;
        const char *name; /* NULL: no cookie. */
        const char *value;
    } rows[] = {
        { "a=b", "a", "b" },
        { "a=b; Path=/", "a", "b" },
        { "a=b;", "a", "b" },
        { " a = b ; x", "a", "b" },
        { "\ta\t=\tb\t", "a", "b" },
        { "a=", "a", "" },
        { "a=;", "a", "" },
        { "a=b=c", "a", "b=c" },
        { "a==", "a", "=" },
        { "a=\"b c\"", "a", "\"b c\"" },
        { "a=\"b;c\"", "a", "\"b" },
        { "a=b, c=d", "a", "b, c=d" },
        { "a b=c d", "a b", "c d" },
        { "A=B", "A", "B" },
        { "a=\xc3\xa4", "a", "\xc3\xa4" },
        { "a=b\tc", "a", "b\tc" },
        /* Without a name: 6265bis, 5.6. */
        { "b", "", "b" },
        { "=b", "", "b" },
        { "==b", "", "=b" },
        { " = b ", "", "b" },
        { "b; Path=/", "", "b" },
        /* None at all. */
        { "", NULL, NULL },
        { "=", NULL, NULL },
        { ";", NULL, NULL },
        { " ; a=b", NULL, NULL },
        { " = ;", NULL, NULL },
        { "a=b\x01", NULL, NULL },
        { "a=b; Path=/\x7f", NULL, NULL },
        { "a\tb=c", NULL, NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct set_cookie cookie;
        bool is_cookie = set_cookie_parse(&cookie, bytes_from_string(rows[i].field));
        ck_assert_msg(is_cookie == (rows[i].name != NULL), "%s", rows[i].field);
        if (is_cookie) {
            check_part(cookie.name, rows[i].name, "name", rows[i].field);
            check_part(cookie.value, rows[i].value, "value", rows[i].field);
        }
    }
    struct set_cookie cookie;
    ck_assert(!set_cookie_parse(&cookie, BYTES("a=b\0c")));
    ck_assert(!set_cookie_parse(&cookie, BYTES("a=b\nc")));
    ck_assert(!set_cookie_parse(&cookie, (struct bytes){ 0 }));
}
END_TEST

START_TEST(of_each_attribute_the_last_that_can_be_read_counts)
{
    static const struct {
        const char *attributes;
        const char *domain;
        const char *path;
        int64_t expires_ms;
        int64_t max_age_s; /* -99: none. */
        bool is_secure;
        bool is_http_only;
    } rows[] = {
        { "", "", "", -1, -99, false, false },
        { ";;; ;", "", "", -1, -99, false, false },
        { "; Domain=example.org", "example.org", "", -1, -99, false, false },
        { "; DOMAIN = .Example.org ", "Example.org", "", -1, -99, false, false },
        { "; Domain=..example.org", ".example.org", "", -1, -99, false, false },
        { "; Domain=a.org; Domain=b.org", "b.org", "", -1, -99, false, false },
        { "; Domain=a.org; Domain=", "", "", -1, -99, false, false },
        { "; Domain=a.org; Domain", "", "", -1, -99, false, false },
        { "; Domain=.", "", "", -1, -99, false, false },
        { "; Path=/a/b", "", "/a/b", -1, -99, false, false },
        { "; path = /a b ", "", "/a b", -1, -99, false, false },
        { "; Path=/a; Path=/b", "", "/b", -1, -99, false, false },
        { "; Path=/a; Path=b", "", "", -1, -99, false, false },
        { "; Path=\"/a\"", "", "", -1, -99, false, false },
        { "; Path=", "", "", -1, -99, false, false },
        { "; Expires=Sun, 06 Nov 1994 08:49:37 GMT", "", "", MOMENT_MS, -99, false, false },
        { "; Expires=Sun, 06 Nov 1994 08:49:37 GMT; expires=never", "", "", MOMENT_MS, -99, false,
          false },
        { "; Expires=1 Jan 2000 00:00:00; expires=Sun, 06 Nov 1994 08:49:37", "", "", MOMENT_MS,
          -99, false, false },
        { "; Expires=0", "", "", -1, -99, false, false },
        { "; Max-Age=5", "", "", -1, 5, false, false },
        { "; max-age=0", "", "", -1, 0, false, false },
        { "; Max-Age=-5", "", "", -1, -5, false, false },
        { "; Max-Age=99999999999999999999", "", "", -1, INT64_C(2147483648), false, false },
        { "; Max-Age=-99999999999999999999", "", "", -1, -INT64_C(2147483648), false, false },
        { "; Max-Age=5; Max-Age=x", "", "", -1, 5, false, false },
        { "; Max-Age=5; Max-Age=6", "", "", -1, 6, false, false },
        { "; Max-Age=", "", "", -1, -99, false, false },
        { "; Max-Age=-", "", "", -1, -99, false, false },
        { "; Max-Age=+5", "", "", -1, -99, false, false },
        { "; Max-Age=5.0", "", "", -1, -99, false, false },
        { "; Max-Age=\"5\"", "", "", -1, -99, false, false },
        { "; Secure", "", "", -1, -99, true, false },
        { "; SECURE=no", "", "", -1, -99, true, false },
        { ";HttpOnly", "", "", -1, -99, false, true },
        { "; httponly=0;secure", "", "", -1, -99, true, true },
        { "; SameSite=Strict; Partitioned; Priority=High; x=y", "", "", -1, -99, false, false },
        { "; NotSecure; Secured; Sec ure", "", "", -1, -99, false, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char field[256];
        struct set_cookie cookie;
        snprintf(field, sizeof(field), "a=b%s", rows[i].attributes);
        ck_assert(set_cookie_parse(&cookie, bytes_from_string(field)));
        check_part(cookie.domain, rows[i].domain, "domain", field);
        check_part(cookie.path, rows[i].path, "path", field);
        ck_assert_msg(cookie.expires_ms == rows[i].expires_ms, "%s", field);
        ck_assert_msg((cookie.has_max_age ? cookie.max_age_s : -99) == rows[i].max_age_s, "%s",
                      field);
        ck_assert_msg(cookie.is_secure == rows[i].is_secure, "%s", field);
        ck_assert_msg(cookie.is_http_only == rows[i].is_http_only, "%s", field);
        ck_assert_msg(cookie.has_domain == (strcasestr(field, "domain") != NULL), "%s", field);
    }
}
END_TEST

START_TEST(what_is_too_long_is_left_out)
{
    char *text = xmalloc(6000);
    struct set_cookie cookie;
    memset(text, 'v', 6000);
    text[0] = 'n';
    text[1] = '=';
    ck_assert(set_cookie_parse(&cookie, bytes_of(text, 4097)));
    ck_assert_uint_eq(cookie.name.length + cookie.value.length, 4096);
    ck_assert(!set_cookie_parse(&cookie, bytes_of(text, 4098)));
    memcpy(text, "n=v;path=/", 10);
    ck_assert(set_cookie_parse(&cookie, bytes_of(text, 9 + 1024)));
    ck_assert_uint_eq(cookie.path.length, 1024);
    ck_assert(set_cookie_parse(&cookie, bytes_of(text, 9 + 1025)));
    ck_assert_uint_eq(cookie.path.length, 0);
    free(text);
}
END_TEST

SUITE_MAIN("set_cookie", dates_are_found_in_whatever_surrounds_them,
           name_and_value_are_what_stands_before_the_first_semicolon,
           of_each_attribute_the_last_that_can_be_read_counts, what_is_too_long_is_left_out)
