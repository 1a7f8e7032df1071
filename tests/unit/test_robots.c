/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdio.h>

#include "base/buf.h"
#include "robots/robots.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

struct row {
    const char *text;
    const char *path;
    bool is_allowed;
    uint32_t line;
};

static struct robots_decision decide(const char *text, const char *token, const char *path)
{
    struct robots_decision why;
    struct robots *robots = robots_new(bytes_from_string(text), bytes_from_string(token));
    ck_assert(robots_allows(robots, bytes_from_string(path), &why) == why.is_allowed);
    robots_free(robots);
    return why;
}

static void check_rows(const char *token, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct robots_decision why = decide(rows[i].text, token, rows[i].path);
        ck_assert_msg(why.is_allowed == rows[i].is_allowed && why.line == rows[i].line,
                      "row %zu: %s gives %d by line %u", i, rows[i].path, why.is_allowed, why.line);
    }
}

/* RFC 9309, 5.1, with one group more. */
static const char simple[] = "User-Agent: *\n"                /* 1 */
                             "Disallow: *.gif$\n"             /* 2 */
                             "Disallow: /example/\n"          /* 3 */
                             "Allow: /publications/\n"        /* 4 */
                             "\n"                             /* 5 */
                             "User-Agent: foobot\n"           /* 6 */
                             "Disallow:/\n"                   /* 7 */
                             "Allow:/example/page.html\n"     /* 8 */
                             "Allow:/example/allowed.gif\n"   /* 9 */
                             "\n"                             /* 10 */
                             "User-Agent: barbot\n"           /* 11 */
                             "User-Agent: bazbot\n"           /* 12 */
                             "Disallow: /example/page.html\n" /* 13 */
                             "\n"                             /* 14 */
                             "User-Agent: quxbot\n";          /* 15 */

