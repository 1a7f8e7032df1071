/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/memory.h"
#include "crawler/fetch/cookies.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NOW_MS      INT64_C(1800000000000)
#define DAY_MS      INT64_C(86400000)
#define JAR_BYTES   ((size_t)1024 * 1024)

static char storage[URL_BYTES_MAX];

static struct url url_of(const char *text)
{
    struct url url;
    ck_assert_msg(!url_parse(&url, storage, sizeof(storage), bytes_from_string(text), NULL), "%s",
                  text);
    return url;
}

static enum cookies_change set_at(struct cookies *jar, const char *url_text, const char *field,
                                  int64_t now_ms)
{
    struct url url = url_of(url_text);
    return cookies_set(jar, bytes_from_string(field), &url, now_ms);
}

static enum cookies_change set(struct cookies *jar, const char *url_text, const char *field)
{
    return set_at(jar, url_text, field, NOW_MS);
}

/* The Cookie field of a request; caller frees. */
static char *sent_at(struct cookies *jar, const char *url_text, int64_t now_ms)
{
    struct url url = url_of(url_text);
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    bool has_cookies = cookies_write(jar, &url, now_ms, &out);
    ck_assert(has_cookies == (out.length > 0));
    char *text = xbytesdup(buf_bytes(&out));
    buf_clear(&out);
    return text;
}

static void check_sent_at(struct cookies *jar, const char *url, int64_t now_ms, const char *wanted)
{
    char *text = sent_at(jar, url, now_ms);
    ck_assert_msg(strcmp(text, wanted) == 0, "%s gets \"%s\", not \"%s\"", url, text, wanted);
    free(text);
}

static void check_sent(struct cookies *jar, const char *url, const char *wanted)
{
    check_sent_at(jar, url, NOW_MS, wanted);
}

