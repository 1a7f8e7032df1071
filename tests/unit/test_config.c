/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

#include "base/buf.h"
#include "config/config.h"
#include "config/loaded.h"

static char *error;

/* Loads text as "forage.conf" with some -o; NULL and error where it is refused. */
static struct config *load(const char *text, const char *const *items, size_t count)
{
    struct config *config;
    struct config_overrides overrides = { items, count };
    free(error);
    enum status status =
        config_load_bytes(&config, "forage.conf", bytes_from_string(text), &overrides, &error);
    ck_assert_int_eq(status, config ? STATUS_OK : STATUS_CONFIG);
    ck_assert((config == NULL) == (error != NULL));
    return config;
}

static struct config *load_good(const char *text)
{
    struct config *config = load(text, NULL, 0);
    ck_assert_msg(config != NULL, "%s", error);
    return config;
}

static const struct settings *host(const struct config *config, const char *name)
{
    return config_host_settings(config, bytes_from_string(name));
}

START_TEST(without_a_file_the_built_in_values_hold)
{
    struct config *config;
    ck_assert_int_eq(config_load(&config, NULL, NULL, NULL, &error), STATUS_OK);
    const struct settings *settings = config_settings(config);
    ck_assert_int_eq(settings->delay_ms, 1000);
    ck_assert_uint_eq(settings->max_body_bytes, 10000000);
    ck_assert_uint_eq(settings->accept_types.count, 8);
    ck_assert_str_eq(settings->accept_types.items[7], "application/pdf");
    ck_assert_int_eq(settings->scope, SPAN_HOST);
    ck_assert(settings->keep_bodies);
    ck_assert_str_eq(settings->user_agent, "");
    config_free(config);
}
END_TEST

START_TEST(every_line_that_is_wrong_is_named_with_its_reason)
{
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        { "[crawl]\n\n# x\ndealy = 2s\n",
          "forage.conf:4: unknown option \"dealy\"; did you mean \"delay\"?" },
        { "[crawl]\nfrobnicate = 2s\n", "forage.conf:2: unknown option \"frobnicate\"" },
        { "[politenes]\n",
          "forage.conf:1: unknown section [politenes]; did you mean [politeness]?" },
        { "[hsot \"a.example\"]\n", "forage.conf:1: unknown section [hsot]; did you mean [host]?" },
        { "[frobnicate]\n", "forage.conf:1: unknown section [frobnicate]" },
        { "[politeness]\ndelay = 2d\n",
          "forage.conf:2: delay = 2d: out of range, which is 0 to 1d" },
        { "[crawl]\ndelay = 2s\n", "forage.conf:2: \"delay\" belongs to [politeness]" },
        { "delay = 2s\n", "forage.conf:1: \"delay\" belongs to [politeness]" },
        { "[crawl]\nexclude = x\n",
          "forage.conf:2: \"exclude\" belongs to [scope] or a host section" },
        { "[scope]\ninclude =\n", "forage.conf:2: include needs a regular expression" },
        { "[host \"a.example\"]\ncontact = a@b\n",
          "forage.conf:2: \"contact\" holds for the whole crawl: it belongs to [crawl]" },
        { "[host \"a.example\"]\ndelay = x\n",
          "forage.conf:2: delay = x: this is not a time span such as 500ms, 10s, 5m, 24h or 7d" },
        { "[politeness]\ndelay = 1s\n\ndelay = 2s\n",
          "forage.conf:4: option \"delay\" stands on line 2 already" },
        { "[host \"a.example\"]\ndelay = 1s\n[host \"A.example\"]\ndelay = 2s\n",
          "forage.conf:4: option \"delay\" stands on line 2 already" },
        { "[host]\n", "forage.conf:1: a host section needs a host: [host \"docs.example.org\"]" },
        { "[host a.example]\n",
          "forage.conf:1: write the host in quotes, as in [host \"docs.example.org\"]" },
        { "[crawl \"x\"]\n", "forage.conf:1: only host sections have a label" },
        { "[crawl\n", "forage.conf:1: a section has no closing ]" },
        { "[host \"a\n", "forage.conf:1: a section has no closing ]" },
        { "[host \"a\" b]\n",
          "forage.conf:1: there is something between the label and the ] of a section" },
        { "[crawl] max_pages = 3\n",
          "forage.conf:1: there is something behind the ] of a section" },
        { "[crawl]\nmax_pages\n", "forage.conf:2: this is neither [section] nor name = value" },
        { "[crawl]\n= 3\n", "forage.conf:2: there is no name before the =" },
        { "[crawl]\nuser_agent = \"a\n", "forage.conf:2: a quoted value is not closed" },
        { "[crawl]\nuser_agent = a\rb\n", "forage.conf:2: the line holds a control character" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct config *config = load(rows[i].text, NULL, 0);
        ck_assert_msg(config == NULL, "taken: %s", rows[i].text);
        ck_assert_str_eq(error, rows[i].error);
    }
}
END_TEST

