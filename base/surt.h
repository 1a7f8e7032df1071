/* SPDX-License-Identifier: MIT
 *
 * surt - keys whose byte order groups what belongs together: "org,example,www".
 *
 * The key of a host is its labels, the last one first, with commas in between; of an address,
 * itself:
 *
 *     www.example.org      org,example,www
 *     example.org.         ,org,example            (the label behind the last dot is empty)
 *     192.0.2.1            192.0.2.1
 *     [2001:db8::1]        [2001:db8::1]
 *
 * A byte of a label that sorts before '-' (the standard allows !"$&'()*+, in domains, the DNS does
 * not know them) is written as '|' and two hexadecimal digits; '|' itself is in no host. So ',' and
 * ')' separate, and as they sort before all that a label holds, a domain and what lies below it are
 * one range of keys: those that are "org,example" or begin with "org,example," or "org,example)".
 *
 * The key of a URL is its host's, ')', the scheme and port unless they are https and 443, and path
 * and query as they are:
 *
 *     https://www.example.org/a?b        org,example,www)/a?b
 *     http://www.example.org/a?b         org,example,www):http/a?b
 *     https://www.example.org:8443/      org,example,www):https:8443/
 *
 * Credentials are in no key. All else comes back: surt_key_url undoes surt_key byte by byte.
 */
#ifndef BASE_SURT_H
#define BASE_SURT_H

#include "base/buf.h"
#include "base/bytes.h"
#include "base/url.h"

/* Appends "org,example,www" for "www.example.org"; address literals unchanged. */
void surt_host(struct buf *key, struct bytes host);

/* Appends the host name of a host's key. */
void surt_host_name(struct buf *host, struct bytes key);

/* Appends the key of a whole URL. Byte order groups by site, host, scheme and port, path. */
void surt_key(struct buf *key, const struct url *url);

/* Appends the URL of a key; false, and nothing appended, where the bytes are no key. */
bool surt_key_url(struct buf *url, struct bytes key);

#endif
