/* SPDX-License-Identifier: MIT
 *
 * hosts - the table of hosts, and those of them that are in memory now.
 *
 * A host is in memory while something points to it: it is awake, has URLs of arrivals, chunks or
 * flights in memory, waits in a list, or is changed and not written yet. Whatever else was looked
 * at goes at the next sweep, so memory does not grow with the crawl. Its record is read when first
 * needed, not when a link to it is found. While URLs of it are unsettled, its record is written
 * with their batch and goes to the table when they do; so it says how many batches it knows, and
 * the newer of the two holds.
 *
 * Key: the host's name in SURT order, so that a site is a range. The id is given once, when
 * something is first written for the host.
 */
#ifndef FRONTIER_HOSTS_H
#define FRONTIER_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "frontier/agenda.h"
#include "frontier/frontier.h"
#include "frontier/host_state.h"
#include "frontier/lot.h"
#include "frontier/paused.h"
#include "frontier/sites.h"
#include "frontier/tried.h"
#include "store/counters.h"
#include "store/database.h"

struct host {
    struct host *next_by_name;
    struct host *next_by_id;
    struct host *next_ready;     /* In the list of those with work in memory. */
    struct host_state *state;    /* NULL until read. */
    struct unsettled *unsettled; /* NULL: all of it is in the tables. */
    struct site *site;           /* NULL: it has no other host, or the state was not read. */
    uint64_t id;                 /* 0: not given yet, or not read. */
    char *epoch_after; /* Where the walk of an epoch is: key of its last URL; NULL: at the start. */
    uint32_t epoch_after_length;
    bool is_epoch_walked; /* To the end, in this process. */
    bool is_awake;
    bool is_ready;   /* In that list. */
    bool is_resting; /* In the heap of hosts with work in memory that rest. */
    bool is_in_pass; /* Waits to have its arrivals distributed. */
    bool is_due;     /* Was passed over by the agenda's search because of its flights. */
    bool is_dirty;
    bool has_row;               /* In the table of hosts. */
    uint8_t over_budget_row;    /* Its row among the hosts over a budget: enum budget. */
    bool is_touched;            /* The next sweep looks at it. */
    uint8_t turn;               /* Of new URLs and revisits: taking.c. */
    uint32_t first_flight;      /* Slot of its first flight; 0: none. */
    uint32_t lots;              /* Chunks of it in memory, finished ones until they are deleted. */
    uint32_t waiting;           /* URLs of arrivals in memory. */
    uint32_t new_flights;       /* URLs in flight that were never tried. */
    uint32_t unread[URL_LISTS]; /* The first chunk that was not read. */
    int64_t
        soonest_ms; /* Earliest work that its row in the agenda may not know; INT64_MAX: none. */
    struct {
        struct run *first;
        struct run *last;
    } runs[URL_LISTS]; /* Chunks before batches, then by number. */
    uint32_t walk;     /* The last one that showed it: view.c. */
    uint32_t hash;
    uint16_t name_length;
    uint16_t key_length;
    char text[]; /* Name, then key. */
};

struct hosts;

/* secret keeps a site from choosing names that meet in one bucket. */
enum status hosts_open(struct hosts **out, struct database *database, struct counters *counters,
                       struct agenda *agenda, struct paused *paused, uint64_t secret);
void hosts_close(struct hosts *hosts);

static inline struct bytes host_name(const struct host *host)
{
    return bytes_of(host->text, host->name_length);
}

/* In SURT order. */
static inline struct bytes host_key(const struct host *host)
{
    return bytes_of(host->text + host->name_length, host->key_length);
}

/* In memory from now on. */
struct host *host_of_name(struct hosts *hosts, struct bytes name);
/* NULL where it is not in memory. */
struct host *host_in_memory(struct hosts *hosts, struct bytes name);
struct host *host_of_id(struct hosts *hosts, uint64_t id);

/* A look without a trace: nothing is in memory because of it. *host is NULL where it is not there;
 * the state is a copy, and a new host's (id 0) where nothing was written. False where nothing was
 * written and nothing waits. */
