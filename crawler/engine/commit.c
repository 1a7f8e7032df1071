/* SPDX-License-Identifier: MIT */
#include "crawler/engine/commit.h"

#include <inttypes.h>

#include "base/log.h"
#include "base/memory.h"
#include "crawler/engine/keeping.h"
#include "crawler/engine/moving.h"
#include "crawler/fetch/cached.h"
#include "frontier/history.h"

enum {
    /* A page that answers 404 or 410 leaves the index after so many answers in a row ... */
    GONE_CONFIRMATIONS = 3,
    /* ... over at least so long, asked this often. */
    GONE_SPAN_MS = 48 * 3600 * 1000,
    GONE_ASK_MS = 24 * 3600 * 1000,
    /* A URL that answers nothing but 429 or 503, rest after rest, is unreachable after so many. */
    BUSY_TRIES_MOST = 10,
};

void commit_begin(struct commit *commit, struct tables *tables, const struct config *config,
                  const struct scope *scope, struct txn *txn, int64_t now_ms)
{
    *commit = (struct commit){
        .tables = tables, .config = config, .scope = scope, .txn = txn, .now_ms = now_ms
    };
    buf_init(&commit->scratch, BUF_UNBOUNDED);
    buf_init(&commit->history, BUF_UNBOUNDED);
}

void commit_clear(struct commit *commit)
{
    buf_clear(&commit->scratch);
    buf_clear(&commit->history);
}

static void count(struct commit *commit, enum counter counter, uint64_t more)
{
    commit->tables->counters.values[counter] += more;
}

/* The index keeps what it has: the server may only be out of sorts. */
static void apply_refusal(struct commit *commit, struct subject *subject)
{
    (void)commit;
    if (!indexing_has(&subject->record))
        subject->record.state = URL_STATE_BLOCKED;
}

static void apply_gone(struct commit *commit, struct subject *subject)
{
    struct url_record *record = &subject->record;
    if (record->gone_count == 0)
        record->gone_since_ms = commit->now_ms;
    if (record->gone_count < UINT8_MAX)
        record->gone_count++;
    bool is_confirmed = record->gone_count >= GONE_CONFIRMATIONS &&
                        commit->now_ms - record->gone_since_ms >= GONE_SPAN_MS;
    if (indexing_has(record) && !is_confirmed) {
        record->due_ms = commit->now_ms + GONE_ASK_MS;
        return;
    }
    record->state = URL_STATE_GONE;
    indexing_remove(commit, subject, CHANGE_REASON_GONE);
}

static int64_t retry_at_ms(const struct commit *commit, const struct subject *subject)
{
    int doublings = subject->record.tries - 1;
    return commit->now_ms + (subject->settings->retry_ms << (doublings < 16 ? doublings : 16));
}

/* May the stored page stand in for an answer that is an error (stale-if-error: RFC 5861, 4)? */
static bool is_covered(const struct commit *commit, const struct subject *subject)
{
    struct cached cached;
    uint16_t status = subject->visit->status;
    return status > 0 && indexing_has(&subject->record) &&
           cached_unpack(&cached, subject->previous.cached, subject->previous.fresh_until_ms) &&
           cache_covers_error(&cached.entry, status, commit->now_ms);
}

/* Another try after a while, doubling; after the last one the URL is unreachable, and stays in the
 * index. */
static void apply_failure(struct commit *commit, struct subject *subject)
{
    struct url_record *record = &subject->record;
    commit->failures++;
    record->tries++;
    /* Who asks for less is asked again after his rest: that is not the URL's failure, within
     * reason. */
    uint64_t tries_most =
        subject->visit->outcome == OUTCOME_FAILED_BUSY ? BUSY_TRIES_MOST : subject->settings->tries;
    if (record->tries < tries_most) {
        record->due_ms = retry_at_ms(commit, subject);
        if (!subject->is_known)
            record->state = URL_STATE_UNREACHABLE;
        return;
    }
    record->tries = 0;
    if (!is_covered(commit, subject))
        record->state = URL_STATE_UNREACHABLE;
}

/* It said of itself that it is another version than ours that it speaks of: ours is nothing to ask
 * with any more, so the page is asked for whole, in its next turn. */
static void apply_other_version(struct commit *commit, struct subject *subject)
{
    bool is_part = keeping_has_part(&subject->record);
    keeping_forget(&subject->record);
    if (is_part)
        keeping_end_part(subject);
    subject->record.due_ms = commit->now_ms;
}

