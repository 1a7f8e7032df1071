/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/buf.h"
#include "crawler/parse/tokenizer.h"

/* "<a x=y>" for a start tag, "</a>" for an end tag, text in brackets; "~" for a tag that the end
 * cuts. */
static void print_tokens(struct buf *out, struct bytes html, bool takes_cdata)
{
    struct tokenizer tokenizer = tokenizer_of(html);
    struct token token;
    struct bytes name, value;
    tokenizer.takes_cdata = takes_cdata;
    buf_reset(out);
    buf_append_string(out, "");
    while (tokenizer_next(&tokenizer, &token)) {
        if (token.kind == TOKEN_TEXT) {
            buf_printf(out, "[%.*s]", (int)token.bytes.length, token.bytes.data);
            continue;
        }
        buf_printf(out, "%s%.*s", token.kind == TOKEN_END ? "</" : "<", (int)token.bytes.length,
                   token.bytes.data);
        while (tokenizer_attribute(&tokenizer, &name, &value))
            buf_printf(out, " %.*s=%.*s", (int)name.length, name.data, (int)value.length,
                       value.data);
        buf_append_string(out, tokenizer.is_cut ? "~" : tokenizer.is_self_closing ? "/>" : ">");
    }
}

START_TEST(tags_end_where_the_standard_ends_them)
{
    static const struct {
        const char *html;
        const char *tokens;
    } rows[] = {
        { "", "" },
        { "text", "[text]" },
        { "a<b>c</b>d", "[a]<b>[c]</b>[d]" },
        { "<a href=x>", "<a href=x>" },
        { "<a href = 'x y' b>", "<a href=x y b=>" },
        { "<a href=\"x>y\">", "<a href=x>y>" },
        { "<a x=1 x=2>", "<a x=1 x=2>" },
        { "<a b'c\"d=e>", "<a b'c\"d=e>" },
        { "<a =x>", "<a =x=>" },
        { "<a ==x>", "<a ==x>" },
        { "<a x=>", "<a x=>" },
        { "<a x= >", "<a x=>" },
        { "<a x='1'y=\"2\">", "<a x=1 y=2>" },
        { "<a x=\"1\"/>", "<a x=1/>" },
        { "<a x=1/>", "<a x=1/>" },
        { "<a/x/>", "<a x=/>" },
        { "<a / >", "<a>" },
        { "<br/>", "<br/>" },
        { "</a b=c>", "</a b=c>" },
        { "<a<b>", "<a<b>" },
        { "<a\n\tb\f=\rc>", "<a b=c>" },
        { "< a>", "[< a>]" },
        { "a < b <3 <", "[a < b <3 <]" },
        { "</>x", "[x]" },
        { "</ a>x", "[x]" },
        { "x</", "[x</]" },
        { "<a", "<a~" },
        { "<a ", "<a~" },
        { "<a b", "<a b=~" },
        { "<a b=\"c>", "<a b=c>~" },
        { "<!doctype html>x", "[x]" },
        { "<!DOCTYPE html PUBLIC \"a>b\">x", "[b\">x]" },
        { "<?php a > b ?>x", "[ b ?>x]" },
        { "<!-->x-->", "[x-->]" },
        { "<!--->x-->", "[x-->]" },
        { "<!---->x", "[x]" },
        { "<!--a--b-->x", "[x]" },
        { "<!--a--!>x", "[x]" },
        { "<!--a->b>--x>-->c", "[c]" },
        { "<!-- <a> --", "" },
        { "<!-a>x", "[x]" },
        { "<![CDATA[<a>]]>x", "[]]>x]" },
    };
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        print_tokens(&out, bytes_from_string(rows[i].html), false);
        /* Both spellings of a self-closing value are told apart by is_self_closing alone. */
        ck_assert_msg(strcmp(out.data, rows[i].tokens) == 0, "%s gave %s", rows[i].html, out.data);
    }
    print_tokens(&out, BYTES("<![CDATA[<a>]]>x<![CDATA[y"), true);
    ck_assert_str_eq(out.data, "[<a>][x][y]");
    buf_clear(&out);
}
END_TEST

START_TEST(an_unquoted_slash_belongs_to_the_value)
{
    struct tokenizer tokenizer = tokenizer_of(BYTES("<a href=x/>"));
    struct token token;
    ck_assert(tokenizer_next(&tokenizer, &token));
    tokenizer_finish_tag(&tokenizer);
    ck_assert(!tokenizer.is_self_closing);
    ck_assert(!tokenizer_next(&tokenizer, &token));
}
END_TEST

static struct bytes take_raw(struct tokenizer *tokenizer, const char *name)
{
    struct token token;
    ck_assert(tokenizer_next(tokenizer, &token));
    tokenizer_finish_tag(tokenizer);
    return strcmp(name, "script") == 0 ? tokenizer_take_script(tokenizer)
                                       : tokenizer_take_raw(tokenizer, bytes_from_string(name));
}

START_TEST(raw_text_ends_with_its_own_end_tag_alone)
{
    static const struct {
        const char *name;
        const char *html;
        const char *raw;
    } rows[] = {
        { "title", "<title>a<b>c</b></title>x", "a<b>c</b>" },
        { "title", "<title></TITLE >x", "" },
        { "title", "<title>a</titlex></title/>x", "a</titlex>" },
        { "title", "<title>a</title", "a</title" },
        { "style", "<style><!--</style>-->", "<!--" },
        { "script", "<script>a<b</script>x", "a<b" },
        { "script", "<script><!--</script>x", "<!--" },
        { "script", "<script><!--<script></script>--></script>x", "<!--<script></script>-->" },
        { "script", "<script><!--<script></script></script>x", "<!--<script></script>" },
        { "script", "<script><!--<script>--></script>x", "<!--<script>-->" },
        { "script", "<script><!--><script></script>x", "<!--><script>" },
        { "script", "<script><!---><script></script>x", "<!---><script>" },
        { "script", "<script><!--<scriptx></script>x", "<!--<scriptx>" },
        { "script", "<script><script></script>x", "<script>" },
        { "script", "<script><!--<script></script>x", "<!--<script></script>x" },
        { "script", "<script>a</scrip></script >x", "a</scrip>" },
        { "script", "<script></script>", "" },
        { "script", "<script>", "" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tokenizer tokenizer = tokenizer_of(bytes_from_string(rows[i].html));
        struct bytes raw = take_raw(&tokenizer, rows[i].name);
        ck_assert_msg(bytes_equal(raw, bytes_from_string(rows[i].raw)), "%s gave %.*s",
                      rows[i].html, (int)raw.length, raw.data);
    }
}
END_TEST

SUITE_MAIN("tokenizer", tags_end_where_the_standard_ends_them,
           an_unquoted_slash_belongs_to_the_value, raw_text_ends_with_its_own_end_tag_alone)
