/* SPDX-License-Identifier: MIT
 *
 * Which host is next: hosts wake, and go back to sleep.
 */
#include <assert.h>

#include "base/surt.h"
#include "frontier/inside.h"
#include "frontier/revisits.h"

/* Hosts that one call of frontier_next_host passes in the walk of an epoch. */
enum { EPOCH_HOSTS_MOST = 256 };

/* ---- Work without looking at tables */

bool handout_has_epoch_work(const struct frontier *frontier, const struct host *host)
{
    return frontier->options.is_epoch && host->state && !host->is_epoch_walked &&
           host->state->tried > 0 && host->state->epoch_done < inside_epoch(frontier);
}

/* Of a host over a budget, seeds alone are handed out. */
static bool has_waiting_work(const struct host *host)
{
    bool is_over_budget = host->state && host->state->over_budget != BUDGET_NONE;
    return host->waiting > 0 && (!is_over_budget || host->runs[0].first);
}

static bool has_memory_work(const struct frontier *frontier, const struct host *host)
{
    return has_waiting_work(host) || host->is_due || handout_has_epoch_work(frontier, host);
}

static bool is_still_wanted(const void *owner, const struct host *host)
{
    return has_memory_work(owner, host);
}

void handout_prune_lobby(struct frontier *frontier)
{
    lobby_prune(&frontier->lobby, is_still_wanted, frontier);
}

static void enter_lobby(struct frontier *frontier, struct host *host, int64_t now_ms)
{
    int64_t until_ms = host->state ? host_held_until_ms(frontier->hosts, host) : 0;
    lobby_enter(&frontier->lobby, host, until_ms, now_ms);
}

/* A sleeping host without flights keeps no chunks, and knows whether its epoch is over. */
static void come_home(struct frontier *frontier, struct host *host)
{
    lots_drop_chunks(frontier, host);
    if (host->is_epoch_walked && host->state->epoch_done < inside_epoch(frontier)) {
        host->state->epoch_done = inside_epoch(frontier);
        host_change(frontier->hosts, host);
    }
    host_touch(frontier->hosts, host);
}

void handout_end_flight(struct frontier *frontier, struct flight *flight)
{
    struct host *host = flight->host;
    if (flight->kind == FLIGHT_QUEUED)
        host_count_flight(host, -1);
    flight_end(frontier->flights, flight);
    if (host->is_awake || host->first_flight != 0)
        return;
    come_home(frontier, host);
    /* When it may be contacted is looked at when it leaves. */
    if (has_memory_work(frontier, host))
        lobby_enter(&frontier->lobby, host, 0, 0);
}

/* ---- Hosts wake */

/* A host that has URLs which it does not get: it will be known why. */
static void look_at_budget(struct frontier *frontier, struct host *host)
{
    bool has_urls = host->waiting > 0 || host_has_chunks(host);
    enum budget budget = has_urls ? budget_used_up(frontier, host) : BUDGET_NONE;
    if (budget != BUDGET_NONE)
        host_enter(frontier->hosts, host);
    host_set_over_budget(frontier->hosts, host, budget);
}

/* May this host wake now? One that rests or is held is back when that ends. */
static bool may_wake(struct frontier *frontier, struct host *host, int64_t now_ms)
{
    if (host->is_awake)
        return false;
    host_load(frontier->hosts, host, NULL);
    host_touch(frontier->hosts, host);
    if (host->first_flight == 0 && host_held_until_ms(frontier->hosts, host) <= now_ms)
        return true;
    if (host->first_flight == 0)
        enter_lobby(frontier, host, now_ms);
    return false;
}

/* As may_wake, for a host that a search in a table has found and will not find again. */
static bool may_wake_found(struct frontier *frontier, struct host *host, int64_t now_ms)
{
    if (may_wake(frontier, host, now_ms))
        return true;
    host->is_due |= !host->is_awake;
    return false;
}

static struct host *wake_from_lobby(struct frontier *frontier, int64_t now_ms)
{
    struct host *host;
    while ((host = lobby_leave(&frontier->lobby, now_ms)) != NULL) {
        host_touch(frontier->hosts, host);
        if (!has_memory_work(frontier, host) || !may_wake(frontier, host, now_ms))
            continue;
        look_at_budget(frontier, host);
        if (has_memory_work(frontier, host))
            return host;
    }
    return NULL;
}

