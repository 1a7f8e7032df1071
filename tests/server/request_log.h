/* SPDX-License-Identifier: MIT
 *
 * request_log - what was asked of the server, and when: lines of fields with tabs between.
 *
 *     MS start 0 UNIX_MS                      the first line: what time it was
 *     MS open CONNECTION ADDRESS              a connection to this address of ours
 *     MS begin CONNECTION REQUEST HOST METHOD TARGET [NAME: VALUE]... [(body): BODY]
 *     MS end CONNECTION REQUEST STATUS BYTES HOW   sent, gone (the peer left), stopped (we did)
 *     MS close CONNECTION
 *     MS name 0 NAME TYPE                     a query for a name
 *
 * Milliseconds count from the start of the server, with three decimals. A line is in the file
 * before the next byte leaves. A request begins when the kernel got it, and ends before its last
 * bytes were handed to the kernel: however long this process waits for a processor, what lies
 * between two requests is no longer than it looks.
 */
#ifndef TESTS_SERVER_REQUEST_LOG_H
#define TESTS_SERVER_REQUEST_LOG_H

#include <stdint.h>

#include "tests/server/request.h"

struct request_log;

/* path NULL: nothing is written. */
struct request_log *request_log_open(const char *path);
void request_log_close(struct request_log *log);

void request_log_open_connection(struct request_log *log, unsigned connection, const char *address);
/* arrived_us: by the wall clock; 0: now. */
void request_log_begin(struct request_log *log, unsigned connection, unsigned number,
                       const struct request *request, int64_t arrived_us);
/* ended_us: by the monotonic clock. */
void request_log_end(struct request_log *log, unsigned connection, unsigned number, int status,
                     uint64_t sent_bytes, const char *how, int64_t ended_us);
void request_log_close_connection(struct request_log *log, unsigned connection);
void request_log_name(struct request_log *log, const char *name, unsigned type);

#endif
