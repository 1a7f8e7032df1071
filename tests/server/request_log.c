/* SPDX-License-Identifier: MIT */
#include "tests/server/request_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"

struct request_log {
    int file;
    int64_t started_us;     /* Monotonic. */
    int64_t wall_offset_us; /* Wall minus monotonic, at the start. */
    struct buf line;
};

static void begin_line(struct request_log *log, int64_t at_us, const char *what,
                       unsigned connection)
{
    int64_t since_us = at_us - log->started_us;
    buf_reset(&log->line);
    buf_printf(&log->line, "%" PRId64 ".%03d\t%s\t%u", since_us / 1000, (int)(since_us % 1000),
               what, connection);
}

static void end_line(struct request_log *log)
{
    buf_append_char(&log->line, '\n');
    if (log->file >= 0 && write(log->file, log->line.data, log->line.length) < 0)
        perror("request log");
}

static int64_t wall_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct request_log *request_log_open(const char *path)
{
    struct request_log *log = xcalloc(1, sizeof(*log));
    log->started_us = clock_monotonic_us();
    log->wall_offset_us = wall_us() - log->started_us;
    log->file = -1;
    buf_init(&log->line, BUF_UNBOUNDED);
    if (path)
        log->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (path && log->file < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(2);
    }
    int64_t begins_us = log->started_us + log->wall_offset_us;
    begin_line(log, log->started_us, "start", 0);
    buf_printf(&log->line, "\t%" PRId64 ".%03d", begins_us / 1000, (int)(begins_us % 1000));
    end_line(log);
    return log;
}

void request_log_close(struct request_log *log)
{
    if (log->file >= 0)
        close(log->file);
    buf_clear(&log->line);
    free(log);
}

void request_log_open_connection(struct request_log *log, unsigned connection, const char *address)
{
    begin_line(log, clock_monotonic_us(), "open", connection);
    buf_printf(&log->line, "\t%s", address);
    end_line(log);
}

static void append_printable(struct buf *line, struct bytes text)
{
    for (size_t i = 0; i < text.length; i++)
        buf_append_char(line, text.data[i] == '\t' || text.data[i] == '\n' ? ' ' : text.data[i]);
}

static void append_text(struct buf *line, struct bytes text)
{
    buf_append_char(line, '\t');
    append_printable(line, text);
}

void request_log_begin(struct request_log *log, unsigned connection, unsigned number,
                       const struct request *request, int64_t arrived_us)
{
    struct bytes fields = request->fields, field;
    begin_line(log, arrived_us > 0 ? arrived_us - log->wall_offset_us : clock_monotonic_us(),
               "begin", connection);
    buf_printf(&log->line, "\t%u", number);
    append_text(&log->line, request->host);
    append_text(&log->line, request->method);
    append_text(&log->line, request->target);
    while (request_next_field(&fields, &field))
        append_text(&log->line, field);
    if (request->body.length > 0) {
        buf_append_string(&log->line, "\t(body): ");
        append_printable(&log->line, request->body);
    }
    end_line(log);
}

void request_log_end(struct request_log *log, unsigned connection, unsigned number, int status,
                     uint64_t sent_bytes, const char *how, int64_t ended_us)
{
    begin_line(log, ended_us, "end", connection);
    buf_printf(&log->line, "\t%u\t%d\t%" PRIu64 "\t%s", number, status, sent_bytes, how);
    end_line(log);
}

void request_log_close_connection(struct request_log *log, unsigned connection)
{
    begin_line(log, clock_monotonic_us(), "close", connection);
    end_line(log);
}

void request_log_name(struct request_log *log, const char *name, unsigned type)
{
    begin_line(log, clock_monotonic_us(), "name", 0);
    append_text(&log->line, bytes_from_string(name));
    buf_printf(&log->line, "\t%u", type);
    end_line(log);
}
