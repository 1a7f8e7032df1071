/* SPDX-License-Identifier: MIT
 *
 * tags - the tags of a page that say something, copied to a short document that libxml2 reads.
 *
 * libxml2 is exact but slow on a whole page, and its time is not bound by the length of a page that
 * is made to hurt. So it is handed the tags that carry links and directives and nothing else, each
 * as an empty element of one kind, with attributes written in the one way that leaves nothing to
 * repair.
 */
#ifndef CRAWLER_PARSE_TAGS_H
#define CRAWLER_PARSE_TAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "crawler/parse/element.h"
#include "crawler/parse/markup.h"

struct tags {
    struct buf document;
    size_t last;    /* Where the tag that is being written begins. */
    bool is_no_xml; /* There is a character that XML does not have. */
};

void tags_init(struct tags *tags);
void tags_clear(struct tags *tags);

/* Empty again, memory kept. */
void tags_reset(struct tags *tags);

/* One tag: begun, its attributes, and then either kept or dropped. */
void tags_begin(struct tags *tags, enum element element);
/* name without anything that has a meaning in HTML; value as it stands in the page, references and
 * all. */
void tags_add_attribute(struct tags *tags, const char *name, struct bytes value);
void tags_keep(struct tags *tags);
void tags_drop(struct tags *tags);

typedef void tags_callback(void *user, enum element element, markup_attributes attributes);

/* Reads them in order; then they are to be reset. */
void tags_read(struct tags *tags, struct markup *markup, tags_callback *on_tag, void *user);

#endif
