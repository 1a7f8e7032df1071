/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <pthread.h>

#include "base/buf.h"
#include "base/memory.h"
#include "scope_asking.h"

START_TEST(what_the_seeds_span)
{
    static const struct {
        enum scope_span span;
        const char *seeds[LIST_MOST];
        const char *url;
        enum scope_reason wanted;
    } rows[] = {
        { SCOPE_SPAN_HOST, { "https://www.example.org/a/" }, "https://www.example.org/b", IN },
        { SCOPE_SPAN_HOST, { "https://www.example.org/a/" }, "http://www.example.org/", IN },
        { SCOPE_SPAN_HOST, { "https://www.example.org/a/" }, "http://www.example.org:8080/", IN },
        { SCOPE_SPAN_HOST, { "https://www.example.org/" }, "https://WWW.EXAMPLE.ORG/", IN },
        { SCOPE_SPAN_HOST, { "https://www.example.org/a/" }, "https://example.org/a/", OUT },
        { SCOPE_SPAN_HOST, { "https://example.org/" }, "https://www.example.org/", OUT },
        { SCOPE_SPAN_HOST, { "https://example.org/" }, "https://example.org.evil.example/", OUT },
        { SCOPE_SPAN_HOST, { "https://example.org/" }, "https://badexample.org/", OUT },
        { SCOPE_SPAN_HOST,
          { "https://a.example/", "https://b.example/" },
          "https://b.example/x",
          IN },
        { SCOPE_SPAN_HOST, { "http://127.0.0.1:81/" }, "http://127.0.0.1/", IN },
        { SCOPE_SPAN_HOST, { "http://[::1]/" }, "http://[::1]:99/x", IN },
        { SCOPE_SPAN_HOST, { NULL }, "https://example.org/", OUT },

        { SCOPE_SPAN_SITE, { "https://www.example.co.uk/a" }, "http://example.co.uk/", IN },
        { SCOPE_SPAN_SITE, { "https://www.example.co.uk/a" }, "https://a.b.example.co.uk/", IN },
        { SCOPE_SPAN_SITE, { "https://www.example.co.uk/a" }, "https://other.co.uk/", OUT },
        { SCOPE_SPAN_SITE, { "https://www.example.co.uk/a" }, "https://co.uk/", OUT },
        { SCOPE_SPAN_SITE, { "https://example.org/" }, "https://badexample.org/", OUT },
        { SCOPE_SPAN_SITE, { "https://me.github.io/" }, "https://you.github.io/", OUT },
        { SCOPE_SPAN_SITE, { "https://me.github.io/" }, "https://blog.me.github.io/", IN },
        { SCOPE_SPAN_SITE, { "https://github.io/" }, "https://you.github.io/", OUT },
        { SCOPE_SPAN_SITE, { "http://127.0.0.1/" }, "http://127.0.0.2/", OUT },
        { SCOPE_SPAN_SITE, { "http://127.0.0.1/" }, "http://127.0.0.1:8080/x", IN },
        { SCOPE_SPAN_SITE, { "http://intranet/" }, "http://intranet/x", IN },
        { SCOPE_SPAN_SITE, { NULL }, "https://example.org/", OUT },

        { SCOPE_SPAN_PREFIX,
          { "https://example.org/docs/index.html" },
          "https://example.org/docs/",
          IN },
        { SCOPE_SPAN_PREFIX,
          { "https://example.org/docs/index.html" },
          "https://example.org/docs/a/b?c",
          IN },
        { SCOPE_SPAN_PREFIX,
          { "https://example.org/docs/index.html" },
          "http://example.org/docs/a",
          IN },
        { SCOPE_SPAN_PREFIX,
          { "https://example.org/docs/index.html" },
          "https://example.org/docs",
          OUT },
        { SCOPE_SPAN_PREFIX,
          { "https://example.org/docs/index.html" },
          "https://example.org/docs2/",
          OUT },
        { SCOPE_SPAN_PREFIX,
          { "https://example.org/docs/index.html" },
          "https://example.org/",
          OUT },
        { SCOPE_SPAN_PREFIX,
          { "https://example.org/docs/index.html" },
          "https://www.example.org/docs/",
          OUT },
        { SCOPE_SPAN_PREFIX,
          { "https://example.org/docs/index.html" },
          "https://example.org:444/docs/",
          OUT },
        { SCOPE_SPAN_PREFIX,
          { "https://example.org:444/docs/" },
          "https://example.org:444/docs/x",
          IN },
        { SCOPE_SPAN_PREFIX, { "https://example.org/docs" }, "https://example.org/anything", IN },
        { SCOPE_SPAN_PREFIX, { "https://example.org/a?b=/c/" }, "https://example.org/x", IN },
        { SCOPE_SPAN_PREFIX, { "https://example.org/a/" }, "https://example.org/x?/a/", OUT },
        { SCOPE_SPAN_PREFIX,
          { "https://example.org/a/b/", "https://other.example/" },
          "https://example.org/a/",
          OUT },
        { SCOPE_SPAN_PREFIX,
          { "https://example.org/a/b/", "https://example.org/c/" },
          "https://example.org/a/b/d/e",
          IN },
        { SCOPE_SPAN_PREFIX, { "https://example.org//a//" }, "https://example.org//a//b", IN },

        { SCOPE_SPAN_ANY, { NULL }, "https://example.org/", IN },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scope_options options = DEFAULTS;
        options.span = rows[i].span;
        struct scope *scope = make_scope(&options, NULL, rows[i].seeds);
        for (int again = 0; again < 2; again++) /* A site's verdict is kept. */
            ck_assert_msg(ask_at(scope, rows[i].url, 1).reason == rows[i].wanted, "row %zu: %s", i,
                          ask(scope, rows[i].url));
        scope_free(scope);
    }
}
END_TEST

