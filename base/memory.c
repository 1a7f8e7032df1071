/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

/* A thread's allocations come from stretches of address space of this size, aligned to it (glibc's
 * HEAP_MAX_SIZE). They are opened page by page, with a call to the system for each, unless all is
 * to be opened at first; what is opened takes memory only when it is written to. */
#define HEAP_BYTES ((uintptr_t)64 << 20)
enum { KEPT_BYTES = 64 << 20, OWN_PAGES_BYTES = 4 << 20 };

static void *or_die(void *memory)
{
    if (memory)
        return memory;
    fputs("forage: out of memory\n", stderr);
    abort();
}

void *xmalloc(size_t size)
{
    return or_die(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
    return or_die(calloc(count ? count : 1, size ? size : 1));
}

void *xreallocarray(void *memory, size_t count, size_t size)
{
    return or_die(reallocarray(memory, count ? count : 1, size ? size : 1));
}

void *xpages(size_t size)
{
    void *pages = mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    or_die(pages == MAP_FAILED ? NULL : pages);
    /* Where the system gives large pages to whoever does not ask, a byte that is touched would
     * bring two megabytes. Kernels without them do not know the word. */
    (void)madvise(pages, size ? size : 1, MADV_NOHUGEPAGE);
    return pages;
}

void pages_free(void *pages, size_t size)
{
    if (pages)
        munmap(pages, size ? size : 1);
}

void memory_keep(void)
{
    mallopt(M_TOP_PAD, (int)HEAP_BYTES);
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    mallopt(M_MMAP_THRESHOLD, OWN_PAGES_BYTES);
}

void memory_in_large_pages(void)
{
    void *some = xmalloc(1);
    uintptr_t heap = (uintptr_t)some & ~(HEAP_BYTES - 1);
    madvise((void *)heap, HEAP_BYTES, MADV_HUGEPAGE);
    free(some);
}

char *xstrdup(const char *string)
{
    return or_die(strdup(string));
}

char *xbytesdup(struct bytes bytes)
{
    char *copy = xmalloc(bytes.length + 1);
    if (bytes.length > 0)
        memcpy(copy, bytes.data, bytes.length);
    copy[bytes.length] = '\0';
    return copy;
}

char *xasprintf(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    return or_die(length < 0 ? NULL : text);
}
