/* SPDX-License-Identifier: MIT */
#include "crawler/engine/login.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pack.h"
#include "crawler/fetch/headers.h"
#include "crawler/parse/form.h"

enum {
    HOPS_MOST = 5,
    FAILURES_MOST = 3,   /* Of the network or the server, before it counts as failed. */
    FRUITLESS_MOST = 10, /* Pages in a row that still ask for a login behind one. */
};

static void forget_secrets(struct login *login)
{
    if (login->hidden.length > 0)
        explicit_bzero(login->hidden.data, login->hidden.length);
    buf_reset(&login->hidden);
    free(login->follow);
    login->follow = NULL;
}

static void start_anew(struct login *login)
{
    forget_secrets(login);
    login->state = LOGIN_OUT;
    login->stage = LOGIN_STAGE_PAGE;
    login->is_asking = false;
    login->hops = 0;
}

void login_list_clear(struct login_list *list)
{
    while (list->first) {
        struct login *login = list->first;
        list->first = login->next;
        forget_secrets(login);
        buf_clear(&login->hidden);
        free(login->host);
        free(login);
    }
}

struct login *login_for(struct login_list *list, const char *host)
{
    struct login *login = list->first;
    while (login && strcmp(login->host, host) != 0)
        login = login->next;
    if (login)
        return login;
    login = xcalloc(1, sizeof(*login));
    login->host = xstrdup(host);
    buf_init(&login->hidden, BUF_UNBOUNDED);
    login->next = list->first;
    list->first = login;
    return login;
}

void login_list_renew(struct login_list *list)
{
    for (struct login *login = list->first; login; login = login->next)
        if (login->state == LOGIN_FAILED)
            start_anew(login);
}

enum login_way login_way(struct login *login, bool has_cookie, int64_t now_ms)
{
    if (login->state == LOGIN_FAILED && now_ms >= login->until_ms)
        start_anew(login);
    if (login->is_asking)
        return LOGIN_WAY_WAITS;
    /* An earlier run was logged in, and may still be. */
    if (login->state == LOGIN_OUT && login->number == 0 && has_cookie)
        login->state = LOGIN_IN;
    switch (login->state) {
    case LOGIN_IN:
        return LOGIN_WAY_IS_FREE;
    case LOGIN_FAILED:
        return LOGIN_WAY_IS_SHUT;
    case LOGIN_OUT:
        return LOGIN_WAY_DUE;
    }
    return LOGIN_WAY_DUE;
}

/* ---- Requests */

static bool is_page_due(const struct login *login, const struct form *form)
{
    return login->stage == LOGIN_STAGE_PAGE && form->page;
}

const char *login_url(const struct login *login, const struct form *form)
{
    if (login->stage == LOGIN_STAGE_FOLLOW)
        return login->follow;
    return is_page_due(login, form) ? form->page : form->action;
}

static bool is_configured(const struct form *form, struct bytes name)
{
    for (size_t i = 0; i < form->field_count; i++)
        if (bytes_equal(bytes_from_string(form->fields[i].name), name))
            return true;
    return false;
}

static void write_body(const struct login *login, const struct form *form, struct buf *out)
{
    for (struct unpacker from = unpacker_of(buf_bytes(&login->hidden)); from.left > 0;) {
        struct bytes name = unpack_bytes(&from);
        struct bytes value = unpack_bytes(&from);
        if (!from.is_bad && !is_configured(form, name))
            form_append_encoded(out, name, value);
    }
    for (size_t i = 0; i < form->field_count; i++)
        form_append_encoded(out, bytes_from_string(form->fields[i].name),
                            bytes_from_string(form->fields[i].value));
}

bool login_begin(struct login *login, const struct form *form, struct buf *out)
{
    login->is_asking = true;
    if (login->stage == LOGIN_STAGE_FOLLOW || is_page_due(login, form))
        return false;
    login->stage = LOGIN_STAGE_POST;
    write_body(login, form, out);
    return true;
}

void login_again(struct login *login)
{
    login->is_asking = false;
}

/* ---- Answers */

void login_fail(struct login *login, const char *why, int64_t until_ms)
{
    start_anew(login);
    login->state = LOGIN_FAILED;
    login->failures = 0;
    login->fruitless = 0;
    login->until_ms = until_ms;
    snprintf(login->why, sizeof(login->why), "the login at %s failed: %s", login->host, why);
}

static void succeed(struct login *login)
{
    start_anew(login);
    login->state = LOGIN_IN;
    login->failures = 0;
    login->number++;
}

/* The server or the network is out of sorts: all of it again, a few times. */
static void stumble(struct login *login, const struct login_answer *answer, int64_t until_ms)
{
    char why[150];
    start_anew(login);
    if (++login->failures < FAILURES_MOST)
        return;
    if (answer->status > 0)
        snprintf(why, sizeof(why), "%s answers with %u", answer->url->href, answer->status);
    else
        snprintf(why, sizeof(why), "%s: %s", answer->url->href, answer->detail);
    login_fail(login, why, until_ms);
}

static bool is_path_of(const struct url *url, const char *other)
{
    struct url form;
    return other && url_split(&form, bytes_from_string(other)) && url_same_host(url, &form) &&
           bytes_equal(url_path(url), url_path(&form));
}

static bool is_form(const struct form *form, const struct url *url)
{
    return is_path_of(url, form->page) || is_path_of(url, form->action);
}

