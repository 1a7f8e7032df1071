/* SPDX-License-Identifier: MIT
 *
 * verb - what the commands that ask the crawl have in common: a configuration, a session, one
 * question.
 */
#ifndef CRAWLER_CLI_VERB_H
#define CRAWLER_CLI_VERB_H

#include "base/buf.h"
#include "base/status.h"
#include "crawler/cli/invocation.h"
#include "crawler/control/session.h"

struct verb {
    struct invocation *in;
    const char *directory;
    struct config *config;
    struct session *session;
    struct buf question; /* Payload of the next question, for the command to fill. */
    struct buf reply;
};

/* Says what is wrong; verb_close copes with a half-open verb. */
enum status verb_open(struct verb *verb, struct invocation *in);
void verb_close(struct verb *verb);

/* Asks with the payload in verb->question, which is empty afterwards; says what is wrong. */
enum status verb_ask(struct verb *verb, enum question question);

#endif
