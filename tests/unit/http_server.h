/* SPDX-License-Identifier: MIT
 *
 * http_server - a server inside a test, on a free port of the loopback: a thread for each
 * connection, answers by a table of paths. What it sends need not be HTTP.
 */
#ifndef TESTS_UNIT_HTTP_SERVER_H
#define TESTS_UNIT_HTTP_SERVER_H

#include <check.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "crawler/fetch/address.h"

/* GATE: the first visit waits for the gate and is closed without an answer; later ones are
 * answered. */
enum after { KEEP, CLOSE, RESET, STALL, GATE };

struct page {
    const char *path;
    const char *answer;
    enum after after;
    const char *repeated; /* Sent behind the answer, again and again ... */
    int repeats;          /* ... so often. */
};

struct server {
    const struct page *pages; /* A path that is not there gets the first. */
    size_t page_count;
    int listener;
    struct address address;
    uint16_t port;
    pthread_t thread;
    atomic_int accepts;
    atomic_int requests;
    bool is_deaf;         /* Takes no connection. */
    char asked[8192];     /* The asking thread's copy of `request`. */
    pthread_mutex_t lock; /* Guards what follows. */
    char request[8192];
    pthread_cond_t closed;
    int open;          /* Connections with a thread each. */
    int gate_visitors; /* Of the closed gate. */
    bool is_gate_open;
    pthread_cond_t gate;
};

struct visit {
    struct server *server;
    int peer;
    char request[8192];
};

static inline bool send_all(int peer, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(peer, data, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        data += sent;
        length -= (size_t)sent;
    }
    return true;
}

static void wait_for_close(int peer)
{
    char sink[4096];
    while (recv(peer, sink, sizeof(sink), 0) > 0)
        ;
}

/* With its body, where there is one. */
static bool is_whole_request(const char *request)
{
    const char *end = strstr(request, "\r\n\r\n");
    const char *length = strstr(request, "Content-Length: ");
    return end && (!length || length > end ||
                   strlen(end + 4) >= strtoul(length + sizeof("Content-Length:"), NULL, 10));
}

static bool read_request(struct visit *visit)
{
    size_t length = 0;
    do {
        ssize_t came =
            recv(visit->peer, visit->request + length, sizeof(visit->request) - 1 - length, 0);
        if (came <= 0)
            return false;
        length += (size_t)came;
        visit->request[length] = '\0';
    } while (!is_whole_request(visit->request));
    atomic_fetch_add(&visit->server->requests, 1);
    pthread_mutex_lock(&visit->server->lock);
    memcpy(visit->server->request, visit->request, length + 1);
    pthread_mutex_unlock(&visit->server->lock);
    return true;
}

static const struct page *find_page(const struct server *server, const char *request)
{
    const char *path = strchr(request, ' ') + 1;
    size_t length = strcspn(path, " ");
    for (size_t i = 0; i < server->page_count; i++)
        if (strlen(server->pages[i].path) == length &&
            strncmp(server->pages[i].path, path, length) == 0)
            return &server->pages[i];
    return &server->pages[0];
}

/* True for the one that had to wait. */
static bool wait_at_gate(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    bool must_wait = !server->is_gate_open;
    server->gate_visitors += must_wait;
    pthread_cond_broadcast(&server->gate);
    while (!server->is_gate_open)
        pthread_cond_wait(&server->gate, &server->lock);
    pthread_mutex_unlock(&server->lock);
    return must_wait;
}

static inline void open_gate(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    while (server->gate_visitors == 0)
        pthread_cond_wait(&server->gate, &server->lock);
    server->is_gate_open = true;
    pthread_cond_broadcast(&server->gate);
    pthread_mutex_unlock(&server->lock);
}

/* True while the connection stays open. */
static bool answer(struct server *server, int peer, const struct page *page)
{
    if (page->after == GATE && wait_at_gate(server))
        return false;
    bool is_sent = send_all(peer, page->answer, strlen(page->answer));
    for (int i = 0; is_sent && i < page->repeats; i++)
        is_sent = send_all(peer, page->repeated, strlen(page->repeated));
    if (page->after == STALL)
        wait_for_close(peer);
    if (page->after == RESET) {
        struct linger now = { .l_onoff = 1, .l_linger = 0 };
        setsockopt(peer, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    }
    return is_sent && (page->after == KEEP || page->after == GATE);
}

static void *serve_connection(void *data)
{
    struct visit *visit = data;
    struct server *server = visit->server;
    while (read_request(visit) && answer(server, visit->peer, find_page(server, visit->request)))
        ;
    close(visit->peer);
    free(visit);
    pthread_mutex_lock(&server->lock);
    server->open--;
    pthread_cond_signal(&server->closed);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

static void *serve(void *data)
{
    struct server *server = data;
    int peer;
    while ((peer = accept(server->listener, NULL, NULL)) >= 0) {
        struct visit *visit = xcalloc(1, sizeof(*visit));
        *visit = (struct visit){ .server = server, .peer = peer };
        pthread_mutex_lock(&server->lock);
        server->open++;
        pthread_mutex_unlock(&server->lock);
        atomic_fetch_add(&server->accepts, 1);
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, serve_connection, visit), 0);
        pthread_detach(thread);
    }
    return NULL;
}

static void wait_until_open_at_most(struct server *server, int most)
{
    pthread_mutex_lock(&server->lock);
    while (server->open > most)
        pthread_cond_wait(&server->closed, &server->lock);
    pthread_mutex_unlock(&server->lock);
}

static void server_listen(struct server *server, const char *ip, int backlog)
{
    ck_assert(address_parse(&server->address, bytes_from_string(ip)));
    struct sockaddr_storage at;
    socklen_t length = address_to_sockaddr(&server->address, 0, &at);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&at, length), 0);
    ck_assert_int_eq(listen(server->listener, backlog), 0);
    struct sockaddr_in bound;
    length = sizeof(bound);
    getsockname(server->listener, (struct sockaddr *)&bound, &length);
    server->port = ntohs(bound.sin_port);
}

/* The last request, until the next call. For when one connection alone is in use. */
static inline const char *server_request(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    memcpy(server->asked, server->request, sizeof(server->asked));
    pthread_mutex_unlock(&server->lock);
    return server->asked;
}

static void server_start(struct server *server, const char *ip, const struct page *pages,
                         size_t page_count)
{
    memset(server, 0, sizeof(*server));
    server->pages = pages;
    server->page_count = page_count;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->closed, NULL);
    pthread_cond_init(&server->gate, NULL);
    server_listen(server, ip, 256);
    ck_assert_int_eq(pthread_create(&server->thread, NULL, serve, server), 0);
}

/* When the client has closed its connections. */
static void server_stop(struct server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    if (!server->is_deaf) {
        pthread_join(server->thread, NULL);
        wait_until_open_at_most(server, 0);
    }
    close(server->listener);
}

#endif
