/* SPDX-License-Identifier: MIT
 *
 * seen - the fingerprints of all URLs that are durably known, in memory.
 *
 * Open addressing in shards: a shard grows alone and by a quarter, so that there is never one big
 * doubling and the table costs 10 to 13 bytes a URL. Any thread may ask; one thread alone adds.
 */
#ifndef FRONTIER_SEEN_H
#define FRONTIER_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen;

struct seen *seen_new(void);
void seen_free(struct seen *seen);

/* Room for this many before anything has to grow. */
void seen_reserve(struct seen *seen, uint64_t count);

/* A fingerprint is never 0. Thread-safe. */
bool seen_has(struct seen *seen, uint64_t fingerprint);

/* False where it was there already. One thread alone. */
bool seen_add(struct seen *seen, uint64_t fingerprint);

/* For that same thread. */
uint64_t seen_count(const struct seen *seen);
size_t seen_memory_bytes(const struct seen *seen);

#endif
