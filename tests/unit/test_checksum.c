/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <dlfcn.h>

#include "base/memory.h"
#include "store/checksum.h"
#include "store/database.h"
#include "store_directory.h"

typedef uint32_t library_checksum(void *, const void *, uint32_t);

enum {
    LENGTHS = 5000, /* More than a page has. */
    ALIGNMENTS = 16,
};

static const char name[] = "__ham_func4";

static library_checksum *find(void *where)
{
    library_checksum *found;
    void *address = dlsym(where, name);
    ck_assert_msg(address, "%s is not there", name);
    memcpy(&found, &address, sizeof(found));
    return found;
}

START_TEST(it_is_the_librarys_at_every_length_and_alignment)
{
    library_checksum *librarys = find(RTLD_NEXT);
    char *data = xcalloc(LENGTHS + ALIGNMENTS, 1);
    uint64_t state = 1;
    for (size_t i = 0; i < LENGTHS + ALIGNMENTS; i++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407U;
        data[i] = (char)(state >> 56);
    }
    for (size_t length = 0; length <= LENGTHS; length++) {
        for (size_t start = 0; start < ALIGNMENTS; start++)
            ck_assert_uint_eq(checksum_of(bytes_of(data + start, length)),
                              librarys(NULL, data + start, (uint32_t)length));
    }
    free(data);
}
END_TEST

START_TEST(the_largest_sums_do_not_run_over)
{
    library_checksum *librarys = find(RTLD_NEXT);
    char data[64];
    memset(data, 0xff, sizeof(data));
    for (size_t length = 0; length <= sizeof(data); length++)
        ck_assert_uint_eq(checksum_of(bytes_of(data, length)),
                          librarys(NULL, data, (uint32_t)length));
}
END_TEST

/* The test is linked as the program is: as soon as it opens a database, whose door stands in for
 * the library's function. */
START_TEST(it_takes_the_place_of_the_librarys)
{
    char *directory = directory_new();
    struct database *database = NULL;
    struct database_options options = { .cache_bytes = 1024 * 1024 };
    ck_assert_int_eq(database_open(&database, directory, &options), STATUS_OK);
    database_close(database);
    directory_remove(directory);

    library_checksum *used = find(RTLD_DEFAULT);
    ck_assert(used != find(RTLD_NEXT));
    ck_assert_uint_eq(used(NULL, "ab", 2), 'a' * 33 + 'b');
    ck_assert_uint_eq(used(NULL, NULL, 0), 0);
}
END_TEST

SUITE_MAIN("checksum", it_is_the_librarys_at_every_length_and_alignment,
           the_largest_sums_do_not_run_over, it_takes_the_place_of_the_librarys)
