/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "store_directory.h"

#include "store/site_cookies.h"

START_TEST(a_sites_record_is_replaced_dropped_and_found_in_order)
{
    static const struct database_options options = { .cache_bytes = 1024 * 1024 };
    char *directory = directory_new();
    struct database *database = NULL;
    struct site_cookies *cookies = NULL;
    struct buf site, record;
    buf_init(&site, BUF_UNBOUNDED);
    buf_init(&record, BUF_UNBOUNDED);
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    ck_assert_int_eq(site_cookies_open(&cookies, database), STATUS_OK);
    ck_assert(!site_cookies_after(cookies, (struct bytes){ 0 }, &site, &record));
    struct txn *txn = database_begin(database);
    site_cookies_put(cookies, txn, BYTES("b.example"), BYTES("one"));
    site_cookies_put(cookies, txn, BYTES("a.example"), BYTES("two"));
    site_cookies_put(cookies, txn, BYTES("b.example"), BYTES("three"));
    site_cookies_put(cookies, txn, BYTES("c.example"), BYTES("four"));
    site_cookies_put(cookies, txn, BYTES("c.example"), (struct bytes){ 0 });
    site_cookies_put(cookies, txn, BYTES("d.example"), (struct bytes){ 0 });
    database_commit(txn);
    ck_assert_int_eq(site_cookies_get(cookies, NULL, BYTES("b.example"), &record), STATUS_OK);
    ck_assert(bytes_equal(buf_bytes(&record), BYTES("three")));
    ck_assert_int_eq(site_cookies_get(cookies, NULL, BYTES("c.example"), &record),
                     STATUS_NOT_FOUND);
    ck_assert(site_cookies_after(cookies, (struct bytes){ 0 }, &site, &record));
    ck_assert(bytes_equal(buf_bytes(&site), BYTES("a.example")));
    ck_assert(bytes_equal(buf_bytes(&record), BYTES("two")));
    ck_assert(site_cookies_after(cookies, buf_bytes(&site), &site, &record));
    ck_assert(bytes_equal(buf_bytes(&site), BYTES("b.example")));
    ck_assert(!site_cookies_after(cookies, buf_bytes(&site), &site, &record));
    buf_clear(&site);
    buf_clear(&record);
    site_cookies_close(cookies);
    database_close(database);
    directory_remove(directory);
}
END_TEST

SUITE_MAIN("site_cookies", a_sites_record_is_replaced_dropped_and_found_in_order)
