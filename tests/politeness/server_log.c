/* SPDX-License-Identifier: MIT */
#include "tests/politeness/server_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

struct server_log {
    FILE *file;
    const char *path;
    uint64_t requests;
};

static _Noreturn void fail(const struct server_log *log)
{
    perror(log->path);
    exit(2);
}

struct server_log *server_log_open(const char *path)
{
    struct server_log *log = xcalloc(1, sizeof(*log));
    log->path = path;
    log->file = fopen(path, "ae");
    if (!log->file)
        fail(log);
    return log;
}

void server_log_close(struct server_log *log)
{
    if (fclose(log->file) != 0)
        fail(log);
    free(log);
}

/* The fields that the judge reads. */
static void write_fields(struct server_log *log, struct bytes fields)
{
    static const char *const wanted[] = { "Retry-After:", "Location:", "Cache-Control:" };
    struct bytes line;
    while (bytes_split(&fields, '\n', &line)) {
        line = bytes_trim(line);
        for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
            if (bytes_start_with_nocase(line, bytes_from_string(wanted[i])))
                fprintf(log->file, "\t%.*s", (int)line.length, line.data);
    }
}

void server_log_write(struct server_log *log, const struct served *served)
{
    bool is_request = served->target.length > 0;
    fprintf(log->file, "%" PRId64 ".%03d\t%" PRId64 ".%03d\t%s\t%.*s\t%s\t%.*s\t",
            served->start_us / 1000, (int)(served->start_us % 1000), served->end_us / 1000,
            (int)(served->end_us % 1000), served->address, (int)served->origin.length,
            served->origin.data, is_request ? "GET" : "-",
            is_request ? (int)served->target.length : 1, is_request ? served->target.data : "-");
    if (served->status > 0)
        fprintf(log->file, "%u", served->status);
    else
        fputc('-', log->file);
    if (served->is_cut)
        fputs("\t(cut)", log->file);
    write_fields(log, served->fields);
    fputc('\n', log->file);
    log->requests += is_request && served->address[0] != '-';
}

uint64_t server_log_requests(const struct server_log *log)
{
    return log->requests;
}
