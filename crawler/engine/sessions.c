/* SPDX-License-Identifier: MIT
 *
 * As whom we ask: the cookies, the login and the Referer of a page's request, and what its answer
 * changes of them. robots.txt is asked for as nobody.
 */
#include "crawler/engine/fetcher_parts.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/memory.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/messages.h"
#include "crawler/fetch/headers.h"
#include "store/coding.h"

/* ---- Cookies */

static void send_cookies(struct fetcher *fetcher, struct awake_site *site)
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
    host->site =
        awake_sites_enter(&fetcher->sites, bytes_from_string(host->name),
                          keeps_cookies(host) ? &cookies : NULL, crawl_now_ms(fetcher->crawl));
}

void fetcher_leave_site(struct fetcher *fetcher, struct host *host)
{
    if (!host->site)
        return;
    if (host->site->has_news)
        send_cookies(fetcher, host->site);
    awake_sites_leave(&fetcher->sites, host->site, keeps_cookies(host));
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
        struct awake_site *site = awake_sites_find(&fetcher->sites, unpack_bytes(&from));
        struct bytes record = unpack_bytes(&from);
        if (site && cookies_unpack_over(fetcher->sites.jar, record, crawl_now_ms(fetcher->crawl)))
            send_cookies(fetcher, site);
    }
    given_cookies_free(given);
}

