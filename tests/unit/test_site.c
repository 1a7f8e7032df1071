/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <pthread.h>

#include "base/memory.h"
#include "base/site.h"

static const struct {
    const char *host;
    const char *site;
} rows[] = {
    { "www.shop.example.co.uk", "example.co.uk" },
    { "example.org", "example.org" },
    { "a.b.c.example.org", "example.org" },
    { "www.example.org.", "example.org." },
    { "co.uk", "co.uk" },
    { "uk", "uk" },
    { "localhost", "localhost" },
    { "", "" },
    { ".", "." },
    { "192.0.2.1", "192.0.2.1" },
    { "[2001:db8::1]", "[2001:db8::1]" },
    { "a.b.no-such-suffix", "b.no-such-suffix" },
    { "www.xn--bcher-kva.de", "xn--bcher-kva.de" },
    { "user.github.io", "user.github.io" },
    { "a.b.kawasaki.jp", "a.b.kawasaki.jp" },
    { "x.city.kawasaki.jp", "city.kawasaki.jp" },
};

static size_t count_wrong(void)
{
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (!bytes_equal(site_of_host(bytes_from_string(rows[i].host)),
                         bytes_from_string(rows[i].site)))
            wrong += 1 + i * 1000;
    return wrong;
}

static void *count_in_thread(void *wrong)
{
    *(size_t *)wrong = count_wrong();
    return NULL;
}

START_TEST(suffixes_are_told_from_sites)
{
    static const struct {
        const char *host;
        bool is_suffix;
    } hosts[] = {
        { "com", true },
        { "co.uk", true },
        { "github.io", true },
        { "localhost", true },
        { "intranet", true },
        { "no-such-suffix", true },
        { "kawasaki.jp", true },
        { "x.kawasaki.jp", true },
        { "com.", true },
        { "example.com", false },
        { "example.co.uk", false },
        { "a.github.io", false },
        { "www.example.com", false },
        { "city.kawasaki.jp", false },
        { "example.com.", false },
        { "192.0.2.1", false },
        { "[2001:db8::1]", false },
        { "", false },
    };
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        ck_assert_msg(site_is_suffix(bytes_from_string(hosts[i].host)) == hosts[i].is_suffix, "%s",
                      hosts[i].host);
}
END_TEST

/* First, so that the threads race for the list. */
START_TEST(threads_share_the_list)
{
    pthread_t threads[4];
    size_t wrong[4];
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, count_in_thread, &wrong[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_uint_eq(wrong[i], 0);
    }
}
END_TEST

START_TEST(the_site_is_a_tail_of_the_host)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes host = bytes_from_string(rows[i].host);
        struct bytes site = site_of_host(host);
        ck_assert_msg(bytes_equal(site, bytes_from_string(rows[i].site)), "%s: %.*s", rows[i].host,
                      (int)site.length, site.data);
        ck_assert(site.data + site.length == host.data + host.length);
    }
}
END_TEST

START_TEST(a_host_without_a_nul_is_not_read_beyond)
{
    struct bytes host = bytes_slice(BYTES("www.example.orgx"), 0, 15);
    char *copy = xmalloc(host.length);
    memcpy(copy, host.data, host.length);
    ck_assert(bytes_equal(site_of_host((struct bytes){ copy, host.length }), BYTES("example.org")));
    free(copy);
}
END_TEST

START_TEST(a_host_longer_than_the_dns_knows_is_its_own_site)
{
    char host[400];
    memset(host, 'a', sizeof(host));
    for (size_t i = 9; i < sizeof(host); i += 10)
        host[i] = '.';
    ck_assert_uint_eq(site_of_host((struct bytes){ host, 399 }).length, 399);
    ck_assert_uint_eq(site_of_host((struct bytes){ host, 249 }).length, 19);
}
END_TEST

SUITE_MAIN("site", threads_share_the_list, suffixes_are_told_from_sites,
           the_site_is_a_tail_of_the_host, a_host_without_a_nul_is_not_read_beyond,
           a_host_longer_than_the_dns_knows_is_its_own_site)
