/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/no_proxy.h"
#include "crawler/fetch/proxy.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

START_TEST(a_proxy_is_what_its_url_says)
{
    static const struct {
        const char *text;
        const char *shown;
        enum proxy_kind kind;
        const char *user; /* NULL: none. */
        const char *password;
    } rows[] = {
        { "http://proxy.example.org:3128", "http://proxy.example.org:3128", PROXY_KIND_HTTP, NULL,
          NULL },
        { " proxy:3128 ", "http://proxy:3128", PROXY_KIND_HTTP, NULL, NULL },
        { "HTTP://Proxy.Example.ORG:3128/", "http://proxy.example.org:3128", PROXY_KIND_HTTP, NULL,
          NULL },
        { "https://proxy:443", "https://proxy:443", PROXY_KIND_HTTPS, NULL, NULL },
        { "socks4://proxy", "socks4://proxy:1080", PROXY_KIND_SOCKS4, NULL, NULL },
        { "socks4a://u@proxy:9", "socks4a://u@proxy:9", PROXY_KIND_SOCKS4A, "u", NULL },
        { "socks5://proxy", "socks5://proxy:1080", PROXY_KIND_SOCKS5, NULL, NULL },
        { "socks5h://u:p@127.0.0.1:9050", "socks5h://u:***@127.0.0.1:9050", PROXY_KIND_SOCKS5H, "u",
          "p" },
        { "http://u:p@proxy:3128", "http://u:***@proxy:3128", PROXY_KIND_HTTP, "u", "p" },
        { "http://u%40b:p%3a%2F%20@proxy:3128", "http://u@b:***@proxy:3128", PROXY_KIND_HTTP, "u@b",
          "p:/ " },
        { "http://u:p@q:r@proxy:3128", "http://u:***@proxy:3128", PROXY_KIND_HTTP, "u", "p@q:r" },
        { "http://u:%zz%4@proxy:3128", "http://u:***@proxy:3128", PROXY_KIND_HTTP, "u", "%zz%4" },
        { "http://u:@proxy:3128", "http://u:***@proxy:3128", PROXY_KIND_HTTP, "u", "" },
        { "http://[2001:DB8::1]:3128", "http://[2001:db8::1]:3128", PROXY_KIND_HTTP, NULL, NULL },
        { "socks5://[::1]", "socks5://[::1]:1080", PROXY_KIND_SOCKS5, NULL, NULL },
        { "http://0x7f.1:8080", "http://127.0.0.1:8080", PROXY_KIND_HTTP, NULL, NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct proxy proxy;
        char *problem = NULL;
        struct buf shown;
        buf_init(&shown, BUF_UNBOUNDED);
        ck_assert_msg(proxy_parse(&proxy, bytes_from_string(rows[i].text), &problem), "row %zu: %s",
                      i, problem);
        proxy_print(&proxy, &shown);
        ck_assert_str_eq(shown.data, rows[i].shown);
        ck_assert_int_eq(proxy.kind, rows[i].kind);
        ck_assert_pstr_eq(proxy.user, rows[i].user);
        ck_assert_pstr_eq(proxy.password, rows[i].password);
        buf_clear(&shown);
        proxy_clear(&proxy);
    }
}
END_TEST

START_TEST(what_is_no_proxy_is_refused_without_telling_its_password)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        { "", "host that is none" },
        { "http://", "host that is none" },
        { "http://:3128", "host that is none" },
        { "http://proxy", "needs a port" },
        { "https://proxy", "needs a port" },
        { "http://proxy:0", "port that is none" },
        { "http://proxy:65536", "port that is none" },
        { "http://proxy:x", "host that is none" },
        { "http://proxy:3128/path", "host that is none" },
        { "http://pro xy:3128", "host that is none" },
        { "http://[::1:3128", "host that is none" },
        { "ftp://u:secret@proxy:21", "scheme" },
        { "socks://u:secret@proxy", "scheme" },
        { "socks4://u:secret@proxy", "SOCKS4" },
        { "http://u%0d%0a:secret@proxy:3128", "control character" },
        { "http://u:secret%00@proxy:3128", "control character" },
        { "http://u%3av:secret@proxy:3128", "colon" },
        { "http://u:secret@proxy", "needs a port" },
        { "http://u:secret@", "host that is none" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct proxy proxy;
        char *problem = NULL;
        ck_assert_msg(!proxy_parse(&proxy, bytes_from_string(rows[i].text), &problem), "row %zu",
                      i);
        ck_assert_msg(strstr(problem, rows[i].why), "row %zu: %s", i, problem);
        ck_assert_msg(!strstr(problem, "secret"), "row %zu: %s", i, problem);
        ck_assert_ptr_null(proxy.host);
        ck_assert_ptr_null(proxy.password);
        free(problem);
    }
}
END_TEST

