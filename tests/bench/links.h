/* SPDX-License-Identifier: MIT
 *
 * links - a synthetic web as its new links are met: hosts drawn by Zipf's law, 3 to 9 new URLs a
 * page, 90 % of them on the page's own host, paths of about 35 bytes of which 10 are random.
 *
 * The same numbers for the same seed. URLs are canonical. No two are alike: the chance that 10
 * random characters repeat on one host is that of 36^10.
 */
#ifndef TESTS_BENCH_LINKS_H
#define TESTS_BENCH_LINKS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/memory.h"
#include "frontier/frontier.h"

enum {
    LINKS_LEAST = 3,
    LINKS_MORE = 7, /* 3 to 9 a page. */
    LINKS_OWN_HOST_PERCENT = 90,
    LINKS_DEPTH_MOST = 8,
    LINKS_RANDOM_BYTES = 10,
};

struct links {
    uint64_t random;
    uint32_t hosts;
    unsigned port;
    double *ends; /* Of each host's part of 0 to 1, the first the largest. */
    uint64_t document;
    struct buf text; /* The URLs of the pages since links_reset. */
    struct found_url *found;
    size_t count;
    size_t capacity;
};

/* SplitMix64. */
static inline uint64_t links_random(struct links *links)
{
    uint64_t mixed = links->random += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

static inline uint64_t links_below(struct links *links, uint64_t bound)
{
    return (links_random(links) >> 16) % bound;
}

/* Host r has the weight 1 / (r + 1). */
static inline void links_init(struct links *links, uint32_t hosts, unsigned port, uint64_t seed)
{
    *links = (struct links){ .random = seed, .hosts = hosts, .port = port };
    links->ends = xcalloc(hosts, sizeof(*links->ends));
    buf_init(&links->text, BUF_UNBOUNDED);
    double sum = 0;
    for (uint32_t i = 0; i < hosts; i++)
        links->ends[i] = sum += 1.0 / (i + 1.0);
    for (uint32_t i = 0; i < hosts; i++)
        links->ends[i] /= sum;
}

static inline void links_clear(struct links *links)
{
    free(links->ends);
    free(links->found);
    buf_clear(&links->text);
}

static inline uint32_t links_host(struct links *links)
{
    double wanted = (double)(links_random(links) >> 11) / 9007199254740992.0;
    uint32_t first = 0;
    uint32_t last = links->hosts - 1;
    while (first < last) {
        uint32_t middle = first + (last - first) / 2;
        if (links->ends[middle] > wanted)
            last = middle;
        else
            first = middle + 1;
    }
    return first;
}

static inline void links_reset(struct links *links)
{
    buf_reset(&links->text);
    links->count = 0;
}

/* A name of some 18 bytes, scattered over the alphabet whatever the host's rank. */
static inline void links_append_host(struct links *links, uint32_t host)
{
    static const char *const ends[] = { "org", "com", "net", "de", "co.uk", "info" };
    uint32_t scattered = host * UINT32_C(2654435761);
    buf_append_string(&links->text, "www.");
    for (int i = 0; i < 4; i++)
        buf_append_char(&links->text, (char)('a' + (scattered >> (28 - 4 * i) & 15)));
    buf_printf(&links->text, "%u.%s", (unsigned)host, ends[scattered % 6]);
}

static inline void links_append_url(struct links *links, uint32_t host)
{
    static const char *const words[] = { "news",    "article", "product", "people",
                                         "archive", "events",  "photos",  "reviews",
                                         "wiki",    "report",  "local",   "science",
                                         "sports",  "travel",  "history", "garden" };
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    uint64_t random = links_random(links);
    buf_append_string(&links->text, "http://");
    links_append_host(links, host);
    if (links->port != 80)
        buf_printf(&links->text, ":%u", links->port);
    buf_append_char(&links->text, '/');
    buf_append_string(&links->text, words[random & 15]);
    buf_append_char(&links->text, '/');
    buf_append_string(&links->text, words[random >> 4 & 15]);
    buf_append_char(&links->text, '-');
    random = links_random(links);
    for (int i = 0; i < LINKS_RANDOM_BYTES; i++, random /= 36)
        buf_append_char(&links->text, digits[random % 36]);
    buf_append_string(&links->text, ".html");
}

static inline void links_add(struct links *links, uint32_t host, uint16_t depth, bool is_cross_host)
{
    if (links->count == links->capacity) {
        links->capacity = links->capacity ? 2 * links->capacity : 1024;
        links->found = xreallocarray(links->found, links->capacity, sizeof(*links->found));
    }
    size_t start = links->text.length;
    links_append_url(links, host);
    /* The text may move while it grows: links_finish puts the addresses in. */
    links->found[links->count++] = (struct found_url){
        .url = { NULL, links->text.length - start },
        .referrer = links->document,
        .depth = depth,
        .found = FOUND_LINK,
        .url_class = url_class(&(struct discovery){
            .found = FOUND_LINK, .depth = depth, .is_cross_host = is_cross_host })
    };
}

/* The new links of one page more. */
static inline void links_page(struct links *links)
{
    uint32_t host = links_host(links);
    uint16_t depth = (uint16_t)(1 + links_below(links, LINKS_DEPTH_MOST));
    size_t count = LINKS_LEAST + links_below(links, LINKS_MORE);
    links->document++;
    for (size_t i = 0; i < count; i++) {
        bool is_own = links_below(links, 100) < LINKS_OWN_HOST_PERCENT;
        links_add(links, is_own ? host : links_host(links), depth, !is_own);
    }
}

/* No more pages: the URLs and their fingerprints are in place until links_reset. */
static inline void links_finish(struct links *links, const struct frontier *frontier)
{
    const char *at = links->text.data;
    for (size_t i = 0; i < links->count; i++) {
        struct found_url *found = &links->found[i];
        found->url.data = at;
        found->fingerprint = frontier_fingerprint(frontier, found->url);
        at += found->url.length;
    }
}

#endif
