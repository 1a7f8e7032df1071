/* SPDX-License-Identifier: MIT
 *
 * config - loading. The general values are set in order of precedence as they are read. Lines of
 * host sections are checked when read and kept; when the general values are known, each section
 * gets its settings: those of the next wider section (of all hosts at last), and its own lines on
 * top. So a host needs one look-up, for the most specific section that it matches.
 */
#include "config/config.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/host_pattern.h"
#include "base/memory.h"
#include "config/ini.h"
#include "config/loaded.h"
#include "config/values.h"

/* A configuration that lists a hundred thousand hosts has a few megabytes. */
enum { FILE_BYTES_MOST = 16 << 20 };

/* What is being read, and where errors go. */
struct loader {
    struct config *config;
    struct origin origin;
    const char *section;       /* NULL before the first. */
    struct host_section *host; /* NULL outside host sections. */
    char **error;
};

/* ---- Errors */

void origin_append(const struct origin *origin, struct buf *out)
{
    buf_append_string(out, origin->place);
    if (origin->layer == LAYER_FILE)
        buf_printf(out, ":%u", origin->line);
}

__attribute__((format(printf, 2, 3))) static bool fail(struct loader *loader, const char *format,
                                                       ...)
{
    struct buf message;
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        abort();
    va_end(arguments);
    buf_init(&message, BUF_UNBOUNDED);
    origin_append(&loader->origin, &message);
    buf_printf(&message, ": %s", text);
    free(text);
    *loader->error = buf_detach(&message, NULL);
    return false;
}

/* Takes problem. */
static bool fail_with(struct loader *loader, char *problem)
{
    fail(loader, "%s", problem);
    free(problem);
    return false;
}

static bool fail_unknown_option(struct loader *loader, struct bytes name)
{
    const char *const *names;
    size_t count = config_option_names(&names);
    char *typed = xbytesdup(name);
    const char *nearest = nearest_name(typed, names, count);
    if (nearest)
        fail(loader, "unknown option \"%s\"; did you mean \"%s\"?", typed, nearest);
    else
        fail(loader, "unknown option \"%s\"", typed);
    free(typed);
    return false;
}

static bool fail_unknown_section(struct loader *loader, struct bytes name)
{
    const char *names[SECTIONS + 1] = { "host" };
    char *typed = xbytesdup(name);
    for (size_t i = 0; i < SECTIONS; i++)
        names[i + 1] = sections[i].name;
    const char *nearest = nearest_name(typed, names, SECTIONS + 1);
    if (nearest)
        fail(loader, "unknown section [%s]; did you mean [%s]?", typed, nearest);
    else
        fail(loader, "unknown section [%s]", typed);
    free(typed);
    return false;
}

/* ---- Values */