/* False where it is no redirect to a URL. */
static bool read_redirect(const struct url *url, uint16_t status, struct bytes headers,
                          struct url *target, char *storage, size_t size)
{
    struct bytes location = header_get(headers, BYTES("location"));
    return status >= 300 && status < 400 && location.length > 0 &&
           url_parse_link(target, storage, size, location, url) == URL_ERROR_NONE;
}

static bool holds(struct bytes body, const char *text)
{
    return body.length > 0 && memmem(body.data, body.length, text, strlen(text)) != NULL;
}

static void take_form_page(struct login *login, const struct form *form,
                           const struct login_answer *answer, int64_t until_ms)
{
    struct url action;
    char why[150];
    if (answer->status < 200 || answer->status > 299) {
        snprintf(why, sizeof(why), "%s answers with %u", answer->url->href, answer->status);
        login_fail(login, why, until_ms);
        return;
    }
    if (!url_split(&action, bytes_from_string(form->action)) ||
        !form_hidden_fields(answer->body, answer->url, &action, &login->hidden)) {
        snprintf(why, sizeof(why), "there is no form for it in the first %d KiB of %s",
                 LOGIN_BODY_BYTES_MOST >> 10, answer->url->href);
        login_fail(login, why, until_ms);
        return;
    }
    login->stage = LOGIN_STAGE_POST;
}

/* No redirect follows. is_back: what was asked for last is the form, or leads there. */
static void judge(struct login *login, const struct form *form, const struct login_answer *answer,
                  bool is_back, int64_t until_ms)
{
    char why[150] = "";
    if (form->cookie[0] && !answer->has_cookie)
        snprintf(why, sizeof(why), "there is no cookie %s behind it", form->cookie);
    else if (form->success[0] && !holds(answer->body, form->success))
        snprintf(why, sizeof(why), "%s does not hold the sign of success", answer->url->href);
    else if (!form->cookie[0] && !form->success[0] && answer->status >= 400)
        snprintf(why, sizeof(why), "%s answers with %u", answer->url->href, answer->status);
    else if (!form->cookie[0] && !form->success[0] && is_back)
        snprintf(why, sizeof(why), "it leads back to the form");
    if (why[0])
        login_fail(login, why, until_ms);
    else
        succeed(login);
}

/* Is the answer the form once more? */
static bool has_form(const struct form *form, const struct login_answer *answer)
{
    struct url action;
    struct buf fields;
    buf_init(&fields, BUF_UNBOUNDED);
    bool has_one = url_split(&action, bytes_from_string(form->action)) &&
                   form_hidden_fields(answer->body, answer->url, &action, &fields);
    buf_clear(&fields);
    return has_one;
}

/* On the host itself, and by no way that is less safe. */
static bool may_follow(const struct url *from, const struct url *to)
{
    bool is_http = to->scheme == URL_SCHEME_HTTPS ||
                   (to->scheme == URL_SCHEME_HTTP && from->scheme == URL_SCHEME_HTTP);
    return is_http && url_same_host(from, to);
}

static void take_end(struct login *login, const struct form *form,
                     const struct login_answer *answer, int64_t until_ms)
{
    struct url target;
    char storage[URL_BYTES_MAX + 1];
    if (!read_redirect(answer->url, answer->status, answer->headers, &target, storage,
                       sizeof(storage))) {
        judge(login, form, answer, has_form(form, answer), until_ms);
        return;
    }
    bool is_back = is_form(form, &target);
    /* What decides is known already, or lies where we do not go with it. */
    bool is_decided = !form->success[0] && (!form->cookie[0] || answer->has_cookie);
    if (is_back || is_decided || !may_follow(answer->url, &target) || ++login->hops > HOPS_MOST) {
        judge(login, form, answer, is_back, until_ms);
        return;
    }
    free(login->follow);
    login->follow = xbytesdup(url_bytes(&target));
    login->stage = LOGIN_STAGE_FOLLOW;
}

void login_take(struct login *login, const struct form *form, const struct login_answer *answer,
                int64_t now_ms, int64_t rest_ms)
{
    bool is_page = login->stage == LOGIN_STAGE_PAGE;
    login->is_asking = false;
    if (answer->status == 0 || answer->status >= 500 || answer->status == 429)
        stumble(login, answer, now_ms + rest_ms);
    else if (is_page)
        take_form_page(login, form, answer, now_ms + rest_ms);
    else
        take_end(login, form, answer, now_ms + rest_ms);
}

/* ---- Pages */

bool form_is_asked_for(const struct form *form, const struct url *url, struct bytes headers,
                       uint16_t status, struct bytes body)
{
    struct url target;
    char storage[URL_BYTES_MAX + 1];
    if (is_form(form, url))
        return false; /* It is the form, whoever asks. */
    if (read_redirect(url, status, headers, &target, storage, sizeof(storage)))
        return is_form(form, &target);
    return form->expired[0] && holds(body, form->expired);
}

enum login_step login_take_page(struct login *login, uint32_t number, bool is_asked_for,
                                bool is_repeat, int64_t now_ms, int64_t rest_ms)
{
    if (!is_asked_for) {
        login->fruitless = 0;
        return LOGIN_STEP_NONE;
    }
    /* A new login came, or failed, meanwhile. */
    bool is_current = login->state == LOGIN_IN && login->number == number;
    if (is_repeat) {
        if (is_current && ++login->fruitless >= FRUITLESS_MOST)
            login_fail(login, "pages ask for it still", now_ms + rest_ms);
        return LOGIN_STEP_DENIED;
    }
    if (is_current)
        start_anew(login);
    return LOGIN_STEP_REPEAT;
}
