/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/arena.h"
#include "crawler/parse/charset.h"
#include "crawler/parse/decoder.h"
#include "crawler/parse/prescan.h"
#include "crawler/parse/query.h"
#include "crawler/parse/wellformed.h"

START_TEST(labels_lead_to_the_standards_names)
{
    static const struct {
        const char *label;
        const char *name; /* NULL: no such label. */
    } rows[] = {
        { "utf-8", "utf-8" },
        { " UTF8\n", "utf-8" },
        { "unicode-1-1-utf-8", "utf-8" },
        { "iso-8859-1", "windows-1252" },
        { "US-ASCII", "windows-1252" },
        { "latin5", "windows-1254" },
        { "iso_8859-2:1987", "iso-8859-2" },
        { "logical", "iso-8859-8-i" },
        { "visual", "iso-8859-8" },
        { "gb2312", "gbk" },
        { "GB18030", "gb18030" },
        { "ks_c_5601-1987", "euc-kr" },
        { "x-sjis", "shift_jis" },
        { "utf-16", "utf-16le" },
        { "unicodeFFFE", "utf-16be" },
        { "hz-gb-2312", "replacement" },
        { "iso-2022-kr", "replacement" },
        { "koi8-ru", "koi8-u" },
        { "x-user-defined", "x-user-defined" },
        { "", NULL },
        { " ", NULL },
        { "utf-7", NULL },
        { "utf-32", NULL },
        { "utf-8//TRANSLIT", NULL },
        { "utf-8 utf8", NULL },
        { "utf", NULL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct charset *charset = charset_by_label(bytes_from_string(rows[i].label));
        ck_assert_msg(!charset == !rows[i].name, "%s", rows[i].label);
        if (charset)
            ck_assert_str_eq(charset->name, rows[i].name);
    }
}
END_TEST

START_TEST(mark_header_declaration_and_guess_win_in_this_order)
{
    static const struct {
        struct bytes body;
        const char *label;
        const char *name;
        enum charset_source source;
    } rows[] = {
        { { "\xef\xbb\xbf<meta charset=koi8-r>", 24 }, "big5", "utf-8", CHARSET_BOM },
        { { "\xfe\xff\0x", 4 }, "big5", "utf-16be", CHARSET_BOM },
        { { "\xff\xfex\0", 4 }, "", "utf-16le", CHARSET_BOM },
        { { "<meta charset=koi8-r>", 21 }, "big5", "big5", CHARSET_HEADER },
        { { "<meta charset=koi8-r>", 21 }, "bogus", "koi8-r", CHARSET_PRESCAN },
        { { "<meta charset=koi8-r>", 21 }, "", "koi8-r", CHARSET_PRESCAN },
        { { "<p>\xc3\xa4", 5 }, "", "utf-8", CHARSET_GUESS },
        { { "<p>\xc3\xa4\xe2\x82", 7 }, "", "utf-8", CHARSET_GUESS },
        { { "<p>\xe4", 4 }, "", "windows-1252", CHARSET_GUESS },
        { { "<p>\xe4 ", 5 }, "", "windows-1252", CHARSET_GUESS },
        { { "<p>", 3 }, "", "windows-1252", CHARSET_GUESS },
        { { "", 0 }, "", "windows-1252", CHARSET_GUESS },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct charset_choice choice =
            charset_choose_for_html(rows[i].body, bytes_from_string(rows[i].label));
        ck_assert_msg(strcmp(choice.charset->name, rows[i].name) == 0, "row %zu: %s", i,
                      choice.charset->name);
        ck_assert_int_eq(choice.source, rows[i].source);
    }
}
END_TEST

START_TEST(html_is_scanned_for_its_declaration)
{
    static const struct {
        const char *html;
        const char *name; /* NULL: none. */
    } rows[] = {
        { "<meta charset=utf-8>", "utf-8" },
        { "<META CHARSET = 'KOI8-R' >", "koi8-r" },
        { "<meta/charset=big5>", "big5" },
        { "<meta charset=utf-16>", "utf-8" },
        { "<meta charset=x-user-defined>", "windows-1252" },
        { "<meta charset=bogus><meta charset=big5>", "big5" },
        { "<!-- <meta charset=big5> --><meta charset=utf-8>", "utf-8" },
        { "<!--><meta charset=big5>", "big5" },
        { "<a title='<meta charset=big5>'><meta charset=utf-8>", "utf-8" },
        { "<? <meta charset=big5> ?>", NULL },
        { "<!x <meta charset=big5>", NULL },
        { "</ <meta charset=big5>", NULL },
        { "</a <meta charset=big5>", NULL },
        { "<metax charset=big5>", NULL },
        { "<meta charset=big5", NULL },
        { "<meta http-equiv=content-type content='text/html; charset=big5'>", "big5" },
        { "<meta content='text/html; charset=big5' http-equiv=Content-Type>", "big5" },
        { "<meta content='text/html; charset=big5'>", NULL },
        { "<meta http-equiv=x content='text/html; charset=big5'>", NULL },
        { "<meta http-equiv=content-type content='charset charset = \"big5\"x'>", "big5" },
        { "<meta http-equiv=content-type content='charset=\"big5'>", NULL },
        { "<meta http-equiv=content-type content='charset=big5;x'>", "big5" },
        { "<meta http-equiv=content-type content='charset=big5' charset=gbk>", "gbk" },
        { "<meta charset=gbk charset=big5>", "gbk" },
        { "<script>'<meta charset=big5>'</script>", "big5" },
        { "<?xml version='1.0' encoding='big5'?><html>", "big5" },
        { "<?xml version='1.0' encoding='big5'?><meta charset=gbk>", "gbk" },
        { "plain", NULL },
        { "<", NULL },
        { "<meta", NULL },
        { "<meta charset", NULL },
        { "<meta charset=\"", NULL },
        { "<!--", NULL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct charset *charset = prescan_html(bytes_from_string(rows[i].html));
        ck_assert_msg(!charset == !rows[i].name, "%s", rows[i].html);
        if (charset)
            ck_assert_msg(strcmp(charset->name, rows[i].name) == 0, "%s gave %s", rows[i].html,
                          charset->name);
    }
}
END_TEST

START_TEST(xml_declares_its_encoding_and_is_utf8_without)
{
    static const struct {
        struct bytes body;
        const char *name;
        enum charset_source source;
    } rows[] = {
        { { "<?xml version=\"1.0\" encoding=\"koi8-r\"?>", 38 }, "koi8-r", CHARSET_XML },
        { { "<?xml encoding='UTF-16'?>", 25 }, "utf-8", CHARSET_XML },
        { { "<\0?\0x\0m\0l\0", 10 }, "utf-16le", CHARSET_XML },
        { { "\0<\0?\0x\0m\0l", 10 }, "utf-16be", CHARSET_XML },
        { { "<?xml version='1.0'?><a/>", 25 }, "utf-8", CHARSET_GUESS },
        { { "<a>\xc3\xa4</a>", 9 }, "utf-8", CHARSET_GUESS },
        { { "<a>\xe4</a>", 8 }, "windows-1252", CHARSET_GUESS },
        { { "<a encoding='big5'/>", 20 }, "utf-8", CHARSET_GUESS },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct charset_choice choice = charset_choose_for_xml(rows[i].body, BYTES(""));
        ck_assert_msg(strcmp(choice.charset->name, rows[i].name) == 0, "row %zu: %s", i,
                      choice.charset->name);
        ck_assert_int_eq(choice.source, rows[i].source);
    }
}
END_TEST

#define R WELLFORMED_REPLACEMENT

START_TEST(bytes_of_each_family_become_utf8)
{
    static const struct {
        const char *label;
        struct bytes bytes;
        const char *text;
    } rows[] = {
        { "utf-8", { "\xc3\xa4\xff", 3 }, "\xc3\xa4" R },
        { "windows-1252", { "a\x80\x81\xe4", 4 }, "a\xe2\x82\xac\xc2\x81\xc3\xa4" },
        { "iso-8859-15", { "\xa4", 1 }, "\xe2\x82\xac" },
        { "windows-1253", { "\xaa\xd2\x81", 3 }, R R "\xc2\x81" },
        { "windows-874", { "\xa1\xdb", 2 }, "\xe0\xb8\x81" R },
        { "koi8-r", { "\xf0\xd2", 2 }, "\xd0\x9f\xd1\x80" },
        { "koi8-u", { "\xae\xbe", 2 }, "\xd1\x9e\xd0\x8e" },
        { "macintosh", { "\xc6\xdb\xf0", 3 }, "\xe2\x88\x86\xe2\x82\xac\xef\xa3\xbf" },
        { "x-mac-cyrillic", { "\xff", 1 }, "\xe2\x82\xac" },
        { "windows-1255", { "\xe0\xcc", 2 }, "\xd7\x90\xd6\xbc" },
        { "windows-1258", { "a\xec", 2 }, "a\xcc\x81" },
        { "gbk", { "\xc4\xe3\x80", 3 }, "\xe4\xbd\xa0\xe2\x82\xac" },
        { "gb18030", { "\x81\x30\x81\x30", 4 }, "\xc2\x80" },
        { "gb18030",
          { "\xff"
            "a",
            2 },
          R "a" },
        { "gbk", { "\x81<", 2 }, R "<" },
        { "gbk", { "\xc4", 1 }, R },
        { "big5", { "\xa7\x41\xf9\xda", 4 }, "\xe4\xbd\xa0\xe6\x81\x92" },
        { "euc-jp", { "\xa4\xa2\xad\xa1", 4 }, "\xe3\x81\x82\xe2\x91\xa0" },
        { "shift_jis", { "\x82\xa0\xb1\x87\x40", 5 }, "\xe3\x81\x82\xef\xbd\xb1\xe2\x91\xa0" },
        { "iso-2022-jp", { "\x1b$B$\"\x1b(Bx", 9 }, "\xe3\x81\x82x" },
        { "euc-kr", { "\xb0\xa1\x81\x41", 4 }, "\xea\xb0\x80\xea\xb0\x82" },
        { "utf-16le", { "a\0\xac\x20\x3d\xd8\x00\xde", 8 }, "a\xe2\x82\xac\xf0\x9f\x98\x80" },
        { "utf-16be", { "\0a\xd8\x3d\0b\xde\0\0", 9 }, "a" R "b" R R },
        { "x-user-defined", { "a\x80\xff", 3 }, "a\xef\x9e\x80\xef\x9f\xbf" },
        { "iso-2022-cn", { "anything", 8 }, R },
    };
    struct decoder *decoder = decoder_new();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct charset *charset = charset_by_label(bytes_from_string(rows[i].label));
        struct bytes text = decoder_decode(decoder, charset, rows[i].bytes);
        ck_assert_msg(bytes_equal(text, bytes_from_string(rows[i].text)), "row %zu: %.*s", i,
                      (int)text.length, text.data);
    }
    decoder_free(decoder);
}
END_TEST

/* All pairs of bytes, in one document: nothing that comes out may be broken. */
START_TEST(any_bytes_become_wellformed_in_any_charset)
{
    static char bytes[2 * 65536];
    for (size_t i = 0; i < 65536; i++) {
        bytes[2 * i] = (char)(i >> 8);
        bytes[2 * i + 1] = (char)i;
    }
    struct decoder *decoder = decoder_new();
    for (size_t i = 0; i < CHARSET_COUNT; i++) {
        const struct charset *charset = charset_utf8() + i;
        ck_assert_uint_eq(charset_index(charset), i);
        ck_assert_ptr_eq(charset_by_label(bytes_from_string(charset->name)), charset);
        struct bytes text = decoder_decode(decoder, charset, bytes_of(bytes, sizeof(bytes)));
        ck_assert_msg(text.length > 0 && wellformed_length(text) == text.length, "%s",
                      charset->name);
    }
    decoder_free(decoder);
}
END_TEST

START_TEST(queries_are_sent_in_the_charset_of_the_page)
{
    static const struct {
        const char *label;
        const char *link;
        const char *wanted;
    } rows[] = {
        { "windows-1252", "/\xc3\xa4?q=\xc3\xa4#\xc3\xa4", "/\xc3\xa4?q=%E4#\xc3\xa4" },
        { "windows-1252", "?\xe2\x82\xac\xc5\x82", "?%80%26%23322%3B" },
        { "windows-1252", "?a=b", "?a=b" },
        { "windows-1252", "/\xc3\xa4", "/\xc3\xa4" },
        { "shift_jis", "?\xe3\x83\xbd", "?%81R" },
        { "gbk", "?\xe4\xbd\xa0 \xe4\xbd\xa0", "?%C4%E3 %C4%E3" },
        { "koi8-r", "x?\xd0\x9f&y", "x?%F0&y" },
        { "utf-8", "?\xc3\xa4", "?\xc3\xa4" },
        { "utf-16le", "?\xc3\xa4", "?\xc3\xa4" },
    };
    struct arena arena;
    arena_init(&arena);
    struct decoder *decoder = decoder_new();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes link =
            query_in_charset(decoder, charset_by_label(bytes_from_string(rows[i].label)),
                             bytes_from_string(rows[i].link), &arena);
        ck_assert_msg(bytes_equal(link, bytes_from_string(rows[i].wanted)), "row %zu: %.*s", i,
                      (int)link.length, link.data);
    }
    decoder_free(decoder);
    arena_clear(&arena);
}
END_TEST

SUITE_MAIN("charset", labels_lead_to_the_standards_names,
           mark_header_declaration_and_guess_win_in_this_order, html_is_scanned_for_its_declaration,
           xml_declares_its_encoding_and_is_utf8_without, bytes_of_each_family_become_utf8,
           any_bytes_become_wellformed_in_any_charset, queries_are_sent_in_the_charset_of_the_page)
