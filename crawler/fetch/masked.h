/* SPDX-License-Identifier: MIT
 *
 * masked - header fields for people to read: what is secret in them is "***".
 */
#ifndef CRAWLER_FETCH_MASKED_H
#define CRAWLER_FETCH_MASKED_H

#include "base/buf.h"
#include "base/bytes.h"

/* Appends the value of a field, of a request or a response. Masked are credentials (the scheme
 * stays), the values of cookies (names and attributes stay), passwords in URLs, and all of a field
 * whose name speaks of a token, a key, a secret or a password. */
void masked_value(struct buf *out, struct bytes name, struct bytes value);

/* Appends the fields of a form (application/x-www-form-urlencoded): their names, each value masked.
 */
void masked_form(struct buf *out, struct bytes body);

/* Appends a whole block of header fields: those that are masked rewritten on one line, the status
 * line and all others as they stand. */
void masked_block(struct buf *out, struct bytes headers);

#endif
