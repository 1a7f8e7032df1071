/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <jansson.h>

#include "crawler/control/scope_report.h"

static struct scope *make_scope(void)
{
    static const struct scope_options options = { .span = SCOPE_SPAN_HOST, .max_depth = 5 };
    static const struct scope_rule rules[] = {
        { true, "/keep/", NULL, "forage.conf", 10 },
        { false, "\"x\\.", "*.example.org", "forage.conf", 12 },
        { false, "secret", "b.example", "forage.conf", 15 },
    };
    struct bytes seed = BYTES("http://www.example.org/");
    char *error = NULL;
    struct scope *scope = scope_new(&options, rules, 3, &seed, 1, &error);
    ck_assert_ptr_nonnull(scope);
    return scope;
}

static void report(const struct scope *scope, const char *text, uint32_t depth, bool is_json,
                   struct buf *out)
{
    struct url url;
    ck_assert(url_split(&url, bytes_from_string(text)));
    buf_init(out, BUF_UNBOUNDED);
    scope_report(scope, &url, depth, is_json, out);
}

START_TEST(people_get_lines)
{
    struct scope *scope = make_scope();
    struct buf out;
    report(scope, "http://www.example.org/\"x.y", 2, false, &out);
    ck_assert_str_eq(
        out.data, "url        http://www.example.org/\"x.y\n"
                  "scope      out: excluded by a rule (forage.conf:12: \"x\\.)\n"
                  "depth      2\n"
                  "rule       forage.conf:10: include = /keep/: no match\n"
                  "rule       forage.conf:12: [host \"*.example.org\"] exclude = \"x\\.: matched\n"
                  "rule       forage.conf:15: [host \"b.example\"] exclude = secret: other host\n");
    buf_clear(&out);
    report(scope, "http://www.example.org/", 0, false, &out);
    ck_assert_ptr_nonnull(strstr(out.data, "scope      in: within the seeds' scope\n"));
    buf_clear(&out);
    scope_free(scope);
}
END_TEST

START_TEST(programs_get_one_line_of_json)
{
    struct scope *scope = make_scope();
    struct buf out;
    const char *decided_by, *verdict, *file, *pattern;
    int is_in, depth, line;
    report(scope, "http://www.example.org/\"x.y", 2, true, &out);
    ck_assert_ptr_eq(strchr(out.data, '\n'), out.data + out.length - 1);
    json_t *root = json_loads(out.data, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(root);
    ck_assert_int_eq(json_unpack(root, "{s:b, s:i, s:s, s:{s:s, s:i, s:s}}", "in_scope", &is_in,
                                 "depth", &depth, "decided_by", &decided_by, "by_rule", "file",
                                 &file, "line", &line, "pattern", &pattern),
                     0);
    ck_assert(!is_in && depth == 2 && line == 12);
    ck_assert_str_eq(decided_by, "exclude");
    ck_assert_str_eq(pattern, "\"x\\.");
    json_t *rules = json_object_get(root, "rules");
    ck_assert_uint_eq(json_array_size(rules), 3);
    ck_assert_int_eq(json_unpack(json_array_get(rules, 2), "{s:s}", "verdict", &verdict), 0);
    ck_assert_str_eq(verdict, "other host");
    json_decref(root);
    buf_clear(&out);
    report(scope, "http://www.example.org/x", 6, true, &out);
    root = json_loads(out.data, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_int_eq(json_unpack(root, "{s:s}", "decided_by", &decided_by), 0);
    ck_assert_str_eq(decided_by, "max_depth");
    ck_assert_ptr_null(json_object_get(root, "by_rule"));
    json_decref(root);
    buf_clear(&out);
    scope_free(scope);
}
END_TEST

SUITE_MAIN("scope_report", people_get_lines, programs_get_one_line_of_json)
