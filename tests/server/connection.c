/* SPDX-License-Identifier: MIT */
#include "tests/server/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

enum {
    RECEIVED_MOST = 256 * 1024,
    READ_BYTES = 16 * 1024,
    SENDS_AT_ONCE = 64, /* Then others have a turn, however fast the peer takes all. */
};

struct connection {
    int socket;
    unsigned number;
    struct request_log *log;
    connection_answer *answer;
    void *owner;
    struct buf received;
    bool is_responding, is_blocked, is_over;
    unsigned requests;
    struct plan plan;
    size_t step;     /* Where in the plan we are: the step, ... */
    uint64_t round;  /* ... how often its bytes were sent, ... */
    size_t offset;   /* ... how many of them in this round, ... */
    size_t portion;  /* ... and in this portion of a drip. */
    bool has_waited; /* A wait of this step is under way or over. */
    int64_t wake_us;
    uint64_t sent_bytes;
    int64_t received_us; /* When the kernel got what was read last, by the wall clock. */
    int64_t sent_us;     /* Before the last bytes were sent; monotonic. */
};

struct connection *connection_new(int socket, unsigned number, struct request_log *log,
                                  connection_answer *answer, void *owner)
{
    struct connection *connection = xcalloc(1, sizeof(*connection));
    connection->socket = socket;
    connection->number = number;
    connection->log = log;
    connection->answer = answer;
    connection->owner = owner;
    connection->wake_us = INT64_MAX;
    buf_init(&connection->received, RECEIVED_MOST);
    return connection;
}

static void end_response(struct connection *connection, const char *how, int64_t ended_us)
{
    request_log_end(connection->log, connection->number, connection->requests,
                    connection->plan.status, connection->sent_bytes, how, ended_us);
    connection->is_responding = false;
    plan_clear(&connection->plan);
}

void connection_free(struct connection *connection)
{
    if (connection->is_responding)
        end_response(connection, "stopped", clock_monotonic_us());
    request_log_close_connection(connection->log, connection->number);
    close(connection->socket);
    buf_clear(&connection->received);
    free(connection);
}

int connection_socket(const struct connection *connection)
{
    return connection->socket;
}

bool connection_is_over(const struct connection *connection)
{
    return connection->is_over;
}

bool connection_is_blocked(const struct connection *connection)
{
    return connection->is_blocked;
}

int64_t connection_wake_us(const struct connection *connection)
{
    return connection->wake_us;
}

/* ---- Requests */

static void leave(struct connection *connection)
{
    if (connection->is_responding)
        end_response(connection, "gone", clock_monotonic_us());
    connection->is_over = true;
}

static void drop_received(struct connection *connection, size_t count)
{
    struct buf rest;
    buf_init(&rest, RECEIVED_MOST);
    buf_append_bytes(
        &rest, bytes_slice(buf_bytes(&connection->received), count, connection->received.length));
    buf_clear(&connection->received);
    connection->received = rest;
}

/* Begins the response to the next whole request that was received, if there is one. */
static void begin_response(struct connection *connection)
{
    struct request request;
    enum request_reading reading = request_read(&request, buf_bytes(&connection->received));
    if (reading == REQUEST_BAD)
        connection->is_over = true;
    if (reading != REQUEST_READY)
        return;
    connection->requests++;
    request_log_begin(connection->log, connection->number, connection->requests, &request,
                      connection->received_us);
    plan_init(&connection->plan);
    connection->answer(connection->owner, &request, &connection->plan);
    connection->is_responding = true;
    connection->sent_bytes = 0;
    connection->sent_us = clock_monotonic_us();
    connection->step = connection->round = connection->offset = connection->portion = 0;
    connection->has_waited = false;
    connection->wake_us = 0;
    drop_received(connection, request.whole_bytes);
}

