/* SPDX-License-Identifier: MIT
 *
 * test robots - may a URL be fetched, and which line of robots.txt says so? Its text comes from a
 * file, else from the crawl's copy, else from the origin.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/pack.h"
#include "config/values.h"
#include "crawler/cli/testing.h"
#include "crawler/cli/verb.h"
#include "crawler/engine/inquiry_robots.h"
#include "robots/policy.h"
#include "robots/robots.h"

enum { FILE_BYTES_MOST = 16 << 20 };

/* What is known of one origin; a file is every origin's. */
struct copy {
    struct copy *next;
    char *origin;
    enum source { SOURCE_FILE, SOURCE_CRAWL, SOURCE_ORIGIN } source;
    struct buf bytes;
    struct origin_record record; /* Its bytes are in `bytes`. */
    char detail[INQUIRY_DETAIL_BYTES];
};

struct robots_test {
    struct invocation *in;
    const struct config *config;
    const char *directory; /* NULL: no crawl. */
    struct verb verb;
    bool is_verb_open;
    struct inquiry *inquiry; /* NULL until somebody is asked. */
    struct copy *copies;
    int64_t now_ms;
};

/* ---- Coming by it */

static enum status read_file(struct invocation *in, const char *name, struct buf *text)
{
    bool is_input = strcmp(name, "-") == 0;
    int error = is_input ? file_read_stream(stdin, text) : file_read(name, text);
    if (error)
        return invocation_fail(in, status_from_errno(error), "%s: %s", name, strerror(error));
    return STATUS_OK;
}

/* A file is what any origin would have answered just now. */
static enum status copy_from_file(struct robots_test *test, struct copy *copy)
{
    struct buf text;
    /* What is behind the bound is behind that of robots.txt, too. */
    buf_init(&text, FILE_BYTES_MOST);
    enum status status = read_file(test->in, invocation_value(test->in, "file"), &text);
    struct robots_answer answer = { .status = 200, .body = buf_bytes(&text), .max_age_ms = -1 };
    struct origin_record record = { 0 };
    robots_record_answer(&record, &answer, test->now_ms);
    origin_encode(&record, &copy->bytes);
    copy->source = SOURCE_FILE;
    buf_clear(&text);
    return status;
}

/* Leaves the copy empty where the crawl has none. */
static enum status copy_from_crawl(struct robots_test *test, const struct url *url,
                                   struct copy *copy)
{
    enum status status = STATUS_OK;
    if (!test->is_verb_open)
        status = verb_open(&test->verb, test->in);
    test->is_verb_open = true;
    if (status)
        return status;
    pack_bytes(&test->verb.question, url_bytes(url));
    status = verb_ask(&test->verb, QUESTION_ORIGIN);
    if (!status)
        buf_append_bytes(&copy->bytes, buf_bytes(&test->verb.reply));
    copy->source = SOURCE_CRAWL;
    return status;
}

/* Before the first request leaves, somebody must answer for it. */
static enum status open_inquiry(struct robots_test *test)
{
    char *error = config_identity_error(test->config);
    enum status status = STATUS_OK;
    if (error) {
        status = invocation_fail(test->in, STATUS_CONFIG, "%s", error);
    } else if (!test->inquiry) {
        test->inquiry = inquiry_new(test->config, &error);
        if (!test->inquiry)
            status = invocation_fail(test->in, STATUS_CONFIG, "%s", error);
    }
    free(error);
    return status;
}

static enum status copy_from_origin(struct robots_test *test, const struct url *url,
                                    struct copy *copy)
{
    enum status status = open_inquiry(test);
    if (status)
        return status;
    inquiry_robots(test->inquiry, url, test->now_ms, &copy->bytes, copy->detail);
    copy->source = SOURCE_ORIGIN;
    return STATUS_OK;
}

static enum status fill_copy(struct robots_test *test, const struct url *url, struct copy *copy)
{
    enum status status = STATUS_OK;
    if (invocation_has(test->in, "file"))
        return copy_from_file(test, copy);
    if (test->directory)
        status = copy_from_crawl(test, url, copy);
    if (!status && copy->bytes.length == 0)
        status = copy_from_origin(test, url, copy);
    return status;
}

