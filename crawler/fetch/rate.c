/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/rate.h"

#include <stdbool.h>

#include "base/clock.h"

enum { FREE_US = 250 * 1000 };

void rate_init(struct rate *rate, uint64_t bytes_per_s)
{
    atomic_init(&rate->bytes_per_s, bytes_per_s);
    atomic_init(&rate->paid_until_us, 0);
}

void rate_set(struct rate *rate, uint64_t bytes_per_s)
{
    atomic_store(&rate->bytes_per_s, bytes_per_s);
    atomic_store(&rate->paid_until_us, 0);
}

void rate_charge(struct rate *rate, uint64_t bytes, int64_t now_us)
{
    uint64_t bytes_per_s = atomic_load(&rate->bytes_per_s);
    if (bytes_per_s == 0)
        return;
    int64_t price_us = (int64_t)((double)bytes * (double)US_PER_S / (double)bytes_per_s);
    int_fast64_t before_us = atomic_load(&rate->paid_until_us);
    int_fast64_t after_us;
    do {
        int64_t from_us = before_us > now_us - FREE_US ? before_us : now_us - FREE_US;
        after_us = from_us + price_us;
    } while (!atomic_compare_exchange_weak(&rate->paid_until_us, &before_us, after_us));
}

int64_t rate_wait_us(const struct rate *rate, int64_t now_us)
{
    if (atomic_load(&rate->bytes_per_s) == 0)
        return 0;
    int64_t wait_us = atomic_load(&rate->paid_until_us) - now_us;
    return wait_us > 0 ? wait_us : 0;
}
