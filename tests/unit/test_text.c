/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/parse/reference.h"
#include "crawler/parse/text.h"
#include "crawler/parse/wellformed.h"

/* '|' in a row is a line gap, '_' a space gap; other bytes are added one by one or all at once. */
static void add_row(struct text *text, const char *row, bool is_bytewise)
{
    for (const char *at = row; *at;) {
        size_t length = is_bytewise && !strchr("|_", *at) ? 1 : strcspn(at, "|_");
        if (length > 0)
            text_add(text, bytes_of(at, length));
        at += length;
        if (*at == '|' && (!is_bytewise || length == 0))
            text_gap(text, TEXT_GAP_LINE);
        if (*at == '_' && (!is_bytewise || length == 0))
            text_gap(text, TEXT_GAP_SPACE);
        if ((*at == '|' || *at == '_') && (!is_bytewise || length == 0))
            at++;
    }
}

START_TEST(white_space_collapses_to_one_space_or_one_line)
{
    static const struct {
        const char *row;
        const char *wanted;
    } rows[] = {
        { "", "" },
        { "   \t\r\n\f ", "" },
        { "a", "a" },
        { "  a  b\n\nc ", "a b c" },
        { "one|two", "one\ntwo" },
        { "one | two", "one\ntwo" },
        { "||one||| |two||", "one\ntwo" },
        { "one_two", "one two" },
        { "one_|two_", "one\ntwo" },
        { "a\x01"
          "b\x7f"
          "c",
          "a b c" },
        { "\xc2\xa0x", "\xc2\xa0x" },
    };
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
        text_reset(&text, 1000);
        add_row(&text, rows[i / 2].row, i % 2);
        ck_assert_msg(bytes_equal(text_bytes(&text), bytes_from_string(rows[i / 2].wanted)),
                      "row %zu: %.*s", i / 2, (int)text.buf.length, text.buf.data);
        ck_assert(!text.is_truncated);
    }
    text_clear(&text);
}
END_TEST

/* Every pattern of letters and blanks in ten bytes, at every place of a word of eight. */
START_TEST(white_space_collapses_wherever_it_stands)
{
    static const char *const blanks[] = { " ", "\n", "\x01", "\x7f" };
    struct text text;
    text_init(&text);
    for (unsigned i = 0; i < 8 * 1024; i++) {
        char piece[32] = "";
        char wanted[32] = "";
        size_t piece_length = 0;
        size_t wanted_length = 0;
        for (unsigned at = 0; at < 10 + i % 8; at++) {
            bool is_letter = at < i % 8 || i >> (3 + at - i % 8) & 1;
            piece[piece_length++] = is_letter ? 'x' : *blanks[at % 3 ? 0 : at % 4];
            if (!is_letter && wanted_length > 0 && wanted[wanted_length - 1] != ' ')
                wanted[wanted_length++] = ' ';
            else if (is_letter)
                wanted[wanted_length++] = 'x';
        }
        struct bytes collapsed = bytes_trim(bytes_of(wanted, wanted_length));
        text_reset(&text, 100);
        text_add(&text, bytes_of(piece, piece_length));
        ck_assert_msg(bytes_equal(text_bytes(&text), collapsed), "%u: %.*s", i,
                      (int)text.buf.length, text.buf.data);
    }
    text_clear(&text);
}
END_TEST

START_TEST(text_beyond_its_bound_is_cut_between_characters)
{
    static const struct {
        size_t most;
        const char *wanted;
        bool is_truncated;
    } rows[] = {
        { 100, "ab c\xc3\xa4\xe2\x82\xac", false },
        { 9, "ab c\xc3\xa4\xe2\x82\xac", false },
        { 8, "ab c\xc3\xa4", true },
        { 6, "ab c\xc3\xa4", true },
        { 5, "ab c", true },
        { 4, "ab c", true },
        { 3, "ab", true },
        { 2, "ab", true },
        { 1, "a", true },
        { 0, "", true },
    };
    struct text text;
    text_init(&text);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        text_reset(&text, rows[i].most);
        text_add(&text, BYTES("ab"));
        text_gap(&text, TEXT_GAP_SPACE);
        text_add(&text, BYTES("c\xc3\xa4\xe2\x82\xac"));
        text_add(&text, BYTES(""));
        ck_assert_msg(bytes_equal(text_bytes(&text), bytes_from_string(rows[i].wanted)),
                      "row %zu: %.*s", i, (int)text.buf.length, text.buf.data);
        ck_assert_int_eq(text.is_truncated, rows[i].is_truncated);
    }
    text_reset(&text, 2);
    text_add(&text, BYTES(" ab "));
    ck_assert(!text.is_truncated);
    text_clear(&text);
}
END_TEST

