/* SPDX-License-Identifier: MIT */
#include "crawler/cli/help.h"

#include <string.h>

#include "config/prose.h"

enum { WIDTH = 79, COLUMN = 24 };

/* Pads to where the explanations stand, or begins a new line where left is too long. */
static void pad_to_column(struct buf *out, size_t length)
{
    if (length + 2 > COLUMN) {
        buf_append_char(out, '\n');
        length = 0;
    }
    for (; length < COLUMN; length++)
        buf_append_char(out, ' ');
}

/* "  -f, --file FILE     the explanation" */
static void print_flag(const struct flag *flag, struct buf *out)
{
    size_t start = out->length;
    if (flag->letter)
        buf_printf(out, "  -%c, --%s", flag->letter, flag->name);
    else
        buf_printf(out, "      --%s", flag->name);
    if (flag->argument)
        buf_printf(out, " %s", flag->argument);
    pad_to_column(out, out->length - start);
    buf_printf(out, "%s\n", flag->help);
    if (flag->words) {
        pad_to_column(out, 0);
        buf_printf(out, "one of: %s\n", flag->words);
    }
}

static void print_flags(const struct flag *flags, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++)
        print_flag(&flags[i], out);
}

void help_overview(const struct command_set *set, struct buf *out)
{
    buf_append_string(out, "usage: forage [-C DIR] [-o NAME=VALUE]... COMMAND [ARGUMENT]...\n\n"
                           "A polite web crawler that keeps a search index fresh.\n\n");
    for (size_t i = 0; i < set->command_count; i++) {
        const struct command *command = &set->commands[i];
        size_t start = out->length;
        buf_printf(out, "  %s", command->name);
        if (*command->arguments)
            buf_printf(out, " %s", command->arguments);
        pad_to_column(out, out->length - start);
        buf_printf(out, "%s\n", command->help);
    }
    buf_append_string(out, "\nWith every command:\n");
    print_flags(set->flags, set->flag_count, out);
    buf_append_string(out, "\n\"forage help COMMAND\" explains a command, \"forage config "
                           "reference\" the options\nof forage.conf, and \"man forage\" "
                           "everything.\n");
}

void help_command(const struct command_set *set, const struct command *command, struct buf *out)
{
    buf_printf(out, "usage: forage %s%s%s%s\n\n", command->name,
               command->flag_count ? " [FLAG]..." : "", *command->arguments ? " " : "",
               command->arguments);
    prose_wrap(out, "", WIDTH, command->manual);
    if (command->flag_count > 0) {
        buf_append_char(out, '\n');
        print_flags(command->flags, command->flag_count, out);
    }
    buf_append_string(out, "\nWith every command:\n");
    print_flags(set->flags, set->flag_count, out);
}
