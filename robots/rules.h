/* SPDX-License-Identifier: MIT
 *
 * rules - the rules of one group, and which of them decides about a path (RFC 9309, 2.2.2): of
 * those that match, the one with the most octets, Allow before Disallow.
 *
 * Never changes once made, so threads share it.
 */
#ifndef ROBOTS_RULES_H
#define ROBOTS_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* A rule as it stands in the file. Its path begins with '/' or '*'. */
struct rule_line {
    struct bytes path;
    uint32_t line;
    bool is_allow;
};

struct rules;

/* Copies what it needs. All paths together are below 1 GiB. */
struct rules *rules_new(const struct rule_line *lines, size_t count);
void rules_free(struct rules *rules);

/* False where no rule matches. found->path is borrowed. path_query as url_path_query() gives it. */
bool rules_find(const struct rules *rules, struct bytes path_query, struct rule_line *found);

size_t rules_memory_bytes(const struct rules *rules);

#endif
