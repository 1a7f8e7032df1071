/* SPDX-License-Identifier: MIT
 *
 * virtual - the clock and the network of a simulated life: what the program reaches through
 * base/clock.h, poller.h, resolver.h and transfers.h is defined here (virtual_*.c), and wins over
 * what libforage.a has of the same names.
 *
 * Time stands still but for a microsecond at each reading, until the driver moves it. Nothing
 * waits: poller_wait says until when there would be a wait, and virtual_poller_is_due when it would
 * be over.
 */
#ifndef TESTS_POLITENESS_VIRTUAL_H
#define TESTS_POLITENESS_VIRTUAL_H

#include <stdbool.h>
#include <stdint.h>

#include "crawler/fetch/poller.h"
#include "crawler/fetch/resolver.h"
#include "crawler/fetch/transfers.h"
#include "tests/politeness/server_log.h"
#include "tests/politeness/world.h"

#define VIRTUAL_NEVER INT64_MAX

struct virtual_world {
    const struct world *world;
    struct server_log *log;
    int64_t now_us;  /* Wall clock. */
    int64_t kill_us; /* Then the process dies, wherever it is. */
    void (*die)(void);
};

/* One life, so one of it. */
extern struct virtual_world virtual_world;

/* Never back. Dies on the way where that time has come. */
void virtual_advance(int64_t to_us);

/* ---- One for each fetch thread, in the order in which they were made. */

struct poller {
    struct poller *next;
    struct transfers *transfers;
    struct resolver *resolver;
    int64_t wake_us; /* Until then it would wait. */
    bool is_rung;    /* Or something came of the last turn. */
};

struct poller *virtual_poller(size_t number);
/* When the next turn of its thread begins. */
int64_t virtual_poller_next_us(const struct poller *poller);

/* When the next thing happens to it by itself. */
int64_t virtual_resolver_next_us(const struct resolver *resolver);
int64_t virtual_transfers_next_us(const struct transfers *transfers);

/* The process is dying: its connections break, and servers note that. */
void virtual_break_connections(void);

#endif
