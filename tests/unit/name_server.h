/* SPDX-License-Identifier: MIT
 *
 * name_server - a name server in a test's own process: every name is 127.0.0.1, but what begins
 * with "private." is 10.0.0.1, and what begins with "missing." is not there.
 */
#ifndef TESTS_UNIT_NAME_SERVER_H
#define TESTS_UNIT_NAME_SERVER_H

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"

enum { NAME_HEADER_BYTES = 12, NAME_TYPE_A = 1 };

struct name_server {
    int socket;
    uint16_t port;
    pthread_t thread;
    atomic_uint questions; /* Of type A. */
};

/* The position behind the question's name; 0 where it makes no sense. */
static inline size_t name_end(const unsigned char *message, size_t length)
{
    size_t at = NAME_HEADER_BYTES;
    while (at < length && message[at] != 0 && message[at] < 64)
        at += message[at] + 1U;
    return at + 5 <= length ? at + 1 : 0;
}

static inline bool name_begins_with(const unsigned char *message, const char *label)
{
    return message[NAME_HEADER_BYTES] == strlen(label) &&
           strncasecmp((const char *)message + NAME_HEADER_BYTES + 1, label, strlen(label)) == 0;
}

/* Makes the question its own answer; returns the length. */
static inline size_t name_answer(struct name_server *server, unsigned char *message, size_t end)
{
    static const unsigned char record[] = { 0xc0, 0x0c, 0, NAME_TYPE_A, 0, 1, 0, 0, 1, 0, 0, 4 };
    static const unsigned char loopback[] = { 127, 0, 0, 1 };
    static const unsigned char private[] = { 10, 0, 0, 1 };
    bool is_missing = name_begins_with(message, "missing");
    bool is_address = message[end + 1] == NAME_TYPE_A;
    size_t length = end + 4;
    message[2] = 0x81;
    message[3] = is_missing ? 0x83 : 0x80;
    memset(message + 6, 0, 6);
    if (is_address)
        atomic_fetch_add(&server->questions, 1);
    if (!is_address || is_missing)
        return length;
    message[7] = 1;
    memcpy(message + length, record, sizeof(record));
    memcpy(message + length + sizeof(record),
           name_begins_with(message, "private") ? private : loopback, sizeof(loopback));
    return length + sizeof(record) + sizeof(loopback);
}

static inline void *name_server_run(void *argument)
{
    struct name_server *server = argument;
    unsigned char message[1024];
    struct sockaddr_in from;
    socklen_t from_length = sizeof(from);
    ssize_t length;
    while ((length = recvfrom(server->socket, message, 512, 0, (struct sockaddr *)&from,
                              &from_length)) > NAME_HEADER_BYTES) {
        size_t end = name_end(message, (size_t)length);
        if (end > 0)
            sendto(server->socket, message, name_answer(server, message, end), 0,
                   (struct sockaddr *)&from, from_length);
        from_length = sizeof(from);
    }
    return NULL;
}

static inline struct name_server *name_server_start(void)
{
    struct name_server *server = xcalloc(1, sizeof(*server));
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof(at);
    sigset_t all, old;
    server->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server->socket, (struct sockaddr *)&at, length), 0);
    ck_assert_int_eq(getsockname(server->socket, (struct sockaddr *)&at, &length), 0);
    server->port = ntohs(at.sin_port);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    ck_assert_int_eq(pthread_create(&server->thread, NULL, name_server_run, server), 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return server;
}

/* An empty message ends the thread. */
static inline void name_server_stop(struct name_server *server)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(server->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sendto(sender, "", 0, 0, (struct sockaddr *)&at, sizeof(at));
    pthread_join(server->thread, NULL);
    close(sender);
    close(server->socket);
    free(server);
}

#endif
