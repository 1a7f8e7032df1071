/* SPDX-License-Identifier: MIT */
#include "base/url_host.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/idna.h"
#include "base/url_class.h"

/* The longest host that is decoded before it is looked at; the DNS knows none of more than 253. */
#define DECODED_BYTES_MAX 1024

#define IPV6_PIECES 8

/* An IPv6 address in brackets and a NUL: "[ffff:ffff:...:ffff]". */
#define ADDRESS_TEXT_BYTES 42

static enum url_error put_host(struct bytes host, char *out, size_t room, size_t *length)
{
    if (host.length > room)
        return URL_ERROR_TOO_LONG;
    memmove(out, host.data, host.length);
    *length = host.length;
    return URL_ERROR_NONE;
}

/* One part of an IPv4 address, in any spelling: decimal, 0octal, 0xhexadecimal. What passes
 * UINT32_MAX stays above it. */
static bool parse_ipv4_number(struct bytes part, uint64_t *number)
{
    if (part.length == 0)
        return false;
    int radix = 10;
    if (part.length >= 2 && part.data[0] == '0') {
        radix = ascii_lower(part.data[1]) == 'x' ? 16 : 8;
        part = bytes_slice(part, radix == 16 ? 2 : 1, part.length);
    }
    *number = 0;
    for (size_t i = 0; i < part.length; i++) {
        int digit = ascii_hex_value(part.data[i]);
        if (digit < 0 || digit >= radix)
            return false;
        if (*number <= UINT32_MAX)
            *number = *number * (uint64_t)radix + (uint64_t)digit;
    }
    return true;
}

/* The last label, without a dot that ends the domain. */
static struct bytes last_label(struct bytes domain)
{
    if (domain.length > 1 && domain.data[domain.length - 1] == '.')
        domain.length--;
    size_t start = domain.length;
    while (start > 0 && domain.data[start - 1] != '.')
        start--;
    return bytes_slice(domain, start, domain.length);
}

/* Such a domain is an IPv4 address or nothing (URL Standard, ends in a number checker). */
static bool ends_in_number(struct bytes domain)
{
    struct bytes label = last_label(domain);
    if (label.length == 0 || !ascii_is_digit(label.data[0]))
        return false;
    uint64_t number;
    if (parse_ipv4_number(label, &number))
        return true;
    for (size_t i = 0; i < label.length; i++)
        if (!ascii_is_digit(label.data[i]))
            return false;
    return true;
}

static bool parse_ipv4(struct bytes domain, uint32_t *address)
{
    if (domain.data[domain.length - 1] == '.')
        domain.length--;
    uint64_t numbers[4];
    size_t count = 0;
    struct bytes part;
    while (bytes_split(&domain, '.', &part))
        if (count == 4 || !parse_ipv4_number(part, &numbers[count++]))
            return false;
    uint64_t last_most = UINT64_C(0xffffffff) >> 8 * (count - 1);
    if (numbers[count - 1] > last_most)
        return false;
    uint64_t total = numbers[count - 1];
    for (size_t i = 0; i + 1 < count; i++) {
        if (numbers[i] > 255)
            return false;
        total |= numbers[i] << 8 * (3 - i);
    }
    *address = (uint32_t)total;
    return true;
}

/* Where a run of at least two zero pieces is longest, and how long it is; length 0: nowhere. */
static size_t find_zeros(const uint16_t pieces[IPV6_PIECES], size_t *length)
{
    size_t best = 0;
    *length = 1;
    for (size_t i = 0; i < IPV6_PIECES; i++) {
        size_t end = i;
        while (end < IPV6_PIECES && pieces[end] == 0)
            end++;
        if (end - i > *length) {
            best = i;
            *length = end - i;
        }
    }
    if (*length == 1)
        *length = 0;
    return best;
}

static enum url_error put_ipv6(const uint16_t pieces[IPV6_PIECES], char *out, size_t room,
                               size_t *length)
{
    char text[ADDRESS_TEXT_BYTES] = "[";
    size_t at = 1;
    size_t zeros_length;
    size_t zeros = find_zeros(pieces, &zeros_length);
    for (size_t i = 0; i < IPV6_PIECES; i++) {
        if (zeros_length > 0 && i == zeros) {
            text[at++] = ':';
            if (i == 0)
                text[at++] = ':';
            i += zeros_length - 1;
            continue;
        }
        at += (size_t)snprintf(text + at, sizeof(text) - at, i + 1 < IPV6_PIECES ? "%x:" : "%x",
                               pieces[i]);
    }
    text[at++] = ']';
    return put_host((struct bytes){ text, at }, out, room, length);
}

/* The dotted decimal tail of an IPv6 address, as two pieces. Unlike elsewhere, no leading zeros. */
static bool parse_ipv6_tail(struct bytes tail, uint16_t pieces[2])
{
    uint32_t address = 0;
    size_t count = 0;
    struct bytes part;
    while (bytes_split(&tail, '.', &part)) {
        uint64_t number;
        if (++count > 4 || part.length > 3 || !bytes_to_u64(part, 255, &number) ||
            (part.length > 1 && part.data[0] == '0'))
            return false;
        address = address << 8 | (uint32_t)number;
    }
    pieces[0] = (uint16_t)(address >> 16);
    pieces[1] = (uint16_t)(address & 0xffff);
    return count == 4;
}

