/* SPDX-License-Identifier: MIT
 *
 * What the seeds span is a set of byte strings (host names, sites or prefixes), so a URL costs a
 * few look-ups however many seeds there are. Rules are tried one after the other.
 *
 * PCRE2's JIT counts the match limit more coarsely than its interpreter and knows no depth limit;
 * its stack of 32 KiB stands in for that. Whichever bound is hit, it takes well below a
 * millisecond.
 */
#include "frontier/scope.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/host_pattern.h"
#include "base/memory.h"
#include "base/site.h"
#include "frontier/pattern_cover.h"
#include "frontier/traps.h"

enum {
    MATCH_LIMIT = 100000,
    DEPTH_LIMIT = 1000,
    HEAP_LIMIT_KIB =
        16384,       /* For patterns with thousands of groups, which need much for each step. */
    VERDICTS = 4096, /* A power of two. */
    ERROR_TEXT_BYTES = 256,
    PATTERN_SHOWN_MOST = 200, /* It stands in the record of each URL that it keeps out. */
};

/* A set of byte strings: open addressing, never more than half full, filled once. */
struct set {
    struct set_entry {
        uint64_t hash;
        struct bytes bytes; /* No data: empty. */
    } * table;
    size_t capacity; /* A power of two, or 0. */
    size_t count;
};

struct rule {
    struct scope_rule about; /* Its strings are the scope's own. */
    pcre2_code *code;
    struct bytes host; /* A host_pattern, canonical; empty: all hosts. */
};

struct scope {
    struct scope_options options;
    struct arena arena;             /* All strings. */
    const char **patterns;          /* Of host sections, in order ... */
    struct scope_section *sections; /* ... and they themselves. */
    struct rule *rules;
    size_t rule_count;
    pcre2_general_context *memory;
    pcre2_match_context *match_context;
    struct set seeds;             /* Whole URLs. */
    struct set span;              /* Hosts, sites or prefixes, as options.span says. */
    uint32_t prefix_slashes_most; /* Of all prefixes; a URL's further ones need no look-up. */
    /* What changes, in ways that no answer shows. */
    atomic_uint_fast64_t *limit_hits;
    atomic_uint_fast64_t *verdicts; /* Of has_site, or NULL: see there. */
    uint64_t verdict_seed;
};

/* ---- Sets */

static struct set_entry *set_find(const struct set *set, struct bytes bytes, uint64_t hash)
{
    size_t mask = set->capacity - 1;
    size_t at = (size_t)hash & mask;
    for (;; at = (at + 1) & mask) {
        struct set_entry *entry = &set->table[at];
        if (!entry->bytes.data || (entry->hash == hash && bytes_equal(entry->bytes, bytes)))
            return entry;
    }
}

static bool set_has(const struct set *set, struct bytes bytes)
{
    return set->count > 0 && set_find(set, bytes, hash_bytes(bytes, 0))->bytes.data;
}

static void set_grow(struct set *set)
{
    struct set old = *set;
    set->capacity = old.capacity ? 2 * old.capacity : 16;
    set->table = xcalloc(set->capacity, sizeof(*set->table));
    for (size_t i = 0; i < old.capacity; i++)
        if (old.table[i].bytes.data)
            *set_find(set, old.table[i].bytes, old.table[i].hash) = old.table[i];
    free(old.table);
}

/* The bytes are copied to the arena unless they are in the set already. */
static void set_add(struct set *set, struct arena *arena, struct bytes bytes)
{
    if (2 * (set->count + 1) > set->capacity)
        set_grow(set);
    uint64_t hash = hash_bytes(bytes, 0);
    struct set_entry *entry = set_find(set, bytes, hash);
    if (entry->bytes.data)
        return;
    *entry = (struct set_entry){ hash, arena_copy(arena, bytes) };
    set->count++;
}

/* ---- Building */

static void *allocate(size_t size, void *nothing)
{
    (void)nothing;
    return xmalloc(size);
}

static void release(void *memory, void *nothing)
{
    (void)nothing;
    free(memory);
}

