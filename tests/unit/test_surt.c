/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/surt.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

START_TEST(host_names_are_turned_and_turned_back)
{
    static const struct {
        const char *host;
        const char *key;
    } rows[] = {
        { "www.example.org", "org,example,www" },
        { "x", "x" },
        { "", "" },
        { "example.org.", ",org,example" },
        { ".", "," },
        { "a..b", "b,,a" },
        { "1.2.3.4", "1.2.3.4" },
        { "[2001:db8::1]", "[2001:db8::1]" },
        { "1.2.3.4.x", "x,4,3,2,1" },
        { "a,b)c.org", "org,a|2cb|29c" },
        { "a_b~c.org", "org,a_b~c" },
        { "!$&'()*+,.x", "x,|21|24|26|27|28|29|2a|2b|2c" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf buf;
        buf_init(&buf, BUF_UNBOUNDED);
        buf_append_string(&buf, "");
        surt_host(&buf, bytes_from_string(rows[i].host));
        ck_assert_str_eq(buf.data, rows[i].key);
        buf_reset(&buf);
        surt_host_name(&buf, bytes_from_string(rows[i].key));
        ck_assert(bytes_equal(buf_bytes(&buf), bytes_from_string(rows[i].host)));
        buf_clear(&buf);
    }
}
END_TEST

START_TEST(urls_come_back_from_their_keys)
{
    static const struct {
        const char *url;
        const char *key;
    } rows[] = {
        { "https://www.example.org/a?b", "org,example,www)/a?b" },
        { "http://www.example.org/a?b", "org,example,www):http/a?b" },
        { "https://example.org:80/", "org,example):https:80/" },
        { "http://example.org:443/", "org,example):http:443/" },
        { "http://example.org:0/", "org,example):http:0/" },
        { "ftp://example.org/):/", "org,example):ftp/):/" },
        { "ftp://example.org:2121/", "org,example):ftp:2121/" },
        { "https://1.2.3.4/?x", "1.2.3.4)/?x" },
        { "http://[::1]:8080//", "[::1]):http:8080//" },
        { "https://example.org./", ",org,example)/" },
        { "https://a)b,c.org/", "org,a|29b|2cc)/" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct url url;
        struct buf buf;
        buf_init(&buf, BUF_UNBOUNDED);
        ck_assert(url_split(&url, bytes_from_string(rows[i].url)));
        surt_key(&buf, &url);
        ck_assert_str_eq(buf.data, rows[i].key);
        buf_reset(&buf);
        ck_assert(surt_key_url(&buf, bytes_from_string(rows[i].key)));
        ck_assert_str_eq(buf.data, rows[i].url);
        buf_clear(&buf);
    }
}
END_TEST

START_TEST(credentials_are_in_no_key)
{
    struct url url;
    struct buf buf;
    buf_init(&buf, BUF_UNBOUNDED);
    ck_assert(url_split(&url, BYTES("https://user:secret@example.org/a")));
    surt_key(&buf, &url);
    ck_assert_str_eq(buf.data, "org,example)/a");
    buf_clear(&buf);
}
END_TEST

START_TEST(what_is_no_key_gives_no_url)
{
    static const char *const rows[] = {
        "",
        ")",
        "org,example",
        "org,example)",
        ")/",
        "org)x/",
        "org):/",
        "org):gopher/",
        "org):https/",
        "org):https:443/",
        "org):http:80/",
        "org):http:081/",
        "org):http:/",
        "org):http:65536/",
        "org):http:8:8/",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf buf;
        buf_init(&buf, BUF_UNBOUNDED);
        buf_append_string(&buf, "kept");
        ck_assert_msg(!surt_key_url(&buf, bytes_from_string(rows[i])), "%s", rows[i]);
        ck_assert_str_eq(buf.data, "kept");
        buf_clear(&buf);
    }
}
END_TEST

START_TEST(a_full_buf_gets_no_half_a_url)
{
    struct buf buf;
    buf_init(&buf, 12);
    ck_assert(!surt_key_url(&buf, BYTES("org,example)/a")));
    ck_assert_uint_eq(buf.length, 0);
    buf_clear(&buf);
}
END_TEST

/* In this order: site by site, the hosts of a site together, its schemes and ports together. */
START_TEST(byte_order_groups_site_host_scheme_and_path)
{
    static const char *const urls[] = {
        "https://192.0.2.1/",        "https://example.com/",    "https://example.org/",
        "https://example.org/a",     "https://example.org/a?b", "https://example.org/z",
        "http://example.org/",       "http://example.org/a",    "http://example.org:8080/",
        "https://example.org:8443/", "https://a.example.org/",  "http://b.a.example.org/",
        "https://z.example.org/",    "https://example-a.org/",  "https://example0.org/",
        "https://examplea.org/",     "https://example!.org/",
    };
    struct buf before;
    struct buf key;
    buf_init(&before, BUF_UNBOUNDED);
    buf_init(&key, BUF_UNBOUNDED);
    for (size_t i = 0; i < COUNT(urls); i++) {
        struct url url;
        ck_assert(url_split(&url, bytes_from_string(urls[i])));
        buf_reset(&key);
        surt_key(&key, &url);
        if (i > 0)
            ck_assert_msg(bytes_compare(buf_bytes(&before), buf_bytes(&key)) < 0, "%s", urls[i]);
        struct buf swap = before;
        before = key;
        key = swap;
    }
    buf_clear(&before);
    buf_clear(&key);
}
END_TEST

START_TEST(a_domain_and_what_lies_below_it_are_one_range)
{
    static const char *const others[] = { "example!.org", "example-a.org", "example0.org",
                                          "examplea.org", "exampl.org",    "a(example.org",
                                          "org",          "example.or",    "example,a.org" };
    static const char *const inside[] = { "example.org", "a.example.org", "!.example.org",
                                          "-.example.org", "b.~.example.org" };
    for (size_t i = 0; i < COUNT(others); i++) {
        struct buf key;
        buf_init(&key, BUF_UNBOUNDED);
        surt_host(&key, bytes_from_string(others[i]));
        bool is_after = bytes_compare(buf_bytes(&key), BYTES("org,example-")) >= 0;
        bool is_before = bytes_compare(buf_bytes(&key), BYTES("org,example")) < 0;
        ck_assert_msg(is_after || is_before, "%s", others[i]);
        buf_clear(&key);
    }
    for (size_t i = 0; i < COUNT(inside); i++) {
        struct buf key;
        buf_init(&key, BUF_UNBOUNDED);
        surt_host(&key, bytes_from_string(inside[i]));
        ck_assert_msg(bytes_compare(buf_bytes(&key), BYTES("org,example-")) < 0, "%s", inside[i]);
        ck_assert_msg(bytes_start_with(buf_bytes(&key), BYTES("org,example")), "%s", inside[i]);
        buf_clear(&key);
    }
}
END_TEST

SUITE_MAIN("surt", host_names_are_turned_and_turned_back, urls_come_back_from_their_keys,
           credentials_are_in_no_key, what_is_no_key_gives_no_url, a_full_buf_gets_no_half_a_url,
           byte_order_groups_site_host_scheme_and_path,
           a_domain_and_what_lies_below_it_are_one_range)
