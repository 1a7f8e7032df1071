/* SPDX-License-Identifier: MIT
 *
 * run_parts - the inside of a run and its steps: for run.c, which gives the stations threads, and
 * for the simulation (tests/politeness), which gives them their turns itself.
 *
 *     run_open, run_make_stations, turns of all stations until writer_is_over,
 *     run_free_stations, run_conclude, run_close
 */
#ifndef CRAWLER_ENGINE_RUN_PARTS_H
#define CRAWLER_ENGINE_RUN_PARTS_H

#include <signal.h>
#include <stdbool.h>

#include "crawler/control/server.h"
#include "crawler/control/tables.h"
#include "crawler/engine/reader.h"
#include "crawler/engine/run.h"
#include "crawler/engine/space.h"
#include "crawler/engine/writer.h"
#include "store/keeper.h"
#include "store/lock.h"

struct run {
    const struct run_request *request;
    struct crawl crawl;
    struct logins *logins;  /* Of the configuration that it began with. */
    uint64_t failures_most; /* Per cent, as it was last read. */
    struct tables tables;
    struct counters before; /* As the run began. */
    bool are_tables_open;
    bool is_begun; /* The tables say that a run is under way. */
    struct lock *lock;
    struct keeper *keeper;
    struct server *server;
    struct readers *readers;
    struct writer *writer;
    struct channel answers;
    int answers_bell; /* An event descriptor: an answer is there. */
    int signals;      /* A signal descriptor. */
    sigset_t old_signals;
    bool was_signalled;
    struct space_watch space;
};

/* run is all zeros. Lock, tables, seeds, scope, control socket; whatever comes of it, run_close
 * follows. */
enum status run_open(struct run *run, const struct run_request *request);
/* Fetchers and writer, which nobody gives a turn yet. */
void run_make_stations(struct run *run);
/* Once the writer is over and no thread is left. */
void run_free_stations(struct run *run);
/* The exit status, and *report filled. */
enum status run_conclude(struct run *run, struct run_report *report);
void run_close(struct run *run, const struct run_report *report);

#endif
