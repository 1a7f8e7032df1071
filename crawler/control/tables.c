/* SPDX-License-Identifier: MIT */
#include "crawler/control/tables.h"

#include "base/log.h"

/* Some 25 MB of memory; a page of the URLs' table is then touched once for several of a host. */
enum { TRIED_MOST = 100000 };

static enum status open_rooms(struct tables *tables, const struct frontier_options *options)
{
    struct database *database = tables->database;
    enum status status = counters_load(&tables->counters, database);
    if (!status)
        status = frontier_open(&tables->frontier, database, &tables->counters, options);
    if (!status)
        status = page_store_open(&tables->pages, database);
    if (!status)
        status = change_feed_open(&tables->changes, database);
    if (!status)
        status = duplicates_open(&tables->duplicates, database);
    if (!status)
        status = origins_open(&tables->origins, database);
    if (!status)
        status = site_cookies_open(&tables->cookies, database);
    return status;
}

static struct host_budget budget_of(const void *owner, struct bytes host)
{
    const struct settings *settings = config_host_settings(owner, host);
    return (struct host_budget){ .queue_most = settings->queue_max,
                                 .pages_most = settings->max_pages,
                                 .site_pages_most = settings->site_max_pages };
}

struct budgets tables_budgets(const struct config *config)
{
    const struct settings *settings = config_settings(config);
    return (struct budgets){
        .host = budget_of,
        .owner = config,
        .site_queue_most = settings->site_queue_max,
        .site_hosts_most = settings->site_max_hosts,
        .known_most = settings->known_max,
    };
}

enum status tables_open(struct tables *tables, const char *directory, const struct config *config,
                        bool is_epoch)
{
    const struct settings *settings = config_settings(config);
    struct database_options database = {
        .cache_bytes = settings->db_cache_bytes,
        .use_locks = settings->db_locks,
    };
    struct frontier_options frontier = {
        .arrivals_most = settings->arrivals_max,
        .budgets = tables_budgets(config),
        .tried_most = TRIED_MOST,
        .is_epoch = is_epoch,
    };
    *tables = (struct tables){ 0 };
    enum status status = database_open(&tables->database, directory, &database);
    if (!status)
        status = open_rooms(tables, &frontier);
    tables->survey = survey_new();
    if (status) {
        log_error("%s: the store cannot be opened: %s", directory, status_text(status));
        tables_close(tables);
    }
    return status;
}

void tables_close(struct tables *tables)
{
    survey_free(tables->survey);
    site_cookies_close(tables->cookies);
    origins_close(tables->origins);
    duplicates_close(tables->duplicates);
    change_feed_close(tables->changes);
    page_store_close(tables->pages);
    frontier_close(tables->frontier);
    database_close(tables->database);
    *tables = (struct tables){ 0 };
}
