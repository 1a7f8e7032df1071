/* SPDX-License-Identifier: MIT */
#include "frontier/hosts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/surt.h"

enum {
    RECORD_VERSION = 2,
    FIRST_CAPACITY = 256,
};

/* Pointers to hosts, in no order. */
struct host_list {
    struct host **hosts;
    size_t count;
    size_t capacity;
};

struct hosts {
    struct database *database;
    struct table *table;
    struct counters *counters;
    struct agenda *agenda;
    struct paused *paused;
    uint64_t secret;
    uint64_t ids_end;      /* The next id as it is stored: only lower ones may be written. */
    struct host **by_name; /* Buckets; their numbers are powers of two. */
    struct host **by_id;
    size_t name_capacity;
    size_t id_capacity;
    size_t count;
    size_t id_count;
    struct host_list touched;
    struct host_list dirty;
    struct buf scratch;
};

/* ---- The record */

void host_state_pack(struct buf *out, uint64_t id, const struct host_state *state)
{
    pack_u8(out, RECORD_VERSION);
    pack_number(out, id);
    pace_pack(out, &state->pace);
    pack_number(out, state->hold.until_ms > 0 ? (uint64_t)state->hold.until_ms : 0);
    pack_u8(out, state->hold.reason);
    pack_number(out, state->fetched);
    pack_number(out, state->pages);
    pack_number(out, state->tried);
    pack_number(out, state->queued);
    pack_number(out, state->held);
    pack_number(out, state->wake_ms == INT64_MAX ? 0 : (uint64_t)state->wake_ms + 1);
    pack_number(out, state->epoch_done);
    pack_u8(out, state->is_seeded);
    for (size_t list = 0; list < URL_LISTS; list++) {
        pack_number(out, state->chunks[list].end);
        pack_number(out, state->chunks[list].count);
    }
}

bool host_state_unpack(struct bytes bytes, uint64_t *id, struct host_state *state)
{
    struct unpacker from = unpacker_of(bytes);
    from.is_bad |= unpack_u8(&from) != RECORD_VERSION;
    *id = unpack_number(&from);
    pace_unpack(&from, &state->pace);
    uint64_t held = unpack_number(&from);
    state->hold.until_ms = held < (uint64_t)HOLD_PAUSED_MS ? (int64_t)held : 0;
    uint8_t reason = unpack_u8(&from);
    state->hold.reason = reason < OUTCOME_COUNT ? reason : OUTCOME_NONE;
    state->fetched = unpack_number(&from);
    state->pages = unpack_number(&from);
    state->tried = unpack_number(&from);
    state->queued = unpack_number(&from);
    state->held = unpack_number(&from);
    uint64_t wake = unpack_number(&from);
    state->wake_ms = wake == 0 || wake > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)(wake - 1);
    state->epoch_done = (uint32_t)unpack_number(&from);
    state->is_seeded = unpack_u8(&from) != 0;
    for (size_t list = 0; list < URL_LISTS; list++) {
        state->chunks[list].end = (uint32_t)unpack_number(&from);
        state->chunks[list].count = (uint32_t)unpack_number(&from);
    }
    return !from.is_bad && *id != 0;
}

struct host_record host_record_of(const struct hosts *hosts, uint64_t id, struct bytes name,
                                  const struct host_state *state)
{
    return (struct host_record){ .id = id,
                                 .name = name,
                                 .pace = state->pace,
                                 .hold = state->hold,
                                 .is_paused = paused_has(hosts->paused, name),
                                 .fetched = state->fetched,
                                 .pages = state->pages,
                                 .queued = state->queued,
                                 .held = state->held,
                                 .wake_ms = state->wake_ms };
}

/* ---- Opening and closing */

enum status hosts_open(struct hosts **out, struct database *database, struct counters *counters,
                       struct agenda *agenda, struct paused *paused, uint64_t secret)
{
    struct hosts *hosts = xcalloc(1, sizeof(*hosts));
    hosts->database = database;
    hosts->counters = counters;
    hosts->agenda = agenda;
    hosts->paused = paused;
    hosts->secret = secret;
    hosts->ids_end = counters->values[COUNTER_NEXT_HOST];
    hosts->name_capacity = FIRST_CAPACITY;
    hosts->id_capacity = FIRST_CAPACITY;
    hosts->by_name = xcalloc(hosts->name_capacity, sizeof(struct host *));
    hosts->by_id = xcalloc(hosts->id_capacity, sizeof(struct host *));
    buf_init(&hosts->scratch, BUF_UNBOUNDED);
    enum status status = database_table(database, "hosts", &hosts->table);
    if (status) {
        hosts_close(hosts);
        return status;
    }
    *out = hosts;
    return STATUS_OK;
}

