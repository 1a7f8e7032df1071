/* SPDX-License-Identifier: MIT
 *
 * headers - reading a block of header fields as received, and the values that a crawler needs of
 * them.
 *
 * A block is lines "Name: value" with CRLF or LF behind each, perhaps with a status line first. A
 * field whose value holds a CR or NUL is passed over, and a folded one ends with its first line.
 */
#ifndef CRAWLER_FETCH_HEADERS_H
#define CRAWLER_FETCH_HEADERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct header_field {
    struct bytes line; /* With its line end, and the lines folded onto it. */
    struct bytes name;
    struct bytes value; /* Trimmed, of its first line. */
    bool is_usable;     /* Named by a token, and without CR or NUL: no status line, no damage. */
};

/* Every line of the block in turn, whatever it is. *from starts at 0. */
bool header_walk(struct bytes headers, size_t *from, struct header_field *field);

/* The value of the first field of that name (without regard to case), trimmed; empty with a null
 * pointer where there is none. */
struct bytes header_get(struct bytes headers, struct bytes name);

/* The same of the last one. */
struct bytes header_get_last(struct bytes headers, struct bytes name);

/* Each field of that name in turn. *from starts at 0. */
bool header_next(struct bytes headers, struct bytes name, size_t *from, struct bytes *value);

/* Where a walk over the members of a list stands; it starts zeroed. */
struct header_members {
    size_t from;
    struct bytes value;
    size_t at;
};

/* Each member of all fields of that name, as if they were one list. A quote that is left open
 * swallows all that follows. */
bool header_next_member(struct bytes headers, struct bytes name, struct header_members *walk,
                        struct bytes *member);

/* Content-Type (WHATWG MIME: last usable one of several fields): essence lower-cased into essence
 * (at least 128 bytes; empty where none), charset parameter borrowed, so that a backslash in it
 * stays. */
void header_content_type(struct bytes headers, char essence[128], struct bytes *charset);

/* X-Content-Type-Options: the type is what the header says, whatever the bytes look like (Fetch,
 * 3.6). */
bool header_forbids_sniffing(struct bytes headers);

/* Retry-After in both forms, relative to now; -1 where absent or unreadable. Of several, as an
 * origin and a proxy on the way may each send one, the longest: then both have what they ask for.
 */
int64_t header_retry_after_ms(struct bytes headers, int64_t now_ms);

#endif