START_TEST(limits_hold_for_all_but_seeds)
{
    static const struct {
        struct scope_options options; /* Any host. */
        const char *path;
        uint32_t depth;
        enum scope_reason wanted;
    } rows[] = {
        { { .max_depth = 2 }, "/", 2, IN },
        { { .max_depth = 2 }, "/", 3, SCOPE_OUT_DEPTH },
        { { .max_depth = 0 }, "/", 0, IN },
        { { .max_depth = 0 }, "/", 1, SCOPE_OUT_DEPTH },
        { { .max_depth = 9, .max_url_bytes = 25 }, "/12345", 1, IN },
        { { .max_depth = 9, .max_url_bytes = 24 }, "/1234", 1, IN },
        { { .max_depth = 9, .max_url_bytes = 24 }, "/12345", 1, SCOPE_OUT_LENGTH },
        { { .max_depth = 9 }, "/12345", 1, IN },

        { { .max_depth = 9, .limits.segment_repeats = 3 }, "/a/b/a/b", 1, IN },
        { { .max_depth = 9, .limits.segment_repeats = 3 },
          "/a/b/a/b/a",
          1,
          SCOPE_OUT_TRAP_SEGMENTS },
        { { .max_depth = 9, .limits.segment_repeats = 3 }, "/a/a/a", 1, SCOPE_OUT_TRAP_SEGMENTS },
        { { .max_depth = 9, .limits.segment_repeats = 3 }, "/a/a/A", 1, IN },
        { { .max_depth = 9, .limits.segment_repeats = 3 }, "/a/a/aa", 1, IN },
        { { .max_depth = 9, .limits.segment_repeats = 3 }, "/a/a/x?/a/a", 1, IN },
        { { .max_depth = 9, .limits.segment_repeats = 3 }, "//////", 1, IN },
        { { .max_depth = 9, .limits.segment_repeats = 2 }, "/a/x/a/", 1, SCOPE_OUT_TRAP_SEGMENTS },
        { { .max_depth = 9, .limits.segment_repeats = 1 }, "/a", 1, SCOPE_OUT_TRAP_SEGMENTS },
        { { .max_depth = 9, .limits.segment_repeats = 1 }, "/", 1, IN },
        { { .max_depth = 9 }, "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a", 1, IN },

        { { .max_depth = 9, .limits.segments = 3 }, "/a/b/c", 1, IN },
        { { .max_depth = 9, .limits.segments = 3 }, "/a/b/c/", 1, IN },
        { { .max_depth = 9, .limits.segments = 3 }, "/a/b/c/d", 1, SCOPE_OUT_TRAP_DEPTH },
        { { .max_depth = 9, .limits.segments = 3 }, "///a///b//c//", 1, IN },
        { { .max_depth = 9, .limits.segments = 3 }, "/a?/b/c/d/e", 1, IN },

        { { .max_depth = 9, .limits.parameters = 2 }, "/?a=1&b=2", 1, IN },
        { { .max_depth = 9, .limits.parameters = 2 }, "/?a=1&&&b=2&", 1, IN },
        { { .max_depth = 9, .limits.parameters = 2 }, "/?a&b&c", 1, SCOPE_OUT_TRAP_QUERY },
        { { .max_depth = 9, .limits.parameters = 2 }, "/?a=1&a=1&a=1", 1, SCOPE_OUT_TRAP_QUERY },
        { { .max_depth = 9, .limits.parameters = 2 }, "/a&b&c&d", 1, IN },
        { { .max_depth = 9, .limits.parameters = 2 }, "/?", 1, IN },
        { { .max_depth = 9 }, "/?a&b&c&d&e&f&g&h&i&j", 1, IN },

        { { .max_depth = 9, .limits.group_repeats = 2 }, "/a/b/a/b", 1, SCOPE_OUT_TRAP_GROUPS },
        { { .max_depth = 9, .limits.segment_bytes = 2 }, "/abc", 1, SCOPE_OUT_TRAP_SEGMENT_LENGTH },
        { { .max_depth = 9, .limits.parameter_repeats = 2 },
          "/?a&a",
          1,
          SCOPE_OUT_TRAP_PARAMETERS },
        { { .max_depth = 9, .limits.own_paths = 1 }, "/a?/a", 1, SCOPE_OUT_TRAP_OWN_PATH },
        { { .max_depth = 9, .limits.escape_depth = 1 }, "/%252F", 1, SCOPE_OUT_TRAP_ESCAPES },
    };
    static const char *const no_seeds[LIST_MOST] = { NULL };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scope_options options = rows[i].options;
        options.span = SCOPE_SPAN_ANY;
        char *url = xasprintf("http://test.example%s", rows[i].path);
        struct scope *scope = make_scope(&options, NULL, no_seeds);
        enum scope_reason reason = ask_at(scope, url, rows[i].depth).reason;
        ck_assert_msg(reason == rows[i].wanted, "row %zu: %s", i, scope_reason_text(reason));
        scope_free(scope);
        const char *const seeds[LIST_MOST] = { url };
        options.span = SCOPE_SPAN_HOST;
        scope = make_scope(&options, NULL, seeds);
        ck_assert_msg(ask_at(scope, url, 99).reason == IN, "row %zu as a seed", i);
        scope_free(scope);
        free(url);
    }
}
END_TEST

