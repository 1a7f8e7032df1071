/* SPDX-License-Identifier: MIT */
#include "crawler/engine/routing.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "crawler/engine/exchange.h"

/* Proxies that are all being tried are looked at again after so long. */
#define TRIED_US (INT64_C(1000) * US_PER_MS)

/* The resolver names a host without the dot of the root. */
static struct bytes name_as_resolved(struct bytes host)
{
    if (bytes_end_with(host, BYTES(".")))
        host.length--;
    return host;
}

static void wait_for_name(struct fetcher *fetcher, struct host *host, struct bytes name)
{
    if (host->waiting_name)
        return;
    host->waiting_name = xbytesdup(name_as_resolved(name));
    host->next_waiting = fetcher->waiting;
    fetcher->waiting = host;
}

/* ---- The host's own addresses */

static enum way find_addresses(struct fetcher *fetcher, struct host *host, const struct url *url,
                               struct route *route)
{
    struct crawl *crawl = fetcher->crawl;
    struct resolved *resolved = &route->resolved;
    int64_t now_ms = crawl_now_ms(crawl);
    switch (resolver_lookup(fetcher->resolver, url_host(url), now_ms, resolved)) {
    case RESOLVER_PENDING:
        wait_for_name(fetcher, host, url_host(url));
        return WAY_PENDING;
    case RESOLVER_FAILED:
        route->why = resolved->error;
        return WAY_UNKNOWN;
    case RESOLVER_FOUND:
        break;
    }
    exchange_keep_allowed(resolved, crawl->address_rules, &route->why);
    if (resolved->count == 0)
        return WAY_FORBIDDEN;
    route->later_us = address_reserve(crawl->addresses, resolved->addresses[0].ip,
                                      route->ip_delay_ms, crawl_now_us(crawl));
    return route->later_us > 0 ? WAY_LATER : WAY_IS_FREE;
}

/* ---- Proxies */

static const struct proxied anything = { 0, 0 };

static enum way wait_for_proxy(const struct fetcher *fetcher, struct route *route)
{
    int64_t now_ms = crawl_now_ms(fetcher->crawl);
    bool is_of_others = proxies_pass_over(route->proxies, &route->proxied, now_ms);
    int64_t wait_ms =
        proxies_wait_ms(route->proxies, is_of_others ? &route->proxied : &anything, now_ms);
    int64_t wait_us = wait_ms < 0 ? TRIED_US : wait_ms * US_PER_MS;
    route->later_us = crawl_now_us(fetcher->crawl) + wait_us;
    return is_of_others ? WAY_OF_OTHERS : WAY_SHUT;
}

/* The next proxy that has an address; those whose names lead nowhere rest. */
static enum way find_proxy(struct fetcher *fetcher, struct host *host, struct route *route)
{
    int64_t now_ms = crawl_now_ms(fetcher->crawl);
    while (proxies_next(route->proxies, &route->proxied, now_ms, &route->proxy)) {
        struct bytes name = bytes_from_string(proxies_at(route->proxies, route->proxy)->host);
        switch (resolver_lookup(fetcher->resolver, name, now_ms, &route->proxy_resolved)) {
        case RESOLVER_PENDING:
            wait_for_name(fetcher, host, name);
            return WAY_PENDING;
        case RESOLVER_FOUND:
            return WAY_IS_FREE;
        case RESOLVER_FAILED:
            proxies_take(route->proxies, route->proxy);
            proxies_note(route->proxies, route->proxy, PROXY_FAILED, &anything, now_ms);
            break;
        }
    }
    return wait_for_proxy(fetcher, route);
}

/* An address in the place of a name. */
static enum way guard_literal(const struct fetcher *fetcher, const struct url *url,
                              struct route *route)
{
    struct address address;
    route->resolved.count = 0;
    if (!address_parse_host(&address, url_host(url)) ||
        address_is_allowed(fetcher->crawl->address_rules, &address))
        return WAY_IS_FREE;
    route->why = address_range(&address);
    return WAY_FORBIDDEN;
}

static enum way find_way_through(struct fetcher *fetcher, struct host *host, const struct url *url,
                                 struct route *route)
{
    route->proxied = (struct proxied){ hash_bytes(bytes_from_string(host->name), 0),
                                       hash_bytes(url_bytes(url), 0) };
    enum way way = find_proxy(fetcher, host, route);
    if (way != WAY_IS_FREE)
        return way;
    way = proxy_resolves_names(proxies_at(route->proxies, route->proxy)->kind)
              ? guard_literal(fetcher, url, route)
              : find_addresses(fetcher, host, url, route);
    if (way == WAY_IS_FREE)
        proxies_take(route->proxies, route->proxy);
    return way;
}

enum way fetcher_find_route(struct fetcher *fetcher, struct host *host, const struct url *url,
                            struct route *route)
{
    const struct crawl *crawl = fetcher->crawl;
    route->why = "";
    /* Nobody who set a smaller delay for a host of theirs wants the address to hold it up. */
    route->ip_delay_ms = host->settings->delay_ms < crawl->settings->ip_delay_ms
                             ? host->settings->delay_ms
                             : crawl->settings->ip_delay_ms;
    route->proxies = proxying_for(fetcher->proxying, host->settings, url);
    return route->proxies ? find_way_through(fetcher, host, url, route)
                          : find_addresses(fetcher, host, url, route);
}
