/* SPDX-License-Identifier: MIT
 *
 * seen - the fingerprints of all URLs that are durably known, in memory, and whether each was
 * tried.
 *
 * Open addressing in shards: a shard grows alone and by a quarter, so that there is never one big
 * doubling and the table costs 10 to 13 bytes a URL. Any thread may ask; one thread alone adds.
 *
 * A fingerprint is a hash whose lowest bit is 0, and not 0 itself: seen_fingerprint makes one. That
 * bit says here, and in records, that the URL was tried.
 */
#ifndef FRONTIER_SEEN_H
#define FRONTIER_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen;

struct seen *seen_new(void);
void seen_free(struct seen *seen);

enum { SEEN_TRIED = 1 };

static inline uint64_t seen_fingerprint(uint64_t hash)
{
    uint64_t fingerprint = hash & ~(uint64_t)SEEN_TRIED;
    return fingerprint ? fingerprint : 2;
}

/* Room for this many before anything has to grow. */
void seen_reserve(struct seen *seen, uint64_t count);

/* Thread-safe. */
bool seen_has(struct seen *seen, uint64_t fingerprint);
/* Is it here, and was it tried? Thread-safe. */
bool seen_is_tried(struct seen *seen, uint64_t fingerprint);

/* With SEEN_TRIED: it was tried, and stays so. False where it was there already. One thread alone.
 */
bool seen_add(struct seen *seen, uint64_t fingerprint);

/* For that same thread. */
uint64_t seen_count(const struct seen *seen);
size_t seen_memory_bytes(const struct seen *seen);

#endif
