/* SPDX-License-Identifier: MIT
 *
 * invocation - one command line taken apart, and what every command needs: the crawl directory, the
 * configuration, a way to print and a way to fail.
 *
 * Options are GNU's: anywhere before "--", "--name value" and "--name=value", short ones combined.
 * Those of all commands may also stand before the command. Everything is borrowed from argv.
 */
#ifndef CRAWLER_CLI_INVOCATION_H
#define CRAWLER_CLI_INVOCATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"
#include "config/config.h"
#include "crawler/cli/command.h"

struct given_flag {
    const struct flag *flag;
    const char *value; /* NULL: a switch. */
};

struct invocation {
    const struct command_set *set;
    const struct command *command; /* NULL: none was given. */
    const char **arguments;        /* Behind the command, without flags. */
    size_t argument_count;
    struct given_flag *given; /* All flags, in order. */
    size_t given_count;
    struct config_overrides overrides; /* Each -o. */
    const char **override_items;
    bool is_reported; /* Why it failed has been said, with exit code and name. */
};

/* Reads FORAGE_DIR too. On STATUS_USAGE *error (caller frees) says what is wrong; *in is to be
 * cleared in any case. */
enum status invocation_parse(struct invocation *in, const struct command_set *set, int argc,
                             char *const *argv, char **error);
void invocation_clear(struct invocation *in);

/* By long name. */
bool invocation_has(const struct invocation *in, const char *name);
/* How often it was given. */
unsigned invocation_times(const struct invocation *in, const char *name);
/* What stood behind it, the last time; NULL where it was not given. */
const char *invocation_value(const struct invocation *in, const char *name);

/* -C, or FORAGE_DIR; else NULL. */
const char *invocation_named_directory(const struct invocation *in);
/* The same; else "." where that holds a forage.conf, else "crawl" where that does, else otherwise.
 */
const char *invocation_directory(const struct invocation *in, const char *otherwise);

/* Loads the configuration of a directory and sets the level of messages by it, -q and -v. Says what
 * is wrong. */
enum status invocation_load(struct invocation *in, const char *directory, struct config **config);

/* All of it to standard output. Says what is wrong. */
enum status invocation_print(struct invocation *in, struct bytes text);

/* The same for what others wrote: a terminal gets no controls of theirs. */
enum status invocation_show(struct invocation *in, struct bytes text);

/* A line for people on standard error, unless -q. */
__attribute__((format(printf, 2, 3))) void invocation_note(const struct invocation *in,
                                                           const char *format, ...);

/* "forage: what: why (exit 78 config)"; returns status. */
__attribute__((format(printf, 3, 4))) enum status
invocation_fail(struct invocation *in, enum status status, const char *format, ...);

#endif