START_TEST(a_cookie_is_sent_where_it_belongs_and_nowhere_else)
{
    static const struct {
        const char *from;
        const char *field;
        const char *to;
        const char *sent;
    } rows[] = {
        /* Host-only. */
        { "http://a.example.org/", "n=v", "http://a.example.org/", "n=v" },
        { "http://a.example.org/", "n=v", "http://A.EXAMPLE.ORG/", "n=v" },
        { "http://a.example.org/", "n=v", "http://example.org/", "" },
        { "http://a.example.org/", "n=v", "http://b.a.example.org/", "" },
        { "http://a.example.org/", "n=v", "http://b.example.org/", "" },
        { "http://example.org/", "n=v", "http://www.example.org/", "" },
        { "http://example.org/", "n=v; Domain=", "http://www.example.org/", "" },
        { "http://example.org/", "n=v; Domain", "http://www.example.org/", "" },
        { "http://example.org/", "n=v; Domain=.", "http://example.org/", "n=v" },
        /* A domain. */
        { "http://example.org/", "n=v; Domain=example.org", "http://example.org/", "n=v" },
        { "http://example.org/", "n=v; Domain=example.org", "http://a.b.example.org/", "n=v" },
        { "http://a.example.org/", "n=v; Domain=.Example.ORG", "http://b.example.org/", "n=v" },
        { "http://a.example.org/", "n=v; Domain=example.org", "http://notexample.org/", "" },
        { "http://a.example.org/", "n=v; Domain=example.org", "http://example.org.evil.net/", "" },
        { "http://a.example.org/", "n=v; Domain=example.org", "http://example.net/", "" },
        { "http://a.example.org/", "n=v; Domain=b.a.example.org", "http://b.a.example.org/", "" },
        { "http://a.example.org/", "n=v; Domain=b.example.org", "http://b.example.org/", "" },
        { "http://a.example.org/", "n=v; Domain=xample.org", "http://a.example.org/", "" },
        { "http://a.example.org/", "n=v; Domain=..example.org", "http://a.example.org/", "" },
        { "http://a.example.org/", "n=v; Domain=evil.net", "http://evil.net/", "" },
        { "http://a.example.org/", "n=v; Domain=example.org:80", "http://a.example.org/", "" },
        { "http://a.example.org/", "n=v; Domain=http://example.org", "http://a.example.org/", "" },
        { "http://a.example.org/", "n=v; Domain=\"example.org\"", "http://a.example.org/", "" },
        /* Public suffixes have no owner. */
        { "http://a.example.org/", "n=v; Domain=org", "http://a.example.org/", "" },
        { "http://a.example.org/", "n=v; Domain=org", "http://evil.org/", "" },
        { "http://a.co.uk/", "n=v; Domain=co.uk", "http://b.co.uk/", "" },
        { "http://a.co.uk/", "n=v; Domain=.co.uk", "http://a.co.uk/", "" },
        { "http://a.github.io/", "n=v; Domain=github.io", "http://b.github.io/", "" },
        { "http://github.io/", "n=v; Domain=github.io", "http://github.io/", "n=v" },
        { "http://github.io/", "n=v; Domain=github.io", "http://b.github.io/", "" },
        { "http://a.city.kawasaki.jp/", "n=v; Domain=city.kawasaki.jp",
          "http://b.city.kawasaki.jp/", "n=v" },
        { "http://wiki.intranet/", "n=v; Domain=intranet", "http://mail.intranet/", "" },
        { "http://intranet/", "n=v; Domain=intranet", "http://intranet/", "n=v" },
        { "http://localhost/", "n=v; Domain=localhost", "http://localhost/", "n=v" },
        { "http://localhost/", "n=v; Domain=localhost", "http://a.localhost/", "" },
        { "http://www.b\xc3\xbc"
          "cher.de/",
          "n=v; Domain=xn--bcher-kva.de",
          "http://b\xc3\xbc"
          "cher.de/",
          "n=v" },
        { "http://www.b\xc3\xbc"
          "cher.de/",
          "n=v; Domain=b\xc3\xbc"
          "cher.de",
          "http://www.b\xc3\xbc"
          "cher.de/",
          "" },
        /* A dot at the end makes another host. */
        { "http://example.org./", "n=v", "http://example.org/", "" },
        { "http://example.org/", "n=v", "http://example.org./", "" },
        { "http://a.example.org/", "n=v; Domain=example.org.", "http://a.example.org/", "" },
        { "http://a.example.org./", "n=v; Domain=example.org", "http://a.example.org./", "" },
        { "http://a.example.org./", "n=v; Domain=example.org.", "http://b.example.org./", "n=v" },
        { "http://a.example.org./", "n=v; Domain=org.", "http://b.org./", "" },
        { "http://.example.org/", "n=v", "http://.example.org/", "" },
        { "http://a..example.org/", "n=v; Domain=.example.org", "http://.example.org/", "" },
        /* Addresses have no domains. */
        { "http://127.0.0.1/", "n=v", "http://127.0.0.1/", "n=v" },
        { "http://127.0.0.1/", "n=v", "http://0x7f.1/", "n=v" },
        { "http://127.0.0.1/", "n=v; Domain=127.0.0.1", "http://127.0.0.1/", "n=v" },
        { "http://127.0.0.1/", "n=v; Domain=.127.0.0.1", "http://127.0.0.1/", "n=v" },
        { "http://127.0.0.1/", "n=v; Domain=0.0.1", "http://127.0.0.1/", "" },
        { "http://127.0.0.1/", "n=v; Domain=0.0.1", "http://10.0.0.1/", "" },
        { "http://127.0.0.1/", "n=v", "http://1.127.0.0.1.example.org/", "" },
        { "http://[2001:db8::1]/", "n=v", "http://[2001:DB8:0::1]/", "n=v" },
        { "http://[2001:db8::1]/", "n=v; Domain=[2001:db8::1]", "http://[2001:db8::1]/", "n=v" },
        { "http://[2001:db8::1]/", "n=v", "http://[2001:db8::2]/", "" },
        /* Ports do not matter, schemes do where it is Secure. */
        { "http://example.org:8080/", "n=v", "http://example.org/", "n=v" },
        { "https://example.org/", "n=v", "http://example.org/", "n=v" },
        { "https://example.org/", "n=v; Secure", "https://example.org/", "n=v" },
        { "https://example.org/", "n=v; Secure", "https://example.org:8443/", "n=v" },
        { "https://example.org/", "n=v; Secure", "http://example.org/", "" },
        { "https://example.org/", "n=v; Secure", "http://example.org:443/", "" },
        { "http://example.org/", "n=v; Secure", "https://example.org/", "" },
        { "http://localhost/", "n=v; Secure", "http://localhost/", "" },
        { "http://localhost/", "n=v; Secure", "https://localhost/", "" },
        { "https://localhost/", "n=v; Secure", "http://localhost/", "" },
        /* Attributes for browsers. */
        { "https://example.org/", "n=v; HttpOnly; SameSite=Strict; Partitioned",
          "https://example.org/", "n=v" },
        { "http://example.org/", "n=v; SameSite=None", "http://example.org/", "n=v" },
        { "http://example.org/", "v", "http://example.org/", "v" },
        { "http://example.org/", "=v", "http://example.org/", "v" },
        { "http://example.org/", "n=", "http://example.org/", "n=" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cookies *jar = cookies_new(JAR_BYTES, 7);
        set(jar, rows[i].from, rows[i].field);
        char *text = sent_at(jar, rows[i].to, NOW_MS);
        ck_assert_msg(strcmp(text, rows[i].sent) == 0, "row %zu: \"%s\" from %s gives \"%s\" to %s",
                      i, rows[i].field, rows[i].from, text, rows[i].to);
        free(text);
        cookies_free(jar);
    }
}
END_TEST

START_TEST(a_cookie_is_sent_below_its_path)
{
    static const struct {
        const char *from;
        const char *path; /* NULL: not given. */
        const char *to;
        bool is_sent;
    } rows[] = {
        { "/", NULL, "/", true },           { "/", NULL, "/x/y", true },
        { "/x", NULL, "/", true },          { "/x?/y/z", NULL, "/", true },
        { "/x/y", NULL, "/x/z", true },     { "/x/y", NULL, "/x", true },
        { "/x/y", NULL, "/xy", false },     { "/x/y", NULL, "/", false },
        { "/x/", NULL, "/x", true },        { "/x/", NULL, "/x/", true },
        { "/x;a/y", NULL, "/x;a/z", true }, { "/x;a/y", NULL, "/x/z", false },
        { "/", "/x", "/x", true },          { "/", "/x", "/x/", true },
        { "/", "/x", "/x/y", true },        { "/", "/x", "/x?y", true },
        { "/", "/x", "/xy", false },        { "/", "/x", "/X", false },
        { "/", "/x", "/", false },          { "/", "/x/", "/x/y", true },
        { "/", "/x/", "/x", false },        { "/", "/x/", "/x/", true },
        { "/a", "/b", "/b", true }, /* Paths keep nobody out: RFC 6265, 8.6. */
        { "/x/y", "", "/x/z", true },       { "/x/y", "z", "/x/z", true },
        { "/x/y", "z", "/", false },        { "/", "/%78", "/x", false },
        { "/", "/%78", "/%78", true },      { "/", "/a\tb", "/", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cookies *jar = cookies_new(JAR_BYTES, 7);
        char *from = xasprintf("http://example.org%s", rows[i].from);
        char *to = xasprintf("http://example.org%s", rows[i].to);
        char *field = rows[i].path ? xasprintf("n=v; Path=%s", rows[i].path) : xstrdup("n=v");
        set(jar, from, field);
        char *text = sent_at(jar, to, NOW_MS);
        ck_assert_msg((text[0] != '\0') == rows[i].is_sent, "row %zu: \"%s\" from %s to %s", i,
                      field, from, to);
        free(text);
        free(field);
        free(to);
        free(from);
        cookies_free(jar);
    }
}
END_TEST

START_TEST(cookies_are_sent_with_longer_paths_first_and_then_in_order_of_age)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    set(jar, "http://www.example.org/x/y", "a=1; Path=/");
    set(jar, "http://www.example.org/x/y", "b=2; Path=/x/y");
    set(jar, "http://www.example.org/x/y", "c=3; Path=/; Domain=example.org");
    set(jar, "http://www.example.org/x/y", "d=4");
    set(jar, "http://www.example.org/x/y", "5");
    set(jar, "http://www.example.org/x/y", "a=6; Path=/x");
    check_sent(jar, "http://www.example.org/x/y/z", "b=2; d=4; 5; a=6; a=1; c=3");
    /* Another value takes the place, and the age, of the one before. */
    ck_assert_int_eq(set(jar, "http://www.example.org/x/y", "a=7; Path=/"), COOKIES_CHANGED);
    check_sent(jar, "http://www.example.org/", "a=7; c=3");
    ck_assert_int_eq(set(jar, "http://www.example.org/x/y", "a=7; Path=/; Max-Age=9"),
                     COOKIES_SAME);
    check_sent(jar, "http://www.example.org/", "a=7; c=3");
    check_sent_at(jar, "http://www.example.org/", NOW_MS + 9000, "c=3");
    cookies_free(jar);
}
END_TEST

START_TEST(name_domain_path_and_host_only_tell_cookies_apart)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    set(jar, "http://example.org/", "n=1");
    set(jar, "http://example.org/", "n=2; Domain=example.org");
    set(jar, "http://example.org/", "N=3");
    set(jar, "http://example.org/", "n=4; Path=/x");
    set(jar, "http://example.org/", "n=5; Path=/");
    ck_assert_uint_eq(cookies_count(jar), 4);
    check_sent(jar, "http://example.org/x", "n=4; n=5; n=2; N=3");
    check_sent(jar, "http://www.example.org/x", "n=2");
    cookies_free(jar);
}
END_TEST

