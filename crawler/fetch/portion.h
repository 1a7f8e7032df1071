/* SPDX-License-Identifier: MIT
 *
 * portion - (inside transfers) how much libcurl may read, and how long it may wait, before it comes
 * back to us.
 *
 * libcurl 7.88 reads a connection until there is nothing left, as long as what comes is no content:
 * of empty HTTP/2 frames a server can send more than we can read, and then no deadline holds and no
 * other transfer has a turn. So recv() is ours: behind the portion there is "nothing left", and
 * epoll says again that there is. And of FTP it waits for some replies on the spot, for a minute or
 * two. So poll() is ours as well: when the time is over it fails.
 */
#ifndef CRAWLER_FETCH_PORTION_H
#define CRAWLER_FETCH_PORTION_H

#include <stddef.h>
#include <stdint.h>

/* This thread may read so many bytes from sockets, and wait for them for so long ... */
void portion_begin(size_t bytes, int64_t wait_ms);
/* ... until here; then as it likes. */
void portion_end(void);

#endif