START_TEST(the_first_rule_that_matches_decides)
{
    static const struct {
        struct scope_rule rules[LIST_MOST];
        const char *url;
        enum scope_reason wanted;
        unsigned line; /* Of the rule that decided; 0: none. */
    } rows[] = {
        { { { false, "\\?(.*&)?print=1", NULL, "f", 1 } },
          "https://www.example.org/a?x=2&print=1",
          SCOPE_OUT_RULE,
          1 },
        { { { false, "\\?(.*&)?print=1", NULL, "f", 1 } },
          "https://www.example.org/a?x=2&noprint=1",
          IN,
          0 },
        { { { true, "^https://docs\\.example\\.org/", NULL, "f", 1 } },
          "https://docs.example.org/a",
          SCOPE_IN_RULE,
          1 },
        { { { true, "^https://docs\\.example\\.org/", NULL, "f", 1 } },
          "https://other.example.org/a",
          OUT,
          0 },
        { { { true, "/keep/", NULL, "f", 1 }, { false, ".*", NULL, "f", 2 } },
          "https://www.example.org/keep/1",
          SCOPE_IN_RULE,
          1 },
        { { { true, "/keep/", NULL, "f", 1 }, { false, ".*", NULL, "f", 2 } },
          "https://www.example.org/drop/1",
          SCOPE_OUT_RULE,
          2 },
        { { { false, ".*", NULL, "f", 1 }, { true, "/keep/", NULL, "f", 2 } },
          "https://www.example.org/keep/1",
          SCOPE_OUT_RULE,
          1 },
        { { { false, "\\.PDF$", NULL, "f", 1 } }, "https://www.example.org/a.pdf", IN, 0 },
        { { { false, "(?i)\\.PDF$", NULL, "f", 1 } },
          "https://www.example.org/a.pdf",
          SCOPE_OUT_RULE,
          1 },
        /* A seed is in scope unless a rule says no. */
        { { { false, "secret", NULL, "f", 1 } },
          "https://www.example.org/secret",
          SCOPE_OUT_RULE,
          1 },
        /* Limits hold for what rules include. */
        { { { true, ".*", NULL, "f", 1 } },
          "https://www.example.org/a/a/a/",
          SCOPE_OUT_TRAP_SEGMENTS,
          0 },
        /* Host sections. */
        { { { false, ".*", "www.example.org", "f", 7 } },
          "https://www.example.org/",
          SCOPE_OUT_RULE,
          7 },
        { { { false, ".*", "WWW.Example.ORG", "f", 7 } },
          "https://www.example.org/",
          SCOPE_OUT_RULE,
          7 },
        { { { false, ".*", "example.org", "f", 7 } }, "https://www.example.org/", IN, 0 },
        { { { false, ".*", "*.example.org", "f", 7 } },
          "https://www.example.org/",
          SCOPE_OUT_RULE,
          7 },
        { { { true, ".*", "*.example.org", "f", 7 } },
          "https://a.b.example.org/",
          SCOPE_IN_RULE,
          7 },
        { { { true, ".*", "*.example.org", "f", 7 } }, "https://example.org/", OUT, 0 },
        { { { true, ".*", "*.example.org", "f", 7 } }, "https://badexample.org/", OUT, 0 },
        { { { true, ".*", "*.org", "f", 7 } }, "https://example.org/", SCOPE_IN_RULE, 7 },
        { { { true, ".*",
              "b\xc3\xbc"
              "cher.example",
              "f", 7 } },
          "https://xn--bcher-kva.example/",
          SCOPE_IN_RULE,
          7 },
        { { { true, ".*", "[0:0::1]", "f", 7 } }, "http://[::1]:8080/", SCOPE_IN_RULE, 7 },
        { { { false, "a", "other.example", "f", 1 }, { true, "a", NULL, "f", 2 } },
          "https://www.example.org/a",
          SCOPE_IN_RULE,
          2 },
    };
    static const char *const seeds[LIST_MOST] = { "https://www.example.org/",
                                                  "https://www.example.org/secret" };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scope *scope = make_scope(&DEFAULTS, rows[i].rules, seeds);
        struct scope_answer answer = ask_at(scope, rows[i].url, 1);
        ck_assert_msg(answer.reason == rows[i].wanted, "row %zu: %s", i,
                      scope_reason_text(answer.reason));
        ck_assert_uint_eq(answer.rule ? answer.rule->line : 0, rows[i].line);
        if (answer.rule)
            ck_assert_str_eq(answer.rule->file, "f");
        scope_free(scope);
    }
}
END_TEST

