/* SPDX-License-Identifier: MIT
 *
 * micro - single steps over and over, on real pages: reading HTML, and resolving links, ours and
 * libcurl's.
 *
 *     micro NAME=FOLDER...
 *
 * Each folder's HTML files are a corpus. The best of some rounds counts: whatever else the machine
 * did can only have made the others longer. One line of JSON for each corpus.
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/surt.h"
#include "base/url.h"
#include "base/url_rules.h"
#include "crawler/parse/page_facts.h"

enum {
    ROUNDS = 5,
    CORPUS_BYTES_MOST = 12 * 1024 * 1024,
    OPEN_FOLDERS = 16,
    TEXT_BYTES_MOST = 1024 * 1024,
    LINKS_MOST = 5000,
    DEPTH_MOST = 512,
};

struct document {
    struct buf bytes;
    char *href; /* Where it stands on the web that we make up. */
    struct page_facts facts;
};

struct corpus {
    struct document *documents;
    size_t count;
    size_t capacity;
    size_t bytes;
    size_t links;
};

/* nftw gives its callback no owner. */
static struct corpus *loading;
static size_t loading_prefix;

/* ---- Time */

static int64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* What the rounds give is added up here, so that no compiler leaves them out. */
static uint64_t sink;

static int64_t best_of(void (*round)(struct corpus *corpus), struct corpus *corpus)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        int64_t start = cpu_ns();
        round(corpus);
        int64_t took = cpu_ns() - start;
        best = took < best ? took : best;
    }
    return best;
}

/* ---- The corpus */

static bool load_bytes(struct buf *bytes, const char *path, size_t length)
{
    char *room = buf_reserve(bytes, length);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = file < 0 ? -1 : read(file, room, length);
    if (file >= 0)
        close(file);
    bytes->length = got > 0 ? (size_t)got : 0;
    return got > 0;
}

static int load_file(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)where;
    if (kind != FTW_F || !bytes_end_with(bytes_from_string(path), BYTES(".html")) ||
        loading->bytes > CORPUS_BYTES_MOST)
        return 0;
    struct document document = { 0 };
    buf_init(&document.bytes, BUF_UNBOUNDED);
    if (!load_bytes(&document.bytes, path, (size_t)about->st_size)) {
        buf_clear(&document.bytes);
        return 0;
    }
    document.href = xasprintf("http://docs.example.org%s", path + loading_prefix);
    if (loading->count == loading->capacity) {
        loading->capacity = loading->capacity ? 2 * loading->capacity : 256;
        loading->documents = xreallocarray(loading->documents, loading->capacity, sizeof(document));
    }
    loading->documents[loading->count++] = document;
    loading->bytes += document.bytes.length;
    return 0;
}

static void read_document(struct page_parser *parser, struct bytes bytes, struct page_facts *facts)
{
    struct page_input input = {
        .body = bytes,
        .content_type = BYTES("text/html"),
        .charset = BYTES("utf-8"),
        .limits = { LINKS_MOST, TEXT_BYTES_MOST, DEPTH_MOST },
    };
    page_parse(parser, &input, facts);
}

static bool corpus_load(struct corpus *corpus, const char *folder)
{
    *corpus = (struct corpus){ 0 };
    loading = corpus;
    loading_prefix = strlen(folder);
    if (nftw(folder, load_file, OPEN_FOLDERS, 0) != 0 || corpus->count == 0)
        return false;
    struct page_parser *parser = page_parser_new();
    for (size_t i = 0; i < corpus->count; i++) {
        struct document *document = &corpus->documents[i];
        read_document(parser, buf_bytes(&document->bytes), &document->facts);
        corpus->links += document->facts.link_count;
    }
    page_parser_free(parser);
    return true;
}

static void corpus_clear(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++) {
        buf_clear(&corpus->documents[i].bytes);
        page_facts_clear(&corpus->documents[i].facts);
        free(corpus->documents[i].href);
    }
    free(corpus->documents);
}

