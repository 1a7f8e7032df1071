/* SPDX-License-Identifier: MIT
 *
 * keeping - (inside commit) what is kept of a page that answered: its record and its body, what of
 * its response the next request needs, and whether it is in the index.
 */
#ifndef CRAWLER_ENGINE_KEEPING_H
#define CRAWLER_ENGINE_KEEPING_H

#include "crawler/engine/indexing.h"

/* All of a page came, or what came of it before it was cut off. */
void keeping_page(struct commit *commit, struct subject *subject);
/* A 304: what it says of the stored response holds from now on. Where that is something that a page
 * is read by (a Link field, say), the page is asked for whole, at once. */
void keeping_not_modified(struct commit *commit, struct subject *subject);

/* Is what is stored a part of a page? */
bool keeping_has_part(const struct url_record *record);
/* It stays known for a part, but for one that nothing can be added to. */
void keeping_end_part(struct subject *subject);
/* Nothing of the stored response is of use for the next request. */
void keeping_forget(struct url_record *record);

#endif
