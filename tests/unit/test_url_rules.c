/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/url_rules.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

struct row {
    const char *input;
    const char *output;
};

static const struct url_rules none = { 0 };

static void parse(struct url *url, char *text, size_t size, const char *input)
{
    ck_assert_msg(url_parse(url, text, size, bytes_from_string(input), NULL) == URL_ERROR_NONE,
                  "%s", input);
}

/* The rules one after the other, in the order of their table. */
static void apply_one_by_one(struct url *url, char *text, size_t size,
                             const struct url_rules *rules)
{
#define ROW(field, option)                                                                         \
    if (rules->field) {                                                                            \
        struct url_rules one = { .field = true, .dropped = rules->dropped, .kept = rules->kept };  \
        url_apply_rules(url, text, size, &one);                                                    \
    }
    URL_RULE_TABLE(ROW)
#undef ROW
}

/* Each input becomes its output, is consistent, and stays as it is when the rules come again. */
static void check_rows(const struct row *rows, size_t count, struct url_rules rules)
{
    for (size_t i = 0; i < count; i++) {
        char text[1024];
        struct url url;
        struct url split;
        parse(&url, text, sizeof(text), rows[i].input);
        bool must_change = strcmp(url.href, rows[i].output) != 0;
        ck_assert_msg(url_apply_rules(&url, text, sizeof(text), &rules) == must_change, "%s",
                      rows[i].input);
        ck_assert_str_eq(url.href, rows[i].output);
        ck_assert(url_split(&split, bytes_from_string(rows[i].output)));
        ck_assert_uint_eq(url.length, split.length);
        ck_assert_uint_eq(url.host_start, split.host_start);
        ck_assert_uint_eq(url.host_end, split.host_end);
        ck_assert_uint_eq(url.path_start, split.path_start);
        ck_assert_uint_eq(url.query_start, split.query_start);
        ck_assert(!url_apply_rules(&url, text, sizeof(text), &rules));
        parse(&url, text, sizeof(text), rows[i].input);
        apply_one_by_one(&url, text, sizeof(text), &rules);
        ck_assert_str_eq(url.href, rows[i].output);
        parse(&url, text, sizeof(text), rows[i].input);
        ck_assert(!url_apply_rules(&url, text, sizeof(text), &none));
    }
}

START_TEST(tracking_parameters_go_and_others_stay_in_order)
{
    static const struct row rows[] = {
        { "http://h/?b=1&utm_source=x&a=2", "http://h/?b=1&a=2" },
        { "http://h/a?utm_source=x", "http://h/a" },
        { "http://h/a?gclid=x&fbclid&UTM_X=&", "http://h/a" },
        { "http://h/a?&gclid=x&&b", "http://h/a?&&b" },
        { "http://h/?msclkid=1&dclid=2&yclid=3&mc_cid=4&mc_eid=5&_ga=6&igshid=7&z", "http://h/?z" },
        { "http://h/?utm=1&utmsource=2&gclids=3&xgclid=4",
          "http://h/?utm=1&utmsource=2&gclids=3&xgclid=4" },
        { "http://h/?a=utm_source=1", "http://h/?a=utm_source=1" },
        { "http://h/?", "http://h/?" },
        { "http://h/utm_source=1", "http://h/utm_source=1" },
        { "http://h/?phpsessid=1", "http://h/?phpsessid=1" },
    };
    check_rows(rows, COUNT(rows), (struct url_rules){ .drop_tracking = true });
}
END_TEST

