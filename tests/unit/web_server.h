/* SPDX-License-Identifier: MIT
 *
 * web_server - a web server in a test's own process, on a free port of 127.0.0.1.
 *
 * It answers by one function of the test, a thread for each connection, and remembers what was
 * asked for. Any name below localhost leads to it, so a test has as many hosts as it likes.
 */
#ifndef TESTS_UNIT_WEB_SERVER_H
#define TESTS_UNIT_WEB_SERVER_H

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/memory.h"

enum { WEB_REQUESTS_MOST = 4096, WEB_CONNECTIONS_MOST = 4096, WEB_HEAD_MOST = 16384 };

struct web_request {
    char host[128]; /* Without the port. */
    char path[512]; /* With the query. */
    char head[WEB_HEAD_MOST];
};

struct web_answer {
    int status;         /* 0: no answer ever; the connection stays open until the server ends. */
    bool is_cut;        /* The connection ends behind the headers. */
    struct buf headers; /* Whole lines, each with its CRLF; the length is added. */
    struct buf body;
};

struct web;
typedef void web_answerer(struct web *web, const struct web_request *request,
                          struct web_answer *answer);

struct web {
    int listener;
    uint16_t port;
    web_answerer *answerer;
    void *owner; /* The test's. */
    pthread_t thread;
    pthread_mutex_t lock; /* Guards what follows. */
    pthread_cond_t changed;
    bool is_closing;
    struct web_request *requests;
    size_t request_count;
    int connections[WEB_CONNECTIONS_MOST];
    pthread_t threads[WEB_CONNECTIONS_MOST];
    size_t connection_count;
};

/* ---- One connection */

struct web_connection {
    struct web *web;
    int descriptor;
};

/* The next request's head, with its empty line; false at the end. Requests have no bodies here. */
static inline bool web_read_head(int descriptor, struct buf *in, char *head)
{
    for (;;) {
        const char *end = in->length ? memmem(in->data, in->length, "\r\n\r\n", 4) : NULL;
        if (end) {
            size_t length = (size_t)(end - in->data) + 4;
            if (length >= WEB_HEAD_MOST)
                return false;
            memcpy(head, in->data, length);
            head[length] = '\0';
            memmove(in->data, in->data + length, in->length - length);
            in->length -= length;
            return true;
        }
        char *room = buf_reserve(in, 4096);
        ssize_t received = room ? recv(descriptor, room, 4096, 0) : -1;
        if (received <= 0)
            return false;
        in->length += (size_t)received;
    }
}

