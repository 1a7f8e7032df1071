/* SPDX-License-Identifier: MIT
 *
 * form - what a form of a page sends by itself: its hidden fields.
 */
#ifndef CRAWLER_PARSE_FORM_H
#define CRAWLER_PARSE_FORM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/url.h"

/* Of all forms the first that is sent to `action` (whatever its query), else the first that asks
 * for a password: its hidden fields, as pairs of packed bytes, name and value, appended to out as
 * far as that may grow. False where there is no such form. */
bool form_hidden_fields(struct bytes html, const struct url *page, const struct url *action,
                        struct buf *out);

/* Appends name=value as application/x-www-form-urlencoded has it, behind a '&' unless out is
 * empty. */
void form_append_encoded(struct buf *out, struct bytes name, struct bytes value);

#endif
