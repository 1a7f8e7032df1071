/* SPDX-License-Identifier: MIT
 *
 * hold - why a host is left alone though its pace would allow a contact, and until when.
 *
 * Its hours, no answer from its robots.txt, a delay so long that it need not be in memory. Kept in
 * the host's record beside the pace, of which it is no part: a rest is what the server wants.
 */
#ifndef FRONTIER_HOLD_H
#define FRONTIER_HOLD_H

#include <stdint.h>

struct hold {
    int64_t until_ms; /* Wall clock; 0: there is none. */
    uint8_t reason;   /* enum outcome; OUTCOME_NONE: a delay. */
};

/* As a wake time: not before `resume`. Behind all others. */
#define HOLD_PAUSED_MS (INT64_MAX - 1)

#endif
