/* SPDX-License-Identifier: MIT
 *
 * crawl_directory - a new crawl: a directory with a forage.conf.
 */
#ifndef CRAWLER_CLI_CRAWL_DIRECTORY_H
#define CRAWLER_CLI_CRAWL_DIRECTORY_H

#include <stdbool.h>

#include "base/status.h"
#include "config/config.h"

/* Is there a forage.conf? */
bool crawl_directory_exists(const char *directory);

/* Makes the directory (mode 0700) where it is missing, and writes the sample forage.conf with what
 * from's command line set. Refuses where there is one already. *error (caller frees) says what is
 * wrong. */
enum status crawl_directory_create(const char *directory, const struct config *from, char **error);

#endif
