/* SPDX-License-Identifier: MIT
 *
 * visit - one task's trip: what the fetch thread found out, what the parser made of it, on the way
 * to the store.
 *
 * A visit is owned by one thread at a time. It holds a credit of the crawl from its birth until its
 * batch is committed.
 */
#ifndef CRAWLER_ENGINE_VISIT_H
#define CRAWLER_ENGINE_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "crawler/engine/channel.h"
#include "crawler/fetch/transfers.h"
#include "crawler/fetch/validators.h"
#include "frontier/frontier.h"

/* What the answer means for the next request (caching.h); bytes in the visit's arena. */
struct reply_cache {
    struct bytes cached;    /* For the record of the URL; empty: nothing to reuse. */
    int64_t fresh_until_ms; /* 0: it is not. */
    struct validators validators;
    bool is_no_store;
    bool is_news; /* A 304 that updates stored fields. */
};

struct visit {
    struct message message;
    struct task *task; /* Owned. NULL for a visit to robots.txt. */
    uint64_t host;     /* 0: it fell asleep meanwhile. */
    enum outcome outcome;
    uint16_t status;
    bool is_contact;      /* The host was asked: counts as a fetch. */
    bool is_errand;       /* Of its host, for another one. */
    bool is_repeated;     /* Its task is asked again: the answer changed the session alone. */
    bool has_new_cookies; /* The answer set some, or took some away. */
    bool is_conditional;  /* The request carried a validator. */
    uint64_t part_bytes;  /* It asked for what follows so many; 0: for all. */
    bool is_rest;         /* And that came: the store has what was before (joining.h). */
    bool is_joined;       /* The two are one. */
    struct pace pace;     /* The host's, when the fetch ended. */
    uint64_t pace_number; /* Of two of a host, the larger one's is the later. */
    int64_t asked_at_ms;
    int64_t fetched_at_ms;
    struct bytes request; /* Its header fields, without conditions; in the arena. */
    uint64_t identity;    /* Whose login it was asked for with (logins.h); 0: as nobody. */
    struct reply_cache caching;
    int64_t due_least_ms; /* Not due again before; 0: no bound. */
    uint64_t robots_version;
    struct bytes reason; /* In words, or the target of a redirect; in the arena. */
    struct transfer_result result;
    struct bytes proxy; /* It went through, as proxy_name(); in the arena. Empty: none. */

    /* A visit to robots.txt: what is to be kept of it. */
    struct bytes origin; /* In the arena; empty: nothing, as it is an errand or was moved. */
    struct buf origin_record;

    /* What the parser made of it. */
    struct arena arena;
    struct buf page_record;
    struct buf body; /* As it is to be kept. */
    unsigned char digest[SHA256_BYTES];
    bool is_noindex; /* By its directives, or as it is a sitemap. */
    bool is_sitemap;
    int64_t unavailable_after_ms; /* 0: never. */
    struct found_url *found;      /* Links that may be new; in the arena. */
    size_t found_count;
    size_t link_count;
    uint32_t page_flags; /* Of its record. */
    struct bytes canonical;

    uint64_t counted_bytes; /* Held against the crawl's bound on bytes in flight. */
};

struct visit *visit_new(struct task *task, uint64_t host);
void visit_free(struct visit *visit);

/* In a channel: what is large is heavy. At least 1, and about as much as a usual page for each. */
size_t visit_weight_of(uint64_t kept_bytes);
size_t visit_weight(const struct visit *visit);

#endif