START_TEST(the_example_of_the_standard_is_read_as_the_standard_says)
{
    static const struct {
        const char *token;
        const char *path;
        bool is_allowed;
        uint32_t line;
        const char *agent;
    } rows[] = {
        { "anybot", "/", true, 0, "*" },
        { "anybot", "/pictures/a.gif", false, 2, "*" },
        { "anybot", "/pictures/a.gift", true, 0, "*" },
        { "anybot", "/example/", false, 3, "*" },
        { "anybot", "/example", true, 0, "*" },
        { "anybot", "/publications/x", true, 4, "*" },
        { "anybot", "/publications/x.gif", true, 4, "*" },
        { "foobot", "/", false, 7, "foobot" },
        { "foobot", "/example/page.html", true, 8, "foobot" },
        { "FooBot", "/example/allowed.gif", true, 9, "FooBot" },
        { "foobot", "/publications/", false, 7, "foobot" },
        { "barbot", "/example/page.html", false, 13, "barbot" },
        { "BAZBOT", "/example/page.html", false, 13, "BAZBOT" },
        { "bazbot", "/example/", true, 0, "bazbot" },
        { "quxbot", "/a.gif", true, 0, "quxbot" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct robots *robots =
            robots_new(bytes_from_string(simple), bytes_from_string(rows[i].token));
        struct robots_decision why;
        robots_allows(robots, bytes_from_string(rows[i].path), &why);
        ck_assert_msg(why.is_allowed == rows[i].is_allowed && why.line == rows[i].line &&
                          bytes_equal(why.agent, bytes_from_string(rows[i].agent)),
                      "row %zu: %d by line %u of %.*s", i, why.is_allowed, why.line,
                      (int)why.agent.length, why.agent.data);
        robots_free(robots);
    }
}
END_TEST

START_TEST(the_longest_match_decides_and_allow_wins_a_tie)
{
    static const struct row rows[] = {
        { "user-agent: *\nallow: /p\ndisallow: /\n", "/page", true, 2 },
        { "user-agent: *\ndisallow: /\nallow: /p\n", "/page", true, 3 },
        { "user-agent: *\nallow: /folder\ndisallow: /folder\n", "/folder/page", true, 2 },
        { "user-agent: *\ndisallow: /folder\nallow: /folder\n", "/folder/page", true, 3 },
        { "user-agent: *\nallow: /page\ndisallow: /*.htm\n", "/page.htm", false, 3 },
        { "user-agent: *\nallow: /$\ndisallow: /\n", "/", true, 2 },
        { "user-agent: *\nallow: /$\ndisallow: /\n", "/page.htm", false, 3 },
        { "user-agent: *\nallow: /example/page/\ndisallow: /example/page/disallowed.gif\n",
          "/example/page/disallowed.gif", false, 3 },
        /* Octets are counted in normal form: "%61%62" are two, "é" is six. */
        { "user-agent: *\nallow: /%61%62\ndisallow: /ab*\n", "/abc", false, 3 },
        { "user-agent: *\nallow: /caf\xc3\xa9\ndisallow: /*caf*\n", "/caf%C3%A9", true, 2 },
        /* The first line of a rule that stands twice is named. */
        { "user-agent: *\ndisallow: /a\nallow: /b\ndisallow: /a\n", "/a", false, 2 },
        { "user-agent: *\ndisallow: /a$\ndisallow: /ab\n", "/a", false, 2 },
    };
    check_rows("ExampleBot", rows, COUNT(rows));
}
END_TEST

START_TEST(stars_and_dollars_are_special_and_can_be_written_encoded)
{
    static const struct row rows[] = {
        { "user-agent:*\ndisallow: /fish*.php", "/fish.php", false, 2 },
        { "user-agent:*\ndisallow: /fish*.php", "/fishheads/catfish.php?parameters", false, 2 },
        { "user-agent:*\ndisallow: /fish*.php", "/Fish.PHP", true, 0 },
        { "user-agent:*\ndisallow: /*.php$", "/folder/filename.php", false, 2 },
        { "user-agent:*\ndisallow: /*.php$", "/filename.php?parameters", true, 0 },
        { "user-agent:*\ndisallow: /*.php$", "/filename.php5.php", false, 2 },
        { "user-agent:*\ndisallow: /*.php$", "/.ph", true, 0 },
        { "user-agent:*\ndisallow: *", "/", false, 2 },
        { "user-agent:*\ndisallow: *x", "/abx", false, 2 },
        { "user-agent:*\ndisallow: /a***b", "/acb", false, 2 },
        { "user-agent:*\ndisallow: /a*$", "/a", false, 2 },
        { "user-agent:*\ndisallow: /a*b*c$", "/abc", false, 2 },
        { "user-agent:*\ndisallow: /a*b*c$", "/abcb", true, 0 },
        { "user-agent:*\ndisallow: /*ab*ab$", "/ab", true, 0 },
        { "user-agent:*\ndisallow: /*ab*ab$", "/abab", false, 2 },
        { "user-agent:*\ndisallow: /*aab", "/aaab", false, 2 },
        { "user-agent:*\ndisallow: /$", "/", false, 2 },
        { "user-agent:*\ndisallow: /$", "/a", true, 0 },
        { "user-agent:*\ndisallow: /a$b", "/a$b", false, 2 },
        { "user-agent:*\ndisallow: /a$b", "/a", true, 0 },
        { "user-agent:*\ndisallow: /file-%2A.html", "/file-*.html", false, 2 },
        { "user-agent:*\ndisallow: /file-%2A.html", "/file-x.html", true, 0 },
        { "user-agent:*\ndisallow: /foo-%24", "/foo-$", false, 2 },
        { "user-agent:*\ndisallow: /foo-%24", "/foo-%24bar", false, 2 },
        { "user-agent:*\ndisallow: /foo-%24", "/foo-", true, 0 },
    };
    check_rows("ExampleBot", rows, COUNT(rows));
}
END_TEST

START_TEST(percent_encoding_is_compared_in_one_normal_form)
{
    static const struct {
        const char *pattern;
        const char *path;
        bool matches;
    } rows[] = {
        /* The five of RFC 9309, 2.2.2, each way round. */
        { "/foo/bar?baz=quz", "/foo/bar?baz=quz", true },
        { "/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", true },
        { "/foo/bar?baz=https%3A%2F%2Ffoo.bar", "/foo/bar?baz=https://foo.bar", true },
        { "/foo/bar/\xe3\x83\x84", "/foo/bar/%E3%83%84", true },
        { "/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84", true },
        { "/foo/bar/%E3%83%84", "/foo/bar/\xe3\x83\x84", true },
        { "/foo/bar/%62%61%7A", "/foo/bar/baz", true },
        { "/foo/bar/baz", "/foo/bar/%62%61%7A", true },
        /* Case of the digits; what a URI cannot hold bare. */
        { "/a%3cd.html", "/a%3Cd.html", true },
        { "/a%3Cd.html", "/a<d.html", true },
        { "/a<d.html", "/a%3cd.html", true },
        { "/a b", "/a%20b", true },
        { "/%7ejoe/index.html", "/~joe/index.html", true },
        { "/%E3%83%84", "/%e3%83%84", true },
        /* Reserved characters mean something else when encoded, but not in a query. */
        { "/a%2fb.html", "/a%2fb.html", true },
        { "/a%2fb.html", "/a/b.html", false },
        { "/a/b.html", "/a%2Fb.html", false },
        { "/x?a%26b", "/x?a&b", false },
        { "/*/print", "/a?b=/print", true },
        { "/*%2F", "/a?b=%2Fc", true },
        { "/*?*url=http://", "/go?x=1&url=http%3a%2f%2fexample.org", true },
        { "/x%3Fa", "/x?a", false },
        /* A '%' that encodes nothing is the sign itself. */
        { "/%a%a", "/%a%a", true },
        { "/100%", "/100%", true },
        { "/100%", "/100%25", true },
        { "/100%", "/100%20", false },
        { "/%zz", "/%ZZ", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[256];
        snprintf(text, sizeof(text), "user-agent: *\ndisallow: %s\n", rows[i].pattern);
        ck_assert_msg(decide(text, "ExampleBot", rows[i].path).is_allowed != rows[i].matches,
                      "row %zu: %s", i, rows[i].pattern);
    }
}
END_TEST

START_TEST(groups_of_one_agent_are_merged)
{
    static const struct row rows[] = {
        { "user-agent: examplebot\ndisallow: /foo\nuser-agent: bazbot\ndisallow: /bar\n"
          "user-agent: EXAMPLEBOT\ndisallow: /qux\n",
          "/qux", false, 6 },
        { "user-agent: examplebot\ndisallow: /foo\nuser-agent: bazbot\ndisallow: /bar\n"
          "user-agent: examplebot\ndisallow: /qux\n",
          "/foo", false, 2 },
        { "user-agent: examplebot\ndisallow: /foo\nuser-agent: bazbot\ndisallow: /bar\n", "/bar",
          true, 0 },
        { "user-agent: *\ndisallow: /a\nuser-agent: *\ndisallow: /b\n", "/a", false, 2 },
        { "user-agent: *\ndisallow: /a\nuser-agent: *\ndisallow: /b\n", "/b", false, 4 },
        /* Only a rule ends the list of agents. */
        { "user-agent: examplebot\nsitemap: /s\nhost: x\n\nuser-agent: bazbot\ndisallow: /\n", "/",
          false, 6 },
        { "user-agent: examplebot\ncrawl-delay: 5\nuser-agent: bazbot\ndisallow: /\n", "/", false,
          4 },
        { "user-agent: examplebot\ndisallow:\nuser-agent: bazbot\ndisallow: /\n", "/", true, 0 },
        { "user-agent: examplebot\nuser-agent: *\ndisallow: /\n", "/", false, 3 },
        /* A rule above all groups is nobody's. */
        { "disallow: /\nuser-agent: *\ndisallow: /x\n", "/", true, 0 },
        { "disallow: /\n", "/", true, 0 },
        { "", "/", true, 0 },
    };
    check_rows("ExampleBot", rows, COUNT(rows));
}
END_TEST

START_TEST(an_agent_is_named_by_its_whole_token)
{
    static const struct {
        const char *names;
        const char *token;
        const char *agent;
    } rows[] = {
        { "ExampleBot", "examplebot", "examplebot" },
        { "examplebot/2.1", "ExampleBot", "ExampleBot" },
        { "ExampleBot (+https://example.org/)", "ExampleBot", "ExampleBot" },
        { "ExampleBot-News", "ExampleBot", "" },
        { "ExampleBot_News", "ExampleBot", "" },
        { "Example", "ExampleBot", "" },
        { "MyExampleBot", "ExampleBot", "" },
        { "Bot2000", "Bot2000", "Bot2000" },
        { "Bot2000", "Bot", "" },
        { "2bot", "2bot", "2bot" },
        { "Bot", "Bot2000", "Bot" },
        { "Bot1", "Bot2000", "" },
        { "*", "ExampleBot", "*" },
        { "* # everybody", "ExampleBot", "*" },
        { "**", "ExampleBot", "" },
        { "Example*", "ExampleBot", "" },
        { "", "ExampleBot", "" },
        { "", "", "" },
        { "*", "", "*" },
        { "One, ExampleBot,Three", "ExampleBot", "ExampleBot" },
        { "One ExampleBot", "ExampleBot", "ExampleBot" },
        { "Mozilla/5.0 (compatible; ExampleBot/1.0)", "ExampleBot", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[256];
        struct robots_decision why;
        snprintf(text, sizeof(text), "user-agent: %s\ndisallow: /\n", rows[i].names);
        struct robots *robots =
            robots_new(bytes_from_string(text), bytes_from_string(rows[i].token));
        robots_allows(robots, BYTES("/x"), &why);
        ck_assert_msg(bytes_equal(why.agent, bytes_from_string(rows[i].agent)), "row %zu: %.*s", i,
                      (int)why.agent.length, why.agent.data);
        ck_assert_msg(why.is_allowed == (rows[i].agent[0] == '\0'), "row %zu", i);
        robots_free(robots);
    }
}
END_TEST

START_TEST(the_most_exact_name_of_a_token_with_digits_decides)
{
    static const char text[] = "user-agent: *\ndisallow: /any\n"
                               "user-agent: bot\ndisallow: /bot\n"
                               "user-agent: bot7\ndisallow: /bot7\n";
    ck_assert_uint_eq(decide(text, "Bot7", "/bot7").line, 6);
    ck_assert(decide(text, "Bot7", "/bot").is_allowed);
    ck_assert_uint_eq(decide(text, "Bot8", "/bot").line, 4);
    ck_assert(decide(text, "Bot8", "/any").is_allowed);
    ck_assert_uint_eq(decide(text, "Else", "/any").line, 2);
}
END_TEST

START_TEST(lines_are_read_however_they_are_written)
{
    static const struct row rows[] = {
        { "  USER-AGENT :\t* # all\n \tDisallow\t:  /a  # not this\n", "/a", false, 2 },
        { "user-agent: *\ndisallow: /a#b\n", "/a", false, 2 },
        { "user-agent: *\ndisallow: # /a\n", "/a", true, 0 },
        { "user-agent: *\n#disallow: /a\n", "/a", true, 0 },
        { "user-agent: *\rdisallow: /a\r", "/a", false, 2 },
        { "user-agent: *\r\n\r\ndisallow: /a\r\n", "/a", false, 3 },
        { "user-agent: *\n\r\n\r\rdisallow: /a", "/a", false, 5 },
        { "\xef\xbb\xbfuser-agent: *\ndisallow: /a", "/a", false, 2 },
        { "\xef\xbbuser-agent: *\ndisallow: /a", "/a", false, 2 },
        { "user-agent: *\n\xef\xbb\xbf"
          "disallow: /a",
          "/a", true, 0 },
        { "user-agent *\ndisallow /a\n", "/a", false, 2 },
        { "user-agent *\ndisallow    /a\n", "/a", false, 2 },
        { "user-agent *\ndisallow /a b\n", "/a", true, 0 },
        { "user-agent *\ndisallow/a\n", "/a", true, 0 },
        { "user-agent *\ndisallow /a:b\n", "/a:b", true, 0 },
        { "user-agent: *\ndisallow everything\n", "/everything", true, 0 },
        { "user-agent: *\ndisallow: fish\n", "/fish", true, 0 },
        { "user-agent: *\ndisallow: https://example.org/a\n", "/a", true, 0 },
        { "user-agent: *\nnoindex: /a\ndisallowed: /a\nallowance: /a\n", "/a", true, 0 },
        { "user-agent: *\n: /a\n", "/a", true, 0 },
        { "user-agent\n*\ndisallow: /a\n", "/a", true, 0 },
    };
    check_rows("ExampleBot", rows, COUNT(rows));
}
END_TEST

START_TEST(misspelt_keys_are_understood)
{
    static const char *const disallows[] = {
        "Disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw",
        "desallow", "dsallow",   "dssalow",  "disllow", "diallow",  "dis-allow",
    };
    static const char *const agents[] = {
        "User-Agent", "useragent",   "user agent", "user_agent", "user-agents",
        "user-agnet", "users-agent", "useg-agent", "ser-agent",
    };
    static const char *const delays[] = { "Crawl-delay", "crawl delay", "crawldelay",
                                          "crawl_delay" };
    static const char *const sitemaps[] = { "Sitemap", "site-map", "site map", "sitemaps" };
    for (size_t i = 0; i < 12; i++) {
        char text[256];
        snprintf(text, sizeof(text), "%s: *\n%s: /a\n%s: 3\n%s: /s.xml\n",
                 agents[i % COUNT(agents)], disallows[i], delays[i % COUNT(delays)],
                 sitemaps[i % COUNT(sitemaps)]);
        struct robots *robots = robots_new(bytes_from_string(text), BYTES("ExampleBot"));
        ck_assert_msg(!robots_allows(robots, BYTES("/a"), NULL), "%s", text);
        ck_assert_msg(robots_crawl_delay_ms(robots) == 3000, "%s", text);
        ck_assert_msg(robots_sitemap_count(robots) == 1, "%s", text);
        robots_free(robots);
    }
    ck_assert_uint_eq(COUNT(disallows), 12);
}
END_TEST

START_TEST(nul_bytes_around_a_line_are_no_part_of_it)
{
    static const char text[] = "user-agent: *\n\0\0disallow: /a\0\0\nallow: /a/b\0";
    struct robots *robots = robots_new(bytes_of(text, sizeof(text) - 1), BYTES("ExampleBot"));
    ck_assert(!robots_allows(robots, BYTES("/a"), NULL));
    ck_assert(robots_allows(robots, BYTES("/a/b"), NULL));
    robots_free(robots);
}
END_TEST

START_TEST(a_file_in_utf16_is_read)
{
    static const char ascii[] = "user-agent: *\ndisallow: /a\n";
    for (int big = 0; big < 2; big++) {
        struct buf text;
        buf_init(&text, BUF_UNBOUNDED);
        buf_append(&text, big ? "\xfe\xff" : "\xff\xfe", 2);
        for (size_t i = 0; ascii[i]; i++) {
            buf_append_char(&text, big ? '\0' : ascii[i]);
            buf_append_char(&text, big ? ascii[i] : '\0');
        }
        /* "Disallow: /" and U+1F4A9, then half a surrogate pair and half a unit. */
        static const char big_tail[] =
            "\0d\0i\0s\0a\0l\0l\0o\0w\0:\0/\xd8\x3d\xdc\xa9\0\n\xd8\x3d\0";
        for (size_t i = 0; i + 1 < sizeof(big_tail) - 1; i += 2) {
            buf_append_char(&text, big_tail[big ? i : i + 1]);
            buf_append_char(&text, big_tail[big ? i + 1 : i]);
        }
        struct robots *robots = robots_new(buf_bytes(&text), BYTES("ExampleBot"));
        ck_assert(!robots_allows(robots, BYTES("/a"), NULL));
        ck_assert(!robots_allows(robots, BYTES("/%F0%9F%92%A9"), NULL));
        ck_assert(robots_allows(robots, BYTES("/b"), NULL));
        robots_free(robots);
        buf_clear(&text);
    }
}
END_TEST

START_TEST(a_page_in_place_of_the_file_gives_no_rules)
{
    static const struct row rows[] = {
        { "<!DOCTYPE html>\nuser-agent: *\ndisallow: /\n", "/", true, 0 },
        { "\xef\xbb\xbf \r\n<HTML>\nuser-agent: *\ndisallow: /\n", "/", true, 0 },
        { "<?xml version=\"1.0\"?>\nuser-agent: *\ndisallow: /\n", "/", true, 0 },
        { "<!-- ours -->\nuser-agent: *\ndisallow: /\n", "/", false, 3 },
    };
    check_rows("ExampleBot", rows, COUNT(rows));
}
END_TEST

START_TEST(robots_txt_itself_is_always_allowed)
{
    static const char text[] = "user-agent: *\ndisallow: /\n";
    ck_assert(decide(text, "ExampleBot", "/robots.txt").is_allowed);
    ck_assert(!decide(text, "ExampleBot", "/robots.txt?x").is_allowed);
    ck_assert(!decide(text, "ExampleBot", "/a/robots.txt").is_allowed);
    ck_assert(!decide(text, "ExampleBot", "").is_allowed);
}
END_TEST

START_TEST(a_decision_shows_the_rule_as_it_was_written)
{
    struct robots *robots =
        robots_new(BYTES("user-agent: *\ndisallow:  /%7ea*<b$ # why\n"), BYTES("ExampleBot"));
    struct robots_decision why;
    ck_assert(!robots_allows(robots, BYTES("/~a/<b"), &why));
    ck_assert(bytes_equal(why.pattern, BYTES("/%7ea*<b$")));
    ck_assert(robots_allows(robots, BYTES("/other"), &why));
    ck_assert_uint_eq(why.pattern.length, 0);
    robots_free(robots);
}
END_TEST

START_TEST(crawl_delays_are_seconds_with_a_fraction)
{
    static const struct {
        const char *value;
        int64_t ms;
    } rows[] = {
        { "1", 1000 },
        { "0.5", 500 },
        { ".5", 500 },
        { "10.", 10000 },
        { "1.0", 1000 },
        { "0", 0 },
        { "1.2345", 1234 },
        { "0.0001", 0 },
        { "86400", 86400000 },
        { "86401", 86400000 },
        { "99999999999999999999999999999999999999", 86400000 },
        { "", -1 },
        { ".", -1 },
        { "-1", -1 },
        { "1.2.1", -1 },
        { "10a", -1 },
        { "word", -1 },
        { "1,5", -1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[256];
        snprintf(text, sizeof(text), "user-agent: *\ncrawl-delay: %s\n", rows[i].value);
        struct robots *robots = robots_new(bytes_from_string(text), BYTES("ExampleBot"));
        ck_assert_msg(robots_crawl_delay_ms(robots) == rows[i].ms, "row %zu: %lld", i,
                      (long long)robots_crawl_delay_ms(robots));
        robots_free(robots);
    }
}
END_TEST

START_TEST(a_crawl_delay_is_for_the_agents_above_it)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        { "user-agent: examplebot\ncrawl-delay: 1\nuser-agent: b\ncrawl-delay: 2\n", 1000 },
        { "user-agent: b\ncrawl-delay: 1\nuser-agent: examplebot\ncrawl-delay: 2\n", 2000 },
        { "user-agent: b\nuser-agent: examplebot\ncrawl-delay: 2\n", 2000 },
        { "user-agent: *\ncrawl-delay: 1\nuser-agent: examplebot\ndisallow:\n", -1 },
        { "user-agent: *\ncrawl-delay: 1\nuser-agent: b\ncrawl-delay: 12\n", 1000 },
        { "user-agent: *\ncrawl-delay: 3\ndisallow: /x\ncrawl-delay: 1\n", 3000 },
        { "user-agent: *\ndisallow: /x\ncrawl-delay: 4\n", 4000 },
        { "crawl-delay: 9\nuser-agent: *\ndisallow: /x\n", -1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct robots *robots = robots_new(bytes_from_string(rows[i].text), BYTES("ExampleBot"));
        ck_assert_msg(robots_crawl_delay_ms(robots) == rows[i].ms, "row %zu: %lld", i,
                      (long long)robots_crawl_delay_ms(robots));
        robots_free(robots);
    }
}
END_TEST

START_TEST(sitemaps_are_those_of_the_whole_file_as_written)
{
    static const char *const wanted[] = { "https://example.org/1.xml", "/2.xml",
                                          "https://example.org/\xc3\xa9.xml",
                                          "https://example.org/4.xml" };
    struct robots *robots = robots_new(BYTES("Sitemap: https://example.org/1.xml\n"
                                             "user-agent: other\nsitemap: /2.xml # here\n"
                                             "sitemap:\ndisallow: /\n"
                                             "SITEMAP:https://example.org/\xc3\xa9.xml\n"
                                             "Sitemap https://example.org/4.xml"),
                                       BYTES("ExampleBot"));
    ck_assert_uint_eq(robots_sitemap_count(robots), COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++)
        ck_assert(bytes_equal(robots_sitemap(robots, i), bytes_from_string(wanted[i])));
    robots_free(robots);
}
END_TEST

START_TEST(what_is_behind_the_limit_is_cut_at_a_line)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text, "user-agent: *\ndisallow: /first\n");
    while (text.length < ROBOTS_BYTES_MAX - 100)
        buf_append_string(&text, "# nothing\n");
    buf_append_string(&text, "disallow: /last\n");
    while (text.length < ROBOTS_BYTES_MAX - 11)
        buf_append_char(&text, '\n');
    buf_append_string(&text, "disallow: /cut\ndisallow: /behind\n");
    struct robots *robots = robots_new(buf_bytes(&text), BYTES("ExampleBot"));
    ck_assert(!robots_allows(robots, BYTES("/first"), NULL));
    ck_assert(!robots_allows(robots, BYTES("/last"), NULL));
    ck_assert(robots_allows(robots, BYTES("/cut"), NULL));
    ck_assert(robots_allows(robots, BYTES("/behind"), NULL));
    ck_assert(robots_allows(robots, BYTES("/"), NULL));
    robots_free(robots);
    ck_assert_uint_eq(robots_text_cut(buf_bytes(&text)).length, ROBOTS_BYTES_MAX - 11);
    memset(text.data, 'x', text.length);
    ck_assert_uint_eq(robots_text_cut(buf_bytes(&text)).length, 0);
    text.data[ROBOTS_BYTES_MAX] = '\n';
    ck_assert_uint_eq(robots_text_cut(buf_bytes(&text)).length, ROBOTS_BYTES_MAX);
    buf_clear(&text);
}
END_TEST

/* With backtracking this would not end before the suite's time is up. */
START_TEST(hostile_patterns_take_linear_time)
{
    struct buf text;
    struct buf path;
    buf_init(&text, BUF_UNBOUNDED);
    buf_init(&path, BUF_UNBOUNDED);
    buf_append_char(&path, '/');
    while (path.length < 8192)
        buf_append_char(&path, 'a');
    buf_append_string(&text, "user-agent: *\ndisallow: /");
    while (text.length < 65536)
        buf_append_string(&text, "*a");
    buf_append_string(&text,
                      "*b$\ndisallow: /*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*ab\ndisallow: /");
    while (text.length < 400000)
        buf_append_char(&text, '*');
    struct robots *robots = robots_new(buf_bytes(&text), BYTES("ExampleBot"));
    struct robots_decision why;
    for (int i = 0; i < 100; i++)
        ck_assert(!robots_allows(robots, buf_bytes(&path), &why));
    ck_assert_uint_eq(why.line, 4);
    ck_assert_uint_lt(robots_memory_bytes(robots), 1024 * 1024);
    robots_free(robots);
    buf_clear(&text);
    buf_clear(&path);
}
END_TEST

START_TEST(only_rules_of_our_group_take_memory)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text, "user-agent: other\n");
    for (int i = 0; i < 10000; i++)
        buf_printf(&text, "disallow: /%d/\n", i);
    buf_append_string(&text, "user-agent: *\n");
    for (int i = 0; i < 1000; i++)
        buf_append_string(&text, "disallow: /again\n");
    struct robots *robots = robots_new(buf_bytes(&text), BYTES("ExampleBot"));
    ck_assert_uint_lt(robots_memory_bytes(robots), 32768);
    ck_assert(robots_allows(robots, BYTES("/1/"), NULL));
    ck_assert(!robots_allows(robots, BYTES("/again"), NULL));
    robots_free(robots);
    buf_clear(&text);
}
END_TEST

