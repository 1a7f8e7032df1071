/* SPDX-License-Identifier: MIT
 *
 * their_rules - what other normalisers do to a URL beyond what we do, each rule on its own.
 *
 * The suites of url-normalise contradict one another on purpose. Where one wants another URL than
 * ours, the difference must be what its own rules make of ours: nothing less, and nothing that is
 * not one of them.
 */
#ifndef TESTS_CONFORMANCE_THEIR_RULES_H
#define TESTS_CONFORMANCE_THEIR_RULES_H

#include "base/url.h"
#include "tests/conformance/row.h"

/* A URL in its parts, each as it is written between the others; all may be replaced. */
struct form {
    struct arena *arena;
    struct bytes input;  /* What the URL was before anybody touched it. */
    struct bytes scheme; /* "http" */
    struct bytes user;   /* "user:password@" */
    struct bytes host;
    struct bytes port; /* ":81" */
    struct bytes path;
    struct bytes query; /* "?a=b" */
};

/* The parts borrow the URL and the input. */
struct form form_of(struct arena *arena, const struct url *url, struct bytes input);
struct bytes form_text(const struct form *form);

/* In the order in which they are applied. The words are the reason for which a row is skipped. */
#define THEIR_RULE_TABLE(ROW)                                                                      \
    ROW(KEEPS_SCHEME_CASE, "keeps the scheme's case", keep_scheme_case)                            \
    ROW(DROPS_TLS, "https becomes http", drop_tls)                                                 \
    ROW(DROPS_USER, "drops credentials", drop_user)                                                \
    ROW(DECODES_USER, "unescapes credentials", decode_user)                                        \
    ROW(KEEPS_ODD_HOST, "keeps hosts that the DNS cannot know as they are", keep_odd_host)         \
    ROW(DOTS_ARE_ZERO, "a host of dots is 0.0.0.0", make_dots_zero)                                \
    ROW(SQUEEZES_HOST, "drops a host's empty labels", squeeze_host)                                \
    ROW(DROPS_WWW, "drops www.", drop_www)                                                         \
    ROW(KEEPS_PORT, "keeps a default port", keep_port)                                             \
    ROW(KEEPS_NO_PATH, "adds no slash", keep_no_path)                                              \
    ROW(UNESCAPES, "unescapes until nothing changes", unescape)                                    \
    ROW(UNESCAPES_BUT, "unescapes until nothing changes, but not & in a query", unescape_but)      \
    ROW(ESCAPES_PERCENT, "escapes a lone percent sign", escape_percent)                            \
    ROW(ESCAPES_MORE, "escapes more bytes", escape_more)                                           \
    ROW(ESCAPES_QUERY, "escapes all reserved bytes of a query", escape_query)                      \
    ROW(KEEPS_APOSTROPHE, "leaves apostrophes of a query", keep_apostrophe)                        \
    ROW(PLUS_FOR_SPACE, "writes a space of a query as +", plus_for_space)                          \
    ROW(DROPS_SEPARATORS, "drops line and paragraph separators", drop_separators)                  \
    ROW(SQUEEZES_SLASHES, "makes slashes one", squeeze_slashes)                                    \
    ROW(DROPS_PATH_SESSION, "drops session ids of ASP.NET from paths", drop_path_session)          \
    ROW(DROPS_SESSION, "drops session ids of its own forms", drop_session)                         \
    ROW(LOWERS, "lower-cases path and query", lower_path_query)                                    \
    ROW(DROPS_EMPTY, "drops parameters without a name", drop_nameless)                             \
    ROW(DROPS_BLANK, "drops parameters without a value", drop_blank)                               \
    ROW(DROPS_EQUALS, "drops = before nothing", drop_equals)                                       \
    ROW(ADDS_EQUALS, "adds = to names alone", add_equals)                                          \
    ROW(SORTS, "sorts the query", sort_query)                                                      \
    ROW(DROPS_QUERY_MARK, "drops a ? before nothing", drop_query_mark)                             \
    ROW(DROPS_SLASH, "drops a slash at the end", drop_slash)

enum their_rule {
#define ROW(name, words, function) THEIR_##name,
    THEIR_RULE_TABLE(ROW)
#undef ROW
        THEIR_RULE_COUNT
};

const char *their_rule_words(enum their_rule rule);

/* False where it changes nothing. */
bool their_rule_apply(enum their_rule rule, struct form *form);

#endif
