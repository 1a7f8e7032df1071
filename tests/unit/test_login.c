/* SPDX-License-Identifier: MIT
 *
 * A login by form, from answer to answer.
 */
#include "suite.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/engine/login.h"

enum { NOW_MS = 1000000, REST_MS = 3600000 };

static struct form_value fields[] = { { "user", "alice" }, { "password", "hu&sh" } };

static struct form form_of(const char *page)
{
    return (struct form){
        .host = "a.example",
        .action = "https://a.example/do",
        .page = (char *)page,
        .fields = fields,
        .field_count = 2,
        .cookie = "",
        .success = "",
        .expired = "",
    };
}

static struct login_list list;
static struct buf body; /* Of the last request. */

static struct login *start(void)
{
    login_list_clear(&list);
    return login_for(&list, "a.example");
}

/* Makes the request that is due, and gives it this answer. */
static void answer(struct login *login, const struct form *form, const char *wanted_url,
                   uint16_t status, const char *headers, const char *text, bool has_cookie)
{
    struct url url;
    char *asked = xstrdup(login_url(login, form));
    ck_assert_int_eq(login_way(login, false, NOW_MS), LOGIN_WAY_DUE);
    ck_assert_str_eq(asked, wanted_url);
    buf_reset(&body);
    login_begin(login, form, &body);
    ck_assert_int_eq(login_way(login, false, NOW_MS), LOGIN_WAY_WAITS);
    ck_assert(url_split(&url, bytes_from_string(asked)));
    struct login_answer came = {
        &url, status, bytes_from_string(headers), bytes_from_string(text), has_cookie, "no way"
    };
    login_take(login, form, &came, NOW_MS, REST_MS);
    free(asked);
}

#define TO(path) "HTTP/1.1 302 Found\r\nLocation: " path "\r\n"
#define OK       "HTTP/1.1 200 OK\r\n"
#define FORM     "<form action=/do><input type=hidden name=csrf value=x><input type=password></form>"

/* One POST, and what its answer comes to. */
START_TEST(an_answer_to_the_form_is_judged_by_the_signs_that_are_given)
{
    static const struct {
        const char *cookie, *success;
        uint16_t status;
        const char *headers;
        const char *text;
        bool has_cookie;
        enum login_state state;
        const char *why;
    } rows[] = {
        { "", "", 200, OK, "Welcome", false, LOGIN_IN, NULL },
        { "", "", 302, TO("/home"), "", false, LOGIN_IN, NULL },
        { "", "", 302, TO("https://b.example/"), "", false, LOGIN_IN, NULL },
        /* Not followed, whatever would be there: another scheme, or a way that is less safe. */
        { "", "Welcome", 302, TO("ftp://a.example/x"), "Welcome", false, LOGIN_IN, NULL },
        { "", "Welcome", 302, TO("http://a.example/x"), "Welcome", false, LOGIN_IN, NULL },
        { "", "", 302, TO("/do?wrong=1"), "", false, LOGIN_FAILED, "it leads back to the form" },
        { "", "", 200, OK, FORM, false, LOGIN_FAILED, "it leads back to the form" },
        { "", "", 403, OK, "", false, LOGIN_FAILED, "https://a.example/do answers with 403" },
        { "sid", "", 302, TO("/do"), "", true, LOGIN_IN, NULL },
        { "sid", "", 200, OK, FORM, true, LOGIN_IN, NULL },
        { "sid", "", 200, OK, "Welcome", false, LOGIN_FAILED, "there is no cookie sid behind it" },
        { "", "Hello", 200, OK, "<p>Hello alice", false, LOGIN_IN, NULL },
        { "", "Hello", 200, OK, "<p>Sorry", false, LOGIN_FAILED,
          "https://a.example/do does not hold the sign of success" },
        { "", "Hello", 302, TO("/do"), "", false, LOGIN_FAILED,
          "https://a.example/do does not hold the sign of success" },
        { "", "Hello", 302, TO("https://b.example/"), "Hello", false, LOGIN_IN, NULL },
        { "sid", "Hello", 200, OK, "Hello", false, LOGIN_FAILED,
          "there is no cookie sid behind it" },
    };
    buf_init(&body, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct form form = form_of(NULL);
        struct login *login = start();
        form.cookie = rows[i].cookie;
        form.success = rows[i].success;
        answer(login, &form, form.action, rows[i].status, rows[i].headers, rows[i].text,
               rows[i].has_cookie);
        ck_assert_str_eq(body.data, "user=alice&password=hu%26sh");
        ck_assert_msg(login->state == rows[i].state, "row %zu: %s", i, login->why);
        ck_assert_msg(!rows[i].why || strstr(login->why, rows[i].why), "row %zu: %s", i,
                      login->why);
        ck_assert_msg(!strstr(login->why, "hu"), "row %zu: %s", i, login->why);
    }
    buf_clear(&body);
}
END_TEST

