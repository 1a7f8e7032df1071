/* SPDX-License-Identifier: MIT
 *
 * show - the effective values and where each came from. The text can be read again as a
 * forage.conf.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/host_pattern.h"
#include "base/memory.h"
#include "config/loaded.h"
#include "config/values.h"

static void show_line(const struct option *option, const struct settings *settings, size_t line,
                      const struct origin *origin, struct buf *out)
{
    struct buf value;
    buf_init(&value, BUF_UNBOUNDED);
    value_print_line(option, settings, line, &value);
    buf_printf(out, "%s =%s", option->name, value.length > 0 ? " " : "");
    value_quote(buf_bytes(&value), out);
    if (origin) {
        buf_append_string(out, "  # ");
        origin_append(origin, out);
    }
    buf_append_char(out, '\n');
    buf_clear(&value);
}

static void show_value(const struct option *option, const struct settings *settings,
                       const struct origin *origin, struct buf *out)
{
    size_t count = value_lines(option, settings);
    for (size_t line = 0; line < count; line++)
        show_line(option, settings, line, origin, out);
}

/* The last line of the section that sets the option; NULL: none does. */
static const struct origin *origin_in(const struct host_section *host, const struct option *option)
{
    for (size_t i = host->count; i-- > 0;)
        if (host->assignments[i].option == option)
            return &host->assignments[i].origin;
    return NULL;
}

/* Sections that lie in wider ones have their values, and all of them the general ones. */
static const struct origin *find_origin(const struct config *config, const char *section,
                                        const struct option *option)
{
    size_t place = section ? host_patterns_find(config->host_patterns, config->host_count,
                                                bytes_from_string(section))
                           : config->host_count;
    while (place < config->host_count) {
        const struct host_section *host = &config->hosts[place];
        const struct origin *origin = origin_in(host, option);
        if (origin)
            return origin;
        place = host_patterns_find_wider(config->host_patterns, config->host_count,
                                         bytes_from_string(host->pattern));
    }
    return &config->origins[option_index(option)];
}

void config_where(const struct config *config, const char *section, const char *option,
                  struct buf *out)
{
    const struct option *found = option_find(bytes_from_string(option));
    assert(found);
    const struct origin *origin = find_origin(config, section, found);
    if (origin->layer != LAYER_BUILT_IN)
        origin_append(origin, out);
}

/* Calls for each option that the section sets, with the line that did (for a list, the last). */
static void each_assignment(const struct host_section *host,
                            void (*call)(void *with, const struct option *option,
                                         const struct settings *settings,
                                         const struct origin *origin),
                            void *with)
{
    const struct origin *origins[OPTIONS] = { 0 };
    for (size_t i = 0; i < host->count; i++)
        origins[option_index(host->assignments[i].option)] = &host->assignments[i].origin;
    for (size_t i = 0; i < OPTIONS; i++)
        if (origins[i])
            call(with, &options[i], &host->settings, origins[i]);
}

struct text_printer {
    struct buf *out;
    bool with_origin;
};

static void show_assignment(void *with, const struct option *option,
                            const struct settings *settings, const struct origin *origin)
{
    struct text_printer *printer = with;
    show_value(option, settings, printer->with_origin ? origin : NULL, printer->out);
}

/* Rules are printed in their order, with a section line wherever the section changes. */
static void show_rules(const struct config *config, bool with_origin, struct buf *out)
{
    const char *section = NULL;
    for (size_t i = 0; i < config->rule_count; i++) {
        const struct config_rule *rule = &config->rules[i];
        if (i == 0 || section != rule->host) {
            if (rule->host)
                buf_printf(out, "\n[host \"%s\"]\n", rule->host);
            else
                buf_append_string(out, "\n[scope]\n");
            section = rule->host;
        }
        buf_printf(out, "%s = ", rule->is_include ? "include" : "exclude");
        value_quote(bytes_from_string(rule->pattern), out);
        if (with_origin)
            buf_printf(out, "  # rule %zu, %s:%u", i + 1, rule->file, rule->line);
        buf_append_char(out, '\n');
    }
}

void config_show(const struct config *config, bool with_origin, struct buf *out)
{
    struct text_printer printer = { out, with_origin };
    for (size_t s = 0; s < SECTIONS; s++) {
        if (option_section_is_host(&sections[s]))
            continue;
        buf_printf(out, "%s[%s]\n", s ? "\n" : "", sections[s].name);
        for (size_t i = 0; i < OPTIONS; i++)
            if (strcmp(options[i].section, sections[s].name) == 0)
                show_value(&options[i], &config->general, with_origin ? &config->origins[i] : NULL,
                           out);
    }
    for (size_t i = 0; i < config->host_count; i++) {
        if (config->hosts[i].count == 0)
            continue;
        buf_printf(out, "\n[host \"%s\"]\n", config->hosts[i].pattern);
        each_assignment(&config->hosts[i], show_assignment, &printer);
    }
    show_rules(config, with_origin, out);
}

static void json_option(struct json *json, const struct option *option,
                        const struct settings *settings, const struct origin *origin)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    value_print(option, settings, &text);
    json_object_begin(json, NULL);
    json_text(json, "name", option->name);
    json_text(json, "section", option->section);
    value_json(option, settings, "value", json);
    json_string(json, "text", buf_bytes(&text));
    json_text(json, "origin", origin->place);
    if (origin->layer == LAYER_FILE)
        json_unsigned(json, "line", origin->line);
    json_object_end(json);
    buf_clear(&text);
}

static void json_assignment(void *with, const struct option *option,
                            const struct settings *settings, const struct origin *origin)
{
    json_option(with, option, settings, origin);
}

void config_show_json(const struct config *config, struct buf *out)
{
    struct json json;
    json_init(&json, out);
    json_object_begin(&json, NULL);
    json_array_begin(&json, "options");
    for (size_t i = 0; i < OPTIONS; i++)
        json_option(&json, &options[i], &config->general, &config->origins[i]);
    json_array_end(&json);
    json_array_begin(&json, "hosts");
    for (size_t i = 0; i < config->host_count; i++) {
        json_object_begin(&json, NULL);
        json_text(&json, "host", config->hosts[i].pattern);
        json_array_begin(&json, "options");
        each_assignment(&config->hosts[i], json_assignment, &json);
        json_array_end(&json);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_array_begin(&json, "rules");
    for (size_t i = 0; i < config->rule_count; i++) {
        const struct config_rule *rule = &config->rules[i];
        json_object_begin(&json, NULL);
        json_text(&json, "rule", rule->is_include ? "include" : "exclude");
        json_text(&json, "pattern", rule->pattern);
        if (rule->host)
            json_text(&json, "host", rule->host);
        json_text(&json, "origin", rule->file);
        json_unsigned(&json, "line", rule->line);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    buf_append_char(out, '\n');
}

uint64_t config_hash(const struct config *config)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    config_show(config, false, &text);
    uint64_t hash = hash_bytes(buf_bytes(&text), 0);
    buf_clear(&text);
    return hash;
}
