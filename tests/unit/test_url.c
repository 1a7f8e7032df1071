/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/idna.h"
#include "base/memory.h"
#include "base/punycode.h"
#include "base/url.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

struct parsed {
    struct url url;
    char text[URL_BYTES_MAX + 1];
};

static struct parsed base_url;
static struct parsed link_url;

static enum url_error parse(struct parsed *parsed, const char *input, const struct url *base)
{
    return url_parse(&parsed->url, parsed->text, sizeof(parsed->text), bytes_from_string(input),
                     base);
}

struct row {
    const char *input;
    const char *href;
};

/* Each row's input comes to its href, against base unless that is NULL. */
static void check_rows(const struct row *rows, size_t count, const char *base)
{
    if (base)
        ck_assert_int_eq(parse(&base_url, base, NULL), URL_ERROR_NONE);
    for (size_t i = 0; i < count; i++) {
        enum url_error error = parse(&link_url, rows[i].input, base ? &base_url.url : NULL);
        ck_assert_msg(error == URL_ERROR_NONE, "%s: %s", rows[i].input, url_error_text(error));
        ck_assert_str_eq(link_url.url.href, rows[i].href);
        ck_assert_uint_eq(link_url.url.length, strlen(rows[i].href));
    }
}

START_TEST(absolute_urls_become_canonical)
{
    static const struct row rows[] = {
        { "http://example.org", "http://example.org/" },
        { "  HTTPS://EXAMPLE.org:443/A\x1f", "https://example.org/A" },
        { "http://example.org:0080/a#b?c", "http://example.org/a" },
        { "http://example.org:/", "http://example.org/" },
        { "ftp://example.org:21", "ftp://example.org/" },
        { "http:example.org/a", "http://example.org/a" },
        { "http:\\\\example.org\\a\\..\\b", "http://example.org/b" },
        { "http://///example.org///a", "http://example.org///a" },
        { "ht\ntp://ex\tample.org/\ra", "http://example.org/a" },
        { "http://example.org?", "http://example.org/?" },
        { "http://example.org?a/../b", "http://example.org/?a/../b" },
        { "http://example.org/ \"<>`{}^|'", "http://example.org/%20%22%3C%3E%60%7B%7D%5E|'" },
        { "http://example.org/? \"<>`{}^|'", "http://example.org/?%20%22%3C%3E`{}^|%27" },
        { "http://example.org/\xc3\xbc\xff?\xed\xa0\x80",
          "http://example.org/%C3%BC%EF%BF%BD?%EF%BF%BD%EF%BF%BD%EF%BF%BD" },
        { "http://example.org/%zz%e4%", "http://example.org/%zz%e4%" },
        { "http://u:p@example.org/", "http://u:p@example.org/" },
        { "http://@example.org/", "http://example.org/" },
        { "http://:@example.org/", "http://example.org/" },
        { "http://a@b:c@d/", "http://a%40b:c@d/" },
        { "http://:p:q@d/", "http://:p%3Aq@d/" },
    };
    check_rows(rows, COUNT(rows), NULL);
}
END_TEST

START_TEST(dot_segments_are_taken_out)
{
    static const struct row rows[] = {
        { "http://h/a/./b/../c", "http://h/a/c" },
        { "http://h/../../a", "http://h/a" },
        { "http://h/a/b/..", "http://h/a/" },
        { "http://h/a/b/.", "http://h/a/b/" },
        { "http://h/.", "http://h/" },
        { "http://h/..", "http://h/" },
        { "http://h/a/%2e/%2E%2e/b", "http://h/b" },
        { "http://h/a/.%2e", "http://h/" },
        { "http://h/a/...", "http://h/a/..." },
        { "http://h/a/.%2e.", "http://h/a/.%2e." },
        { "http://h/a//../b", "http://h/a/b" },
        { "http://h/a/.b/..c", "http://h/a/.b/..c" },
        { "http://h/a/%2fb/..", "http://h/a/" },
    };
    check_rows(rows, COUNT(rows), NULL);
}
END_TEST

