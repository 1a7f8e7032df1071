/* SPDX-License-Identifier: MIT
 *
 * waterfall - what each step of a page's path costs, with the program's own modules in one thread.
 *
 *     waterfall STAGE LIST FOLDER
 *
 * LIST holds the URLs; FOLDER is where the last stage keeps its database. Each stage does what
 * those before it do, and one thing more:
 *
 *     fetch     the transfer, body to memory as it came
 *     parse     the content coding undone, the page read
 *     resolve   each link parsed against its base, normalised, fingerprinted, packed
 *     store     digest and record made; record, body and change put in batches, the keeper beside
 *
 * There is no frontier, no robots.txt, no politeness: that is what the whole program adds. One line
 * of JSON says what came out; wall and CPU time are from the first request to the closed database.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/url.h"
#include "base/url_rules.h"
#include "crawler/fetch/address.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/poller.h"
#include "crawler/fetch/transfers.h"
#include "crawler/parse/page_facts.h"
#include "store/changes.h"
#include "store/coding.h"
#include "store/counters.h"
#include "store/database.h"
#include "store/keeper.h"
#include "store/page.h"

/* As the program's defaults are. */
enum {
    IN_FLIGHT = 64,
    BATCH = 256,
    CACHE_BYTES = 96 * 1024 * 1024,
    CHECKPOINT_BYTES = 64 * 1024 * 1024,
    BODY_BYTES_MOST = 10 * 1000 * 1000,
    HEADER_BYTES_MOST = 128 * 1024,
    TEXT_BYTES_MOST = 1024 * 1024,
    LINKS_MOST = 5000,
    DEPTH_MOST = 512,
    SEEN_SLOTS = 16384, /* A power of two, more than twice LINKS_MOST. */
};

enum stage { STAGE_FETCH, STAGE_PARSE, STAGE_RESOLVE, STAGE_STORE, STAGE_COUNT };
static const char *const stage_words[STAGE_COUNT] = { "fetch", "parse", "resolve", "store" };

/* A page on its way into the batch. */
struct kept {
    uint64_t document;
    struct buf record;
    struct buf body;
};

struct waterfall {
    enum stage stage;
    char **urls;
    size_t url_count;
    size_t next;
    struct poller *poller;
    struct address_rules *rules;
    struct transfers *transfers;
    struct page_parser *parser;
    struct buf decoded;
    struct buf links; /* Packed. */
    uint64_t seen[SEEN_SLOTS];
    struct database *database;
    struct page_store *pages;
    struct change_feed *changes;
    struct counters counters;
    struct keeper *keeper;
    struct kept batch[BATCH];
    size_t batch_count;
    uint64_t pages_ok;
    uint64_t wire_bytes;
    uint64_t bytes; /* Decoded. */
    uint64_t link_count;
    uint64_t links_kept;
};

static _Noreturn void fail(const char *doing, const char *what)
{
    fprintf(stderr, "waterfall: cannot %s %s\n", doing, what);
    exit(EXIT_FAILURE);
}

/* ---- The list */

static void read_list(struct waterfall *waterfall, const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail("open", path);
    char *line = NULL;
    size_t room = 0, capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &room, file)) > 0) {
        if (waterfall->url_count == capacity) {
            capacity = capacity ? 2 * capacity : 1024;
            waterfall->urls = xreallocarray(waterfall->urls, capacity, sizeof(char *));
        }
        line[strcspn(line, "\n")] = '\0';
        waterfall->urls[waterfall->url_count++] = xstrdup(line);
    }
    free(line);
    fclose(file);
}

/* ---- Fetch */

static void start_next(struct waterfall *waterfall)
{
    static const char *const headers[] = {
        "User-Agent: ForageBench/1.0 (+http://127.0.1.1/)",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Encoding: " CODING_ACCEPT,
        NULL,
    };
    struct url url;
    struct address address;
    char *text = waterfall->urls[waterfall->next++];
    if (!url_split(&url, bytes_from_string(text)) || !address_parse_host(&address, url_host(&url)))
        fail("understand", text);
    struct transfer_request request = {
        .url = text,
        .host = url_host(&url),
        .port = url.port,
        .addresses = &address,
        .address_count = 1,
        .headers = headers,
        .limits = { .header_bytes = HEADER_BYTES_MOST,
                    .header_fields = 256,
                    .body_bytes = BODY_BYTES_MOST,
                    .connect_ms = 10000,
                    .first_byte_ms = 20000,
                    .total_ms = 60000,
                    .slow_bytes_per_s = 1024,
                    .slow_ms = 15000 },
    };
    transfers_start(waterfall->transfers, &request, text);
}

/* ---- Parse */

