/* SPDX-License-Identifier: MIT
 *
 * progress - the one line on a terminal that says how a run goes.
 */
#ifndef CRAWLER_ENGINE_PROGRESS_H
#define CRAWLER_ENGINE_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

#include "crawler/engine/crawl.h"

/* Shown only where standard error is a terminal that can move its cursor (TERM is set and not
 * dumb). */
void progress_start(bool is_wanted);
/* Does a person look on? */
bool progress_is_shown(void);
void progress_show(struct crawl *crawl);
void progress_stop(void);

/* The line, cut to size - 1. Returns its length. */
size_t progress_line(struct crawl *crawl, int64_t now_ms, char *line, size_t size);

/* The same facts as a whole line in the log: SIGUSR1. */
void progress_log(struct crawl *crawl);

#endif
