/* SPDX-License-Identifier: MIT */
#include "frontier/sites.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/surt.h"
#include "frontier/tried.h"

enum { RECORD_VERSION = 1, FIRST_CAPACITY = 64 };

struct sites {
    struct table *table;
    struct counters *counters;
    uint64_t secret;
    struct site **by_name; /* Buckets; their number is a power of two. */
    size_t capacity;
    size_t count;
    struct site **dirty;
    size_t dirty_count;
    size_t dirty_capacity;
    struct site *behind;
    struct buf scratch;
};

void site_state_pack(struct buf *out, const struct site_state *state)
{
    pack_u8(out, RECORD_VERSION);
    pack_number(out, state->hosts);
    pack_number(out, state->pages);
    pack_number(out, state->queued);
    pack_number(out, state->batches_end);
    pack_u8(out, state->is_seeded);
}

bool site_state_unpack(struct bytes bytes, struct site_state *state)
{
    struct unpacker from = unpacker_of(bytes);
    from.is_bad |= unpack_u8(&from) != RECORD_VERSION;
    state->hosts = unpack_number(&from);
    state->pages = unpack_number(&from);
    state->queued = unpack_number(&from);
    state->batches_end = unpack_number(&from);
    state->is_seeded = unpack_u8(&from) != 0;
    return !from.is_bad;
}

void site_key(struct buf *key, struct bytes name)
{
    surt_host(key, name);
}

enum status sites_open(struct sites **out, struct database *database, struct counters *counters,
                       uint64_t secret)
{
    struct sites *sites = xcalloc(1, sizeof(*sites));
    sites->counters = counters;
    sites->secret = secret;
    sites->capacity = FIRST_CAPACITY;
    sites->by_name = xcalloc(sites->capacity, sizeof(struct site *));
    buf_init(&sites->scratch, BUF_UNBOUNDED);
    enum status status = database_table(database, "sites", &sites->table);
    if (status) {
        sites_close(sites);
        return status;
    }
    *out = sites;
    return STATUS_OK;
}

void sites_close(struct sites *sites)
{
    if (!sites)
        return;
    for (size_t i = 0; i < sites->capacity; i++) {
        for (struct site *site = sites->by_name[i]; site;) {
            struct site *next = site->next_by_name;
            free(site);
            site = next;
        }
    }
    free(sites->by_name);
    free(sites->dirty);
    buf_clear(&sites->scratch);
    free(sites);
}

/* ---- Finding */

static struct site *find(const struct sites *sites, struct bytes name, uint32_t hash)
{
    struct site *site = sites->by_name[hash & (sites->capacity - 1)];
    while (site && (site->hash != hash || !bytes_equal(site_name(site), name)))
        site = site->next_by_name;
    return site;
}

struct site *sites_find(const struct sites *sites, struct bytes name)
{
    return find(sites, name, (uint32_t)hash_bytes(name, sites->secret));
}

static void grow(struct sites *sites)
{
    size_t capacity = 2 * sites->capacity;
    struct site **buckets = xcalloc(capacity, sizeof(struct site *));
    for (size_t i = 0; i < sites->capacity; i++) {
        for (struct site *site = sites->by_name[i]; site;) {
            struct site *next = site->next_by_name;
            struct site **bucket = &buckets[site->hash & (capacity - 1)];
            site->next_by_name = *bucket;
            *bucket = site;
            site = next;
        }
    }
    free(sites->by_name);
    sites->by_name = buckets;
    sites->capacity = capacity;
}

/* Without a look at the table. */
static struct site *enter(struct sites *sites, struct bytes name)
{
    uint32_t hash = (uint32_t)hash_bytes(name, sites->secret);
    struct site *site = find(sites, name, hash);
    if (site)
        return site;
    assert(name.length <= UINT16_MAX);
    site = xcalloc(1, sizeof(*site) + name.length);
    site->hash = hash;
    site->name_length = (uint16_t)name.length;
    memcpy(site->name, name.data, name.length);
    if (sites->count++ >= sites->capacity)
        grow(sites);
    struct site **bucket = &sites->by_name[hash & (sites->capacity - 1)];
    site->next_by_name = *bucket;
    *bucket = site;
    return site;
}

