/* SPDX-License-Identifier: MIT
 *
 * hosts - the table of hosts, and those of them that are in memory now.
 *
 * A host is in memory while something points to it: it is awake, has URLs of arrivals, chunks or
 * flights in memory, waits in a list, or is changed and not written yet. Whatever else was looked
 * at goes at the next sweep, so memory does not grow with the crawl. Its record is read when first
 * needed, not when a link to it is found.
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
#include "frontier/hold.h"
#include "frontier/lot.h"
#include "frontier/paused.h"
#include "store/counters.h"
#include "store/database.h"

/* The lists of URLs that wait: the classes, then what is held. */
enum { URL_LISTS = URL_CLASSES + 1 };

/* What is kept of a host. */
struct host_state {
    struct pace pace;
    struct hold hold;
    uint64_t fetched;
    uint64_t pages;
    uint64_t tried;  /* URLs with a record. */
    uint64_t queued; /* URLs in chunks, and in chunks of class held. */
    uint64_t held;
    int64_t wake_ms;     /* Its row in the agenda; INT64_MAX: it has none. */
    uint32_t epoch_done; /* All its URLs were tried in this epoch or later. */
    bool is_seeded;
    struct {
        uint32_t end;   /* Number of the next chunk. */
        uint32_t count; /* Chunks there are. */
    } chunks[URL_LISTS];
};

struct host {
    struct host *next_by_name;
    struct host *next_by_id;
    struct host *next_ready;  /* In the list of those with work in memory. */
    struct host_state *state; /* NULL until read. */
    uint64_t id;              /* 0: not given yet, or not read. */
    char *epoch_after; /* Where the walk of an epoch is: key of its last URL; NULL: at the start. */
    uint32_t epoch_after_length;
    bool is_epoch_walked; /* To the end, in this process. */
    bool is_awake;
    bool is_ready;   /* In that list. */
    bool is_resting; /* In the heap of hosts with work in memory that rest. */
    bool is_in_pass; /* Waits to have its arrivals distributed. */
    bool is_due;     /* Was passed over by the agenda's search because of its flights. */
    bool is_dirty;
    bool is_touched;            /* The next sweep looks at it. */
    bool is_revisits_turn;      /* Revisits and new URLs take turns. */
    uint32_t first_flight;      /* Slot of its first flight; 0: none. */
    uint32_t lots;              /* Chunks of it in memory, finished ones until they are deleted. */
    uint32_t waiting;           /* URLs of arrivals in memory. */
    uint32_t unread[URL_LISTS]; /* The first chunk that was not read. */
    int64_t
        soonest_ms; /* Earliest work that its row in the agenda may not know; INT64_MAX: none. */
    struct {
        struct run *first;
        struct run *last;
    } runs[URL_LISTS]; /* Chunks before batches, then by number. */
    uint32_t walk; /* The last one that showed it: view.c. */
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
struct host *host_of_id(struct hosts *hosts, uint64_t id);

/* A look without a trace: nothing is in memory because of it. *host is NULL where it is not there;
 * the state is a copy, and a new host's (id 0) where nothing was written. False where nothing was
 * written and nothing waits. */
bool host_peek(struct hosts *hosts, struct bytes name, struct host **host, uint64_t *id,
               struct host_state *state);

/* Reads its record unless that was done. False where there is none: the state is a new host's. */
bool host_load(struct hosts *hosts, struct host *host, struct txn *txn);
/* Gives an id to a loaded host that has none; it will be written. */
void host_enter(struct hosts *hosts, struct host *host);
void host_change(struct hosts *hosts, struct host *host);
/* A loaded host is left alone until then: it rests, is held, or is paused (HOLD_PAUSED_MS). */
int64_t host_held_until_ms(const struct hosts *hosts, const struct host *host);
/* There is work from this time on: its row in the agenda will be no later. */
void host_expect(struct hosts *hosts, struct host *host, int64_t at_ms);
/* Its row in the agenda is this one from now on; INT64_MAX: none. Written at once, the record too.
 */
void host_settle(struct hosts *hosts, struct host *host, struct txn *txn, int64_t wake_ms);

/* Writes the records and rows that changed. */
void hosts_write(struct hosts *hosts, struct txn *txn);

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

/* The table itself, for walks. */
struct table *hosts_table(const struct hosts *hosts);
/* False where the bytes are no record. */
bool host_state_unpack(struct bytes bytes, uint64_t *id, struct host_state *state);
void host_state_pack(struct buf *out, uint64_t id, const struct host_state *state);
struct host_record host_record_of(const struct hosts *hosts, uint64_t id, struct bytes name,
                                  const struct host_state *state);

#endif