START_TEST(the_page_comes_first_and_its_hidden_fields_go_along)
{
    struct form form = form_of("https://a.example/login");
    struct login *login = start();
    form.success = "Hello";
    buf_init(&body, BUF_UNBOUNDED);
    answer(login, &form, form.page, 200, OK,
           "<form action=/do><input type=hidden name=csrf value='a b'>"
           "<input type=hidden name=user value=nobody></form>",
           false);
    ck_assert_uint_eq(body.length, 0);
    answer(login, &form, form.action, 302, TO("/one"), "", false);
    ck_assert_str_eq(body.data, "csrf=a+b&user=alice&password=hu%26sh");
    answer(login, &form, "https://a.example/one", 302, TO("/two"), "", false);
    ck_assert_uint_eq(body.length, 0);
    answer(login, &form, "https://a.example/two", 200, OK, "Hello", false);
    ck_assert_int_eq(login->state, LOGIN_IN);
    ck_assert_uint_eq(login->number, 1);
    ck_assert_int_eq(login_way(login, false, NOW_MS), LOGIN_WAY_IS_FREE);
    buf_clear(&body);
}
END_TEST

START_TEST(a_page_without_the_form_or_with_an_error_is_a_failure)
{
    static const struct {
        uint16_t status;
        const char *text;
        const char *why;
    } rows[] = {
        { 200, "<p>nothing",
          "there is no form for it in the first 64 KiB of "
          "https://a.example/login" },
        { 404, FORM, "https://a.example/login answers with 404" },
        { 302, FORM, "https://a.example/login answers with 302" },
    };
    buf_init(&body, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct form form = form_of("https://a.example/login");
        struct login *login = start();
        answer(login, &form, form.page, rows[i].status, OK, rows[i].text, false);
        ck_assert_msg(strstr(login->why, rows[i].why), "row %zu: %s", i, login->why);
        ck_assert_int_eq(login_way(login, false, NOW_MS + REST_MS - 1), LOGIN_WAY_IS_SHUT);
        ck_assert_int_eq(login_way(login, false, NOW_MS + REST_MS), LOGIN_WAY_DUE);
        answer(login, &form, form.page, rows[i].status, OK, rows[i].text, false);
        login_list_renew(&list);
        ck_assert_int_eq(login_way(login, false, NOW_MS), LOGIN_WAY_DUE);
    }
    buf_clear(&body);
}
END_TEST

START_TEST(what_the_network_does_is_tried_again_and_redirects_end)
{
    struct form form = form_of(NULL);
    struct login *login = start();
    buf_init(&body, BUF_UNBOUNDED);
    answer(login, &form, form.action, 0, "", "", false);
    answer(login, &form, form.action, 503, "", "", false);
    ck_assert_int_eq(login->state, LOGIN_OUT);
    answer(login, &form, form.action, 0, "", "", false);
    ck_assert_int_eq(login->state, LOGIN_FAILED);
    ck_assert_ptr_nonnull(strstr(login->why, "https://a.example/do: no way"));
    login = start();
    form.success = "Hello";
    answer(login, &form, form.action, 302, TO("/0"), "", false);
    for (int i = 0; login->state == LOGIN_OUT; i++) {
        char url[64];
        ck_assert_int_lt(i, 10);
        snprintf(url, sizeof(url), "https://a.example/0");
        answer(login, &form, url, 302, TO("/0"), "", false);
    }
    ck_assert_int_eq(login->state, LOGIN_FAILED);
    buf_clear(&body);
}
END_TEST

