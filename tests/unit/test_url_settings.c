/* SPDX-License-Identifier: MIT
 *
 * The options of [urls], by what they do to URLs.
 */
#include "suite.h"

#include "base/buf.h"
#include "config/config.h"
#include "config/loaded.h"

static struct config *load(const char *text, char **error)
{
    struct config *config;
    config_load_bytes(&config, "forage.conf", bytes_from_string(text), NULL, error);
    return config;
}

static struct config *load_good(const char *text)
{
    char *error;
    struct config *config = load(text, &error);
    ck_assert_msg(config != NULL, "%s", error);
    return config;
}

/* What the crawl makes of a URL; the second time, nothing else. */
static const char *normal(const struct config *config, const char *text)
{
    static char storage[1024];
    struct url url;
    ck_assert(!url_parse_link(&url, storage, sizeof(storage), bytes_from_string(text), NULL));
    url_apply_rules(&url, storage, sizeof(storage), config_url_rules(config, url_host(&url)));
    bool has_changed =
        url_apply_rules(&url, storage, sizeof(storage), config_url_rules(config, url_host(&url)));
    ck_assert_msg(!has_changed, "%s", text);
    return storage;
}

static const char everything[] = "http://a.example./%7eb%c3;jsessionid=1/?utm_id=1&x&sid="
                                 "0123456789abcdef0123&foo=1";

START_TEST(all_rules_are_built_in)
{
    struct config *config = load_good("");
    ck_assert_str_eq(normal(config, everything), "http://a.example/~b%C3/?x&foo=1");
    ck_assert_str_eq(normal(config, "http://a.example/?"), "http://a.example/");
    struct url_rules all = url_rules_all();
    const struct url_rules *rules = config_url_rules(config, BYTES("a.example"));
#define ROW(field, option) ck_assert_msg(rules->field == all.field, option);
    URL_RULE_TABLE(ROW)
#undef ROW
    ck_assert_uint_eq(rules->dropped.count + rules->kept.count, 0);
    config_free(config);
}
END_TEST

