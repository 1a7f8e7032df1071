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

#include "base/buf.h"
#include "base/url.h"

/* Why: is it in, the option that says so, and words. */
#define SCOPE_REASON_TABLE(ROW)                                                                    \
    ROW(IN_SEEDS, true, "scope", "within the seeds' scope")                                        \
    ROW(IN_RULE, true, "include", "included by a rule")                                            \
    ROW(OUT_SEEDS, false, "scope", "outside the seeds' scope")                                     \
    ROW(OUT_RULE, false, "exclude", "excluded by a rule")                                          \
    ROW(OUT_FTP, false, "ftp", "ftp, which is off (ftp)")                                          \
    ROW(OUT_DEPTH, false, "max_depth", "deeper than max_depth")                                    \
    ROW(OUT_LENGTH, false, "max_url", "longer than max_url")                                       \
    ROW(OUT_TRAP_DEPTH, false, "max_segments", "a trap: too many path segments (max_segments)")    \
    ROW(OUT_TRAP_SEGMENT_LENGTH, false, "max_segment",                                             \
        "a trap: a path segment is too long (max_segment)")                                        \
    ROW(OUT_TRAP_SEGMENTS, false, "max_segment_repeats",                                           \
        "a trap: a path segment repeats (max_segment_repeats)")                                    \
    ROW(OUT_TRAP_GROUPS, false, "max_group_repeats",                                               \
        "a trap: path segments repeat as a group (max_group_repeats)")                             \
    ROW(OUT_TRAP_QUERY, false, "max_parameters",                                                   \
        "a trap: too many query parameters (max_parameters)")                                      \
    ROW(OUT_TRAP_PARAMETERS, false, "max_parameter_repeats",                                       \
        "a trap: a query parameter repeats (max_parameter_repeats)")                               \
    ROW(OUT_TRAP_OWN_PATH, false, "max_own_paths",                                                 \
        "a trap: the query holds the URL's own path (max_own_paths)")                              \
    ROW(OUT_TRAP_ESCAPES, false, "max_escape_depth",                                               \
        "a trap: escapes within escapes (max_escape_depth)")

enum scope_reason {
#define ROW(name, ...) SCOPE_##name,
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

/* What looks like a trap (frontier/traps.h). 0 switches each off. */
struct scope_limits {
    uint32_t segments;      /* Most. Empty ones do not count, here and below. */
    uint32_t segment_bytes; /* Of the longest, at most. */
    /* 3: the third time that the same segment stands in a path, in a row or not. A loop of relative
     * links grows so (/a/x/a/y/a/), but a date may look like one (/11/11/11/): for such a site,
     * more. */
    uint32_t segment_repeats;
    /* 2: the second time in a row that two or more segments stand there (/a/b/a/b/), unless they
     * are numbers. */
    uint32_t group_repeats;
    uint32_t parameters;        /* Most, of the query, between '&'. */
    uint32_t parameter_repeats; /* 4: the fourth time that one name stands in the query. */
    uint32_t own_paths;         /* 2: the second time that the query holds the URL's own path. */
    uint32_t escape_depth;      /* Most; 2 is "%252F". */
    /* URLs of ftp are followed, too: 0 or 1, and as wide as the rest, so that limits are compared
     * as bytes. No seed goes without it. */
    uint32_t has_ftp;
};

/* The limits of one host, or of all below a domain (base/host_pattern.h). */
struct scope_section {
    const char *pattern;
    uint32_t max_depth; /* 0: none of its URLs but seeds. */
    struct scope_limits limits;
};

struct scope_options {
    enum scope_span span;
    uint32_t max_depth;     /* 0: the seeds alone. */
    uint32_t max_url_bytes; /* 0: no limit. */
    struct scope_limits limits;
    /* In the order of strcmp of their patterns, none twice; the most specific counts. A scope
     * without any looks no host up. */
    const struct scope_section *sections;
    size_t section_count;
};

struct scope_answer {
    enum scope_reason reason;
    const struct scope_rule *rule; /* Borrowed from the scope; NULL where no rule decided. */
};

struct scope;

/* Copies options, rules and seeds (canonical URLs). A pattern that does not compile, or a host
 * section that is no host: NULL, and *error (caller frees) says file, line, what is wrong and what
 * to do. */
struct scope *scope_new(const struct scope_options *options, const struct scope_rule *rules,
                        size_t rule_count, const struct bytes *seeds, size_t seed_count,
                        char **error);
void scope_free(struct scope *scope);

/* A seed itself is in scope whatever limits and span say; rules hold for it too. Thread-safe.
 * answer may be NULL. */
bool scope_has(const struct scope *scope, const struct url *url, uint32_t depth,
               struct scope_answer *answer);

const char *scope_reason_text(enum scope_reason reason);
/* The option that decided, "include" and "exclude" among them: a code that stays as it is. */
const char *scope_reason_option(enum scope_reason reason);

/* Appends the reason, and the rule that decided: "excluded by a rule (forage.conf:12: /private/)".
 */
void scope_answer_print(const struct scope_answer *answer, struct buf *out);

/* What a rule says to a URL. */
#define SCOPE_VERDICT_TABLE(ROW)                                                                   \
    ROW(MATCHES, "matched")                                                                        \
    ROW(NO_MATCH, "no match")                                                                      \
    ROW(LIMIT, "limit hit") /* PCRE2's: it took too long, so it does not match. */                 \
    ROW(OTHER_HOST, "other host")                                                                  \
    ROW(NOT_TRIED, "not tried")

enum scope_verdict {
#define ROW(name, text) SCOPE_VERDICT_##name,
    SCOPE_VERDICT_TABLE(ROW)
#undef ROW
};

const char *scope_verdict_text(enum scope_verdict verdict);

/* What each rule says, in their order, as they are tried for scope_has: none where a limit stands
 * before them, and none behind the first that matches. For people: nothing is counted. */
typedef void scope_each_rule(void *owner, const struct scope_rule *rule,
                             enum scope_verdict verdict);
void scope_try_rules(const struct scope *scope, const struct url *url, uint32_t depth,
                     scope_each_rule *each, void *owner);

/* Times that a rule hit a limit so far. */
uint64_t scope_limit_hits(const struct scope *scope);

/* Rules that can never decide, because an earlier one for the same hosts or more matches
 * everything, or all that they do, as far as that can be seen (pattern_cover.h). Fills at most
 * `most` pairs of positions in scope_new's rules, the hidden one and the one that hides it; returns
 * how many there are. */
size_t scope_find_hidden(const struct scope *scope, size_t *hidden, size_t *by, size_t most);

#endif
