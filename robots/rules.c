/* SPDX-License-Identifier: MIT
 *
 * A rule's head is what stands before its first '*', or all of it. Rules lie sorted by their heads,
 * and within one head the one first that goes before the others. A head leads to the longest other
 * head that it begins with, so the heads that a path begins with are a chain: the first of it is
 * found by bisection, and rules of all other heads are never looked at.
 *
 * Many rules may share a head, as "/" of "/(star)word". Before one with a '*' is matched, a few
 * pairs of bytes are looked up that it needs, those that are rarest in the file. Which pairs a path
 * has is noted once for all rules.
 *
 * Texts lie in one block: each path as written and, where that differs, in normal form.
 */
#include "robots/rules.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "robots/pattern.h"

enum {
    SHORT_PATH_BYTES = 1024, /* Usual paths are brought into normal form on the stack. */
    HEAD_NONE = UINT32_MAX,

    PAIR_BITS = 12,
    PAIRS = 1 << PAIR_BITS, /* Pairs of bytes, by a hash; */
    TRAITS = PAIRS + 256,   /* and bytes that stand alone between stars. */
    TRAIT_WORDS = (TRAITS + 63) / 64,
    TRAITS_OF_RULE = 4,
    TRAITS_LEAST = 16, /* Fewer rules of one head are matched sooner than a path's traits noted. */
};

struct span {
    uint32_t start;
    uint32_t length;
};

struct rule {
    struct pattern pattern;
    struct span written;
    uint32_t line;
    bool is_allow;
};

struct head {
    uint32_t first;  /* Of its rules. */
    uint32_t parent; /* The longest other head that it begins with, or HEAD_NONE. */
};

/* What a path must have for the rule to match it; a rule that needs less repeats some. */
struct needs {
    uint16_t traits[TRAITS_OF_RULE];
    uint8_t count;
};

struct rules {
    char *text;
    size_t text_bytes;
    struct rule *rules;
    size_t count;
    struct head *heads; /* And one behind the last. */
    size_t head_count;
    struct needs *needs; /* One for each rule; NULL where no head has rules enough. */
};

/* ---- Order */

static struct bytes normal_text(const struct rules *rules, const struct rule *rule)
{
    return bytes_of(rules->text + rule->pattern.start, rule->pattern.length);
}

