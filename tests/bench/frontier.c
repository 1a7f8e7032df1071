/* SPDX-License-Identifier: MIT
 *
 * frontier - what a URL costs from its discovery to its outcome, from the first million to the
 * thirtieth.
 *
 *     frontier [-u URLS] [-d DRAINED] [-r RUN] [-n HOSTS] [-c CACHE_MIB] [-p PORT] [-s SEED] FOLDER
 *
 * Fills a frontier in FOLDER as the writer does: batches of 256 pages' new links (links.h), each a
 * transaction with flush and counters, a slice of housekeeping behind each, the keeper beside. Then
 * it drains: hosts wake, their tasks are taken, and each gets a record and is done, 256 to a
 * transaction, RUN of a host in a row (1: the awake hosts take turns, as polite fetching makes
 * them). -d 0 leaves the filled crawl directory as it is.
 *
 * The database stands on the program's defaults. What making up the links costs is not counted.
 * Ends with 1 where a URL was lost or came twice: fast and wrong is no result.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "config/config.h"
#include "crawler/control/tables.h"
#include "links.h"
#include "meters.h"
#include "store/keeper.h"

enum {
    MILLION = 1000000,
    MIB = 1024 * 1024,
    /* As crawler/engine/writer.c has them. */
    BATCH_PAGES = 256,
    TASKS_AT_ONCE = 128,
    WINDOW_LOW = 64,
    HOSTS_AWAKE_MOST = 4096,
    SLICE_MS = 20,
    LOG_BYTES_MOST = 128 << 20,
    /* The crawl's own clock: a batch takes so long. */
    BATCH_MS = 200,
    WEEK_MS = 7 * 24 * 3600 * 1000,
};

static const int64_t start_ms = INT64_C(1700000000000);

struct options {
    uint64_t urls;
    uint64_t drained;
    uint64_t run;
    uint32_t hosts;
    uint64_t cache_bytes;
    uint64_t tried_most;
    unsigned port;
    uint64_t seed;
    const char *folder;
};

/* A host that a fetch thread would hold. */
struct awake {
    uint64_t id;
    struct pace pace;
    struct task *tasks;
    size_t count;
    bool is_empty; /* It was asked for more and had none. */
};

struct bench {
    struct options options;
    struct config *config;
    struct database *database;
    struct counters counters;
    struct frontier *frontier;
    struct keeper *keeper;
    int64_t now_ms;
    struct slices slices;
    int64_t process_ns; /* CPU time of the process, and of this thread, when the million began. */
    int64_t thread_ns;
    int64_t wall_ns;
    uint64_t resident_most;
    uint64_t waits; /* For the keeper. */
    struct awake awake[HOSTS_AWAKE_MOST];
    size_t awake_count;
    size_t turn; /* In the ring of awake hosts. */
};

/* ---- The lines of the table */

static void begin_million(struct bench *bench)
{
    slices_reset(&bench->slices);
    bench->process_ns = meter_ns(CLOCK_PROCESS_CPUTIME_ID);
    bench->thread_ns = meter_ns(CLOCK_THREAD_CPUTIME_ID);
    bench->wall_ns = meter_ns(CLOCK_MONOTONIC);
    bench->resident_most = 0;
    bench->waits = 0;
}

static void print_heading(const char *what)
{
    printf("\n%-9s %7s %7s %7s %7s | %7s %6s | %8s %8s | %6s %6s %6s %6s | %5s %5s\n", what, "us",
           "store", "keeper", "wall us", "disk B", "log", "resident", "over 14B", "median", "p99",
           "max", "p99cpu", "waits", "count");
    printf("%-9s %7s %7s %7s %7s | %7s %6s | %8s %8s | %6s %6s %6s %6s | %5s %5s\n", "million",
           "CPU/URL", "", "", "", "per URL", "MiB", "MiB", "MiB", "ms", "ms", "ms", "ms", "", "");
    fflush(stdout);
}

