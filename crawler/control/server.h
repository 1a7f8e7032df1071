/* SPDX-License-Identifier: MIT
 *
 * server - the listening side of the control socket: clients, their frames, no thread of its own.
 *
 * Non-blocking; a client that does not read its answers, or sends a bad frame, is dropped. At most
 * SERVER_CLIENTS_MOST clients.
 */
#ifndef CRAWLER_CONTROL_SERVER_H
#define CRAWLER_CONTROL_SERVER_H

#include <stdint.h>

#include "base/buf.h"
#include "crawler/control/wire.h"

enum { SERVER_CLIENTS_MOST = 64 };

struct server;

/* A whole question came in. The owner answers at once or later by server_answer with the same
 * client number (never used again once the client is gone). payload is borrowed for the call. */
typedef void server_question(void *owner, uint64_t client, enum question question,
                             struct bytes payload);

enum status server_open(struct server **out, const char *directory, server_question *asked,
                        void *owner);
void server_close(struct server *server);

/* For poll(2): one descriptor that is readable when there is something to do (an epoll descriptor).
 */
int server_descriptor(const struct server *server);
/* Does it, without blocking. */
void server_process(struct server *server);
/* No such client any more: nothing happens. */
void server_answer(struct server *server, uint64_t client, enum status status, struct bytes reply);

#endif
