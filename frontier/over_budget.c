/* SPDX-License-Identifier: MIT */
#include "frontier/over_budget.h"

#include "base/pack.h"
#include "base/site.h"
#include "frontier/sites.h"

/* What the rows of one site and reason begin with. */
static void pack_prefix(struct buf *key, struct bytes site, enum budget reason)
{
    site_key(key, site);
    buf_append_char(key, '\0');
    pack_u8(key, (uint8_t)reason);
}

static void pack_key(struct buf *key, struct bytes host, uint64_t id, enum budget reason)
{
    buf_init(key, BUF_UNBOUNDED);
    pack_prefix(key, site_of_host(host), reason);
    pack_be64(key, id);
}

void over_budget_put(struct table *table, struct txn *txn, struct bytes host, uint64_t id,
                     enum budget reason)
{
    struct buf key;
    pack_key(&key, host, id, reason);
    table_put(table, txn, buf_bytes(&key), host);
    buf_clear(&key);
}

void over_budget_delete(struct table *table, struct txn *txn, struct bytes host, uint64_t id,
                        enum budget reason)
{
    struct buf key;
    pack_key(&key, host, id, reason);
    table_delete(table, txn, buf_bytes(&key));
    buf_clear(&key);
}

bool over_budget_seek(struct cursor *cursor, struct bytes site, enum budget reason)
{
    struct buf prefix;
    buf_init(&prefix, BUF_UNBOUNDED);
    pack_prefix(&prefix, site, reason);
    bool is_there = cursor_seek(cursor, buf_bytes(&prefix));
    buf_clear(&prefix);
    return is_there;
}

bool over_budget_row(const struct cursor *cursor, struct bytes site, enum budget reason,
                     struct bytes *host)
{
    struct buf prefix;
    buf_init(&prefix, BUF_UNBOUNDED);
    pack_prefix(&prefix, site, reason);
    bool is_one = bytes_start_with(cursor_key(cursor), buf_bytes(&prefix));
    *host = cursor_value(cursor);
    buf_clear(&prefix);
    return is_one;
}
