/* SPDX-License-Identifier: MIT
 *
 * The sites whose hosts are awake, and their cookies.
 */
#include "suite.h"

#include "crawler/engine/awake_sites.h"

enum { NOW_MS = 1000000 };

static size_t count_of(struct awake_sites *sites, const char *href)
{
    struct url url;
    struct buf value;
    ck_assert(url_split(&url, bytes_from_string(href)));
    buf_init(&value, BUF_UNBOUNDED);
    bool has_some = cookies_write(sites->jar, &url, NOW_MS, &value);
    buf_clear(&value);
    return has_some;
}

static void set(struct awake_sites *sites, const char *href, struct bytes field)
{
    struct url url;
    ck_assert(url_split(&url, bytes_from_string(href)));
    ck_assert_int_eq(cookies_set(sites->jar, field, &url, NOW_MS), COOKIES_CHANGED);
}

START_TEST(cookies_come_with_the_first_host_of_a_site_and_go_with_the_last)
{
    struct awake_sites sites;
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    awake_sites_init(&sites, 7);
    struct awake_site *site = awake_sites_enter(&sites, BYTES("www.a.example"), NULL, NOW_MS);
    ck_assert_str_eq(site->name, "a.example");
    ck_assert_ptr_eq(awake_sites_enter(&sites, BYTES("b.a.example"), NULL, NOW_MS), site);
    ck_assert_ptr_ne(awake_sites_enter(&sites, BYTES("b.example"), NULL, NOW_MS), site);
    set(&sites, "http://www.a.example/", BYTES("id=1"));
    set(&sites, "http://b.example/", BYTES("id=2"));
    ck_assert(cookies_pack(sites.jar, BYTES("a.example"), NOW_MS, &record));
    awake_sites_leave(&sites, site, true);
    ck_assert(count_of(&sites, "http://www.a.example/"));
    awake_sites_leave(&sites, site, true);
    ck_assert(!count_of(&sites, "http://www.a.example/"));
    ck_assert(count_of(&sites, "http://b.example/"));
    struct bytes stored = buf_bytes(&record);
    site = awake_sites_enter(&sites, BYTES("www.a.example"), &stored, NOW_MS);
    ck_assert(count_of(&sites, "http://www.a.example/"));
    /* What the store has is older than what is here: a cookie that went stays away. */
    cookies_drop(sites.jar, BYTES("a.example"));
    ck_assert_ptr_eq(awake_sites_enter(&sites, BYTES("a.example"), &stored, NOW_MS), site);
    ck_assert(!count_of(&sites, "http://www.a.example/"));
    buf_clear(&record);
    awake_sites_clear(&sites);
}
END_TEST

START_TEST(a_host_that_keeps_none_does_not_hide_what_the_store_has)
{
    struct awake_sites sites;
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    awake_sites_init(&sites, 7);
    set(&sites, "http://a.example/", BYTES("id=1"));
    ck_assert(cookies_pack(sites.jar, BYTES("a.example"), NOW_MS, &record));
    cookies_drop(sites.jar, BYTES("a.example"));
    struct bytes stored = buf_bytes(&record);
    awake_sites_enter(&sites, BYTES("b.a.example"), NULL, NOW_MS);
    ck_assert(!count_of(&sites, "http://a.example/"));
    awake_sites_enter(&sites, BYTES("a.example"), &stored, NOW_MS);
    ck_assert(count_of(&sites, "http://a.example/"));
    buf_clear(&record);
    awake_sites_clear(&sites);
}
END_TEST

START_TEST(cookies_that_nobody_keeps_stay)
{
    struct awake_sites sites;
    awake_sites_init(&sites, 7);
    struct awake_site *site = awake_sites_enter(&sites, BYTES("a.example"), NULL, NOW_MS);
    set(&sites, "http://a.example/", BYTES("id=1"));
    awake_sites_leave(&sites, site, false);
    ck_assert_uint_eq(sites.count, 0);
    ck_assert(count_of(&sites, "http://a.example/"));
    awake_sites_clear(&sites);
}
END_TEST

START_TEST(many_sites_are_all_found)
{
    enum { SITES = 1000 };
    static struct awake_site *all[SITES];
    struct awake_sites sites;
    awake_sites_init(&sites, 7);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < SITES; i++) {
            char host[32];
            snprintf(host, sizeof(host), "www.s%d.example", i);
            struct awake_site *site =
                awake_sites_enter(&sites, bytes_from_string(host), NULL, NOW_MS);
            ck_assert(round == 0 || site == all[i]);
            all[i] = site;
        }
    ck_assert_uint_eq(sites.count, SITES);
    for (int i = 0; i < 2 * SITES; i++)
        awake_sites_leave(&sites, all[i % SITES], true);
    ck_assert_uint_eq(sites.count, 0);
    awake_sites_clear(&sites);
}
END_TEST

SUITE_MAIN("awake_sites", cookies_come_with_the_first_host_of_a_site_and_go_with_the_last,
           a_host_that_keeps_none_does_not_hide_what_the_store_has, cookies_that_nobody_keeps_stay,
           many_sites_are_all_found)
