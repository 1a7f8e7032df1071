/* SPDX-License-Identifier: MIT
 *
 * validators - what tells one version of a page from another (RFC 9110, 8.8). They go back to the
 * server as they came, as conditions (13.1); but not in a request that the response does not match
 * (vary.h), as servers give variants one tag.
 */
#ifndef CRAWLER_FETCH_VALIDATORS_H
#define CRAWLER_FETCH_VALIDATORS_H

#include <stdbool.h>

#include "base/bytes.h"

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

#endif
