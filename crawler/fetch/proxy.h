/* SPDX-License-Identifier: MIT
 *
 * proxy - one proxy, as its URL says: "http://alice:secret@proxy.example.org:3128".
 *
 * What a proxy is asked for depends on its kind. Those that resolve names themselves are given the
 * name of the host, and connect to whatever address they find: the address guard then sees the
 * proxy alone.
 */
#ifndef CRAWLER_FETCH_PROXY_H
#define CRAWLER_FETCH_PROXY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/url.h"

/* Name, scheme, port where none is said (0: one must be said), does it resolve names, has it
 * passwords? */
#define PROXY_KIND_TABLE(ROW)                                                                      \
    ROW(HTTP, "http", 0, true, true)                                                               \
    ROW(HTTPS, "https", 0, true, true)                                                             \
    ROW(SOCKS4, "socks4", 1080, false, false)                                                      \
    ROW(SOCKS4A, "socks4a", 1080, true, false)                                                     \
    ROW(SOCKS5, "socks5", 1080, false, true)                                                       \
    ROW(SOCKS5H, "socks5h", 1080, true, true)

enum proxy_kind {
#define ROW(name, scheme, port, resolves, passwords) PROXY_KIND_##name,
    PROXY_KIND_TABLE(ROW)
#undef ROW
};

/* What a proxy did with a request. */
enum proxy_fate {
    PROXY_UNUSED,  /* None was asked for, or nothing became of it before the end. */
    PROXY_WORKED,  /* It led to the origin, or said what kept it from that. */
    PROXY_SILENT,  /* Reached, and no word came: its own fault, or that of what lies behind it. */
    PROXY_REFUSED, /* It works, but not for this target. */
    PROXY_FAILED   /* Not reached, not a proxy, or it wants another login (407). */
};

struct proxy {
    enum proxy_kind kind;
    char *host; /* In the form of hosts in URLs: IPv6 in brackets. */
    uint16_t port;
    char *user;     /* NULL: none. */
    char *password; /* NULL: none. */
};

/* Without a scheme http is meant. False where it cannot be used; then *problem (caller frees) says
 * why, without the password, and *proxy is empty. */
bool proxy_parse(struct proxy *proxy, struct bytes text, char **problem);

/* Wipes what was secret. */
void proxy_clear(struct proxy *proxy);

bool proxy_resolves_names(enum proxy_kind kind);
const char *proxy_kind_scheme(enum proxy_kind kind);

/* "http://alice:***@proxy.example.org:3128". */
void proxy_print(const struct proxy *proxy, struct buf *out);
/* Which one it is, whoever asks it: "http://proxy.example.org:3128". */
void proxy_name(const struct proxy *proxy, struct buf *out);

/* What the environment says of proxies for URLs of a scheme (http_proxy, https_proxy, ftp_proxy,
 * all_proxy) and of hosts without one (no_proxy): NULL where it says nothing. Names in capitals
 * count as well, but not HTTP_PROXY, which a web server may have set to what a visitor sent.
 * environment: as getenv(). */
const char *proxy_from_environment(enum url_scheme scheme,
                                   const char *(*environment)(const char *name));
const char *no_proxy_from_environment(const char *(*environment)(const char *name));

#endif
