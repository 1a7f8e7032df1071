/* SPDX-License-Identifier: MIT */
#include "crawler/engine/caching.h"

#include "crawler/fetch/cached.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/ranges.h"

/* Longer validators are not worth their place in each record and request. */
enum { VALIDATOR_BYTES_MOST = 512 };

static struct validators validators_of(const struct task *task)
{
    return (struct validators){ task->etag, task->last_modified };
}

/* A part is asked on from its end; where that cannot be, or nothing is known, for all. */
static void ask_for_rest(struct reuse *reuse, const struct task *task, const struct cached *cached)
{
    if (!cached->is_part || cached->part_bytes == 0)
        return;
    reuse->conditions.range_from = cached->part_bytes;
    reuse->conditions.if_range = task->etag.length > 0 ? task->etag : task->last_modified;
}

void caching_judge(struct reuse *reuse, const struct task *task, struct bytes request,
                   uint64_t identity, int64_t now_ms)
{
    struct cached cached;
    struct cache_wish wish;
    *reuse = (struct reuse){ .use = CACHE_FETCH };
    if (!cached_unpack(&cached, task->cached, task->fresh_until_ms) ||
        !cached_fits(&cached, request) || !cached_is_for(&cached, identity))
        return;
    if (cached.is_part) {
        ask_for_rest(reuse, task, &cached);
        return;
    }
    cache_wish_read(&wish, request, task->is_forced);
    reuse->use = cache_use(&cached.entry, &wish, now_ms);
    if (reuse->use == CACHE_FETCH)
        return;
    reuse->conditions.etag = task->etag;
    reuse->conditions.last_modified = task->last_modified;
}

enum cache_use caching_ask(struct visit *visit, struct request_headers *headers, int64_t now_ms)
{
    struct reuse reuse;
    struct buf fields;
    buf_init(&fields, BUF_UNBOUNDED);
    request_headers_fields(headers, &fields);
    visit->request = arena_copy(&visit->arena, buf_bytes(&fields));
    visit->asked_at_ms = now_ms;
    caching_judge(&reuse, visit->task, visit->request, visit->identity, now_ms);
    visit->is_conditional =
        reuse.conditions.etag.length > 0 || reuse.conditions.last_modified.length > 0;
    visit->part_bytes = reuse.conditions.range_from;
    request_headers_add_conditions(headers, &reuse.conditions);
    buf_clear(&fields);
    return reuse.use;
}

size_t caching_body_most(const struct visit *visit, const struct settings *settings)
{
    size_t most = exchange_body_most(settings, visit->task);
    return visit->part_bytes < most ? (size_t)(most - visit->part_bytes) : 1;
}

/* ---- What an answer is */

static bool is_about_ours(const struct visit *visit, const struct transfer_result *result)
{
    struct validators ours = validators_of(visit->task);
    struct validators theirs = validators_read(buf_bytes(&result->headers));
    ours.etag.data = ours.etag.length > 0 ? ours.etag.data : NULL;
    ours.last_modified.data = ours.last_modified.length > 0 ? ours.last_modified.data : NULL;
    return validators_confirm(&ours, &theirs);
}

static bool has_part(const struct transfer_result *result)
{
    return result->is_truncated && result->body.length > 0;
}

/* An answer to a request for the rest. */
static enum outcome outcome_of_rest(struct visit *visit, const struct transfer_result *result,
                                    enum outcome outcome)
{
    struct validators ours = validators_of(visit->task);
    uint64_t whole_bytes;
    bool is_complete = result->end == TRANSFER_DONE || result->end == TRANSFER_BODY_TOO_LARGE;
    if (!is_complete && !has_part(result))
        return outcome;
    switch (range_judge(result->status, buf_bytes(&result->headers), &ours, visit->part_bytes,
                        &whole_bytes)) {
    case RANGE_WHOLE:
        return has_part(result) ? OUTCOME_TRUNCATED : outcome;
    case RANGE_NOTHING:
        visit->is_rest = true;
        return OUTCOME_PAGE;
    case RANGE_REST:
        visit->is_rest = true;
        return has_part(result) || (result->end == TRANSFER_DONE && whole_bytes > 0 &&
                                    visit->part_bytes + result->body.length < whole_bytes)
                   ? OUTCOME_TRUNCATED
                   : OUTCOME_PAGE;
    case RANGE_OTHER:
        break;
    }
    return OUTCOME_OTHER_VERSION;
}

