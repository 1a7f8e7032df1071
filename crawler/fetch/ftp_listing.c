/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/ftp_listing.h"

#include <string.h>

/* ---- Lines */

/* The next word of a line; empty at its end. */
static struct bytes take_word(struct bytes *line)
{
    size_t start = 0, end;
    while (start < line->length && line->data[start] == ' ')
        start++;
    end = start;
    while (end < line->length && line->data[end] != ' ')
        end++;
    struct bytes word = bytes_slice(*line, start, end);
    *line = bytes_slice(*line, end, line->length);
    return word;
}

static bool is_number(struct bytes word)
{
    for (size_t i = 0; i < word.length; i++)
        if (!ascii_is_digit(word.data[i]))
            return false;
    return word.length > 0;
}

static bool is_month(struct bytes word)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (size_t i = 0; i + 3 < sizeof(months); i += 3)
        if (bytes_equal_nocase(word, bytes_of(months + i, 3)))
            return true;
    return false;
}

/* "12:00", "2020". */
static bool is_time_or_year(struct bytes word)
{
    size_t colon = bytes_find(word, ':');
    return is_number(bytes_slice(word, 0, colon)) &&
           (colon == word.length || is_number(bytes_slice(word, colon + 1, word.length)));
}

/* "2020-01-31". */
static bool is_date(struct bytes word)
{
    return word.length == 10 && word.data[4] == '-' && word.data[7] == '-' &&
           is_number(bytes_slice(word, 0, 4)) && is_number(bytes_slice(word, 5, 7)) &&
           is_number(bytes_slice(word, 8, 10));
}

/* Behind the size comes the date, and behind that one blank and the name. How many words stand
 * before, an owner or a group among them, differs. */
static bool find_unix_name(struct bytes line, struct bytes *name)
{
    struct bytes word = take_word(&line);
    struct bytes before = { 0 };
    for (;; before = word) {
        word = take_word(&line);
        struct bytes rest = line;
        if (word.length == 0)
            return false;
        if (!is_number(before) || (!is_month(word) && !is_date(word)))
            continue;
        bool is_dated = is_date(word) || is_number(take_word(&rest));
        if (!is_dated || !is_time_or_year(take_word(&rest)) || rest.length < 2)
            continue;
        *name = bytes_slice(rest, 1, rest.length);
        return true;
    }
}

static void cut_arrow(struct bytes *name)
{
    for (size_t i = 1; i + 4 <= name->length; i++)
        if (bytes_start_with(bytes_slice(*name, i, name->length), BYTES(" -> "))) {
            name->length = i;
            return;
        }
}

static bool read_unix(struct bytes line, struct ftp_entry *entry)
{
    if (line.length < 10 || !strchr("-dl", line.data[0]) || !find_unix_name(line, &entry->name))
        return false;
    entry->is_directory = line.data[0] == 'd';
    if (line.data[0] == 'l')
        cut_arrow(&entry->name);
    return true;
}

static bool read_dos(struct bytes line, struct ftp_entry *entry)
{
    struct bytes date = take_word(&line);
    struct bytes time = take_word(&line);
    struct bytes size = take_word(&line);
    if (date.length < 8 || date.data[2] != '-' || date.data[5] != '-' ||
        bytes_find(time, ':') == time.length)
        return false;
    entry->is_directory = bytes_equal_nocase(size, BYTES("<DIR>"));
    if (!entry->is_directory && !is_number(size))
        return false;
    while (line.length > 0 && line.data[0] == ' ')
        line = bytes_slice(line, 1, line.length);
    entry->name = line;
    return line.length > 0;
}

static bool is_usable(struct bytes name)
{
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)name.data[i] < ' ' || name.data[i] == '/' || name.data[i] == 0x7f)
            return false;
    return name.length > 0 && !bytes_equal(name, BYTES(".")) && !bytes_equal(name, BYTES(".."));
}

bool ftp_listing_next(struct bytes listing, size_t *from, struct ftp_entry *entry)
{
    while (*from < listing.length) {
        struct bytes rest = bytes_slice(listing, *from, listing.length);
        struct bytes line = bytes_slice(rest, 0, bytes_find(rest, '\n'));
        *from += line.length + 1;
        if (bytes_end_with(line, BYTES("\r")))
            line.length--;
        if ((read_unix(line, entry) || read_dos(line, entry)) && is_usable(entry->name))
            return true;
    }
    return false;
}

/* ---- The page */

static void append_escaped(struct buf *out, unsigned char byte)
{
    static const char plain[] = "-._~";
    bool is_plain = ascii_is_alpha((char)byte) || ascii_is_digit((char)byte) ||
                    (byte != '\0' && strchr(plain, byte));
    buf_printf(out, is_plain ? "%c" : "%%%02X", byte);
}

static void append_shown(struct buf *out, unsigned char byte)
{
    if (byte == '&' || byte == '<' || byte == '>' || byte == '"')
        buf_printf(out, "&#%u;", byte);
    else
        buf_append_char(out, byte < 0x80 ? (char)byte : '?');
}

static void append_each(struct buf *out, struct bytes text,
                        void (*append)(struct buf *out, unsigned char byte))
{
    for (size_t i = 0; i < text.length; i++)
        append(out, (unsigned char)text.data[i]);
}

static void append_entry(struct buf *out, const struct ftp_entry *entry)
{
    const char *slash = entry->is_directory ? "/" : "";
    buf_append_string(out, "<li><a href=\"./");
    append_each(out, entry->name, append_escaped);
    buf_printf(out, "%s\">", slash);
    append_each(out, entry->name, append_shown);
    buf_printf(out, "%s</a></li>\n", slash);
}

void ftp_listing_page(struct bytes listing, struct bytes path, struct buf *out)
{
    enum { GROWTH_MOST = 9 }; /* Of a byte: escaped in the link, and shown. */
    struct ftp_entry entry;
    size_t from = 0;
    buf_append_string(out, "<!DOCTYPE html>\n<title>Index of ");
    append_each(out, path, append_shown);
    buf_append_string(out, "</title>\n<ul>\n");
    while (ftp_listing_next(listing, &from, &entry))
        if (out->length + GROWTH_MOST * entry.name.length + 64 < out->most)
            append_entry(out, &entry);
    buf_append_string(out, "</ul>\n");
}
