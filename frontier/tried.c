/* SPDX-License-Identifier: MIT */
#include "frontier/tried.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct unsettled *unsettled_new(void)
{
    return xcalloc(1, sizeof(struct unsettled));
}

size_t unsettled_free(struct unsettled *unsettled)
{
    size_t count = 0;
    if (!unsettled)
        return 0;
    for (struct tried_url *tried; (tried = tried_pop(unsettled)) != NULL; count++)
        free(tried);
    free(unsettled->state);
    free(unsettled);
    return count;
}

void unsettled_set_state(struct unsettled *unsettled, struct bytes state, uint64_t batch)
{
    free(unsettled->state);
    unsettled->state = xbytesdup(state);
    unsettled->state_length = state.length;
    unsettled->state_batch = batch;
}

struct tried_url *tried_find(const struct unsettled *unsettled, struct bytes key)
{
    struct tried_url *tried = unsettled->root;
    while (tried) {
        int order = bytes_compare(key, tried_key(tried));
        if (order == 0)
            break;
        tried = order < 0 ? tried->left : tried->right;
    }
    return tried;
}

struct tried_url *tried_after(const struct unsettled *unsettled, struct bytes key)
{
    struct tried_url *found = NULL;
    struct tried_url *tried = unsettled->root;
    while (tried) {
        if (bytes_compare(key, tried_key(tried)) < 0) {
            found = tried;
            tried = tried->left;
        } else {
            tried = tried->right;
        }
    }
    return found;
}

/* The subtree as two: what is before the new one, and what is behind. */
static void split(struct tried_url *tried, struct tried_url *middle)
{
    struct tried_url **before = &middle->left;
    struct tried_url **behind = &middle->right;
    while (tried) {
        if (bytes_compare(tried_key(tried), tried_key(middle)) < 0) {
            *before = tried;
            before = &tried->right;
            tried = *before;
        } else {
            *behind = tried;
            behind = &tried->left;
            tried = *behind;
        }
    }
    *before = NULL;
    *behind = NULL;
}

static struct tried_url *new_url(struct bytes key, struct bytes record, uint32_t priority)
{
    assert(key.length <= UINT16_MAX && record.length <= UINT32_MAX);
    struct tried_url *tried = xmalloc(sizeof(*tried) + key.length + record.length);
    *tried = (struct tried_url){ .due_ms = INT64_MAX,
                                 .row_due_ms = INT64_MAX,
                                 .record_length = (uint32_t)record.length,
                                 .room = (uint32_t)record.length,
                                 .priority = priority,
                                 .key_length = (uint16_t)key.length };
    memcpy(tried->text, key.data, key.length);
    memcpy(tried->text + key.length, record.data, record.length);
    return tried;
}

/* Takes the place of one that has no room for its record. */
static struct tried_url *move(struct unsettled *unsettled, struct tried_url **link,
                              struct bytes record)
{
    struct tried_url *old = *link;
    struct tried_url *tried = new_url(tried_key(old), record, old->priority);
    tried->left = old->left;
    tried->right = old->right;
    tried->next_in_batch = old->next_in_batch;
    tried->row_due_ms = old->row_due_ms;
    tried->is_in_batch = old->is_in_batch;
    if (old->is_in_batch) {
        struct tried_url **place = &unsettled->in_batch;
        while (*place != old)
            place = &(*place)->next_in_batch;
        *place = tried;
    }
    *link = tried;
    free(old);
    return tried;
}

struct tried_url *tried_enter(struct unsettled *unsettled, struct bytes key, struct bytes record,
                              uint32_t priority, bool *is_new)
{
    struct tried_url **link = &unsettled->root;
    struct tried_url **place = NULL; /* Where a new one would hang. */
    int order = 1;
    while (*link && (order = bytes_compare(key, tried_key(*link))) != 0) {
        if (!place && (*link)->priority < priority)
            place = link;
        link = order < 0 ? &(*link)->left : &(*link)->right;
    }
    *is_new = !*link;
    if (*link && (*link)->room < record.length)
        return move(unsettled, link, record);
    if (*link) {
        memcpy((*link)->text + (*link)->key_length, record.data, record.length);
        (*link)->record_length = (uint32_t)record.length;
        return *link;
    }
    struct tried_url *tried = new_url(key, record, priority);
    if (!place)
        place = link;
    split(*place, tried);
    *place = tried;
    return tried;
}

