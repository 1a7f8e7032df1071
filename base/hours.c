/* SPDX-License-Identifier: MIT */
#include "base/hours.h"

#include <assert.h>

enum {
    DAYS = 7,
    EVERY_DAY = 0x7f,
    HOUR_MINUTES = 60,
    DAY_MINUTES = 24 * HOUR_MINUTES,
    MINUTE_MS = 60 * 1000,
    /* How far from it the C library may put a time that there is not, as the clock goes forward. */
    GAP_MINUTES_MOST = 3 * HOUR_MINUTES,
};

static const char day_names[DAYS][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };

/* ---- Reading */

static void skip_space(struct bytes *text)
{
    *text = bytes_trim(*text);
}

/* One or two digits, at most `most`. */
static bool take_number(struct bytes *text, unsigned most, unsigned *number)
{
    size_t digits = 0;
    *number = 0;
    while (digits < text->length && digits < 2 && ascii_is_digit(text->data[digits]))
        *number = 10 * *number + (unsigned)(text->data[digits++] - '0');
    *text = bytes_slice(*text, digits, text->length);
    return digits > 0 && *number <= most;
}

static bool take_char(struct bytes *text, char wanted)
{
    skip_space(text);
    if (text->length == 0 || text->data[0] != wanted)
        return false;
    *text = bytes_slice(*text, 1, text->length);
    skip_space(text);
    return true;
}

/* "22:00" */
static bool take_time(struct bytes *text, uint16_t *minutes)
{
    unsigned hour;
    unsigned minute;
    if (!take_number(text, 24, &hour) || !take_char(text, ':') || !take_number(text, 59, &minute))
        return false;
    *minutes = (uint16_t)(hour * HOUR_MINUTES + minute);
    return *minutes <= DAY_MINUTES;
}

static bool take_day(struct bytes *text, unsigned *day)
{
    for (*day = 0; *day < DAYS; ++*day) {
        if (!bytes_start_with_nocase(*text, bytes_of(day_names[*day], 3)))
            continue;
        *text = bytes_slice(*text, 3, text->length);
        return true;
    }
    return false;
}

/* "Mon", "Fri-Sun" (over the end of the week, too), or nothing. */
static bool take_days(struct bytes *text, uint8_t *days)
{
    unsigned first;
    unsigned last;
    *days = EVERY_DAY;
    if (text->length == 0 || !ascii_is_alpha(text->data[0]))
        return true;
    if (!take_day(text, &first))
        return false;
    last = first;
    if (take_char(text, '-') && !take_day(text, &last))
        return false;
    *days = 0;
    for (unsigned day = first;; day = (day + 1) % DAYS) {
        *days |= (uint8_t)(1U << day);
        if (day == last)
            return true;
    }
}

static const char *read_range(struct bytes text, struct hours_range *range)
{
    skip_space(&text);
    if (!take_days(&text, &range->days))
        return "days are Mon Tue Wed Thu Fri Sat Sun, one, or a first and a last as in Mon-Fri";
    skip_space(&text);
    if (!take_time(&text, &range->from) || !take_char(&text, '-') || !take_time(&text, &range->to))
        return "hours are written 22:00-06:00";
    skip_space(&text);
    if (text.length > 0)
        return "something stands behind the hours; ranges are separated by commas";
    if (range->from == range->to || range->from == DAY_MINUTES)
        return "no time lies between the two; a whole day is 00:00-24:00";
    return NULL;
}

/* "UTC" at the end, behind a blank. */
static bool take_utc(struct bytes *text)
{
    const size_t length = 3;
    if (text->length <= length || !ascii_is_space(text->data[text->length - length - 1]) ||
        !bytes_equal_nocase(bytes_slice(*text, text->length - length, text->length), BYTES("UTC")))
        return false;
    *text = bytes_trim(bytes_slice(*text, 0, text->length - length));
    return true;
}

bool hours_parse(struct hours *hours, struct bytes text, const char **problem)
{
    struct hours read = { 0 };
    struct bytes range;
    skip_space(&text);
    read.is_utc = take_utc(&text);
    if (text.length == 0)
        text.data = NULL;
    while (bytes_split(&text, ',', &range)) {
        *problem = read.count == HOURS_RANGES_MOST ? "these are more than 16 ranges"
                                                   : read_range(range, &read.ranges[read.count]);
        if (*problem)
            return false;
        read.count++;
    }
    *hours = read;
    return true;
}

/* ---- Printing */

/* Days in a row, from the first behind one that is not there. */
static void print_days(uint8_t days, struct buf *out)
{
    unsigned first = 0;
    unsigned count = 0;
    if (days == EVERY_DAY)
        return;
    while (!(days >> first & 1) || (days >> (first + DAYS - 1) % DAYS & 1))
        first++;
    while (days >> (first + count) % DAYS & 1)
        count++;
    buf_append_string(out, day_names[first]);
    if (count > 1)
        buf_printf(out, "-%s", day_names[(first + count - 1) % DAYS]);
    buf_append_char(out, ' ');
}

