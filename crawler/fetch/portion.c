/* SPDX-License-Identifier: MIT
 *
 * The dynamic linker gives every library the recv() of the program, where that has one.
 */
#undef _FORTIFY_SOURCE /* It has a recv() of its own. */
#include "crawler/fetch/portion.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>

static _Thread_local struct {
    bool is_limited;
    size_t left;
} portion;

void portion_begin(size_t bytes)
{
    portion.is_limited = true;
    portion.left = bytes;
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
