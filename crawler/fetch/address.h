/* SPDX-License-Identifier: MIT
 *
 * address - IP addresses, and the guard that says which may be connected to.
 *
 * On by default: no loopback, private, link-local, shared, multicast, reserved or documentation
 * range, also where an IPv4 address stands inside an IPv6 one (mapped, NAT64, 6to4, Teredo).
 * allow_address opens what an intranet needs.
 */
#ifndef CRAWLER_FETCH_ADDRESS_H
#define CRAWLER_FETCH_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/bytes.h"

/* IPv4 as ::ffff:a.b.c.d. */
struct address {
    unsigned char ip[16];
};

#define ADDRESS_TEXT_BYTES 48

bool address_is_ipv4(const struct address *address);
/* "127.0.0.1" or "::1"; returns text. */
char *address_text(const struct address *address, char text[ADDRESS_TEXT_BYTES]);
/* Bare: "127.0.0.1", "::1". Four decimal numbers alone for IPv4; no zone. */
bool address_parse(struct address *address, struct bytes text);
/* A literal as it stands in a URL's host: dotted IPv4, or IPv6 in brackets. */
bool address_parse_host(struct address *address, struct bytes host);
/* False for families other than IPv4 and IPv6. */
bool address_from_sockaddr(struct address *address, const struct sockaddr *from);
/* Fills *to (large enough for both families) and returns its length. */
socklen_t address_to_sockaddr(const struct address *address, uint16_t port,
                              struct sockaddr_storage *to);

/* The addresses that begin with the same bits; of IPv4 those behind ::ffff:0:0/96. */
struct address_prefix {
    unsigned char ip[16];
    unsigned char bits;
};

/* "10.0.0.0/8", "::1", "fd00::/8". NULL, or what is wrong with it, as the end of a sentence. */
const char *address_prefix_parse(struct address_prefix *prefix, struct bytes text);
bool address_prefix_holds(const struct address_prefix *prefix, const struct address *address);

struct address_rules; /* Never changes once made: any thread may ask. */

/* cidrs as for address_prefix_parse(). NULL and *error (caller frees) for one that cannot be read.
 * They are compared with the address as it is, so "10.0.0.0/8" does not open
 * 64:ff9b::10.0.0.1. */
struct address_rules *address_rules_new(const char *const *cidrs, size_t count, char **error);
void address_rules_free(struct address_rules *rules);
bool address_is_allowed(const struct address_rules *rules, const struct address *address);

/* Why not: "loopback", "private", ...; NULL where the address is global. */
const char *address_range(const struct address *address);

#endif