struct site *site_of_name(struct sites *sites, struct bytes name)
{
    struct site *site = enter(sites, name);
    if (site->is_loaded)
        return site;
    struct buf key, record;
    struct site_state state;
    buf_init(&key, BUF_UNBOUNDED);
    buf_init(&record, BUF_UNBOUNDED);
    site_key(&key, name);
    site->is_loaded = true;
    if (table_get(sites->table, NULL, buf_bytes(&key), &record) == STATUS_OK) {
        if (!site_state_unpack(buf_bytes(&record), &state))
            table_damaged(sites->table);
        /* What was read back from `tried` may be newer. */
        if (site->state_batch < state.batches_end)
            site->state = state;
    }
    buf_clear(&key);
    buf_clear(&record);
    return site;
}

struct site *site_alone(struct sites *sites, struct bytes name, struct host *host)
{
    struct site *site = enter(sites, name);
    site->alone = host;
    site->is_loaded = true;
    return site;
}

void site_share(struct sites *sites, struct site *site)
{
    site->alone = NULL;
    site->is_loaded = true;
    site_change(sites, site);
}

void site_hold(struct site *site)
{
    site->hosts_in_memory++;
}

static void forget_if_unneeded(struct sites *sites, struct site *site)
{
    if (site->hosts_in_memory > 0 || site->is_dirty || site->is_behind)
        return;
    struct site **link = &sites->by_name[site->hash & (sites->capacity - 1)];
    while (*link != site)
        link = &(*link)->next_by_name;
    *link = site->next_by_name;
    sites->count--;
    free(site);
}

void site_let_go(struct sites *sites, struct site *site)
{
    assert(site->hosts_in_memory > 0);
    site->hosts_in_memory--;
    forget_if_unneeded(sites, site);
}

/* ---- Writing */

void site_change(struct sites *sites, struct site *site)
{
    if (site->is_dirty)
        return;
    site->is_dirty = true;
    if (sites->dirty_count == sites->dirty_capacity) {
        sites->dirty_capacity = sites->dirty_capacity ? 2 * sites->dirty_capacity : 64;
        sites->dirty = xreallocarray(sites->dirty, sites->dirty_capacity, sizeof(*sites->dirty));
    }
    sites->dirty[sites->dirty_count++] = site;
}

static void set_behind(struct sites *sites, struct site *site)
{
    if (site->is_behind)
        return;
    site->is_behind = true;
    site->next_behind = sites->behind;
    sites->behind = site;
}

static struct bytes packed(struct sites *sites, struct site *site)
{
    site->state.batches_end = sites->counters->values[COUNTER_NEXT_BATCH];
    buf_reset(&sites->scratch);
    site_state_pack(&sites->scratch, &site->state);
    return buf_bytes(&sites->scratch);
}

static void write_row(struct sites *sites, struct site *site, struct txn *txn)
{
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    site_key(&key, site_name(site));
    table_put(sites->table, txn, buf_bytes(&key), packed(sites, site));
    buf_clear(&key);
}

void sites_write(struct sites *sites, struct txn *txn, struct buf *tried)
{
    for (size_t i = 0; i < sites->dirty_count; i++) {
        struct site *site = sites->dirty[i];
        site->is_dirty = false;
        if (tried) {
            tried_site_pack(tried, site_name(site), packed(sites, site));
            set_behind(sites, site);
        } else {
            write_row(sites, site, txn);
            forget_if_unneeded(sites, site);
        }
    }
    sites->dirty_count = 0;
}

bool sites_settle(struct sites *sites, struct txn *txn, size_t most)
{
    for (size_t i = 0; i < most && sites->behind; i++) {
        struct site *site = site_of_name(sites, site_name(sites->behind));
        sites->behind = site->next_behind;
        site->is_behind = false;
        write_row(sites, site, txn);
        forget_if_unneeded(sites, site);
    }
    return sites->behind != NULL;
}

bool sites_read_tried(struct sites *sites, struct bytes name, struct bytes bytes, uint64_t batch)
{
    struct site_state state;
    if (!site_state_unpack(bytes, &state))
        return false;
    struct site *site = enter(sites, name);
    site->state = state;
    site->state_batch = batch;
    site->is_loaded = false;
    set_behind(sites, site);
    return true;
}
