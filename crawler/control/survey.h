/* SPDX-License-Identifier: MIT
 *
 * survey - what there is to do on all hosts, and how long it will take: passes over the hosts that
 * have work, in slices.
 *
 * A pass looks at the hosts that a run would serve now: those that have work within wait_max. One
 * host is done after its backlog times its delay and response time, so the slowest says when a run
 * can be over at the earliest. Belongs to whoever owns the tables.
 */
#ifndef CRAWLER_CONTROL_SURVEY_H
#define CRAWLER_CONTROL_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "frontier/view.h"

enum { SLOWEST_MOST = 5, SURVEY_HOST_BYTES = 256 };

struct slow_host {
    char name[SURVEY_HOST_BYTES]; /* Cut where it is longer. */
    uint64_t backlog;
    int64_t delay_ms;
    int64_t span_ms; /* From the pass on. */
};

/* What a pass found. */
struct outlook {
    bool is_complete;
    int64_t at_ms;          /* When the pass began. */
    uint64_t hosts;         /* With something to fetch. */
    uint64_t hosts_resting; /* Of them. */
    uint64_t backlog;       /* URLs to fetch from them. */
    uint64_t due;           /* Tried URLs that are due again, those among them. */
    bool is_about;          /* Some were estimated. */
    int64_t next_due_ms;    /* The earliest work that is not due yet; INT64_MAX: none. */
    int64_t span_ms;        /* Until the slowest host is done. */
    struct slow_host slowest[SLOWEST_MOST]; /* The slowest first. */
    size_t slowest_count;
};

struct survey;

struct survey *survey_new(void);
void survey_free(struct survey *survey);

/* A slice of the pass under way; begins one where none is. looks as for frontier_walk_work. False
 * when that was the last of it. */
bool survey_step(struct survey *survey, struct frontier *frontier, const struct config *config,
                 int64_t now_ms, size_t looks);
/* The same beside other work, so that the outlook is never old: a short slice where one is due by
 * now. True where a pass ended with it. */
bool survey_keep_up(struct survey *survey, struct frontier *frontier, const struct config *config,
                    int64_t now_ms);

/* The last complete pass; where there is none yet, as far as the one under way has come. */
const struct outlook *survey_outlook(const struct survey *survey);

/* Until all is fetched: as long as the slowest host takes, and no faster than so many fetches a
 * second (0: not known). */
int64_t outlook_span_ms(const struct outlook *outlook, double fetches_per_s);

#endif
