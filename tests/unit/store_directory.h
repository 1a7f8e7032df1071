/* SPDX-License-Identifier: MIT
 *
 * store_directory - a crawl directory of a test's own, under $TMPDIR, with all that it holds
 * removed at the end.
 */
#ifndef TESTS_UNIT_STORE_DIRECTORY_H
#define TESTS_UNIT_STORE_DIRECTORY_H

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

static inline char *directory_new(void)
{
    const char *parent = getenv("TMPDIR");
    char *path = xasprintf("%s/forage-test-XXXXXX", parent && *parent ? parent : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(path));
    return path;
}

static inline int directory_remove_entry(const char *path, const struct stat *about, int kind,
                                         struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

/* Takes the path. */
static inline void directory_remove(char *path)
{
    ck_assert_int_eq(nftw(path, directory_remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
    free(path);
}

#endif
