/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdlib.h>

#include "config/loaded.h"
#include "crawler/control/configured_scope.h"

static struct config *load(const char *text)
{
    struct config *config;
    char *error = NULL;
    ck_assert_msg(!config_load_bytes(&config, "forage.conf", bytes_from_string(text), NULL, &error),
                  "%s", error ? error : "");
    return config;
}

static struct scope *scope_of(const char *text)
{
    struct config *config = load(text);
    char *error = NULL;
    struct bytes seed = BYTES("http://a.example/dir/");
    struct scope *scope = configured_scope(config, &seed, 1, &error);
    ck_assert_msg(scope != NULL, "%s", error ? error : "");
    config_free(config); /* The scope keeps nothing of it. */
    return scope;
}

static enum scope_reason ask(const struct scope *scope, const char *text)
{
    struct url url;
    struct scope_answer answer;
    ck_assert(url_split(&url, bytes_from_string(text)));
    scope_has(scope, &url, 1, &answer);
    return answer.reason;
}

START_TEST(each_option_has_its_effect)
{
    static const struct {
        const char *lines;
        const char *url;
        enum scope_reason reason; /* With these lines; without them it is in. */
    } rows[] = {
        { "max_depth = 0", "http://a.example/", SCOPE_OUT_DEPTH },
        { "max_url = 64", "http://a.example/?12345678901234567890123456789012345678901234567890",
          SCOPE_OUT_LENGTH },
        { "max_segments = 2", "http://a.example/1/2/3", SCOPE_OUT_TRAP_DEPTH },
        { "max_segment = 2", "http://a.example/123", SCOPE_OUT_TRAP_SEGMENT_LENGTH },
        { "max_segment_repeats = 2", "http://a.example/a/x/a", SCOPE_OUT_TRAP_SEGMENTS },
        { "max_parameters = 2", "http://a.example/?a&b&c", SCOPE_OUT_TRAP_QUERY },
        { "max_parameter_repeats = 2", "http://a.example/?a&a", SCOPE_OUT_TRAP_PARAMETERS },
        { "max_own_paths = 1", "http://a.example/in?/in", SCOPE_OUT_TRAP_OWN_PATH },
        { "max_escape_depth = 1", "http://a.example/%252F", SCOPE_OUT_TRAP_ESCAPES },
        { "exclude = x$", "http://a.example/x", SCOPE_OUT_RULE },
        { "scope = prefix", "http://a.example/", SCOPE_OUT_SEEDS },
    };
    struct scope *plain = scope_of("");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[128];
        snprintf(text, sizeof(text), "[scope]\n%s\n", rows[i].lines);
        struct scope *scope = scope_of(text);
        ck_assert_int_eq(ask(plain, rows[i].url), SCOPE_IN_SEEDS);
        ck_assert_msg(ask(scope, rows[i].url) == rows[i].reason, "%s", rows[i].lines);
        scope_free(scope);
    }
    scope_free(plain);
}
END_TEST

START_TEST(the_built_in_limits_end_each_kind_of_chain)
{
    static const struct {
        const char *url;
        enum scope_reason reason;
    } rows[] = {
        { "http://a.example/a/b/a/b/", SCOPE_OUT_TRAP_GROUPS },
        { "http://a.example/x/x/x/", SCOPE_OUT_TRAP_SEGMENTS },
        { "http://a.example/?p=1&p=2&p=3&p=4", SCOPE_OUT_TRAP_PARAMETERS },
        { "http://a.example/in?to=/in?to=/in", SCOPE_OUT_TRAP_OWN_PATH },
        { "http://a.example/in?u=%25252Fx", SCOPE_OUT_TRAP_ESCAPES },
    };
    struct scope *scope = scope_of("");
    struct scope *off = scope_of("[host \"*.example\"]\nmax_group_repeats = 0\nmax_segment_repeats "
                                 "= 0\nmax_parameter_repeats = 0\nmax_own_paths = 0\n"
                                 "max_escape_depth = 0\n");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_msg(ask(scope, rows[i].url) == rows[i].reason, "%s", rows[i].url);
        ck_assert_msg(ask(off, rows[i].url) == SCOPE_IN_SEEDS, "%s", rows[i].url);
    }
    scope_free(off);
    scope_free(scope);
}
END_TEST

