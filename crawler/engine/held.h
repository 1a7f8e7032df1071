/* SPDX-License-Identifier: MIT
 *
 * held - may a host be contacted at all now? Not while the user has paused it, nor outside its
 * hours.
 */
#ifndef CRAWLER_ENGINE_HELD_H
#define CRAWLER_ENGINE_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "crawler/engine/crawl.h"
#include "frontier/hold.h"

/* True where it may not: *hold says until when and why. Thread-safe. */
bool host_is_held(const struct crawl *crawl, struct bytes name, const struct settings *settings,
                  int64_t now_ms, struct hold *hold);

#endif
