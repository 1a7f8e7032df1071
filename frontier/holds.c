/* SPDX-License-Identifier: MIT
 *
 * Hosts that are left alone: for a while, for their hours, or until the user resumes them.
 *
 * What holds a host is looked at when it would wake, so pausing costs nothing. Resuming finds the
 * rows of paused hosts together, at the end of the agenda; another configuration, and a clock that
 * was wrong, find those of hosts that they held in a walk of the whole agenda, in slices.
 */
#include "frontier/inside.h"

#include <assert.h>
#include <stdlib.h>

enum {
    SLICE_ROWS = 2000,   /* Looked at by one slice of a release ... */
    SLICE_HOSTS = 200,   /* ... which moves so many: a few milliseconds. */
    RESUMED_AT_ONCE = 64 /* Hosts whose rows are looked at before some are moved. */
};

static const struct bytes config_key = { "frontier.config", 15 };

bool host_record_is_held(const struct host_record *host, int64_t now_ms, int64_t *until_ms,
                         enum outcome *reason)
{
    bool is_resting = host->pace.rest_until_ms >= host->hold.until_ms;
    *until_ms = is_resting ? host->pace.rest_until_ms : host->hold.until_ms;
    *reason = (enum outcome)(is_resting ? host->pace.rest_reason : host->hold.reason);
    if (host->is_paused) {
        *until_ms = HOLD_PAUSED_MS;
        *reason = OUTCOME_HELD_PAUSED;
    }
    return *until_ms > now_ms;
}

void frontier_host_hold(struct frontier *frontier, uint64_t id, struct hold hold)
{
    struct host *host = host_of_id(frontier->hosts, id);
    assert(host && host->state);
    host->state->hold = hold;
    host_change(frontier->hosts, host);
}

/* ---- Rows of sleeping hosts */

static int64_t until_of(const void *owner, const struct host *host)
{
    const struct frontier *frontier = owner;
    return host->state ? host_held_until_ms(frontier->hosts, host) : 0;
}

/* Its row stands where its work is now, or its hold ends. */
static void move_row(struct frontier *frontier, struct txn *txn, struct host *host, int64_t now_ms)
{
    int64_t wake_ms = handout_next_work_ms(frontier, host, now_ms);
    int64_t held_until_ms = host_held_until_ms(frontier->hosts, host);
    if (wake_ms < held_until_ms)
        wake_ms = held_until_ms;
    host_settle(frontier->hosts, host, txn, wake_ms);
}

/* The hosts of some rows, which stay in memory until they are moved. */
struct row_walk {
    struct frontier *frontier;
    int64_t wake_ms; /* Where to go on. */
    uint64_t id;
    struct host *hosts[SLICE_HOSTS];
    size_t count;
};

/* Gathers up to `most` hosts that are wanted, of at most `rows` rows. False at the end of the
 * agenda. */
static bool walk_rows(struct row_walk *walk, size_t most, size_t rows,
                      bool (*is_wanted)(struct frontier *frontier, struct host *host))
{
    struct frontier *frontier = walk->frontier;
    struct agenda *agenda = &frontier->agenda;
    struct cursor *cursor = cursor_open(agenda->table, NULL);
    struct agenda_row row;
    bool is_there = agenda_seek(agenda, cursor, walk->wake_ms, walk->id, &row);
    walk->count = 0;
    for (size_t i = 0; is_there && i < rows && walk->count < most; i++) {
        struct host *host = host_of_name(frontier->hosts, row.name);
        host_load(frontier->hosts, host, NULL);
        host_touch(frontier->hosts, host);
        if (is_wanted(frontier, host))
            walk->hosts[walk->count++] = host;
        walk->wake_ms = row.wake_ms;
        walk->id = row.host + 1;
        is_there = cursor_next(cursor);
        if (is_there)
            agenda_row(agenda, cursor, &row);
    }
    cursor_close(cursor);
    return is_there;
}

static void move_rows(struct row_walk *walk, struct txn *txn, int64_t now_ms)
{
    for (size_t i = 0; i < walk->count; i++)
        move_row(walk->frontier, txn, walk->hosts[i], now_ms);
}

/* ---- Pausing */

bool frontier_is_paused(const struct frontier *frontier, struct bytes host)
{
    return paused_has(frontier->paused, host);
}

bool frontier_pause(struct frontier *frontier, struct txn *txn, struct bytes pattern)
{
    return paused_add(frontier->paused, txn, pattern);
}

static bool is_not_paused(struct frontier *frontier, struct host *host)
{
    return !paused_has(frontier->paused, host_name(host));
}

struct putting_off {
    struct frontier *frontier;
    struct txn *txn;
};

/* A row that was found but not moved yet goes to where it is looked for. */
static void put_off_in_memory(void *owner, struct host *host)
{
    const struct putting_off *putting_off = owner;
    struct frontier *frontier = putting_off->frontier;
    if (host->state && host->id != 0 && host->state->wake_ms < HOLD_PAUSED_MS &&
        paused_has(frontier->paused, host_name(host)))
        host_settle(frontier->hosts, host, putting_off->txn, HOLD_PAUSED_MS);
}

