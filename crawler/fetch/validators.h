/* SPDX-License-Identifier: MIT
 *
 * validators - what tells one version of a page from another (RFC 9110, 8.8), and the conditions
 * made of it (13.1).
 */
#ifndef CRAWLER_FETCH_VALIDATORS_H
#define CRAWLER_FETCH_VALIDATORS_H

#include <stdbool.h>

#include "base/bytes.h"
#include "base/httpdate.h"

struct validators {
    struct bytes etag;          /* As received; a null pointer where there is none. */
    struct bytes last_modified; /* As received. */
};

/* Borrowed from headers. An empty value is none. */
struct validators validators_read(struct bytes headers);

/* Is the stored response the one that a 304 confirms, or a HEAD describes (RFC 9111, 4.3.4 and
 * 4.3.5)? The entity tags decide, compared weakly, because servers weaken the tag of what they
 * compress and not the tag of a 304; the dates do where not both have a tag. A reply without any
 * validator means the one response that there is. Where this is false for a 304, the page must be
 * asked for again without a condition. */
bool validators_match(const struct validators *stored, const struct validators *reply);

struct conditions_sent {
    struct bytes if_none_match; /* A null pointer: not to be sent. */
    struct bytes if_modified_since;
    char date[HTTPDATE_TEXT_BYTES]; /* Where the second may lie. */
};

/* What to send to have the stored response confirmed. Last-Modified goes back as it came. Where
 * there is no validator at all, a second before the response's Date serves as one (RFC 9110,
 * 13.1.3): what was changed in that same second may have been changed after it.
 * is_same_variant: as vary_matches() says; another variant's date says nothing about this one.
 * stored is borrowed for as long as *sent. */
void validators_conditions(struct conditions_sent *sent, struct bytes stored, bool is_same_variant);

#endif
