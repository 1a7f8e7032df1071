/* SPDX-License-Identifier: MIT
 *
 * set_cookie - one Set-Cookie field taken apart, by RFC 6265, 5.2, as 6265bis corrects it: cookies
 * without a name, and the bounds on lengths.
 *
 * Nothing is decided here; what the parts mean for a jar is in cookies.h.
 */
#ifndef CRAWLER_FETCH_SET_COOKIE_H
#define CRAWLER_FETCH_SET_COOKIE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/url.h"

/* Name and value together. */
#define COOKIE_BYTES_MOST           4096
#define COOKIE_ATTRIBUTE_BYTES_MOST 1024
/* A path that was not given is the URL's, which may be longer than one that was. */
#define COOKIE_PATH_BYTES_MOST URL_BYTES_MAX

/* Of each attribute the last that can be read counts. */
struct set_cookie {
    struct bytes name; /* May be empty, but not together with the value. */
    struct bytes value;
    struct bytes domain; /* Without the dot before it; empty: only the host itself. */
    struct bytes path;   /* Empty: what the URL's own path says. */
    bool has_domain;     /* The attribute is there, be it empty. */
    bool has_max_age;
    int64_t max_age_s;  /* 0 or less: over. */
    int64_t expires_ms; /* Milliseconds since 1970, UTC; -1: not said. */
    bool is_secure;
    bool is_http_only;
};

/* The parts are borrowed from the field's value. False where it is no cookie: empty, too long, or
 * with a control character inside. */
bool set_cookie_parse(struct set_cookie *cookie, struct bytes field);

/* May a cookie have this name and this value? */
bool set_cookie_is_sound(struct bytes name, struct bytes value);

/* May it have this path? */
bool set_cookie_path_is_sound(struct bytes path);

#endif
