/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/buf.h"
#include "crawler/fetch/headers.h"

#define EQUAL(bytes, string)                                                                       \
    ck_assert_msg(bytes_equal(bytes, bytes_from_string(string)), "\"%.*s\" is not \"%s\"",         \
                  (int)(bytes).length, (bytes).data ? (bytes).data : "", string)

/* 1994-11-06 08:49:37, the example of RFC 9110. */
#define NOW_MS INT64_C(784111777000)

START_TEST(a_field_is_found_by_name_without_regard_to_case)
{
    struct bytes headers = BYTES(
        "HTTP/1.1 200 OK: fine\r\nServer: a\r\nX-Empty:\r\nETAG:\t \"x\" \t\r\nbroken line\r\n"
        "X-Space : s\r\nserver: b\r\nLast: end");
    EQUAL(header_get(headers, BYTES("SERVER")), "a");
    EQUAL(header_get(headers, BYTES("etag")), "\"x\"");
    EQUAL(header_get(headers, BYTES("x-space")), "s");
    EQUAL(header_get(headers, BYTES("last")), "end");
    EQUAL(header_get(headers, BYTES("x-empty")), "");
    ck_assert_ptr_nonnull(header_get(headers, BYTES("x-empty")).data);
    ck_assert_ptr_null(header_get(headers, BYTES("serve")).data);
    ck_assert_ptr_null(header_get(headers, BYTES("broken line")).data);
    ck_assert_ptr_null(header_get((struct bytes){ 0 }, BYTES("server")).data);
    struct bytes value;
    size_t from = 0;
    ck_assert(header_next(headers, BYTES("server"), &from, &value));
    EQUAL(value, "a");
    ck_assert(header_next(headers, BYTES("server"), &from, &value));
    EQUAL(value, "b");
    ck_assert(!header_next(headers, BYTES("server"), &from, &value));
    ck_assert(!header_next(headers, BYTES("server"), &from, &value));
}
END_TEST

START_TEST(no_value_carries_a_line_of_its_own)
{
    struct bytes headers =
        BYTES("X: a\rInjected: 1\r\nX: b\0c\r\nX: d\r\n e: f\r\n\tg: h\r\nX: i\n");
    struct bytes value;
    size_t from = 0;
    ck_assert(header_next(headers, BYTES("x"), &from, &value));
    EQUAL(value, "d");
    ck_assert(header_next(headers, BYTES("x"), &from, &value));
    EQUAL(value, "i");
    ck_assert(!header_next(headers, BYTES("x"), &from, &value));
    ck_assert_ptr_null(header_get(headers, BYTES("e")).data);
    ck_assert_ptr_null(header_get(headers, BYTES("g")).data);
    ck_assert_ptr_null(header_get(headers, BYTES("injected")).data);
}
END_TEST

