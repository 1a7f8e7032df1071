/* SPDX-License-Identifier: MIT */
#include "crawler/engine/sessions.h"

#include <string.h>
#include <sys/random.h>

#include "crawler/engine/exchange.h"
#include "crawler/fetch/headers.h"
#include "store/coding.h"

void sessions_clear(struct sessions *sessions)
{
    auths_clear(&sessions->auths);
    login_list_clear(&sessions->logins);
}

void sessions_renew(struct sessions *sessions, const struct logins *configured)
{
    sessions->configured = configured;
    auths_renew(&sessions->auths);
    login_list_renew(&sessions->logins);
}

/* ---- Cookies */

void sessions_add_cookies(const struct sessions *sessions, const struct session_at *at,
                          struct request_headers *headers)
{
    struct buf value;
    if (at->settings->cookies == COOKIES_OFF)
        return;
    buf_init(&value, BUF_UNBOUNDED);
    if (cookies_write(sessions->jar, at->url, at->now_ms, &value))
        request_headers_add(headers, "Cookie", buf_bytes(&value));
    buf_clear(&value);
}

static enum cookies_change take_cookies(const struct sessions *sessions,
                                        const struct session_at *at,
                                        const struct transfer_result *result)
{
    return at->settings->cookies == COOKIES_OFF
               ? COOKIES_REFUSED
               : cookies_take(sessions->jar, buf_bytes(&result->headers), at->url, at->now_ms);
}

/* ---- HTTP authentication */

static const struct credential *credential_for(const struct sessions *sessions,
                                               const struct session_at *at)
{
    return logins_credential(sessions->configured, at->url);
}

static void add_auth(struct sessions *sessions, const struct session_at *at, const char *method,
                     struct session_mark *mark, struct request_headers *headers,
                     struct transfer_login *login)
{
    const struct credential *credential = credential_for(sessions, at);
    struct buf value;
    if (!credential)
        return;
    buf_init(&value, BUF_UNBOUNDED);
    mark->auth = auth_for(&sessions->auths, at->url);
    mark->signature = auth_sign(mark->auth, credential, method, at->url, &value);
    if (value.length > 0) {
        request_headers_add(headers, credential->header ? credential->header : "Authorization",
                            buf_bytes(&value));
        explicit_bzero(value.data, value.length);
    } else if (mark->signature.scheme != AUTH_NONE) {
        *login =
            (struct transfer_login){ mark->signature.scheme, credential->user, credential->secret };
    }
    buf_clear(&value);
}

static enum auth_step take_auth(struct sessions *sessions, const struct session_at *at,
                                const struct session_mark *mark,
                                const struct transfer_result *result, unsigned repeats)
{
    const struct credential *credential = credential_for(sessions, at);
    struct auth *auth = auth_for(&sessions->auths, at->url);
    uint64_t random = 0;
    if (result->status == 401 && getrandom(&random, sizeof(random), 0) != sizeof(random))
        random = (uint64_t)at->now_ms;
    return auth_take(auth, credential, mark->signature, result->status, buf_bytes(&result->headers),
                     repeats, at->now_ms, at->settings->host_rest_ms, random);
}

static enum session_way auth_way(struct sessions *sessions, const struct session_at *at,
                                 const char **why, int64_t *until_ms)
{
    if (!credential_for(sessions, at))
        return SESSION_IS_FREE;
    struct auth *auth = auth_for(&sessions->auths, at->url);
    if (auth->is_trying)
        return SESSION_WAITS;
    if (auth_may_ask(auth, at->now_ms))
        return SESSION_IS_FREE;
    *why = auth->why;
    *until_ms = auth->until_ms;
    return SESSION_IS_SHUT;
}

/* ---- Login by form */

static const struct form *form_of(const struct sessions *sessions, const char *host)
{
    return logins_form(sessions->configured, bytes_from_string(host));
}

struct login *sessions_login(struct sessions *sessions, const char *host)
{
    return login_for(&sessions->logins, host);
}