static enum status find_copy(struct robots_test *test, const struct url *url, struct copy **found)
{
    struct copy *copy = test->copies;
    bool is_file = invocation_has(test->in, "file");
    while (copy && !is_file && !bytes_equal(bytes_from_string(copy->origin), url_origin(url)))
        copy = copy->next;
    *found = copy;
    if (copy)
        return STATUS_OK;
    copy = xcalloc(1, sizeof(*copy));
    copy->origin = xbytesdup(url_origin(url));
    copy->next = test->copies;
    buf_init(&copy->bytes, BUF_UNBOUNDED);
    test->copies = *found = copy;
    enum status status = fill_copy(test, url, copy);
    if (!status && !origin_decode(&copy->record, buf_bytes(&copy->bytes)))
        status = invocation_fail(test->in, STATUS_DATA, "%s: the copy of robots.txt is damaged",
                                 copy->origin);
    return status;
}

/* ---- What it says */

struct verdict {
    const struct copy *copy;
    const struct url *url;
    struct bytes token;
    struct robots *robots; /* NULL where no rules count. */
    struct robots_decision why;
    bool is_allowed;
    bool is_ignored; /* The configuration does not ask. */
};

/* As a run would have it just after the last look; a copy that is older is looked for again first.
 */
static enum robots_verdict verdict_of(const struct origin_record *record, int64_t now_ms)
{
    int64_t last_ms = record->expires_at_ms - 1;
    return robots_verdict(record, now_ms < last_ms ? now_ms : last_ms);
}

static void judge(struct verdict *verdict, int64_t now_ms)
{
    const struct origin_record *record = &verdict->copy->record;
    enum robots_verdict says = verdict_of(record, now_ms);
    verdict->is_allowed = says == ROBOTS_VERDICT_ALLOW_ALL;
    if (says != ROBOTS_VERDICT_RULES)
        return;
    verdict->robots = robots_new(record->body, verdict->token);
    verdict->is_allowed =
        robots_allows(verdict->robots, url_path_query(verdict->url), &verdict->why);
}

/* -1: none. */
static int64_t crawl_delay_ms(const struct verdict *verdict)
{
    return verdict->robots ? robots_crawl_delay_ms(verdict->robots) : -1;
}

static void append_reason(const struct verdict *verdict, struct buf *out)
{
    const struct origin_record *record = &verdict->copy->record;
    const struct robots_decision *why = &verdict->why;
    buf_append_string(out, verdict->is_allowed ? "allowed" : "disallowed");
    if (!verdict->robots && verdict->is_allowed && record->unreachable_since_ms == 0)
        buf_printf(out, ": robots.txt answered %u, so everything is", record->status);
    else if (!verdict->robots && verdict->is_allowed)
        buf_append_string(out, ": robots.txt has had no answer for 30 days");
    else if (!verdict->robots)
        buf_append_string(out, ": robots.txt has no answer, so nothing is allowed");
    else if (bytes_equal(url_path_query(verdict->url), BYTES("/robots.txt")))
        buf_append_string(out, ": robots.txt itself always is");
    else if (why->line == 0)
        buf_append_string(out, ": no rule matches");
    else
        buf_printf(out, " by line %u: %s: %.*s", why->line, why->is_allowed ? "Allow" : "Disallow",
                   (int)why->pattern.length, why->pattern.data);
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

static void print_copy(const struct copy *copy, int64_t now_ms, struct buf *out)
{
    static const char *const texts[] = { "the file", "the crawl's", "asked for just now" };
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text, texts[copy->source]);
    if (copy->source != SOURCE_FILE)
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
    append_reason(verdict, &text);
    testing_line(out, "url", url_bytes(verdict->url));
    testing_line(out, "robots", buf_bytes(&text));
    if (verdict->is_ignored)
        testing_line(out, "ignored", BYTES("the host's option robots says so"));
    testing_line(out, "agent", verdict->token);
    if (verdict->robots)
        testing_line(out, "group",
                     verdict->why.agent.length > 0 ? verdict->why.agent : BYTES("none"));
    if (crawl_delay_ms(verdict) >= 0) {
        buf_reset(&text);
        value_print_span(crawl_delay_ms(verdict), &text);
        testing_line(out, "delay", buf_bytes(&text));
    }
    print_copy(verdict->copy, now_ms, out);
    buf_clear(&text);
}

