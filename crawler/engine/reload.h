/* SPDX-License-Identifier: MIT
 *
 * reload - what an edited configuration changes while a run is under way, and what it does not.
 */
#ifndef CRAWLER_ENGINE_RELOAD_H
#define CRAWLER_ENGINE_RELOAD_H

#include "base/buf.h"
#include "config/config.h"

/* Appends the names of the options that were edited but are fixed when a run starts, as "transfers,
 * inflight"; nothing where there are none. */
void reload_fixed_options(const struct config *before, const struct config *after, struct buf *out);

#endif
