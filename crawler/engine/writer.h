/* SPDX-License-Identifier: MIT
 *
 * writer - the store thread: the only one that reads or writes tables.
 *
 * It gathers finished visits into batches of one transaction each, hands out work, puts hosts to
 * sleep, answers the control socket's questions, and knows when nothing is left to do. It never
 * waits on a push.
 */
#ifndef CRAWLER_ENGINE_WRITER_H
#define CRAWLER_ENGINE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "crawler/control/tables.h"
#include "crawler/engine/crawl.h"

struct writer;

/* answers: where struct asked messages go back, their payload then holding the status and the
 * answer. */
struct writer *writer_new(struct crawl *crawl, struct tables *tables, struct channel *answers);
void writer_free(struct writer *writer);

/* The thread takes turns until one says that it was the last. */
void writer_start(struct writer *writer);
/* From any thread: everything is committed, and the thread is about to end. */
bool writer_is_over(const struct writer *writer);
/* Joins the thread, which ends when all fetch threads have and everything is committed. */
void writer_join(struct writer *writer);

/* One turn: takes what comes in within wait_ms, commits, hands out. False when all fetch threads
 * have ended and everything is committed. */
bool writer_turn(struct writer *writer, int64_t wait_ms);
/* How long the next turn may wait. */
int64_t writer_wait_ms(struct writer *writer);

#endif
