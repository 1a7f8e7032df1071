/* SPDX-License-Identifier: MIT
 *
 * writer_parts - the inside of the writer, for the sources that make it up: writer.c (the thread,
 * batches, messages) and lending.c (hosts and tasks that fetch threads have). Nothing else includes
 * this.
 */
#ifndef CRAWLER_ENGINE_WRITER_PARTS_H
#define CRAWLER_ENGINE_WRITER_PARTS_H

#include <pthread.h>

#include "crawler/engine/awake.h"
#include "crawler/engine/messages.h"
#include "crawler/engine/pulse.h"
#include "crawler/engine/supply.h"
#include "crawler/engine/writer.h"

enum {
    WRITER_SLICE_MS = 20, /* Questions wait no longer for work on many hosts. */
    WRITER_LOOK_MS = 20,  /* All awake hosts are looked at so often, and after each batch. */
};

/* A configuration that was read again. */
struct read_again {
    struct config *config;
    struct logins *logins;
};

struct writer {
    struct crawl *crawl;
    struct tables *tables;
    struct channel *answers;
    pthread_t thread;
    struct awake awake;
    struct visit *batch;
    struct visit **batch_last;
    size_t batch_count;
    uint64_t batch_bytes;
    int64_t batch_since_ms;
    uint64_t outstanding; /* Tasks handed out to all hosts. */
    size_t hungry;        /* Hosts that want tasks and got none. */
    size_t fetchers_ended;
    struct read_again *configs; /* All since the start. */
    size_t config_count;
    uint64_t rule_limits; /* Hits of them in this run that the counters have. */
    struct pulse pulse;   /* Of fetches. */
    struct supply *supply;
    int64_t looked_ms; /* When all awake hosts were looked at; monotonic. 0: never. */
    bool has_more_to_wake;
    atomic_bool is_over;
};

/* ---- lending.c */

/* The host wants tasks, so many at most, and gets what there is. */
void lending_note_hunger(struct writer *writer, struct awake_host *host, size_t wanted);
void lending_feed(struct writer *writer, struct awake_host *host, int64_t now_ms);
/* Those whose time to look has come by then. */
void lending_feed_hungry(struct writer *writer, int64_t now_ms, int64_t by_ms);
/* Sleepers whose time has come, as far as there is room; has_more_to_wake says whether a slice was
 * not enough. */
void lending_wake_hosts(struct writer *writer, int64_t now_ms);

/* Hosts that have had nothing to do since then: are there any, and to sleep with them. */
bool lending_has_idle_hosts(const struct writer *writer, int64_t since_ms);
void lending_put_to_sleep(struct writer *writer, struct txn *txn, int64_t since_ms);

/* Tasks that were handed out come back unfetched. Takes them. */
void lending_give_back(struct writer *writer, struct task *tasks);
/* A host cannot be asked soon. Takes the message. */
void lending_take_leave(struct writer *writer, struct leave *leave);
/* The host of an errand wakes for it. Takes the message. */
void lending_take_errand(struct writer *writer, struct errand *errand);

#endif
