/* SPDX-License-Identifier: MIT
 *
 * configured_scope - the scope that a configuration and seeds make: the one place where options
 * become limits and rules.
 */
#ifndef CRAWLER_CONTROL_CONFIGURED_SCOPE_H
#define CRAWLER_CONTROL_CONFIGURED_SCOPE_H

#include "config/config.h"
#include "frontier/scope.h"

/* Seeds are canonical; all is copied. NULL and *error (caller frees) for a bad rule. */
struct scope *configured_scope(const struct config *config, const struct bytes *seeds,
                               size_t seed_count, char **error);

/* Appends a line for each rule that can never decide, as an earlier one hides it. Nothing where a
 * rule is bad. */
void configured_scope_warnings(const struct config *config, struct buf *out);

#endif