void hours_print(const struct hours *hours, struct buf *out)
{
    for (size_t i = 0; i < hours->count; i++) {
        const struct hours_range *range = &hours->ranges[i];
        if (i > 0)
            buf_append_string(out, ", ");
        print_days(range->days, out);
        buf_printf(out, "%02d:%02d-%02d:%02d", range->from / HOUR_MINUTES,
                   range->from % HOUR_MINUTES, range->to / HOUR_MINUTES, range->to % HOUR_MINUTES);
    }
    if (hours->count > 0 && hours->is_utc)
        buf_append_string(out, " UTC");
}

/* ---- Asking */

static struct tm parts_of(const struct hours *hours, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts = { 0 };
    struct tm *done = hours->is_utc ? gmtime_r(&seconds, &parts) : localtime_r(&seconds, &parts);
    assert(done);
    (void)done;
    return parts;
}

static bool range_has(const struct hours_range *range, unsigned day, int minute)
{
    bool begins_today = range->days >> day & 1;
    bool began_yesterday = range->days >> (day + DAYS - 1) % DAYS & 1;
    if (range->from < range->to)
        return begins_today && minute >= range->from && minute < range->to;
    return (begins_today && minute >= range->from) || (began_yesterday && minute < range->to);
}

bool hours_are_open(const struct hours *hours, int64_t wall_ms)
{
    if (hours->count == 0)
        return true;
    struct tm now = parts_of(hours, wall_ms);
    int minute = now.tm_hour * HOUR_MINUTES + now.tm_min;
    for (size_t i = 0; i < hours->count; i++)
        if (range_has(&hours->ranges[i], (unsigned)now.tm_wday, minute))
            return true;
    return false;
}

/* That minute of the day so many days after now. False where the clock leaves it out; then *at_ms
 * is near it. */
static bool find_minute(const struct hours *hours, const struct tm *now, int days, int minute,
                        int64_t *at_ms)
{
    struct tm then = { .tm_year = now->tm_year,
                       .tm_mon = now->tm_mon,
                       .tm_mday = now->tm_mday + days,
                       .tm_hour = minute / HOUR_MINUTES,
                       .tm_min = minute % HOUR_MINUTES,
                       .tm_isdst = -1 };
    *at_ms = 1000 * (int64_t)(hours->is_utc ? timegm(&then) : mktime(&then));
    return then.tm_hour * HOUR_MINUTES + then.tm_min == minute;
}

/* The first open minute behind the gap that the clock leaves as it goes forward; INT64_MAX where
 * the hours lie in it. */
static int64_t behind_gap_ms(const struct hours *hours, int64_t gap_ms, int64_t wall_ms)
{
    int64_t at_ms = gap_ms - (int64_t)GAP_MINUTES_MOST * MINUTE_MS;
    for (int i = 0; i < 2 * GAP_MINUTES_MOST; i++, at_ms += MINUTE_MS)
        if (at_ms > wall_ms && hours_are_open(hours, at_ms))
            return at_ms;
    return INT64_MAX;
}

/* Where the clock goes back, a minute comes twice: the first of the two, unless it is over. */
static int64_t first_of_two_ms(const struct hours *hours, int64_t at_ms, int64_t wall_ms)
{
    static const int64_t steps_ms[] = { HOUR_MINUTES * MINUTE_MS, HOUR_MINUTES / 2 * MINUTE_MS };
    struct tm at = parts_of(hours, at_ms);
    for (size_t i = 0; i < sizeof(steps_ms) / sizeof(steps_ms[0]); i++) {
        struct tm before = parts_of(hours, at_ms - steps_ms[i]);
        if (before.tm_hour == at.tm_hour && before.tm_min == at.tm_min &&
            at_ms - steps_ms[i] > wall_ms)
            return at_ms - steps_ms[i];
    }
    return at_ms;
}

/* When the range begins next, after now. */
static int64_t next_start_ms(const struct hours *hours, const struct hours_range *range,
                             const struct tm *now, int64_t wall_ms)
{
    for (int days = 0; days <= DAYS; days++) {
        int64_t start_ms;
        if (!(range->days >> (now->tm_wday + days) % DAYS & 1))
            continue;
        if (find_minute(hours, now, days, range->from, &start_ms))
            start_ms = first_of_two_ms(hours, start_ms, wall_ms);
        else
            start_ms = behind_gap_ms(hours, start_ms, wall_ms);
        if (start_ms > wall_ms && start_ms < INT64_MAX)
            return start_ms;
    }
    /* The one time in this week lies in a gap: look again behind it. */
    return wall_ms + (int64_t)DAYS * DAY_MINUTES * MINUTE_MS;
}

int64_t hours_open_at_ms(const struct hours *hours, int64_t wall_ms)
{
    if (hours_are_open(hours, wall_ms))
        return wall_ms;
    struct tm now = parts_of(hours, wall_ms);
    int64_t open_at_ms = INT64_MAX;
    for (size_t i = 0; i < hours->count; i++) {
        int64_t start_ms = next_start_ms(hours, &hours->ranges[i], &now, wall_ms);
        if (start_ms < open_at_ms)
            open_at_ms = start_ms;
    }
    return open_at_ms;
}
