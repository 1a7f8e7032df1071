/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/memory.h"

struct arena_block {
    struct arena_block *next;
    size_t size;
    _Alignas(max_align_t) char data[];
};

/* Large enough that a usual page's facts take two or three. */
enum { BLOCK_BYTES = 16 * 1024 };

void arena_init(struct arena *arena)
{
    *arena = (struct arena){ 0 };
}

void arena_clear(struct arena *arena)
{
    struct arena_block *block = arena->blocks;
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena_init(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t aligned = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
    assert(aligned >= size);
    if (!arena->blocks || arena->blocks->size - arena->used < aligned) {
        size_t block_size = aligned > BLOCK_BYTES ? aligned : BLOCK_BYTES;
        struct arena_block *block = xmalloc(sizeof(*block) + block_size);
        block->next = arena->blocks;
        block->size = block_size;
        arena->blocks = block;
        arena->used = 0;
        arena->total += block_size;
    }
    void *memory = arena->blocks->data + arena->used;
    arena->used += aligned;
    return memory;
}

struct bytes arena_copy(struct arena *arena, struct bytes bytes)
{
    char *copy = arena_alloc(arena, bytes.length + 1);
    if (bytes.length > 0)
        memcpy(copy, bytes.data, bytes.length);
    copy[bytes.length] = '\0';
    return (struct bytes){ copy, bytes.length };
}
