/* SPDX-License-Identifier: MIT
 *
 * log - one line per event, on standard error or in a file.
 *
 * Every byte outside printable ASCII is written as \xNN, so that nothing remote reaches a terminal
 * or forges a line; lines are cut at LOG_LINE_BYTES. Thread-safe. Data never goes here: it goes to
 * stdout.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/status.h"

#define LOG_LINE_BYTES 8192

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped; LOG_WARNING at the start. */
void log_set_level(enum log_level level);

/* From now on lines go to this file as well as errors and warnings to standard error. NULL closes
 * the file. Calling it again with the same path reopens it (log rotation). */
enum status log_open(const char *path);

/* Called before a line is written to standard error, and after: progress clears and redraws. */
void log_set_terminal_hooks(void (*before)(void), void (*after)(void));

__attribute__((format(printf, 1, 2))) void log_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warning(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_debug(const char *format, ...);

#endif
