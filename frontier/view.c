/* SPDX-License-Identifier: MIT */
#include "frontier/view.h"

#include "base/surt.h"
#include "frontier/inside.h"
#include "frontier/revisits.h"

/* What one host costs of the looks of a slice: its row, its record, its revisits. */
enum { HOST_LOOKS = 4, REVISITS_A_LOOK = 4, BUCKETS_A_LOOK = 16 };

/* ---- One host */

static void count_flights(const struct frontier *frontier, const struct host *host,
                          struct host_view *view)
{
    for (const struct flight *flight = flight_first(frontier->flights, host); flight;
         flight = flight_next(frontier->flights, flight)) {
        bool is_of_batch = flight->run && flight->run->lot->kind == LOT_BATCH;
        view->in_flight++;
        view->in_flight_only += is_of_batch || flight->kind == FLIGHT_EPOCH;
    }
}

static void count_due(const struct frontier *frontier, const struct host *host, int64_t now_ms,
                      struct host_view *view)
{
    struct table *table = frontier->tables.revisits;
    uint64_t id = view->host.id;
    struct revisit_count due = revisits_before(table, id, now_ms + 1, 0, view->tried);
    struct revisit next;
    struct cursor *cursor = cursor_open(table, NULL);
    if (revisit_seek_from(cursor, table, id, now_ms + 1, 0, &next))
        view->next_due_ms = next.due_ms;
    cursor_close(cursor);
    if (host) {
        struct unsettled_due unsettled = settling_due(host, now_ms);
        due.count += unsettled.more;
        due.count -= due.count < unsettled.fewer ? due.count : unsettled.fewer;
        if (unsettled.next_due_ms < view->next_due_ms)
            view->next_due_ms = unsettled.next_due_ms;
    }
    view->due = due.count;
    view->is_due_about = due.is_about;
}

/* What memory knows of a host, and what its record says. name is the view's from now on. */
static struct host_view view_of(const struct frontier *frontier, const struct host *host,
                                uint64_t id, struct bytes name, const struct host_state *state,
                                int64_t now_ms)
{
    struct host_view view = { .host = host_record_of(frontier->hosts, id, name, state),
                              .tried = state->tried,
                              .next_due_ms = INT64_MAX,
                              .is_seeded = state->is_seeded };
    if (host) {
        view.waiting = host->waiting;
        view.is_awake = host->is_awake;
        count_flights(frontier, host, &view);
    }
    if (id != 0 && state->tried > 0)
        count_due(frontier, host, now_ms, &view);
    return view;
}

uint64_t host_view_new(const struct host_view *view)
{
    return view->host.queued + view->waiting + view->in_flight_only;
}

/* *host: NULL where it is not in memory. */
static bool look_at(struct frontier *frontier, struct bytes name, int64_t now_ms,
                    struct host **host, struct host_view *view)
{
    struct host_state state;
    uint64_t id;
    if (!host_peek(frontier->hosts, name, host, &id, &state))
        return false;
    *view = view_of(frontier, *host, id, name, &state, now_ms);
    return true;
}

enum status frontier_view_host(struct frontier *frontier, struct bytes name, int64_t now_ms,
                               struct host_view *view)
{
    struct host *host;
    lots_load(frontier);
    return look_at(frontier, name, now_ms, &host, view) ? STATUS_OK : STATUS_NOT_FOUND;
}

bool frontier_view_after(struct frontier *frontier, struct bytes after, int64_t now_ms,
                         struct host_view *view, struct buf *scratch)
{
    struct host_record record;
    return frontier_host_after(frontier, after, &record, scratch) &&
           frontier_view_host(frontier, buf_bytes(scratch), now_ms, view) == STATUS_OK;
}

/* ---- All hosts that have work */

/* One slice. */
struct work_slice {
    struct frontier *frontier;
    struct host_walk *walk;
    size_t looks; /* Left. */
    void (*each)(void *owner, const struct host_view *view);
    void *owner;
};

static void spend(struct work_slice *slice, size_t looks)
{
    slice->looks -= looks < slice->looks ? looks : slice->looks;
}