bool host_peek(struct hosts *hosts, struct bytes name, struct host **host, uint64_t *id,
               struct host_state *state);

/* Reads its record unless that was done. False where there is none: the state is a new host's. */
bool host_load(struct hosts *hosts, struct host *host, struct txn *txn);
/* The id of a host whose record will be read later. */
void host_identify(struct hosts *hosts, struct host *host, uint64_t id);
/* Gives an id to a loaded host that has none; it will be written. */
void host_enter(struct hosts *hosts, struct host *host);
void host_change(struct hosts *hosts, struct host *host);
/* What it has that is not settled, made where there is nothing. */
struct unsettled *host_unsettled(struct host *host);
/* So many more live pages, or URLs in chunks; fewer where negative. Its site's numbers follow. */
void host_count_pages(struct hosts *hosts, struct host *host, int64_t more);
void host_count_queued(struct hosts *hosts, struct host *host, int64_t more);
/* One more URL in flight that was never tried, or (-1) one less. */
void host_count_flight(struct host *host, int more);
/* Pages are fetched from it, or it has a seed, from now on. */
void host_admit(struct hosts *hosts, struct host *host);
void host_set_seeded(struct hosts *hosts, struct host *host);
/* What its site has together, its own numbers where it is alone. */
struct site_state host_site_state(const struct host *host);
uint32_t host_site_flights(const struct host *host);
/* The budget that is used up, so that it gets no new URLs; or BUDGET_NONE. */
void host_set_over_budget(struct hosts *hosts, struct host *host, enum budget budget);
/* A loaded host is left alone until then: it rests, is held, or is paused (HOLD_PAUSED_MS). */
int64_t host_held_until_ms(const struct hosts *hosts, const struct host *host);
/* There is work from this time on: its row in the agenda will be no later. */
void host_expect(struct hosts *hosts, struct host *host, int64_t at_ms);
/* Its row in the agenda is this one from now on; INT64_MAX: none. It will be written. */
void host_settle(struct hosts *hosts, struct host *host, struct txn *txn, int64_t wake_ms);

/* Writes the records and rows that changed. What belongs to hosts with unsettled URLs is appended
 * to `tried` instead, with the URLs of the batch, unless that is NULL. */
void hosts_write(struct hosts *hosts, struct txn *txn, struct buf *tried);

/* A pin went: the next sweep looks at it. */
void host_touch(struct hosts *hosts, struct host *host);
/* Forgets hosts that nothing points to. No borrowed host survives it but pinned ones. */
void hosts_sweep(struct hosts *hosts);
/* Touched hosts, for whoever must sweep now and then. */
size_t hosts_touched(const struct hosts *hosts);
size_t hosts_in_memory(const struct hosts *hosts);
void hosts_each(struct hosts *hosts, void (*each)(void *owner, struct host *host), void *owner);
/* The same in parts: those of one bucket, below a number that grows with what is in memory. */
size_t hosts_buckets(const struct hosts *hosts);
void hosts_each_of(struct hosts *hosts, size_t bucket, void (*each)(void *owner, struct host *host),
                   void *owner);

/* Links a run into its list in order, or out of it. */
void host_link_run(struct host *host, struct run *run);
void host_unlink_run(struct hosts *hosts, struct host *host, struct run *run);

bool host_has_chunks(const struct host *host);
/* Of a host over a budget, seeds alone count. */
bool host_has_free_chunks(const struct host *host);

struct sites *hosts_sites(const struct hosts *hosts);
/* The table itself, for walks; and what its row under the cursor says of the host of that name, or
 * what is known better in memory: the id. */
struct table *hosts_table(const struct hosts *hosts);
uint64_t hosts_row(struct hosts *hosts, const struct cursor *cursor, struct bytes name,
                   struct host_state *state);
/* As it is shown outside. */
struct host_record host_record_of(const struct hosts *hosts, uint64_t id, struct bytes name,
                                  const struct host_state *state);

#endif
