/* SPDX-License-Identifier: MIT
 *
 * indexing - (inside commit) what is in the index of whoever follows the feed: pages that enter it,
 * change in it and leave it, each with its number in the feed, and the groups of those that have
 * one content.
 */
#ifndef CRAWLER_ENGINE_INDEXING_H
#define CRAWLER_ENGINE_INDEXING_H

#include "crawler/engine/commit.h"

/* The URL of a visit while its record is worked out. */
struct subject {
    struct visit *visit;
    struct url url;
    const struct settings *settings;
    bool is_known;              /* It has a record. */
    struct url_record previous; /* Bytes in commit->scratch. */
    struct url_record record;
};

/* Is the document in the index? */
bool indexing_has(const struct url_record *record);
/* It enters the index, or changes in it. */
void indexing_put(struct commit *commit, struct subject *subject, enum change_reason reason);
/* It leaves the index, if it is there; its record stays until consumers have passed. */
void indexing_remove(struct commit *commit, struct subject *subject, enum change_reason reason);

#endif