/* ---- For programs */

static void json_copy(const struct copy *copy, struct json *json)
{
    const struct origin_record *record = &copy->record;
    static const char *const words[] = { "file", "crawl", "origin" };
    json_text(json, "source", words[copy->source]);
    if (copy->source == SOURCE_FILE)
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
    const struct robots_decision *why = &verdict->why;
    struct json json;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    append_reason(verdict, &text);
    json_init(&json, out);
    json_object_begin(&json, NULL);
    json_string(&json, "url", url_bytes(verdict->url));
    json_string(&json, "origin", url_origin(verdict->url));
    json_string(&json, "agent", verdict->token);
    json_bool(&json, "allowed", verdict->is_allowed);
    json_string(&json, "reason", buf_bytes(&text));
    json_bool(&json, "ignored", verdict->is_ignored);
    if (verdict->robots && why->agent.length > 0)
        json_string(&json, "group", why->agent);
    if (why->line > 0) {
        json_unsigned(&json, "line", why->line);
        json_text(&json, "rule", why->is_allowed ? "allow" : "disallow");
        json_string(&json, "path", why->pattern);
    }
    if (crawl_delay_ms(verdict) >= 0)
        json_integer(&json, "crawl_delay_ms", crawl_delay_ms(verdict));
    json_copy(verdict->copy, &json);
    json_object_end(&json);
    buf_append_char(out, '\n');
    buf_clear(&text);
}

/* ---- The command */

/* That of --agent, of whoever asks this host, or, where nobody is named yet, the program's. */
static struct bytes token_of(const struct robots_test *test, const struct settings *settings)
{
    const char *agent = invocation_value(test->in, "agent");
    if (agent)
        return robots_product_token(bytes_from_string(agent));
    struct bytes token = exchange_product_token(test->config, settings);
    return token.length > 0 ? token : BYTES("Forage");
}

static enum status test_one(struct robots_test *test, size_t index)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    struct copy *copy = NULL;
    enum status status =
        testing_read_url(test->in, test->config, test->in->arguments[index], &url, storage);
    if (!status)
        status = find_copy(test, &url, &copy);
    if (status)
        return status;
    const struct settings *settings = config_host_settings(test->config, url_host(&url));
    struct verdict verdict = {
        .copy = copy,
        .url = &url,
        .token = token_of(test, settings),
        .is_ignored = settings->robots == ROBOTS_IGNORE,
    };
    struct buf report;
    buf_init(&report, BUF_UNBOUNDED);
    judge(&verdict, test->now_ms);
    if (invocation_has(test->in, "json"))
        json_verdict(&verdict, &report);
    else
        print_verdict(&verdict, test->now_ms, &report);
    robots_free(verdict.robots);
    status = testing_print(test->in, index, &report);
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

static void clear(struct robots_test *test)
{
    while (test->copies) {
        struct copy *next = test->copies->next;
        buf_clear(&test->copies->bytes);
        free(test->copies->origin);
        free(test->copies);
        test->copies = next;
    }
    inquiry_free(test->inquiry);
    if (test->is_verb_open)
        verb_close(&test->verb);
}

enum status test_robots(struct invocation *in)
{
    struct config *config = NULL;
    struct robots_test test = { .in = in, .now_ms = clock_wall_ms() };
    enum status status = check_agent(in);
    if (!status)
        status = testing_load(in, &config, &test.directory);
    test.config = config;
    for (size_t i = 1; !status && i < in->argument_count; i++)
        status = test_one(&test, i);
    clear(&test);
    config_free(config);
    return status;
}