START_TEST(a_host_has_limits_of_its_own)
{
    static const struct scope_section sections[] = {
        { "*.example.org", 9, { .segments = 2 } },
        { "docs.example.org", 9, { .parameters = 1 } },
        { "free.example.org", 9, { 0 } },
    };
    static const struct {
        const char *url;
        enum scope_reason wanted;
    } rows[] = {
        { "http://example.org/1/2/3/4", SCOPE_OUT_TRAP_DEPTH },
        { "http://example.org/1/2/3", IN },
        { "http://example.org/?a&b", IN },
        { "http://www.example.org/1/2/3", SCOPE_OUT_TRAP_DEPTH },
        { "http://www.example.org/1/2?a&b", IN },
        { "http://a.docs.example.org/1/2/3", SCOPE_OUT_TRAP_DEPTH },
        { "http://docs.example.org/1/2/3/4", IN },
        { "http://docs.example.org:81/?a&b", SCOPE_OUT_TRAP_QUERY },
        { "http://free.example.org/1/2/3/4?a&b", IN },
        { "http://other.example/1/2/3/4", SCOPE_OUT_TRAP_DEPTH },
    };
    static const char *const no_seeds[LIST_MOST] = { NULL };
    char pattern[] = "docs.example.org";
    struct scope_section given[3];
    memcpy(given, sections, sizeof(given));
    given[1].pattern = pattern;
    struct scope_options options = { .span = SCOPE_SPAN_ANY,
                                     .max_depth = 9,
                                     .limits.segments = 3,
                                     .sections = given,
                                     .section_count = 3 };
    struct scope *scope = make_scope(&options, NULL, no_seeds);
    memset(given, 0, sizeof(given));
    memset(pattern, 'z', sizeof(pattern) - 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ASSERT_REASON(scope, rows[i].url, rows[i].wanted);
    scope_free(scope);
}
END_TEST

START_TEST(a_host_has_a_depth_of_its_own)
{
    static const struct scope_section sections[] = {
        { "*.example.org", 2, { 0 } },
        { "docs.example.org", 9, { 0 } },
        { "shut.example.org", 0, { 0 } },
    };
    static const struct {
        const char *url;
        uint32_t depth_most;
    } rows[] = {
        { "http://example.org/", 3 },        { "http://www.example.org/", 2 },
        { "http://docs.example.org/", 9 },   { "http://shut.example.org/", 0 },
        { "http://a.docs.example.org/", 2 },
    };
    const struct scope_options options = {
        .span = SCOPE_SPAN_ANY, .max_depth = 3, .sections = sections, .section_count = 3
    };
    static const char *const seeds[LIST_MOST] = { "http://shut.example.org/seed" };
    struct scope *scope = make_scope(&options, NULL, seeds);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_int_eq(ask_at(scope, rows[i].url, rows[i].depth_most).reason, IN);
        ck_assert_int_eq(ask_at(scope, rows[i].url, rows[i].depth_most + 1).reason,
                         SCOPE_OUT_DEPTH);
    }
    ck_assert_int_eq(ask_at(scope, seeds[0], 5).reason, IN);
    scope_free(scope);
}
END_TEST

