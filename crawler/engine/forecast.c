/* SPDX-License-Identifier: MIT */
#include "crawler/engine/forecast.h"

#include <stdio.h>
#include <string.h>

void forecast_init(struct forecast *forecast)
{
    *forecast = (struct forecast){ .over_at_ms = 0 };
    pthread_mutex_init(&forecast->lock, NULL);
}

void forecast_clear(struct forecast *forecast)
{
    pthread_mutex_destroy(&forecast->lock);
}

void forecast_tell(struct forecast *forecast, int64_t over_at_ms, const char *slowest)
{
    pthread_mutex_lock(&forecast->lock);
    forecast->over_at_ms = over_at_ms;
    snprintf(forecast->slowest, sizeof(forecast->slowest), "%s", slowest ? slowest : "");
    pthread_mutex_unlock(&forecast->lock);
}

int64_t forecast_ask(struct forecast *forecast, char slowest[FORECAST_HOST_BYTES])
{
    pthread_mutex_lock(&forecast->lock);
    int64_t over_at_ms = forecast->over_at_ms;
    memcpy(slowest, forecast->slowest, FORECAST_HOST_BYTES);
    pthread_mutex_unlock(&forecast->lock);
    return over_at_ms;
}
