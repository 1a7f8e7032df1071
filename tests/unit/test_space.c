/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "crawler/engine/space.h"
#include "store_directory.h"

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

START_TEST(the_floor_is_the_smaller_of_two_but_holds_four_checkpoints)
{
    static const struct {
        uint64_t min_free;
        uint64_t checkpoint;
        uint64_t total;
        uint64_t floor;
    } rows[] = {
        { 2 * GIB, 64 * MIB, 1000 * GIB, 2 * GIB }, { 2 * GIB, 64 * MIB, 20 * GIB, 1 * GIB },
        { 2 * GIB, 64 * MIB, 2 * GIB, 256 * MIB },  { 1, 64 * MIB, 1000 * GIB, 256 * MIB },
        { 2 * GIB, 1 * GIB, 1000 * GIB, 4 * GIB },  { 0, 64 * MIB, 1000 * GIB, 0 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct settings settings = { .min_free_bytes = rows[i].min_free,
                                     .checkpoint_bytes = rows[i].checkpoint };
        ck_assert_msg(space_floor(&settings, rows[i].total) == rows[i].floor, "row %zu", i);
    }
}
END_TEST

START_TEST(fetching_pauses_for_a_while_and_goes_on_or_ends)
{
    static const struct {
        int64_t now_ms;
        uint64_t free_bytes;
        enum space wanted;
    } rows[] = {
        { 1000, 100, SPACE_ENOUGH }, { 2000, 99, SPACE_SHORT },    { 6999, 0, SPACE_SHORT },
        { 6999, 101, SPACE_ENOUGH }, { 7000, 99, SPACE_SHORT },    { 11999, 99, SPACE_SHORT },
        { 12000, 99, SPACE_OUT },    { 13000, 100, SPACE_ENOUGH },
    };
    struct space_watch watch = { 0 };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(space_look(&watch, rows[i].free_bytes, 100, 5000, rows[i].now_ms) ==
                          rows[i].wanted,
                      "row %zu", i);
    watch = (struct space_watch){ 0 };
    ck_assert_int_eq(space_look(&watch, 1, 100, 0, 5), SPACE_OUT);
    ck_assert_int_eq(space_look(&watch, 0, 0, 0, 5), SPACE_ENOUGH);
}
END_TEST

START_TEST(the_store_is_as_large_as_its_files_on_the_disk)
{
    char *directory = directory_new();
    ck_assert_uint_eq(space_store_bytes(directory), 0);
    char *folder = xasprintf("%s/db", directory);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    uint64_t before = space_store_bytes(directory);
    for (int i = 0; i < 3; i++) {
        char *path = xasprintf("%s/file%d", folder, i);
        FILE *file = fopen(path, "w");
        ck_assert_ptr_nonnull(file);
        for (int j = 0; j < 100000; j++)
            fputc('x', file);
        ck_assert_int_eq(fclose(file), 0);
        free(path);
    }
    uint64_t bytes = space_store_bytes(directory) - before;
    ck_assert_uint_ge(bytes, 300000);
    ck_assert_uint_lt(bytes, 600000);
    free(folder);
    directory_remove(directory);
}
END_TEST

SUITE_MAIN("space", the_floor_is_the_smaller_of_two_but_holds_four_checkpoints,
           fetching_pauses_for_a_while_and_goes_on_or_ends,
           the_store_is_as_large_as_its_files_on_the_disk)