/* Cut off: what came is kept, unless there is a whole page that may come whole again; another try
 * goes on from there, or asks for all. */
static void apply_truncated(struct commit *commit, struct subject *subject)
{
    struct url_record *record = &subject->record;
    struct url_record tried = *record;
    bool is_last_try = record->tries + 1u >= subject->settings->tries;
    if (indexing_has(record) && !keeping_has_part(record) && !is_last_try) {
        apply_failure(commit, subject);
        record->reason = OUTCOME_FAILED_PROTOCOL;
        return;
    }
    keeping_page(commit, subject);
    if (record->reason != OUTCOME_PAGE && record->reason != OUTCOME_UNCHANGED)
        return;
    record->reason = OUTCOME_TRUNCATED;
    record->target = subject->visit->reason;
    commit->failures++;
    record->tries = is_last_try ? 0 : (uint8_t)(tried.tries + 1);
    if (!is_last_try)
        record->due_ms = retry_at_ms(commit, subject);
}

/* It is asked for again when its robots.txt or its login is, which is not the URL's own failure. */
static void apply_origin_unreachable(struct commit *commit, struct subject *subject)
{
    commit->failures++;
    subject->record.due_ms = commit->now_ms + subject->settings->retry_ms;
    if (!subject->is_known)
        subject->record.state = URL_STATE_UNREACHABLE;
}

static void apply_robots_refusal(struct commit *commit, struct subject *subject)
{
    subject->record.state = URL_STATE_BLOCKED;
    indexing_remove(commit, subject, CHANGE_REASON_BLOCKED);
}

static void apply_scope_refusal(struct commit *commit, struct subject *subject)
{
    subject->record.state = URL_STATE_OUT_OF_SCOPE;
    indexing_remove(commit, subject, CHANGE_REASON_OUT_OF_SCOPE);
}

static void apply_redirect(struct commit *commit, struct subject *subject)
{
    if (!moving_redirect(commit, subject))
        apply_refusal(commit, subject);
}

/* What the outcome makes of the record; due_ms is the next revisit unless said otherwise. What is
 * fresh stays as it is. Outcomes that are not here are results of committing, or hold a host: no
 * visit has them. */
static void apply(struct commit *commit, struct subject *subject)
{
    static void (*const ways[OUTCOME_COUNT])(struct commit *, struct subject *) = {
        [OUTCOME_PAGE] = keeping_page,
        [OUTCOME_TRUNCATED] = apply_truncated,
        [OUTCOME_NOT_MODIFIED] = keeping_not_modified,
        [OUTCOME_OTHER_VERSION] = apply_other_version,
        [OUTCOME_REDIRECT] = apply_redirect,
        [OUTCOME_GONE] = apply_gone,
        [OUTCOME_REFUSED_ROBOTS] = apply_robots_refusal,
        [OUTCOME_REFUSED_ROBOTS_UNREACHABLE] = apply_origin_unreachable,
        [OUTCOME_REFUSED_SCOPE] = apply_scope_refusal,
        [OUTCOME_REFUSED_TYPE] = apply_scope_refusal,
        [OUTCOME_REFUSED_ADDRESS] = apply_refusal,
        [OUTCOME_REFUSED_STATUS] = apply_refusal,
        [OUTCOME_REFUSED_SIZE] = apply_refusal,
        [OUTCOME_REFUSED_LOGIN] = apply_origin_unreachable,
        [OUTCOME_REDIRECT_LOOP] = apply_refusal,
        [OUTCOME_REDIRECT_NOWHERE] = apply_refusal,
        [OUTCOME_FAILED_DNS] = apply_failure,
        [OUTCOME_FAILED_CONNECT] = apply_failure,
        [OUTCOME_FAILED_PROXY] = apply_failure,
        [OUTCOME_FAILED_TLS] = apply_failure,
        [OUTCOME_FAILED_TIMEOUT] = apply_failure,
        [OUTCOME_FAILED_PROTOCOL] = apply_failure,
        [OUTCOME_FAILED_SERVER] = apply_failure,
        [OUTCOME_FAILED_BUSY] = apply_failure,
    };
    if (ways[subject->visit->outcome])
        ways[subject->visit->outcome](commit, subject);
}

static struct url_record fresh_record(const struct visit *visit, int64_t now_ms)
{
    return (struct url_record){
        .state = URL_STATE_UNKNOWN,
        .depth = visit->task->depth,
        .found = visit->task->found,
        .hops = visit->task->hops,
        .referrer = visit->task->referrer,
        .first_seen_ms = now_ms,
    };
}

