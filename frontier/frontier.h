/* SPDX-License-Identifier: MIT
 *
 * frontier - every URL that is known, queued or tried, in the tables of the crawl; the store
 * thread's.
 *
 * A URL that is merely known costs a fingerprint in `seen` and its bytes in a compressed batch of
 * `arrivals`; it feeds the fetch windows from memory, and what is not fetched soon goes to its
 * host's chunks in `queue`, in slices. A URL that was tried has a record in `urls`, and one row in
 * `revisits` while it is wanted again. A sleeping host with work stands in `agenda` once.
 *
 * What is handed out (a task) carries a ticket: its place in the batch or chunk that it came from.
 * That one is deleted when all its URLs have an outcome; a crash before hands them out again, and
 * whatever is taken is looked up in `urls` first, so a copy is harmless. What is found becomes
 * visible only through frontier_committed, after the transaction. A batch that was begun is always
 * committed: there is no way back but a new process.
 *
 * All functions but those marked are for the store thread alone.
 */
#ifndef FRONTIER_FRONTIER_H
#define FRONTIER_FRONTIER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/url.h"
#include "frontier/hold.h"
#include "frontier/outcome.h"
#include "frontier/scheduler.h"
#include "store/counters.h"
#include "store/database.h"

enum found_as {
    FOUND_SEED,
    FOUND_LINK,
    FOUND_SITEMAP, /* A sitemap lists it. */
    FOUND_REDIRECT,
    FOUND_ROBOTS,       /* It is a sitemap: a line of robots.txt says so. */
    FOUND_SITEMAP_PART, /* It is a sitemap: the index of sitemaps lists it. */
    FOUND_AS_COUNT
};
const char *found_as_word(enum found_as found);

/* How a URL was found, as far as its priority goes. */
struct discovery {
    uint8_t found; /* enum found_as. */
    uint8_t
        priority; /* Of FOUND_SITEMAP: in tenths, as its sitemap gives it, 5 where it does not. */
    uint16_t depth;
    bool is_cross_host; /* On another host than the page that it was found on. */
    bool is_entrance;   /* The front page of another site. */
};

/* Priority classes, given once on entry; lower goes first.
 *
 *     0  a seed, and where one was redirected on its host
 *     1  depth 1 and 2; an entrance; a sitemap's entry of priority 0.5 or more; a sitemap that
 *        robots.txt or an index names
 *     2  depth 3 to 5; a sitemap's entry of priority 0.3 or more
 *     3  deeper; a sitemap's entry of less
 *
 * A link to another host is one class worse, but for entrances. How many pages or sites refer to a
 * URL is not in it: only the first one is met while it is new, and links to what is known cost one
 * look at a table in memory, and nothing else.
 *
 * A revisit competes as revisit_rank says. */
enum { URL_CLASSES = 4, URL_CLASS_HELD = 4 };
uint8_t url_class(const struct discovery *discovery);

/* The class that a tried URL competes with when it is wanted again: 2 as it becomes due, 1 when it
 * is late by as long as it was to wait, 0 when it is so twice. Equal ones take turns; the better
 * has three turns for one of the other, so that none starves. */
enum { REVISIT_RANK = 2 };
uint8_t revisit_rank(int64_t checked_at_ms, int64_t due_ms, int64_t now_ms);

/* A URL on its way into the frontier. */
struct found_url {
    struct bytes url;     /* Canonical, as url_parse_link gives it. */
    uint64_t fingerprint; /* frontier_fingerprint of it. */
    uint64_t referrer;    /* Document number of the page; 0: a seed. */
    uint16_t depth;
    uint8_t found;     /* enum found_as. */
    uint8_t url_class; /* Below URL_CLASSES; a walk shows what is held as URL_CLASS_HELD. */
    uint8_t hops;      /* Redirects that led here. */
};

