/* SPDX-License-Identifier: MIT
 *
 * explain for people: the verdict, then what it rests on, in groups of lines. Each group has its
 * name in the first column, and its lines are wrapped behind it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/printable.h"
#include "config/prose.h"
#include "crawler/control/explained.h"
#include "crawler/control/leave_alone.h"
#include "crawler/control/phrases.h"
#include "crawler/control/proxying.h"
#include "crawler/fetch/cached.h"

#define INDENT "           "
enum {
    LINE_WIDTH = 79,
    /* A page is stored a moment after it came. */
    SAME_TIME_MS = 60 * 1000,
};

/* A page under way. */
struct page_text {
    const struct explained *explained;
    struct buf *out;
    struct buf line;  /* The sentence that is being put together. */
    const char *name; /* Of the group, for its first line; then NULL. */
};

static void begin_group(struct page_text *text, const char *name)
{
    text->name = name;
}

/* The line is over: it goes out, wrapped. Nothing that a site says reaches a terminal as it is. */
static void end_line(struct page_text *text)
{
    struct buf shown;
    size_t start = text->out->length;
    buf_init(&shown, BUF_UNBOUNDED);
    printable_append(&shown, buf_bytes(&text->line), PRINTABLE_LINE);
    if (shown.length > 0)
        prose_wrap(text->out, INDENT, LINE_WIDTH, shown.data);
    if (shown.length > 0 && text->name) {
        memcpy(text->out->data + start, text->name, strlen(text->name));
        text->name = NULL;
    }
    buf_clear(&shown);
    buf_reset(&text->line);
}

__attribute__((format(printf, 2, 3))) static void say(struct page_text *text, const char *format,
                                                      ...)
{
    char *said;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&said, format, arguments);
    va_end(arguments);
    if (length < 0)
        abort();
    buf_append(&text->line, said, (size_t)length);
    free(said);
}

static void say_time(struct page_text *text, int64_t at_ms)
{
    phrase_time(&text->line, at_ms, text->explained->answerer->now_ms);
}

static void say_bytes(struct page_text *text, struct bytes bytes)
{
    buf_append_bytes(&text->line, bytes);
}

/* ---- The URL */

static void show_url(struct page_text *text)
{
    const struct explained *explained = text->explained;
    begin_group(text, "url");
    say_bytes(text, url_bytes(&explained->url));
    end_line(text);
    if (!bytes_equal(explained->typed, url_bytes(&explained->url))) {
        begin_group(text, "  typed");
        say_bytes(text, explained->typed);
        end_line(text);
    }
    if (explained->rules.length > 0) {
        begin_group(text, "  parsed");
        say_bytes(text, explained->parsed);
        end_line(text);
        begin_group(text, "  rules");
        say_bytes(text, explained->rules);
        end_line(text);
    }
    begin_group(text, "  key");
    say_bytes(text, explained->key);
    end_line(text);
}

/* ---- What became of it */

/* Did what stands before a request, such as scope and robots.txt, decide without one? */
static bool was_asked_for(const struct url_record *record)
{
    bool is_refusal =
        record->reason >= OUTCOME_REFUSED_ROBOTS && record->reason <= OUTCOME_REFUSED_LOGIN;
    return record->status > 0 || !(is_refusal || record->reason == OUTCOME_FRESH);
}

static void show_outcome(struct page_text *text)
{
    const struct url_record *record = &text->explained->record;
    say(text, "%s: %s", url_state_word(record->state), outcome_word(record->reason));
    if (record->status > 0)
        say(text, " (HTTP %u)", record->status);
    end_line(text);
    say_bytes(text, record->target);
    end_line(text);
    say(text, was_asked_for(record) ? "asked for " : "decided without a request ");
    say_time(text, record->checked_at_ms);
    if (record->fetched_at_ms > 0 && record->fetched_at_ms < record->checked_at_ms - SAME_TIME_MS) {
        say(text, "; its content is of ");
        say_time(text, record->fetched_at_ms);
    }
    end_line(text);
}

static void show_past(struct page_text *text)
{
    const struct explained *explained = text->explained;
    const struct url_record *record = &explained->record;
    begin_group(text, "history");
    say(text,
        "fetches %" PRIu32 ", new contents %" PRIu32 ", failures in a row %" PRIu32
        ", not found in a row %u",
        record->fetches, record->changes, explained_failures(explained), record->gone_count);
    end_line(text);
    for (size_t i = 0; i < explained->past_count; i++) {
        const struct past_outcome *past = &explained->past[i];
        say(text, "before: %s", outcome_word(past->outcome));
        if (past->times > 1)
            say(text, ", %" PRIu32 " times, the last", past->times);
        say(text, " ");
        say_time(text, past->last_ms);
        end_line(text);
    }
}

