/* SPDX-License-Identifier: MIT
 *
 * relay - (inside transfers) the proxy that one transfer goes through: what libcurl is told of it,
 * and whose sockets may be opened for it.
 *
 * libcurl knows a proxy by its own name, which TLS to it is checked against; there are few.
 */
#ifndef CRAWLER_FETCH_RELAY_H
#define CRAWLER_FETCH_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "crawler/fetch/address.h"
#include "crawler/fetch/proxy.h"

enum { RELAY_ADDRESSES_MOST = 8 };

struct relay {
    bool is_used;
    enum proxy_kind kind;
    bool is_literal; /* Its host is an address: there is no name to look up. */
    struct address addresses[RELAY_ADDRESSES_MOST];
    size_t address_count;
    char *url;     /* For CURLOPT_PROXY: without its login. */
    char *resolve; /* For CURLOPT_RESOLVE. */
};

/* proxy NULL: none. Copies; the relay was zeroed or set before. */
void relay_set(struct relay *relay, const struct proxy *proxy, const struct address *addresses,
               size_t address_count);
void relay_clear(struct relay *relay);

/* Is it told to connect to an address that we looked up? */
static inline bool relay_is_told_addresses(const struct relay *relay)
{
    return relay->is_used && !proxy_resolves_names(relay->kind);
}

/* Does it read requests for http, in place of a tunnel? */
static inline bool relay_reads_requests(const struct relay *relay)
{
    return relay->is_used && (relay->kind == PROXY_KIND_HTTP || relay->kind == PROXY_KIND_HTTPS);
}

bool relay_has_address(const struct relay *relay, const struct address *address);

#endif
