/* SPDX-License-Identifier: MIT
 *
 * The one sentence that explain begins with: what the URL is, and what will become of it.
 */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "crawler/control/explained.h"
#include "crawler/control/leave_alone.h"
#include "crawler/control/phrases.h"

static void append_robots_reason(const struct explained *explained, struct buf *out)
{
    const struct robots_facts *robots = &explained->robots;
    if (robots->stand == ROBOTS_STAND_DISALLOWED)
        buf_printf(out, "robots.txt disallows it by line %" PRIu32, robots->why.line);
    else
        buf_append_string(out, "its robots.txt cannot be had, and nothing is allowed until then");
}

static int64_t time_of_fetch(const struct explained *explained)
{
    int64_t now_ms = explained->answerer->now_ms;
    int64_t due_ms = explained->is_tried ? explained->record.due_ms : now_ms;
    return due_ms > now_ms ? due_ms : now_ms;
}

/* What a fetch thread would say at its turn, as things stand; false where it would fetch. */
static bool append_refusal(const struct explained *explained, struct buf *out)
{
    if (!explained->is_in_scope) {
        scope_answer_print(&explained->scope, out);
        return true;
    }
    if (explained->is_address && !explained->is_address_allowed) {
        buf_printf(out, "its address is %s, and allow_address does not open it",
                   explained->address_range);
        return true;
    }
    /* By the time of the fetch it may be asked for again. */
    if (robots_stand_allows(explained->robots.stand) ||
        explained->robots.record.expires_at_ms <= time_of_fetch(explained))
        return false;
    append_robots_reason(explained, out);
    return true;
}

/* ---- When */

/* Nothing where nothing was written of the host. */
static struct leave_alone leave_alone(const struct explained *explained)
{
    return explained->is_host_met
               ? leave_alone_of(&explained->host.host, explained->answerer->now_ms)
               : (struct leave_alone){ 0 };
}

/* What is used up, and what to do about it. */
static void append_budget(const struct explained *explained, struct buf *out)
{
    const char *option = budget_option(explained->over_budget);
    const struct budget_use *use = explained->budgets;
    while (strcmp(use->option, option) != 0)
        use++;
    buf_printf(out, "%s (%" PRIu64 " of %" PRIu64 "); raise it in forage.conf",
               budget_text(explained->over_budget), use->used, use->most);
    if (explained->over_budget == BUDGET_PAGES)
        buf_printf(out, ", section [host \"%.*s\"]", (int)url_host(&explained->url).length,
                   url_host(&explained->url).data);
    buf_append_string(out, ", and run again, or send SIGHUP to the run");
}

static void append_ahead(const struct explained *explained, struct buf *out)
{
    int64_t every_ms = turns_span_ms(&explained->turns, 1);
    if (explained->ahead == 0) {
        buf_append_string(out, "it is the next of its host");
        return;
    }
    buf_append_string(out, explained->is_about ? "about " : "");
    phrase_count(out, explained->ahead, "URL");
    buf_printf(out, " of its host %s before it, ", explained->ahead == 1 ? "is" : "are");
    buf_append_string(out, every_ms > 0 ? "at " : "");
    phrase_every(out, every_ms);
}

static void append_rest(const struct leave_alone *why, struct buf *out)
{
    char when[CLOCK_TEXT_BYTES];
    buf_printf(out, "its host %s until %s", why->is_rest ? "rests" : "waits",
               clock_format(when, why->until_ms));
    if (why->reason)
        buf_printf(out, " (%s)", why->reason);
}

