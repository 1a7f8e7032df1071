/* SPDX-License-Identifier: MIT */
#include "robots/policy.h"

#include <assert.h>

#include "robots/robots.h"

/* What a status means for a robots.txt. Anything that is neither the file, nor "not modified", nor
 * the client's fault tells us nothing, and then we keep away. */
enum meaning { MEANS_RULES, MEANS_CONFIRMED, MEANS_NO_FILE, MEANS_UNREACHABLE };

static enum meaning meaning_of(uint16_t status)
{
    /* 206: a part of it, which nobody asked for. Half a file could allow what the other half
     * forbids. */
    if (status >= 200 && status < 300 && status != 206)
        return MEANS_RULES;
    if (status == 304)
        return MEANS_CONFIRMED;
    if (status >= 400 && status < 500 && status != 429)
        return MEANS_NO_FILE;
    return MEANS_UNREACHABLE;
}

static int64_t between(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static enum robots_verdict verdict_unreachable(const struct origin_record *record, int64_t now_ms)
{
    if (record->unreachable_since_ms <= now_ms - ROBOTS_UNREACHABLE_MOST_MS)
        return ROBOTS_VERDICT_ALLOW_ALL;
    return record->good_at_ms ? ROBOTS_VERDICT_RULES : ROBOTS_VERDICT_DISALLOW_ALL;
}

enum robots_verdict robots_verdict(const struct origin_record *record, int64_t now_ms)
{
    /* A time further ahead than we ever plan was written while the clock was wrong. */
    bool is_planned = record->expires_at_ms <= now_ms + ROBOTS_FRESH_MOST_MS;
    if (record->checked_at_ms == 0 || now_ms >= record->expires_at_ms || !is_planned)
        return ROBOTS_VERDICT_ASK;
    if (record->unreachable_since_ms)
        return verdict_unreachable(record, now_ms);
    return record->good_at_ms ? ROBOTS_VERDICT_RULES : ROBOTS_VERDICT_ALLOW_ALL;
}

/* Without a file there is nothing to fall back on either: the origin took it away. */
static void forget_body(struct origin_record *record)
{
    if (record->good_at_ms)
        record->version++;
    record->good_at_ms = 0;
    record->body = record->etag = record->last_modified = (struct bytes){ 0 };
}

static void take_body(struct origin_record *record, const struct robots_answer *answer,
                      int64_t now_ms)
{
    struct bytes body = robots_text_cut(answer->body);
    if (!record->good_at_ms || !bytes_equal(record->body, body))
        record->version++;
    record->body = body;
    record->etag = answer->etag;
    record->last_modified = answer->last_modified;
    record->good_at_ms = now_ms;
}

/* A 304 may bring newer validators (RFC 9110, 15.4.5). */
static void confirm_body(struct origin_record *record, const struct robots_answer *answer,
                         int64_t now_ms)
{
    if (answer->etag.length > 0)
        record->etag = answer->etag;
    if (answer->last_modified.length > 0)
        record->last_modified = answer->last_modified;
    record->good_at_ms = now_ms;
}

static void note_unreachable(struct origin_record *record, int64_t now_ms)
{
    if (record->unreachable_since_ms <= 0 || record->unreachable_since_ms > now_ms)
        record->unreachable_since_ms = now_ms;
    record->expires_at_ms = now_ms + between(now_ms - record->unreachable_since_ms,
                                             ROBOTS_RETRY_LEAST_MS, ROBOTS_RETRY_MOST_MS);
}

static void note_answer(struct origin_record *record, int64_t max_age_ms, int64_t now_ms)
{
    int64_t fresh_ms = max_age_ms < 0 ? ROBOTS_FRESH_MOST_MS : max_age_ms;
    record->unreachable_since_ms = 0;
    record->expires_at_ms = now_ms + between(fresh_ms, ROBOTS_FRESH_LEAST_MS, ROBOTS_FRESH_MOST_MS);
}

void robots_record_answer(struct origin_record *record, const struct robots_answer *answer,
                          int64_t now_ms)
{
    enum meaning meaning = meaning_of(answer->status);
    assert(now_ms > 0);
    /* A server may say 304 to a request without validators; it confirms nothing that we have. */
    if (meaning == MEANS_CONFIRMED && !(record->good_at_ms && answer->is_conditional))
        meaning = MEANS_UNREACHABLE;
    record->status = answer->status;
    record->checked_at_ms = now_ms;
    switch (meaning) {
    case MEANS_RULES:
        take_body(record, answer, now_ms);
        break;
    case MEANS_CONFIRMED:
        confirm_body(record, answer, now_ms);
        break;
    case MEANS_NO_FILE:
        forget_body(record);
        break;
    case MEANS_UNREACHABLE:
        note_unreachable(record, now_ms);
        return;
    }
    note_answer(record, answer->max_age_ms, now_ms);
}
