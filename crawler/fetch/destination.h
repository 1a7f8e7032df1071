/* SPDX-License-Identifier: MIT
 *
 * destination - where a transfer connects to: the addresses of its host, tried in turn, behind a
 * stand-in.
 *
 * libcurl is never told to connect to a host by its own name. It sees one of a few stand-ins
 * (CURLOPT_CONNECT_TO), and with each attempt the addresses that the stand-in has now
 * (CURLOPT_RESOLVE); it still tells connections apart by the host they are for. For libcurl 7.88
 * keeps an entry for each name that it ever connected to: in its DNS cache and, once the oldest
 * connection had to go, in its table of connections, which it then searches from end to end. At
 * 10,000 hosts that costs more than the fetch.
 *
 * An attempt gets one address of each family, which libcurl lets race (RFC 8305). Further ones are
 * for further attempts, as libcurl 7.88 goes on to the second address of a family only when some
 * timer happens to wake it.
 *
 * The stand-in is that of the host and of the first address of the attempt. So a connection that
 * was kept is used again only for requests that would go to the same address first: the one whose
 * turn it is.
 */
#ifndef CRAWLER_FETCH_DESTINATION_H
#define CRAWLER_FETCH_DESTINATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "crawler/fetch/address.h"

/* More addresses of one host are not tried. */
#define DESTINATION_ADDRESSES_MOST 16
/* "s127.invalid:65535:" and two addresses, one in brackets. */
#define DESTINATION_RESOLVE_BYTES (32 + 2 * (ADDRESS_TEXT_BYTES + 3))

struct destination {
    struct address addresses[DESTINATION_ADDRESSES_MOST];
    size_t count;
    uint64_t host_hash;
    uint32_t tried;  /* One bit an address. */
    uint32_t picked; /* Those of the attempt that runs. */
    uint32_t opened; /* Those that were connected to, with or without success. */
    unsigned stand_in;
    uint16_t port;
    char connect_to[ADDRESS_TEXT_BYTES + 8]; /* For CURLOPT_CONNECT_TO. */
    char resolve[DESTINATION_RESOLVE_BYTES]; /* For CURLOPT_RESOLVE. */
};

/* No address is tried yet. */
void destination_set(struct destination *destination, struct bytes host, uint16_t port,
                     const struct address *addresses, size_t count);

bool destination_has_untried(const struct destination *destination);

/* The addresses of the next attempt: the first that was not tried, and the first such of the other
 * family. */
void destination_pick(struct destination *destination);

/* The number of the address, if the attempt that runs goes there; else -1. */
int destination_find_picked(const struct destination *destination, const struct address *address);

/* It is not its turn: a further attempt may try this one again. */
void destination_put_back(struct destination *destination, int number);

/* Those that were connected to in vain: all but the one that won (NULL: none did). Returns how
 * many. */
size_t destination_lost(const struct destination *destination, const struct address *won,
                        struct address lost[DESTINATION_ADDRESSES_MOST]);

#endif
