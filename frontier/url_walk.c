/* SPDX-License-Identifier: MIT */
#include "frontier/url_walk.h"

#include "frontier/tried.h"

static bool is_of_host(const struct url_walk *walk)
{
    struct unpacker from = unpacker_of(cursor_key(walk->cursor));
    return unpack_be64(&from) == walk->host->id;
}

/* What unsettled URLs are ordered by. */
static struct bytes without_host(struct bytes key)
{
    return bytes_slice(key, URLS_HOST_BYTES, key.length);
}

void url_walk_begin(struct url_walk *walk, struct table *urls, const struct host *host,
                    struct bytes after)
{
    *walk = (struct url_walk){ .table = urls, .host = host, .cursor = cursor_open(urls, NULL) };
    buf_init(&walk->key, BUF_UNBOUNDED);
    urls_first_key(&walk->key, host->id);
    if (after.length > 0) {
        buf_reset(&walk->key);
        buf_append_bytes(&walk->key, after);
    }
    walk->has_row = cursor_seek(walk->cursor, buf_bytes(&walk->key)) && is_of_host(walk);
    walk->is_row_shown =
        walk->has_row && bytes_equal(cursor_key(walk->cursor), buf_bytes(&walk->key));
}

static void show_tried(struct url_walk *walk, const struct tried_url *tried,
                       struct local_url *local, struct url_record *record)
{
    walk->key.length = URLS_HOST_BYTES;
    buf_append_bytes(&walk->key, tried_key(tried));
    struct unpacker from = unpacker_of(without_host(buf_bytes(&walk->key)));
    if (!local_url_unpack(&from, local) || !url_record_unpack(record, tried_record(tried)))
        table_damaged(walk->table);
}

bool url_walk_next(struct url_walk *walk, struct local_url *local, struct url_record *record)
{
    if (walk->is_row_shown)
        walk->has_row = cursor_next(walk->cursor) && is_of_host(walk);
    const struct tried_url *tried =
        walk->host->unsettled
            ? tried_after(walk->host->unsettled, without_host(buf_bytes(&walk->key)))
            : NULL;
    int order = tried && walk->has_row
                    ? bytes_compare(tried_key(tried), without_host(cursor_key(walk->cursor)))
                    : 0;
    if (tried && order <= 0) {
        walk->is_row_shown = walk->has_row && order == 0;
        show_tried(walk, tried, local, record);
        return true;
    }
    walk->is_row_shown = walk->has_row;
    if (!walk->has_row)
        return false;
    buf_reset(&walk->key);
    buf_append_bytes(&walk->key, cursor_key(walk->cursor));
    return urls_row(walk->cursor, walk->table, walk->host->id, local, record);
}

void url_walk_end(struct url_walk *walk)
{
    cursor_close(walk->cursor);
    buf_clear(&walk->key);
}