START_TEST(an_answer_names_the_rule_and_its_line)
{
    static const char *const seeds[LIST_MOST] = { "https://example.org/" };
    char longer[300];
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    const struct scope_rule rules[LIST_MOST] = { { false, "/private/", NULL, "a/forage.conf", 12 },
                                                 { false, longer, NULL, "f", 1 } };
    struct scope *scope = make_scope(&DEFAULTS, rules, seeds);
    struct buf text;
    struct scope_answer answer = ask_at(scope, "https://example.org/private/1", 1);
    buf_init(&text, BUF_UNBOUNDED);
    scope_answer_print(&answer, &text);
    ck_assert_str_eq(text.data, "excluded by a rule (a/forage.conf:12: /private/)");
    buf_reset(&text);
    answer = ask_at(scope, "https://other.example/", 1);
    scope_answer_print(&answer, &text);
    ck_assert_str_eq(text.data, "outside the seeds' scope");
    buf_reset(&text);
    char *url = xasprintf("https://example.org/%s", longer);
    answer = ask_at(scope, url, 1);
    scope_answer_print(&answer, &text);
    ck_assert_ptr_nonnull(strstr(text.data, "xxx...)"));
    ck_assert_uint_lt(text.length, 250);
    free(url);
    buf_clear(&text);
    scope_free(scope);
}
END_TEST

struct verdicts {
    enum scope_verdict items[LIST_MOST];
    size_t count;
};

