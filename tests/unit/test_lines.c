/* SPDX-License-Identifier: MIT
 *
 * What libcurl is told in lists of lines, and which names it is told to forget.
 */
#include "suite.h"

#include "crawler/fetch/known_names.h"
#include "crawler/fetch/lines.h"

/* The lines with a '|' behind each. */
static const char *shown(const struct lines *lines)
{
    static char text[1024];
    size_t length = 0;
    const char *line = lines->text.data;
    for (size_t i = 0; i < lines->count; i++, line += strlen(line) + 1)
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s|", line);
    text[length] = '\0';
    return text;
}

START_TEST(whole_header_lines_go_in_and_nothing_else)
{
    static const struct {
        const char *headers[4];
        const char *shown;
    } rows[] = {
        { { NULL }, "Accept:|" },
        { { "A: b", "C:d", NULL }, "A: b|C:d|Accept:|" },
        { { "ACCEPT: text/html", NULL }, "ACCEPT: text/html|" },
        { { "Accept-Language: en", NULL }, "Accept-Language: en|Accept:|" },
        { { "Accept:", NULL }, "Accept:|" },
        { { "A:", "B: \t", "C;", NULL }, "Accept:|" },
        { { "", ":", ": x", NULL }, "Accept:|" },
        { { "A: b\r\nC: d", "A: b\n", "A: b\r", NULL }, "Accept:|" },
    };
    struct lines lines;
    lines_init(&lines);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        lines_reset(&lines);
        lines_add_headers(&lines, rows[i].headers);
        ck_assert_str_eq(shown(&lines), rows[i].shown);
    }
    lines_reset(&lines);
    lines_add_headers(&lines, NULL);
    ck_assert_str_eq(shown(&lines), "Accept:|");
    lines_clear(&lines);
}
END_TEST

START_TEST(addresses_stand_behind_their_name)
{
    struct address addresses[3];
    ck_assert(address_parse(&addresses[0], BYTES("192.0.2.1")));
    ck_assert(address_parse(&addresses[1], BYTES("2001:db8::1")));
    ck_assert(address_parse(&addresses[2], BYTES("::ffff:192.0.2.2")));
    struct lines lines;
    lines_init(&lines);
    lines_add_addresses(&lines, "-x.test:80", addresses, 3);
    lines_add(&lines, "%d", 7);
    ck_assert_str_eq(shown(&lines), "+-x.test:80:192.0.2.1,[2001:db8::1],192.0.2.2|7|");
    lines_clear(&lines);
}
END_TEST

START_TEST(a_name_is_forgotten_once_after_its_last_use)
{
    struct known_names *names = known_names_new();
    struct lines lines;
    lines_init(&lines);
    struct known_name *first = known_names_use(names, BYTES("a.test"), 80);
    struct known_name *again = known_names_use(names, BYTES("a.test"), 80);
    struct known_name *other = known_names_use(names, BYTES("a.test"), 8080);
    ck_assert_ptr_eq(first, again);
    ck_assert_ptr_ne(first, other);
    ck_assert_str_eq(known_name_text(other), "a.test:8080");
    known_names_leave(names, first);
    known_names_forget(names, &lines);
    ck_assert_str_eq(shown(&lines), "");
    known_names_leave(names, again);
    known_names_forget(names, &lines);
    ck_assert_str_eq(shown(&lines), "-a.test:80|");
    known_names_forget(names, &lines);
    ck_assert_str_eq(shown(&lines), "-a.test:80|");
    known_names_leave(names, other);
    known_names_free(names);
    lines_clear(&lines);
}
END_TEST

START_TEST(a_name_that_is_used_again_stays_until_it_is_left_again)
{
    struct known_names *names = known_names_new();
    struct lines lines;
    lines_init(&lines);
    for (int i = 0; i < 3; i++)
        known_names_leave(names, known_names_use(names, BYTES("a.test"), 80));
    struct known_name *name = known_names_use(names, BYTES("a.test"), 80);
    known_names_forget(names, &lines);
    ck_assert_str_eq(shown(&lines), "");
    known_names_leave(names, name);
    known_names_forget(names, &lines);
    ck_assert_str_eq(shown(&lines), "-a.test:80|");
    known_names_free(names);
    lines_clear(&lines);
}
END_TEST

START_TEST(many_names_are_told_apart)
{
    enum { COUNT = 5000 };
    struct known_names *names = known_names_new();
    static struct known_name *used[COUNT];
    struct lines lines;
    lines_init(&lines);
    char host[16];
    for (int i = 0; i < COUNT; i++) {
        snprintf(host, sizeof(host), "h%d.test", i);
        used[i] = known_names_use(names, bytes_from_string(host), 443);
    }
    for (int i = 0; i < COUNT; i += 2)
        known_names_leave(names, used[i]);
    known_names_forget(names, &lines);
    ck_assert_uint_eq(lines.count, COUNT / 2);
    for (int i = 1; i < COUNT; i += 2) {
        snprintf(host, sizeof(host), "h%d.test", i);
        ck_assert_ptr_eq(known_names_use(names, bytes_from_string(host), 443), used[i]);
    }
    known_names_free(names);
    lines_clear(&lines);
}
END_TEST

SUITE_MAIN("lines", whole_header_lines_go_in_and_nothing_else, addresses_stand_behind_their_name,
           a_name_is_forgotten_once_after_its_last_use,
           a_name_that_is_used_again_stays_until_it_is_left_again, many_names_are_told_apart)
