/* SPDX-License-Identifier: MIT
 *
 * memory - allocation that ends the program when there is none left.
 *
 * For things of our own size. A size that the network chooses is checked against an option before
 * it gets here. The caller frees everything with free().
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

#include "base/bytes.h"

__attribute__((malloc, returns_nonnull)) void *xmalloc(size_t size);
__attribute__((malloc, returns_nonnull)) void *xcalloc(size_t count, size_t size);
__attribute__((returns_nonnull)) void *xreallocarray(void *memory, size_t count, size_t size);
__attribute__((malloc, returns_nonnull)) char *xstrdup(const char *string);

/* Zeros, in pages straight from the system, which has them back at once: for what is large and
 * grows. What is never touched costs address space alone. NULL may be freed. */
__attribute__((malloc, returns_nonnull)) void *xpages(size_t size);
void pages_free(void *pages, size_t size);

/* Settings of a program that moves much through its memory: what is given back stays for the next
 * one, as each page that comes from the system anew is a fault, which can cost as much as reading a
 * small page. Once, before any thread. */
void memory_keep(void);
/* Called by each such thread first: what it allocates comes in large pages, a fault for 2 MiB in
 * place of 512. Only advice to the system. */
void memory_in_large_pages(void);

/* A copy with a NUL behind it. */
__attribute__((malloc, returns_nonnull)) char *xbytesdup(struct bytes bytes);

/* printf into fresh memory. */
__attribute__((malloc, returns_nonnull, format(printf, 1, 2))) char *xasprintf(const char *format,
                                                                               ...);

#endif
