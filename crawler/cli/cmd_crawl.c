/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/cli/command.h"
#include "crawler/cli/crawl_directory.h"
#include "crawler/cli/running.h"
#include "crawler/cli/seeds.h"

/* -o is for one run, but who we are is kept in the new forage.conf, so the next run needs no more.
 */
static struct config_overrides identity_of(const struct invocation *in, const char **items)
{
    struct config_overrides kept = { .items = items };
    for (size_t i = 0; i < in->overrides.count; i++) {
        struct bytes item = bytes_from_string(in->overrides.items[i]);
        struct bytes name = bytes_trim(bytes_slice(item, 0, bytes_find(item, '=')));
        if (bytes_equal(name, BYTES("contact")) || bytes_equal(name, BYTES("user_agent")))
            items[kept.count++] = in->overrides.items[i];
    }
    return kept;
}

static enum status create_directory(struct invocation *in, const char *directory)
{
    struct config *config;
    char *error = NULL;
    const char **items = xcalloc(in->overrides.count, sizeof(*items));
    struct config_overrides kept = identity_of(in, items);
    enum status status = config_load(&config, NULL, NULL, &kept, &error);
    if (!status) {
        status = running_check(in, config, directory);
        if (!status)
            status = crawl_directory_create(directory, config, &error);
        config_free(config);
    }
    if (status && error)
        invocation_fail(in, status, "%s", error);
    free(error);
    free(items);
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
