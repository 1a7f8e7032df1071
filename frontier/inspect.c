/* SPDX-License-Identifier: MIT
 *
 * Looking inside: what status, explain, ls and plan show. Nothing here changes what will be
 * fetched.
 */
#include "base/surt.h"
#include "frontier/inside.h"
#include "frontier/url_walk.h"
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
        buf_reset(scratch);
        surt_host_name(scratch, cursor_key(cursor));
        uint64_t id = hosts_row(frontier->hosts, cursor, buf_bytes(scratch), &state);
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
    struct local_url local;
    struct url last;
    buf_reset(&frontier->key);
    if (after.length > 0 && url_split(&last, after)) {
        local = local_url_of(&last);
        urls_key(&frontier->key, host->id, &local);
    }
    struct url_walk walk;
    url_walk_begin(&walk, frontier->tables.urls, host, buf_bytes(&frontier->key));
    bool is_there = url_walk_next(&walk, &local, record);
    if (is_there) {
        local_url_join(url, host_name(host), &local);
        /* What the record lends from is gone with the walk. */
        buf_reset(scratch);
        url_record_pack(scratch, record);
        url_record_unpack(record, buf_bytes(scratch));
    }
    url_walk_end(&walk);
    return is_there;
}