/* What `count` URLs cost; resident memory beside 14 bytes for each known one. */
static void print_million(struct bench *bench, uint64_t until, uint64_t count)
{
    struct slices *slices = &bench->slices;
    int64_t thread_ns = meter_ns(CLOCK_THREAD_CPUTIME_ID) - bench->thread_ns;
    int64_t keeper_ns = meter_ns(CLOCK_PROCESS_CPUTIME_ID) - bench->process_ns - thread_ns;
    double wall_us = (double)(meter_ns(CLOCK_MONOTONIC) - bench->wall_ns) / 1000;
    uint64_t known = bench->counters.values[COUNTER_URLS_KNOWN];
    double urls = (double)count;
    double store_us = (double)slices->cpu_ns / 1000 / urls;
    double keeper_us = (double)keeper_ns / 1000 / urls;
    double over = (double)bench->resident_most - 14.0 * (double)known;
    printf("%9.3f %7.2f %7.2f %7.2f %7.2f | %7.1f %6.0f | %8.0f %8.0f | %6.2f %6.2f %6.2f %6.2f | "
           "%5" PRIu64 " %5zu\n",
           (double)until / MILLION, store_us + keeper_us, store_us, keeper_us, wall_us / urls,
           (double)meter_disk_bytes(bench->options.folder, false) / (double)known,
           (double)meter_disk_bytes(bench->options.folder, true) / MIB,
           (double)bench->resident_most / MIB, over / MIB,
           slices_percentile(slices->wall_us, slices->count, 50),
           slices_percentile(slices->wall_us, slices->count, 99),
           slices_percentile(slices->wall_us, slices->count, 100),
           slices_percentile(slices->cpu_us, slices->count, 99), bench->waits, slices->count);
    fflush(stdout);
    begin_million(bench);
}

static void look_at_memory(struct bench *bench)
{
    uint64_t resident = meter_resident_bytes();
    if (resident > bench->resident_most)
        bench->resident_most = resident;
}

/* ---- Opening and closing */

static void fail(const char *what)
{
    fprintf(stderr, "frontier: %s\n", what);
    exit(1);
}

static void open_crawl(struct bench *bench)
{
    const struct options *options = &bench->options;
    char *error = NULL;
    if (config_load(&bench->config, NULL, NULL, NULL, &error))
        fail(error);
    const struct settings *settings = config_settings(bench->config);
    struct database_options database = { .cache_bytes = options->cache_bytes
                                                            ? options->cache_bytes
                                                            : settings->db_cache_bytes };
    struct frontier_options frontier = { .arrivals_most = settings->arrivals_max,
                                         .budgets = tables_budgets(bench->config),
                                         .tried_most = bench->options.tried_most };
    if (database_open(&bench->database, options->folder, &database) ||
        counters_load(&bench->counters, bench->database) ||
        frontier_open(&bench->frontier, bench->database, &bench->counters, &frontier))
        fail("the crawl directory cannot be opened");
    bench->keeper = keeper_start(bench->database, settings->checkpoint_bytes);
    bench->now_ms = start_ms;
}

static void close_crawl(struct bench *bench)
{
    keeper_stop(bench->keeper);
    frontier_close(bench->frontier);
    database_close(bench->database);
    config_free(bench->config);
    slices_clear(&bench->slices);
}

/* ---- What the writer does between batches */

static void keep_house(struct bench *bench)
{
    if (!frontier_has_housekeeping(bench->frontier))
        return;
    slice_begin(&bench->slices);
    int64_t until_ms = clock_monotonic_ms() + SLICE_MS;
    while (frontier_has_housekeeping(bench->frontier) && clock_monotonic_ms() < until_ms) {
        struct txn *txn = database_begin(bench->database);
        frontier_housekeeping(bench->frontier, txn, bench->now_ms);
        database_commit(txn);
    }
    slice_end(&bench->slices);
    look_at_memory(bench);
}

static void wait_for_keeper(struct bench *bench)
{
    while (database_log_bytes(bench->database) > LOG_BYTES_MOST) {
        bench->waits++;
        usleep(50000);
    }
}

static void end_batch(struct bench *bench, struct txn *txn)
{
    frontier_flush(bench->frontier, txn, bench->now_ms);
    counters_save(&bench->counters, txn, bench->database);
    database_commit(txn);
    frontier_committed(bench->frontier);
}

/* ---- Filling */

static void add_batch(struct bench *bench, const struct links *links)
{
    slice_begin(&bench->slices);
    struct txn *txn = database_begin(bench->database);
    size_t added = frontier_add(bench->frontier, links->found, links->count);
    end_batch(bench, txn);
    slice_end(&bench->slices);
    if (added != links->count)
        fail("a new URL was taken for known");
    look_at_memory(bench);
}

