/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <float.h>
#include <jansson.h>
#include <math.h>

#include "base/json.h"
#include "base/utf8.h"

START_TEST(commas_stand_between_values_and_nowhere_else)
{
    struct buf buf;
    struct json json;
    buf_init(&buf, BUF_UNBOUNDED);
    json_init(&json, &buf);
    json_object_begin(&json, NULL);
    json_text(&json, "a", "b");
    json_array_begin(&json, "list");
    json_integer(&json, NULL, -1);
    json_object_begin(&json, NULL);
    json_object_end(&json);
    json_array_begin(&json, NULL);
    json_array_end(&json);
    json_null(&json, NULL);
    json_array_end(&json);
    json_bool(&json, "yes", true);
    json_bool(&json, "no", false);
    json_text(&json, "none", NULL);
    json_object_end(&json);
    ck_assert_str_eq(
        buf.data, "{\"a\":\"b\",\"list\":[-1,{},[],null],\"yes\":true,\"no\":false,\"none\":null}");
    ck_assert_uint_eq(json.depth, 0);
    buf_clear(&buf);
}
END_TEST

START_TEST(two_objects_at_the_top_have_nothing_between_them)
{
    struct buf buf;
    struct json json;
    buf_init(&buf, BUF_UNBOUNDED);
    json_init(&json, &buf);
    for (int i = 0; i < 2; i++) {
        json_object_begin(&json, NULL);
        json_integer(&json, "i", i);
        json_object_end(&json);
        buf_append_char(&buf, '\n');
    }
    ck_assert_str_eq(buf.data, "{\"i\":0}\n{\"i\":1}\n");
    buf_clear(&buf);
}
END_TEST

#define ROW(input, output)                                                                         \
    {                                                                                              \
        { (input), sizeof(input) - 1 }, "\"" output "\""                                           \
    }

START_TEST(strings_are_escaped_and_valid_utf8)
{
    static const struct {
        struct bytes input;
        const char *output;
    } rows[] = {
        ROW("", ""),
        ROW("plain", "plain"),
        ROW("\"\\/", "\\\"\\\\/"),
        ROW("a\0b", "a\\u0000b"),
        ROW("\b\f\n\r\t\x1f", "\\b\\f\\n\\r\\t\\u001f"),
        ROW("\x7f\xc2\x85", "\\u007f\\u0085"),
        ROW("\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"),
        ROW("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"),
        ROW("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"),
        ROW("\xff", "\xef\xbf\xbd"),
        ROW("\xc3(", "\xef\xbf\xbd("),
        ROW("\xe2\x82", "\xef\xbf\xbd"),
        ROW("\xf0\x9f\x98\x41", "\xef\xbf\xbd\x41"),
        ROW("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"),
        ROW("\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"),
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf buf;
        struct json json;
        buf_init(&buf, BUF_UNBOUNDED);
        json_init(&json, &buf);
        json_string(&json, NULL, rows[i].input);
        ck_assert_msg(strcmp(buf.data, rows[i].output) == 0, "row %zu: %s", i, buf.data);
        ck_assert(utf8_is_valid(buf_bytes(&buf)));
        json_t *read = json_loadb(buf.data, buf.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        ck_assert_msg(read != NULL, "row %zu", i);
        json_decref(read);
        buf_clear(&buf);
    }
}
END_TEST

START_TEST(names_are_escaped_like_strings)
{
    struct buf buf;
    struct json json;
    buf_init(&buf, BUF_UNBOUNDED);
    json_init(&json, &buf);
    json_object_begin(&json, NULL);
    json_integer(&json, "a\"b", 1);
    json_object_end(&json);
    ck_assert_str_eq(buf.data, "{\"a\\\"b\":1}");
    buf_clear(&buf);
}
END_TEST

START_TEST(numbers_keep_their_value)
{
    struct buf buf;
    struct json json;
    buf_init(&buf, BUF_UNBOUNDED);
    json_init(&json, &buf);
    json_array_begin(&json, NULL);
    json_integer(&json, NULL, INT64_MIN);
    json_unsigned(&json, NULL, UINT64_MAX);
    json_double(&json, NULL, 0.1);
    json_double(&json, NULL, 1.0 / 3);
    json_double(&json, NULL, 100);
    json_double(&json, NULL, DBL_MAX);
    json_double(&json, NULL, (double)NAN);
    json_double(&json, NULL, (double)-INFINITY);
    json_array_end(&json);
    ck_assert_str_eq(buf.data,
                     "[-9223372036854775808,18446744073709551615,0.1,0.3333333333333333,100,"
                     "1.7976931348623157e+308,null,null]");
    buf_clear(&buf);
}
END_TEST

START_TEST(times_are_rfc_3339_or_null)
{
    struct buf buf;
    struct json json;
    buf_init(&buf, BUF_UNBOUNDED);
    json_init(&json, &buf);
    json_array_begin(&json, NULL);
    json_time(&json, NULL, 1700000000000);
    json_time(&json, NULL, 0);
    json_time(&json, NULL, -5);
    json_time(&json, NULL, INT64_C(253402300799999));
    json_time(&json, NULL, INT64_MAX);
    json_array_end(&json);
    ck_assert_str_eq(buf.data,
                     "[\"2023-11-14T22:13:20Z\",null,null,\"9999-12-31T23:59:59Z\",null]");
    buf_clear(&buf);
}
END_TEST

START_TEST(nesting_may_reach_its_most)
{
    struct buf buf;
    struct json json;
    buf_init(&buf, BUF_UNBOUNDED);
    json_init(&json, &buf);
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        json_array_begin(&json, NULL);
    json_integer(&json, NULL, 1);
    json_integer(&json, NULL, 2);
    for (int i = 0; i < JSON_DEPTH_MAX; i++)
        json_array_end(&json);
    ck_assert_str_eq(buf.data, "[[[[[[[[[[[[[[[[1,2]]]]]]]]]]]]]]]]");
    buf_clear(&buf);
}
END_TEST

START_TEST(every_character_comes_back_from_its_bytes)
{
    for (uint32_t character = 0; character <= 0x10ffff; character++) {
        if (character >= 0xd800 && character <= 0xdfff)
            continue;
        char bytes[UTF8_BYTES_MAX];
        struct bytes text = { bytes, utf8_put(bytes, character) };
        size_t at = 0;
        ck_assert(utf8_next(text, &at) == character && at == text.length && utf8_is_valid(text));
    }
}
END_TEST

START_TEST(damaged_utf8_is_not_valid)
{
    static const char *const rows[] = { "\x80",
                                        "\xc1\x80",
                                        "\xc3",
                                        "\xe0\x9f\xbf",
                                        "\xed\xa0\x80",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80",
                                        "\xf5",
                                        "\xef\xbf" };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(!utf8_is_valid(bytes_from_string(rows[i])), "row %zu", i);
    ck_assert(utf8_is_valid(BYTES("\xef\xbf\xbd")));
}
END_TEST

SUITE_MAIN("json", commas_stand_between_values_and_nowhere_else,
           two_objects_at_the_top_have_nothing_between_them, strings_are_escaped_and_valid_utf8,
           names_are_escaped_like_strings, numbers_keep_their_value, times_are_rfc_3339_or_null,
           nesting_may_reach_its_most, every_character_comes_back_from_its_bytes,
           damaged_utf8_is_not_valid)
