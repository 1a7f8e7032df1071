/* SPDX-License-Identifier: MIT */
#include "crawler/control/network_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "crawler/control/proxying.h"
#include "crawler/fetch/address.h"
#include "crawler/fetch/dns_servers.h"

/* Where the user looks for it. Takes problem. */
static char *placed(const struct config *config, const char *section, const char *option,
                    char *problem)
{
    struct buf text;
    if (!problem)
        return NULL;
    buf_init(&text, BUF_UNBOUNDED);
    config_where(config, section, option, &text);
    buf_printf(&text, "%s%s: %s", text.length > 0 ? ": " : "", option, problem);
    free(problem);
    return buf_detach(&text, NULL);
}

/* Crawls are started by cron, too, which begins in another folder than the user. */
static char *error_of_file(const char *path)
{
    if (path[0] && path[0] != '/')
        return xasprintf("%s: write the whole path, from / on", path);
    if (!path[0] || access(path, R_OK) == 0)
        return NULL;
    return xasprintf("cannot read %s: %s", path, strerror(errno));
}

static char *error_of_files(const struct config *config, const char *section,
                            const struct settings *settings)
{
    const struct {
        const char *option;
        const char *path;
    } files[] = {
        { "tls_ca_file", settings->tls_ca_file },
        { "tls_client_cert", settings->tls_client_cert },
        { "tls_client_key", settings->tls_client_key },
    };
    char *error = NULL;
    if (settings->tls_client_key[0] && !settings->tls_client_cert[0])
        return placed(config, section, "tls_client_key",
                      xstrdup("a key is of no use without its tls_client_cert"));
    for (size_t i = 0; !error && i < sizeof(files) / sizeof(files[0]); i++)
        error = placed(config, section, files[i].option, error_of_file(files[i].path));
    return error;
}

/* A proxy's own words say which option it stands in. */
static char *error_of_proxies(const char *section, const struct settings *settings)
{
    char *problem = proxying_error(settings);
    if (!problem || !section)
        return problem;
    char *error = xasprintf("[host \"%s\"]: %s", section, problem);
    free(problem);
    return error;
}

static char *error_of(const struct config *config, const char *section,
                      const struct settings *settings)
{
    char *error = error_of_proxies(section, settings);
    return error ? error : error_of_files(config, section, settings);
}

static char *error_of_addresses(const struct config *config)
{
    const struct text_list *list = &config_settings(config)->allow_address;
    char *problem = NULL;
    address_rules_free(address_rules_new(list->items, list->count, &problem));
    return placed(config, NULL, "allow_address", problem);
}

static char *error_of_servers(const struct config *config)
{
    const char *written = config_settings(config)->dns_servers;
    struct buf servers;
    if (!written[0])
        return NULL;
    buf_init(&servers, BUF_UNBOUNDED);
    char *problem = dns_servers_read(bytes_from_string(written), &servers);
    buf_clear(&servers);
    return placed(config, NULL, "dns_servers", problem);
}

char *network_options_error(const struct config *config)
{
    const char *const *patterns;
    size_t count = config_host_sections(config, &patterns);
    char *error = error_of_addresses(config);
    if (!error)
        error = error_of_servers(config);
    if (!error)
        error = error_of(config, NULL, config_settings(config));
    for (size_t i = 0; !error && i < count; i++)
        error = error_of(config, patterns[i], config_section_settings(config, i));
    return error;
}
