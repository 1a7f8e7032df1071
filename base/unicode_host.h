/* SPDX-License-Identifier: MIT
 *
 * unicode_host - a host as people write it, for "xn--bcher-kva.example" with an umlaut. To be
 * shown, never to be asked for.
 */
#ifndef BASE_UNICODE_HOST_H
#define BASE_UNICODE_HOST_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"

/* Appends the canonical host in Unicode (UTF-8). False, and nothing appended, where it is ASCII
 * anyway, or where what it decodes to would not become this host again. */
bool unicode_host(struct buf *out, struct bytes host);

#endif