START_TEST(sessions_go_from_path_and_query)
{
    static const struct row rows[] = {
        { "http://h/a;jsessionid=0123AB.node1", "http://h/a" },
        { "http://h/a;JSESSIONID=x/b;c=1?d;jsessionid=e", "http://h/a/b;c=1?d;jsessionid=e" },
        { "http://h/a;jsessionid=x;c=1", "http://h/a;c=1" },
        { "http://h/;jsessionid=x", "http://h/" },
        { "http://h/..;jsessionid=x/a", "http://h/..;jsessionid=x/a" },
        { "http://h/a;jsession=x", "http://h/a;jsession=x" },
        { "http://h/?PHPSESSID=abc&a=1", "http://h/?a=1" },
        { "http://h/?jsessionid=abc", "http://h/" },
        { "http://h/?ASPSESSIONIDQQ=abc&b", "http://h/?b" },
        { "http://h/?cfid=1&CFTOKEN=2&x", "http://h/?x" },
        { "http://h/?sid=12", "http://h/?sid=12" },
        { "http://h/?sid", "http://h/?sid" },
        { "http://h/?sid=0123456789abcdef", "http://h/" },
        { "http://h/?sid=0123456789abcde", "http://h/?sid=0123456789abcde" },
        { "http://h/?sid=0123456789abcdefg", "http://h/?sid=0123456789abcdefg" },
        { "http://h/?sessionid=abcdefghijklmnopqrstuvwxyz", "http://h/" },
        { "http://h/?sid=0123456789-abcdefghijklmnopqrst",
          "http://h/?sid=0123456789-abcdefghijklmnopqrst" },
        { "http://h/?utm_source=x", "http://h/?utm_source=x" },
    };
    check_rows(rows, COUNT(rows), (struct url_rules){ .drop_sessions = true });
}
END_TEST

START_TEST(escapes_are_upper_case)
{
    static const struct row rows[] = {
        { "http://h/%c3%bc%7e?%aB%zz%", "http://h/%C3%BC%7E?%AB%zz%" },
        { "http://u%c3@h/", "http://u%c3@h/" },
        { "http://h/%C3abc", "http://h/%C3abc" },
    };
    check_rows(rows, COUNT(rows), (struct url_rules){ .upper_hex = true });
}
END_TEST

START_TEST(what_needs_no_escape_is_decoded_once)
{
    static const struct row rows[] = {
        { "http://h/%7Ea%41%2d%2E%5f?%30", "http://h/~aA-._?0" },
        { "http://h/%2fa%3F%25%c3", "http://h/%2fa%3F%25%c3" },
        { "http://h/%2541", "http://h/%2541" },
        { "http://h/%%341", "http://h/%%341" },
        { "http://h/%4%31", "http://h/%4%31" },
        { "http://h/%25%34%31?%61", "http://h/%2541?a" },
        { "http://h/%/%61%g%61%4/%61", "http://h/%/a%ga%4/a" },
        { "http://h/a%2e%2eb", "http://h/a..b" },
    };
    check_rows(rows, COUNT(rows), (struct url_rules){ .decode_unreserved = true });
}
END_TEST

START_TEST(an_empty_query_and_the_dot_of_the_root_go)
{
    static const struct row rows[] = {
        { "http://h/a?", "http://h/a" },
        { "http://h/a?b", "http://h/a?b" },
        { "http://h/a??", "http://h/a??" },
        { "http://example.org./?", "http://example.org/" },
        { "http://u@example.org.:81/a?b", "http://u@example.org:81/a?b" },
        { "http://./", "http://./" },
        { "http://a../", "http://a../" },
        { "http://x.1../", "http://x.1../" },
        { "http://www.example.org/", "http://www.example.org/" },
    };
    check_rows(rows, COUNT(rows),
               (struct url_rules){ .drop_empty_query = true, .drop_host_dot = true });
}
END_TEST

START_TEST(all_rules_work_together)
{
    static const struct row rows[] = {
        { "http://example.org./%7ea;jsessionid=1/b?utm%5fsource=1", "http://example.org/~a/b" },
        { "http://h/%3bjsessionid=1", "http://h/%3Bjsessionid=1" },
        { "http://h/a?&utm_a=1", "http://h/a" },
        /* What is dropped does not stand in the way of what follows. */
        { "http://h/a;jsessionid=1%/%7ea", "http://h/a/~a" },
        { "http://h/?utm_a=%&%61=1", "http://h/?a=1" },
        { "https://h/a?x=%c3%bc&sid=00112233445566778899aabbccddeeff", "https://h/a?x=%C3%BC" },
    };
    check_rows(rows, COUNT(rows), url_rules_all());
}
END_TEST