static const char *copy_string(struct scope *scope, const char *string)
{
    return string ? arena_copy(&scope->arena, bytes_from_string(string)).data : NULL;
}

static bool read_host(struct scope *scope, struct rule *rule)
{
    struct buf pattern;
    buf_init(&pattern, BUF_UNBOUNDED);
    bool is_host = host_pattern_write(&pattern, bytes_from_string(rule->about.host));
    if (is_host)
        rule->host = arena_copy(&scope->arena, buf_bytes(&pattern));
    buf_clear(&pattern);
    return is_host;
}

static char *describe_host_error(const struct scope_rule *rule)
{
    return xasprintf("%s:%u: \"%s\" is no host; write a name such as docs.example.org, "
                     "or *.example.org for all names below example.org",
                     rule->file, rule->line, rule->host);
}

static char *describe_pattern_error(const struct scope_rule *rule, int code, size_t offset)
{
    PCRE2_UCHAR text[ERROR_TEXT_BYTES] = "";
    pcre2_get_error_message(code, text, sizeof(text));
    return xasprintf("%s:%u: the pattern \"%s\" is wrong at offset %zu: %s; correct it "
                     "(a backslash before a character takes that literally)",
                     rule->file, rule->line, rule->pattern, offset, (const char *)text);
}

/* NULL, or what is wrong. */
static char *compile(struct scope *scope, struct rule *rule, const struct scope_rule *from)
{
    rule->about =
        (struct scope_rule){ .is_include = from->is_include,
                             .pattern = copy_string(scope, from->pattern),
                             .host = copy_string(scope, from->host),
                             .file = copy_string(scope, from->file ? from->file : "rules"),
                             .line = from->line };
    if (rule->about.host && !read_host(scope, rule))
        return describe_host_error(&rule->about);
    int error = 0;
    size_t offset = 0;
    /* Canonical URLs are ASCII, so bytes are characters. */
    rule->code = pcre2_compile((PCRE2_SPTR)rule->about.pattern, PCRE2_ZERO_TERMINATED,
                               PCRE2_NEVER_UTF | PCRE2_NEVER_UCP, &error, &offset, NULL);
    if (!rule->code)
        return describe_pattern_error(&rule->about, error, offset);
    /* Where it cannot (no executable memory, perhaps), the interpreter matches, only slower. */
    pcre2_jit_compile(rule->code, PCRE2_JIT_COMPLETE);
    return NULL;
}

/* What a prefix is compared with: host, port and path, so that http and https are alike. */
static struct bytes behind_scheme(const struct url *url, uint32_t end)
{
    return bytes_slice(url_bytes(url), url->host_start, end);
}

static void add_prefix(struct scope *scope, const struct url *url)
{
    uint32_t end = url->query_start;
    while (end > url->path_start && url->href[end - 1] != '/')
        end--;
    uint32_t slashes = 0;
    for (uint32_t i = url->path_start; i < end; i++)
        slashes += url->href[i] == '/';
    if (slashes > scope->prefix_slashes_most)
        scope->prefix_slashes_most = slashes;
    set_add(&scope->span, &scope->arena, behind_scheme(url, end));
}

static void add_seed(struct scope *scope, struct bytes seed)
{
    struct url url;
    if (!url_split(&url, seed))
        return;
    set_add(&scope->seeds, &scope->arena, seed);
    switch (scope->options.span) {
    case SCOPE_SPAN_HOST:
        set_add(&scope->span, &scope->arena, url_host(&url));
        break;
    case SCOPE_SPAN_SITE:
        set_add(&scope->span, &scope->arena, site_of_host(url_host(&url)));
        break;
    case SCOPE_SPAN_PREFIX:
        add_prefix(scope, &url);
        break;
    case SCOPE_SPAN_ANY:
        break;
    }
}

