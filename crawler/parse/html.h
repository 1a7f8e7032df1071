/* SPDX-License-Identifier: MIT
 *
 * html - reads a page in HTML or XHTML: links, base, title, text, language, metas.
 *
 * As a browser without scripting: what noscript holds counts, what template, iframe, textarea or a
 * comment hold does not.
 */
#ifndef CRAWLER_PARSE_HTML_H
#define CRAWLER_PARSE_HTML_H

#include "base/bytes.h"
#include "crawler/parse/findings.h"
#include "crawler/parse/markup.h"
#include "crawler/parse/tags.h"

/* tags is working memory. */
void html_read(struct bytes utf8, struct tags *tags, struct markup *markup,
               struct findings *findings);

#endif
