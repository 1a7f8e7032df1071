/* SPDX-License-Identifier: MIT
 *
 * A date is a handful of words, each of which can be told by its look alone: a weekday, a month, a
 * zone, a time with its colons, a year beyond 31. So their order does not matter; only the day
 * comes before a year of two digits.
 */
#include "base/httpdate.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>

/* Weekday, day, month, year, time and zone. */
enum { WORDS_MAX = 6 };

struct date {
    int64_t year;
    int64_t month;
    int64_t day;
    int64_t hour;
    int64_t minute;
    int64_t second;
    int64_t ms;
    int64_t zone_minutes; /* East of Greenwich. */
};

struct scan {
    struct bytes text;
    size_t at;
    struct date date;
    bool has_weekday;
    bool has_month;
    bool has_day;
    bool has_year;
    bool has_time;
    bool has_zone;
};

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static const char *const weekdays[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday" };

/* The zones of RFC 5322, and those that servers are seen to use. Single letters are computed. */
static const struct {
    const char *name;
    int16_t minutes;
} zones[] = {
    { "GMT", 0 },    { "UTC", 0 },    { "UT", 0 },     { "WET", 0 },     { "WEST", 60 },
    { "BST", 60 },   { "CET", 60 },   { "MET", 60 },   { "CEST", 120 },  { "MEST", 120 },
    { "EET", 120 },  { "EEST", 180 }, { "MSK", 180 },  { "JST", 540 },   { "NZST", 720 },
    { "NZDT", 780 }, { "AST", -240 }, { "ADT", -180 }, { "EST", -300 },  { "EDT", -240 },
    { "CST", -360 }, { "CDT", -300 }, { "MST", -420 }, { "MDT", -360 },  { "PST", -480 },
    { "PDT", -420 }, { "YST", -540 }, { "YDT", -480 }, { "AKST", -540 }, { "AKDT", -480 },
    { "HST", -600 },
};

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap);
}

/* Days from 1970-01-01 to a date from 1970 on. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
    int64_t before = year - 1;
    int64_t days = (year - 1970) * 365 + (before / 4 - before / 100 + before / 400) -
                   (1969 / 4 - 1969 / 100 + 1969 / 400);
    for (int64_t m = 1; m < month; m++)
        days += days_in_month(year, m);
    return days + day - 1;
}

/* A second of 60 is a leap second, counted as the first of the next minute. */
static int64_t date_ms(const struct date *date)
{
    if (date->year < 1970 || date->year > 9999 || date->month < 1 || date->month > 12 ||
        date->day < 1 || date->day > days_in_month(date->year, date->month) || date->hour > 23 ||
        date->minute > 59 || date->second > 60)
        return -1;
    int64_t minutes = (days_since_1970(date->year, date->month, date->day) * 24 + date->hour) * 60 +
                      date->minute - date->zone_minutes;
    return minutes < 0 ? -1 : (minutes * 60 + date->second) * 1000 + date->ms;
}

/* The digits at this place, at most `most` of them; how many there were. */
static size_t take_digits(struct bytes text, size_t *at, size_t most, int64_t *value)
{
    size_t start = *at;
    *value = 0;
    while (*at < text.length && *at - start < most && ascii_is_digit(text.data[*at]))
        *value = *value * 10 + (text.data[(*at)++] - '0');
    return *at - start;
}

static bool take_char(struct bytes text, size_t *at, char wanted)
{
    if (*at >= text.length || text.data[*at] != wanted)
        return false;
    ++*at;
    return true;
}

static bool set_once(bool *has, int64_t *field, int64_t value)
{
    if (*has)
        return false;
    *has = true;
    *field = value;
    return true;
}

static bool is_weekday(struct bytes word)
{
    for (size_t i = 0; i < sizeof(weekdays) / sizeof(weekdays[0]); i++)
        if (bytes_equal_nocase(word, bytes_from_string(weekdays[i])) ||
            bytes_equal_nocase(word, bytes_of(weekdays[i], 3)))
            return true;
    return false;
}

/* Letters count the hours: A to M without J go east from 1 to 12, N to Y west, Z is Greenwich. */
static bool find_letter_zone(char letter, int64_t *minutes)
{
    static const char east[] = "abcdefghiklm";
    static const char west[] = "nopqrstuvwxy";
    const char *found = strchr(east, letter);
    if (found)
        *minutes = 60 * (found - east + 1);
    else if ((found = strchr(west, letter)) != NULL)
        *minutes = -60 * (found - west + 1);
    else
        *minutes = 0;
    return found || letter == 'z';
}

