/* SPDX-License-Identifier: MIT */
#include "frontier/budget.h"

#include "base/pack.h"
#include "base/site.h"
#include "frontier/held.h"
#include "frontier/inside.h"

enum {
    /* Hosts that one slice of a release looks at. */
    SLICE_HOSTS = 200,
    /* Rows that are looked at for one that may go on in the place of a page. */
    ROWS_MOST = 16,
    /* Only near its bound has a site hosts that wait for pages to go. */
    NEAR_PAGES = 1000,
};

/* What each class may take of a queue, in percent: what lies deep, as mazes and calendars do, leaves
 * room for what is found later near the top. */
static const uint64_t class_shares[URL_CLASSES] = { 100, 100, 75, 50 };

static struct host_budget budget_of(const struct frontier *frontier, const struct host *host)
{
    const struct frontier_options *options = &frontier->options;
    return options->budget_of ? options->budget_of(options->owner, host_name(host))
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
        bounds.site = frontier->options.site_queue_most;
    return bounds;
}

bool budget_may_queue(const struct queue_bounds *bounds, const struct host *host,
                      uint8_t url_class)
{
    return has_room(host->state->queued, bounds->host, url_class) &&
           (bounds->site == 0 ||
            has_room(host_site_state(host).queued, bounds->site, url_class));
}

/* ---- What is handed out */

enum hold budget_hold(const struct frontier *frontier, const struct host *host)
{
    const struct frontier_options *options = &frontier->options;
    uint64_t pages_most = budget_of(frontier, host).pages_most;
    struct site_state site = host_site_state(host);
    if (pages_most > 0 && host->state->pages >= pages_most)
        return HOLD_PAGES;
    if (site.is_seeded)
        return HOLD_NONE;
    if (options->site_pages_most > 0 && site.pages >= options->site_pages_most)
        return HOLD_SITE_PAGES;
    if (options->site_hosts_most > 0 && !host->state->is_admitted &&
        site.hosts >= options->site_hosts_most)
        return HOLD_SITE_HOSTS;
    return HOLD_NONE;
}

static uint64_t room_of(uint64_t most, uint64_t pages, uint64_t flights)
{
    if (most == 0)
        return UINT64_MAX;
    return pages + flights < most ? most - pages - flights : 0;
}

uint64_t budget_room(const struct frontier *frontier, const struct host *host)
{
    struct site_state site = host_site_state(host);
    uint64_t own = room_of(budget_of(frontier, host).pages_most, host->state->pages,
                           host->new_flights);
    uint64_t others = site.is_seeded ? UINT64_MAX
                                     : room_of(frontier->options.site_pages_most, site.pages,
                                               host_site_flights(host));
    return own < others ? own : others;
}

/* ---- Going on */

static void let_go_on(struct frontier *frontier, struct host *host)
{
    enum hold hold = budget_hold(frontier, host);
    if (host->state->hold == HOLD_NONE || host->state->hold == (uint8_t)hold)
        return;
    host_set_hold(frontier->hosts, host, hold);
    if (hold == HOLD_NONE)
        host_expect(frontier->hosts, host, frontier->now_ms);
}

/* One host of the site that waits for a page of it to go. */
static void find_successor(struct frontier *frontier, struct bytes site)
{
    struct cursor *cursor = cursor_open(frontier->tables.held, NULL);
    struct bytes name;
    bool is_there = held_seek(cursor, site, HOLD_SITE_PAGES);
    for (int i = 0; is_there && i < ROWS_MOST; i++) {
        if (!held_row(cursor, site, HOLD_SITE_PAGES, &name))
            break;
        struct host *host = host_of_name(frontier->hosts, name);
        host_load(frontier->hosts, host, NULL);
        host_touch(frontier->hosts, host);
        /* Rows of hosts that went on in this batch are still there. */
        bool was_held = host->state->hold == HOLD_SITE_PAGES;
        let_go_on(frontier, host);
        if (was_held)
            break;
        is_there = cursor_next(cursor);
    }
    cursor_close(cursor);
}

void budget_page_went(struct frontier *frontier, struct host *host)
{
    uint64_t most = frontier->options.site_pages_most;
    struct site_state site = host_site_state(host);
    let_go_on(frontier, host);
    if (!site.is_seeded && site.pages < most && site.pages + NEAR_PAGES >= most)
        find_successor(frontier, site_of_host(host_name(host)));
}

void budget_seeded(struct frontier *frontier, struct host *host)
{
    let_go_on(frontier, host);
    frontier->release.is_due |= frontier->counters->values[COUNTER_HOSTS_HELD] > 0;
}

/* ---- All that are held */

static const struct bytes version_key = { "frontier.budgets", 16 };

void budget_open(struct frontier *frontier)
{
    uint64_t version = 0;
    buf_init(&frontier->release.after, BUF_UNBOUNDED);
    if (table_get(frontier->tables.meta, NULL, version_key, &frontier->value) == STATUS_OK) {
        struct unpacker from = unpacker_of(buf_bytes(&frontier->value));
        version = unpack_be64(&from);
    }
    frontier->release.is_due = version != frontier->options.budgets_version;
}

void budget_close(struct frontier *frontier)
{
    buf_clear(&frontier->release.after);
}

bool budget_release_is_due(const struct frontier *frontier)
{
    return frontier->release.is_due;
}

static void end_release(struct frontier *frontier, struct txn *txn)
{
    frontier->release.is_due = false;
    buf_reset(&frontier->release.after);
    buf_reset(&frontier->value);
    pack_be64(&frontier->value, frontier->options.budgets_version);
    table_put(frontier->tables.meta, txn, version_key, buf_bytes(&frontier->value));
}

void budget_release_step(struct frontier *frontier, struct txn *txn)
{
    struct buf *after = &frontier->release.after;
    struct cursor *cursor = cursor_open(frontier->tables.held, txn);
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
    if (!is_there)
        end_release(frontier, txn);
}
