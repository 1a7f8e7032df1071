/* SPDX-License-Identifier: MIT
 *
 * supply - what the writer tells fetch threads beside their tasks: what is known of origins, the
 * cookies of sites, and what servers may know of the pages whose links are followed.
 *
 * Cookies that changed wait here for the next transaction. A site that wakes meanwhile gets those.
 */
#ifndef CRAWLER_ENGINE_SUPPLY_H
#define CRAWLER_ENGINE_SUPPLY_H

#include "crawler/control/tables.h"
#include "crawler/engine/awake.h"
#include "crawler/engine/cookie_mail.h"
#include "crawler/engine/crawl.h"
#include "crawler/engine/messages.h"

struct supply;

/* tables are borrowed. */
struct supply *supply_new(struct tables *tables);
void supply_free(struct supply *supply);

/* Makes the rest of work out of its tasks, its host and its name (that is empty where the host does
 * not wake by it). */
void supply_work(struct supply *supply, const struct config *config, struct awake *awake,
                 struct awake_host *host, struct work *work);
/* The cookies that wake with a host, as for work; record is made before. */
void supply_errand(struct supply *supply, const struct config *config, struct awake *awake,
                   struct awake_host *host, struct errand *errand);

/* Takes what changed, and puts all of that into the tables. */
void supply_take_cookies(struct supply *supply, struct cookie_letter *letter);
void supply_put_cookies(struct supply *supply, struct txn *txn);

/* In a transaction of their own, before what a user says of cookies. */
void supply_commit_cookies(struct supply *supply);

/* A user gave cookies (packed as in struct given_cookies), which are in the tables: hosts that are
 * awake have them, too. */
void supply_give_cookies(struct crawl *crawl, struct bytes packed);

#endif
