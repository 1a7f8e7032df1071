/* SPDX-License-Identifier: MIT
 *
 * sites - what the hosts of one registrable domain have together, for the budgets of sites.
 *
 * Most sites have one host, whose own numbers say it all: they cost nothing. When a second host of
 * a site gets its id, the site gets a row and its hosts know it. A site is in memory while one of
 * its hosts is. As with hosts, what a batch changes stands in `tried` and goes to the table when
 * that is settled.
 *
 * Key: the site's name in SURT order.
 */
#ifndef FRONTIER_SITES_H
#define FRONTIER_SITES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/pack.h"
#include "store/counters.h"
#include "store/database.h"

struct host;
struct sites;

/* What is kept of a site. */
struct site_state {
    uint64_t hosts;       /* Hosts from which pages are fetched. */
    uint64_t pages;       /* Live, over all of them. */
    uint64_t queued;      /* In chunks, over all of them. */
    uint64_t batches_end; /* As in struct host_state. */
    bool is_seeded;       /* One of its hosts has a seed. */
};

struct site {
    struct site *next_by_name;
    struct site *next_behind; /* In the list of those whose rows are behind. */
    struct host *alone;       /* The only host so far, new and without a row; then the rest is 0. */
    uint32_t hosts_in_memory;
    uint32_t new_flights; /* URLs in flight that were never tried. */
    uint32_t hash;
    uint16_t name_length;
    bool is_loaded;
    bool is_dirty;
    bool is_behind; /* `tried` is newer than its row. */
    struct site_state state;
    uint64_t state_batch; /* Of the batch that the state was read back from; 0: none. */
    char name[];
};

enum status sites_open(struct sites **out, struct database *database, struct counters *counters,
                       uint64_t secret);
void sites_close(struct sites *sites);

static inline struct bytes site_name(const struct site *site)
{
    return bytes_of(site->name, site->name_length);
}

/* Appends the key of the site's row, and the prefix of the keys of its hosts. */
void site_key(struct buf *key, struct bytes name);

/* NULL where it is not in memory. */
struct site *sites_find(const struct sites *sites, struct bytes name);
/* In memory from now on, with its row where it has one. */
struct site *site_of_name(struct sites *sites, struct bytes name);
/* The same for a site of one host that is new. */
struct site *site_alone(struct sites *sites, struct bytes name, struct host *host);
/* It is of this host and others; *host's numbers are those of the site. */
void site_share(struct sites *sites, struct site *site);
/* A host in memory points to it, or no longer does. */
void site_hold(struct site *site);
void site_let_go(struct sites *sites, struct site *site);

/* It will be written. */
void site_change(struct sites *sites, struct site *site);
/* Writes what changed: to `tried`, or to the table where that is NULL. */
void sites_write(struct sites *sites, struct txn *txn, struct buf *tried);
/* Writes rows that are behind, at most so many; false when there are no more. */
bool sites_settle(struct sites *sites, struct txn *txn, size_t most);
/* What a batch has of a site; false where it is damaged. */
bool sites_read_tried(struct sites *sites, struct bytes name, struct bytes state, uint64_t batch);

void site_state_pack(struct buf *out, const struct site_state *state);
bool site_state_unpack(struct bytes bytes, struct site_state *state);

#endif
