/* SPDX-License-Identifier: MIT
 *
 * micro_robots - reading robots.txt and asking it, over and over.
 *
 *     micro_robots [FOLDER]
 *
 * A line of JSON for each size of a file as sites write them, the size of the median real file
 * among them; for the real files of FOLDER, if there is one; and for files that were made to take
 * long, in four sizes each. CPU time, the best of some rounds.
 */
#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/memory.h"
#include "robots/lines.h"
#include "robots/robots.h"

enum {
    ROUNDS = 7,
    ROUND_NS = 2000000, /* What is done in a round is repeated for about so long. */
    PATHS = 64,
    FILES_MOST = 4096,
    HOSTILE_SIZES = 4,
    MEMORY_KEPT_BYTES = 32 * 1024 * 1024,
};

/* What the rounds give is added up here, so that no compiler leaves them out. */
static uint64_t sink;

static int64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* ---- One file, and the paths it is asked about */

struct subject {
    struct buf text;
    struct buf paths[PATHS];
    struct robots *robots;
};

static void subject_init(struct subject *subject)
{
    *subject = (struct subject){ 0 };
    buf_init(&subject->text, BUF_UNBOUNDED);
    for (size_t i = 0; i < PATHS; i++)
        buf_init(&subject->paths[i], BUF_UNBOUNDED);
}

static void subject_clear(struct subject *subject)
{
    robots_free(subject->robots);
    buf_clear(&subject->text);
    for (size_t i = 0; i < PATHS; i++)
        buf_clear(&subject->paths[i]);
}

static void round_parse(struct subject *subject)
{
    struct robots *robots = robots_new(buf_bytes(&subject->text), BYTES("ForageBench"));
    sink += robots_memory_bytes(robots);
    robots_free(robots);
}

static void round_ask(struct subject *subject)
{
    for (size_t i = 0; i < PATHS; i++)
        sink += robots_allows(subject->robots, buf_bytes(&subject->paths[i]), NULL);
}

/* Of one call, in ns. */
static double best_of(void (*round)(struct subject *subject), struct subject *subject)
{
    int64_t start = cpu_ns();
    round(subject);
    int64_t once = cpu_ns() - start;
    int64_t times = once > 0 && once < ROUND_NS ? ROUND_NS / once : 1;
    double best = (double)once;
    for (int i = 0; i < ROUNDS; i++) {
        start = cpu_ns();
        for (int64_t j = 0; j < times; j++)
            round(subject);
        double took = (double)(cpu_ns() - start) / (double)times;
        best = took < best ? took : best;
    }
    return best;
}

struct timing {
    double parse_ns;
    double decision_ns;
};

static struct timing measure(struct subject *subject)
{
    subject->robots = robots_new(buf_bytes(&subject->text), BYTES("ForageBench"));
    return (struct timing){ best_of(round_parse, subject), best_of(round_ask, subject) / PATHS };
}

/* Pages of a site. */
static void write_usual_paths(struct subject *subject, size_t first)
{
    for (size_t i = first; i < PATHS; i++)
        buf_printf(&subject->paths[i], "/library/section-%zu/%s/page-%zu.html%s", i * 7 % 40,
                   i % 3 ? "public" : "private/archive", i, i % 4 ? "" : "?view=print&page=2");
}

/* ---- Files as sites write them */

/* As many rules, every tenth with wildcards, for all robots; others are another robot's. */
static void write_usual_file(struct buf *text, size_t rules, size_t others)
{
    buf_append_string(text, "# Rules of a site\nUser-agent: otherbot\n");
    for (size_t i = 0; i < others; i++)
        buf_printf(text, "Disallow: /section-%zu/\n", i);
    buf_append_string(text, "\nUser-agent: *\nCrawl-delay: 1\n");
    for (size_t i = 0; i < rules; i++) {
        if (i % 10 == 9)
            buf_printf(text, "Disallow: /*/section-%zu/*.php$\n", i);
        else if (i % 10 == 5)
            buf_printf(text, "Allow: /library/section-%zu/public/\n", i);
        else
            buf_printf(text, "Disallow: /library/section-%zu/private/\n", i);
    }
    buf_append_string(text, "\nSitemap: https://docs.example.org/sitemap.xml\n");
}

