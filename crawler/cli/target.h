/* SPDX-License-Identifier: MIT
 *
 * target - where an export goes: a file that takes its name when it is whole and on disk, or
 * something that is written to directly: standard output, a pipe, a device.
 */
#ifndef CRAWLER_CLI_TARGET_H
#define CRAWLER_CLI_TARGET_H

#include "base/bytes.h"
#include "crawler/cli/invocation.h"

struct target {
    const char *name; /* For messages. */
    char *path;       /* Of the file that is replaced at the end; NULL: none is. */
    char *temporary;  /* What is written until then. */
    int descriptor;   /* -1: not open. */
};

#define TARGET_NONE ((struct target){ .descriptor = -1 })

/* path NULL or "-": standard output. A symbolic link stays, and the file that it names is replaced.
 * All three say what is wrong. */
enum status target_open(struct invocation *in, struct target *target, const char *path);
enum status target_write(struct invocation *in, const struct target *target, struct bytes text);
/* Everything is on disk, and the file has its name. */
enum status target_finish(struct invocation *in, struct target *target);
/* Without target_finish the file that was there stays as it is. */
void target_clear(struct target *target);

#endif
