/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "config/config.h"

static const char *const names[] = { "delay", "delay_factor", "max_pages", "max_depth", "scope",
                                     "run",   "init",         "seed",      "user_agent" };

static void check_rows(const char *const rows[][2], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *nearest = nearest_name(rows[i][0], names, sizeof(names) / sizeof(names[0]));
        ck_assert_msg((nearest != NULL) == (rows[i][1] != NULL), "%s: %s", rows[i][0],
                      nearest ? nearest : "nothing");
        if (nearest)
            ck_assert_str_eq(nearest, rows[i][1]);
    }
}

START_TEST(a_slip_of_the_finger_finds_its_name)
{
    static const char *const rows[][2] = {
        { "dealy", "delay" },
        { "delai", "delay" },
        { "DELAY", "delay" },
        { "maxpages", "max_pages" },
        { "max_page", "max_pages" },
        { "user-agent", "user_agent" },
        { "rnu", "run" },
        { "inti", "init" },
        { "seeds", "seed" },
        { "max_dpeth", "max_depth" },
        { "useragent", "user_agent" },
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
END_TEST

START_TEST(the_beginning_of_a_name_finds_it)
{
    static const char *const rows[][2] = {
        { "user", "user_agent" },
        { "del", "delay" },
        { "delay_f", "delay_factor" },
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}
END_TEST

START_TEST(what_is_near_to_nothing_finds_nothing)
{
    static const char *const rows[][2] = {
        { "", NULL },
        { "x", NULL },
        { "proxy", NULL },
        { "frobnicate", NULL },
        { "a-name-far-longer-than-any-that-the-table-could-ever-hold", NULL },
    };
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
    ck_assert_ptr_null(nearest_name("delay", NULL, 0));
}
END_TEST

START_TEST(of_two_near_names_the_nearer_is_meant)
{
    static const char *const near[] = { "max_paths", "max_pages" };
    ck_assert_str_eq(nearest_name("max_pagse", near, 2), "max_pages");
    static const char *const exact[] = { "ca_files", "ca_file" };
    ck_assert_str_eq(nearest_name("ca_file", exact, 2), "ca_file");
}
END_TEST

SUITE_MAIN("nearest", a_slip_of_the_finger_finds_its_name, the_beginning_of_a_name_finds_it,
           what_is_near_to_nothing_finds_nothing, of_two_near_names_the_nearer_is_meant)