struct tried_url *tried_pop(struct unsettled *unsettled)
{
    struct tried_url **link = &unsettled->root;
    if (!*link)
        return NULL;
    while ((*link)->left)
        link = &(*link)->left;
    struct tried_url *first = *link;
    *link = first->right;
    return first;
}

/* ---- In the record of a batch */

/* Where there is no row, 0. */
static uint64_t stored_due(int64_t due_ms)
{
    return due_ms == INT64_MAX ? 0 : due_ms > 0 ? (uint64_t)due_ms + 1 : 1;
}

void tried_join_batch(struct unsettled *unsettled, struct tried_url *tried)
{
    if (tried->is_in_batch)
        return;
    tried->is_in_batch = true;
    tried->next_in_batch = unsettled->in_batch;
    unsettled->in_batch = tried;
}

enum tried_kind tried_next_kind(struct unpacker *from)
{
    uint8_t kind = unpack_u8(from);
    from->is_bad |= kind >= TRIED_KINDS;
    return from->is_bad ? TRIED_HOST : (enum tried_kind)kind;
}

void tried_site_pack(struct buf *out, struct bytes name, struct bytes state)
{
    pack_u8(out, TRIED_SITE);
    pack_bytes(out, name);
    pack_bytes(out, state);
}

bool tried_site_unpack(struct unpacker *from, struct bytes *name, struct bytes *state)
{
    *name = unpack_bytes(from);
    *state = unpack_bytes(from);
    return !from->is_bad && name->length > 0 && name->length <= UINT16_MAX;
}

void unsettled_pack(struct buf *out, struct unsettled *unsettled, struct bytes name,
                    struct bytes state)
{
    uint64_t count = 0;
    for (struct tried_url *tried = unsettled->in_batch; tried; tried = tried->next_in_batch)
        count++;
    pack_u8(out, TRIED_HOST);
    pack_bytes(out, name);
    pack_bytes(out, state);
    pack_number(out, count);
    while (unsettled->in_batch) {
        struct tried_url *tried = unsettled->in_batch;
        unsettled->in_batch = tried->next_in_batch;
        tried->next_in_batch = NULL;
        tried->is_in_batch = false;
        pack_bytes(out, tried_key(tried));
        pack_bytes(out, tried_record(tried));
        pack_u8(out, tried->is_forced);
        pack_number(out, stored_due(tried->row_due_ms));
    }
}

bool unsettled_unpack(struct unpacker *from, struct bytes *name, struct bytes *state,
                      uint64_t *count)
{
    *name = unpack_bytes(from);
    *state = unpack_bytes(from);
    *count = unpack_number(from);
    return !from->is_bad && name->length > 0 && name->length <= UINT16_MAX;
}

bool tried_unpack(struct unpacker *from, struct bytes *key, struct bytes *record,
                  struct tried_url *like)
{
    *key = unpack_bytes(from);
    *record = unpack_bytes(from);
    like->is_forced = unpack_u8(from) != 0;
    uint64_t row_due = unpack_number(from);
    like->row_due_ms = row_due == 0 || row_due > INT64_MAX ? INT64_MAX : (int64_t)(row_due - 1);
    return !from->is_bad && key->length > 0 && key->length <= UINT16_MAX;
}

static void walk(struct tried_url *tried, void (*each)(void *owner, struct tried_url *tried),
                 void *owner)
{
    for (; tried; tried = tried->right) {
        walk(tried->left, each, owner);
        each(owner, tried);
    }
}

void tried_walk(const struct unsettled *unsettled,
                void (*each)(void *owner, struct tried_url *tried), void *owner)
{
    walk(unsettled->root, each, owner);
}