START_TEST(a_host_section_takes_hosts_alone)
{
    static const char *const rows[] = { "",     "*",     "*.",  "a:80",  "http://a",  "a/b",
                                        "a b",  "u@a",   "a?b", "a#b",   "a%20b",     "[::1]:80",
                                        "[::1", "a.*.b", "b.*", "*.*.b", "999.1.1.1", "a\\b" };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[64];
        snprintf(text, sizeof(text), "[host \"%s\"]\n", rows[i]);
        ck_assert_msg(load(text, NULL, 0) == NULL, "%s", rows[i]);
        ck_assert_msg(strstr(error, "is no host") != NULL, "%s", error);
    }
}
END_TEST

START_TEST(bom_crlf_comments_and_quotes_are_read)
{
    struct config *config = load_good("\xef\xbb\xbf; first\r\n"
                                      "# second\r\n"
                                      "  [ crawl ]   # section\r\n"
                                      "\t user_agent=\" Bot/1 (+http://a#b) # c \"  # agent\r\n"
                                      "contact = a@b.example\t# hidden\r\n"
                                      "\r\n"
                                      "[network]\r\n"
                                      "accept_language = en;q=0.5#x\r\n"
                                      "tls_ca_file =    # none\r\n"
                                      "dns_servers = \"\"");
    const struct settings *settings = config_settings(config);
    ck_assert_str_eq(settings->user_agent, " Bot/1 (+http://a#b) # c ");
    ck_assert_str_eq(settings->contact, "a@b.example");
    ck_assert_str_eq(settings->accept_language, "en;q=0.5#x");
    ck_assert_str_eq(settings->tls_ca_file, "");
    ck_assert_str_eq(settings->dns_servers, "");
    config_free(config);
}
END_TEST

START_TEST(the_command_line_goes_over_the_environment_over_the_file)
{
    static const char *const items[] = { "delay=4s", "delay = 5s", "tries=9" };
    const char *text =
        "[politeness]\ndelay = 2s\nretry = 2s\ntries = 2\n[network]\nhttp2 = prior\n";
    ck_assert_int_eq(setenv("FORAGE_DELAY", "3s", 1), 0);
    ck_assert_int_eq(setenv("FORAGE_RETRY", " 3s ", 1), 0);
    struct config *config = load(text, items, 3);
    ck_assert_msg(config != NULL, "%s", error);
    ck_assert_int_eq(config_settings(config)->delay_ms, 5000);
    ck_assert_int_eq(config_settings(config)->retry_ms, 3000);
    ck_assert_uint_eq(config_settings(config)->tries, 9);
    ck_assert_int_eq(config_settings(config)->http2, HTTP2_PRIOR);
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    config_show(config, true, &out);
    ck_assert_ptr_nonnull(strstr(out.data, "\ndelay = 5s  # -o\n"));
    ck_assert_ptr_nonnull(strstr(out.data, "\nretry = 3s  # FORAGE_RETRY\n"));
    ck_assert_ptr_nonnull(strstr(out.data, "\nhttp2 = prior  # forage.conf:6\n"));
    ck_assert_ptr_nonnull(strstr(out.data, "\nmax_body = 10M  # built-in\n"));
    buf_clear(&out);
    config_free(config);
    ck_assert_int_eq(setenv("FORAGE_DELAY", "soon", 1), 0);
    ck_assert_ptr_null(load("", NULL, 0));
    ck_assert_str_eq(error, "FORAGE_DELAY: delay = soon: this is not a time span such as 500ms, "
                            "10s, 5m, 24h or 7d");
    unsetenv("FORAGE_DELAY");
    unsetenv("FORAGE_RETRY");
}
END_TEST

