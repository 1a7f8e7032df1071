/* SPDX-License-Identifier: MIT */
#include "store/site_cookies.h"

#include <stdlib.h>

#include "base/memory.h"

struct site_cookies {
    struct table *table;
};

enum status site_cookies_open(struct site_cookies **out, struct database *database)
{
    struct site_cookies *cookies = xcalloc(1, sizeof(*cookies));
    enum status status = database_table(database, "cookies", &cookies->table);
    if (status) {
        site_cookies_close(cookies);
        return status;
    }
    *out = cookies;
    return STATUS_OK;
}

void site_cookies_close(struct site_cookies *cookies)
{
    free(cookies);
}

enum status site_cookies_get(struct site_cookies *cookies, struct txn *txn, struct bytes site,
                             struct buf *record)
{
    return table_get(cookies->table, txn, site, record);
}

void site_cookies_put(struct site_cookies *cookies, struct txn *txn, struct bytes site,
                      struct bytes record)
{
    if (record.length > 0)
        table_put(cookies->table, txn, site, record);
    else
        table_delete(cookies->table, txn, site);
}

bool site_cookies_after(struct site_cookies *cookies, struct bytes after, struct buf *site,
                        struct buf *record)
{
    struct cursor *cursor = cursor_open(cookies->table, NULL);
    bool is_there = cursor_seek(cursor, after);
    if (is_there && bytes_equal(cursor_key(cursor), after))
        is_there = cursor_next(cursor);
    if (is_there) {
        buf_reset(site);
        buf_append_bytes(site, cursor_key(cursor));
        buf_reset(record);
        buf_append_bytes(record, cursor_value(cursor));
    }
    cursor_close(cursor);
    return is_there;
}
