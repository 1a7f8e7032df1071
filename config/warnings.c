/* SPDX-License-Identifier: MIT
 *
 * warnings - what loads but will hardly do what was meant.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "config/loaded.h"

/* Expressions that match every URL, as people write them. That any other does is for a person to
 * see. */
static bool matches_everything(const char *pattern)
{
    static const char *const wide[] = { ".", ".*", ".+", "^", "^.", "^.*", "^.*$", ".*$", "^http" };
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (strcmp(pattern, wide[i]) == 0)
            return true;
    return false;
}

/* Is every host of the later rule one of the earlier? */
static bool covers_host(const struct config_rule *earlier, const struct config_rule *later)
{
    return !earlier->host || (later->host && strcmp(earlier->host, later->host) == 0);
}

/* Why the earlier rule leaves nothing to the later, or NULL. */
static const char *hides(const struct config_rule *earlier, const struct config_rule *later)
{
    if (!covers_host(earlier, later))
        return NULL;
    if (matches_everything(earlier->pattern))
        return "matches every URL";
    return strcmp(earlier->pattern, later->pattern) == 0 ? "has the same expression" : NULL;
}

static void warn_of_hidden_rule(const struct config *config, size_t index, struct buf *out)
{
    const struct config_rule *rule = &config->rules[index];
    for (size_t i = 0; i < index; i++) {
        const struct config_rule *earlier = &config->rules[i];
        const char *why = hides(earlier, rule);
        if (why) {
            buf_printf(out, "%s:%u: this rule never decides: %s:%u %s\n", rule->file, rule->line,
                       earlier->file, earlier->line, why);
            return;
        }
    }
}

/* "FORAGE_DEALY=2s": the name behind the prefix, lower case, if it is no option but near to one. */
static void warn_of_variable(const char *variable, struct buf *out)
{
    struct bytes rest = bytes_from_string(variable);
    struct bytes prefix = BYTES(ENVIRONMENT_PREFIX);
    if (!bytes_start_with(rest, prefix))
        return;
    const char *const *names;
    size_t count = config_option_names(&names);
    struct bytes name = bytes_slice(rest, prefix.length, bytes_find(rest, '='));
    char *typed = xbytesdup(name);
    const char *nearest = nearest_name(typed, names, count);
    if (nearest && !bytes_equal_nocase(name, bytes_from_string(nearest)) &&
        !rule_word_find(bytes_from_string(nearest))) {
        buf_printf(out, ENVIRONMENT_PREFIX "%s: no option; did you mean " ENVIRONMENT_PREFIX,
                   typed);
        for (; *nearest; nearest++)
            buf_append_char(out, ascii_is_alpha(*nearest) ? (char)(*nearest & ~0x20) : *nearest);
        buf_append_string(out, "?\n");
    }
    free(typed);
}

void config_warnings(const struct config *config, struct buf *out)
{
    for (size_t i = 0; i < config->rule_count; i++)
        warn_of_hidden_rule(config, i, out);
    for (char **variable = environ; variable && *variable; variable++)
        warn_of_variable(*variable, out);
}
