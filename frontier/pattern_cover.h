/* SPDX-License-Identifier: MIT
 *
 * pattern_cover - is it plain to see that one regular expression matches all that another does?
 *
 * For the rules of a scope, of which the first that matches decides: one that is covered by an
 * earlier one never does. Which expression covers which cannot be told in general; what can be seen
 * in their text is told, and never what is not so.
 */
#ifndef FRONTIER_PATTERN_COVER_H
#define FRONTIER_PATTERN_COVER_H

#include <stdbool.h>

/* One of the usual ways to write "anything", such as ".*", of a URL. */
bool pattern_matches_all(const char *pattern);

/* Both compile (PCRE2). The wide one stands in the narrow one, so that nothing matches this without
 * matching that: "/a" in "^https?://example\.org/a/b", but not in "/a?b" or "(/a|/b)". */
bool pattern_covers(const char *wide, const char *narrow);

#endif
