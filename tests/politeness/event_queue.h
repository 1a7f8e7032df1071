/* SPDX-License-Identifier: MIT
 *
 * event_queue - what happens next: a heap of times. Events of one time leave in order of arrival.
 */
#ifndef TESTS_POLITENESS_EVENT_QUEUE_H
#define TESTS_POLITENESS_EVENT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"

struct event {
    int64_t at_us;
    uint64_t arrival;
    void *what;
};

struct event_queue {
    struct event *events;
    size_t count;
    size_t capacity;
    uint64_t arrivals;
};

static inline bool event_is_before(const struct event *a, const struct event *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->arrival < b->arrival;
}

static inline void event_queue_add(struct event_queue *queue, int64_t at_us, void *what)
{
    if (queue->count == queue->capacity) {
        queue->capacity = queue->capacity ? 2 * queue->capacity : 64;
        queue->events = xreallocarray(queue->events, queue->capacity, sizeof(*queue->events));
    }
    struct event event = { at_us, queue->arrivals++, what };
    size_t place = queue->count++;
    while (place > 0 && event_is_before(&event, &queue->events[(place - 1) / 2])) {
        queue->events[place] = queue->events[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    queue->events[place] = event;
}

/* INT64_MAX: nothing. */
static inline int64_t event_queue_next_us(const struct event_queue *queue)
{
    return queue->count > 0 ? queue->events[0].at_us : INT64_MAX;
}

/* What happened first by then; NULL: nothing did. */
static inline void *event_queue_take(struct event_queue *queue, int64_t now_us)
{
    if (event_queue_next_us(queue) > now_us)
        return NULL;
    void *first = queue->events[0].what;
    struct event last = queue->events[--queue->count];
    size_t place = 0;
    for (size_t child = 1; child < queue->count; child = 2 * place + 1) {
        if (child + 1 < queue->count &&
            event_is_before(&queue->events[child + 1], &queue->events[child]))
            child++;
        if (!event_is_before(&queue->events[child], &last))
            break;
        queue->events[place] = queue->events[child];
        place = child;
    }
    if (queue->count > 0)
        queue->events[place] = last;
    return first;
}

#endif
