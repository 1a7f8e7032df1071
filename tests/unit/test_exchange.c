/* SPDX-License-Identifier: MIT
 *
 * A request as we make it, and what an ended transfer came to.
 */
#include "suite.h"

#include "crawler/engine/exchange.h"

/* ---- Outcomes */

static struct transfer_result result_of(enum transfer_end end, uint16_t status, bool has_location)
{
    struct transfer_result result = { .end = end, .status = status };
    buf_init(&result.headers, BUF_UNBOUNDED);
    if (has_location)
        buf_append_string(&result.headers, "HTTP/1.1 301 Moved\r\nLocation: /x\r\n");
    return result;
}

START_TEST(an_outcome_follows_from_end_and_status)
{
    static const struct {
        enum transfer_end end;
        uint16_t status;
        bool is_conditional;
        bool has_location;
        enum outcome outcome;
        enum contact contact;
    } rows[] = {
        { TRANSFER_DONE, 200, false, false, OUTCOME_PAGE, CONTACT_OK },
        { TRANSFER_DONE, 200, true, true, OUTCOME_PAGE, CONTACT_OK },
        { TRANSFER_DONE, 206, false, false, OUTCOME_FAILED_PROTOCOL, CONTACT_FAILED },
        { TRANSFER_DONE, 299, false, false, OUTCOME_PAGE, CONTACT_OK },
        { TRANSFER_BODY_TOO_LARGE, 200, false, false, OUTCOME_PAGE, CONTACT_OK },
        { TRANSFER_BODY_TOO_LARGE, 404, false, false, OUTCOME_GONE, CONTACT_OK },
        { TRANSFER_DONE, 301, false, true, OUTCOME_REDIRECT, CONTACT_OK },
        { TRANSFER_DONE, 302, false, true, OUTCOME_REDIRECT, CONTACT_OK },
        { TRANSFER_DONE, 303, false, true, OUTCOME_REDIRECT, CONTACT_OK },
        { TRANSFER_DONE, 307, false, true, OUTCOME_REDIRECT, CONTACT_OK },
        { TRANSFER_DONE, 308, true, true, OUTCOME_REDIRECT, CONTACT_OK },
        { TRANSFER_DONE, 301, false, false, OUTCOME_FAILED_PROTOCOL, CONTACT_FAILED },
        { TRANSFER_DONE, 300, false, true, OUTCOME_REFUSED_STATUS, CONTACT_OK },
        { TRANSFER_DONE, 304, true, false, OUTCOME_NOT_MODIFIED, CONTACT_OK },
        { TRANSFER_DONE, 304, false, false, OUTCOME_FAILED_PROTOCOL, CONTACT_FAILED },
        { TRANSFER_DONE, 305, false, true, OUTCOME_REFUSED_STATUS, CONTACT_OK },
        { TRANSFER_DONE, 400, false, false, OUTCOME_REFUSED_STATUS, CONTACT_OK },
        { TRANSFER_DONE, 401, false, false, OUTCOME_REFUSED_STATUS, CONTACT_OK },
        { TRANSFER_DONE, 403, false, false, OUTCOME_REFUSED_STATUS, CONTACT_OK },
        { TRANSFER_DONE, 404, false, false, OUTCOME_GONE, CONTACT_OK },
        { TRANSFER_DONE, 410, true, false, OUTCOME_GONE, CONTACT_OK },
        { TRANSFER_DONE, 429, false, false, OUTCOME_FAILED_BUSY, CONTACT_BUSY },
        { TRANSFER_DONE, 500, false, false, OUTCOME_FAILED_SERVER, CONTACT_FAILED },
        { TRANSFER_DONE, 502, false, false, OUTCOME_FAILED_SERVER, CONTACT_FAILED },
        { TRANSFER_DONE, 503, false, false, OUTCOME_FAILED_BUSY, CONTACT_BUSY },
        { TRANSFER_DONE, 599, false, false, OUTCOME_FAILED_SERVER, CONTACT_FAILED },
        { TRANSFER_DONE, 999, false, false, OUTCOME_FAILED_SERVER, CONTACT_FAILED },
        { TRANSFER_STOPPED, 200, false, false, OUTCOME_REFUSED_TYPE, CONTACT_OK },
        { TRANSFER_REFUSED_ADDRESS, 0, false, false, OUTCOME_REFUSED_ADDRESS, CONTACT_NONE },
        { TRANSFER_FAILED_CONNECT, 0, false, false, OUTCOME_FAILED_CONNECT, CONTACT_FAILED },
        { TRANSFER_FAILED_PROXY, 407, false, false, OUTCOME_FAILED_PROXY, CONTACT_NONE },
        { TRANSFER_FAILED_TLS, 0, false, false, OUTCOME_FAILED_TLS, CONTACT_FAILED },
        { TRANSFER_TIMED_OUT, 0, false, false, OUTCOME_FAILED_TIMEOUT, CONTACT_FAILED },
        { TRANSFER_TIMED_OUT, 200, false, false, OUTCOME_FAILED_TIMEOUT, CONTACT_FAILED },
        { TRANSFER_FAILED_PROTOCOL, 200, false, false, OUTCOME_FAILED_PROTOCOL, CONTACT_FAILED },
        { TRANSFER_HEADERS_TOO_LARGE, 200, false, false, OUTCOME_FAILED_PROTOCOL, CONTACT_FAILED },
        /* Our own doing says nothing about the host. */
        { TRANSFER_ABORTED, 0, false, false, OUTCOME_FAILED_PROTOCOL, CONTACT_ENDED },
        /* But the wish for less came, whatever became of the rest. */
        { TRANSFER_TIMED_OUT, 503, false, false, OUTCOME_FAILED_BUSY, CONTACT_BUSY },
        { TRANSFER_FAILED_PROTOCOL, 429, false, false, OUTCOME_FAILED_BUSY, CONTACT_BUSY },
        { TRANSFER_BODY_TOO_LARGE, 429, false, false, OUTCOME_FAILED_BUSY, CONTACT_BUSY },
        { TRANSFER_ABORTED, 503, false, false, OUTCOME_FAILED_BUSY, CONTACT_BUSY },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct transfer_result result =
            result_of(rows[i].end, rows[i].status, rows[i].has_location);
        enum outcome outcome = exchange_outcome(&result, rows[i].is_conditional);
        ck_assert_msg(outcome == rows[i].outcome, "row %zu: %s", i, outcome_word(outcome));
        ck_assert_msg(exchange_contact(&result, outcome) == rows[i].contact, "row %zu", i);
        transfer_result_clear(&result);
    }
}
END_TEST

