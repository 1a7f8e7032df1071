/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/cache_control.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define MOST        INT64_C(2147483648)

static struct cache_control read_value(const char *value)
{
    char headers[512];
    snprintf(headers, sizeof(headers), "Cache-Control: %s\r\n", value);
    struct cache_control control;
    cache_control_read(&control, bytes_from_string(headers));
    return control;
}

START_TEST(lifetimes_are_read_and_what_is_unreadable_is_no_leave)
{
    static const struct {
        const char *value;
        int64_t max_age_s;
    } rows[] = {
        { "", -1 },
        { "max-age=60", 60 },
        { "MaX-aGE=60", 60 },
        { "max-age=0", 0 },
        { "max-age=00060", 60 },
        { "max-age=2147483647", 2147483647 },
        { "max-age=2147483649", MOST },
        { "max-age=99999999999999999999999999", MOST },
        { "max-age=\"60\"", 60 },
        { "max-age=\"60", 0 },
        { "max-age='60'", 0 },
        { "max-age", 0 },
        { "max-age=", 0 },
        { "max-age=\"\"", 0 },
        { "max-age=-60", 0 },
        { "max-age=+60", 0 },
        { "max-age=60.5", 0 },
        { "max-age=60s", 0 },
        { "max-age=0x60", 0 },
        { "max-age=6 0", 0 },
        { "max-age= 60", 0 },
        { "max-age =60", 0 },
        { "max-age=60=5", 0 },
        { "max-age:60", -1 },
        { "max_age=60", -1 },
        { "xmax-age=60", -1 },
        { "s-maxage=60", -1 },
        /* The first of two counts, whichever is longer; one in a quoted string is none. */
        { "max-age=60, max-age=5", 60 },
        { "max-age=5, max-age=60", 5 },
        { "max-age=x, max-age=60", 0 },
        { "max-age=60\r\nCache-Control: max-age=5", 60 },
        { "public\r\nOther: x\r\ncache-control:max-age=60", 60 },
        { "x=\"max-age=5\", max-age=60", 60 },
        { "x=\"a, max-age=5\" ,, max-age=60", 60 },
        { "x=\"\\\", max-age=5\", max-age=60", 60 },
        { "x=\", max-age=60", -1 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_control control = read_value(rows[i].value);
        ck_assert_msg(control.max_age_s == rows[i].max_age_s, "%s gives %lld", rows[i].value,
                      (long long)control.max_age_s);
    }
}
END_TEST

START_TEST(each_directive_with_seconds_has_a_meaning_without_and_with_a_bad_number)
{
    struct cache_control control =
        read_value("stale-while-revalidate=1, stale-if-error=2, max-stale=3, min-fresh=4");
    ck_assert_int_eq(control.stale_while_revalidate_s, 1);
    ck_assert_int_eq(control.stale_if_error_s, 2);
    ck_assert_int_eq(control.max_stale_s, 3);
    ck_assert_int_eq(control.min_fresh_s, 4);
    control = read_value("stale-while-revalidate, stale-if-error, max-stale, min-fresh");
    ck_assert_int_eq(control.stale_while_revalidate_s, 0);
    ck_assert_int_eq(control.stale_if_error_s, 0);
    ck_assert_int_eq(control.max_stale_s, MOST);
    ck_assert_int_eq(control.min_fresh_s, 0);
    control = read_value("stale-while-revalidate=x, stale-if-error=x, max-stale=x, min-fresh=x");
    ck_assert_int_eq(control.stale_while_revalidate_s, 0);
    ck_assert_int_eq(control.stale_if_error_s, 0);
    ck_assert_int_eq(control.max_stale_s, 0);
    ck_assert_int_eq(control.min_fresh_s, MOST);
}
END_TEST

START_TEST(what_forbids_is_heeded_in_any_form_and_what_allows_only_in_its_own)
{
    static const struct {
        const char *value;
        const char *flags; /* Cache, Store, Revalidate, Understand, Public, Private, Immutable. */
    } rows[] = {
        { "", "" },
        { "no-cache", "C" },
        { "No-CaChE", "C" },
        { "no-store", "S" },
        { "must-revalidate", "R" },
        { "must-understand", "U" },
        { "public", "P" },
        { "private", "p" },
        { "immutable", "I" },
        { "proxy-revalidate, s-maxage=5, no-transform, x", "" },
        { "no-cache, no-store\tx, must-revalidate", "CR" },
        { "no-store=x, must-revalidate=\"\", private=\"set-cookie\"", "SRp" },
        { "must-understand=x, public=1, immutable=\"\"", "" },
        { "no-cache=", "C" },
        { "no-cache=\"\"", "C" },
        { "no-cache=\"a b\"", "C" },
        { "no-cache=\"a, b c\"", "C" },
        { "no-cache=\"a, b\"", "" },
        { "no-cache=a", "" },
        { "no-cache=\"a\", no-cache", "C" },
        { "no-store =x", "S" },
        { "nostore, no_cache, no-cachex", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cache_control control = read_value(rows[i].value);
        char flags[8] = "";
        const bool has[] = { control.is_no_cache,        control.is_no_store,
                             control.is_must_revalidate, control.is_must_understand,
                             control.is_public,          control.is_private,
                             control.is_immutable };
        for (size_t flag = 0, at = 0; flag < COUNT(has); flag++)
            if (has[flag])
                flags[at++] = "CSRUPpI"[flag];
        ck_assert_msg(strcmp(flags, rows[i].flags) == 0, "%s gives %s", rows[i].value, flags);
    }
}
END_TEST

START_TEST(a_no_cache_with_names_hides_those_fields)
{
    struct bytes headers =
        BYTES("Cache-Control: no-cache=\"Set-Cookie, b\", max-age=5, no-cache\r\n"
              "Cache-Control: no-cache=c, private=d, No-Cache=\"e,f\"\r\n");
    static const char *const names[] = { "Set-Cookie", "b", "c", "e", "f" };
    struct cache_hidden walk = { 0 };
    struct bytes name;
    for (size_t i = 0; i < COUNT(names); i++) {
        ck_assert(cache_control_next_hidden(headers, &walk, &name));
        ck_assert(bytes_equal(name, bytes_from_string(names[i])));
    }
    ck_assert(!cache_control_next_hidden(headers, &walk, &name));
}
END_TEST

SUITE_MAIN("cache_control", lifetimes_are_read_and_what_is_unreadable_is_no_leave,
           each_directive_with_seconds_has_a_meaning_without_and_with_a_bad_number,
           what_forbids_is_heeded_in_any_form_and_what_allows_only_in_its_own,
           a_no_cache_with_names_hides_those_fields)
