/* SPDX-License-Identifier: MIT */
#include "crawler/cli/invocation.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/printable.h"

/* ---- Taking the command line apart */

struct parser {
    struct invocation *in;
    char *const *rest; /* The arguments that are left; ends with NULL. */
    bool is_past_dashes;
    char **error;
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct parser *parser, const char *format,
                                                        ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(parser->error, format, arguments) < 0)
        abort();
    va_end(arguments);
    return false;
}

/* The flags that hold here: the command's, and behind them those of all commands. */
static const struct flag *flag_at(const struct invocation *in, size_t index)
{
    size_t own = in->command ? in->command->flag_count : 0;
    if (index < own)
        return &in->command->flags[index];
    index -= own;
    return index < in->set->flag_count ? &in->set->flags[index] : NULL;
}

static const struct flag *flag_by_name(const struct invocation *in, struct bytes name)
{
    const struct flag *flag;
    for (size_t i = 0; (flag = flag_at(in, i)) != NULL; i++)
        if (bytes_equal(name, bytes_from_string(flag->name)))
            return flag;
    return NULL;
}

static const struct flag *flag_by_letter(const struct invocation *in, char letter)
{
    const struct flag *flag;
    for (size_t i = 0; (flag = flag_at(in, i)) != NULL; i++)
        if (flag->letter == letter)
            return flag;
    return NULL;
}

/* Switches that stand for a line of forage.conf, as -o does. */
static const struct {
    const char *flag;
    const char *option;
} shorthands[] = {
    { "http1", "http2=no" },
};

static void add_override(struct invocation *in, const char *option)
{
    in->override_items[in->overrides.count++] = option;
    in->overrides.items = in->override_items;
}

static void add_flag(struct parser *parser, const struct flag *flag, const char *value)
{
    struct invocation *in = parser->in;
    in->given[in->given_count++] = (struct given_flag){ flag, value };
    if (strcmp(flag->name, "option") == 0)
        add_override(in, value);
    for (size_t i = 0; i < sizeof(shorthands) / sizeof(shorthands[0]); i++)
        if (strcmp(flag->name, shorthands[i].flag) == 0)
            add_override(in, shorthands[i].option);
}

static bool wrong_value(struct parser *parser, const struct flag *flag, const char *value)
{
    return wrong(parser, "--%s %s: this is none of %s", flag->name, value, flag->words);
}

static bool is_word_of(const char *words, const char *value)
{
    struct bytes rest = bytes_from_string(words);
    struct bytes word;
    while (bytes_split(&rest, ' ', &word))
        if (bytes_equal(word, bytes_from_string(value)))
            return true;
    return false;
}

/* value is what stood in the same argument, or NULL: then it is the next one. */
static bool take_flag(struct parser *parser, const struct flag *flag, const char *value)
{
    if (!flag->argument) {
        add_flag(parser, flag, NULL);
        return true;
    }
    if (!value)
        value = *parser->rest ? *parser->rest++ : NULL;
    if (!value)
        return wrong(parser, "--%s needs %s behind it", flag->name, flag->argument);
    if (flag->words && !is_word_of(flag->words, value))
        return wrong_value(parser, flag, value);
    add_flag(parser, flag, value);
    return true;
}

static bool wrong_name(struct parser *parser, struct bytes name)
{
    enum { FLAGS_MOST = 64 };
    const struct invocation *in = parser->in;
    const char *names[FLAGS_MOST];
    const struct flag *flag;
    size_t count = 0;
    char *typed = xbytesdup(name);
    while (count < FLAGS_MOST && (flag = flag_at(in, count)) != NULL)
        names[count++] = flag->name;
    const char *nearest = nearest_name(typed, names, count);
    const char *whose = in->command ? in->command->name : "forage";
    if (nearest)
        wrong(parser, "%s has no flag --%s; did you mean --%s?", whose, typed, nearest);
    else if (in->command)
        wrong(parser, "%s has no flag --%s; \"forage help %s\" lists them", whose, typed, whose);
    else
        wrong(parser, "%s has no flag --%s; those of a command stand behind it", whose, typed);
    free(typed);
    return false;
}

/* "--name" or "--name=value". */
static bool take_long(struct parser *parser, const char *text)
{
    struct bytes whole = bytes_from_string(text + 2);
    size_t equals = bytes_find(whole, '=');
    struct bytes name = bytes_slice(whole, 0, equals);
    const char *value = equals < whole.length ? whole.data + equals + 1 : NULL;
    const struct flag *flag = flag_by_name(parser->in, name);
    if (!flag)
        return wrong_name(parser, name);
    if (value && !flag->argument)
        return wrong(parser, "--%s takes no value", flag->name);
    return take_flag(parser, flag, value);
}

/* "-q", "-qv", "-CDIR", "-qC DIR". */
static bool take_short(struct parser *parser, const char *text)
{
    for (const char *letter = text + 1; *letter; letter++) {
        const struct flag *flag = flag_by_letter(parser->in, *letter);
        const struct command *command = parser->in->command;
        if (!flag)
            return wrong(parser, "%s has no flag -%c", command ? command->name : "forage", *letter);
        if (flag->argument)
            return take_flag(parser, flag, letter[1] ? letter + 1 : NULL);
        add_flag(parser, flag, NULL);
    }
    return true;
}

static bool take_command(struct parser *parser, const char *name)
{
    struct invocation *in = parser->in;
    in->command = command_find(in->set, name);
    if (in->command)
        return true;
    const char *nearest = command_nearest(in->set, name);
    if (nearest)
        return wrong(parser, "unknown command \"%s\"; did you mean \"%s\"?", name, nearest);
    return wrong(parser, "unknown command \"%s\"; \"forage help\" lists them", name);
}