static inline void web_copy_until(char *to, size_t size, const char *from, const char *stops)
{
    size_t length = strcspn(from, stops);
    if (length >= size)
        length = size - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

/* How many were noted. */
static inline size_t web_requests(struct web *web)
{
    pthread_mutex_lock(&web->lock);
    size_t count = web->request_count;
    pthread_mutex_unlock(&web->lock);
    return count;
}

/* The request of that number, as it was noted. */
static inline struct web_request web_request_at(struct web *web, size_t number)
{
    pthread_mutex_lock(&web->lock);
    struct web_request request = web->requests[number];
    pthread_mutex_unlock(&web->lock);
    return request;
}

/* The value of a field of the head into text; false where there is none. */
static inline bool web_field(const struct web_request *request, const char *name, char *text,
                             size_t size)
{
    size_t length = strlen(name);
    for (const char *line = request->head; (line = strstr(line, "\r\n")) != NULL;) {
        line += 2;
        if (strncasecmp(line, name, length) != 0 || line[length] != ':')
            continue;
        line += length + 1;
        web_copy_until(text, size, line + strspn(line, " "), "\r");
        return true;
    }
    return false;
}

static inline bool web_has_field(const struct web_request *request, const char *name)
{
    char text[8];
    return web_field(request, name, text, sizeof(text));
}

static inline void web_note(struct web *web, const struct web_request *request)
{
    pthread_mutex_lock(&web->lock);
    if (web->request_count < WEB_REQUESTS_MOST)
        web->requests[web->request_count++] = *request;
    pthread_cond_broadcast(&web->changed);
    pthread_mutex_unlock(&web->lock);
}

static inline void web_send(int descriptor, struct bytes text)
{
    while (text.length > 0) {
        ssize_t sent = send(descriptor, text.data, text.length, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text = bytes_slice(text, (size_t)sent, text.length);
    }
}

static inline void web_wait_for_the_end(struct web *web)
{
    pthread_mutex_lock(&web->lock);
    while (!web->is_closing)
        pthread_cond_wait(&web->changed, &web->lock);
    pthread_mutex_unlock(&web->lock);
}

/* False where the connection is over. */
static inline bool web_serve(struct web *web, int descriptor, struct web_request *request)
{
    struct web_answer answer = { .status = 200 };
    struct buf out;
    buf_init(&answer.headers, BUF_UNBOUNDED);
    buf_init(&answer.body, BUF_UNBOUNDED);
    buf_init(&out, BUF_UNBOUNDED);
    const char *path = strchr(request->head, ' ');
    web_copy_until(request->path, sizeof(request->path), path ? path + 1 : "", " \r");
    if (!web_field(request, "Host", request->host, sizeof(request->host)))
        request->host[0] = '\0';
    request->host[strcspn(request->host, ":")] = '\0';
    web_note(web, request);
    web->answerer(web, request, &answer);
    bool goes_on = answer.status != 0 && !answer.is_cut;
    if (answer.status == 0) {
        web_wait_for_the_end(web);
    } else {
        buf_printf(&out, "HTTP/1.1 %d Said\r\n%.*sContent-Length: %zu\r\n\r\n", answer.status,
                   (int)answer.headers.length, answer.headers.length ? answer.headers.data : "",
                   answer.status == 304 ? 0 : answer.body.length);
        if (answer.status != 304 && !answer.is_cut)
            buf_append_bytes(&out, buf_bytes(&answer.body));
        web_send(descriptor, buf_bytes(&out));
    }
    buf_clear(&answer.headers);
    buf_clear(&answer.body);
    buf_clear(&out);
    return goes_on;
}

static inline void *web_connection_run(void *argument)
{
    struct web_connection *connection = argument;
    struct web_request *request = xcalloc(1, sizeof(*request));
    struct buf in;
    buf_init(&in, BUF_UNBOUNDED);
    while (web_read_head(connection->descriptor, &in, request->head) &&
           web_serve(connection->web, connection->descriptor, request))
        ;
    shutdown(connection->descriptor, SHUT_RDWR);
    buf_clear(&in);
    free(request);
    free(connection);
    return NULL;
}

/* ---- The server */

static inline void *web_run(void *argument)
{
    struct web *web = argument;
    int descriptor;
    while ((descriptor = accept(web->listener, NULL, NULL)) >= 0) {
        pthread_mutex_lock(&web->lock);
        size_t number = web->connection_count;
        if (web->is_closing || number == WEB_CONNECTIONS_MOST) {
            pthread_mutex_unlock(&web->lock);
            close(descriptor);
            continue;
        }
        struct web_connection *connection = xcalloc(1, sizeof(*connection));
        *connection = (struct web_connection){ web, descriptor };
        web->connections[number] = descriptor;
        if (pthread_create(&web->threads[number], NULL, web_connection_run, connection) != 0)
            abort();
        web->connection_count++;
        pthread_mutex_unlock(&web->lock);
    }
    return NULL;
}

static inline struct web *web_start(web_answerer *answerer, void *owner)
{
    struct web *web = xcalloc(1, sizeof(*web));
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof(address);
    sigset_t all, old;
    web->answerer = answerer;
    web->owner = owner;
    web->requests = xcalloc(WEB_REQUESTS_MOST, sizeof(*web->requests));
    pthread_mutex_init(&web->lock, NULL);
    pthread_cond_init(&web->changed, NULL);
    web->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(web->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(web->listener, 512), 0);
    ck_assert_int_eq(getsockname(web->listener, (struct sockaddr *)&address, &length), 0);
    web->port = ntohs(address.sin_port);
    /* Signals are for the threads under test. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    ck_assert_int_eq(pthread_create(&web->thread, NULL, web_run, web), 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return web;
}

static inline void web_stop(struct web *web)
{
    pthread_mutex_lock(&web->lock);
    web->is_closing = true;
    pthread_cond_broadcast(&web->changed);
    for (size_t i = 0; i < web->connection_count; i++)
        shutdown(web->connections[i], SHUT_RDWR);
    pthread_mutex_unlock(&web->lock);
    shutdown(web->listener, SHUT_RDWR);
    pthread_join(web->thread, NULL);
    for (size_t i = 0; i < web->connection_count; i++) {
        pthread_join(web->threads[i], NULL);
        close(web->connections[i]);
    }
    close(web->listener);
    pthread_cond_destroy(&web->changed);
    pthread_mutex_destroy(&web->lock);
    free(web->requests);
    free(web);
}

/* How often this path was asked for; host NULL: of any. */
static inline size_t web_count(struct web *web, const char *host, const char *path)
{
    size_t count = 0;
    pthread_mutex_lock(&web->lock);
    for (size_t i = 0; i < web->request_count; i++)
        count += (!host || strcmp(web->requests[i].host, host) == 0) &&
                 strcmp(web->requests[i].path, path) == 0;
    pthread_mutex_unlock(&web->lock);
    return count;
}

/* Requests so far, robots.txt left out. */
static inline size_t web_pages(struct web *web)
{
    size_t count = 0;
    pthread_mutex_lock(&web->lock);
    for (size_t i = 0; i < web->request_count; i++)
        count += strcmp(web->requests[i].path, "/robots.txt") != 0;
    pthread_mutex_unlock(&web->lock);
    return count;
}

#endif
