/* SPDX-License-Identifier: MIT */
#include "crawler/cli/fetched.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pack.h"
#include "crawler/control/configured_scope.h"
#include "crawler/control/scope_report.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/validators.h"
#include "store/page.h"

void fetched_init(struct fetched *fetched)
{
    *fetched = (struct fetched){ .is_in_scope = false };
    buf_init(&fetched->scope, BUF_UNBOUNDED);
    buf_init(&fetched->stored.headers, BUF_UNBOUNDED);
    buf_init(&fetched->decoded, BUF_UNBOUNDED);
    inquiry_trace_init(&fetched->trace);
}

void fetched_clear(struct fetched *fetched)
{
    buf_clear(&fetched->scope);
    buf_clear(&fetched->stored.headers);
    buf_clear(&fetched->decoded);
    inquiry_trace_clear(&fetched->trace);
    robots_ruling_clear(&fetched->robots);
    transfer_result_clear(&fetched->result);
    if (fetched->has_facts)
        page_facts_clear(&fetched->facts);
}

/* ---- Before anybody is asked */

/* By the seeds that the crawl has. */
static enum status ask_crawl_for_scope(struct asked *asked, struct fetched *fetched)
{
    enum status status = asked_verb(asked);
    if (status)
        return status;
    pack_bytes(&asked->verb.question, url_bytes(&fetched->url));
    pack_number(&asked->verb.question, 0);
    pack_u8(&asked->verb.question, SCOPE_VERDICT);
    status = verb_ask(&asked->verb, QUESTION_SCOPE);
    if (status)
        return status;
    struct unpacker from = unpacker_of(buf_bytes(&asked->verb.reply));
    fetched->is_in_scope = unpack_u8(&from) != 0;
    buf_append_bytes(&fetched->scope, unpack_bytes(&from));
    return STATUS_OK;
}

/* Without a crawl the URL is as a seed. */
static enum status ask_rules_for_scope(struct asked *asked, struct fetched *fetched)
{
    struct scope_answer answer;
    struct bytes seed = url_bytes(&fetched->url);
    char *error = NULL;
    struct scope *scope = configured_scope(asked->config, &seed, 1, &error);
    if (!scope) {
        enum status status = invocation_fail(asked->in, STATUS_CONFIG, "%s", error);
        free(error);
        return status;
    }
    fetched->is_in_scope = scope_has(scope, &fetched->url, 0, &answer);
    scope_answer_print(&answer, &fetched->scope);
    buf_append_string(&fetched->scope, ", if it is a seed");
    scope_free(scope);
    return STATUS_OK;
}

static enum status ask_robots(struct fetching *fetching, struct fetched *fetched)
{
    struct asked *asked = fetching->asked;
    const struct settings *settings = config_host_settings(asked->config, url_host(&fetched->url));
    const struct robots_copy *copy = NULL;
    fetched->is_robots_ignored = settings->robots == ROBOTS_IGNORE;
    if (fetched->is_robots_ignored)
        return STATUS_OK;
    enum status status = robots_copies_find(&fetching->copies, &fetched->url, &copy);
    if (!status)
        robots_rule(&fetched->robots, copy, &fetched->url,
                    exchange_product_token(asked->config, settings), asked->now_ms);
    return status;
}

static void make_cache_entry(struct cache_entry *entry, struct bytes sent, uint16_t status,
                             struct bytes headers, int64_t requested_ms, int64_t received_ms)
{
    struct cache_exchange exchange = {
        .method = BYTES("GET"),
        .request = sent,
        .status = status,
        .response = headers,
        .requested_ms = requested_ms,
        .received_ms = received_ms,
    };
    cache_entry_make(entry, &exchange);
}

/* What the crawl has of the page decides what is asked for. */
static enum status ask_for_stored(struct asked *asked, struct fetched *fetched)
{
    struct stored_copy *stored = &fetched->stored;
    struct buf scratch;
    struct page page;
    enum status status = asked->directory ? asked_verb(asked) : STATUS_OK;
    if (status || !asked->directory)
        return status;
    pack_bytes(&asked->verb.question, url_bytes(&fetched->url));
    status = session_ask(asked->verb.session, QUESTION_CAT, buf_bytes(&asked->verb.question),
                         &asked->verb.reply);
    buf_reset(&asked->verb.question);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    buf_init(&scratch, BUF_UNBOUNDED);
    struct unpacker from = unpacker_of(buf_bytes(&asked->verb.reply));
    struct bytes record = unpack_bytes(&from);
    if (!status && !from.is_bad && page_decode(&page, record, &scratch)) {
        stored->is_there = true;
        stored->fetched_at_ms = page.fetched_at_ms;
        buf_append_bytes(&stored->headers, page.headers);
        make_cache_entry(&stored->cache, (struct bytes){ 0 }, page.status, page.headers,
                         page.fetched_at_ms, page.fetched_at_ms);
    }
    buf_clear(&scratch);
    return status ? invocation_fail(asked->in, status, "the crawl does not answer") : STATUS_OK;
}

/* ---- The exchange */

static void find_tls_facts(struct fetched *fetched)
{
    static const char *const prefixes[] = {
#define ROW(name, word, prefix) prefix,
        TLS_FACT_TABLE(ROW)
#undef ROW
    };
    struct bytes notes = buf_bytes(&fetched->trace.notes), line;
    while (bytes_split(&notes, '\n', &line))
        for (size_t i = 0; i < TLS_FACT_COUNT; i++) {
            struct bytes prefix = bytes_from_string(prefixes[i]);
            if (bytes_start_with(line, prefix) && fetched->tls[i].length == 0)
                fetched->tls[i] = bytes_trim(bytes_slice(line, prefix.length, line.length));
        }
}