static void parse(struct waterfall *waterfall, const struct transfer_result *result,
                  struct page_facts *facts)
{
    struct bytes headers = buf_bytes(&result->headers);
    struct coding_limits coding_limits = { BODY_BYTES_MOST, 200 };
    if (coding_decode(header_get(headers, BYTES("content-encoding")), buf_bytes(&result->body),
                      &waterfall->decoded, &coding_limits) != CODING_OK)
        fail("decode", result->owner);
    char essence[128];
    struct page_input input = {
        .body = buf_bytes(&waterfall->decoded),
        .headers = headers,
        .limits = { LINKS_MOST, TEXT_BYTES_MOST, DEPTH_MOST },
    };
    header_content_type(headers, essence, &input.charset);
    input.content_type = bytes_from_string(essence);
    page_parse(waterfall->parser, &input, facts);
    waterfall->bytes += waterfall->decoded.length;
    waterfall->link_count += facts->link_count;
}

/* ---- Resolve */

/* True where the page had no such link before. */
static bool seen_add(struct waterfall *waterfall, uint64_t fingerprint)
{
    uint64_t wanted = fingerprint | 1; /* 0 is a free slot. */
    size_t slot = (fingerprint >> 1) % SEEN_SLOTS;
    for (; waterfall->seen[slot] != 0; slot = (slot + 1) % SEEN_SLOTS)
        if (waterfall->seen[slot] == wanted)
            return false;
    waterfall->seen[slot] = wanted;
    return true;
}

static void resolve(struct waterfall *waterfall, const char *page_url,
                    const struct page_facts *facts)
{
    const struct url_rules rules = url_rules_all();
    struct url page, base, url;
    char base_storage[URL_BYTES_MAX + 1], storage[URL_BYTES_MAX + 1];
    url_split(&page, bytes_from_string(page_url));
    if (facts->base.length == 0 ||
        url_parse(&base, base_storage, sizeof(base_storage), facts->base, &page) != URL_ERROR_NONE)
        base = page;
    memset(waterfall->seen, 0, sizeof(waterfall->seen));
    buf_reset(&waterfall->links);
    for (size_t i = 0; i < facts->link_count; i++) {
        const struct raw_link *link = &facts->links[i];
        if (url_parse_link(&url, storage, sizeof(storage), link->text, &base) != URL_ERROR_NONE)
            continue;
        url_apply_rules(&url, storage, sizeof(storage), &rules);
        if (!seen_add(waterfall, hash_bytes(url_bytes(&url), 1)))
            continue;
        struct stored_link stored = { url_bytes(&url), link->kind, link->is_nofollow };
        links_pack(&waterfall->links, &stored);
        waterfall->links_kept++;
    }
}

/* ---- Store */

static void open_store(struct waterfall *waterfall, const char *folder)
{
    struct database_options options = { .cache_bytes = CACHE_BYTES };
    if (database_open(&waterfall->database, folder, &options) ||
        page_store_open(&waterfall->pages, waterfall->database) ||
        change_feed_open(&waterfall->changes, waterfall->database) ||
        counters_load(&waterfall->counters, waterfall->database))
        fail("open the database in", folder);
    waterfall->keeper = keeper_start(waterfall->database, CHECKPOINT_BYTES);
    for (size_t i = 0; i < BATCH; i++) {
        buf_init(&waterfall->batch[i].record, BUF_UNBOUNDED);
        buf_init(&waterfall->batch[i].body, BUF_UNBOUNDED);
    }
}

static void commit_batch(struct waterfall *waterfall)
{
    if (waterfall->batch_count == 0)
        return;
    struct txn *txn = database_begin(waterfall->database);
    for (size_t i = 0; i < waterfall->batch_count; i++) {
        struct kept *kept = &waterfall->batch[i];
        struct change change = {
            .document = kept->document,
            .op = CHANGE_UPSERT,
            .reason = CHANGE_REASON_NEW,
            .at_ms = 1,
        };
        page_put(waterfall->pages, txn, kept->document, buf_bytes(&kept->record));
        body_put(waterfall->pages, txn, kept->document, buf_bytes(&kept->body));
        change_append(waterfall->changes, txn, &waterfall->counters, &change, 0);
        buf_clear(&kept->body);
    }
    counters_save(&waterfall->counters, txn, waterfall->database);
    database_commit(txn);
    waterfall->batch_count = 0;
}

static void store(struct waterfall *waterfall, struct transfer_result *result,
                  const struct page_facts *facts)
{
    struct bytes headers = buf_bytes(&result->headers);
    struct page page = {
        .url = bytes_from_string(result->owner),
        .status = result->status,
        .flags = PAGE_TEXT_IN_BODY, /* As the program does with every body that it keeps. */
        .fetched_at_ms = 1,
        .headers = headers,
        .content_type = facts->type,
        .charset = bytes_from_string(facts->charset),
        .lang = facts->lang,
        .title = facts->title,
        .description = facts->description,
        .keywords = facts->keywords,
        .links = buf_bytes(&waterfall->links),
        .etag = header_get(headers, BYTES("etag")),
        .last_modified = header_get(headers, BYTES("last-modified")),
        .coding = header_get(headers, BYTES("content-encoding")),
        .wire_bytes = result->body.length,
        .length = waterfall->decoded.length,
        .depth = 1,
        .referrer = 1,
    };
    struct kept *kept = &waterfall->batch[waterfall->batch_count++];
    sha256(buf_bytes(&waterfall->decoded), page.digest);
    page_encode(&page, &kept->record);
    kept->document = waterfall->counters.values[COUNTER_NEXT_DOCUMENT]++;
    kept->body = result->body;
    buf_init(&result->body, BUF_UNBOUNDED);
    if (waterfall->batch_count == BATCH)
        commit_batch(waterfall);
}

