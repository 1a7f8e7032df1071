/* SPDX-License-Identifier: MIT
 *
 * The dynamic linker gives every library the recv() and poll() of the program, where that has them.
 */
#undef _FORTIFY_SOURCE /* It has some of its own. */
#include "crawler/fetch/portion.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

static _Thread_local struct {
    bool is_limited;
    size_t left;
    int64_t wait_ms;
} portion;

void portion_begin(size_t bytes, int64_t wait_ms)
{
    portion.is_limited = true;
    portion.left = bytes;
    portion.wait_ms = wait_ms;
}

void portion_end(void)
{
    portion.is_limited = false;
}

ssize_t recv(int socket, void *data, size_t size, int flags)
{
    if (portion.is_limited && portion.left == 0) {
        errno = EAGAIN;
        return -1;
    }
    ssize_t length = recvfrom(socket, data, size, flags, NULL, NULL);
    if (portion.is_limited && length > 0)
        portion.left -= (size_t)length < portion.left ? (size_t)length : portion.left;
    return length;
}

static int wait_for(struct pollfd *sockets, nfds_t count, int timeout_ms)
{
    struct timespec timeout = { .tv_sec = timeout_ms / 1000,
                                .tv_nsec = (long)(timeout_ms % 1000) * 1000000 };
    return ppoll(sockets, count, timeout_ms < 0 ? NULL : &timeout, NULL);
}

int poll(struct pollfd *sockets, nfds_t count, int timeout_ms)
{
    if (!portion.is_limited || timeout_ms == 0)
        return wait_for(sockets, count, timeout_ms);
    if (portion.wait_ms <= 0) {
        errno = ETIMEDOUT;
        return -1;
    }
    int64_t begun_ms = clock_monotonic_ms();
    bool is_longer = timeout_ms < 0 || timeout_ms > portion.wait_ms;
    int ready = wait_for(sockets, count, is_longer ? (int)portion.wait_ms : timeout_ms);
    portion.wait_ms -= clock_monotonic_ms() - begun_ms;
    return ready;
}