#define NAMES(...)                                                                                 \
    {                                                                                              \
        .items = (const struct bytes[]){ __VA_ARGS__ },                                            \
        .count = sizeof((const struct bytes[]){ __VA_ARGS__ }) / sizeof(struct bytes)              \
    }

START_TEST(a_crawl_drops_parameters_of_its_own)
{
    static const struct row rows[] = {
        { "http://h/?foo=1&a=2", "http://h/?a=2" },
        { "http://h/?FOO&a=2&foo", "http://h/?a=2" },
        { "http://h/?food=1&bar=2&bar_=3&Bar_x=4", "http://h/?food=1&bar=2" },
        { "http://h/?=foo&a=foo", "http://h/?=foo&a=foo" },
        { "http://h/?c%c3%bc=1", "http://h/" },
        { "http://h/?utm_source=x&sid=0123456789abcdef",
          "http://h/?utm_source=x&sid=0123456789abcdef" },
        { "http://h/;foo=1/foo", "http://h/;foo=1/foo" },
    };
    check_rows(
        rows, COUNT(rows),
        (struct url_rules){ .drop_parameters = true,
                            .dropped = NAMES(BYTES("foo"), BYTES("BAR_*"), BYTES("c%C3%BC")) });
}
END_TEST

START_TEST(what_is_kept_is_kept_from_every_rule)
{
    static const struct row rows[] = {
        { "http://h/?sid=0123456789abcdef&PHPSESSID=x", "http://h/?sid=0123456789abcdef" },
        { "http://h/?utm_source=x&utm_id=1&UTM_ID=2", "http://h/?utm_id=1&UTM_ID=2" },
        { "http://h/?foo=1&foo_a=2&foo_keep=3", "http://h/?foo_keep=3" },
    };
    static const struct row in_path[] = {
        { "http://h/a;jsessionid=1?jsessionid=2&cfid=1", "http://h/a;jsessionid=1?jsessionid=2" },
    };
    static const struct row all[] = {
        { "http://h/?a=1&b=2&&=3&id=4", "http://h/?id=4" },
        { "http://h/?a=1", "http://h/" },
        { "http://h/?&", "http://h/" },
        { "http://h/a?", "http://h/a" },
    };
    struct url_rules rules = url_rules_all();
    rules.drop_parameters = true;
    rules.dropped = (struct url_names)NAMES(BYTES("foo*"));
    rules.kept = (struct url_names)NAMES(BYTES("sid"), BYTES("utm_id"), BYTES("foo_keep"));
    check_rows(rows, COUNT(rows), rules);
    rules.kept = (struct url_names)NAMES(BYTES("J*"));
    check_rows(in_path, COUNT(in_path), rules);
    /* All but those that are kept. */
    rules.dropped = (struct url_names)NAMES(BYTES("*"));
    rules.kept = (struct url_names)NAMES(BYTES("id"));
    check_rows(all, COUNT(all), rules);
}
END_TEST

START_TEST(names_of_parameters_are_what_can_stand_in_a_url)
{
    static const char *const good[] = { "a", "*", "utm_*", "a[]", "%C3%BC", "a.b" };
    static const char *const bad[] = {
        "", "a b", "a&b", "a=1", "*a", "a*b", "a#", "\xc3\xbc", "a\n"
    };
    for (size_t i = 0; i < COUNT(good); i++)
        ck_assert_msg(url_name_is_good(bytes_from_string(good[i])), "%s", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_msg(!url_name_is_good(bytes_from_string(bad[i])), "%s", bad[i]);
}
END_TEST

SUITE_MAIN("url_rules", tracking_parameters_go_and_others_stay_in_order,
           sessions_go_from_path_and_query, escapes_are_upper_case,
           what_needs_no_escape_is_decoded_once, an_empty_query_and_the_dot_of_the_root_go,
           all_rules_work_together, a_crawl_drops_parameters_of_its_own,
           what_is_kept_is_kept_from_every_rule, names_of_parameters_are_what_can_stand_in_a_url)