START_TEST(a_wrong_override_is_named)
{
    static const char *const rows[][2] = {
        { "dealy=2s", "-o: unknown option \"dealy\"; did you mean \"delay\"?" },
        { "delay", "-o: write -o NAME=VALUE, not \"delay\"" },
        { "", "-o: write -o NAME=VALUE, not \"\"" },
        { "include=", "-o: include needs a regular expression" },
        { "contact=a@b\nX-Forged: yes", "-o: contact holds a control character" },
        { "include=a\nb", "-o: include holds a control character" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_ptr_null(load("", &rows[i][0], 1));
        ck_assert_str_eq(error, rows[i][1]);
    }
}
END_TEST

START_TEST(a_list_is_added_to_within_a_source_and_replaced_by_the_next)
{
    const char *text = "[network]\nallow_address = 10.0.0.0/8, ::1\nallow_address = 127.0.0.1\n"
                       "[scope]\naccept_types = a/b\n"
                       "[host \"x.example\"]\naccept_types = c/d\naccept_types = e/f, g/h\n";
    static const char *const items[] = { "allow_address=1.2.3.4", "allow_address=5.6.7.8" };
    struct config *config = load_good(text);
    ck_assert_uint_eq(config_settings(config)->allow_address.count, 3);
    ck_assert_str_eq(config_settings(config)->allow_address.items[2], "127.0.0.1");
    ck_assert_uint_eq(config_settings(config)->accept_types.count, 1);
    ck_assert_uint_eq(host(config, "x.example")->accept_types.count, 3);
    ck_assert_str_eq(host(config, "x.example")->accept_types.items[0], "c/d");
    config_free(config);
    config = load(text, items, 2);
    ck_assert_uint_eq(config_settings(config)->allow_address.count, 2);
    ck_assert_str_eq(config_settings(config)->allow_address.items[1], "5.6.7.8");
    config_free(config);
}
END_TEST

START_TEST(for_each_option_the_most_specific_section_wins)
{
    struct config *config = load_good("[host \"docs.example.org\"]\nconnections = 4\n"
                                      "[host \"*.org\"]\ndelay = 9s\nconnections = 9\ntries = 9\n"
                                      "[host \"*.example.org\"]\ndelay = 3s\nconnections = 3\n"
                                      "[politeness]\ndelay = 2s\nretry = 5s\n");
    static const struct {
        const char *host;
        int64_t delay_ms;
        uint64_t connections;
        uint64_t tries;
    } rows[] = {
        { "docs.example.org", 3000, 4, 9 },   { "www.example.org", 3000, 3, 9 },
        { "a.docs.example.org", 3000, 3, 9 }, { "example.org", 9000, 9, 9 },
        { "badexample.org", 9000, 9, 9 },     { "org", 2000, 1, 3 },
        { "example.com", 2000, 1, 3 },        { "", 2000, 1, 3 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct settings *settings = host(config, rows[i].host);
        ck_assert_int_eq(settings->delay_ms, rows[i].delay_ms);
        ck_assert_uint_eq(settings->connections, rows[i].connections);
        ck_assert_uint_eq(settings->tries, rows[i].tries);
        ck_assert_int_eq(settings->retry_ms, 5000);
    }
    ck_assert_ptr_eq(host(config, "www.example.org"), host(config, "x.y.example.org"));
    ck_assert_ptr_eq(host(config, "a.example"), host(config, "b.example"));
    ck_assert_int_eq(config_settings(config)->delay_ms, 2000);
    config_free(config);
}
END_TEST

START_TEST(sections_of_one_host_are_merged_in_any_spelling)
{
    struct config *config = load_good("[host \"B\xc3\xbc"
                                      "cher.Example\"]\ndelay = 7s\n"
                                      "[host \"a.example\"]\ntries = 2\n"
                                      "[host \"xn--bcher-kva.example\"]\ntries = 5\n"
                                      "[host \"[::0001]\"]\ntries = 6\n");
    ck_assert_int_eq(host(config, "xn--bcher-kva.example")->delay_ms, 7000);
    ck_assert_uint_eq(host(config, "xn--bcher-kva.example")->tries, 5);
    ck_assert_uint_eq(host(config, "a.example")->tries, 2);
    ck_assert_uint_eq(host(config, "[::1]")->tries, 6);
    config_free(config);
}
END_TEST

START_TEST(a_host_section_wins_over_general_values_from_anywhere)
{
    static const char *const items[] = { "delay=0", "max_pages=10" };
    struct config *config = load("[host \"a.example\"]\ndelay = 8s\n"
                                 "[host \"b.example\"]\nmax_pages = 5\n",
                                 items, 2);
    ck_assert_int_eq(host(config, "a.example")->delay_ms, 8000);
    ck_assert_int_eq(host(config, "b.example")->delay_ms, 0);
    /* The limit of the run is not the budget of a host. */
    ck_assert_uint_eq(config_settings(config)->max_pages, 10);
    ck_assert_uint_eq(host(config, "a.example")->max_pages, 0);
    ck_assert_uint_eq(host(config, "b.example")->max_pages, 5);
    ck_assert_uint_eq(host(config, "c.example")->max_pages, 0);
    config_free(config);
}
END_TEST

START_TEST(many_host_sections_are_all_found)
{
    enum { HOSTS = 3000 };
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (int i = 0; i < HOSTS; i++)
        buf_printf(&text, "[host \"%sh%d.example\"]\nmax_pages = %d\n", i % 2 ? "*." : "", i,
                   i + 1);
    struct config *config = load_good(text.data);
    for (int i = 0; i < HOSTS; i++) {
        char name[32];
        snprintf(name, sizeof(name), "%sh%d.example", i % 2 ? "www." : "", i);
        ck_assert_uint_eq(host(config, name)->max_pages, (uint64_t)i + 1);
    }
    config_free(config);
    buf_clear(&text);
}
END_TEST

START_TEST(rules_keep_the_order_of_the_file_behind_those_of_the_command_line)
{
    static const char *const items[] = { "include=first", "delay=1s", "exclude=second" };
    struct config *config = load("[scope]\nexclude = \\?(.*&)?print=1\n"
                                 "[host \"A.example\"]\ninclude = /a\nexclude = .\n"
                                 "[scope]\ninclude = ^https://docs\\.example\\.org/\n",
                                 items, 3);
    static const struct config_rule wanted[] = {
        { true, "first", NULL, "-o", 1 },
        { false, "second", NULL, "-o", 3 },
        { false, "\\?(.*&)?print=1", NULL, "forage.conf", 2 },
        { true, "/a", "a.example", "forage.conf", 4 },
        { false, ".", "a.example", "forage.conf", 5 },
        { true, "^https://docs\\.example\\.org/", NULL, "forage.conf", 7 },
    };
    const struct config_rule *rules;
    ck_assert_uint_eq(config_rules(config, &rules), 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_int_eq(rules[i].is_include, wanted[i].is_include);
        ck_assert_str_eq(rules[i].pattern, wanted[i].pattern);
        ck_assert_pstr_eq(rules[i].host, wanted[i].host);
        ck_assert_str_eq(rules[i].file, wanted[i].file);
        ck_assert_uint_eq(rules[i].line, wanted[i].line);
    }
    config_free(config);
}
END_TEST

START_TEST(a_crawl_needs_an_honest_name_and_a_contact)
{
    static const struct {
        const char *text;
        const char *user_agent; /* NULL: it may not start. */
    } rows[] = {
        { "", NULL },
        { "[crawl]\ncontact = bot@example.org", "Forage/" FORAGE_VERSION " (+bot@example.org)" },
        { "[crawl]\ncontact = https://a.example/bot",
          "Forage/" FORAGE_VERSION " (+https://a.example/bot)" },
        { "[crawl]\nuser_agent = Bot/1.0 (+https://a.example)", "Bot/1.0 (+https://a.example)" },
        { "[crawl]\nuser_agent = Bot/1.0 a@b.example", "Bot/1.0 a@b.example" },
        { "[crawl]\nuser_agent = Bot/1.0\ncontact = a@b.example", "Bot/1.0 (+a@b.example)" },
        { "[crawl]\nuser_agent = Bot/1.0", NULL },
        { "[crawl]\ncontact = nobody", NULL },
        { "[crawl]\ncontact = @", NULL },
        { "[crawl]\nuser_agent = 4 (+https://a.example)", NULL },
        { "[crawl]\nuser_agent = \" Bot (+https://a.example)\"", NULL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct config *config = load_good(rows[i].text);
        char *problem = config_identity_error(config);
        ck_assert_msg((problem == NULL) == (rows[i].user_agent != NULL), "%s", rows[i].text);
        if (problem)
            ck_assert_msg(strstr(problem, "write") != NULL, "%s", problem);
        else
            ck_assert_str_eq(config_user_agent(config), rows[i].user_agent);
        free(problem);
        config_free(config);
    }
}
END_TEST

START_TEST(a_contact_that_does_not_fit_behind_the_user_agent_is_told)
{
    char text[1024];
    snprintf(text, sizeof(text), "[crawl]\nuser_agent = Bot/%0400d\ncontact = a@%0200d.example\n",
             1, 1);
    struct config *config = load_good(text);
    ck_assert_uint_eq(strlen(config_user_agent(config)), 404);
    char *problem = config_identity_error(config);
    ck_assert_ptr_nonnull(problem);
    free(problem);
    config_free(config);
}
END_TEST

START_TEST(a_user_agent_of_a_host_gets_the_contact_too)
{
    struct config *config = load_good("[crawl]\ncontact = a@b.example\n"
                                      "[host \"x.example\"]\nuser_agent = Guest/2\n"
                                      "[host \"y.example\"]\ndelay = 2s\n");
    ck_assert_str_eq(host(config, "x.example")->user_agent, "Guest/2 (+a@b.example)");
    ck_assert_str_eq(host(config, "y.example")->user_agent, config_user_agent(config));
    ck_assert_str_eq(host(config, "z.example")->user_agent, config_user_agent(config));
    config_free(config);
}
END_TEST

static char *shown(const struct config *config, bool with_origin)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    config_show(config, with_origin, &out);
    return buf_detach(&out, NULL);
}

START_TEST(what_is_shown_can_be_loaded_again)
{
    static const char *const items[] = { "include=a #b", "accept_types=a/b, c/d" };
    struct config *config = load("[crawl]\nuser_agent = \"#1 \"\ncontact = a@b.example\n"
                                 "[host \"*.x.example\"]\ndelay = 90s\nexclude = \" y\"\n"
                                 "[scope]\nexclude = z\n[engine]\nmax_text = 1500\n",
                                 items, 2);
    for (int with_origin = 0; with_origin <= 1; with_origin++) {
        char *text = shown(config, with_origin);
        struct config *again = load_good(text);
        char *text_again = shown(again, false);
        char *plain = shown(config, false);
        ck_assert_str_eq(text_again, plain);
        free(plain);
        free(text);
        free(text_again);
        config_free(again);
    }
    config_free(config);
}
END_TEST

START_TEST(the_json_form_holds_every_option_and_rule)
{
    struct config *config = load_good("[crawl]\ncontact = a@b.example\n[scope]\nexclude = \"\\d\"\n"
                                      "[host \"x.example\"]\ndelay = 2s\ninclude = y\n");
    struct buf out;
    json_error_t problem;
    const char *const *names;
    buf_init(&out, BUF_UNBOUNDED);
    config_show_json(config, &out);
    json_t *shown_json = json_loads(out.data, 0, &problem);
    ck_assert_msg(shown_json != NULL, "%s", problem.text);
    size_t rule_words_in_names = 2;
    ck_assert_uint_eq(json_array_size(json_object_get(shown_json, "options")),
                      config_option_names(&names) - rule_words_in_names);
    json_t *rules = json_object_get(shown_json, "rules");
    ck_assert_uint_eq(json_array_size(rules), 2);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(rules, 0), "pattern")),
                     "\\d");
    json_t *hosts = json_object_get(shown_json, "hosts");
    json_t *first = json_array_get(json_object_get(json_array_get(hosts, 0), "options"), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(first, "value")), 2000);
    ck_assert_str_eq(json_string_value(json_object_get(first, "text")), "2s");
    ck_assert_int_eq(json_integer_value(json_object_get(first, "line")), 6);
    json_decref(shown_json);
    buf_clear(&out);
    config_free(config);
}
END_TEST

