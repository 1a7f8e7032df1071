/* SPDX-License-Identifier: MIT */
#include "base/printable.h"
#include "tests/unit/suite.h"

static void check(struct bytes text, enum printable_kind kind, const char *wanted)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    printable_append(&out, text, kind);
    ck_assert_uint_eq(out.length, strlen(wanted));
    ck_assert_int_eq(memcmp(out.length ? out.data : "", wanted, out.length), 0);
    buf_clear(&out);
}

static const struct {
    struct bytes text;
    const char *line;
    const char *text_of_lines;
} cases[] = {
    { BYTES(""), "", "" },
    { BYTES("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"),
      "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80" },
    { BYTES("\x1b]0;x\x07"), "\\x1B]0;x\\x07", "\\x1B]0;x\\x07" },
    { BYTES("a\0b\x7f"), "a\\x00b\\x7F", "a\\x00b\\x7F" },
    { BYTES("\xc2\x9bm"), "\\xC2\\x9Bm", "\\xC2\\x9Bm" },
    { BYTES("\x9bm"), "\\x9Bm", "\\x9Bm" },
    { BYTES("\xe2\x82|\xff"), "\\xE2\\x82|\\xFF", "\\xE2\\x82|\\xFF" },
    { BYTES("\xef\xbf\xbd"), "\xef\xbf\xbd", "\xef\xbf\xbd" },
    { BYTES("a\tb\nc\r\nd"), "a\\x09b\\x0Ac\\x0D\\x0Ad", "a\tb\nc\r\nd" },
    { BYTES("pass\rfail\r"), "pass\\x0Dfail\\x0D", "pass\\x0Dfail\\x0D" },
};

START_TEST(what_would_work_on_a_terminal_is_escaped)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check(cases[i].text, PRINTABLE_LINE, cases[i].line);
        check(cases[i].text, PRINTABLE_TEXT, cases[i].text_of_lines);
    }
}
END_TEST

SUITE_MAIN("printable", what_would_work_on_a_terminal_is_escaped)
