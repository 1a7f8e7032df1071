/* SPDX-License-Identifier: MIT */
#include "crawler/engine/space.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/memory.h"

enum { SHARE = 20, CHECKPOINTS = 4, BLOCK_BYTES = 512 };

uint64_t space_floor(const struct settings *settings, uint64_t total_bytes)
{
    uint64_t floor = settings->min_free_bytes;
    uint64_t checkpoints = CHECKPOINTS * settings->checkpoint_bytes;
    if (floor == 0)
        return 0;
    if (floor > total_bytes / SHARE)
        floor = total_bytes / SHARE;
    return floor > checkpoints ? floor : checkpoints;
}

enum space space_look(struct space_watch *watch, uint64_t free_bytes, uint64_t floor_bytes,
                      int64_t wait_ms, int64_t now_ms)
{
    if (free_bytes >= floor_bytes) {
        watch->short_since_ms = 0;
        return SPACE_ENOUGH;
    }
    if (watch->short_since_ms == 0)
        watch->short_since_ms = now_ms;
    return now_ms - watch->short_since_ms >= wait_ms ? SPACE_OUT : SPACE_SHORT;
}

uint64_t space_store_bytes(const char *directory)
{
    char *path = xasprintf("%s/db", directory);
    DIR *files = opendir(path);
    uint64_t bytes = 0;
    free(path);
    if (!files)
        return 0;
    for (struct dirent *entry; (entry = readdir(files)) != NULL;) {
        struct stat about;
        if (fstatat(dirfd(files), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(about.st_mode))
            bytes += (uint64_t)about.st_blocks * BLOCK_BYTES;
    }
    closedir(files);
    return bytes;
}
