/* SPDX-License-Identifier: MIT
 *
 * wellformed - how far bytes are UTF-8, and the same bytes with U+FFFD for what is not.
 */
#ifndef CRAWLER_PARSE_WELLFORMED_H
#define CRAWLER_PARSE_WELLFORMED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/bytes.h"

/* U+FFFD, as base/utf8.h gives it for what cannot be decoded. */
#define WELLFORMED_REPLACEMENT "\xef\xbf\xbd"

/* How many bytes at the start are UTF-8. */
size_t wellformed_length(struct bytes bytes);

/* UTF-8, but for a last character that may have been cut off. */
bool wellformed_if_whole(struct bytes bytes);

/* Appends the bytes with each broken part replaced. */
void wellformed_append(struct buf *out, struct bytes bytes);

#endif
