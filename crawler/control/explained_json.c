/* SPDX-License-Identifier: MIT
 *
 * explain as JSON. fields.c has a line on every member: they stay what they are.
 */
#include <string.h>

#include "base/json.h"
#include "crawler/control/explained.h"
#include "crawler/control/host_json.h"
#include "crawler/control/proxying.h"
#include "crawler/fetch/cached.h"

/* null where it is never. */
static void json_when(struct json *json, const char *name, int64_t at_ms)
{
    json_time(json, name, at_ms == INT64_MAX ? 0 : at_ms);
}

static void json_bytes(struct json *json, const char *name, struct bytes bytes)
{
    if (bytes.length > 0)
        json_string(json, name, bytes);
    else
        json_null(json, name);
}

static const char *state_of(const struct explained *explained)
{
    if (explained->is_tried)
        return url_state_word(explained->record.state);
    return url_state_word(explained->is_known ? URL_STATE_QUEUED : URL_STATE_UNKNOWN);
}

static void write_url(const struct explained *explained, struct json *json)
{
    json_string(json, "url", url_bytes(&explained->url));
    json_string(json, "typed", explained->typed);
    json_string(json, "parsed", explained->parsed);
    json_bytes(json, "rules", explained->rules);
    json_string(json, "key", explained->key);
}

static void write_past(const struct explained *explained, struct json *json)
{
    json_array_begin(json, "history");
    for (size_t i = 0; i < explained->past_count; i++) {
        json_object_begin(json, NULL);
        json_text(json, "reason", outcome_word(explained->past[i].outcome));
        json_unsigned(json, "times", explained->past[i].times);
        json_when(json, "last_at", explained->past[i].last_ms);
        json_object_end(json);
    }
    json_array_end(json);
}

/* Of the stored response, what caching made of it. */
static void write_caching(const struct url_record *record, struct json *json)
{
    struct cached cached;
    bool is_there = cached_unpack(&cached, record->cached, record->fresh_until_ms);
    json_bool(json, "is_fresh_by_guess", is_there && cached.entry.is_heuristic);
    json_bool(json, "is_part", is_there && cached.is_part);
    if (is_there && cached.part_bytes > 0)
        json_unsigned(json, "part_bytes", cached.part_bytes);
    else
        json_null(json, "part_bytes");
}

static void write_last(const struct explained *explained, struct json *json)
{
    const struct url_record *record = &explained->record;
    if (!explained->is_tried) {
        json_null(json, "last");
        return;
    }
    json_object_begin(json, "last");
    json_text(json, "reason", outcome_word(record->reason));
    json_unsigned(json, "status", record->status);
    json_bytes(json, "detail", record->target);
    json_when(json, "checked_at", record->checked_at_ms);
    json_when(json, "fetched_at", record->fetched_at_ms);
    json_when(json, "fresh_until", record->fresh_until_ms);
    write_caching(record, json);
    json_unsigned(json, "fetches", record->fetches);
    json_unsigned(json, "contents", record->changes);
    json_unsigned(json, "failures_in_row", explained_failures(explained));
    json_unsigned(json, "not_found_in_row", record->gone_count);
    json_bytes(json, "etag", record->etag);
    json_bytes(json, "last_modified", record->last_modified);
    json_unsigned(json, "robots_version", record->robots_version);
    write_past(explained, json);
    json_object_end(json);
}