static bool has_control(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

/* It stands where it would be said of many hosts. */
static bool fail_own(struct loader *loader, const struct option *option)
{
    return fail(loader,
                "\"%s\" is for one host: it belongs to a section such as "
                "[host \"docs.example.org\"] of the file",
                option->name);
}

static bool set_general(struct loader *loader, const struct option *option, struct bytes text)
{
    struct config *config = loader->config;
    struct origin *origin = &config->origins[option_index(option)];
    bool is_again = origin->layer == loader->origin.layer;
    char *problem;
    if (option->reach == REACH_OWN)
        return fail_own(loader, option);
    if (has_control(text))
        return fail(loader, "%s holds a control character", option->name);
    if (is_again && !option_is_list(option) && origin->layer == LAYER_FILE)
        return fail(loader, "option \"%s\" stands on line %u already", option->name, origin->line);
    if (!value_set(option, text, is_again, &config->memory, &config->general, &problem))
        return fail_with(loader, problem);
    *origin = loader->origin;
    return true;
}

static void add_rule(struct loader *loader, const struct rule_word *word, struct bytes pattern)
{
    struct config *config = loader->config;
    if (config->rule_count == config->rule_capacity) {
        config->rule_capacity = config->rule_capacity ? 2 * config->rule_capacity : 16;
        config->rules = xreallocarray(config->rules, config->rule_capacity, sizeof(*config->rules));
    }
    config->rules[config->rule_count++] = (struct config_rule){
        .is_include = word->is_include,
        .pattern = arena_copy(&config->memory, pattern).data,
        .host = loader->host ? loader->host->pattern : NULL,
        .file = loader->origin.place,
        .line = loader->origin.line,
    };
}

static bool read_rule(struct loader *loader, const struct rule_word *word, struct bytes pattern)
{
    if (has_control(pattern))
        return fail(loader, "%s holds a control character", word->name);
    if (pattern.length == 0)
        return fail(loader, "%s needs a regular expression", word->name);
    add_rule(loader, word, pattern);
    return true;
}

/* ---- Sections of the file */

static bool enter_host_section(struct loader *loader, struct bytes pattern)
{
    struct config *config = loader->config;
    struct buf canonical;
    buf_init(&canonical, BUF_UNBOUNDED);
    if (!host_pattern_write(&canonical, pattern))
        return fail(loader,
                    "\"%.*s\" is no host: write it without scheme and port, as in "
                    "[host \"docs.example.org\"] or [host \"*.example.org\"]",
                    (int)pattern.length, pattern.data ? pattern.data : "");
    if (config->host_count == config->host_capacity) {
        config->host_capacity = config->host_capacity ? 2 * config->host_capacity : 16;
        config->hosts = xreallocarray(config->hosts, config->host_capacity, sizeof(*config->hosts));
    }
    loader->host = &config->hosts[config->host_count++];
    *loader->host = (struct host_section){
        .pattern = arena_copy(&config->memory, buf_bytes(&canonical)).data,
        .line = loader->origin.line,
    };
    loader->section = "host";
    buf_clear(&canonical);
    return true;
}

static bool enter_section(struct loader *loader, const struct ini_line *line)
{
    loader->host = NULL;
    if (bytes_equal(line->name, BYTES("host"))) {
        if (line->has_label)
            return enter_host_section(loader, line->value);
        return fail(loader, "a host section needs a host: [host \"docs.example.org\"]");
    }
    if (line->name.length > 5 && bytes_start_with(line->name, BYTES("host ")))
        return fail(loader, "write the host in quotes, as in [host \"docs.example.org\"]");
    if (!option_section_exists(line->name))
        return fail_unknown_section(loader, line->name);
    if (line->has_label)
        return fail(loader, "only host sections have a label");
    loader->section = arena_copy(&loader->config->memory, line->name).data;
    return true;
}

/* Checks the line by setting it in settings that are thrown away. */
static bool keep_assignment(struct loader *loader, const struct option *option, struct bytes text)
{
    struct host_section *host = loader->host;
    struct settings scratch;
    char *problem;
    memset(&scratch, 0, sizeof(scratch));
    if (option->reach == REACH_CRAWL)
        return fail(loader, "\"%s\" holds for the whole crawl: it belongs to [%s]", option->name,
                    option->section);
    if (option->reach == REACH_OWN && host->pattern[0] == '*')
        return fail_own(loader, option);
    if (!value_set(option, text, false, &loader->config->memory, &scratch, &problem))
        return fail_with(loader, problem);
    if (host->count == host->capacity) {
        host->capacity = host->capacity ? 2 * host->capacity : 4;
        host->assignments =
            xreallocarray(host->assignments, host->capacity, sizeof(*host->assignments));
    }
    const char *kept = arena_copy(&loader->config->memory, text).data;
    host->assignments[host->count++] = (struct assignment){ option, kept, loader->origin };
    return true;
}

static bool read_option_line(struct loader *loader, const struct ini_line *line)
{
    const struct rule_word *word = rule_word_find(line->name);
    const struct option *option = option_find(line->name);
    if (!word && !option)
        return fail_unknown_option(loader, line->name);
    if (word && !loader->host && (!loader->section || strcmp(loader->section, "scope") != 0))
        return fail(loader, "\"%s\" belongs to [scope] or a host section", word->name);
    if (word)
        return read_rule(loader, word, line->value);
    if (loader->host)
        return keep_assignment(loader, option, line->value);
    if (option->reach == REACH_OWN)
        return fail_own(loader, option);
    if (!loader->section || strcmp(loader->section, option->section) != 0)
        return fail(loader, "\"%s\" belongs to [%s]", option->name, option->section);
    return set_general(loader, option, line->value);
}

static bool read_file(struct loader *loader, const char *name, struct bytes content)
{
    struct ini ini = ini_of(content);
    struct ini_line line;
    bool is_good = true;
    while (is_good && ini_next(&ini, &line)) {
        loader->origin = (struct origin){ LAYER_FILE, name, ini.line };
        switch (line.kind) {
        case INI_SECTION:
            is_good = enter_section(loader, &line);
            break;
        case INI_OPTION:
            is_good = read_option_line(loader, &line);
            break;
        case INI_BAD:
            is_good = fail(loader, "%s", line.problem);
            break;
        }
    }
    loader->host = NULL;
    loader->section = NULL;
    return is_good;
}

/* ---- Environment and command line */

static const char *environment_name(const struct option *option, struct arena *memory)
{
    size_t prefix = strlen(ENVIRONMENT_PREFIX);
    size_t length = strlen(option->name);
    char *name = arena_alloc(memory, prefix + length + 1);
    memcpy(name, ENVIRONMENT_PREFIX, prefix);
    for (size_t i = 0; i <= length; i++) {
        char c = option->name[i];
        name[prefix + i] = c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
    }
    return name;
}

static bool read_environment(struct loader *loader)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        const char *name = environment_name(&options[i], &loader->config->memory);
        const char *value = getenv(name);
        loader->origin = (struct origin){ LAYER_ENVIRONMENT, name, 0 };
        if (value && !set_general(loader, &options[i], bytes_trim(bytes_from_string(value))))
            return false;
    }
    return true;
}

