/* SPDX-License-Identifier: MIT */
#include "crawler/cli/command.h"
#include "crawler/cli/crawl_directory.h"
#include "crawler/cli/running.h"

enum status cmd_run(struct invocation *in)
{
    const char *directory = invocation_directory(in, "crawl");
    struct config *config;
    if (!crawl_directory_exists(directory))
        return invocation_fail(in, STATUS_NO_INPUT,
                               "%s: there is no crawl here (no forage.conf); type: forage init %s",
                               directory, directory);
    enum status status = invocation_load(in, directory, &config);
    if (status)
        return status;
    status = running_check(in, config, directory);
    if (!status)
        status = running_run(in, config, directory, NULL, false);
    config_free(config);
    return status;
}
