/* SPDX-License-Identifier: MIT
 *
 * portion - (inside transfers) how much libcurl may read before it comes back to us.
 *
 * libcurl 7.88 reads a connection until there is nothing left, as long as what comes is no content:
 * of empty HTTP/2 frames a server can send more than we can read, and then no deadline holds and no
 * other transfer has a turn. So recv() is ours: behind the portion there is "nothing left", and
 * epoll says again that there is.
 */
#ifndef CRAWLER_FETCH_PORTION_H
#define CRAWLER_FETCH_PORTION_H

#include <stddef.h>

/* This thread may read so many bytes from sockets ... */
void portion_begin(size_t bytes);
/* ... until here; then as many as it likes. */
void portion_end(void);

#endif
