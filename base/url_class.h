/* SPDX-License-Identifier: MIT
 *
 * url_class - what each byte means in each part of a URL: the percent-encode sets of the WHATWG URL
 * Standard and the code points it forbids in domains, as one table of bits.
 */
#ifndef BASE_URL_CLASS_H
#define BASE_URL_CLASS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    URL_CLASS_STRIPPED = 1 << 0, /* Tab, LF, CR: removed wherever they stand. */
    URL_CLASS_PATH = 1 << 1,     /* Percent-encoded in a path. */
    URL_CLASS_QUERY = 1 << 2,    /* Percent-encoded in a query of a special scheme. */
    URL_CLASS_USER = 1 << 3,     /* Percent-encoded in a user name or password. */
    URL_CLASS_NO_DOMAIN =
        1 << 4,               /* Forbidden in a domain, or beyond ASCII: not to be taken as is. */
    URL_CLASS_UPPER = 1 << 5, /* A to Z. */
    URL_CLASS_SLASH = 1 << 6, /* What separates the segments of a special URL's path: / and \. */
    URL_CLASS_UNRESERVED = 1 << 7, /* Never needs encoding (RFC 3986, 2.3). */
};

extern const uint8_t url_classes[256];

static inline bool url_class_has(char c, unsigned classes)
{
    return (url_classes[(unsigned char)c] & classes) != 0;
}

#endif
