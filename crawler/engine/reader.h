/* SPDX-License-Identifier: MIT
 *
 * reader - the parse workers: a visit with a body in, a visit with the page's facts and links out.
 *
 * decode (bounded) -> parse -> directives -> links: resolve, normalise, scope, fingerprint ->
 * digest -> record. All that can be done without the store is done here, so that the writer only
 * puts.
 */
#ifndef CRAWLER_ENGINE_READER_H
#define CRAWLER_ENGINE_READER_H

#include <stdbool.h>
#include <stddef.h>

struct crawl;
struct visit;
struct readers;

/* Takes visits from crawl->to_readers until that is closed. */
struct readers *readers_start(struct crawl *crawl, size_t count);
/* Closes the channel, lets the workers finish what is there, joins them. */
void readers_stop(struct readers *readers);

/* One worker. */
struct reader;
struct reader *reader_new(struct crawl *crawl);
void reader_free(struct reader *reader);
/* What it makes of one visit. */
void reader_read(struct reader *reader, struct visit *visit);
/* One turn: the oldest visit that came (waited for) goes on to the writer. False when the channel
 * is closed and empty. */
bool reader_turn(struct reader *reader);

#endif