START_TEST(each_option_switches_its_rule)
{
    static const struct {
        const char *line;
        const char *url; /* Of `everything`. */
    } rows[] = {
        { "drop_host_dot = no", "http://a.example./~b%C3/?x&foo=1" },
        { "upper_case_escapes = no", "http://a.example/~b%c3/?x&foo=1" },
        { "decode_unreserved = no", "http://a.example/%7Eb%C3/?x&foo=1" },
        { "drop_sessions = no",
          "http://a.example/~b%C3;jsessionid=1/?x&sid=0123456789abcdef0123&foo=1" },
        { "drop_tracking = no", "http://a.example/~b%C3/?utm_id=1&x&foo=1" },
        { "drop_parameters = foo", "http://a.example/~b%C3/?x" },
        { "drop_parameters = FO*\ndrop_parameters = a, x", "http://a.example/~b%C3/" },
        { "keep_parameters = sid, utm_*",
          "http://a.example/~b%C3/?utm_id=1&x&sid=0123456789abcdef0123&foo=1" },
        { "drop_parameters = *\nkeep_parameters = x", "http://a.example/~b%C3/?x" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[128];
        snprintf(text, sizeof(text), "[urls]\n%s\n", rows[i].line);
        struct config *config = load_good(text);
        ck_assert_str_eq(normal(config, everything), rows[i].url);
        config_free(config);
        /* In a host section it is that host's. */
        snprintf(text, sizeof(text), "[host \"a.example\"]\n%s\n", rows[i].line);
        config = load_good(text);
        if (i > 0)
            ck_assert_str_eq(normal(config, everything), rows[i].url);
        ck_assert_str_eq(normal(config, "http://b.example./?utm_id=1&foo&sid=1"),
                         "http://b.example/?foo&sid=1");
        config_free(config);
    }
    struct config *config = load_good("[urls]\ndrop_empty_query = no\n");
    ck_assert_str_eq(normal(config, "http://a.example/?"), "http://a.example/?");
    config_free(config);
}
END_TEST

START_TEST(the_most_specific_section_says_what_is_done)
{
    struct config *config = load_good("[urls]\ndrop_parameters = foo\n"
                                      "[host \"*.example\"]\ndrop_tracking = no\n"
                                      "[host \"a.example\"]\nkeep_parameters = foo\n"
                                      "[host \"b.example\"]\ndrop_parameters =\n"
                                      "[host \"c.example\"]\ndelay = 2s\n"
                                      "[host \"d.example\"]\ndrop_tracking = yes\n");
    static const char *const rows[][2] = {
        { "http://x.test/?utm_id&foo", "http://x.test/" },
        { "http://x.example/?utm_id&foo", "http://x.example/?utm_id" },
        { "http://a.example/?utm_id&foo", "http://a.example/?utm_id&foo" },
        { "http://b.example/?utm_id&foo", "http://b.example/?utm_id&foo" },
        { "http://c.example/?utm_id&foo", "http://c.example/?utm_id" },
        { "http://d.example/?utm_id&foo", "http://d.example/" },
        { "http://x.d.example/?utm_id&foo", "http://x.d.example/?utm_id" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_str_eq(normal(config, rows[i][0]), rows[i][1]);
    config_free(config);
}
END_TEST

START_TEST(a_host_has_its_rules_with_the_dot_of_the_root_too)
{
    struct config *config = load_good("[host \"a.example\"]\ndrop_parameters = foo\n"
                                      "[host \"b.example\"]\ndrop_host_dot = no\n"
                                      "[host \"c.example.\"]\ndrop_host_dot = no\n");
    ck_assert_str_eq(normal(config, "http://a.example./?foo"), "http://a.example/");
    ck_assert_str_eq(normal(config, "http://b.example./?foo"), "http://b.example./?foo");
    ck_assert_str_eq(normal(config, "http://c.example./?foo"), "http://c.example./?foo");
    ck_assert_str_eq(normal(config, "http://./"), "http://./");
    ck_assert_str_eq(normal(config, "http://a../"), "http://a../");
    config_free(config);
}
END_TEST

START_TEST(without_sections_that_say_so_no_host_is_looked_up)
{
    struct config *config =
        load_good("[urls]\ndrop_parameters = a\n[host \"a.example\"]\ndelay = 1s\n");
    ck_assert(!config->has_url_rules_of_hosts);
    ck_assert_ptr_eq(config_url_rules(config, BYTES("a.example")), &config->url_rules);
    config_free(config);
}
END_TEST

START_TEST(what_is_no_name_is_refused_where_it_stands)
{
    static const char *const rows[][2] = {
        { "[urls]\ndrop_parameters = a, b c\n",
          "forage.conf:2: drop_parameters = b c: this is no name" },
        { "[urls]\nkeep_parameters = *_id\n",
          "forage.conf:2: keep_parameters = *_id: this is no name" },
        { "[host \"a.example\"]\n\nkeep_parameters = a=1\n",
          "forage.conf:3: keep_parameters = a=1: this is no name" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *error;
        ck_assert_ptr_null(load(rows[i][0], &error));
        ck_assert_msg(strncmp(error, rows[i][1], strlen(rows[i][1])) == 0, "%s", error);
        free(error);
    }
}
END_TEST

START_TEST(the_reference_lists_what_is_left_out)
{
    struct buf text, manual;
    buf_init(&text, BUF_UNBOUNDED);
    buf_init(&manual, BUF_UNBOUNDED);
    config_reference(&text);
    config_reference_mdoc(&manual);
#define ROW(name, ...)                                                                             \
    ck_assert_msg(strstr(text.data, "\n        " name " ") != NULL, name);                         \
    ck_assert_msg(strstr(manual.data, "\n.It Li " name "\n") != NULL, name);
    URL_TRACKING_TABLE(ROW)
    URL_SESSION_TABLE(ROW)
#undef ROW
    buf_clear(&text);
    buf_clear(&manual);
}
END_TEST

SUITE_MAIN("url_settings", all_rules_are_built_in, each_option_switches_its_rule,
           the_most_specific_section_says_what_is_done,
           a_host_has_its_rules_with_the_dot_of_the_root_too,
           without_sections_that_say_so_no_host_is_looked_up,
           what_is_no_name_is_refused_where_it_stands, the_reference_lists_what_is_left_out)