static void keep_verdict(void *owner, const struct scope_rule *rule, enum scope_verdict verdict)
{
    struct verdicts *verdicts = owner;
    ck_assert_uint_eq(rule->line, verdicts->count + 1);
    verdicts->items[verdicts->count++] = verdict;
}

START_TEST(every_rule_says_what_it_makes_of_a_url)
{
    static const struct scope_rule rules[LIST_MOST] = {
        { true, "/keep/", NULL, "f", 1 },  { false, "secret", "other.example", "f", 2 },
        { false, "(a+)+$", NULL, "f", 3 }, { false, "secret", NULL, "f", 4 },
        { true, "secret", NULL, "f", 5 },
    };
    enum {
        M = SCOPE_VERDICT_MATCHES,
        N = SCOPE_VERDICT_NO_MATCH,
        L = SCOPE_VERDICT_LIMIT,
        O = SCOPE_VERDICT_OTHER_HOST,
        X = SCOPE_VERDICT_NOT_TRIED
    };
    static const struct {
        const char *url;
        uint32_t depth;
        int wanted[LIST_MOST];
    } rows[] = {
        { "https://example.org/", 1, { N, O, N, N, N } },
        { "https://example.org/secret", 1, { N, O, N, M, X } },
        { "https://example.org/keep/secret", 1, { M, O, X, X, X } },
        { "https://example.org/secret/aaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", 1, { N, O, L, M, X } },
        /* Limits stand before rules. */
        { "https://example.org/secret", 99, { X, O, X, X, X } },
        { "https://other.example/secret", 1, { N, M, X, X, X } },
    };
    static const char *const seeds[LIST_MOST] = { "https://example.org/seed" };
    struct scope *scope = make_scope(&DEFAULTS, rules, seeds);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct url url;
        struct verdicts verdicts = { .count = 0 };
        ck_assert(url_split(&url, bytes_from_string(rows[i].url)));
        scope_try_rules(scope, &url, rows[i].depth, keep_verdict, &verdicts);
        ck_assert_uint_eq(verdicts.count, LIST_MOST);
        for (size_t j = 0; j < LIST_MOST; j++)
            ck_assert_msg((int)verdicts.items[j] == rows[i].wanted[j], "row %zu, rule %zu: %s", i,
                          j + 1, scope_verdict_text(verdicts.items[j]));
    }
    ck_assert_uint_eq(scope_limit_hits(scope), 0);
    scope_free(scope);
}
END_TEST

START_TEST(the_scope_keeps_copies_of_what_it_was_given)
{
    char pattern[] = "/x/";
    char file[] = "forage.conf";
    char host[] = "*.example.org";
    char seed[] = "https://www.example.org/";
    struct scope_rule rule = { false, pattern, host, file, 12 };
    struct bytes seeds = bytes_from_string(seed);
    char *error;
    struct scope *scope = scope_new(&DEFAULTS, &rule, 1, &seeds, 1, &error);
    memset(pattern, 'z', 3);
    memset(file, 'z', 3);
    memset(host, 'z', 3);
    memset(seed, 'z', 3);
    struct scope_answer answer = ask_at(scope, "https://www.example.org/x/y", 1);
    ck_assert_int_eq(answer.reason, SCOPE_OUT_RULE);
    ck_assert_str_eq(answer.rule->file, "forage.conf");
    ck_assert_str_eq(answer.rule->pattern, "/x/");
    ck_assert_str_eq(answer.rule->host, "*.example.org");
    ck_assert_uint_eq(answer.rule->line, 12);
    ASSERT_REASON(scope, "https://www.example.org/", IN);
    scope_free(scope);
}
END_TEST

