/* SPDX-License-Identifier: MIT
 *
 * What is next: hosts wake, their URLs are handed out, and hosts go back to sleep.
 *
 * A host's seeds go first; then its other new URLs, by class, and the revisits that are due take
 * turns; what is held comes when there is nothing else. In the walk of an epoch, tried URLs in the
 * order of their keys stand behind the revisits.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/surt.h"
#include "frontier/inside.h"
#include "frontier/revisits.h"
#include "frontier/url_walk.h"
#include "frontier/urls.h"

enum {
    /* Rows and URLs that one frontier_take looks at beyond those that it hands out: a few
       milliseconds. */
    LOOKS_MOST = 2000,
    /* Hosts that one call of frontier_next_host passes in the walk of an epoch. */
    EPOCH_HOSTS_MOST = 256,
};

/* ---- Work without looking at tables */

static bool has_epoch_work(const struct frontier *frontier, const struct host *host)
{
    return frontier->options.is_epoch && host->state && !host->is_epoch_walked &&
           host->state->tried > 0 && host->state->epoch_done < inside_epoch(frontier);
}

static bool has_memory_work(const struct frontier *frontier, const struct host *host)
{
    return host->waiting > 0 || host->is_due || has_epoch_work(frontier, host);
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

static void end_flight(struct frontier *frontier, struct flight *flight)
{
    struct host *host = flight->host;
    flight_end(frontier->flights, flight);
    if (host->is_awake || host->first_flight != 0)
        return;
    come_home(frontier, host);
    /* When it may be contacted is looked at when it leaves. */
    if (has_memory_work(frontier, host))
        lobby_enter(&frontier->lobby, host, 0, 0);
}

/* ---- Hosts wake */

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
        if (has_memory_work(frontier, host) && may_wake(frontier, host, now_ms))
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

static struct host_record wake(struct frontier *frontier, struct host *host)
{
    host_enter(frontier->hosts, host);
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

/* ---- URLs are handed out */

/* One frontier_take under way. */
struct handout {
    struct frontier *frontier;
    struct host *host;
    int64_t now_ms;
    size_t looks_left;
    struct cursor *revisits; /* At the last row looked at; NULL: not begun. */
    struct url_walk epoch;
    bool are_revisits_over;
    bool is_epoch_begun;
    bool is_epoch_over;
};

static struct task *hand_out(struct handout *handout, struct task *like, uint64_t fingerprint,
                             enum flight_kind kind)
{
    struct frontier *frontier = handout->frontier;
    struct flight *flight = flight_begin(frontier->flights, handout->host, fingerprint);
    flight->kind = kind;
    like->host = handout->host->id;
    like->ticket = flight->ticket;
    like->epoch = inside_epoch(frontier);
    like->url = buf_bytes(&frontier->url);
    return task_new(like);
}

/* The URL at this place, unless it was tried or is in flight: then the place is done with. */
static struct task *hand_out_place(struct handout *handout, struct run *run, uint32_t place)
{
    struct frontier *frontier = handout->frontier;
    struct queued_url queued = lot_url(run->lot, place);
    local_url_join(&frontier->url, host_name(handout->host), &queued.local);
    uint64_t fingerprint = frontier_fingerprint(frontier, buf_bytes(&frontier->url));
    struct flight *flight = flight_by_fingerprint(frontier->flights, fingerprint);
    if (flight && flight->kind == FLIGHT_QUEUED && !flight->run) {
        /* Its copy on disk was read: that is the flight's place from now on. */
        flight->run = run;
        flight->place = place;
        return NULL;
    }
    if (flight || inside_is_tried(frontier, handout->host, &queued.local, fingerprint)) {
        lots_finish(frontier, run->lot, 1);
        return NULL;
    }
    struct task like = { .referrer = queued.referrer,
                         .depth = queued.depth,
                         .found = queued.found,
                         .url_class = queued.url_class,
                         .hops = queued.hops };
    struct task *task = hand_out(handout, &like, fingerprint, FLIGHT_QUEUED);
    flight = flight_by_ticket(frontier->flights, task->ticket);
    flight->run = run;
    flight->place = place;
    return task;
}

static struct task *take_from_list(struct handout *handout, uint8_t list)
{
    struct frontier *frontier = handout->frontier;
    struct host *host = handout->host;
    struct task *task = NULL;
    while (!task && handout->looks_left > 0) {
        struct run *run = host->runs[list].first;
        if (!run || run->lot->kind != LOT_CHUNK) {
            lots_read_chunk(frontier, host, list);
            run = host->runs[list].first;
        }
        if (!run)
            return NULL;
        uint32_t place = run_pop(run);
        if (run->count == 0)
            host_unlink_run(frontier->hosts, host, run);
        if (run->lot->kind == LOT_BATCH) {
            host->waiting--;
            frontier->waiting--;
        }
        task = hand_out_place(handout, run, place);
        handout->looks_left -= !task;
    }
    return task;
}

static struct task *take_new(struct handout *handout)
{
    struct task *task = NULL;
    for (uint8_t list = 1; !task && list < URL_CLASSES; list++)
        task = take_from_list(handout, list);
    return task;
}

static struct task *hand_out_known(struct handout *handout, const struct local_url *local,
                                   const struct url_record *record, bool is_forced,
                                   enum flight_kind kind)
{
    struct frontier *frontier = handout->frontier;
    local_url_join(&frontier->url, host_name(handout->host), local);
    uint64_t fingerprint = frontier_fingerprint(frontier, buf_bytes(&frontier->url));
    if (flight_by_fingerprint(frontier->flights, fingerprint))
        return NULL;
    bool is_of_epoch = frontier->options.is_epoch && record->epoch < inside_epoch(frontier);
    struct task like = { .document = record->document,
                         .referrer = record->referrer,
                         .fresh_until_ms = record->fresh_until_ms,
                         .depth = record->depth,
                         .found = record->found,
                         .url_class = url_class(record->found, record->depth, false),
                         .hops = record->hops,
                         .tries = record->tries,
                         .is_revisit = true,
                         .is_forced = is_forced || is_of_epoch,
                         .etag = record->etag,
                         .last_modified = record->last_modified,
                         .cached = record->cached };
    return hand_out(handout, &like, fingerprint, kind);
}

/* A row that its URL's record does not name was left behind; the next flush deletes it. */
static struct task *take_revisit_row(struct handout *handout, const struct revisit *revisit)
{
    struct frontier *frontier = handout->frontier;
    struct url_record record;
    bool is_there = inside_record(frontier, NULL, handout->host, &revisit->local, &record,
                                  &frontier->value);
    if (is_there && (record.due_ms > 0 ? record.due_ms : 0) == revisit->due_ms)
        return hand_out_known(handout, &revisit->local, &record, revisit->is_forced,
                              FLIGHT_REVISIT);
    pack_be64(&frontier->stale, revisit->host);
    pack_be64(&frontier->stale, (uint64_t)revisit->due_ms);
    pack_be64(&frontier->stale, revisit->fingerprint);
    return NULL;
}

static struct task *take_revisit(struct handout *handout)
{
    struct frontier *frontier = handout->frontier;
    struct table *table = frontier->tables.revisits;
    uint64_t host = handout->host->id;
    while (!handout->are_revisits_over && handout->looks_left > 0) {
        struct revisit revisit;
        bool is_there;
        if (handout->revisits) {
            is_there = cursor_next(handout->revisits) &&
                       revisit_row(handout->revisits, table, host, &revisit);
        } else {
            handout->revisits = cursor_open(table, NULL);
            is_there = revisit_seek(handout->revisits, table, host, &revisit);
        }
        if (!is_there || revisit.due_ms > handout->now_ms) {
            handout->are_revisits_over = true;
            break;
        }
        if (flight_by_fingerprint(frontier->flights, revisit.fingerprint))
            continue;
        struct task *task = take_revisit_row(handout, &revisit);
        if (task)
            return task;
        handout->looks_left--;
    }
    return NULL;
}

/* ---- The walk of an epoch */

static void set_epoch_after(struct host *host, struct bytes key)
{
    free(host->epoch_after);
    host->epoch_after = xbytesdup(key);
    host->epoch_after_length = (uint32_t)key.length;
}

static bool step_epoch(struct handout *handout, struct local_url *local, struct url_record *record)
{
    const struct host *host = handout->host;
    if (!handout->is_epoch_begun)
        url_walk_begin(&handout->epoch, handout->frontier->tables.urls, host,
                       bytes_of(host->epoch_after, host->epoch_after_length));
    handout->is_epoch_begun = true;
    return url_walk_next(&handout->epoch, local, record);
}

static struct task *take_epoch(struct handout *handout)
{
    struct frontier *frontier = handout->frontier;
    struct host *host = handout->host;
    while (!handout->is_epoch_over && handout->looks_left > 0 && has_epoch_work(frontier, host)) {
        struct local_url local;
        struct url_record record;
        if (!step_epoch(handout, &local, &record)) {
            handout->is_epoch_over = true;
            host->is_epoch_walked = true;
            break;
        }
        handout->looks_left--;
        if (record.epoch >= inside_epoch(frontier))
            continue;
        struct task *task = hand_out_known(handout, &local, &record, true, FLIGHT_EPOCH);
        if (task)
            return task;
    }
    return NULL;
}

static struct task *take_known(struct handout *handout)
{
    struct task *task = take_revisit(handout);
    return task ? task : take_epoch(handout);
}

static struct task *take_next(struct handout *handout)
{
    struct host *host = handout->host;
    struct task *task = take_from_list(handout, 0);
    if (task)
        return task;
    task = host->is_revisits_turn ? take_known(handout) : take_new(handout);
    if (!task)
        task = host->is_revisits_turn ? take_new(handout) : take_known(handout);
    if (task)
        host->is_revisits_turn = !task->is_revisit;
    return task ? task : take_from_list(handout, URL_CLASS_HELD);
}

/* The next frontier_take goes on behind the last row looked at. */
static void end_handout(struct handout *handout)
{
    if (handout->is_epoch_begun && !handout->is_epoch_over)
        set_epoch_after(handout->host, buf_bytes(&handout->epoch.key));
    if (handout->is_epoch_begun)
        url_walk_end(&handout->epoch);
    cursor_close(handout->revisits);
}

struct task *frontier_take(struct frontier *frontier, uint64_t id, size_t most, int64_t now_ms)
{
    struct host *host = host_of_id(frontier->hosts, id);
    assert(host && host->is_awake);
    inside_note_time(frontier, now_ms);
    struct handout handout = {
        .frontier = frontier, .host = host, .now_ms = now_ms, .looks_left = LOOKS_MOST
    };
    struct task *first = NULL;
    struct task **link = &first;
    for (size_t i = 0; i < most && (*link = take_next(&handout)) != NULL; i++)
        link = &(*link)->next;
    end_handout(&handout);
    return first;
}

/* ---- and come back */

/* The walk of the epoch goes back to this URL. */
static void rewind_epoch(struct frontier *frontier, struct host *host, const struct task *task)
{
    struct url url;
    if (!url_split(&url, task->url))
        return;
    struct local_url local = local_url_of(&url);
    urls_key(&frontier->key, host->id, &local);
    /* The walk begins behind the key that it is given. */
    frontier->key.length--;
    if (host->is_epoch_walked ||
        bytes_compare(buf_bytes(&frontier->key),
                      bytes_of(host->epoch_after, host->epoch_after_length)) < 0)
        set_epoch_after(host, buf_bytes(&frontier->key));
    host->is_epoch_walked = false;
}

void frontier_give_back(struct frontier *frontier, struct task *task)
{
    struct flight *flight = flight_by_ticket(frontier->flights, task->ticket);
    if (flight) {
        struct host *host = flight->host;
        struct run *run = flight->run;
        if (run) {
            run_push(run, flight->place);
            if (!run->is_linked)
                host_link_run(host, run);
        }
        if (run && run->lot->kind == LOT_BATCH) {
            host->waiting++;
            frontier->waiting++;
        }
        if (flight->kind == FLIGHT_EPOCH)
            rewind_epoch(frontier, host, task);
        end_flight(frontier, flight);
    }
    task_free(task);
}

void frontier_done(struct frontier *frontier, const struct task *task)
{
    struct flight *flight = flight_by_ticket(frontier->flights, task->ticket);
    if (!flight)
        return;
    if (flight->run)
        lots_finish(frontier, flight->run->lot, 1);
    end_flight(frontier, flight);
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
    return host_has_chunks(host) ? now_ms : first_due(frontier, host);
}

void frontier_host_sleep(struct frontier *frontier, struct txn *txn, uint64_t id, int64_t now_ms)
{
    struct host *host = host_of_id(frontier->hosts, id);
    assert(host && host->is_awake);
    inside_note_time(frontier, now_ms);
    lots_delete_finished(frontier, txn, SIZE_MAX);
    settling_write_rows(frontier, txn, host);
    host->is_awake = false;
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
