/* SPDX-License-Identifier: MIT
 *
 * addresses - the turn of each host at an address that hosts share.
 *
 * One table for all fetch threads (a lock inside). IPv4 by address, also where NAT64 wraps it (RFC
 * 6052's well-known prefix); IPv6 by /64, as one machine or customer has a whole one.
 */
#ifndef FRONTIER_ADDRESSES_H
#define FRONTIER_ADDRESSES_H

#include <stddef.h>
#include <stdint.h>

struct addresses;

/* asked_us: when the addresses that are not in the table were asked last, as far as is known: the
 * start of the run, for what the run before it asked for is forgotten. Times are those of the
 * caller, in microseconds. */
struct addresses *addresses_new(int64_t asked_us);
void addresses_free(struct addresses *addresses);

/* ip: 16 bytes, IPv4 as ::ffff:a.b.c.d. ip_delay_ms: to the start of the next request to this
 * address, whoever makes it; 0: nobody waits for us, nor we for anybody. Returns 0 and takes the
 * turn where a request may start now; else the time when it may ask again, and the turn then is
 * reserved for nobody. Hosts that ask for a busy address are told times one after the other, so
 * that thousands of them behind one address do not all come back at once. Forgets addresses that
 * are long idle. now_us may differ a little between threads.
 *
 * A turn is followed by address_charge when the request has left, or will not. Until then nobody
 * else has one, however late that is, up to a second. */
int64_t address_reserve(struct addresses *addresses, const unsigned char ip[16],
                        int64_t ip_delay_ms, int64_t now_us);

/* A request has left for the address, in its turn or, as a connection that was kept led there, out
 * of it; or it was tried in vain. The next one is its delay away. */
void address_charge(struct addresses *addresses, const unsigned char ip[16], int64_t ip_delay_ms,
                    int64_t now_us);

/* How many addresses are remembered. */
size_t addresses_count(struct addresses *addresses);

#endif
