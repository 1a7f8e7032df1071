/* SPDX-License-Identifier: MIT
 *
 * errand - a robots.txt that was moved to another host: it is asked for in a lane of the host where
 * it lies, so that nothing there is asked for sooner or more often than that host's politeness has
 * it, whoever wants it.
 *
 *     fetch thread of the origin --> writer, which wakes the host --> fetch thread of the host
 *              ^                          |                                |
 *              \-- it may not be asked ---/---------- what came of it -----/
 */
#ifndef CRAWLER_ENGINE_ERRAND_H
#define CRAWLER_ENGINE_ERRAND_H

#include <stdint.h>

#include "base/buf.h"
#include "base/url.h"
#include "crawler/engine/channel.h"
#include "crawler/fetch/transfers.h"
#include "frontier/frontier.h"

struct errand {
    struct message message;
    struct errand *next; /* Of those that its host has. */
    char *url;           /* To be asked for. */
    uint64_t home;       /* The host whose gate waits, */
    size_t home_fetcher; /* and its fetch thread, */
    uint64_t number;     /* where this is the errand's own. */

    /* From the writer: the host, as in struct work. */
    uint64_t host;
    struct pace pace;
    bool has_cookies;
    struct buf cookies;

    /* What came of it. */
    char trouble[128]; /* Why it was not asked for; empty: it was. */
    enum outcome outcome;
    struct transfer_result result;
};

/* Copies url. */
struct errand *errand_new(const char *url, uint64_t home, size_t home_fetcher, uint64_t number);
void errand_free(struct errand *errand);

/* Its URL in parts; borrowed. */
struct url errand_url(const struct errand *errand);

#endif