START_TEST(a_host_section_says_otherwise)
{
    struct scope *scope = scope_of("[scope]\nmax_segments = 3\nscope = any\n"
                                   "[host \"*.example\"]\nmax_segments = 2\n"
                                   "[host \"b.example\"]\nmax_segments = 3\n"
                                   "[host \"c.example\"]\ndelay = 1s\n");
    ck_assert_int_eq(ask(scope, "http://a.example/1/2/3"), SCOPE_OUT_TRAP_DEPTH);
    ck_assert_int_eq(ask(scope, "http://b.example/1/2/3"), SCOPE_IN_SEEDS);
    ck_assert_int_eq(ask(scope, "http://b.example/1/2/3/4"), SCOPE_OUT_TRAP_DEPTH);
    ck_assert_int_eq(ask(scope, "http://c.example/1/2/3"), SCOPE_OUT_TRAP_DEPTH);
    ck_assert_int_eq(ask(scope, "http://example/1/2/3"), SCOPE_IN_SEEDS);
    scope_free(scope);
}
END_TEST

START_TEST(a_wrong_rule_is_said)
{
    struct config *config;
    char *error = NULL;
    ck_assert(
        !config_load_bytes(&config, "forage.conf", BYTES("[scope]\nexclude = (\n"), NULL, &error));
    ck_assert_ptr_null(configured_scope(config, NULL, 0, &error));
    ck_assert_ptr_nonnull(strstr(error, "forage.conf:2: the pattern \"(\" is wrong"));
    free(error);
    config_free(config);
}
END_TEST

START_TEST(what_will_hardly_do_what_was_meant_is_warned_of)
{
    static const struct {
        const char *text;
        const char *warning; /* NULL: none. */
    } rows[] = {
        { "[scope]\nexclude = a\ninclude = b\n", NULL },
        { "[scope]\nexclude = a\ninclude = a\n",
          "forage.conf:3: this rule never decides: forage.conf:2 has the same expression\n" },
        { "[scope]\ninclude = .*\nexclude = a\n",
          "forage.conf:3: this rule never decides: forage.conf:2 matches every URL\n" },
        { "[host \"x.example\"]\nexclude = a\n[scope]\nexclude = a\n", NULL },
        { "[scope]\nexclude = a\n[host \"x.example\"]\ninclude = a\n",
          "forage.conf:4: this rule never decides: forage.conf:2 has the same expression\n" },
        { "[host \"x.example\"]\nexclude = .\n[host \"y.example\"]\ninclude = a\n", NULL },
        { "[host \"x.example\"]\nexclude = .\n[host \"x.example\"]\ninclude = a\n",
          "forage.conf:4: this rule never decides: forage.conf:2 matches every URL\n" },
        { "[host \"*.example\"]\nexclude = .\n[host \"x.example\"]\ninclude = a\n",
          "forage.conf:4: this rule never decides: forage.conf:2 matches every URL\n" },
        { "[scope]\nexclude = ^https?://x\\.example/a\ninclude = ^https?://x\\.example/a/b\n",
          "forage.conf:3: this rule never decides: forage.conf:2 matches all that it does\n" },
        { "[scope]\ninclude = ^https?://x\\.example/a/b\nexclude = ^https?://x\\.example/a\n",
          NULL },
        { "[scope]\nexclude = ^https?://\nexclude = (\n", NULL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf out;
        struct config *config = load(rows[i].text);
        buf_init(&out, BUF_UNBOUNDED);
        configured_scope_warnings(config, &out);
        ck_assert_pstr_eq(out.data, rows[i].warning);
        buf_clear(&out);
        config_free(config);
    }
}
END_TEST

SUITE_MAIN("configured_scope", each_option_has_its_effect,
           the_built_in_limits_end_each_kind_of_chain, a_host_section_says_otherwise,
           a_wrong_rule_is_said, what_will_hardly_do_what_was_meant_is_warned_of)