START_TEST(any_status_has_an_outcome)
{
    for (unsigned status = 0; status < 1100; status++)
        for (int is_conditional = 0; is_conditional < 2; is_conditional++) {
            struct transfer_result result = result_of(TRANSFER_DONE, (uint16_t)status, true);
            enum outcome outcome = exchange_outcome(&result, is_conditional);
            ck_assert_uint_lt(outcome, OUTCOME_COUNT);
            bool is_page = status / 100 == 2 && status != 206;
            ck_assert_msg((outcome == OUTCOME_PAGE) == is_page, "%u", status);
            transfer_result_clear(&result);
        }
}
END_TEST

/* ---- Header lines */

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

START_TEST(settings_become_limits_and_policy)
{
    static const char *const options[] = { "max_body=2Ki",  "connect_timeout=3s",
                                           "delay=5s",      "delay_factor=2.5",
                                           "connections=4", "host_failures=7" };
    struct config *config = config_of(options, 6);
    struct transfer_limits limits = exchange_limits(config_settings(config));
    struct pace_policy policy = exchange_policy(config_settings(config));
    ck_assert_uint_eq(limits.body_bytes, 2048);
    ck_assert_int_eq(limits.connect_ms, 3000);
    ck_assert_uint_eq(limits.header_fields, 256);
    ck_assert_int_eq(policy.delay_ms, 5000);
    ck_assert_double_eq(policy.delay_factor, 2.5);
    ck_assert_uint_eq(policy.connections, 4);
    ck_assert_uint_eq(policy.failures_most, 7);
    config_free(config);
}
END_TEST

/* ---- Types */

START_TEST(types_are_accepted_by_name_by_kind_or_all)
{
    static const struct {
        const char *accepted[3];
        const char *type;
        bool is_accepted;
    } rows[] = {
        { { "text/html" }, "text/html", true },
        { { "text/html" }, "TEXT/HTML", true },
        { { "text/html" }, "text/htmlx", false },
        { { "text/html" }, "text/plain", false },
        { { "text/html" }, "", true },
        { { "image/png", "text/*" }, "text/plain", true },
        { { "text/*" }, "textual/plain", false },
        { { "text/*" }, "text", false },
        { { "*/*" }, "anything/at-all", true },
        { { NULL }, "text/html", false },
        { { NULL }, "", true },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct text_list list = { rows[i].accepted, 0 };
        while (list.count < 3 && rows[i].accepted[list.count])
            list.count++;
        ck_assert_msg(type_is_accepted(&list, bytes_from_string(rows[i].type)) ==
                          rows[i].is_accepted,
                      "row %zu", i);
    }
}
END_TEST

SUITE_MAIN("exchange", an_outcome_follows_from_end_and_status, any_status_has_an_outcome,
           a_request_says_who_asks_and_what_it_takes,
           a_contact_that_is_no_address_is_not_sent_as_one,
           validators_are_sent_and_nothing_can_be_slipped_in_with_them,
           settings_become_limits_and_policy, types_are_accepted_by_name_by_kind_or_all)
