/* SPDX-License-Identifier: MIT
 *
 * outcome - what one fetch came to, and the state that leaves its URL in.
 *
 * One row an outcome: its word (in logs, explain and exports). A URL's reason is its last outcome.
 * Those that are HELD are no URL's: they say why a host is left alone.
 */
#ifndef FRONTIER_OUTCOME_H
#define FRONTIER_OUTCOME_H

#include <stdbool.h>

#define OUTCOME_TABLE(ROW)                                                                         \
    ROW(NONE, "not tried yet")                                                                     \
    ROW(PAGE, "page")                                                                              \
    ROW(UNCHANGED, "unchanged content")                                                            \
    ROW(NOT_MODIFIED, "not modified")                                                              \
    ROW(OTHER_VERSION, "an answer about another version")                                          \
    ROW(FRESH, "fresh by its own headers")                                                         \
    ROW(REDIRECT, "redirect")                                                                      \
    ROW(GONE, "not found")                                                                         \
    ROW(NOINDEX, "noindex")                                                                        \
    ROW(REFUSED_ROBOTS, "disallowed by robots.txt")                                                \
    ROW(REFUSED_ROBOTS_UNREACHABLE, "robots.txt unreachable")                                      \
    ROW(REFUSED_SCOPE, "out of scope")                                                             \
    ROW(REFUSED_TYPE, "content type not accepted")                                                 \
    ROW(REFUSED_SIZE, "larger than max_body")                                                      \
    ROW(REFUSED_NO_STORE, "no-store, and not kept")                                                \
    ROW(REFUSED_ADDRESS, "address not allowed")                                                    \
    ROW(REFUSED_STATUS, "refused by the server")                                                   \
    ROW(REFUSED_LOGIN, "login refused")                                                            \
    ROW(REDIRECT_LOOP, "redirect loop or too many redirects")                                      \
    ROW(REDIRECT_NOWHERE, "redirect to what is no URL that is crawled")                            \
    ROW(HELD_HOURS, "outside its hours")                                                           \
    ROW(HELD_PAUSED, "paused")                                                                     \
    ROW(HELD_PROXY, "no proxy works")                                                              \
    ROW(FAILED_DNS, "host name not resolved")                                                      \
    ROW(FAILED_CONNECT, "no connection")                                                           \
    ROW(FAILED_PROXY, "no way through a proxy")                                                    \
    ROW(FAILED_TLS, "TLS failed")                                                                  \
    ROW(FAILED_TIMEOUT, "timed out")                                                               \
    ROW(FAILED_PROTOCOL, "protocol error or cut off")                                              \
    ROW(FAILED_SERVER, "server error")                                                             \
    ROW(FAILED_BUSY, "server asks for less")                                                       \
    ROW(TRUNCATED, "cut off, a part is kept")

enum outcome {
#define ROW(name, word) OUTCOME_##name,
    OUTCOME_TABLE(ROW)
#undef ROW
        OUTCOME_COUNT
};

#define URL_STATE_TABLE(ROW)                                                                       \
    ROW(UNKNOWN, "unknown")                                                                        \
    ROW(QUEUED, "queued")                                                                          \
    ROW(LIVE, "live")                                                                              \
    ROW(GONE, "gone")                                                                              \
    ROW(UNREACHABLE, "unreachable")                                                                \
    ROW(BLOCKED, "blocked")                                                                        \
    ROW(OUT_OF_SCOPE, "out-of-scope")                                                              \
    ROW(NOINDEX, "noindex")                                                                        \
    ROW(DUPLICATE, "duplicate-of")                                                                 \
    ROW(MOVED, "moved-to")

enum url_state {
#define ROW(name, word) URL_STATE_##name,
    URL_STATE_TABLE(ROW)
#undef ROW
        URL_STATE_COUNT
};

const char *outcome_word(enum outcome outcome);
const char *url_state_word(enum url_state state);

/* Network and server trouble, which another try may cure. */
bool outcome_is_failure(enum outcome outcome);

#endif
