/* SPDX-License-Identifier: MIT
 *
 * help - what `forage help` prints: texts, the manual page and the completions, all made from the
 * table of commands.
 */
#ifndef CRAWLER_CLI_HELP_H
#define CRAWLER_CLI_HELP_H

#include "base/buf.h"
#include "crawler/cli/command.h"

/* All commands, each in a line. */
void help_overview(const struct command_set *set, struct buf *out);
/* One command with its flags. */
void help_command(const struct command_set *set, const struct command *command, struct buf *out);

/* forage.1 in mdoc(7). */
void help_manual(const struct command_set *set, struct buf *out);

/* The completions for "bash", "zsh" or "fish". */
void help_completion(const struct command_set *set, const char *shell, struct buf *out);

#endif
