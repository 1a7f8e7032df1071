/* SPDX-License-Identifier: MIT
 *
 * What is said to be covered is put to PCRE2 as well, through scopes: no URL may match the narrow
 * expression and not the wide one.
 */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

#include "frontier/pattern_cover.h"
#include "scope_asking.h"

static const struct {
    const char *wide;
    const char *narrow;
    bool is_covered;
} rows[] = {
    { "abc", "abc", true },
    { "abc", "abcd", true },
    { "abc", "xabc", true },
    { "abc", "ab", false },
    { "^https?://x/a", "^https?://x/a/b", true },
    { "^https?://x/a", "https?://x/a/b", false },
    { "^https?://x/a", "y^https?://x/a", false },
    { "/a", "^https?://example\\.org/a/b", true },
    { "/a", "^https?://example\\.org/a?b", false },
    { "/a", "/a*b", false },
    { "/a", "/a+", false }, /* It does; nothing is said. */
    { "/a", "/a{0}", false },
    { "/a", "(/a|/b)", false },
    { "/a", "/b|/a", false },
    { "/a", "/a|/b", false },
    { "/a|/b", "/a|/bc", true },
    { "/a|/b", "x/a|/b", false },
    { "/a", "(/b|/c)/a", true },
    { "/a", "/a(b|c)", true },
    { "/a", "[/a]", false },
    { "/a", "[]/a]", false },
    { "/a", "[^]/a]", false },
    { "/a", "[\\]/a]/a", true },
    { "/a", "\\/a", false }, /* As text; what an escape means is not looked at. */
    { "a", "\\a", false },
    { "/A", "(?i)/A", false },
    { "/A", "x(?i:y)/A", false },
    { "x", "(?!y)x", true },
    { "(?x)a", "(?x)a ?", false },
    { "(?i)a", "(?i)a", true },
    { "a b", "(?x)a b", false },
    { "b", "(?#b", false },
    { "\\x4", "\\x41", false },
    { "\\d", "\\d\\d", true },
    { "a{2", "a{2}", false },
    { "\\Qa", "\\Qa|b\\E", false },
    { "a", "\\Qb\\Ea", false },
    { "print=1", "\\?(.*&)?print=1", true },
    { "\\?(.*&)?print=1", "\\?(.*&)?print=1$", true },
    { "a", "b{2}a", false }, /* It does; nothing is said. */
    { "a$", "a$", true },
    { "a", "b(*ACCEPT)a", false },
    { "a", "(b", false },
    { "", "abc", true },
};

START_TEST(what_stands_whole_in_another_covers_it)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(pattern_covers(rows[i].wide, rows[i].narrow) == rows[i].is_covered,
                      "%s and %s", rows[i].wide, rows[i].narrow);
}
END_TEST

/* ---- Against PCRE2 */

static const char *const elements[] = { "a", "b",   "/",   "\\.",  ".",   "[ab]", "[^a]",
                                        "(", "|",   ")",   "(?:",  "(?!", "(?=",  "*",
                                        "?", "+",   "^",   "$",    "{2",  "}",    "(?i)",
                                        "A", "\\d", "\\x", "4",    "\\Q", "\\E",  "1",
                                        "[", "]",   "\\",  "(?x)", " ",   "#" };

enum { ROUNDS = 60000, ELEMENTS_MOST = 7, URLS = 24 };

static unsigned random_below(uint64_t *state, unsigned most)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*state >> 33) % most;
}

/* A scope of that rule alone, over no host; NULL where it is no expression. */
static struct scope *scope_of(const char *pattern)
{
    const struct scope_rule rule = {
        .is_include = true, .pattern = pattern, .file = "t", .line = 1
    };
    const struct bytes seed = BYTES("http://elsewhere.test/");
    const struct scope_options options = { .span = SCOPE_SPAN_HOST, .max_depth = 9 };
    char *error = NULL;
    struct scope *scope = scope_new(&options, &rule, 1, &seed, 1, &error);
    free(error);
    return scope;
}

static void check_urls(const char *wide, const char *narrow, uint64_t *state, uint64_t seed)
{
    static const char letters[] = "ab/A.41{2} #x";
    struct scope *scopes[] = { scope_of(wide), scope_of(narrow) };
    for (int i = 0; i < URLS && scopes[0] && scopes[1]; i++) {
        char text[32] = "http://a/";
        size_t length = strlen(text);
        for (unsigned more = random_below(state, 8); more > 0; more--)
            text[length++] = letters[random_below(state, sizeof(letters) - 1)];
        text[length] = '\0';
        bool is_narrow = ask_at(scopes[1], text, 1).reason == SCOPE_IN_RULE;
        ck_assert_msg(!is_narrow || ask_at(scopes[0], text, 1).reason == SCOPE_IN_RULE,
                      "seed %llu: %s matches %s, and not %s", (unsigned long long)seed, text,
                      narrow, wide);
    }
    scope_free(scopes[0]);
    scope_free(scopes[1]);
}

START_TEST(nothing_is_said_to_be_covered_that_is_not)
{
    const char *given = getenv("TEST_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : 1;
    uint64_t state = seed;
    unsigned covered = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct buf narrow_text, wide_text;
        buf_init(&narrow_text, BUF_UNBOUNDED);
        buf_init(&wide_text, BUF_UNBOUNDED);
        unsigned count = 1 + random_below(&state, ELEMENTS_MOST);
        unsigned from = random_below(&state, count);
        unsigned to = from + 1 + random_below(&state, count - from);
        for (unsigned i = 0; i < count; i++) {
            const char *element =
                elements[random_below(&state, sizeof(elements) / sizeof(elements[0]))];
            buf_append_string(&narrow_text, element);
            if (i >= from && i < to)
                buf_append_string(&wide_text, element);
        }
        char *narrow = buf_detach(&narrow_text, NULL);
        char *wide = buf_detach(&wide_text, NULL);
        if (strcmp(wide, narrow) != 0 && pattern_covers(wide, narrow)) {
            covered++;
            check_urls(wide, narrow, &state, seed);
        }
        free(narrow);
        free(wide);
    }
    ck_assert_msg(covered > ROUNDS / 50, "only %u of seed %llu", covered, (unsigned long long)seed);
}
END_TEST

SUITE_MAIN("pattern_cover", what_stands_whole_in_another_covers_it,
           nothing_is_said_to_be_covered_that_is_not)