START_TEST(the_product_token_is_the_first_word_of_the_user_agent)
{
    static const char *const rows[][2] = {
        { "ExampleBot/1.0 (+https://example.org/bot)", "ExampleBot" },
        { "ExampleBot", "ExampleBot" },
        { "Example-Bot 2", "Example-Bot" },
        { "ExampleBot(x)", "ExampleBot" },
        { "  ExampleBot/1", "ExampleBot" },
        { "/1.0", "" },
        { "", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_msg(bytes_equal(robots_product_token(bytes_from_string(rows[i][0])),
                                  bytes_from_string(rows[i][1])),
                      "row %zu", i);
}
END_TEST

SUITE_MAIN("robots", the_example_of_the_standard_is_read_as_the_standard_says,
           the_longest_match_decides_and_allow_wins_a_tie,
           stars_and_dollars_are_special_and_can_be_written_encoded,
           percent_encoding_is_compared_in_one_normal_form, groups_of_one_agent_are_merged,
           an_agent_is_named_by_its_whole_token, the_most_exact_name_of_a_token_with_digits_decides,
           lines_are_read_however_they_are_written, misspelt_keys_are_understood,
           nul_bytes_around_a_line_are_no_part_of_it, a_file_in_utf16_is_read,
           a_page_in_place_of_the_file_gives_no_rules, robots_txt_itself_is_always_allowed,
           a_decision_shows_the_rule_as_it_was_written, crawl_delays_are_seconds_with_a_fraction,
           a_crawl_delay_is_for_the_agents_above_it,
           sitemaps_are_those_of_the_whole_file_as_written,
           what_is_behind_the_limit_is_cut_at_a_line, hostile_patterns_take_linear_time,
           only_rules_of_our_group_take_memory,
           the_product_token_is_the_first_word_of_the_user_agent)