static void close_store(struct waterfall *waterfall)
{
    commit_batch(waterfall);
    for (size_t i = 0; i < BATCH; i++)
        buf_clear(&waterfall->batch[i].record);
    keeper_stop(waterfall->keeper);
    change_feed_close(waterfall->changes);
    page_store_close(waterfall->pages);
    database_close(waterfall->database);
}

/* ---- The path */

static void take(struct waterfall *waterfall, struct transfer_result *result)
{
    if (result->end != TRANSFER_DONE || result->status != 200)
        fail("fetch", result->owner);
    waterfall->pages_ok++;
    waterfall->wire_bytes += result->body.length;
    if (waterfall->stage >= STAGE_PARSE) {
        struct page_facts facts;
        parse(waterfall, result, &facts);
        if (waterfall->stage >= STAGE_RESOLVE)
            resolve(waterfall, result->owner, &facts);
        if (waterfall->stage >= STAGE_STORE)
            store(waterfall, result, &facts);
        page_facts_clear(&facts);
    }
    transfer_result_clear(result);
}

static void run(struct waterfall *waterfall)
{
    struct transfer_result result;
    while (waterfall->next < waterfall->url_count ||
           transfers_in_flight(waterfall->transfers) > 0) {
        while (waterfall->next < waterfall->url_count &&
               transfers_in_flight(waterfall->transfers) < IN_FLIGHT)
            start_next(waterfall);
        poller_wait(waterfall->poller, US_PER_MS * transfers_timeout_ms(waterfall->transfers));
        transfers_process_timeouts(waterfall->transfers);
        while (transfers_next_done(waterfall->transfers, &result))
            take(waterfall, &result);
    }
}

static int64_t cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000) +
           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void print_result(const struct waterfall *waterfall, int64_t wall_us, int64_t cpu)
{
    printf("{\"stage\": \"%s\", \"pages\": %" PRIu64 ", \"wall_us\": %" PRId64
           ", \"cpu_us\": %" PRId64 ", \"wire_bytes\": %" PRIu64 ", \"bytes\": %" PRIu64
           ", \"links\": %" PRIu64 ", \"links_kept\": %" PRIu64 "}\n",
           stage_words[waterfall->stage], waterfall->pages_ok, wall_us, cpu, waterfall->wire_bytes,
           waterfall->bytes, waterfall->link_count, waterfall->links_kept);
}

static enum stage stage_of(const char *word)
{
    for (int stage = 0; stage < STAGE_COUNT; stage++)
        if (strcmp(word, stage_words[stage]) == 0)
            return (enum stage)stage;
    fail("find the stage", word);
}

static void open_network(struct waterfall *waterfall)
{
    static const char *const loopback[] = { "127.0.0.0/8" };
    char *error = NULL;
    waterfall->rules = address_rules_new(loopback, 1, &error);
    if (!waterfall->rules)
        fail("allow", loopback[0]);
    struct transfers_options options = {
        .rules = waterfall->rules,
        .connections_most = 2 * IN_FLIGHT,
    };
    waterfall->poller = poller_new();
    waterfall->transfers = transfers_new(waterfall->poller, &options);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: waterfall fetch|parse|resolve|store LIST FOLDER\n");
        return EXIT_FAILURE;
    }
    struct waterfall *waterfall = xcalloc(1, sizeof(*waterfall));
    waterfall->stage = stage_of(argv[1]);
    read_list(waterfall, argv[2]);
    buf_init(&waterfall->decoded, BUF_UNBOUNDED);
    buf_init(&waterfall->links, BUF_UNBOUNDED);
    transfers_global_init();
    page_parser_global_init();
    waterfall->parser = page_parser_new();
    open_network(waterfall);
    int64_t wall = clock_monotonic_us();
    int64_t cpu = cpu_us();
    if (waterfall->stage == STAGE_STORE)
        open_store(waterfall, argv[3]);
    run(waterfall);
    if (waterfall->stage == STAGE_STORE)
        close_store(waterfall);
    print_result(waterfall, clock_monotonic_us() - wall, cpu_us() - cpu);
    transfers_free(waterfall->transfers);
    poller_free(waterfall->poller);
    address_rules_free(waterfall->rules);
    page_parser_free(waterfall->parser);
    page_parser_global_clear();
    transfers_global_clear();
    for (size_t i = 0; i < waterfall->url_count; i++)
        free(waterfall->urls[i]);
    free(waterfall->urls);
    buf_clear(&waterfall->decoded);
    buf_clear(&waterfall->links);
    free(waterfall);
    return EXIT_SUCCESS;
}