/* Below 0 where a goes before b. Rules of one text in order of lines. */
static int compare_precedence(const struct rules *rules, const struct rule *a, const struct rule *b)
{
    uint32_t a_octets = pattern_octets(&a->pattern);
    uint32_t b_octets = pattern_octets(&b->pattern);
    if (a_octets != b_octets)
        return a_octets > b_octets ? -1 : 1;
    if (a->is_allow != b->is_allow)
        return a->is_allow ? -1 : 1;
    int order = bytes_compare(normal_text(rules, a), normal_text(rules, b));
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static int compare_in_head(const void *left, const void *right, void *rules)
{
    return compare_precedence(rules, left, right);
}

/* The byte of its head at this place, -1 behind the end. */
static int head_byte(const struct rules *rules, const struct rule *rule, size_t place)
{
    const struct pattern *pattern = &rule->pattern;
    return place < pattern->head_length ? (unsigned char)rules->text[pattern->start + place] : -1;
}

/* Some of the rules, whose heads have the same bytes before this place. */
struct range {
    struct rule *rules;
    size_t count;
    size_t place;
};

static void swap_rules(struct rule *a, struct rule *b)
{
    struct rule kept = *a;
    *a = *b;
    *b = kept;
}

/* By the byte at their place: below that of one in the middle, the same, above it. */
static void split_range(const struct rules *rules, const struct range *range, struct range parts[3])
{
    struct rule *all = range->rules;
    int middle = head_byte(rules, &all[range->count / 2], range->place);
    size_t below = 0;
    size_t above = range->count;
    for (size_t i = 0; i < above;) {
        int byte = head_byte(rules, &all[i], range->place);
        if (byte < middle)
            swap_rules(&all[i++], &all[below++]);
        else if (byte > middle)
            swap_rules(&all[i], &all[--above]);
        else
            i++;
    }
    parts[0] = (struct range){ all, below, range->place };
    parts[1] = (struct range){ all + below, above - below, range->place + 1 };
    parts[2] = (struct range){ all + above, range->count - above, range->place };
    if (middle >= 0)
        return;
    qsort_r(parts[1].rules, parts[1].count, sizeof(*all), compare_in_head, (void *)rules);
    parts[1].count = 0;
}

/* By heads, then by precedence (Bentley and Sedgewick, "Fast Algorithms for Sorting and Searching
 * Strings"): what many paths begin with is looked at once for each, not in every comparison. The
 * largest part is sorted last, in place of the whole, so this is never deeper than 17 calls. */
static void sort_rules(const struct rules *rules, struct range range)
{
    while (range.count > 1) {
        struct range parts[3];
        split_range(rules, &range, parts);
        size_t largest = parts[1].count >= parts[0].count ? 1 : 0;
        if (parts[2].count > parts[largest].count)
            largest = 2;
        for (size_t i = 0; i < 3; i++)
            if (i != largest)
                sort_rules(rules, parts[i]);
        range = parts[largest];
    }
}

static bool is_said_twice(const struct rules *rules, const struct rule *a, const struct rule *b)
{
    return a->is_allow == b->is_allow && a->pattern.is_anchored == b->pattern.is_anchored &&
           bytes_equal(normal_text(rules, a), normal_text(rules, b));
}

/* Rules said twice are kept once, with the first line. */
static void drop_repeated_rules(struct rules *rules)
{
    size_t kept = 0;
    for (size_t i = 0; i < rules->count; i++)
        if (kept == 0 || !is_said_twice(rules, &rules->rules[i], &rules->rules[kept - 1]))
            rules->rules[kept++] = rules->rules[i];
    rules->count = kept;
}

/* ---- Heads */

static struct bytes head_text(const struct rules *rules, uint32_t head)
{
    return pattern_head(&rules->rules[rules->heads[head].first].pattern, rules->text);
}

/* In the order of heads, those that the last one begins with are all that the next one can begin
 * with. */
static uint32_t find_parent(const struct rules *rules, uint32_t head)
{
    uint32_t parent = head > 0 ? head - 1 : HEAD_NONE;
    while (parent != HEAD_NONE &&
           !bytes_start_with(head_text(rules, head), head_text(rules, parent)))
        parent = rules->heads[parent].parent;
    return parent;
}

static void find_heads(struct rules *rules)
{
    rules->heads = xmalloc((rules->count + 1) * sizeof(*rules->heads));
    for (size_t i = 0; i < rules->count; i++) {
        struct bytes text = pattern_head(&rules->rules[i].pattern, rules->text);
        uint32_t head = (uint32_t)rules->head_count;
        if (head > 0 && bytes_equal(text, head_text(rules, head - 1)))
            continue;
        rules->heads[head].first = (uint32_t)i;
        rules->heads[head].parent = find_parent(rules, head);
        rules->head_count++;
    }
    rules->heads[rules->head_count] = (struct head){ (uint32_t)rules->count, HEAD_NONE };
    rules->heads = xreallocarray(rules->heads, rules->head_count + 1, sizeof(*rules->heads));
}

static size_t rules_of_head(const struct rules *rules, uint32_t head)
{
    return rules->heads[head + 1].first - rules->heads[head].first;
}

/* ---- Traits */

static uint16_t pair_trait(char first, char second)
{
    uint32_t pair = (uint32_t)(unsigned char)first << 8 | (unsigned char)second;
    return (uint16_t)((pair * UINT32_C(0x9e3779b1)) >> (32 - PAIR_BITS));
}

static uint16_t byte_trait(char byte)
{
    return (uint16_t)(PAIRS + (unsigned char)byte);
}

/* The trait of a pattern's parts at this place: of a pair, or of a byte between stars; -1: none. */
static int trait_at(struct bytes parts, size_t at)
{
    bool is_last = at + 1 == parts.length || parts.data[at + 1] == '*';
    if (parts.data[at] == '*')
        return -1;
    if (!is_last)
        return pair_trait(parts.data[at], parts.data[at + 1]);
    return at == 0 || parts.data[at - 1] == '*' ? byte_trait(parts.data[at]) : -1;
}

static void count_traits(const struct rules *rules, uint32_t *counts)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct pattern *pattern = &rules->rules[i].pattern;
        if (!pattern_has_star(pattern))
            continue;
        struct bytes parts = pattern_parts(pattern, rules->text);
        for (size_t at = 0; at < parts.length; at++) {
            int trait = trait_at(parts, at);
            if (trait >= 0)
                counts[trait]++;
        }
    }
}

