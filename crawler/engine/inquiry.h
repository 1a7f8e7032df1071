/* SPDX-License-Identifier: MIT
 *
 * inquiry - single exchanges with servers, one after the other, each waited for in the calling
 * thread: what the commands that test ask the network.
 *
 * Resolver, address guard, transfers, header lines and limits are those of a run, and so is the
 * meaning of what comes. Redirects are given back, not followed. Between two requests to one host
 * lies its delay. Robots.txt and scope are the caller's to ask; nothing is kept.
 *
 * Not beside a run in the same process, and once at a time: libcurl is begun and ended here.
 */
#ifndef CRAWLER_ENGINE_INQUIRY_H
#define CRAWLER_ENGINE_INQUIRY_H

#include "config/config.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/request_headers.h"

struct inquiry;

/* What an exchange was made of, for people. */
struct inquiry_trace {
    bool is_looked_up;
    struct resolved names; /* Of the host: all its addresses, before the guard. */
    int64_t names_ms;
    struct buf proxy;     /* Through which, without its password; empty: none. */
    struct buf sent;      /* Request heads, with secrets in them ... */
    struct buf received;  /* ... and response heads. */
    struct buf notes;     /* What libcurl says of connections and TLS, with line ends. */
    int64_t requested_ms; /* Wall clock; 0: no request was made. */
    int64_t received_ms;
};

void inquiry_trace_init(struct inquiry_trace *trace);
void inquiry_trace_clear(struct inquiry_trace *trace);

/* config is borrowed, and says who asks: config_identity_error is the caller's to heed. NULL and
 * *error (caller frees) where an option of [network] is wrong. */
struct inquiry *inquiry_new(const struct config *config, char **error);
void inquiry_free(struct inquiry *inquiry);

/* What comes next is written down there as well, added to what is there; NULL: no more. Borrowed.
 */
void inquiry_watch(struct inquiry *inquiry, struct inquiry_trace *trace);

/* As a run asks for a page: whose type is not in accept_types ends at its headers. */
enum outcome inquiry_get_page(struct inquiry *inquiry, const struct url *url,
                              const struct conditions *conditions, struct transfer_result *result);

/* A GET of the URL (href ends with a NUL), with a body of at most body_most bytes on the wire (0:
 * max_body). The outcome is what a visit's would be; where no exchange took place (DNS, guard),
 * result->detail alone says more. The caller clears the result. */
enum outcome inquiry_get(struct inquiry *inquiry, const struct url *url,
                         const struct conditions *conditions, size_t body_most,
                         struct transfer_result *result);

#endif
