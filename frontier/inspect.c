/* SPDX-License-Identifier: MIT
 *
 * Looking inside: what status, explain, ls and plan show. Nothing here changes what will be
 * fetched.
 */
#include "base/surt.h"
#include "frontier/inside.h"
#include "frontier/queue.h"
#include "frontier/revisits.h"
#include "frontier/urls.h"

/* ---- Hosts */

/* The host in memory with its state, or NULL where it has no record. */
static struct host *known_host(struct frontier *frontier, struct bytes name)
{
    struct host *host = host_of_name(frontier->hosts, name);
    host_touch(frontier->hosts, host);
    return host_load(frontier->hosts, host, NULL) ? host : NULL;
}

enum status frontier_host(struct frontier *frontier, struct bytes name, struct host_record *record)
{
    hosts_sweep(frontier->hosts);
    const struct host *host = known_host(frontier, name);
    if (!host)
        return STATUS_NOT_FOUND;
    *record = host_record_of(frontier->hosts, host->id, host_name(host), host->state);
    return STATUS_OK;
}

bool frontier_host_after(struct frontier *frontier, struct bytes after, struct host_record *record,
                         struct buf *scratch)
{
    struct table *table = hosts_table(frontier->hosts);
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    surt_host(&key, after);
    struct cursor *cursor = cursor_open(table, NULL);
    bool is_there = cursor_seek(cursor, buf_bytes(&key));
    if (is_there && after.length > 0 && bytes_equal(cursor_key(cursor), buf_bytes(&key)))
        is_there = cursor_next(cursor);
    if (is_there) {
        struct host_state state;
        uint64_t id;
        if (!host_state_unpack(cursor_value(cursor), &id, &state))
            table_damaged(table);
        buf_reset(scratch);
        surt_host_name(scratch, cursor_key(cursor));
        *record = host_record_of(frontier->hosts, id, buf_bytes(scratch), &state);
    }
    cursor_close(cursor);
    buf_clear(&key);
    return is_there;
}

/* ---- URLs that were tried */

bool frontier_url_after(struct frontier *frontier, struct bytes name, struct bytes after,
                        struct buf *url, struct url_record *record, struct buf *scratch)
{
    hosts_sweep(frontier->hosts);
    const struct host *host = known_host(frontier, name);
    if (!host)
        return false;
    urls_first_key(&frontier->key, host->id);
    struct url last;
    if (after.length > 0 && url_split(&last, after)) {
        struct local_url local = local_url_of(&last);
        urls_key(&frontier->key, host->id, &local);
    }
    struct table *table = frontier->tables.urls;
    struct cursor *cursor = cursor_open(table, NULL);
    bool is_there = cursor_seek(cursor, buf_bytes(&frontier->key));
    if (is_there && bytes_equal(cursor_key(cursor), buf_bytes(&frontier->key)))
        is_there = cursor_next(cursor);
    struct local_url local;
    is_there = is_there && urls_row(cursor, table, host->id, &local, record);
    if (is_there) {
        local_url_join(url, host_name(host), &local);
        buf_reset(scratch);
        buf_append_bytes(scratch, cursor_value(cursor));
        url_record_unpack(record, buf_bytes(scratch));
    }
    cursor_close(cursor);
    return is_there;
}

/* ---- URLs that wait */

/* A walk of a host's queue. */
struct queue_walk {
    struct frontier *frontier;
    struct host *host;
    bool (*each)(void *owner, const struct found_url *url);
    void *owner;
    bool is_over;
};

/* Copies of what was tried are passed over, as frontier_take does. */
static void show_url(struct queue_walk *walk, const struct queued_url *queued, uint8_t list)
{
    struct frontier *frontier = walk->frontier;
    if (walk->host->id != 0) {
        urls_key(&frontier->key, walk->host->id, &queued->local);
        if (table_has(frontier->tables.urls, NULL, buf_bytes(&frontier->key)))
            return;
    }
    local_url_join(&frontier->url, host_name(walk->host), &queued->local);
    struct found_url found = { .url = buf_bytes(&frontier->url),
                               .fingerprint =
                                   frontier_fingerprint(frontier, buf_bytes(&frontier->url)),
                               .referrer = queued->referrer,
                               .depth = queued->depth,
                               .found = queued->found,
                               .url_class = list,
                               .hops = queued->hops };
    walk->is_over = !walk->each(walk->owner, &found);
}

static void show_run(struct queue_walk *walk, const struct lot *lot, const struct run *run)
{
    for (uint32_t at = run->first; at != LOT_NOWHERE && !walk->is_over; at = lot_next(lot, at)) {
        struct queued_url url = lot_url(lot, at);
        show_url(walk, &url, run->list);
    }
}

