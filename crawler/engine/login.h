/* SPDX-License-Identifier: MIT
 *
 * login - the login by a form at one host, in one fetch thread: when its requests are due, what is
 * in them, and what their answers mean.
 *
 *     out --page--> form --post--> follow --sign of success--> in
 *      ^    \---------/  \-----------/ \--- no sign, refused --> failed
 *      |                 a sign of expiry                          |
 *      \------------------ in            a rest, another configuration
 *
 * Its requests are those of a page: the same lanes, turns, robots.txt, address guard and limits. It
 * stays on its host; a redirect to another ends it, and what the cookies say counts then.
 */
#ifndef CRAWLER_ENGINE_LOGIN_H
#define CRAWLER_ENGINE_LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/url.h"
#include "crawler/engine/logins.h"

/* Of a body so much is looked at, decoded, for a form and for signs: it is done in the fetch
 * thread, where all others wait meanwhile. It takes some 0.1 ms, and 0.6 ms of what is made to take
 * long. Brotli cannot be stopped there: it decodes its whole window first. So hosts with a form are
 * not offered it (request_headers), and a body in it is not looked at. */
#define LOGIN_BODY_BYTES_MOST (64 << 10)

enum login_state { LOGIN_OUT, LOGIN_IN, LOGIN_FAILED };

/* What is to be asked for next, while it is out. */
enum login_stage { LOGIN_STAGE_PAGE, LOGIN_STAGE_POST, LOGIN_STAGE_FOLLOW };

struct login {
    struct login *next;
    char *host;
    enum login_state state;
    enum login_stage stage;
    bool is_asking;     /* A request is under way. */
    uint32_t number;    /* Of logins so far: which one a page was asked for with. */
    unsigned hops;      /* Redirects behind the form. */
    unsigned failures;  /* Of its requests, in a row. */
    unsigned fruitless; /* Pages that asked for a login since the last, and none that did not. */
    char *follow;       /* Where the redirect leads. */
    struct buf hidden;  /* Fields of the page's form: parse/form.h. */
    int64_t until_ms;   /* It failed, and is tried again then. */
    char why[240];
};

/* Those of a fetch thread: few, as each is configured. */
struct login_list {
    struct login *first;
};

void login_list_clear(struct login_list *list);
/* That of the host, a new one where there is none. */
struct login *login_for(struct login_list *list, const char *host);
/* Those that failed have another chance. */
void login_list_renew(struct login_list *list);

enum login_way { LOGIN_WAY_IS_FREE, LOGIN_WAY_DUE, LOGIN_WAY_WAITS, LOGIN_WAY_IS_SHUT };

/* May a page be asked for? has_cookie: the one that shows who is logged in is there. */
enum login_way login_way(struct login *login, bool has_cookie, int64_t now_ms);

/* The URL of the request that is due; borrowed. */
const char *login_url(const struct login *login, const struct form *form);
/* Is it the POST? Then its body is appended to out. It is under way from now on. */
bool login_begin(struct login *login, const struct form *form, struct buf *out);
/* It came to nothing by our own doing, or is to be repeated as it was. */
void login_again(struct login *login);

/* An answer. Bytes are borrowed. */
struct login_answer {
    const struct url *url; /* That was asked for. */
    uint16_t status;       /* 0: none came. */
    struct bytes headers;
    struct bytes body;  /* Decoded. */
    bool has_cookie;    /* As in login_way, by now. */
    const char *detail; /* What went wrong, where nothing came. */
};

/* rest_ms: how long a failed login is left alone. */
void login_take(struct login *login, const struct form *form, const struct login_answer *answer,
                int64_t now_ms, int64_t rest_ms);
/* For a reason from elsewhere, too. */
void login_fail(struct login *login, const char *why, int64_t until_ms);

/* Does a page's answer show that its server does not know us (any more)? */
bool form_is_asked_for(const struct form *form, const struct url *url, struct bytes headers,
                       uint16_t status, struct bytes body);

enum login_step {
    LOGIN_STEP_NONE,
    LOGIN_STEP_REPEAT, /* The page is to be asked for again, behind a new login. */
    LOGIN_STEP_DENIED  /* That did not help: it is this page that is not for us. */
};

/* A page came that was asked for with login number `number`. is_repeat: not for the first time. */
enum login_step login_take_page(struct login *login, uint32_t number, bool is_asked_for,
                                bool is_repeat, int64_t now_ms, int64_t rest_ms);

#endif
