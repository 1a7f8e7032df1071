/* SPDX-License-Identifier: MIT
 *
 * Every address is 16 bytes, so one table of prefixes serves both families: an IPv4 prefix is the
 * same bits behind ::ffff:0:0/96.
 */
#include "crawler/fetch/address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <string.h>

#include "base/memory.h"

struct range {
    struct address_prefix prefix;
    const char *name;
};

struct address_rules {
    size_t count;
    struct address_prefix allowed[];
};

#define MAPPED_BITS 96
#define V4(a, b, c, d, bits)                                                                       \
    {                                                                                              \
        { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d }, MAPPED_BITS + (bits)             \
    }

/* What is no global unicast address: IANA's special-purpose registries (RFC 6890) and RFC 5771. */
static const struct range v4_ranges[] = {
    { V4(0, 0, 0, 0, 8), "this network" },
    { V4(10, 0, 0, 0, 8), "private" },
    { V4(100, 64, 0, 0, 10), "shared" },
    { V4(127, 0, 0, 0, 8), "loopback" },
    /* Never routed on the internet: a cloud's own services answer here, inside each virtual
       machine. */
    { V4(168, 63, 129, 16, 32), "cloud platform" },
    { V4(169, 254, 0, 0, 16), "link-local" },
    { V4(172, 16, 0, 0, 12), "private" },
    { V4(192, 0, 0, 0, 24), "reserved" },
    { V4(192, 0, 2, 0, 24), "documentation" },
    { V4(192, 88, 99, 0, 24), "reserved" },
    { V4(192, 168, 0, 0, 16), "private" },
    { V4(198, 18, 0, 0, 15), "benchmarking" },
    { V4(198, 51, 100, 0, 24), "documentation" },
    { V4(203, 0, 113, 0, 24), "documentation" },
    { V4(224, 0, 0, 0, 4), "multicast" },
    { V4(255, 255, 255, 255, 32), "broadcast" },
    { V4(240, 0, 0, 0, 4), "reserved" },
};

/* The first that fits counts. What lies outside 2000::/3 is reserved, whether it has a row here or
 * not. */
static const struct range v6_ranges[] = {
    { { { 0 }, 128 }, "unspecified" },
    { { { [15] = 1 }, 128 }, "loopback" },
    { { { 0x01, 0x00 }, 64 }, "discard" },
    { { { 0x20, 0x01, 0x0d, 0xb8 }, 32 }, "documentation" },
    { { { 0x20, 0x01, 0x00, 0x02 }, 48 }, "benchmarking" },
    { { { 0x3f, 0xff }, 20 }, "documentation" },
    { { { 0xfc }, 7 }, "private" },
    { { { 0xfe, 0x80 }, 10 }, "link-local" },
    { { { 0xfe, 0xc0 }, 10 }, "private" },
    { { { 0xff }, 8 }, "multicast" },
    /* Translation prefixes for local use (RFC 8215): where the IPv4 address stands is up to each
       network. */
    { { { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 48 }, "private" },
};

/* Where an IPv4 address stands inside an IPv6 one. Teredo has two, the second with its bits turned.
 */
static const struct embedding {
    struct address_prefix prefix;
    unsigned char offset;
    unsigned char turned;
} embeddings[] = {
    { { { 0 }, 96 }, 12, 0 },                         /* IPv4-compatible, RFC 4291. */
    { { { [8] = 0xff, [9] = 0xff }, 96 }, 12, 0 },    /* IPv4-translated, RFC 2765. */
    { { { 0x00, 0x64, 0xff, 0x9b }, 96 }, 12, 0 },    /* NAT64, RFC 6052. */
    { { { 0x20, 0x02 }, 16 }, 2, 0 },                 /* 6to4, RFC 3056. */
    { { { 0x20, 0x01, 0x00, 0x00 }, 32 }, 4, 0 },     /* Teredo's server, RFC 4380. */
    { { { 0x20, 0x01, 0x00, 0x00 }, 32 }, 12, 0xff }, /* Teredo's client. */
};

static const struct address_prefix mapped = V4(0, 0, 0, 0, 0);
static const struct address_prefix nat64 = { { 0x00, 0x64, 0xff, 0x9b }, 96 };
static const struct address_prefix global_unicast = { { 0x20 }, 3 };
static const struct address_prefix teredo = { { 0x20, 0x01, 0x00, 0x00 }, 32 };
/* Protocol assignments (RFC 2928); of what lies in it only Teredo is ever a peer. */
static const struct address_prefix protocol_assignments = { { 0x20, 0x01 }, 23 };

bool address_prefix_holds(const struct address_prefix *prefix, const struct address *address)
{
    size_t whole = prefix->bits / 8;
    unsigned rest = prefix->bits % 8;
    if (memcmp(prefix->ip, address->ip, whole) != 0)
        return false;
    return rest == 0 || (prefix->ip[whole] ^ address->ip[whole]) >> (8 - rest) == 0;
}

static void set_ipv4(struct address *address, const unsigned char ip[4])
{
    memcpy(address->ip, mapped.ip, 12);
    memcpy(address->ip + 12, ip, 4);
}

static const char *find_range(const struct range *ranges, size_t count,
                              const struct address *address)
{
    for (size_t i = 0; i < count; i++)
        if (address_prefix_holds(&ranges[i].prefix, address))
            return ranges[i].name;
    return NULL;
}

static const char *ipv4_range(const struct address *address)
{
    return find_range(v4_ranges, sizeof(v4_ranges) / sizeof(v4_ranges[0]), address);
}

static const char *embedded_range(const struct address *address)
{
    for (size_t i = 0; i < sizeof(embeddings) / sizeof(embeddings[0]); i++) {
        const struct embedding *embedding = &embeddings[i];
        if (!address_prefix_holds(&embedding->prefix, address))
            continue;
        unsigned char ip[4];
        for (size_t k = 0; k < 4; k++)
            ip[k] = address->ip[embedding->offset + k] ^ embedding->turned;
        struct address inner;
        set_ipv4(&inner, ip);
        const char *name = ipv4_range(&inner);
        if (name)
            return name;
    }
    return NULL;
}

bool address_is_ipv4(const struct address *address)
{
    return address_prefix_holds(&mapped, address);
}

char *address_text(const struct address *address, char text[ADDRESS_TEXT_BYTES])
{
    const char *written = address_is_ipv4(address)
                              ? inet_ntop(AF_INET, address->ip + 12, text, ADDRESS_TEXT_BYTES)
                              : inet_ntop(AF_INET6, address->ip, text, ADDRESS_TEXT_BYTES);
    assert(written);
    return text;
}

/* Bare forms, as in a CIDR or a hosts file; inet_pton takes the four decimal numbers alone for
 * IPv4. */
bool address_parse(struct address *address, struct bytes text)
{
    char copy[ADDRESS_TEXT_BYTES];
    if (text.length == 0 || text.length >= sizeof(copy) || memchr(text.data, '\0', text.length))
        return false;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    unsigned char ip[4];
    if (inet_pton(AF_INET, copy, ip) == 1) {
        set_ipv4(address, ip);
        return true;
    }
    return inet_pton(AF_INET6, copy, address->ip) == 1;
}

bool address_parse_host(struct address *address, struct bytes host)
{
    bool is_bracketed = host.length > 2 && host.data[0] == '[' && host.data[host.length - 1] == ']';
    bool has_colon = bytes_find(host, ':') < host.length;
    if (is_bracketed != has_colon)
        return false;
    return address_parse(address, is_bracketed ? bytes_slice(host, 1, host.length - 1) : host);
}

bool address_from_sockaddr(struct address *address, const struct sockaddr *from)
{
    if (from->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, from, sizeof(in));
        unsigned char ip[4];
        memcpy(ip, &in.sin_addr, sizeof(ip));
        set_ipv4(address, ip);
        return true;
    }
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, from, sizeof(in6));
        memcpy(address->ip, &in6.sin6_addr, sizeof(address->ip));
        return true;
    }
    return false;
}

