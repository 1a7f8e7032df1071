/* SPDX-License-Identifier: MIT
 *
 * test robots - may a URL be fetched, and which line of robots.txt says so? Its text comes from a
 * file, else from the crawl's copy, else from the origin.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/json.h"
#include "config/units.h"
#include "config/values.h"
#include "crawler/cli/robots_copy.h"
#include "crawler/cli/testing.h"

/* Of one URL. */
struct verdict {
    struct robots_ruling ruling;
    struct bytes token;
    bool is_ignored; /* The configuration does not ask. */
};

/* -1: none. */
static int64_t crawl_delay_ms(const struct verdict *verdict)
{
    return verdict->ruling.robots ? robots_crawl_delay_ms(verdict->ruling.robots) : -1;
}

/* ---- For people */

static void append_answer(const struct origin_record *record, int64_t now_ms, struct buf *out)
{
    char when[CLOCK_TEXT_BYTES], span[CLOCK_TEXT_BYTES];
    if (record->status > 0)
        buf_printf(out, ", HTTP %u", record->status);
    else
        buf_append_string(out, ", no answer");
    if (record->good_at_ms > 0)
        buf_printf(out, ", version %" PRIu64 " of %s (%s ago)", record->version,
                   clock_format(when, record->good_at_ms),
                   clock_format_span(span, now_ms - record->good_at_ms));
    buf_printf(out, "; a run asks again after %s", clock_format(when, record->expires_at_ms));
}

static void print_copy(const struct robots_copy *copy, int64_t now_ms, struct buf *out)
{
    static const char *const texts[] = { "the file", "the crawl's", "asked for just now" };
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text, texts[copy->source]);
    if (copy->source != ROBOTS_FROM_FILE)
        append_answer(&copy->record, now_ms, &text);
    testing_line(out, "copy", buf_bytes(&text));
    buf_clear(&text);
    if (copy->detail[0])
        testing_line(out, "detail", bytes_from_string(copy->detail));
}

static void print_verdict(const struct verdict *verdict, int64_t now_ms, struct buf *out)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    robots_ruling_print(&verdict->ruling, &text);
    testing_line(out, "url", url_bytes(verdict->ruling.url));
    testing_line(out, "robots", buf_bytes(&text));
    if (verdict->is_ignored)
        testing_line(out, "ignored", BYTES("the host's option robots says so"));
    testing_line(out, "agent", verdict->token);
    if (verdict->ruling.robots)
        testing_line(out, "group",
                     verdict->ruling.why.agent.length > 0 ? verdict->ruling.why.agent
                                                          : BYTES("none"));
    if (crawl_delay_ms(verdict) >= 0) {
        buf_reset(&text);
        units_print_span(crawl_delay_ms(verdict), &text);
        testing_line(out, "delay", buf_bytes(&text));
    }
    print_copy(verdict->ruling.copy, now_ms, out);
    buf_clear(&text);
}

/* ---- For programs */

static void json_copy(const struct robots_copy *copy, struct json *json)
{
    const struct origin_record *record = &copy->record;
    static const char *const words[] = { "file", "crawl", "origin" };
    json_text(json, "source", words[copy->source]);
    if (copy->source == ROBOTS_FROM_FILE)
        return;
    json_unsigned(json, "status", record->status);
    json_unsigned(json, "version", record->version);
    json_time(json, "received", record->good_at_ms);
    json_time(json, "checked", record->checked_at_ms);
    json_time(json, "expires", record->expires_at_ms);
    if (copy->detail[0])
        json_text(json, "detail", copy->detail);
}

static void json_verdict(const struct verdict *verdict, struct buf *out)
{
    const struct robots_decision *why = &verdict->ruling.why;
    struct json json;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    robots_ruling_print(&verdict->ruling, &text);
    json_init(&json, out);
    json_object_begin(&json, NULL);
    json_string(&json, "url", url_bytes(verdict->ruling.url));
    json_string(&json, "origin", url_origin(verdict->ruling.url));
    json_string(&json, "agent", verdict->token);
    json_bool(&json, "allowed", verdict->ruling.is_allowed);
    json_string(&json, "reason", buf_bytes(&text));
    json_bool(&json, "ignored", verdict->is_ignored);
    if (verdict->ruling.robots && why->agent.length > 0)
        json_string(&json, "group", why->agent);
    if (why->line > 0) {
        json_unsigned(&json, "line", why->line);
        json_text(&json, "rule", why->is_allowed ? "allow" : "disallow");
        json_string(&json, "path", why->pattern);
    }
    if (crawl_delay_ms(verdict) >= 0)
        json_integer(&json, "crawl_delay_ms", crawl_delay_ms(verdict));
    json_copy(verdict->ruling.copy, &json);
    json_object_end(&json);
    buf_append_char(out, '\n');
    buf_clear(&text);
}

/* ---- The command */

/* That of --agent, of whoever asks this host, or, where nobody is named yet, the program's. */
static struct bytes token_of(const struct asked *asked, const struct settings *settings)
{
    const char *agent = invocation_value(asked->in, "agent");
    if (agent)
        return robots_product_token(bytes_from_string(agent));
    struct bytes token = exchange_product_token(asked->config, settings);
    return token.length > 0 ? token : BYTES("Forage");
}

static enum status test_one(struct robots_copies *copies, size_t index)
{
    struct asked *asked = copies->asked;
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    const struct robots_copy *copy = NULL;
    enum status status =
        testing_read_url(asked->in, asked->config, asked->in->arguments[index], &url, storage);
    if (!status)
        status = robots_copies_find(copies, &url, &copy);
    if (status)
        return status;
    const struct settings *settings = config_host_settings(asked->config, url_host(&url));
    struct verdict verdict = {
        .token = token_of(asked, settings),
        .is_ignored = settings->robots == ROBOTS_IGNORE,
    };
    struct buf report;
    buf_init(&report, BUF_UNBOUNDED);
    robots_rule(&verdict.ruling, copy, &url, verdict.token, asked->now_ms);
    if (invocation_has(asked->in, "json"))
        json_verdict(&verdict, &report);
    else
        print_verdict(&verdict, asked->now_ms, &report);
    robots_ruling_clear(&verdict.ruling);
    status = testing_print(asked->in, index, &report);
    buf_clear(&report);
    return status;
}

static enum status check_agent(struct invocation *in)
{
    const char *agent = invocation_value(in, "agent");
    if (!agent || robots_product_token(bytes_from_string(agent)).length > 0)
        return STATUS_OK;
    return invocation_fail(in, STATUS_USAGE, "--agent %s: no name of a robot begins it", agent);
}

enum status test_robots(struct invocation *in)
{
    struct asked asked = { 0 };
    struct robots_copies copies = { .asked = &asked, .file = invocation_value(in, "file") };
    enum status status = check_agent(in);
    if (!status)
        status = asked_open(&asked, in);
    for (size_t i = 1; !status && i < in->argument_count; i++)
        status = test_one(&copies, i);
    robots_copies_clear(&copies);
    asked_clear(&asked);
    return status;
}
