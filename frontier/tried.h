/* SPDX-License-Identifier: MIT
 *
 * tried - what became of URLs, on its way to `urls` and `revisits`.
 *
 * A record is durable with its batch: those of one transaction stand together in `tried`, under the
 * batch's number, each host with its own record in front. In memory they gather at their hosts, in
 * order of keys, and hold before what stands in the tables; when there are many they are settled:
 * written to the tables host by host, so that a page of those is touched once for many URLs.
 */
#ifndef FRONTIER_TRIED_H
#define FRONTIER_TRIED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/pack.h"

/* A URL's last record. */
struct tried_url {
    struct tried_url *left; /* A treap: ordered by key, and by priority from the root down. */
    struct tried_url *right;
    struct tried_url *next_in_batch;
    int64_t due_ms;     /* That the record names. */
    int64_t row_due_ms; /* Of the URL's row in `revisits`; INT64_MAX: it has none. */
    uint32_t record_length;
    uint32_t room; /* For the record. */
    uint32_t priority;
    uint16_t key_length;
    bool is_in_batch; /* Of the batch under way. */
    bool is_forced;   /* For its row in `revisits`. */
    char text[];      /* The key, a packed struct local_url; then a packed struct url_record. */
};

/* What a host has that is not settled. */
struct unsettled {
    struct tried_url *root;
    struct tried_url *in_batch; /* To be written with the batch under way. */
    char *state;                /* The host's packed record as it stood in ... */
    size_t state_length;
    uint64_t state_batch; /* ... the newest batch that was read back; 0: none was. */
};

struct unsettled *unsettled_new(void);
/* With all that is left; how many URLs those were. */
size_t unsettled_free(struct unsettled *unsettled);

static inline struct bytes tried_key(const struct tried_url *tried)
{
    return bytes_of(tried->text, tried->key_length);
}

static inline struct bytes tried_record(const struct tried_url *tried)
{
    return bytes_of(tried->text + tried->key_length, tried->record_length);
}

/* The host's record, as the batch of that number has it. */
void unsettled_set_state(struct unsettled *unsettled, struct bytes state, uint64_t batch);

/* NULL where it is not here. */
struct tried_url *tried_find(const struct unsettled *unsettled, struct bytes key);
/* The first whose key is greater; NULL where there is none. */
struct tried_url *tried_after(const struct unsettled *unsettled, struct bytes key);
/* The one with this key from now on, with this record; *is_new where it was not here. The priority
 * is any number that nobody else can choose. */
struct tried_url *tried_enter(struct unsettled *unsettled, struct bytes key, struct bytes record,
                              uint32_t priority, bool *is_new);
/* Takes out the one with the least key (caller frees); NULL where there is none. */
struct tried_url *tried_pop(struct unsettled *unsettled);
/* It goes into the record of the batch under way. */
void tried_join_batch(struct unsettled *unsettled, struct tried_url *tried);

/* ---- In the record of a batch: hosts with their URLs, and sites */

enum tried_kind { TRIED_HOST, TRIED_SITE, TRIED_KINDS };

/* What comes next. */
enum tried_kind tried_next_kind(struct unpacker *from);

void tried_site_pack(struct buf *out, struct bytes name, struct bytes state);
bool tried_site_unpack(struct unpacker *from, struct bytes *name, struct bytes *state);

/* Appends what a host has in the batch under way, which ends with it: its name, its record, its
 * URLs. */
void unsettled_pack(struct buf *out, struct unsettled *unsettled, struct bytes name,
                    struct bytes state);
/* One host of a record: its name and its own record, then as many URLs. False where it is damaged.
 */
bool unsettled_unpack(struct unpacker *from, struct bytes *name, struct bytes *state,
                      uint64_t *count);
/* One URL of it: its key and record, and of *like is_forced and row_due_ms. */
bool tried_unpack(struct unpacker *from, struct bytes *key, struct bytes *record,
                  struct tried_url *like);

/* Calls back for each, in order of keys. */
void tried_walk(const struct unsettled *unsettled,
                void (*each)(void *owner, struct tried_url *tried), void *owner);

#endif