/* Removes the # in front of every line that is an option, a rule or a section. */
static void uncomment(char *text)
{
    for (char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (line[0] == '#' && (ascii_is_alpha(line[1]) || line[1] == '['))
            line[0] = ' ';
    }
}

static bool is_set_for_host(const struct config *config, const struct option *option)
{
    for (size_t i = 0; i < config->hosts[0].count; i++)
        if (config->hosts[0].assignments[i].option == option)
            return true;
    return false;
}

START_TEST(the_sample_loads_as_it_is_and_with_everything_uncommented)
{
    struct buf sample;
    buf_init(&sample, BUF_UNBOUNDED);
    config_sample(&sample, NULL);
    struct config *config = load_good(sample.data);
    ck_assert_uint_eq(config->rule_count, 0);
    for (size_t i = 0; i < OPTIONS; i++)
        ck_assert_int_eq(config->origins[i].layer, LAYER_BUILT_IN);
    config_free(config);
    uncomment(sample.data);
    config = load_good(sample.data);
    ck_assert_uint_eq(config->host_count, 1);
    for (size_t i = 0; i < OPTIONS; i++)
        ck_assert_msg(config->origins[i].layer == LAYER_FILE ||
                          (options[i].reach == REACH_OWN && is_set_for_host(config, &options[i])),
                      "%s is missing", options[i].name);
    config_free(config);
    buf_clear(&sample);
}
END_TEST