bool frontier_resume(struct frontier *frontier, struct txn *txn, struct bytes pattern,
                     int64_t now_ms)
{
    struct putting_off putting_off = { frontier, txn };
    hosts_each(frontier->hosts, put_off_in_memory, &putting_off);
    if (!paused_remove(frontier->paused, txn, pattern))
        return false;
    lobby_renew(&frontier->lobby, until_of, frontier);
    struct row_walk walk = { .frontier = frontier, .wake_ms = HOLD_PAUSED_MS };
    bool is_more = true;
    while (is_more) {
        is_more = walk_rows(&walk, RESUMED_AT_ONCE, SLICE_ROWS, is_not_paused);
        move_rows(&walk, txn, now_ms);
        hosts_sweep(frontier->hosts);
    }
    return true;
}

void frontier_walk_paused(struct frontier *frontier,
                          void (*each)(void *owner, struct bytes pattern), void *owner)
{
    for (size_t i = 0; i < paused_count(frontier->paused); i++)
        each(owner, paused_at(frontier->paused, i));
}

/* ---- Another configuration */

/* Does the configuration decide over this hold? */
static bool is_configured(struct hold hold)
{
    return hold.until_ms > 0 && (hold.reason == OUTCOME_NONE || hold.reason == OUTCOME_HELD_HOURS ||
                                 hold.reason == OUTCOME_REFUSED_LOGIN);
}

/* A hold or rest that lies further ahead than any that we order (pace.h) was written while the
 * clock was wrong. */
static bool bound_to_day(struct host_state *state, int64_t now_ms)
{
    int64_t most_ms = now_ms + PACE_AHEAD_MOST_MS;
    bool is_wrong = state->pace.rest_until_ms > most_ms || state->pace.lanes_until_ms > most_ms;
    if (is_wrong)
        pace_bound(&state->pace, now_ms);
    if (state->hold.until_ms <= most_ms)
        return is_wrong;
    state->hold = (struct hold){ 0 };
    return true;
}

/* Its hold goes; whoever wakes it knows better. */
static bool let_go(struct frontier *frontier, struct host *host)
{
    if (!host->state || host->is_awake)
        return false;
    bool is_configured_hold = is_configured(host->state->hold);
    if (is_configured_hold)
        host->state->hold = (struct hold){ 0 };
    if (!bound_to_day(host->state, frontier->now_ms) && !is_configured_hold)
        return false;
    host_change(frontier->hosts, host);
    return true;
}

static void let_go_in_memory(void *owner, struct host *host)
{
    let_go(owner, host);
}

static void begin_release(struct frontier *frontier, int64_t now_ms)
{
    frontier->is_config_new = true;
    budget_release_begin(frontier);
    frontier->release.is_active = true;
    frontier->release.wake_ms = now_ms;
    frontier->release.host = 0;
}

void frontier_set_config(struct frontier *frontier, const struct budgets *budgets, uint64_t config,
                         int64_t now_ms)
{
    frontier->options.budgets = *budgets;
    frontier->config = config;
    /* A place that was free, and that no page took, is offered again by the next run. */
    if (frontier->counters->values[COUNTER_OVER_SITE_PAGES] > 0)
        budget_release_begin(frontier);
    bool is_known =
        table_get(frontier->tables.meta, NULL, config_key, &frontier->value) == STATUS_OK;
    struct unpacker from = unpacker_of(buf_bytes(&frontier->value));
    if (!frontier->is_config_new && is_known && unpack_be64(&from) == config)
        return;
    begin_release(frontier, now_ms);
}

void frontier_clock_went_back(struct frontier *frontier, int64_t now_ms)
{
    begin_release(frontier, now_ms);
}

bool holds_release_is_due(const struct frontier *frontier)
{
    return frontier->release.is_active;
}

void holds_forget_config(struct frontier *frontier, struct txn *txn)
{
    frontier->is_config_new = true;
    table_delete(frontier->tables.meta, txn, config_key);
}

void holds_end_release(struct frontier *frontier, struct txn *txn)
{
    if (!frontier->is_config_new || frontier->release.is_active || budget_release_is_due(frontier))
        return;
    frontier->is_config_new = false;
    buf_reset(&frontier->value);
    pack_be64(&frontier->value, frontier->config);
    table_put(frontier->tables.meta, txn, config_key, buf_bytes(&frontier->value));
}

/* Those that have no row wait in the lobby, all in memory, and go with the first slice. */
void holds_release_step(struct frontier *frontier, struct txn *txn)
{
    struct row_walk walk = { .frontier = frontier,
                             .wake_ms = frontier->release.wake_ms,
                             .id = frontier->release.host };
    frontier->release.is_active = walk_rows(&walk, SLICE_HOSTS, SLICE_ROWS, let_go);
    move_rows(&walk, txn, frontier->now_ms);
    frontier->release.wake_ms = walk.wake_ms;
    frontier->release.host = walk.id;
    if (frontier->release.is_active)
        return;
    hosts_each(frontier->hosts, let_go_in_memory, frontier);
    lobby_renew(&frontier->lobby, until_of, frontier);
}
