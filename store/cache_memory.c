/* SPDX-License-Identifier: MIT */
#include "store/cache_memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    /* A page of the database with the library's own fields around it, up to a log record of two. */
    BLOCK_LEAST = 4096,
    BLOCK_STEP = 512,
    BLOCK_SIZES = 12,
    BLOCK_MOST = BLOCK_LEAST + BLOCK_SIZES * BLOCK_STEP,
    LARGE_PAGE_BYTES = 2 << 20,
    STRETCH_BYTES = 16 * LARGE_PAGE_BYTES,
    /* What has a stretch of its own: the library's locks, its log buffer. */
    OWN_STRETCH_LEAST = 1 << 20,
};

/* In front of all that is given out. */
struct header {
    size_t size; /* That may be used. */
    struct header *next_free;
};

_Static_assert(sizeof(struct header) % 16 == 0, "what follows it is aligned");

static struct {
    pthread_mutex_t lock;
    struct header *free_blocks[BLOCK_SIZES]; /* The last one that came back first: it is warm. */
    char *rest;                              /* Of the last stretch. */
    size_t rest_bytes;
} blocks = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool is_block_size(size_t size)
{
    return size > BLOCK_LEAST && size <= BLOCK_MOST;
}

/* Which list; the blocks of one are all of its largest size. */
static size_t list_of(size_t size)
{
    return (size - BLOCK_LEAST - 1) / BLOCK_STEP;
}

static size_t size_of(size_t list)
{
    return BLOCK_LEAST + (list + 1) * BLOCK_STEP;
}

/* NULL where there is no memory. */
static void *new_stretch(size_t size)
{
    void *stretch = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stretch == MAP_FAILED)
        return NULL;
    (void)madvise(stretch, size, MADV_HUGEPAGE); /* Only advice. */
    return stretch;
}

/* Large pages begin where their size says; what lies before is never touched. */
static bool add_stretch(void)
{
    char *stretch = new_stretch(STRETCH_BYTES + LARGE_PAGE_BYTES);
    if (!stretch)
        return false;
    blocks.rest = stretch + -(uintptr_t)stretch % LARGE_PAGE_BYTES;
    blocks.rest_bytes = STRETCH_BYTES;
    return true;
}

static struct header *cut_block(size_t size)
{
    size_t whole = sizeof(struct header) + size;
    if (blocks.rest_bytes < whole && !add_stretch())
        return NULL;
    struct header *block = (struct header *)blocks.rest;
    blocks.rest += whole;
    blocks.rest_bytes -= whole;
    return block;
}

static struct header *take_block(size_t list)
{
    pthread_mutex_lock(&blocks.lock);
    struct header *block = blocks.free_blocks[list];
    if (block)
        blocks.free_blocks[list] = block->next_free;
    else
        block = cut_block(size_of(list));
    pthread_mutex_unlock(&blocks.lock);
    return block;
}

static void give_back_block(struct header *block)
{
    struct header **list = &blocks.free_blocks[list_of(block->size)];
    pthread_mutex_lock(&blocks.lock);
    block->next_free = *list;
    *list = block;
    pthread_mutex_unlock(&blocks.lock);
}

void *cache_memory_new(size_t size)
{
    struct header *header = NULL;
    if (is_block_size(size)) {
        size = size_of(list_of(size));
        header = take_block(list_of(size));
    } else if (size <= SIZE_MAX - sizeof(*header)) {
        size_t whole = sizeof(*header) + size;
        header = size >= OWN_STRETCH_LEAST ? new_stretch(whole) : malloc(whole);
    }
    if (!header)
        return NULL;
    header->size = size;
    return header + 1;
}

void *cache_memory_resize(void *memory, size_t size)
{
    struct header *header = memory ? (struct header *)memory - 1 : NULL;
    if (header && size <= header->size)
        return memory;
    void *grown = cache_memory_new(size);
    if (!header || !grown)
        return grown;
    memcpy(grown, memory, header->size);
    cache_memory_free(memory);
    return grown;
}

void cache_memory_free(void *memory)
{
    struct header *header = memory ? (struct header *)memory - 1 : NULL;
    if (header && is_block_size(header->size))
        give_back_block(header);
    else if (header && header->size >= OWN_STRETCH_LEAST)
        munmap(header, sizeof(*header) + header->size);
    else
        free(header);
}
