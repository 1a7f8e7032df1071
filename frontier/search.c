/* SPDX-License-Identifier: MIT */
#include "frontier/search.h"

#include "frontier/inside.h"
#include "frontier/queue.h"
#include "frontier/revisits.h"
#include "frontier/urls.h"

/* Of a host that sleeps, so many URLs in front are looked up: its first chunk may hold some that
 * were tried. */
enum { LOOKED_UP_MOST = 64 };

/* One slice. */
struct search_slice {
    struct frontier *frontier;
    struct queue_search *search;
    struct local_url wanted;
    struct host *host; /* NULL where it is not in memory. */
    uint64_t id;
    size_t looks; /* Left. */
};

static void found(struct search_slice *slice, const struct queued_url *url, uint8_t list)
{
    struct queue_search *search = slice->search;
    search->is_found = true;
    search->part = SEARCH_OVER;
    search->found = (struct found_url){ .referrer = url->referrer,
                                        .depth = url->depth,
                                        .found = url->found,
                                        .url_class = list,
                                        .hops = url->hops };
}

static bool was_tried(const struct search_slice *slice, const struct queued_url *url)
{
    struct frontier *frontier = slice->frontier;
    bool is_served = slice->host && slice->host->lots > 0;
    if (slice->id == 0 || is_served || slice->search->before[slice->search->list] >= LOOKED_UP_MOST)
        return false;
    if (slice->host && settling_find(frontier, slice->host, &url->local))
        return true;
    urls_key(&frontier->key, slice->id, &url->local);
    return table_has(frontier->tables.urls, NULL, buf_bytes(&frontier->key));
}

/* True where this is the URL. */
static bool look_at(struct search_slice *slice, const struct queued_url *url)
{
    const struct local_url *wanted = &slice->wanted;
    slice->looks -= slice->looks > 0;
    if (url->local.scheme == wanted->scheme && url->local.port == wanted->port &&
        bytes_equal(url->local.path, wanted->path)) {
        found(slice, url, slice->search->list);
        return true;
    }
    slice->search->before[slice->search->list] += !was_tried(slice, url);
    return false;
}

/* ---- The parts of a queue */

/* Where all that is known is in memory, most of what is not known needs no search. */
static bool is_surely_new(const struct search_slice *slice, const struct url *url)
{
    struct frontier *frontier = slice->frontier;
    return atomic_load_explicit(&frontier->is_seen_loaded, memory_order_relaxed) &&
           !seen_look(frontier->seen, frontier_fingerprint(frontier, url_bytes(url)));
}

/* It may be under way; where its place is on disk alone, the search goes on to find it. */
static void look_at_flights(struct search_slice *slice, const struct url *url)
{
    struct frontier *frontier = slice->frontier;
    const struct flight *flight =
        flight_by_fingerprint(frontier->flights, frontier_fingerprint(frontier, url_bytes(url)));
    slice->search->is_in_flight = flight && flight->kind == FLIGHT_QUEUED;
    if (slice->search->is_in_flight && flight->run) {
        struct queued_url queued = lot_url(flight->run->lot, flight->place);
        found(slice, &queued, flight->run->list);
    }
}

/* A chunk that is in memory has the URLs that still wait; others are read. */
static const struct run *chunk_in_memory(const struct search_slice *slice, uint32_t number)
{
    if (!slice->host)
        return NULL;
    const struct run *run = slice->host->runs[slice->search->list].first;
    while (run && run->lot->kind == LOT_CHUNK && run->lot->number < number)
        run = run->next;
    return run && run->lot->kind == LOT_CHUNK && run->lot->number == number ? run : NULL;
}

/* Was it read, and all its URLs handed out? */
static bool is_handed_out(const struct search_slice *slice, uint32_t number)
{
    return slice->host && number < slice->host->unread[slice->search->list] &&
           !chunk_in_memory(slice, number);
}

/* A chunk is never left in its middle: it is short. */
static void look_through(struct search_slice *slice, const struct run *run)
{
    for (uint32_t at = run->first; at != LOT_NOWHERE; at = lot_next(run->lot, at)) {
        struct queued_url url = lot_url(run->lot, at);
        if (look_at(slice, &url))
            return;
    }
}

/* False when there are no more. */
static bool look_at_chunk(struct search_slice *slice)
{
    struct queue_search *search = slice->search;
    uint32_t number = (uint32_t)search->number;
    struct lot *lot = chunk_read(slice->frontier->tables.queue, slice->id, search->list, &number);
    if (!lot || search->number > UINT32_MAX) {
        lot_free(lot);
        return false;
    }
    const struct run *run = chunk_in_memory(slice, number);
    if (run)
        look_through(slice, run);
    else if (!is_handed_out(slice, number) || search->is_in_flight)
        look_through(slice, &lot->runs[0]);
    search->number = (uint64_t)number + 1;
    lot_free(lot);
    return true;
}

