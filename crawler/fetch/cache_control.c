/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/cache_control.h"

#include <stddef.h>

#include "crawler/fetch/field_value.h"
#include "crawler/fetch/headers.h"

struct directive {
    struct bytes name;
    struct bytes argument; /* Without quotes; a null pointer where there is none. */
    bool is_sloppy;        /* Blanks stood around the '='. */
};

/* Directives with seconds: what they say without an argument, and with one that is no number. */
static const struct {
    const char *name;
    size_t offset;
    int64_t bare_s;
    int64_t bad_s;
} seconds_table[] = {
    { "max-age", offsetof(struct cache_control, max_age_s), 0, 0 },
    { "stale-while-revalidate", offsetof(struct cache_control, stale_while_revalidate_s), 0, 0 },
    { "stale-if-error", offsetof(struct cache_control, stale_if_error_s), 0, 0 },
    { "max-stale", offsetof(struct cache_control, max_stale_s), DELTA_SECONDS_MOST, 0 },
    { "min-fresh", offsetof(struct cache_control, min_fresh_s), 0, DELTA_SECONDS_MOST },
};

/* Directives that are there or not. What forbids is heeded with an argument, too, which it should
 * not have. */
static const struct {
    const char *name;
    size_t offset;
    bool may_have_argument;
} flag_table[] = {
    { "no-store", offsetof(struct cache_control, is_no_store), true },
    { "must-revalidate", offsetof(struct cache_control, is_must_revalidate), true },
    { "must-understand", offsetof(struct cache_control, is_must_understand), false },
    { "public", offsetof(struct cache_control, is_public), false },
    { "private", offsetof(struct cache_control, is_private), true },
    { "immutable", offsetof(struct cache_control, is_immutable), false },
};

static struct directive directive_of(struct bytes member)
{
    size_t equals = bytes_find(member, '=');
    struct bytes name = bytes_slice(member, 0, equals);
    struct bytes argument = bytes_slice(member, equals + 1, member.length);
    struct directive directive = { .name = field_trim(name) };
    directive.is_sloppy = directive.name.length < name.length ||
                          (argument.length > 0 && field_is_blank(argument.data[0]));
    if (equals < member.length) {
        directive.argument = field_unquote(argument);
        if (!directive.argument.data) /* Empty, but there. */
            directive.argument = BYTES("");
    }
    return directive;
}

static bool read_seconds(struct cache_control *control, const struct directive *directive)
{
    for (size_t i = 0; i < sizeof(seconds_table) / sizeof(*seconds_table); i++) {
        if (!bytes_equal_nocase(directive->name, bytes_from_string(seconds_table[i].name)))
            continue;
        int64_t *field = (int64_t *)((char *)control + seconds_table[i].offset);
        int64_t seconds = directive->is_sloppy ? -1 : field_delta_seconds(directive->argument);
        if (!directive->argument.data)
            seconds = seconds_table[i].bare_s;
        else if (seconds < 0)
            seconds = seconds_table[i].bad_s;
        if (*field < 0)
            *field = seconds;
        return true;
    }
    return false;
}

static void read_flag(struct cache_control *control, const struct directive *directive)
{
    for (size_t i = 0; i < sizeof(flag_table) / sizeof(*flag_table); i++)
        if (bytes_equal_nocase(directive->name, bytes_from_string(flag_table[i].name)) &&
            (flag_table[i].may_have_argument || !directive->argument.data))
            *(bool *)((char *)control + flag_table[i].offset) = true;
}

/* Does a no-cache name the fields that it means? Whatever is no list of names means all. */
static bool names_fields(struct bytes argument)
{
    struct bytes name;
    bool has_names = false;
    for (size_t from = 0; field_next_member(argument, &from, &name); has_names = true)
        if (!field_is_token(name))
            return false;
    return has_names;
}

void cache_control_read(struct cache_control *control, struct bytes headers)
{
    *control = (struct cache_control){ -1, -1, -1, -1, -1, .is_no_cache = false };
    struct header_members walk = { 0 };
    struct bytes member;
    while (header_next_member(headers, BYTES("cache-control"), &walk, &member)) {
        struct directive directive = directive_of(member);
        if (bytes_equal_nocase(directive.name, BYTES("no-cache")))
            control->is_no_cache |= !names_fields(directive.argument);
        else if (!read_seconds(control, &directive))
            read_flag(control, &directive);
    }
}

bool cache_control_next_hidden(struct bytes headers, struct cache_hidden *walk, struct bytes *name)
{
    struct bytes member;
    while (!field_next_member(walk->names, &walk->at, name)) {
        if (!header_next_member(headers, BYTES("cache-control"), &walk->directives, &member))
            return false;
        struct directive directive = directive_of(member);
        bool is_no_cache = bytes_equal_nocase(directive.name, BYTES("no-cache"));
        walk->names = is_no_cache ? directive.argument : (struct bytes){ 0 };
        walk->at = 0;
    }
    return true;
}