START_TEST(a_sample_keeps_what_the_command_line_set)
{
    static const char *const items[] = { "contact=a@b.example", "delay=2s", "exclude=x #y",
                                         "allow_address=10.0.0.0/8", "allow_address=::1" };
    struct buf sample;
    struct config *given = load("[politeness]\ntries = 7\n", items, 5);
    buf_init(&sample, BUF_UNBOUNDED);
    config_sample(&sample, given);
    config_free(given);
    struct config *config = load_good(sample.data);
    ck_assert_str_eq(config_settings(config)->contact, "a@b.example");
    ck_assert_int_eq(config->origins[OPTION_NUMBER_user_agent].layer, LAYER_BUILT_IN);
    ck_assert_int_eq(config_settings(config)->delay_ms, 2000);
    ck_assert_uint_eq(config_settings(config)->tries, 3);
    ck_assert_uint_eq(config_settings(config)->allow_address.count, 2);
    ck_assert_uint_eq(config->rule_count, 1);
    ck_assert_str_eq(config->rules[0].pattern, "x #y");
    config_free(config);
    buf_clear(&sample);
}
END_TEST

START_TEST(a_variable_that_is_nearly_an_options_is_warned_of)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    setenv("FORAGE_DEALY", "2s", 1);
    setenv("FORAGE_ZZZZZZZZ", "2s", 1);
    struct config *config = load_good("");
    config_warnings(config, &out);
    config_free(config);
    unsetenv("FORAGE_DEALY");
    unsetenv("FORAGE_ZZZZZZZZ");
    ck_assert_ptr_nonnull(
        strstr(out.data, "FORAGE_DEALY: no option; did you mean FORAGE_DELAY?\n"));
    ck_assert_ptr_null(strstr(out.data, "ZZZ"));
    buf_clear(&out);
}
END_TEST

