/* SPDX-License-Identifier: MIT
 *
 * A file is read once, line by line. Lines of groups that may turn out to be ours are noted; at the
 * end the group is chosen, and what it says is kept.
 */
#include "robots/robots.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/memory.h"
#include "robots/lines.h"
#include "robots/rules.h"

/* One day: a longer wish would be a refusal, and that has words of its own. */
#define CRAWL_DELAY_MAX_MS INT64_C(86400000)

struct span {
    uint32_t start;
    uint32_t length;
};

struct robots {
    struct rules *rules;
    char *text; /* Of the agent and the sitemaps. */
    size_t text_bytes;
    struct span *sitemaps;
    size_t sitemap_count;
    struct span agent;
    int64_t crawl_delay_ms;
};

/* While a file is read: lines of the two groups that may turn out to be ours, borrowed from the
 * file. */

struct drafts {
    struct rule_line *items;
    size_t count;
    size_t capacity;
};

struct group {
    bool is_named;    /* Some user-agent line names it. */
    bool takes_rules; /* It is named by the user-agent lines above the current line. */
    bool takes_delay;
    int64_t crawl_delay_ms;
    struct drafts rules;
};

/* The last of these that is named is ours. A token with digits is more than RFC 9309 knows; to a
 * webmaster who follows it, "ExampleBot2" is "ExampleBot", so that group counts where none has our
 * whole name. */
enum { GROUP_ANY, GROUP_WITHOUT_DIGITS, GROUP_OWN, GROUPS };

struct draft_file {
    struct bytes tokens[GROUPS];
    struct group groups[GROUPS];
    struct drafts sitemaps;
    bool had_rule;  /* Since the last user-agent line: the next one begins a new group. */
    bool had_delay; /* The same for delays. */
};

static void drafts_add(struct drafts *drafts, const struct robots_line *line)
{
    if (drafts->count == drafts->capacity) {
        drafts->capacity = drafts->capacity ? 2 * drafts->capacity : 32;
        drafts->items = xreallocarray(drafts->items, drafts->capacity, sizeof(*drafts->items));
    }
    drafts->items[drafts->count++] =
        (struct rule_line){ line->value, line->number, line->key == ROBOTS_KEY_ALLOW };
}

static bool is_token_char(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c) || c == '-' || c == '_';
}

static bool is_token(struct bytes name)
{
    size_t length = 0;
    while (length < name.length && is_token_char(name.data[length]))
        length++;
    return length == name.length;
}

/* The name ends where no token character follows: "ExampleBot/1.0" names ExampleBot,
 * "ExampleBot-News" does not (RFC 9309, 2.2.1; digits are allowed in addition, as many robots have
 * them). */
static bool names_token(struct bytes name, struct bytes token)
{
    return token.length > 0 && bytes_start_with_nocase(name, token) &&
           (name.length == token.length || !is_token_char(name.data[token.length]));
}

static bool names_any(struct bytes name)
{
    return bytes_equal(name, BYTES("*"));
}

static void read_name(struct draft_file *file, struct bytes name)
{
    for (size_t i = 0; i < GROUPS; i++) {
        struct group *group = &file->groups[i];
        if (i == GROUP_ANY ? names_any(name) : names_token(name, file->tokens[i]))
            group->is_named = group->takes_rules = group->takes_delay = true;
    }
}

/* Several user-agent lines in a row share what follows. Only a rule ends their list (RFC
 * 9309, 2.2.4: other records must not), but a delay ends it for the delays, as its authors mean one
 * agent's. Some write several names into one line; behind one that is no bare token, words mean
 * something else. */