/* ---- Rounds */

static void round_parse(struct corpus *corpus)
{
    struct page_parser *parser = page_parser_new();
    for (size_t i = 0; i < corpus->count; i++) {
        struct page_facts facts;
        read_document(parser, buf_bytes(&corpus->documents[i].bytes), &facts);
        sink += facts.text.length;
        page_facts_clear(&facts);
    }
    page_parser_free(parser);
}

/* What the crawler does with each link that it meets, and the key that sorts it by host. */
static void round_links(struct corpus *corpus)
{
    const struct url_rules rules = url_rules_all();
    struct url base, url;
    char base_storage[URL_BYTES_MAX + 1], storage[URL_BYTES_MAX + 1];
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    for (size_t i = 0; i < corpus->count; i++) {
        const struct document *document = &corpus->documents[i];
        url_parse(&base, base_storage, sizeof(base_storage), bytes_from_string(document->href),
                  NULL);
        for (size_t j = 0; j < document->facts.link_count; j++) {
            if (url_parse_link(&url, storage, sizeof(storage), document->facts.links[j].text,
                               &base) != URL_ERROR_NONE)
                continue;
            url_apply_rules(&url, storage, sizeof(storage), &rules);
            buf_reset(&key);
            surt_key(&key, &url);
            sink += hash_bytes(buf_bytes(&key), 1);
        }
    }
    buf_clear(&key);
}

/* libcurl resolves by RFC 3986 and hands out the text: less than round_links does. */
static void round_links_curl(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++) {
        const struct document *document = &corpus->documents[i];
        CURLU *base = curl_url();
        curl_url_set(base, CURLUPART_URL, document->href, 0);
        for (size_t j = 0; j < document->facts.link_count; j++) {
            CURLU *url = curl_url_dup(base);
            char *href = NULL;
            /* The parser puts a NUL behind each link. */
            if (curl_url_set(url, CURLUPART_URL, document->facts.links[j].text.data,
                             CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_URL, &href, 0) == CURLUE_OK)
                sink += hash_bytes(bytes_from_string(href), 1);
            curl_free(href);
            curl_url_cleanup(url);
        }
        curl_url_cleanup(base);
    }
}

static void measure_corpus(const char *name, struct corpus *corpus)
{
    double parse_ns = (double)best_of(round_parse, corpus);
    double links_ns = (double)best_of(round_links, corpus);
    double curl_ns = (double)best_of(round_links_curl, corpus);
    double links = corpus->links > 0 ? (double)corpus->links : 1;
    printf("{\"corpus\": \"%s\", \"pages\": %zu, \"bytes\": %zu, \"links\": %zu, "
           "\"parse_mb_per_s\": %.1f, \"parse_us_per_page\": %.1f, \"link_ns\": %.0f, "
           "\"link_curl_ns\": %.0f}\n",
           name, corpus->count, corpus->bytes, corpus->links,
           (double)corpus->bytes * 1000 / parse_ns, parse_ns / 1000 / (double)corpus->count,
           links_ns / links, curl_ns / links);
}

int main(int argc, char **argv)
{
    struct corpus corpus = { 0 };
    page_parser_global_init();
    for (int i = 1; i < argc; i++) {
        char *folder = strchr(argv[i], '=');
        if (!folder) {
            fprintf(stderr, "usage: micro NAME=FOLDER...\n");
            return EXIT_FAILURE;
        }
        *folder++ = '\0';
        corpus_clear(&corpus);
        if (!corpus_load(&corpus, folder)) {
            fprintf(stderr, "micro: no HTML in %s\n", folder);
            return EXIT_FAILURE;
        }
        measure_corpus(argv[i], &corpus);
    }
    corpus_clear(&corpus);
    page_parser_global_clear();
    return sink == 1 ? EXIT_FAILURE : EXIT_SUCCESS;
}
