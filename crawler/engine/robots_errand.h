/* SPDX-License-Identifier: MIT
 *
 * robots_errand - the robots.txt of an origin, come by as in a run: redirects followed, also to
 * other hosts, the text decoded, the answer's meaning by RFC 9309.
 */
#ifndef CRAWLER_ENGINE_ROBOTS_ERRAND_H
#define CRAWLER_ENGINE_ROBOTS_ERRAND_H

#include "crawler/engine/errands.h"

enum { ROBOTS_ERRAND_DETAIL_BYTES = 256 };

/* Asks the origin of url. record gets what a run would keep of the answer (store/origins.h); detail
 * says more about why there was none, and is empty where there was one. */
void robots_errand(struct errands *errands, const struct url *url, int64_t now_ms,
                   struct buf *record, char detail[ROBOTS_ERRAND_DETAIL_BYTES]);

#endif
