/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/dns_servers.h"

#include <inttypes.h>

#include "base/memory.h"
#include "crawler/fetch/address.h"

enum { DNS_PORT = 53, PORT_MOST = 65535 };

/* Where the ':' before a port stands; the length where there is none. The colons of a bare IPv6
 * address are its own. */
static size_t find_port(struct bytes server)
{
    size_t behind = server.length > 0 && server.data[0] == '[' ? bytes_find(server, ']') : 0;
    size_t colon = behind + bytes_find(bytes_slice(server, behind, server.length), ':');
    bool has_more =
        bytes_find(bytes_slice(server, colon + 1, server.length), ':') + colon + 1 < server.length;
    return behind == 0 && has_more ? server.length : colon;
}

static bool read_host(struct address *address, struct bytes host)
{
    return address_parse(address, host) || address_parse_host(address, host);
}

static bool read_server(struct bytes server, struct buf *servers)
{
    struct address address;
    char text[ADDRESS_TEXT_BYTES];
    uint64_t port = DNS_PORT;
    size_t colon = find_port(server);
    bool has_port = colon < server.length;
    if (!read_host(&address, bytes_slice(server, 0, colon)))
        return false;
    if (has_port &&
        (!bytes_to_u64(bytes_slice(server, colon + 1, server.length), PORT_MOST, &port) ||
         port == 0))
        return false;
    address_text(&address, text);
    buf_printf(servers, address_is_ipv4(&address) ? "%s%s:%" PRIu64 : "%s[%s]:%" PRIu64,
               servers->length > 0 ? "," : "", text, port);
    return true;
}

char *dns_servers_read(struct bytes text, struct buf *servers)
{
    struct bytes server;
    while (bytes_split(&text, ',', &server))
        if (!read_server(bytes_trim(server), servers))
            return xasprintf("\"%.*s\" is no name server; write its address, with a port or "
                             "without, as in 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:5353",
                             (int)server.length, server.data ? server.data : "");
    return NULL;
}
