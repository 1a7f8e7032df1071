/* SPDX-License-Identifier: MIT
 *
 * gate - what one origin's robots.txt lets through, in the fetch thread that owns the host.
 *
 *     new --told--> ask --> fetching --> open (its rules decide) --expired--> ask
 *                               \------> shut (nothing is allowed) --expired--> ask
 *
 * A new gate does not know what the store has of its origin: it is told, once it was asked for or
 * unasked, and is then in any of the other states.
 *
 * All gates of a fetch thread share a room. When they hold more than it may, or are too many of one
 * host, those that were used least recently go; what they knew is in the store.
 */
#ifndef CRAWLER_ENGINE_GATE_H
#define CRAWLER_ENGINE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/url.h"
#include "crawler/fetch/transfers.h"
#include "frontier/outcome.h"
#include "robots/policy.h"
#include "robots/robots.h"

/* RFC 9309, 2.3.1.2: at least five consecutive redirects are followed. */
enum { GATE_HOPS_MOST = 5 };

/* Gates of one host in memory, but for those in use: a host may have an origin at every port. */
enum { GATES_OF_HOST_MOST = 64 };

struct gate_room {
    struct gate *newest;
    struct gate *oldest;
    size_t bytes; /* That all of them hold ... */
    size_t most;  /* ... and may, but for those that are in use. */
};

/* The gates of one host. */
struct gates {
    struct gate_room *room;
    struct gate *first; /* The one that was used last. */
    size_t count;
    /* The largest Crawl-delay of origins whose gate is not here, and until when it holds; -1: none.
     */
    int64_t gone_delay_ms;
    int64_t gone_until_ms;
};

struct gate {
    struct gates *gates;
    struct gate *next;          /* Of the host. */
    struct gate *newer, *older; /* In the room. */
    size_t bytes;
    char *origin;
    struct origin_record record; /* Its bytes are in `kept`. */
    struct buf kept;             /* The encoded record. */
    struct robots *robots;       /* Made from record.body; NULL while there is none. */
    bool is_told;                /* It knows what the store has of it, or better. */
    bool is_awaited;             /* The store was asked. */
    bool is_fetching;
    uint64_t errand; /* Its number, where another host's lane does it. */
    char *redirect;  /* Where robots.txt is to be asked for next; NULL: at the origin. */
    unsigned hops;
    enum outcome trouble; /* Why the last ask got no answer ... */
    char detail[128];     /* ... and more about it, for explain. */
};

/* crawl_delay_ms: as it was when the host was last awake (-1: none), last_contact_ms then. */
void gates_init(struct gates *gates, struct gate_room *room, int64_t crawl_delay_ms,
                int64_t last_contact_ms);
void gates_clear(struct gates *gates);

/* The origin's gate, a new one where there is none. Another that is not in use may go for it. */
struct gate *gate_for(struct gates *gates, const struct url *url);

/* The gate that waits for this errand; NULL: none does. */
struct gate *gate_of_errand(const struct gates *gates, uint64_t number);

/* The largest Crawl-delay of the host's origins, -1 where none has one. That of an origin counts
 * until a day after its robots.txt was to be asked for again, so that one that nobody visits any
 * more does not slow down the others for ever. */
int64_t gates_crawl_delay_ms(const struct gates *gates, int64_t now_ms);

/* One became known, until a day later, that no gate of the host keeps; -1: none. */
void gates_note_crawl_delay(struct gates *gates, int64_t crawl_delay_ms, int64_t now_ms);

/* What the store knows of the origin, from an earlier run or from another visit; empty: nothing. A
 * gate that was told keeps what it knows. */
void gate_tell(struct gate *gate, struct bytes record, struct bytes product_token);

/* Their rules for another name of ours. */
void gates_read_again(struct gates *gates, struct bytes product_token);

enum robots_verdict gate_verdict(const struct gate *gate, int64_t now_ms);

/* A fetch of robots.txt came to an end that is no redirect. kept is made anew. */
void gate_answer(struct gate *gate, const struct robots_answer *answer, enum outcome trouble,
                 struct bytes product_token, int64_t now_ms);

/* The same with what came of the exchange. is_conditional: the request carried a validator. */
void gate_take_result(struct gate *gate, const struct transfer_result *result, enum outcome outcome,
                      bool is_conditional, struct bytes product_token, int64_t now_ms);

/* A robots.txt of the host's own that came for another host's gate: its Crawl-delay is noted. */
void gates_note_result(struct gates *gates, const struct transfer_result *result,
                       struct bytes product_token, int64_t now_ms);

enum gate_hop {
    GATE_HOP_NEXT,     /* gate_url() is to be asked for. */
    GATE_HOP_TOO_MANY, /* As if there were no robots.txt: RFC 9309, 2.3.1.2. */
    GATE_HOP_NOWHERE,  /* Where nobody can ask: no answer. */
};

/* A redirect to this Location. */
enum gate_hop gate_redirect(struct gate *gate, struct bytes location);

/* The URL to ask for now. Appends to out. */
void gate_url(const struct gate *gate, struct buf *out);

#endif