/* Keeps the trait if it is among the rarest that were met; the rarest first. */
static void add_need(struct needs *needs, uint16_t trait, const uint32_t *counts)
{
    for (size_t i = 0; i < needs->count; i++)
        if (needs->traits[i] == trait)
            return;
    size_t place = needs->count;
    if (place == TRAITS_OF_RULE && counts[trait] >= counts[needs->traits[--place]])
        return;
    if (needs->count < TRAITS_OF_RULE)
        needs->count++;
    while (place > 0 && counts[trait] < counts[needs->traits[place - 1]]) {
        needs->traits[place] = needs->traits[place - 1];
        place--;
    }
    needs->traits[place] = trait;
}

static struct needs needs_of(const struct rules *rules, const struct pattern *pattern,
                             const uint32_t *counts)
{
    struct needs needs = { .count = 0 };
    struct bytes parts =
        pattern_has_star(pattern) ? pattern_parts(pattern, rules->text) : (struct bytes){ 0 };
    for (size_t at = 0; at < parts.length; at++) {
        int trait = trait_at(parts, at);
        if (trait >= 0)
            add_need(&needs, (uint16_t)trait, counts);
    }
    return needs;
}

static void find_needs(struct rules *rules)
{
    bool is_worth_it = false;
    for (uint32_t head = 0; head < rules->head_count; head++)
        is_worth_it |= rules_of_head(rules, head) >= TRAITS_LEAST;
    if (!is_worth_it)
        return;
    uint32_t *counts = xcalloc(TRAITS, sizeof(*counts));
    count_traits(rules, counts);
    rules->needs = xmalloc(rules->count * sizeof(*rules->needs));
    for (size_t i = 0; i < rules->count; i++)
        rules->needs[i] = needs_of(rules, &rules->rules[i].pattern, counts);
    free(counts);
}

/* ---- Making */

static struct rule keep_rule(struct rules *rules, const struct rule_line *line)
{
    struct rule rule = { .line = line->line, .is_allow = line->is_allow };
    rule.written = (struct span){ (uint32_t)rules->text_bytes, (uint32_t)line->path.length };
    memcpy(rules->text + rules->text_bytes, line->path.data, line->path.length);
    rules->text_bytes += line->path.length;
    rule.pattern = pattern_write(rules->text, (uint32_t)rules->text_bytes, line->path);
    if (bytes_start_with(line->path, normal_text(rules, &rule)))
        rule.pattern.start = rule.written.start;
    else
        rules->text_bytes += rule.pattern.length;
    return rule;
}

struct rules *rules_new(const struct rule_line *lines, size_t count)
{
    struct rules *rules = xcalloc(1, sizeof(*rules));
    size_t most_bytes = 1;
    for (size_t i = 0; i < count; i++)
        most_bytes += lines[i].path.length + PATTERN_NORMAL_BYTES(lines[i].path.length);
    assert(most_bytes < UINT32_MAX);
    rules->text = xmalloc(most_bytes);
    rules->rules = xmalloc((count + 1) * sizeof(*rules->rules));
    for (size_t i = 0; i < count; i++)
        rules->rules[rules->count++] = keep_rule(rules, &lines[i]);
    sort_rules(rules, (struct range){ rules->rules, rules->count, 0 });
    drop_repeated_rules(rules);
    rules->text = xreallocarray(rules->text, rules->text_bytes + 1, 1);
    rules->rules = xreallocarray(rules->rules, rules->count + 1, sizeof(*rules->rules));
    find_heads(rules);
    find_needs(rules);
    return rules;
}

void rules_free(struct rules *rules)
{
    if (!rules)
        return;
    free(rules->text);
    free(rules->rules);
    free(rules->heads);
    free(rules->needs);
    free(rules);
}