static void host_free(struct host *host)
{
    free(host->state);
    free(host->epoch_after);
    free(host);
}

void hosts_close(struct hosts *hosts)
{
    if (!hosts)
        return;
    for (size_t i = 0; i < hosts->name_capacity; i++) {
        for (struct host *host = hosts->by_name[i]; host;) {
            struct host *next = host->next_by_name;
            host_free(host);
            host = next;
        }
    }
    free(hosts->by_name);
    free(hosts->by_id);
    free(hosts->touched.hosts);
    free(hosts->dirty.hosts);
    buf_clear(&hosts->scratch);
    free(hosts);
}

struct table *hosts_table(const struct hosts *hosts)
{
    return hosts->table;
}

static void list_add(struct host_list *list, struct host *host)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 64;
        list->hosts = xreallocarray(list->hosts, list->capacity, sizeof(struct host *));
    }
    list->hosts[list->count++] = host;
}

/* ---- Finding */

static void grow_by_name(struct hosts *hosts)
{
    size_t capacity = 2 * hosts->name_capacity;
    struct host **buckets = xcalloc(capacity, sizeof(struct host *));
    for (size_t i = 0; i < hosts->name_capacity; i++) {
        for (struct host *host = hosts->by_name[i]; host;) {
            struct host *next = host->next_by_name;
            struct host **bucket = &buckets[host->hash & (capacity - 1)];
            host->next_by_name = *bucket;
            *bucket = host;
            host = next;
        }
    }
    free(hosts->by_name);
    hosts->by_name = buckets;
    hosts->name_capacity = capacity;
}

static void grow_by_id(struct hosts *hosts)
{
    size_t capacity = 2 * hosts->id_capacity;
    struct host **buckets = xcalloc(capacity, sizeof(struct host *));
    for (size_t i = 0; i < hosts->id_capacity; i++) {
        for (struct host *host = hosts->by_id[i]; host;) {
            struct host *next = host->next_by_id;
            struct host **bucket = &buckets[host->id & (capacity - 1)];
            host->next_by_id = *bucket;
            *bucket = host;
            host = next;
        }
    }
    free(hosts->by_id);
    hosts->by_id = buckets;
    hosts->id_capacity = capacity;
}

static struct host *find(struct hosts *hosts, struct bytes name, uint32_t hash)
{
    struct host *host = hosts->by_name[hash & (hosts->name_capacity - 1)];
    while (host && (host->hash != hash || !bytes_equal(host_name(host), name)))
        host = host->next_by_name;
    return host;
}

struct host *host_of_name(struct hosts *hosts, struct bytes name)
{
    uint32_t hash = (uint32_t)hash_bytes(name, hosts->secret);
    struct host *host = find(hosts, name, hash);
    if (host)
        return host;
    buf_reset(&hosts->scratch);
    surt_host(&hosts->scratch, name);
    struct bytes key = buf_bytes(&hosts->scratch);
    assert(name.length <= UINT16_MAX && key.length <= UINT16_MAX);
    host = xcalloc(1, sizeof(*host) + name.length + key.length);
    host->hash = hash;
    host->soonest_ms = INT64_MAX;
    host->name_length = (uint16_t)name.length;
    host->key_length = (uint16_t)key.length;
    memcpy(host->text, name.data, name.length);
    memcpy(host->text + name.length, key.data, key.length);
    if (hosts->count++ >= hosts->name_capacity)
        grow_by_name(hosts);
    struct host **bucket = &hosts->by_name[hash & (hosts->name_capacity - 1)];
    host->next_by_name = *bucket;
    *bucket = host;
    host_touch(hosts, host);
    return host;
}

struct host *host_of_id(struct hosts *hosts, uint64_t id)
{
    struct host *host = hosts->by_id[id & (hosts->id_capacity - 1)];
    while (host && host->id != id)
        host = host->next_by_id;
    return host;
}

static void link_by_id(struct hosts *hosts, struct host *host, uint64_t id)
{
    host->id = id;
    if (hosts->id_count++ >= hosts->id_capacity)
        grow_by_id(hosts);
    struct host **bucket = &hosts->by_id[id & (hosts->id_capacity - 1)];
    host->next_by_id = *bucket;
    *bucket = host;
}

