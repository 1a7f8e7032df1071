/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/cookie_date.h"

#include <stdbool.h>

#include "base/httpdate.h"

struct parts {
    bool has_time;
    bool has_day;
    bool has_month;
    bool has_year;
    int64_t hour;
    int64_t minute;
    int64_t second;
    int64_t day;
    int64_t month;
    int64_t year;
};

static bool is_delimiter(char c)
{
    unsigned char byte = (unsigned char)c;
    return byte == '\t' || (byte >= 0x20 && byte <= 0x2f) || (byte >= 0x3b && byte <= 0x40) ||
           (byte >= 0x5b && byte <= 0x60) || (byte >= 0x7b && byte <= 0x7e);
}

/* From least to most digits, which are not the beginning of more of them. */
static bool take_number(struct bytes token, size_t *at, size_t least, size_t most, int64_t *value)
{
    size_t start = *at;
    *value = 0;
    while (*at < token.length && ascii_is_digit(token.data[*at]) && *at - start < most)
        *value = *value * 10 + (token.data[(*at)++] - '0');
    return *at - start >= least && !(*at < token.length && ascii_is_digit(token.data[*at]));
}

static bool take_colon(struct bytes token, size_t *at)
{
    return *at < token.length && token.data[(*at)++] == ':';
}

static bool read_time(struct bytes token, struct parts *parts)
{
    size_t at = 0;
    return take_number(token, &at, 1, 2, &parts->hour) && take_colon(token, &at) &&
           take_number(token, &at, 1, 2, &parts->minute) && take_colon(token, &at) &&
           take_number(token, &at, 1, 2, &parts->second);
}

static bool read_month(struct bytes token, struct parts *parts)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int month = 0; month < 12; month++)
        if (bytes_start_with_nocase(token, bytes_of(names + 3 * month, 3))) {
            parts->month = month + 1;
            return true;
        }
    return false;
}

static bool read_number(struct bytes token, size_t least, size_t most, int64_t *value)
{
    size_t at = 0;
    return take_number(token, &at, least, most, value);
}

/* A token is the first that it can be and that was not found yet. */
static void read_token(struct bytes token, struct parts *parts)
{
    if (!parts->has_time && read_time(token, parts))
        parts->has_time = true;
    else if (!parts->has_day && read_number(token, 1, 2, &parts->day))
        parts->has_day = true;
    else if (!parts->has_month && read_month(token, parts))
        parts->has_month = true;
    else if (!parts->has_year && read_number(token, 2, 4, &parts->year))
        parts->has_year = true;
}

static int64_t moment_of(struct parts *parts)
{
    if (parts->year < 100)
        parts->year += parts->year < 70 ? 2000 : 1900;
    if (parts->hour > 23 || parts->minute > 59 || parts->second > 59 || parts->year < 1601)
        return -1;
    /* The calendar repeats every 400 years. */
    bool is_past = parts->year < 1970;
    int64_t at_ms = httpdate_of(is_past ? parts->year + 400 : parts->year, parts->month, parts->day,
                                (parts->hour * 60 + parts->minute) * 60 + parts->second);
    return is_past && at_ms >= 0 ? 0 : at_ms;
}

int64_t cookie_date_parse(struct bytes text)
{
    struct parts parts = { .has_time = false };
    for (size_t at = 0; at < text.length;) {
        size_t start = at;
        while (at < text.length && !is_delimiter(text.data[at]))
            at++;
        if (at > start)
            read_token(bytes_slice(text, start, at), &parts);
        else
            at++;
    }
    if (!parts.has_time || !parts.has_day || !parts.has_month || !parts.has_year)
        return -1;
    return moment_of(&parts);
}
