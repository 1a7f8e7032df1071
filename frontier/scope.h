/* SPDX-License-Identifier: MIT
 *
 * scope - do we want this URL? Ordered include and exclude rules, then what the seeds span. The door to
 * pcre2.h.
 *
 * A struct scope never changes after scope_new and may be asked by any thread. A rule that hits PCRE2's match or depth
 * limit does not match, and is counted.
 */
#ifndef FRONTIER_SCOPE_H
#define FRONTIER_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/url.h"

#define SCOPE_REASON_TABLE(ROW)                                                                    \
    ROW(IN_SEEDS, true, "within the seeds' scope")                                                 \
    ROW(IN_RULE, true, "included by a rule")                                                       \
    ROW(OUT_SEEDS, false, "outside the seeds' scope")                                              \
    ROW(OUT_RULE, false, "excluded by a rule")                                                     \
    ROW(OUT_DEPTH, false, "deeper than max_depth")                                                 \
    ROW(OUT_LENGTH, false, "longer than max_url")                                                  \
    ROW(OUT_TRAP_SEGMENTS, false, "a path segment repeats")                                        \
    ROW(OUT_TRAP_DEPTH, false, "too many path segments")                                           \
    ROW(OUT_TRAP_QUERY, false, "too many query parameters")

enum scope_reason {
#define ROW(name, is_in, text) SCOPE_##name,
    SCOPE_REASON_TABLE(ROW)
#undef ROW
};

enum scope_span { SCOPE_SPAN_HOST, SCOPE_SPAN_SITE, SCOPE_SPAN_PREFIX, SCOPE_SPAN_ANY };

struct scope_rule {
    bool is_include;
    const char *pattern; /* PCRE2, matched anywhere in the canonical URL. */
    const char *host;    /* Section that it stands in: "docs.example.org" or "*.example.org"; NULL: all hosts. */
    const char *file;    /* Where it stands, for explain. */
    unsigned line;
};

struct scope_options {
    enum scope_span span;
    uint32_t max_depth;
    uint32_t max_url_bytes;
    uint32_t max_segment_repeats; /* 3: the third time the same segment stands in a path. */
    uint32_t max_segments;
    uint32_t max_parameters;
};

struct scope_answer {
    enum scope_reason reason;
    const struct scope_rule *rule; /* Borrowed from the scope; NULL where no rule decided. */
};

struct scope;

/* Copies rules and seeds (canonical URLs). A pattern that does not compile: NULL, and *error (caller frees) says
 * file, line and what is wrong. */
struct scope *scope_new(const struct scope_options *options, const struct scope_rule *rules,
                        size_t rule_count, const struct bytes *seeds, size_t seed_count,
                        char **error);
void scope_free(struct scope *scope);

/* A seed itself is in scope whatever span and depth say; rules hold for it too. Thread-safe. answer may be NULL. */
bool scope_has(const struct scope *scope, const struct url *url, uint32_t depth,
               struct scope_answer *answer);

const char *scope_reason_text(enum scope_reason reason);

/* Times that a rule hit a limit so far. */
uint64_t scope_limit_hits(const struct scope *scope);

#endif