/* Would the cookie that shows who is logged in go along? */
static bool has_login_cookie(const struct sessions *sessions, const struct form *form,
                             const struct session_at *at)
{
    return form->cookie[0] &&
           cookies_have(sessions->jar, at->url, bytes_from_string(form->cookie), at->now_ms);
}

static enum session_way form_way(struct sessions *sessions, const struct session_at *at,
                                 const char **why, int64_t *until_ms)
{
    static const enum session_way ways[] = {
        [LOGIN_WAY_IS_FREE] = SESSION_IS_FREE,
        [LOGIN_WAY_DUE] = SESSION_LOGIN_DUE,
        [LOGIN_WAY_WAITS] = SESSION_WAITS,
        [LOGIN_WAY_IS_SHUT] = SESSION_IS_SHUT,
    };
    const struct form *form = form_of(sessions, at->host);
    if (!form)
        return SESSION_IS_FREE;
    struct login *login = sessions_login(sessions, at->host);
    enum login_way way = login_way(login, has_login_cookie(sessions, form, at), at->now_ms);
    *why = login->why;
    *until_ms = login->until_ms;
    return ways[way];
}

const char *sessions_login_url(struct sessions *sessions, const char *host)
{
    return login_url(sessions_login(sessions, host), form_of(sessions, host));
}

