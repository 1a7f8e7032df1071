/* SPDX-License-Identifier: MIT
 *
 * cached - what is kept beside a stored response, so that a later request can be judged, and a 304
 * taken in, without looking at the response itself.
 *
 * It is small and goes into the record of the URL: the entry's times, the fingerprint of what the
 * response varies by, the few fields that decide on caching, and two bytes for each other field, by
 * which it is seen whether a 304 says anything new.
 *
 * ETag and Last-Modified are not in it: the record of a URL has them. So is fresh_until_ms.
 */
#ifndef CRAWLER_FETCH_CACHED_H
#define CRAWLER_FETCH_CACHED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "crawler/fetch/cache_policy.h"
#include "crawler/fetch/validators.h"

struct cached {
    struct cache_entry entry;
    uint16_t status;     /* Of the stored response. */
    uint64_t vary;       /* See vary.h: with the request that the response came for. */
    uint64_t identity;   /* Of whom it was given to: see cached_is_for. The caller's to fill in. */
    struct bytes fields; /* Cache-Control, Expires and Vary as they stand now: lines. */
    struct bytes others; /* Of each other line a fingerprint of two bytes. */
    /* What is stored is no whole response: it is never validated, and may be finished where
     * part_bytes says from which byte on (ranges.h); 0: it cannot be. */
    bool is_part;
    uint64_t part_bytes;
};

/* Of a response that is about to be stored. room is reset, and backs the bytes. Where the fields
 * that decide are larger than a record should be, the response is not to be reused. */
void cached_take(struct cached *cached, const struct cache_exchange *exchange, struct buf *room);

/* After a 304 that confirmed the response: of the exchange it came by, whose status is ignored.
 * validators: those of the stored response, updated here; they borrow from it or from the exchange.
 * True where the 304 changes a stored field that is not kept here: then the stored fields must be
 * updated, too. room backs the new bytes, and is another than that of before. */
bool cached_update(struct cached *cached, const struct cached *before,
                   struct validators *validators, const struct cache_exchange *exchange,
                   struct buf *room);

void cached_pack(struct buf *out, const struct cached *cached);
/* False where there is none, or the bytes are damaged. Borrows from them. */
bool cached_unpack(struct cached *cached, struct bytes packed, int64_t fresh_until_ms);

/* Is the stored response one for this request? */
bool cached_fits(const struct cached *cached, struct bytes request);

/* Two fingerprints in one number, of those to whom a response was given: in the high half of a
 * login for its origin, in the low half of one for its host; 0: of nobody in particular.
 *
 * A private cache is for one user (RFC 9111, 1), and a server need not say that its answers vary by
 * who asks: what was given to one login is never used for another one, nor asked about. What was
 * given to nobody in particular may be given to whoever asks (RFC 9111, 4: only Vary forbids it).
 */
bool cached_is_for(const struct cached *cached, uint64_t identity);

#endif
