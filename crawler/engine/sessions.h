/* SPDX-License-Identifier: MIT
 *
 * sessions - as whom one thread asks: the cookies, the login and the Referer of a request, and what
 * its answer changes of them. robots.txt is asked for as nobody.
 *
 *     sessions_way       may a page of its origin be asked for, or does a login come first?
 *     sessions_sign      what its request says of us
 *     sessions_end       the request is over
 *     sessions_take      what its answer is about: the page, or the session alone
 *
 * Fetch threads have one each, and so has an inquiry. Who stores cookies is not known here.
 */
#ifndef CRAWLER_ENGINE_SESSIONS_H
#define CRAWLER_ENGINE_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "crawler/engine/auth.h"
#include "crawler/engine/login.h"
#include "crawler/engine/logins.h"
#include "crawler/engine/request_headers.h"
#include "crawler/engine/visit.h"
#include "crawler/fetch/cookies.h"
#include "crawler/fetch/transfers.h"

/* The caller sets the jar and the logins, both borrowed; the rest is empty at first. */
struct sessions {
    struct cookies *jar;
    const struct logins *configured; /* NULL: none. */
    struct auths auths;
    struct login_list logins;
};

void sessions_clear(struct sessions *sessions);
/* Another configuration: logins that were refused have another chance. */
void sessions_renew(struct sessions *sessions, const struct logins *configured);

/* Who is asked, for what, and when; borrowed. */
struct session_at {
    const char *host;
    const struct settings *settings; /* Of the host. */
    const struct url *url;
    int64_t now_ms; /* Wall clock. */
};

/* What a request said of us; zeroed before. */
struct session_mark {
    struct auth *auth; /* Of its origin, where we have a login; else NULL. */
    struct auth_signature signature;
    uint32_t login_number; /* Of its host's login by form, by then. */
    uint64_t identity;     /* Who was named, as logins_identity(); 0: nobody. */
};

enum session_way { SESSION_IS_FREE, SESSION_LOGIN_DUE, SESSION_WAITS, SESSION_IS_SHUT };

/* May the page be asked for? SESSION_LOGIN_DUE: its host's form comes first, at
 * sessions_login_url(). SESSION_IS_SHUT: our login is refused there; *why (borrowed) says so, until
 * *until_ms. */
enum session_way sessions_way(struct sessions *sessions, const struct session_at *at,
                              const char **why, int64_t *until_ms);

/* The cookies of a page's request, which its answer may vary by. */
void sessions_add_cookies(const struct sessions *sessions, const struct session_at *at,
                          struct request_headers *headers);
/* What shows a page's server who asks: header lines, and in *login what libcurl is to compute.
 * referer: NULL for none. */
void sessions_sign(struct sessions *sessions, const struct session_at *at, const char *referer,
                   struct session_mark *mark, struct request_headers *headers,
                   struct transfer_login *login);
/* The request is over, whatever came of it. */
void sessions_end(const struct session_mark *mark);

enum session_step { SESSION_GOES_ON, SESSION_REPEATS, SESSION_DENIED, SESSION_REFUSED };

/* What came of a page's request for the session; visit->task counts the repeats, and *change says
 * what became of the site's cookies. SESSION_REPEATS: the answer is about the session alone, and
 * the task is to be asked again. SESSION_DENIED: the page asks for a login though there is one.
 * SESSION_REFUSED: as SESSION_IS_SHUT says from now on. */
enum session_step sessions_take(struct sessions *sessions, const struct session_at *at,
                                const struct session_mark *mark, struct visit *visit,
                                const struct transfer_result *result, enum cookies_change *change);
/* What a step makes of the visit that it ends: outcome and reason; a refused one is not due before
 * the login may be tried again. True where that is so. */
bool sessions_conclude(struct sessions *sessions, const struct session_at *at,
                       enum session_step step, struct visit *visit);

/* ---- Login by form: requests of their own, before the page's */

/* That of at->host. */
struct login *sessions_login(struct sessions *sessions, const char *host);
/* The request that is due; borrowed. */
const char *sessions_login_url(struct sessions *sessions, const char *host);
/* It cannot be made, for that reason. */
void sessions_fail_login(struct sessions *sessions, const struct session_at *at, const char *why);
/* It can: its header lines, and its body where it is the POST (else it stays empty). */
void sessions_sign_login(struct sessions *sessions, const struct session_at *at,
                         struct session_mark *mark, struct request_headers *headers,
                         struct transfer_login *login, struct buf *body);
/* What came of it, and of the site's cookies. at: NULL where its URL is none any more. */
enum cookies_change sessions_take_login(struct sessions *sessions, const struct session_at *at,
                                        const struct session_mark *mark,
                                        const struct transfer_result *result);

#endif
