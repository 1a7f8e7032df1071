/* SPDX-License-Identifier: MIT
 *
 * meters - what a stretch of work costs: CPU time of this thread and of the process, slices of
 * work, resident memory, bytes on disk.
 *
 * CPU time counts, not wall time, as other programs may be at work on the machine.
 */
#ifndef TESTS_BENCH_METERS_H
#define TESTS_BENCH_METERS_H

#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

static inline int64_t meter_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Times of slices, in microseconds. */
struct slices {
    uint32_t *wall_us;
    uint32_t *cpu_us;
    size_t count;
    size_t capacity;
    int64_t cpu_ns; /* Of all of them. */
    int64_t began_wall_ns;
    int64_t began_cpu_ns;
};

static inline void slice_begin(struct slices *slices)
{
    slices->began_wall_ns = meter_ns(CLOCK_MONOTONIC);
    slices->began_cpu_ns = meter_ns(CLOCK_THREAD_CPUTIME_ID);
}

static inline void slice_end(struct slices *slices)
{
    int64_t cpu_ns = meter_ns(CLOCK_THREAD_CPUTIME_ID) - slices->began_cpu_ns;
    int64_t wall_ns = meter_ns(CLOCK_MONOTONIC) - slices->began_wall_ns;
    if (slices->count == slices->capacity) {
        slices->capacity = slices->capacity ? 2 * slices->capacity : 4096;
        slices->wall_us = xreallocarray(slices->wall_us, slices->capacity, sizeof(uint32_t));
        slices->cpu_us = xreallocarray(slices->cpu_us, slices->capacity, sizeof(uint32_t));
    }
    slices->wall_us[slices->count] = (uint32_t)(wall_ns / 1000);
    slices->cpu_us[slices->count++] = (uint32_t)(cpu_ns / 1000);
    slices->cpu_ns += cpu_ns;
}

static inline void slices_reset(struct slices *slices)
{
    slices->count = 0;
    slices->cpu_ns = 0;
}

static inline void slices_clear(struct slices *slices)
{
    free(slices->wall_us);
    free(slices->cpu_us);
}

static inline int slices_compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* In milliseconds; sorts. */
static inline double slices_percentile(uint32_t *us, size_t count, double percent)
{
    if (count == 0)
        return 0;
    qsort(us, count, sizeof(*us), slices_compare);
    size_t at = (size_t)((double)count * percent / 100);
    return us[at < count ? at : count - 1] / 1000.0;
}

static inline uint64_t meter_resident_bytes(void)
{
    unsigned long size = 0;
    unsigned long resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%lu %lu", &size, &resident) != 2) {
        fprintf(stderr, "cannot read /proc/self/statm\n");
        exit(1);
    }
    fclose(file);
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Of the database in the folder: its tables, or its log. */
static inline uint64_t meter_disk_bytes(const char *folder, bool is_log)
{
    char *path = xasprintf("%s/db", folder);
    DIR *entries = opendir(path);
    uint64_t bytes = 0;
    for (struct dirent *entry; entries && (entry = readdir(entries)) != NULL;) {
        struct stat about;
        if ((strncmp(entry->d_name, "log.", 4) == 0) == is_log &&
            fstatat(dirfd(entries), entry->d_name, &about, 0) == 0 && S_ISREG(about.st_mode))
            bytes += (uint64_t)about.st_blocks * 512;
    }
    if (entries)
        closedir(entries);
    free(path);
    return bytes;
}

#endif
