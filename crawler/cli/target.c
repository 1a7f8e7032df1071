/* SPDX-License-Identifier: MIT */
#include "crawler/cli/target.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define TEMPORARY_SUFFIX ".part"

/* The mode that open() would give to a new file: mkostemps() gives it to the owner alone. */
static mode_t ordinary_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static enum status cannot_create(struct invocation *in, const char *name)
{
    return invocation_fail(in, STATUS_CANNOT_CREATE, "%s: %s", name, strerror(errno));
}

/* A name of its own, so that what a killed export left behind is in nobody's way. */
static enum status open_temporary(struct invocation *in, struct target *target, const char *path)
{
    target->path = realpath(path, NULL);
    if (!target->path)
        target->path = xstrdup(path);
    target->temporary = xasprintf("%s.XXXXXX" TEMPORARY_SUFFIX, target->path);
    target->descriptor =
        mkostemps(target->temporary, sizeof(TEMPORARY_SUFFIX) - 1, O_WRONLY | O_CLOEXEC);
    if (target->descriptor < 0) {
        free(target->temporary);
        target->temporary = NULL;
        return cannot_create(in, path);
    }
    return fchmod(target->descriptor, ordinary_mode()) == 0 ? STATUS_OK : cannot_create(in, path);
}

static bool is_standard_output(const struct stat *about)
{
    struct stat output;
    return fstat(STDOUT_FILENO, &output) == 0 && output.st_dev == about->st_dev &&
           output.st_ino == about->st_ino;
}

enum status target_open(struct invocation *in, struct target *target, const char *path)
{
    struct stat about;
    *target = (struct target){ .name = "standard output", .descriptor = STDOUT_FILENO };
    if (!path || strcmp(path, "-") == 0)
        return STATUS_OK;
    bool is_there = stat(path, &about) == 0;
    if (is_there && is_standard_output(&about)) /* As /dev/stdout is, whatever that may be. */
        return STATUS_OK;
    target->name = path;
    target->descriptor = -1;
    if (!is_there && lstat(path, &about) == 0)
        return invocation_fail(in, STATUS_CANNOT_CREATE, "%s: a symbolic link that leads nowhere",
                               path);
    if (!is_there || S_ISREG(about.st_mode))
        return open_temporary(in, target, path);
    target->descriptor = open(path, O_WRONLY | O_CLOEXEC);
    return target->descriptor >= 0 ? STATUS_OK : cannot_create(in, path);
}

enum status target_write(struct invocation *in, const struct target *target, struct bytes text)
{
    while (text.length > 0) {
        ssize_t written = write(target->descriptor, text.data, text.length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return invocation_fail(in, status_from_errno(errno), "%s: %s", target->name,
                                   strerror(errno));
        text = bytes_slice(text, (size_t)written, text.length);
    }
    return STATUS_OK;
}

/* A name is on disk when its folder is. */
static bool sync_folder(const char *path)
{
    char *copy = xstrdup(path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_synced = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    free(copy);
    return is_synced;
}

/* A pipe or a terminal has no disk to wait for. */
static bool sync_output(int descriptor)
{
    struct stat about;
    return fstat(descriptor, &about) == 0 && (!S_ISREG(about.st_mode) || fsync(descriptor) == 0);
}

enum status target_finish(struct invocation *in, struct target *target)
{
    if (!sync_output(target->descriptor))
        return invocation_fail(in, STATUS_IO, "%s: %s", target->name, strerror(errno));
    if (!target->path)
        return STATUS_OK;
    if (rename(target->temporary, target->path) != 0)
        return cannot_create(in, target->name);
    free(target->temporary);
    target->temporary = NULL;
    return sync_folder(target->path) ? STATUS_OK : cannot_create(in, target->name);
}

void target_clear(struct target *target)
{
    if (target->descriptor >= 0 && target->descriptor != STDOUT_FILENO)
        close(target->descriptor);
    if (target->temporary)
        unlink(target->temporary);
    free(target->temporary);
    free(target->path);
    *target = TARGET_NONE;
}
