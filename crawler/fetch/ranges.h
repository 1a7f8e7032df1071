/* SPDX-License-Identifier: MIT
 *
 * ranges - finishing a body that was cut off: from which byte to ask on, and whether the answer
 * goes on there (RFC 9110, 13.1.5, 14 and 15.3.7).
 */
#ifndef CRAWLER_FETCH_RANGES_H
#define CRAWLER_FETCH_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "crawler/fetch/validators.h"

/* What If-Range takes: a strong entity tag, or where there is none a date that is strong because
 * the response was made a minute after it. Empty: there is neither. Borrowed. */
struct bytes range_validator(struct bytes response);

/* May the rest of this response be asked for? Its server takes ranges of bytes, and it has a
 * validator for If-Range. */
bool range_may_finish(uint16_t status, struct bytes response);

enum range_answer {
    RANGE_WHOLE,   /* 200: everything, as it is now. */
    RANGE_REST,    /* 206: it goes on where the body was cut off. */
    RANGE_NOTHING, /* 416: nothing was missing. */
    RANGE_OTHER    /* Of another version, another place, or of several: of no use. */
};

/* The answer to a request for what follows the first held_bytes of a response with these
 * validators. *whole_bytes: of the whole body, where the answer says so; else 0. */
enum range_answer range_judge(uint16_t status, struct bytes response,
                              const struct validators *stored, uint64_t held_bytes,
                              uint64_t *whole_bytes);

#endif
