/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/unicode_host.h"

START_TEST(a_host_is_shown_as_people_write_it)
{
    static const char *const rows[][2] = {
        { "xn--bcher-kva.example", "b\xc3\xbc"
                                   "cher.example" },
        { "www.xn--bcher-kva.example.", "www.b\xc3\xbc"
                                        "cher.example." },
        { "xn--fa-hia.xn--p1ai", "fa\xc3\x9f.\xd1\x80\xd1\x84" },
    };
    static const char *const as_they_are[] = {
        "example.org",
        "",
        ".",
        "127.0.0.1",
        "[::1]",
        "xn--",                  /* Nothing behind it. */
        "xn--a",                 /* ASCII, which needs no encoding. */
        "xn--bcher-kvA.example", /* No canonical host. */
        "xn--bcher-kv!.example",
        "xn--99999999", /* Beyond Unicode. */
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf out;
        buf_init(&out, BUF_UNBOUNDED);
        buf_append_string(&out, "host ");
        ck_assert_msg(unicode_host(&out, bytes_from_string(rows[i][0])), "%s", rows[i][0]);
        ck_assert_str_eq(out.data + 5, rows[i][1]);
        buf_clear(&out);
    }
    for (size_t i = 0; i < sizeof(as_they_are) / sizeof(as_they_are[0]); i++) {
        struct buf out;
        buf_init(&out, BUF_UNBOUNDED);
        buf_append_string(&out, "host ");
        ck_assert_msg(!unicode_host(&out, bytes_from_string(as_they_are[i])), "%s", as_they_are[i]);
        ck_assert_uint_eq(out.length, 5);
        buf_clear(&out);
    }
}
END_TEST

START_TEST(a_host_of_any_length_is_answered)
{
    struct buf host, out;
    buf_init(&host, BUF_UNBOUNDED);
    buf_init(&out, BUF_UNBOUNDED);
    for (int i = 0; i < 500; i++)
        buf_append_string(&host, i % 2 ? "." : "xn--bcher-kva");
    unicode_host(&out, buf_bytes(&host));
    buf_reset(&host);
    buf_append_string(&host, "xn--");
    for (int i = 0; i < 2000; i++)
        buf_append_char(&host, 'a');
    ck_assert(!unicode_host(&out, buf_bytes(&host)));
    buf_clear(&host);
    buf_clear(&out);
}
END_TEST

SUITE_MAIN("unicode_host", a_host_is_shown_as_people_write_it, a_host_of_any_length_is_answered)
