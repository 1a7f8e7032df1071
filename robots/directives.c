/* SPDX-License-Identifier: MIT
 *
 * A value is a list of words between commas, semicolons and white space. A word that ends in a
 * colon opens a directive with a value or, in a header, names the robot that all that follows is
 * for, until the next name.
 */
#include "robots/directives.h"

#include "base/httpdate.h"

enum effect {
    EFFECT_NOINDEX = 1,
    EFFECT_NOFOLLOW = 2,
    EFFECT_NOARCHIVE = 4,
    EFFECT_NOSNIPPET = 8,
};

/* "all", "index", "follow" and the like take nothing away, so they need no row. */
static const struct {
    const char *word;
    unsigned effects;
} words[] = {
    { "noindex", EFFECT_NOINDEX },
    { "nofollow", EFFECT_NOFOLLOW },
    { "none", EFFECT_NOINDEX | EFFECT_NOFOLLOW },
    { "noarchive", EFFECT_NOARCHIVE },
    { "nocache", EFFECT_NOARCHIVE },
    { "nosnippet", EFFECT_NOSNIPPET },
};

/* Directives whose colon names no robot. What stands behind these is not for us; unavailable_after
 * is read. */
static const char *const valued[] = { "max-snippet", "max-image-preview", "max-video-preview" };

struct list {
    struct directives *directives;
    struct bytes product_token;
    bool has_agents;
    bool is_for_us;
};

static bool is_separator(char c)
{
    return c == ',' || c == ';' || ascii_is_space(c);
}

static void apply_word(struct list *list, struct bytes word)
{
    if (!list->is_for_us)
        return;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (bytes_equal_nocase(word, bytes_from_string(words[i].word))) {
            list->directives->noindex |= (words[i].effects & EFFECT_NOINDEX) != 0;
            list->directives->nofollow |= (words[i].effects & EFFECT_NOFOLLOW) != 0;
            list->directives->noarchive |= (words[i].effects & EFFECT_NOARCHIVE) != 0;
            list->directives->nosnippet |= (words[i].effects & EFFECT_NOSNIPPET) != 0;
        }
}

static int64_t parse_date(struct bytes text)
{
    int64_t ms = isodate_parse(text);
    return ms >= 0 ? ms : httpdate_parse(bytes_trim(text));
}

/* The date reaches to the next comma, or to the one behind when a weekday comes first: "Fri, 25 Jun
 * 2030 15:00:00 GMT". What remains behind it is returned. */
static struct bytes apply_date(struct list *list, struct bytes rest)
{
    size_t end = bytes_find(rest, ',');
    int64_t ms = parse_date(bytes_slice(rest, 0, end));
    if (ms < 0 && end < rest.length) {
        size_t next = end + 1 + bytes_find(bytes_slice(rest, end + 1, rest.length), ',');
        ms = parse_date(bytes_slice(rest, 0, next));
        end = ms < 0 ? end : next;
    }
    struct directives *directives = list->directives;
    if (ms == 0)
        ms = 1; /* 0 says never. */
    if (ms > 0 && list->is_for_us &&
        (directives->unavailable_after_ms == 0 || ms < directives->unavailable_after_ms))
        directives->unavailable_after_ms = ms;
    return bytes_slice(rest, end, rest.length);
}

static bool is_valued(struct bytes name)
{
    for (size_t i = 0; i < sizeof(valued) / sizeof(valued[0]); i++)
        if (bytes_equal_nocase(name, bytes_from_string(valued[i])))
            return true;
    return false;
}

/* Digits before a colon are a time in a date that could not be read. */
static bool is_agent_name(struct bytes name)
{
    return name.length > 0 && !ascii_is_digit(name.data[0]);
}

/* "robots:" and "*:" stand for all robots elsewhere, so they cannot mean nobody here. */
static bool names_us(const struct list *list, struct bytes name)
{
    return bytes_equal_nocase(name, list->product_token) ||
           bytes_equal_nocase(name, BYTES("robots")) || bytes_equal(name, BYTES("*"));
}

/* One word with its colon, if it has one; returns what follows. */
static struct bytes apply_next(struct list *list, struct bytes text)
{
    size_t end = 0;
    while (end < text.length && !is_separator(text.data[end]) && text.data[end] != ':')
        end++;
    struct bytes name = bytes_slice(text, 0, end);
    struct bytes rest = bytes_slice(text, end, text.length);
    size_t blanks = 0;
    while (blanks < rest.length && ascii_is_space(rest.data[blanks]))
        blanks++;
    if (blanks == rest.length || rest.data[blanks] != ':') {
        apply_word(list, name);
        return rest;
    }
    rest = bytes_slice(rest, blanks + 1, rest.length);
    if (bytes_equal_nocase(name, BYTES("unavailable_after")))
        return apply_date(list, rest);
    if (list->has_agents && is_agent_name(name) && !is_valued(name))
        list->is_for_us = names_us(list, name);
    return rest;
}

static void apply_list(struct list *list, struct bytes text)
{
    while (text.length > 0)
        text =
            is_separator(text.data[0]) ? bytes_slice(text, 1, text.length) : apply_next(list, text);
}

void directives_from_meta(struct directives *directives, struct bytes name, struct bytes content,
                          struct bytes product_token)
{
    struct list list = { .directives = directives, .is_for_us = true };
    name = bytes_trim(name);
    if (bytes_equal_nocase(name, BYTES("robots")) ||
        (name.length > 0 && bytes_equal_nocase(name, product_token)))
        apply_list(&list, content);
}

void directives_from_header(struct directives *directives, struct bytes value,
                            struct bytes product_token)
{
    struct list list = {
        .directives = directives,
        .product_token = product_token,
        .has_agents = true,
        .is_for_us = true,
    };
    apply_list(&list, value);
}

bool directives_forbid_index(const struct directives *directives, int64_t now_ms)
{
    return directives->noindex ||
           (directives->unavailable_after_ms > 0 && directives->unavailable_after_ms < now_ms);
}
