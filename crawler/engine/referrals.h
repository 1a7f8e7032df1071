/* SPDX-License-Identifier: MIT
 *
 * referrals - what the server of a URL is told of the page that leads there: its Referer, when the
 * URL is handed out.
 *
 * A URL that is merely known has the number of that page and nothing more. The page's own record
 * says what it lets others know (PAGE_REFERRER_MASK), so that a policy costs nothing for each link;
 * the price is a look at the record of each page whose links are handed out. Pages that were looked
 * at last are kept in mind, as their links come one behind the other. What a single link says of
 * itself (rel=noreferrer) is not known by then.
 *
 * The store thread's.
 */
#ifndef CRAWLER_ENGINE_REFERRALS_H
#define CRAWLER_ENGINE_REFERRALS_H

#include "config/config.h"
#include "frontier/frontier.h"
#include "store/page.h"

struct referrals;

struct referrals *referrals_new(struct page_store *pages);
void referrals_free(struct referrals *referrals);

/* Sets the task's referer where a link or a redirect behind one leads to it, the page is there, and
 * its policy and the options of the host allow it. */
void referrals_tell(struct referrals *referrals, const struct config *config, struct task *task);

#endif