static bool read_override(struct loader *loader, struct bytes text)
{
    size_t equals = bytes_find(text, '=');
    struct bytes name = bytes_trim(bytes_slice(text, 0, equals));
    struct bytes value = bytes_trim(bytes_slice(text, equals + 1, text.length));
    if (equals == text.length)
        return fail(loader, "write -o NAME=VALUE, not \"%.*s\"", (int)text.length,
                    text.data ? text.data : "");
    const struct rule_word *word = rule_word_find(name);
    const struct option *option = option_find(name);
    if (word)
        return read_rule(loader, word, value);
    return option ? set_general(loader, option, value) : fail_unknown_option(loader, name);
}

static bool read_overrides(struct loader *loader, const struct config_overrides *overrides)
{
    for (size_t i = 0; overrides && i < overrides->count; i++) {
        loader->origin = (struct origin){ LAYER_COMMAND_LINE, "-o", (unsigned)i + 1 };
        if (!read_override(loader, bytes_from_string(overrides->items[i])))
            return false;
    }
    return true;
}

/* ---- Hosts */

static int compare_hosts(const void *a, const void *b)
{
    const struct host_section *left = a;
    const struct host_section *right = b;
    int order = strcmp(left->pattern, right->pattern);
    return order ? order : (left->line > right->line) - (left->line < right->line);
}

/* Moves the lines of the later section behind those of the earlier. */
static void join_sections(struct host_section *into, struct host_section *from)
{
    size_t count = into->count + from->count;
    into->assignments = xreallocarray(into->assignments, count, sizeof(*into->assignments));
    for (size_t i = 0; i < from->count; i++)
        into->assignments[into->count + i] = from->assignments[i];
    into->count = count;
    into->capacity = count;
    free(from->assignments);
}

