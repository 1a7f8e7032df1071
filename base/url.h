/* SPDX-License-Identifier: MIT
 *
 * url - a parsed URL in the canonical form of the WHATWG URL Standard, as offsets into one string.
 *
 * The special schemes that we crawl (http, https, ftp) are parsed in full; any other scheme is
 * parsed far enough to be refused by name. The fragment is dropped on serialising, as no server
 * sees it. Parsing takes any bytes of any length and never allocates for a usual link: the caller
 * lends the storage that the canonical string is written to, and the struct url borrows it.
 */
#ifndef BASE_URL_H
#define BASE_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* The longest canonical URL that can be asked for; a crawl's own limit is an option below it. */
#define URL_BYTES_MAX 8192

/* The least storage that can be lent. */
#define URL_STORAGE_LEAST 16

#define URL_SCHEME_TABLE(ROW)                                                                      \
    ROW(HTTP, "http", 80)                                                                          \
    ROW(HTTPS, "https", 443)                                                                       \
    ROW(FTP, "ftp", 21)                                                                            \
    ROW(OTHER, "", 0)

enum url_scheme {
#define ROW(name, text, port) URL_SCHEME_##name,
    URL_SCHEME_TABLE(ROW)
#undef ROW
};

/* Why some bytes are no URL that we can fetch: the error, and what `explain` says. */
#define URL_ERROR_TABLE(ROW)                                                                       \
    ROW(NONE, "ok")                                                                                \
    ROW(RELATIVE, "relative, and there is no base")                                                \
    ROW(SCHEME, "a scheme that is not crawled")                                                    \
    ROW(HOST, "the host is not valid")                                                             \
    ROW(PORT, "the port is not valid")                                                             \
    ROW(CREDENTIALS, "credentials in the URL")                                                     \
    ROW(TOO_LONG, "longer than the limit")

enum url_error {
#define ROW(name, text) URL_ERROR_##name,
    URL_ERROR_TABLE(ROW)
#undef ROW
};

struct url {
    const char *href; /* Canonical, without fragment, NUL-terminated; borrowed from the storage. */
    uint32_t length;
    uint32_t host_start;  /* Of the host name, behind any credentials. */
    uint32_t host_end;    /* Behind the host; a port that is not the default follows as ":port". */
    uint32_t path_start;  /* The path begins with '/'. */
    uint32_t query_start; /* Position of '?', or length where there is none. */
    uint16_t port;        /* The effective one, default filled in. */
    uint8_t scheme;       /* enum url_scheme. */
    bool has_credentials; /* Kept in href by the standard; url_parse_link refuses them. */
};

/* Parses input against base (NULL: none) and writes the canonical form to storage, which must hold
 * storage_size bytes (at least URL_STORAGE_LEAST); what does not fit, be it before its dot segments
 * are taken out, is URL_ERROR_TOO_LONG. On any error *url is zeroed. base and its storage must stay
 * untouched meanwhile, and storage must not be base's. */
enum url_error url_parse(struct url *url, char *storage, size_t storage_size, struct bytes input,
                         const struct url *base);

/* As url_parse, for what is to be crawled: refuses schemes other than http, https and ftp, and
 * credentials. */
enum url_error url_parse_link(struct url *url, char *storage, size_t storage_size,
                              struct bytes input, const struct url *base);

/* Takes a string that url_parse made earlier (from our own store) apart again, without checking it
 * anew. The url borrows the bytes (a NUL is behind href only if it was there). False where it does
 * not look like one: the store is damaged. */
bool url_split(struct url *url, struct bytes href);

const char *url_error_text(enum url_error error);
const char *url_scheme_text(enum url_scheme scheme);
uint16_t url_scheme_port(enum url_scheme scheme);

static inline struct bytes url_bytes(const struct url *url)
{
    return (struct bytes){ url->href, url->length };
}

/* An IPv6 address keeps its brackets. */
static inline struct bytes url_host(const struct url *url)
{
    return (struct bytes){ url->href + url->host_start, url->host_end - url->host_start };
}

static inline struct bytes url_path(const struct url *url)
{
    return (struct bytes){ url->href + url->path_start, url->query_start - url->path_start };
}

/* With the '?'; empty where there is none. */
static inline struct bytes url_query(const struct url *url)
{
    return (struct bytes){ url->href + url->query_start, url->length - url->query_start };
}

/* Path and query: what a request asks for and robots rules are matched against. */
static inline struct bytes url_path_query(const struct url *url)
{
    return (struct bytes){ url->href + url->path_start, url->length - url->path_start };
}

/* "https://example.org:8443": scheme, host, and port unless it is the default. A prefix of href;
 * empty where there are credentials, which url_parse_link never lets in. */
struct bytes url_origin(const struct url *url);

bool url_same_origin(const struct url *a, const struct url *b);
bool url_same_host(const struct url *a, const struct url *b);

/* Is the host an IP address literal? */
bool url_host_is_address(struct bytes host);

#endif