/* least_bytes: a comment fills it up. */
static void measure_usual(const char *name, size_t rules, size_t others, size_t least_bytes)
{
    struct subject subject;
    subject_init(&subject);
    write_usual_file(&subject.text, rules, others);
    if (subject.text.length < least_bytes)
        buf_append_string(&subject.text, "# ");
    while (subject.text.length < least_bytes)
        buf_append_string(&subject.text, ".");
    write_usual_paths(&subject, 0);
    struct timing timing = measure(&subject);
    printf("{\"robots\": \"%s\", \"bytes\": %zu, \"parse_us\": %.2f, \"parse_mb_per_s\": %.0f, "
           "\"decision_ns\": %.0f}\n",
           name, subject.text.length, timing.parse_ns / 1000,
           (double)subject.text.length * 1000 / timing.parse_ns, timing.decision_ns);
    subject_clear(&subject);
}

/* ---- Real files */

static bool load(struct buf *text, const char *path)
{
    FILE *file = fopen(path, "rbe");
    size_t got = 0;
    if (!file)
        return false;
    do {
        char *room = buf_reserve(text, 65536);
        got = room ? fread(room, 1, 65536, file) : 0;
        text->length += got;
    } while (got > 0);
    fclose(file);
    return text->length > 0;
}

/* Half of the paths are what the file itself speaks of: those are the ones that take long. */
static void write_paths_of_rules(struct subject *subject)
{
    struct robots_reader reader = robots_reader_of(buf_bytes(&subject->text));
    struct robots_line line;
    size_t count = 0;
    while (count < PATHS / 2 && robots_reader_next(&reader, &line)) {
        if (line.key != ROBOTS_KEY_ALLOW && line.key != ROBOTS_KEY_DISALLOW)
            continue;
        buf_append_char(&subject->paths[count], '/');
        for (size_t i = 0; i < line.value.length; i++)
            if ((i > 0 || line.value.data[i] != '/') && !strchr("*$", line.value.data[i]))
                buf_append_char(&subject->paths[count], line.value.data[i]);
        buf_append_string(&subject->paths[count++], "page.html");
    }
    write_usual_paths(subject, count);
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static void measure_folder(const char *folder)
{
    static double decisions[FILES_MOST];
    static double sizes[FILES_MOST];
    size_t count = 0;
    double bytes = 0, parse_ns = 0;
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && count < FILES_MOST && (entry = readdir(entries));) {
        struct subject subject;
        char *path = xasprintf("%s/%s", folder, entry->d_name);
        subject_init(&subject);
        if (entry->d_type == DT_REG && load(&subject.text, path)) {
            write_paths_of_rules(&subject);
            struct timing timing = measure(&subject);
            bytes += (double)subject.text.length;
            parse_ns += timing.parse_ns;
            sizes[count] = (double)subject.text.length;
            decisions[count++] = timing.decision_ns;
        }
        subject_clear(&subject);
        free(path);
    }
    if (entries)
        closedir(entries);
    if (count == 0)
        return;
    qsort(decisions, count, sizeof(decisions[0]), compare_doubles);
    qsort(sizes, count, sizeof(sizes[0]), compare_doubles);
    printf("{\"robots_files\": %zu, \"bytes\": %.0f, \"median_bytes\": %.0f, "
           "\"parse_mb_per_s\": %.0f, \"decision_ns\": %.0f, \"decision_p90_ns\": %.0f, "
           "\"decision_most_ns\": %.0f}\n",
           count, bytes, sizes[count / 2], bytes * 1000 / parse_ns, decisions[count / 2],
           decisions[count * 9 / 10], decisions[count - 1]);
}

/* ---- Files that were made to take long */

static void append_times(struct buf *buf, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buf_append_string(buf, text);
}

/* All paths are alike: only the time counts. */
static void write_path(struct subject *subject, const char *text, size_t times)
{
    for (size_t i = 0; i < PATHS; i++) {
        buf_append_char(&subject->paths[i], '/');
        append_times(&subject->paths[i], text, times);
    }
}

