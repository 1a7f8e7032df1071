/* SPDX-License-Identifier: MIT
 *
 * srcset - the image candidates of a srcset attribute (HTML: parse a srcset attribute).
 */
#ifndef CRAWLER_PARSE_SRCSET_H
#define CRAWLER_PARSE_SRCSET_H

#include <stdbool.h>

#include "base/bytes.h"

/* The URL of the next candidate; rest moves behind it. Candidates with wrong descriptors are passed
 * over. False at the end. */
bool srcset_next(struct bytes *rest, struct bytes *url);

#endif
