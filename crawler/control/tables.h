/* SPDX-License-Identifier: MIT
 *
 * tables - all tables of a crawl, opened together by the process that holds the lock.
 *
 * One thread at a time works on them: the store thread of a run, or the holder of a verb.
 */
#ifndef CRAWLER_CONTROL_TABLES_H
#define CRAWLER_CONTROL_TABLES_H

#include "base/status.h"
#include "config/config.h"
#include "crawler/control/survey.h"
#include "frontier/frontier.h"
#include "store/changes.h"
#include "store/counters.h"
#include "store/database.h"
#include "store/duplicates.h"
#include "store/origins.h"
#include "store/page.h"
#include "store/site_cookies.h"

struct tables {
    struct database *database;
    struct counters counters;
    struct frontier *frontier;
    struct page_store *pages;
    struct change_feed *changes;
    struct duplicates *duplicates;
    struct origins *origins;
    struct site_cookies *cookies;
    struct survey *survey; /* Of what there is to do. */
};

/* directory must exist; config outlives the tables; is_epoch as in struct frontier_options. Logs
 * what failed. */
enum status tables_open(struct tables *tables, const char *directory, const struct config *config,
                        bool is_epoch);
/* What the configuration, which outlives them, says of budgets. */
struct budgets tables_budgets(const struct config *config);
/* Copes with half-open tables. Saves no counters: transactions do. */
void tables_close(struct tables *tables);

#endif
