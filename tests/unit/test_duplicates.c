/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "store_directory.h"

#include "store/duplicates.h"

static const struct database_options options = { .cache_bytes = 1024 * 1024 };

/* Opens both in a new directory; the caller closes all three. */
static char *open_all(struct database **database, struct duplicates **duplicates)
{
    char *directory = directory_new();
    ck_assert_int_eq(database_open(database, directory, &options), STATUS_OK);
    ck_assert_int_eq(duplicates_open(duplicates, *database), STATUS_OK);
    return directory;
}

static void close_all(char *directory, struct database *database, struct duplicates *duplicates)
{
    duplicates_close(duplicates);
    database_close(database);
    directory_remove(directory);
}

START_TEST(the_original_of_a_group_is_its_lowest_document)
{
    struct database *database = NULL;
    struct duplicates *duplicates = NULL;
    char *directory = open_all(&database, &duplicates);
    unsigned char below[SHA256_BYTES] = { 1 }, digest[SHA256_BYTES] = { 1 },
                  above[SHA256_BYTES] = { 1 };
    digest[SHA256_BYTES - 1] = 7;
    above[SHA256_BYTES - 1] = 8;
    struct txn *txn = database_begin(database);
    ck_assert_uint_eq(digest_original(duplicates, txn, digest), 0);
    digest_put(duplicates, txn, below, 1);
    digest_put(duplicates, txn, above, 2);
    ck_assert_uint_eq(digest_original(duplicates, txn, digest), 0);
    static const uint64_t documents[] = { 300, 5, UINT64_MAX, 70000 };
    for (size_t i = 0; i < 4; i++)
        digest_put(duplicates, txn, digest, documents[i]);
    digest_put(duplicates, txn, digest, 5);
    ck_assert_uint_eq(digest_original(duplicates, txn, digest), 5);
    ck_assert_uint_eq(digest_next(duplicates, txn, digest, 5), 300);
    ck_assert_uint_eq(digest_next(duplicates, txn, digest, 299), 300);
    ck_assert_uint_eq(digest_next(duplicates, txn, digest, 300), 70000);
    ck_assert_uint_eq(digest_next(duplicates, txn, digest, 70000), UINT64_MAX);
    ck_assert_uint_eq(digest_next(duplicates, txn, digest, UINT64_MAX), 0);
    digest_delete(duplicates, txn, digest, 5);
    digest_delete(duplicates, txn, digest, 5);
    ck_assert_uint_eq(digest_original(duplicates, txn, digest), 300);
    digest_delete(duplicates, txn, digest, UINT64_MAX);
    ck_assert_uint_eq(digest_next(duplicates, txn, digest, 70000), 0);
    database_commit(txn);
    ck_assert_uint_eq(digest_original(duplicates, NULL, below), 1);
    ck_assert_uint_eq(digest_original(duplicates, NULL, above), 2);
    close_all(directory, database, duplicates);
}
END_TEST

START_TEST(an_alias_keeps_its_kind_and_its_last_target)
{
    struct database *database = NULL;
    struct duplicates *duplicates = NULL;
    char *directory = open_all(&database, &duplicates);
    struct bytes url = BYTES("http://example.org/old");
    enum alias_kind kind;
    struct buf target;
    buf_init(&target, BUF_UNBOUNDED);
    struct txn *txn = database_begin(database);
    ck_assert_int_eq(alias_get(duplicates, txn, url, &kind, &target), STATUS_NOT_FOUND);
    alias_put(duplicates, txn, url, ALIAS_CANONICAL, BYTES("http://example.org/one"));
    ck_assert_int_eq(alias_get(duplicates, txn, url, &kind, &target), STATUS_OK);
    ck_assert_int_eq(kind, ALIAS_CANONICAL);
    alias_put(duplicates, txn, url, ALIAS_MOVED, BYTES("http://example.org/two"));
    database_commit(txn);
    ck_assert_int_eq(alias_get(duplicates, NULL, url, &kind, &target), STATUS_OK);
    ck_assert_int_eq(kind, ALIAS_MOVED);
    ck_assert(bytes_equal(buf_bytes(&target), BYTES("http://example.org/two")));
    txn = database_begin(database);
    ck_assert(alias_delete(duplicates, txn, url));
    ck_assert(!alias_delete(duplicates, txn, url));
    database_commit(txn);
    ck_assert_int_eq(alias_get(duplicates, NULL, url, &kind, &target), STATUS_NOT_FOUND);
    ck_assert_uint_eq(target.length, 0);
    buf_clear(&target);
    close_all(directory, database, duplicates);
}
END_TEST

SUITE_MAIN("duplicates", the_original_of_a_group_is_its_lowest_document,
           an_alias_keeps_its_kind_and_its_last_target)
