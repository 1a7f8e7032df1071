/* SPDX-License-Identifier: MIT
 *
 * scope_asking - a scope from literals, and what it says to a URL.
 */
#ifndef TESTS_UNIT_SCOPE_ASKING_H
#define TESTS_UNIT_SCOPE_ASKING_H

#include <check.h>
#include <string.h>

#include "frontier/scope.h"

static const struct scope_options DEFAULTS = { .span = SCOPE_SPAN_HOST,
                                               .max_depth = 10,
                                               .max_url_bytes = 2048,
                                               .limits.segment_repeats = 3,
                                               .limits.segments = 20,
                                               .limits.parameters = 8 };

enum { LIST_MOST = 5 };

static inline struct scope *make_scope(const struct scope_options *options,
                                       const struct scope_rule *rules,
                                       const char *const seeds[LIST_MOST])
{
    size_t rule_count = 0;
    while (rules && rule_count < LIST_MOST && rules[rule_count].pattern)
        rule_count++;
    struct bytes seed_bytes[LIST_MOST] = { { 0 } };
    size_t seed_count = 0;
    while (seed_count < LIST_MOST && seeds[seed_count]) {
        seed_bytes[seed_count] = bytes_from_string(seeds[seed_count]);
        seed_count++;
    }
    char *error = NULL;
    struct scope *scope = scope_new(options, rules, rule_count, seed_bytes, seed_count, &error);
    ck_assert_msg(scope && !error, "%s", error ? error : "no scope");
    return scope;
}

static inline struct scope_answer ask_at(const struct scope *scope, const char *text,
                                         uint32_t depth)
{
    static char storage[2 * URL_BYTES_MAX];
    struct url url;
    ck_assert_msg(!url_parse_link(&url, storage, sizeof(storage), bytes_from_string(text), NULL),
                  "%s is no URL", text);
    struct scope_answer answer = { 0 };
    bool is_in = scope_has(scope, &url, depth, &answer);
    ck_assert_int_eq(is_in, answer.reason == SCOPE_IN_RULE || answer.reason == SCOPE_IN_SEEDS);
    ck_assert_int_eq(is_in, scope_has(scope, &url, depth, NULL));
    return answer;
}

static inline const char *ask(const struct scope *scope, const char *text)
{
    return scope_reason_text(ask_at(scope, text, 1).reason);
}

#define IN  SCOPE_IN_SEEDS
#define OUT SCOPE_OUT_SEEDS
#define ASSERT_REASON(scope, url, wanted)                                                          \
    ck_assert_msg(!strcmp(ask(scope, url), scope_reason_text(wanted)), "%s: %s", url,              \
                  ask(scope, url))

#endif
