/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/arena.h"
#include "config/units.h"
#include "config/values.h"

START_TEST(spans_need_a_unit_unless_they_are_nothing)
{
    static const struct {
        const char *text;
        bool is_span;
        int64_t span_ms;
    } rows[] = {
        { "0", true, 0 },
        { "500ms", true, 500 },
        { "10s", true, 10000 },
        { "5m", true, 300000 },
        { "24h", true, 86400000 },
        { "7d", true, 604800000 },
        { "2w", true, 1209600000 },
        { "1.5s", true, 1500 },
        { "0.25h", true, 900000 },
        { "10 s", true, 10000 },
        { "500", false, 0 },
        { "00", false, 0 },
        { "", false, 0 },
        { "s", false, 0 },
        { "-1s", false, 0 },
        { "+1s", false, 0 },
        { "1S", false, 0 },
        { "1sec", false, 0 },
        { "1s2", false, 0 },
        { "1.s", false, 0 },
        { "0.5ms", false, 0 },
        { "1.0000001s", false, 0 },
        { "1e3s", false, 0 },
        { "99999999999999999999s", false, 0 },
        { "9223372036854775807ms", true, INT64_MAX },
        { "9223372036854775808ms", false, 0 },
        { "18446744073709551615d", false, 0 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t span_ms = -1;
        ck_assert_msg(units_parse_span(bytes_from_string(rows[i].text), &span_ms) ==
                          rows[i].is_span,
                      "%s", rows[i].text);
        ck_assert_int_eq(span_ms, rows[i].is_span ? rows[i].span_ms : -1);
    }
}
END_TEST

START_TEST(sizes_may_have_a_unit)
{
    static const struct {
        const char *text;
        bool is_size;
        uint64_t size;
    } rows[] = {
        { "0", true, 0 },
        { "4096", true, 4096 },
        { "256Ki", true, 262144 },
        { "10M", true, 10000000 },
        { "10MB", true, 10000000 },
        { "64MiB", true, 67108864 },
        { "2Gi", true, UINT64_C(2147483648) },
        { "1.5k", true, 1500 },
        { "1T", true, UINT64_C(1000000000000) },
        { "18446744073709551615", true, UINT64_MAX },
        { "18446744073709551616", false, 0 },
        { "17179869184Gi", false, 0 },
        { "10m", false, 0 },
        { "1.5", false, 0 },
        { "", false, 0 },
        { "Ki", false, 0 },
        { "10 000", false, 0 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t size = 7;
        ck_assert_msg(units_parse_size(bytes_from_string(rows[i].text), &size) == rows[i].is_size,
                      "%s", rows[i].text);
        ck_assert_uint_eq(size, rows[i].is_size ? rows[i].size : 7);
    }
}
END_TEST

START_TEST(spans_and_sizes_are_printed_in_the_shortest_exact_form)
{
    static const struct {
        bool is_span;
        uint64_t value;
        const char *text;
    } rows[] = {
        { true, 0, "0" },           { true, 1, "1ms" },          { true, 1500, "1500ms" },
        { true, 60000, "1m" },      { true, 90000, "90s" },      { true, 86400000, "1d" },
        { true, 604800000, "7d" },  { false, 0, "0" },           { false, 1, "1" },
        { false, 1000, "1K" },      { false, 1024, "1Ki" },      { false, 1025, "1025" },
        { false, 10000000, "10M" }, { false, 67108864, "64Mi" }, { false, 128000, "128K" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf out;
        buf_init(&out, BUF_UNBOUNDED);
        if (rows[i].is_span)
            units_print_span((int64_t)rows[i].value, &out);
        else
            units_print_size(rows[i].value, &out);
        ck_assert_str_eq(out.data, rows[i].text);
        buf_clear(&out);
    }
}
END_TEST

/* Sets NAME to TEXT; gives the printed value or the problem in fresh memory. */
static char *set_and_print(const char *name, const char *text, bool *is_set)
{
    struct arena memory;
    struct settings settings = { 0 };
    struct buf out;
    char *problem = NULL;
    const struct option *option = option_find(bytes_from_string(name));
    ck_assert_ptr_nonnull(option);
    arena_init(&memory);
    buf_init(&out, BUF_UNBOUNDED);
    buf_append_string(&out, "");
    *is_set = value_set(option, bytes_from_string(text), false, &memory, &settings, &problem);
    if (*is_set)
        value_print(option, &settings, &out);
    else
        buf_append_string(&out, problem);
    free(problem);
    arena_clear(&memory);
    return buf_detach(&out, NULL);
}

START_TEST(a_value_is_printed_as_it_can_be_read_again)
{
    static const char *const rows[][3] = {
        { "delay", "1500ms", "1500ms" },
        { "delay", "0", "0" },
        { "max_body", "1Mi", "1Mi" },
        { "max_pages", "3M", "3000000" },
        { "delay_factor", "2.5", "2.5" },
        { "delay_factor", "0", "0" },
        { "delay_factor", "0.000001", "0.000001" },
        { "delay_factor", "100", "100" },
        { "delay_factor", "99.123456", "99.123456" },
        { "db_locks", "on", "yes" },
        { "db_locks", "FALSE", "no" },
        { "http2", "Prior", "prior" },
        { "tls_min", "1.3", "1.3" },
        { "scope", "Site", "site" },
        { "robots", "ignore", "ignore" },
        { "log_level", "debug", "debug" },
        { "contact", "a = b", "a = b" },
        { "allow_address", "10.0.0.0/8,, ::1 ,", "10.0.0.0/8, ::1" },
        { "allow_address", "", "" },
        { "hours", "22:00-6:00", "22:00-06:00" },
        { "hours", "mon-fri 20:00-07:00,sat-sun 00:00-24:00 utc",
          "Mon-Fri 20:00-07:00, Sat-Sun 00:00-24:00 UTC" },
        { "hours", "", "" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_set;
        char *once = set_and_print(rows[i][0], rows[i][1], &is_set);
        ck_assert_msg(is_set, "%s", once);
        ck_assert_str_eq(once, rows[i][2]);
        char *twice = set_and_print(rows[i][0], once, &is_set);
        ck_assert_str_eq(twice, once);
        free(once);
        free(twice);
    }
}
END_TEST

START_TEST(a_value_that_does_not_fit_says_what_would)
{
    static const char *const rows[][3] = {
        { "delay", "2d", "out of range, which is 0 to 1d" },
        { "delay", "fast", "not a time span such as" },
        { "delay", "1s ; slow", "begins with #" },
        { "max_body", "1", "out of range, which is 1Ki to 1Gi" },
        { "connections", "0", "out of range, which is 1 to 256" },
        { "connections", "many", "not a number such as" },
        { "max_pages", "2000000000000000", "0 to 1000000000000000" },
        { "delay_factor", "1,5", "not a factor such as" },
        { "delay_factor", "101", "0 to 100" },
        { "delay_factor", "nan", "not a factor such as" },
        { "db_locks", "perhaps", "not yes or no" },
        { "http2", "yes", "none of auto, no, prior" },
        { "scope", "hots", "none of host, site, prefix, any; did you mean \"host\"?" },
        { "scope", "", "none of host" },
        { "hours", "22-6", "hours = 22-6: hours are written 22:00-06:00" },
        { "hours", "Sat", "hours = Sat: hours are written 22:00-06:00" },
        { "hours", "6:00-06:00", "a whole day is 00:00-24:00" },
        { "hours", "Blursday 01:00-02:00", "days are Mon Tue" },
        { "scope", "galaxy", "scope = galaxy: " },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_set;
        char *problem = set_and_print(rows[i][0], rows[i][1], &is_set);
        ck_assert_msg(!is_set, "%s = %s", rows[i][0], rows[i][1]);
        ck_assert_msg(strstr(problem, rows[i][2]) != NULL, "%s", problem);
        free(problem);
    }
}
END_TEST

START_TEST(a_long_value_is_cut_in_the_message)
{
    char text[1000];
    bool is_set;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    char *problem = set_and_print("delay", text, &is_set);
    ck_assert(!is_set);
    ck_assert_uint_lt(strlen(problem), 200);
    free(problem);
    problem = set_and_print("contact", text, &is_set);
    ck_assert_str_eq(problem, "contact: 999 bytes are too long; 256 are the most");
    free(problem);
}
END_TEST

START_TEST(a_list_grows_and_keeps_its_order)
{
    enum { ITEMS = 1000 };
    const struct option *option = option_find(BYTES("accept_types"));
    struct settings settings = { 0 };
    struct arena memory;
    char *problem;
    arena_init(&memory);
    for (int i = 0; i < ITEMS; i++) {
        char text[16];
        snprintf(text, sizeof(text), "t/%d", i);
        ck_assert(value_set(option, bytes_from_string(text), true, &memory, &settings, &problem));
    }
    ck_assert_uint_eq(settings.accept_types.count, ITEMS);
    ck_assert_str_eq(settings.accept_types.items[0], "t/0");
    ck_assert_str_eq(settings.accept_types.items[ITEMS - 1], "t/999");
    arena_clear(&memory);
}
END_TEST

START_TEST(only_what_needs_quotes_gets_them)
{
    static const char *const rows[][2] = {
        { "plain", "plain" }, { "", "" },         { "a#b", "a#b" },         { "a #b", "\"a #b\"" },
        { " a", "\" a\"" },   { "#a", "\"#a\"" }, { "\"a\"", "\"\"a\"\"" }, { "a\\d+", "a\\d+" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf out;
        buf_init(&out, BUF_UNBOUNDED);
        buf_append_string(&out, "");
        value_quote(bytes_from_string(rows[i][0]), &out);
        ck_assert_str_eq(out.data, rows[i][1]);
        buf_clear(&out);
    }
}
END_TEST

SUITE_MAIN("values", spans_need_a_unit_unless_they_are_nothing, sizes_may_have_a_unit,
           spans_and_sizes_are_printed_in_the_shortest_exact_form,
           a_value_is_printed_as_it_can_be_read_again, a_value_that_does_not_fit_says_what_would,
           a_long_value_is_cut_in_the_message, a_list_grows_and_keeps_its_order,
           only_what_needs_quotes_gets_them)
