/* SPDX-License-Identifier: MIT */
#include "crawler/parse/srcset.h"

#include <stddef.h>

#include "crawler/parse/scan.h"

/* The descriptors of one candidate so far: each kind at most once, and which go together. */
struct descriptors {
    bool has_width;
    bool has_density;
    bool has_height;
    bool is_wrong;
};

/* HTML's valid non-negative integer above zero. */
static bool is_positive_integer(struct bytes digits)
{
    bool is_positive = false;
    for (size_t i = 0; i < digits.length; i++) {
        if (!ascii_is_digit(digits.data[i]))
            return false;
        is_positive |= digits.data[i] != '0';
    }
    return is_positive;
}

/* Moves behind the digits at the start; false where there is none. */
static bool skip_digits(struct bytes *number)
{
    size_t length = number->length;
    *number = scan_skip(*number, SCAN_DIGITS);
    return number->length < length;
}

static bool skip_one_of(struct bytes *number, const char *set)
{
    if (!scan_starts_with(*number, set))
        return false;
    *number = scan_behind(*number, 1);
    return true;
}

/* HTML's valid floating-point number without its sign: "1", ".5", "1.5e+3". */
static bool is_number(struct bytes number)
{
    bool has_whole = skip_digits(&number);
    bool has_point = skip_one_of(&number, ".");
    if (has_point ? !skip_digits(&number) : !has_whole)
        return false;
    if (!skip_one_of(&number, "eE"))
        return number.length == 0;
    skip_one_of(&number, "+-");
    return skip_digits(&number) && number.length == 0;
}

/* Not below zero; "-0" is zero. */
static bool is_density(struct bytes number)
{
    if (skip_one_of(&number, "-") && scan_until(number, "123456789") < scan_until(number, "eE"))
        return false;
    return is_number(number);
}

static void read_descriptor(struct descriptors *seen, struct bytes text)
{
    if (text.length == 0)
        return;
    struct bytes number = bytes_slice(text, 0, text.length - 1);
    char unit = text.data[text.length - 1];
    if (unit == 'w' && is_positive_integer(number) && !seen->has_width && !seen->has_density)
        seen->has_width = true;
    else if (unit == 'x' && is_density(number) && !seen->has_width && !seen->has_density &&
             !seen->has_height)
        seen->has_density = true;
    else if (unit == 'h' && is_positive_integer(number) && !seen->has_height && !seen->has_density)
        seen->has_height = true;
    else
        seen->is_wrong = true;
}

/* Reads up to the comma that ends the candidate; commas in parentheses do not. True where all are
 * right. */
static bool read_descriptors(struct bytes *rest)
{
    struct descriptors seen = { 0 };
    size_t start = 0;
    size_t at = 0;
    bool is_in_parentheses = false;
    for (; at < rest->length; at++) {
        char c = rest->data[at];
        if (is_in_parentheses) {
            is_in_parentheses = c != ')';
        } else if (c == '(') {
            is_in_parentheses = true;
        } else if (c == ',') {
            break;
        } else if (ascii_is_space(c)) {
            read_descriptor(&seen, bytes_slice(*rest, start, at));
            start = at + 1;
        }
    }
    read_descriptor(&seen, bytes_slice(*rest, start, at));
    *rest = scan_behind(*rest, at);
    return !seen.is_wrong && (!seen.has_height || seen.has_width);
}

static struct bytes without_commas_behind(struct bytes word)
{
    while (word.length > 0 && word.data[word.length - 1] == ',')
        word.length--;
    return word;
}

bool srcset_next(struct bytes *rest, struct bytes *url)
{
    for (;;) {
        *rest = scan_skip(*rest, SCAN_SPACES ",");
        struct bytes word;
        if (!scan_word(rest, &word))
            return false;
        *url = without_commas_behind(word);
        if (url->length < word.length || read_descriptors(rest))
            return true;
    }
}
