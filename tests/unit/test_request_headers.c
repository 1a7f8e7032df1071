/* SPDX-License-Identifier: MIT
 *
 * The header lines of a request.
 */
#include "suite.h"

#include "crawler/engine/request_headers.h"

static struct config *config_of(const char *const *options, size_t count)
{
    struct config_overrides overrides = { options, count };
    struct config *config;
    char *error = NULL;
    ck_assert_int_eq(config_load(&config, NULL, NULL, &overrides, &error), STATUS_OK);
    return config;
}

/* The line of that name, or NULL. */
static const char *line_of(const struct request_headers *headers, const char *name)
{
    const char *found = NULL;
    for (size_t i = 0; headers->lines[i]; i++)
        if (strncmp(headers->lines[i], name, strlen(name)) == 0 &&
            headers->lines[i][strlen(name)] == ':') {
            ck_assert_ptr_null(found);
            found = headers->lines[i];
        }
    return found;
}

START_TEST(a_request_says_who_asks_and_what_it_takes)
{
    static const char *const options[] = { "user_agent=Trial/1.0 (+https://example.org/bot)",
                                           "contact=bot@example.org", "accept_language=sv, en" };
    struct config *config = config_of(options, 3);
    struct request_headers headers;
    struct conditions none = { 0 };
    request_headers_make(&headers, config, config_settings(config), &none);
    ck_assert_str_eq(line_of(&headers, "User-Agent"),
                     "User-Agent: Trial/1.0 (+https://example.org/bot)");
    ck_assert_str_eq(line_of(&headers, "From"), "From: bot@example.org");
    ck_assert_str_eq(line_of(&headers, "Accept-Language"), "Accept-Language: sv, en");
    ck_assert_str_eq(line_of(&headers, "Accept-Encoding"),
                     "Accept-Encoding: gzip, br, zstd, deflate");
    ck_assert_ptr_nonnull(line_of(&headers, "Accept"));
    ck_assert_ptr_null(line_of(&headers, "If-None-Match"));
    ck_assert_ptr_null(line_of(&headers, "If-Modified-Since"));
    ck_assert_ptr_null(line_of(&headers, "Cache-Control"));
    request_headers_clear(&headers);
    config_free(config);
}
END_TEST

START_TEST(a_contact_that_is_no_address_is_not_sent_as_one)
{
    static const char *const options[] = { "contact=https://example.org/bot" };
    struct config *config = config_of(options, 1);
    struct request_headers headers;
    struct conditions none = { 0 };
    request_headers_make(&headers, config, config_settings(config), &none);
    ck_assert_ptr_null(line_of(&headers, "From"));
    ck_assert_ptr_null(line_of(&headers, "Accept-Language"));
    const char *agent = line_of(&headers, "User-Agent");
    ck_assert_ptr_nonnull(strstr(agent, "(+https://example.org/bot)"));
    request_headers_clear(&headers);
    config_free(config);
}
END_TEST

START_TEST(validators_are_sent_and_nothing_can_be_slipped_in_with_them)
{
    static const struct {
        struct bytes etag;
        struct bytes last_modified;
        bool is_forced;
        const char *none_match;
        const char *modified_since;
        const char *cache_control;
    } rows[] = {
        { BYTES("\"abc\""), { 0 }, false, "If-None-Match: \"abc\"", NULL, NULL },
        { BYTES("W/\"a, b\""), BYTES("Sun, 06 Nov 1994 08:49:37 GMT"), true,
          "If-None-Match: W/\"a, b\"", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
          "Cache-Control: no-cache" },
        { BYTES("\"a\"\r\nX-Evil: 1"), BYTES("now\nHost: evil"), false, NULL, NULL, NULL },
        { BYTES("\"a\rb\""), BYTES("a\0b"), false, NULL, NULL, NULL },
    };
    struct config *config = config_of(NULL, 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct request_headers headers;
        struct conditions conditions = { .etag = rows[i].etag,
                                         .last_modified = rows[i].last_modified,
                                         .is_forced = rows[i].is_forced };
        const struct {
            const char *name;
            const char *wanted;
        } lines[] = { { "If-None-Match", rows[i].none_match },
                      { "If-Modified-Since", rows[i].modified_since },
                      { "Cache-Control", rows[i].cache_control },
                      { "X-Evil", NULL },
                      { "Host", NULL } };
        request_headers_make(&headers, config, config_settings(config), &conditions);
        for (size_t j = 0; j < sizeof(lines) / sizeof(lines[0]); j++) {
            const char *line = line_of(&headers, lines[j].name);
            ck_assert_msg(!line == !lines[j].wanted, "row %zu, %s", i, lines[j].name);
            if (line)
                ck_assert_str_eq(line, lines[j].wanted);
        }
        for (size_t j = 0; headers.lines[j]; j++)
            ck_assert(!strpbrk(headers.lines[j], "\r\n"));
        request_headers_clear(&headers);
    }
    config_free(config);
}
END_TEST

START_TEST(own_fields_go_out_as_they_stand_and_one_may_take_the_place_of_ours)
{
    static const char *const options[] = { "header=X-Crawl: monthly, for the archive",
                                           "header=aCCept: text/plain", "header=X-Colon: a: b" };
    struct config *config = config_of(options, 3);
    struct request_headers headers;
    struct conditions none = { 0 };
    request_headers_make(&headers, config, config_settings(config), &none);
    ck_assert_str_eq(line_of(&headers, "X-Crawl"), "X-Crawl: monthly, for the archive");
    ck_assert_str_eq(line_of(&headers, "X-Colon"), "X-Colon: a: b");
    ck_assert_str_eq(line_of(&headers, "aCCept"), "aCCept: text/plain");
    ck_assert_ptr_null(line_of(&headers, "Accept"));
    request_headers_clear(&headers);
    config_free(config);
}
END_TEST

START_TEST(a_line_that_is_added_stands_behind_the_others_and_holds_no_line_end)
{
    struct config *config = config_of(NULL, 0);
    struct request_headers headers;
    struct conditions none = { 0 };
    request_headers_make(&headers, config, config_settings(config), &none);
    size_t count = headers.count;
    request_headers_add(&headers, "Cookie", BYTES("a=1"));
    request_headers_add(&headers, "Referer", BYTES(""));
    request_headers_add(&headers, "X-Cut", BYTES("a\r\nb: c"));
    request_headers_add(&headers, "X-Nul", BYTES("a\0b"));
    ck_assert_uint_eq(headers.count, count + 1);
    ck_assert_str_eq(headers.lines[count], "Cookie: a=1");
    ck_assert_ptr_null(headers.lines[count + 1]);
    for (int i = 0; i < 2 * REQUEST_HEADERS_MOST; i++)
        request_headers_add(&headers, "X-Many", BYTES("1"));
    ck_assert_uint_eq(headers.count, REQUEST_HEADERS_MOST);
    ck_assert_ptr_null(headers.lines[REQUEST_HEADERS_MOST]);
    ck_assert_str_eq(headers.lines[count], "Cookie: a=1");
    request_headers_clear(&headers);
    config_free(config);
}
END_TEST

SUITE_MAIN("request_headers", a_request_says_who_asks_and_what_it_takes,
           a_contact_that_is_no_address_is_not_sent_as_one,
           validators_are_sent_and_nothing_can_be_slipped_in_with_them,
           own_fields_go_out_as_they_stand_and_one_may_take_the_place_of_ours,
           a_line_that_is_added_stands_behind_the_others_and_holds_no_line_end)
