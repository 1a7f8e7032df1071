/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/hours.h"

enum { MINUTE_MS = 60 * 1000 };

/* Central Europe, written out, so that no database of time zones is needed. */
static void live_in_berlin(void)
{
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
}

/* "2026-03-28 23:15" by the clock in UTC. */
static int64_t utc_ms(const char *text)
{
    struct tm parts = { 0 };
    const char *end = strptime(text, "%Y-%m-%d %H:%M", &parts);
    ck_assert_msg(end && !*end, "%s", text);
    return 1000 * (int64_t)timegm(&parts);
}

static struct hours hours_of(const char *text)
{
    struct hours hours;
    const char *problem = "";
    ck_assert_msg(hours_parse(&hours, bytes_from_string(text), &problem), "%s: %s", text, problem);
    return hours;
}

START_TEST(hours_are_read_and_printed_in_one_way)
{
    static const struct {
        const char *text;
        const char *printed; /* NULL: it cannot be read. */
    } rows[] = {
        { "", "" },
        { "  ", "" },
        { "22:00-06:00", "22:00-06:00" },
        { " 22:00 - 6:00 ", "22:00-06:00" },
        { "00:00-24:00", "00:00-24:00" },
        { "9:5-17:30", "09:05-17:30" },
        { "22:00-06:00 UTC", "22:00-06:00 UTC" },
        { "22:00-06:00 utc", "22:00-06:00 UTC" },
        { "Mon-Fri 20:00-07:00,Sat-Sun 00:00-24:00", "Mon-Fri 20:00-07:00, Sat-Sun 00:00-24:00" },
        { "sat 10:00-11:00", "Sat 10:00-11:00" },
        { "Fri-Mon 10:00-11:00", "Fri-Mon 10:00-11:00" },
        { "Sun-Mon 10:00-11:00", "Sun-Mon 10:00-11:00" },
        { "Mon-Sun 10:00-11:00", "10:00-11:00" },
        { "Tue - Thu 01:00-02:00, 03:00-04:00 UTC", "Tue-Thu 01:00-02:00, 03:00-04:00 UTC" },
        { "Sat", NULL },
        { "Sat,Sun 10:00-12:00", NULL }, /* Which may not pass for the whole of Saturday. */
        { "Funday 10:00-12:00", NULL },
        { "Monday 10:00-12:00", NULL },
        { "Mon- 10:00-12:00", NULL },
        { "22:00", NULL },
        { "22-06", NULL },
        { "22:00-", NULL },
        { "-06:00", NULL },
        { "25:00-06:00", NULL },
        { "24:01-06:00", NULL },
        { "24:00-06:00", NULL },
        { "22:60-06:00", NULL },
        { "22:00-06:00:00", NULL },
        { "022:00-06:00", NULL },
        { "06:00-06:00", NULL },
        { "22:00-06:00 CET", NULL },
        { "UTC", NULL },
        { "22:00-06:00,", NULL },
        { ",22:00-06:00", NULL },
        { "22:00-06:00UTC", NULL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct hours hours = { .count = 99 };
        const char *problem = NULL;
        struct buf out;
        buf_init(&out, BUF_UNBOUNDED);
        bool is_read = hours_parse(&hours, bytes_from_string(rows[i].text), &problem);
        ck_assert_msg(is_read == (rows[i].printed != NULL), "%s", rows[i].text);
        ck_assert_msg(is_read || (problem && hours.count == 99), "%s", rows[i].text);
        if (is_read)
            hours_print(&hours, &out);
        ck_assert_msg(!is_read || bytes_equal(buf_bytes(&out), bytes_from_string(rows[i].printed)),
                      "%s: %.*s", rows[i].text, (int)out.length, out.data ? out.data : "");
        buf_clear(&out);
    }
}
END_TEST

START_TEST(sixteen_ranges_are_the_most)
{
    struct hours hours;
    const char *problem = NULL;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (int i = 0; i < HOURS_RANGES_MOST; i++)
        buf_printf(&text, "%s%d:00-%d:30", i ? "," : "", i, i);
    ck_assert(hours_parse(&hours, buf_bytes(&text), &problem));
    ck_assert_uint_eq(hours.count, HOURS_RANGES_MOST);
    buf_append_string(&text, ",20:00-21:00");
    ck_assert(!hours_parse(&hours, buf_bytes(&text), &problem));
    buf_clear(&text);
}
END_TEST

/* 2026-01-05 is a Monday. Winter in Berlin is an hour ahead of UTC. */
START_TEST(when_hours_are_open_and_when_they_begin)
{
    static const struct {
        const char *hours;
        const char *now;  /* UTC. */
        const char *open; /* UTC; NULL: now. */
    } rows[] = {
        { "", "2026-01-05 12:00", NULL },
        { "22:00-06:00 UTC", "2026-01-05 12:00", "2026-01-05 22:00" },
        { "22:00-06:00 UTC", "2026-01-05 22:00", NULL },
        { "22:00-06:00 UTC", "2026-01-06 05:59", NULL },
        { "22:00-06:00 UTC", "2026-01-06 06:00", "2026-01-06 22:00" },
        { "22:00-06:00", "2026-01-05 12:00", "2026-01-05 21:00" },
        { "22:00-06:00", "2026-01-05 04:59", NULL },
        { "22:00-06:00", "2026-01-05 05:00", "2026-01-05 21:00" },
        { "00:00-24:00 UTC", "2026-01-05 23:59", NULL },
        { "10:00-24:00 UTC", "2026-01-05 00:00", "2026-01-05 10:00" },
        /* A range belongs to the day on which it begins. */
        { "Fri 22:00-06:00 UTC", "2026-01-10 05:59", NULL },
        { "Fri 22:00-06:00 UTC", "2026-01-10 06:00", "2026-01-16 22:00" },
        { "Fri 22:00-06:00 UTC", "2026-01-09 05:00", "2026-01-09 22:00" },
        { "Sat 22:00-06:00 UTC", "2026-01-11 03:00", NULL },
        { "Sun 22:00-06:00 UTC", "2026-01-12 03:00", NULL },
        { "Mon 10:00-11:00 UTC", "2026-01-05 11:00", "2026-01-12 10:00" },
        { "Mon 10:00-11:00 UTC", "2026-01-05 09:59", "2026-01-05 10:00" },
        /* Of several, the next one. */
        { "Mon-Fri 20:00-07:00, Sat-Sun 00:00-24:00 UTC", "2026-01-09 12:00", "2026-01-09 20:00" },
        { "Mon-Fri 20:00-07:00, Sat-Sun 00:00-24:00 UTC", "2026-01-11 12:00", NULL },
        { "Mon-Fri 20:00-07:00, Sat-Sun 00:00-24:00 UTC", "2026-01-12 00:00", "2026-01-12 20:00" },
        { "12:00-13:00, 02:00-03:00 UTC", "2026-01-05 01:00", "2026-01-05 02:00" },
        { "12:00-13:00, 02:00-03:00 UTC", "2026-01-05 04:00", "2026-01-05 12:00" },
        { "12:00-13:00, 02:00-03:00 UTC", "2026-01-05 13:00", "2026-01-06 02:00" },
        /* Over the ends of months and years. */
        { "01:00-02:00 UTC", "2026-12-31 12:00", "2027-01-01 01:00" },
        { "01:00-02:00 UTC", "2028-02-28 12:00", "2028-02-29 01:00" },
        /* The clock goes from 02:00 to 03:00 (01:00 UTC) on 2026-03-29. */
        { "22:00-06:00", "2026-03-29 03:59", NULL },
        { "22:00-06:00", "2026-03-29 04:00", "2026-03-29 20:00" },
        { "02:30-05:00", "2026-03-29 00:59", "2026-03-29 01:00" },
        { "02:30-02:45", "2026-03-29 00:00", "2026-03-30 00:30" },
        /* And back from 03:00 to 02:00 (01:00 UTC) on 2026-10-25: that hour comes twice. */
        { "02:15-02:45", "2026-10-25 00:20", NULL },
        { "02:15-02:45", "2026-10-25 01:20", NULL },
        { "02:15-02:45", "2026-10-25 01:45", "2026-10-26 01:15" },
        { "22:00-06:00", "2026-10-25 04:59", NULL },
        { "22:00-06:00", "2026-10-25 05:00", "2026-10-25 21:00" },
    };
    live_in_berlin();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct hours hours = hours_of(rows[i].hours);
        int64_t now_ms = utc_ms(rows[i].now);
        int64_t wanted_ms = rows[i].open ? utc_ms(rows[i].open) : now_ms;
        ck_assert_msg(hours_are_open(&hours, now_ms) == !rows[i].open, "row %zu", i);
        ck_assert_msg(hours_open_at_ms(&hours, now_ms) == wanted_ms,
                      "row %zu: %" PRId64 " minutes off", i,
                      (hours_open_at_ms(&hours, now_ms) - wanted_ms) / MINUTE_MS);
        ck_assert(hours_are_open(&hours, wanted_ms));
    }
}
END_TEST

