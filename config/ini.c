/* SPDX-License-Identifier: MIT */
#include "config/ini.h"

/* Far longer than any regular expression that a person can read. */
enum { LINE_BYTES_MOST = 16 * 1024 };

struct ini ini_of(struct bytes content)
{
    struct bytes bom = BYTES("\xef\xbb\xbf");
    if (bytes_start_with(content, bom))
        content = bytes_slice(content, bom.length, content.length);
    return (struct ini){ .rest = content };
}

/* Is text empty, or nothing but a comment? */
static bool is_comment(struct bytes text)
{
    text = bytes_trim(text);
    return text.length == 0 || text.data[0] == '#';
}

static bool has_control(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

/* Without a comment behind white space. */
static struct bytes cut_comment(struct bytes text)
{
    for (size_t i = 1; i < text.length; i++)
        if (text.data[i] == '#' && ascii_is_space(text.data[i - 1]))
            return bytes_slice(text, 0, i);
    return text;
}

/* The inside of "..." that text begins with, up to the first quote that ends the value; false where
 * none does. */
static bool take_quoted(struct bytes text, struct bytes *inside)
{
    for (size_t i = 1; i < text.length; i++) {
        if (text.data[i] == '"' && is_comment(bytes_slice(text, i + 1, text.length))) {
            *inside = bytes_slice(text, 1, i);
            return true;
        }
    }
    return false;
}

static void read_option(struct bytes text, struct ini_line *line)
{
    size_t equals = bytes_find(text, '=');
    line->kind = INI_OPTION;
    line->name = bytes_trim(bytes_slice(text, 0, equals));
    line->value = bytes_trim(bytes_slice(text, equals + 1, text.length));
    if (equals == text.length)
        line->problem = "this is neither [section] nor name = value";
    else if (line->name.length == 0)
        line->problem = "there is no name before the =";
    else if (line->value.length > 0 && line->value.data[0] == '"') {
        if (!take_quoted(line->value, &line->value))
            line->problem = "a quoted value is not closed";
    } else if (is_comment(line->value))
        line->value = (struct bytes){ 0 };
    else
        line->value = bytes_trim(cut_comment(line->value));
}

static void read_section(struct bytes text, struct ini_line *line)
{
    /* A label may hold a bracket (an IPv6 address does), so it is taken before the end is looked
     * for. */
    size_t quote = bytes_find(text, '"');
    size_t end = bytes_find(text, ']');
    line->kind = INI_SECTION;
    if (quote < end) {
        size_t label_end = quote + 1 + bytes_find(bytes_slice(text, quote + 1, text.length), '"');
        line->has_label = true;
        line->value = bytes_slice(text, quote + 1, label_end);
        line->name = bytes_trim(bytes_slice(text, 1, quote));
        end = label_end + 1 + bytes_find(bytes_slice(text, label_end + 1, text.length), ']');
        if (bytes_trim(bytes_slice(text, label_end + 1, end)).length > 0)
            line->problem = "there is something between the label and the ] of a section";
    } else {
        line->name = bytes_trim(bytes_slice(text, 1, end));
    }
    if (end >= text.length)
        line->problem = "a section has no closing ]";
    else if (!is_comment(bytes_slice(text, end + 1, text.length)))
        line->problem = "there is something behind the ] of a section";
}

bool ini_next(struct ini *ini, struct ini_line *line)
{
    struct bytes text;
    while (bytes_split(&ini->rest, '\n', &text)) {
        ini->line++;
        text = bytes_trim(text);
        if (text.length == 0 || text.data[0] == '#' || text.data[0] == ';')
            continue;
        *line = (struct ini_line){ 0 };
        if (text.length > LINE_BYTES_MOST)
            line->problem = "the line is too long";
        else if (has_control(text))
            line->problem = "the line holds a control character";
        else if (text.data[0] == '[')
            read_section(text, line);
        else
            read_option(text, line);
        if (line->problem)
            line->kind = INI_BAD;
        return true;
    }
    return false;
}
