/* SPDX-License-Identifier: MIT */
#include "frontier/local_url.h"

/* In an origin's number: a port that is not the scheme's own follows in two bytes. */
enum { HAS_PORT = 0x80, SCHEME_BITS = 0x7f };

struct local_url local_url_of(const struct url *url)
{
    return (struct local_url){ url->scheme, url->port, url_path_query(url) };
}

void origin_number_pack(struct buf *out, uint8_t scheme, uint16_t port)
{
    if (port == url_scheme_port(scheme)) {
        pack_u8(out, scheme);
        return;
    }
    pack_u8(out, scheme | HAS_PORT);
    pack_u8(out, (uint8_t)(port >> 8));
    pack_u8(out, (uint8_t)port);
}

bool origin_number_unpack(struct unpacker *from, uint8_t *scheme, uint16_t *port)
{
    uint8_t number = unpack_u8(from);
    *scheme = number & SCHEME_BITS;
    if (from->is_bad || *scheme >= URL_SCHEME_OTHER)
        return false;
    *port = url_scheme_port(*scheme);
    if (number & HAS_PORT) {
        *port = (uint16_t)(unpack_u8(from) << 8);
        *port |= unpack_u8(from);
    }
    return !from->is_bad;
}

void local_url_pack(struct buf *out, const struct local_url *local)
{
    origin_number_pack(out, local->scheme, local->port);
    buf_append_bytes(out, local->path);
}

bool local_url_unpack(struct unpacker *from, struct local_url *local)
{
    *local = (struct local_url){ 0 };
    if (!origin_number_unpack(from, &local->scheme, &local->port))
        return false;
    local->path = unpack_rest(from);
    return local->path.length > 0;
}

void local_url_join(struct buf *out, struct bytes host, const struct local_url *local)
{
    buf_reset(out);
    buf_append_string(out, url_scheme_text(local->scheme));
    buf_append_string(out, "://");
    buf_append_bytes(out, host);
    if (local->port != url_scheme_port(local->scheme))
        buf_printf(out, ":%u", (unsigned)local->port);
    buf_append_bytes(out, local->path);
}
