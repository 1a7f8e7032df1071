/* SPDX-License-Identifier: MIT
 *
 * answers - each question answered from the tables: the one implementation of what verbs show and
 * change, whether a run holds the crawl or nobody does.
 *
 * Runs in the thread that owns the tables, in slices: an answer that would take longer than about
 * 20 ms stops and says where to go on. What an answer says is on disk before it is said
 * (database_flush).
 */
#ifndef CRAWLER_CONTROL_ANSWERS_H
#define CRAWLER_CONTROL_ANSWERS_H

#include "base/bytes.h"
#include "config/config.h"
#include "crawler/control/tables.h"
#include "crawler/control/wire.h"
#include "frontier/scope.h"

/* What a run adds to what the tables know; all zeros where there is no run. */
struct run_facts {
    bool is_running;
    int64_t started_ms;
    uint64_t in_flight;
    uint64_t fetches; /* In this run. */
    uint64_t pages;
    uint64_t bytes;
    uint64_t awake_hosts;
    double fetches_per_s; /* Of late; 0: not known yet. */
    bool is_all;          /* It asks for every known page. */
};

struct answerer {
    struct tables *tables;
    const struct config *config;
    const struct scope *scope; /* NULL: made from config and seeds when a question needs it. */
    const char *directory;
    struct run_facts run;
    int64_t now_ms;
    bool seeds_changed; /* Set by SEED: the scope must be made anew. */
};

/* payload is unpacked by each answer; reply is reset and filled. */
enum status answer(struct answerer *answerer, enum question question, struct bytes payload,
                   struct buf *reply);

/* The scope that config and the seeds in the tables span; NULL and *error (caller frees) for a bad
 * rule. */
struct scope *tables_scope(const struct tables *tables, const struct config *config, char **error);

#endif