socklen_t address_to_sockaddr(const struct address *address, uint16_t port,
                              struct sockaddr_storage *to)
{
    memset(to, 0, sizeof(*to));
    if (address_is_ipv4(address)) {
        struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
        memcpy(&in.sin_addr, address->ip + 12, 4);
        memcpy(to, &in, sizeof(in));
        return sizeof(in);
    }
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    memcpy(&in6.sin6_addr, address->ip, sizeof(address->ip));
    memcpy(to, &in6, sizeof(in6));
    return sizeof(in6);
}

static bool has_bits_behind(const struct address_prefix *prefix)
{
    for (unsigned bit = prefix->bits; bit < 128; bit++)
        if (prefix->ip[bit / 8] >> (7 - bit % 8) & 1)
            return true;
    return false;
}

const char *address_prefix_parse(struct address_prefix *prefix, struct bytes text)
{
    size_t slash = bytes_find(text, '/');
    struct bytes ip = bytes_slice(text, 0, slash);
    struct address address;
    if (!address_parse(&address, ip))
        return "is no address like 10.0.0.0/8, ::1 or fd00::/8";
    unsigned base = bytes_find(ip, ':') < ip.length ? 0 : MAPPED_BITS;
    uint64_t bits = 128 - base;
    if (slash < text.length &&
        !bytes_to_u64(bytes_slice(text, slash + 1, text.length), 128 - base, &bits))
        return base ? "needs a prefix length from 0 to 32" : "needs a prefix length from 0 to 128";
    memcpy(prefix->ip, address.ip, sizeof(prefix->ip));
    prefix->bits = (unsigned char)(base + bits);
    /* Most likely a slip, and taking it as it stands would open more than was meant. */
    return has_bits_behind(prefix) ? "has bits set behind its prefix length" : NULL;
}

struct address_rules *address_rules_new(const char *const *cidrs, size_t count, char **error)
{
    struct address_rules *rules = xcalloc(1, sizeof(*rules) + count * sizeof(rules->allowed[0]));
    for (size_t i = 0; i < count; i++) {
        const char *problem = address_prefix_parse(&rules->allowed[i], bytes_from_string(cidrs[i]));
        if (problem) {
            *error = xasprintf("\"%s\" %s", cidrs[i], problem);
            free(rules);
            return NULL;
        }
    }
    rules->count = count;
    return rules;
}

void address_rules_free(struct address_rules *rules)
{
    free(rules);
}

bool address_is_allowed(const struct address_rules *rules, const struct address *address)
{
    assert(rules);
    for (size_t i = 0; i < rules->count; i++)
        if (address_prefix_holds(&rules->allowed[i], address))
            return true;
    return address_range(address) == NULL;
}

const char *address_range(const struct address *address)
{
    if (address_is_ipv4(address))
        return ipv4_range(address);
    const char *name = find_range(v6_ranges, sizeof(v6_ranges) / sizeof(v6_ranges[0]), address);
    if (!name)
        name = embedded_range(address);
    if (name || address_prefix_holds(&nat64, address) || address_prefix_holds(&teredo, address))
        return name;
    if (!address_prefix_holds(&global_unicast, address) ||
        address_prefix_holds(&protocol_assignments, address))
        return "reserved";
    return NULL;
}
