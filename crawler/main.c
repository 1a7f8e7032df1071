/* SPDX-License-Identifier: MIT
 *
 * forage - the program: finds the command in the table and runs it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "crawler/cli/command.h"
#include "crawler/cli/help.h"
#include "crawler/cli/invocation.h"

static enum status print_help(struct invocation *in)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    if (in->command)
        help_command(in->set, in->command, &out);
    else
        help_overview(in->set, &out);
    enum status status = invocation_print(in, buf_bytes(&out));
    buf_clear(&out);
    return status;
}

static enum status run_invocation(struct invocation *in)
{
    if (invocation_has(in, "help"))
        return print_help(in);
    if (invocation_has(in, "version"))
        return invocation_print(in, BYTES("forage " FORAGE_VERSION "\n"));
    return in->command->run(in);
}

/* Every exit code but 0 is said with its name, if the command has not done so. A limit is what was
 * asked for, so it is said to those alone who want to hear more: cron would send a mail each night.
 */
static void report(struct invocation *in, enum status status)
{
    if (status == STATUS_OK || in->is_reported)
        return;
    if (status == STATUS_LIMIT)
        log_info("%s: %s (exit %d %s)", in->command->name, status_text(status),
                 status_exit_code(status), status_word(status));
    else
        invocation_fail(in, status, "%s: %s", in->command->name, status_text(status));
}

/* Where the caller closed standard input, output or error, the next file that is opened would take
 * its number, and be a table of the store: what is printed would go into it. Reading finds an end
 * there, and writing fails, so that nobody takes lost output for written. */
static bool fill_standard_descriptors(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++)
        if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != descriptor)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    if (!fill_standard_descriptors())
        return status_exit_code(STATUS_IO);
    struct invocation in;
    char *error;
    enum status status = invocation_parse(&in, &forage_commands, argc, argv, &error);
    if (status)
        invocation_fail(&in, status, "%s", error);
    else
        status = run_invocation(&in);
    report(&in, status);
    free(error);
    invocation_clear(&in);
    return status_exit_code(status);
}
