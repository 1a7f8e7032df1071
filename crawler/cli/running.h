/* SPDX-License-Identifier: MIT
 *
 * running - one run with its summary: what `run` and `crawl` share.
 */
#ifndef CRAWLER_CLI_RUNNING_H
#define CRAWLER_CLI_RUNNING_H

#include "base/status.h"
#include "crawler/cli/invocation.h"
#include "crawler/cli/seeds.h"

/* Refuses (exit 78, with the line to type) where the configuration names nobody. */
enum status running_check(struct invocation *in, const struct config *config,
                          const char *directory);

/* seeds may be NULL. The summary goes to standard error where is_summary_wanted, or on a terminal;
 * failures always. */
enum status running_run(struct invocation *in, struct config *config, const char *directory,
                        const struct seeds *seeds, bool is_summary_wanted);

#endif
