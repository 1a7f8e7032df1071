/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/host_pattern.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

START_TEST(a_pattern_has_its_host_as_urls_have_it)
{
    static const char *const rows[][2] = {
        { "docs.example.org", "docs.example.org" },
        { "DOCS.Example.ORG", "docs.example.org" },
        { "*.Example.org", "*.example.org" },
        { "b\xc3\xbc"
          "cher.example",
          "xn--bcher-kva.example" },
        { "*.b\xc3\xbc"
          "cher.example",
          "*.xn--bcher-kva.example" },
        { "[0:0::1]", "[::1]" },
        { "127.1", "127.0.0.1" },
        { "localhost", "localhost" },
        { "example.org.", "example.org" },
        { "*.Example.org.", "*.example.org" },
    };
    static const char *const none[] = { "",         "*",        "*.",   "a:80",  "http://a",
                                        "a/b",      "a b",      "u@a",  "a?b",   "a#b",
                                        "a%20b",    "[::1]:80", "[::1", "a.*.b", "b.*",
                                        "*.*.b",    "a\\b",     ".",    "*..",   "[::1]x",
                                        "999.1.1.1" };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out;
        buf_init(&out, BUF_UNBOUNDED);
        ck_assert_msg(host_pattern_write(&out, bytes_from_string(rows[i][0])), "%s", rows[i][0]);
        ck_assert_str_eq(out.data, rows[i][1]);
        buf_clear(&out);
    }
    for (size_t i = 0; i < COUNT(none); i++) {
        struct buf out;
        buf_init(&out, BUF_UNBOUNDED);
        ck_assert_msg(!host_pattern_write(&out, bytes_from_string(none[i])), "%s", none[i]);
        ck_assert_uint_eq(out.length, 0);
        buf_clear(&out);
    }
}
END_TEST

START_TEST(a_star_is_for_what_lies_below)
{
    static const struct {
        const char *pattern;
        const char *host;
        bool does_match;
    } rows[] = {
        { "example.org", "example.org", true },
        { "example.org", "www.example.org", false },
        { "*.example.org", "www.example.org", true },
        { "*.example.org", "a.b.example.org", true },
        { "*.example.org", "example.org", false },
        { "*.example.org", ".example.org", false },
        { "*.example.org", "badexample.org", false },
        { "*.example.org", "www.example.org.", true },
        { "*.example.org", "example.org.", false },
        { "example.org", "example.org.", true },
        { "*.org", "example.org", true },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_msg(host_pattern_matches(bytes_from_string(rows[i].pattern),
                                           bytes_from_string(rows[i].host)) == rows[i].does_match,
                      "%s %s", rows[i].pattern, rows[i].host);
}
END_TEST

static const char *const patterns[] = { "*.a.example.org", "*.example.org", "*.org",
                                        "[::1]",           "a.example.org", "example.org" };

static const char *pattern_at(size_t place)
{
    return place < COUNT(patterns) ? patterns[place] : "none";
}

START_TEST(the_most_specific_pattern_counts)
{
    static const char *const rows[][2] = {
        { "example.org", "example.org" },
        { "a.example.org", "a.example.org" },
        { "b.example.org", "*.example.org" },
        { "x.a.example.org", "*.a.example.org" },
        { "x.y.a.example.org", "*.a.example.org" },
        { "example.org.", "example.org" },
        { "b.example.org.", "*.example.org" },
        { "other.org", "*.org" },
        { "org", "none" },
        { "example.com", "none" },
        { "[::1]", "[::1]" },
        { "", "none" },
        { ".", "none" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_str_eq(pattern_at(host_patterns_find(patterns, COUNT(patterns),
                                                       bytes_from_string(rows[i][0]))),
                         rows[i][1]);
    ck_assert_uint_eq(host_patterns_find(NULL, 0, BYTES("a.example")), 0);
}
END_TEST

START_TEST(the_next_wider_pattern_leaves_itself_out)
{
    static const char *const rows[][2] = {
        { "example.org", "*.org" },
        { "a.example.org", "*.example.org" },
        { "*.a.example.org", "*.example.org" },
        { "*.example.org", "*.org" },
        { "*.org", "none" },
        { "[::1]", "none" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_str_eq(pattern_at(host_patterns_find_wider(patterns, COUNT(patterns),
                                                             bytes_from_string(rows[i][0]))),
                         rows[i][1]);
}
END_TEST

SUITE_MAIN("host_pattern", a_pattern_has_its_host_as_urls_have_it, a_star_is_for_what_lies_below,
           the_most_specific_pattern_counts, the_next_wider_pattern_leaves_itself_out)
