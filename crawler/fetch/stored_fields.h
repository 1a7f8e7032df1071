/* SPDX-License-Identifier: MIT
 *
 * stored_fields - which header fields a response has once it is stored (RFC 9111, 3.1 and 3.2).
 *
 * Fields of the connection over which a message came are not stored: those that are so by the
 * standard, and those that its Connection field names. Nor are fields that a no-cache names: they
 * must not be used again.
 */
#ifndef CRAWLER_FETCH_STORED_FIELDS_H
#define CRAWLER_FETCH_STORED_FIELDS_H

#include "base/buf.h"
#include "base/bytes.h"

/* Appends what is stored of a response: its status line and fields as they came, but for those. */
void stored_fields_take(struct buf *out, struct bytes received);

/* Appends what a stored response has after an update by a 304 or a HEAD. The update's fields
 * replace all of that name, except that
 * - Content-Length, -Encoding, -Range and -Type stay: they tell of the body, which was read by
 *   them and lies there as it was;
 * - Age and Date of the stored response go in any case: they tell of the message that it came in.
 */
void stored_fields_update(struct buf *out, struct bytes stored, struct bytes update);

#endif
