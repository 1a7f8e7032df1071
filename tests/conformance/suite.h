/* SPDX-License-Identifier: MIT
 *
 * suite - a folder of test data and the driver that asks our code its questions.
 *
 * A driver is a struct suite: for each kind of file in the folder the function that answers one
 * row, or one whole file. It compares, and leaves to the program around it the walking, counting,
 * listing and surviving. Whatever the data says, a driver answers; it knows no ids and no counts.
 */
#ifndef TESTS_CONFORMANCE_SUITE_H
#define TESTS_CONFORMANCE_SUITE_H

#include "tests/conformance/answer.h"
#include "tests/conformance/row.h"
#include "tests/conformance/tally.h"

/* The first that fits a file's name decides; a name that begins with '*' fits all that end so. One
 * of the two functions is there. */
struct suite_file {
    const char *name;
    struct answer (*row)(const struct row *row);
    void (*whole)(struct tally *tally, struct bytes content);
};

struct suite {
    const char *name; /* Of the folder. */
    const struct suite_file *files;
    size_t file_count;
    bool mends_surrogates; /* See row_next(). */
};

#define SUITE_FILES(table) .files = (table), .file_count = sizeof(table) / sizeof((table)[0])

#define SUITE_TABLE(ROW)                                                                           \
    ROW(charset)                                                                                   \
    ROW(feeds)                                                                                     \
    ROW(html_base)                                                                                 \
    ROW(html_entities)                                                                             \
    ROW(html_links)                                                                                \
    ROW(html_meta_refresh)                                                                         \
    ROW(html_robots_meta)                                                                          \
    ROW(html_srcset)                                                                               \
    ROW(html_tree)                                                                                 \
    ROW(http)                                                                                      \
    ROW(http_cache)                                                                                \
    ROW(robots)                                                                                    \
    ROW(robots_corpus)                                                                             \
    ROW(sitemaps)                                                                                  \
    ROW(surt)                                                                                      \
    ROW(url)                                                                                       \
    ROW(url_normalise)

#define ROW(name) extern const struct suite suite_##name;
SUITE_TABLE(ROW)
#undef ROW

#endif
