/* SPDX-License-Identifier: MIT
 *
 * asked - whom the kinds of `forage test` ask: the crawl that is here, if there is one, and
 * servers. Both are opened when they are needed first.
 */
#ifndef CRAWLER_CLI_ASKED_H
#define CRAWLER_CLI_ASKED_H

#include "crawler/cli/verb.h"
#include "crawler/engine/inquiry.h"

struct asked {
    struct invocation *in;
    struct config *config;
    const char *directory; /* NULL: no crawl. */
    struct verb verb;
    bool is_verb_open;
    struct inquiry *inquiry; /* NULL until somebody is asked. */
    int64_t now_ms;
};

/* Loads the configuration. Says what is wrong; asked_clear copes with that. */
enum status asked_open(struct asked *asked, struct invocation *in);
void asked_clear(struct asked *asked);

/* The payload goes into asked->verb.question. Only where there is a crawl. */
enum status asked_verb(struct asked *asked);

/* Where secrets are: as getenv(). */
const char *asked_environment(const char *name);

/* Before the first request leaves, somebody must answer for it. */
enum status asked_inquiry(struct asked *asked);

#endif
