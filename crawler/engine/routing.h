/* SPDX-License-Identifier: MIT
 *
 * routing - (inside a fetch thread) from a URL to the way there: a proxy's or the host's own
 * addresses, past the guard, and our turn at them.
 *
 * Where a proxy looks up names itself, nothing is known of the host's address, and it has no turns;
 * the guard sees the addresses that stand in URLs alone.
 */
#ifndef CRAWLER_ENGINE_ROUTING_H
#define CRAWLER_ENGINE_ROUTING_H

#include "crawler/engine/fetcher_parts.h"

enum way {
    WAY_IS_FREE,
    WAY_PENDING,   /* A name is looked up; its host waits for it. */
    WAY_LATER,     /* It is another's turn. */
    WAY_UNKNOWN,   /* The name leads nowhere. */
    WAY_FORBIDDEN, /* To where the guard does not let us. */
    WAY_SHUT,      /* All proxies rest. */
    WAY_OF_OTHERS  /* They do for this URL, of which one failed: another is to try it first. */
};

struct route {
    struct resolved resolved; /* Of the host; none with a proxy that looks up names. */
    int64_t ip_delay_ms;
    int64_t later_us;        /* WAY_LATER, WAY_SHUT, WAY_OF_OTHERS: until then. */
    const char *why;         /* WAY_UNKNOWN, WAY_FORBIDDEN */
    struct proxied proxied;  /* What is asked for. */
    struct proxies *proxies; /* NULL: directly. */
    size_t proxy;            /* Its number there; it is taken where the way is free. */
    struct resolved proxy_resolved;
};

enum way fetcher_find_route(struct fetcher *fetcher, struct host *host, const struct url *url,
                            struct route *route);

#endif