static void copy_sections(struct scope *scope, const struct scope_section *sections, size_t count)
{
    scope->patterns = arena_alloc(&scope->arena, count * sizeof(*scope->patterns));
    scope->sections = arena_alloc(&scope->arena, count * sizeof(*scope->sections));
    for (size_t i = 0; i < count; i++) {
        scope->patterns[i] = copy_string(scope, sections[i].pattern);
        scope->sections[i] = sections[i];
        scope->sections[i].pattern = scope->patterns[i];
        assert(i == 0 || strcmp(scope->patterns[i - 1], scope->patterns[i]) < 0);
    }
    scope->options.sections = NULL; /* The caller's. */
}

struct scope *scope_new(const struct scope_options *options, const struct scope_rule *rules,
                        size_t rule_count, const struct bytes *seeds, size_t seed_count,
                        char **error)
{
    struct scope *scope = xcalloc(1, sizeof(*scope));
    scope->options = *options;
    arena_init(&scope->arena);
    copy_sections(scope, options->sections, options->section_count);
    scope->limit_hits = xcalloc(1, sizeof(*scope->limit_hits));
    if (options->span == SCOPE_SPAN_SITE)
        scope->verdicts = xcalloc(VERDICTS, sizeof(*scope->verdicts));
    scope->verdict_seed = (uint64_t)(uintptr_t)scope; /* No site can know it. */
    scope->memory = pcre2_general_context_create(allocate, release, NULL);
    scope->match_context = pcre2_match_context_create(scope->memory);
    pcre2_set_heap_limit(scope->match_context, HEAP_LIMIT_KIB);
    pcre2_set_match_limit(scope->match_context, MATCH_LIMIT);
    pcre2_set_depth_limit(scope->match_context, DEPTH_LIMIT);
    scope->rules = xcalloc(rule_count, sizeof(*scope->rules));
    *error = NULL;
    for (size_t i = 0; i < rule_count && !*error; i++) {
        scope->rule_count++;
        *error = compile(scope, &scope->rules[i], &rules[i]);
    }
    if (*error) {
        scope_free(scope);
        return NULL;
    }
    for (size_t i = 0; i < seed_count; i++)
        add_seed(scope, seeds[i]);
    return scope;
}

void scope_free(struct scope *scope)
{
    if (!scope)
        return;
    for (size_t i = 0; i < scope->rule_count; i++)
        pcre2_code_free(scope->rules[i].code);
    pcre2_match_context_free(scope->match_context);
    pcre2_general_context_free(scope->memory);
    free(scope->rules);
    free(scope->seeds.table);
    free(scope->span.table);
    free(scope->limit_hits);
    free(scope->verdicts);
    arena_clear(&scope->arena);
    free(scope);
}

/* ---- Limits */

/* Of the URL's host; NULL where it has none. */
static const struct scope_section *section_of(const struct scope *scope, const struct url *url)
{
    size_t count = scope->options.section_count;
    size_t place = count > 0 ? host_patterns_find(scope->patterns, count, url_host(url)) : 0;
    return place < count ? &scope->sections[place] : NULL;
}

static bool has_ftp(const struct scope *scope, const struct url *url)
{
    const struct scope_section *section = section_of(scope, url);
    return (section ? &section->limits : &scope->options.limits)->has_ftp;
}

/* The limits that hold for all URLs but seeds. */
static bool is_beyond_limits(const struct scope *scope, const struct url *url, uint32_t depth,
                             enum scope_reason *reason)
{
    const struct scope_options *options = &scope->options;
    *reason = SCOPE_OUT_LENGTH;
    if (options->max_url_bytes && url->length > options->max_url_bytes)
        return true;
    const struct scope_section *section = section_of(scope, url);
    *reason = SCOPE_OUT_DEPTH;
    if (depth > (section ? section->max_depth : options->max_depth))
        return true;
    return trap_has(section ? &section->limits : &options->limits, url, reason);
}

/* ---- Rules */

static bool rule_applies(const struct rule *rule, struct bytes host)
{
    return rule->host.length == 0 || host_pattern_matches(rule->host, host);
}

