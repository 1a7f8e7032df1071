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

#include <stdbool.h>
#include <stdint.h>

#include "crawler/engine/channel.h"

struct crawl;
struct task;
struct fetcher;

struct fetcher *fetcher_new(struct crawl *crawl, size_t number);
void fetcher_free(struct fetcher *fetcher);

/* The thread takes turns until one says that it was the last. */
void fetcher_start(struct fetcher *fetcher);
/* Joins the thread, which ends by itself once the crawl stops. */
void fetcher_join(struct fetcher *fetcher);
/* One turn: messages, requests that may go out, whatever the poller waits for, answers. False once
 * the crawl stops and nothing is in flight: all tasks are on their way back, and the writer was
 * told that there will be no more. */
bool fetcher_turn(struct fetcher *fetcher);

/* Once it said that it ended: the tasks that were sent and never read, as a list. */
struct task *fetcher_unread_tasks(struct fetcher *fetcher);

/* From any thread: a message, and a knock without one (a credit came back). */
void fetcher_send(struct fetcher *fetcher, struct message *message);
void fetcher_ring(struct fetcher *fetcher);

#endif
