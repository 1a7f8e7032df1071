/* SPDX-License-Identifier: MIT
 *
 * links - which attributes of which elements are links, and of what kind; and the small languages
 * that links are written in: rel, meta refresh, the Link header field.
 */
#ifndef CRAWLER_PARSE_LINKS_H
#define CRAWLER_PARSE_LINKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "crawler/parse/element.h"
#include "crawler/parse/markup.h"
#include "crawler/parse/page_facts.h"

/* Longer text is no link that anybody can fetch (mostly images written out as data:). */
#define LINK_BYTES_MOST (2 * 8192)

/* The links of one document as they are found. The texts live in the arena, the list until it is
 * cleared. */
struct link_list {
    struct arena *arena; /* Borrowed. */
    struct raw_link *links;
    size_t count;
    size_t capacity;
    size_t most;
    bool is_truncated;
};

void link_list_init(struct link_list *list);
void link_list_clear(struct link_list *list);

/* Empty again, memory kept. */
void link_list_reset(struct link_list *list, struct arena *arena, size_t most);

/* Trims the text and copies it. Left out are data: URLs, what holds a NUL, and what is too long. */
void link_list_add(struct link_list *list, enum link_kind kind, struct bytes text,
                   bool is_nofollow);

/* All links that the element's attributes make; meta and base are the caller's. */
void links_from_element(struct link_list *list, enum element element, markup_attributes attributes);

/* The fields Link, Refresh and Content-Location of a block of header fields. */
void links_from_headers(struct link_list *list, struct bytes headers);

/* What a rel attribute says, and type and hreflang beside it. The latter two may be empty. */
enum link_kind links_kind_by_rel(struct bytes rel, struct bytes type, struct bytes hreflang);

/* rel=nofollow, ugc or sponsored. */
bool links_rel_is_nofollow(struct bytes rel);

/* The content of a meta refresh (HTML: shared declarative refresh steps): false where it is none.
 * An empty url is the page itself. */
bool links_refresh(struct bytes content, struct bytes *url);

#endif
