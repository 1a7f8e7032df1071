/* SPDX-License-Identifier: MIT
 *
 * gate_answer - what an exchange says of a robots.txt.
 */
#include <stdio.h>

#include "crawler/engine/gate.h"
#include "crawler/fetch/cache_policy.h"
#include "crawler/fetch/headers.h"
#include "store/coding.h"

/* A robots.txt that is packed may be so large unpacked: its first ROBOTS_BYTES_MAX count, but not
 * every coding can be unpacked in part. */
enum { ROBOTS_UNPACKED_MOST = 16 * ROBOTS_BYTES_MAX, ROBOTS_RATIO_MOST = 200 };

/* False where the text cannot be had; then we know no more than without an answer. */
static bool unpack_robots(const struct transfer_result *result, struct buf *text)
{
    struct coding_limits limits = { ROBOTS_UNPACKED_MOST, ROBOTS_RATIO_MOST };
    struct bytes coding = header_get(buf_bytes(&result->headers), BYTES("content-encoding"));
    switch (coding_decode(coding, buf_bytes(&result->body), text, &limits)) {
    case CODING_OK:
        return true;
    case CODING_TRUNCATED:
    case CODING_TOO_LARGE:
        return text->length >= ROBOTS_BYTES_MAX;
    case CODING_BAD:
    case CODING_UNKNOWN:
        return false;
    }
    return false;
}

/* Why there is no answer, for explain. */
static void note_trouble(struct gate *gate, const struct transfer_result *result, bool is_answer)
{
    if (!is_answer && result->detail[0])
        snprintf(gate->detail, sizeof(gate->detail), "%s", result->detail);
    else if (gate->record.unreachable_since_ms > 0 && result->status > 0)
        snprintf(gate->detail, sizeof(gate->detail), "HTTP %u%s", result->status,
                 is_answer ? "" : ", a body that cannot be decoded");
}

/* How long its server wants it to be kept, within the bounds of RFC 9309; -1: it does not say. */
static int64_t said_freshness_ms(struct bytes headers, int64_t now_ms)
{
    struct cache_entry entry;
    cache_entry_make(&entry, &(struct cache_exchange){
                                 .method = BYTES("GET"),
                                 .status = 200,
                                 .response = headers,
                                 .requested_ms = now_ms,
                                 .received_ms = now_ms,
                             });
    if (!entry.is_reusable || entry.must_validate)
        return 0;
    if (entry.is_heuristic)
        return -1;
    return entry.fresh_until_ms > now_ms ? entry.fresh_until_ms - now_ms : 0;
}

void gate_take_result(struct gate *gate, const struct transfer_result *result, enum outcome outcome,
                      bool is_conditional, struct bytes product_token, int64_t now_ms)
{
    struct bytes headers = buf_bytes(&result->headers);
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    bool is_answer = result->end == TRANSFER_DONE || result->end == TRANSFER_BODY_TOO_LARGE;
    if (outcome == OUTCOME_PAGE && !unpack_robots(result, &text)) {
        is_answer = false;
        outcome = OUTCOME_FAILED_PROTOCOL;
    }
    struct robots_answer answer = {
        .status = is_answer ? result->status : 0,
        .is_conditional = is_conditional,
        .body = buf_bytes(&text),
        .max_age_ms = said_freshness_ms(headers, now_ms),
    };
    /* Those of another URL's answer would be sent to the origin the next time. */
    if (!gate->redirect) {
        answer.etag = header_get(headers, BYTES("etag"));
        answer.last_modified = header_get(headers, BYTES("last-modified"));
    }
    /* One redirect too many counts as "unavailable": RFC 9309, 2.3.1.2. */
    if (gate->hops > GATE_HOPS_MOST)
        answer.status = 404;
    /* What troubles another host is none of this one's. */
    enum outcome trouble = is_answer || gate->errand > 0 ? OUTCOME_NONE : outcome;
    gate_answer(gate, &answer, trouble, product_token, now_ms);
    note_trouble(gate, result, is_answer);
    buf_clear(&text);
}

void gates_note_result(struct gates *gates, const struct transfer_result *result,
                       struct bytes product_token, int64_t now_ms)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    if (unpack_robots(result, &text)) {
        struct robots *robots = robots_new(robots_text_cut(buf_bytes(&text)), product_token);
        gates_note_crawl_delay(gates, robots_crawl_delay_ms(robots), now_ms);
        robots_free(robots);
    }
    buf_clear(&text);
}
