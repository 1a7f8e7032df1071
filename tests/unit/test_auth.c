/* SPDX-License-Identifier: MIT
 *
 * HTTP authentication at one origin: what is sent when, and what the answers mean.
 */
#include "suite.h"

#include "crawler/engine/auth.h"

enum { NOW_MS = 1000000, REST_MS = 3600000, REPEATS_MOST = 10 };

#define BASIC  "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"r\"\r\n"
#define DIGEST "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=auth\r\n"
#define STALE                                                                                      \
    "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"m\", qop=auth, "             \
    "stale=true\r\n"
#define NTLM   "HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\n"
#define NOBODY "HTTP/1.1 401 No\r\n"

static struct credential alice = { .user = "alice",
                                   .secret = "sesame",
                                   .schemes = AUTH_BASIC | AUTH_DIGEST | AUTH_NTLM };
static struct credential eager = {
    .user = "alice", .secret = "sesame", .schemes = AUTH_BASIC, .is_unasked = true
};
static struct credential token = { .secret = "t0ken", .schemes = AUTH_BEARER };
static struct credential key = {
    .secret = "t0ken", .schemes = AUTH_BEARER, .header = "X-Api-Key", .is_unasked = true
};

static struct auths auths;
static struct url url;
static char *sent; /* The last value; NULL: none. */

static struct auth *start(void)
{
    auths_clear(&auths);
    ck_assert(url_split(&url, BYTES("https://a.example/x?y")));
    return auth_for(&auths, &url);
}

static struct auth_signature sign(struct auth *auth, const struct credential *credential)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    struct auth_signature signature = auth_sign(auth, credential, "GET", &url, &out);
    free(sent);
    sent = buf_detach(&out, NULL);
    return signature;
}

static enum auth_step take(struct auth *auth, const struct credential *credential,
                           struct auth_signature signature, const char *headers, unsigned repeats)
{
    uint16_t status = strncmp(headers + 9, "401", 3) == 0 ? 401 : 200;
    auth_end(auth, signature);
    return auth_take(auth, credential, signature, status, bytes_from_string(headers), repeats,
                     NOW_MS, REST_MS, 7);
}

/* Asks until the answer is one; how many requests that took. */
static unsigned ask(struct auth *auth, const struct credential *credential,
                    const char *unsigned_answer, const char *signed_answer, enum auth_step *step)
{
    unsigned requests = 0;
    do {
        struct auth_signature signature = sign(auth, credential);
        *step = take(auth, credential, signature,
                     signature.scheme == AUTH_NONE ? unsigned_answer : signed_answer, requests);
        requests++;
    } while (*step == AUTH_STEP_REPEAT && requests < REPEATS_MOST);
    return requests;
}

