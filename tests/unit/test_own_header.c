/* SPDX-License-Identifier: MIT
 *
 * Header fields of the user's own: which may go out, and what is said of the others.
 */
#include "suite.h"

#include "config/own_header.h"

START_TEST(a_field_is_a_token_and_a_value_on_one_line)
{
    static const struct {
        struct bytes line;
        const char *why; /* NULL: it is good. */
    } rows[] = {
        { BYTES("X-Crawl: monthly"), NULL },
        { BYTES("DNT:1"), NULL },
        { BYTES("Accept: text/html"), NULL },
        { BYTES("Cache-Control: no-cache"), NULL },
        { BYTES("X: a, b; c=\"d\""), NULL },
        { BYTES("X: caf\xc3\xa9"), NULL },
        { BYTES("X: a\tb"), NULL },
        { BYTES("X"), "write a header field as" },
        { BYTES(""), "write a header field as" },
        { BYTES(": a"), "write a header field as" },
        { BYTES("X Y: a"), "write a header field as" },
        { BYTES("X : a"), "write a header field as" },
        { BYTES(" X: a"), "write a header field as" },
        { BYTES("X\0: a"), "write a header field as" },
        { BYTES("X\r\nHost: a"), "write a header field as" },
        { BYTES("X:"), "needs a value" },
        { BYTES("X:   "), "needs a value" },
        { BYTES("X: a\r\nHost: b"), "needs a value" },
        { BYTES("X: a\nb"), "needs a value" },
        { BYTES("X: a\rb"), "needs a value" },
        { BYTES("X: a\0b"), "needs a value" },
        { BYTES("X: a\x7f"), "needs a value" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf why;
        buf_init(&why, BUF_UNBOUNDED);
        bool is_good = own_header_is_good(rows[i].line, &why);
        buf_append_char(&why, '\0');
        ck_assert_msg(is_good == !rows[i].why, "row %zu: %s", i, why.data);
        ck_assert_msg(!rows[i].why || strstr(why.data, rows[i].why), "row %zu: %s", i, why.data);
        buf_clear(&why);
    }
}
END_TEST

START_TEST(what_is_not_the_users_names_the_option_that_is)
{
    static const struct {
        const char *line;
        const char *option;
    } rows[] = {
        { "Host: evil.test", "URL" },
        { "hOsT: evil.test", "URL" },
        { "Content-Length: 5", "request" },
        { "Transfer-Encoding: chunked", "connection" },
        { "Connection: close", "connection" },
        { "Upgrade: h2c", "connection" },
        { "TE: trailers", "connection" },
        { "Expect: 100-continue", "connection" },
        { "Cookie: a=hush", "cookies" },
        { "AUTHORIZATION: Basic hush", "login_user" },
        { "Proxy-Authorization: Basic hush", "proxy" },
        { "User-Agent: x", "user_agent" },
        { "From: x", "contact" },
        { "Accept-Language: x", "accept_language" },
        { "Referer: x", "referer" },
        { "If-None-Match: \"x\"", "what is kept" },
        { "Range: bytes=0-", "cut" },
        { "X-Api-Key: hush", "login_token_env" },
        { "X-Auth-Token: hush", "login_token_env" },
        { "My-Password: hush", "login_token_env" },
        { "Client-Secret: hush", "login_token_env" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf why;
        buf_init(&why, BUF_UNBOUNDED);
        ck_assert_msg(!own_header_is_good(bytes_from_string(rows[i].line), &why), "row %zu", i);
        buf_append_char(&why, '\0');
        ck_assert_msg(strstr(why.data, rows[i].option), "row %zu: %s", i, why.data);
        ck_assert_msg(!strstr(why.data, "hush"), "row %zu: %s", i, why.data);
        buf_clear(&why);
    }
}
END_TEST

START_TEST(a_line_has_a_name_and_a_value)
{
    struct bytes line = BYTES("X-A:  b: c ");
    ck_assert(bytes_equal(own_header_name(line), BYTES("X-A")));
    ck_assert(bytes_equal(own_header_value(line), BYTES("b: c")));
}
END_TEST

SUITE_MAIN("own_header", a_field_is_a_token_and_a_value_on_one_line,
           what_is_not_the_users_names_the_option_that_is, a_line_has_a_name_and_a_value)
