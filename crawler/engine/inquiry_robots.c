/* SPDX-License-Identifier: MIT */
#include "crawler/engine/inquiry_robots.h"

#include <assert.h>

#include "crawler/engine/gate.h"
#include "crawler/fetch/headers.h"

/* False where no exchange took place. */
static bool took_place(enum outcome outcome, const struct transfer_result *result)
{
    return outcome != OUTCOME_FAILED_DNS &&
           (outcome != OUTCOME_REFUSED_ADDRESS || result->end == TRANSFER_REFUSED_ADDRESS);
}

/* One hop; false where the gate has its answer. */
static bool take_hop(struct inquiry *inquiry, struct gate *gate, int64_t now_ms)
{
    const struct conditions none = { .is_forced = false };
    const struct bytes nobody = { 0 }; /* What the rules say to whom is not asked here. */
    struct transfer_result result;
    struct buf text;
    struct url url;
    buf_init(&text, BUF_UNBOUNDED);
    gate_url(gate, &text);
    bool is_url = url_split(&url, buf_bytes(&text));
    assert(is_url);
    (void)is_url;
    enum outcome outcome = inquiry_get(inquiry, &url, &none, 2 * ROBOTS_BYTES_MAX, &result);
    struct bytes location = header_get(buf_bytes(&result.headers), BYTES("location"));
    bool goes_on = outcome == OUTCOME_REDIRECT && gate_redirect(gate, location) == GATE_HOP_NEXT;
    if (!goes_on && took_place(outcome, &result)) {
        gate_take_result(gate, &result, outcome, false, nobody, now_ms);
    } else if (!goes_on) {
        struct robots_answer no_answer = { .max_age_ms = -1 };
        gate_answer(gate, &no_answer, outcome, nobody, now_ms);
        snprintf(gate->detail, sizeof(gate->detail), "%s", result.detail);
    }
    transfer_result_clear(&result);
    buf_clear(&text);
    return goes_on;
}

void inquiry_robots(struct inquiry *inquiry, const struct url *url, int64_t now_ms,
                    struct buf *record, char detail[INQUIRY_DETAIL_BYTES])
{
    struct gate_room room = { .most = SIZE_MAX };
    struct gates gates;
    gates_init(&gates, &room, -1, 0);
    struct gate *gate = gate_for(&gates, url);
    while (take_hop(inquiry, gate, now_ms))
        continue;
    buf_append_bytes(record, buf_bytes(&gate->kept));
    snprintf(detail, INQUIRY_DETAIL_BYTES, "%s%s%s",
             gate->trouble == OUTCOME_NONE ? "" : outcome_word(gate->trouble),
             gate->trouble != OUTCOME_NONE && gate->detail[0] ? ": " : "", gate->detail);
    gates_clear(&gates);
}