START_TEST(references_are_read_as_html_reads_them)
{
    static const struct {
        const char *source;
        bool is_in_attribute;
        size_t taken;
        const char *text;
    } rows[] = {
        { "&amp;", false, 5, "&" },
        { "&amp", false, 4, "&" },
        { "&AMP;", false, 5, "&" },
        { "&Amp;", false, 0, "" },
        { "&lt;b", false, 4, "<" },
        { "&hellip;", false, 8, "\xe2\x80\xa6" },
        { "&hellip", false, 0, "" },
        { "&CounterClockwiseContourIntegral;", false, 33, "\xe2\x88\xb3" },
        { "&NotEqualTilde;", false, 15, "\xe2\x89\x82\xcc\xb8" },
        { "&zwnj;", false, 6, "\xe2\x80\x8c" },
        { "&AElig;", false, 7, "\xc3\x86" },
        { "&notit;", false, 4, "\xc2\xac" },
        { "&notin;", false, 7, "\xe2\x88\x89" },
        { "&notit;", true, 0, "" },
        { "&copy=1", true, 0, "" },
        { "&copy=1", false, 5, "\xc2\xa9" },
        { "&copy", true, 5, "\xc2\xa9" },
        { "&copy&", true, 5, "\xc2\xa9" },
        { "&copy;=1", true, 6, "\xc2\xa9" },
        { "&frac12oz", false, 7, "\xc2\xbd" },
        { "&#65;", false, 5, "A" },
        { "&#65", true, 4, "A" },
        { "&#x41g", false, 5, "A" },
        { "&#X2014;", false, 8, "\xe2\x80\x94" },
        { "&#150;", false, 6, "\xe2\x80\x93" },
        { "&#x1F600;", false, 9, "\xf0\x9f\x98\x80" },
        { "&#0;", false, 4, "\xef\xbf\xbd" },
        { "&#xD800;", false, 8, "\xef\xbf\xbd" },
        { "&#x110000;", false, 10, "\xef\xbf\xbd" },
        { "&#99999999999999999999;", false, 23, "\xef\xbf\xbd" },
        { "&#;", false, 0, "" },
        { "&#x;", false, 0, "" },
        { "&#xg;", false, 0, "" },
        { "&", false, 0, "" },
        { "& amp;", false, 0, "" },
        { "&;", false, 0, "" },
        { "&unknown;", false, 0, "" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[REFERENCE_BYTES_MOST];
        size_t length;
        size_t taken = reference_read(bytes_from_string(rows[i].source), rows[i].is_in_attribute,
                                      text, &length);
        ck_assert_msg(taken == rows[i].taken, "%s took %zu", rows[i].source, taken);
        ck_assert_msg(bytes_equal(bytes_of(text, length), bytes_from_string(rows[i].text)),
                      "%s gave %.*s", rows[i].source, (int)length, text);
    }
}
END_TEST

START_TEST(broken_utf8_is_replaced_part_by_part)
{
    static const struct {
        const char *source;
        size_t valid;
        const char *repaired;
    } rows[] = {
#define R WELLFORMED_REPLACEMENT
        { "plain text, longer than eight", 29, "plain text, longer than eight" },
        { "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
        { "a\xff"
          "b",
          1, "a" R "b" },
        { "\xc0\xaf", 0, R R },
        { "\xe0\x80\xaf", 0, R R R },
        { "\xed\xa0\x80", 0, R R R },
        { "\xf4\x90\x80\x80", 0, R R R R },
        { "\xf0\x9f\x98", 0, R },
        { "\xf0\x9f\x98z", 0, R "z" },
        { "\xe2\x82", 0, R },
        { "12345678\xe2\x82", 8, "12345678" R },
        { "\xef\xbf\xbd!", 4, "\xef\xbf\xbd!" },
        { "\x80\x80", 0, R R },
#undef R
    };
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes source = bytes_from_string(rows[i].source);
        buf_reset(&out);
        ck_assert_uint_eq(wellformed_length(source), rows[i].valid);
        wellformed_append(&out, source);
        ck_assert_str_eq(out.data, rows[i].repaired);
    }
    ck_assert(wellformed_if_whole(BYTES("abc\xe2\x82")));
    ck_assert(wellformed_if_whole(BYTES("")));
    ck_assert(!wellformed_if_whole(BYTES("abc\x80")));
    ck_assert(!wellformed_if_whole(BYTES("\xe2\x82z")));
    buf_clear(&out);
}
END_TEST

SUITE_MAIN("text", white_space_collapses_to_one_space_or_one_line,
           white_space_collapses_wherever_it_stands,
           text_beyond_its_bound_is_cut_between_characters, references_are_read_as_html_reads_them,
           broken_utf8_is_replaced_part_by_part)
