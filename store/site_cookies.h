/* SPDX-License-Identifier: MIT
 *
 * site_cookies - the cookies of each site, kept over runs: one record a site, as the jar packs it
 * (crawler/fetch/cookies.h), in the table `cookies`.
 */
#ifndef STORE_SITE_COOKIES_H
#define STORE_SITE_COOKIES_H

#include <stdbool.h>

#include "store/database.h"

struct site_cookies;

enum status site_cookies_open(struct site_cookies **out, struct database *database);
void site_cookies_close(struct site_cookies *cookies);

/* site: as base/site.h gives it. STATUS_NOT_FOUND: it has none. */
enum status site_cookies_get(struct site_cookies *cookies, struct txn *txn, struct bytes site,
                             struct buf *record);
/* An empty record: there are none left. */
void site_cookies_put(struct site_cookies *cookies, struct txn *txn, struct bytes site,
                      struct bytes record);

/* The sites in the order of their names, after `after` (empty: from the first). False at the end.
 * site may be what backs after. */
bool site_cookies_after(struct site_cookies *cookies, struct bytes after, struct buf *site,
                        struct buf *record);

#endif
