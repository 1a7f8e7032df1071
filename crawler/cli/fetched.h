/* SPDX-License-Identifier: MIT
 *
 * fetched - one hop of `forage test fetch`: what scope, robots.txt and guard say to a URL, the
 * exchange itself, and what a run would make of what came.
 */
#ifndef CRAWLER_CLI_FETCHED_H
#define CRAWLER_CLI_FETCHED_H

#include "base/json.h"
#include "crawler/cli/robots_copy.h"
#include "crawler/fetch/cache_control.h"
#include "crawler/fetch/cache_policy.h"
#include "crawler/parse/page_facts.h"
#include "robots/directives.h"
#include "store/coding.h"

/* What all hops of a command share. */
struct fetching {
    struct asked *asked;
    struct robots_copies copies;
    struct page_parser *parser;
    bool is_forced; /* Past the caches on the way. */
    unsigned hops_most;
};

/* How libcurl names what it found out of TLS; each has a line of its own. */
#define TLS_FACT_TABLE(ROW)                                                                        \
    ROW(CIPHER, "cipher", "SSL connection using ")                                                 \
    ROW(PROTOCOL, "protocol", "ALPN: server accepted ")                                            \
    ROW(SUBJECT, "subject", " subject: ")                                                          \
    ROW(ISSUER, "issuer", " issuer: ")                                                             \
    ROW(SINCE, "since", " start date: ")                                                           \
    ROW(UNTIL, "until", " expire date: ")

enum tls_fact {
#define ROW(name, word, prefix) TLS_FACT_##name,
    TLS_FACT_TABLE(ROW)
#undef ROW
        TLS_FACT_COUNT
};

/* The copy that the crawl has. */
struct stored_copy {
    bool is_there;
    int64_t fetched_at_ms;
    struct buf headers;
    struct cache_entry cache;
};

struct fetched {
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    bool is_in_scope;
    struct buf scope; /* Why. */
    bool is_robots_ignored;
    struct robots_ruling robots; /* Without a copy: not asked. */
    struct stored_copy stored;

    struct inquiry_trace trace;
    struct bytes tls[TLS_FACT_COUNT]; /* In trace.notes; empty: not said. */
    enum outcome outcome;
    struct transfer_result result;

    /* Of a page: */
    enum coding_result decoding;
    struct buf decoded;
    char declared[128]; /* Its type by the header. */
    struct page_facts facts;
    bool has_facts;
    struct directives directives;
    struct cache_entry cache;
    struct cache_control control;

    bool is_redirect; /* To `next`, if that is a URL that is crawled. */
    bool has_next;
    struct url next;
    char next_storage[URL_BYTES_MAX + 1];
    struct bytes end; /* Why the chain ends here; empty: it goes on, or this is no redirect. */
};

/* One hop; fetched->url is set. depth_of_chain: 0 for what was typed. Says what is wrong;
 * fetched_clear in any case. */
enum status fetched_get(struct fetching *fetching, struct fetched *fetched, unsigned hop);
void fetched_init(struct fetched *fetched);
void fetched_clear(struct fetched *fetched);

/* Appends it for people; more is for those who want to see how connections come about. */
void fetched_text(const struct fetched *fetched, bool is_more, int64_t now_ms, struct buf *out);
/* An object. */
void fetched_json(const struct fetched *fetched, struct json *json);

#endif
