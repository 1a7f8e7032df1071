/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/relay.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* "proxy.example.org:3128:192.0.2.1,[2001:db8::1]" */
static char *resolve_text(const struct proxy *proxy, const struct relay *relay)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_printf(&text, "%s:%u", proxy->host, (unsigned)proxy->port);
    for (size_t i = 0; i < relay->address_count; i++) {
        char address[ADDRESS_TEXT_BYTES];
        address_text(&relay->addresses[i], address);
        buf_printf(&text, strchr(address, ':') ? "%c[%s]" : "%c%s", i == 0 ? ':' : ',', address);
    }
    buf_append_char(&text, '\0');
    return text.data;
}

void relay_set(struct relay *relay, const struct proxy *proxy, const struct address *addresses,
               size_t address_count)
{
    struct address literal;
    relay_clear(relay);
    if (!proxy)
        return;
    assert(address_count > 0);
    relay->is_used = true;
    relay->kind = proxy->kind;
    relay->is_literal = address_parse_host(&literal, bytes_from_string(proxy->host));
    relay->address_count =
        address_count < RELAY_ADDRESSES_MOST ? address_count : RELAY_ADDRESSES_MOST;
    memcpy(relay->addresses, addresses, relay->address_count * sizeof(*addresses));
    relay->url =
        xasprintf("%s://%s:%u", proxy_kind_scheme(proxy->kind), proxy->host, (unsigned)proxy->port);
    relay->resolve = resolve_text(proxy, relay);
}

void relay_clear(struct relay *relay)
{
    free(relay->url);
    free(relay->resolve);
    *relay = (struct relay){ 0 };
}

bool relay_has_address(const struct relay *relay, const struct address *address)
{
    for (size_t i = 0; i < relay->address_count; i++)
        if (memcmp(&relay->addresses[i], address, sizeof(*address)) == 0)
            return true;
    return false;
}
