/* SPDX-License-Identifier: MIT
 *
 * page - what the drivers of HTML, feeds and sitemaps ask of crawler/parse: one document each.
 */
#ifndef TESTS_CONFORMANCE_PAGE_H
#define TESTS_CONFORMANCE_PAGE_H

#include "crawler/parse/page_facts.h"

/* The facts of a document; of the one parser there is. charset and type may be empty. */
void page_read(struct page_facts *facts, struct bytes body, struct bytes type,
               struct bytes charset);
void page_read_sitemap(struct page_facts *facts, struct bytes body, struct bytes type);

/* Is there a link that is written so? */
bool page_has_link(const struct page_facts *facts, struct bytes text);

/* Does the link, on the page and with the base element's help, lead where wanted leads? As
 * canonical URLs, which keep no fragment. */
bool page_link_is(const struct page_facts *facts, struct bytes page, struct bytes link,
                  struct bytes wanted);

/* Is there such a link? */
bool page_has_url(const struct page_facts *facts, struct bytes page, struct bytes wanted);

size_t page_count(const struct page_facts *facts, enum link_kind kind);

#endif
