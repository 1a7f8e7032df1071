/* SPDX-License-Identifier: MIT */
#include "base/surt.h"

#include <inttypes.h>

/* Forbidden in hosts, so it is free to mark what is escaped. */
#define ESCAPE '|'

static void put_label(struct buf *key, struct bytes label)
{
    size_t start = 0;
    for (size_t i = 0; i < label.length; i++) {
        unsigned char c = (unsigned char)label.data[i];
        if (c >= '-' && c != ESCAPE)
            continue;
        buf_append(key, label.data + start, i - start);
        buf_printf(key, "%c%02x", ESCAPE, c);
        start = i + 1;
    }
    buf_append(key, label.data + start, label.length - start);
}

void surt_host(struct buf *key, struct bytes host)
{
    if (host.length == 0 || url_host_is_address(host)) {
        buf_append_bytes(key, host);
        return;
    }
    for (size_t end = host.length;;) {
        size_t start = end;
        while (start > 0 && host.data[start - 1] != '.')
            start--;
        put_label(key, (struct bytes){ host.data + start, end - start });
        if (start == 0)
            return;
        buf_append_char(key, ',');
        end = start - 1;
    }
}

static void put_plain_label(struct buf *host, struct bytes label)
{
    for (size_t i = 0; i < label.length; i++) {
        int high = -1;
        int low = -1;
        if (label.data[i] == ESCAPE && label.length - i > 2) {
            high = ascii_hex_value(label.data[i + 1]);
            low = ascii_hex_value(label.data[i + 2]);
        }
        if (high >= 0 && low >= 0) {
            buf_append_char(host, (char)(high << 4 | low));
            i += 2;
        } else {
            buf_append_char(host, label.data[i]);
        }
    }
}

void surt_host_name(struct buf *host, struct bytes key)
{
    if (key.length == 0 || url_host_is_address(key)) {
        buf_append_bytes(host, key);
        return;
    }
    for (size_t end = key.length;;) {
        size_t start = end;
        while (start > 0 && key.data[start - 1] != ',')
            start--;
        put_plain_label(host, (struct bytes){ key.data + start, end - start });
        if (start == 0)
            return;
        buf_append_char(host, '.');
        end = start - 1;
    }
}

void surt_key(struct buf *key, const struct url *url)
{
    surt_host(key, url_host(url));
    buf_append_char(key, ')');
    enum url_scheme scheme = url->scheme;
    bool has_default_port = url->port == url_scheme_port(scheme);
    if (scheme != URL_SCHEME_HTTPS || !has_default_port) {
        buf_append_char(key, ':');
        buf_append_string(key, url_scheme_text(scheme));
    }
    if (!has_default_port)
        buf_printf(key, ":%" PRIu16, url->port);
    buf_append_bytes(key, url_path_query(url));
}

/* "", ":http" or ":https:8443", as surt_key writes them and in no other way. */
static bool read_service(struct bytes text, enum url_scheme *scheme, uint16_t *port)
{
    struct bytes part;
    *scheme = URL_SCHEME_HTTPS;
    *port = url_scheme_port(*scheme);
    if (text.length == 0)
        return true;
    bytes_split(&text, ':', &part);
    if (part.length > 0 || !bytes_split(&text, ':', &part))
        return false;
    unsigned i = 0;
    while (i < URL_SCHEME_OTHER && !bytes_equal(part, bytes_from_string(url_scheme_text(i))))
        i++;
    *scheme = (enum url_scheme)i;
    if (*scheme == URL_SCHEME_OTHER)
        return false;
    *port = url_scheme_port(*scheme);
    if (!text.data)
        return *scheme != URL_SCHEME_HTTPS;
    uint64_t number;
    if (!bytes_to_u64(text, UINT16_MAX, &number) || number == *port ||
        (text.length > 1 && text.data[0] == '0'))
        return false;
    *port = (uint16_t)number;
    return true;
}

bool surt_key_url(struct buf *url, struct bytes key)
{
    enum url_scheme scheme;
    uint16_t port;
    size_t host = bytes_find(key, ')');
    struct bytes rest = bytes_slice(key, host + 1, key.length);
    size_t path = bytes_find(rest, '/');
    if (host == 0 || path == rest.length ||
        !read_service(bytes_slice(rest, 0, path), &scheme, &port))
        return false;
    size_t length = url->length;
    buf_printf(url, "%s://", url_scheme_text(scheme));
    surt_host_name(url, bytes_slice(key, 0, host));
    if (port != url_scheme_port(scheme))
        buf_printf(url, ":%" PRIu16, port);
    buf_append_bytes(url, bytes_slice(rest, path, rest.length));
    if (url->is_full)
        url->length = length;
    return !url->is_full;
}
