/* SPDX-License-Identifier: MIT
 *
 * findings - what a reader gathers while it walks through one document; at the end it becomes page
 * facts.
 */
#ifndef CRAWLER_PARSE_FINDINGS_H
#define CRAWLER_PARSE_FINDINGS_H

#include <stddef.h>

#include "base/bytes.h"
#include "crawler/parse/links.h"
#include "crawler/parse/page_facts.h"
#include "crawler/parse/text.h"

/* Titles, descriptions, keywords; longer ones are cut. */
enum { FIELD_BYTES_MOST = 8 * 1024 };

/* Metas that name a robot. */
enum { METAS_MOST = 64 };

struct findings {
    struct page_facts *facts; /* Borrowed; fields of one value are written there at once. */
    size_t entries_most;
    struct link_list links;
    struct text text;
    struct text title;
    struct raw_meta metas[METAS_MOST];
};

void findings_init(struct findings *findings);
void findings_clear(struct findings *findings);

/* Empty again, for this document. */
void findings_begin(struct findings *findings, struct page_facts *facts,
                    const struct page_limits *limits);

/* The document is a sitemap, which may have more links than a page. */
void findings_are_entries(struct findings *findings);

/* Moves the lists and texts into the facts. */
void findings_end(struct findings *findings);

/* Copies a field to the facts unless it is there: the first counts. White space is collapsed. */
void findings_set(struct findings *findings, struct bytes *field, struct bytes value);

/* A meta element with name and content, if it is one of a robot: see findings.c. */
void findings_add_meta(struct findings *findings, struct bytes name, struct bytes content);

#endif
