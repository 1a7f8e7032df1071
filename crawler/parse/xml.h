/* SPDX-License-Identifier: MIT
 *
 * xml - reads feeds (RSS, Atom), sitemaps and sitemap indexes for their links, and any other XML
 * for its text.
 *
 * Names are known by what stands behind their prefix, as feeds and sitemaps get namespaces wrong
 * all the time.
 */
#ifndef CRAWLER_PARSE_XML_H
#define CRAWLER_PARSE_XML_H

#include "base/bytes.h"
#include "crawler/parse/findings.h"
#include "crawler/parse/markup.h"

/* What is deeper than depth_most elements is not read. */
void xml_read(struct bytes utf8, size_t depth_most, struct markup *markup,
              struct findings *findings);

#endif