static void count_states(struct commit *commit, const struct subject *subject)
{
    static const struct {
        enum url_state state;
        enum counter counter;
    } counted[] = {
        { URL_STATE_LIVE, COUNTER_PAGES_LIVE },
        { URL_STATE_GONE, COUNTER_PAGES_GONE },
    };
    for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
        bool was = subject->is_known && subject->previous.state == counted[i].state;
        bool is = subject->record.state == counted[i].state;
        if (is && !was)
            commit->tables->counters.values[counted[i].counter]++;
        else if (was && !is)
            commit->tables->counters.values[counted[i].counter]--;
    }
}

static void count_outcome(struct commit *commit, const struct visit *visit)
{
    static const enum counter counters[OUTCOME_COUNT] = {
        [OUTCOME_NOT_MODIFIED] = COUNTER_NOT_MODIFIED,
        [OUTCOME_REDIRECT] = COUNTER_REDIRECTS,
        [OUTCOME_GONE] = COUNTER_FAILED_HTTP_4XX,
        [OUTCOME_REFUSED_STATUS] = COUNTER_FAILED_HTTP_4XX,
        [OUTCOME_REFUSED_LOGIN] = COUNTER_FAILED_HTTP_4XX,
        [OUTCOME_REFUSED_ROBOTS] = COUNTER_ROBOTS_REFUSED,
        [OUTCOME_REFUSED_ROBOTS_UNREACHABLE] = COUNTER_ROBOTS_REFUSED,
        [OUTCOME_REFUSED_SCOPE] = COUNTER_SCOPE_REFUSED,
        [OUTCOME_REFUSED_TYPE] = COUNTER_SCOPE_REFUSED,
        [OUTCOME_REFUSED_SIZE] = COUNTER_FAILED_LIMIT,
        [OUTCOME_REDIRECT_LOOP] = COUNTER_FAILED_LIMIT,
        [OUTCOME_REDIRECT_NOWHERE] = COUNTER_SCOPE_REFUSED,
        [OUTCOME_REFUSED_ADDRESS] = COUNTER_FAILED_ADDRESS,
        [OUTCOME_FAILED_DNS] = COUNTER_FAILED_DNS,
        [OUTCOME_FAILED_CONNECT] = COUNTER_FAILED_CONNECT,
        [OUTCOME_FAILED_PROXY] = COUNTER_FAILED_PROXY,
        [OUTCOME_FAILED_TLS] = COUNTER_FAILED_TLS,
        [OUTCOME_FAILED_TIMEOUT] = COUNTER_FAILED_TIMEOUT,
        [OUTCOME_FAILED_PROTOCOL] = COUNTER_FAILED_PROTOCOL,
        [OUTCOME_TRUNCATED] = COUNTER_TRUNCATED,
        [OUTCOME_FRESH] = COUNTER_FRESH,
        [OUTCOME_FAILED_SERVER] = COUNTER_FAILED_HTTP_5XX,
        [OUTCOME_FAILED_BUSY] = COUNTER_FAILED_HTTP_5XX,
    };
    static const struct {
        uint32_t flag;
        enum counter counter;
    } cuts[] = {
        { PAGE_BODY_TRUNCATED, COUNTER_CUT_BODIES },
        { PAGE_TEXT_TRUNCATED, COUNTER_CUT_TEXTS },
        { PAGE_LINKS_TRUNCATED, COUNTER_CUT_LINKS },
    };
    for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++)
        count(commit, cuts[i].counter, visit->page_flags & cuts[i].flag ? 1 : 0);
    if (counters[visit->outcome] != 0)
        count(commit, counters[visit->outcome], 1);
    count(commit, COUNTER_FETCHES, visit->is_contact ? 1 : 0);
    count(commit, COUNTER_BYTES, visit->result.bytes_in);
    count(commit, COUNTER_LINKS, visit->link_count);
}

static void commit_robots(struct commit *commit, struct visit *visit)
{
    if (visit->origin.length > 0)
        origin_put(commit->tables->origins, commit->txn, visit->origin,
                   buf_bytes(&visit->origin_record));
    commit->added += frontier_add(commit->tables->frontier, visit->found, visit->found_count);
    count(commit, visit->is_repeated ? COUNTER_FETCHES : COUNTER_ROBOTS_FETCHES, visit->is_contact);
    count(commit, COUNTER_FAILED_PROXY, visit->outcome == OUTCOME_FAILED_PROXY);
    count(commit, COUNTER_BYTES, visit->counted_bytes);
    if (visit->host != 0)
        frontier_host_update(commit->tables->frontier, visit->host, &visit->pace, 0);
}

