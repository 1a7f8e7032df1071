/* SPDX-License-Identifier: MIT
 *
 * rows - what the rows alone cost that a tried URL leaves in tables: the floor below `frontier`'s
 * draining.
 *
 *     rows [-p PASSES] [-n HOSTS] [-u URLS] FOLDER
 *
 * A pass puts URLS rows (25) for each of HOSTS hosts (4,000) into a table of records (150 bytes,
 * keyed by host and path) and one of revisits (40 bytes, keyed by host, time and fingerprint), both
 * in the order of their keys, 2,000 URLs to a transaction, as settling does: 100,000 URLs a pass.
 * Nothing is looked up, queued, handed out or deleted. The database stands on the program's
 * defaults; a checkpoint ends each pass. FOLDER must be there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/pack.h"
#include "config/config.h"
#include "links.h"
#include "meters.h"
#include "store/database.h"

enum {
    RECORD_BYTES = 150,
    REVISIT_BYTES = 40,
    PATH_WORDS = 4, /* Of 8 bytes each. */
    SLICE_URLS = 2000,
};

struct rows {
    struct database *database;
    struct table *records;
    struct table *revisits;
    struct links random;
    uint64_t *paths; /* Of the host at hand, in their order. */
    size_t urls;
    struct buf key;
};

static int compare(const void *a, const void *b)
{
    uint64_t first = *(const uint64_t *)a;
    uint64_t second = *(const uint64_t *)b;
    return (first > second) - (first < second);
}

static void put_host(struct rows *rows, struct txn *txn, uint64_t host, uint64_t pass)
{
    static const char value[RECORD_BYTES];
    for (size_t i = 0; i < rows->urls; i++)
        rows->paths[i] = links_random(&rows->random);
    qsort(rows->paths, rows->urls, sizeof(*rows->paths), compare);
    for (size_t i = 0; i < rows->urls; i++) {
        buf_reset(&rows->key);
        pack_be64(&rows->key, host);
        for (int word = 0; word < PATH_WORDS; word++)
            pack_be64(&rows->key, rows->paths[i]);
        table_put(rows->records, txn, buf_bytes(&rows->key), bytes_of(value, RECORD_BYTES));
    }
    for (size_t i = 0; i < rows->urls; i++) {
        buf_reset(&rows->key);
        pack_be64(&rows->key, host);
        pack_be64(&rows->key, pass);
        pack_be64(&rows->key, rows->paths[i]);
        table_put(rows->revisits, txn, buf_bytes(&rows->key), bytes_of(value, REVISIT_BYTES));
    }
}

static void put_pass(struct rows *rows, uint64_t hosts, uint64_t pass)
{
    int64_t begun_ns = meter_ns(CLOCK_PROCESS_CPUTIME_ID);
    for (uint64_t host = 0; host < hosts;) {
        struct txn *txn = database_begin(rows->database);
        for (size_t count = 0; count < SLICE_URLS && host < hosts; count += rows->urls)
            put_host(rows, txn, host++, pass);
        database_commit(txn);
    }
    database_checkpoint(rows->database);
    double us = (double)(meter_ns(CLOCK_PROCESS_CPUTIME_ID) - begun_ns) / 1000;
    printf("pass %2" PRIu64 ": %6.2f us of CPU a URL\n", pass, us / (double)(hosts * rows->urls));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    uint64_t passes = 10;
    uint64_t hosts = 4000;
    struct rows rows = { .random.random = 1, .urls = 25 };
    int letter;
    while ((letter = getopt(argc, argv, "p:n:u:")) != -1) {
        uint64_t number = optarg ? strtoull(optarg, NULL, 10) : 0;
        if (number == 0)
            exit(64);
        if (letter == 'p')
            passes = number;
        else if (letter == 'n')
            hosts = number;
        else
            rows.urls = (size_t)number;
    }
    struct config *config = NULL;
    char *error = NULL;
    if (optind + 1 != argc || config_load(&config, NULL, NULL, NULL, &error))
        exit(64);
    struct database_options options = { .cache_bytes = config_settings(config)->db_cache_bytes };
    if (database_open(&rows.database, argv[optind], &options) ||
        database_table(rows.database, "records", &rows.records) ||
        database_table(rows.database, "revisits", &rows.revisits))
        exit(1);
    rows.paths = xcalloc(rows.urls, sizeof(*rows.paths));
    buf_init(&rows.key, BUF_UNBOUNDED);
    for (uint64_t pass = 1; pass <= passes; pass++)
        put_pass(&rows, hosts, pass);
    buf_clear(&rows.key);
    free(rows.paths);
    database_close(rows.database);
    config_free(config);
    return 0;
}
