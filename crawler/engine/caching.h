/* SPDX-License-Identifier: MIT
 *
 * caching - the crawl as a private cache (RFC 9111): what the stored page is good for when its
 * URL's turn comes, and what an answer leaves for the next turn.
 *
 * Pure: no thread, no network. The rules are those of crawler/fetch; the record of a URL keeps what
 * they need, and a task carries it.
 */
#ifndef CRAWLER_ENGINE_CACHING_H
#define CRAWLER_ENGINE_CACHING_H

#include "crawler/engine/exchange.h"
#include "crawler/engine/request_headers.h"
#include "crawler/engine/visit.h"
#include "crawler/fetch/cache_policy.h"

struct reuse {
    enum cache_use use;
    struct conditions conditions; /* Of its request, if it is asked for; borrowed from the task. */
};

/* request: the header fields that the task's request would have, without conditions. */
void caching_judge(struct reuse *reuse, const struct task *task, struct bytes request,
                   int64_t now_ms);

/* The outcome of an answer to a request of this visit, where caching and ranges have a say in it:
 * of a 304 that is about another version, of a part that was asked for, of a body that was cut off
 * and is worth keeping. Else the outcome given. */
enum outcome caching_outcome(struct visit *visit, const struct transfer_result *result,
                             enum outcome outcome);

/* Fills in visit->caching, once its outcome, times and result are there. settings: of its host. */
void caching_take(struct visit *visit, const struct settings *settings);

#endif