START_TEST(the_content_type_is_the_last_usable_one)
{
    static const struct {
        const char *fields;
        const char *essence;
        const char *charset; /* NULL: none. */
    } rows[] = {
        { "", "", NULL },
        { "text/html", "text/html", NULL },
        { "TEXT/HTML; Charset=UTF-8", "text/html", "UTF-8" },
        { "text/html;charset=\"utf-8\"", "text/html", "utf-8" },
        { "text/html;charset=\"utf-8", "text/html", "utf-8" },
        { "text/html; charset=", "text/html", NULL },
        { "text/html; charset=\"\"", "text/html", "" },
        { "text/html; charset =utf-8", "text/html", NULL },
        { "text/html; charset= utf-8", "text/html", "utf-8" },
        { "text/html;;; x=y ;charset=gbk;charset=utf-8", "text/html", "gbk" },
        { "text/html; x=\";charset=bad\"; charset=gbk", "text/html", "gbk" },
        { "text/html; x=\"a\\\";charset=bad\"; charset=gbk", "text/html", "gbk" },
        { "text/html; charset=\"gbk\"x; charset=utf-8", "text/html", "gbk" },
        { "text/html; charset='gbk'", "text/html", "'gbk'" },
        { "text/html; charset=\f", "text/html", NULL },
        { "text/html ; charset=gbk", "text/html", "gbk" },
        { "text / html", "", NULL },
        { "text", "", NULL },
        { "/", "", NULL },
        { "text/", "", NULL },
        { "/html", "", NULL },
        { "text/html/x", "", NULL },
        { "text/ht(ml", "", NULL },
        { "*/*", "", NULL },
        { "*/*;charset=gbk", "", NULL },
        { "text/html, text/plain", "text/plain", NULL },
        { "text/html;charset=gbk, text/plain", "text/plain", NULL },
        { "text/html;charset=gbk, text/html", "text/html", "gbk" },
        { "text/html;charset=gbk, text/html;charset=utf-8", "text/html", "utf-8" },
        { "text/html;charset=gbk, x", "text/html", "gbk" },
        { "text/html;charset=gbk, */*", "text/html", "gbk" },
        { "text/html;x=\"a,b/c\";charset=gbk", "text/html", "gbk" },
        { "text/html\ntext/plain;charset=gbk", "text/plain", "gbk" },
        { "text/html;charset=gbk\ntext/html", "text/html", "gbk" },
        { "text/html;charset=\"\";charset=gbk", "text/html", "" },
        { "text/html;charset=;charset=gbk", "text/html", "gbk" },
        { "text/html;charset=gbk\ntext/plain\ntext/html", "text/html", NULL },
        { "text/html\n*/*\nbad\n", "text/html", NULL },
        { "\ntext/plain", "text/plain", NULL },
        { "text/html;x=\"\ntext/plain", "text/html", NULL },
        { "application/xhtml+xml", "application/xhtml+xml", NULL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf headers;
        buf_init(&headers, BUF_UNBOUNDED);
        buf_append_string(&headers, "HTTP/1.1 200 OK\r\n");
        struct bytes rest = bytes_from_string(rows[i].fields);
        struct bytes field;
        while (rows[i].fields[0] && bytes_split(&rest, '\n', &field))
            buf_printf(&headers, "Content-Type: %.*s\r\n", (int)field.length, field.data);
        char essence[128];
        struct bytes charset;
        header_content_type(buf_bytes(&headers), essence, &charset);
        ck_assert_msg(strcmp(essence, rows[i].essence) == 0, "%s gives %s", rows[i].fields,
                      essence);
        ck_assert_msg((charset.data == NULL) == (rows[i].charset == NULL), "%s", rows[i].fields);
        if (rows[i].charset)
            EQUAL(charset, rows[i].charset);
        buf_clear(&headers);
    }
}
END_TEST

START_TEST(an_essence_that_is_too_long_is_none)
{
    char headers[400] = "Content-Type: text/";
    char essence[128];
    struct bytes charset;
    size_t start = strlen(headers);
    memset(headers + start, 'a', 122);
    header_content_type(bytes_from_string(headers), essence, &charset);
    ck_assert_uint_eq(strlen(essence), 127);
    headers[start + 122] = 'a';
    header_content_type(bytes_from_string(headers), essence, &charset);
    ck_assert_str_eq(essence, "");
}
END_TEST

START_TEST(retry_after_is_read_in_both_forms)
{
    static const struct {
        const char *value;
        int64_t wait_ms;
    } rows[] = {
        { "120", 120000 },
        { "0", 0 },
        { " 7 ", 7000 },
        { "99999999999999999999999", INT64_C(2147483648000) },
        { "", -1 },
        { "1.5", -1 },
        { "+5", -1 },
        { "-5", -1 },
        { "1e3", -1 },
        { "120, 240", -1 },
        { "soon", -1 },
        { "Sun, 06 Nov 1994 08:50:37 GMT", 60000 },
        { "Sunday, 06-Nov-94 08:50:37 GMT", 60000 },
        { "Sun Nov  6 08:50:37 1994", 60000 },
        { "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
        { "Sun, 06 Nov 1994 08:00:00 GMT", 0 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char headers[128];
        snprintf(headers, sizeof(headers), "Retry-After: %s\r\n", rows[i].value);
        int64_t wait_ms = header_retry_after_ms(bytes_from_string(headers), NOW_MS);
        ck_assert_msg(wait_ms == rows[i].wait_ms, "%s gives %lld", rows[i].value,
                      (long long)wait_ms);
    }
    ck_assert_int_eq(header_retry_after_ms(BYTES("Server: x\r\n"), NOW_MS), -1);
}
END_TEST

START_TEST(of_several_retry_afters_the_longest_holds)
{
    static const struct {
        const char *headers;
        int64_t wait_ms;
    } rows[] = {
        { "Retry-After: 3\r\nServer: x\r\nretry-after: 7200\r\n", 7200000 },
        { "Retry-After: 7200\r\nRetry-After: 3\r\n", 7200000 },
        { "Retry-After: soon\r\nRetry-After: 3\r\n", 3000 },
        { "Retry-After: 3\r\nRetry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n", 60000 },
        { "Retry-After: soon\r\nRetry-After: later\r\n", -1 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_int_eq(header_retry_after_ms(bytes_from_string(rows[i].headers), NOW_MS),
                         rows[i].wait_ms);
}
END_TEST

START_TEST(all_fields_of_a_name_are_one_list)
{
    static const struct {
        const char *headers;
        const char *members; /* Joined by '|'. */
    } rows[] = {
        { "", "" },
        { "L:\r\n", "" },
        { "L: , ,\r\n", "" },
        { "L: a\r\n", "a" },
        { "L: a, b ,c\r\nX: y\r\nl:\r\nL: ,d\r\n", "a|b|c|d" },
        { "L: \"a, b\", c=\"d\\\",e\"\r\nL: f\r\n", "\"a, b\"|c=\"d\\\",e\"|f" },
        { "L: a, \"b\r\nL: c\r\n", "a|\"b" },
        { "L: a\rb\r\nL: c\r\n", "c" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf joined;
        buf_init(&joined, BUF_UNBOUNDED);
        struct header_members walk = { 0 };
        struct bytes member;
        while (header_next_member(bytes_from_string(rows[i].headers), BYTES("l"), &walk, &member)) {
            if (joined.length > 0)
                buf_append_char(&joined, '|');
            buf_append_bytes(&joined, member);
        }
        EQUAL(buf_bytes(&joined), rows[i].members);
        buf_clear(&joined);
    }
}
END_TEST

START_TEST(every_line_is_walked_and_damage_is_marked)
{
    struct bytes headers =
        BYTES("HTTP/1.1 200 OK\r\nA: b\r\n c\r\nbroken\r\nD E: f\r\n: g\r\nH: i\rj");
    static const struct {
        const char *line;
        bool is_usable;
    } rows[] = {
        { "HTTP/1.1 200 OK\r\n", false }, { "A: b\r\n c\r\n", true }, { "broken\r\n", false },
        { "D E: f\r\n", false },          { ": g\r\n", false },       { "H: i\rj", false },
    };
    struct header_field field;
    size_t from = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert(header_walk(headers, &from, &field));
        EQUAL(field.line, rows[i].line);
        ck_assert_msg(field.is_usable == rows[i].is_usable, "%s", rows[i].line);
    }
    ck_assert(!header_walk(headers, &from, &field));
}
END_TEST

SUITE_MAIN("headers", a_field_is_found_by_name_without_regard_to_case,
           no_value_carries_a_line_of_its_own, the_content_type_is_the_last_usable_one,
           an_essence_that_is_too_long_is_none, retry_after_is_read_in_both_forms,
           of_several_retry_afters_the_longest_holds, all_fields_of_a_name_are_one_list,
           every_line_is_walked_and_damage_is_marked)
