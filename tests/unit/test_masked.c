/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/masked.h"

START_TEST(what_is_secret_in_a_field_is_not_shown)
{
    static const struct {
        const char *name;
        const char *value;
        const char *shown;
    } rows[] = {
        { "Server", "nginx", "nginx" },
        { "Authorization", "Basic YWxpY2U6c2VjcmV0", "Basic ***" },
        { "authorization", "Digest username=\"alice\", response=\"secret\"", "Digest ***" },
        { "Proxy-Authorization", "secret", "***" },
        { "WWW-Authenticate", "Basic realm=\"a\"", "Basic realm=\"a\"" },
        { "Cookie", "a=secret", "a=***" },
        { "Cookie", "a=secret; b=secret;secret", "a=***; b=***; ***" },
        { "Set-Cookie", "a=secret; Path=/; Secure", "a=***; Path=/; Secure" },
        { "Set-Cookie", "secret; Path=/", "***; Path=/" },
        { "Set-Cookie", "", "***" },
        { "X-Auth-Token", "secret", "***" },
        { "X-API-Key", "secret", "***" },
        { "apikey", "secret", "***" },
        { "Client-Secret", "secret", "***" },
        { "Location", "https://alice:secret@a.org/x", "https://alice:***@a.org/x" },
        { "Location", "https://alice@a.org/x:y@z", "https://alice@a.org/x:y@z" },
        { "Location", "https://a.org:8080/x@y", "https://a.org:8080/x@y" },
        { "Location", "https://a:secret@secret@b.org/", "https://a:***@b.org/" },
        { "Location", "https://:secret@b.org/", "https://:***@b.org/" },
        { "Location", "https://a.org/?u=http://b:secret@c/", "https://a.org/?u=http://b:***@c/" },
        { "Link", "<ftp://a:secret@b/>, <http://c:secret@d/>",
          "<ftp://a:***@b/>, <http://c:***@d/>" },
        { "X", "://", "://" },
        { "X", "://@", "://@" },
        { "X", "://://a:secret@b", "://://a:***@b" },
        { "X", "", "" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buf shown;
        buf_init(&shown, BUF_UNBOUNDED);
        masked_value(&shown, bytes_from_string(rows[i].name), bytes_from_string(rows[i].value));
        ck_assert_msg(bytes_equal(buf_bytes(&shown), bytes_from_string(rows[i].shown)),
                      "row %zu: %s", i, shown.data ? shown.data : "");
        buf_clear(&shown);
    }
}
END_TEST

START_TEST(a_block_keeps_all_but_its_secrets)
{
    struct buf shown;
    buf_init(&shown, BUF_UNBOUNDED);
    masked_block(&shown, BYTES("HTTP/1.1 200 OK\r\nSet-Cookie: a=secret; Path=/\r\nX-Plain:  b\r\n"
                               "X-Folded: c\r\n d\r\nset-cookie : e=secret\r\n"
                               "X-Token: secret\r\n secret\r\nbroken\r\n"
                               "Location: http://u:secret@a/\r\n"));
    ck_assert_str_eq(shown.data, "HTTP/1.1 200 OK\r\nSet-Cookie: a=***; Path=/\r\nX-Plain:  b\r\n"
                                 "X-Folded: c\r\n d\r\nset-cookie : e=***\r\nX-Token: ***\r\n"
                                 "broken\r\nLocation: http://u:***@a/\r\n");
    buf_clear(&shown);
}
END_TEST

START_TEST(a_form_shows_the_names_of_its_fields)
{
    static const char *const rows[][2] = {
        { "", "" },
        { "a=secret&b=secret%26&c=", "a=***&b=***&c=***" },
        { "secret", "***" },
        { "a=b=secret", "a=***" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buf shown;
        buf_init(&shown, BUF_UNBOUNDED);
        masked_form(&shown, bytes_from_string(rows[i][0]));
        ck_assert(bytes_equal(buf_bytes(&shown), bytes_from_string(rows[i][1])));
        buf_clear(&shown);
    }
}
END_TEST

SUITE_MAIN("masked", a_form_shows_the_names_of_its_fields, what_is_secret_in_a_field_is_not_shown,
           a_block_keeps_all_but_its_secrets)