START_TEST(a_cookie_ends_when_it_says_and_at_the_latest_after_400_days)
{
    static const struct {
        const char *attributes;
        int64_t life_ms; /* -1: with the session. */
    } rows[] = {
        { "", -1 },
        { "; Max-Age=60", 60000 },
        { "; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 60000 },
        { "; Expires=Thu, 01 Jan 2099 00:00:00 GMT; Max-Age=60", 60000 },
        { "; Expires=Fri, 15 Jan 2027 08:00:10 GMT", 10000 },
        { "; Expires=Fri, 15 Jan 2027 08:00:00 GMT", 0 },
        { "; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "; Expires=Fri, 01 Jan 1700 00:00:00 GMT", 0 },
        { "; Expires=nonsense", -1 },
        { "; Max-Age=0", 0 },
        { "; Max-Age=-1", 0 },
        { "; Max-Age=99999999999", COOKIES_LIFE_MOST_MS },
        { "; Expires=Fri, 31 Dec 9999 23:59:59 GMT", COOKIES_LIFE_MOST_MS },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cookies *jar = cookies_new(JAR_BYTES, 7);
        char *field = xasprintf("n=v%s", rows[i].attributes);
        int64_t life_ms = rows[i].life_ms < 0 ? 10 * COOKIES_LIFE_MOST_MS : rows[i].life_ms;
        set(jar, "http://example.org/", field);
        if (life_ms > 0)
            check_sent_at(jar, "http://example.org/", NOW_MS + life_ms - 1, "n=v");
        cookies_end_session(jar);
        check_sent(jar, "http://example.org/", rows[i].life_ms > 0 ? "n=v" : "");
        check_sent_at(jar, "http://example.org/", NOW_MS + life_ms, "");
        free(field);
        cookies_free(jar);
    }
}
END_TEST

START_TEST(a_cookie_that_is_over_removes_the_one_before)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    ck_assert_int_eq(set(jar, "http://example.org/", "n=v; Max-Age=60"), COOKIES_CHANGED);
    ck_assert_int_eq(set(jar, "http://example.org/", "n=x; Path=/x; Max-Age=0"), COOKIES_SAME);
    ck_assert_int_eq(set(jar, "http://example.org/", "n=; Max-Age=0"), COOKIES_CHANGED);
    ck_assert_uint_eq(cookies_count(jar), 0);
    check_sent(jar, "http://example.org/", "");
    ck_assert_int_eq(set(jar, "http://example.org/", "n=; Max-Age=0"), COOKIES_SAME);
    cookies_free(jar);
}
END_TEST

START_TEST(what_is_secure_is_not_touched_from_plain_http)
{
    static const struct {
        const char *from;
        const char *field;
        enum cookies_change change;
    } rows[] = {
        { "http://example.org/", "n=x", COOKIES_REFUSED },
        { "http://example.org/", "n=x; Max-Age=0", COOKIES_REFUSED },
        { "http://example.org/", "n=x; Domain=example.org", COOKIES_REFUSED },
        { "http://www.example.org/", "n=x; Domain=example.org", COOKIES_REFUSED },
        { "http://www.example.org/", "n=x", COOKIES_REFUSED },
        { "http://example.org/", "n=x; Path=/x/y", COOKIES_REFUSED },
        { "http://example.org/", "n=x; Path=/y", COOKIES_CHANGED },
        { "http://example.org/", "n=x; Path=/", COOKIES_CHANGED },
        { "http://example.org/x/", "m=x", COOKIES_CHANGED },
        { "http://example.net/x/", "n=x", COOKIES_CHANGED },
        { "https://example.org/", "n=x", COOKIES_CHANGED },
        { "https://example.org/x/", "n=x", COOKIES_CHANGED },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cookies *jar = cookies_new(JAR_BYTES, 7);
        const char *path = i < 5 ? "/" : "/x";
        char *field = xasprintf("n=v; Secure; Domain=example.org; Path=%s", path);
        ck_assert_int_eq(set(jar, "https://example.org/", field), COOKIES_CHANGED);
        ck_assert_msg(set(jar, rows[i].from, rows[i].field) == rows[i].change, "row %zu", i);
        free(field);
        cookies_free(jar);
    }
    /* One that is over hides nothing. */
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    set(jar, "https://example.org/", "n=v; Secure; Max-Age=1");
    ck_assert_int_eq(set(jar, "http://example.org/", "n=x"), COOKIES_REFUSED);
    ck_assert_int_eq(set_at(jar, "http://example.org/", "n=x", NOW_MS + 1000), COOKIES_CHANGED);
    cookies_free(jar);
}
END_TEST

START_TEST(names_with_a_promise_keep_it)
{
    static const struct {
        const char *from;
        const char *field;
        bool is_taken;
    } rows[] = {
        { "https://example.org/", "__Secure-n=v; Secure", true },
        { "https://example.org/", "__secure-n=v; Secure; Domain=example.org; Path=/x", true },
        { "https://example.org/", "__Secure-n=v", false },
        { "https://example.org/", "__SECURE-n=v", false },
        { "http://example.org/", "__Secure-n=v; Secure", false },
        { "http://example.org/", "__Secure-n=v", false },
        { "https://example.org/", "__Host-n=v; Secure; Path=/", true },
        { "https://example.org/", "__Host-n=v; Secure; Path=/; HttpOnly; Max-Age=9", true },
        { "https://example.org/", "__host-n=v; Secure", false },
        { "https://example.org/", "__Host-n=v; Secure; Path=/x", false },
        { "https://example.org/", "__Host-n=v; Path=/", false },
        { "https://example.org/", "__Host-n=v; Secure; Path=/; Domain=example.org", false },
        { "https://example.org/", "__Host-n=v; Secure; Path=/; Domain=", false },
        { "http://example.org/", "__Host-n=v; Secure; Path=/", false },
        { "https://example.org/", "=__Secure-n=v; Secure", false },
        { "https://example.org/", "__Host-; Secure; Path=/", false },
        { "http://example.org/", "__Hostn=v", true },
        { "http://example.org/", "n=__Host-v", true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cookies *jar = cookies_new(JAR_BYTES, 7);
        bool is_taken = set(jar, rows[i].from, rows[i].field) == COOKIES_CHANGED;
        ck_assert_msg(is_taken == rows[i].is_taken, "row %zu: %s", i, rows[i].field);
        cookies_free(jar);
    }
}
END_TEST

START_TEST(all_fields_of_a_response_are_taken)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    struct url url = url_of("http://example.org/");
    struct bytes headers = BYTES("HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie2: b=2\r\n"
                                 "set-cookie: c=3, d=4\r\nSet-Cookie: e=5\rx\r\n"
                                 "Set-Cookie: f=6; Domain=evil.net\r\n");
    ck_assert_int_eq(cookies_take(jar, headers, &url, NOW_MS), COOKIES_CHANGED);
    ck_assert_int_eq(cookies_take(jar, headers, &url, NOW_MS), COOKIES_SAME);
    ck_assert_int_eq(cookies_take(jar, BYTES("Set-Cookie: ;\r\n"), &url, NOW_MS), COOKIES_REFUSED);
    ck_assert_int_eq(cookies_take(jar, BYTES("Server: x\r\n"), &url, NOW_MS), COOKIES_REFUSED);
    check_sent(jar, "http://example.org/", "a=1; c=3, d=4");
    cookies_free(jar);
}
END_TEST

static void set_numbered(struct cookies *jar, const char *url, const char *format, int count)
{
    for (int i = 0; i < count; i++) {
        char *field = xasprintf("n%d%s", i, format);
        set(jar, url, field);
        free(field);
    }
}

START_TEST(a_host_has_fifty_cookies_and_what_is_over_or_long_unused_goes_first)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    set_numbered(jar, "http://a.example.org/", "=v; Path=/x", 50);
    set(jar, "http://b.example.org/", "n=b");
    ck_assert_uint_eq(cookies_count(jar), 51);
    /* The first was used just now, so the second goes. */
    set(jar, "http://a.example.org/", "n0=w; Path=/x");
    set(jar, "http://a.example.org/", "new=v");
    ck_assert_uint_eq(cookies_count(jar), 51);
    char *text = sent_at(jar, "http://a.example.org/x", NOW_MS);
    ck_assert_ptr_nonnull(strstr(text, "n0=w"));
    ck_assert_ptr_null(strstr(text, "n1="));
    ck_assert_ptr_nonnull(strstr(text, "n2="));
    free(text);
    /* One that is over goes before any that is not. */
    set(jar, "http://a.example.org/", "n30=v; Path=/x; Max-Age=1");
    set_at(jar, "http://a.example.org/", "newer=v", NOW_MS + 1000);
    text = sent_at(jar, "http://a.example.org/x", NOW_MS);
    ck_assert_ptr_nonnull(strstr(text, "n2="));
    ck_assert_ptr_null(strstr(text, "n30="));
    free(text);
    check_sent(jar, "http://b.example.org/", "n=b");
    cookies_free(jar);
}
END_TEST

