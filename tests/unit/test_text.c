/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdint.h>

#include "crawler/parse/text.h"

/* What text_add promises, a byte at a time. */
struct simple {
    char bytes[4096];
    size_t length;
    bool is_owed;
};

static void simple_add(struct simple *simple, struct bytes piece)
{
    for (size_t i = 0; i < piece.length; i++) {
        unsigned char c = (unsigned char)piece.data[i];
        if (c <= ' ' || c == 0x7f) {
            simple->is_owed = simple->length > 0;
            continue;
        }
        if (simple->is_owed)
            simple->bytes[simple->length++] = ' ';
        simple->is_owed = false;
        simple->bytes[simple->length++] = (char)c;
    }
}

static uint32_t draw(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 16;
}

/* Mostly letters, then single spaces; the rest is seldom, so that long runs come up. */
static char draw_byte(uint32_t *state)
{
    static const char seldom[] = {
        '\0', '\t', '\n', '\r', 0x1f, 0x7f, ' ', (char)0xc3, (char)0xa9
    };
    uint32_t kind = draw(state) % 64;
    if (kind < 52)
        return (char)('a' + kind % 26);
    return kind < 63 ? ' ' : seldom[draw(state) % sizeof(seldom)];
}

START_TEST(pieces_of_any_length_give_what_single_bytes_give)
{
    uint32_t state = 1;
    for (int round = 0; round < 3000; round++) {
        struct simple simple = { .length = 0 };
        struct text text;
        text_init(&text);
        text_reset(&text, BUF_UNBOUNDED);
        for (uint32_t pieces = 1 + draw(&state) % 5; pieces > 0; pieces--) {
            char bytes[256];
            size_t length = draw(&state) % sizeof(bytes);
            for (size_t i = 0; i < length; i++)
                bytes[i] = draw_byte(&state);
            text_add(&text, bytes_of(bytes, length));
            simple_add(&simple, bytes_of(bytes, length));
        }
        ck_assert(bytes_equal(text_bytes(&text), bytes_of(simple.bytes, simple.length)));
        text_clear(&text);
    }
}
END_TEST

START_TEST(white_space_of_all_sorts_collapses_wherever_it_stands)
{
    static const char *const rows[][2] = {
        { "", "" },
        { "   ", "" },
        { " a ", "a" },
        { "one  two", "one two" },
        { "one \n two\r\n\tthree", "one two three" },
        { "0123456789abcde f", "0123456789abcde f" },
        { "0123456789abcdef g", "0123456789abcdef g" },
        { "0123456789abcde  f", "0123456789abcde f" },
        { "0123456789abcdef  g", "0123456789abcdef g" },
        { "0123456789abcdef \x7f ", "0123456789abcdef" },
        { "the quick brown fox jumps over\nthe lazy dog, twice",
          "the quick brown fox jumps over the lazy dog, twice" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct text text;
        text_init(&text);
        text_reset(&text, 1000);
        text_add(&text, bytes_from_string(rows[i][0]));
        ck_assert_msg(bytes_equal(text_bytes(&text), bytes_from_string(rows[i][1])),
                      "row %zu: %.*s", i, (int)text_bytes(&text).length, text_bytes(&text).data);
        text_clear(&text);
    }
}
END_TEST

START_TEST(a_bound_cuts_the_word_that_passes_it)
{
    static const char whole[] = "the quick brown fox jumps over the lazy dog";
    for (size_t most = 0; most <= sizeof(whole); most++) {
        struct text text;
        text_init(&text);
        text_reset(&text, most);
        text_add(&text, BYTES("  the quick brown  fox jumps\nover the la"));
        text_add(&text, BYTES("zy dog "));
        size_t expected = most < sizeof(whole) - 1 ? most : sizeof(whole) - 1;
        if (expected > 0 && whole[expected - 1] == ' ')
            expected--;
        ck_assert(bytes_equal(text_bytes(&text), bytes_of(whole, expected)));
        ck_assert(text.is_truncated == (most < sizeof(whole) - 1));
        text_clear(&text);
    }
}
END_TEST

START_TEST(a_line_gap_wins_over_a_space_and_stands_between_words_alone)
{
    struct text text;
    text_init(&text);
    text_reset(&text, 1000);
    text_gap(&text, TEXT_GAP_LINE);
    text_add(&text, BYTES("one "));
    text_gap(&text, TEXT_GAP_LINE);
    text_add(&text, BYTES("  two"));
    text_add(&text, BYTES("three"));
    text_gap(&text, TEXT_GAP_LINE);
    ck_assert(bytes_equal(text_bytes(&text), BYTES("one\ntwothree")));
    text_clear(&text);
}
END_TEST

SUITE_MAIN("text", pieces_of_any_length_give_what_single_bytes_give,
           white_space_of_all_sorts_collapses_wherever_it_stands,
           a_bound_cuts_the_word_that_passes_it,
           a_line_gap_wins_over_a_space_and_stands_between_words_alone)
