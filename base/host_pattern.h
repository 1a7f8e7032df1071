/* SPDX-License-Identifier: MIT
 *
 * host_pattern - one host, or all below a domain: "docs.example.org" is that host,
 * "*.example.org" every host below example.org, but not that one itself.
 *
 * Of several patterns that match a host the most specific counts: the host itself, else the
 * longest.
 */
#ifndef BASE_HOST_PATTERN_H
#define BASE_HOST_PATTERN_H

#include "base/buf.h"
#include "base/bytes.h"

/* Appends the pattern with its host as it stands in canonical URLs (lower case, IDNA; an IPv6
 * address in brackets), but without the root's dot behind it. False, and nothing appended, where
 * the text is no host: a port, a path or credentials are none of it. */
bool host_pattern_write(struct buf *out, struct bytes text);

/* host is canonical, with the root's dot or without: that makes no other host of it. */
bool host_pattern_matches(struct bytes pattern, struct bytes host);

/* The place of the most specific pattern that matches the host, among patterns in the order of
 * strcmp, none of them twice; count where none does. */
size_t host_patterns_find(const char *const *patterns, size_t count, struct bytes host);
/* The same for a pattern: of those that match all that it matches, itself left out. */
size_t host_patterns_find_wider(const char *const *patterns, size_t count, struct bytes pattern);

#endif
