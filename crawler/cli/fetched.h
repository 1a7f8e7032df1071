/* SPDX-License-Identifier: MIT
 *
 * fetched - one hop of `forage test fetch`: what scope, robots.txt, guard and session say to a URL,
 * the exchange itself, and what a run would make of what came. A hop is one request at most: those
 * of a login by form, and those that are made again after a challenge, are hops, too.
 */
#ifndef CRAWLER_CLI_FETCHED_H
#define CRAWLER_CLI_FETCHED_H

#include "base/json.h"
#include "crawler/cli/robots_copy.h"
#include "crawler/engine/visit.h"
#include "crawler/fetch/cached.h"
#include "crawler/fetch/headers.h"
#include "crawler/parse/page_facts.h"
#include "robots/directives.h"
#include "store/coding.h"

/* What all hops of a command share. */
struct fetching {
    struct asked *asked;
    struct robots_copies copies;
    struct page_parser *parser;
    struct logins *logins; /* NULL until somebody is asked. */
    struct buf sites;      /* Whose cookies the crawl was asked for, packed. */
    bool is_forced;        /* Past the caches on the way. */
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

/* What a hop is for. */
enum hop_kind {
    HOP_PAGE,
    HOP_AGAIN, /* The page once more: the answer before changed the session alone. */
    HOP_LOGIN, /* A request of the host's login by form. */
};

/* How the one before led here. */
enum hop_road { ROAD_NONE, ROAD_REDIRECT, ROAD_REFRESH };

struct fetched {
    enum hop_kind kind;
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    unsigned redirects; /* That led here. */
    bool is_in_scope;
    struct buf scope; /* Why. */
    bool is_robots_ignored;
    struct robots_ruling robots; /* Without a copy: not asked. */
    int64_t stored_at_ms;        /* Of the copy that the crawl has; 0: none. */
    enum cache_use use;          /* What a run would have done with it. */
    size_t cookies;              /* Of its site, fetched from the crawl for this hop. */
    bool is_waiting;             /* The host's login by form comes first. */

    struct inquiry_trace trace;
    struct bytes tls[TLS_FACT_COUNT]; /* In trace.notes; empty: not said. */
    const char *secret_field;         /* Of the request: a token's. "": none. */
    enum outcome outcome;
    enum session_step step;
    struct transfer_result result;
    struct visit *visit; /* Owned, but for its result. NULL: of a login. */

    /* Of a page: */
    enum coding_result decoding;
    struct buf decoded;
    char declared[128]; /* Its type by the header. */
    struct page_facts facts;
    bool has_facts;
    struct directives directives;
    struct cached cached; /* As it would be kept: in the visit. */
    bool has_cached;

    enum hop_road road; /* To `next`, if that is a URL that is crawled. */
    bool has_next;
    struct url next;
    char next_storage[URL_BYTES_MAX + 1];
    struct bytes end; /* Why the chain ends here; empty: it goes on, or leads nowhere. */
};

/* The caller sets kind, url and redirects. */
void fetched_init(struct fetched *fetched);
void fetched_clear(struct fetched *fetched);

/* What comes before the exchange. False in *may_ask where there is none, as the outcome says. Says
 * what is wrong. */
enum status fetched_prepare(struct fetching *fetching, struct fetched *fetched, bool *may_ask);
/* The exchange of a page, once it is prepared; nothing but is_waiting where a login comes first. */
enum status fetched_get(struct fetching *fetching, struct fetched *fetched);
/* A request of the login of page's host, as it is due: all of it. */
enum status fetched_login(struct fetching *fetching, struct fetched *fetched,
                          const struct url *page);

/* Appends a line of a head without its line end, secrets masked: for fetched_text and
 * fetched_json. */
void fetched_line(const struct fetched *fetched, const struct header_field *field, struct buf *out);
/* Appends it for people; more is for those who want to see how connections come about. */
void fetched_text(const struct fetched *fetched, bool is_more, int64_t now_ms, struct buf *out);
/* An object. */
void fetched_json(const struct fetched *fetched, struct json *json);

#endif
