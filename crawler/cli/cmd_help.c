/* SPDX-License-Identifier: MIT */
#include "crawler/cli/command.h"
#include "crawler/cli/help.h"
#include "crawler/cli/invocation.h"

enum status cmd_help(struct invocation *in)
{
    const char *shell = invocation_value(in, "completion");
    const char *name = in->argument_count > 0 ? in->arguments[0] : NULL;
    const struct command *command = name ? command_find(in->set, name) : NULL;
    if (name && !command) {
        const char *nearest = command_nearest(in->set, name);
        return invocation_fail(in, STATUS_USAGE, "unknown command \"%s\"%s%s%s", name,
                               nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                               nearest ? "\"?" : "");
    }
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    if (invocation_has(in, "mdoc"))
        help_manual(in->set, &out);
    else if (shell)
        help_completion(in->set, shell, &out);
    else if (command)
        help_command(in->set, command, &out);
    else
        help_overview(in->set, &out);
    enum status status = invocation_print(in, buf_bytes(&out));
    buf_clear(&out);
    return status;
}