static void show(struct work_slice *slice, const struct host_view *view)
{
    uint64_t rows = view->due < REVISITS_COUNTED ? view->due : REVISITS_COUNTED;
    spend(slice, HOST_LOOKS + (size_t)rows / REVISITS_A_LOOK);
    slice->each(slice->owner, view);
}

static void expect(struct host_walk *walk, int64_t due_ms)
{
    if (due_ms != INT64_MAX && (walk->next_due_ms == 0 || due_ms < walk->next_due_ms))
        walk->next_due_ms = due_ms;
}

/* A row counts until the walk's bound; behind it, rows tell when the next work is due, and none of
 * them is earlier than its host's work. */
static bool is_wanted_row(const struct host_walk *walk, const struct agenda_row *row)
{
    return row->wake_ms <= walk->until_ms || walk->next_due_ms == 0 ||
           row->wake_ms < walk->next_due_ms;
}

static void look_at_row(struct work_slice *slice, const struct agenda_row *row)
{
    struct host_walk *walk = slice->walk;
    struct host *host;
    struct host_view view;
    if (!look_at(slice->frontier, row->name, walk->now_ms, &host, &view))
        return;
    /* What a host has that rests is due when it wakes. */
    if (row->wake_ms > walk->now_ms && (view.due > 0 || view.host.queued + view.host.held > 0))
        expect(walk, row->wake_ms);
    else
        expect(walk, view.next_due_ms);
    if (row->wake_ms > walk->until_ms) {
        spend(slice, HOST_LOOKS);
        return;
    }
    show(slice, &view);
    if (host)
        host->walk = walk->number;
}

static void walk_agenda(struct work_slice *slice)
{
    struct host_walk *walk = slice->walk;
    const struct agenda *agenda = &slice->frontier->agenda;
    struct cursor *cursor = cursor_open(agenda->table, NULL);
    struct agenda_row row;
    bool is_there = agenda_seek(agenda, cursor, walk->wake_ms, walk->host, &row);
    while (is_there && is_wanted_row(walk, &row) && slice->looks > 0) {
        look_at_row(slice, &row);
        walk->wake_ms = row.wake_ms;
        walk->host = row.host + 1;
        is_there = cursor_next(cursor);
        if (is_there)
            agenda_row(agenda, cursor, &row);
    }
    if (!is_there || !is_wanted_row(walk, &row))
        walk->part = WALK_MEMORY;
    cursor_close(cursor);
}

static void look_at_memory(void *owner, struct host *host)
{
    struct work_slice *slice = owner;
    struct host *same;
    struct host_view view;
    bool has_work = host->waiting > 0 || host->first_flight != 0;
    if (has_work && host->walk != slice->walk->number &&
        look_at(slice->frontier, host_name(host), slice->walk->now_ms, &same, &view))
        show(slice, &view);
}

/* The number of buckets doubles as hosts come: what lay in one then lies in those that are a
 * multiple of the old number apart. */
static void walk_memory(struct work_slice *slice)
{
    struct host_walk *walk = slice->walk;
    struct hosts *hosts = slice->frontier->hosts;
    if (walk->buckets == 0)
        walk->buckets = hosts_buckets(hosts);
    while (walk->bucket < walk->buckets && slice->looks > 0) {
        for (size_t at = walk->bucket; at < hosts_buckets(hosts); at += walk->buckets)
            hosts_each_of(hosts, at, look_at_memory, slice);
        if (++walk->bucket % BUCKETS_A_LOOK == 0)
            spend(slice, 1);
    }
    if (walk->bucket >= walk->buckets)
        walk->part = WALK_OVER;
}

bool frontier_walk_work(struct frontier *frontier, struct host_walk *walk, size_t looks,
                        void (*each)(void *owner, const struct host_view *view), void *owner)
{
    struct work_slice slice = { frontier, walk, looks, each, owner };
    lots_load(frontier);
    if (walk->number == 0)
        walk->number = ++frontier->walks;
    if (walk->part == WALK_AGENDA)
        walk_agenda(&slice);
    if (walk->part == WALK_MEMORY)
        walk_memory(&slice);
    return walk->part != WALK_OVER;
}