/* What happened to a URL that was tried. Bytes are borrowed. */
struct url_record {
    uint8_t state;   /* enum url_state. */
    uint8_t reason;  /* enum outcome: the last one. */
    uint16_t status; /* HTTP status of the last answer; 0: none. */
    uint16_t depth;
    uint8_t found;
    uint8_t hops;       /* Redirects that led here when it was found. */
    uint8_t tries;      /* Failures in a row. */
    uint8_t gone_count; /* 404/410 in a row. */
    uint32_t epoch;     /* Of the last try: see run --all. */
    uint32_t fetches;   /* Ever. */
    uint32_t changes;   /* Contents ever seen to differ. */
    uint64_t document;  /* Number for life; 0: never stored. */
    uint64_t change;    /* Its live entry in the change feed; 0: none. */
    uint64_t referrer;
    uint64_t robots_version; /* That allowed or refused the last try. */
    int64_t first_seen_ms;
    int64_t fetched_at_ms; /* Last content. */
    int64_t checked_at_ms; /* Last try. */
    int64_t gone_since_ms;
    int64_t fresh_until_ms; /* By HTTP; 0: unknown. */
    int64_t due_ms;         /* INT64_MAX: never again by itself. */
    bool is_deleted;        /* That live entry is a delete: the page left the index. */
    struct bytes digest;    /* SHA-256 of the stored content; empty: none. */
    struct bytes etag;
    struct bytes last_modified;
    struct bytes cached;  /* What the fetch rooms keep beside the stored response, for the next
                             request; opaque here. */
    struct bytes target;  /* Of a redirect, or why in words (address, type, rule). */
    struct bytes history; /* The outcomes before: history.h. */
};

void url_record_pack(struct buf *out, const struct url_record *record);
bool url_record_unpack(struct url_record *record, struct bytes bytes);

/* One URL handed out to a fetch thread, with all that a fetch must know. One allocation; task_free.
 */
struct task {
    uint64_t host; /* Host id. */
    uint64_t ticket;
    uint64_t document; /* 0: never stored. */
    uint64_t referrer;
    int64_t fresh_until_ms;
    uint32_t epoch; /* The current one: what the record of this try will say. */
    uint16_t depth;
    uint8_t found;
    uint8_t url_class;
    uint8_t hops;
    uint8_t tries;
    uint8_t repeats;         /* How often it was asked again at once, as its session had changed: */
    bool is_form_repeated;   /* once after a login by form, */
    bool is_cookie_repeated; /* and once with new cookies. */
    uint8_t proxy_failures;  /* Of proxies that had worked before; not kept. */
    bool is_revisit;         /* From `revisits` or an epoch; else the URL was never tried. */
    bool is_forced;          /* Seeded again, or run --all: ask whatever its freshness. */
    struct bytes url;
    struct bytes etag;
    struct bytes last_modified;
    char *referer; /* What its server may know of the page that leads here; owned. NULL: nothing. */
    struct bytes cached; /* As in the record of the URL. */
    struct task *next;   /* In the list that it is on. */
};

struct task *task_new(const struct task *like); /* Copies the bytes. */
void task_free(struct task *task);

/* The budgets that keep a host from new URLs: the option, and what it means to be over it. */
#define BUDGET_TABLE(ROW)                                                                          \
    ROW(PAGES, "max_pages", "its host has as many pages as max_pages keeps")                       \
    ROW(SITE_PAGES, "site_max_pages", "its site has as many pages as site_max_pages keeps")        \
    ROW(SITE_HOSTS, "site_max_hosts",                                                              \
        "pages are fetched from as many other hosts of its site as site_max_hosts allows")

enum budget {
    BUDGET_NONE, /* There is room. */
#define ROW(name, option, text) BUDGET_##name,
    BUDGET_TABLE(ROW)
#undef ROW
        BUDGET_COUNT
};

/* Not of BUDGET_NONE. */
const char *budget_option(enum budget budget);
const char *budget_text(enum budget budget);

/* A host as the frontier hands it to a fetch thread. */
struct host_record {
    uint64_t id;
    struct bytes name; /* "www.example.org", "127.0.0.1", "[::1]"; borrowed. */
    struct pace pace;
    struct hold hold;
    bool is_paused;
    uint64_t fetched; /* Pages fetched ever, for max_pages. */
    uint64_t pages;   /* Pages live. */
    uint64_t queued;  /* In its chunks, about. */
    uint64_t held;
    int64_t wake_ms; /* In the agenda; INT64_MAX: not there, HOLD_PAUSED_MS: it is paused. */
    enum budget over_budget; /* As of the last time that it went to sleep. */
};