START_TEST(hosts_whose_answers_are_believed_unseen_are_named)
{
    static const struct {
        const char *text;
        const char *hosts;
        const char *warning;
    } rows[] = {
        { "", "", "" },
        { "[host \"a.test\"]\ntls_insecure = no\n", "", "" },
        { "[host \"a.test\"]\ntls_insecure = yes\n[host \"*.b.test\"]\ntls_insecure = yes\n",
          "*.b.test, a.test", "tls_insecure: whoever answers for *.b.test, a.test is believed\n" },
        { "[network]\ntls_insecure = yes\n[host \"a.test\"]\ntls_insecure = yes\n", "all hosts",
          "tls_insecure: whoever answers for all hosts is believed\n" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct config *config = load_good(rows[i].text);
        struct buf out;
        buf_init(&out, BUF_UNBOUNDED);
        config_insecure_hosts(config, &out);
        ck_assert(bytes_equal(buf_bytes(&out), bytes_from_string(rows[i].hosts)));
        buf_reset(&out);
        config_warnings(config, &out);
        ck_assert(bytes_equal(buf_bytes(&out), bytes_from_string(rows[i].warning)));
        buf_clear(&out);
        config_free(config);
    }
}
END_TEST

START_TEST(the_documents_name_every_option)
{
    struct buf text;
    struct buf mdoc;
    buf_init(&text, BUF_UNBOUNDED);
    buf_init(&mdoc, BUF_UNBOUNDED);
    config_reference(&text);
    config_reference_mdoc(&mdoc);
    const char *const *names;
    size_t count = config_option_names(&names);
    for (size_t i = 0; i < count; i++) {
        char wanted[64];
        snprintf(wanted, sizeof(wanted), "\n  %s =", names[i]);
        ck_assert_msg(strstr(text.data, wanted) != NULL, "%s", names[i]);
        snprintf(wanted, sizeof(wanted), "\n.It Cm %s", names[i]);
        ck_assert_msg(strstr(mdoc.data, wanted) != NULL, "%s", names[i]);
    }
    buf_clear(&text);
    buf_clear(&mdoc);
}
END_TEST

START_TEST(every_built_in_value_is_within_its_own_range)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        char item[512];
        const char *items[] = { item };
        char section[600];
        bool is_own = options[i].reach == REACH_OWN;
        snprintf(item, sizeof(item), "%s=%s", options[i].name, options[i].built_in);
        snprintf(section, sizeof(section), "[host \"a.example\"]\n%s\n", item);
        struct config *config = load(is_own ? section : "", items, is_own ? 0 : 1);
        ck_assert_msg(config != NULL, "%s", error);
        ck_assert_msg(option_section_exists(bytes_from_string(options[i].section)), "%s",
                      options[i].section);
        config_free(config);
    }
}
END_TEST

