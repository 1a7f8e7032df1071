/* SPDX-License-Identifier: MIT */
#include "crawler/engine/held.h"

bool host_is_held(const struct crawl *crawl, struct bytes name, const struct settings *settings,
                  int64_t now_ms, struct hold *hold)
{
    if (frontier_is_paused(crawl->frontier, name)) {
        *hold = (struct hold){ HOLD_PAUSED_MS, OUTCOME_HELD_PAUSED };
        return true;
    }
    if (hours_are_open(&settings->hours, now_ms))
        return false;
    *hold = (struct hold){ hours_open_at_ms(&settings->hours, now_ms), OUTCOME_HELD_HOURS };
    return true;
}
