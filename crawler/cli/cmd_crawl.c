/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "crawler/cli/command.h"
#include "crawler/cli/crawl_directory.h"
#include "crawler/cli/running.h"
#include "crawler/cli/seeds.h"

/* What -o sets is kept in the new forage.conf, so the next run needs no more. */
static enum status create_directory(struct invocation *in, const char *directory)
{
    struct config *config;
    char *error = NULL;
    enum status status = config_load(&config, NULL, NULL, &in->overrides, &error);
    if (!status) {
        status = running_check(in, config, directory);
        if (!status)
            status = crawl_directory_create(directory, config, &error);
        config_free(config);
    }
    if (status && error)
        invocation_fail(in, status, "%s", error);
    free(error);
    return status;
}

enum status cmd_crawl(struct invocation *in)
{
    const char *directory = invocation_directory(in, "crawl");
    struct config *config = NULL;
    struct seeds seeds;
    enum status status = seeds_collect(&seeds, in);
    if (status)
        return status;
    if (!crawl_directory_exists(directory))
        status = create_directory(in, directory);
    if (!status)
        status = invocation_load(in, directory, &config);
    if (!status)
        status = running_check(in, config, directory);
    if (!status)
        status = running_run(in, config, directory, &seeds, true);
    config_free(config);
    seeds_clear(&seeds);
    return status;
}
