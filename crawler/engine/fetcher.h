/* SPDX-License-Identifier: MIT
 *
 * fetcher - a fetch thread: it owns a share of the sites, with their turns, names, robots.txt and
 * transfers.
 *
 * It never blocks but in its poller and never touches the store: work comes in as messages, and
 * what it found out leaves as visits.
 */
#ifndef CRAWLER_ENGINE_FETCHER_H
#define CRAWLER_ENGINE_FETCHER_H

#include <stdint.h>

#include "crawler/engine/channel.h"

struct crawl;
struct task;
struct fetcher;

struct fetcher *fetcher_start(struct crawl *crawl, size_t number);
/* Joins the thread, which ends by itself once the crawl stops. */
void fetcher_join(struct fetcher *fetcher);
void fetcher_free(struct fetcher *fetcher);

/* Once it said that it ended: the tasks that were sent and never read, as a list. */
struct task *fetcher_unread_tasks(struct fetcher *fetcher);

/* From any thread: a message, and a knock without one (a credit came back). */
void fetcher_send(struct fetcher *fetcher, struct message *message);
void fetcher_ring(struct fetcher *fetcher);

#endif
