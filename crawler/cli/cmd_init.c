/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "crawler/cli/command.h"
#include "crawler/cli/crawl_directory.h"
#include "crawler/cli/invocation.h"

enum status cmd_init(struct invocation *in)
{
    const char *directory = in->argument_count > 0 ? in->arguments[0] : NULL;
    struct config *config;
    char *error;
    if (!directory)
        directory = invocation_named_directory(in);
    if (!directory)
        directory = "crawl";
    /* Of no directory: what -o sets is checked, and nothing else holds. */
    enum status status = config_load(&config, NULL, NULL, &in->overrides, &error);
    if (status) {
        invocation_fail(in, status, "%s", error);
        free(error);
        return status;
    }
    status = crawl_directory_create(directory, config, &error);
    config_free(config);
    if (status) {
        invocation_fail(in, status, "%s", error);
        free(error);
        return status;
    }
    invocation_note(in, "%s/forage.conf is written; next: forage -C %s seed URL...", directory,
                    directory);
    return STATUS_OK;
}