static void fill(struct bench *bench)
{
    const struct options *options = &bench->options;
    struct links links;
    links_init(&links, options->hosts, options->port, options->seed);
    print_heading("added");
    frontier_load_seen(bench->frontier);
    begin_million(bench);
    uint64_t count = 0;
    uint64_t printed = 0;
    while (count < options->urls) {
        links_reset(&links);
        for (size_t page = 0; page < BATCH_PAGES; page++)
            links_page(&links);
        links_finish(&links, bench->frontier);
        add_batch(bench, &links);
        wait_for_keeper(bench);
        keep_house(bench);
        count += links.count;
        bench->now_ms += BATCH_MS;
        if (count - printed >= MILLION || count >= options->urls) {
            print_million(bench, count, count - printed);
            printed = count;
        }
    }
    links_clear(&links);
}

/* ---- Draining */

static void take_tasks(struct bench *bench, struct awake *host, size_t most)
{
    struct task *tasks = frontier_take(bench->frontier, host->id, most, bench->now_ms);
    host->is_empty = !tasks;
    struct task **last = &host->tasks;
    while (*last)
        last = &(*last)->next;
    *last = tasks;
    for (; tasks; tasks = tasks->next)
        host->count++;
}

static void wake_hosts(struct bench *bench)
{
    struct host_record record;
    slice_begin(&bench->slices);
    int64_t until_ms = clock_monotonic_ms() + SLICE_MS;
    while (bench->awake_count < HOSTS_AWAKE_MOST && clock_monotonic_ms() < until_ms &&
           frontier_next_host(bench->frontier, bench->now_ms, &record)) {
        struct awake *host = &bench->awake[bench->awake_count++];
        *host = (struct awake){ .id = record.id, .pace = record.pace };
        take_tasks(bench, host, TASKS_AT_ONCE);
    }
    slice_end(&bench->slices);
}

static void sleep_hosts(struct bench *bench)
{
    struct txn *txn = NULL;
    slice_begin(&bench->slices);
    for (size_t i = 0; i < bench->awake_count;) {
        struct awake *host = &bench->awake[i];
        if (host->count > 0 || !host->is_empty) {
            i++;
            continue;
        }
        if (!txn)
            txn = database_begin(bench->database);
        frontier_host_sleep(bench->frontier, txn, host->id, bench->now_ms);
        *host = bench->awake[--bench->awake_count];
    }
    if (txn)
        end_batch(bench, txn);
    slice_end(&bench->slices);
}

/* The record of a page that was fetched: what crawler/engine/commit.c would write. */
static struct url_record record_of(const struct bench *bench, const struct task *task,
                                   uint64_t number)
{
    static const char digest[SHA256_BYTES] = "any digest is as long as another";
    struct url_record record = { .state = URL_STATE_LIVE,
                                 .reason = OUTCOME_PAGE,
                                 .status = 200,
                                 .depth = task->depth,
                                 .found = task->found,
                                 .epoch = task->epoch,
                                 .fetches = 1,
                                 .document = number,
                                 .change = number,
                                 .referrer = task->referrer,
                                 .robots_version = 1,
                                 .first_seen_ms = bench->now_ms,
                                 .fetched_at_ms = bench->now_ms,
                                 .checked_at_ms = bench->now_ms,
                                 .due_ms = bench->now_ms + WEEK_MS,
                                 .digest = bytes_of(digest, sizeof(digest)) };
    /* Half of all servers give validators. */
    if (number % 2 == 0) {
        record.etag = BYTES("\"5f3a-61b2c9d7e4a80\"");
        record.last_modified = BYTES("Tue, 14 Nov 2023 22:13:20 GMT");
    }
    return record;
}

/* The next task of the hosts in turn. */
static struct task *next_task(struct bench *bench, struct awake **host)
{
    for (size_t i = 0; i < bench->awake_count; i++) {
        *host = &bench->awake[bench->turn / bench->options.run % bench->awake_count];
        bench->turn++;
        struct task *task = (*host)->tasks;
        if (task) {
            (*host)->tasks = task->next;
            (*host)->count--;
            return task;
        }
        bench->turn += bench->options.run - 1 - (bench->turn - 1) % bench->options.run;
    }
    return NULL;
}

