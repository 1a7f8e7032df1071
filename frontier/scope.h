/* SPDX-License-Identifier: MIT
 *
 * scope - do we want this URL? Ordered include and exclude rules, then what the seeds span. The
 * door to pcre2.h.
 *
 * Limits come first and hold for whatever a rule includes: length, depth, traps. Then the first
 * rule that applies to the URL's host and matches decides. Where none does, the URL must lie in the
 * seeds' span.
 *
 * A struct scope never changes after scope_new and may be asked by any thread. A rule that hits
 * PCRE2's match or depth limit does not match, and is counted.
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

enum scope_span {
    SCOPE_SPAN_HOST,   /* The seeds' hosts: the same name, any scheme and port. */
    SCOPE_SPAN_SITE,   /* Hosts of the seeds' registrable domains. */
    SCOPE_SPAN_PREFIX, /* What begins as a seed does up to the last '/' of its path; http or https
                          alike. */
    SCOPE_SPAN_ANY
};

struct scope_rule {
    bool is_include;
    const char *pattern; /* PCRE2, matched anywhere in the canonical URL. */
    const char *host; /* Section that it stands in: "docs.example.org", or "*.example.org" for all
                         names below example.org but not that one itself; NULL: all hosts. */
    const char *file; /* Where it stands, for explain. */
    unsigned line;
};

/* 0 switches each limit but max_depth off. */
struct scope_options {
    enum scope_span span;
    uint32_t max_depth; /* 0: the seeds alone. */
    uint32_t max_url_bytes;
    /* 3: the third time that the same segment stands in a path, in a row or not; empty ones do not
     * count. A loop of relative links grows so (/a/b/a/b/a/), but a date may look like one
     * (/11/11/11/): for such a site, more. */
    uint32_t max_segment_repeats;
    uint32_t max_segments;   /* Empty ones do not count. */
    uint32_t max_parameters; /* Of the query, between '&'; empty ones do not count. */
};

struct scope_answer {
    enum scope_reason reason;
    const struct scope_rule *rule; /* Borrowed from the scope; NULL where no rule decided. */
};

struct scope;

/* Copies rules and seeds (canonical URLs). A pattern that does not compile, or a host section that
 * is no host: NULL, and *error (caller frees) says file, line, what is wrong and what to do. */
struct scope *scope_new(const struct scope_options *options, const struct scope_rule *rules,
                        size_t rule_count, const struct bytes *seeds, size_t seed_count,
                        char **error);
void scope_free(struct scope *scope);

/* A seed itself is in scope whatever limits and span say; rules hold for it too. Thread-safe.
 * answer may be NULL. */
bool scope_has(const struct scope *scope, const struct url *url, uint32_t depth,
               struct scope_answer *answer);

const char *scope_reason_text(enum scope_reason reason);

/* Times that a rule hit a limit so far. */
uint64_t scope_limit_hits(const struct scope *scope);

/* Rules that can never decide, because an earlier one for the same hosts or more has the same
 * pattern or one that matches everything, such as ".*". Fills at most `most` pairs of positions in
 * scope_new's rules, the hidden one and the one that hides it; returns how many there are. */
size_t scope_find_hidden(const struct scope *scope, size_t *hidden, size_t *by, size_t most);

#endif
