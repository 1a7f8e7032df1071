/* SPDX-License-Identifier: MIT
 *
 * cookies - the cookies of a crawl, or of a share of its sites: a jar by RFC 6265, 5.3 and 5.4, as
 * 6265bis corrects it.
 *
 * A cookie belongs to the host that set it, or to a domain above it, which is never a public suffix
 * (base/site.h) nor an address; a host with a dot at its end is another host. It is set by and sent
 * to https alone where it is Secure: plain http to localhost is no exception. A Secure cookie is
 * not replaced from plain http, and names that begin with __Secure- or __Host- keep their promise.
 * Cookies do not tell ports apart (RFC 6265, 8.5). HttpOnly and SameSite are for scripts and for
 * pages inside pages; there are none here.
 *
 * A site has one owner thread, so a jar has no locks. Time is wall clock, ms since 1970, as the
 * caller has it.
 */
#ifndef CRAWLER_FETCH_COOKIES_H
#define CRAWLER_FETCH_COOKIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/url.h"

/* Of one host or domain; the least recently used goes first. */
#define COOKIES_HOST_MOST 50
/* Of one site over all its hosts. */
#define COOKIES_SITE_MOST 300
/* No cookie lives longer from when it was set: 6265bis, 5.5. */
#define COOKIES_LIFE_MOST_MS (INT64_C(400) * 86400000)
/* Longest Cookie field; what does not fit, in the order of sending, is not sent. */
#define COOKIES_FIELD_BYTES_MOST 32768
/* Lives as long as the session. */
#define COOKIE_SESSION INT64_MAX

struct cookie {
    struct bytes name;
    struct bytes value;
    struct bytes domain; /* As url_host() writes hosts. */
    struct bytes path;
    int64_t expires_ms; /* Or COOKIE_SESSION. */
    bool is_host_only;
    bool is_secure;
    bool is_http_only;
};

struct cookies;

/* bytes_most: of all cookies with what is kept beside them; the least recently used goes first.
 * secret: so that no site can choose where others are looked for. */
struct cookies *cookies_new(size_t bytes_most, uint64_t secret);
struct cookies *cookies_copy(const struct cookies *jar);
void cookies_free(struct cookies *jar);

/* What came of setting cookies; of several the greatest counts. */
enum cookies_change {
    COOKIES_REFUSED, /* No cookie, or not for this host. */
    COOKIES_SAME,    /* At most a later end: nothing that a server would see. */
    COOKIES_CHANGED  /* New, another value, or gone. */
};

/* One Set-Cookie field of a response from url. */
enum cookies_change cookies_set(struct cookies *jar, struct bytes field, const struct url *url,
                                int64_t now_ms);

/* All of a response's fields. */
enum cookies_change cookies_take(struct cookies *jar, struct bytes headers, const struct url *url,
                                 int64_t now_ms);

/* Appends the value of the Cookie field for a request ("a=1; b=2": longer paths first, then older
 * cookies); false where there is none to send. */
bool cookies_write(struct cookies *jar, const struct url *url, int64_t now_ms, struct buf *out);

/* Puts a cookie that was kept. False where it is not one that a jar may hold (damaged, over, for
 * all hosts of a public suffix), or where no other may be lost for it and there is no room. */
bool cookies_put(struct cookies *jar, const struct cookie *cookie, int64_t now_ms);

/* Drops those of the host's site. */
void cookies_drop(struct cookies *jar, struct bytes host);

/* Is there a cookie of that name that would go with a request for url? */
bool cookies_have(const struct cookies *jar, const struct url *url, struct bytes name,
                  int64_t now_ms);

/* Drops what lives as long as the session. */
void cookies_end_session(struct cookies *jar);

size_t cookies_count(const struct cookies *jar);

/* Lists the cookies of one site, or (site empty) of all, by site and then in the order in which
 * they were set; how many. The caller frees *list; its cookies are borrowed until the jar changes.
 */
size_t cookies_list(const struct cookies *jar, struct bytes site, const struct cookie ***list);

/* The cookies of the host's site as one record for the store, appended to out; false where there
 * are none. And back: cookies that the jar has by now stay as they are. False where the record is
 * damaged; then nothing was taken from it. */
bool cookies_pack(const struct cookies *jar, struct bytes host, int64_t now_ms, struct buf *out);
bool cookies_unpack(struct cookies *jar, struct bytes record, int64_t now_ms);
/* The same, but those of the record count. */
bool cookies_unpack_over(struct cookies *jar, struct bytes record, int64_t now_ms);

#endif
