/* SPDX-License-Identifier: MIT
 *
 * url_walk - the tried URLs of one host in order of their keys: what is in `urls`, and before it
 * what is not settled yet.
 *
 * Nothing may be written while a walk is under way.
 */
#ifndef FRONTIER_URL_WALK_H
#define FRONTIER_URL_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "frontier/hosts.h"
#include "frontier/urls.h"

struct url_walk {
    struct table *table;
    const struct host *host;
    struct cursor *cursor;
    struct buf key;    /* Of the URL shown last, as urls_key makes it; at first where to begin. */
    bool has_row;      /* The cursor stands on a row of the host. */
    bool is_row_shown; /* That row was shown already. */
};

/* Behind this key (empty: from the first). The host has an id. */
void url_walk_begin(struct url_walk *walk, struct table *urls, const struct host *host,
                    struct bytes after);
/* Both borrow, until the next step. False at the end. */
bool url_walk_next(struct url_walk *walk, struct local_url *local, struct url_record *record);
void url_walk_end(struct url_walk *walk);

#endif
