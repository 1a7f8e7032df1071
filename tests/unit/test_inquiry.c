/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/clock.h"
#include "crawl_trial.h"
#include "crawler/engine/inquiry.h"
#include "crawler/fetch/headers.h"
#include "name_server.h"

struct rig {
    struct trial trial;
    struct inquiry *inquiry;
};

static void answer(struct web *web, const struct web_request *request, struct web_answer *answer)
{
    (void)web;
    answer->status = strcmp(request->path, "/missing") == 0 ? 404 : 200;
    if (strcmp(request->path, "/moved") == 0) {
        answer->status = 302;
        buf_append_string(&answer->headers, "Location: /there\r\n");
    }
    if (strcmp(request->path, "/cut") == 0)
        answer->is_cut = true;
    buf_append_string(&answer->body, "0123456789");
}

static void rig_init(struct rig *rig, const char *lines)
{
    char *error;
    trial_init(&rig->trial, answer, NULL, lines);
    rig->inquiry = inquiry_new(rig->trial.config, &error);
    ck_assert_msg(rig->inquiry != NULL, "%s", error ? error : "");
}

static void rig_clear(struct rig *rig)
{
    inquiry_free(rig->inquiry);
    trial_clear(&rig->trial);
}

static enum outcome get(struct rig *rig, const char *host, const char *path, size_t body_most,
                        struct transfer_result *result)
{
    const struct conditions none = { .etag = { 0 } };
    struct url url;
    char *text = trial_url(&rig->trial, host, path);
    ck_assert(url_split(&url, bytes_from_string(text)));
    enum outcome outcome = inquiry_get(rig->inquiry, &url, &none, body_most, result);
    free(text);
    return outcome;
}

START_TEST(what_comes_is_given_back_as_it_is)
{
    static const struct {
        const char *path;
        enum outcome outcome;
        uint16_t status;
    } rows[] = {
        { "/", OUTCOME_PAGE, 200 },
        { "/missing", OUTCOME_GONE, 404 },
        { "/moved", OUTCOME_REDIRECT, 302 },
        { "/cut", OUTCOME_FAILED_PROTOCOL, 200 },
    };
    struct rig rig;
    rig_init(&rig, "");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct transfer_result result;
        ck_assert_msg(get(&rig, "a.localhost", rows[i].path, 0, &result) == rows[i].outcome, "%s",
                      rows[i].path);
        ck_assert_uint_eq(result.status, rows[i].status);
        if (rows[i].outcome == OUTCOME_REDIRECT)
            ck_assert(bytes_equal(header_get(buf_bytes(&result.headers), BYTES("location")),
                                  BYTES("/there")));
        transfer_result_clear(&result);
    }
    ck_assert_uint_eq(web_requests(rig.trial.web), 4);
    rig_clear(&rig);
}
END_TEST

START_TEST(we_say_who_we_are)
{
    struct rig rig;
    struct transfer_result result;
    rig_init(&rig, "");
    get(&rig, "a.localhost", "/", 0, &result);
    struct web_request request = web_request_at(rig.trial.web, 0);
    ck_assert_ptr_nonnull(
        strstr(request.head, "\r\nUser-Agent: Trial/1.0 (+https://example.org/bot)\r\n"));
    ck_assert_ptr_nonnull(strstr(request.head, "\r\nFrom: bot@example.org\r\n"));
    transfer_result_clear(&result);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_body_has_a_bound)
{
    struct rig rig;
    struct transfer_result result;
    rig_init(&rig, "");
    ck_assert_int_eq(get(&rig, "a.localhost", "/", 4, &result), OUTCOME_PAGE);
    ck_assert_int_eq(result.end, TRANSFER_BODY_TOO_LARGE);
    ck_assert_uint_eq(result.body.length, 4);
    transfer_result_clear(&result);
    rig_clear(&rig);
}
END_TEST

START_TEST(where_there_is_no_way_nothing_is_sent)
{
    struct name_server *names = name_server_start();
    char lines[64];
    snprintf(lines, sizeof(lines), "[network]\ndns_servers = 127.0.0.1:%u\n",
             (unsigned)names->port);
    struct rig rig;
    struct transfer_result result;
    rig_init(&rig, lines);
    ck_assert_int_eq(get(&rig, "missing.test", "/", 0, &result), OUTCOME_FAILED_DNS);
    ck_assert_msg(strstr(result.detail, "not found") != NULL, "%s", result.detail);
    transfer_result_clear(&result);
    ck_assert_int_eq(get(&rig, "private.test", "/", 0, &result), OUTCOME_REFUSED_ADDRESS);
    ck_assert_str_eq(result.detail, "private");
    transfer_result_clear(&result);
    ck_assert_int_eq(get(&rig, "10.0.0.1", "/", 0, &result), OUTCOME_REFUSED_ADDRESS);
    transfer_result_clear(&result);
    ck_assert_int_eq(get(&rig, "www.test", "/", 0, &result), OUTCOME_PAGE);
    transfer_result_clear(&result);
    ck_assert_uint_eq(web_requests(rig.trial.web), 1);
    rig_clear(&rig);
    name_server_stop(names);
}
END_TEST

START_TEST(a_host_is_left_alone_between_two)
{
    struct rig rig;
    struct transfer_result result;
    rig_init(&rig, "[host \"a.localhost\"]\ndelay = 300ms\n");
    get(&rig, "a.localhost", "/", 0, &result);
    transfer_result_clear(&result);
    int64_t end_ms = clock_monotonic_ms();
    get(&rig, "b.localhost", "/", 0, &result);
    transfer_result_clear(&result);
    get(&rig, "a.localhost", "/", 0, &result);
    transfer_result_clear(&result);
    /* The clock was read a little after the first answer ended. */
    ck_assert_int_ge(clock_monotonic_ms() - end_ms, 250);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_range_that_cannot_be_read_is_said)
{
    static const char *const options[] = { "allow_address=10.0.0.0/99" };
    struct config_overrides overrides = { options, 1 };
    struct config *config;
    char *error;
    ck_assert_int_eq(config_load(&config, NULL, NULL, &overrides, &error), STATUS_OK);
    ck_assert_ptr_null(inquiry_new(config, &error));
    ck_assert_ptr_nonnull(strstr(error, "10.0.0.0/99"));
    free(error);
    inquiry_free(NULL);
    config_free(config);
}
END_TEST

SUITE_MAIN("inquiry", what_comes_is_given_back_as_it_is, we_say_who_we_are, a_body_has_a_bound,
           where_there_is_no_way_nothing_is_sent, a_host_is_left_alone_between_two,
           a_range_that_cannot_be_read_is_said)