static void read_user_agent(struct draft_file *file, struct bytes names)
{
    for (size_t i = 0; i < GROUPS; i++) {
        file->groups[i].takes_rules &= !file->had_rule;
        file->groups[i].takes_delay &= !file->had_rule && !file->had_delay;
    }
    file->had_rule = file->had_delay = false;
    for (size_t at = 0; at < names.length;) {
        size_t end = at;
        while (end < names.length && names.data[end] != ',' && !ascii_is_space(names.data[end]))
            end++;
        struct bytes name = bytes_slice(names, at, end);
        read_name(file, name);
        if (!is_token(name))
            break;
        at = end + 1;
    }
}

/* An empty path makes no rule: what no rule matches is allowed (RFC 9309, 2.2.2). Neither does one
 * that no path can match, as paths begin with '/'. */
static void read_rule(struct draft_file *file, const struct robots_line *line)
{
    bool can_match =
        line->value.length > 0 && (line->value.data[0] == '/' || line->value.data[0] == '*');
    file->had_rule = true;
    for (size_t i = 0; can_match && i < GROUPS; i++)
        if (file->groups[i].takes_rules)
            drafts_add(&file->groups[i].rules, line);
}

/* Seconds, perhaps with a fraction, and nothing else; -1 for anything else. */
static int64_t delay_ms(struct bytes text)
{
    size_t point = bytes_find(text, '.');
    int64_t ms = 0;
    int64_t place_ms = 1000; /* What a digit at this place of the fraction is worth. */
    if (text.length - (point < text.length) == 0)
        return -1;
    for (size_t i = 0; i < text.length; i++) {
        if (i == point)
            continue;
        if (!ascii_is_digit(text.data[i]))
            return -1;
        int digit = text.data[i] - '0';
        if (i > point)
            ms += digit * (place_ms /= 10);
        else if (ms <= CRAWL_DELAY_MAX_MS)
            ms = ms * 10 + digit * INT64_C(1000);
    }
    return ms < CRAWL_DELAY_MAX_MS ? ms : CRAWL_DELAY_MAX_MS;
}

/* Of several delays for one agent the longest is the one that nobody minds. */
static void read_delay(struct draft_file *file, struct bytes value)
{
    int64_t ms = delay_ms(value);
    file->had_delay = true;
    for (size_t i = 0; i < GROUPS; i++)
        if (file->groups[i].takes_delay && ms > file->groups[i].crawl_delay_ms)
            file->groups[i].crawl_delay_ms = ms;
}

static void read_file(struct draft_file *file, struct bytes text)
{
    struct robots_reader reader = robots_reader_of(text);
    struct robots_line line;
    while (robots_reader_next(&reader, &line)) {
        switch (line.key) {
        case ROBOTS_KEY_USER_AGENT:
            read_user_agent(file, line.value);
            break;
        case ROBOTS_KEY_ALLOW:
        case ROBOTS_KEY_DISALLOW:
            read_rule(file, &line);
            break;
        case ROBOTS_KEY_CRAWL_DELAY:
            read_delay(file, line.value);
            break;
        case ROBOTS_KEY_SITEMAP:
            if (line.value.length > 0)
                drafts_add(&file->sitemaps, &line);
            break;
        }
    }
}

static struct span keep_text(struct robots *robots, struct bytes text)
{
    struct span span = { (uint32_t)robots->text_bytes, (uint32_t)text.length };
    if (text.length > 0)
        memcpy(robots->text + span.start, text.data, text.length);
    robots->text_bytes += text.length;
    return span;
}

static struct bytes span_text(const struct robots *robots, struct span span)
{
    return bytes_of(robots->text + span.start, span.length);
}

static size_t text_bytes(const struct draft_file *file)
{
    size_t bytes = file->tokens[GROUP_OWN].length + 1;
    for (size_t i = 0; i < file->sitemaps.count; i++)
        bytes += file->sitemaps.items[i].path.length;
    return bytes;
}

