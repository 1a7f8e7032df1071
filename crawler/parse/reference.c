/* SPDX-License-Identifier: MIT
 *
 * HTML standard, 13.2.5.72 to 13.2.5.80.
 */
#include "crawler/parse/reference.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "crawler/parse/reference_names.h"

enum { NAME_BYTES_MOST = 31, BARE_NAME_BYTES_MOST = 6, BARE_NAME_BYTES_LEAST = 2 };

/* The names that count without a semicolon, in byte order. */
static const char *const bare_names[] = {
    "AElig",  "AMP",    "Aacute", "Acirc",  "Agrave", "Aring",  "Atilde", "Auml",   "COPY",
    "Ccedil", "ETH",    "Eacute", "Ecirc",  "Egrave", "Euml",   "GT",     "Iacute", "Icirc",
    "Igrave", "Iuml",   "LT",     "Ntilde", "Oacute", "Ocirc",  "Ograve", "Oslash", "Otilde",
    "Ouml",   "QUOT",   "REG",    "THORN",  "Uacute", "Ucirc",  "Ugrave", "Uuml",   "Yacute",
    "aacute", "acirc",  "acute",  "aelig",  "agrave", "amp",    "aring",  "atilde", "auml",
    "brvbar", "ccedil", "cedil",  "cent",   "copy",   "curren", "deg",    "divide", "eacute",
    "ecirc",  "egrave", "eth",    "euml",   "frac12", "frac14", "frac34", "gt",     "iacute",
    "icirc",  "iexcl",  "igrave", "iquest", "iuml",   "laquo",  "lt",     "macr",   "micro",
    "middot", "nbsp",   "not",    "ntilde", "oacute", "ocirc",  "ograve", "ordf",   "ordm",
    "oslash", "otilde", "ouml",   "para",   "plusmn", "pound",  "quot",   "raquo",  "reg",
    "sect",   "shy",    "sup1",   "sup2",   "sup3",   "szlig",  "thorn",  "times",  "uacute",
    "ucirc",  "ugrave", "uml",    "uuml",   "yacute", "yen",    "yuml",
};

/* What the C1 controls mean as numeric references: windows-1252. */
static const uint16_t c1_meaning[32] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178,
};

static int compare_name(struct bytes name, const char *row)
{
    int order = strncmp(name.data, row, name.length);
    return order ? order : -(row[name.length] != '\0');
}

static int compare_reference(const void *key, const void *row)
{
    return compare_name(*(const struct bytes *)key, ((const struct reference_name *)row)->name);
}

static int compare_bare_name(const void *key, const void *row)
{
    return compare_name(*(const struct bytes *)key, *(const char *const *)row);
}

static const struct reference_name *find_reference(struct bytes name)
{
    return bsearch(&name, reference_names, REFERENCE_NAME_COUNT, sizeof(reference_names[0]),
                   compare_reference);
}

static bool is_bare_name(struct bytes name)
{
    return bsearch(&name, bare_names, sizeof(bare_names) / sizeof(bare_names[0]),
                   sizeof(bare_names[0]), compare_bare_name);
}

static uint32_t code_point_of_number(uint32_t number)
{
    if (number == 0 || number > 0x10ffff || (number >= 0xd800 && number <= 0xdfff))
        return UTF8_REPLACEMENT;
    return number >= 0x80 && number <= 0x9f ? c1_meaning[number - 0x80] : number;
}

static int digit_value(char c, unsigned base)
{
    int value = ascii_hex_value(c);
    return value < (int)base ? value : -1;
}

/* source begins with "&#". */
static size_t read_number(struct bytes source, char *text, size_t *length)
{
    size_t at = 2;
    unsigned base = 10;
    if (at < source.length && ascii_lower(source.data[at]) == 'x') {
        base = 16;
        at++;
    }
    size_t start = at;
    uint32_t number = 0;
    for (int digit; at < source.length && (digit = digit_value(source.data[at], base)) >= 0; at++) {
        if (number <= 0x10ffff)
            number = number * base + (uint32_t)digit;
    }
    if (at == start)
        return 0;
    *length = utf8_put(text, code_point_of_number(number));
    return at < source.length && source.data[at] == ';' ? at + 1 : at;
}

static void write_reference(const struct reference_name *reference, char *text, size_t *length)
{
    *length = utf8_put(text, reference->first);
    if (reference->second)
        *length += utf8_put(text + *length, reference->second);
}

static bool goes_on(char c)
{
    return c == '=' || ascii_is_alpha(c) || ascii_is_digit(c);
}

/* The longest start of the name that counts without a semicolon. */
static size_t read_bare_name(struct bytes name, struct bytes source, bool is_in_attribute,
                             char *text, size_t *length)
{
    size_t most = name.length < BARE_NAME_BYTES_MOST ? name.length : BARE_NAME_BYTES_MOST;
    for (size_t i = most; i >= BARE_NAME_BYTES_LEAST; i--) {
        struct bytes bare = bytes_slice(name, 0, i);
        if (!is_bare_name(bare))
            continue;
        if (is_in_attribute && 1 + i < source.length && goes_on(source.data[1 + i]))
            return 0;
        write_reference(find_reference(bare), text, length);
        return 1 + i;
    }
    return 0;
}

size_t reference_read(struct bytes source, bool is_in_attribute, char *text, size_t *length)
{
    *length = 0;
    if (source.length >= 2 && source.data[1] == '#')
        return read_number(source, text, length);
    size_t end = 1;
    while (end < source.length && end <= NAME_BYTES_MOST &&
           (ascii_is_alpha(source.data[end]) || ascii_is_digit(source.data[end])))
        end++;
    struct bytes name = bytes_slice(source, 1, end);
    if (name.length > 0 && end < source.length && source.data[end] == ';') {
        const struct reference_name *reference = find_reference(name);
        if (reference) {
            write_reference(reference, text, length);
            return end + 1;
        }
    }
    return read_bare_name(name, source, is_in_attribute, text, length);
}