static enum scope_verdict try_rule(const struct scope *scope, const struct rule *rule,
                                   const struct url *url, pcre2_match_data *data)
{
    int found = pcre2_match(rule->code, (PCRE2_SPTR)url->href, url->length, 0, 0, data,
                            scope->match_context);
    if (found >= 0)
        return SCOPE_VERDICT_MATCHES;
    return found == PCRE2_ERROR_NOMATCH ? SCOPE_VERDICT_NO_MATCH : SCOPE_VERDICT_LIMIT;
}

static const struct rule *first_match(const struct scope *scope, const struct url *url)
{
    const struct rule *found = NULL;
    pcre2_match_data *data = NULL;
    struct bytes host = url_host(url);
    for (size_t i = 0; i < scope->rule_count && !found; i++) {
        const struct rule *rule = &scope->rules[i];
        if (!rule_applies(rule, host))
            continue;
        /* One for each call, not for each thread: it is some hundred bytes, and nothing is left
         * behind. */
        if (!data)
            data = pcre2_match_data_create(1, scope->memory);
        enum scope_verdict verdict = try_rule(scope, rule, url, data);
        if (verdict == SCOPE_VERDICT_MATCHES)
            found = rule;
        if (verdict == SCOPE_VERDICT_LIMIT)
            atomic_fetch_add_explicit(scope->limit_hits, 1, memory_order_relaxed);
    }
    pcre2_match_data_free(data);
    return found;
}

/* ---- The seeds' span */

/* The public suffix list takes half a microsecond, and most links lead to few hosts, so the last
 * answers are kept: each is the host's hash with the verdict in its lowest bit, in one word that
 * threads may read and write as they like. */
static bool has_site(const struct scope *scope, struct bytes host)
{
    uint64_t hash = hash_bytes(host, scope->verdict_seed) | 1;
    atomic_uint_fast64_t *kept = &scope->verdicts[(hash >> 1) % VERDICTS];
    uint64_t verdict = atomic_load_explicit(kept, memory_order_relaxed);
    if ((verdict | 1) == hash)
        return verdict & 1;
    bool is_in = set_has(&scope->span, site_of_host(host));
    atomic_store_explicit(kept, is_in ? hash : hash ^ 1, memory_order_relaxed);
    return is_in;
}

static bool has_prefix(const struct scope *scope, const struct url *url)
{
    uint32_t slashes = 0;
    for (uint32_t i = url->path_start; i < url->query_start; i++) {
        if (url->href[i] != '/')
            continue;
        if (++slashes > scope->prefix_slashes_most)
            return false;
        if (set_has(&scope->span, behind_scheme(url, i + 1)))
            return true;
    }
    return false;
}

static bool span_has(const struct scope *scope, const struct url *url)
{
    switch (scope->options.span) {
    case SCOPE_SPAN_HOST:
        return set_has(&scope->span, url_host(url));
    case SCOPE_SPAN_SITE:
        return has_site(scope, url_host(url));
    case SCOPE_SPAN_PREFIX:
        return has_prefix(scope, url);
    case SCOPE_SPAN_ANY:
        return true;
    }
    return false;
}

/* ---- The public functions */

/* Do limits refuse it before any rule is tried? */
static bool is_refused(const struct scope *scope, const struct url *url, uint32_t depth,
                       enum scope_reason *reason)
{
    *reason = SCOPE_OUT_FTP;
    if (url->scheme == URL_SCHEME_FTP && !has_ftp(scope, url))
        return true;
    return !set_has(&scope->seeds, url_bytes(url)) && is_beyond_limits(scope, url, depth, reason);
}

static struct scope_answer ask(const struct scope *scope, const struct url *url, uint32_t depth)
{
    struct scope_answer answer = { .reason = SCOPE_IN_SEEDS };
    if (is_refused(scope, url, depth, &answer.reason))
        return answer;
    const struct rule *rule = first_match(scope, url);
    if (rule) {
        answer.reason = rule->about.is_include ? SCOPE_IN_RULE : SCOPE_OUT_RULE;
        answer.rule = &rule->about;
        return answer;
    }
    /* Any span has its seeds. */
    answer.reason = span_has(scope, url) ? SCOPE_IN_SEEDS : SCOPE_OUT_SEEDS;
    return answer;
}

