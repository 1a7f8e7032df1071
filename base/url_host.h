/* SPDX-License-Identifier: MIT
 *
 * url_host - the host of a special URL in canonical form: a domain in ASCII, an IPv4 address in
 * four decimal numbers or an IPv6 address in brackets, shortened (URL Standard, 3.5).
 */
#ifndef BASE_URL_HOST_H
#define BASE_URL_HOST_H

#include "base/bytes.h"
#include "base/url.h"

/* Writes the canonical form of text to out, which has room for that many bytes. */
enum url_error url_host_parse(struct bytes text, char *out, size_t room, size_t *length);

#endif
