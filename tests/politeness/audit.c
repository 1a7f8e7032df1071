/* SPDX-License-Identifier: MIT */
#include "tests/politeness/audit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "config/config.h"
#include "crawler/control/tables.h"

enum { SHOWN_MOST = 10 };

struct walk {
    struct audit *audit;
    const struct world *world;
    struct tables tables;
    bool *is_reached;  /* By the number of the page in the world. */
    uint32_t *waiting; /* Pages whose links are to be walked. */
    size_t waiting_count;
    struct buf scratch;
    struct buf path;
};

static void lose(struct walk *walk, const char *url, const char *why)
{
    if (walk->audit->lost++ < SHOWN_MOST)
        printf("lost: %s %s\n", url, why);
}

/* Of the host and the page's number in it, in one. */
static uint32_t number_of(const struct walk *walk, uint32_t host, uint32_t page)
{
    return walk->world->hosts[host].first_page + page;
}

static void reach_url(void *owner, const char *text);

static void count_state(struct audit *audit, const struct url_record *record)
{
    switch ((enum url_state)record->state) {
    case URL_STATE_LIVE:
        audit->live++;
        return;
    case URL_STATE_BLOCKED:
    case URL_STATE_OUT_OF_SCOPE:
        audit->blocked++;
        return;
    case URL_STATE_UNREACHABLE:
    case URL_STATE_GONE:
        audit->failed++;
        return;
    default:
        return;
    }
}

static void look_at_untried(struct walk *walk, const struct url *url)
{
    struct frontier *frontier = walk->tables.frontier;
    if (frontier_may_be_new(frontier, frontier_fingerprint(frontier, url_bytes(url))))
        lose(walk, url->href, "is not known");
    else if (++walk->audit->waiting > walk->tables.counters.values[COUNTER_URLS_QUEUED])
        lose(walk, url->href, "is known, and neither tried nor queued");
}

/* What the record says must be there: a state and a reason. Its redirect is followed. */
static bool look_at_record(struct walk *walk, const struct url *url, struct url_record *record)
{
    buf_reset(&walk->scratch);
    if (frontier_lookup(walk->tables.frontier, NULL, url, record, &walk->scratch) != STATUS_OK) {
        look_at_untried(walk, url);
        return false;
    }
    if (record->state == URL_STATE_UNKNOWN || record->state == URL_STATE_QUEUED ||
        record->reason == OUTCOME_NONE)
        lose(walk, url->href, "has no state or no reason");
    count_state(walk->audit, record);
    if (record->reason == OUTCOME_REDIRECT) {
        char *target = xbytesdup(record->target);
        reach_url(walk, target);
        free(target);
    }
    return true;
}

static void reach_url(void *owner, const char *text)
{
    struct walk *walk = owner;
    struct url url;
    struct url_record record;
    uint32_t host, page;
    bool is_url = url_split(&url, bytes_from_string(text));
    assert(is_url);
    (void)is_url;
    if (!world_find_host(walk->world, url_host(&url), &host))
        return;
    bool is_page = world_find_page(walk->world, host, url_path(&url), &page);
    if (is_page && walk->is_reached[number_of(walk, host, page)])
        return;
    if (is_page)
        walk->is_reached[number_of(walk, host, page)] = true;
    walk->audit->pages += is_page;
    bool has_links = look_at_record(walk, &url, &record) && is_page && record.document > 0;
    if (has_links) {
        walk->waiting[walk->waiting_count++] = host;
        walk->waiting[walk->waiting_count++] = page;
    }
}

void audit_crawl(struct audit *audit, const struct world *world, const char *directory,
                 const char *const *seeds, size_t seed_count)
{
    struct walk walk = { .audit = audit, .world = world };
    struct config *config = NULL;
    char *error = NULL;
    enum status status = config_load(&config, directory, NULL, NULL, &error);
    assert(!status);
    status = tables_open(&walk.tables, directory, config, false);
    assert(!status);
    (void)status;
    frontier_load_seen(walk.tables.frontier);
    walk.is_reached = xcalloc(world->page_count, sizeof(bool));
    walk.waiting = xcalloc(2 * (size_t)world->page_count, sizeof(*walk.waiting));
    buf_init(&walk.scratch, BUF_UNBOUNDED);
    for (size_t i = 0; i < seed_count; i++)
        reach_url(&walk, seeds[i]);
    while (walk.waiting_count > 0) {
        uint32_t page = walk.waiting[--walk.waiting_count];
        uint32_t host = walk.waiting[--walk.waiting_count];
        world_walk_links(world, host, page, reach_url, &walk);
    }
    buf_clear(&walk.scratch);
    free(walk.waiting);
    free(walk.is_reached);
    tables_close(&walk.tables);
    config_free(config);
}