static void write_hops(const struct explained *explained, struct json *json)
{
    json_array_begin(json, "redirects");
    for (size_t i = 0; i < explained->hop_count; i++) {
        const struct hop *hop = &explained->hops[i];
        json_object_begin(json, NULL);
        json_bytes(json, "to", hop->target);
        json_unsigned(json, "status", hop->status);
        json_text(json, "state", url_state_word(hop->state));
        json_bool(json, "is_loop", explained->is_loop && i + 1 == explained->hop_count);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_queue(const struct explained *explained, struct json *json)
{
    const struct queue_search *search = &explained->search;
    if (explained->is_tried || !search->is_found) {
        json_null(json, "class");
        return;
    }
    if (search->found.url_class < URL_CLASSES)
        json_unsigned(json, "class", search->found.url_class);
    else
        json_text(json, "class", "held");
}

static void write_next(const struct explained *explained, struct json *json)
{
    static const char *const words[] = {
        [TURN_NONE] = "none",     [TURN_IN_FLIGHT] = "in-flight",
        [TURN_QUEUED] = "queued", [TURN_HELD] = "held",
        [TURN_DUE] = "due",       [TURN_LATER] = "later",
    };
    json_object_begin(json, "next");
    bool is_held = explained_waits_for_budget(explained);
    json_text(json, "turn", words[is_held ? TURN_HELD : explained->turn]);
    if (explained->is_tried) {
        json_text(json, "why", due_why_word(explained->due_why));
        json_when(json, "due_at", explained->record.due_ms);
    } else {
        json_null(json, "why");
        json_null(json, "due_at");
    }
    write_queue(explained, json);
    if (explained_has_place(explained))
        json_unsigned(json, "before", explained->ahead);
    else
        json_null(json, "before");
    json_bool(json, "is_estimate", explained->is_about);
    json_when(json, "eta", explained->eta_ms);
    json_object_end(json);
}

static void write_found(const struct explained *explained, struct json *json)
{
    const struct found_url *found = &explained->search.found;
    if (!explained->is_tried && !explained->search.is_found) {
        json_null(json, "found");
        return;
    }
    json_object_begin(json, "found");
    json_text(json, "as",
              found_as_word(explained->is_tried ? explained->record.found : found->found));
    json_unsigned(json, "depth", explained->is_tried ? explained->record.depth : found->depth);
    json_unsigned(json, "hops", explained->is_tried ? explained->record.hops : found->hops);
    json_when(json, "first_tried_at", explained->is_tried ? explained->record.first_seen_ms : 0);
    json_array_begin(json, "chain");
    for (size_t i = 0; i < explained->chain_count; i++) {
        json_object_begin(json, NULL);
        json_string(json, "url", explained->chain[i].url);
        json_text(json, "as", found_as_word(explained->chain[i].found));
        json_unsigned(json, "depth", explained->chain[i].depth);
        json_object_end(json);
    }
    json_array_end(json);
    json_bool(json, "is_chain_cut", explained->is_chain_cut);
    json_object_end(json);
}

static void write_scope(const struct explained *explained, struct json *json)
{
    const struct scope_rule *rule = explained->scope.rule;
    json_object_begin(json, "scope");
    json_bool(json, "is_in", explained->is_in_scope);
    json_text(json, "reason", scope_reason_text(explained->scope.reason));
    json_text(json, "pattern", rule ? rule->pattern : NULL);
    json_text(json, "file", rule ? rule->file : NULL);
    if (rule)
        json_unsigned(json, "line", rule->line);
    else
        json_null(json, "line");
    json_object_end(json);
}

static void write_robots(const struct explained *explained, struct json *json)
{
    const struct robots_facts *robots = &explained->robots;
    const struct origin_record *record = &robots->record;
    json_object_begin(json, "robots");
    json_bool(json, "is_allowed", robots_stand_allows(robots->stand));
    json_text(json, "stand", robots_stand_word(robots->stand));
    json_bytes(json, "group", robots->why.agent);
    json_bytes(json, "pattern", robots->why.pattern);
    if (robots->why.line > 0)
        json_unsigned(json, "line", robots->why.line);
    else
        json_null(json, "line");
    json_unsigned(json, "version", record->version);
    json_unsigned(json, "status", record->status);
    json_when(json, "checked_at", record->checked_at_ms);
    json_when(json, "copy_of", record->good_at_ms);
    json_when(json, "unreachable_since", record->unreachable_since_ms);
    json_when(json, "expires_at", record->expires_at_ms);
    json_bool(json, "is_expired", robots->is_stale);
    json_object_end(json);
}

static void write_address(const struct explained *explained, struct json *json)
{
    if (!explained->is_address) {
        json_null(json, "address");
        return;
    }
    json_object_begin(json, "address");
    json_bool(json, "is_allowed", explained->is_address_allowed);
    json_text(json, "range", explained->address_range);
    json_object_end(json);
}

static void write_way(const struct explained *explained, struct json *json)
{
    struct buf proxies;
    buf_init(&proxies, BUF_UNBOUNDED);
    proxying_print(explained->settings, &explained->url, &proxies);
    buf_append_char(&proxies, '\0');
    json_text(json, "proxies", proxies.length > 1 ? proxies.data : NULL);
    if (explained->proxy.length > 0)
        json_string(json, "came_through", explained->proxy);
    else
        json_null(json, "came_through");
    json_bool(json, "is_insecure",
              explained->settings->tls_insecure && explained->url.scheme == URL_SCHEME_HTTPS);
    buf_clear(&proxies);
}

static void write_host(const struct explained *explained, struct json *json)
{
    if (!explained->is_host_met) {
        json_null(json, "host");
        return;
    }
    json_object_begin(json, "host");
    host_json(json, &explained->host, explained->answerer->config, explained->answerer->now_ms);
    json_object_end(json);
}

static void write_budgets(const struct explained *explained, struct json *json)
{
    json_array_begin(json, "budgets");
    for (size_t i = 0; i < BUDGET_USES; i++) {
        const struct budget_use *use = &explained->budgets[i];
        if (use->most == 0)
            continue;
        json_object_begin(json, NULL);
        json_text(json, "option", use->option);
        json_unsigned(json, "used", use->used);
        json_unsigned(json, "most", use->most);
        json_bool(json, "is_over",
                  explained->over_budget != BUDGET_NONE &&
                      strcmp(use->option, budget_option(explained->over_budget)) == 0);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_change(const struct explained *explained, struct json *json)
{
    const struct change *change = &explained->change;
    if (change->number == 0) {
        json_null(json, "change");
        return;
    }
    json_object_begin(json, "change");
    json_unsigned(json, "version", change->number);
    json_text(json, "op", change->op == CHANGE_UPSERT ? "upsert" : "delete");
    json_text(json, "reason", change_reason_word(change->reason));
    json_when(json, "at", change->at_ms);
    json_object_end(json);
}

static void write_index(const struct explained *explained, struct json *json)
{
    if (!explained->is_tried || explained->record.document == 0) {
        json_null(json, "index");
        return;
    }
    json_object_begin(json, "index");
    json_unsigned(json, "document", explained->record.document);
    write_change(explained, json);
    json_array_begin(json, "consumers");
    for (size_t i = 0; i < explained->consumer_count; i++) {
        json_object_begin(json, NULL);
        json_text(json, "name", explained->consumers[i].name);
        json_bool(json, "has_it", explained->consumers[i].cursor >= explained->change.number);
        json_object_end(json);
    }
    json_array_end(json);
    json_bytes(json, "duplicate_of", explained->original);
    json_array_begin(json, "duplicates");
    for (size_t i = 0; i < explained->group_count; i++)
        json_string(json, NULL, explained->group[i]);
    json_array_end(json);
    json_object_end(json);
}

void explained_json(const struct explained *explained, struct buf *out)
{
    struct json json;
    struct buf verdict;
    buf_init(&verdict, BUF_UNBOUNDED);
    explained_verdict(explained, &verdict);
    json_init(&json, out);
    json_object_begin(&json, NULL);
    write_url(explained, &json);
    json_string(&json, "verdict", buf_bytes(&verdict));
    json_text(&json, "state", state_of(explained));
    write_last(explained, &json);
    write_hops(explained, &json);
    write_next(explained, &json);
    write_found(explained, &json);
    write_scope(explained, &json);
    write_robots(explained, &json);
    write_address(explained, &json);
    write_way(explained, &json);
    write_host(explained, &json);
    write_budgets(explained, &json);
    write_index(explained, &json);
    json_object_end(&json);
    buf_append_char(out, '\n');
    buf_clear(&verdict);
}