static const struct {
    bool is_in;
    const char *option;
    const char *text;
} reasons[] = {
#define ROW(name, is_in, option, text) { is_in, option, text },
    SCOPE_REASON_TABLE(ROW)
#undef ROW
};

bool scope_has(const struct scope *scope, const struct url *url, uint32_t depth,
               struct scope_answer *answer)
{
    struct scope_answer given = ask(scope, url, depth);
    if (answer)
        *answer = given;
    return reasons[given.reason].is_in;
}

const char *scope_reason_text(enum scope_reason reason)
{
    assert((size_t)reason < sizeof(reasons) / sizeof(reasons[0]));
    return reasons[reason].text;
}

const char *scope_reason_option(enum scope_reason reason)
{
    assert((size_t)reason < sizeof(reasons) / sizeof(reasons[0]));
    return reasons[reason].option;
}

void scope_answer_print(const struct scope_answer *answer, struct buf *out)
{
    const struct scope_rule *rule = answer->rule;
    buf_append_string(out, scope_reason_text(answer->reason));
    if (!rule)
        return;
    bool is_cut = strlen(rule->pattern) > PATTERN_SHOWN_MOST;
    buf_printf(out, " (%s:%u: %.*s%s)", rule->file, rule->line, PATTERN_SHOWN_MOST, rule->pattern,
               is_cut ? "..." : "");
}

const char *scope_verdict_text(enum scope_verdict verdict)
{
    static const char *const texts[] = {
#define ROW(name, text) text,
        SCOPE_VERDICT_TABLE(ROW)
#undef ROW
    };
    assert((size_t)verdict < sizeof(texts) / sizeof(texts[0]));
    return texts[verdict];
}

void scope_try_rules(const struct scope *scope, const struct url *url, uint32_t depth,
                     scope_each_rule *each, void *owner)
{
    enum scope_reason reason;
    bool is_decided = is_refused(scope, url, depth, &reason);
    pcre2_match_data *data = pcre2_match_data_create(1, scope->memory);
    for (size_t i = 0; i < scope->rule_count; i++) {
        const struct rule *rule = &scope->rules[i];
        enum scope_verdict verdict = SCOPE_VERDICT_NOT_TRIED;
        if (!rule_applies(rule, url_host(url)))
            verdict = SCOPE_VERDICT_OTHER_HOST;
        else if (!is_decided)
            verdict = try_rule(scope, rule, url, data);
        is_decided |= verdict == SCOPE_VERDICT_MATCHES;
        each(owner, &rule->about, verdict);
    }
    pcre2_match_data_free(data);
}

uint64_t scope_limit_hits(const struct scope *scope)
{
    return atomic_load_explicit(scope->limit_hits, memory_order_relaxed);
}

/* ---- Hidden rules */

/* Does `earlier` apply to every host that `later` applies to? A name that ends as a pattern does
 * is below that domain, be it a pattern itself. */
static bool covers_hosts(const struct rule *earlier, const struct rule *later)
{
    if (earlier->host.length == 0 || bytes_equal(earlier->host, later->host))
        return true;
    return later->host.length > 0 && host_pattern_matches(earlier->host, later->host);
}

static bool hides(const struct rule *earlier, const struct rule *later)
{
    return covers_hosts(earlier, later) &&
           (pattern_matches_all(earlier->about.pattern) ||
            pattern_covers(earlier->about.pattern, later->about.pattern));
}

size_t scope_find_hidden(const struct scope *scope, size_t *hidden, size_t *by, size_t most)
{
    size_t count = 0;
    for (size_t i = 1; i < scope->rule_count; i++) {
        size_t earlier = 0;
        while (earlier < i && !hides(&scope->rules[earlier], &scope->rules[i]))
            earlier++;
        if (earlier == i)
            continue;
        if (count < most) {
            hidden[count] = i;
            by[count] = earlier;
        }
        count++;
    }
    return count;
}