static void finish_task(struct bench *bench, struct txn *txn, const struct awake *host,
                        struct task *task, uint64_t number)
{
    struct url url;
    struct url_record previous;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    if (!url_split(&url, task->url) ||
        frontier_lookup(bench->frontier, txn, &url, &previous, &scratch) != STATUS_NOT_FOUND)
        fail("a URL came twice");
    struct url_record record = record_of(bench, task, number);
    frontier_record(bench->frontier, txn, &url, NULL, &record);
    frontier_done(bench->frontier, task);
    frontier_host_update(bench->frontier, host->id, &host->pace, 1);
    buf_clear(&scratch);
}

/* Up to 256 visits, committed; how many there were. */
static size_t drain_batch(struct bench *bench, uint64_t number)
{
    struct task *tasks[BATCH_PAGES];
    struct awake *hosts[BATCH_PAGES];
    size_t count = 0;
    while (count < BATCH_PAGES && (tasks[count] = next_task(bench, &hosts[count])) != NULL)
        count++;
    slice_begin(&bench->slices);
    struct txn *txn = database_begin(bench->database);
    for (size_t i = 0; i < count; i++) {
        hosts[i]->pace.last_contact_ms = bench->now_ms;
        finish_task(bench, txn, hosts[i], tasks[i], number + i);
    }
    end_batch(bench, txn);
    for (size_t i = 0; i < count; i++) {
        task_free(tasks[i]);
        if (hosts[i]->count < WINDOW_LOW && !hosts[i]->is_empty)
            take_tasks(bench, hosts[i], TASKS_AT_ONCE - hosts[i]->count);
    }
    slice_end(&bench->slices);
    look_at_memory(bench);
    return count;
}

static void drain(struct bench *bench)
{
    uint64_t most = bench->options.drained;
    uint64_t queued = bench->counters.values[COUNTER_URLS_KNOWN];
    uint64_t count = 0;
    uint64_t printed = 0;
    print_heading("drained");
    begin_million(bench);
    for (bool is_over = false; !is_over;) {
        wake_hosts(bench);
        size_t visits = drain_batch(bench, count + 1);
        wait_for_keeper(bench);
        keep_house(bench);
        sleep_hosts(bench);
        count += visits;
        bench->now_ms += BATCH_MS;
        is_over = count >= most || (visits == 0 && bench->awake_count == 0);
        if (count - printed >= MILLION || (is_over && count > printed)) {
            print_million(bench, count, count - printed);
            printed = count;
        }
    }
    while (!frontier_is_settled(bench->frontier)) {
        struct txn *txn = database_begin(bench->database);
        frontier_settle(bench->frontier, txn, bench->now_ms);
        database_commit(txn);
    }
    if (bench->counters.values[COUNTER_URLS_TRIED] != count)
        fail("what was drained was not counted");
    if (most >= queued && count != queued)
        fail("a URL was lost");
    for (size_t i = 0; i < bench->awake_count; i++) {
        while (bench->awake[i].tasks) {
            struct task *task = bench->awake[i].tasks;
            bench->awake[i].tasks = task->next;
            task_free(task);
        }
    }
}

/* ---- The program */

static struct options read_options(int argc, char **argv)
{
    struct options options = {
        .urls = 30 * MILLION,
        .drained = UINT64_MAX,
        .run = 1,
        .hosts = 200000,
        .tried_most = 100000,
        .port = 80,
        .seed = 1,
    };
    int letter;
    while ((letter = getopt(argc, argv, "u:d:r:n:c:t:p:s:")) != -1) {
        uint64_t number = optarg ? strtoull(optarg, NULL, 10) : 0;
        switch (letter) {
        case 'u':
            options.urls = number;
            break;
        case 'd':
            options.drained = number;
            break;
        case 'r':
            options.run = number > 0 ? number : 1;
            break;
        case 'n':
            options.hosts = (uint32_t)number;
            break;
        case 'c':
            options.cache_bytes = number * MIB;
            break;
        case 't':
            options.tried_most = number;
            break;
        case 'p':
            options.port = (unsigned)number;
            break;
        case 's':
            options.seed = number;
            break;
        default:
            exit(64);
        }
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "usage: frontier [-u URLS] [-d DRAINED] [-r RUN] [-n HOSTS] [-c CACHE_MIB] "
                        "[-p PORT] [-s SEED] FOLDER\n");
        exit(64);
    }
    options.folder = argv[optind];
    return options;
}

int main(int argc, char **argv)
{
    static struct bench bench;
    bench.options = read_options(argc, argv);
    open_crawl(&bench);
    fill(&bench);
    if (bench.options.drained > 0)
        drain(&bench);
    close_crawl(&bench);
    return 0;
}
