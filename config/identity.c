/* SPDX-License-Identifier: MIT
 *
 * identity - who the crawl says it is: every User-Agent leads to a person.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "config/config.h"
#include "config/loaded.h"

static bool has_contact(struct bytes text)
{
    const char *at = text.length ? memchr(text.data, '@', text.length) : NULL;
    return (at && at > text.data && at + 1 < text.data + text.length) ||
           memmem(text.data, text.length, "http://", 7) ||
           memmem(text.data, text.length, "https://", 8);
}

/* A User-Agent without a way to reach a person gets the contact behind it, unless that makes it too
 * long: then config_identity_error tells. */
static const char *complete_user_agent(struct config *config, const char *user_agent)
{
    const char *contact = config->general.contact;
    if (!*contact || has_contact(bytes_from_string(user_agent)))
        return user_agent;
    char *text =
        xasprintf("%s (+%s)", *user_agent ? user_agent : "Forage/" FORAGE_VERSION, contact);
    bool fits = (double)strlen(text) <= options[OPTION_NUMBER_user_agent].most;
    const char *kept =
        fits ? arena_copy(&config->memory, bytes_from_string(text)).data : user_agent;
    free(text);
    return kept;
}

void identity_complete(struct config *config)
{
    const char *user_agent = complete_user_agent(config, config->general.user_agent);
    if (!*config->general.user_agent && *user_agent)
        config->origins[OPTION_NUMBER_user_agent].place = "made from contact";
    config->general.user_agent = user_agent;
    config->any_host.user_agent = config->general.user_agent;
    for (size_t i = 0; i < config->host_count; i++) {
        struct settings *settings = &config->hosts[i].settings;
        settings->user_agent = complete_user_agent(config, settings->user_agent);
    }
}

/* RFC 9110, 10.1.5: a product name is a token; robots.txt groups are found by its letters. */
static bool begins_with_product(struct bytes user_agent)
{
    size_t end = bytes_find(user_agent, '/');
    size_t blank = bytes_find(user_agent, ' ');
    struct bytes name = bytes_slice(user_agent, 0, end < blank ? end : blank);
    for (size_t i = 0; i < name.length; i++)
        if (!ascii_is_alpha(name.data[i]) && !ascii_is_digit(name.data[i]) && name.data[i] != '-' &&
            name.data[i] != '_')
            return false;
    return name.length > 0 && ascii_is_alpha(name.data[0]);
}

char *config_identity_error(const struct config *config)
{
    const char *user_agent = config->general.user_agent;
    const char *contact = config->general.contact;
    if (*contact && !has_contact(bytes_from_string(contact)))
        return xasprintf("contact = %s: this is neither a mail address nor a URL; "
                         "write: contact = you@example.org",
                         contact);
    if (!has_contact(bytes_from_string(user_agent)))
        return xstrdup("webmasters must be able to reach you: write contact = you@example.org "
                       "under [crawl], or add -o contact=you@example.org");
    if (!begins_with_product(bytes_from_string(user_agent)))
        return xasprintf("user_agent = %s: it does not begin with a product name; write: "
                         "user_agent = ExampleBot/1.0 (+https://example.org/bot)",
                         user_agent);
    return NULL;
}

const char *config_user_agent(const struct config *config)
{
    return config->general.user_agent;
}
