/* SPDX-License-Identifier: MIT
 *
 * As whom we ask: logins, cookies and what answers change of them, without a network.
 */
#include "suite.h"

#include <stdlib.h>

#include "base/memory.h"
#include "config/loaded.h"
#include "crawler/engine/sessions.h"
#include "store/coding.h"

enum { NOW_MS = 1000000 };

#define PAGE    "https://a.example/page"
#define LOGIN   "https://a.example/login"
#define SECTION "[host \"a.example\"]\n"
#define FORM                                                                                       \
    SECTION "form_page = " LOGIN "\nform_action = https://a.example/do\nform_field = user=alice\n" \
            "form_expired = please log in\n"
#define BASIC SECTION "login_user = alice\nlogin_password_env = PASSWORD\n"

struct rig {
    struct config *config;
    struct logins *logins;
    struct sessions sessions;
    struct visit *visit;
    struct session_mark mark;
    struct request_headers headers;
    struct transfer_login login;
};

static const char *environment(const char *name)
{
    return strcmp(name, "PASSWORD") == 0 ? "hush" : NULL;
}

static void rig_init(struct rig *rig, const char *lines)
{
    char *error = NULL;
    struct task like = { .url = BYTES(PAGE) };
    *rig = (struct rig){ 0 };
    ck_assert_int_eq(
        config_load_bytes(&rig->config, "forage.conf", bytes_from_string(lines), NULL, &error),
        STATUS_OK);
    rig->logins = logins_new(rig->config, NULL, environment, &error);
    ck_assert_msg(rig->logins != NULL, "%s", error);
    rig->sessions.jar = cookies_new(1 << 20, 0);
    sessions_renew(&rig->sessions, rig->logins);
    rig->visit = visit_new(task_new(&like), 0);
}

static void rig_clear(struct rig *rig)
{
    sessions_clear(&rig->sessions);
    cookies_free(rig->sessions.jar);
    visit_free(rig->visit);
    logins_free(rig->logins);
    config_free(rig->config);
}

static struct session_at at(const struct rig *rig, struct url *url, const char *href)
{
    ck_assert(url_split(url, bytes_from_string(href)));
    return (struct session_at){ "a.example", config_host_settings(rig->config, url_host(url)), url,
                                NOW_MS };
}

static struct transfer_result result_of(uint16_t status, const char *headers, struct bytes body)
{
    struct transfer_result result = { .status = status, .end = TRANSFER_DONE };
    buf_init(&result.headers, BUF_UNBOUNDED);
    buf_init(&result.body, BUF_UNBOUNDED);
    buf_append_string(&result.headers, headers);
    buf_append_bytes(&result.body, body);
    return result;
}

/* The page is asked for, and answered so; the header lines as a block in *said. */
static enum session_step ask(struct rig *rig, struct transfer_result result, struct buf *said)
{
    struct url url;
    struct session_at where = at(rig, &url, PAGE);
    const struct conditions none = { .is_forced = false };
    enum cookies_change change;
    rig->mark = (struct session_mark){ 0 };
    request_headers_make(&rig->headers, rig->config, where.settings, &none);
    sessions_sign(&rig->sessions, &where, NULL, &rig->mark, &rig->headers, &rig->login);
    if (said) {
        buf_reset(said);
        request_headers_fields(&rig->headers, said);
    }
    request_headers_clear(&rig->headers);
    sessions_end(&rig->mark);
    enum session_step step =
        sessions_take(&rig->sessions, &where, &rig->mark, rig->visit, &result, &change);
    if (step == SESSION_REPEATS)
        rig->visit->task->repeats++;
    transfer_result_clear(&result);
    return step;
}

static enum session_way way_of(struct rig *rig, const char **why)
{
    struct url url;
    struct session_at where = at(rig, &url, PAGE);
    int64_t until_ms;
    return sessions_way(&rig->sessions, &where, why, &until_ms);
}

/* A request of the login, and its answer. */
static void log_in(struct rig *rig, uint16_t status, const char *headers, struct bytes body)
{
    struct url url;
    struct session_at where = at(rig, &url, sessions_login_url(&rig->sessions, "a.example"));
    const struct conditions none = { .is_forced = false };
    struct session_mark mark = { 0 };
    struct buf form;
    struct transfer_result result = result_of(status, headers, body);
    buf_init(&form, BUF_UNBOUNDED);
    request_headers_make(&rig->headers, rig->config, where.settings, &none);
    sessions_sign_login(&rig->sessions, &where, &mark, &rig->headers, &rig->login, &form);
    request_headers_clear(&rig->headers);
    sessions_end(&mark);
    sessions_take_login(&rig->sessions, &where, &mark, &result);
    transfer_result_clear(&result);
    buf_clear(&form);
}

/* So many bytes, and then the text. */
static void fill(struct buf *out, size_t bytes, const char *text)
{
    buf_init(out, BUF_UNBOUNDED);
    while (out->length < bytes)
        buf_append_char(out, 'x');
    buf_append_string(out, text);
}

