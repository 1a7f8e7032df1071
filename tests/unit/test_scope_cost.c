/* SPDX-License-Identifier: MIT
 *
 * What rules, paths and seeds may cost, however they are made.
 */
#include "suite.h"

#include "base/buf.h"
#include "base/memory.h"
#include "scope_asking.h"

START_TEST(rules_that_explode_end_quickly_do_not_match_and_are_counted)
{
    static const char *const seeds[LIST_MOST] = { "https://example.org/" };
    static const char *const patterns[] = {
        "(a+)+$",                  /* Time. */
        "(?:[a-z]+/?)*$", "(.)+x", /* Memory. */
    };
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text, "https://example.org/");
    while (text.length < 1999)
        buf_append_char(&text, 'a');
    buf_append_char(&text, '!');
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        struct scope_rule rules[LIST_MOST] = { { false, patterns[i], NULL, "f", 1 },
                                               { true, "!$", NULL, "f", 2 } };
        struct scope *scope = make_scope(&DEFAULTS, rules, seeds);
        for (unsigned times = 1; times < 4; times++) {
            struct scope_answer answer;
            struct url url;
            ck_assert(url_split(&url, buf_bytes(&text)));
            ck_assert(scope_has(scope, &url, 1, &answer));
            ck_assert_int_eq(answer.reason, SCOPE_IN_RULE);
            ck_assert_msg(scope_limit_hits(scope) == times, "pattern %zu", i);
        }
        scope_free(scope);
    }
    buf_clear(&text);
}
END_TEST

/* 2 to the power of n steps for n letters: some are enough for a limit of a hundred thousand. */
START_TEST(the_limit_is_where_we_set_it)
{
    static const struct {
        const char *url;
        uint64_t hits;
    } rows[] = {
        { "https://example.org/!", 0 },
        { "https://example.org/aaaaaaaa!", 0 },
        { "https://example.org/aaaaaaaaaaaaaaaaaaaaaa!", 1 },
    };
    static const char *const seeds[LIST_MOST] = { "https://example.org/" };
    static const struct scope_rule rules[LIST_MOST] = { { false, "(a+)+$", NULL, "f", 1 } };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scope *scope = make_scope(&DEFAULTS, rules, seeds);
        ck_assert_int_eq(ask_at(scope, rows[i].url, 1).reason, IN);
        /* Asked twice: see ask_at. */
        ck_assert_msg(scope_limit_hits(scope) == 2 * rows[i].hits, "row %zu", i);
        scope_free(scope);
    }
}
END_TEST

START_TEST(a_path_of_thousands_of_segments_takes_little_time)
{
    static const char *const seeds[LIST_MOST] = { "https://example.org/" };
    struct scope_options options = { .max_depth = 9, .limits.segment_repeats = 5000 };
    struct scope *scope = make_scope(&options, NULL, seeds);
    struct buf text;
    buf_init(&text, URL_BYTES_MAX - 4);
    buf_append_string(&text, "https://example.org");
    while (buf_append_string(&text, "/a"))
        continue;
    for (int i = 0; i < 100; i++)
        ASSERT_REASON(scope, text.data, IN);
    buf_clear(&text);
    scope_free(scope);
}
END_TEST

START_TEST(a_hundred_thousand_seeds_are_all_known)
{
    enum { SEEDS = 100000 };
    static char texts[SEEDS][48];
    static struct bytes seeds[SEEDS];
    for (size_t i = 0; i < SEEDS; i++) {
        snprintf(texts[i], sizeof(texts[i]), "https://www%zu.example/dir%zu/", i / 2, i);
        seeds[i] = bytes_from_string(texts[i]);
    }
    for (int span = SCOPE_SPAN_HOST; span <= SCOPE_SPAN_PREFIX; span++) {
        struct scope_options options = DEFAULTS;
        options.span = (enum scope_span)span;
        options.max_depth = 0;
        char *error;
        struct scope *scope = scope_new(&options, NULL, 0, seeds, SEEDS, &error);
        for (size_t i = 0; i < SEEDS; i += 7) {
            struct url url;
            ck_assert(url_split(&url, seeds[i]));
            if (!scope_has(scope, &url, 5, NULL))
                ck_abort_msg("seed %zu, span %d", i, span);
            snprintf(texts[0], sizeof(texts[0]), "https://www%zu.example/dir%zu/x", i / 2, i);
            ck_assert(url_split(&url, bytes_from_string(texts[0])));
            if (!scope_has(scope, &url, 0, NULL) || scope_has(scope, &url, 1, NULL))
                ck_abort_msg("below seed %zu, span %d", i, span);
        }
        ck_assert_int_eq(ask_at(scope, "https://www50000.example/dir1/", 0).reason, OUT);
        scope_free(scope);
        snprintf(texts[0], sizeof(texts[0]), "https://www0.example/dir0/");
    }
}
END_TEST

START_TEST(seeds_that_are_no_urls_are_left_out)
{
    static const char *const seeds[LIST_MOST] = { "", "nonsense", "mailto:a@example.org",
                                                  "https://example.org/" };
    struct scope *scope = make_scope(&DEFAULTS, NULL, seeds);
    ASSERT_REASON(scope, "https://example.org/x", IN);
    ASSERT_REASON(scope, "https://nonsense/", OUT);
    scope_free(scope);
}
END_TEST

SUITE_MAIN("scope_cost", rules_that_explode_end_quickly_do_not_match_and_are_counted,
           the_limit_is_where_we_set_it, a_path_of_thousands_of_segments_takes_little_time,
           a_hundred_thousand_seeds_are_all_known, seeds_that_are_no_urls_are_left_out)
