/* SPDX-License-Identifier: MIT */
#include "frontier/host_state.h"

#include "base/pack.h"

enum {
    RECORD_VERSION = 1,
    /* Flags. */
    IS_SEEDED = 1,
    IS_ADMITTED = 2,
    HAS_SITE = 4,
};

struct host_state host_state_new(void)
{
    return (struct host_state){ .pace = PACE_NEW, .wake_ms = INT64_MAX };
}

void host_state_pack(struct buf *out, uint64_t id, const struct host_state *state)
{
    pack_u8(out, RECORD_VERSION);
    pack_number(out, id);
    pace_pack(out, &state->pace);
    pack_number(out, state->hold.until_ms > 0 ? (uint64_t)state->hold.until_ms : 0);
    pack_u8(out, state->hold.reason);
    pack_number(out, state->fetched);
    pack_number(out, state->pages);
    pack_number(out, state->tried);
    pack_number(out, state->queued);
    pack_number(out, state->held);
    pack_number(out, state->wake_ms == INT64_MAX ? 0 : (uint64_t)state->wake_ms + 1);
    pack_number(out, state->batches_end);
    pack_number(out, state->epoch_done);
    pack_u8(out,
            (uint8_t)((state->is_seeded ? IS_SEEDED : 0) | (state->is_admitted ? IS_ADMITTED : 0) |
                      (state->has_site ? HAS_SITE : 0)));
    pack_u8(out, state->over_budget);
    for (size_t list = 0; list < URL_LISTS; list++) {
        pack_number(out, state->chunks[list].end);
        pack_number(out, state->chunks[list].count);
    }
}

bool host_state_unpack(struct bytes bytes, uint64_t *id, struct host_state *state)
{
    struct unpacker from = unpacker_of(bytes);
    from.is_bad |= unpack_u8(&from) != RECORD_VERSION;
    *id = unpack_number(&from);
    pace_unpack(&from, &state->pace);
    uint64_t held = unpack_number(&from);
    state->hold.until_ms = held < (uint64_t)HOLD_PAUSED_MS ? (int64_t)held : 0;
    uint8_t reason = unpack_u8(&from);
    state->hold.reason = reason < OUTCOME_COUNT ? reason : OUTCOME_NONE;
    state->fetched = unpack_number(&from);
    state->pages = unpack_number(&from);
    state->tried = unpack_number(&from);
    state->queued = unpack_number(&from);
    state->held = unpack_number(&from);
    uint64_t wake = unpack_number(&from);
    state->wake_ms = wake == 0 || wake > (uint64_t)INT64_MAX ? INT64_MAX : (int64_t)(wake - 1);
    state->batches_end = unpack_number(&from);
    state->epoch_done = (uint32_t)unpack_number(&from);
    uint8_t flags = unpack_u8(&from);
    state->is_seeded = (flags & IS_SEEDED) != 0;
    state->is_admitted = (flags & IS_ADMITTED) != 0;
    state->has_site = (flags & HAS_SITE) != 0;
    state->over_budget = unpack_u8(&from);
    from.is_bad |= state->over_budget >= BUDGET_COUNT;
    for (size_t list = 0; list < URL_LISTS; list++) {
        state->chunks[list].end = (uint32_t)unpack_number(&from);
        state->chunks[list].count = (uint32_t)unpack_number(&from);
    }
    return !from.is_bad && *id != 0;
}
