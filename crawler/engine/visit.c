/* SPDX-License-Identifier: MIT */
#include "crawler/engine/visit.h"

#include <stdlib.h>

#include "base/memory.h"

struct visit *visit_new(struct task *task, uint64_t host)
{
    struct visit *visit = xcalloc(1, sizeof(*visit));
    visit->task = task;
    visit->host = host;
    arena_init(&visit->arena);
    buf_init(&visit->origin_record, BUF_UNBOUNDED);
    buf_init(&visit->page_record, BUF_UNBOUNDED);
    buf_init(&visit->body, BUF_UNBOUNDED);
    return visit;
}

void visit_free(struct visit *visit)
{
    if (!visit)
        return;
    task_free(visit->task);
    transfer_result_clear(&visit->result);
    buf_clear(&visit->origin_record);
    buf_clear(&visit->page_record);
    buf_clear(&visit->body);
    arena_clear(&visit->arena);
    free(visit);
}

enum { HEAVY_BYTES = 32 * 1024 };

size_t visit_weight_of(uint64_t kept_bytes)
{
    return 1 + (size_t)(kept_bytes / HEAVY_BYTES);
}

size_t visit_weight(const struct visit *visit)
{
    return visit_weight_of(visit->body.length + visit->page_record.length);
}
