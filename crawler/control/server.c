/* SPDX-License-Identifier: MIT */
#include "crawler/control/server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/pack.h"

enum {
    READ_AT_ONCE = 64 * 1024,
    EVENTS_AT_ONCE = 16,
    /* Answers that wait for a client that does not read: it is dropped beyond. */
    UNREAD_MOST = (int)(2 * WIRE_FRAME_MOST),
};

struct client {
    uint64_t number; /* 0: a free place. */
    int descriptor;
    struct buf in;
    struct buf out;
    size_t sent; /* Of out. */
};

struct server {
    int listener;
    int events;
    server_question *asked;
    void *owner;
    uint64_t next_number;
    struct client clients[SERVER_CLIENTS_MOST];
};

static void drop(struct client *client)
{
    close(client->descriptor);
    buf_clear(&client->in);
    buf_clear(&client->out);
    client->number = 0;
}

/* data 0 is the listener, else a client's number. */
static void watch(const struct server *server, int descriptor, uint64_t data, uint32_t events,
                  int operation)
{
    struct epoll_event event = { .events = events, .data.u64 = data };
    if (epoll_ctl(server->events, operation, descriptor, &event) != 0)
        log_warning("control socket: epoll: %s", strerror(errno));
}

enum status server_open(struct server **out, const char *directory, server_question *asked,
                        void *owner)
{
    int listener = wire_listen(directory);
    if (listener < 0) {
        enum status status = status_from_errno(errno);
        log_error("%s/control: the control socket cannot be made: %s", directory,
                  wire_error(errno));
        return status;
    }
    struct server *server = xcalloc(1, sizeof(*server));
    server->listener = listener;
    server->events = epoll_create1(EPOLL_CLOEXEC);
    server->asked = asked;
    server->owner = owner;
    watch(server, listener, 0, EPOLLIN, EPOLL_CTL_ADD);
    *out = server;
    return STATUS_OK;
}

void server_close(struct server *server)
{
    if (!server)
        return;
    for (size_t i = 0; i < SERVER_CLIENTS_MOST; i++)
        if (server->clients[i].number)
            drop(&server->clients[i]);
    close(server->listener);
    close(server->events);
    free(server);
}

int server_descriptor(const struct server *server)
{
    return server->events;
}

static void accept_client(struct server *server)
{
    int descriptor = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0)
        return;
    for (size_t i = 0; i < SERVER_CLIENTS_MOST; i++) {
        struct client *client = &server->clients[i];
        if (client->number)
            continue;
        *client = (struct client){ .number = ++server->next_number, .descriptor = descriptor };
        /* A whole frame, and what was read behind it. */
        buf_init(&client->in, 4 + (size_t)WIRE_FRAME_MOST + READ_AT_ONCE);
        buf_init(&client->out, BUF_UNBOUNDED);
        watch(server, descriptor, client->number, EPOLLIN, EPOLL_CTL_ADD);
        return;
    }
    close(descriptor); /* All places are taken. */
}

static struct client *find_client(struct server *server, uint64_t number)
{
    for (size_t i = 0; i < SERVER_CLIENTS_MOST; i++)
        if (server->clients[i].number == number)
            return &server->clients[i];
    return NULL;
}

/* Takes whole frames off the front. False where the client speaks another language. */
static bool take_frames(struct server *server, struct client *client)
{
    uint64_t number = client->number;
    while (client->in.length >= 4) {
        struct unpacker from = unpacker_of(buf_bytes(&client->in));
        size_t length = unpack_be32(&from);
        if (length < 2 || length > WIRE_FRAME_MOST)
            return false;
        if (from.left < length)
            return true;
        struct bytes frame = { from.data, length };
        if (frame.data[0] != WIRE_VERSION || (unsigned char)frame.data[1] >= QUESTION_COUNT)
            return false;
        server->asked(server->owner, number, (enum question)frame.data[1],
                      bytes_slice(frame, 2, length));
        if (client->number != number)
            return true; /* Dropped while it was answered. */
        memmove(client->in.data, client->in.data + 4 + length, client->in.length - 4 - length);
        client->in.length -= 4 + length;
    }
    return true;
}

static void read_client(struct server *server, struct client *client)
{
    char *room = buf_reserve(&client->in, READ_AT_ONCE);
    ssize_t received = room ? recv(client->descriptor, room, READ_AT_ONCE, 0) : -1;
    if (received < 0 && room && (errno == EAGAIN || errno == EINTR))
        return;
    if (received <= 0) {
        drop(client);
        return;
    }
    client->in.length += (size_t)received;
    if (!take_frames(server, client))
        drop(client);
}

static void write_client(struct server *server, struct client *client)
{
    while (client->sent < client->out.length) {
        ssize_t sent = send(client->descriptor, client->out.data + client->sent,
                            client->out.length - client->sent, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
            watch(server, client->descriptor, client->number, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
            return;
        }
        if (sent <= 0) {
            drop(client);
            return;
        }
        client->sent += (size_t)sent;
    }
    buf_reset(&client->out);
    client->sent = 0;
    watch(server, client->descriptor, client->number, EPOLLIN, EPOLL_CTL_MOD);
}

void server_process(struct server *server)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int count = epoll_wait(server->events, events, EVENTS_AT_ONCE, 0);
    for (int i = 0; i < count; i++) {
        if (events[i].data.u64 == 0) {
            accept_client(server);
            continue;
        }
        struct client *client = find_client(server, events[i].data.u64);
        if (client && (events[i].events & EPOLLOUT))
            write_client(server, client);
        client = find_client(server, events[i].data.u64);
        if (client && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
            read_client(server, client);
    }
}

void server_answer(struct server *server, uint64_t number, enum status status, struct bytes reply)
{
    struct client *client = find_client(server, number);
    if (!client)
        return;
    if (client->out.length > UNREAD_MOST) {
        drop(client);
        return;
    }
    if (reply.length >= WIRE_FRAME_MOST) {
        status = STATUS_DATA;
        reply = BYTES("the answer is too large: more than 64 MiB at once");
    }
    pack_be32(&client->out, (uint32_t)reply.length + 1);
    pack_u8(&client->out, (uint8_t)status);
    buf_append_bytes(&client->out, reply);
    write_client(server, client);
}