static void keep_file(struct robots *robots, const struct draft_file *file)
{
    size_t ours = GROUPS - 1;
    while (ours > GROUP_ANY && !file->groups[ours].is_named)
        ours--;
    const struct group *group = &file->groups[ours];
    robots->rules = rules_new(group->rules.items, group->rules.count);
    robots->text = xmalloc(text_bytes(file));
    robots->sitemaps = xmalloc((file->sitemaps.count + 1) * sizeof(*robots->sitemaps));
    if (group->is_named)
        robots->agent = keep_text(robots, file->tokens[ours]);
    robots->crawl_delay_ms = group->crawl_delay_ms;
    for (size_t i = 0; i < file->sitemaps.count; i++)
        robots->sitemaps[robots->sitemap_count++] = keep_text(robots, file->sitemaps.items[i].path);
}

/* What RFC 9309, 2.2.1 takes for the token; empty where the token has no digits anyway. */
static struct bytes token_without_digits(struct bytes token)
{
    size_t end = 0;
    while (end < token.length && !ascii_is_digit(token.data[end]))
        end++;
    return end < token.length ? bytes_slice(token, 0, end) : (struct bytes){ 0 };
}

struct robots *robots_new(struct bytes text, struct bytes product_token)
{
    struct robots *robots = xcalloc(1, sizeof(*robots));
    struct draft_file file = { .tokens = { BYTES("*"), token_without_digits(product_token),
                                           product_token } };
    struct buf decoded;
    buf_init(&decoded, 2 * (size_t)ROBOTS_BYTES_MAX);
    for (size_t i = 0; i < GROUPS; i++)
        file.groups[i].crawl_delay_ms = -1;
    text = robots_text_cut(text);
    if (robots_text_from_utf16(text, &decoded))
        text = buf_bytes(&decoded);
    if (!robots_text_is_html(text))
        read_file(&file, text);
    keep_file(robots, &file);
    for (size_t i = 0; i < GROUPS; i++)
        free(file.groups[i].rules.items);
    free(file.sitemaps.items);
    buf_clear(&decoded);
    return robots;
}

void robots_free(struct robots *robots)
{
    if (!robots)
        return;
    rules_free(robots->rules);
    free(robots->text);
    free(robots->sitemaps);
    free(robots);
}

bool robots_allows(const struct robots *robots, struct bytes path_query,
                   struct robots_decision *why)
{
    assert(robots);
    struct rule_line rule = { .is_allow = true };
    if (!bytes_equal(path_query, BYTES("/robots.txt")))
        rules_find(robots->rules, path_query, &rule);
    if (why)
        *why = (struct robots_decision){ .is_allowed = rule.is_allow,
                                         .line = rule.line,
                                         .pattern = rule.path,
                                         .agent = span_text(robots, robots->agent) };
    return rule.is_allow;
}

int64_t robots_crawl_delay_ms(const struct robots *robots)
{
    return robots->crawl_delay_ms;
}

size_t robots_sitemap_count(const struct robots *robots)
{
    return robots->sitemap_count;
}

struct bytes robots_sitemap(const struct robots *robots, size_t index)
{
    assert(index < robots->sitemap_count);
    return span_text(robots, robots->sitemaps[index]);
}

size_t robots_memory_bytes(const struct robots *robots)
{
    return sizeof(*robots) + rules_memory_bytes(robots->rules) + robots->text_bytes +
           robots->sitemap_count * sizeof(*robots->sitemaps);
}

struct bytes robots_product_token(struct bytes user_agent)
{
    struct bytes token = bytes_trim(user_agent);
    size_t end = 0;
    while (end < token.length && token.data[end] != '/' && token.data[end] != '(' &&
           !ascii_is_space(token.data[end]))
        end++;
    return bytes_slice(token, 0, end);
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

struct bytes robots_text_cut(struct bytes text)
{
    size_t end = ROBOTS_BYTES_MAX;
    if (text.length <= end || is_line_end(text.data[end]))
        return bytes_slice(text, 0, end);
    while (end > 0 && !is_line_end(text.data[end - 1]))
        end--;
    return bytes_slice(text, 0, end);
}