START_TEST(a_site_with_many_hosts_is_bounded)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    for (int host = 0; host < 20; host++) {
        char *url = xasprintf("http://h%d.example.org/", host);
        set_numbered(jar, url, "=v", 50);
        free(url);
    }
    ck_assert_uint_eq(cookies_count(jar), COOKIES_SITE_MOST);
    check_sent(jar, "http://h0.example.org/", "");
    set(jar, "http://example.net/", "n=v");
    ck_assert_uint_eq(cookies_count(jar), COOKIES_SITE_MOST + 1);
    cookies_free(jar);
}
END_TEST

START_TEST(a_jar_is_bounded_over_all_sites)
{
    struct cookies *jar = cookies_new(20000, 7);
    char *field = xcalloc(1, 4001);
    memset(field, 'v', 4000);
    memcpy(field, "n=", 2);
    for (int site = 0; site < 100; site++) {
        char *url = xasprintf("http://h%d.example%d.org/", site, site);
        ck_assert_int_eq(set(jar, url, field), COOKIES_CHANGED);
        free(url);
    }
    ck_assert_uint_eq(cookies_count(jar), 4);
    check_sent(jar, "http://h95.example95.org/", "");
    check_sent(jar, "http://h96.example96.org/", field);
    set(jar, "http://more.org/", field);
    check_sent(jar, "http://h96.example96.org/", field);
    check_sent(jar, "http://h97.example97.org/", "");
    free(field);
    cookies_free(jar);
}
END_TEST

