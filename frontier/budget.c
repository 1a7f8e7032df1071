/* SPDX-License-Identifier: MIT */
#include "frontier/budget.h"

#include <string.h>

#include "base/pack.h"
#include "base/site.h"
#include "frontier/inside.h"
#include "frontier/over_budget.h"

enum {
    /* Hosts that one slice of a release looks at. */
    SLICE_HOSTS = 200,
    /* Rows that are looked at for one that may go on in the place of a page. */
    ROWS_MOST = 16,
    /* Only near its bound has a site hosts that wait for pages to go. */
    NEAR_PAGES = 1000,
};

/* What each class may take of a queue, in percent: what lies deep, as mazes and calendars do,
 * leaves room for what is found later near the top. */
static const uint64_t class_shares[URL_CLASSES] = { 100, 100, 75, 50 };

static struct host_budget budget_of(const struct frontier *frontier, const struct host *host)
{
    const struct budgets *budgets = &frontier->options.budgets;
    return budgets->host ? budgets->host(budgets->owner, host_name(host))
                         : (struct host_budget){ 0 };
}

/* ---- What is queued */

static bool has_room(uint64_t queued, uint64_t most, uint8_t url_class)
{
    /* In this order nothing overflows: a bound is below 10^12. */
    return most == 0 || queued * 100 < most * class_shares[url_class];
}

struct queue_bounds budget_queue_bounds(const struct frontier *frontier, const struct host *host)
{
    struct queue_bounds bounds = { 0 };
    if (!host->state->is_seeded)
        bounds.host = budget_of(frontier, host).queue_most;
    if (!host_site_state(host).is_seeded)
        bounds.site = frontier->options.budgets.site_queue_most;
    return bounds;
}

bool budget_may_queue(const struct queue_bounds *bounds, const struct host *host, uint8_t url_class)
{
    return has_room(host->state->queued, bounds->host, url_class) &&
           (bounds->site == 0 || has_room(host_site_state(host).queued, bounds->site, url_class));
}

/* ---- What is handed out */

enum budget budget_used_up(const struct frontier *frontier, const struct host *host)
{
    const struct budgets *budgets = &frontier->options.budgets;
    struct host_budget own = budget_of(frontier, host);
    struct site_state site = host_site_state(host);
    if (own.pages_most > 0 && host->state->pages >= own.pages_most)
        return BUDGET_PAGES;
    if (own.site_pages_most > 0 && site.pages >= own.site_pages_most)
        return BUDGET_SITE_PAGES;
    if (site.is_seeded)
        return BUDGET_NONE;
    if (budgets->site_hosts_most > 0 && !host->state->is_admitted &&
        site.hosts >= budgets->site_hosts_most)
        return BUDGET_SITE_HOSTS;
    return BUDGET_NONE;
}

static uint64_t room_of(uint64_t most, uint64_t pages, uint64_t flights)
{
    if (most == 0)
        return UINT64_MAX;
    return pages + flights < most ? most - pages - flights : 0;
}

uint64_t budget_room(const struct frontier *frontier, const struct host *host)
{
    struct host_budget budget = budget_of(frontier, host);
    uint64_t own = room_of(budget.pages_most, host->state->pages, host->new_flights);
    uint64_t others =
        room_of(budget.site_pages_most, host_site_state(host).pages, host_site_flights(host));
    return own < others ? own : others;
}

/* ---- Looking inside */

