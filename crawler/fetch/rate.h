/* SPDX-License-Identifier: MIT
 *
 * rate - so many bytes in a second at the most, over any number of threads.
 *
 * Nobody asks for leave before bytes come; whoever took them pays with time, and until that is paid
 * for nobody may go on. After a pause a quarter of a second's bytes are free, so that what comes
 * unevenly is not slower than it may be. In any span of time no more come than in that span and a
 * quarter of a second, and the last piece that was taken.
 *
 * Times are the caller's, in microseconds; threads may differ a little.
 */
#ifndef CRAWLER_FETCH_RATE_H
#define CRAWLER_FETCH_RATE_H

#include <stdatomic.h>
#include <stdint.h>

struct rate {
    atomic_uint_fast64_t bytes_per_s; /* 0: no limit. */
    atomic_int_fast64_t paid_until_us;
};

void rate_init(struct rate *rate, uint64_t bytes_per_s);
/* Another limit from now on; nothing is owed for what came before. */
void rate_set(struct rate *rate, uint64_t bytes_per_s);

/* These bytes came. */
void rate_charge(struct rate *rate, uint64_t bytes, int64_t now_us);

/* How long until more may come; 0: they may. */
int64_t rate_wait_us(const struct rate *rate, int64_t now_us);

#endif
