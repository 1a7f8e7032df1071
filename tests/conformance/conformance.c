/* SPDX-License-Identifier: MIT
 *
 * conformance [-v] LIST DIR [SUITE...] - our code against public test data.
 *
 * DIR holds a folder for each suite; those that have a driver here are run, in the order of their
 * names, or those of them that are named. A line of counts is printed for each file, and the id of
 * each row that failed; -v also those that were skipped. LIST is the reviewed list of tally.h. Ends
 * with 1 where anything failed.
 *
 * Each file is answered by a child: a crash or a minute's silence costs the rest of that file only,
 * and names the row.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "crawler/parse/page_facts.h"
#include "tests/conformance/suite.h"

enum { ROW_SECONDS_MOST = 60, ID_BYTES = 128 };

static const struct suite *const suites[] = {
#define ROW(name) &suite_##name,
    SUITE_TABLE(ROW)
#undef ROW
};

/* What a child leaves, wherever it ends. */
struct report {
    struct tally_counts counts;
    char id[ID_BYTES]; /* The row it is at. */
};

struct run {
    const char *directory;
    struct bytes list;
    bool shows_skipped;
    struct report *report; /* Shared with the child. */
    struct tally_counts total;
};

static void note_row(struct report *report, const struct tally *tally, struct bytes id)
{
    alarm(ROW_SECONDS_MOST);
    report->counts = tally->counts;
    snprintf(report->id, sizeof(report->id), "%.*s", (int)id.length, id.data ? id.data : "");
}

static void answer_rows(const struct run *run, const struct suite *suite,
                        const struct suite_file *file, const char *folder, struct bytes rest,
                        struct tally *tally)
{
    struct arena arena;
    arena_init(&arena);
    struct row row = { .folder = folder, .arena = &arena };
    while (row_next(&row, &rest, suite->mends_surrogates)) {
        note_row(run->report, tally, row.id);
        tally_add(tally, row.id,
                  row.json ? file->row(&row) : answer_skip("no JSON that can be read"));
        row_clear(&row);
    }
    arena_clear(&arena);
}

/* In the child. */
static void answer_file(const struct run *run, const struct suite *suite,
                        const struct suite_file *file, const char *folder, const char *name)
{
    struct tally tally;
    struct buf content;
    tally_init(&tally, run->list, run->shows_skipped);
    buf_init(&content, BUF_UNBOUNDED);
    char *path = xasprintf("%s/%s", folder, name);
    if (!file_read(&content, path))
        tally_add(&tally, bytes_from_string(name), answer_fail("cannot be read"));
    page_parser_global_init();
    note_row(run->report, &tally, (struct bytes){ 0 });
    if (file->row)
        answer_rows(run, suite, file, folder, buf_bytes(&content), &tally);
    else
        file->whole(&tally, buf_bytes(&content));
    page_parser_global_clear();
    run->report->counts = tally.counts;
    char *title =
        xasprintf("%s/%.*s", suite->name, (int)bytes_find(bytes_from_string(name), '.'), name);
    tally_print(&tally, title);
    tally_clear(&tally);
    buf_clear(&content);
    free(title);
    free(path);
}

static void add_counts(struct tally_counts *total, const struct tally_counts *counts)
{
    total->passed += counts->passed;
    total->failed += counts->failed;
    total->skipped += counts->skipped;
}

static void run_file(struct run *run, const struct suite *suite, const struct suite_file *file,
                     const char *folder, const char *name)
{
    int status = 0;
    *run->report = (struct report){ 0 };
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        answer_file(run, suite, file, folder, name);
        exit(EXIT_SUCCESS); /* With all that is done at the end, so that leaks are seen. */
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        run->report->counts.failed++;
        printf("    failed: %s: ended (%s %d), the rest of %s/%s was not asked\n", run->report->id,
               WIFSIGNALED(status) ? "signal" : "exit code",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), suite->name, name);
    }
    add_counts(&run->total, &run->report->counts);
}

static const struct suite_file *find_file(const struct suite *suite, const char *name)
{
    for (size_t i = 0; i < suite->file_count; i++) {
        const char *wanted = suite->files[i].name;
        if (wanted[0] == '*'
                ? bytes_end_with(bytes_from_string(name), bytes_from_string(wanted + 1))
                : strcmp(name, wanted) == 0)
            return &suite->files[i];
    }
    return NULL;
}

/* Files of rows are named when nobody asks them; others (what rows speak of, the README) are not.
 */
static void run_suite(struct run *run, const struct suite *suite)
{
    struct dirent **entries;
    char *folder = xasprintf("%s/%s", run->directory, suite->name);
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        const struct suite_file *file = find_file(suite, name);
        if (file)
            run_file(run, suite, file, folder, name);
        else if (bytes_end_with(bytes_from_string(name), BYTES(".jsonl")))
            printf("%s/%s: no driver\n", suite->name, name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    free(folder);
}

static const struct suite *find_suite(const char *name)
{
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        if (strcmp(suites[i]->name, name) == 0)
            return suites[i];
    return NULL;
}

static bool is_wanted(const char *name, char **wanted)
{
    bool is_found = *wanted == NULL;
    for (; *wanted; wanted++)
        is_found |= strcmp(*wanted, name) == 0;
    return is_found;
}

static int is_folder(const struct dirent *entry)
{
    return entry->d_name[0] != '.' &&
           (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN || entry->d_type == DT_LNK);
}

/* False where DIR cannot be read. */
static bool run_suites(struct run *run, char **wanted)
{
    struct dirent **entries;
    int count = scandir(run->directory, &entries, is_folder, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        const struct suite *suite = find_suite(name);
        if (suite && is_wanted(name, wanted))
            run_suite(run, suite);
        else if (is_wanted(name, wanted))
            printf("%s: no driver\n", name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return count >= 0;
}

int main(int argc, char **argv)
{
    struct run run = { 0 };
    struct buf list;
    if (argc > 1 && strcmp(argv[1], "-v") == 0) {
        run.shows_skipped = true;
        argv++;
        argc--;
    }
    if (argc < 3) {
        fprintf(stderr, "usage: conformance [-v] LIST DIR [SUITE...]\n");
        return EXIT_FAILURE;
    }
    buf_init(&list, BUF_UNBOUNDED);
    if (!file_read(&list, argv[1])) {
        fprintf(stderr, "conformance: cannot read %s\n", argv[1]);
        return EXIT_FAILURE;
    }
    run.directory = argv[2];
    run.list = buf_bytes(&list);
    run.report =
        mmap(NULL, sizeof(*run.report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    bool is_sound = tally_list_is_sound(run.list) && run.report != MAP_FAILED;
    bool is_read = is_sound && run_suites(&run, argv + 3);
    if (!is_read)
        fprintf(stderr, "conformance: cannot read %s, or the list is not sound\n", run.directory);
    printf("conformance: %zu passed, %zu failed, %zu skipped\n", run.total.passed, run.total.failed,
           run.total.skipped);
    buf_clear(&list);
    return is_read && run.total.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