enum budget frontier_host_budgets(struct frontier *frontier, struct bytes name,
                                  struct budget_use uses[BUDGET_USES])
{
    hosts_sweep(frontier->hosts);
    struct host *host = host_of_name(frontier->hosts, name);
    host_touch(frontier->hosts, host);
    host_load(frontier->hosts, host, NULL);
    const struct budgets *budgets = &frontier->options.budgets;
    struct site_state site = host_site_state(host);
    struct host_budget budget = budget_of(frontier, host);
    struct queue_bounds queue = budget_queue_bounds(frontier, host);
    const struct budget_use found[BUDGET_USES] = {
        { "max_pages", host->state->pages, budget.pages_most },
        { "site_max_pages", site.pages, budget.site_pages_most },
        { "site_max_hosts", site.hosts, site.is_seeded ? 0 : budgets->site_hosts_most },
        { "queue_max", host->state->queued, queue.host },
        { "site_queue_max", site.queued, queue.site },
    };
    memcpy(uses, found, sizeof(found));
    return budget_used_up(frontier, host);
}

/* ---- Going on */

static void let_go_on(struct frontier *frontier, struct host *host)
{
    enum budget budget = budget_used_up(frontier, host);
    if (host->state->over_budget == BUDGET_NONE || host->state->over_budget == (uint8_t)budget)
        return;
    host_set_over_budget(frontier->hosts, host, budget);
    if (budget == BUDGET_NONE)
        host_expect(frontier->hosts, host, frontier->now_ms);
}

/* One host of the site that waits for a page of it to go. */
static void find_successor(struct frontier *frontier, struct bytes site)
{
    struct cursor *cursor = cursor_open(frontier->tables.over_budget, NULL);
    struct bytes name;
    bool is_there = over_budget_seek(cursor, site, BUDGET_SITE_PAGES);
    for (int i = 0; is_there && i < ROWS_MOST; i++) {
        if (!over_budget_row(cursor, site, BUDGET_SITE_PAGES, &name))
            break;
        struct host *host = host_of_name(frontier->hosts, name);
        host_load(frontier->hosts, host, NULL);
        host_touch(frontier->hosts, host);
        /* Rows of hosts that went on in this batch are still there. */
        bool was_held = host->state->over_budget == BUDGET_SITE_PAGES;
        let_go_on(frontier, host);
        if (was_held)
            break;
        is_there = cursor_next(cursor);
    }
    cursor_close(cursor);
}

void budget_page_went(struct frontier *frontier, struct host *host)
{
    uint64_t most = budget_of(frontier, host).site_pages_most;
    struct site_state site = host_site_state(host);
    let_go_on(frontier, host);
    if (site.pages < most && site.pages + NEAR_PAGES >= most)
        find_successor(frontier, site_of_host(host_name(host)));
}

void budget_seeded(struct frontier *frontier, struct txn *txn, struct host *host)
{
    let_go_on(frontier, host);
    const uint64_t *values = frontier->counters->values;
    if (values[COUNTER_OVER_SITE_HOSTS] > 0) {
        budget_release_begin(frontier);
        holds_forget_config(frontier, txn);
    }
}

/* ---- All that are over a budget */

void budget_release_begin(struct frontier *frontier)
{
    frontier->budget_release.is_due = true;
    buf_reset(&frontier->budget_release.after);
}

bool budget_release_is_due(const struct frontier *frontier)
{
    return frontier->budget_release.is_due;
}

void budget_release_step(struct frontier *frontier, struct txn *txn)
{
    struct buf *after = &frontier->budget_release.after;
    struct cursor *cursor = cursor_open(frontier->tables.over_budget, txn);
    bool is_there = cursor_seek(cursor, buf_bytes(after));
    if (is_there && after->length > 0 && bytes_equal(cursor_key(cursor), buf_bytes(after)))
        is_there = cursor_next(cursor);
    for (int i = 0; is_there && i < SLICE_HOSTS; i++) {
        buf_reset(after);
        buf_append_bytes(after, cursor_key(cursor));
        struct host *host = host_of_name(frontier->hosts, cursor_value(cursor));
        host_load(frontier->hosts, host, txn);
        host_touch(frontier->hosts, host);
        let_go_on(frontier, host);
        is_there = cursor_next(cursor);
    }
    cursor_close(cursor);
    if (!is_there) {
        frontier->budget_release.is_due = false;
        buf_reset(after);
    }
}
