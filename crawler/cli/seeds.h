/* SPDX-License-Identifier: MIT
 *
 * seeds - the URLs that a user gives, as arguments or one a line in a file, checked before anything
 * is done.
 */
#ifndef CRAWLER_CLI_SEEDS_H
#define CRAWLER_CLI_SEEDS_H

#include <stddef.h>

#include "base/status.h"
#include "crawler/cli/invocation.h"

struct seeds {
    const char **urls; /* Canonical; each owned. */
    size_t count;
};

/* Arguments ("-" is standard input) and each -f FILE. Blank lines and those that begin with # are
 * passed over; a missing scheme is taken for https where a host name can be seen ("example.org/x",
 * "localhost:8000"). On failure says which (file and line), and nothing is kept. */
enum status seeds_collect(struct seeds *seeds, struct invocation *in);
void seeds_clear(struct seeds *seeds);

#endif
