/* SPDX-License-Identifier: MIT
 *
 * Which URL of a host is next: its new ones by class, and its revisits by how late they are.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "frontier/inside.h"
#include "frontier/revisits.h"
#include "frontier/url_walk.h"
#include "frontier/urls.h"

enum {
    /* Rows and URLs that one frontier_take looks at beyond those that it hands out: a few
       milliseconds. */
    LOOKS_MOST = 2000,
};

/* A revisit that is due, before it is known whether its turn has come. */
struct candidate {
    bool is_there;
    bool is_forced;
    uint8_t rank;
    struct local_url local;   /* Borrowed from the cursor. */
    struct url_record record; /* Borrowed from its own scratch. */
};

/* One frontier_take under way. */
struct handout {
    struct frontier *frontier;
    struct host *host;
    int64_t now_ms;
    size_t looks_left;
    uint64_t new_left;       /* URLs that were never tried and may be handed out. */
    struct cursor *revisits; /* At the last row looked at; NULL: not begun. */
    struct candidate candidate;
    struct buf scratch;
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
    host_count_flight(handout->host, 1);
    handout->new_left -= handout->new_left > 0;
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

/* May the list have URLs? */
static bool may_have_urls(const struct host *host, uint8_t list)
{
    return host->runs[list].first || host->unread[list] < host->state->chunks[list].end;
}

/* The best class of new URLs that may be handed out, behind the seeds; URL_CLASS_HELD: none. */
static uint8_t new_class(const struct handout *handout)
{
    uint8_t list = 1;
    while (list < URL_CLASSES && !may_have_urls(handout->host, list))
        list++;
    return handout->new_left > 0 ? list : URL_CLASS_HELD;
}

static struct task *take_held(struct handout *handout)
{
    return handout->new_left > 0 ? take_from_list(handout, URL_CLASS_HELD) : NULL;
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
                         .url_class = url_class(
                             &(struct discovery){ .found = record->found, .depth = record->depth }),
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
static void leave_behind(struct frontier *frontier, const struct revisit *revisit)
{
    pack_be64(&frontier->stale, revisit->host);
    pack_be64(&frontier->stale, (uint64_t)revisit->due_ms);
    pack_be64(&frontier->stale, revisit->fingerprint);
}

static void consider(struct handout *handout, const struct revisit *revisit)
{
    struct candidate *candidate = &handout->candidate;
    struct url_record *record = &candidate->record;
    if (!inside_record(handout->frontier, NULL, handout->host, &revisit->local, record,
                       &handout->scratch) ||
        (record->due_ms > 0 ? record->due_ms : 0) != revisit->due_ms) {
        leave_behind(handout->frontier, revisit);
        return;
    }
    candidate->is_there = true;
    candidate->is_forced = revisit->is_forced;
    candidate->local = revisit->local;
    candidate->rank = revisit->is_forced
                          ? 0
                          : revisit_rank(record->checked_at_ms, record->due_ms, handout->now_ms);
}

/* The revisit that has been due longest. */
static bool find_revisit(struct handout *handout)
{
    struct frontier *frontier = handout->frontier;
    struct table *table = frontier->tables.revisits;
    uint64_t host = handout->host->id;
    while (!handout->candidate.is_there && !handout->are_revisits_over && handout->looks_left > 0) {
        struct revisit revisit;
        bool is_there;
        if (handout->revisits) {
            is_there = cursor_next(handout->revisits) &&
                       revisit_row(handout->revisits, table, host, &revisit);
        } else {
            handout->revisits = cursor_open(table, NULL);
            is_there = revisit_seek(handout->revisits, table, host, &revisit);
        }
        handout->are_revisits_over = !is_there || revisit.due_ms > handout->now_ms;
        if (handout->are_revisits_over ||
            flight_by_fingerprint(frontier->flights, revisit.fingerprint))
            continue;
        consider(handout, &revisit);
        handout->looks_left -= !handout->candidate.is_there;
    }
    return handout->candidate.is_there;
}

static struct task *take_revisit(struct handout *handout)
{
    struct candidate *candidate = &handout->candidate;
    if (!find_revisit(handout))
        return NULL;
    candidate->is_there = false;
    return hand_out_known(handout, &candidate->local, &candidate->record, candidate->is_forced,
                          FLIGHT_REVISIT);
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
    while (!handout->is_epoch_over && handout->looks_left > 0 &&
           handout_has_epoch_work(frontier, host)) {
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

/* What known URLs compete with; URL_CLASS_HELD: there are none. */
static uint8_t known_rank(struct handout *handout)
{
    if (find_revisit(handout))
        return handout->candidate.rank;
    bool has_epoch =
        !handout->is_epoch_over && handout_has_epoch_work(handout->frontier, handout->host);
    return has_epoch ? REVISIT_RANK : URL_CLASS_HELD;
}

static struct task *take_known(struct handout *handout)
{
    struct task *task = take_revisit(handout);
    return task ? task : take_epoch(handout);
}

/* Whose turn is it? Who is better has three turns for one of the other, so that neither starves
 * where a host gives less than is wanted of it. A host that wakes begins with what is new. */
static bool is_turn_of_known(struct host *host, uint8_t fresh, uint8_t known)
{
    enum { TURNS = 3 };
    if (fresh == URL_CLASS_HELD || known == URL_CLASS_HELD)
        return fresh == URL_CLASS_HELD;
    uint8_t new_turns = known > fresh ? TURNS : 1;
    uint8_t known_turns = known < fresh ? TURNS : 1;
    if (host->turn >= new_turns + known_turns)
        host->turn = 0;
    return host->turn++ >= new_turns;
}

/* Lists may turn out to be empty, so this is asked until there is a task or nothing more. */
static struct task *take_by_rank(struct handout *handout)
{
    struct task *task = NULL;
    while (!task && handout->looks_left > 0) {
        uint8_t fresh = new_class(handout);
        uint8_t known = known_rank(handout);
        if (fresh == URL_CLASS_HELD && known == URL_CLASS_HELD)
            return NULL;
        task = is_turn_of_known(handout->host, fresh, known) ? take_known(handout)
                                                             : take_from_list(handout, fresh);
    }
    return task;
}

static struct task *take_next(struct handout *handout)
{
    struct task *task = take_from_list(handout, 0);
    if (!task)
        task = take_by_rank(handout);
    return task ? task : take_held(handout);
}

/* The next frontier_take goes on behind the last row looked at. */
static void end_handout(struct handout *handout)
{
    if (handout->is_epoch_begun && !handout->is_epoch_over)
        set_epoch_after(handout->host, buf_bytes(&handout->epoch.key));
    if (handout->is_epoch_begun)
        url_walk_end(&handout->epoch);
    cursor_close(handout->revisits);
    buf_clear(&handout->scratch);
}

struct task *frontier_take(struct frontier *frontier, uint64_t id, size_t most, int64_t now_ms)
{
    struct host *host = host_of_id(frontier->hosts, id);
    assert(host && host->is_awake);
    inside_note_time(frontier, now_ms);
    bool is_on_hold = budget_used_up(frontier, host) != BUDGET_NONE;
    struct handout handout = { .frontier = frontier,
                               .host = host,
                               .now_ms = now_ms,
                               .looks_left = LOOKS_MOST,
                               .new_left = is_on_hold ? 0 : budget_room(frontier, host) };
    buf_init(&handout.scratch, BUF_UNBOUNDED);
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
        handout_end_flight(frontier, flight);
    }
    task_free(task);
}
