/* SPDX-License-Identifier: MIT
 *
 * audit - nothing is lost: whatever a fetched page links to has a record with a state and a reason,
 * or waits, and no more wait than the crawl counts.
 */
#ifndef TESTS_POLITENESS_AUDIT_H
#define TESTS_POLITENESS_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "tests/politeness/world.h"

struct audit {
    uint64_t pages; /* Of the world that links lead to, from the seeds on. */
    uint64_t live;
    uint64_t blocked;
    uint64_t failed;  /* Unreachable, gone. */
    uint64_t waiting; /* Known, and never tried. */
    uint64_t lost;
};

/* Walks the world from the seeds over the pages that the crawl in directory has. The first of what
 * is lost is said. */
void audit_crawl(struct audit *audit, const struct world *world, const char *directory,
                 const char *const *seeds, size_t seed_count);

#endif
