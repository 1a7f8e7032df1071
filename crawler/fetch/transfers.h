/* SPDX-License-Identifier: MIT
 *
 * transfers - the HTTP exchanges in flight of one fetch thread: libcurl multi, driven by
 * socket_action. The door to curl/curl.h.
 *
 * libcurl gets one request at a time per transfer, with the address to connect to; it follows no
 * redirect, decodes no content, keeps no queue. Bytes of headers and body are counted here against
 * the request's limits. What happened is recorded and given back by transfers_next_done, at the
 * caller's pace.
 *
 * Of ftp the same is made: a status, and fields as far as they can be told (Content-Type by the
 * name, Last-Modified); a directory comes as a page of links (ftp_listing.h). Through an HTTP proxy
 * it is the proxy that makes a response.
 *
 * Whoever computes a login in several steps (Digest, NTLM, Negotiate) has the first answers, which
 * ask for it, dropped: the result is the last exchange's.
 */
#ifndef CRAWLER_FETCH_TRANSFERS_H
#define CRAWLER_FETCH_TRANSFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "crawler/fetch/address.h"
#include "crawler/fetch/challenges.h"
#include "crawler/fetch/poller.h"
#include "crawler/fetch/proxy.h"
#include "crawler/fetch/rate.h"
#include "crawler/fetch/room.h"

/* How a transfer ended. Anything but DONE may still have headers and a part of the body. */
enum transfer_end {
    TRANSFER_DONE,
    TRANSFER_REFUSED_ADDRESS, /* The guard said no when the socket was to be opened. */
    TRANSFER_FAILED_CONNECT,
    TRANSFER_FAILED_TLS,
    TRANSFER_TIMED_OUT,       /* Connect, first byte, total, or too slow. */
    TRANSFER_FAILED_PROTOCOL, /* Not HTTP, cut off, framing broken. */
    TRANSFER_FAILED_PROXY,    /* The proxy's doing, not the origin's: see proxy_fate. */
    TRANSFER_HEADERS_TOO_LARGE,
    TRANSFER_BODY_TOO_LARGE, /* The body up to the limit is there. */
    TRANSFER_STOPPED,        /* The judge said no at the headers. */
    TRANSFER_ABORTED         /* By transfers_abort_all. */
};

/* A time of 0 is no limit. */
struct transfer_limits {
    size_t header_bytes;   /* 128 KiB */
    size_t header_fields;  /* 256 */
    size_t body_bytes;     /* As on the wire. */
    int64_t connect_ms;    /* With TLS, over all addresses tried. */
    int64_t first_byte_ms; /* From the start. */
    int64_t total_ms;
    int64_t slow_bytes_per_s; /* Slower than this ... */
    int64_t slow_ms;          /* ... for this long ends it. */
};

enum transfer_method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OPTIONS };

enum http_version_wanted {
    HTTP_VERSION_AUTO,   /* HTTP/2 where TLS offers it (ALPN), else HTTP/1.1. */
    HTTP_VERSION_1,      /* HTTP/1.1 alone. */
    HTTP_VERSION_2_PRIOR /* HTTP/2 from the first byte, also without TLS (RFC 9113, 3.3). */
};

/* For what must be computed from the server's challenge. Basic and Bearer are header lines, and
 * nothing here. */
struct transfer_login {
    enum auth_scheme scheme; /* Digest, NTLM or Negotiate. */
    const char *user;        /* Negotiate: may be "", for the ticket that is there. */
    const char *password;
};

/* Through which proxy. Its addresses are tried in this order, and are not put to the guard: the
 * user named it. */
struct proxy_route {
    const struct proxy *proxy; /* With its login, if it has one. */
    const struct address *addresses;
    size_t address_count; /* At least one. */
};

enum tls_version { TLS_DEFAULT, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };

/* NULL and 0: as libcurl does it. */
struct transfer_tls {
    const char *ca_file;     /* NULL: as in struct transfers_options. */
    const char *client_cert; /* PEM. */
    const char *client_key;  /* NULL: in the certificate's file. */
    enum tls_version least;
    /* For OpenSSL, with colons between; those of TLS 1.3 begin with "TLS_". */
    const char *ciphers;
    bool is_insecure; /* Whoever answers is believed: no name and no certificate is checked. */
};

/* Bytes and strings are copied, unless it is said otherwise. */
struct transfer_request {
    const char *url;   /* Canonical, NUL-terminated. */
    struct bytes host; /* As in the URL: host name or literal. */
    uint16_t port;
    /* Of the host, tried in this order. At least one; none with a proxy that resolves names. One
     * that does not is asked for the first that it can reach, which the guard must allow. */
    const struct address *addresses;
    size_t address_count;
    /* Whole lines "Name: value", NULL-terminated. One without a value, or with a CR or LF inside,
     * is left out. */
    const char *const *headers;
    enum transfer_method method;
    struct bytes body; /* Of a POST; its content type is among the header lines. */
    enum http_version_wanted version;
    const struct transfer_login *login; /* NULL: none; for ftp: anonymous. */
    const struct proxy_route *proxy;    /* NULL: none. */
    const struct transfer_tls *tls;     /* NULL: defaults. */
    bool has_ftp_tls; /* Of ftp: TLS for all of it (RFC 4217), on port 990 from the first byte. */
    /* Waits for a connection to the host that is being made, as several requests may share it
     * (HTTP/2). */
    bool is_sharing;
    struct transfer_limits limits;
    struct rate *rate; /* Of the host; NULL: none. Borrowed until the result is taken. */
};