/* "in about 12m", "in the next run, about 12m after it begins": behind "It will be fetched". */
static void append_time(const struct explained *explained, struct buf *out)
{
    const struct answerer *answerer = explained->answerer;
    char span[CLOCK_TEXT_BYTES];
    int64_t wait_ms = explained->eta_ms > 0 ? explained->eta_ms - answerer->now_ms
                                            : turns_span_ms(&explained->turns, explained->ahead);
    if (!answerer->run.is_running)
        buf_append_string(out, "in the next run");
    if (!answerer->run.is_running && wait_ms >= 1000)
        buf_printf(out, ", about %s after it begins", clock_format_span(span, wait_ms));
    if (answerer->run.is_running && wait_ms >= 1000)
        buf_printf(out, "in about %s", clock_format_span(span, wait_ms));
    else if (answerer->run.is_running)
        buf_append_string(out, "at once");
}

static void append_wait(const struct explained *explained, struct buf *out)
{
    struct leave_alone why = leave_alone(explained);
    if (why.is_paused)
        buf_append_string(out, "once its host, which is paused, is resumed");
    else
        append_time(explained, out);
    buf_append_string(out, ": ");
    if (why.is_left_alone && !why.is_paused) {
        append_rest(&why, out);
        buf_append_string(out, ", and ");
    }
    append_ahead(explained, out);
}

/* ---- What was never tried */

static void judge_unknown(const struct explained *explained, struct buf *out)
{
    if (!explained->is_in_scope) {
        buf_append_string(out, "It is not known, and no link to it would be followed: ");
        append_refusal(explained, out);
        return;
    }
    buf_append_string(out, "It is not known: it is no seed, and no link to it was followed");
    if (explained->is_known_full)
        buf_append_string(out, "; one may have been dropped, as known_max is reached");
    size_t start = out->length;
    buf_append_string(out, "; if one is, it will not be fetched: ");
    if (!append_refusal(explained, out))
        out->length = start;
}

static void judge_waiting(const struct explained *explained, struct buf *out)
{
    size_t start = out->length;
    buf_append_string(out, "It waits, but will not be fetched: ");
    if (append_refusal(explained, out))
        return;
    out->length = start;
    if (explained_waits_for_budget(explained)) {
        buf_append_string(out, "It waits, as ");
        append_budget(explained, out);
    } else if (explained_has_place(explained)) {
        buf_append_string(out, "It will be fetched ");
        append_wait(explained, out);
        if (explained->turn == TURN_HELD)
            buf_append_string(out, "; it is held, as queue_max or site_queue_max was reached "
                                   "when it was found");
    } else if (explained->was_given_up) {
        uint64_t before = 0;
        for (size_t i = 0; i <= URL_CLASSES; i++)
            before += explained->search.before[i];
        buf_printf(out, "It is queued, behind more than %" PRIu64 " other URLs of its host",
                   before);
    } else {
        buf_append_string(out, "It is known and waits; its place changed while it was looked for");
    }
}

static void judge_new(const struct explained *explained, struct buf *out)
{
    switch (explained->turn) {
    case TURN_IN_FLIGHT:
        if (explained->ahead >= explained->turns.connections)
            judge_waiting(explained, out);
        else
            buf_append_string(out, "It is being fetched, or the next of its host to be");
        return;
    case TURN_QUEUED:
    case TURN_HELD:
        judge_waiting(explained, out);
        return;
    case TURN_NONE:
    case TURN_DUE:
    case TURN_LATER:
        judge_unknown(explained, out);
        return;
    }
}

/* ---- What was tried */

static void append_status(const struct url_record *record, struct buf *out)
{
    if (record->status > 0)
        buf_printf(out, " (HTTP %u)", record->status);
}

/* For good, or for the time being. */
static void append_move(const struct url_record *record, struct buf *out)
{
    if (record->reason != OUTCOME_REDIRECT) {
        buf_printf(out, "It moved, and said nothing of it last: %s", outcome_word(record->reason));
        append_status(record, out);
        return;
    }
    bool is_permanent = record->status == 301 || record->status == 308;
    buf_append_string(out, is_permanent ? "It moved to " : "It leads for now to ");
    buf_append_bytes(out, record->target);
}

