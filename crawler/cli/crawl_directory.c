/* SPDX-License-Identifier: MIT */
#include "crawler/cli/crawl_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static char *conf_path(const char *directory)
{
    return xasprintf("%s/forage.conf", directory);
}

bool crawl_directory_exists(const char *directory)
{
    char *path = conf_path(directory);
    bool exists = access(path, F_OK) == 0;
    free(path);
    return exists;
}

static bool write_all(int file, struct bytes text)
{
    while (text.length > 0) {
        ssize_t written = write(file, text.data, text.length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text = bytes_slice(text, (size_t)written, text.length);
    }
    return fsync(file) == 0;
}

/* A file that exists is left alone, also where another process makes it at this moment. */
static bool create_file(const char *path, struct bytes text)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool is_written = write_all(file, text);
    int error_number = errno;
    if (close(file) != 0 && is_written) {
        is_written = false;
        error_number = errno;
    }
    if (!is_written)
        unlink(path);
    errno = error_number;
    return is_written;
}

static enum status fail(const char *path, int error_number, char **error)
{
    enum status status = status_from_errno(error_number);
    *error = xasprintf("%s: %s", path,
                       error_number == EEXIST ? "exists already and is left as it is"
                                              : strerror(error_number));
    /* What is missing or in the way is a place to write to, not something to read. */
    return status == STATUS_NO_INPUT || error_number == EEXIST ? STATUS_CANNOT_CREATE : status;
}

enum status crawl_directory_create(const char *directory, const struct config *from, char **error)
{
    struct buf text;
    struct stat about;
    enum status status = STATUS_OK;
    *error = NULL;
    bool is_there = mkdir(directory, 0700) == 0 ||
                    (errno == EEXIST && stat(directory, &about) == 0 && S_ISDIR(about.st_mode));
    if (!is_there)
        return fail(directory, errno, error);
    char *path = conf_path(directory);
    buf_init(&text, BUF_UNBOUNDED);
    config_sample(&text, from);
    if (!create_file(path, buf_bytes(&text)))
        status = fail(path, errno, error);
    buf_clear(&text);
    free(path);
    return status;
}
