/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "crawler/cli/command.h"
#include "crawler/cli/testing.h"

static const struct kind {
    const char *name;
    const char *flags; /* That it takes, of those of the command; separated by spaces. */
    enum status (*run)(struct invocation *in);
} kinds[] = {
    { "url", "base json", test_url },
    { "scope", "depth seed json", test_scope },
    { "robots", "agent file json", test_robots },
    { "fetch", "force http1 body json", test_fetch },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static bool is_word_of(const char *words, const char *wanted)
{
    struct bytes rest = bytes_from_string(words);
    struct bytes word;
    while (bytes_split(&rest, ' ', &word))
        if (bytes_equal(word, bytes_from_string(wanted)))
            return true;
    return false;
}

static bool is_of_command(const struct command *command, const struct flag *flag)
{
    return flag >= command->flags && flag < command->flags + command->flag_count;
}

static enum status check_flags(struct invocation *in, const struct kind *kind)
{
    for (size_t i = 0; i < in->given_count; i++) {
        const struct flag *flag = in->given[i].flag;
        if (is_of_command(in->command, flag) && !is_word_of(kind->flags, flag->name))
            return invocation_fail(in, STATUS_USAGE, "\"test %s\" takes no --%s", kind->name,
                                   flag->name);
    }
    return STATUS_OK;
}

static enum status unknown_kind(struct invocation *in, const char *typed)
{
    const char *names[KINDS];
    for (size_t i = 0; i < KINDS; i++)
        names[i] = kinds[i].name;
    const char *nearest = nearest_name(typed, names, KINDS);
    if (nearest)
        return invocation_fail(in, STATUS_USAGE, "unknown \"test %s\"; did you mean \"test %s\"?",
                               typed, nearest);
    return invocation_fail(in, STATUS_USAGE, "unknown \"test %s\"; there are: forage test %s",
                           typed, in->command->arguments);
}

enum status cmd_test(struct invocation *in)
{
    for (size_t i = 0; i < KINDS; i++) {
        if (strcmp(in->arguments[0], kinds[i].name) != 0)
            continue;
        enum status status = check_flags(in, &kinds[i]);
        return status ? status : kinds[i].run(in);
    }
    return unknown_kind(in, in->arguments[0]);
}
