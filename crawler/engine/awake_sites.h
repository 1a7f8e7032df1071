/* SPDX-License-Identifier: MIT
 *
 * awake_sites - the sites whose hosts are awake in one fetch thread, and their cookies.
 *
 * A site's cookies come with the first of its hosts that wakes and go with the last that sleeps, if
 * the store has them; else they stay while there is room. All hosts of a site are one thread's.
 */
#ifndef CRAWLER_ENGINE_AWAKE_SITES_H
#define CRAWLER_ENGINE_AWAKE_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "crawler/engine/cookie_mail.h"
#include "crawler/fetch/cookies.h"

struct awake_site {
    struct awake_site *next; /* In its bucket. */
    char *name;              /* As base/site.h says. */
    size_t hosts;            /* Of it that are awake. */
    bool is_loaded;          /* What the store has of it was given to the jar. */
    bool has_news;           /* The store has not heard of all; at least of how long they live. */
    bool is_changed;         /* Cookies came or went since it heard: it is to hear soon. */
    struct awake_site *next_changed;
    struct cookie_letter *letter; /* The last one that was sent. */
};

struct awake_sites {
    struct awake_site **buckets;
    size_t bucket_count;
    size_t count;
    struct awake_site *changed; /* Those that are. */
    struct cookies *jar;
};

/* secret: so that no site chooses where others are looked for. */
void awake_sites_init(struct awake_sites *sites, uint64_t secret);
void awake_sites_clear(struct awake_sites *sites);

/* A host of it wakes; cookies is the site's record (may be empty), and counts for the first that
 * brings one. NULL: it brings none. */
struct awake_site *awake_sites_enter(struct awake_sites *sites, struct bytes host,
                                     const struct bytes *cookies, int64_t now_ms);
/* NULL: none of its hosts is awake. */
struct awake_site *awake_sites_find(const struct awake_sites *sites, struct bytes name);
/* One sleeps. are_kept: the store has the cookies. */
void awake_sites_leave(struct awake_sites *sites, struct awake_site *site, bool are_kept);

/* Its cookies are others than the store has, by what a server sees of them. */
void awake_sites_change(struct awake_sites *sites, struct awake_site *site);
/* The store is told of all. */
void awake_sites_settle(struct awake_sites *sites, struct awake_site *site);

#endif