static void show_chunks(struct queue_walk *walk, uint8_t list)
{
    if (walk->host->id == 0)
        return;
    uint32_t number = 0;
    struct lot *lot;
    while (!walk->is_over && (lot = chunk_read(walk->frontier->tables.queue, walk->host->id, list,
                                               &number)) != NULL) {
        show_run(walk, lot, &lot->runs[0]);
        lot_free(lot);
        if (number++ == UINT32_MAX)
            break;
    }
}

/* Those that are in flight wait in no run any more, but have no outcome yet. */
static void show_flights(struct queue_walk *walk, uint8_t list)
{
    for (const struct flight *flight = flight_first(walk->frontier->flights, walk->host);
         flight && !walk->is_over; flight = flight_next(walk->frontier->flights, flight)) {
        if (!flight->run || flight->run->lot->kind != LOT_BATCH || flight->run->list != list)
            continue;
        struct queued_url url = lot_url(flight->run->lot, flight->place);
        show_url(walk, &url, list);
    }
}

static void walk_list(struct queue_walk *walk, uint8_t list)
{
    show_flights(walk, list);
    show_chunks(walk, list);
    for (const struct run *run = walk->host->runs[list].first; run && !walk->is_over;
         run = run->next) {
        if (run->lot->kind == LOT_BATCH)
            show_run(walk, run->lot, run);
    }
}

void frontier_walk_queued(struct frontier *frontier, struct bytes name,
                          bool (*each)(void *owner, const struct found_url *url), void *owner)
{
    lots_load(frontier);
    hosts_sweep(frontier->hosts);
    struct host *host = host_of_name(frontier->hosts, name);
    host_touch(frontier->hosts, host);
    host_load(frontier->hosts, host, NULL);
    struct queue_walk walk = { frontier, host, each, owner, false };
    for (uint8_t list = 0; list < URL_LISTS && !walk.is_over; list++)
        walk_list(&walk, list);
}

struct wanted {
    uint64_t fingerprint;
    struct found_url *found;
    bool is_found;
};

static bool look_at(void *owner, const struct found_url *url)
{
    struct wanted *wanted = owner;
    wanted->is_found = url->fingerprint == wanted->fingerprint;
    if (wanted->is_found)
        *wanted->found = *url;
    return !wanted->is_found;
}

bool frontier_is_queued(struct frontier *frontier, const struct url *url, struct found_url *found)
{
    struct wanted wanted = { frontier_fingerprint(frontier, url_bytes(url)), found, false };
    frontier_walk_queued(frontier, url_host(url), look_at, &wanted);
    if (wanted.is_found)
        found->url = url_bytes(url);
    return wanted.is_found;
}

/* ---- What is due */

/* Counts a host's revisits due by now; *next_ms sinks to its first one after. */
static uint64_t count_due(struct frontier *frontier, uint64_t host, int64_t now_ms,
                          int64_t *next_ms)
{
    struct table *table = frontier->tables.revisits;
    struct cursor *cursor = cursor_open(table, NULL);
    struct revisit revisit;
    uint64_t count = 0;
    bool is_there = revisit_seek(cursor, table, host, &revisit);
    while (is_there && revisit.due_ms <= now_ms) {
        count++;
        is_there = cursor_next(cursor) && revisit_row(cursor, table, host, &revisit);
    }
    if (is_there && revisit.due_ms < *next_ms)
        *next_ms = revisit.due_ms;
    cursor_close(cursor);
    return count;
}

/* A host whose row lies in the future may rest: what it has is due when it wakes. */
uint64_t frontier_due_count(struct frontier *frontier, int64_t now_ms, int64_t *next_due_ms)
{
    const struct agenda *agenda = &frontier->agenda;
    struct cursor *cursor = cursor_open(agenda->table, NULL);
    struct agenda_row row;
    uint64_t count = 0;
    *next_due_ms = INT64_MAX;
    bool is_there = agenda_seek(agenda, cursor, 0, 0, &row);
    while (is_there && row.wake_ms < *next_due_ms && row.wake_ms < HOLD_PAUSED_MS) {
        int64_t next_ms = INT64_MAX;
        int64_t by_ms = row.wake_ms > now_ms ? row.wake_ms : now_ms;
        uint64_t due = count_due(frontier, row.host, by_ms, &next_ms);
        if (row.wake_ms <= now_ms)
            count += due;
        else if (due > 0)
            next_ms = row.wake_ms;
        if (next_ms < *next_due_ms)
            *next_due_ms = next_ms;
        is_there = cursor_next(cursor);
        if (is_there)
            agenda_row(agenda, cursor, &row);
    }
    cursor_close(cursor);
    return count;
}
