/* SPDX-License-Identifier: MIT
 *
 * explained - all that is known of one URL, gathered for `explain`: plain data, of which the
 * verdict, the text and the JSON are made.
 *
 * Gathering looks at a bounded number of records, whatever the crawl holds; the place in the host's
 * queue is searched before, in slices (frontier/search.h).
 */
#ifndef CRAWLER_CONTROL_EXPLAINED_H
#define CRAWLER_CONTROL_EXPLAINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "crawler/control/answers.h"
#include "crawler/control/turns.h"
#include "frontier/history.h"
#include "frontier/search.h"
#include "frontier/view.h"
#include "robots/policy.h"
#include "robots/robots.h"
#include "store/changes.h"

enum {
    CHAIN_MOST = 20,     /* Pages back to the seed: a chain this long says enough. */
    GROUP_MOST = 8,      /* Equal pages that are named. */
    CONSUMERS_MOST = 16, /* Of the change feed. */
};

/* What stands between the URL and a fetch, by robots.txt. */
#define ROBOTS_STAND_TABLE(ROW)                                                                    \
    ROW(UNASKED, true, "not asked yet")                                                            \
    ROW(IGNORED, true, "ignored")                                                                  \
    ROW(ALLOWED, true, "allowed")                                                                  \
    ROW(DISALLOWED, false, "disallowed")                                                           \
    ROW(ALL_ALLOWED, true, "everything is allowed")                                                \
    ROW(NONE_ALLOWED, false, "nothing is allowed")

enum robots_stand {
#define ROW(name, is_allowed, word) ROBOTS_STAND_##name,
    ROBOTS_STAND_TABLE(ROW)
#undef ROW
};

const char *robots_stand_word(enum robots_stand stand);
bool robots_stand_allows(enum robots_stand stand);

struct robots_facts {
    enum robots_stand stand;
    bool is_stale; /* It is asked for again before the next fetch. */
    struct origin_record record;
    struct robots_decision why;
    struct robots *robots; /* Backs why. */
    struct buf stored;     /* Backs record. */
};

/* Why a tried URL is wanted again. */
#define DUE_TABLE(ROW)                                                                             \
    ROW(NEVER, "it is not asked for again by itself")                                              \
    ROW(REVISIT, "a revisit")                                                                      \
    ROW(RETRY, "another try")                                                                      \
    ROW(CONFIRM, "a look whether it is gone for good")                                             \
    ROW(FRESH, "fresh until then by its own headers")                                              \
    ROW(ROBOTS, "robots.txt will be asked for again")                                              \
    ROW(SEEDED, "seeded again")                                                                    \
    ROW(ALL, "this run asks for all pages")

enum due_why {
#define ROW(name, word) DUE_##name,
    DUE_TABLE(ROW)
#undef ROW
};

const char *due_why_word(enum due_why why);

/* Where it stands on its way to the next fetch. */
enum turn {
    TURN_NONE,      /* Nothing will fetch it by itself. */
    TURN_IN_FLIGHT, /* Handed to a fetch thread. */
    TURN_QUEUED,    /* Never tried, and waits. */
    TURN_HELD,      /* The same, over a budget. */
    TURN_DUE,       /* Tried, and due again. */
    TURN_LATER      /* Tried, and due in the future. */
};

struct chain_link {
    struct bytes url;
    uint8_t found; /* enum found_as. */
    uint16_t depth;
};

/* A redirect that the URL leads over, in order. */
struct hop {
    struct bytes target;
    uint16_t status; /* That named it. */
    uint8_t state;   /* Of the target: enum url_state; unknown: never tried. */
};

struct consumer_facts {
    char name[65];
    uint64_t cursor;
};

struct explained {
    const struct answerer *answerer;
    const struct settings *settings; /* Of its host. */
    struct arena arena;              /* Backs the bytes below. */

    /* What was typed, what the URL Standard makes of it, and what the crawl's rules leave. */
    struct bytes typed;
    struct bytes parsed;
    struct bytes rules; /* Options that changed it: "drop_tracking, drop_host_dot"; or empty. */
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    struct bytes key;

    /* What is known of it. */
    bool is_tried;
    bool is_known;     /* By its fingerprint; what is tried is known. */
    bool was_given_up; /* Its queue was too long to be searched to the end. */
    struct url_record record;
    struct buf scratch; /* Backs record. */
    struct bytes proxy; /* Through which the stored page came; empty: none, or there is no page. */
    struct past_outcome past[HISTORY_RUNS_MOST];
    size_t past_count;
    struct queue_search search; /* For what was never tried. */
    struct chain_link chain[CHAIN_MOST];
    size_t chain_count;
    bool is_chain_cut; /* There is more of it, or a page of it is no longer stored. */

    /* Where it leads, if it is a redirect. */
    struct hop hops[CHAIN_MOST];
    size_t hop_count;
    bool is_loop; /* The last of them leads to where it was before. */

    /* What lets it through. */
    struct scope_answer scope;
    bool is_in_scope;
    struct robots_facts robots;
    bool is_address; /* The host is an address, and the guard needs no look-up. */
    bool is_address_allowed;
    const char *address_range; /* NULL: global. */

    /* Its host. */
    bool is_host_met;
    struct host_view host;
    struct turns turns;
    struct budget_use budgets[BUDGET_USES];
    enum budget over_budget; /* What keeps its host from new URLs. */
    bool is_known_full;      /* As many URLs are known as known_max allows. */

    /* What is next. */
    enum turn turn;
    enum due_why due_why;
    struct revisit_place revisit;
    uint64_t ahead; /* URLs of its host that go first. */
    bool is_about;  /* ahead is an estimate. */
    int64_t eta_ms; /* When it is fetched, by an estimate; 0: not known. */

    /* In the index. */
    struct change change; /* number 0: none. */
    struct buf change_scratch;
    struct consumer_facts consumers[CONSUMERS_MOST];
    size_t consumer_count;
    struct bytes original;          /* The page that this one equals; empty: none, or itself. */
    struct bytes group[GROUP_MOST]; /* All that equal it, the original first, itself left out. */
    size_t group_count;
    bool is_group_cut;
};

/* typed may lack a scheme: meant is the same with one. search is over, or was given up. False with
 * a text in reply for what is no URL; to be cleared in any case. */
bool explained_gather(struct explained *explained, const struct answerer *answerer,
                      struct bytes typed, struct bytes meant, const struct scope *scope,
                      const struct queue_search *search, bool was_given_up, struct buf *reply);
void explained_clear(struct explained *explained);

/* Is it known how many URLs of its host go first? */
bool explained_has_place(const struct explained *explained);

/* Was it never tried, and is it not to be as long as a budget of its host is used up? */
bool explained_waits_for_budget(const struct explained *explained);

/* How many of its last tries failed, one after the other, as far back as its history goes. */
uint32_t explained_failures(const struct explained *explained);

/* One plain sentence: was it, is it, will it be fetched, and why. Appends to out. */
void explained_verdict(const struct explained *explained, struct buf *out);
/* For people: the verdict, and lines of at most 79 columns where no word is longer. */
void explained_text(const struct explained *explained, struct buf *out);
/* One JSON object and a line feed: fields.h says what stands in it. */
void explained_json(const struct explained *explained, struct buf *out);

#endif
