/* SPDX-License-Identifier: MIT */
#include "config/prose.h"

#include "base/bytes.h"

/* The longest input line that mandoc's checks let pass is 80. */
enum { MDOC_LINE_BYTES = 76 };

void prose_wrap(struct buf *out, const char *start, size_t width, const char *text)
{
    struct bytes rest = bytes_from_string(text);
    struct bytes word;
    size_t column = 0;
    while (bytes_split(&rest, ' ', &word)) {
        if (column > 0 && column + 1 + word.length > width) {
            buf_append_char(out, '\n');
            column = 0;
        }
        buf_append_string(out, column ? " " : start);
        column += column ? 1 : strlen(start);
        buf_append_bytes(out, word);
        column += word.length;
    }
    buf_append_char(out, '\n');
}

/* mdoc takes a backslash for an escape anywhere, and a dot or apostrophe for a macro at the start
 * of a line. */
static void append_escaped(struct buf *out, struct bytes word, bool is_at_start)
{
    if (is_at_start && word.length > 0 && (word.data[0] == '.' || word.data[0] == '\''))
        buf_append_string(out, "\\&");
    for (size_t i = 0; i < word.length; i++) {
        if (word.data[i] == '\\')
            buf_append_string(out, "\\e");
        else
            buf_append_char(out, word.data[i]);
    }
}

static bool ends_sentence(struct bytes word)
{
    return word.length > 1 &&
           (bytes_end_with(word, BYTES(".")) || bytes_end_with(word, BYTES("?")));
}

void prose_mdoc(struct buf *out, const char *text)
{
    struct bytes rest = bytes_from_string(text);
    struct bytes word;
    size_t column = 0;
    while (bytes_split(&rest, ' ', &word)) {
        if (column > 0 && column + 1 + word.length > MDOC_LINE_BYTES) {
            buf_append_char(out, '\n');
            column = 0;
        }
        if (column > 0)
            buf_append_char(out, ' ');
        append_escaped(out, word, column == 0);
        column += word.length + 1;
        if (ends_sentence(word) && rest.data) {
            buf_append_char(out, '\n');
            column = 0;
        }
    }
    buf_append_char(out, '\n');
}

void prose_mdoc_word(struct buf *out, const char *word)
{
    buf_append_char(out, '"');
    for (; *word; word++) {
        if (*word == '"')
            buf_append_string(out, "\\(dq");
        else if (*word == '\\')
            buf_append_string(out, "\\e");
        else
            buf_append_char(out, *word);
    }
    buf_append_char(out, '"');
}
