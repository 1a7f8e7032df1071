/* SPDX-License-Identifier: MIT
 *
 * Logins as host sections say them, with secrets from elsewhere.
 */
#include "suite.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "config/loaded.h"
#include "crawler/engine/logins.h"

static const char *environment(const char *name)
{
    return strcmp(name, "PASSWORD") == 0 ? "hush" : strcmp(name, "TOKEN") == 0 ? "t0ken" : NULL;
}

static char *error;
static struct config *config;

static struct logins *load(const char *text)
{
    config_free(config);
    free(error);
    error = NULL;
    enum status status =
        config_load_bytes(&config, "forage.conf", bytes_from_string(text), NULL, &error);
    ck_assert_msg(status == STATUS_OK, "%s", error);
    return logins_new(config, "/nowhere", environment, &error);
}

static const struct credential *find(const struct logins *logins, const char *href)
{
    struct url url;
    ck_assert(url_split(&url, bytes_from_string(href)));
    return logins_credential(logins, &url);
}

#define A "[host \"a.example\"]\n"

START_TEST(a_login_is_for_its_origins_alone)
{
    struct logins *logins = load(A "login_user = alice\nlogin_password_env = PASSWORD\n"
                                   "[host \"b.example\"]\nlogin_token_env = TOKEN\n"
                                   "login_origin = http://b.example:8080, https://B.example.:443\n"
                                   "[host \"c.example\"]\nlogin_token_env = TOKEN\n"
                                   "login_token_header = X-Api-Key\n");
    ck_assert_ptr_null(logins);
    ck_assert_ptr_nonnull(strstr(error, "\"https://B.example.:443\" is no http:// or https://"));
    logins = load(A "login_user = alice\nlogin_password_env = PASSWORD\n"
                    "[host \"b.example\"]\nlogin_token_env = TOKEN\n"
                    "login_origin = http://b.example:8080, https://B.EXAMPLE:443\n"
                    "[host \"c.example\"]\nlogin_token_env = TOKEN\n"
                    "login_token_header = X-Api-Key\n");
    ck_assert_msg(logins != NULL, "%s", error);
    ck_assert_str_eq(find(logins, "https://a.example/x")->secret, "hush");
    ck_assert_ptr_null(find(logins, "http://a.example/x"));
    ck_assert_ptr_null(find(logins, "https://a.example:8443/x"));
    ck_assert_ptr_null(find(logins, "https://www.a.example/x"));
    ck_assert_ptr_nonnull(find(logins, "http://b.example:8080/"));
    ck_assert_ptr_nonnull(find(logins, "https://b.example/"));
    ck_assert_ptr_null(find(logins, "http://b.example/"));
    ck_assert_ptr_null(find(logins, "https://b.example/")->user);
    ck_assert_str_eq(find(logins, "https://c.example/")->header, "X-Api-Key");
    ck_assert(find(logins, "https://c.example/")->is_unasked);
    ck_assert_ptr_null(logins_credential(NULL, &(struct url){ 0 }));
    logins_free(logins);
}
END_TEST

START_TEST(a_netrc_file_has_the_passwords_of_hosts_that_are_named)
{
    char path[] = "/tmp/forage-netrc-XXXXXX";
    char text[200];
    int file = mkstemp(path);
    static const char netrc[] = "machine a.example login alice password hush\n"
                                "machine b.example login bob password psst\n"
                                "default login x password y\n";
    ck_assert_int_eq(write(file, netrc, sizeof(netrc) - 1), sizeof(netrc) - 1);
    close(file);
    snprintf(text, sizeof(text),
             "[requests]\nnetrc_file = %s\n" A "login_origin = https://a.example\n", path);
    struct logins *logins = load(text);
    ck_assert_msg(logins != NULL, "%s", error);
    ck_assert_str_eq(find(logins, "https://a.example/")->user, "alice");
    ck_assert_str_eq(find(logins, "https://a.example/")->secret, "hush");
    ck_assert_ptr_null(find(logins, "https://b.example/"));
    ck_assert_ptr_null(find(logins, "https://c.example/"));
    logins_free(logins);
    unlink(path);
}
END_TEST

START_TEST(a_form_is_on_its_host_and_has_its_secrets_from_the_environment)
{
    struct logins *logins =
        load(A "form_action = https://a.example/do\nform_page = https://A.example/login\n"
               "form_field = user=alice = bob\nform_secret = p=PASSWORD\n"
               "form_cookie = sid\nform_expired = Log in\n");
    ck_assert_msg(logins != NULL, "%s", error);
    const struct form *form = logins_form(logins, BYTES("a.example"));
    ck_assert_ptr_null(logins_form(logins, BYTES("b.example")));
    ck_assert_str_eq(form->action, "https://a.example/do");
    ck_assert_str_eq(form->page, "https://a.example/login");
    ck_assert_uint_eq(form->field_count, 2);
    ck_assert_str_eq(form->fields[0].name, "user");
    ck_assert_str_eq(form->fields[0].value, "alice = bob");
    ck_assert_str_eq(form->fields[1].value, "hush");
    ck_assert_str_eq(form->cookie, "sid");
    logins_free(logins);
}
END_TEST

