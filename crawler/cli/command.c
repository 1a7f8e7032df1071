/* SPDX-License-Identifier: MIT */
#include "crawler/cli/command.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "config/config.h"

#define FLAGS(table) .flags = (table), .flag_count = sizeof(table) / sizeof((table)[0])

static const struct flag global_flags[] = {
    { 'C', "directory", "DIR", NULL, "the crawl directory; else FORAGE_DIR, else . or ./crawl" },
    { 'o', "option", "NAME=VALUE", NULL, "an option of forage.conf, for this command alone" },
    { 'q', "quiet", NULL, NULL, "say nothing but errors" },
    { 'v', "verbose", NULL, NULL, "say more; twice: say everything" },
    { 'h', "help", NULL, NULL, "explain the command" },
    { 'V', "version", NULL, NULL, "say which version this is" },
};

static const struct flag config_flags[] = {
    { 0, "origin", NULL, NULL, "show: say where each value came from" },
    { 0, "json", NULL, NULL, "show: as JSON" },
};

static const struct flag help_flags[] = {
    { 0, "mdoc", NULL, NULL, "print the manual page, forage.1" },
    { 0, "completion", "SHELL", "bash zsh fish", "print the completions for a shell" },
};

static const struct command commands[] = {
    {
        .name = "init",
        .arguments = "[DIR]",
        .help = "make a crawl directory with a commented forage.conf",
        .manual = "Makes DIR (else that of -C, else ./crawl), readable by you alone, and in it a "
                  "forage.conf that shows every option with its built-in value. What -o sets "
                  "stands in it uncommented. A forage.conf that exists is never overwritten.",
        .arguments_most = 1,
        .run = cmd_init,
    },
    {
        .name = "config",
        .arguments = "check|show|reference|sample",
        .help = "check or show the configuration, or explain its options",
        .manual = "check reads the whole configuration and says what is wrong, or will hardly do "
                  "what was meant, and whether a run could start. show prints every effective "
                  "value; the text is a valid forage.conf. reference explains every option. "
                  "sample prints a commented forage.conf.",
        .words = "check show reference sample",
        FLAGS(config_flags),
        .arguments_least = 1,
        .arguments_most = 1,
        .run = cmd_config,
    },
    {
        .name = "help",
        .arguments = "[COMMAND]",
        .help = "explain a command, or list all of them",
        .manual = "Without a command, lists all of them.",
        FLAGS(help_flags),
        .arguments_most = 1,
        .run = cmd_help,
    },
};

const struct command_set forage_commands = {
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    FLAGS(global_flags),
};

const struct command *command_find(const struct command_set *set, const char *name)
{
    for (size_t i = 0; i < set->command_count; i++)
        if (strcmp(set->commands[i].name, name) == 0)
            return &set->commands[i];
    return NULL;
}

const char *command_nearest(const struct command_set *set, const char *typed)
{
    enum { COMMANDS_MOST = 64 };
    const char *names[COMMANDS_MOST];
    assert(set->command_count <= COMMANDS_MOST);
    for (size_t i = 0; i < set->command_count; i++)
        names[i] = set->commands[i].name;
    return nearest_name(typed, names, set->command_count);
}