START_TEST(links_are_resolved_against_their_base)
{
    static const struct row rows[] = {
        { "", "http://u@h:81/a/b?c" },
        { "#f", "http://u@h:81/a/b?c" },
        { "?", "http://u@h:81/a/b?" },
        { "?x", "http://u@h:81/a/b?x" },
        { "x", "http://u@h:81/a/x" },
        { "./x/", "http://u@h:81/a/x/" },
        { "..", "http://u@h:81/" },
        { "../../../x?y#z", "http://u@h:81/x?y" },
        { "/", "http://u@h:81/" },
        { "\\x", "http://u@h:81/x" },
        { "//other", "http://other/" },
        { "/\\other:82/x", "http://other:82/x" },
        { "http:x", "http://u@h:81/a/x" },
        { "http:/x", "http://u@h:81/x" },
        { "http:?x", "http://u@h:81/a/b?x" },
        { "http://x", "http://x/" },
        { "https:x", "https://x/" },
        { "a:b/c", "" },
        { "x:", "" },
        { "1:x", "http://u@h:81/a/1:x" },
        { "./a:b", "http://u@h:81/a/a:b" },
        { "a/b:c", "http://u@h:81/a/a/b:c" },
        { " x ", "http://u@h:81/a/x" },
    };
    ck_assert_int_eq(parse(&base_url, "http://u@h:81/a/b?c#d", NULL), URL_ERROR_NONE);
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum url_error error = parse(&link_url, rows[i].input, &base_url.url);
        if (rows[i].href[0] == '\0')
            ck_assert_int_eq(error, URL_ERROR_SCHEME);
        else
            ck_assert_msg(!error && strcmp(link_url.url.href, rows[i].href) == 0, "%s: %s",
                          rows[i].input, link_url.url.href);
    }
}
END_TEST

START_TEST(hosts_have_one_spelling)
{
    static const struct row rows[] = {
        { "http://EX%41mple.org", "http://example.org/" },
        { "http://ex\xc2\xad\x61mple", "http://example/" },
        { "http://b\xc3\xbc"
          "cher.de",
          "http://xn--bcher-kva.de/" },
        { "http://b%C3%BCcher.de", "http://xn--bcher-kva.de/" },
        { "http://fa\xc3\x9f.de", "http://xn--fa-hia.de/" },
        { "http://a\xe3\x80\x82"
          "b",
          "http://a.b/" },
        { "http://\xe2\x9d\xa4.ws", "http://xn--qei.ws/" },
        { "http://XN--anything", "http://xn--anything/" },
        { "http://a_b.-c-..d./", "http://a_b.-c-..d./" },
        { "http://127.1", "http://127.0.0.1/" },
        { "http://0x7f.1", "http://127.0.0.1/" },
        { "http://0300.0250.1", "http://192.168.0.1/" },
        { "http://3232235521.", "http://192.168.0.1/" },
        { "http://\xef\xbc\x91", "http://0.0.0.1/" },
        { "http://0x", "http://0.0.0.0/" },
        { "http://1.2.3.4.x", "http://1.2.3.4.x/" },
        { "http://[1:0:0:2:0:0:0:3]", "http://[1:0:0:2::3]/" },
        { "http://[0:0:0:0:0:0:0:0]", "http://[::]/" },
        { "http://[1:0:0:0:0:0:0:0]:80", "http://[1::]/" },
        { "http://[0:1:2:3:4:5:6:7]:81", "http://[0:1:2:3:4:5:6:7]:81/" },
        { "http://[::FFFF:1.2.3.4]", "http://[::ffff:102:304]/" },
        { "http://[1:2:3:4:5:6:7::]", "http://[1:2:3:4:5:6:7:0]/" },
        { "http://[1::2:0:0:3:4]", "http://[1::2:0:0:3:4]/" },
    };
    check_rows(rows, COUNT(rows), NULL);
}
END_TEST

