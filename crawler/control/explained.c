/* SPDX-License-Identifier: MIT */
#include "crawler/control/explained.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/surt.h"
#include "base/url_rules.h"
#include "crawler/control/answer_parts.h"
#include "crawler/fetch/address.h"

static const struct {
    bool is_allowed;
    const char *word;
} stands[] = {
#define ROW(name, is_allowed, word) [ROBOTS_STAND_##name] = { is_allowed, word },
    ROBOTS_STAND_TABLE(ROW)
#undef ROW
};

static const char *const due_words[] = {
#define ROW(name, word) [DUE_##name] = word,
    DUE_TABLE(ROW)
#undef ROW
};

const char *robots_stand_word(enum robots_stand stand)
{
    return stands[stand].word;
}

bool robots_stand_allows(enum robots_stand stand)
{
    return stands[stand].is_allowed;
}

const char *due_why_word(enum due_why why)
{
    return due_words[why];
}

/* ---- What was typed */

/* One rule after the other does what all do together, so each can be seen at work. */
static void apply_rules(struct explained *explained, const struct url_rules *rules)
{
    struct buf names;
    buf_init(&names, BUF_UNBOUNDED);
#define ROW(field, option)                                                                         \
    {                                                                                              \
        struct url_rules one = { .field = rules->field,                                            \
                                 .dropped = rules->dropped,                                        \
                                 .kept = rules->kept };                                            \
        if (url_apply_rules(&explained->url, explained->storage, sizeof(explained->storage),       \
                            &one))                                                                 \
            buf_printf(&names, "%s%s", names.length ? ", " : "", option);                          \
    }
    URL_RULE_TABLE(ROW)
#undef ROW
    explained->rules = arena_copy(&explained->arena, buf_bytes(&names));
    buf_clear(&names);
}

static bool read_url(struct explained *explained, struct bytes typed, struct bytes meant,
                     struct buf *reply)
{
    const struct config *config = explained->answerer->config;
    enum url_error error = url_parse_link(&explained->url, explained->storage,
                                          sizeof(explained->storage), meant, NULL);
    if (error != URL_ERROR_NONE) {
        buf_printf(reply, "%.*s: %s", (int)typed.length, typed.data ? typed.data : "",
                   url_error_text(error));
        return false;
    }
    explained->typed = arena_copy(&explained->arena, typed);
    explained->parsed = arena_copy(&explained->arena, url_bytes(&explained->url));
    apply_rules(explained, config_url_rules(config, url_host(&explained->url)));
    struct buf key;
    buf_init(&key, BUF_UNBOUNDED);
    surt_key(&key, &explained->url);
    explained->key = arena_copy(&explained->arena, buf_bytes(&key));
    buf_clear(&key);
    return true;
}

/* ---- What is known of it */

static bool find_record(struct frontier *frontier, struct bytes text, struct url_record *record,
                        struct buf *scratch)
{
    struct url url;
    return url_split(&url, text) &&
           frontier_lookup(frontier, NULL, &url, record, scratch) == STATUS_OK;
}

static void gather_record(struct explained *explained)
{
    struct frontier *frontier = explained->answerer->tables->frontier;
    struct bytes url = url_bytes(&explained->url);
    struct url_record *record = &explained->record;
    explained->is_tried = find_record(frontier, url, record, &explained->scratch);
    if (explained->is_tried)
        explained->past_count =
            history_unpack(record->history, record->checked_at_ms, explained->past);
    /* Only its fingerprint tells whether a URL that was not found is known all the same. */
    if (explained->was_given_up)
        frontier_load_seen(frontier);
    explained->is_known = explained->is_tried || explained->search.is_found ||
                          explained->search.is_in_flight ||
                          !frontier_may_be_new(frontier, frontier_fingerprint(frontier, url));
}

static void gather_provenance(struct explained *explained)
{
    struct buf stored;
    struct page page;
    buf_init(&stored, BUF_UNBOUNDED);
    if (explained->record.document > 0 &&
        page_get(explained->answerer->tables->pages, NULL, explained->record.document, &stored) ==
            STATUS_OK &&
        page_decode_head(&page, buf_bytes(&stored)))
        explained->proxy = arena_copy(&explained->arena, page.proxy);
    buf_clear(&stored);
}

