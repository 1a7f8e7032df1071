/* SPDX-License-Identifier: MIT */
#include "config/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *text;
    uint64_t factor;
};

/* The smallest first: printing takes the largest that divides. */
static const struct unit span_units[] = {
    { "ms", 1 },      { "s", 1000 },     { "m", 60000 },
    { "h", 3600000 }, { "d", 86400000 }, { "w", 604800000 },
};

/* Printing stops in front of the second way to write a unit. */
static const struct unit size_units[] = {
    { "", 1 },
    { "K", 1000 },
    { "Ki", UINT64_C(1) << 10 },
    { "M", 1000000 },
    { "Mi", UINT64_C(1) << 20 },
    { "G", 1000000000 },
    { "Gi", UINT64_C(1) << 30 },
    { "T", 1000000000000 },
    { "Ti", UINT64_C(1) << 40 },
    { "k", 1000 },
    { "B", 1 },
    { "kB", 1000 },
    { "KB", 1000 },
    { "KiB", UINT64_C(1) << 10 },
    { "MB", 1000000 },
    { "MiB", UINT64_C(1) << 20 },
    { "GB", 1000000000 },
    { "GiB", UINT64_C(1) << 30 },
    { "TB", 1000000000000 },
    { "TiB", UINT64_C(1) << 40 },
};

/* Of size_units, those that are printed; weeks are read only, as nobody counts in them. */
enum { SIZE_UNITS_PRINTED = 9, SPAN_UNITS_PRINTED = 5 };

static const struct unit count_units[] = {
    { "", 1 }, { "k", 1000 }, { "K", 1000 }, { "M", 1000000 }, { "G", 1000000000 },
};

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* ---- Reading */

/* The digits at the start of text, which moves behind them; false where there are none or too many.
 */
static bool take_number(struct bytes *text, uint64_t *number, size_t *digits)
{
    size_t length = 0;
    while (length < text->length && ascii_is_digit(text->data[length]))
        length++;
    *digits = length;
    bool fits = bytes_to_u64(bytes_slice(*text, 0, length), UINT64_MAX, number);
    *text = bytes_slice(*text, length, text->length);
    return fits;
}

/* Digits behind a decimal point are exact up to so many; nobody writes a span or a size with more.
 */
enum { FRACTION_DIGITS_MOST = 6 };

/* "1.5" and a unit: number * factor of the unit. Fractions of the smallest unit are refused. */
static bool parse_with_unit(struct bytes text, const struct unit *units, size_t unit_count,
                            uint64_t *value, bool *has_unit)
{
    uint64_t whole;
    uint64_t fraction = 0;
    uint64_t scale = 1;
    size_t digits;
    if (!take_number(&text, &whole, &digits))
        return false;
    if (text.length > 0 && text.data[0] == '.') {
        text = bytes_slice(text, 1, text.length);
        if (!take_number(&text, &fraction, &digits) || digits > FRACTION_DIGITS_MOST)
            return false;
        while (digits-- > 0)
            scale *= 10;
    }
    text = bytes_trim(text);
    *has_unit = text.length > 0;
    for (size_t i = 0; i < unit_count; i++) {
        if (!bytes_equal(bytes_from_string(units[i].text), text))
            continue;
        uint64_t part;
        bool fits = !__builtin_mul_overflow(fraction, units[i].factor, &part) &&
                    part % scale == 0 && !__builtin_mul_overflow(whole, units[i].factor, &whole) &&
                    !__builtin_add_overflow(whole, part / scale, value);
        return fits;
    }
    return false;
}

bool units_parse_span(struct bytes text, int64_t *span_ms)
{
    uint64_t value;
    bool has_unit;
    if (bytes_equal(text, BYTES("0"))) {
        *span_ms = 0;
        return true;
    }
    if (!parse_with_unit(text, span_units, COUNT_OF(span_units), &value, &has_unit) || !has_unit ||
        value > INT64_MAX)
        return false;
    *span_ms = (int64_t)value;
    return true;
}

bool units_parse_size(struct bytes text, uint64_t *size)
{
    bool has_unit;
    uint64_t value;
    if (!parse_with_unit(text, size_units, COUNT_OF(size_units), &value, &has_unit))
        return false;
    *size = value;
    return true;
}

bool units_parse_count(struct bytes text, uint64_t *count)
{
    bool has_unit;
    uint64_t value;
    if (!parse_with_unit(text, count_units, COUNT_OF(count_units), &value, &has_unit))
        return false;
    *count = value;
    return true;
}

bool units_parse_factor(struct bytes text, double *factor)
{
    uint64_t whole;
    uint64_t fraction = 0;
    double scale = 1;
    size_t digits;
    if (!take_number(&text, &whole, &digits))
        return false;
    if (text.length > 0 && text.data[0] == '.') {
        text = bytes_slice(text, 1, text.length);
        if (!take_number(&text, &fraction, &digits) || digits > FRACTION_DIGITS_MOST)
            return false;
        while (digits-- > 0)
            scale *= 10;
    }
    *factor = (double)whole + (double)fraction / scale;
    return text.length == 0;
}

/* ---- Printing */

static void print_with_unit(uint64_t value, const struct unit *units, size_t count, struct buf *out)
{
    char shortest[32] = "";
    for (size_t i = 0; i < count; i++) {
        char text[32];
        if (value % units[i].factor != 0)
            continue;
        int length =
            snprintf(text, sizeof(text), "%" PRIu64 "%s", value / units[i].factor, units[i].text);
        if (!*shortest || (size_t)length <= strlen(shortest))
            memcpy(shortest, text, sizeof(text));
    }
    buf_append_string(out, shortest);
}

void units_print_span(int64_t span_ms, struct buf *out)
{
    if (span_ms == 0)
        buf_append_char(out, '0');
    else
        print_with_unit((uint64_t)span_ms, span_units, SPAN_UNITS_PRINTED, out);
}

void units_print_size(uint64_t size, struct buf *out)
{
    if (size == 0)
        buf_append_char(out, '0');
    else
        print_with_unit(size, size_units, SIZE_UNITS_PRINTED, out);
}

/* As many digits as are read, without the zeros at the end. */
void units_print_factor(double factor, struct buf *out)
{
    char text[64];
    int length = snprintf(text, sizeof(text), "%.*f", FRACTION_DIGITS_MOST, factor);
    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    buf_append(out, text, (size_t)length);
}