static void show_state(struct page_text *text)
{
    const struct explained *explained = text->explained;
    begin_group(text, "state");
    if (explained->is_tried) {
        show_outcome(text);
        show_past(text);
        return;
    }
    if (!explained->is_known)
        say(text, "unknown");
    else if (explained->turn == TURN_HELD || explained_waits_for_budget(explained))
        say(text, "held");
    else
        say(text, "queued");
    end_line(text);
    if (!explained->is_known && explained->is_in_scope) {
        say(text, "a link is not followed where it or its page says nofollow, behind the first "
                  "max_links of a page, and where it was out of scope when the page was read");
        end_line(text);
    }
}

/* ---- What is next */

static void show_queue(struct page_text *text)
{
    const struct queue_search *search = &text->explained->search;
    const char *separator = "; before it ";
    if (search->found.url_class < URL_CLASSES)
        say(text, "class %u (0 goes first)", search->found.url_class);
    else
        say(text, "class held");
    for (uint8_t i = 0; i <= search->found.url_class; i++) {
        if (search->before[i] == 0)
            continue;
        say(text, "%s%" PRIu64 " of ", separator, search->before[i]);
        say(text, i < URL_CLASSES ? "class %u" : "those held", i);
        separator = ", ";
    }
    end_line(text);
}

static void show_next(struct page_text *text)
{
    const struct explained *explained = text->explained;
    if (explained->turn == TURN_NONE && !explained->is_tried)
        return;
    begin_group(text, "next");
    if (explained->is_tried && explained->record.due_ms != INT64_MAX) {
        say(text, "due ");
        say_time(text, explained->record.due_ms);
        say(text, ": ");
    }
    if (explained->is_tried) {
        say(text, "%s", due_why_word(explained->due_why));
        end_line(text);
    } else if (explained->search.is_found && explained->turn != TURN_IN_FLIGHT) {
        show_queue(text);
    }
    if (explained->turn == TURN_IN_FLIGHT) {
        say(text, "handed to a fetch thread");
        end_line(text);
    }
    if (explained_has_place(explained)) {
        say(text, explained->is_about ? "about " : "");
        phrase_count(&text->line, explained->ahead, "URL");
        say(text, " of its host before it");
        end_line(text);
    }
    if (explained->eta_ms > 0 && explained->turn != TURN_LATER) {
        say(text, "fetched about ");
        say_time(text, explained->eta_ms);
        end_line(text);
    }
}

static void show_hops(struct page_text *text)
{
    const struct explained *explained = text->explained;
    begin_group(text, "redirects");
    for (size_t i = 0; i < explained->hop_count; i++) {
        const struct hop *hop = &explained->hops[i];
        say(text, "%u to ", hop->status);
        say_bytes(text, hop->target);
        if (explained->is_loop && i + 1 == explained->hop_count)
            say(text, " (where it was before: a loop)");
        else
            say(text, " (%s)",
                hop->state == URL_STATE_UNKNOWN ? "not tried yet" : url_state_word(hop->state));
        end_line(text);
    }
}

static void show_found(struct page_text *text)
{
    const struct explained *explained = text->explained;
    const struct found_url *found = &explained->search.found;
    if (!explained->is_tried && !explained->search.is_found)
        return;
    begin_group(text, "found");
    say(text, "as a %s, depth %u",
        found_as_word(explained->is_tried ? explained->record.found : found->found),
        explained->is_tried ? explained->record.depth : found->depth);
    unsigned hops = explained->is_tried ? explained->record.hops : found->hops;
    if (hops > 0) {
        say(text, ", behind ");
        phrase_count(&text->line, hops, "redirect");
    }
    if (explained->is_tried) {
        say(text, ", first tried ");
        say_time(text, explained->record.first_seen_ms);
    }
    end_line(text);
    for (size_t i = 0; i < explained->chain_count; i++) {
        say(text, i == 0 ? "on " : "from ");
        say_bytes(text, explained->chain[i].url);
        say(text, " (a %s, depth %u)", found_as_word(explained->chain[i].found),
            explained->chain[i].depth);
        end_line(text);
    }
    if (explained->is_chain_cut) {
        say(text, "from pages that are left out here, or no longer stored");
        end_line(text);
    }
}

