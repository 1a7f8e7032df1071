/* SPDX-License-Identifier: MIT
 *
 * forecast - when a run will be over, and the host that takes longest. The writer tells it, the
 * main thread shows it.
 */
#ifndef CRAWLER_ENGINE_FORECAST_H
#define CRAWLER_ENGINE_FORECAST_H

#include <pthread.h>
#include <stdint.h>

enum { FORECAST_HOST_BYTES = 64 };

struct forecast {
    pthread_mutex_t lock;
    int64_t over_at_ms;                /* Wall clock, an estimate; 0: not known. */
    char slowest[FORECAST_HOST_BYTES]; /* Of several hosts with work; cut where it is longer. */
};

void forecast_init(struct forecast *forecast);
void forecast_clear(struct forecast *forecast);

/* slowest: NULL where there is no other host to compare it with. */
void forecast_tell(struct forecast *forecast, int64_t over_at_ms, const char *slowest);

/* Returns when it is over; slowest is empty where that is not known. */
int64_t forecast_ask(struct forecast *forecast, char slowest[FORECAST_HOST_BYTES]);

#endif