START_TEST(some_kinds_of_proxies_resolve_names)
{
    ck_assert(proxy_resolves_names(PROXY_KIND_HTTP));
    ck_assert(proxy_resolves_names(PROXY_KIND_HTTPS));
    ck_assert(!proxy_resolves_names(PROXY_KIND_SOCKS4));
    ck_assert(proxy_resolves_names(PROXY_KIND_SOCKS4A));
    ck_assert(!proxy_resolves_names(PROXY_KIND_SOCKS5));
    ck_assert(proxy_resolves_names(PROXY_KIND_SOCKS5H));
}
END_TEST

static const char *const *variables;

static const char *environment(const char *name)
{
    for (const char *const *at = variables; *at; at += 2)
        if (strcmp(*at, name) == 0)
            return at[1];
    return NULL;
}

START_TEST(the_environment_names_proxies_by_scheme)
{
    static const struct {
        const char *variables[7];
        const char *http; /* NULL: none. */
        const char *https;
        const char *ftp;
    } rows[] = {
        { { NULL }, NULL, NULL, NULL },
        { { "http_proxy", "a" }, "a", NULL, NULL },
        { { "HTTP_PROXY", "a" }, NULL, NULL, NULL }, /* A visitor's Proxy field, in a CGI. */
        { { "https_proxy", "a" }, NULL, "a", NULL },
        { { "HTTPS_PROXY", "a" }, NULL, "a", NULL },
        { { "HTTPS_PROXY", "a", "https_proxy", "b" }, NULL, "b", NULL },
        { { "https_proxy", "", "HTTPS_PROXY", "b" }, NULL, "b", NULL },
        { { "ftp_proxy", "a" }, NULL, NULL, "a" },
        { { "all_proxy", "a", "http_proxy", "b" }, "b", "a", "a" },
        { { "ALL_PROXY", "a" }, "a", "a", "a" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        variables = rows[i].variables;
        ck_assert_pstr_eq(proxy_from_environment(URL_SCHEME_HTTP, environment), rows[i].http);
        ck_assert_pstr_eq(proxy_from_environment(URL_SCHEME_HTTPS, environment), rows[i].https);
        ck_assert_pstr_eq(proxy_from_environment(URL_SCHEME_FTP, environment), rows[i].ftp);
        ck_assert_pstr_eq(proxy_from_environment(URL_SCHEME_OTHER, environment), NULL);
        ck_assert_pstr_eq(no_proxy_from_environment(environment), NULL);
    }
    static const char *const no_proxy[] = { "NO_PROXY", "x", "no_proxy", "y", NULL };
    variables = no_proxy;
    ck_assert_pstr_eq(no_proxy_from_environment(environment), "y");
}
END_TEST

START_TEST(hosts_on_the_list_are_asked_without_a_proxy)
{
    static const struct {
        const char *list;
        const char *url;
        bool matches;
    } rows[] = {
        { "", "http://example.org/", false },
        { " , ,\t", "http://example.org/", false },
        { "*", "http://example.org/", true },
        { "*:8080", "http://example.org/", false },
        { "*:8080", "http://example.org:8080/", true },
        { "example.org", "http://example.org/", true },
        { "Example.ORG", "https://example.org:8443/", true },
        { "example.org", "http://www.example.org/", true },
        { "example.org", "http://notexample.org/", false },
        { "example.org", "http://example.org.evil.net/", false },
        { "example.org.", "http://example.org/", true },
        { "example.org", "http://example.org./", true },
        { ".example.org", "http://example.org/", false },
        { ".example.org", "http://a.b.example.org/", true },
        { "*.example.org", "http://a.example.org/", true },
        { "*.example.org", "http://example.org/", false },
        { "a.net,example.org", "http://example.org/", true },
        { "a.net  example.org\tb.net", "http://example.org/", true },
        { "example.org:8080", "http://example.org/", false },
        { "example.org:80", "http://example.org/", true },
        { "example.org:443", "https://www.example.org/", true },
        { "localhost", "http://localhost:3000/", true },
        { "intranet", "http://wiki.intranet/", true },
        { "b\xc3\xbc"
          "cher.de",
          "http://www.xn--bcher-kva.de/", true },
        { "127.0.0.1", "http://127.0.0.1/", true },
        { "127.0.0.1", "http://0x7f.1/", true },
        { "127.0.0.1", "http://1.127.0.0.1.example.org/", false },
        { "0.0.1", "http://127.0.0.1/", false },
        { "127.0.0.1:80", "http://127.0.0.1:81/", false },
        { "10.0.0.0/8", "http://10.200.0.1/", true },
        { "10.0.0.0/8", "http://11.0.0.1/", false },
        { "10.0.0.0/8", "http://ten.example.org/", false },
        { "::1", "http://[::1]/", true },
        { "[::1]", "http://[::1]:99/", true },
        { "[::1]:80", "http://[::1]/", true },
        { "[::1]:80", "http://[::1]:81/", false },
        { "fd00::/8", "http://[fd12::3]/", true },
        { "fd00::/8", "http://[fe80::3]/", false },
        { "fd00::/8", "http://10.0.0.1/", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char storage[URL_BYTES_MAX];
        char *problem = NULL;
        struct url url;
        struct no_proxy *list = no_proxy_new(bytes_from_string(rows[i].list), &problem);
        ck_assert_msg(list != NULL, "row %zu: %s", i, problem);
        ck_assert(!url_parse(&url, storage, sizeof(storage), bytes_from_string(rows[i].url), NULL));
        ck_assert_msg(no_proxy_matches(list, &url) == rows[i].matches, "row %zu: %s and %s", i,
                      rows[i].list, rows[i].url);
        no_proxy_free(list);
    }
}
END_TEST

START_TEST(an_entry_that_cannot_be_read_is_named)
{
    static const struct {
        const char *list;
        const char *why;
    } rows[] = {
        { "example.org,10.0.0.0/33", "\"10.0.0.0/33\" needs a prefix length" },
        { "10.0.0.1/8", "\"10.0.0.1/8\" has bits set" },
        { "example.org:http", "\"example.org:http\" has a port that is none" },
        { "example.org:0", "port that is none" },
        { "example.org:65536", "port that is none" },
        { "http://example.org", "is no address" },
        { "a|b", "is no host, address or range" },
        { "*example.org", "is no host, address or range" },
        { "www.*.org", "is no host, address or range" },
        { ".", "is no host, address or range" },
        { "[::1", "is no host, address or range" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *problem = NULL;
        ck_assert_msg(!no_proxy_new(bytes_from_string(rows[i].list), &problem), "row %zu", i);
        ck_assert_msg(strstr(problem, rows[i].why), "row %zu: %s", i, problem);
        free(problem);
    }
}
END_TEST

START_TEST(its_name_is_without_its_login)
{
    struct proxy proxy;
    struct buf name;
    char *problem = NULL;
    buf_init(&name, BUF_UNBOUNDED);
    ck_assert(proxy_parse(&proxy, BYTES("socks5h://alice:hush@p.example"), &problem));
    proxy_name(&proxy, &name);
    ck_assert(bytes_equal(buf_bytes(&name), BYTES("socks5h://p.example:1080")));
    proxy_clear(&proxy);
    buf_clear(&name);
}
END_TEST

SUITE_MAIN("proxy", its_name_is_without_its_login, a_proxy_is_what_its_url_says,
           what_is_no_proxy_is_refused_without_telling_its_password,
           some_kinds_of_proxies_resolve_names, the_environment_names_proxies_by_scheme,
           hosts_on_the_list_are_asked_without_a_proxy, an_entry_that_cannot_be_read_is_named)