/* What came. Bytes are borrowed until transfer_result_clear. */
struct transfer_result {
    void *owner; /* As given to transfers_start. */
    enum transfer_end end;
    char detail[128];     /* For people: what libcurl said. */
    uint16_t status;      /* Of the final response; 0: none came. */
    uint8_t http_version; /* 10, 11, 20, 30; 0: it was not HTTP. */
    enum proxy_fate proxy_fate;
    /* The final response's status line and fields as received, each line with its line end, without
     * the empty line behind them. */
    struct buf headers;
    /* As on the wire: content coding kept, transfer coding removed. Owned: may be detached. */
    struct buf body;
    /* The body ended before its end: the connection closed early, what came was short of
     * Content-Length or of the last chunk, or framing broke. */
    bool is_truncated;
    struct buf trailers;    /* Fields behind the body as received, each line with its line end. */
    struct address address; /* That was connected to, where is_connected; a proxy's, perhaps. */
    bool is_connected;      /* Ready for the request: TCP, and TLS where it is https. */
    bool is_reused;         /* A kept-alive connection. */
    /* From the start of the transfer; connect_ms includes TLS, and is 0 on a kept-alive connection.
     * Time in which we took nothing is not in total_ms. */
    int64_t connect_ms;
    int64_t first_byte_ms;
    int64_t total_ms;
    int64_t ended_us;  /* By clock_monotonic_us: many may end before the caller takes the first. */
    uint64_t bytes_in; /* Headers and body. */
};

void transfer_result_clear(struct transfer_result *result);

/* Called in the fetch thread when the final response's headers are complete: false stops the
 * transfer before the body. */
typedef bool transfers_judge(void *owner, uint16_t status, struct bytes headers);

/* Called for each address that is about to be connected to, but for the first of a request, whose
 * turn the caller has taken: 0 where it may be now (and that turn is taken), else in how many
 * microseconds. */
typedef int64_t transfers_turn(void *owner, const struct address *address);

/* Called when a transfer that tried to connect to its host itself is over: which address won (NULL:
 * none), and which did not. */
typedef void transfers_tried(void *owner, const struct address *won, const struct address *lost,
                             size_t lost_count);

/* Called as soon as a request has left, over a connection, new or kept, to that address of the host
 * (NULL: its proxy alone knows which). */
typedef void transfers_sent(void *owner, const struct address *address);

/* What a transfer says and hears, for people: request heads as they leave (to a proxy, too),
 * response heads as they come, line by line with their line ends, and what libcurl notes on
 * connections and TLS. Secrets are in all of it. */
enum transfers_voice { VOICE_SENT, VOICE_RECEIVED, VOICE_NOTE };
typedef void transfers_listener(void *owner, enum transfers_voice voice, struct bytes text);

struct transfers_options {
    const struct address_rules *rules; /* The guard, asked for each socket. Borrowed. */
    transfers_judge *judge;            /* NULL: every body is wanted. */
    transfers_turn *turn;              /* NULL: any address at any time. */
    transfers_tried *tried;            /* NULL: nobody wants to know. */
    transfers_sent *sent;              /* The same. */
    transfers_listener *listener;      /* The same; costs something for each line. */
    /* Kept open, idle ones included; the least recently used goes first. */
    size_t connections_most;
    /* Of all transfers, and the memory for what comes; shared by threads. NULL: no limit. Borrowed.
     */
    struct rate *rate;
    struct room *room;
    /* Of whom most hosts are believed, and the proxies: read once. Another file of a request is
     * read for each connection. NULL: the system's bundle. Borrowed. */
    const char *ca_file;
};

struct transfers;

/* Once in the program, before any thread; and at its end. */
void transfers_global_init(void);
void transfers_global_clear(void);

struct transfers *transfers_new(struct poller *poller, const struct transfers_options *options);
/* What is in flight is dropped without a result. */
void transfers_free(struct transfers *transfers);

/* The exchange begins. owner comes back with the result. */
void transfers_start(struct transfers *transfers, const struct transfer_request *request,
                     void *owner);
size_t transfers_in_flight(const struct transfers *transfers);

/* Ends what is in flight with TRANSFER_ABORTED. */
void transfers_abort_all(struct transfers *transfers);

/* One that is over; false when there is none. The caller clears the result. */
bool transfers_next_done(struct transfers *transfers, struct transfer_result *result);

/* Until when poller_wait may sleep for libcurl's sake (relative, ms; -1: no need), and to be called
 * after it. */
int64_t transfers_timeout_ms(struct transfers *transfers);
void transfers_process_timeouts(struct transfers *transfers);

#endif