/* What is set for one host. 0: no bound. */
struct host_budget {
    /* URLs queued, unless the host has a seed; more are held: they come when the host has nothing
     * else. Those of depth 3 to 5 may take three quarters of it, deeper ones the half. */
    uint64_t queue_most;
    uint64_t pages_most;      /* Live pages, beyond which no new URL is handed out ... */
    uint64_t site_pages_most; /* ... and the same over all hosts of its site. */
};

/* Is the host left alone now? Then *until_ms is when that ends (HOLD_PAUSED_MS: when it is
 * resumed), and *reason says why (OUTCOME_NONE: its delay is that long). */
bool host_record_is_held(const struct host_record *host, int64_t now_ms, int64_t *until_ms,
                         enum outcome *reason);

/* What hosts, their sites and the crawl may have. */
struct budgets {
    struct host_budget (*host)(const void *owner, struct bytes host); /* NULL: no bounds. */
    const void *owner;
    /* Over all hosts of a site of which none has a seed. 0: no bound. */
    uint64_t site_queue_most; /* As queue_most of a host. */
    uint64_t site_hosts_most; /* Hosts from which pages are fetched. */
    uint64_t known_most;      /* URLs known; of links to more nothing is kept. 0: no bound. */
};

/* What there is of one budget. */
struct budget_use {
    const char *option; /* That bounds it. */
    uint64_t used;
    uint64_t most; /* 0: no bound. */
};
enum { BUDGET_USES = 5 };

struct frontier_options {
    /* URLs held in memory before they are written to their hosts' chunks. */
    uint64_t arrivals_most;
    struct budgets budgets;
    /* URLs that were tried and are not written to their own tables yet, as far as that goes without
     * a pass. */
    uint64_t tried_most;
    /* run --all: every tried URL whose epoch is older than the current one is wanted. */
    bool is_epoch;
};

struct frontier;

enum status frontier_open(struct frontier **out, struct database *database,
                          struct counters *counters, const struct frontier_options *options);
void frontier_close(struct frontier *frontier);

/* ---- Is it new? */

/* Thread-safe. Keyed with the crawl's secret. */
uint64_t frontier_fingerprint(const struct frontier *frontier, struct bytes url);
/* Thread-safe; false only for what is durably known. True for all until the table has been read. */
bool frontier_may_be_new(const struct frontier *frontier, uint64_t fingerprint);
/* Reads `seen` into memory unless it is there; needed before the first frontier_add. */
void frontier_load_seen(struct frontier *frontier);

/* ---- In one transaction: add, record, done; then flush, commit, frontier_committed. */

/* The new ones among them enter the batch under way, as far as known_most goes; returns how many.
 */
size_t frontier_add(struct frontier *frontier, const struct found_url *urls, size_t count);
/* Past the fingerprints: wanted now, whatever is known of it. A URL that was tried becomes due now
 * (is_forced). */
void frontier_add_seed(struct frontier *frontier, struct txn *txn, const struct url *url,
                       int64_t now_ms);
/* All seeds ever given, canonical: the base of scope. */
void frontier_walk_seeds(struct frontier *frontier, void (*each)(void *owner, struct bytes url),
                         void *owner);

/* The record of a URL. STATUS_NOT_FOUND: never tried. *scratch backs the bytes. */
enum status frontier_lookup(struct frontier *frontier, struct txn *txn, const struct url *url,
                            struct url_record *record, struct buf *scratch);
/* Writes the record and moves its row in `revisits`; previous is what frontier_lookup gave (NULL:
 * nothing). A URL that was never queued becomes known by it. */
void frontier_record(struct frontier *frontier, struct txn *txn, const struct url *url,
                     const struct url_record *previous, const struct url_record *record);
/* The task has its outcome in this transaction. A ticket that is over is nothing. */
void frontier_done(struct frontier *frontier, const struct task *task);
/* Writes what the batch brought: arrivals, seen, finished chunks and batches, changed hosts.
 * counters are saved by the caller. */
void frontier_flush(struct frontier *frontier, struct txn *txn, int64_t now_ms);
void frontier_committed(struct frontier *frontier);

/* ---- Handing out */

/* A host that has work by now and is not awake; it is awake from here on. False where none is
 * found: in an epoch the search may go on with the next call (frontier_next_wake_ms is now). A host
 * that rests, or that went to sleep before all its tasks had come back, is not found. *host is
 * valid until the next call. */
bool frontier_next_host(struct frontier *frontier, int64_t now_ms, struct host_record *host);
/* The same for one that is wanted though it may have no work; one that is awake already is found,
 * too. */
