/* SPDX-License-Identifier: MIT
 *
 * completion - what the shells complete, from the table of commands and the names of all options.
 */
#include <assert.h>
#include <string.h>

#include "config/config.h"
#include "crawler/cli/help.h"

static bool takes_path(const struct flag *flag)
{
    return flag->argument &&
           (strcmp(flag->argument, "FILE") == 0 || strcmp(flag->argument, "DIR") == 0);
}

static void append_command_names(const struct command_set *set, struct buf *out)
{
    for (size_t i = 0; i < set->command_count; i++)
        buf_printf(out, "%s%s", i ? " " : "", set->commands[i].name);
}

/* "--all --force -f --file" */
static void append_flags(const struct flag *flags, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_char(out, ' ');
        if (flags[i].letter)
            buf_printf(out, "-%c ", flags[i].letter);
        buf_printf(out, "--%s", flags[i].name);
    }
}

/* "delay= retry= ..." */
static void append_option_names(struct buf *out)
{
    const char *const *names;
    size_t count = config_option_names(&names);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s%s=", i ? " " : "", names[i]);
}

/* What the first argument of a command may be; help takes the name of a command. */
static void append_words(const struct command_set *set, const struct command *command,
                         struct buf *out)
{
    if (strcmp(command->name, "help") == 0)
        append_command_names(set, out);
    else if (command->words)
        buf_append_string(out, command->words);
}

/* ---- bash */

/* One branch of the case over "command:flag": what stands behind a flag that has an argument. */
static void bash_argument(const char *command, const struct flag *flag, struct buf *out)
{
    if (!flag->argument || (!takes_path(flag) && !flag->words))
        return;
    buf_printf(out, "    %s:--%s", command, flag->name);
    if (flag->letter)
        buf_printf(out, " | %s:-%c", command, flag->letter);
    if (flag->words)
        buf_printf(out, ") COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")); return ;;\n", flag->words);
    else
        buf_printf(out, ") COMPREPLY=($(compgen -%c -- \"$cur\")); return ;;\n",
                   strcmp(flag->argument, "DIR") == 0 ? 'd' : 'f');
}

static void bash_arguments(const struct command_set *set, struct buf *out)
{
    buf_append_string(out, "    case $command:$prev in\n"
                           "    *:-o | *:--option)\n"
                           "        compopt -o nospace\n"
                           "        COMPREPLY=($(compgen -W \"");
    append_option_names(out);
    buf_append_string(out, "\" -- \"$cur\")); return ;;\n");
    for (size_t i = 0; i < set->flag_count; i++)
        bash_argument("*", &set->flags[i], out);
    for (size_t i = 0; i < set->command_count; i++)
        for (size_t j = 0; j < set->commands[i].flag_count; j++)
            bash_argument(set->commands[i].name, &set->commands[i].flags[j], out);
    buf_append_string(out, "    esac\n");
}

static void bash_commands(const struct command_set *set, struct buf *out)
{
    buf_append_string(out, "    case $command in\n    '') words=\"");
    append_command_names(set, out);
    buf_append_string(out, "\" ;;\n");
    for (size_t i = 0; i < set->command_count; i++) {
        const struct command *command = &set->commands[i];
        buf_printf(out, "    %s) words=\"", command->name);
        append_words(set, command, out);
        buf_append_string(out, "\" flags=\"");
        append_flags(command->flags, command->flag_count, out);
        buf_append_string(out, "\" ;;\n");
    }
    buf_append_string(out, "    esac\n");
}

static void complete_bash(const struct command_set *set, struct buf *out)
{
    buf_append_string(out, "# Completions of forage for bash; made by: forage help --completion "
                           "bash\n"
                           "_forage()\n"
                           "{\n"
                           "    local cur=${COMP_WORDS[COMP_CWORD]} "
                           "prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                           "    local command= words= flags= i\n"
                           "    COMPREPLY=()\n"
                           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                           "        case ${COMP_WORDS[i]} in\n"
                           "        -C | --directory | -o | --option) ((i++)) ;;\n"
                           "        -*) ;;\n"
                           "        *) command=${COMP_WORDS[i]}; break ;;\n"
                           "        esac\n"
                           "    done\n");
    bash_arguments(set, out);
    bash_commands(set, out);
    buf_append_string(out, "    if [[ $cur == -* ]]; then\n"
                           "        COMPREPLY=($(compgen -W \"$flags ");
    append_flags(set->flags, set->flag_count, out);
    buf_append_string(out, "\" -- \"$cur\"))\n"
                           "    else\n"
                           "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                           "    fi\n"
                           "}\n"
                           "complete -o default -F _forage forage\n");
}

/* ---- zsh */

/* Inside single quotes of zsh and sh. */
static void append_quoted(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_append_string(out, "'\\''");
        else
            buf_append_char(out, *text);
    }
}