/* The URL behind the last one that was looked at. Where that one was handed out meanwhile, so were
 * all before it. */
static uint32_t next_place(const struct queue_search *search, const struct run *run)
{
    uint32_t at = search->has_place ? run->first : LOT_NOWHERE;
    while (at != LOT_NOWHERE && at != search->place)
        at = lot_next(run->lot, at);
    return at == LOT_NOWHERE ? run->first : lot_next(run->lot, at);
}

/* The URLs that wait in a run. True when none is left. */
static bool look_at_run(struct search_slice *slice, const struct run *run)
{
    struct queue_search *search = slice->search;
    for (uint32_t at = next_place(search, run); at != LOT_NOWHERE; at = lot_next(run->lot, at)) {
        if (slice->looks == 0)
            return false;
        struct queued_url url = lot_url(run->lot, at);
        search->has_place = true;
        search->place = at;
        if (look_at(slice, &url))
            return false;
    }
    search->has_place = false;
    return true;
}

/* False where the slice is over, or the URL was found. */
static bool look_at_batches(struct search_slice *slice)
{
    struct queue_search *search = slice->search;
    const struct run *run = slice->host ? slice->host->runs[search->list].first : NULL;
    for (; run; run = run->next) {
        if (run->lot->kind != LOT_BATCH || run->lot->number < search->number)
            continue;
        if (run->lot->number > search->number)
            search->has_place = false;
        search->number = run->lot->number;
        if (!look_at_run(slice, run))
            return false;
        search->number++;
    }
    return true;
}

/* The next part of a list, or the next list. */
static void turn_to_next(struct queue_search *search)
{
    search->number = 0;
    search->has_place = false;
    if (search->part == SEARCH_CHUNKS) {
        search->part = SEARCH_BATCHES;
    } else if (search->list < URL_CLASS_HELD) {
        search->part = SEARCH_CHUNKS;
        search->list++;
    } else {
        search->part = SEARCH_OVER;
    }
}

bool frontier_search_queue(struct frontier *frontier, const struct url *url,
                           struct queue_search *search, size_t looks)
{
    struct host_state state;
    struct search_slice slice = {
        .frontier = frontier, .search = search, .wanted = local_url_of(url), .looks = looks
    };
    lots_load(frontier);
    if (!host_peek(frontier->hosts, url_host(url), &slice.host, &slice.id, &state))
        search->part = SEARCH_OVER;
    if (search->part == SEARCH_FLIGHTS) {
        search->part = is_surely_new(&slice, url) ? SEARCH_OVER : SEARCH_CHUNKS;
        look_at_flights(&slice, url);
    }
    while (search->part != SEARCH_OVER && slice.looks > 0) {
        if (search->part == SEARCH_CHUNKS && slice.id != 0 && look_at_chunk(&slice))
            continue;
        if (search->part == SEARCH_BATCHES && !look_at_batches(&slice))
            break;
        turn_to_next(search);
    }
    return search->part != SEARCH_OVER;
}

/* Tickets rise. */
bool frontier_find_flight(const struct frontier *frontier, const struct url *url, uint64_t *before)
{
    const struct flight *flight =
        flight_by_fingerprint(frontier->flights, frontier_fingerprint(frontier, url_bytes(url)));
    *before = 0;
    if (!flight)
        return false;
    for (const struct flight *other = flight_first(frontier->flights, flight->host); other;
         other = flight_next(frontier->flights, other))
        *before += other->ticket < flight->ticket;
    return true;
}

/* ---- Revisits */

void frontier_find_revisit(struct frontier *frontier, const struct url *url,
                           const struct url_record *record, struct revisit_place *place)
{
    struct table *table = frontier->tables.revisits;
    uint64_t fingerprint = frontier_fingerprint(frontier, url_bytes(url));
    int64_t due_ms = record->due_ms > 0 ? record->due_ms : 0;
    struct host *host;
    struct host_state state;
    struct revisit revisit;
    uint64_t id;
    *place = (struct revisit_place){ 0 };
    if (due_ms == INT64_MAX || !host_peek(frontier->hosts, url_host(url), &host, &id, &state) ||
        id == 0)
        return;
    struct cursor *cursor = cursor_open(table, NULL);
    place->is_there = revisit_seek_from(cursor, table, id, due_ms, fingerprint, &revisit) &&
                      revisit.due_ms == due_ms && revisit.fingerprint == fingerprint;
    place->is_forced = place->is_there && revisit.is_forced;
    cursor_close(cursor);
    struct local_url local = local_url_of(url);
    const struct tried_url *tried = host ? settling_find(frontier, host, &local) : NULL;
    place->is_there |= tried != NULL;
    struct revisit_count before = revisits_before(table, id, due_ms, fingerprint, state.tried);
    place->before = before.count;
    place->is_about = before.is_about;
}
