/* SPDX-License-Identifier: MIT
 *
 * cookie_date - the Expires of a cookie, by the algorithm of RFC 6265, 5.1.1, which finds its parts
 * in whatever surrounds them.
 */
#ifndef CRAWLER_FETCH_COOKIE_DATE_H
#define CRAWLER_FETCH_COOKIE_DATE_H

#include <stdint.h>

#include "base/bytes.h"

/* Milliseconds since 1970, UTC; 0 for what lies before; -1 for what is no date. */
int64_t cookie_date_parse(struct bytes text);

#endif
