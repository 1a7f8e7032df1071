/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/buf.h"
#include "base/memory.h"
#include "frontier/traps.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct scope_limits off = { 0 };

/* "" where it is no trap. */
static const char *find(const struct scope_limits *limits, const char *path)
{
    static char storage[2 * URL_BYTES_MAX];
    struct url url;
    char *text = xasprintf("http://test.example%s", path);
    enum scope_reason reason = SCOPE_IN_SEEDS;
    ck_assert(!url_parse_link(&url, storage, sizeof(storage), bytes_from_string(text), NULL));
    bool has = trap_has(limits, &url, &reason);
    free(text);
    return has ? scope_reason_text(reason) : "";
}

struct row {
    const char *path;
    bool is_trap;
};

/* Each row by the limit, and never without it. */
static void check_rows(const struct row *rows, size_t count, const struct scope_limits *limits,
                       enum scope_reason wanted)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(!*find(&off, rows[i].path), "%s", rows[i].path);
        const char *found = find(limits, rows[i].path);
        ck_assert_msg(!strcmp(found, rows[i].is_trap ? scope_reason_text(wanted) : ""), "%s: %s",
                      rows[i].path, found);
    }
}

START_TEST(segments_that_repeat_as_a_group_are_a_trap)
{
    static const struct row rows[] = {
        { "/a/b/a/b", true },
        { "/a/b/a/b/", true },
        { "/x/a/b/a/b/y", true },
        { "/a/b/c/a/b/c", true },
        { "/a//b/a/b", true },
        { "/a/b/c/d/e/f/a/b/c/d/e/f/g", true },
        { "/2024/05/post/2024/05/post/", true },
        { "/a/b/a", false },
        { "/a/b/a/c", false },
        { "/a/b/x/a/b", false },
        { "/a/b/b/a/b", false },
        { "/a/b/a/B", false },
        { "/a/b/?/a/b", false },
        /* One segment is not a group, however often. */
        { "/a/a/a/a/a/a", false },
        /* Dates, and folders named by the digits of a number. */
        { "/11/12/11/12/", false },
        { "/1/2/1/2/12123/", false },
    };
    static const struct scope_limits twice = { .group_repeats = 2 };
    static const struct row three_rows[] = {
        { "/a/b/a/b/a/b", true },
        { "/a/b/a/b/", false },
        { "/a/b/a/b/a/", false },
        { "/a/b/a/b/c/a/b", false },
    };
    static const struct scope_limits thrice = { .group_repeats = 3 };
    check_rows(rows, COUNT(rows), &twice, SCOPE_OUT_TRAP_GROUPS);
    check_rows(three_rows, COUNT(three_rows), &thrice, SCOPE_OUT_TRAP_GROUPS);
}
END_TEST

START_TEST(a_segment_that_is_too_long_is_a_trap)
{
    static const struct row rows[] = {
        { "/12345678", false },      { "/1234567/12345678/1", false }, { "/123456789", true },
        { "/1/%C3%BC%C3%BC", true }, { "/1?123456789", false },
    };
    static const struct scope_limits limits = { .segment_bytes = 8 };
    check_rows(rows, COUNT(rows), &limits, SCOPE_OUT_TRAP_SEGMENT_LENGTH);
}
END_TEST

START_TEST(a_parameter_that_repeats_is_a_trap)
{
    static const struct row rows[] = {
        { "/?a=1&a=2", false },     { "/?a=1&a=2&a=3", true },   { "/?a&b&a&b&a", true },
        { "/?a=1&A=2&a=3", false }, { "/?a=1&aa=2&a=3", false }, { "/?&&&&", false },
        { "/?=1&=2&=3", true },     { "/?a[]=1&a[]=2", false },  { "/a=1&a=2&a=3", false },
        { "/?x=a&y=a&z=a", false },
    };
    static const struct scope_limits limits = { .parameter_repeats = 3 };
    check_rows(rows, COUNT(rows), &limits, SCOPE_OUT_TRAP_PARAMETERS);
}
END_TEST

START_TEST(a_query_that_holds_the_path_again_and_again_is_a_trap)
{
    static const struct row rows[] = {
        { "/in?to=/in?to=/in", true },
        { "/in?to=%2Fin%3Fto%3D%2Fin", true },
        { "/in?to=%2Fin%3Fto%3D%252Fin%253Fx", true },
        { "/in?to=http://test.example/in&from=http://test.example/in", true },
        { "/%69n?to=/in?to=/in", true },
        { "/in?to=%2525252Fin%2525253F%2525252525252Fin", true },
        { "/in?to=/in", false },
        { "/in?to=%2Fin", false },
        { "/in?to=/inside&from=/in/side", false },
        { "/in?to=/a&from=/a", false },
        { "/?to=/&from=/", false },
        { "/in/in", false },
        { "/a-path-that-is-longer-than-the-query?a", false },
    };
    static const struct scope_limits limits = { .own_paths = 2 };
    check_rows(rows, COUNT(rows), &limits, SCOPE_OUT_TRAP_OWN_PATH);
}
END_TEST

START_TEST(escapes_within_escapes_are_a_trap)
{
    static const struct row rows[] = {
        { "/%2F%2F%2F?%2F", false }, { "/?%252F", false },
        { "/?%25", false },          { "/?%2525", false },
        { "/?%25252F", true },       { "/%25252F", true },
        { "/?%252525", true },       { "/?a=%2F&b=%252525ff", true },
        { "/?%zz%2%25zz%", false },  { "/?25252F", false },
    };
    static const struct scope_limits limits = { .escape_depth = 2 };
    check_rows(rows, COUNT(rows), &limits, SCOPE_OUT_TRAP_ESCAPES);
}
END_TEST

/* Of any limit and the largest URL that there can be. */
START_TEST(no_url_takes_long)
{
    static const char *const parts[] = { "/",  "/a",  "/a/b",   "/1/a", "?",     "&",
                                         "&a", "/&a", "%25",    "%2F",  "/a?/a", "=%252F",
                                         "%",  "a",   "/aaaaa", "a=/&", "?/a",   "%2525" };
    static const struct scope_limits limits = { .segments = 9999,
                                                .segment_bytes = 9999,
                                                .segment_repeats = 9999,
                                                .group_repeats = 2,
                                                .parameters = 9999,
                                                .parameter_repeats = 9999,
                                                .own_paths = 9999,
                                                .escape_depth = 9999 };
    struct buf text;
    buf_init(&text, URL_BYTES_MAX - 19);
    for (size_t i = 0; i < COUNT(parts); i++)
        for (size_t j = 0; j < COUNT(parts); j++) {
            buf_reset(&text);
            buf_append_char(&text, '/');
            while (text.length < URL_BYTES_MAX / 2 - 100)
                buf_append_string(&text, parts[i]);
            buf_append_char(&text, '?');
            while (buf_append_string(&text, parts[j]))
                continue;
            for (int again = 0; again < 10; again++)
                find(&limits, text.data);
        }
    buf_clear(&text);
}
END_TEST

SUITE_MAIN("traps", segments_that_repeat_as_a_group_are_a_trap,
           a_segment_that_is_too_long_is_a_trap, a_parameter_that_repeats_is_a_trap,
           a_query_that_holds_the_path_again_and_again_is_a_trap, escapes_within_escapes_are_a_trap,
           no_url_takes_long)
