/* SPDX-License-Identifier: MIT
 *
 * command - the one table of commands. A row makes what main calls, the help, the manual page and
 * the completions.
 */
#ifndef CRAWLER_CLI_COMMAND_H
#define CRAWLER_CLI_COMMAND_H

#include <limits.h>
#include <stddef.h>

#include "base/status.h"

struct invocation;

struct flag {
    char letter;      /* 0: the long form alone. */
    const char *name; /* Without the dashes. */
    const char
        *argument; /* What stands behind it, "FILE" and "DIR" being paths; NULL: it is a switch. */
    const char *words; /* What the argument may be, separated by spaces; NULL: anything. */
    const char *help;  /* One line. */
};

struct command {
    const char *name;
    const char *arguments; /* "URL...", "[DIR]", "" */
    const char *help;      /* One line, begins small, no full stop. */
    const char *manual;    /* A paragraph for the manual page and `forage help NAME`. */
    const char *words; /* What the first argument may be, separated by spaces; NULL: anything. */
    const struct flag *flags;
    size_t flag_count;
    size_t arguments_least;
    size_t arguments_most;
    enum status (*run)(struct invocation *in);
};

#define ARGUMENTS_ANY SIZE_MAX

/* A table of commands and the flags that all of them take. */
struct command_set {
    const struct command *commands;
    size_t command_count;
    const struct flag
        *flags; /* Of every command; those with known names are struct invocation's. */
    size_t flag_count;
};

/* The program's. */
extern const struct command_set forage_commands;

/* NULL where there is none of that name. */
const struct command *command_find(const struct command_set *set, const char *name);

/* The nearest name, or NULL. */
const char *command_nearest(const struct command_set *set, const char *typed);

/* One function a command, each in its own file cmd_<name>.c. */
enum status cmd_crawl(struct invocation *in);
enum status cmd_seed(struct invocation *in);
enum status cmd_run(struct invocation *in);
enum status cmd_pause(struct invocation *in);
enum status cmd_resume(struct invocation *in);
enum status cmd_cookies(struct invocation *in);
enum status cmd_export(struct invocation *in);
enum status cmd_status(struct invocation *in);
enum status cmd_explain(struct invocation *in);
enum status cmd_ls(struct invocation *in);
enum status cmd_cat(struct invocation *in);
enum status cmd_init(struct invocation *in);
enum status cmd_test(struct invocation *in);
enum status cmd_config(struct invocation *in);
enum status cmd_help(struct invocation *in);

#endif