/* ---- What lets it through */

/* What decides, and in which copy. */
static void say_stand(struct page_text *text)
{
    const struct robots_facts *robots = &text->explained->robots;
    const struct origin_record *record = &robots->record;
    char when[CLOCK_TEXT_BYTES];
    say(text, "%s", robots_stand_word(robots->stand));
    switch (robots->stand) {
    case ROBOTS_STAND_UNASKED:
        return;
    case ROBOTS_STAND_IGNORED:
        say(text, ", as the configuration says");
        return;
    case ROBOTS_STAND_ALL_ALLOWED:
    case ROBOTS_STAND_NONE_ALLOWED:
        if (record->unreachable_since_ms > 0)
            say(text, ": robots.txt has no answer");
        else
            say(text, ": robots.txt answered %u", record->status);
        return;
    case ROBOTS_STAND_ALLOWED:
    case ROBOTS_STAND_DISALLOWED:
        break;
    }
    if (robots->why.line > 0) {
        say(text, " by line %" PRIu32 ": ", robots->why.line);
        say_bytes(text, robots->why.pattern);
    } else {
        say(text, ": no rule matches");
    }
    say(text, " (");
    if (robots->why.agent.length > 0) {
        say(text, "group ");
        say_bytes(text, robots->why.agent);
        say(text, ", ");
    }
    say(text, "version %" PRIu64 " of %s)", record->version,
        clock_format(when, record->good_at_ms));
}

static void show_robots(struct page_text *text)
{
    const struct robots_facts *robots = &text->explained->robots;
    const struct origin_record *record = &robots->record;
    begin_group(text, "robots");
    say_stand(text);
    end_line(text);
    if (record->checked_at_ms == 0)
        return;
    say(text, "asked for ");
    say_time(text, record->checked_at_ms);
    if (record->status > 0)
        say(text, ", HTTP %u", record->status);
    end_line(text);
    if (record->unreachable_since_ms > 0) {
        say(text, "out of reach since ");
        say_time(text, record->unreachable_since_ms);
        end_line(text);
    }
    say(text, "to be asked for again ");
    say(text, robots->is_stale ? "before the next fetch; it was good until " : "after ");
    say_time(text, record->expires_at_ms);
    end_line(text);
    if (text->explained->is_tried && text->explained->record.robots_version > 0) {
        say(text, "the last try was decided by version %" PRIu64 " of robots.txt",
            text->explained->record.robots_version);
        end_line(text);
    }
}

static void show_address(struct page_text *text)
{
    const struct explained *explained = text->explained;
    begin_group(text, "address");
    if (!explained->is_address)
        say(text, "the guard looks at it when the name is looked up, at its turn");
    else if (!explained->is_address_allowed)
        say(text, "refused: %s, and not in allow_address", explained->address_range);
    else if (explained->address_range)
        say(text, "allowed: %s, but in allow_address", explained->address_range);
    else
        say(text, "allowed: a public one");
    end_line(text);
}

/* What is not the usual way. */
static void show_way(struct page_text *text)
{
    const struct explained *explained = text->explained;
    struct buf proxies;
    buf_init(&proxies, BUF_UNBOUNDED);
    proxying_print(explained->settings, &explained->url, &proxies);
    if (proxies.length > 0) {
        begin_group(text, "proxy");
        say(text, "through %.*s", (int)proxies.length, proxies.data);
        end_line(text);
    }
    if (explained->proxy.length > 0) {
        begin_group(text, "came by");
        say(text, "%.*s, the stored page", (int)explained->proxy.length, explained->proxy.data);
        end_line(text);
    }
    if (explained->settings->tls_insecure && explained->url.scheme == URL_SCHEME_HTTPS) {
        begin_group(text, "INSECURE");
        say(text, "whoever answers is believed, as the option tls_insecure says");
        end_line(text);
    }
    buf_clear(&proxies);
}

static void show_scope(struct page_text *text)
{
    const struct explained *explained = text->explained;
    begin_group(text, "scope");
    say(text, explained->is_in_scope ? "in: " : "out: ");
    scope_answer_print(&explained->scope, &text->line);
    end_line(text);
}

/* ---- Its host */

