/* SPDX-License-Identifier: MIT
 *
 * gate - what one origin's robots.txt lets through, in the fetch thread that owns the host.
 *
 *     ask -> fetching -> open (its rules decide) | shut (nothing is allowed until it expires)
 *      ^                       |                   |
 *      \------- expired -------+-------------------/
 */
#ifndef CRAWLER_ENGINE_GATE_H
#define CRAWLER_ENGINE_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/url.h"
#include "frontier/outcome.h"
#include "robots/policy.h"
#include "robots/robots.h"

/* RFC 9309, 2.3.1.2: at least five consecutive redirects are followed. */
enum { GATE_HOPS_MOST = 5 };

struct gate {
    struct gate *next;
    char *origin;
    struct origin_record record; /* Its bytes are in `kept`. */
    struct buf kept;             /* The encoded record. */
    struct robots *robots;       /* Made from record.body; NULL while there is none. */
    bool is_fetching;
    char *redirect; /* Where robots.txt is to be asked for next; NULL: at the origin. */
    unsigned hops;
    enum outcome trouble; /* Why the last ask got no answer ... */
    char detail[128];     /* ... and more about it, for explain. */
};

void gates_free(struct gate *gates);

/* The origin's gate, made shut to nothing and open to nothing (ask) where it is new. */
struct gate *gate_for(struct gate **gates, const struct url *url);

/* What the store knows of the origin, from an earlier run or from another visit. */
void gate_restore(struct gate *gate, struct bytes record, struct bytes product_token);

/* Their rules for another name of ours. */
void gates_read_again(struct gate *gates, struct bytes product_token);

enum robots_verdict gate_verdict(const struct gate *gate, int64_t now_ms);

/* A fetch of robots.txt came to an end that is no redirect. kept is made anew. */
void gate_answer(struct gate *gate, const struct robots_answer *answer, enum outcome trouble,
                 struct bytes product_token, int64_t now_ms);

/* A redirect: true where the next hop is to be asked for; false where it was one too many, or leads
 * nowhere that can be asked. */
bool gate_redirect(struct gate *gate, struct bytes location);

/* The URL to ask for now. Appends to out. */
void gate_url(const struct gate *gate, struct buf *out);

#endif
