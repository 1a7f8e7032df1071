/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "robots/directives.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* 2030-06-25 15:00:00 UTC. */
#define JUNE_MS INT64_C(1908630000000)

enum { NOINDEX = 1, NOFOLLOW = 2, NOARCHIVE = 4, NOSNIPPET = 8 };

static unsigned flags_of(const struct directives *directives)
{
    return (directives->noindex ? NOINDEX : 0u) | (directives->nofollow ? NOFOLLOW : 0u) |
           (directives->noarchive ? NOARCHIVE : 0u) | (directives->nosnippet ? NOSNIPPET : 0u);
}

START_TEST(a_header_is_for_all_robots_until_one_is_named)
{
    static const struct {
        const char *value;
        unsigned flags;
    } rows[] = {
        { "noindex", NOINDEX },
        { "NoIndex,NOFOLLOW", NOINDEX | NOFOLLOW },
        { "none", NOINDEX | NOFOLLOW },
        { "noarchive, nosnippet", NOARCHIVE | NOSNIPPET },
        { "nocache", NOARCHIVE },
        { "noindex nofollow;noarchive", NOINDEX | NOFOLLOW | NOARCHIVE },
        { "all", 0 },
        { "index, follow", 0 },
        { "noindex2, xnoindex, no-index", 0 },
        { "", 0 },
        { " , ,", 0 },
        { "examplebot: noindex", NOINDEX },
        { "ExampleBot:noindex,nofollow", NOINDEX | NOFOLLOW },
        { "examplebot : noindex", NOINDEX },
        { "otherbot: noindex, nofollow", 0 },
        { "otherbot: noindex, examplebot: nofollow", NOFOLLOW },
        { "noarchive, otherbot: noindex, examplebot: nofollow, nosnippet",
          NOARCHIVE | NOFOLLOW | NOSNIPPET },
        { "examplebot: nofollow, otherbot: noindex", NOFOLLOW },
        { "examplebot-news: noindex", 0 },
        { "robots: noindex", NOINDEX },
        { "otherbot: none, *: nofollow", NOFOLLOW },
        { "max-snippet: 20, noindex", NOINDEX },
        { "max-snippet:20, max-image-preview:large, max-video-preview: -1, noindex", NOINDEX },
        { ": noindex", NOINDEX },
        { "::::noindex:", 0 },
        { "unavailable_after: no date, noindex", NOINDEX },
        { "unavailable_after: 99:99:99, noindex", NOINDEX },
        { "unavailable_after", 0 },
        { "unavailable_after:", 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct directives directives = { 0 };
        directives_from_header(&directives, bytes_from_string(rows[i].value), BYTES("ExampleBot"));
        ck_assert_msg(flags_of(&directives) == rows[i].flags, "%s: %u", rows[i].value,
                      flags_of(&directives));
        ck_assert_msg(directives.unavailable_after_ms == 0, "%s", rows[i].value);
    }
}
END_TEST

START_TEST(a_date_may_hold_commas_and_colons)
{
    static const struct {
        const char *value;
        int64_t ms;
        unsigned flags;
    } rows[] = {
        { "unavailable_after: 25 Jun 2030 15:00:00 GMT", JUNE_MS, 0 },
        { "unavailable_after: 25 Jun 2030 15:00:00 GMT, noindex", JUNE_MS, NOINDEX },
        { "unavailable_after: Tue, 25 Jun 2030 15:00:00 GMT, noindex", JUNE_MS, NOINDEX },
        { "Unavailable_After: Tuesday, 25-Jun-30 15:00:00 GMT", JUNE_MS, 0 },
        { "noindex, unavailable_after:Tue Jun 25 15:00:00 2030", JUNE_MS, NOINDEX },
        { "unavailable_after: 2030-06-25T17:00:00+02:00,nofollow", JUNE_MS, NOFOLLOW },
        { "unavailable_after: 2030-06-25T15:00:00.000Z", JUNE_MS, 0 },
        { "unavailable_after: 25-Jun-2030 10:00:00 EST", JUNE_MS, 0 },
        { "unavailable_after: 2030-06-25", JUNE_MS - 15 * INT64_C(3600000), 0 },
        { "unavailable_after: 1970-01-01", 1, 0 },
        { "unavailable_after: 25 Jun 2031 15:00:00 GMT, unavailable_after: 2030-06-25T15:00Z",
          JUNE_MS, 0 },
        { "unavailable_after: 2030-06-25T15:00Z, unavailable_after: 2031-06-25T15:00Z", JUNE_MS,
          0 },
        { "examplebot: unavailable_after: 2030-06-25T15:00Z", JUNE_MS, 0 },
        { "otherbot: unavailable_after: 2030-06-25T15:00Z, noindex", 0, 0 },
        { "unavailable_after: 31 Feb 2030 15:00:00 GMT, noindex", 0, NOINDEX },
        { "unavailable_after: Tue, 31 Feb 2030 15:00:00 GMT, noindex", 0, NOINDEX },
        { "unavailable_after: 25 Jun 1930 15:00:00 GMT", 0, 0 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct directives directives = { 0 };
        directives_from_header(&directives, bytes_from_string(rows[i].value), BYTES("ExampleBot"));
        ck_assert_msg(directives.unavailable_after_ms == rows[i].ms &&
                          flags_of(&directives) == rows[i].flags,
                      "%s: %lld %u", rows[i].value, (long long)directives.unavailable_after_ms,
                      flags_of(&directives));
    }
}
END_TEST

START_TEST(a_meta_element_is_for_all_robots_or_for_the_one_it_names)
{
    static const struct {
        const char *name;
        const char *content;
        unsigned flags;
    } rows[] = {
        { "robots", "noindex, nofollow", NOINDEX | NOFOLLOW },
        { "ROBOTS", "NONE", NOINDEX | NOFOLLOW },
        { " robots ", "index,nofollow", NOFOLLOW },
        { "examplebot", "noarchive", NOARCHIVE },
        { "otherbot", "noindex", 0 },
        { "robot", "noindex", 0 },
        { "", "noindex", 0 },
        { "description", "noindex", 0 },
        { "robots", "", 0 },
        { "robots", "otherbot: noindex", NOINDEX },
        { "robots", "max-snippet:-1, nosnippet", NOSNIPPET },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct directives directives = { 0 };
        directives_from_meta(&directives, bytes_from_string(rows[i].name),
                             bytes_from_string(rows[i].content), BYTES("ExampleBot"));
        ck_assert_msg(flags_of(&directives) == rows[i].flags, "row %zu: %u", i,
                      flags_of(&directives));
    }
}
END_TEST

START_TEST(the_most_restrictive_of_all_sources_wins)
{
    struct directives directives = { 0 };
    directives_from_header(&directives, BYTES("noindex"), BYTES("ExampleBot"));
    directives_from_header(&directives, BYTES("all"), BYTES("ExampleBot"));
    directives_from_meta(&directives, BYTES("robots"), BYTES("index, follow, noarchive"),
                         BYTES("ExampleBot"));
    directives_from_meta(&directives, BYTES("ExampleBot"),
                         BYTES("nofollow, unavailable_after: 2030-06-25T15:00Z"),
                         BYTES("ExampleBot"));
    ck_assert_uint_eq(flags_of(&directives), NOINDEX | NOFOLLOW | NOARCHIVE);
    ck_assert_int_eq(directives.unavailable_after_ms, JUNE_MS);
}
END_TEST

START_TEST(a_robot_without_a_name_is_named_by_nobody)
{
    struct directives directives = { 0 };
    directives_from_meta(&directives, BYTES(""), BYTES("noindex"), BYTES(""));
    directives_from_header(&directives, BYTES("otherbot: noindex"), BYTES(""));
    ck_assert_uint_eq(flags_of(&directives), 0);
}
END_TEST

SUITE_MAIN("directives", a_header_is_for_all_robots_until_one_is_named,
           a_date_may_hold_commas_and_colons,
           a_meta_element_is_for_all_robots_or_for_the_one_it_names,
           the_most_restrictive_of_all_sources_wins, a_robot_without_a_name_is_named_by_nobody)
