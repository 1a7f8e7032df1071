/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/header_lines.h"

/* The lines with a '|' behind each. */
static const char *shown(const struct header_lines *lines)
{
    static char text[1024];
    size_t length = 0;
    const char *line = lines->text.data;
    for (size_t i = 0; i < lines->count; i++, line += strlen(line) + 1)
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s|", line);
    text[length] = '\0';
    return text;
}

START_TEST(whole_lines_go_in_and_nothing_else)
{
    static const struct {
        const char *fields[4];
        bool has_body;
        const char *shown;
    } rows[] = {
        { { NULL }, false, "Accept:|" },
        { { "A: b", "C:d", NULL }, false, "A: b|C:d|Accept:|" },
        { { "ACCEPT: text/html", NULL }, false, "ACCEPT: text/html|" },
        { { "Accept-Language: en", NULL }, false, "Accept-Language: en|Accept:|" },
        { { "Accept:", NULL }, false, "Accept:|" },
        { { "A:", "B: \t", "C;", NULL }, false, "Accept:|" },
        { { "", ":", ": x", NULL }, false, "Accept:|" },
        { { "A: b\r\nC: d", "A: b\n", "A: b\r", NULL }, false, "Accept:|" },
        { { "Accept: a/b", NULL }, true, "Accept: a/b|Content-Type:|Expect:|" },
        { { "content-type: a/b", "Expect: x", NULL },
          true,
          "content-type: a/b|Expect: x|Accept:|" },
    };
    struct header_lines lines;
    header_lines_init(&lines);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        header_lines_set(&lines, rows[i].fields, rows[i].has_body);
        ck_assert_str_eq(shown(&lines), rows[i].shown);
    }
    header_lines_set(&lines, NULL, false);
    ck_assert_str_eq(shown(&lines), "Accept:|");
    header_lines_clear(&lines);
}
END_TEST

SUITE_MAIN("header_lines", whole_lines_go_in_and_nothing_else)
