/* SPDX-License-Identifier: MIT */
#include "crawler/control/network_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "crawler/control/proxying.h"

static char *error_of_files(const struct settings *settings)
{
    const struct {
        const char *option;
        const char *path;
    } files[] = {
        { "tls_ca_file", settings->tls_ca_file },
        { "tls_client_cert", settings->tls_client_cert },
        { "tls_client_key", settings->tls_client_key },
    };
    if (settings->tls_client_key[0] && !settings->tls_client_cert[0])
        return xstrdup("tls_client_key: a key is of no use without its tls_client_cert");
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (files[i].path[0] && access(files[i].path, R_OK) != 0)
            return xasprintf("%s: cannot read %s: %s", files[i].option, files[i].path,
                             strerror(errno));
    return NULL;
}

static char *error_of(const struct settings *settings)
{
    char *error = proxying_error(settings);
    return error ? error : error_of_files(settings);
}

char *network_options_error(const struct config *config)
{
    const char *const *patterns;
    size_t count = config_host_sections(config, &patterns);
    char *error = error_of(config_settings(config));
    for (size_t i = 0; !error && i < count; i++) {
        char *own = error_of(config_section_settings(config, i));
        if (own)
            error = xasprintf("[host \"%s\"]: %s", patterns[i], own);
        free(own);
    }
    return error;
}
