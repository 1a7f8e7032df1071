/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

static _Atomic int level_most = LOG_WARNING;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* Guards all below. */
static int file = -1;
static void (*hook_before)(void);
static void (*hook_after)(void);

static const char *const names[] = { "error", "warning", "info", "debug" };

void log_set_level(enum log_level level)
{
    atomic_store(&level_most, (int)level);
}

void log_set_terminal_hooks(void (*before)(void), void (*after)(void))
{
    pthread_mutex_lock(&lock);
    hook_before = before;
    hook_after = after;
    pthread_mutex_unlock(&lock);
}

enum status log_open(const char *path)
{
    int opened = -1;
    if (path) {
        opened = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (opened < 0)
            return status_from_errno(errno);
    }
    pthread_mutex_lock(&lock);
    if (file >= 0)
        close(file);
    file = opened;
    pthread_mutex_unlock(&lock);
    return STATUS_OK;
}

/* Escapes into out, which is out_size large; returns the length, without a NUL. */
static size_t escape(char *out, size_t out_size, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    size_t length = 0;
    for (; *text && length + 5 < out_size; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c < 0x7f) {
            out[length++] = (char)c;
        } else {
            out[length++] = '\\';
            out[length++] = 'x';
            out[length++] = digits[c >> 4];
            out[length++] = digits[c & 15];
        }
    }
    return length;
}

/* A log that cannot be written must not stop a crawl, so short writes are let go. */
static void write_line(int descriptor, const char *line, size_t length)
{
    if (write(descriptor, line, length) < 0)
        return;
}

static void write_to_terminal(enum log_level level, const char *text, size_t length)
{
    char line[LOG_LINE_BYTES + 32];
    int prefix = snprintf(line, sizeof(line), "forage: %s%s",
                          level == LOG_ERROR ? "" : names[level], level == LOG_ERROR ? "" : ": ");
    memcpy(line + prefix, text, length);
    line[(size_t)prefix + length] = '\n';
    if (hook_before)
        hook_before();
    write_line(STDERR_FILENO, line, (size_t)prefix + length + 1);
    if (hook_after)
        hook_after();
}

static void write_to_file(enum log_level level, const char *text, size_t length)
{
    char line[LOG_LINE_BYTES + CLOCK_TEXT_BYTES + 32];
    char when[CLOCK_TEXT_BYTES];
    int prefix =
        snprintf(line, sizeof(line), "%s %s ", clock_format(when, clock_wall_ms()), names[level]);
    memcpy(line + prefix, text, length);
    line[(size_t)prefix + length] = '\n';
    write_line(file, line, (size_t)prefix + length + 1);
}

static void log_line(enum log_level level, const char *format, va_list arguments)
{
    if ((int)level > atomic_load(&level_most))
        return;
    char raw[LOG_LINE_BYTES / 2];
    char text[LOG_LINE_BYTES];
    vsnprintf(raw, sizeof(raw), format, arguments);
    size_t length = escape(text, sizeof(text), raw);
    pthread_mutex_lock(&lock);
    if (file >= 0)
        write_to_file(level, text, length);
    if (file < 0 || level <= LOG_WARNING)
        write_to_terminal(level, text, length);
    pthread_mutex_unlock(&lock);
}

#define DEFINE_LOG(name, level)                                                                    \
    void name(const char *format, ...)                                                             \
    {                                                                                              \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        log_line(level, format, arguments);                                                        \
        va_end(arguments);                                                                         \
    }

DEFINE_LOG(log_error, LOG_ERROR)
DEFINE_LOG(log_warning, LOG_WARNING)
DEFINE_LOG(log_info, LOG_INFO)
DEFINE_LOG(log_debug, LOG_DEBUG)