static void show_delay(struct page_text *text)
{
    static const char *const parts[] = {
        [DELAY_PART_OURS] = "the option delay",
        [DELAY_PART_CRAWL_DELAY] = "Crawl-delay in robots.txt",
        [DELAY_PART_FACTOR] = "delay_factor with the last response time",
    };
    const struct explained *explained = text->explained;
    const struct turns *turns = &explained->turns;
    const struct pace *pace = &explained->host.host.pace;
    char span[CLOCK_TEXT_BYTES];
    if (turns->delay_ms > 0)
        say(text, "delay %s", clock_format_span(span, turns->delay_ms));
    else
        say(text, "no delay");
    say(text, ", as %s says", parts[turns->part]);
    if (turns->part != DELAY_PART_OURS)
        say(text, " (the option delay: %s)",
            clock_format_span(span, explained->settings->delay_ms));
    if (explained->is_host_met && turns->part != DELAY_PART_CRAWL_DELAY &&
        pace->crawl_delay_ms >= 0)
        say(text, " (Crawl-delay: %s)", clock_format_span(span, pace->crawl_delay_ms));
    say(text, "; ");
    phrase_count(&text->line, turns->connections, "connection");
    if (turns->response_ms > 0)
        say(text, "; the last response took %s", clock_format_span(span, turns->response_ms));
    end_line(text);
}

static void say_rate(struct page_text *text, uint64_t bytes, const char *what)
{
    if (bytes == 0)
        return;
    say(text, "at most %" PRIu64 " bytes a second from %s, as max_rate says", bytes, what);
    end_line(text);
}

/* What may slow it down beside its delay. */
static void show_bounds(struct page_text *text)
{
    const struct explained *explained = text->explained;
    const struct settings *general = config_settings(explained->answerer->config);
    char span[CLOCK_TEXT_BYTES];
    if (turns_are_by_address(&explained->turns)) {
        say(text, "one request in %s to its address, as ip_delay says",
            clock_format_span(span, explained->turns.ip_delay_ms));
        end_line(text);
    }
    say_rate(text, explained->settings->max_rate_bytes, "it");
    say_rate(text, general->max_rate_bytes, "all hosts");
}

static void show_rest(struct page_text *text)
{
    const struct host_view *view = &text->explained->host;
    const struct pace *pace = &view->host.pace;
    int64_t now_ms = text->explained->answerer->now_ms;
    struct leave_alone leave_alone = leave_alone_of(&view->host, now_ms);
    if (leave_alone.is_left_alone) {
        leave_alone_print(&leave_alone, now_ms, &text->line);
        end_line(text);
    }
    if (pace->failures_in_row > 0) {
        phrase_count(&text->line, pace->failures_in_row, "failure");
        say(text, " in a row");
        end_line(text);
    }
}

static void show_wakefulness(struct page_text *text)
{
    const struct host_view *view = &text->explained->host;
    int64_t now_ms = text->explained->answerer->now_ms;
    if (view->is_awake) {
        say(text, "awake, with ");
        phrase_count(&text->line, view->in_flight, "URL");
        say(text, " under way");
    } else if (view->host.wake_ms == INT64_MAX && view->waiting == 0) {
        say(text, "asleep, with nothing to do");
    } else if (view->waiting > 0 || view->host.wake_ms <= now_ms) {
        say(text, "asleep, and may wake at any time");
    } else {
        say(text, "asleep until ");
        say_time(text, view->host.wake_ms);
    }
    end_line(text);
}

static void show_host(struct page_text *text)
{
    const struct explained *explained = text->explained;
    const struct host_view *view = &explained->host;
    begin_group(text, "host");
    say_bytes(text, url_host(&explained->url));
    if (!explained->is_host_met)
        say(text, ": not met yet");
    end_line(text);
    show_delay(text);
    show_bounds(text);
    if (!explained->is_host_met)
        return;
    show_rest(text);
    show_wakefulness(text);
    say(text,
        "%" PRIu64 " queued, %" PRIu64 " held, %s%" PRIu64 " due again, %" PRIu64 " tried, %" PRIu64
        " live",
        host_view_new(view), view->host.held, view->is_due_about ? "about " : "", view->due,
        view->tried, view->host.pages);
    end_line(text);
    say(text, "last contact ");
    say_time(text, view->host.pace.last_contact_ms);
    end_line(text);
}

