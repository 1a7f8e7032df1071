/* SPDX-License-Identifier: MIT
 *
 * dns_servers - the name servers that the user wants to be asked, as text.
 *
 * Addresses between commas, blanks around them or not: 192.0.2.1, 192.0.2.1:5353, 2001:db8::1,
 * [2001:db8::1]:5353. Names would have to be looked up, so they are none.
 */
#ifndef CRAWLER_FETCH_DNS_SERVERS_H
#define CRAWLER_FETCH_DNS_SERVERS_H

#include "base/buf.h"
#include "base/bytes.h"

/* Appends them in the one form that c-ares takes them in. NULL, or what is wrong (the caller
 * frees). */
char *dns_servers_read(struct bytes text, struct buf *servers);

#endif