static bool take(struct parser *parser, const char *text)
{
    struct invocation *in = parser->in;
    bool is_flag = !parser->is_past_dashes && text[0] == '-' && text[1] != '\0';
    if (is_flag && strcmp(text, "--") == 0) {
        parser->is_past_dashes = true;
        return true;
    }
    if (is_flag)
        return text[1] == '-' ? take_long(parser, text) : take_short(parser, text);
    if (!in->command)
        return take_command(parser, text);
    in->arguments[in->argument_count++] = text;
    return true;
}

static bool check_arguments(struct parser *parser)
{
    const struct invocation *in = parser->in;
    const struct command *command = in->command;
    if (invocation_has(in, "help") || invocation_has(in, "version"))
        return true;
    if (!command)
        return wrong(parser, "a command is missing; \"forage help\" lists them");
    if (in->argument_count < command->arguments_least)
        return wrong(parser, "something is missing: forage %s %s", command->name,
                     command->arguments);
    if (in->argument_count > command->arguments_most)
        return wrong(parser, "\"%s\" is too much: forage %s%s%s",
                     in->arguments[command->arguments_most], command->name,
                     *command->arguments ? " " : "", command->arguments);
    return true;
}

enum status invocation_parse(struct invocation *in, const struct command_set *set, int argc,
                             char *const *argv, char **error)
{
    /* Each argument gives at most as many flags as it has letters. */
    size_t letters = 0;
    for (int i = 1; i < argc; i++)
        letters += strlen(argv[i]);
    *error = NULL;
    *in = (struct invocation){
        .set = set,
        .arguments = xcalloc((size_t)argc + 1, sizeof(*in->arguments)),
        .override_items = xcalloc((size_t)argc + 1, sizeof(*in->override_items)),
        .given = xcalloc(letters + 1, sizeof(*in->given)),
    };
    struct parser parser = { .in = in, .rest = argv + (argc > 0), .error = error };
    bool is_good = true;
    while (is_good && *parser.rest)
        is_good = take(&parser, *parser.rest++);
    return is_good && check_arguments(&parser) ? STATUS_OK : STATUS_USAGE;
}

void invocation_clear(struct invocation *in)
{
    free(in->arguments);
    free(in->override_items);
    free(in->given);
    *in = (struct invocation){ 0 };
}

/* ---- What was given */

unsigned invocation_times(const struct invocation *in, const char *name)
{
    unsigned times = 0;
    for (size_t i = 0; i < in->given_count; i++)
        times += strcmp(in->given[i].flag->name, name) == 0;
    return times;
}

bool invocation_has(const struct invocation *in, const char *name)
{
    return invocation_times(in, name) > 0;
}

const char *invocation_value(const struct invocation *in, const char *name)
{
    for (size_t i = in->given_count; i-- > 0;)
        if (strcmp(in->given[i].flag->name, name) == 0)
            return in->given[i].value;
    return NULL;
}

const char *invocation_named_directory(const struct invocation *in)
{
    const char *directory = invocation_value(in, "directory");
    if (!directory)
        directory = getenv("FORAGE_DIR");
    return directory && *directory ? directory : NULL;
}

const char *invocation_directory(const struct invocation *in, const char *otherwise)
{
    const char *directory = invocation_named_directory(in);
    if (directory)
        return directory;
    if (access("forage.conf", F_OK) == 0)
        return ".";
    return access("crawl/forage.conf", F_OK) == 0 ? "crawl" : otherwise;
}

static void set_level(const struct invocation *in, const struct config *config)
{
    static const enum log_level levels[] = {
        [LEVEL_ERROR] = LOG_ERROR,
        [LEVEL_WARNING] = LOG_WARNING,
        [LEVEL_INFO] = LOG_INFO,
        [LEVEL_DEBUG] = LOG_DEBUG,
    };
    enum log_level level = levels[config_settings(config)->log_level];
    unsigned verbosity = invocation_times(in, "verbose");
    if (invocation_has(in, "quiet"))
        level = LOG_ERROR;
    else if (verbosity > 0)
        level = verbosity > 1 ? LOG_DEBUG : LOG_INFO;
    log_set_level(level);
}

enum status invocation_load(struct invocation *in, const char *directory, struct config **config)
{
    char *error;
    enum status status = config_load(config, directory, NULL, &in->overrides, &error);
    if (status) {
        invocation_fail(in, status, "%s", error);
        free(error);
        return status;
    }
    set_level(in, *config);
    return STATUS_OK;
}

/* ---- Saying something */

enum status invocation_print(struct invocation *in, struct bytes text)
{
    /* Empty bytes may have no address, which fwrite() does not take. */
    bool is_written = text.length == 0 || fwrite(text.data, 1, text.length, stdout) == text.length;
    if (is_written && fflush(stdout) == 0)
        return STATUS_OK;
    return invocation_fail(in, status_from_errno(errno), "standard output: %s", strerror(errno));
}

enum status invocation_show(struct invocation *in, struct bytes text)
{
    if (!isatty(STDOUT_FILENO))
        return invocation_print(in, text);
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    printable_append(&out, text, PRINTABLE_TEXT);
    enum status status = invocation_print(in, buf_bytes(&out));
    buf_clear(&out);
    return status;
}

void invocation_note(const struct invocation *in, const char *format, ...)
{
    if (invocation_has(in, "quiet"))
        return;
    va_list arguments;
    va_start(arguments, format);
    fputs("forage: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

enum status invocation_fail(struct invocation *in, enum status status, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    va_end(arguments);
    log_error("%s (exit %d %s)", text, status_exit_code(status), status_word(status));
    free(text);
    in->is_reported = true;
    return status;
}