/* Sorts the sections and joins those of one host. */
static void sort_hosts(struct config *config)
{
    size_t kept = 0;
    if (config->host_count == 0)
        return;
    qsort(config->hosts, config->host_count, sizeof(*config->hosts), compare_hosts);
    for (size_t i = 1; i < config->host_count; i++) {
        if (strcmp(config->hosts[kept].pattern, config->hosts[i].pattern) == 0)
            join_sections(&config->hosts[kept], &config->hosts[i]);
        else
            config->hosts[++kept] = config->hosts[i];
    }
    config->host_count = kept + 1;
    config->host_patterns =
        arena_alloc(&config->memory, config->host_count * sizeof(*config->host_patterns));
    for (size_t i = 0; i < config->host_count; i++)
        config->host_patterns[i] = config->hosts[i].pattern;
}

/* Sets the section's own lines over what it inherited. */
static bool apply_assignments(struct loader *loader, struct host_section *section)
{
    unsigned lines[OPTIONS] = { 0 }; /* Where the option was set in this section. */
    for (size_t i = 0; i < section->count; i++) {
        const struct assignment *assignment = &section->assignments[i];
        const struct option *option = assignment->option;
        unsigned *line = &lines[option_index(option)];
        char *problem;
        loader->origin = assignment->origin;
        if (*line && !option_is_list(option))
            return fail(loader, "option \"%s\" stands on line %u already", option->name, *line);
        bool is_set = value_set(option, bytes_from_string(assignment->text), *line != 0,
                                &loader->config->memory, &section->settings, &problem);
        assert(is_set);
        *line = assignment->origin.line;
    }
    return true;
}

/* Makes the settings of a section, after those of the next wider one. The recursion is as deep as a
 * host name has labels, 127 at most. */
static bool settle_section(struct loader *loader, struct host_section *section)
{
    struct config *config = loader->config;
    if (section->is_settled)
        return true;
    size_t place = host_patterns_find_wider(config->host_patterns, config->host_count,
                                            bytes_from_string(section->pattern));
    struct host_section *wider = place < config->host_count ? &config->hosts[place] : NULL;
    if (wider && !settle_section(loader, wider))
        return false;
    section->settings = wider ? wider->settings : config->any_host;
    section->is_settled = true;
    return apply_assignments(loader, section);
}

static bool settle_hosts(struct loader *loader)
{
    struct config *config = loader->config;
    sort_hosts(config);
    config->any_host = config->general;
    for (size_t i = 0; i < OPTIONS; i++) {
        char *problem;
        if (options[i].reach != REACH_APART)
            continue;
        bool is_set = value_set(&options[i], bytes_from_string(options[i].built_in), false,
                                &config->memory, &config->any_host, &problem);
        assert(is_set);
    }
    for (size_t i = 0; i < config->host_count; i++)
        if (!settle_section(loader, &config->hosts[i]))
            return false;
    return true;
}

/* ---- Loading */

static void set_built_in(struct config *config)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        char *problem;
        bool is_set = value_set(&options[i], bytes_from_string(options[i].built_in), false,
                                &config->memory, &config->general, &problem);
        assert(is_set);
        config->origins[i] = (struct origin){ .place = "built-in" };
    }
}

/* The first rule that matches decides, so those of the command line go before those of the file. */
static void put_last_word_first(struct config *config)
{
    struct config_rule *ordered = xcalloc(config->rule_count, sizeof(*ordered));
    size_t count = 0;
    for (int is_file = 0; is_file <= 1; is_file++)
        for (size_t i = 0; i < config->rule_count; i++)
            if ((config->rules[i].file == config->file) == is_file)
                ordered[count++] = config->rules[i];
    free(config->rules);
    config->rules = ordered;
    config->rule_capacity = count;
}