static void exchange(struct fetching *fetching, struct fetched *fetched)
{
    struct validators stored = { .etag = { 0 } };
    struct inquiry *inquiry = fetching->asked->inquiry;
    if (fetched->stored.is_there)
        stored = validators_read(buf_bytes(&fetched->stored.headers));
    struct conditions conditions = {
        .etag = stored.etag,
        .last_modified = stored.last_modified,
        .is_forced = fetching->is_forced,
    };
    inquiry_watch(inquiry, &fetched->trace);
    fetched->outcome = inquiry_get_page(inquiry, &fetched->url, &conditions, &fetched->result);
    inquiry_watch(inquiry, NULL);
    find_tls_facts(fetched);
}

/* ---- What a run would make of it */

static void read_page(struct fetching *fetching, struct fetched *fetched)
{
    const struct config *config = fetching->asked->config;
    const struct settings *settings = config_host_settings(config, url_host(&fetched->url));
    struct bytes headers = buf_bytes(&fetched->result.headers);
    struct coding_limits limits = exchange_coding_limits(settings->max_body_bytes);
    fetched->decoding = coding_decode(header_get(headers, BYTES("content-encoding")),
                                      buf_bytes(&fetched->result.body), &fetched->decoded, &limits);
    if (fetched->decoding == CODING_BAD || fetched->decoding == CODING_UNKNOWN) {
        fetched->outcome = OUTCOME_FAILED_PROTOCOL;
        return;
    }
    struct page_input input = {
        .body = buf_bytes(&fetched->decoded),
        .headers = headers,
        .limits = exchange_page_limits(settings),
    };
    exchange_read_type(&input, fetched->declared);
    page_parse(fetching->parser, &input, &fetched->facts);
    fetched->has_facts = true;
    struct bytes token = exchange_product_token(config, settings);
    for (size_t i = 0; settings->robots == ROBOTS_OBEY && i < fetched->facts.meta_count; i++)
        directives_from_meta(&fetched->directives, fetched->facts.metas[i].name,
                             fetched->facts.metas[i].content, token);
    if (settings->robots == ROBOTS_OBEY)
        exchange_header_directives(&fetched->directives, headers, token);
    if (directives_forbid_index(&fetched->directives, fetching->asked->now_ms))
        fetched->outcome = OUTCOME_NOINDEX;
}

static void read_redirect(const struct fetching *fetching, struct fetched *fetched, unsigned hop)
{
    struct bytes location = header_get(buf_bytes(&fetched->result.headers), BYTES("location"));
    const struct config *config = fetching->asked->config;
    fetched->is_redirect = true;
    fetched->has_next = url_parse_link(&fetched->next, fetched->next_storage,
                                       config_settings(config)->max_url_bytes + 1, location,
                                       &fetched->url) == URL_ERROR_NONE;
    if (fetched->has_next)
        url_apply_rules(&fetched->next, fetched->next_storage, sizeof(fetched->next_storage),
                        config_url_rules(config, url_host(&fetched->next)));
    if (!fetched->has_next)
        fetched->end = BYTES("a redirect to what is no URL that is crawled");
    else if (bytes_equal(url_bytes(&fetched->next), url_bytes(&fetched->url)))
        fetched->end = BYTES("a redirect to itself");
    else if (hop >= fetching->hops_most)
        fetched->end = BYTES("too many redirects");
}

static void judge(struct fetching *fetching, struct fetched *fetched, unsigned hop)
{
    struct transfer_result *result = &fetched->result;
    struct bytes headers = buf_bytes(&result->headers);
    if (result->status == 0)
        return;
    cache_control_read(&fetched->control, headers);
    make_cache_entry(&fetched->cache, buf_bytes(&fetched->trace.sent), result->status, headers,
                     fetched->trace.requested_ms, fetched->trace.received_ms);
    if (fetched->outcome == OUTCOME_PAGE)
        read_page(fetching, fetched);
    else if (fetched->outcome == OUTCOME_REDIRECT)
        read_redirect(fetching, fetched, hop);
}

enum status fetched_get(struct fetching *fetching, struct fetched *fetched, unsigned hop)
{
    struct asked *asked = fetching->asked;
    enum status status = asked->directory ? ask_crawl_for_scope(asked, fetched)
                                          : ask_rules_for_scope(asked, fetched);
    if (status)
        return status;
    if (!fetched->is_in_scope && hop > 0) {
        fetched->outcome = OUTCOME_REFUSED_SCOPE;
        return STATUS_OK;
    }
    status = ask_robots(fetching, fetched);
    if (status)
        return status;
    if (!fetched->is_robots_ignored && !fetched->robots.is_allowed) {
        fetched->outcome =
            fetched->robots.robots ? OUTCOME_REFUSED_ROBOTS : OUTCOME_REFUSED_ROBOTS_UNREACHABLE;
        return STATUS_OK;
    }
    status = ask_for_stored(asked, fetched);
    if (!status)
        status = asked_inquiry(asked);
    if (status)
        return status;
    exchange(fetching, fetched);
    judge(fetching, fetched, hop);
    return STATUS_OK;
}