START_TEST(a_wrong_rule_is_named_with_what_to_do)
{
    static const struct {
        struct scope_rule rule;
        const char *wanted[3]; /* Parts of the message. */
    } rows[] = {
        { { false, "a(b", NULL, "forage.conf", 17 },
          { "forage.conf:17: ", "offset 3: missing closing parenthesis", "correct it" } },
        { { false, "*a", NULL, "forage.conf", 3 },
          { "forage.conf:3: ", "offset 0", "quantifier" } },
        { { true, "[a", NULL, "x", 1 }, { "x:1: ", "\"[a\"", "terminating ]" } },
        { { true, "(*UTF)a", NULL, "x", 1 }, { "x:1: ", "UTF", "offset" } },
        { { true, "(?:a{65535}){65535}", NULL, "x", 1 }, { "x:1: ", "too large", "offset" } },
        { { true, "a", "", "x", 1 }, { "x:1: ", "no host", "docs.example.org" } },
        { { true, "a", "*.", "x", 1 }, { "x:1: ", "no host", "docs.example.org" } },
        { { true, "a", "exa mple", "x", 1 }, { "x:1: ", "\"exa mple\" is no host", "write" } },
        { { true, "a", "example.org:80", "x", 1 }, { "x:1: ", "no host", "write" } },
        { { true, "a", "example.org/", "x", 1 }, { "x:1: ", "no host", "write" } },
        { { true, "a", "u@example.org", "x", 1 }, { "x:1: ", "no host", "write" } },
        { { true, "a", "*", "x", 1 }, { "x:1: ", "\"*\" is no host", "write" } },
        { { true, "a", "*.*.org", "x", 1 }, { "x:1: ", "no host", "write" } },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scope_rule rules[2] = { { true, "fine", NULL, "forage.conf", 1 }, rows[i].rule };
        char *error = NULL;
        struct scope *scope = scope_new(&DEFAULTS, rules, 2, NULL, 0, &error);
        ck_assert_msg(!scope && error, "row %zu is accepted", i);
        for (size_t j = 0; j < 3; j++)
            ck_assert_msg(strstr(error, rows[i].wanted[j]) != NULL, "row %zu: %s", i, error);
        free(error);
    }
}
END_TEST

START_TEST(rules_that_can_never_decide_are_found)
{
    static const struct {
        struct scope_rule rules[LIST_MOST];
        size_t hidden[LIST_MOST];
        size_t by[LIST_MOST];
        size_t count;
    } rows[] = {
        { { { false, "a", NULL, "f", 1 }, { true, "b", NULL, "f", 2 } }, { 0 }, { 0 }, 0 },
        { { { false, "a", NULL, "f", 1 }, { true, "a", NULL, "f", 2 } }, { 1 }, { 0 }, 1 },
        { { { false, "b", NULL, "f", 1 },
            { false, ".*", NULL, "f", 2 },
            { true, "c", NULL, "f", 3 },
            { true, "d", "x.example", "f", 4 } },
          { 2, 3 },
          { 1, 1 },
          2 },
        { { { false, "", NULL, "f", 1 }, { true, "c", NULL, "f", 2 } }, { 1 }, { 0 }, 1 },
        { { { false, "^", NULL, "f", 1 }, { true, "c", NULL, "f", 2 } }, { 1 }, { 0 }, 1 },
        /* Only for some hosts. */
        { { { false, ".*", "x.example", "f", 1 }, { true, "c", NULL, "f", 2 } }, { 0 }, { 0 }, 0 },
        { { { false, ".*", "x.example", "f", 1 }, { true, "c", "y.example", "f", 2 } },
          { 0 },
          { 0 },
          0 },
        { { { false, ".*", "x.example", "f", 1 }, { true, "c", "X.example", "f", 2 } },
          { 1 },
          { 0 },
          1 },
        { { { false, ".*", "*.example", "f", 1 }, { true, "c", "x.example", "f", 2 } },
          { 1 },
          { 0 },
          1 },
        { { { false, ".*", "*.example", "f", 1 }, { true, "c", "*.x.example", "f", 2 } },
          { 1 },
          { 0 },
          1 },
        { { { false, ".*", "*.example", "f", 1 }, { true, "c", "*.example", "f", 2 } },
          { 1 },
          { 0 },
          1 },
        { { { false, ".*", "*.x.example", "f", 1 }, { true, "c", "*.example", "f", 2 } },
          { 0 },
          { 0 },
          0 },
        { { { false, ".*", "*.x.example", "f", 1 }, { true, "c", "x.example", "f", 2 } },
          { 0 },
          { 0 },
          0 },
        { { { false, ".*", "x.example", "f", 1 }, { true, "c", "*.x.example", "f", 2 } },
          { 0 },
          { 0 },
          0 },
    };
    static const char *const no_seeds[LIST_MOST] = { NULL };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct scope *scope = make_scope(&DEFAULTS, rows[i].rules, no_seeds);
        size_t hidden[LIST_MOST];
        size_t by[LIST_MOST];
        ck_assert_msg(scope_find_hidden(scope, hidden, by, LIST_MOST) == rows[i].count, "row %zu",
                      i);
        for (size_t j = 0; j < rows[i].count; j++) {
            ck_assert_uint_eq(hidden[j], rows[i].hidden[j]);
            ck_assert_uint_eq(by[j], rows[i].by[j]);
        }
        ck_assert_uint_eq(scope_find_hidden(scope, NULL, NULL, 0), rows[i].count);
        scope_free(scope);
    }
}
END_TEST

