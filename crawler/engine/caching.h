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

/* request: the header fields that the task's request would have, without conditions. identity: whom
 * it would name (logins_identity). */
void caching_judge(struct reuse *reuse, const struct task *task, struct bytes request,
                   uint64_t identity, int64_t now_ms);

/* The request of a page, made but for its conditions, which are added: they follow from what is
 * stored of it. The visit keeps what the answer is judged by; its identity is there. Gives what a
 * run would have done with the stored page if it had not asked. */
enum cache_use caching_ask(struct visit *visit, struct request_headers *headers, int64_t now_ms);

/* Largest body of its answer, on the wire: of what is asked on, the store has the beginning. */
size_t caching_body_most(const struct visit *visit, const struct settings *settings);

/* The outcome of an answer to a request of this visit, where caching and ranges have a say in it:
 * of a 304 that is about another version, of a part that was asked for, of a body that was cut off
 * and is worth keeping. Else the outcome given. */
enum outcome caching_outcome(struct visit *visit, const struct transfer_result *result,
                             enum outcome outcome);

/* Fills in visit->caching, once its outcome, times and result are there. settings: of its host. */
void caching_take(struct visit *visit, const struct settings *settings);

#endif
