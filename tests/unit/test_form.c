/* SPDX-License-Identifier: MIT
 *
 * The hidden fields of a page's login form.
 */
#include "suite.h"

#include "base/pack.h"
#include "crawler/parse/form.h"

static struct buf found;

/* "a=1&b=2"; NULL where there is no form. */
static const char *fields_of(const char *html)
{
    struct url page, action;
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    buf_reset(&found);
    buf_append_string(&found, "");
    ck_assert(url_split(&page, BYTES("https://a.example/in/login?next=/x")));
    ck_assert(url_split(&action, BYTES("https://a.example/in/do")));
    bool has_form = form_hidden_fields(bytes_from_string(html), &page, &action, &packed);
    for (struct unpacker from = unpacker_of(buf_bytes(&packed)); from.left > 0;) {
        struct bytes name = unpack_bytes(&from);
        form_append_encoded(&found, name, unpack_bytes(&from));
    }
    buf_clear(&packed);
    return has_form ? found.data : NULL;
}

START_TEST(the_form_that_is_meant_gives_its_hidden_fields)
{
    static const struct {
        const char *html;
        const char *fields;
    } rows[] = {
        { "", NULL },
        { "<p>no form", NULL },
        { "<form action=/search><input type=hidden name=a value=1></form>", NULL },
        { "<form action=/in/do></form>", "" },
        { "<form action=do><input type=hidden name=a value=1></form>", "a=1" },
        { "<form action='https://a.example/in/do?x=1'><input type=hidden name=a value=1>", "a=1" },
        { "<FORM ACTION=/in/do><INPUT TYPE=HIDDEN NAME=a VALUE=1>", "a=1" },
        { "<form action=/in/do><input type=hidden name=a><input type=hidden value=1>", "a=" },
        { "<form action=/in/do><input type=hidden name=a value='&lt;&amp;&#x20;'>", "a=%3C%26+" },
        { "<form action=/in/do><input type=text name=a value=1><input type=password name=p>", "" },
        /* Where none is sent there, the first that asks for a password. */
        { "<form action=/q><input type=hidden name=a value=1></form>"
          "<form action=/go><input type=hidden name=b value=2><input type=password></form>"
          "<form action=/ho><input type=hidden name=c value=3><input type=password></form>",
          "b=2" },
        { "<form action=/go><input type=hidden name=b value=2><input type=password></form>"
          "<form action=/in/do><input type=hidden name=c value=3></form>",
          "c=3" },
        /* Another origin's form is none. */
        { "<form action=http://a.example/in/do><input type=hidden name=a value=1></form>", NULL },
        { "<form action=https://b.example/in/do><input type=hidden name=a value=1></form>", NULL },
        /* What is no markup, and what is no form's. */
        { "<script>'<form action=/in/do><input type=hidden name=a value=1></form>'</script>",
          NULL },
        { "<textarea><form action=/in/do></textarea><!-- <form action=/in/do> -->", NULL },
        { "<input type=hidden name=a value=1><form action=/in/do></form>"
          "<input type=hidden name=b value=2>",
          "" },
        { "<form action=/in/do><form action=/x><input type=hidden name=a value=1></form>", "a=1" },
    };
    buf_init(&found, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *fields = fields_of(rows[i].html);
        ck_assert_msg(!fields == !rows[i].fields, "row %zu: %s", i, fields ? fields : "none");
        if (fields)
            ck_assert_msg(strcmp(fields, rows[i].fields) == 0, "row %zu: %s", i, fields);
    }
    buf_clear(&found);
}
END_TEST

START_TEST(a_form_may_hold_more_than_is_sent_back)
{
    struct buf html;
    struct url url;
    struct buf packed;
    buf_init(&html, BUF_UNBOUNDED);
    buf_init(&packed, BUF_UNBOUNDED);
    ck_assert(url_split(&url, BYTES("https://a.example/")));
    buf_append_string(&html, "<form action=/>");
    for (int i = 0; i < 20000; i++)
        buf_printf(&html, "<input type=hidden name=n%d value=0123456789>", i);
    ck_assert(form_hidden_fields(buf_bytes(&html), &url, &url, &packed));
    ck_assert_uint_gt(packed.length, 1000);
    ck_assert_uint_le(packed.length, 64 * 1024);
    buf_clear(&html);
    buf_clear(&packed);
}
END_TEST

START_TEST(fields_are_encoded_as_forms_are)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    form_append_encoded(&out, BYTES("a b"), BYTES("*-._~\0\xc3\xbc&=+%"));
    form_append_encoded(&out, BYTES("c"), BYTES(""));
    ck_assert_str_eq(out.data, "a+b=*-._%7E%00%C3%BC%26%3D%2B%25&c=");
    buf_clear(&out);
}
END_TEST

SUITE_MAIN("form", the_form_that_is_meant_gives_its_hidden_fields,
           a_form_may_hold_more_than_is_sent_back, fields_are_encoded_as_forms_are)
