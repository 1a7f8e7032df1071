/* SPDX-License-Identifier: MIT */
#include "crawler/engine/telling.h"

#include "base/memory.h"
#include "store/origins.h"

enum { ORIGINS_TOLD_MOST = 8 }; /* Of a host, unasked. */

void telling_pack_origin(struct tables *tables, struct buf *out, struct bytes origin)
{
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    if (origin_get(tables->origins, NULL, origin, &record) != STATUS_OK)
        buf_reset(&record);
    pack_bytes(out, origin);
    pack_bytes(out, buf_bytes(&record));
    buf_clear(&record);
}

void telling_add_origins(struct tables *tables, struct awake_host *host, struct work *work)
{
    for (struct task *task = work->tasks; task && host->origin_count < ORIGINS_TOLD_MOST;
         task = task->next) {
        struct url url;
        if (!url_split(&url, task->url))
            continue;
        struct bytes origin = url_origin(&url);
        size_t i = 0;
        while (i < host->origin_count && !bytes_equal(bytes_from_string(host->origins[i]), origin))
            i++;
        if (i < host->origin_count)
            continue;
        host->origins = xreallocarray(host->origins, i + 1, sizeof(*host->origins));
        host->origins[host->origin_count++] = xbytesdup(origin);
        telling_pack_origin(tables, &work->origins, origin);
    }
}