static void *ask_much(void *argument)
{
    const struct scope *scope = argument;
    size_t wrong = 0;
    for (size_t i = 0; i < 2000; i++) {
        char text[64];
        char storage[128];
        struct url url;
        snprintf(text, sizeof(text), "https://www%zu.example%zu.org/%s", i, i % 5,
                 i % 3 ? "a" : "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
        if (url_parse_link(&url, storage, sizeof(storage), bytes_from_string(text), NULL))
            return argument;
        wrong += scope_has(scope, &url, 1, NULL) != (i % 5 == 1);
    }
    return wrong ? argument : NULL;
}

START_TEST(threads_may_ask_at_once)
{
    static const char *const seeds[LIST_MOST] = { "https://example1.org/" };
    struct scope_options options = DEFAULTS;
    options.span = SCOPE_SPAN_SITE;
    static const struct scope_rule rules[LIST_MOST] = { { true, "(a+)+x$", NULL, "f", 1 } };
    struct scope *scope = make_scope(&options, rules, seeds);
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_much, scope), 0);
    for (size_t i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        ck_assert_ptr_null(wrong);
    }
    scope_free(scope);
}
END_TEST

START_TEST(every_reason_has_words)
{
    for (int reason = SCOPE_IN_SEEDS; reason <= SCOPE_OUT_TRAP_ESCAPES; reason++)
        ck_assert_uint_gt(strlen(scope_reason_text((enum scope_reason)reason)), 0);
    scope_free(NULL);
}
END_TEST

START_TEST(ftp_is_out_unless_it_is_on)
{
    const struct bytes seeds[] = { BYTES("ftp://files.test/"), BYTES("http://files.test/") };
    for (uint32_t is_on = 0; is_on < 2; is_on++) {
        struct scope_options options = { .span = SCOPE_SPAN_HOST,
                                         .max_depth = 9,
                                         .limits = { .has_ftp = is_on } };
        static const char *const urls[] = { "ftp://files.test/", "ftp://files.test/a" };
        char *error = NULL;
        struct scope *scope = scope_new(&options, NULL, 0, seeds, 2, &error);
        for (size_t i = 0; i < 2; i++) {
            struct url url;
            struct scope_answer answer;
            ck_assert(url_split(&url, bytes_from_string(urls[i])));
            ck_assert_uint_eq(scope_has(scope, &url, 0, &answer), is_on);
            ck_assert_int_eq(answer.reason, is_on ? SCOPE_IN_SEEDS : SCOPE_OUT_FTP);
        }
        scope_free(scope);
    }
}
END_TEST

SUITE_MAIN("scope", ftp_is_out_unless_it_is_on, what_the_seeds_span, limits_hold_for_all_but_seeds,
           a_host_has_limits_of_its_own, a_host_has_a_depth_of_its_own,
           an_answer_names_the_rule_and_its_line, every_rule_says_what_it_makes_of_a_url,
           the_first_rule_that_matches_decides, the_scope_keeps_copies_of_what_it_was_given,
           a_wrong_rule_is_named_with_what_to_do, rules_that_can_never_decide_are_found,
           threads_may_ask_at_once, every_reason_has_words)
