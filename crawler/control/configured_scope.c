/* SPDX-License-Identifier: MIT */
#include "crawler/control/configured_scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "frontier/pattern_cover.h"

static struct scope_limits limits_of(const struct settings *settings)
{
    return (struct scope_limits){
        .segments = (uint32_t)settings->max_segments,
        .segment_bytes = (uint32_t)settings->max_segment_bytes,
        .segment_repeats = (uint32_t)settings->max_segment_repeats,
        .group_repeats = (uint32_t)settings->max_group_repeats,
        .parameters = (uint32_t)settings->max_parameters,
        .parameter_repeats = (uint32_t)settings->max_parameter_repeats,
        .own_paths = (uint32_t)settings->max_own_paths,
        .escape_depth = (uint32_t)settings->max_escape_depth,
        .has_ftp = settings->ftp != FTP_NO,
    };
}

static struct scope_options options_of(const struct settings *settings)
{
    static const enum scope_span spans[] = {
        [SPAN_HOST] = SCOPE_SPAN_HOST,
        [SPAN_SITE] = SCOPE_SPAN_SITE,
        [SPAN_PREFIX] = SCOPE_SPAN_PREFIX,
        [SPAN_ANY] = SCOPE_SPAN_ANY,
    };
    return (struct scope_options){
        .span = spans[settings->scope],
        .max_depth = (uint32_t)settings->max_depth,
        .max_url_bytes = (uint32_t)settings->max_url_bytes,
        .limits = limits_of(settings),
    };
}

/* All host sections where one of them has limits of its own, else none: a section without any may
 * lie inside one that has some, and say otherwise. */
static struct scope_section *sections_of(const struct config *config,
                                         const struct scope_options *general, size_t *count)
{
    const char *const *patterns;
    size_t most = config_host_sections(config, &patterns);
    struct scope_section *sections = xcalloc(most, sizeof(*sections));
    bool has_own = false;
    for (size_t i = 0; i < most; i++) {
        sections[i].pattern = patterns[i];
        const struct settings *settings = config_section_settings(config, i);
        sections[i].limits = limits_of(settings);
        sections[i].max_depth = (uint32_t)settings->max_depth;
        has_own |= sections[i].max_depth != general->max_depth ||
                   memcmp(&sections[i].limits, &general->limits, sizeof(general->limits)) != 0;
    }
    *count = has_own ? most : 0;
    return sections;
}

static struct scope_rule *rules_of(const struct config *config, size_t *count)
{
    const struct config_rule *written;
    *count = config_rules(config, &written);
    struct scope_rule *rules = xcalloc(*count, sizeof(*rules));
    for (size_t i = 0; i < *count; i++)
        rules[i] = (struct scope_rule){
            .is_include = written[i].is_include,
            .pattern = written[i].pattern,
            .host = written[i].host,
            .file = written[i].file,
            .line = written[i].line,
        };
    return rules;
}

struct scope *configured_scope(const struct config *config, const struct bytes *seeds,
                               size_t seed_count, char **error)
{
    size_t rule_count;
    struct scope_options options = options_of(config_settings(config));
    struct scope_rule *rules = rules_of(config, &rule_count);
    struct scope_section *sections = sections_of(config, &options, &options.section_count);
    options.sections = sections;
    struct scope *scope = scope_new(&options, rules, rule_count, seeds, seed_count, error);
    free(sections);
    free(rules);
    return scope;
}

static void print_hidden(const struct config_rule *hidden, const struct config_rule *by,
                         struct buf *out)
{
    const char *why = "matches all that it does";
    if (strcmp(hidden->pattern, by->pattern) == 0)
        why = "has the same expression";
    else if (pattern_matches_all(by->pattern))
        why = "matches every URL";
    buf_printf(out, "%s:%u: this rule never decides: %s:%u %s\n", hidden->file, hidden->line,
               by->file, by->line, why);
}

void configured_scope_warnings(const struct config *config, struct buf *out)
{
    const struct config_rule *rules;
    size_t most = config_rules(config, &rules);
    size_t *hidden = xcalloc(most, sizeof(*hidden));
    size_t *by = xcalloc(most, sizeof(*by));
    char *error = NULL;
    struct scope *scope = configured_scope(config, NULL, 0, &error);
    size_t count = scope ? scope_find_hidden(scope, hidden, by, most) : 0;
    for (size_t i = 0; i < count; i++)
        print_hidden(&rules[hidden[i]], &rules[by[i]], out);
    scope_free(scope);
    free(error);
    free(hidden);
    free(by);
}