/* ---- Finding */

/* A path while it is looked for. */
struct search {
    const struct rules *rules;
    struct bytes path; /* In normal form. */
    const struct rule *best;
    bool has_traits; /* Noted below. */
    uint64_t traits[TRAIT_WORDS];
};

static void add_trait(struct search *search, uint16_t trait)
{
    search->traits[trait / 64] |= UINT64_C(1) << (trait % 64);
}

static void note_traits(struct search *search)
{
    struct bytes path = search->path;
    search->has_traits = true;
    memset(search->traits, 0, sizeof(search->traits));
    for (size_t i = 0; i < path.length; i++) {
        add_trait(search, byte_trait(path.data[i]));
        if (i + 1 < path.length)
            add_trait(search, pair_trait(path.data[i], path.data[i + 1]));
    }
}

static bool has_needs(const struct search *search, const struct needs *needs)
{
    for (size_t i = 0; i < needs->count; i++) {
        uint16_t trait = needs->traits[i];
        if (!(search->traits[trait / 64] >> (trait % 64) & 1))
            return false;
    }
    return true;
}

/* The path begins with this head: the first of its rules that matches goes before the best so far,
 * or none does. */
static void search_head(struct search *search, uint32_t head)
{
    const struct rules *rules = search->rules;
    bool has_traits = rules_of_head(rules, head) >= TRAITS_LEAST;
    if (has_traits && !search->has_traits)
        note_traits(search);
    for (size_t i = rules->heads[head].first; i < rules->heads[head + 1].first; i++) {
        const struct rule *rule = &rules->rules[i];
        if (has_traits && !has_needs(search, &rules->needs[i]))
            continue;
        if (search->best && compare_precedence(rules, search->best, rule) < 0)
            return;
        if (pattern_matches(&rule->pattern, rules->text, search->path)) {
            search->best = rule;
            return;
        }
    }
}

static size_t shared_length(struct bytes a, struct bytes b)
{
    size_t shared = 0;
    while (shared < a.length && shared < b.length && a.data[shared] == b.data[shared])
        shared++;
    return shared;
}

/* The longest head that the path begins with, or HEAD_NONE. It is the last head that is not behind
 * the path, or one that this one begins with. */
static uint32_t find_head(const struct rules *rules, struct bytes path)
{
    size_t low = 0;
    size_t high = rules->head_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bytes_compare(head_text(rules, (uint32_t)middle), path) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return HEAD_NONE;
    uint32_t head = (uint32_t)low - 1;
    size_t shared = shared_length(head_text(rules, head), path);
    while (head != HEAD_NONE && head_text(rules, head).length > shared)
        head = rules->heads[head].parent;
    return head;
}

static void search_path(struct search *search)
{
    search->has_traits = false;
    for (uint32_t head = find_head(search->rules, search->path); head != HEAD_NONE;
         head = search->rules->heads[head].parent)
        search_head(search, head);
}

bool rules_find(const struct rules *rules, struct bytes path_query, struct rule_line *found)
{
    char short_path[PATTERN_NORMAL_BYTES(SHORT_PATH_BYTES)];
    bool is_short = path_query.length <= SHORT_PATH_BYTES;
    char *normal = is_short ? short_path : xmalloc(PATTERN_NORMAL_BYTES(path_query.length));
    struct search search;
    search.rules = rules;
    search.best = NULL;
    search.path = path_write(normal, path_query);
    search_path(&search);
    if (path_bare_query(&search.path, normal))
        search_path(&search);
    if (!is_short)
        free(normal);
    if (!search.best)
        return false;
    struct span written = search.best->written;
    *found = (struct rule_line){ bytes_of(rules->text + written.start, written.length),
                                 search.best->line, search.best->is_allow };
    return true;
}

size_t rules_memory_bytes(const struct rules *rules)
{
    return sizeof(*rules) + rules->text_bytes + rules->count * sizeof(*rules->rules) +
           (rules->head_count + 1) * sizeof(*rules->heads) +
           (rules->needs ? rules->count * sizeof(*rules->needs) : 0);
}