/* A line of _arguments: '(-f --file)'{-f,--file}'[help]:FILE:_files' */
static void zsh_flag(const struct flag *flag, struct buf *out)
{
    buf_append_string(out, "        ");
    const char *equals = flag->argument ? "=" : "";
    if (flag->letter)
        buf_printf(out, "{-%c,--%s%s}'[", flag->letter, flag->name, equals);
    else
        buf_printf(out, "'--%s%s[", flag->name, equals);
    append_quoted(flag->help, out);
    buf_append_char(out, ']');
    if (flag->argument && strcmp(flag->name, "option") == 0) {
        buf_append_string(out, ":option:compadd -S \"\" -- ");
        append_option_names(out);
    } else if (flag->words) {
        buf_printf(out, ":%s:(%s)", flag->argument, flag->words);
    } else if (flag->argument) {
        buf_printf(out, ":%s:%s", flag->argument, takes_path(flag) ? "_files" : "");
    }
    buf_append_string(out, "' \\\n");
}

static void zsh_command(const struct command_set *set, const struct command *command,
                        struct buf *out)
{
    buf_printf(out, "    %s)\n        _arguments \\\n", command->name);
    for (size_t i = 0; i < command->flag_count; i++)
        zsh_flag(&command->flags[i], out);
    for (size_t i = 0; i < set->flag_count; i++)
        zsh_flag(&set->flags[i], out);
    buf_append_string(out, "        '*:argument:(");
    append_words(set, command, out);
    buf_append_string(out, ")' ;;\n");
}

static void complete_zsh(const struct command_set *set, struct buf *out)
{
    buf_append_string(out, "#compdef forage\n"
                           "# Completions of forage for zsh; made by: forage help --completion "
                           "zsh\n"
                           "local command= i\n"
                           "for ((i = 2; i < CURRENT; i++)); do\n"
                           "    case ${words[i]} in\n"
                           "    -C | --directory | -o | --option) ((i++)) ;;\n"
                           "    -*) ;;\n"
                           "    *) command=${words[i]}; break ;;\n"
                           "    esac\n"
                           "done\n"
                           "case $command in\n"
                           "    '')\n        _arguments \\\n");
    for (size_t i = 0; i < set->flag_count; i++)
        zsh_flag(&set->flags[i], out);
    buf_append_string(out, "        '1:command:((");
    for (size_t i = 0; i < set->command_count; i++) {
        buf_printf(out, " %s\\:\"", set->commands[i].name);
        append_quoted(set->commands[i].help, out);
        buf_append_char(out, '"');
    }
    buf_append_string(out, "))' ;;\n");
    for (size_t i = 0; i < set->command_count; i++)
        zsh_command(set, &set->commands[i], out);
    buf_append_string(out, "esac\n");
}

/* ---- fish */

static void fish_text(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            buf_append_char(out, '\\');
        buf_append_char(out, *text);
    }
}

/* condition is NULL for what goes with every command. */
static void fish_flag(const char *condition, const struct flag *flag, struct buf *out)
{
    buf_append_string(out, "complete -c forage");
    if (condition)
        buf_printf(out, " -n '__fish_seen_subcommand_from %s'", condition);
    if (flag->letter)
        buf_printf(out, " -s %c", flag->letter);
    buf_printf(out, " -l %s", flag->name);
    if (flag->argument)
        buf_append_string(out, takes_path(flag) ? " -rF" : " -x");
    if (flag->argument && strcmp(flag->name, "option") == 0) {
        buf_append_string(out, " -a '");
        append_option_names(out);
        buf_append_char(out, '\'');
    } else if (flag->words) {
        buf_printf(out, " -a '%s'", flag->words);
    }
    buf_append_string(out, " -d '");
    fish_text(flag->help, out);
    buf_append_string(out, "'\n");
}

static void complete_fish(const struct command_set *set, struct buf *out)
{
    buf_append_string(out, "# Completions of forage for fish; made by: forage help --completion "
                           "fish\n"
                           "complete -c forage -f\n");
    for (size_t i = 0; i < set->flag_count; i++)
        fish_flag(NULL, &set->flags[i], out);
    for (size_t i = 0; i < set->command_count; i++) {
        const struct command *command = &set->commands[i];
        buf_printf(out, "complete -c forage -n __fish_use_subcommand -a %s -d '", command->name);
        fish_text(command->help, out);
        buf_append_string(out, "'\n");
        for (size_t j = 0; j < command->flag_count; j++)
            fish_flag(command->name, &command->flags[j], out);
        if (!command->words && strcmp(command->name, "help") != 0)
            continue;
        buf_printf(out, "complete -c forage -n '__fish_seen_subcommand_from %s' -a '",
                   command->name);
        append_words(set, command, out);
        buf_append_string(out, "'\n");
    }
}

void help_completion(const struct command_set *set, const char *shell, struct buf *out)
{
    static const struct {
        const char *shell;
        void (*complete)(const struct command_set *set, struct buf *out);
    } shells[] = {
        { "bash", complete_bash },
        { "zsh", complete_zsh },
        { "fish", complete_fish },
    };
    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
        if (strcmp(shell, shells[i].shell) == 0) {
            shells[i].complete(set, out);
            return;
        }
    }
    assert(!"the table of flags knows another shell");
}
