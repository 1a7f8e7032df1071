/* SPDX-License-Identifier: MIT
 *
 * traps - does a URL look like one of an endless chain, each link of which leads to a longer one?
 *
 * Nothing is known here but the URL itself: a page that leads deeper has its parent's URL in its
 * own, so what such chains grow by is what repeats in them, or is longer than what people write:
 *
 *     /a/b/a/b/            relative links that were meant from another folder
 *     /x/x/x/              the same, one segment at a time
 *     /1/2/3/...           calendars, folders without end
 *     /state-aaaaaaaa...   a state that every click adds to
 *     ?a=1&b=2&c=3...      filters of filters
 *     ?p=1&p=2&p=3         links that add to the query that they stand under
 *     /in?to=/in?to=/in    a link back in a link back
 *     ?u=%25252Fin         the same, escaped once more each time
 *
 * Each has a limit, as each is right for some site. Chains that show none of this end at max_url,
 * max_depth and the budgets of their host.
 */
#ifndef FRONTIER_TRAPS_H
#define FRONTIER_TRAPS_H

#include "base/url.h"
#include "frontier/scope.h"

/* Is one of the limits passed? Then *reason says which. Time grows with the URL and, for repeats,
 * with the square of its first 256 segments and parameters. */
bool trap_has(const struct scope_limits *limits, const struct url *url, enum scope_reason *reason);

#endif
