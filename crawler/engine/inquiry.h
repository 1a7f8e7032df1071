/* SPDX-License-Identifier: MIT
 *
 * inquiry - single exchanges with servers, one after the other, each waited for in the calling
 * thread: what the commands that test ask the network.
 *
 * Resolver, address guard, transfers, header lines, limits, proxies, sessions and the rules of the
 * cache are those of a run, and so is the meaning of what comes. Redirects are given back, not
 * followed. Between two requests to one host lies its delay. Robots.txt and scope are the caller's
 * to ask; nothing is kept, but for the sessions as long as the inquiry lives.
 *
 * Not beside a run in the same process, and once at a time: libcurl is begun and ended here.
 */
#ifndef CRAWLER_ENGINE_INQUIRY_H
#define CRAWLER_ENGINE_INQUIRY_H

#include "config/config.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/request_headers.h"
#include "crawler/engine/sessions.h"
#include "crawler/fetch/cache_policy.h"

struct inquiry;

/* What an exchange was made of, for people. */
struct inquiry_trace {
    bool is_looked_up;
    struct resolved names; /* Of the host: all its addresses, before the guard. */
    int64_t names_ms;
    struct buf proxy;     /* Through which, without its password; empty: none. */
    struct buf form;      /* The body of a login form, its values masked; empty: no POST. */
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

/* A GET of the URL (href ends with a NUL), with a body of at most body_most bytes on the wire (0:
 * max_body). The outcome is what a visit's would be; where no exchange took place (DNS, guard),
 * result->detail alone says more. The caller clears the result. */
enum outcome inquiry_get(struct inquiry *inquiry, const struct url *url,
                         const struct conditions *conditions, size_t body_most,
                         struct transfer_result *result);

/* ---- As somebody: pages, and the logins that come before them */

/* Who we are from now on; borrowed. NULL: nobody, as at first. */
void inquiry_introduce(struct inquiry *inquiry, const struct logins *logins);
/* What the crawl has of a site (crawler/fetch/cookies.h): how many cookies. */
size_t inquiry_give_cookies(struct inquiry *inquiry, struct bytes record);

/* May the page be asked for? As sessions_way. */
enum session_way inquiry_way(struct inquiry *inquiry, const struct url *url, const char **why);
/* The request of the login of the URL's host that is due; borrowed. */
const char *inquiry_login_url(struct inquiry *inquiry, const struct url *url);
/* It cannot be made, for that reason: the way is shut from now on. */
void inquiry_fail_login(struct inquiry *inquiry, const struct url *url, const char *why);
/* Makes it; url is that of inquiry_login_url. The caller clears the result. */
enum outcome inquiry_get_login(struct inquiry *inquiry, const struct url *url,
                               struct transfer_result *result);

struct page_answer {
    enum cache_use use; /* What a run would have done with the stored page. */
    enum session_step step;
};

/* Asks for the page of the visit's task, by what the task says of the stored one; is_forced: past
 * caches on the way. The visit is as one on its way to a reader; with SESSION_REPEATS its task is
 * to be asked again, in another visit. */
struct page_answer inquiry_get_page(struct inquiry *inquiry, const struct url *url, bool is_forced,
                                    struct visit *visit);

#endif