/* Why it was fetched, and is in no index all the same. */
static void append_absence(const struct url_record *record, struct buf *out)
{
    buf_append_string(out, "It was fetched, and ");
    if (record->reason == OUTCOME_REFUSED_NO_STORE) {
        buf_append_string(out, "may not be kept (no-store)");
    } else if (record->target.length > 0) {
        buf_append_string(out, "is ");
        buf_append_bytes(out, record->target);
    } else {
        buf_append_string(out, "wants to be in no index");
    }
}

static void append_state(const struct explained *explained, struct buf *out)
{
    const struct url_record *record = &explained->record;
    int64_t now_ms = explained->answerer->now_ms;
    switch ((enum url_state)record->state) {
    case URL_STATE_LIVE:
    case URL_STATE_DUPLICATE:
        buf_append_string(out, "It is live, last asked for ");
        phrase_distance(out, record->checked_at_ms, now_ms);
        buf_printf(out, " (%s)", outcome_word(record->reason));
        return;
    case URL_STATE_GONE:
        buf_append_string(out, "It is gone");
        append_status(record, out);
        return;
    case URL_STATE_NOINDEX:
        append_absence(record, out);
        return;
    case URL_STATE_MOVED:
        append_move(record, out);
        return;
    case URL_STATE_UNREACHABLE:
    case URL_STATE_BLOCKED:
    case URL_STATE_OUT_OF_SCOPE:
        buf_printf(out, "It is %s: %s", url_state_word(record->state),
                   outcome_word(record->reason));
        append_status(record, out);
        if (record->target.length > 0) {
            buf_append_string(out, ", ");
            buf_append_bytes(out, record->target);
        }
        return;
    case URL_STATE_UNKNOWN:
    case URL_STATE_QUEUED:
    case URL_STATE_COUNT:
        buf_printf(out, "It was tried: %s", outcome_word(record->reason));
        append_status(record, out);
        return;
    }
}

static void append_next(const struct explained *explained, struct buf *out)
{
    bool is_running = explained->answerer->run.is_running;
    switch (explained->turn) {
    case TURN_IN_FLIGHT:
    case TURN_DUE:
        if (!explained_has_place(explained)) {
            buf_append_string(out, "; this run will ask for it again, as for all pages");
            return;
        }
        if (explained->turn == TURN_IN_FLIGHT && explained->ahead < explained->turns.connections) {
            buf_append_string(out, "; it is being asked for again now");
            return;
        }
        buf_append_string(out, is_running ? "; it will be asked for again " : "; it is due ");
        append_wait(explained, out);
        return;
    case TURN_LATER:
        buf_append_string(out, "; it is due again ");
        phrase_distance(out, explained->record.due_ms, explained->answerer->now_ms);
        buf_printf(out, " (%s)", due_why_word(explained->due_why));
        return;
    case TURN_NONE:
    case TURN_QUEUED:
    case TURN_HELD:
        buf_append_string(out, "; it is not asked for again by itself");
        return;
    }
}

/* The last answer may have been given by rules that are no longer the same. */
static void judge_tried(const struct explained *explained, struct buf *out)
{
    static const enum outcome refusals[] = { OUTCOME_REFUSED_SCOPE, OUTCOME_REFUSED_ROBOTS,
                                             OUTCOME_REFUSED_ROBOTS_UNREACHABLE,
                                             OUTCOME_REFUSED_ADDRESS };
    bool was_refused = false;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
        was_refused |= explained->record.reason == refusals[i];
    append_state(explained, out);
    append_next(explained, out);
    size_t start = out->length;
    buf_append_string(out, ", and will be refused then: ");
    if (was_refused || explained->turn == TURN_NONE || !append_refusal(explained, out))
        out->length = start;
}

void explained_verdict(const struct explained *explained, struct buf *out)
{
    if (explained->is_tried)
        judge_tried(explained, out);
    else
        judge_new(explained, out);
    buf_append_char(out, '.');
}
