/* SPDX-License-Identifier: MIT
 *
 * surt - keys whose byte order groups what belongs together: "org,example,www".
 *
 * A host name is turned label by label, so that a site is a range of keys. Address literals stay as
 * they are. The key of a URL is "org,example,www)" + ":scheme:port" where not http/https default... +
 * path and query: see surt_key. Reversible.
 */
#ifndef BASE_SURT_H
#define BASE_SURT_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/url.h"

/* Appends "org,example,www" for "www.example.org"; address literals unchanged. */
void surt_host(struct buf *key, struct bytes host);

/* The host name back from its key. */
void surt_host_name(struct buf *host, struct bytes key);

/* Appends the key of a whole URL. Byte order groups by site, host, scheme and port, path. */
void surt_key(struct buf *key, const struct url *url);

/* The URL back from its key; false where the bytes are no key. */
bool surt_key_url(struct buf *url, struct bytes key);

#endif