static struct host_state new_state(void)
{
    return (struct host_state){ .pace = PACE_NEW, .wake_ms = INT64_MAX };
}

bool host_peek(struct hosts *hosts, struct bytes name, struct host **out, uint64_t *id,
               struct host_state *state)
{
    struct host *host = find(hosts, name, (uint32_t)hash_bytes(name, hosts->secret));
    bool is_waited_for = host && (host->waiting > 0 || host->first_flight != 0);
    struct buf key, record;
    *out = host;
    *id = 0;
    *state = new_state();
    if (host && host->state) {
        *id = host->id;
        *state = *host->state;
        return host->id != 0 || is_waited_for;
    }
    buf_init(&key, BUF_UNBOUNDED);
    buf_init(&record, BUF_UNBOUNDED);
    surt_host(&key, name);
    bool is_there = table_get(hosts->table, NULL, buf_bytes(&key), &record) == STATUS_OK;
    if (is_there && !host_state_unpack(buf_bytes(&record), id, state))
        table_damaged(hosts->table);
    buf_clear(&key);
    buf_clear(&record);
    return is_there || is_waited_for;
}

bool host_load(struct hosts *hosts, struct host *host, struct txn *txn)
{
    if (host->state)
        return host->id != 0;
    host->state = xcalloc(1, sizeof(*host->state));
    *host->state = new_state();
    if (table_get(hosts->table, txn, host_key(host), &hosts->scratch) != STATUS_OK)
        return false;
    uint64_t id;
    if (!host_state_unpack(buf_bytes(&hosts->scratch), &id, host->state))
        table_damaged(hosts->table);
    link_by_id(hosts, host, id);
    return true;
}

/* ---- Changing */

void host_enter(struct hosts *hosts, struct host *host)
{
    assert(host->state);
    if (host->id != 0)
        return;
    link_by_id(hosts, host, hosts->counters->values[COUNTER_NEXT_HOST]++);
    hosts->counters->values[COUNTER_HOSTS]++;
    host_change(hosts, host);
}

void host_change(struct hosts *hosts, struct host *host)
{
    assert(host->state);
    if (!host->is_dirty) {
        host->is_dirty = true;
        list_add(&hosts->dirty, host);
    }
}

int64_t host_held_until_ms(const struct hosts *hosts, const struct host *host)
{
    const struct host_state *state = host->state;
    if (paused_has(hosts->paused, host_name(host)))
        return HOLD_PAUSED_MS;
    return state->hold.until_ms > state->pace.rest_until_ms ? state->hold.until_ms
                                                            : state->pace.rest_until_ms;
}

void host_expect(struct hosts *hosts, struct host *host, int64_t at_ms)
{
    if (at_ms < host->soonest_ms)
        host->soonest_ms = at_ms;
    host_change(hosts, host);
}

/* An id that is on record and given again would mix up two hosts, so a new one is never written
 * without the counter that it came from. */
static void write_record(struct hosts *hosts, struct host *host, struct txn *txn)
{
    assert(host->id != 0);
    if (host->id >= hosts->ids_end) {
        counters_save(hosts->counters, txn, hosts->database);
        hosts->ids_end = hosts->counters->values[COUNTER_NEXT_HOST];
    }
    buf_reset(&hosts->scratch);
    host_state_pack(&hosts->scratch, host->id, host->state);
    table_put(hosts->table, txn, host_key(host), buf_bytes(&hosts->scratch));
}

static void move_row(struct hosts *hosts, struct host *host, struct txn *txn, int64_t wake_ms)
{
    agenda_move(hosts->agenda, txn, host->id, host_name(host), host->state->wake_ms, wake_ms);
    host->state->wake_ms = wake_ms;
    host->soonest_ms = INT64_MAX;
}

void host_settle(struct hosts *hosts, struct host *host, struct txn *txn, int64_t wake_ms)
{
    assert(host->id != 0);
    move_row(hosts, host, txn, wake_ms);
    write_record(hosts, host, txn);
}

static int by_key(const void *a, const void *b)
{
    return bytes_compare(host_key(*(struct host *const *)a), host_key(*(struct host *const *)b));
}

