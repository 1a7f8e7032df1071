/* SPDX-License-Identifier: MIT
 *
 * How we ask as options say, and what an ended transfer came to.
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
        { TRANSFER_DONE, 407, false, false, OUTCOME_REFUSED_STATUS, CONTACT_OK },
        { TRANSFER_DONE, 408, false, false, OUTCOME_FAILED_SERVER, CONTACT_FAILED },
        { TRANSFER_DONE, 410, true, false, OUTCOME_GONE, CONTACT_OK },
        { TRANSFER_DONE, 421, false, false, OUTCOME_FAILED_SERVER, CONTACT_FAILED },
        { TRANSFER_DONE, 425, true, false, OUTCOME_FAILED_SERVER, CONTACT_FAILED },
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

/* ---- Settings */

static struct config *config_of(const char *const *options, size_t count)
{
    struct config_overrides overrides = { options, count };
    struct config *config;
    char *error = NULL;
    ck_assert_int_eq(config_load(&config, NULL, NULL, &overrides, &error), STATUS_OK);
    return config;
}

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
           settings_become_limits_and_policy, types_are_accepted_by_name_by_kind_or_all)
