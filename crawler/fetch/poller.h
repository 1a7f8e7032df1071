/* SPDX-License-Identifier: MIT
 *
 * poller - epoll for one thread: sockets with a callback each, and a bell that other threads ring.
 */
#ifndef CRAWLER_FETCH_POLLER_H
#define CRAWLER_FETCH_POLLER_H

#include <stdbool.h>
#include <stdint.h>

struct poller;

enum { POLLER_READ = 1, POLLER_WRITE = 2, POLLER_ERROR = 4 };

typedef void poller_ready(void *owner, int descriptor, unsigned events);

struct poller *poller_new(void);
void poller_free(struct poller *poller);

/* Adds or changes; events 0 removes. A descriptor that is closed is removed before another can get
 * its number. */
void poller_watch(struct poller *poller, int descriptor, unsigned events, poller_ready *ready,
                  void *owner);

/* It is of no interest for now, and may soon be again, as a connection is between two requests: the
 * kernel is told only if something stirs there. It is to be removed before it is closed. What is
 * not watched for reading alone is removed at once. */
void poller_rest(struct poller *poller, int descriptor);

/* Waits at most timeout_us microseconds (-1: for ever) and calls back for what is ready. */
void poller_wait(struct poller *poller, int64_t timeout_us);

/* Makes poller_wait return, now or the next time. From any thread. */
void poller_ring(struct poller *poller);

#endif
