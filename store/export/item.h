/* SPDX-License-Identifier: MIT
 *
 * item - one change as an indexer is told it: the change, and for an upsert the page with all that
 * belongs to it.
 *
 * The holder of the crawl packs items from the tables; whoever exports unpacks and formats them.
 */
#ifndef STORE_EXPORT_ITEM_H
#define STORE_EXPORT_ITEM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/pack.h"
#include "store/changes.h"
#include "store/page.h"

struct export_item {
    uint64_t version; /* The change number. */
    enum change_op op;
    enum change_reason reason;
    int64_t at_ms;
    struct bytes url;
    struct bytes referrer;     /* URL of the page that first linked here; empty for a seed. */
    struct bytes duplicate_of; /* URL of the original with the same content; empty: this is it. */
    struct bytes moved_to;     /* For deletes: where the page is now; empty: it did not move. */
    /* For upserts: */
    struct bytes etag; /* The latest, which may be younger than the page's. */
    struct bytes last_modified;
    int64_t checked_at_ms;
    struct bytes record; /* page_encode's; page_decode it. */
    struct bytes body; /* As stored, where the text is to be read from it (PAGE_TEXT_IN_BODY); else
                        * empty. */
    struct bytes text; /* Not packed: whoever exports reads it from body. */
};

void export_item_pack(struct buf *out, const struct export_item *item);
/* Borrows from the bytes. False where they are damaged. */
bool export_item_unpack(struct unpacker *from, struct export_item *item);

#endif