START_TEST(each_way_ends_after_few_requests)
{
    static const struct {
        struct credential *credential;
        const char *unsigned_answer;
        const char *signed_answer;
        unsigned requests;
        enum auth_step step;
        enum auth_state state;
        const char *sent;
    } rows[] = {
        { &alice, "HTTP/1.1 200 OK\r\n", "", 1, AUTH_STEP_NONE, AUTH_STATE_QUIET, NULL },
        { &alice, BASIC, "HTTP/1.1 200 OK\r\n", 2, AUTH_STEP_NONE, AUTH_STATE_GOOD,
          "Basic YWxpY2U6c2VzYW1l" },
        { &alice, DIGEST, "HTTP/1.1 200 OK\r\n", 2, AUTH_STEP_NONE, AUTH_STATE_GOOD, "Digest " },
        { &alice, NTLM, "HTTP/1.1 200 OK\r\n", 2, AUTH_STEP_NONE, AUTH_STATE_GOOD, NULL },
        { &alice, BASIC, BASIC, 2, AUTH_STEP_REFUSED, AUTH_STATE_BAD, "Basic YWxpY2U6c2VzYW1l" },
        { &alice, DIGEST, DIGEST, 2, AUTH_STEP_REFUSED, AUTH_STATE_BAD, "Digest " },
        { &alice, NTLM, NTLM, 2, AUTH_STEP_REFUSED, AUTH_STATE_BAD, NULL },
        /* A server that finds each answer stale is not followed for ever. */
        { &alice, DIGEST, STALE, 4, AUTH_STEP_NONE, AUTH_STATE_SIGNING, "Digest " },
        /* Nor one that wants another scheme each time. */
        { &alice, BASIC, DIGEST, 3, AUTH_STEP_REFUSED, AUTH_STATE_BAD, "Digest " },
        { &alice, NOBODY, "", 1, AUTH_STEP_NONE, AUTH_STATE_QUIET, NULL },
        { &eager, "", "HTTP/1.1 200 OK\r\n", 1, AUTH_STEP_NONE, AUTH_STATE_GOOD,
          "Basic YWxpY2U6c2VzYW1l" },
        { &eager, "", BASIC, 1, AUTH_STEP_REFUSED, AUTH_STATE_BAD, "Basic YWxpY2U6c2VzYW1l" },
        { &token, BASIC, "", 1, AUTH_STEP_NONE, AUTH_STATE_QUIET, NULL },
        { &token, "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer\r\n", "HTTP/1.1 200 OK\r\n", 2,
          AUTH_STEP_NONE, AUTH_STATE_GOOD, "Bearer t0ken" },
        { &key, "", "HTTP/1.1 200 OK\r\n", 1, AUTH_STEP_NONE, AUTH_STATE_GOOD, "t0ken" },
        { &key, "", NOBODY, 1, AUTH_STEP_REFUSED, AUTH_STATE_BAD, "t0ken" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum auth_step step;
        struct auth *auth = start();
        unsigned requests =
            ask(auth, rows[i].credential, rows[i].unsigned_answer, rows[i].signed_answer, &step);
        ck_assert_msg(requests == rows[i].requests, "row %zu: %u requests", i, requests);
        ck_assert_msg(step == rows[i].step, "row %zu: step %d", i, step);
        ck_assert_msg(auth->state == rows[i].state, "row %zu: state %d", i, auth->state);
        ck_assert_msg(!sent == !rows[i].sent, "row %zu: %s", i, sent ? sent : "nothing");
        ck_assert_msg(!sent || strncmp(sent, rows[i].sent, strlen(rows[i].sent)) == 0,
                      "row %zu: %s", i, sent);
        ck_assert_msg(!strstr(auth->why, "sesame") && !strstr(auth->why, "t0ken"), "row %zu", i);
    }
}
END_TEST

START_TEST(one_that_is_wrong_is_tried_again_after_a_rest_or_another_configuration)
{
    enum auth_step step;
    struct auth *auth = start();
    ask(auth, &alice, BASIC, BASIC, &step);
    ck_assert_str_eq(auth->why, "https://a.example does not take alice:*** (Basic)");
    ck_assert(!auth_may_ask(auth, NOW_MS + REST_MS - 1));
    ck_assert(auth_may_ask(auth, NOW_MS + REST_MS));
    ck_assert_int_eq(sign(auth, &alice).scheme, AUTH_NONE);
    ask(auth, &alice, BASIC, BASIC, &step);
    ck_assert(!auth_may_ask(auth, NOW_MS));
    auths_renew(&auths);
    ck_assert(auth_may_ask(auth, NOW_MS));
}
END_TEST

START_TEST(what_was_right_once_is_not_wrong_for_one_page)
{
    enum auth_step step;
    struct auth *auth = start();
    ask(auth, &alice, BASIC, "HTTP/1.1 200 OK\r\n", &step);
    ck_assert_int_eq(take(auth, &alice, sign(auth, &alice), BASIC, 0), AUTH_STEP_NONE);
    ck_assert_int_eq(auth->state, AUTH_STATE_GOOD);
    /* A nonce may be too old without a word of it: once. */
    auth = start();
    ask(auth, &alice, DIGEST, "HTTP/1.1 200 OK\r\n", &step);
    ck_assert_int_eq(take(auth, &alice, sign(auth, &alice), DIGEST, 0), AUTH_STEP_REPEAT);
    ck_assert_int_eq(take(auth, &alice, sign(auth, &alice), DIGEST, 1), AUTH_STEP_NONE);
    ck_assert_int_eq(take(auth, &alice, sign(auth, &alice), STALE, 0), AUTH_STEP_REPEAT);
    ck_assert_ptr_nonnull(strstr((sign(auth, &alice), sent), "nonce=\"m\""));
}
END_TEST

START_TEST(who_was_let_in_without_a_challenge_has_not_proven_its_login)
{
    enum auth_step step;
    struct auth *auth = start();
    ask(auth, &eager, BASIC, "HTTP/1.1 200 OK\r\n", &step);
    ck_assert_int_eq(step, AUTH_STEP_NONE);
    ck_assert_int_eq(take(auth, &eager, sign(auth, &eager), BASIC, 0), AUTH_STEP_REFUSED);
    ck_assert(!auth_may_ask(auth, NOW_MS));
}
END_TEST

START_TEST(another_configuration_begins_with_its_own_login)
{
    enum auth_step step;
    struct auth *auth = start();
    ask(auth, &alice, DIGEST, "HTTP/1.1 200 OK\r\n", &step);
    struct auth_signature before = sign(auth, &alice);
    ck_assert_int_eq(before.scheme, AUTH_DIGEST);
    auths_renew(&auths);
    ck_assert_int_eq(take(auth, &token, before, "HTTP/1.1 200 OK\r\n", 0), AUTH_STEP_NONE);
    ck_assert_int_eq(sign(auth, &token).scheme, AUTH_NONE);
}
END_TEST

START_TEST(requests_that_were_under_way_together_follow_the_first)
{
    struct auth *auth = start();
    struct auth_signature first = sign(auth, &alice), second = sign(auth, &alice);
    ck_assert_int_eq(take(auth, &alice, first, BASIC, 0), AUTH_STEP_REPEAT);
    ck_assert_int_eq(take(auth, &alice, second, BASIC, 0), AUTH_STEP_REPEAT);
    ck_assert_uint_eq(auth->challenges, 1);
    /* No second try beside one that nobody took yet. */
    first = sign(auth, &alice);
    ck_assert(auth->is_trying);
    ck_assert_int_eq(take(auth, &alice, first, "HTTP/1.1 200 OK\r\n", 1), AUTH_STEP_NONE);
    ck_assert(!auth->is_trying);
    sign(auth, &alice);
    ck_assert(!auth->is_trying);
}
END_TEST

START_TEST(origins_know_nothing_of_each_other)
{
    static const char *const others[] = { "http://a.example/", "https://a.example:8443/",
                                          "https://b.a.example/", "https://example/",
                                          "https://a.example./" };
    enum auth_step step;
    struct auth *auth = start();
    ask(auth, &alice, BASIC, "HTTP/1.1 200 OK\r\n", &step);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        ck_assert(url_split(&url, bytes_from_string(others[i])));
        ck_assert_ptr_ne(auth_for(&auths, &url), auth);
        ck_assert_int_eq(sign(auth_for(&auths, &url), &alice).scheme, AUTH_NONE);
        ck_assert_ptr_null(sent);
    }
    auths_clear(&auths);
}
END_TEST

SUITE_MAIN("auth", each_way_ends_after_few_requests,
           one_that_is_wrong_is_tried_again_after_a_rest_or_another_configuration,
           what_was_right_once_is_not_wrong_for_one_page,
           who_was_let_in_without_a_challenge_has_not_proven_its_login,
           another_configuration_begins_with_its_own_login,
           requests_that_were_under_way_together_follow_the_first,
           origins_know_nothing_of_each_other)
