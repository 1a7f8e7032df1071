/* SPDX-License-Identifier: MIT
 *
 * joining - the rest of a page that was cut off comes to what the store has of it.
 *
 *     fetch thread --> writer, who puts the stored part in front --> reader --> writer
 *
 * Only who works on tables can do that, and only when the rest has really come: so what is in
 * memory of parts is what is between network and store, like all else.
 */
#ifndef CRAWLER_ENGINE_JOINING_H
#define CRAWLER_ENGINE_JOINING_H

#include <stdbool.h>

#include "crawler/control/tables.h"
#include "crawler/engine/visit.h"

struct crawl;

/* Takes a visit with the rest of a page to a reader. False for every other, which stays the
 * caller's; also where the stored part is not what was asked on, so that the page is to be asked
 * for whole. */
bool joining_take(struct crawl *crawl, struct tables *tables, struct visit *visit);

#endif
