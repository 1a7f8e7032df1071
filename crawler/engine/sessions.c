/* SPDX-License-Identifier: MIT
 *
 * As whom we ask: the cookies, the login and the Referer of a page's request, and what its answer
 * changes of them. robots.txt is asked for as nobody.
 */
#include "crawler/engine/fetcher_parts.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/memory.h"
#include "crawler/engine/messages.h"
#include "crawler/fetch/headers.h"

/* ---- Cookies */

static void send_cookies(struct fetcher *fetcher, struct site *site)
{
    struct new_cookies *news = xcalloc(1, sizeof(*news));
    news->message.kind = TO_WRITER_COOKIES;
    news->site = xstrdup(site->name);
    buf_init(&news->record, BUF_UNBOUNDED);
    cookies_pack(fetcher->sites.jar, bytes_from_string(site->name), crawl_now_ms(fetcher->crawl),
                 &news->record);
    site->has_news = false;
    channel_push(&fetcher->crawl->to_writer, &news->message);
}

static bool keeps_cookies(const struct host *host)
{
    return host->settings->cookies == COOKIES_KEEP;
}

void fetcher_enter_site(struct fetcher *fetcher, struct host *host, struct bytes cookies)
{
    host->site = sites_enter(&fetcher->sites, bytes_from_string(host->name),
                             keeps_cookies(host) ? cookies : (struct bytes){ 0 },
                             crawl_now_ms(fetcher->crawl));
}

void fetcher_leave_site(struct fetcher *fetcher, struct host *host)
{
    if (!host->site)
        return;
    if (host->site->has_news)
        send_cookies(fetcher, host->site);
    sites_leave(&fetcher->sites, host->site, keeps_cookies(host));
    host->site = NULL;
}

void given_cookies_free(struct given_cookies *given)
{
    buf_clear(&given->packed);
    free(given);
}

void fetcher_take_given_cookies(struct fetcher *fetcher, struct given_cookies *given)
{
    for (struct unpacker from = unpacker_of(buf_bytes(&given->packed)); from.left > 0;) {
        struct site *site = sites_find(&fetcher->sites, unpack_bytes(&from));
        struct bytes record = unpack_bytes(&from);
        if (site && cookies_unpack_over(fetcher->sites.jar, record, crawl_now_ms(fetcher->crawl)))
            send_cookies(fetcher, site);
    }
    given_cookies_free(given);
}

static void add_cookies(struct fetcher *fetcher, const struct host *host, const struct url *url,
                        struct request_headers *headers)
{
    struct buf value;
    if (host->settings->cookies == COOKIES_OFF)
        return;
    buf_init(&value, BUF_UNBOUNDED);
    if (cookies_write(fetcher->sites.jar, url, crawl_now_ms(fetcher->crawl), &value))
        request_headers_add(headers, "Cookie", buf_bytes(&value));
    buf_clear(&value);
}

static void take_cookies(struct fetcher *fetcher, const struct fetch *fetch, const struct url *url,
                         const struct transfer_result *result)
{
    const struct host *host = fetch->host;
    if (host->settings->cookies == COOKIES_OFF)
        return;
    switch (cookies_take(fetcher->sites.jar, buf_bytes(&result->headers), url,
                         crawl_now_ms(fetcher->crawl))) {
    case COOKIES_REFUSED:
        return;
    case COOKIES_SAME:
        /* They live longer now: the store hears of it when the host sleeps. */
        host->site->has_news |= keeps_cookies(host);
        return;
    case COOKIES_CHANGED:
        fetch->visit->has_new_cookies = true;
        if (keeps_cookies(host))
            send_cookies(fetcher, host->site);
        return;
    }
}

/* ---- HTTP authentication */

static const struct credential *credential_for(const struct fetcher *fetcher,
                                               const struct url *url)
{
    return logins_credential(fetcher->crawl->logins, url);
}

static void add_auth(struct fetcher *fetcher, struct fetch *fetch, const struct url *url,
                     const char *method, struct request_headers *headers,
                     struct transfer_login *login)
{
    const struct credential *credential = credential_for(fetcher, url);
    struct buf value;
    if (!credential)
        return;
    buf_init(&value, BUF_UNBOUNDED);
    fetch->auth = auth_for(&fetcher->auths, url);
    fetch->signature = auth_sign(fetch->auth, credential, method, url, &value);
    if (value.length > 0) {
        request_headers_add(headers, credential->header ? credential->header : "Authorization",
                            buf_bytes(&value));
        explicit_bzero(value.data, value.length);
    } else if (fetch->signature.scheme != AUTH_NONE) {
        *login = (struct transfer_login){ fetch->signature.scheme, credential->user,
                                          credential->secret };
    }
    buf_clear(&value);
}

