/* SPDX-License-Identifier: MIT
 *
 * server_log - what the servers of a world note of each request: a line for the judge (README.md),
 * behind those of earlier lives.
 */
#ifndef TESTS_POLITENESS_SERVER_LOG_H
#define TESTS_POLITENESS_SERVER_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

struct server_log;

struct served {
    int64_t start_us;
    int64_t end_us;
    const char *address; /* "-": the name led nowhere. */
    struct bytes origin;
    struct bytes target; /* Empty: no request came over the connection. */
    unsigned status;     /* 0: none was sent. */
    bool is_cut;         /* Not all of it. */
    struct bytes fields; /* Of the response. */
};

/* Ends the program where the file cannot be written. */
struct server_log *server_log_open(const char *path);
void server_log_close(struct server_log *log);
void server_log_write(struct server_log *log, const struct served *served);
uint64_t server_log_requests(const struct server_log *log);

#endif
