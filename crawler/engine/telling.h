/* SPDX-License-Identifier: MIT
 *
 * telling - what fetch threads are told of origins: their robots.txt as the store has it. The
 * writer's.
 */
#ifndef CRAWLER_ENGINE_TELLING_H
#define CRAWLER_ENGINE_TELLING_H

#include "crawler/control/tables.h"
#include "crawler/engine/awake.h"
#include "crawler/engine/messages.h"

/* The origin and its record, as in struct known_origin; an empty record where there is none. */
void telling_pack_origin(struct tables *tables, struct buf *out, struct bytes origin);

/* Those of the work's tasks, once each for the host that it goes to; of a host that has more, the
 * fetch thread asks for the others. */
void telling_add_origins(struct tables *tables, struct awake_host *host, struct work *work);

#endif