/* A page that is fresh by its own headers was not asked for: its last try is the one before. */
static void note_history(struct commit *commit, struct subject *subject)
{
    bool is_try = subject->visit->outcome != OUTCOME_FRESH;
    if (!subject->is_known)
        return;
    buf_reset(&commit->history);
    history_extend(&commit->history, &subject->previous,
                   is_try ? commit->now_ms : subject->previous.checked_at_ms);
    subject->record.history = buf_bytes(&commit->history);
}

static bool answers_for_itself(enum outcome outcome)
{
    return outcome == OUTCOME_PAGE || outcome == OUTCOME_TRUNCATED ||
           outcome == OUTCOME_NOT_MODIFIED || outcome == OUTCOME_GONE;
}

static void prepare_record(struct commit *commit, struct subject *subject)
{
    struct visit *visit = subject->visit;
    struct url_record *record = &subject->record;
    *record = subject->is_known ? subject->previous : fresh_record(visit, commit->now_ms);
    note_history(commit, subject);
    record->reason = (uint8_t)visit->outcome;
    record->epoch = (uint32_t)commit->tables->counters.values[COUNTER_EPOCH];
    record->due_ms = commit->now_ms + subject->settings->revisit_ms;
    if (visit->outcome == OUTCOME_FRESH) {
        record->due_ms = visit->due_least_ms;
        return;
    }
    record->target = visit->reason;
    record->status = visit->status;
    record->checked_at_ms = commit->now_ms;
    record->robots_version = visit->robots_version;
    record->fetches += visit->is_contact;
    if (visit->outcome != OUTCOME_GONE)
        record->gone_count = 0;
    /* An answer about another version settles nothing: else a page that is cut off and a range that
     * does not fit would take turns for ever. */
    if (!outcome_is_failure(visit->outcome) && visit->outcome != OUTCOME_OTHER_VERSION)
        record->tries = 0;
    if (visit->outcome == OUTCOME_PAGE || visit->outcome == OUTCOME_NOT_MODIFIED)
        record->target = (struct bytes){ 0 };
    /* It answers for itself again. What is live is nobody's alias. */
    if (subject->is_known && subject->previous.state != URL_STATE_LIVE &&
        answers_for_itself(visit->outcome))
        alias_delete(commit->tables->duplicates, commit->txn, url_bytes(&subject->url));
}

/* For whoever wants to see a crawl go by: -v -v. */
static void log_visit(const struct subject *subject)
{
    const struct visit *visit = subject->visit;
    struct bytes url = url_bytes(&subject->url);
    log_debug("%.*s: %s%s%.*s, HTTP %u, %" PRIu64 " bytes, %" PRId64 " ms", (int)url.length,
              url.data, outcome_word(subject->record.reason), visit->reason.length > 0 ? ": " : "",
              (int)visit->reason.length, visit->reason.data ? visit->reason.data : "",
              visit->status, visit->result.bytes_in, visit->result.total_ms);
}

void commit_visit(struct commit *commit, struct visit *visit)
{
    struct tables *tables = commit->tables;
    if (!visit->task) {
        commit_robots(commit, visit);
        return;
    }
    struct subject subject = { .visit = visit };
    if (!url_split(&subject.url, visit->task->url))
        return;
    subject.settings = config_host_settings(commit->config, url_host(&subject.url));
    subject.is_known = frontier_lookup(tables->frontier, commit->txn, &subject.url,
                                       &subject.previous, &commit->scratch) == STATUS_OK;
    prepare_record(commit, &subject);
    apply(commit, &subject);
    if (visit->due_least_ms > subject.record.due_ms)
        subject.record.due_ms = visit->due_least_ms;
    frontier_record(tables->frontier, commit->txn, &subject.url,
                    subject.is_known ? &subject.previous : NULL, &subject.record);
    frontier_done(tables->frontier, visit->task);
    commit->added += frontier_add(tables->frontier, visit->found, visit->found_count);
    frontier_host_update(tables->frontier, visit->host, &visit->pace,
                         visit->outcome == OUTCOME_PAGE || visit->outcome == OUTCOME_TRUNCATED);
    count_states(commit, &subject);
    count_outcome(commit, visit);
    if (subject.record.reason == OUTCOME_UNCHANGED)
        count(commit, COUNTER_UNCHANGED, 1);
    log_visit(&subject);
}
