/* SPDX-License-Identifier: MIT
 *
 * An expression L = A E B, with E as a whole at its top level, matches only where E does. So E is
 * looked for in L at places between two elements of its top level, such that what follows does not
 * change how E is read (a quantifier, a further digit of an escape) and no alternative at the top
 * level of A or B does without it.
 */
#include "frontier/pattern_cover.h"

#include <string.h>

#include "base/bytes.h"

bool pattern_matches_all(const char *pattern)
{
    static const char *const all[] = { "",      "^",        ".",   ".*",        ".+",   "^.*",
                                       "^.",    "^.+",      ".*$", "^.*$",      "^.+$", "$",
                                       "^http", "^https?:", "://", "^https?://" };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (!strcmp(pattern, all[i]))
            return true;
    return false;
}

/* The length of the character class that begins here; a ']' that comes first is none of its end. */
static size_t class_length(struct bytes text)
{
    size_t at = 1;
    at += at < text.length && text.data[at] == '^';
    at += at < text.length && text.data[at] == ']';
    while (at < text.length && text.data[at] != ']')
        at += text.data[at] == '\\' ? 2 : 1;
    return at + 1;
}

/* Of one element, without its quantifier: a character, an escape, a class, a whole group. */
static size_t element_length(struct bytes text)
{
    size_t depth = 0;
    size_t at = 0;
    do {
        char c = text.data[at];
        depth += c == '(';
        depth -= c == ')' && depth > 0;
        at += c == '\\' ? 2 : c == '[' ? class_length(bytes_slice(text, at, text.length)) : 1;
    } while (depth > 0 && at < text.length);
    return at < text.length ? at : text.length;
}

static bool has_alternative(struct bytes text)
{
    for (size_t at = 0; at < text.length; at += element_length(bytes_slice(text, at, text.length)))
        if (text.data[at] == '|')
            return true;
    return false;
}

/* What makes the rest of an expression mean something else: options such as (?i) and (?x), which
 * also stand in groups, comments, verbs. Names of groups are taken for options. */
static bool has_switches(const char *pattern)
{
    for (const char *at = pattern; (at = strstr(at, "(?")) != NULL; at += 2)
        if (ascii_is_alpha(at[2]) || (at[2] && strchr("^-#", at[2])))
            return true;
    return strstr(pattern, "(*");
}

/* Is each of its elements plain to see? Escapes with digits or names may be longer than they look,
 * as may be what stands before "{"; \Q reaches to \E. */
static bool is_closed(struct bytes text)
{
    for (size_t at = 0; at < text.length; at++) {
        if (text.data[at] == '{')
            return false;
        if (text.data[at] != '\\')
            continue;
        char escaped = ++at < text.length ? text.data[at] : '\0';
        bool is_named = ascii_is_alpha(escaped) || ascii_is_digit(escaped) || escaped == '\0';
        if (is_named && !strchr("dDwWsSbB", escaped))
            return false;
    }
    return true;
}

static bool is_quantifier(char c)
{
    return strchr("*+?{", c) != NULL;
}

/* May the wide expression stand anywhere, and mean the same? Not where it is tied to the beginning,
 * or is several. */
static bool is_movable(struct bytes wide)
{
    return bytes_find(wide, '^') == wide.length && !has_alternative(wide);
}

bool pattern_covers(const char *wide_text, const char *narrow_text)
{
    struct bytes wide = bytes_from_string(wide_text);
    struct bytes narrow = bytes_from_string(narrow_text);
    if (!strcmp(wide_text, narrow_text))
        return true;
    if (!strstr(narrow_text, wide_text) || !is_closed(narrow) || has_switches(narrow_text))
        return false;
    bool is_somewhere = is_movable(wide);
    for (size_t at = 0; at + wide.length <= narrow.length;
         at += element_length(bytes_slice(narrow, at, narrow.length))) {
        struct bytes before = bytes_slice(narrow, 0, at);
        struct bytes rest = bytes_slice(narrow, at, narrow.length);
        struct bytes behind = bytes_slice(rest, wide.length, rest.length);
        if (at > 0 && (!is_somewhere || has_alternative(before)))
            return false;
        bool goes_on = behind.length > 0 && is_quantifier(behind.data[0]);
        if (bytes_start_with(rest, wide) && !goes_on && !has_alternative(behind))
            return true;
    }
    return false;
}