static enum auth_step take_auth(struct fetcher *fetcher, const struct fetch *fetch,
                                const struct url *url, const struct transfer_result *result,
                                unsigned repeats)
{
    const struct credential *credential = credential_for(fetcher, url);
    struct auth *auth = auth_for(&fetcher->auths, url);
    uint64_t random = 0;
    if (result->status == 401 && getrandom(&random, sizeof(random), 0) != sizeof(random))
        random = (uint64_t)crawl_now_us(fetcher->crawl);
    return auth_take(auth, credential, fetch->signature, result->status,
                     buf_bytes(&result->headers), repeats, crawl_now_ms(fetcher->crawl),
                     fetch->host->settings->host_rest_ms, random);
}

/* ---- Requests and answers */

void fetcher_end_session(const struct fetch *fetch)
{
    if (fetch->auth)
        auth_end(fetch->auth, fetch->signature);
}

enum session_way fetcher_session_way(struct fetcher *fetcher, const struct url *url,
                                     const char **why, int64_t *until_ms)
{
    if (!credential_for(fetcher, url))
        return SESSION_IS_FREE;
    struct auth *auth = auth_for(&fetcher->auths, url);
    if (auth->is_trying)
        return SESSION_WAITS;
    if (auth_may_ask(auth, crawl_now_ms(fetcher->crawl)))
        return SESSION_IS_FREE;
    *why = auth->why;
    *until_ms = auth->until_ms;
    return SESSION_IS_SHUT;
}

void fetcher_renew_sessions(struct fetcher *fetcher)
{
    auths_renew(&fetcher->auths);
}

void fetcher_hold_for_login(struct host *host, const struct url *url, int64_t until_ms)
{
    struct url other;
    for (const struct task *task = host->first; task; task = task->next)
        if (!url_split(&other, task->url) || !url_same_origin(&other, url))
            return;
    host->hold = (struct hold){ until_ms, OUTCOME_REFUSED_LOGIN };
}

void fetcher_add_session(struct fetcher *fetcher, struct fetch *fetch, const struct url *url,
                         struct request_headers *headers, struct transfer_login *login)
{
    const char *referer = fetch->visit->task->referer;
    if (referer)
        request_headers_add(headers, "Referer", bytes_from_string(referer));
    add_cookies(fetcher, fetch->host, url, headers);
    add_auth(fetcher, fetch, url, "GET", headers, login);
    fetch->visit->is_private = fetch->signature.scheme != AUTH_NONE;
}

/* A redirect of a URL to itself. */
static bool leads_to_itself(const struct url *url, const struct transfer_result *result)
{
    struct url target;
    char storage[URL_BYTES_MAX + 1];
    struct bytes location = header_get(buf_bytes(&result->headers), BYTES("location"));
    return result->status >= 300 && result->status < 400 && location.length > 0 &&
           url_parse_link(&target, storage, sizeof(storage), location, url) == URL_ERROR_NONE &&
           bytes_equal(url_bytes(&target), url_bytes(url));
}

enum session_step fetcher_take_session(struct fetcher *fetcher, struct fetch *fetch,
                                       const struct url *url,
                                       const struct transfer_result *result)
{
    static const enum session_step steps[] = {
        [AUTH_STEP_NONE] = SESSION_GOES_ON,
        [AUTH_STEP_REPEAT] = SESSION_REPEATS,
        [AUTH_STEP_REFUSED] = SESSION_REFUSED,
    };
    unsigned repeats = fetch->visit->task->repeats;
    enum session_step step = SESSION_GOES_ON;
    take_cookies(fetcher, fetch, url, result);
    if (credential_for(fetcher, url))
        step = steps[take_auth(fetcher, fetch, url, result, repeats)];
    /* "Come again, with these cookies": once. */
    if (step == SESSION_GOES_ON && fetch->visit->has_new_cookies && repeats == 0 &&
        leads_to_itself(url, result))
        return SESSION_REPEATS;
    return step;
}
