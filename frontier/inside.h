/* SPDX-License-Identifier: MIT
 *
 * inside - the frontier's parts, for the sources that make up frontier.h: nothing else includes
 * this.
 */
#ifndef FRONTIER_INSIDE_H
#define FRONTIER_INSIDE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "frontier/agenda.h"
#include "frontier/arrivals.h"
#include "frontier/budget.h"
#include "frontier/distribution.h"
#include "frontier/flights.h"
#include "frontier/frontier.h"
#include "frontier/hosts.h"
#include "frontier/lobby.h"
#include "frontier/seen.h"
#include "frontier/settling.h"
#include "frontier/tried.h"

/* One way in which a sleeping host comes to have work; next_host asks them in turn. */
enum wake_source { WAKE_LOBBY, WAKE_AGENDA, WAKE_EPOCH, WAKE_SOURCES };

struct frontier {
    struct database *database;
    struct counters *counters;
    struct frontier_options options;
    struct {
        struct table *meta;
        struct table *seeds;
        struct table *seen;
        struct table *arrivals;
        struct table *tried;
        struct table *over_budget;
        struct table *queue;
        struct table *urls;
        struct table *revisits;
    } tables;
    struct agenda agenda;
    struct paused *paused;
    struct hosts *hosts;
    struct lobby lobby;
    struct flights *flights;
    struct seen *seen;
    atomic_bool is_seen_loaded;
    uint64_t secret; /* Of the fingerprints. */
    bool is_secret_stored;

    struct batch *batch;       /* Under way: nothing of it is visible before its commit. */
    bool is_flushed;           /* It is written, and waits for frontier_committed. */
    uint64_t own_batches_from; /* Batches below it are an earlier process's: read when needed. */
    bool are_arrivals_loaded;
    uint64_t newest_batch; /* In memory. */
    uint64_t waiting;      /* URLs of arrivals in memory. */
    struct lot *lots;      /* All of them. */
    struct lot *finished;  /* Their records are to be deleted. */
    struct buf tried;      /* What the batch under way will have in `tried`. */
    struct buf stale;      /* Keys of rows in revisits that were left behind. */
    struct distribution distribution;
    struct settling settling;
    struct {
        bool is_active;
        int64_t wake_ms; /* The row of the agenda where it goes on. */
        uint64_t host;
    } release; /* Of hosts that another configuration held. */
    struct budget_release budget_release;
    bool is_config_new; /* Its number is stored when both releases are over. */
    uint64_t config;
    unsigned house_turn; /* The parts of housekeeping take turns. */
    int64_t now_ms;      /* The latest time that a caller gave. */

    enum wake_source turn;
    struct buf epoch_host_after; /* How far the walk of hosts has come, as a key. */
    bool is_epoch_over;

    uint32_t walks; /* Over all hosts that have work: view.c. */

    struct buf key; /* Scratch. */
    struct buf url;
    struct buf value;
    struct buf packed; /* A record on its way to its host. */
};

/* ---- frontier.c */

uint32_t inside_epoch(const struct frontier *frontier);
void inside_note_time(struct frontier *frontier, int64_t now_ms);
/* The record of a URL, settled or not; borrows from scratch. False where it was never tried. */
bool inside_record(struct frontier *frontier, struct txn *txn, struct host *host,
                   const struct local_url *local, struct url_record *record, struct buf *scratch);
/* Was this URL ever tried? */
bool inside_is_tried(struct frontier *frontier, const struct host *host,
                     const struct local_url *local, uint64_t fingerprint);
/* Brings the counters of queued URLs in line with the others. */
void inside_count(struct frontier *frontier);

/* ---- lots.c: what is in memory of arrivals and chunks */

/* Reads the arrivals of earlier processes into memory unless that was done. */
void lots_load(struct frontier *frontier);
/* The lot belongs to the frontier and its runs to their hosts; batch names them. */
void lots_publish(struct frontier *frontier, struct lot *lot, const struct batch *batch);
/* The next chunk of the list, if there is one that was not read. */
void lots_read_chunk(struct frontier *frontier, struct host *host, uint8_t list);
/* This many URLs of the lot need it no longer. */
void lots_finish(struct frontier *frontier, struct lot *lot, uint32_t count);
/* Deletes the records of finished lots until they held so many URLs. */
void lots_delete_finished(struct frontier *frontier, struct txn *txn, size_t urls);
/* Forgets a host's chunks, which are read again. It has no flights. */
void lots_drop_chunks(struct frontier *frontier, struct host *host);
void lots_free(struct frontier *frontier);

/* ---- handout.c */

/* Has the host URLs that this epoch did not try? */
bool handout_has_epoch_work(const struct frontier *frontier, const struct host *host);
/* The flight is over; the host, if it sleeps, may wake when it was its last. */
void handout_end_flight(struct frontier *frontier, struct flight *flight);
/* Forgets sleeping hosts that wait in the lobby for work that is in memory no longer. */
void handout_prune_lobby(struct frontier *frontier);
/* When a loaded host that sleeps has its next work in tables; INT64_MAX: it has none. */
int64_t handout_next_work_ms(struct frontier *frontier, const struct host *host, int64_t now_ms);

/* ---- holds.c */

/* A slice of the release of hosts that the configuration before held, in a transaction. */
bool holds_release_is_due(const struct frontier *frontier);
void holds_release_step(struct frontier *frontier, struct txn *txn);
/* Where this process ends before a release, the next one makes it: the number is stored no longer.
 */
void holds_forget_config(struct frontier *frontier, struct txn *txn);
/* Stores the configuration's number once nobody is to be released for its sake. */
void holds_end_release(struct frontier *frontier, struct txn *txn);

#endif
