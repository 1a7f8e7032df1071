/* SPDX-License-Identifier: MIT
 *
 * origins - what an origin's robots.txt said, as received, and when.
 */
#ifndef STORE_ORIGINS_H
#define STORE_ORIGINS_H

#include <stdint.h>

#include "store/database.h"

struct origin_record {
    uint16_t status;       /* HTTP status of the last answer; 0 where there was none. */
    int64_t checked_at_ms; /* When it was last asked for (wall clock). */
    int64_t expires_at_ms; /* When it is to be asked for again. */
    int64_t good_at_ms;    /* When the body below was received or confirmed; 0: there is none. */
    int64_t unreachable_since_ms; /* 0: the last answer was an answer. RFC 9309, 2.3.1.4. */
    uint64_t version;             /* Rises with each body that differs. */
    struct bytes etag;
    struct bytes last_modified;
    struct bytes body; /* The last good copy, at most 500 KiB. */
};

void origin_encode(const struct origin_record *record, struct buf *out);
/* Borrows from bytes. */
bool origin_decode(struct origin_record *record, struct bytes bytes);

struct origins;

enum status origins_open(struct origins **out, struct database *database);
void origins_close(struct origins *origins);
/* origin as url_origin() gives it. */
enum status origin_get(struct origins *origins, struct txn *txn, struct bytes origin,
                       struct buf *record);
void origin_put(struct origins *origins, struct txn *txn, struct bytes origin, struct bytes record);

#endif
