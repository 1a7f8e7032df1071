/* SPDX-License-Identifier: MIT
 *
 * connection - one client: requests in, plans carried out.
 *
 *     reading --whole request--> responding --plan carried out--> reading
 *        \                          \--its last step, or the peer leaves--> over
 *         \--the peer leaves, or it is no request--> over
 *
 * While a response leaves, what the client sends is kept for later, so a client that goes away is
 * noticed at once.
 */
#ifndef TESTS_SERVER_CONNECTION_H
#define TESTS_SERVER_CONNECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/server/plan.h"
#include "tests/server/request.h"
#include "tests/server/request_log.h"

/* Makes the plan for a request. */
typedef void connection_answer(void *owner, const struct request *request, struct plan *plan);

struct connection;

/* Takes the socket, which does not block. */
struct connection *connection_new(int socket, unsigned number, struct request_log *log,
                                  connection_answer *answer, void *owner);
/* Logs what was not finished. */
void connection_free(struct connection *connection);

int connection_socket(const struct connection *connection);

/* The socket can be read from. */
void connection_read(struct connection *connection);
/* Goes on sending as far as socket and plan allow at this time. */
void connection_advance(struct connection *connection, int64_t now_us);

bool connection_is_over(const struct connection *connection);
/* It waits for room in the socket. */
bool connection_is_blocked(const struct connection *connection);
/* When it wants to be advanced; INT64_MAX: when something happens. */
int64_t connection_wake_us(const struct connection *connection);

#endif