void sessions_fail_login(struct sessions *sessions, const struct session_at *at, const char *why)
{
    login_fail(sessions_login(sessions, at->host), why, at->now_ms + at->settings->host_rest_ms);
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

void sessions_sign_login(struct sessions *sessions, const struct session_at *at,
                         struct session_mark *mark, struct request_headers *headers,
                         struct transfer_login *login, struct buf *body)
{
    const struct form *form = form_of(sessions, at->host);
    bool is_post = login_begin(sessions_login(sessions, at->host), form, body);
    if (is_post)
        add_provenance(form, at->url, headers);
    sessions_add_cookies(sessions, at, headers);
    add_auth(sessions, at, is_post ? "POST" : "GET", mark, headers, login);
}

/* False where the answer is about HTTP authentication. */
static bool passes_auth(struct sessions *sessions, const struct session_at *at,
                        const struct session_mark *mark, const struct transfer_result *result)
{
    struct login *login = sessions_login(sessions, at->host);
    if (!credential_for(sessions, at))
        return true;
    switch (take_auth(sessions, at, mark, result, login->failures)) {
    case AUTH_STEP_NONE:
        return true;
    case AUTH_STEP_REPEAT:
        login->failures++;
        login_again(login);
        return false;
    case AUTH_STEP_REFUSED:
        sessions_fail_login(sessions, at, auth_for(&sessions->auths, at->url)->why);
        return false;
    }
    return true;
}

/* What is looked at for a form or a sign; appended to out. */
static void decode_body(const struct transfer_result *result, struct buf *out)
{
    static const struct coding_limits limits = { .most = LOGIN_BODY_BYTES_MOST, .ratio_most = 200 };
    struct bytes coding = header_get(buf_bytes(&result->headers), BYTES("content-encoding"));
    if (!bytes_contain_nocase(coding, BYTES("br")))
        coding_decode(coding, buf_bytes(&result->body), out, &limits);
}

enum cookies_change sessions_take_login(struct sessions *sessions, const struct session_at *at,
                                        const struct session_mark *mark,
                                        const struct transfer_result *result)
{
    const struct form *form = form_of(sessions, at->host);
    struct login *login = sessions_login(sessions, at->host);
    if (exchange_is_void(result) || !form || !at->url) {
        login_again(login);
        return COOKIES_REFUSED;
    }
    enum cookies_change change = take_cookies(sessions, at, result);
    if (!passes_auth(sessions, at, mark, result))
        return change;
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    decode_body(result, &body);
    struct login_answer answer = {
        .url = at->url,
        .status = result->status,
        .headers = buf_bytes(&result->headers),
        .body = buf_bytes(&body),
        .has_cookie = has_login_cookie(sessions, form, at),
        .detail = result->detail,
    };
    login_take(login, form, &answer, at->now_ms, at->settings->host_rest_ms);
    buf_clear(&body);
    return change;
}

/* Does the page show that nobody is logged in? */
static enum login_step take_form(struct sessions *sessions, const struct session_at *at,
                                 const struct session_mark *mark,
                                 const struct transfer_result *result, bool is_repeat)
{
    const struct form *form = form_of(sessions, at->host);
    struct buf body;
    if (!form || result->status == 0)
        return LOGIN_STEP_NONE;
    buf_init(&body, BUF_UNBOUNDED);
    if (form->expired[0])
        decode_body(result, &body);
    bool is_asked_for = form_is_asked_for(form, at->url, buf_bytes(&result->headers),
                                          result->status, buf_bytes(&body));
    buf_clear(&body);
    return login_take_page(sessions_login(sessions, at->host), mark->login_number, is_asked_for,
                           is_repeat, at->now_ms, at->settings->host_rest_ms);
}

/* ---- Pages */

enum session_way sessions_way(struct sessions *sessions, const struct session_at *at,
                              const char **why, int64_t *until_ms)
{
    enum session_way way = auth_way(sessions, at, why, until_ms);
    return way == SESSION_IS_FREE ? form_way(sessions, at, why, until_ms) : way;
}

void sessions_sign(struct sessions *sessions, const struct session_at *at, const char *referer,
                   struct session_mark *mark, struct request_headers *headers,
                   struct transfer_login *login)
{
    if (referer)
        request_headers_add(headers, "Referer", bytes_from_string(referer));
    sessions_add_cookies(sessions, at, headers);
    add_auth(sessions, at, "GET", mark, headers, login);
    mark->identity =
        logins_identity(sessions->configured, at->url, mark->signature.scheme != AUTH_NONE);
    if (form_of(sessions, at->host))
        mark->login_number = sessions_login(sessions, at->host)->number;
}

void sessions_end(const struct session_mark *mark)
{
    if (mark->auth)
        auth_end(mark->auth, mark->signature);
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

enum session_step sessions_take(struct sessions *sessions, const struct session_at *at,
                                const struct session_mark *mark, struct visit *visit,
                                const struct transfer_result *result, enum cookies_change *change)
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
    struct task *task = visit->task;
    enum session_step step = SESSION_GOES_ON;
    *change = COOKIES_REFUSED;
    if (exchange_is_void(result))
        return step; /* What a proxy says is not the origin's. */
    *change = take_cookies(sessions, at, result);
    visit->has_new_cookies |= *change == COOKIES_CHANGED;
    if (credential_for(sessions, at))
        step = of_auth[take_auth(sessions, at, mark, result, task->repeats)];
    if (step == SESSION_GOES_ON)
        step = of_form[take_form(sessions, at, mark, result, task->is_form_repeated)];
    else
        return step;
    task->is_form_repeated |= step == SESSION_REPEATS;
    /* "Come again, with these cookies": once. */
    if (step == SESSION_GOES_ON && visit->has_new_cookies && !task->is_cookie_repeated &&
        leads_to_itself(at->url, result)) {
        task->is_cookie_repeated = true;
        return SESSION_REPEATS;
    }
    return step;
}

bool sessions_conclude(struct sessions *sessions, const struct session_at *at,
                       enum session_step step, struct visit *visit)
{
    const char *why;
    if (step != SESSION_REFUSED && step != SESSION_DENIED)
        return false;
    visit->is_rest = false; /* Whatever came is not the rest of a page. */
    visit->part_bytes = 0;
    if (step == SESSION_DENIED) {
        visit->outcome = OUTCOME_REFUSED_STATUS;
        visit->reason = BYTES("it asks for a login, though we are logged in");
        return false;
    }
    if (sessions_way(sessions, at, &why, &visit->due_least_ms) != SESSION_IS_SHUT)
        return false;
    visit->outcome = OUTCOME_REFUSED_LOGIN;
    visit->reason = arena_copy(&visit->arena, bytes_from_string(why));
    return true;
}
