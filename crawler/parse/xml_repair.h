/* SPDX-License-Identifier: MIT
 *
 * xml_repair - makes readable what XML forbids and feeds and sitemaps do: "&" in a URL as it is,
 * names of HTML's references, control characters, something in front of the document.
 */
#ifndef CRAWLER_PARSE_XML_REPAIR_H
#define CRAWLER_PARSE_XML_REPAIR_H

#include "base/buf.h"
#include "base/bytes.h"

/* The document from its first '<'. out is reset, and used where anything had to change; the result
 * lends from out or from the document. Behind it no reference is left but XML's own five and
 * numbers. */
struct bytes xml_repair(struct bytes utf8, struct buf *out);

#endif
