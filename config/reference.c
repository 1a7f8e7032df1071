/* SPDX-License-Identifier: MIT
 *
 * reference - what the table says about every option: as text, as a part of the manual page, and as
 * a forage.conf to begin with.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "config/config.h"
#include "config/loaded.h"
#include "config/prose.h"
#include "config/values.h"

enum { WIDTH = 79 };

static const char general_text[] =
    "Settings come from, each over the one before: what is built in, forage.conf, the environment "
    "(delay is FORAGE_DELAY), and -o NAME=VALUE on the command line.";

static const char values_text[] =
    "Time spans have a unit (500ms, 10s, 5m, 24h, 7d), sizes may have one (4096, 256Ki, 10M; Ki is "
    "1024, K is 1000), and so may numbers (20k, 3M). A list is separated by commas, or its option "
    "is "
    "given on several lines.";

static const char lines_text[] =
    "A comment begins with # or ; at the start of a line, or with # behind white space. A value in "
    "double quotes keeps white space and # as they stand; there are no escapes.";

static const char hosts_text[] =
    "[host \"docs.example.org\"] holds settings of one host, [host \"*.example.org\"] those of all "
    "hosts below example.org. For each option the most specific section that sets it wins; and as "
    "a "
    "host section is about one host, it wins over general values wherever these come from.";

static const char rules_text[] =
    "include and exclude lines are rules. They are tried in their order, over the whole file "
    "(those "
    "of the command line first), and the first that matches decides; where none does, scope does. "
    "A rule in a host section is tried for that host alone.";

/* "delay" becomes "time span, 0 to 1d; may be set for a host". */
static void describe(const struct option *option, struct buf *out)
{
    static const char *const reaches[] = {
        [REACH_CRAWL] = "",
        [REACH_HOST] = "; may be set for a host",
        [REACH_APART] = "; may be set for a host",
        [REACH_OWN] = "; for one host, in its section",
    };
    value_describe(option, out);
    buf_append_string(out, reaches[option->reach]);
}

static bool is_in(const struct option *option, const struct section *section)
{
    return strcmp(option->section, section->name) == 0;
}

/* ---- The parameters that options of [urls] name by themselves */

static const struct shipped {
    const char *option;
    const char *name;
    const char *origin;
    bool is_enough;
} shipped[] = {
#define ROW(name, origin) { "drop_tracking", name, origin, true },
    URL_TRACKING_TABLE(ROW)
#undef ROW
#define ROW(name, is_enough, origin) { "drop_sessions", name, origin, is_enough },
        URL_SESSION_TABLE(ROW)
#undef ROW
};

enum { SHIPPED = sizeof(shipped) / sizeof(shipped[0]) };

static bool is_shipped_for(size_t index, const struct option *option)
{
    return strcmp(shipped[index].option, option->name) == 0;
}

static const char *condition(const struct shipped *parameter)
{
    return parameter->is_enough ? "" : " (where its value looks like a token)";
}

static void list_shipped(const struct option *option, struct buf *out)
{
    for (size_t i = 0; i < SHIPPED; i++)
        if (is_shipped_for(i, option))
            buf_printf(out, "        %-14s %s%s\n", shipped[i].name, shipped[i].origin,
                       condition(&shipped[i]));
}

static void list_shipped_mdoc(const struct option *option, struct buf *out)
{
    bool is_open = false;
    for (size_t i = 0; i < SHIPPED; i++) {
        if (!is_shipped_for(i, option))
            continue;
        if (!is_open)
            buf_append_string(out, ".Pp\n.Bl -tag -width aspsessionid* -compact\n");
        is_open = true;
        buf_printf(out, ".It Li %s\n%s%s\n", shipped[i].name, shipped[i].origin,
                   condition(&shipped[i]));
    }
    if (is_open)
        buf_append_string(out, ".El\n");
}

/* ---- The documents */

static bool has_rules(const struct section *section)
{
    return strcmp(section->name, "scope") == 0;
}

void config_reference(struct buf *out)
{
    const char *const texts[] = { general_text, values_text, lines_text, hosts_text, rules_text };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        prose_wrap(out, "", WIDTH, texts[i]);
        buf_append_char(out, '\n');
    }
    for (size_t s = 0; s < SECTIONS; s++) {
        buf_printf(out, "%s[%s]  %s\n", s ? "\n" : "", sections[s].name, sections[s].help);
        for (size_t i = 0; i < OPTIONS; i++) {
            if (!is_in(&options[i], &sections[s]))
                continue;
            buf_printf(out, "\n  %s =%s%s\n      (", options[i].name,
                       *options[i].built_in ? " " : "", options[i].built_in);
            describe(&options[i], out);
            buf_append_string(out, ")\n");
            prose_wrap(out, "      ", WIDTH, options[i].help);
            list_shipped(&options[i], out);
        }
        for (size_t i = 0; has_rules(&sections[s]) && i < RULE_WORDS; i++) {
            buf_printf(out, "\n  %s = REGEX\n", rule_words[i].name);
            prose_wrap(out, "      ", WIDTH, rule_words[i].help);
        }
    }
}