void fetcher_add_cookies(struct fetcher *fetcher, const struct host *host, const struct url *url,
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

static const struct credential *credential_for(const struct fetcher *fetcher, const struct url *url)
{
    return logins_credential(fetcher->configured, url);
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

static enum session_way auth_way(struct fetcher *fetcher, const struct url *url, const char **why,
                                 int64_t *until_ms)
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

/* ---- Login by form */

static const struct form *form_of(const struct fetcher *fetcher, const struct host *host)
{
    return logins_form(fetcher->configured, bytes_from_string(host->name));
}

/* Would the cookie that shows who is logged in go along? */
static bool has_login_cookie(const struct fetcher *fetcher, const struct form *form,
                             const struct url *url)
{
    return form->cookie[0] && cookies_have(fetcher->sites.jar, url, bytes_from_string(form->cookie),
                                           crawl_now_ms(fetcher->crawl));
}

static enum session_way form_way(struct fetcher *fetcher, const struct host *host,
                                 const struct url *url, const char **why, int64_t *until_ms)
{
    static const enum session_way ways[] = {
        [LOGIN_WAY_IS_FREE] = SESSION_IS_FREE,
        [LOGIN_WAY_DUE] = SESSION_LOGIN_DUE,
        [LOGIN_WAY_WAITS] = SESSION_WAITS,
        [LOGIN_WAY_IS_SHUT] = SESSION_IS_SHUT,
    };
    const struct form *form = form_of(fetcher, host);
    if (!form)
        return SESSION_IS_FREE;
    struct login *login = login_for(&fetcher->logins, host->name);
    enum login_way way =
        login_way(login, has_login_cookie(fetcher, form, url), crawl_now_ms(fetcher->crawl));
    *why = login->why;
    *until_ms = login->until_ms;
    return ways[way];
}

const char *fetcher_login_url(struct fetcher *fetcher, const struct host *host)
{
    return login_url(login_for(&fetcher->logins, host->name), form_of(fetcher, host));
}

void fetcher_fail_login(struct fetcher *fetcher, const struct host *host, const char *why)
{
    login_fail(login_for(&fetcher->logins, host->name), why,
               crawl_now_ms(fetcher->crawl) + host->settings->host_rest_ms);
}

/* Some servers take a form only from their own pages, and look here for it. */
static void add_provenance(const struct form *form, const struct url *url,
                           struct request_headers *headers)
{
    request_headers_add(headers, "Content-Type", BYTES("application/x-www-form-urlencoded"));
    request_headers_add(headers, "Origin", url_origin(url));
    request_headers_add(headers, "Referer",
                        bytes_from_string(form->page ? form->page : form->action));
}

void fetcher_add_login(struct fetcher *fetcher, struct fetch *fetch, const struct url *url,
                       struct request_headers *headers, struct transfer_login *login,
                       struct buf *body)
{
    const struct form *form = form_of(fetcher, fetch->host);
    bool is_post = login_begin(fetch->login, form, body);
    if (is_post)
        add_provenance(form, url, headers);
    fetcher_add_cookies(fetcher, fetch->host, url, headers);
    add_auth(fetcher, fetch, url, is_post ? "POST" : "GET", headers, login);
}

/* False where the answer is about HTTP authentication. */
static bool passes_auth(struct fetcher *fetcher, struct fetch *fetch, const struct url *url,
                        const struct transfer_result *result)
{
    if (!credential_for(fetcher, url))
        return true;
    switch (take_auth(fetcher, fetch, url, result, fetch->login->failures)) {
    case AUTH_STEP_NONE:
        return true;
    case AUTH_STEP_REPEAT:
        fetch->login->failures++;
        login_again(fetch->login);
        return false;
    case AUTH_STEP_REFUSED:
        fetcher_fail_login(fetcher, fetch->host, auth_for(&fetcher->auths, url)->why);
        return false;
    }
    return true;
}

/* As far as a form goes; appended to out. */
static void decode_body(const struct transfer_result *result, struct buf *out)
{
    static const struct coding_limits limits = { .most = 1 << 20, .ratio_most = 200 };
    coding_decode(header_get(buf_bytes(&result->headers), BYTES("content-encoding")),
                  buf_bytes(&result->body), out, &limits);
}

void fetcher_take_login(struct fetcher *fetcher, struct fetch *fetch,
                        const struct transfer_result *result)
{
    const struct form *form = form_of(fetcher, fetch->host);
    struct url url;
    if (exchange_is_void(result) || !form ||
        !url_split(&url, bytes_from_string(fetch->login_url))) {
        login_again(fetch->login);
        return;
    }
    take_cookies(fetcher, fetch, &url, result);
    if (!passes_auth(fetcher, fetch, &url, result))
        return;
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    decode_body(result, &body);
    struct login_answer answer = {
        .url = &url,
        .status = result->status,
        .headers = buf_bytes(&result->headers),
        .body = buf_bytes(&body),
        .has_cookie = has_login_cookie(fetcher, form, &url),
        .detail = result->detail,
    };
    login_take(fetch->login, form, &answer, crawl_now_ms(fetcher->crawl),
               fetch->host->settings->host_rest_ms);
    buf_clear(&body);
}

/* Does the page show that nobody is logged in? */
static enum login_step take_form(struct fetcher *fetcher, const struct fetch *fetch,
                                 const struct url *url, const struct transfer_result *result,
                                 bool is_repeat)
{
    const struct form *form = form_of(fetcher, fetch->host);
    struct buf body;
    if (!form || result->status == 0)
        return LOGIN_STEP_NONE;
    buf_init(&body, BUF_UNBOUNDED);
    if (form->expired[0])
        decode_body(result, &body);
    bool is_asked_for =
        form_is_asked_for(form, url, buf_bytes(&result->headers), result->status, buf_bytes(&body));
    buf_clear(&body);
    return login_take_page(login_for(&fetcher->logins, fetch->host->name), fetch->login_number,
                           is_asked_for, is_repeat, crawl_now_ms(fetcher->crawl),
                           fetch->host->settings->host_rest_ms);
}

/* ---- Requests and answers */

void fetcher_end_session(const struct fetch *fetch)
{
    if (fetch->auth)
        auth_end(fetch->auth, fetch->signature);
}

enum session_way fetcher_session_way(struct fetcher *fetcher, const struct host *host,
                                     const struct url *url, const char **why, int64_t *until_ms)
{
    enum session_way way = auth_way(fetcher, url, why, until_ms);
    return way == SESSION_IS_FREE ? form_way(fetcher, host, url, why, until_ms) : way;
}

void fetcher_renew_sessions(struct fetcher *fetcher)
{
    fetcher->configured = fetcher->crawl->logins;
    auths_renew(&fetcher->auths);
    login_list_renew(&fetcher->logins);
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
    fetcher_add_cookies(fetcher, fetch->host, url, headers);
    add_auth(fetcher, fetch, url, "GET", headers, login);
    fetch->visit->is_private = fetch->signature.scheme != AUTH_NONE;
    if (form_of(fetcher, fetch->host)) {
        fetch->login_number = login_for(&fetcher->logins, fetch->host->name)->number;
        fetch->visit->is_private = true;
    }
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
                                       const struct url *url, const struct transfer_result *result)
{
    static const enum session_step of_auth[] = {
        [AUTH_STEP_NONE] = SESSION_GOES_ON,
        [AUTH_STEP_REPEAT] = SESSION_REPEATS,
        [AUTH_STEP_REFUSED] = SESSION_REFUSED,
    };
    static const enum session_step of_form[] = {
        [LOGIN_STEP_NONE] = SESSION_GOES_ON,
        [LOGIN_STEP_REPEAT] = SESSION_REPEATS,
        [LOGIN_STEP_DENIED] = SESSION_DENIED,
    };
    struct task *task = fetch->visit->task;
    enum session_step step = SESSION_GOES_ON;
    if (exchange_is_void(result))
        return step; /* What a proxy says is not the origin's. */
    take_cookies(fetcher, fetch, url, result);
    if (credential_for(fetcher, url))
        step = of_auth[take_auth(fetcher, fetch, url, result, task->repeats)];
    if (step != SESSION_GOES_ON)
        return step;
    step = of_form[take_form(fetcher, fetch, url, result, task->is_form_repeated)];
    task->is_form_repeated |= step == SESSION_REPEATS;
    /* "Come again, with these cookies": once. */
    if (step == SESSION_GOES_ON && fetch->visit->has_new_cookies && !task->is_cookie_repeated &&
        leads_to_itself(url, result)) {
        task->is_cookie_repeated = true;
        return SESSION_REPEATS;
    }
    return step;
}