START_TEST(a_login_is_said_of_one_host_alone)
{
    static const char *const item = "login_user=alice";
    static const char *const bad[] = {
        "[host]\nlogin_user = alice\n",
        "[crawl]\nlogin_user = alice\n",
        "[host \"*.a.example\"]\nlogin_user = alice\n",
        "[host \"a.example\"]\nlogin_schemes = basic, digset\n",
        "[host \"a.example\"]\nheader = Authorization: Basic hush\n",
        "[requests]\nheader = X-Api-Key: hush\n",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ck_assert_msg(!load(bad[i], NULL, 0), "row %zu", i);
        ck_assert_msg(!strstr(error, "hush"), "%s", error);
    }
    ck_assert(!load("", &item, 1));
    ck_assert_ptr_nonnull(strstr(error, "login_user\" is for one host"));
    setenv("FORAGE_LOGIN_USER", "alice", 1);
    ck_assert(!load("", NULL, 0));
    unsetenv("FORAGE_LOGIN_USER");
    struct config *config = load_good("[host \"a.example\"]\nlogin_user = alice\n"
                                      "login_schemes = digest, NTLM\nform_field = a=b, c\n"
                                      "form_field = d=e\nheader = X: a, b\nheader = Y: c\n");
    const struct settings *settings = config_host_settings(config, BYTES("a.example"));
    ck_assert_str_eq(settings->login_user, "alice");
    ck_assert_uint_eq(settings->login_schemes, 1U << CHOICE_DIGEST | 1U << CHOICE_NTLM);
    ck_assert_uint_eq(settings->form_field.count, 2);
    ck_assert_str_eq(settings->form_field.items[0], "a=b, c");
    ck_assert_str_eq(settings->headers.items[1], "Y: c");
    ck_assert_str_eq(config_host_settings(config, BYTES("b.a.example"))->login_user, "");
    struct buf shown;
    buf_init(&shown, BUF_UNBOUNDED);
    config_show(config, true, &shown);
    struct config *again = load_good(shown.data);
    ck_assert_uint_eq(config_hash(again), config_hash(config));
    buf_clear(&shown);
    config_free(again);
    config_free(config);
}
END_TEST

