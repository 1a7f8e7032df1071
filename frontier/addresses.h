/* SPDX-License-Identifier: MIT
 *
 * addresses - the turn of each host at an address that hosts share.
 *
 * One table for all fetch threads (a lock inside). IPv4 by address, IPv6 by /64.
 */
#ifndef FRONTIER_ADDRESSES_H
#define FRONTIER_ADDRESSES_H

#include <stdint.h>

struct addresses;

struct addresses *addresses_new(int64_t ip_delay_ms);
void addresses_free(struct addresses *addresses);

/* ip: 16 bytes, IPv4 as ::ffff:a.b.c.d. Returns 0 and takes the turn where a request may start now; else the time
 * when it may ask again, and the turn then is reserved for nobody. Forgets addresses that are long idle. */
int64_t address_reserve(struct addresses *addresses, const unsigned char ip[16], int64_t now_ms);

#endif
