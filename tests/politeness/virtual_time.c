/* SPDX-License-Identifier: MIT
 *
 * The clock, the poller, which is where a fetch thread would wait, and randomness.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/memory.h"
#include "tests/politeness/chance.h"
#include "tests/politeness/virtual.h"

/* What the monotonic clock is behind the other. */
#define BOOTED_US (INT64_C(1000000000) * 1000000)

struct virtual_world virtual_world;
static struct poller *pollers;

/* ---- The clock */

void virtual_advance(int64_t to_us)
{
    struct virtual_world *virtual = &virtual_world;
    if (to_us >= virtual->kill_us) {
        if (virtual->kill_us > virtual->now_us)
            virtual->now_us = virtual->kill_us;
        virtual->die();
    }
    if (to_us > virtual->now_us)
        virtual->now_us = to_us;
}

static int64_t read_us(void)
{
    virtual_advance(virtual_world.now_us + 1);
    return virtual_world.now_us;
}

int64_t clock_wall_ms(void)
{
    return read_us() / 1000;
}

int64_t clock_monotonic_ms(void)
{
    return (read_us() - BOOTED_US) / 1000;
}

int64_t clock_monotonic_us(void)
{
    return read_us() - BOOTED_US;
}

/* For the log. */
char *clock_format(char *text, int64_t wall_ms)
{
    snprintf(text, CLOCK_TEXT_BYTES, "%lld", (long long)wall_ms);
    return text;
}

char *clock_format_span(char *text, int64_t span_ms)
{
    snprintf(text, CLOCK_TEXT_BYTES, "%lldms", (long long)span_ms);
    return text;
}

/* A crawl's secret, which would make two simulations of one seed differ. */
ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
    /* Without a world a sanitizer is being loaded. */
    uint64_t bits = chance(virtual_world.world ? virtual_world.world->seed : 0, length, 1);
    (void)flags;
    memset(buffer, 0, length);
    memcpy(buffer, &bits, length < sizeof(bits) ? length : sizeof(bits));
    return (ssize_t)length;
}

/* ---- Pollers */

struct poller *poller_new(void)
{
    struct poller *poller = xcalloc(1, sizeof(*poller));
    struct poller **place = &pollers;
    while (*place)
        place = &(*place)->next;
    *place = poller;
    poller->is_rung = true;
    return poller;
}

void poller_free(struct poller *poller)
{
    struct poller **place = &pollers;
    while (*place != poller)
        place = &(*place)->next;
    *place = poller->next;
    free(poller);
}

void poller_watch(struct poller *poller, int descriptor, unsigned events, poller_ready *ready,
                  void *owner)
{
    (void)poller, (void)descriptor, (void)events, (void)ready, (void)owner;
    abort(); /* Nothing here has descriptors. */
}

void poller_wait(struct poller *poller, int64_t timeout_us)
{
    poller->is_rung = false;
    poller->wake_us = timeout_us < 0 ? VIRTUAL_NEVER : virtual_world.now_us + timeout_us;
}

void poller_ring(struct poller *poller)
{
    poller->is_rung = true;
}

struct poller *virtual_poller(size_t number)
{
    struct poller *poller = pollers;
    while (number-- > 0)
        poller = poller->next;
    return poller;
}

int64_t virtual_poller_next_us(const struct poller *poller)
{
    if (poller->is_rung)
        return 0;
    int64_t next_us = poller->wake_us;
    int64_t names_us = virtual_resolver_next_us(poller->resolver);
    int64_t web_us = virtual_transfers_next_us(poller->transfers);
    next_us = names_us < next_us ? names_us : next_us;
    return web_us < next_us ? web_us : next_us;
}