START_TEST(a_jar_grows_to_many_sites)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    for (int site = 0; site < 1000; site++) {
        char *url = xasprintf("http://example%d.org/", site);
        char *field = xasprintf("n=%d", site);
        set(jar, url, field);
        free(field);
        free(url);
    }
    for (int site = 0; site < 1000; site++) {
        char *url = xasprintf("http://example%d.org/", site);
        char *field = xasprintf("n=%d", site);
        check_sent(jar, url, field);
        free(field);
        free(url);
    }
    cookies_free(jar);
}
END_TEST

START_TEST(the_cookie_field_is_bounded)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    char *format = xcalloc(1, 4000);
    memset(format, 'v', 3999);
    format[0] = '=';
    set_numbered(jar, "http://example.org/", format, 20);
    char *text = sent_at(jar, "http://example.org/", NOW_MS);
    ck_assert_uint_le(strlen(text), COOKIES_FIELD_BYTES_MOST);
    ck_assert_uint_gt(strlen(text), COOKIES_FIELD_BYTES_MOST - 4100);
    ck_assert_ptr_nonnull(strstr(text, "n0="));
    ck_assert_ptr_null(strstr(text, "n8="));
    free(text);
    free(format);
    cookies_free(jar);
}
END_TEST

START_TEST(a_site_is_kept_as_a_record_and_comes_back_the_same)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    set(jar, "https://www.example.org/x/", "a=1; Secure; HttpOnly; Max-Age=60");
    set(jar, "https://www.example.org/x/", "b=2; Domain=example.org; Path=/");
    set(jar, "https://www.example.org/x/", "3; Max-Age=5");
    set(jar, "https://example.net/", "other=1");
    ck_assert(cookies_pack(jar, BYTES("shop.example.org"), NOW_MS + 5000, &record));
    ck_assert(!cookies_pack(jar, BYTES("example.com"), NOW_MS, &record));

    struct cookies *other = cookies_new(JAR_BYTES, 7);
    set(other, "https://www.example.org/", "b=9; Domain=example.org; Path=/");
    ck_assert(cookies_unpack(other, buf_bytes(&record), NOW_MS + 6000));
    ck_assert_uint_eq(cookies_count(other), 2);
    check_sent_at(other, "https://www.example.org/x/y", NOW_MS + 6000, "a=1; b=9");
    check_sent_at(other, "http://www.example.org/x/y", NOW_MS + 6000, "b=9");
    check_sent_at(other, "https://example.org/", NOW_MS + 6000, "b=9");
    cookies_end_session(other);
    check_sent_at(other, "https://www.example.org/x/y", NOW_MS + 59999, "a=1");
    check_sent_at(other, "https://www.example.org/x/y", NOW_MS + 60000, "");
    cookies_free(other);

    /* What is not whole gives nothing. */
    for (size_t length = 0; length < record.length; length++) {
        struct cookies *empty = cookies_new(JAR_BYTES, 7);
        ck_assert(!cookies_unpack(empty, bytes_of(record.data, length), NOW_MS));
        ck_assert_uint_eq(cookies_count(empty), 0);
        cookies_free(empty);
    }
    record.data[0]++;
    ck_assert(!cookies_unpack(jar, buf_bytes(&record), NOW_MS));
    buf_clear(&record);
    cookies_free(jar);
}
END_TEST