static bool find_zone(struct bytes word, int64_t *minutes)
{
    if (word.length == 1)
        return find_letter_zone(ascii_lower(word.data[0]), minutes);
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
        if (bytes_equal_nocase(word, bytes_from_string(zones[i].name))) {
            *minutes = zones[i].minutes;
            return true;
        }
    return false;
}

static bool scan_word(struct scan *scan)
{
    size_t start = scan->at;
    while (scan->at < scan->text.length && ascii_is_alpha(scan->text.data[scan->at]))
        scan->at++;
    struct bytes word = bytes_slice(scan->text, start, scan->at);
    for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++)
        if (bytes_equal_nocase(word, bytes_from_string(months[i])))
            return set_once(&scan->has_month, &scan->date.month, (int64_t)i + 1);
    int64_t minutes = 0;
    int64_t ignored;
    if (is_weekday(word))
        return set_once(&scan->has_weekday, &ignored, 0);
    return find_zone(word, &minutes) &&
           set_once(&scan->has_zone, &scan->date.zone_minutes, minutes);
}

/* "h:m" or "h:m:s", the hour being read already. */
static bool scan_time(struct scan *scan, int64_t hour)
{
    if (scan->has_time || !take_digits(scan->text, &scan->at, 2, &scan->date.minute))
        return false;
    scan->has_time = true;
    scan->date.hour = hour;
    return !take_char(scan->text, &scan->at, ':') ||
           take_digits(scan->text, &scan->at, 2, &scan->date.second) > 0;
}

/* "+hhmm" can only be told from a year by what stands before it: a sign, and somewhere a time. */
static bool is_zone_number(const struct scan *scan, size_t start, size_t digits, int64_t value)
{
    char sign = start > 0 ? scan->text.data[start - 1] : ' ';
    return digits == 4 && scan->has_time && !scan->has_zone && (sign == '+' || sign == '-') &&
           value <= 1400 && value % 100 < 60;
}

static bool scan_day_or_year(struct scan *scan, int64_t value)
{
    if (!scan->has_day && value >= 1 && value <= 31)
        return set_once(&scan->has_day, &scan->date.day, value);
    if (value < 100)
        value += value < 70 ? 2000 : 1900;
    return set_once(&scan->has_year, &scan->date.year, value);
}

static bool scan_number(struct scan *scan)
{
    size_t start = scan->at;
    int64_t value;
    size_t digits = take_digits(scan->text, &scan->at, 8, &value);
    if (scan->at < scan->text.length && ascii_is_digit(scan->text.data[scan->at]))
        return false;
    if (digits <= 2 && take_char(scan->text, &scan->at, ':'))
        return scan_time(scan, value);
    if (is_zone_number(scan, start, digits, value)) {
        int64_t minutes = value / 100 * 60 + value % 100;
        return set_once(&scan->has_zone, &scan->date.zone_minutes,
                        scan->text.data[start - 1] == '-' ? -minutes : minutes);
    }
    if (digits == 8)
        return set_once(&scan->has_year, &scan->date.year, value / 10000) &&
               set_once(&scan->has_month, &scan->date.month, value / 100 % 100) &&
               set_once(&scan->has_day, &scan->date.day, value % 100);
    return scan_day_or_year(scan, value);
}

int64_t httpdate_parse(struct bytes text)
{
    struct scan scan = { .text = text };
    for (size_t words = 0; scan.at < text.length && words < WORDS_MAX;) {
        char c = text.data[scan.at];
        bool is_word = ascii_is_alpha(c);
        if (!is_word && !ascii_is_digit(c)) {
            scan.at++;
            continue;
        }
        words++;
        if (!(is_word ? scan_word(&scan) : scan_number(&scan)))
            return -1;
    }
    return scan.has_year && scan.has_month && scan.has_day ? date_ms(&scan.date) : -1;
}

int64_t httpdate_of(int64_t year, int64_t month, int64_t day, int64_t second)
{
    struct date date = { .year = year, .month = month, .day = day };
    int64_t midnight_ms = second < 0 || second >= 86400 ? -1 : date_ms(&date);
    return midnight_ms < 0 ? -1 : midnight_ms + second * 1000;
}

/* A name of the list, whole or (length 3) its first letters, without regard to case. */
static bool take_name(struct bytes text, size_t *at, const char *const *names, size_t count,
                      size_t length, int64_t *index)
{
    struct bytes rest = bytes_slice(text, *at, text.length);
    for (size_t i = 0; i < count; i++) {
        struct bytes name = bytes_from_string(names[i]);
        if (length > 0)
            name.length = length;
        if (bytes_start_with_nocase(rest, name)) {
            *at += name.length;
            *index = (int64_t)i;
            return true;
        }
    }
    return false;
}

