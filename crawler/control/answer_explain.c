/* SPDX-License-Identifier: MIT */
#include "crawler/control/answer_parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/printable.h"
#include "base/surt.h"
#include "robots/policy.h"
#include "robots/robots.h"

/* From page to the page that first linked to it: a chain this long says enough. */
enum { CHAIN_MOST = 20, LINE_NAME_WIDTH = 10 };

/* Facts go out as lines for people or as members of one JSON object, by the same calls. */
struct explanation {
    struct answerer *answerer;
    bool is_json;
    struct json json;
    struct buf *out;
};

static void say(struct explanation *to, const char *name, struct bytes value)
{
    if (to->is_json) {
        json_string(&to->json, name, value);
        return;
    }
    buf_printf(to->out, "%-*s ", LINE_NAME_WIDTH, name);
    printable_append(to->out, value, PRINTABLE_LINE);
    buf_append_char(to->out, '\n');
}

__attribute__((format(printf, 3, 4))) static void sayf(struct explanation *to, const char *name,
                                                       const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    say(to, name, bytes_from_string(text));
}

static void say_time(struct explanation *to, const char *name, int64_t at_ms)
{
    char text[CLOCK_TEXT_BYTES];
    if (to->is_json)
        json_time(&to->json, name, at_ms == INT64_MAX ? 0 : at_ms);
    else
        say(to, name, bytes_from_string(clock_format(text, at_ms == INT64_MAX ? 0 : at_ms)));
}

/* ---- The parts */

static void explain_scope(struct explanation *to, const struct url_facts *facts,
                          const struct scope *scope, uint32_t depth)
{
    struct scope_answer answer;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text, scope_has(scope, &facts->url, depth, &answer) ? "in: " : "out: ");
    scope_answer_print(&answer, &text);
    say(to, "scope", buf_bytes(&text));
    buf_clear(&text);
}

static void explain_rules(struct explanation *to, const struct url_facts *facts,
                          const struct origin_record *record)
{
    const struct config *config = to->answerer->config;
    const char *own_agent = config_host_settings(config, url_host(&facts->url))->user_agent;
    const char *agent = own_agent[0] ? own_agent : config_user_agent(config);
    struct robots *robots =
        robots_new(record->body, robots_product_token(bytes_from_string(agent)));
    struct robots_decision why;
    char when[CLOCK_TEXT_BYTES];
    bool is_allowed = robots_allows(robots, url_path_query(&facts->url), &why);
    clock_format(when, record->good_at_ms);
    if (why.line > 0)
        sayf(to, "robots", "%s by line %u: %.*s (group %.*s, version %" PRIu64 " of %s)",
             is_allowed ? "allowed" : "disallowed", why.line, (int)why.pattern.length,
             why.pattern.data, (int)why.agent.length, why.agent.data, record->version, when);
    else
        sayf(to, "robots", "allowed: no rule matches (version %" PRIu64 " of %s)", record->version,
             when);
    robots_free(robots);
}

static void explain_robots(struct explanation *to, const struct url_facts *facts)
{
    struct answerer *answerer = to->answerer;
    struct origin_record record = { 0 };
    struct buf stored;
    char when[CLOCK_TEXT_BYTES];
    buf_init(&stored, BUF_UNBOUNDED);
    bool is_known = origin_get(answerer->tables->origins, NULL, url_origin(&facts->url), &stored) ==
                        STATUS_OK &&
                    origin_decode(&record, buf_bytes(&stored));
    if (config_host_settings(answerer->config, url_host(&facts->url))->robots == ROBOTS_IGNORE)
        say(to, "robots", BYTES("ignored, as the configuration says"));
    else if (!is_known)
        say(to, "robots", BYTES("not asked yet"));
    else if (record.good_at_ms > 0)
        explain_rules(to, facts, &record);
    else if (record.status >= 400 && record.status < 500 && record.status != 429)
        sayf(to, "robots", "everything is allowed: robots.txt answered %u", record.status);
    else
        sayf(to, "robots",
             "nothing is allowed: robots.txt has no answer; it is asked again after %s",
             clock_format(when, record.expires_at_ms));
    buf_clear(&stored);
}

static void explain_record(struct explanation *to, const struct url_record *record)
{
    if (record->status > 0)
        sayf(to, "outcome", "%s (HTTP %u)", outcome_word(record->reason), record->status);
    else
        sayf(to, "outcome", "%s", outcome_word(record->reason));
    if (record->target.length > 0)
        say(to, "detail", record->target);
    say_time(to, "checked", record->checked_at_ms);
    say_time(to, "fetched", record->fetched_at_ms);
    say_time(to, "due", record->due_ms);
    sayf(to, "history",
         "%u fetches, %u contents, %u failures in a row, %u times not found in a row",
         record->fetches, record->changes, record->tries, record->gone_count);
    if (record->etag.length > 0)
        say(to, "etag", record->etag);
    if (record->last_modified.length > 0)
        say(to, "modified", record->last_modified);
    if (record->document > 0)
        sayf(to, "document", "%" PRIu64 ", change %" PRIu64 "%s", record->document, record->change,
             record->is_deleted ? " (deleted)" : "");
}