/* In order of keys, so that neighbours are written together. */
void hosts_write(struct hosts *hosts, struct txn *txn)
{
    if (hosts->dirty.count > 1)
        qsort(hosts->dirty.hosts, hosts->dirty.count, sizeof(struct host *), by_key);
    for (size_t i = 0; i < hosts->dirty.count; i++) {
        struct host *host = hosts->dirty.hosts[i];
        int64_t wake_ms = host->soonest_ms;
        int64_t held_until_ms = host_held_until_ms(hosts, host);
        if (wake_ms < held_until_ms)
            wake_ms = held_until_ms;
        /* Whose row was found although it is paused is not to be found again. */
        bool is_row_early =
            held_until_ms == HOLD_PAUSED_MS && host->state->wake_ms < HOLD_PAUSED_MS;
        if (wake_ms < host->state->wake_ms || is_row_early)
            move_row(hosts, host, txn, is_row_early ? held_until_ms : wake_ms);
        write_record(hosts, host, txn);
        host->soonest_ms = INT64_MAX;
        host->is_dirty = false;
        host_touch(hosts, host);
    }
    hosts->dirty.count = 0;
}

/* ---- Forgetting */

static bool is_needed(const struct host *host)
{
    if (host->is_awake || host->is_ready || host->is_resting || host->is_in_pass ||
        host->is_dirty || host->first_flight != 0 || host->lots > 0)
        return true;
    for (size_t list = 0; list < URL_LISTS; list++) {
        if (host->runs[list].first)
            return true;
    }
    return false;
}

void host_touch(struct hosts *hosts, struct host *host)
{
    if (!host->is_touched) {
        host->is_touched = true;
        list_add(&hosts->touched, host);
    }
}

static void forget(struct hosts *hosts, struct host *host)
{
    struct host **link = &hosts->by_name[host->hash & (hosts->name_capacity - 1)];
    while (*link != host)
        link = &(*link)->next_by_name;
    *link = host->next_by_name;
    hosts->count--;
    if (host->id != 0) {
        link = &hosts->by_id[host->id & (hosts->id_capacity - 1)];
        while (*link != host)
            link = &(*link)->next_by_id;
        *link = host->next_by_id;
        hosts->id_count--;
    }
    host_free(host);
}

void hosts_sweep(struct hosts *hosts)
{
    for (size_t i = 0; i < hosts->touched.count; i++) {
        struct host *host = hosts->touched.hosts[i];
        host->is_touched = false;
        if (!is_needed(host))
            forget(hosts, host);
    }
    hosts->touched.count = 0;
}

size_t hosts_touched(const struct hosts *hosts)
{
    return hosts->touched.count;
}

size_t hosts_in_memory(const struct hosts *hosts)
{
    return hosts->count;
}

size_t hosts_buckets(const struct hosts *hosts)
{
    return hosts->name_capacity;
}

void hosts_each_of(struct hosts *hosts, size_t bucket, void (*each)(void *owner, struct host *host),
                   void *owner)
{
    for (struct host *host = hosts->by_name[bucket]; host; host = host->next_by_name)
        each(owner, host);
}

void hosts_each(struct hosts *hosts, void (*each)(void *owner, struct host *host), void *owner)
{
    for (size_t i = 0; i < hosts->name_capacity; i++)
        hosts_each_of(hosts, i, each, owner);
}

/* ---- Runs */

static bool run_is_before(const struct run *a, const struct run *b)
{
    if (a->lot->kind != b->lot->kind)
        return a->lot->kind < b->lot->kind;
    return a->lot->number < b->lot->number;
}

void host_link_run(struct host *host, struct run *run)
{
    assert(!run->is_linked);
    struct run *before = host->runs[run->list].last;
    /* The usual run is the newest: it goes to the end. */
    if (before && !run_is_before(before, run)) {
        before = NULL;
        for (struct run *at = host->runs[run->list].first; run_is_before(at, run); at = at->next)
            before = at;
    }
    if (before) {
        run->next = before->next;
        before->next = run;
    } else {
        run->next = host->runs[run->list].first;
        host->runs[run->list].first = run;
    }
    if (!run->next)
        host->runs[run->list].last = run;
    run->is_linked = true;
}

void host_unlink_run(struct hosts *hosts, struct host *host, struct run *run)
{
    assert(run->is_linked);
    struct run *before = NULL;
    for (struct run *at = host->runs[run->list].first; at != run; at = at->next)
        before = at;
    if (before)
        before->next = run->next;
    else
        host->runs[run->list].first = run->next;
    if (!run->next)
        host->runs[run->list].last = before;
    run->is_linked = false;
    run->next = NULL;
    host_touch(hosts, host);
}

bool host_has_chunks(const struct host *host)
{
    for (size_t list = 0; list < URL_LISTS; list++) {
        if (host->state->chunks[list].count > 0)
            return true;
    }
    return false;
}