START_TEST(what_is_put_is_checked_and_loses_nothing_else)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    static const struct {
        struct cookie cookie;
        bool is_put;
    } rows[] = {
        { { .name = BYTES("a"),
            .domain = BYTES("example.org"),
            .path = BYTES("/"),
            .expires_ms = COOKIE_SESSION },
          true },
        { { .name = BYTES("a"),
            .domain = BYTES("org"),
            .path = BYTES("/"),
            .expires_ms = COOKIE_SESSION },
          false },
        { { .name = BYTES("a"),
            .domain = BYTES("org"),
            .path = BYTES("/"),
            .expires_ms = COOKIE_SESSION,
            .is_host_only = true },
          true },
        { { .name = BYTES("a"),
            .domain = BYTES("example.org"),
            .path = BYTES("/"),
            .expires_ms = NOW_MS },
          false },
        { { .name = BYTES("a"),
            .domain = BYTES("example.org"),
            .path = BYTES(""),
            .expires_ms = COOKIE_SESSION },
          false },
        { { .domain = BYTES("example.org"), .path = BYTES("/"), .expires_ms = COOKIE_SESSION },
          false },
        { { .name = BYTES("a"), .path = BYTES("/"), .expires_ms = COOKIE_SESSION }, false },
        { { .name = BYTES("a"),
            .value = BYTES("b;c"),
            .domain = BYTES("example.org"),
            .path = BYTES("/"),
            .expires_ms = COOKIE_SESSION },
          false },
        { { .name = BYTES("a"),
            .value = BYTES("b\r\nX: y"),
            .domain = BYTES("example.org"),
            .path = BYTES("/"),
            .expires_ms = COOKIE_SESSION },
          false },
        { { .name = BYTES("a=b"),
            .domain = BYTES("example.org"),
            .path = BYTES("/"),
            .expires_ms = COOKIE_SESSION },
          false },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_msg(cookies_put(jar, &rows[i].cookie, NOW_MS) == rows[i].is_put, "row %zu", i);
    ck_assert_uint_eq(cookies_count(jar), 2);
    set_numbered(jar, "http://example.org/", "=v; Domain=example.org", 49);
    struct cookie more = rows[0].cookie;
    more.name = BYTES("more");
    ck_assert(!cookies_put(jar, &more, NOW_MS));
    ck_assert(cookies_put(jar, &rows[0].cookie, NOW_MS));
    ck_assert_uint_eq(cookies_count(jar), 51);
    cookies_free(jar);
}
END_TEST

SUITE_MAIN("cookies", a_cookie_is_sent_where_it_belongs_and_nowhere_else,
           a_cookie_is_sent_below_its_path,
           cookies_are_sent_with_longer_paths_first_and_then_in_order_of_age,
           name_domain_path_and_host_only_tell_cookies_apart,
           a_cookie_ends_when_it_says_and_at_the_latest_after_400_days,
           a_cookie_that_is_over_removes_the_one_before,
           what_is_secure_is_not_touched_from_plain_http, names_with_a_promise_keep_it,
           all_fields_of_a_response_are_taken,
           a_host_has_fifty_cookies_and_what_is_over_or_long_unused_goes_first,
           a_site_with_many_hosts_is_bounded, a_jar_is_bounded_over_all_sites,
           a_jar_grows_to_many_sites, the_cookie_field_is_bounded,
           a_site_is_kept_as_a_record_and_comes_back_the_same,
           what_is_put_is_checked_and_loses_nothing_else)