START_TEST(nobody_is_named_until_a_challenge_and_then_the_page_is_asked_again)
{
    struct rig rig;
    struct buf said;
    buf_init(&said, BUF_UNBOUNDED);
    rig_init(&rig, BASIC);
    ck_assert_int_eq(
        ask(&rig, result_of(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", BYTES("")), &said),
        SESSION_REPEATS);
    ck_assert_ptr_null(strstr(said.data, "Authorization"));
    ck_assert_uint_eq(rig.mark.identity, 0);
    ck_assert_int_eq(ask(&rig, result_of(200, "", BYTES("")), &said), SESSION_GOES_ON);
    ck_assert_ptr_nonnull(strstr(said.data, "Authorization: Basic YWxpY2U6aHVzaA==\r\n"));
    ck_assert_uint_ne(rig.mark.identity, 0);
    buf_clear(&said);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_login_that_is_refused_shuts_the_way_and_says_so_in_the_record)
{
    struct rig rig;
    struct url url;
    const char *why = "";
    rig_init(&rig, BASIC);
    struct session_at where = at(&rig, &url, PAGE);
    ask(&rig, result_of(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", BYTES("")), NULL);
    enum session_step step =
        ask(&rig, result_of(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", BYTES("")), NULL);
    ck_assert_int_eq(step, SESSION_REFUSED);
    ck_assert_int_eq(way_of(&rig, &why), SESSION_IS_SHUT);
    ck_assert_str_eq(why, "https://a.example does not take alice:*** (Basic)");
    ck_assert(sessions_conclude(&rig.sessions, &where, step, rig.visit));
    ck_assert_int_eq(rig.visit->outcome, OUTCOME_REFUSED_LOGIN);
    ck_assert(bytes_equal(rig.visit->reason, bytes_from_string(why)));
    ck_assert_int_gt(rig.visit->due_least_ms, NOW_MS);
    rig_clear(&rig);
}
END_TEST

/* The fetch thread looks at the beginning of a body alone, and never at what cannot be bounded. */
START_TEST(a_form_is_looked_for_in_the_beginning_of_its_page)
{
    static const struct {
        size_t before;
        const char *coding;
        bool is_found;
    } rows[] = {
        { 0, "", true },
        { LOGIN_BODY_BYTES_MOST - 100, "", true },
        { LOGIN_BODY_BYTES_MOST, "", false },
        { 0, "Content-Encoding: br\r\n", false },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct rig rig;
        struct buf body;
        const char *why = "";
        rig_init(&rig, FORM);
        fill(&body, rows[i].before, "<form action=/do><input type=hidden name=a value=b></form>");
        ck_assert_int_eq(way_of(&rig, &why), SESSION_LOGIN_DUE);
        log_in(&rig, 200, rows[i].coding, buf_bytes(&body));
        ck_assert_msg(way_of(&rig, &why) ==
                          (rows[i].is_found ? SESSION_LOGIN_DUE : SESSION_IS_SHUT),
                      "row %zu", i);
        if (!rows[i].is_found)
            ck_assert_str_eq(why, "the login at a.example failed: there is no form for it in the "
                                  "first 64 KiB of " LOGIN);
        buf_clear(&body);
        rig_clear(&rig);
    }
}
END_TEST

START_TEST(a_sign_of_expiry_brings_a_new_login_once)
{
    struct rig rig;
    struct buf body;
    const char *why = "";
    rig_init(&rig, FORM);
    log_in(&rig, 200, "", BYTES("<form action=/do></form>"));
    log_in(&rig, 303, "Location: /home\r\n", BYTES(""));
    ck_assert_int_eq(way_of(&rig, &why), SESSION_IS_FREE);
    fill(&body, LOGIN_BODY_BYTES_MOST, "please log in");
    ck_assert_int_eq(ask(&rig, result_of(200, "", buf_bytes(&body)), NULL), SESSION_GOES_ON);
    ck_assert_int_eq(ask(&rig, result_of(200, "", BYTES("please log in")), NULL), SESSION_REPEATS);
    ck_assert_int_eq(way_of(&rig, &why), SESSION_LOGIN_DUE);
    ck_assert_int_eq(ask(&rig, result_of(200, "", BYTES("please log in")), NULL), SESSION_DENIED);
    buf_clear(&body);
    rig_clear(&rig);
}
END_TEST

START_TEST(hosts_with_a_form_are_offered_what_can_be_bounded)
{
    struct rig rig;
    struct buf said;
    buf_init(&said, BUF_UNBOUNDED);
    rig_init(&rig, FORM);
    ask(&rig, result_of(200, "", BYTES("")), &said);
    ck_assert_ptr_nonnull(strstr(said.data, "Accept-Encoding: " CODING_ACCEPT_BOUNDED "\r\n"));
    rig_clear(&rig);
    rig_init(&rig, BASIC);
    ask(&rig, result_of(200, "", BYTES("")), &said);
    ck_assert_ptr_nonnull(strstr(said.data, "Accept-Encoding: " CODING_ACCEPT "\r\n"));
    rig_clear(&rig);
    buf_clear(&said);
}
END_TEST

START_TEST(come_again_with_this_cookie_counts_once)
{
    struct rig rig;
    rig_init(&rig, "");
    ck_assert_int_eq(
        ask(&rig, result_of(302, "Location: /page\r\nSet-Cookie: a=1\r\n", BYTES("")), NULL),
        SESSION_REPEATS);
    ck_assert_int_eq(
        ask(&rig, result_of(302, "Location: /page\r\nSet-Cookie: a=2\r\n", BYTES("")), NULL),
        SESSION_GOES_ON);
    rig_clear(&rig);
}
END_TEST

SUITE_MAIN("sessions", nobody_is_named_until_a_challenge_and_then_the_page_is_asked_again,
           a_login_that_is_refused_shuts_the_way_and_says_so_in_the_record,
           a_form_is_looked_for_in_the_beginning_of_its_page,
           a_sign_of_expiry_brings_a_new_login_once,
           hosts_with_a_form_are_offered_what_can_be_bounded,
           come_again_with_this_cookie_counts_once)