enum outcome caching_outcome(struct visit *visit, const struct transfer_result *result,
                             enum outcome outcome)
{
    if (visit->part_bytes > 0 &&
        (result->status == 200 || result->status == 206 || result->status == 416))
        return outcome_of_rest(visit, result, outcome);
    if (outcome == OUTCOME_NOT_MODIFIED && !is_about_ours(visit, result))
        return OUTCOME_OTHER_VERSION;
    if (outcome == OUTCOME_FAILED_PROTOCOL && result->status == 200 && has_part(result))
        return OUTCOME_TRUNCATED;
    return outcome;
}

/* ---- What it leaves */

static struct bytes validator(struct arena *arena, struct bytes value)
{
    return value.length <= VALIDATOR_BYTES_MOST ? arena_copy(arena, value) : (struct bytes){ 0 };
}

/* How the part goes on: from its end, where it has a validator that says of what it is a part. */
static void note_part(const struct visit *visit, const struct settings *settings,
                      struct cached *cached)
{
    struct bytes headers = buf_bytes(&visit->result.headers);
    cached->is_part = visit->outcome == OUTCOME_TRUNCATED;
    cached->part_bytes = 0;
    if (!cached->is_part)
        return;
    if (settings->keep_bodies && (visit->is_rest || range_may_finish(visit->status, headers)))
        cached->part_bytes = (visit->is_rest ? visit->part_bytes : 0) + visit->result.body.length;
}

static void keep(struct visit *visit, const struct cached *cached)
{
    struct reply_cache *caching = &visit->caching;
    const struct cache_entry *entry = &cached->entry;
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    cached_pack(&packed, cached);
    caching->cached = arena_copy(&visit->arena, buf_bytes(&packed));
    bool is_fresh = entry->is_reusable && !entry->must_validate && !cached->is_part &&
                    entry->fresh_until_ms > entry->received_ms;
    caching->fresh_until_ms = is_fresh ? entry->fresh_until_ms : 0;
    buf_clear(&packed);
}

void caching_take(struct visit *visit, const struct settings *settings)
{
    struct reply_cache *caching = &visit->caching;
    struct bytes headers = buf_bytes(&visit->result.headers);
    struct cache_exchange exchange = {
        .method = BYTES("GET"),
        .request = visit->request,
        .status = visit->status,
        .response = headers,
        .requested_ms = visit->asked_at_ms,
        .received_ms = visit->fetched_at_ms,
    };
    struct cached cached, before;
    struct cache_control control;
    struct buf room;
    struct validators validators = validators_of(visit->task);
    cache_control_read(&control, headers);
    caching->is_no_store = control.is_no_store;
    buf_init(&room, BUF_UNBOUNDED);
    bool is_update = visit->outcome == OUTCOME_NOT_MODIFIED || visit->is_rest;
    if (is_update && cached_unpack(&before, visit->task->cached, visit->task->fresh_until_ms)) {
        /* The fields of a 416 tell of an error, and of nothing that is stored. */
        if (visit->status == 416)
            cached = before;
        else
            caching->is_news = cached_update(&cached, &before, &validators, &exchange, &room);
    } else {
        cached_take(&cached, &exchange, &room);
        validators = validators_read(headers);
    }
    if (visit->identity != 0)
        cached.identity = visit->identity;
    note_part(visit, settings, &cached);
    keep(visit, &cached);
    caching->validators.etag = validator(&visit->arena, validators.etag);
    caching->validators.last_modified = validator(&visit->arena, validators.last_modified);
    buf_clear(&room);
}