/* From page to the page that first linked to it, and so on back to a seed. */
static void gather_chain(struct explained *explained)
{
    const struct tables *tables = explained->answerer->tables;
    uint64_t referrer =
        explained->is_tried ? explained->record.referrer : explained->search.found.referrer;
    struct buf stored, scratch;
    struct page page;
    struct url_record record;
    buf_init(&stored, BUF_UNBOUNDED);
    buf_init(&scratch, BUF_UNBOUNDED);
    while (referrer > 0 && explained->chain_count < CHAIN_MOST &&
           page_get(tables->pages, NULL, referrer, &stored) == STATUS_OK &&
           page_decode_head(&page, buf_bytes(&stored)) &&
           find_record(tables->frontier, page.url, &record, &scratch)) {
        explained->chain[explained->chain_count++] =
            (struct chain_link){ arena_copy(&explained->arena, page.url), record.found,
                                 record.depth };
        referrer = page.referrer;
    }
    explained->is_chain_cut = referrer > 0;
    buf_clear(&stored);
    buf_clear(&scratch);
}

/* ---- Where it leads */

static bool is_redirect(const struct url_record *record)
{
    return record->target.length > 0 &&
           (record->reason == OUTCOME_REDIRECT || record->reason == OUTCOME_REDIRECT_LOOP);
}

static bool was_met(const struct explained *explained, struct bytes target)
{
    for (size_t i = 0; i < explained->hop_count; i++)
        if (bytes_equal(explained->hops[i].target, target))
            return true;
    return bytes_equal(url_bytes(&explained->url), target);
}

/* From one redirect to the next, as their last answers say. */
static void gather_hops(struct explained *explained)
{
    struct url_record record = explained->record;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    while (explained->hop_count < CHAIN_MOST && is_redirect(&record) && !explained->is_loop) {
        struct hop *hop = &explained->hops[explained->hop_count];
        *hop = (struct hop){ arena_copy(&explained->arena, record.target), record.status,
                             URL_STATE_UNKNOWN };
        explained->is_loop = was_met(explained, hop->target);
        explained->hop_count++;
        if (!find_record(explained->answerer->tables->frontier, hop->target, &record, &scratch))
            break;
        hop->state = record.state;
    }
    buf_clear(&scratch);
}

/* ---- What lets it through */

static uint32_t depth_of(const struct explained *explained)
{
    return explained->is_tried ? explained->record.depth : explained->search.found.depth;
}

static void gather_rules(struct explained *explained)
{
    const struct config *config = explained->answerer->config;
    struct robots_facts *facts = &explained->robots;
    const char *own = explained->settings->user_agent;
    const char *agent = own[0] ? own : config_user_agent(config);
    facts->robots = robots_new(facts->record.body, robots_product_token(bytes_from_string(agent)));
    bool is_allowed = robots_allows(facts->robots, url_path_query(&explained->url), &facts->why);
    facts->stand = is_allowed ? ROBOTS_STAND_ALLOWED : ROBOTS_STAND_DISALLOWED;
}

/* A copy that ran out says what it said until then. */
static void gather_robots(struct explained *explained)
{
    struct robots_facts *facts = &explained->robots;
    int64_t now_ms = explained->answerer->now_ms;
    bool is_there = origin_get(explained->answerer->tables->origins, NULL,
                               url_origin(&explained->url), &facts->stored) == STATUS_OK &&
                    origin_decode(&facts->record, buf_bytes(&facts->stored)) &&
                    facts->record.checked_at_ms > 0;
    if (explained->settings->robots == ROBOTS_IGNORE) {
        facts->stand = ROBOTS_STAND_IGNORED;
        return;
    }
    if (!is_there)
        return;
    enum robots_verdict verdict = robots_verdict(&facts->record, now_ms);
    facts->is_stale = verdict == ROBOTS_VERDICT_ASK;
    if (facts->is_stale)
        verdict = robots_verdict(&facts->record, facts->record.checked_at_ms);
    switch (verdict) {
    case ROBOTS_VERDICT_RULES:
        gather_rules(explained);
        return;
    case ROBOTS_VERDICT_ALLOW_ALL:
        facts->stand = ROBOTS_STAND_ALL_ALLOWED;
        return;
    case ROBOTS_VERDICT_DISALLOW_ALL:
        facts->stand = ROBOTS_STAND_NONE_ALLOWED;
        return;
    case ROBOTS_VERDICT_ASK:
        return;
    }
}

/* Names are looked up in their turn; an address needs no look-up. */
static void gather_address(struct explained *explained)
{
    struct address address;
    const struct text_list *allowed = &config_settings(explained->answerer->config)->allow_address;
    explained->is_address = address_parse_host(&address, url_host(&explained->url));
    if (!explained->is_address)
        return;
    char *error = NULL;
    struct address_rules *rules = address_rules_new(allowed->items, allowed->count, &error);
    explained->is_address_allowed = rules && address_is_allowed(rules, &address);
    explained->address_range = address_range(&address);
    address_rules_free(rules);
    free(error);
}

