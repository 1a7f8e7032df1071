/* SPDX-License-Identifier: MIT
 *
 * status - how the world failed, and the exit code that says so.
 *
 * One row a status: its name, the program's exit code (sysexits.h where one fits), its word for
 * messages and its text. A URL that fails is an outcome, not a status.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#define STATUS_TABLE(ROW)                                                                          \
    ROW(OK, 0, "ok", "done")                                                                       \
    ROW(FAILURES, 1, "failures", "more fetches failed than the configuration allows")              \
    ROW(LIMIT, 4, "limit", "stopped by a limit with work left")                                    \
    ROW(GUARD, 5, "guard", "export refused by its safety guard")                                   \
    ROW(USAGE, 64, "usage", "the command line cannot be understood")                               \
    ROW(DATA, 65, "data", "the data cannot be read")                                               \
    ROW(NO_INPUT, 66, "no-input", "an input file is missing")                                      \
    ROW(UNREACHABLE, 69, "unreachable", "every seed is unreachable")                               \
    ROW(SOFTWARE, 70, "software", "an internal error")                                             \
    ROW(CANNOT_CREATE, 73, "cannot-create", "an output file cannot be created")                    \
    ROW(IO, 74, "io", "reading or writing failed")                                                 \
    ROW(NO_SPACE, 74, "no-space", "the file system is full")                                       \
    ROW(BUSY, 75, "busy", "another run holds the crawl")                                           \
    ROW(CONFIG, 78, "config", "the configuration is incomplete or wrong")                          \
    ROW(NOT_FOUND, 65, "not-found", "there is no such record")                                     \
    ROW(INTERRUPTED, 130, "interrupted", "interrupted by SIGINT; run again to continue")           \
    ROW(TERMINATED, 143, "terminated", "interrupted by SIGTERM; run again to continue")

enum status {
#define ROW(name, code, word, text) STATUS_##name,
    STATUS_TABLE(ROW)
#undef ROW
};

int status_exit_code(enum status status);
const char *status_word(enum status status);
const char *status_text(enum status status);

/* What errno means for a file operation: NO_SPACE, NO_INPUT, CANNOT_CREATE or IO. */
enum status status_from_errno(int error);

#endif
