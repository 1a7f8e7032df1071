/* SPDX-License-Identifier: MIT
 *
 * host_heap - hosts to come in a pass, the first of an order at any time.
 *
 * Sorting all of them would take too long for one slice; a heap is made in linear time and gives
 * them one by one.
 */
#ifndef FRONTIER_HOST_HEAP_H
#define FRONTIER_HOST_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct host;

struct host_heap {
    struct host **hosts; /* Binary min-heap once it was ordered. */
    size_t count;
    size_t capacity;
    bool (*is_before)(const struct host *a, const struct host *b);
};

void host_heap_clear(struct host_heap *heap);
/* In no order until host_heap_order. */
void host_heap_add(struct host_heap *heap, struct host *host);
void host_heap_order(struct host_heap *heap);
/* NULL where none is left. */
struct host *host_heap_first(const struct host_heap *heap);
void host_heap_drop_first(struct host_heap *heap);

#endif
