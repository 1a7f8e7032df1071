/* SPDX-License-Identifier: MIT
 *
 * world - a web to crawl that is a function of a seed: hosts on shared addresses, their robots.txt,
 * pages and links, what each request is answered and how long that takes.
 *
 * The world keeps no state. What goes wrong by chance depends on the seed, the host and the time,
 * so that a crawler that dies and comes back finds the world that it left.
 *
 * Pages of a host are numbered: page n links to 4n + 1 to 4n + 4 and to the two behind itself, so a
 * page that may not be had hides few others. Hosts link to hosts, each found from up to three
 * others.
 */
#ifndef TESTS_POLITENESS_WORLD_H
#define TESTS_POLITENESS_WORLD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/url.h"
#include "crawler/fetch/resolver.h"

#define WORLD_AGENT "SimBot"

enum robots_kind {
    WORLD_ROBOTS_NONE, /* 404 */
    WORLD_ROBOTS_EMPTY,
    WORLD_ROBOTS_RULES,
    WORLD_ROBOTS_DELAY,
    WORLD_ROBOTS_OWN_GROUP,
    WORLD_ROBOTS_FAILING, /* 500 in some hours. */
    WORLD_ROBOTS_SLOW,
    WORLD_ROBOTS_MOVED,     /* To another path of the host. */
    WORLD_ROBOTS_ELSEWHERE, /* To the robots.txt of another host. */
    WORLD_ROBOTS_CLOSED,    /* Disallow: / */
    WORLD_ROBOTS_TURNING,   /* Another text from some moment on. */
    WORLD_ROBOTS_SHORT,     /* Cache-Control: max-age=600 */
    WORLD_ROBOTS_MUTE,      /* No answer in some hours. */
    WORLD_ROBOTS_BUSY,      /* 429 in some hours. */
};

/* Whether a host is there at all. */
enum presence { PRESENCE_THERE, PRESENCE_NAMELESS, PRESENCE_REFUSING };

struct world_policy {
    int64_t delay_ms;
    int delay_factor;
    int connections;
};

struct world_host {
    uint32_t pages;
    uint32_t first_page; /* In a count of all pages of the world. */
    enum robots_kind robots;
    enum presence presence;
    bool is_https;
    bool has_two_origins; /* One page in four is on port 8080. */
    bool has_own_policy;  /* A section of its own in forage.conf. */
    struct world_policy policy;
    int64_t answer_us; /* About how long an answer takes. */
    uint32_t *linked;  /* Hosts that its first page links to. */
    size_t linked_count;
};

struct world {
    uint64_t seed;
    bool is_calm; /* Nothing goes wrong, and all hosts are alike. */
    int64_t begins_ms;
    uint32_t host_count;
    uint32_t page_count;
    struct world_host *hosts;
};

/* About so many pages in all. begins_ms: wall clock. */
void world_init(struct world *world, uint64_t seed, uint32_t hosts, uint64_t pages, bool is_calm,
                int64_t begins_ms);
void world_clear(struct world *world);

/* ---- Names and URLs */

void world_append_name(const struct world *world, uint32_t host, struct buf *out);
/* False where it is no name of this world. */
bool world_find_host(const struct world *world, struct bytes name, uint32_t *host);
/* The second origin is there where has_two_origins. */
void world_append_origin(const struct world *world, uint32_t host, bool is_second, struct buf *out);
void world_append_page_url(const struct world *world, uint32_t host, uint32_t page,
                           struct buf *out);
/* The number of the page that the path is of; false for paths that are of none. */
bool world_find_page(const struct world *world, uint32_t host, struct bytes path, uint32_t *page);

/* What page links to, in order; url is valid during the call. */
void world_walk_links(const struct world *world, uint32_t host, uint32_t page,
                      void (*each)(void *owner, const char *url), void *owner);

/* ---- What is answered */

/* Where a name leads at that time: nothing, or addresses. */
void world_resolve(const struct world *world, uint32_t host, int64_t now_ms,
                   struct resolved *resolved);

/* What becomes of an attempt to connect. */
enum connecting { CONNECTING_WORKS, CONNECTING_REFUSED, CONNECTING_SILENT };
enum connecting world_connect(const struct world *world, uint32_t host,
                              const struct address *address, int64_t now_ms);

enum reply_end {
    REPLY_WHOLE,
    REPLY_CUT,   /* Behind some of the body. */
    REPLY_MUTE,  /* Nothing comes. */
    REPLY_STUCK, /* Behind the headers nothing comes. */
};

struct reply {
    enum reply_end end;
    int64_t first_byte_us; /* From the request. */
    int64_t end_us;
    uint16_t status;
    struct buf fields; /* With line ends. */
    struct buf body;
};

void reply_init(struct reply *reply);
void reply_clear(struct reply *reply);
/* if_none_match: as asked, empty where it was not. */
void world_answer(const struct world *world, uint32_t host, const struct url *url,
                  struct bytes if_none_match, int64_t now_us, struct reply *reply);

/* ---- For the crawler and for the judge */

/* Sections of forage.conf. */
void world_write_policies(const struct world *world, FILE *conf);
/* Members of the judge's world: "hosts" and "robots". */
void world_describe(const struct world *world, struct json *json);

#endif
