/* SPDX-License-Identifier: MIT
 *
 * local_url - a URL without its host: what keys and records keep beside a host's id.
 *
 * As bytes it is the origin's number (one byte where the port is the scheme's own, three where not)
 * and the path with its query: a host's URLs sort by origin, then path.
 */
#ifndef FRONTIER_LOCAL_URL_H
#define FRONTIER_LOCAL_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/pack.h"
#include "base/url.h"

struct local_url {
    uint8_t scheme;    /* enum url_scheme, not OTHER. */
    uint16_t port;     /* The effective one. */
    struct bytes path; /* With the query; borrowed. */
};

struct local_url local_url_of(const struct url *url);

void local_url_pack(struct buf *out, const struct local_url *local);
/* Takes all that is left; false where those bytes are none. */
bool local_url_unpack(struct unpacker *from, struct local_url *local);

void origin_number_pack(struct buf *out, uint8_t scheme, uint16_t port);
bool origin_number_unpack(struct unpacker *from, uint8_t *scheme, uint16_t *port);

/* out becomes the whole URL, canonical. */
void local_url_join(struct buf *out, struct bytes host, const struct local_url *local);

#endif
