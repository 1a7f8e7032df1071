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

/* Is a 304 about the stored response, so that it is confirmed (RFC 9111, 4.3.4)? Where both have an
 * entity tag, the tags decide, compared weakly, because servers weaken the tag of what they
 * compress and not the tag of a 304. Else the dates do: an earlier one tells of an older version
 * that was put back, which has not been modified since either. A 304 without any validator means
 * the one response that there is. Where this is false, the page must be asked for again without a
 * condition. */
bool validators_confirm(const struct validators *stored, const struct validators *reply);

/* Does a HEAD response describe the stored one (RFC 9111, 4.3.5): has it no other validator? */
bool validators_same(const struct validators *stored, const struct validators *reply);

struct conditional_fields {
    struct bytes if_none_match; /* A null pointer: not to be sent. */
    struct bytes if_modified_since;
    char date[HTTPDATE_TEXT_BYTES]; /* Where the second may lie. */
};

/* What to send to have the stored response confirmed. Last-Modified goes back as it came. Where
 * there is no validator at all, a second before the response's Date serves as one (RFC 9110,
 * 13.1.3): what was changed in that same second may have been changed after it. For a request that
 * the response does not match (vary.h) nothing must be sent: servers give variants one tag.
 * stored is borrowed for as long as *sent. */
void validators_conditions(struct conditional_fields *sent, struct bytes stored);

#endif