/* Up to four hexadecimal digits at *at. */
static uint16_t parse_ipv6_piece(struct bytes text, size_t *at)
{
    unsigned piece = 0;
    for (size_t digits = 0; digits < 4 && *at < text.length; digits++, (*at)++) {
        int digit = ascii_hex_value(text.data[*at]);
        if (digit < 0)
            break;
        piece = piece << 4 | (unsigned)digit;
    }
    return (uint16_t)piece;
}

/* Moves what stands behind "::" to the end, with zeros in between; there are fewer than eight. */
static void spread_pieces(uint16_t pieces[IPV6_PIECES], size_t count, size_t gap)
{
    size_t behind = count - gap;
    for (size_t i = 0; i < behind; i++) {
        pieces[IPV6_PIECES - 1 - i] = pieces[count - 1 - i];
        pieces[count - 1 - i] = 0;
    }
}

/* The text between the brackets. */
static bool parse_ipv6(struct bytes text, uint16_t pieces[IPV6_PIECES])
{
    size_t count = 0;
    size_t gap = SIZE_MAX; /* The piece before which "::" stands. */
    size_t at = 0;
    if (bytes_start_with(text, BYTES("::"))) {
        at = 2;
        gap = 0;
    } else if (text.length == 0 || text.data[0] == ':') {
        return false;
    }
    while (at < text.length) {
        if (count == IPV6_PIECES)
            return false;
        if (text.data[at] == ':') {
            if (gap != SIZE_MAX)
                return false;
            at++;
            gap = count;
            continue;
        }
        size_t start = at;
        uint16_t piece = parse_ipv6_piece(text, &at);
        if (at < text.length && text.data[at] == '.') {
            if (at == start || count > IPV6_PIECES - 2 ||
                !parse_ipv6_tail(bytes_slice(text, start, text.length), pieces + count))
                return false;
            count += 2;
            break;
        }
        bool is_last = at == text.length;
        if (at == start || (!is_last && text.data[at] != ':') || (!is_last && ++at == text.length))
            return false;
        pieces[count++] = piece;
    }
    if (gap == SIZE_MAX)
        return count == IPV6_PIECES;
    if (count == IPV6_PIECES)
        return false;
    spread_pieces(pieces, count, gap);
    return true;
}

/* A domain in ASCII and lower case that holds nothing forbidden. */
static enum url_error put_domain(struct bytes domain, char *out, size_t room, size_t *length)
{
    if (domain.length == 0)
        return URL_ERROR_HOST;
    if (!ends_in_number(domain))
        return put_host(domain, out, room, length);
    uint32_t address;
    if (!parse_ipv4(domain, &address))
        return URL_ERROR_HOST;
    char text[ADDRESS_TEXT_BYTES];
    int bytes = snprintf(text, sizeof(text), "%" PRIu32 ".%" PRIu32 ".%" PRIu32 ".%" PRIu32,
                         address >> 24, address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff);
    return put_host((struct bytes){ text, (size_t)bytes }, out, room, length);
}

/* Lower-cases an ASCII domain in place; false where something in it is forbidden. */
static bool lower_domain(char *domain, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (url_class_has(domain[i], URL_CLASS_NO_DOMAIN))
            return false;
        domain[i] = ascii_lower(domain[i]);
    }
    return true;
}

static bool is_ascii(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    return true;
}

static size_t percent_decode(struct bytes text, char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        int high = -1;
        int low = -1;
        if (text.data[i] == '%' && text.length - i > 2) {
            high = ascii_hex_value(text.data[i + 1]);
            low = ascii_hex_value(text.data[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            out[length++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[length++] = text.data[i];
        }
    }
    return length;
}

/* A domain that is encoded, beyond ASCII, or wrong. */
static enum url_error parse_unusual(struct bytes text, char *out, size_t room, size_t *length)
{
    char decoded[DECODED_BYTES_MAX];
    char ascii[DECODED_BYTES_MAX];
    if (text.length > sizeof(decoded))
        return URL_ERROR_HOST;
    struct bytes domain = { decoded, percent_decode(text, decoded) };
    if (!is_ascii(domain)) {
        size_t ascii_length;
        if (!idna_to_ascii(domain, ascii, sizeof(ascii), &ascii_length))
            return URL_ERROR_HOST;
        memcpy(decoded, ascii, ascii_length);
        domain.length = ascii_length;
    }
    if (!lower_domain(decoded, domain.length))
        return URL_ERROR_HOST;
    return put_domain(domain, out, room, length);
}

enum url_error url_host_parse(struct bytes text, char *out, size_t room, size_t *length)
{
    if (text.length > 0 && text.data[0] == '[') {
        uint16_t pieces[IPV6_PIECES] = { 0 };
        if (text.data[text.length - 1] != ']' ||
            !parse_ipv6(bytes_slice(text, 1, text.length - 1), pieces))
            return URL_ERROR_HOST;
        return put_ipv6(pieces, out, room, length);
    }
    unsigned found = 0;
    for (size_t i = 0; i < text.length; i++)
        found |= url_classes[(unsigned char)text.data[i]];
    if (found & URL_CLASS_NO_DOMAIN)
        return parse_unusual(text, out, room, length);
    if (!(found & URL_CLASS_UPPER))
        return put_domain(text, out, room, length);
    if (text.length > room)
        return URL_ERROR_TOO_LONG;
    for (size_t i = 0; i < text.length; i++)
        out[i] = ascii_lower(text.data[i]);
    return put_domain((struct bytes){ out, text.length }, out, room, length);
}
