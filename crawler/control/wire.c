/* SPDX-License-Identifier: MIT */
#include "crawler/control/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static enum status send_all(int descriptor, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(descriptor, data, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return sent < 0 && errno == EAGAIN ? STATUS_BUSY : STATUS_IO;
        data += sent;
        length -= (size_t)sent;
    }
    return STATUS_OK;
}

static enum status receive_all(int descriptor, char *data, size_t length)
{
    while (length > 0) {
        ssize_t received = recv(descriptor, data, length, 0);
        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0)
            return received < 0 && errno == EAGAIN ? STATUS_BUSY : STATUS_IO;
        data += received;
        length -= (size_t)received;
    }
    return STATUS_OK;
}

enum status wire_send(int descriptor, struct bytes frame)
{
    char length[4] = { (char)(frame.length >> 24), (char)(frame.length >> 16),
                       (char)(frame.length >> 8), (char)frame.length };
    enum status status = send_all(descriptor, length, sizeof(length));
    return status ? status : send_all(descriptor, frame.data, frame.length);
}

enum status wire_receive(int descriptor, struct buf *frame)
{
    unsigned char head[4];
    buf_reset(frame);
    enum status status = receive_all(descriptor, (char *)head, sizeof(head));
    if (status)
        return status;
    size_t length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    char *room = length <= WIRE_FRAME_MOST ? buf_reserve(frame, length) : NULL;
    status = room ? receive_all(descriptor, room, length) : STATUS_IO;
    if (!status)
        frame->length = length;
    return status;
}

/* The address of DIR/control. Where that is too long for one, it goes by way of an open directory,
 * which /proc gives a short name whatever DIR is. Returns the directory's descriptor, to be closed
 * after use. */
static int socket_address(struct sockaddr_un *address, const char *directory)
{
    int folder = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return -1;
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    int length = snprintf(address->sun_path, sizeof(address->sun_path), "%s/control", directory);
    if (length >= 0 && (size_t)length < sizeof(address->sun_path))
        return folder;
    if (access("/proc/self/fd", X_OK) != 0) {
        close(folder);
        errno = ENAMETOOLONG;
        return -1;
    }
    snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/control", folder);
    return folder;
}

const char *wire_error(int error)
{
    return error == ENAMETOOLONG ? "the path is too long for a socket, and /proc is not mounted"
                                 : strerror(error);
}

/* Closes the socket where it is of no use, and keeps errno. */
static int give_up(int descriptor)
{
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int wire_listen(const char *directory)
{
    struct sockaddr_un address;
    int folder = socket_address(&address, directory);
    if (folder < 0)
        return -1;
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* The lock is ours: a socket that is there was left by one that died. */
    unlink(address.sun_path);
    mode_t mask = umask(0177);
    if (listener >= 0 && bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0)
        listener = give_up(listener);
    umask(mask);
    if (listener >= 0 && listen(listener, 64) != 0)
        listener = give_up(listener);
    close(folder);
    return listener;
}

/* A holder that was stopped takes connections and questions, and answers nothing. */
static void bound_waits(int descriptor, int64_t wait_ms)
{
    struct timeval span = { .tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000 };
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &span, sizeof(span));
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &span, sizeof(span));
}

int wire_connect(const char *directory, int64_t wait_ms)
{
    struct sockaddr_un address;
    int folder = socket_address(&address, directory);
    if (folder < 0)
        return -1;
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client >= 0)
        bound_waits(client, wait_ms);
    if (client >= 0 && connect(client, (struct sockaddr *)&address, sizeof(address)) != 0)
        client = give_up(client);
    close(folder);
    return client;
}
