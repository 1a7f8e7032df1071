/* SPDX-License-Identifier: MIT
 *
 * urls - the table of URLs that were tried: what happened to each, under host id, origin number and
 * path.
 */
#ifndef FRONTIER_URLS_H
#define FRONTIER_URLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "frontier/frontier.h"
#include "frontier/local_url.h"
#include "store/database.h"

/* A key begins with the host's id; what follows is a packed struct local_url. */
enum { URLS_HOST_BYTES = 8 };

/* The key of a URL. key is reset first. */
void urls_key(struct buf *key, uint64_t host, const struct local_url *local);
/* Of the host's first row. */
void urls_first_key(struct buf *key, uint64_t host);

/* The row under the cursor, where it is one of the host's: what is left of its key. The URL borrows
 * from the cursor. A row that cannot be read ends the process. */
bool urls_row(const struct cursor *cursor, struct table *table, uint64_t host,
              struct local_url *local, struct url_record *record);

#endif
