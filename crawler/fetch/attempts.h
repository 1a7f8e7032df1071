/* SPDX-License-Identifier: MIT
 *
 * attempts - (inside transfers) the attempts of one transfer to connect: which addresses each may
 * go to, when it begins, and how long it has.
 *
 * An attempt that cannot go on because of the turns of its addresses waits for the soonest of them.
 */
#ifndef CRAWLER_FETCH_ATTEMPTS_H
#define CRAWLER_FETCH_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>

#include "crawler/fetch/address.h"
#include "crawler/fetch/destination.h"
#include "crawler/fetch/transfers.h"

struct attempts {
    struct destination destination;
    const struct address_rules *rules; /* Borrowed. */
    int64_t started_ms;
    int64_t connect_ms;  /* For all attempts; 0: no limit. */
    int64_t begun_ms;    /* When the last one began. */
    int64_t retry_at_ms; /* When the next one begins; -1: it has. */
    int64_t
        turn_wait_us; /* To the soonest turn that an address of this one was refused; 0: none. */
    unsigned opened;  /* Sockets. */
    unsigned refused; /* By the guard. */
    bool is_misled;   /* It went to another host's address. */
    bool was_misled;
    bool leads_nowhere; /* No address is one that the proxy could be asked for. */
};

void attempts_init(struct attempts *attempts, const struct address_rules *rules,
                   const struct transfer_request *request, int64_t now_ms);

/* The next attempt begins: to further addresses, unless the one before was misled. */
void attempts_begin(struct attempts *attempts, int64_t now_ms);

/* What is left of the time to connect, half of it where more addresses wait; 0: no limit. */
long attempts_budget_ms(const struct attempts *attempts, int64_t now_ms);

/* May this address be connected to? turn: see transfers_turn; NULL: at any time. */
bool attempts_may_open(struct attempts *attempts, const struct address *address,
                       transfers_turn *turn, void *owner);

/* The attempt failed: is there another address, or this one again, and time to try it? */
bool attempts_have_another(const struct attempts *attempts, int64_t now_ms);
/* It begins at once where this is false; else at retry_at_ms. */
bool attempts_must_wait(struct attempts *attempts, int64_t now_ms);

/* No socket was opened, and that is the guard's doing. */
static inline bool attempts_are_refused(const struct attempts *attempts)
{
    return attempts->opened == 0 && attempts->refused > 0;
}

#endif