/* Minute by minute, over two weeks with each change of the clock in them. */
START_TEST(what_is_said_of_the_next_minute_comes_true)
{
    static const char *const texts[] = { "22:00-06:00", "Mon-Fri 20:00-07:00, Sun 02:30-03:15",
                                         "02:00-03:00", "Sat 23:30-02:30 UTC" };
    static const char *const starts[] = { "2026-03-22 00:00", "2026-10-18 00:00" };
    live_in_berlin();
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct hours hours = hours_of(texts[i]);
        for (size_t j = 0; j < 2; j++) {
            int64_t promised_ms = 0;
            for (int64_t k = 0; k < 14 * 24 * 60; k++) {
                int64_t now_ms = utc_ms(starts[j]) + k * MINUTE_MS;
                if (promised_ms > 0)
                    ck_assert_msg(hours_are_open(&hours, now_ms) == (now_ms >= promised_ms),
                                  "%s: minute %" PRId64 " after %s", texts[i], k, starts[j]);
                promised_ms = hours_are_open(&hours, now_ms) ? 0
                              : promised_ms > 0              ? promised_ms
                                                             : hours_open_at_ms(&hours, now_ms);
            }
        }
    }
}
END_TEST

SUITE_MAIN("hours", hours_are_read_and_printed_in_one_way, sixteen_ranges_are_the_most,
           when_hours_are_open_and_when_they_begin, what_is_said_of_the_next_minute_comes_true)
