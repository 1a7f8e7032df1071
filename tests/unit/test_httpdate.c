/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/httpdate.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

struct row {
    const char *text;
    int64_t seconds; /* -1: no date. */
};

static void check_rows(int64_t (*parse)(struct bytes text), const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t wanted = rows[i].seconds < 0 ? -1 : rows[i].seconds * 1000;
        int64_t got = parse(bytes_from_string(rows[i].text));
        ck_assert_msg(got == wanted, "%s: %lld", rows[i].text, (long long)got);
    }
}

START_TEST(the_three_forms_of_the_standard_are_one_moment)
{
    static const struct row rows[] = {
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
        { "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
        { "Sun Nov  6 08:49:37 1994", 784111777 },
        { "sun, 06 nov 1994 08:49:37 gmt", 784111777 },
    };
    check_rows(httpdate_parse, rows, COUNT(rows));
}
END_TEST

START_TEST(an_exact_date_has_one_of_the_three_forms_to_the_letter)
{
    static const struct row rows[] = {
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
        { "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
        { "Sun Nov  6 08:49:37 1994", 784111777 },
        { "Wed Nov 16 08:49:37 1994", 784975777 },
        { "SUN, 06 nOV 1994 08:49:37 gmt", 784111777 },
        { "Thursday, 18-Aug-50 02:01:18 GMT", 2544400878 },
        { "Mon, 06 Nov 1994 08:49:37 GMT", 784111777 }, /* Which weekday it says is all the same. */
        { "Sun, 31 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 06 Nov 1994 24:00:00 GMT", -1 },
        { "Wed, 31 Dec 1969 23:59:59 GMT", -1 },
        { "Sun 06 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 06-Nov-1994 08:49:37 GMT", -1 },
        { "Sun, 06 Nov 94 08:49:37 GMT", -1 },
        { "Sunday, 06-Nov-1994 08:49:37 GMT", -1 },
        { "Sun, 06-Nov-94 08:49:37 GMT", -1 },
        { "Sunday, 06 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 6 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 06 Nov 1994 8:49:37 GMT", -1 },
        { "Sun, 06 Nov 1994 08.49.37 GMT", -1 },
        { "Sun, 06 Nov 1994 08:49:37 UTC", -1 },
        { "Sun, 06 Nov 1994 08:49:37 AEST", -1 },
        { "Sun, 06 Nov 1994 08:49:37", -1 },
        { "Sun, 06 Nov 1994 08:49:37 ", -1 },
        { "Sun, 06 Nov 1994 08:49:37 GMTx", -1 },
        { "Sun, 06  Nov 1994 08:49:37 GMT", -1 },
        { " Sun, 06 Nov 1994 08:49:37 GMT", -1 },
        { "Sun Nov 6 08:49:37 1994", -1 },
        { "Sun Nov  16 08:49:37 1994", -1 },
        { "Xun, 06 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 06 Xov 1994 08:49:37 GMT", -1 },
        { "0", -1 },
        { "", -1 },
        { "Sun", -1 },
    };
    check_rows(httpdate_parse_exact, rows, COUNT(rows));
}
END_TEST

START_TEST(a_date_is_written_as_it_is_read)
{
    static const struct row rows[] = {
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
        { "Thu, 29 Feb 2024 12:00:00 GMT", 1709208000 },
        { "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[HTTPDATE_TEXT_BYTES];
        ck_assert_str_eq(httpdate_format(text, rows[i].seconds * 1000 + 999), rows[i].text);
    }
}
END_TEST

START_TEST(a_day_and_a_second_of_it_are_a_moment)
{
    ck_assert_int_eq(httpdate_of(1994, 11, 6, 31777), INT64_C(784111777000));
    ck_assert_int_eq(httpdate_of(2024, 2, 29, 0), INT64_C(1709164800000));
    ck_assert_int_eq(httpdate_of(2023, 2, 29, 0), -1);
    ck_assert_int_eq(httpdate_of(1969, 12, 31, 0), -1);
    ck_assert_int_eq(httpdate_of(2024, 13, 1, 0), -1);
    ck_assert_int_eq(httpdate_of(2024, 1, 1, 86400), -1);
    ck_assert_int_eq(httpdate_of(2024, 1, 1, -1), -1);
}
END_TEST

START_TEST(dates_at_the_edges_of_the_calendar_are_right)
{
    static const struct row rows[] = {
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Thu, 01 Jan 1970 00:00:01 GMT", 1 },
        { "Thu, 01-Jan-70 00:00:01 GMT", 1 },
        { "Wed, 31 Dec 1969 23:59:59 GMT", -1 },
        { "Sun, 06 Nov 1900 08:49:37 GMT", -1 },
        { "Tue, 29 Feb 2000 00:00:00 GMT", 951782400 },
        { "Wed, 01 Mar 2000 00:00:00 GMT", 951868800 },
        { "Thu, 29 Feb 2024 12:00:00 GMT", 1709208000 },
        { "Wed, 29 Feb 2023 12:00:00 GMT", -1 },
        { "Mon, 29 Feb 2100 12:00:00 GMT", -1 },
        { "Tue, 19 Jan 2038 03:14:08 GMT", 2147483648 },
        { "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 },
        { "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },
        { "Sat, 31 Dec 2016 23:59:61 GMT", -1 },
        { "Sat, 31 Dec 2016 24:00:00 GMT", -1 },
        { "Sat, 31 Dec 2016 23:60:00 GMT", -1 },
        { "31 Apr 2024", -1 },
        { "00 Jan 2024", -1 },
        { "01 Jan 69", 3124224000 },
        { "01 Jan 10000", -1 },
    };
    check_rows(httpdate_parse, rows, COUNT(rows));
}
END_TEST

START_TEST(what_servers_write_instead_is_understood)
{
    static const struct row rows[] = {
        { "06 Nov 1994 08:49:37", 784111777 },
        { "6-Nov-1994 8:49:37 GMT", 784111777 },
        { "1994 Nov 6 08:49:37", 784111777 },
        { "Nov 6, 1994 08:49:37", 784111777 },
        { "19941106 08:49:37", 784111777 },
        { "\"Sun, 06 Nov 1994 08:49:37 GMT\"", 784111777 },
        { "  Sun,06 Nov 1994  08:49:37 GMT  ", 784111777 },
        { "06 Nov 1994 08:49 GMT", 784111740 },
        { "06 Nov 1994", 784080000 },
        { "Sun, 06 Nov 1994 08:49:37 +0100", 784108177 },
        { "Sun, 06 Nov 1994 08:49:37 -0700", 784136977 },
        { "Sun, 06 Nov 1994 08:49:37 EST", 784129777 },
        { "Sun, 06 Nov 1994 08:49:37 CEST", 784104577 },
        { "06 Nov 1994 08:49:37 A", 784108177 },
        { "06 Nov 1994 08:49:37 M", 784068577 },
        { "06 Nov 1994 08:49:37 N", 784115377 },
        { "06 Nov 1994 08:49:37 Y", 784154977 },
        { "06 Nov 1994 08:49:37 Z", 784111777 },
        { "Sun, 06 Nov 1994 08:49:37 GMT and more", 784111777 },
    };
    check_rows(httpdate_parse, rows, COUNT(rows));
}
END_TEST

START_TEST(what_is_no_date_is_refused)
{
    static const struct row rows[] = {
        { "", -1 },
        { "0", -1 },
        { "-1", -1 },
        { "now", -1 },
        { "GMT", -1 },
        { "Sun, 06 Nov", -1 },
        { "06 Nov 1994 08:49:37 J", -1 },
        { "06 Nov 1994 08:49:37 XYZ", -1 },
        { "06 November 1994", -1 },
        { "06 Nov Dec 1994", -1 },
        { "06 Nov 1994 1995", -1 },
        { "06 Nov -0700 08:49:37 1994", -1 },
        { "06 Nov 1994 08:49:37 09:00:00", -1 },
        { "06 Nov 1994 08:", -1 },
        { "06 Nov 1994 08:49:", -1 },
        { "06 Nov 199412345678901234567890", -1 },
        { "19941306", -1 },
        { "1994-11-06 08:49:37", -1 },
    };
    check_rows(httpdate_parse, rows, COUNT(rows));
}
END_TEST

START_TEST(iso_dates_are_read_in_each_length)
{
    static const struct row rows[] = {
        { "1994-11-06T08:49:37Z", 784111777 },
        { "1994-11-06t08:49:37z", 784111777 },
        { "1994-11-06 08:49:37", 784111777 },
        { "1994-11-06T08:49:37+01:00", 784108177 },
        { "1994-11-06T08:49:37-0700", 784136977 },
        { "1994-11-06T08:49:37+01", 784108177 },
        { "1994-11-06T08:49Z", 784111740 },
        { " 1994-11-06\n", 784080000 },
        { "1994-11", 783648000 },
        { "1994", 757382400 },
        { "1970-01-01", 0 },
        { "1970-01-01T00:00:00+01:00", -1 },
        { "", -1 },
        { "94-11-06", -1 },
        { "1994-", -1 },
        { "1994-11-", -1 },
        { "1994-13-06", -1 },
        { "1994-11-31", -1 },
        { "1994-11-06T", -1 },
        { "1994-11-06T08", -1 },
        { "1994-11-06T8:49", -1 },
        { "1994-11-06T08:49:7", -1 },
        { "1994-11-06T08:49:37.", -1 },
        { "1994-11-06T24:00:00Z", -1 },
        { "1994-11-06T08:49:37+1:00", -1 },
        { "1994-11-06T08:49:37+01:0", -1 },
        { "1994-11-06T08:49:37+01:", -1 },
        { "1994-11-06T08:49:37+15:00", -1 },
        { "1994-11-06T08:49:37ZZ", -1 },
        { "1994T08:49:37Z", -1 },
        { "1994-11-06x", -1 },
    };
    check_rows(isodate_parse, rows, COUNT(rows));
}
END_TEST

START_TEST(fractions_of_a_second_count_to_the_millisecond)
{
    ck_assert_int_eq(isodate_parse(BYTES("1994-11-06T08:49:37.5Z")), 784111777500);
    ck_assert_int_eq(isodate_parse(BYTES("1994-11-06T08:49:37.123456789Z")), 784111777123);
    ck_assert_int_eq(isodate_parse(BYTES("1994-11-06T08:49:37,01+00:00")), 784111777010);
}
END_TEST

SUITE_MAIN("httpdate", an_exact_date_has_one_of_the_three_forms_to_the_letter,
           a_date_is_written_as_it_is_read, a_day_and_a_second_of_it_are_a_moment,
           the_three_forms_of_the_standard_are_one_moment,
           dates_at_the_edges_of_the_calendar_are_right, what_servers_write_instead_is_understood,
           what_is_no_date_is_refused, iso_dates_are_read_in_each_length,
           fractions_of_a_second_count_to_the_millisecond)