static void show_budgets(struct page_text *text)
{
    const struct explained *explained = text->explained;
    const char *separator = "";
    begin_group(text, "budgets");
    for (size_t i = 0; i < BUDGET_USES; i++) {
        const struct budget_use *use = &explained->budgets[i];
        if (use->most == 0)
            continue;
        say(text, "%s%s %" PRIu64 " of %" PRIu64, separator, use->option, use->used, use->most);
        separator = ", ";
    }
    say(text, *separator ? "" : "none");
    end_line(text);
    if (explained->over_budget != BUDGET_NONE) {
        say(text, "no new URLs of it are fetched: %s", budget_text(explained->over_budget));
        end_line(text);
    }
}

/* ---- In the index */

static void show_consumers(struct page_text *text)
{
    const struct explained *explained = text->explained;
    for (size_t i = 0; i < explained->consumer_count; i++) {
        const struct consumer_facts *consumer = &explained->consumers[i];
        bool has_it = consumer->cursor >= explained->change.number;
        say(text, "consumer %s %s", consumer->name, has_it ? "has it" : "does not have it yet");
        end_line(text);
    }
}

static void show_group(struct page_text *text)
{
    const struct explained *explained = text->explained;
    if (explained->group_count == 0)
        return;
    begin_group(text, "duplicates");
    say(text, explained->original.length > 0 ? "it is exported as a duplicate of the first of these"
                                             : "it is the original of these");
    end_line(text);
    for (size_t i = 0; i < explained->group_count; i++) {
        say_bytes(text, explained->group[i]);
        end_line(text);
    }
    if (explained->is_group_cut) {
        say(text, "and others");
        end_line(text);
    }
}

/* What the stored response is good for, by HTTP. */
static void show_caching(struct page_text *text)
{
    const struct url_record *record = &text->explained->record;
    struct cached cached;
    if (!cached_unpack(&cached, record->cached, record->fresh_until_ms))
        return;
    if (record->fresh_until_ms > 0) {
        say(text, "fresh until ");
        say_time(text, record->fresh_until_ms);
        say(text, cached.entry.is_heuristic ? ", a guess by its age" : ", as its own headers say");
        end_line(text);
    }
    if (cached.part_bytes > 0)
        say(text, "only the first %" PRIu64 " bytes came; the rest is asked for from there",
            cached.part_bytes);
    else if (cached.is_part)
        say(text, "only a part came, and is asked for whole");
    else if (!cached.entry.is_reusable)
        say(text, "never to be used in place of an answer (no-store, or no sign that it may be)");
    else if (cached.entry.must_validate)
        say(text, "its server is asked each time (no-cache)");
    end_line(text);
}

static void show_index(struct page_text *text)
{
    const struct explained *explained = text->explained;
    const struct url_record *record = &explained->record;
    if (!explained->is_tried || record->document == 0)
        return;
    begin_group(text, "index");
    say(text, "document %" PRIu64, record->document);
    if (explained->change.number > 0) {
        const struct change *change = &explained->change;
        say(text, "; change %" PRIu64 ", %s (%s) ", change->number,
            change->op == CHANGE_UPSERT ? "upsert" : "delete", change_reason_word(change->reason));
        say_time(text, change->at_ms);
    }
    end_line(text);
    show_consumers(text);
    if (record->etag.length + record->last_modified.length > 0) {
        say(text, "validators: ");
        say_bytes(text, record->etag);
        say(text, record->etag.length > 0 && record->last_modified.length > 0 ? ", " : "");
        say_bytes(text, record->last_modified);
        end_line(text);
    }
    show_caching(text);
    show_group(text);
}

void explained_text(const struct explained *explained, struct buf *out)
{
    struct page_text text = { .explained = explained, .out = out };
    struct buf verdict, shown;
    buf_init(&text.line, BUF_UNBOUNDED);
    buf_init(&verdict, BUF_UNBOUNDED);
    buf_init(&shown, BUF_UNBOUNDED);
    explained_verdict(explained, &verdict);
    printable_append(&shown, buf_bytes(&verdict), PRINTABLE_LINE);
    prose_wrap(out, "", LINE_WIDTH, shown.data);
    buf_append_char(out, '\n');
    show_url(&text);
    show_state(&text);
    show_hops(&text);
    show_next(&text);
    show_found(&text);
    show_scope(&text);
    show_robots(&text);
    show_address(&text);
    show_way(&text);
    show_host(&text);
    show_budgets(&text);
    show_index(&text);
    buf_clear(&shown);
    buf_clear(&verdict);
    buf_clear(&text.line);
}
