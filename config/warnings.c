/* SPDX-License-Identifier: MIT
 *
 * warnings - what loads but will hardly do what was meant.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "config/loaded.h"

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

void config_insecure_hosts(const struct config *config, struct buf *out)
{
    const char *const *patterns;
    const char *separator = "";
    size_t count = config_host_sections(config, &patterns);
    if (config_settings(config)->tls_insecure) {
        buf_append_string(out, "all hosts");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (!config_section_settings(config, i)->tls_insecure)
            continue;
        buf_printf(out, "%s%s", separator, patterns[i]);
        separator = ", ";
    }
}

static void warn_of_insecure_hosts(const struct config *config, struct buf *out)
{
    struct buf hosts;
    buf_init(&hosts, BUF_UNBOUNDED);
    config_insecure_hosts(config, &hosts);
    if (hosts.length > 0)
        buf_printf(out, "tls_insecure: whoever answers for %.*s is believed\n", (int)hosts.length,
                   hosts.data);
    buf_clear(&hosts);
}

void config_warnings(const struct config *config, struct buf *out)
{
    warn_of_insecure_hosts(config, out);
    for (char **variable = environ; variable && *variable; variable++)
        warn_of_variable(*variable, out);
}
