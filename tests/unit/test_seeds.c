/* SPDX-License-Identifier: MIT
 *
 * The URLs that a user gives, from a command line taken apart.
 */
#include "suite.h"

#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "crawler/cli/seeds.h"
#include "store_directory.h"

static struct invocation in;
static struct seeds seeds;

static enum status collect(int argc, const char *const *argv)
{
    char *error = NULL;
    ck_assert_int_eq(invocation_parse(&in, &forage_commands, argc, (char *const *)argv, &error),
                     STATUS_OK);
    return seeds_collect(&seeds, &in);
}

static enum status collect_one(const char *seed)
{
    const char *const argv[] = { "forage", "seed", seed, NULL };
    return collect(3, argv);
}

static void clear(void)
{
    seeds_clear(&seeds);
    invocation_clear(&in);
}

START_TEST(seeds_are_made_canonical)
{
    static const struct {
        const char *given;
        const char *wanted; /* NULL: it is refused. */
    } rows[] = {
        { "http://example.org", "http://example.org/" },
        { "HTTP://Example.ORG:80/a/../b?c#d", "http://example.org/b?c" },
        { "  https://example.org/  ", "https://example.org/" },
        { "example.org", "https://example.org/" },
        { "www.example.org/path?q=1", "https://www.example.org/path?q=1" },
        { "example.org:8080", "https://example.org:8080/" },
        { "example.org:8080/path", "https://example.org:8080/path" },
        { "localhost:8000", "https://localhost:8000/" },
        { "http://b\xc3\xbc"
          "cher.example/",
          "http://xn--bcher-kva.example/" },
        { "example", NULL },
        { "no host.org", NULL },
        { "mailto:somebody@example.org", NULL },
        { "ftp://example.org/", "ftp://example.org/" },
        { "ftps://example.org/", NULL },
        { "http://user:pw@example.org/", NULL },
        { "http://", NULL },
        { "javascript:8", NULL },
        { "", NULL },
    };
    log_set_level(LOG_ERROR);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum status status = collect_one(rows[i].given);
        ck_assert_msg(status == (rows[i].wanted ? STATUS_OK : STATUS_DATA), "row %zu", i);
        ck_assert_uint_eq(seeds.count, rows[i].wanted ? 1 : 0);
        if (rows[i].wanted)
            ck_assert_str_eq(seeds.urls[0], rows[i].wanted);
        clear();
    }
}
END_TEST

/* A file with this content; the caller frees the path. */
static char *write_file(const char *directory, const char *content, size_t length)
{
    char *path = xasprintf("%s/seeds.txt", directory);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(content, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

START_TEST(a_file_has_one_seed_a_line)
{
    static const char content[] = "\xef\xbb\xbfhttp://a.example/\r\n"
                                  "# a comment\n"
                                  "\n"
                                  "   \t \n"
                                  "  b.example/x  \n"
                                  "http://c.example/#fragment";
    char *directory = directory_new();
    char *path = write_file(directory, content, sizeof(content) - 1);
    const char *const argv[] = { "forage", "seed", "-f", path, "http://d.example/", NULL };
    ck_assert_int_eq(collect(5, argv), STATUS_OK);
    static const char *const wanted[] = { "http://a.example/", "https://b.example/x",
                                          "http://c.example/", "http://d.example/" };
    ck_assert_uint_eq(seeds.count, 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(seeds.urls[i], wanted[i]);
    clear();
    free(path);
    directory_remove(directory);
}
END_TEST

START_TEST(many_seeds_are_all_kept)
{
    struct buf content;
    buf_init(&content, BUF_UNBOUNDED);
    for (int i = 0; i < 5000; i++)
        buf_printf(&content, "http://h%d.example/\n", i);
    char *directory = directory_new();
    char *path = write_file(directory, content.data, content.length);
    const char *const argv[] = { "forage", "seed", "-f", path, NULL };
    ck_assert_int_eq(collect(4, argv), STATUS_OK);
    ck_assert_uint_eq(seeds.count, 5000);
    ck_assert_str_eq(seeds.urls[4999], "http://h4999.example/");
    clear();
    buf_clear(&content);
    free(path);
    directory_remove(directory);
}
END_TEST

START_TEST(one_bad_line_keeps_nothing)
{
    static const char content[] = "http://a.example/\nnot a url\nhttp://b.example/\n";
    char *directory = directory_new();
    char *path = write_file(directory, content, sizeof(content) - 1);
    const char *const argv[] = { "forage", "seed", "-f", path, NULL };
    ck_assert_int_eq(collect(4, argv), STATUS_DATA);
    ck_assert_uint_eq(seeds.count, 0);
    ck_assert_ptr_null(seeds.urls);
    ck_assert(in.is_reported);
    clear();
    free(path);
    directory_remove(directory);
}
END_TEST

START_TEST(without_a_file_or_a_seed_it_says_so)
{
    const char *const missing[] = { "forage", "seed", "-f", "/nowhere/seeds.txt", NULL };
    ck_assert_int_eq(collect(4, missing), STATUS_NO_INPUT);
    clear();
    const char *const folder[] = { "forage", "seed", "-f", "/", NULL };
    ck_assert_int_ne(collect(4, folder), STATUS_OK);
    clear();
    const char *const empty[] = { "forage", "seed", "-f", "/dev/null", NULL };
    ck_assert_int_eq(collect(4, empty), STATUS_USAGE);
    clear();
}
END_TEST

START_TEST(standard_input_is_a_file_named_dash)
{
    static const char content[] = "http://a.example/\n";
    char *directory = directory_new();
    char *path = write_file(directory, content, sizeof(content) - 1);
    ck_assert_ptr_nonnull(freopen(path, "r", stdin));
    ck_assert_int_eq(collect_one("-"), STATUS_OK);
    ck_assert_uint_eq(seeds.count, 1);
    clear();
    free(path);
    directory_remove(directory);
}
END_TEST

SUITE_MAIN("seeds", seeds_are_made_canonical, a_file_has_one_seed_a_line, many_seeds_are_all_kept,
           one_bad_line_keeps_nothing, without_a_file_or_a_seed_it_says_so,
           standard_input_is_a_file_named_dash)