START_TEST(who_has_the_cookie_is_logged_in_already)
{
    struct login *login = start();
    ck_assert_int_eq(login_way(login, true, NOW_MS), LOGIN_WAY_IS_FREE);
    /* But not once it was seen that it is worth nothing. */
    ck_assert_int_eq(login_take_page(login, 0, true, false, NOW_MS, REST_MS), LOGIN_STEP_REPEAT);
    struct form form = form_of(NULL);
    form.cookie = "sid";
    buf_init(&body, BUF_UNBOUNDED);
    answer(login, &form, form.action, 200, OK, "", true);
    ck_assert_int_eq(login->state, LOGIN_IN);
    buf_clear(&body);
}
END_TEST

START_TEST(signs_of_expiry_are_seen)
{
    static const struct {
        const char *url;
        uint16_t status;
        const char *headers;
        const char *text;
        bool is_asked_for;
    } rows[] = {
        { "https://a.example/x", 200, OK, "text", false },
        { "https://a.example/x", 200, OK, "Please log in!", true },
        { "https://a.example/x", 302, TO("/login?next=/x"), "", true },
        { "https://a.example/x", 302, TO("/do"), "", true },
        { "https://a.example/x", 302, TO("/y"), "Please log in", false },
        { "https://a.example/x", 302, TO("https://b.example/login"), "", false },
        { "https://a.example/login?x", 200, OK, "Please log in", false },
        { "https://a.example/login", 302, TO("/login"), "", false },
    };
    struct form form = form_of("https://a.example/login");
    form.expired = "Please log in";
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct url url;
        ck_assert(url_split(&url, bytes_from_string(rows[i].url)));
        ck_assert_msg(form_is_asked_for(&form, &url, bytes_from_string(rows[i].headers),
                                        rows[i].status,
                                        bytes_from_string(rows[i].text)) == rows[i].is_asked_for,
                      "row %zu", i);
    }
}
END_TEST

START_TEST(a_site_that_always_asks_for_a_login_gets_so_many_and_no_more)
{
    struct form form = form_of(NULL);
    struct login *login = start();
    unsigned posts = 0;
    buf_init(&body, BUF_UNBOUNDED);
    for (int page = 0; page < 100; page++)
        for (int repeat = 0; repeat < 2 && login->state != LOGIN_FAILED; repeat++) {
            while (login_way(login, false, NOW_MS) == LOGIN_WAY_DUE) {
                answer(login, &form, form.action, 200, OK, "Welcome", false);
                posts++;
            }
            login_take_page(login, login->number, true, repeat > 0, NOW_MS, REST_MS);
        }
    ck_assert_int_eq(login->state, LOGIN_FAILED);
    ck_assert_uint_le(posts, 11);
    /* One page that always does says so of itself alone. */
    login = start();
    for (int page = 0; page < 100; page++) {
        while (login_way(login, false, NOW_MS) == LOGIN_WAY_DUE)
            answer(login, &form, form.action, 200, OK, "Welcome", false);
        ck_assert_int_eq(login_take_page(login, login->number, true, false, NOW_MS, REST_MS),
                         LOGIN_STEP_REPEAT);
        while (login_way(login, false, NOW_MS) == LOGIN_WAY_DUE)
            answer(login, &form, form.action, 200, OK, "Welcome", false);
        ck_assert_int_eq(login_take_page(login, login->number, true, true, NOW_MS, REST_MS),
                         LOGIN_STEP_DENIED);
        ck_assert_int_eq(login_take_page(login, login->number, false, false, NOW_MS, REST_MS),
                         LOGIN_STEP_NONE);
    }
    ck_assert_int_eq(login->state, LOGIN_IN);
    login_list_clear(&list);
    buf_clear(&body);
}
END_TEST

SUITE_MAIN("login", an_answer_to_the_form_is_judged_by_the_signs_that_are_given,
           the_page_comes_first_and_its_hidden_fields_go_along,
           a_page_without_the_form_or_with_an_error_is_a_failure,
           what_the_network_does_is_tried_again_and_redirects_end,
           who_has_the_cookie_is_logged_in_already, signs_of_expiry_are_seen,
           a_site_that_always_asks_for_a_login_gets_so_many_and_no_more)