static void make_many_wildcards(struct subject *subject, size_t size)
{
    buf_append_string(&subject->text, "User-agent: *\n");
    for (size_t i = 0; i < 500 * size; i++)
        buf_printf(&subject->text, "Disallow: /*a*b*a*%zu*$\n", i);
    write_path(subject, "ab", 250);
}

static void make_many_stars(struct subject *subject, size_t size)
{
    buf_append_string(&subject->text, "User-agent: *\nDisallow: /");
    append_times(&subject->text, "*", 4000 * size);
    buf_append_string(&subject->text, "b$\n");
    write_path(subject, "a", 500);
}

/* "/a*a*a*...b" and "/aaaa...": both grow. */
static void make_deep(struct subject *subject, size_t size)
{
    buf_append_string(&subject->text, "User-agent: *\nDisallow: /");
    append_times(&subject->text, "a*", 500 * size);
    buf_append_string(&subject->text, "b\n");
    write_path(subject, "a", 500 * size);
}

/* A part that nearly matches everywhere. */
static void make_near_matches(struct subject *subject, size_t size)
{
    buf_append_string(&subject->text, "User-agent: *\nDisallow: /*");
    append_times(&subject->text, "a", 200 * size);
    buf_append_string(&subject->text, "b\n");
    write_path(subject, "a", 800 * size);
}

static void make_long_line(struct subject *subject, size_t size)
{
    buf_append_string(&subject->text, "User-agent: *\nDisallow: /");
    append_times(&subject->text, "%C3%bc*", 62500 * size / 7);
    buf_append_string(&subject->text, "\n");
    write_path(subject, "\xc3\xbc", 100);
}

static void make_short_lines(struct subject *subject, size_t size)
{
    buf_append_string(&subject->text, "User-agent: *\n");
    append_times(&subject->text, "\r\r\na:\n#", 62500 * size / 7);
    write_path(subject, "a", 100);
}

static void make_many_agents(struct subject *subject, size_t size)
{
    append_times(&subject->text, "User-agent: ForageBench\nDisallow: /a\n", 62500 * size / 37);
    write_path(subject, "a", 100);
}

static const struct {
    const char *name;
    void (*make)(struct subject *subject, size_t size);
} hostile[] = {
    { "many rules with wildcards", make_many_wildcards },
    { "one pattern of thousands of stars", make_many_stars },
    { "/a*a*a*...b against /aaaa...", make_deep },
    { "a part that nearly matches", make_near_matches },
    { "one line of up to 500 KB", make_long_line },
    { "500 KB of nearly empty lines", make_short_lines },
    { "500 KB of one group again and again", make_many_agents },
};

/* Reading and one decision, at once, twice, four and eight times the size. */
static void measure_hostile(size_t which)
{
    printf("{\"hostile\": \"%s\", \"us\": [", hostile[which].name);
    for (size_t i = 0; i < HOSTILE_SIZES; i++) {
        struct subject subject;
        subject_init(&subject);
        hostile[which].make(&subject, (size_t)1 << i);
        struct timing timing = measure(&subject);
        printf("%s%.1f", i > 0 ? ", " : "", (timing.parse_ns + timing.decision_ns) / 1000);
        subject_clear(&subject);
    }
    printf("]}\n");
}

int main(int argc, char **argv)
{
    /* What a file needs is kept from round to round: else those above glibc's threshold would be
     * measured with the kernel's mapping and clearing of memory, the smaller ones without. */
    mallopt(M_MMAP_THRESHOLD, MEMORY_KEPT_BYTES);
    mallopt(M_TRIM_THRESHOLD, MEMORY_KEPT_BYTES);
    measure_usual("median", 9, 3, 722); /* As counted in 244 real files: see the README. */
    measure_usual("100 rules", 100, 0, 0);
    measure_usual("1000 rules", 1000, 0, 0);
    measure_usual("10000 rules", 10000, 0, 0);
    if (argc > 1)
        measure_folder(argv[1]);
    for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
        measure_hostile(i);
    return sink == 1 ? EXIT_FAILURE : EXIT_SUCCESS;
}