static void explain_duplicate(struct explanation *to, const struct url_record *record)
{
    struct buf url;
    if (record->digest.length != SHA256_BYTES)
        return;
    uint64_t original = digest_original(to->answerer->tables->duplicates, NULL,
                                        (const unsigned char *)record->digest.data);
    buf_init(&url, BUF_UNBOUNDED);
    if (original > 0 && original != record->document && document_url(to->answerer, original, &url))
        say(to, "duplicate", buf_bytes(&url));
    buf_clear(&url);
}

static void explain_host(struct explanation *to, const struct url_facts *facts)
{
    struct answerer *answerer = to->answerer;
    struct host_record host;
    struct bytes name = url_host(&facts->url);
    const struct settings *settings = config_host_settings(answerer->config, name);
    char span[CLOCK_TEXT_BYTES], when[CLOCK_TEXT_BYTES], reason[160] = "";
    if (frontier_host(answerer->tables->frontier, name, &host) != STATUS_OK) {
        say(to, "host", BYTES("not met yet"));
        return;
    }
    struct pace_policy policy = {
        .delay_ms = settings->delay_ms,
        .delay_factor = settings->delay_factor,
        .connections = (uint16_t)settings->connections,
    };
    if (host.pace.rest_until_ms > answerer->now_ms)
        snprintf(reason, sizeof(reason), "; rests until %s%s%s",
                 clock_format(when, host.pace.rest_until_ms),
                 host.pace.rest_reason == OUTCOME_NONE ? "" : ": ",
                 host.pace.rest_reason == OUTCOME_NONE ? "" : outcome_word(host.pace.rest_reason));
    sayf(to, "host",
         "delay %s, %" PRIu64 " connections, %" PRIu64 " pages, %" PRIu64 " queued, %" PRIu64
         " held%s",
         clock_format_span(span, pace_delay_ms(&host.pace, &policy)), settings->connections,
         host.pages, host.queued, host.held, reason);
    say_time(to, "contact", host.pace.last_contact_ms);
}

/* The page that first linked here, and so on back to a seed. */
static void explain_chain(struct explanation *to, uint64_t referrer)
{
    struct buf url, record, scratch;
    struct page page;
    buf_init(&url, BUF_UNBOUNDED);
    buf_init(&record, BUF_UNBOUNDED);
    buf_init(&scratch, BUF_UNBOUNDED);
    if (to->is_json)
        json_array_begin(&to->json, "found_on");
    for (int i = 0; i < CHAIN_MOST && referrer > 0; i++) {
        if (page_get(to->answerer->tables->pages, NULL, referrer, &record) != STATUS_OK ||
            !page_decode(&page, buf_bytes(&record), &scratch))
            break;
        if (to->is_json)
            json_string(&to->json, NULL, page.url);
        else
            say(to, i == 0 ? "found on" : "from", page.url);
        referrer = page.referrer;
    }
    if (to->is_json)
        json_array_end(&to->json);
    buf_clear(&url);
    buf_clear(&record);
    buf_clear(&scratch);
}

static void explain_tried(struct explanation *to, const struct url_facts *facts)
{
    const struct url_record *record = &facts->record;
    sayf(to, "state", "%s", url_state_word(record->state));
    explain_record(to, record);
    explain_duplicate(to, record);
    sayf(to, "found", "as a %s, depth %u", found_as_word(record->found), record->depth);
    explain_chain(to, record->referrer);
}

static void explain_untried(struct explanation *to, const struct url_facts *facts)
{
    struct found_url found = { 0 };
    if (!frontier_is_queued(to->answerer->tables->frontier, &facts->url, &found)) {
        say(to, "state", BYTES("unknown"));
        say(to, "outcome", BYTES("never seen as a link or seed, or refused by scope when it was"));
        return;
    }
    say(to, "state", BYTES("queued"));
    sayf(to, "found", "as a %s, depth %u, class %u", found_as_word(found.found), found.depth,
         found.url_class);
    explain_chain(to, found.referrer);
}

enum status answer_explain(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    struct bytes text = unpack_bytes(&from);
    struct explanation to = { .answerer = answerer,
                              .is_json = unpack_u8(&from) != 0,
                              .out = reply };
    struct url_facts facts;
    struct buf key;
    char *error = NULL;
    struct scope *own_scope =
        answerer->scope ? NULL : tables_scope(answerer->tables, answerer->config, &error);
    const struct scope *scope = answerer->scope ? answerer->scope : own_scope;
    buf_init(&key, BUF_UNBOUNDED);
    enum status status = STATUS_OK;
    if (!scope) {
        buf_append_string(reply, error);
        status = STATUS_CONFIG;
    } else if (!url_facts_find(&facts, answerer, text, reply)) {
        status = STATUS_DATA;
        url_facts_clear(&facts);
    } else {
        if (to.is_json) {
            json_init(&to.json, reply);
            json_object_begin(&to.json, NULL);
        }
        surt_key(&key, &facts.url);
        say(&to, "url", url_bytes(&facts.url));
        say(&to, "key", buf_bytes(&key));
        if (facts.is_tried)
            explain_tried(&to, &facts);
        else
            explain_untried(&to, &facts);
        explain_scope(&to, &facts, scope, facts.is_tried ? facts.record.depth : 0);
        explain_robots(&to, &facts);
        explain_host(&to, &facts);
        if (to.is_json) {
            json_object_end(&to.json);
            buf_append_char(reply, '\n');
        }
        url_facts_clear(&facts);
    }
    buf_clear(&key);
    scope_free(own_scope);
    free(error);
    return status;
}