/* As recv, and says when the kernel got it; see SO_TIMESTAMPNS. */
static ssize_t receive(struct connection *connection, char *data, size_t size)
{
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(struct timespec))];
    } control;
    struct iovec room = { data, size };
    struct msghdr message = {
        .msg_iov = &room,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof(control.bytes),
    };
    ssize_t length = recvmsg(connection->socket, &message, 0);
    struct cmsghdr *about = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    struct timespec when;
    connection->received_us = 0;
    if (about && about->cmsg_level == SOL_SOCKET && about->cmsg_type == SCM_TIMESTAMPNS) {
        memcpy(&when, CMSG_DATA(about), sizeof(when));
        connection->received_us = (int64_t)when.tv_sec * 1000000 + when.tv_nsec / 1000;
    }
    return length;
}

void connection_read(struct connection *connection)
{
    char data[READ_BYTES];
    ssize_t length = receive(connection, data, sizeof(data));
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length <= 0 || !buf_append(&connection->received, data, (size_t)length))
        leave(connection);
    else if (!connection->is_responding)
        begin_response(connection);
}

/* ---- Steps */

static void next_step(struct connection *connection)
{
    connection->step++;
    connection->round = connection->offset = connection->portion = 0;
    connection->has_waited = false;
}

static void wait_for(struct connection *connection, int64_t ms, int64_t now_us)
{
    connection->has_waited = true;
    connection->wake_us = ms < 0 ? INT64_MAX : now_us + ms * 1000;
}

/* False: not now. */
static bool send_some(struct connection *connection, const struct step *step, int64_t now_us)
{
    size_t length = step->length - connection->offset;
    if (step->at_once > 0 && length > step->at_once - connection->portion)
        length = step->at_once - connection->portion;
    connection->sent_us = clock_monotonic_us();
    ssize_t sent =
        send(connection->socket, connection->plan.bytes.data + step->start + connection->offset,
             length, MSG_NOSIGNAL);
    if (sent < 0) {
        connection->is_blocked = errno == EAGAIN;
        if (errno != EAGAIN && errno != EINTR)
            leave(connection);
        return false;
    }
    connection->sent_bytes += (size_t)sent;
    connection->offset += (size_t)sent;
    connection->portion += (size_t)sent;
    if (connection->offset == step->length) {
        connection->offset = 0;
        connection->round++;
    }
    if (step->at_once == 0 || connection->portion < step->at_once ||
        connection->round == step->count)
        return true;
    connection->portion = 0;
    wait_for(connection, step->interval_ms, now_us);
    return false;
}

static bool send_many(struct connection *connection, const struct step *step, int64_t now_us)
{
    for (int sends = 0; connection->round < step->count; sends++) {
        if (sends == SENDS_AT_ONCE) {
            connection->wake_us = now_us;
            return false;
        }
        if (!send_some(connection, step, now_us))
            return false;
    }
    return true;
}

/* False: the step is not over, and nothing more can be done now. */
static bool take_step(struct connection *connection, const struct step *step, int64_t now_us)
{
    static const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    switch (step->kind) {
    case STEP_SEND:
        return send_many(connection, step, now_us);
    case STEP_WAIT:
        if (connection->has_waited)
            return true; /* We are called again when the time has come. */
        wait_for(connection, step->interval_ms, now_us);
        return false;
    case STEP_RESET:
        setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
        connection->is_over = true;
        return true;
    case STEP_CLOSE:
        connection->is_over = true;
        return true;
    }
    return true;
}

static bool is_waiting(const struct connection *connection, int64_t now_us)
{
    return !connection->is_blocked && now_us < connection->wake_us;
}

void connection_advance(struct connection *connection, int64_t now_us)
{
    if (!connection->is_responding || connection->is_over || is_waiting(connection, now_us))
        return;
    connection->wake_us = INT64_MAX;
    connection->is_blocked = false;
    while (connection->is_responding && connection->step < connection->plan.step_count) {
        const struct step *step = &connection->plan.steps[connection->step];
        if (!take_step(connection, step, now_us))
            return;
        next_step(connection);
    }
    if (!connection->is_responding)
        return;
    end_response(connection, "sent", connection->sent_us);
    /* What was sent together with this request has its turn next. */
    if (!connection->is_over && connection->received.length > 0)
        begin_response(connection);
}
