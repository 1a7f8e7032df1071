/* SPDX-License-Identifier: MIT */
#include "frontier/host_heap.h"

#include <stdlib.h>

#include "base/memory.h"

void host_heap_clear(struct host_heap *heap)
{
    free(heap->hosts);
    heap->hosts = NULL;
    heap->count = 0;
    heap->capacity = 0;
}

void host_heap_add(struct host_heap *heap, struct host *host)
{
    if (heap->count == heap->capacity) {
        heap->capacity = heap->capacity ? 2 * heap->capacity : 1024;
        heap->hosts = xreallocarray(heap->hosts, heap->capacity, sizeof(*heap->hosts));
    }
    heap->hosts[heap->count++] = host;
}

static void sift_down(struct host_heap *heap, size_t at)
{
    struct host *host = heap->hosts[at];
    for (size_t child = 2 * at + 1; child < heap->count; child = 2 * at + 1) {
        if (child + 1 < heap->count && heap->is_before(heap->hosts[child + 1], heap->hosts[child]))
            child++;
        if (!heap->is_before(heap->hosts[child], host))
            break;
        heap->hosts[at] = heap->hosts[child];
        at = child;
    }
    heap->hosts[at] = host;
}

void host_heap_order(struct host_heap *heap)
{
    for (size_t at = heap->count / 2; at-- > 0;)
        sift_down(heap, at);
}

struct host *host_heap_first(const struct host_heap *heap)
{
    return heap->count > 0 ? heap->hosts[0] : NULL;
}

void host_heap_drop_first(struct host_heap *heap)
{
    heap->hosts[0] = heap->hosts[--heap->count];
    if (heap->count > 0)
        sift_down(heap, 0);
}