START_TEST(what_is_no_url_for_us_is_refused_by_name)
{
    static const struct {
        const char *input;
        enum url_error error;
    } rows[] = {
        { "", URL_ERROR_RELATIVE },
        { "//example.org/", URL_ERROR_RELATIVE },
        { "example.org", URL_ERROR_RELATIVE },
        { "mailto:a@b.c", URL_ERROR_SCHEME },
        { "javascript:void(0)", URL_ERROR_SCHEME },
        { "data:,a", URL_ERROR_SCHEME },
        { "file:///etc/passwd", URL_ERROR_SCHEME },
        { "ws://h/", URL_ERROR_SCHEME },
        { "httpx://h/", URL_ERROR_SCHEME },
        { "http://", URL_ERROR_HOST },
        { "http:///", URL_ERROR_HOST },
        { "http://?a", URL_ERROR_HOST },
        { "http://u@", URL_ERROR_HOST },
        { "http://u@/x", URL_ERROR_HOST },
        { "http://:80/", URL_ERROR_HOST },
        { "http://a b/", URL_ERROR_HOST },
        { "http://a%20b/", URL_ERROR_HOST },
        { "http://a%/", URL_ERROR_HOST },
        { "http://a%00b/", URL_ERROR_HOST },
        { "http://a\x7f/", URL_ERROR_HOST },
        { "http://a<b/", URL_ERROR_HOST },
        { "http://a^b/", URL_ERROR_HOST },
        { "http://\xc2\xad/", URL_ERROR_HOST },
        { "http://\xff/", URL_ERROR_HOST },
        { "http://xn--a\xc3\xa4/", URL_ERROR_HOST },
        { "http://1.2.3.256/", URL_ERROR_HOST },
        { "http://1.2.3.4.5/", URL_ERROR_HOST },
        { "http://1..2/", URL_ERROR_HOST },
        { "http://256.1.1.1/", URL_ERROR_HOST },
        { "http://4294967296/", URL_ERROR_HOST },
        { "http://0x100000000/", URL_ERROR_HOST },
        { "http://99999999999999999999999/", URL_ERROR_HOST },
        { "http://a.09/", URL_ERROR_HOST },
        { "http://a.0x1g.1/", URL_ERROR_HOST },
        { "http://[]/", URL_ERROR_HOST },
        { "http://[::1/", URL_ERROR_HOST },
        { "http://[::1]x/", URL_ERROR_HOST },
        { "http://[::1%25eth0]/", URL_ERROR_HOST },
        { "http://[1:2]/", URL_ERROR_HOST },
        { "http://[1::2::3]/", URL_ERROR_HOST },
        { "http://[:1::]/", URL_ERROR_HOST },
        { "http://[1:2:3:4:5:6:7:]/", URL_ERROR_HOST },
        { "http://[1:2:3:4:5:6:7:8:9]/", URL_ERROR_HOST },
        { "http://[1:2:3:4:5:6:7:8::]/", URL_ERROR_HOST },
        { "http://[::12345]/", URL_ERROR_HOST },
        { "http://[::1.2.3]/", URL_ERROR_HOST },
        { "http://[::1.2.3.04]/", URL_ERROR_HOST },
        { "http://[::.1.2.3]/", URL_ERROR_HOST },
        { "http://[1:2:3:4:5:6:7:1.2.3.4]/", URL_ERROR_HOST },
        { "http://h:65536/", URL_ERROR_PORT },
        { "http://h:8a/", URL_ERROR_PORT },
        { "http://h:-1/", URL_ERROR_PORT },
        { "http://h:80:80/", URL_ERROR_PORT },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        ck_assert_msg(parse(&link_url, rows[i].input, NULL) == rows[i].error, "%s", rows[i].input);
        ck_assert(!link_url.url.href && link_url.url.length == 0);
    }
    ck_assert_str_eq(url_error_text(URL_ERROR_SCHEME), "a scheme that is not crawled");
}
END_TEST

