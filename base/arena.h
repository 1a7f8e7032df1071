/* SPDX-License-Identifier: MIT
 *
 * arena - memory that is given out piece by piece and dies all at once.
 *
 * What belongs to one page lives in one arena. Nothing in it is freed alone.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/bytes.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* The newest first. */
    size_t used;                /* In the newest block. */
    size_t total;               /* Bytes held in all blocks. */
};

void arena_init(struct arena *arena);

/* Frees everything; the arena can be used again. */
void arena_clear(struct arena *arena);

/* Aligned for any type, not zeroed, never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* A copy in the arena, with a NUL behind it. */
struct bytes arena_copy(struct arena *arena, struct bytes bytes);

#endif