static uint64_t identity(const char *section, const char *href, bool has_credential)
{
    char *text = xasprintf("[host \"a.example\"]\n%s", section);
    struct logins *logins = load(text);
    struct url url;
    ck_assert_msg(logins != NULL, "%s", error);
    ck_assert(url_split(&url, bytes_from_string(href)));
    uint64_t who = logins_identity(logins, &url, has_credential);
    logins_free(logins);
    free(text);
    return who;
}

#define FORM "form_action = https://a.example/in\nform_field = user=alice\n"

START_TEST(another_user_token_or_form_is_somebody_else)
{
    static const char *const others[] = {
        "login_user = alice\nlogin_password_env = PASSWORD\n",
        "login_user = bob\nlogin_password_env = PASSWORD\n",
        "login_token_env = TOKEN\n",
        "login_token_env = PASSWORD\n",
        "login_token_env = TOKEN\nlogin_token_header = X-Api-Key\n",
        FORM,
        "form_action = https://a.example/in\nform_field = user=bob\n",
        "form_action = https://a.example/other\nform_field = user=alice\n",
        "login_user = alice\nlogin_password_env = PASSWORD\n" FORM,
    };
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        ck_assert_msg(identity(others[i], "https://a.example/", true) != 0, "%s", others[i]);
        ck_assert_uint_eq(identity(others[i], "https://b.example/", true), 0);
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(identity(others[i], "https://a.example/", true) !=
                              identity(others[j], "https://a.example/", true),
                          "%s%s", others[i], others[j]);
    }
    /* The form's is the host's, whoever is named beside it; without a login nobody is. */
    ck_assert_uint_eq(identity(others[8], "https://a.example/", false),
                      identity(others[5], "https://a.example/", true));
    ck_assert_uint_eq(identity(others[0], "https://a.example/", false), 0);
    ck_assert_uint_eq(identity(others[0], "https://a.example:444/", true), 0);
    /* A new password is the same user's. */
    ck_assert_uint_eq(
        identity(FORM "form_secret = password=PASSWORD\n", "https://a.example/", true),
        identity(FORM "form_secret = password=TOKEN\n", "https://a.example/", true));
    ck_assert_uint_eq(
        identity("login_user = alice\nlogin_password_env = TOKEN\n", "https://a.example/", true),
        identity(others[0], "https://a.example/", true));
}
END_TEST

START_TEST(what_is_wrong_is_named_with_its_host_and_option)
{
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        { A "login_user = alice\n", "login: its password is neither in an environment variable" },
        { A "login_user = alice\nlogin_password_env = NONE\n",
          "login: the environment variable NONE is not set" },
        { A "login_user = a:b\nlogin_password_env = PASSWORD\n",
          "a character that cannot be sent" },
        { A "login_origin = a.example\n", "\"a.example\" is no http:// or https:// of this host" },
        { A "login_origin = https://b.example\n", "of this host" },
        { A "login_origin = ftp://a.example\nlogin_user=x\nlogin_password_env=PASSWORD\n",
          "login" },
        { A "login_token_header = X-Key\n", "login_token_env is to name where the token is" },
        { A "login_token_header = Cookie\nlogin_token_env = TOKEN\n",
          "Cookie is not to be set here" },
        { A "login_token_header = X Y\nlogin_token_env = TOKEN\n", "header field is none" },
        { A "form_cookie = sid\n", "form_action: a form needs the URL" },
        { A "form_action = https://a.example/do\n", "a form needs a form_field or form_secret" },
        { A "form_action = https://b.example/do\nform_field = a=b\n", "is on this host" },
        { A "form_action = /do\nform_field = a=b\n", "form_action: " },
        { A "form_action = https://a.example/do\nform_field = ab\n",
          "write a field as name=value" },
        { A "form_action = https://a.example/do\nform_secret = ab\n",
          "write a field as name=VARIABLE" },
        { A "form_action = https://a.example/do\nform_secret = a=NONE\n",
          "form_secret: the environment variable NONE is not set" },
        { A "form_action = https://a.example/do\nform_page = http://a.example/\nform_field = a=b\n",
          "scheme and port are to be those of form_action" },
        { A "form_action = https://a.example/do\nform_field = a=b\ncookies = off\n",
          "without cookies nobody stays logged in" },
        { "[requests]\nnetrc_file = missing\n", "netrc_file: /nowhere/missing: No such file" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct logins *logins = load(rows[i].text);
        ck_assert_msg(!logins, "row %zu", i);
        ck_assert_msg(strstr(error, rows[i].why), "row %zu: %s", i, error);
        ck_assert_msg(!strstr(error, "hush"), "row %zu: %s", i, error);
        ck_assert_msg(rows[i].text[1] != 'h' || strstr(error, "[host \"a.example\"]: "),
                      "row %zu: %s", i, error);
    }
    config_free(config);
    config = NULL;
}
END_TEST

SUITE_MAIN("logins", another_user_token_or_form_is_somebody_else, a_login_is_for_its_origins_alone,
           a_netrc_file_has_the_passwords_of_hosts_that_are_named,
           a_form_is_on_its_host_and_has_its_secrets_from_the_environment,
           what_is_wrong_is_named_with_its_host_and_option)