START_TEST(parts_lie_where_the_offsets_say)
{
    static const struct {
        const char *input;
        const char *host;
        const char *path;
        const char *query;
        const char *origin;
        uint16_t port;
        enum url_scheme scheme;
        bool has_credentials;
    } rows[] = {
        { "http://h/p?q#f", "h", "/p", "?q", "http://h", 80, URL_SCHEME_HTTP, false },
        { "https://h", "h", "/", "", "https://h", 443, URL_SCHEME_HTTPS, false },
        { "https://h:8443?", "h", "/", "?", "https://h:8443", 8443, URL_SCHEME_HTTPS, false },
        { "http://u:p@h:0/a?b?c", "h", "/a", "?b?c", "", 0, URL_SCHEME_HTTP, true },
        { "http://[::1]:8080/x@y:z", "[::1]", "/x@y:z", "", "http://[::1]:8080", 8080,
          URL_SCHEME_HTTP, false },
        { "ftp://h/;type=a", "h", "/;type=a", "", "ftp://h", 21, URL_SCHEME_FTP, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        ck_assert_int_eq(parse(&link_url, rows[i].input, NULL), URL_ERROR_NONE);
        struct url split;
        ck_assert(url_split(&split, url_bytes(&link_url.url)));
        const struct url *both[] = { &link_url.url, &split };
        for (size_t k = 0; k < 2; k++) {
            const struct url *url = both[k];
            ck_assert(bytes_equal(url_host(url), bytes_from_string(rows[i].host)));
            ck_assert(bytes_equal(url_path(url), bytes_from_string(rows[i].path)));
            ck_assert(bytes_equal(url_query(url), bytes_from_string(rows[i].query)));
            ck_assert(bytes_equal(url_origin(url), bytes_from_string(rows[i].origin)));
            ck_assert_uint_eq(url_path_query(url).length,
                              strlen(rows[i].path) + strlen(rows[i].query));
            ck_assert_uint_eq(url->port, rows[i].port);
            ck_assert_int_eq(url->scheme, rows[i].scheme);
            ck_assert(url->has_credentials == rows[i].has_credentials);
        }
    }
}
END_TEST

START_TEST(split_refuses_what_is_no_url)
{
    static const char *const rows[] = {
        "",           "http",        "http://",    "http://h",        "http:///", "gopher://h/",
        "http://:1/", "http://h:x/", "http://u@/", "http://h:65536/", "HTTP://h/"
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct url url;
        ck_assert_msg(!url_split(&url, bytes_from_string(rows[i])), "%s", rows[i]);
        ck_assert(!url.href);
    }
}
END_TEST

START_TEST(links_to_crawl_have_no_credentials_and_a_scheme_of_ours)
{
    static const struct {
        const char *input;
        enum url_error error;
    } rows[] = {
        { "http://h/", URL_ERROR_NONE },
        { "https://@h/", URL_ERROR_NONE },
        { "ftp://h/", URL_ERROR_NONE },
        { "ftps://h/", URL_ERROR_SCHEME },
        { "ftp://u@h/", URL_ERROR_CREDENTIALS },
        { "http://u@h/", URL_ERROR_CREDENTIALS },
        { "https://:p@h/", URL_ERROR_CREDENTIALS },
        { "x:", URL_ERROR_SCHEME },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum url_error error = url_parse_link(&link_url.url, link_url.text, sizeof(link_url.text),
                                              bytes_from_string(rows[i].input), NULL);
        ck_assert_msg(error == rows[i].error, "%s", rows[i].input);
        ck_assert((error == URL_ERROR_NONE) == (link_url.url.href != NULL));
    }
}
END_TEST

START_TEST(storage_is_never_overrun)
{
    static const char *const inputs[] = { "http://h/abc",
                                          "http://h/a\xc3\xbc?\"#x",
                                          "http://user:pass@h:81/../a b",
                                          "http://[1:2:3:4:5:6:7:8]/",
                                          "http://b\xc3\xbc"
                                          "cher.de/",
                                          "http://EXAMPLE.ORG",
                                          "http://1.2.3.4/%2e/./x/..",
                                          "x?y z" };
    ck_assert_int_eq(parse(&base_url, "http://host/a/b/", NULL), URL_ERROR_NONE);
    for (size_t i = 0; i < COUNT(inputs); i++) {
        ck_assert_int_eq(parse(&link_url, inputs[i], &base_url.url), URL_ERROR_NONE);
        for (size_t size = URL_STORAGE_LEAST; size <= link_url.url.length + 4; size++) {
            char *storage = xmalloc(size); /* So that sanitizers see the end. */
            struct url url;
            enum url_error error =
                url_parse(&url, storage, size, bytes_from_string(inputs[i]), &base_url.url);
            if (size <= link_url.url.length)
                ck_assert_int_eq(error, URL_ERROR_TOO_LONG);
            else if (!error) /* Dot segments need room before they go. */
                ck_assert_str_eq(url.href, link_url.url.href);
            free(storage);
        }
    }
}
END_TEST

/* prefix, then middle many times, then suffix. */
static char *repeat(const char *prefix, const char *middle, size_t times, const char *suffix)
{
    size_t step = strlen(middle);
    char *text = xmalloc(strlen(prefix) + times * step + strlen(suffix) + 1);
    char *at = stpcpy(text, prefix);
    for (size_t i = 0; i < times; i++)
        at = stpcpy(at, middle);
    stpcpy(at, suffix);
    return text;
}

START_TEST(any_length_has_an_answer)
{
    static const struct {
        const char *prefix;
        const char *middle;
        const char *suffix;
        size_t times;
        enum url_error error;
    } rows[] = {
        { "http://h/", "a", "", 8182, URL_ERROR_NONE },
        { "http://h/", "a", "", 8184, URL_ERROR_TOO_LONG },
        { "http://h/", "a/../", "", 5000, URL_ERROR_NONE },
        { "http://h/", "a/../", "", 50000, URL_ERROR_TOO_LONG },
        { "http://h/", "\t", "x", 30000, URL_ERROR_NONE },
        { "http://h/", "\n", "x", 100000, URL_ERROR_TOO_LONG },
        { "http://h/#", "a", "", 100000, URL_ERROR_NONE },
        { "data:", "a\n", "", 100000, URL_ERROR_SCHEME },
        { "http://", "a", "/", 8000, URL_ERROR_NONE },
        { "http://", "a", "/", 9000, URL_ERROR_TOO_LONG },
        { "http://", "\xc3\xbc", "/", 4000, URL_ERROR_HOST },
        { "http://", "\xc3\xbc.", "/", 100, URL_ERROR_NONE },
        { "http://", "\xc3\xbc.", "/", 200, URL_ERROR_HOST },
        { "http://", "xn--a.", "\xc3\xbc/", 50, URL_ERROR_HOST },
        { "http://", "%61", "/", 5000, URL_ERROR_HOST },
        { "http://", "@", "h/", 2700, URL_ERROR_NONE },
        { "http://", "@", "h/", 3000, URL_ERROR_TOO_LONG },
        { "http://", "1.", "/", 4000, URL_ERROR_HOST },
        { "http://[", ":", "]/", 4000, URL_ERROR_HOST },
        { "http://h:", "0", "80/", 4000, URL_ERROR_NONE },
        { " ", " ", "http://h/", 100000, URL_ERROR_NONE },
        { "http://h/", "\xff", "", 900, URL_ERROR_NONE },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *input = repeat(rows[i].prefix, rows[i].middle, rows[i].times, rows[i].suffix);
        ck_assert_msg(parse(&link_url, input, NULL) == rows[i].error, "row %zu", i);
        free(input);
    }
}
END_TEST

START_TEST(origins_and_hosts_compare)
{
    static const struct {
        const char *a;
        const char *b;
        bool same_origin;
        bool same_host;
    } rows[] = {
        { "http://h/a", "http://H:80/b", true, true },
        { "http://h/", "https://h/", false, true },
        { "http://h/", "http://h:81/", false, true },
        { "http://h:443/", "https://h/", false, true },
        { "http://u@h/", "http://h/", true, true },
        { "http://h/", "http://h./", false, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        ck_assert_int_eq(parse(&base_url, rows[i].a, NULL), URL_ERROR_NONE);
        ck_assert_int_eq(parse(&link_url, rows[i].b, NULL), URL_ERROR_NONE);
        ck_assert(url_same_origin(&base_url.url, &link_url.url) == rows[i].same_origin);
        ck_assert(url_same_host(&base_url.url, &link_url.url) == rows[i].same_host);
    }
}
END_TEST

START_TEST(addresses_are_known_from_names)
{
    static const struct {
        const char *host;
        bool is_address;
    } rows[] = {
        { "1.2.3.4", true },   { "[::1]", true },      { "255.255.255.255", true },
        { "1.2.3", false },    { "1.2.3.256", false }, { "1.2.3.4.5", false },
        { "1.2.3.x", false },  { "", false },          { "localhost", false },
        { "1.2.3.4.", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_msg(url_host_is_address(bytes_from_string(rows[i].host)) == rows[i].is_address,
                      "%s", rows[i].host);
}
END_TEST

START_TEST(domains_beyond_ascii_follow_uts_46)
{
    static const struct {
        const char *domain;
        const char *ascii; /* NULL: none. */
    } rows[] = {
        { "\xc3\x96"
          "BB",
          "xn--bb-eka" },
        { "o\xcc\x88"
          "bb",
          "xn--bb-eka" },
        { "\xe1\xba\x9e", "xn--zca" },
        { "\xcf\x82", "xn--3xa" },
        { "ab--\xc3\xbc.-a", "xn--ab---3ra.-a" },
        { "xn--tda.\xc3\xbc", "xn--tda.xn--tda" },
        { "\xef\xbd\x98n--tda", "xn--tda" },
        { "\xef\xbd\x98n--a", NULL },  /* No Punycode. */
        { "xn--tda-.\xc3\xbc", NULL }, /* Of nothing. */
        { "\xcc\x88"
          "a",
          NULL },                     /* Begins with a combining mark. */
        { "\xc2\xad\xcc\x88", NULL }, /* Does so when mapped. */
        { "a\xe2\x80\x8d"
          "b",
          NULL }, /* A joiner that joins nothing. */
        { "\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d", "xn--11b6iy14e" },
        { "\xd7\x90", "xn--4db" },
        { "a\xd7\x90", NULL },  /* Two directions in a label. */
        { "1.\xd7\x90", NULL }, /* Beside it none that begins with a digit. */
        { "a.\xd7\x90", "a.xn--4db" },
        { "xn--4db.1\xc3\xa9", NULL }, /* Nor beside one that came as Punycode. */
        { "xn--4db.a\xc3\xa9", "xn--4db.xn--a-bga" },
        { "\xd7\x90"
          "1",
          "xn--1-zhc" },
        { "\xd7\x90\xd9\xa1", "xn--4db40a" },
        { "\xd7\x90"
          "1\xd9\xa1",
          NULL }, /* Digits of two kinds. */
        { "\xd7\x90-", NULL },
        { "\xd7\x90\xd6\xb0", "xn--7cb7d" },
        { "\xd9\xab", NULL },                               /* A digit of the Arabs first. */
        { "\xc3\xa9.\xd7\x90\xcc\x88\xe2\x80\x99", NULL },  /* An apostrophe last. */
        { "\xd8\xa8\xe2\x80\x8c\xd8\xa8", "xn--ngba799q" }, /* A non-joiner between letters */
        { "\xd8\xa8\xe2\x80\x8c", NULL },                   /* that would join, and behind one. */
        { "\xef\xbc\x8c\xc3\xa9", "xn--,-bga" },            /* A wide comma is a comma, */
        { "\xe3\x88\xb1", "xn--()-z88d" },  /* and the brackets of "(stock)" are some. */
        { "\xc3\xa9.xn--xn---epa", NULL },  /* Punycode in Punycode. */
        { "\xf0\xaf\xa1\xa8", "xn--snl" },  /* An ideograph for compatibility. */
        { "\xf0\xb2\x8e\xb0", "xn--031o" }, /* A character of Unicode 17. */
        { "\xef\xbf\xbd", NULL },
        { "a\xe2\x80\xa5"
          "b",
          NULL }, /* Would be two dots. */
        { "\xe2\x98\x95", "xn--53h" },
        { "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6"
          "\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5",
          "xn--wgvaaaa27qbabb8481gcacc" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[256];
        size_t length = 0;
        bool has_ascii =
            idna_to_ascii(bytes_from_string(rows[i].domain), out, sizeof(out), &length);
        ck_assert_msg(has_ascii == (rows[i].ascii != NULL), "row %zu", i);
        if (rows[i].ascii)
            ck_assert_msg(
                bytes_equal((struct bytes){ out, length }, bytes_from_string(rows[i].ascii)),
                "row %zu: %.*s", i, (int)length, out);
    }
}
END_TEST

START_TEST(punycode_goes_both_ways)
{
    static const struct {
        const char *ascii;
        uint32_t characters[8];
        size_t count;
    } rows[] = {
        { "", { 0 }, 0 },
        { "abc-", { 'a', 'b', 'c' }, 3 },
        { "tda", { 0xfc }, 1 },
        { "bcher-kva", { 'b', 0xfc, 'c', 'h', 'e', 'r' }, 6 },
        { "----joa", { '-', '-', '-', 0xfc }, 4 },
        { "wgv71a119e", { 0x65e5, 0x672c, 0x8a9e }, 3 },
        { "dn32g", { 0x10ffff }, 1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char ascii[64];
        uint32_t characters[8];
        size_t length;
        size_t count;
        ck_assert(punycode_encode(rows[i].characters, rows[i].count, ascii, 64, &length));
        ck_assert_msg(
            bytes_equal((struct bytes){ ascii, length }, bytes_from_string(rows[i].ascii)),
            "row %zu: %.*s", i, (int)length, ascii);
        ck_assert(punycode_decode(bytes_from_string(rows[i].ascii), characters, 8, &count));
        ck_assert_uint_eq(count, rows[i].count);
        ck_assert(memcmp(characters, rows[i].characters, count * sizeof(uint32_t)) == 0);
        if (length > 0)
            ck_assert(
                !punycode_encode(rows[i].characters, rows[i].count, ascii, length - 1, &length));
        if (count > 0)
            ck_assert(
                !punycode_decode(bytes_from_string(rows[i].ascii), characters, count - 1, &count));
    }
    static const char *const bad[] = { "-",        "-a",       "z",           "a-\xff",
                                       "99999999", "\xff-tda", "zzzzzzzzzzzz" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        uint32_t characters[16];
        size_t count;
        ck_assert_msg(!punycode_decode(bytes_from_string(bad[i]), characters, 16, &count), "%s",
                      bad[i]);
    }
}
END_TEST

SUITE_MAIN("url", absolute_urls_become_canonical, dot_segments_are_taken_out,
           links_are_resolved_against_their_base, hosts_have_one_spelling,
           what_is_no_url_for_us_is_refused_by_name, parts_lie_where_the_offsets_say,
           split_refuses_what_is_no_url, links_to_crawl_have_no_credentials_and_a_scheme_of_ours,
           storage_is_never_overrun, any_length_has_an_answer, origins_and_hosts_compare,
           addresses_are_known_from_names, domains_beyond_ascii_follow_uts_46,
           punycode_goes_both_ways)
