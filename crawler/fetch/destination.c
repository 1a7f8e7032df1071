/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/destination.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"

/* So many that the list of connections behind each is short, and so few that a walk through all is
 * nothing. */
#define STAND_INS 128

void destination_set(struct destination *destination, struct bytes host, uint16_t port,
                     const struct address *addresses, size_t count)
{
    destination->count = count < DESTINATION_ADDRESSES_MOST ? count : DESTINATION_ADDRESSES_MOST;
    if (destination->count > 0)
        memcpy(destination->addresses, addresses, destination->count * sizeof(*addresses));
    destination->tried = 0;
    destination->picked = 0;
    destination->opened = 0;
    destination->port = port;
    destination->host_hash = hash_bytes(host, 0);
}

bool destination_has_untried(const struct destination *destination)
{
    return destination->tried != (UINT32_C(1) << destination->count) - 1;
}

static void choose_stand_in(struct destination *destination, const struct address *first)
{
    uint64_t hash = hash_bytes(bytes_of(first->ip, sizeof(first->ip)), destination->host_hash);
    destination->stand_in = (unsigned)(hash % STAND_INS);
    /* Every host and port that is asked for, the stand-in instead, the port as it is. */
    snprintf(destination->connect_to, sizeof(destination->connect_to),
             "::s%u.invalid:", destination->stand_in);
}

/* "s17.invalid:80:192.0.2.1,[2001:db8::1]" */
static void write_resolve(struct destination *destination)
{
    char *text = destination->resolve;
    size_t size = sizeof(destination->resolve);
    size_t length = (size_t)snprintf(text, size, "s%u.invalid:%u", destination->stand_in,
                                     (unsigned)destination->port);
    char separator = ':';
    for (size_t i = 0; i < destination->count; i++) {
        if (!(destination->picked >> i & 1))
            continue;
        char address[ADDRESS_TEXT_BYTES];
        address_text(&destination->addresses[i], address);
        length += (size_t)snprintf(text + length, size - length,
                                   strchr(address, ':') ? "%c[%s]" : "%c%s", separator, address);
        separator = ',';
    }
}

void destination_pick(struct destination *destination)
{
    const struct address *first = NULL;
    destination->picked = 0;
    for (size_t i = 0; i < destination->count; i++) {
        const struct address *address = &destination->addresses[i];
        if ((destination->tried >> i & 1) ||
            (first && address_is_ipv4(address) == address_is_ipv4(first)))
            continue;
        destination->picked |= UINT32_C(1) << i;
        if (first)
            break;
        first = address;
    }
    destination->tried |= destination->picked;
    if (first)
        choose_stand_in(destination, first);
    write_resolve(destination);
}

int destination_find_picked(const struct destination *destination, const struct address *address)
{
    for (size_t i = 0; i < destination->count; i++)
        if ((destination->picked >> i & 1) &&
            memcmp(&destination->addresses[i], address, sizeof(*address)) == 0)
            return (int)i;
    return -1;
}

void destination_put_back(struct destination *destination, int number)
{
    destination->tried &= ~(UINT32_C(1) << number);
}

size_t destination_lost(const struct destination *destination, const struct address *won,
                        struct address lost[DESTINATION_ADDRESSES_MOST])
{
    size_t count = 0;
    for (size_t i = 0; i < destination->count; i++)
        if ((destination->opened >> i & 1) &&
            (!won || memcmp(&destination->addresses[i], won, sizeof(*won)) != 0))
            lost[count++] = destination->addresses[i];
    return count;
}
