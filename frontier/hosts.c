/* SPDX-License-Identifier: MIT */
#include "frontier/hosts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/site.h"
#include "base/surt.h"
#include "frontier/over_budget.h"

enum { FIRST_CAPACITY = 256 };

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
    struct table *over_budget;
    struct sites *sites;
    struct agenda *agenda;
    struct paused *paused;
    uint64_t secret;
    uint64_t ids_end;      /* The next id as it is stored: only lower ones may be written. */
    struct host **by_name; /* Buckets; their numbers are powers of two. */
    struct host **by_id;
    struct host *last_found; /* NULL: none. */
    size_t name_capacity;
    size_t id_capacity;
    size_t count;
    size_t id_count;
    struct host_list touched;
    struct host_list dirty;
    struct buf scratch;
};

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
    if (!status)
        status = database_table(database, "over_budget", &hosts->over_budget);
    if (!status)
        status = sites_open(&hosts->sites, database, counters, secret);
    if (status) {
        hosts_close(hosts);
        return status;
    }
    *out = hosts;
    return STATUS_OK;
}

static void host_free(struct host *host)
{
    unsettled_free(host->unsettled);
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
    sites_close(hosts->sites);
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

struct sites *hosts_sites(const struct hosts *hosts)
{
    return hosts->sites;
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

/* What is done with a URL asks for its host several times. */
static struct host *find(struct hosts *hosts, struct bytes name, uint32_t hash)
{
    struct host *host = hosts->last_found;
    if (host && host->hash == hash && bytes_equal(host_name(host), name))
        return host;
    host = hosts->by_name[hash & (hosts->name_capacity - 1)];
    while (host && (host->hash != hash || !bytes_equal(host_name(host), name)))
        host = host->next_by_name;
    return hosts->last_found = host;
}

struct host *host_in_memory(struct hosts *hosts, struct bytes name)
{
    return find(hosts, name, (uint32_t)hash_bytes(name, hosts->secret));
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

void host_identify(struct hosts *hosts, struct host *host, uint64_t id)
{
    if (host->id != id) {
        assert(host->id == 0);
        link_by_id(hosts, host, id);
    }
}

/* What was read back from `tried`, where it is newer than what stands in the table. */
static void take_newer_state(struct hosts *hosts, struct host *host, uint64_t id)
{
    struct unsettled *unsettled = host->unsettled;
    uint64_t same_id;
    if (!unsettled || !unsettled->state || unsettled->state_batch < host->state->batches_end)
        return;
    struct bytes state = bytes_of(unsettled->state, unsettled->state_length);
    if (!host_state_unpack(state, &same_id, host->state) || same_id != id)
        table_damaged(hosts->table);
}

bool host_peek(struct hosts *hosts, struct bytes name, struct host **out, uint64_t *id,
               struct host_state *state)
{
    struct host *host = host_in_memory(hosts, name);
    bool is_waited_for = host && (host->waiting > 0 || host->first_flight != 0);
    struct buf key, record;
    *out = host;
    *id = 0;
    *state = host_state_new();
    if (host && (host->state || host->unsettled)) {
        host_load(hosts, host, NULL);
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

static void belong(struct host *host, struct site *site)
{
    host->site = site;
    site_hold(site);
}

bool host_load(struct hosts *hosts, struct host *host, struct txn *txn)
{
    if (host->state)
        return host->id != 0;
    host->state = xcalloc(1, sizeof(*host->state));
    *host->state = host_state_new();
    if (table_get(hosts->table, txn, host_key(host), &hosts->scratch) != STATUS_OK)
        return false;
    uint64_t id;
    host->has_row = true;
    if (!host_state_unpack(buf_bytes(&hosts->scratch), &id, host->state))
        table_damaged(hosts->table);
    take_newer_state(hosts, host, id);
    host_identify(hosts, host, id);
    host->over_budget_row = host->state->over_budget;
    if (host->state->has_site)
        belong(host, site_of_name(hosts->sites, site_of_host(host_name(host))));
    return true;
}

/* ---- Sites */

/* The site of a host that has others. */
static struct site *shared_site(const struct host *host)
{
    return host->site && !host->site->alone ? host->site : NULL;
}

/* A host of the site that has a row; NULL where there is none. */
static struct host *find_sibling(struct hosts *hosts, struct bytes site)
{
    struct cursor *cursor = cursor_open(hosts->table, NULL);
    struct host *sibling = NULL;
    buf_reset(&hosts->scratch);
    site_key(&hosts->scratch, site);
    bool is_there = cursor_seek(cursor, buf_bytes(&hosts->scratch));
    struct bytes key = cursor_key(cursor);
    if (is_there && bytes_start_with(key, buf_bytes(&hosts->scratch)) &&
        (key.length == hosts->scratch.length || key.data[hosts->scratch.length] == ',')) {
        struct buf name;
        buf_init(&name, BUF_UNBOUNDED);
        surt_host_name(&name, key);
        sibling = host_of_name(hosts, buf_bytes(&name));
        host_touch(hosts, sibling);
        buf_clear(&name);
    }
    cursor_close(cursor);
    return sibling;
}

/* Until now the site had one host: its numbers are the site's. */
static void share_with(struct hosts *hosts, struct site *site, struct host *first)
{
    site->state = (struct site_state){ .hosts = first->state->is_admitted,
                                       .pages = first->state->pages,
                                       .queued = first->state->queued,
                                       .is_seeded = first->state->is_seeded };
    site->new_flights = first->new_flights;
    if (!first->site)
        belong(first, site);
    first->state->has_site = true;
    host_change(hosts, first);
    site_share(hosts->sites, site);
}

/* A new host finds the others of its site. */
static void join_site(struct hosts *hosts, struct host *host)
{
    struct bytes name = site_of_host(host_name(host));
    struct site *site = sites_find(hosts->sites, name);
    struct host *first = site ? site->alone : find_sibling(hosts, name);
    if (!site && !first) {
        belong(host, site_alone(hosts->sites, name, host));
        return;
    }
    if (first && !site)
        host_load(hosts, first, NULL);
    site = first && first->site ? first->site : site_of_name(hosts->sites, name);
    if (first && !first->state->has_site)
        share_with(hosts, site, first);
    belong(host, site);
    host->state->has_site = true;
}

/* ---- Changing */

void host_enter(struct hosts *hosts, struct host *host)
{
    assert(host->state);
    if (host->id != 0)
        return;
    link_by_id(hosts, host, hosts->counters->values[COUNTER_NEXT_HOST]++);
    hosts->counters->values[COUNTER_HOSTS]++;
    join_site(hosts, host);
    host_change(hosts, host);
}

static void count(uint64_t *number, int64_t more)
{
    uint64_t fewer = more < 0 ? (uint64_t)-more : 0;
    if (more >= 0)
        *number += (uint64_t)more;
    else
        *number -= fewer < *number ? fewer : *number;
}

void host_count_pages(struct hosts *hosts, struct host *host, int64_t more)
{
    struct site *site = shared_site(host);
    count(&host->state->pages, more);
    host_change(hosts, host);
    if (site) {
        count(&site->state.pages, more);
        site_change(hosts->sites, site);
    }
}

void host_count_queued(struct hosts *hosts, struct host *host, int64_t more)
{
    struct site *site = shared_site(host);
    count(&host->state->queued, more);
    host_change(hosts, host);
    if (site) {
        count(&site->state.queued, more);
        site_change(hosts->sites, site);
    }
}

void host_count_flight(struct host *host, int more)
{
    host->new_flights += (uint32_t)more;
    if (shared_site(host))
        host->site->new_flights += (uint32_t)more;
}

void host_admit(struct hosts *hosts, struct host *host)
{
    struct site *site = shared_site(host);
    if (host->state->is_admitted)
        return;
    host->state->is_admitted = true;
    host_change(hosts, host);
    if (site) {
        site->state.hosts++;
        site_change(hosts->sites, site);
    }
}

void host_set_seeded(struct hosts *hosts, struct host *host)
{
    struct site *site = shared_site(host);
    host->state->is_seeded = true;
    host_change(hosts, host);
    if (site) {
        site->state.is_seeded = true;
        site_change(hosts->sites, site);
    }
}

struct site_state host_site_state(const struct host *host)
{
    if (shared_site(host))
        return host->site->state;
    return (struct site_state){ .hosts = host->state->is_admitted,
                                .pages = host->state->pages,
                                .queued = host->state->queued,
                                .is_seeded = host->state->is_seeded };
}

uint32_t host_site_flights(const struct host *host)
{
    return shared_site(host) ? host->site->new_flights : host->new_flights;
}

void host_set_over_budget(struct hosts *hosts, struct host *host, enum budget budget)
{
    static const enum counter counters[BUDGET_COUNT] = {
#define ROW(name, option, text) [BUDGET_##name] = COUNTER_OVER_##name,
        BUDGET_TABLE(ROW)
#undef ROW
    };
    enum budget before = (enum budget)host->state->over_budget;
    if (budget == before)
        return;
    if (before != BUDGET_NONE)
        count(&hosts->counters->values[counters[before]], -1);
    if (budget != BUDGET_NONE)
        count(&hosts->counters->values[counters[budget]], 1);
    host->state->over_budget = (uint8_t)budget;
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

struct unsettled *host_unsettled(struct host *host)
{
    if (!host->unsettled)
        host->unsettled = unsettled_new();
    return host->unsettled;
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

static struct bytes packed_state(struct hosts *hosts, struct host *host)
{
    host->state->batches_end = hosts->counters->values[COUNTER_NEXT_BATCH];
    buf_reset(&hosts->scratch);
    host_state_pack(&hosts->scratch, host->id, host->state);
    return buf_bytes(&hosts->scratch);
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
    table_put(hosts->table, txn, host_key(host), packed_state(hosts, host));
    host->has_row = true;
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
    if (!host->has_row)
        write_record(hosts, host, txn);
    host_change(hosts, host);
}

static int by_key(const void *a, const void *b)
{
    return bytes_compare(host_key(*(struct host *const *)a), host_key(*(struct host *const *)b));
}

/* Its row among the hosts over a budget becomes what its record says. */
static void write_over_budget(struct hosts *hosts, struct host *host, struct txn *txn)
{
    if (host->over_budget_row == host->state->over_budget)
        return;
    if (host->over_budget_row != BUDGET_NONE)
        over_budget_delete(hosts->over_budget, txn, host_name(host), host->id,
                           (enum budget)host->over_budget_row);
    if (host->state->over_budget != BUDGET_NONE)
        over_budget_put(hosts->over_budget, txn, host_name(host), host->id,
                        (enum budget)host->state->over_budget);
    host->over_budget_row = host->state->over_budget;
}

/* The host's row in the agenda becomes what it expects; that of one which is left alone, no earlier
 * than the end of that. */
static void write_row(struct hosts *hosts, struct host *host, struct txn *txn)
{
    int64_t wake_ms = host->soonest_ms;
    int64_t held_until_ms = host_held_until_ms(hosts, host);
    if (wake_ms < held_until_ms)
        wake_ms = held_until_ms;
    /* Whose row was found although it is paused is not to be found again. */
    bool is_row_early = held_until_ms == HOLD_PAUSED_MS && host->state->wake_ms < HOLD_PAUSED_MS;
    if (wake_ms < host->state->wake_ms || is_row_early)
        move_row(hosts, host, txn, is_row_early ? held_until_ms : wake_ms);
    host->soonest_ms = INT64_MAX;
}

/* Those whose records go to the table are written in order of keys, so that neighbours are written
 * together. A host's first record does: whoever walks the table must find it. */
void hosts_write(struct hosts *hosts, struct txn *txn, struct buf *tried)
{
    size_t count = 0;
    for (size_t i = 0; i < hosts->dirty.count; i++) {
        struct host *host = hosts->dirty.hosts[i];
        bool is_unsettled = tried && host->unsettled;
        assert(tried || !host->unsettled || !host->unsettled->in_batch);
        write_row(hosts, host, txn);
        write_over_budget(hosts, host, txn);
        if (is_unsettled)
            unsettled_pack(tried, host->unsettled, host_name(host), packed_state(hosts, host));
        if (!is_unsettled || !host->has_row)
            hosts->dirty.hosts[count++] = host;
        host->is_dirty = false;
        host_touch(hosts, host);
    }
    if (count > 1)
        qsort(hosts->dirty.hosts, count, sizeof(struct host *), by_key);
    for (size_t i = 0; i < count; i++)
        write_record(hosts, hosts->dirty.hosts[i], txn);
    hosts->dirty.count = 0;
    sites_write(hosts->sites, txn, tried);
}

/* ---- Walking */

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
                                 .wake_ms = state->wake_ms,
                                 .over_budget = (enum budget)state->over_budget };
}

uint64_t hosts_row(struct hosts *hosts, const struct cursor *cursor, struct bytes name,
                   struct host_state *state)
{
    struct host *host = host_in_memory(hosts, name);
    uint64_t id;
    if (host && (host->state || host->unsettled) && host_load(hosts, host, NULL)) {
        *state = *host->state;
        return host->id;
    }
    if (!host_state_unpack(cursor_value(cursor), &id, state))
        table_damaged(hosts->table);
    return id;
}

/* ---- Forgetting */

static bool is_needed(const struct host *host)
{
    if (host->is_awake || host->is_ready || host->is_resting || host->is_in_pass ||
        host->is_dirty || host->first_flight != 0 || host->lots > 0 || host->unsettled)
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
    if (hosts->last_found == host)
        hosts->last_found = NULL;
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
    if (host->site && host->site->alone == host)
        host->site->alone = NULL;
    if (host->site)
        site_let_go(hosts->sites, host->site);
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

bool host_has_free_chunks(const struct host *host)
{
    return host->state->over_budget == BUDGET_NONE ? host_has_chunks(host)
                                                   : host->state->chunks[0].count > 0;
}