/* One part of a form, by its letter in strftime(). */
static bool take_part(struct bytes text, size_t *at, char part, struct date *date)
{
    enum {
        WEEKDAYS = sizeof(weekdays) / sizeof(*weekdays),
        MONTHS = sizeof(months) / sizeof(*months)
    };
    int64_t index = 0;
    switch (part) {
    case 'a':
        return take_name(text, at, weekdays, WEEKDAYS, 3, &index);
    case 'A':
        return take_name(text, at, weekdays, WEEKDAYS, 0, &index);
    case 'b':
        if (!take_name(text, at, months, MONTHS, 0, &index))
            return false;
        date->month = index + 1;
        return true;
    case 'd':
        return take_digits(text, at, 2, &date->day) == 2;
    case 'e':
        return take_char(text, at, ' ') ? take_digits(text, at, 1, &date->day) == 1
                                        : take_digits(text, at, 2, &date->day) == 2;
    case 'Y':
        return take_digits(text, at, 4, &date->year) == 4;
    case 'y':
        if (take_digits(text, at, 2, &date->year) != 2)
            return false;
        date->year += date->year < 70 ? 2000 : 1900;
        return true;
    case 'H':
        return take_digits(text, at, 2, &date->hour) == 2;
    case 'M':
        return take_digits(text, at, 2, &date->minute) == 2;
    default:
        return take_digits(text, at, 2, &date->second) == 2;
    }
}

static bool take_form(struct bytes text, const char *form, struct date *date)
{
    size_t at = 0;
    for (; *form; form++) {
        bool is_part = *form == '%';
        if (is_part ? !take_part(text, &at, *++form, date)
                    : at >= text.length || ascii_lower(text.data[at++]) != ascii_lower(*form))
            return false;
    }
    return at == text.length;
}

int64_t httpdate_parse_exact(struct bytes text)
{
    static const char *const forms[] = {
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        struct date date = { 0 };
        if (take_form(text, forms[i], &date))
            return date_ms(&date);
    }
    return -1;
}

char *httpdate_format(char *text, int64_t at_ms)
{
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm parts = { 0 };
    gmtime_r(&seconds, &parts);
    /* Our own names: strftime() would take those of the locale. */
    snprintf(text, HTTPDATE_TEXT_BYTES, "%.3s, %02d %s %04d %02d:%02d:%02d GMT",
             weekdays[(parts.tm_wday + 6) % 7], parts.tm_mday, months[parts.tm_mon],
             parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
    return text;
}

/* "hh:mm", then perhaps ":ss" and a fraction, of which the milliseconds count. */
static bool take_iso_time(struct bytes text, size_t *at, struct date *date)
{
    if (take_digits(text, at, 2, &date->hour) != 2 || !take_char(text, at, ':') ||
        take_digits(text, at, 2, &date->minute) != 2)
        return false;
    if (!take_char(text, at, ':'))
        return true;
    if (take_digits(text, at, 2, &date->second) != 2)
        return false;
    if (!take_char(text, at, '.') && !take_char(text, at, ','))
        return true;
    int64_t ignored;
    size_t digits = take_digits(text, at, 3, &date->ms);
    for (size_t i = digits; i < 3; i++)
        date->ms *= 10;
    take_digits(text, at, 9, &ignored);
    return digits > 0;
}

static bool take_iso_zone(struct bytes text, size_t *at, struct date *date)
{
    int64_t hours;
    int64_t minutes = 0;
    if (*at == text.length || take_char(text, at, 'Z') || take_char(text, at, 'z'))
        return true;
    bool is_west = take_char(text, at, '-');
    if ((!is_west && !take_char(text, at, '+')) || take_digits(text, at, 2, &hours) != 2)
        return false;
    bool has_colon = take_char(text, at, ':');
    size_t digits = take_digits(text, at, 2, &minutes);
    if ((digits != 2 && (digits != 0 || has_colon)) || hours > 14 || minutes > 59)
        return false;
    date->zone_minutes = (is_west ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

int64_t isodate_parse(struct bytes text)
{
    struct date date = { .month = 1, .day = 1 };
    size_t at = 0;
    text = bytes_trim(text);
    if (take_digits(text, &at, 4, &date.year) != 4)
        return -1;
    if (take_char(text, &at, '-') && take_digits(text, &at, 2, &date.month) != 2)
        return -1;
    if (at == 7 && take_char(text, &at, '-') && take_digits(text, &at, 2, &date.day) != 2)
        return -1;
    bool has_time = at == 10 && (take_char(text, &at, 'T') || take_char(text, &at, 't') ||
                                 take_char(text, &at, ' '));
    if (has_time && (!take_iso_time(text, &at, &date) || !take_iso_zone(text, &at, &date)))
        return -1;
    return at == text.length ? date_ms(&date) : -1;
}