bool frontier_wake_host(struct frontier *frontier, struct bytes name, int64_t now_ms,
                        struct host_record *host);
/* When the next sleeping host with work wakes; INT64_MAX: none. */
int64_t frontier_next_wake_ms(struct frontier *frontier, int64_t now_ms);

/* Up to `most` tasks for an awake host, as a list through task->next; NULL where it has none now.
 * Seeds first; then new URLs by class and revisits by rank; then what is held. */
struct task *frontier_take(struct frontier *frontier, uint64_t host, size_t most, int64_t now_ms);
/* A task that was handed out comes back unfetched (the run ends): it will be taken again. Takes the
 * task. */
void frontier_give_back(struct frontier *frontier, struct task *task);

/* The host's pace changed, and so many more pages were fetched; written with the batch. The host is
 * awake or has tasks out. */
void frontier_host_update(struct frontier *frontier, uint64_t host, const struct pace *pace,
                          unsigned fetched);
/* The host is left alone until then, whatever its pace says; until_ms 0: no longer. It is awake. */
void frontier_host_hold(struct frontier *frontier, uint64_t host, struct hold hold);
/* An awake host goes back to sleep: into the agenda with its next work, if it has any, and never
 * before the end of its rest or hold. */
void frontier_host_sleep(struct frontier *frontier, struct txn *txn, uint64_t host, int64_t now_ms);

/* Slow work in slices, each in a transaction of its own between two batches; it saves the counters.
 * Distributes arrivals to their hosts' chunks, and settles what was tried: records of URLs go to
 * their tables. False when there is nothing to do. */
bool frontier_has_housekeeping(const struct frontier *frontier);
void frontier_housekeeping(struct frontier *frontier, struct txn *txn, int64_t now_ms);
/* At the end of a run, until all is distributed and settled: another such slice. Then the next
 * process reads no arrivals, which name URLs that were tried meanwhile. */
bool frontier_is_settled(const struct frontier *frontier);
void frontier_settle(struct frontier *frontier, struct txn *txn, int64_t now_ms);

/* ---- Hosts that are left alone */

/* Thread-safe. */
bool frontier_is_paused(const struct frontier *frontier, struct bytes host);
/* A host, or "*.example.org" for all below; known or not. In force at once, in all threads, but for
 * what is in flight. False where nothing changes. */
bool frontier_pause(struct frontier *frontier, struct txn *txn, struct bytes pattern);
bool frontier_resume(struct frontier *frontier, struct txn *txn, struct bytes pattern,
                     int64_t now_ms);
/* In the order of their bytes. */
void frontier_walk_paused(struct frontier *frontier,
                          void (*each)(void *owner, struct bytes pattern), void *owner);
/* The configuration in force: budgets, and a hash of all of it. Where it is another than the last
 * time, hosts that are held by what it said (hours, delays) or over a budget are looked at again,
 * in slices of frontier_housekeeping. */
void frontier_set_config(struct frontier *frontier, const struct budgets *budgets, uint64_t config,
                         int64_t now_ms);
/* The last run saw a later time than now: hosts that were told to wait while the clock was wrong,
 * for longer than anybody is, are looked at again, in the same slices. Behind frontier_set_config.
 */
void frontier_clock_went_back(struct frontier *frontier, int64_t now_ms);

/* ---- Looking inside */

/* STATUS_NOT_FOUND where nothing was written for it yet. *host is valid until the next call. */
enum status frontier_host(struct frontier *frontier, struct bytes name, struct host_record *host);
/* The budgets of a host and its site, and the one that keeps it from new URLs now. Of a host that
 * is not known: what it would have. */
enum budget frontier_host_budgets(struct frontier *frontier, struct bytes name,
                                  struct budget_use uses[BUDGET_USES]);
/* Hosts in SURT order, after `after` (a host name; empty: from the first). *scratch backs
 * host->name. */
bool frontier_host_after(struct frontier *frontier, struct bytes after, struct host_record *host,
                         struct buf *scratch);
/* Tried URLs of a host in key order, after the URL `after` (empty: from the first). */
bool frontier_url_after(struct frontier *frontier, struct bytes host, struct bytes after,
                        struct buf *url, struct url_record *record, struct buf *scratch);

#endif