enum status config_load_bytes(struct config **out, const char *name, struct bytes content,
                              const struct config_overrides *overrides, char **error)
{
    struct config *config = xcalloc(1, sizeof(*config));
    struct loader loader = { .config = config, .error = error };
    arena_init(&config->memory);
    config->file = arena_copy(&config->memory, bytes_from_string(name)).data;
    *out = NULL;
    *error = NULL;
    set_built_in(config);
    bool is_good = read_file(&loader, config->file, content) && read_environment(&loader) &&
                   read_overrides(&loader, overrides) && settle_hosts(&loader);
    if (!is_good) {
        config_free(config);
        return STATUS_CONFIG;
    }
    put_last_word_first(config);
    url_rules_complete(config);
    identity_complete(config);
    *out = config;
    return STATUS_OK;
}

/* "forage.conf" for the directory we stand in, as messages are read by people. */
static char *file_name(const char *directory, const char *file)
{
    if (file)
        return xstrdup(file);
    if (!directory || strcmp(directory, ".") == 0)
        return xstrdup("forage.conf");
    bool has_slash = bytes_end_with(bytes_from_string(directory), BYTES("/"));
    return xasprintf("%s%sforage.conf", directory, has_slash ? "" : "/");
}

static enum status fail_reading(const char *name, int error_number, char **error)
{
    *error = xasprintf("%s: %s", name, strerror(error_number));
    return error_number == ENOENT || error_number == EISDIR ? STATUS_CONFIG : STATUS_IO;
}

static enum status read_whole_file(const char *name, bool may_miss, struct buf *content,
                                   char **error)
{
    int problem = file_read(name, content);
    if (may_miss && (problem == ENOENT || problem == ENOTDIR))
        return STATUS_OK;
    if (problem)
        return fail_reading(name, problem, error);
    if (content->is_full) {
        *error = xasprintf("%s: larger than %d bytes", name, FILE_BYTES_MOST);
        return STATUS_CONFIG;
    }
    return STATUS_OK;
}

enum status config_load(struct config **out, const char *directory, const char *file,
                        const struct config_overrides *overrides, char **error)
{
    struct buf content;
    char *name = file_name(directory, file);
    enum status status = STATUS_OK;
    *out = NULL;
    *error = NULL;
    buf_init(&content, FILE_BYTES_MOST);
    if (directory || file)
        status = read_whole_file(name, !file, &content, error);
    if (!status)
        status = config_load_bytes(out, name, buf_bytes(&content), overrides, error);
    buf_clear(&content);
    free(name);
    return status;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    for (size_t i = 0; i < config->host_count; i++)
        free(config->hosts[i].assignments);
    free(config->hosts);
    free(config->rules);
    arena_clear(&config->memory);
    free(config);
}

/* ---- Asking */

const struct settings *config_settings(const struct config *config)
{
    return &config->general;
}

static const struct host_section *find_most_specific(const struct config *config, struct bytes host)
{
    size_t place = host_patterns_find(config->host_patterns, config->host_count, host);
    return place < config->host_count ? &config->hosts[place] : NULL;
}

const struct settings *config_host_settings(const struct config *config, struct bytes host)
{
    const struct host_section *section = find_most_specific(config, host);
    return section ? &section->settings : &config->any_host;
}

size_t config_host_sections(const struct config *config, const char *const **patterns)
{
    *patterns = config->host_patterns;
    return config->host_count;
}

const struct settings *config_section_settings(const struct config *config, size_t index)
{
    assert(index < config->host_count);
    return &config->hosts[index].settings;
}

static const struct url_rules *find_url_rules(const struct config *config, struct bytes host)
{
    const struct host_section *section = find_most_specific(config, host);
    return section ? &section->url_rules : &config->url_rules;
}

const struct url_rules *config_url_rules(const struct config *config, struct bytes host)
{
    if (!config->has_url_rules_of_hosts)
        return &config->url_rules;
    const struct url_rules *rules = find_url_rules(config, host);
    /* Without its dot it is another host, whose rules are to have found nothing left to do. */
    if (rules->drop_host_dot && bytes_end_with(host, BYTES(".")))
        return find_url_rules(config, bytes_slice(host, 0, host.length - 1));
    return rules;
}

size_t config_rules(const struct config *config, const struct config_rule **rules)
{
    *rules = config->rules;
    return config->rule_count;
}
