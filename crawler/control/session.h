/* SPDX-License-Identifier: MIT
 *
 * session - how a verb talks to the crawl, whoever holds it.
 *
 * Where nobody holds the crawl, session_open takes the lock and starts the holder: a thread that
 * owns the tables and serves the control socket; the verb is then a client of its own process. When
 * a run asks the holder to yield, it finishes the question in hand, closes the tables and lets go
 * of the lock, and the session goes on as a client of the run at the next question. So every verb
 * has one code path.
 */
#ifndef CRAWLER_CONTROL_SESSION_H
#define CRAWLER_CONTROL_SESSION_H

#include "base/buf.h"
#include "base/status.h"
#include "config/config.h"
#include "crawler/control/wire.h"

struct session;

/* verb is for messages ("export"). config is borrowed. Fails with a logged message: no crawl there
 * (STATUS_NO_INPUT), or nobody answers though the lock is held (STATUS_BUSY, naming the pid). */
enum status session_open(struct session **out, const char *directory, const struct config *config,
                         const char *verb);
void session_close(struct session *session);

/* Asks and waits. Where the holder yields or ends in between, asks the next one: questions may be
 * asked again, so an answer must be harmless twice. reply holds the payload, or a text for people
 * where the status is not OK. */
enum status session_ask(struct session *session, enum question question, struct bytes payload,
                        struct buf *reply);

/* For a run: takes the lock, asking a verb that holds it to yield. STATUS_BUSY where another run
 * holds it, or a verb that does not yield (logged: its pid, and since when); STATUS_INTERRUPTED or
 * STATUS_TERMINATED where that signal is pending, blocked, while it waits. */
struct lock;
enum status session_take_over(struct lock **out, const char *directory);

#endif