static void gather_host(struct explained *explained)
{
    const struct answerer *answerer = explained->answerer;
    struct bytes name = url_host(&explained->url);
    struct pace pace = PACE_NEW;
    explained->is_host_met = frontier_view_host(answerer->tables->frontier, name, answerer->now_ms,
                                                &explained->host) == STATUS_OK;
    explained->turns =
        turns_of(explained->is_host_met ? &explained->host.host.pace : &pace, explained->settings);
    explained->over_budget =
        frontier_host_budgets(answerer->tables->frontier, name, explained->budgets);
    uint64_t known_most = config_settings(answerer->config)->known_max;
    explained->is_known_full =
        known_most > 0 && answerer->tables->counters.values[COUNTER_URLS_KNOWN] >= known_most;
}

/* ---- What is next */

static enum due_why due_why_of(const struct explained *explained)
{
    const struct url_record *record = &explained->record;
    if (record->due_ms == INT64_MAX)
        return DUE_NEVER;
    if (explained->revisit.is_forced)
        return DUE_SEEDED;
    if (record->reason == OUTCOME_FRESH)
        return DUE_FRESH;
    if (record->reason == OUTCOME_REFUSED_ROBOTS_UNREACHABLE)
        return DUE_ROBOTS;
    if (record->tries > 0)
        return DUE_RETRY;
    if (record->gone_count > 0 && record->state != URL_STATE_GONE)
        return DUE_CONFIRM;
    return DUE_REVISIT;
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* As frontier_take goes: seeds first, new URLs by class, held ones when nothing else is left. How
 * late the host's revisits are is not looked at: they are taken to go in turn with the first
 * classes, and before the last. */
static void find_place_of_new(struct explained *explained)
{
    const struct queue_search *search = &explained->search;
    const struct host_view *host = &explained->host;
    uint8_t list = search->found.url_class;
    uint64_t others = 0;
    for (uint8_t i = 1; i <= list && i < URL_CLASSES; i++)
        others += search->before[i];
    uint64_t due = list == 0 ? 0 : list <= REVISIT_RANK ? lesser(host->due, others) : host->due;
    uint64_t held = list == URL_CLASS_HELD ? search->before[URL_CLASS_HELD] : 0;
    explained->ahead = host->in_flight + search->before[0] + others + due + held;
    explained->is_about = (list > 0 && host->due > 0) || held > 0;
}

static void find_place_of_revisit(struct explained *explained)
{
    uint64_t before = explained->revisit.before;
    uint64_t fresh = lesser(host_view_new(&explained->host), before);
    explained->ahead = before + fresh;
    explained->is_about = explained->revisit.is_about || fresh > 0;
}

static enum turn turn_of_new(struct explained *explained)
{
    struct frontier *frontier = explained->answerer->tables->frontier;
    if (frontier_find_flight(frontier, &explained->url, &explained->ahead))
        return TURN_IN_FLIGHT;
    if (explained->search.is_found)
        find_place_of_new(explained);
    if (explained->search.is_found && explained->search.found.url_class == URL_CLASS_HELD)
        return TURN_HELD;
    return explained->is_known ? TURN_QUEUED : TURN_NONE;
}

static void gather_tried_turn(struct explained *explained)
{
    const struct answerer *answerer = explained->answerer;
    struct frontier *frontier = answerer->tables->frontier;
    const struct url_record *record = &explained->record;
    bool is_of_all =
        answerer->run.is_all && record->epoch < answerer->tables->counters.values[COUNTER_EPOCH];
    frontier_find_revisit(frontier, &explained->url, record, &explained->revisit);
    explained->due_why = due_why_of(explained);
    bool is_due = record->due_ms <= answerer->now_ms;
    if (frontier_find_flight(frontier, &explained->url, &explained->ahead)) {
        explained->turn = TURN_IN_FLIGHT;
    } else if (is_due || is_of_all) {
        explained->turn = TURN_DUE;
        if (is_due)
            find_place_of_revisit(explained);
        else
            explained->due_why = DUE_ALL;
    } else {
        explained->turn = record->due_ms == INT64_MAX ? TURN_NONE : TURN_LATER;
    }
}

bool explained_has_place(const struct explained *explained)
{
    switch (explained->turn) {
    case TURN_IN_FLIGHT:
        return true;
    case TURN_QUEUED:
    case TURN_HELD:
        return explained->search.is_found;
    case TURN_DUE:
        return explained->due_why != DUE_ALL;
    case TURN_NONE:
    case TURN_LATER:
        return false;
    }
    return false;
}

/* A seed, and where one was redirected, waits for none. */
bool explained_waits_for_budget(const struct explained *explained)
{
    bool is_new = explained->turn == TURN_QUEUED || explained->turn == TURN_HELD;
    return is_new && explained->over_budget != BUDGET_NONE &&
           (!explained->search.is_found || explained->search.found.url_class > 0);
}

/* Its record counts those since it was last given up. */
uint32_t explained_failures(const struct explained *explained)
{
    const struct past_outcome *past = explained->past;
    uint32_t failures = outcome_is_failure(explained->record.reason);
    for (size_t i = 0; failures > 0 && i < explained->past_count; i++) {
        if (!outcome_is_failure(past[i].outcome))
            break;
        failures += past[i].times;
    }
    return failures > explained->record.tries ? failures : explained->record.tries;
}

/* Only a run fetches, and where the place is known it can be said when. */
static void estimate(struct explained *explained)
{
    const struct answerer *answerer = explained->answerer;
    if (explained->turn == TURN_LATER)
        explained->eta_ms = explained->record.due_ms;
    else if (answerer->run.is_running && explained_has_place(explained) && explained->is_host_met &&
             !explained->host.host.is_paused && !explained_waits_for_budget(explained))
        explained->eta_ms =
            turns_start_ms(&explained->turns, &explained->host.host, answerer->now_ms) +
            turns_span_ms(&explained->turns, explained->ahead);
}

static void gather_turn(struct explained *explained)
{
    if (explained->is_tried) {
        gather_tried_turn(explained);
    } else {
        explained->turn = turn_of_new(explained);
    }
    estimate(explained);
}

/* ---- In the index */

static void note_consumer(void *owner, const char *name, uint64_t cursor, int64_t at_ms)
{
    struct explained *explained = owner;
    (void)at_ms;
    if (explained->consumer_count == CONSUMERS_MOST)
        return;
    struct consumer_facts *consumer = &explained->consumers[explained->consumer_count++];
    snprintf(consumer->name, sizeof(consumer->name), "%s", name);
    consumer->cursor = cursor;
}

static void gather_change(struct explained *explained)
{
    struct change_feed *changes = explained->answerer->tables->changes;
    uint64_t number = explained->record.change;
    if (number == 0 ||
        !change_after(changes, number - 1, &explained->change, &explained->change_scratch))
        return;
    if (explained->change.number == number)
        consumers_walk(changes, note_consumer, explained);
    else
        explained->change = (struct change){ 0 };
}

static struct bytes url_of(struct explained *explained, uint64_t document)
{
    struct buf url;
    buf_init(&url, BUF_UNBOUNDED);
    document_url(explained->answerer, document, &url);
    struct bytes copy = arena_copy(&explained->arena, buf_bytes(&url));
    buf_clear(&url);
    return copy;
}

/* Only what is in the index has equals there. */
static void gather_group(struct explained *explained)
{
    const struct url_record *record = &explained->record;
    struct duplicates *duplicates = explained->answerer->tables->duplicates;
    if (record->digest.length != SHA256_BYTES || record->change == 0 || record->is_deleted)
        return;
    const unsigned char *digest = (const unsigned char *)record->digest.data;
    uint64_t document = digest_original(duplicates, NULL, digest);
    if (document > 0 && document != record->document)
        explained->original = url_of(explained, document);
    for (; document > 0; document = digest_next(duplicates, NULL, digest, document)) {
        if (document == record->document)
            continue;
        explained->is_group_cut = explained->group_count == GROUP_MOST;
        if (explained->is_group_cut)
            break;
        explained->group[explained->group_count++] = url_of(explained, document);
    }
}

/* ---- All of it */

bool explained_gather(struct explained *explained, const struct answerer *answerer,
                      struct bytes typed, struct bytes meant, const struct scope *scope,
                      const struct queue_search *search, bool was_given_up, struct buf *reply)
{
    *explained =
        (struct explained){ .answerer = answerer, .search = *search, .was_given_up = was_given_up };
    arena_init(&explained->arena);
    buf_init(&explained->scratch, BUF_UNBOUNDED);
    buf_init(&explained->change_scratch, BUF_UNBOUNDED);
    buf_init(&explained->robots.stored, BUF_UNBOUNDED);
    if (!read_url(explained, typed, meant, reply))
        return false;
    explained->settings = config_host_settings(answerer->config, url_host(&explained->url));
    gather_record(explained);
    gather_chain(explained);
    if (explained->is_tried) {
        gather_provenance(explained);
        gather_hops(explained);
    }
    explained->is_in_scope =
        scope_has(scope, &explained->url, depth_of(explained), &explained->scope);
    gather_robots(explained);
    gather_address(explained);
    gather_host(explained);
    gather_turn(explained);
    if (explained->is_tried) {
        gather_change(explained);
        gather_group(explained);
    }
    return true;
}

void explained_clear(struct explained *explained)
{
    robots_free(explained->robots.robots);
    buf_clear(&explained->robots.stored);
    buf_clear(&explained->change_scratch);
    buf_clear(&explained->scratch);
    arena_clear(&explained->arena);
}
