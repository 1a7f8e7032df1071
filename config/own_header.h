/* SPDX-License-Identifier: MIT
 *
 * own_header - a header field that the user adds to requests: "Name: value" (RFC 9110, 5).
 *
 * What frames a message, what the program makes itself and what is secret are not the user's to
 * write as they stand: each has an option of its own, or none.
 */
#ifndef CONFIG_OWN_HEADER_H
#define CONFIG_OWN_HEADER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"

/* May the line go out with every request? Else *why is appended to: what is wrong, and which option
 * is meant. No secret is in it. */
bool own_header_is_good(struct bytes line, struct buf *why);

/* NULL where a field of that name may be the user's; else what to do instead. */
const char *own_header_instead(struct bytes name);

/* Name and value of a good line. */
struct bytes own_header_name(struct bytes line);
struct bytes own_header_value(struct bytes line);

#endif
