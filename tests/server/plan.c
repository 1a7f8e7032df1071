/* SPDX-License-Identifier: MIT */
#include "tests/server/plan.h"

#include <stdlib.h>

#include "base/memory.h"

void plan_init(struct plan *plan)
{
    *plan = (struct plan){ 0 };
    buf_init(&plan->bytes, BUF_UNBOUNDED);
}

void plan_clear(struct plan *plan)
{
    buf_clear(&plan->bytes);
    free(plan->steps);
    *plan = (struct plan){ 0 };
}

static void add(struct plan *plan, const struct step *step)
{
    plan->steps = xreallocarray(plan->steps, plan->step_count + 1, sizeof(*plan->steps));
    plan->steps[plan->step_count++] = *step;
}

static void add_bytes(struct plan *plan, struct bytes bytes, struct step step)
{
    step.kind = STEP_SEND;
    step.start = plan->bytes.length;
    step.length = bytes.length;
    if (bytes.length == 0)
        return;
    buf_append_bytes(&plan->bytes, bytes);
    add(plan, &step);
}

void plan_send(struct plan *plan, struct bytes bytes)
{
    add_bytes(plan, bytes, (struct step){ .count = 1 });
}

void plan_drip(struct plan *plan, struct bytes bytes, size_t at_once, int64_t interval_ms)
{
    add_bytes(plan, bytes,
              (struct step){ .count = 1, .at_once = at_once, .interval_ms = interval_ms });
}

void plan_repeat(struct plan *plan, struct bytes bytes, uint64_t count)
{
    add_bytes(plan, bytes, (struct step){ .count = count });
}

void plan_wait(struct plan *plan, int64_t ms)
{
    if (ms != 0)
        add(plan, &(struct step){ .kind = STEP_WAIT, .interval_ms = ms });
}

void plan_end(struct plan *plan, enum step_kind how)
{
    add(plan, &(struct step){ .kind = how });
}
