/* SPDX-License-Identifier: MIT */
#include "tests/conformance/answer.h"

#include <stdarg.h>

#include "base/buf.h"
#include "base/printable.h"

enum { WHY_BYTES = 1024, SHOWN_BYTES = 200 };

struct answer answer_fail(const char *format, ...)
{
    static char why[WHY_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof(why), format, arguments);
    va_end(arguments);
    return (struct answer){ ANSWER_FAILED, why };
}

struct answer answer_if(bool is_right)
{
    return is_right ? answer_pass() : answer_fail("ours differs");
}

static void show(struct buf *out, struct bytes bytes)
{
    if (!bytes.data) {
        buf_append_string(out, "nothing");
        return;
    }
    buf_append_char(out, '"');
    printable_append(out, bytes_slice(bytes, 0, SHOWN_BYTES), PRINTABLE_LINE);
    buf_append_string(out, bytes.length > SHOWN_BYTES ? "\"..." : "\"");
}

struct answer answer_same(struct bytes ours, struct bytes wanted)
{
    if (!ours.data == !wanted.data && bytes_equal(ours, wanted))
        return answer_pass();
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text, "ours ");
    show(&text, ours);
    buf_append_string(&text, ", wanted ");
    show(&text, wanted);
    struct answer answer = answer_fail("%s", text.data);
    buf_clear(&text);
    return answer;
}
