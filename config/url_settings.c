/* SPDX-License-Identifier: MIT
 *
 * url_settings - the options of [urls] as struct url_rules, for all hosts and for those of each
 * section, so that a link costs no more than a pointer.
 */
#include "config/loaded.h"

static struct url_names names_of(const struct text_list *list, struct arena *memory)
{
    struct bytes *items = arena_alloc(memory, list->count * sizeof(*items));
    for (size_t i = 0; i < list->count; i++)
        items[i] = bytes_from_string(list->items[i]);
    return (struct url_names){ items, list->count };
}

static struct url_rules rules_of(const struct settings *settings, struct arena *memory)
{
    return (struct url_rules){
        .drop_host_dot = settings->drop_host_dot,
        .upper_hex = settings->upper_hex,
        .decode_unreserved = settings->decode_unreserved,
        .drop_sessions = settings->drop_sessions,
        .drop_tracking = settings->drop_tracking,
        .drop_parameters = settings->drop_parameters.count > 0,
        .drop_empty_query = settings->drop_empty_query,
        .dropped = names_of(&settings->drop_parameters, memory),
        .kept = names_of(&settings->keep_parameters, memory),
    };
}

/* Does the section set an option of [urls], itself or by a wider one? */
static bool is_own(const struct settings *settings, const struct settings *any)
{
    bool has_own_flag = settings->drop_host_dot != any->drop_host_dot ||
                        settings->upper_hex != any->upper_hex ||
                        settings->decode_unreserved != any->decode_unreserved ||
                        settings->drop_sessions != any->drop_sessions ||
                        settings->drop_tracking != any->drop_tracking ||
                        settings->drop_empty_query != any->drop_empty_query;
    /* A list that was not set is the same one. */
    return has_own_flag || settings->drop_parameters.items != any->drop_parameters.items ||
           settings->keep_parameters.items != any->keep_parameters.items;
}

void url_rules_complete(struct config *config)
{
    config->url_rules = rules_of(&config->any_host, &config->memory);
    for (size_t i = 0; i < config->host_count; i++) {
        struct host_section *host = &config->hosts[i];
        bool has_own = is_own(&host->settings, &config->any_host);
        host->url_rules = has_own ? rules_of(&host->settings, &config->memory) : config->url_rules;
        config->has_url_rules_of_hosts |= has_own;
    }
}
