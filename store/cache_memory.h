/* SPDX-License-Identifier: MIT
 *
 * cache_memory - what Berkeley DB allocates, with the pages of its cache in large pages.
 *
 * The library allocates each page of its cache alone, and for each page that it splits a log record
 * of that size. From malloc these come from memory that was never touched, a fault for each, until
 * the cache is full; on a virtual machine that is a tenth of what the writer does. Here blocks of
 * such sizes are cut from stretches in large pages, and a block that is given back serves the next
 * one of its size. What is large itself, as the library's locks are, has a stretch of its own. The
 * rest is malloc's.
 *
 * Any thread may call. A stretch of blocks is kept until the process ends, as the library keeps its
 * cache.
 */
#ifndef STORE_CACHE_MEMORY_H
#define STORE_CACHE_MEMORY_H

#include <stddef.h>

/* 16 bytes aligned. NULL where there is no memory. */
void *cache_memory_new(size_t size);
/* As realloc. */
void *cache_memory_resize(void *memory, size_t size);
/* NULL may be freed. */
void cache_memory_free(void *memory);

#endif