/* The row of a paused host moves to the end of all times with the next flush. */
static void put_off(struct frontier *frontier, struct host *host)
{
    host_load(frontier->hosts, host, NULL);
    host_change(frontier->hosts, host);
}

static struct host *wake_from_agenda(struct frontier *frontier, int64_t now_ms)
{
    struct agenda *agenda = &frontier->agenda;
    struct cursor *cursor = cursor_open(agenda->table, NULL);
    struct agenda_row row;
    struct host *found = NULL;
    bool is_there = agenda_seek(agenda, cursor, agenda->position_ms, agenda->position_host, &row);
    while (is_there && row.wake_ms <= now_ms && !found) {
        struct host *host = host_of_name(frontier->hosts, row.name);
        agenda_pass(agenda, &row);
        if (paused_has(frontier->paused, row.name))
            put_off(frontier, host);
        else if (may_wake_found(frontier, host, now_ms))
            found = host;
        is_there = cursor_next(cursor);
        if (is_there)
            agenda_row(agenda, cursor, &row);
    }
    cursor_close(cursor);
    return found;
}

/* The host of the row under the cursor, if it has URLs that this epoch did not try. */
static struct host *host_of_epoch(struct frontier *frontier, const struct cursor *cursor)
{
    struct host_state state;
    buf_reset(&frontier->value);
    surt_host_name(&frontier->value, cursor_key(cursor));
    struct bytes name = buf_bytes(&frontier->value);
    hosts_row(frontier->hosts, cursor, name, &state);
    if (state.tried == 0 || state.epoch_done >= inside_epoch(frontier))
        return NULL;
    return host_of_name(frontier->hosts, name);
}

static struct host *wake_from_epoch(struct frontier *frontier, int64_t now_ms)
{
    if (!frontier->options.is_epoch || frontier->is_epoch_over)
        return NULL;
    struct cursor *cursor = cursor_open(hosts_table(frontier->hosts), NULL);
    struct buf *after = &frontier->epoch_host_after;
    struct host *found = NULL;
    bool is_there = cursor_seek(cursor, buf_bytes(after));
    if (is_there && after->length > 0 && bytes_equal(cursor_key(cursor), buf_bytes(after)))
        is_there = cursor_next(cursor);
    for (size_t i = 0; is_there && !found && i < EPOCH_HOSTS_MOST; i++) {
        buf_reset(after);
        buf_append_bytes(after, cursor_key(cursor));
        struct host *host = host_of_epoch(frontier, cursor);
        if (host && !host->is_epoch_walked && may_wake_found(frontier, host, now_ms))
            found = host;
        if (!found)
            is_there = cursor_next(cursor);
    }
    frontier->is_epoch_over = !is_there;
    cursor_close(cursor);
    return found;
}

/* New URLs will be fetched from it: it counts for its site. */
static void admit_if_free(struct frontier *frontier, struct host *host)
{
    if (budget_used_up(frontier, host) == BUDGET_NONE)
        host_admit(frontier->hosts, host);
}

static struct host_record wake(struct frontier *frontier, struct host *host)
{
    host_enter(frontier->hosts, host);
    if (host->waiting > 0 || host_has_chunks(host))
        admit_if_free(frontier, host);
    host->is_awake = true;
    host->is_due = false;
    return host_record_of(frontier->hosts, host->id, host_name(host), host->state);
}

bool frontier_wake_host(struct frontier *frontier, struct bytes name, int64_t now_ms,
                        struct host_record *record)
{
    lots_load(frontier);
    struct host *host = host_of_name(frontier->hosts, name);
    host_load(frontier->hosts, host, NULL);
    host_touch(frontier->hosts, host);
    if (!host->is_awake &&
        (host->first_flight != 0 || host_held_until_ms(frontier->hosts, host) > now_ms))
        return false;
    *record = wake(frontier, host);
    return true;
}

