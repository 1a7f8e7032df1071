/* SPDX-License-Identifier: MIT
 *
 * seen - the fingerprints of all URLs that are durably known, in memory, and whether each was
 * tried.
 *
 * Open addressing in shards. A shard grows alone and by a quarter, each at another time than the
 * others, so that the table costs 10 to 13 bytes a URL and growing costs every URL the same. Any
 * thread may ask; one thread alone adds.
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

/* Makes room for about this many, so that few shards have to grow before they are there. */
void seen_reserve(struct seen *seen, uint64_t count);

/* Is it here? Thread-safe. */
bool seen_has(struct seen *seen, uint64_t fingerprint);

/* Has its place fetched from memory, for a question that comes soon: in a large table that takes
 * longer than all else in asking. Thread-safe. */
void seen_expect(const struct seen *seen, uint64_t fingerprint);

/* How many questions ahead of the one at hand seen_expect does its work best. */
enum { SEEN_AHEAD = 8 };

/* The rest is for the one thread that adds. */

/* The fingerprint, with SEEN_TRIED where it was tried; 0: it is not here. */
uint64_t seen_look(const struct seen *seen, uint64_t fingerprint);

/* With SEEN_TRIED: it was tried, and stays so. False where it was there already. */
bool seen_add(struct seen *seen, uint64_t fingerprint);
/* Adds them all, sooner than one by one. */
void seen_add_all(struct seen *seen, const uint64_t *fingerprints, size_t count);

uint64_t seen_count(const struct seen *seen);
size_t seen_memory_bytes(const struct seen *seen);

#endif