/* Hosts that the one before held, as its login was refused, have another chance. */
START_TEST(another_secret_is_another_configuration)
{
    static const char *const rows[][2] = {
        { "[host \"a.example\"]\nform_field = password=hush\n",
          "[host \"a.example\"]\nform_field = password=hash\n" },
        { "[network]\nproxy = http://alice:hush@p.example:1\n",
          "[network]\nproxy = http://alice:hash@p.example:1\n" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct config *one = load_good(rows[i][0]), *other = load_good(rows[i][1]);
        struct config *again = load_good(rows[i][0]);
        ck_assert_uint_ne(config_hash(one), config_hash(other));
        ck_assert_uint_eq(config_hash(one), config_hash(again));
        config_free(one);
        config_free(other);
        config_free(again);
    }
}
END_TEST

START_TEST(a_file_is_found_in_its_directory)
{
    char directory[] = "/tmp/forage-config-XXXXXX";
    char path[64];
    struct config *config;
    ck_assert_ptr_nonnull(mkdtemp(directory));
    free(error);
    ck_assert_int_eq(config_load(&config, directory, NULL, NULL, &error), STATUS_OK);
    config_free(config);
    snprintf(path, sizeof(path), "%s/forage.conf", directory);
    FILE *file = fopen(path, "w");
    fputs("[politeness]\ndelay = 6s\nx", file);
    fclose(file);
    ck_assert_int_eq(config_load(&config, directory, NULL, NULL, &error), STATUS_CONFIG);
    ck_assert_ptr_nonnull(strstr(error, "/forage.conf:3: this is neither"));
    ck_assert_ptr_eq(strstr(error, directory), error);
    free(error);
    ck_assert_int_eq(truncate(path, 24), 0);
    ck_assert_int_eq(config_load(&config, directory, NULL, NULL, &error), STATUS_OK);
    ck_assert_int_eq(config_settings(config)->delay_ms, 6000);
    config_free(config);
    ck_assert_int_eq(config_load(&config, NULL, directory, NULL, &error), STATUS_CONFIG);
    ck_assert_ptr_nonnull(strstr(error, "Is a directory"));
    free(error);
    unlink(path);
    ck_assert_int_eq(config_load(&config, NULL, path, NULL, &error), STATUS_CONFIG);
    ck_assert_ptr_nonnull(strstr(error, "No such file"));
    rmdir(directory);
}
END_TEST

SUITE_MAIN(
    "config", without_a_file_the_built_in_values_hold, another_secret_is_another_configuration,
    every_line_that_is_wrong_is_named_with_its_reason, a_host_section_takes_hosts_alone,
    bom_crlf_comments_and_quotes_are_read, the_command_line_goes_over_the_environment_over_the_file,
    a_wrong_override_is_named, a_list_is_added_to_within_a_source_and_replaced_by_the_next,
    for_each_option_the_most_specific_section_wins, sections_of_one_host_are_merged_in_any_spelling,
    a_host_section_wins_over_general_values_from_anywhere, many_host_sections_are_all_found,
    rules_keep_the_order_of_the_file_behind_those_of_the_command_line,
    a_crawl_needs_an_honest_name_and_a_contact,
    a_contact_that_does_not_fit_behind_the_user_agent_is_told,
    a_user_agent_of_a_host_gets_the_contact_too, what_is_shown_can_be_loaded_again,
    the_json_form_holds_every_option_and_rule,
    the_sample_loads_as_it_is_and_with_everything_uncommented,
    a_sample_keeps_what_the_command_line_set, a_variable_that_is_nearly_an_options_is_warned_of,
    hosts_whose_answers_are_believed_unseen_are_named, the_documents_name_every_option,
    every_built_in_value_is_within_its_own_range, a_login_is_said_of_one_host_alone,
    a_file_is_found_in_its_directory)