bool frontier_next_host(struct frontier *frontier, int64_t now_ms, struct host_record *record)
{
    static struct host *(*const sources[])(struct frontier *, int64_t) = {
        [WAKE_LOBBY] = wake_from_lobby,
        [WAKE_AGENDA] = wake_from_agenda,
        [WAKE_EPOCH] = wake_from_epoch,
    };
    inside_note_time(frontier, now_ms);
    lots_load(frontier);
    hosts_sweep(frontier->hosts);
    struct host *host = NULL;
    for (size_t i = 0; !host && i < WAKE_SOURCES; i++) {
        host = sources[frontier->turn](frontier, now_ms);
        frontier->turn = (frontier->turn + 1) % WAKE_SOURCES;
    }
    if (host)
        *record = wake(frontier, host);
    return host != NULL;
}

int64_t frontier_next_wake_ms(struct frontier *frontier, int64_t now_ms)
{
    lots_load(frontier);
    if (frontier->options.is_epoch && !frontier->is_epoch_over)
        return now_ms;
    int64_t next_ms = lobby_next_ms(&frontier->lobby, now_ms);
    struct agenda *agenda = &frontier->agenda;
    struct cursor *cursor = cursor_open(agenda->table, NULL);
    struct agenda_row row;
    bool is_there = agenda_seek(agenda, cursor, agenda->position_ms, agenda->position_host, &row);
    while (is_there && row.wake_ms < next_ms) {
        const struct host *host = host_of_id(frontier->hosts, row.host);
        if ((!host || (!host->is_awake && host->first_flight == 0)) &&
            !paused_has(frontier->paused, row.name))
            next_ms = row.wake_ms;
        is_there = cursor_next(cursor);
        if (is_there)
            agenda_row(agenda, cursor, &row);
    }
    cursor_close(cursor);
    return next_ms < HOLD_PAUSED_MS ? next_ms : INT64_MAX;
}

void frontier_done(struct frontier *frontier, const struct task *task)
{
    struct flight *flight = flight_by_ticket(frontier->flights, task->ticket);
    if (!flight)
        return;
    if (flight->run)
        lots_finish(frontier, flight->run->lot, 1);
    handout_end_flight(frontier, flight);
}

/* ---- Hosts go to sleep */

void frontier_host_update(struct frontier *frontier, uint64_t id, const struct pace *pace,
                          unsigned fetched)
{
    struct host *host = host_of_id(frontier->hosts, id);
    assert(host);
    host->state->pace = *pace;
    host->state->fetched += fetched;
    host_change(frontier->hosts, host);
}

/* When the host's first revisit is due that is not in flight. */
static int64_t first_due(struct frontier *frontier, const struct host *host)
{
    struct table *table = frontier->tables.revisits;
    struct cursor *cursor = cursor_open(table, NULL);
    struct revisit revisit;
    bool is_there = revisit_seek(cursor, table, host->id, &revisit);
    while (is_there && (flight_by_fingerprint(frontier->flights, revisit.fingerprint) ||
                        settling_is_stale(frontier, host, &revisit)))
        is_there = cursor_next(cursor) && revisit_row(cursor, table, host->id, &revisit);
    cursor_close(cursor);
    /* Of URLs whose rows are still to come, none is due soon. */
    int64_t next_due_ms = settling_due(host, 0).next_due_ms;
    return is_there && revisit.due_ms < next_due_ms ? revisit.due_ms : next_due_ms;
}

int64_t handout_next_work_ms(struct frontier *frontier, const struct host *host, int64_t now_ms)
{
    return host_has_free_chunks(host) ? now_ms : first_due(frontier, host);
}

void frontier_host_sleep(struct frontier *frontier, struct txn *txn, uint64_t id, int64_t now_ms)
{
    struct host *host = host_of_id(frontier->hosts, id);
    assert(host && host->is_awake);
    inside_note_time(frontier, now_ms);
    lots_delete_finished(frontier, txn, SIZE_MAX);
    settling_write_rows(frontier, txn, host);
    host->is_awake = false;
    look_at_budget(frontier, host);
    int64_t wake_ms = handout_next_work_ms(frontier, host, now_ms);
    int64_t least_ms = host_held_until_ms(frontier->hosts, host);
    if (least_ms < now_ms)
        least_ms = now_ms;
    if (wake_ms < least_ms)
        wake_ms = least_ms;
    if (host->first_flight == 0)
        come_home(frontier, host);
    host_settle(frontier->hosts, host, txn, wake_ms);
    if (host->first_flight == 0 && has_memory_work(frontier, host))
        enter_lobby(frontier, host, now_ms);
    host_touch(frontier->hosts, host);
}