static void mdoc_option(const struct option *option, struct buf *out)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_printf(out, ".It Cm %s", option->name);
    if (*option->built_in && !option_is_list(option)) {
        buf_append_string(out, " No = Ar ");
        prose_mdoc_word(out, option->built_in);
    }
    buf_append_char(out, '\n');
    prose_mdoc(out, option->help);
    if (*option->built_in && option_is_list(option))
        buf_printf(&text, "Built-in: %s. ", option->built_in);
    buf_append_char(&text, '(');
    describe(option, &text);
    buf_append_string(&text, ".)");
    prose_mdoc(out, text.data);
    list_shipped_mdoc(option, out);
    buf_clear(&text);
}

void config_reference_mdoc(struct buf *out)
{
    const char *const texts[] = { general_text, values_text, lines_text, hosts_text, rules_text };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (i > 0)
            buf_append_string(out, ".Pp\n");
        prose_mdoc(out, texts[i]);
    }
    for (size_t s = 0; s < SECTIONS; s++) {
        buf_printf(out, ".Ss Section %s\n", sections[s].name);
        prose_mdoc(out, sections[s].help);
        buf_append_string(out, ".Bl -tag -width Ds\n");
        for (size_t i = 0; i < OPTIONS; i++)
            if (is_in(&options[i], &sections[s]))
                mdoc_option(&options[i], out);
        for (size_t i = 0; has_rules(&sections[s]) && i < RULE_WORDS; i++) {
            buf_printf(out, ".It Cm %s No = Ar regex\n", rule_words[i].name);
            prose_mdoc(out, rule_words[i].help);
        }
        buf_append_string(out, ".El\n");
    }
}

/* The option with its built-in value, commented out, or with what the command line set. */
static void sample_option(const struct option *option, const struct config *from, struct buf *out)
{
    struct buf value;
    bool is_set = from && from->origins[option_index(option)].layer == LAYER_COMMAND_LINE;
    buf_init(&value, BUF_UNBOUNDED);
    if (is_set)
        value_print(option, &from->general, &value);
    else
        buf_append_string(&value, option->built_in);
    buf_append_char(out, '\n');
    prose_wrap(out, "# ", WIDTH, option->help);
    buf_printf(out, "%s%s =%s", is_set ? "" : "#", option->name, value.length > 0 ? " " : "");
    value_quote(buf_bytes(&value), out);
    buf_append_char(out, '\n');
    buf_clear(&value);
}

static void sample_rules(const struct config *from, struct buf *out)
{
    buf_append_char(out, '\n');
    prose_wrap(out, "# ", WIDTH,
               "Rules are regular expressions (PCRE2), tried in this order on the whole URL; the "
               "first that matches decides.");
    for (size_t i = 0; from && i < from->rule_count; i++) {
        const struct config_rule *rule = &from->rules[i];
        if (rule->file == from->file)
            continue;
        buf_printf(out, "%s = ", rule->is_include ? "include" : "exclude");
        value_quote(bytes_from_string(rule->pattern), out);
        buf_append_char(out, '\n');
    }
    buf_append_string(out, "#exclude = \\?(.*&)?print=1\n"
                           "#include = ^https://docs\\.example\\.org/\n");
}

static void sample_hosts(struct buf *out)
{
    buf_append_string(out, "\n# Settings of one host, or of all below a domain; the most specific "
                           "wins.\n#[host \"docs.example.org\"]\n#delay = 500ms\n"
                           "#max_pages = 200000\n");
    for (size_t i = 0; i < OPTIONS; i++)
        if (options[i].reach == REACH_OWN)
            sample_option(&options[i], NULL, out);
}

void config_sample(struct buf *out, const struct config *from)
{
    prose_wrap(out, "# ", WIDTH, "forage.conf - the settings of one crawl.");
    buf_append_string(out, "#\n");
    prose_wrap(out, "# ", WIDTH,
               "Every option stands here with its built-in value, commented out. Remove the # in "
               "front to change one. \"forage config check\" finds mistakes, \"forage config show "
               "--origin\" says what holds and why, \"forage config reference\" explains values.");
    buf_append_string(out, "#\n");
    prose_wrap(out, "# ", WIDTH, values_text);
    for (size_t s = 0; s < SECTIONS; s++) {
        if (option_section_is_host(&sections[s]))
            continue;
        buf_printf(out, "\n[%s]\n# %s\n", sections[s].name, sections[s].help);
        for (size_t i = 0; i < OPTIONS; i++)
            if (is_in(&options[i], &sections[s]))
                sample_option(&options[i], from, out);
        if (has_rules(&sections[s]))
            sample_rules(from, out);
    }
    sample_hosts(out);
}
