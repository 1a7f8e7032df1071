/* SPDX-License-Identifier: MIT
 *
 * inquiry_robots - the robots.txt of an origin, come by as in a run: redirects followed, also to
 * other hosts, the text decoded, the answer's meaning by RFC 9309.
 */
#ifndef CRAWLER_ENGINE_INQUIRY_ROBOTS_H
#define CRAWLER_ENGINE_INQUIRY_ROBOTS_H

#include "crawler/engine/inquiry.h"

enum { INQUIRY_DETAIL_BYTES = 256 };

/* Asks the origin of url. record gets what a run would keep of the answer (store/origins.h); detail
 * says more about why there was none, and is empty where there was one. */
void inquiry_robots(struct inquiry *inquiry, const struct url *url, int64_t now_ms,
                    struct buf *record, char detail[INQUIRY_DETAIL_BYTES]);

#endif
