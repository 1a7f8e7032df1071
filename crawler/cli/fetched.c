/* SPDX-License-Identifier: MIT */
#include "crawler/cli/fetched.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pack.h"
#include "base/site.h"
#include "crawler/control/configured_scope.h"
#include "crawler/control/scope_report.h"
#include "crawler/fetch/masked.h"

void fetched_init(struct fetched *fetched)
{
    *fetched = (struct fetched){ .kind = HOP_PAGE, .secret_field = "" };
    buf_init(&fetched->scope, BUF_UNBOUNDED);
    buf_init(&fetched->decoded, BUF_UNBOUNDED);
    inquiry_trace_init(&fetched->trace);
}

void fetched_clear(struct fetched *fetched)
{
    buf_clear(&fetched->scope);
    buf_clear(&fetched->decoded);
    inquiry_trace_clear(&fetched->trace);
    robots_ruling_clear(&fetched->robots);
    transfer_result_clear(&fetched->result);
    visit_free(fetched->visit);
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

/* False, with the outcome, where robots.txt says no. */
static bool passes_robots(struct fetched *fetched)
{
    if (fetched->is_robots_ignored || fetched->robots.is_allowed)
        return true;
    fetched->outcome =
        fetched->robots.robots ? OUTCOME_REFUSED_ROBOTS : OUTCOME_REFUSED_ROBOTS_UNREACHABLE;
    return false;
}

/* Who we are is known before the first of our requests. */
static enum status be_introduced(struct fetching *fetching)
{
    struct asked *asked = fetching->asked;
    char *error = NULL;
    enum status status = asked_inquiry(asked);
    if (status || fetching->logins)
        return status;
    fetching->logins = logins_new(asked->config, asked->directory, asked_environment, &error);
    if (!fetching->logins)
        status = invocation_fail(asked->in, STATUS_CONFIG, "%s", error);
    free(error);
    inquiry_introduce(asked->inquiry, fetching->logins);
    return status;
}

/* Once for each site: what the exchanges change of it counts from then on. */
static bool is_first_of_site(struct fetching *fetching, const struct url *url)
{
    struct bytes site = site_of_host(url_host(url));
    for (struct unpacker from = unpacker_of(buf_bytes(&fetching->sites)); from.left > 0;)
        if (bytes_equal(unpack_bytes(&from), site))
            return false;
    pack_bytes(&fetching->sites, site);
    return true;
}

/* The task that a run would have, by what the crawl knows of the URL; and its site's cookies. */
static void take_request(struct fetching *fetching, struct fetched *fetched, struct bytes reply)
{
    const struct settings *settings =
        config_host_settings(fetching->asked->config, url_host(&fetched->url));
    struct unpacker from = unpacker_of(reply);
    struct task like = { .url = url_bytes(&fetched->url), .found = FOUND_SEED };
    like.is_revisit = unpack_u8(&from) != 0;
    int64_t fetched_at_ms = unpack_signed(&from);
    like.fresh_until_ms = unpack_signed(&from);
    like.document = unpack_number(&from);
    like.etag = unpack_bytes(&from);
    like.last_modified = unpack_bytes(&from);
    like.cached = unpack_bytes(&from);
    struct bytes cookies = unpack_bytes(&from);
    fetched->stored_at_ms = like.document > 0 ? fetched_at_ms : 0;
    fetched->visit = visit_new(task_new(&like), 0);
    if (settings->cookies == COOKIES_KEEP && is_first_of_site(fetching, &fetched->url))
        fetched->cookies = inquiry_give_cookies(fetching->asked->inquiry, cookies);
}

static enum status ask_for_request(struct fetching *fetching, struct fetched *fetched)
{
    static const char nothing[] = { 0, 0, 0, 0, 0, 0, 0, 0 };
    struct asked *asked = fetching->asked;
    enum status status = asked->directory ? asked_verb(asked) : STATUS_OK;
    if (status)
        return status;
    if (!asked->directory) {
        take_request(fetching, fetched, bytes_of(nothing, sizeof(nothing)));
        return STATUS_OK;
    }
    pack_bytes(&asked->verb.question, url_bytes(&fetched->url));
    status = verb_ask(&asked->verb, QUESTION_REQUEST);
    if (!status)
        take_request(fetching, fetched, buf_bytes(&asked->verb.reply));
    return status;
}

enum status fetched_prepare(struct fetching *fetching, struct fetched *fetched, bool *may_ask)
{
    struct asked *asked = fetching->asked;
    *may_ask = false;
    enum status status = asked->directory ? ask_crawl_for_scope(asked, fetched)
                                          : ask_rules_for_scope(asked, fetched);
    if (status)
        return status;
    if (!fetched->is_in_scope && fetched->redirects > 0) {
        fetched->outcome = OUTCOME_REFUSED_SCOPE;
        return STATUS_OK;
    }
    status = ask_robots(fetching, fetched);
    if (status || !passes_robots(fetched))
        return status;
    status = be_introduced(fetching);
    if (!status)
        status = ask_for_request(fetching, fetched);
    *may_ask = !status;
    return status;
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

static void begin_exchange(struct fetching *fetching, struct fetched *fetched)
{
    fetched->secret_field =
        config_host_settings(fetching->asked->config, url_host(&fetched->url))->login_token_header;
    inquiry_watch(fetching->asked->inquiry, &fetched->trace);
}

static void end_exchange(struct fetching *fetching, struct fetched *fetched)
{
    inquiry_watch(fetching->asked->inquiry, NULL);
    find_tls_facts(fetched);
}

static void ask_page(struct fetching *fetching, struct fetched *fetched)
{
    struct visit *visit = fetched->visit;
    begin_exchange(fetching, fetched);
    struct page_answer answer =
        inquiry_get_page(fetching->asked->inquiry, &fetched->url, fetching->is_forced, visit);
    end_exchange(fetching, fetched);
    fetched->use = answer.use;
    fetched->step = answer.step;
    fetched->outcome = visit->outcome;
    fetched->result = visit->result;
    visit->result = (struct transfer_result){ 0 };
    fetched->has_cached =
        cached_unpack(&fetched->cached, visit->caching.cached, visit->caching.fresh_until_ms);
}

static void set_detail(struct fetched *fetched, const char *text)
{
    snprintf(fetched->result.detail, sizeof(fetched->result.detail), "%s", text);
}

enum status fetched_login(struct fetching *fetching, struct fetched *fetched,
                          const struct url *page)
{
    struct inquiry *inquiry = fetching->asked->inquiry;
    snprintf(fetched->storage, sizeof(fetched->storage), "%s", inquiry_login_url(inquiry, page));
    if (!url_split(&fetched->url, bytes_from_string(fetched->storage)))
        return STATUS_OK; /* It was checked when the configuration was read. */
    enum status status = ask_robots(fetching, fetched);
    if (status)
        return status;
    if (!passes_robots(fetched)) {
        inquiry_fail_login(inquiry, &fetched->url, outcome_word(fetched->outcome));
        return STATUS_OK;
    }
    begin_exchange(fetching, fetched);
    fetched->outcome = inquiry_get_login(inquiry, &fetched->url, &fetched->result);
    end_exchange(fetching, fetched);
    return STATUS_OK;
}

/* ---- What a run would make of it */

static void read_directives(const struct fetching *fetching, struct fetched *fetched,
                            const struct settings *settings)
{
    struct bytes token = exchange_product_token(fetching->asked->config, settings);
    if (settings->robots != ROBOTS_OBEY)
        return;
    for (size_t i = 0; i < fetched->facts.meta_count; i++)
        directives_from_meta(&fetched->directives, fetched->facts.metas[i].name,
                             fetched->facts.metas[i].content, token);
    exchange_header_directives(&fetched->directives, buf_bytes(&fetched->result.headers), token);
}

static void read_page(struct fetching *fetching, struct fetched *fetched)
{
    const struct settings *settings =
        config_host_settings(fetching->asked->config, url_host(&fetched->url));
    struct bytes headers = buf_bytes(&fetched->result.headers);
    struct coding_limits limits =
        exchange_coding_limits(exchange_body_most(settings, fetched->visit->task));
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
    read_directives(fetching, fetched, settings);
    if (directives_forbid_index(&fetched->directives, fetching->asked->now_ms))
        fetched->outcome = OUTCOME_NOINDEX;
}

/* Where it leads, as a run would call it. */
static void lead_on(const struct fetching *fetching, struct fetched *fetched, enum hop_road road,
                    struct bytes text)
{
    const struct config *config = fetching->asked->config;
    fetched->road = road;
    fetched->has_next = url_parse_link(&fetched->next, fetched->next_storage,
                                       config_settings(config)->max_url_bytes + 1, text,
                                       &fetched->url) == URL_ERROR_NONE;
    if (fetched->has_next)
        url_apply_rules(&fetched->next, fetched->next_storage, sizeof(fetched->next_storage),
                        config_url_rules(config, url_host(&fetched->next)));
    if (!fetched->has_next)
        fetched->end = BYTES("a redirect to what is no URL that is crawled");
    else if (bytes_equal(url_bytes(&fetched->next), url_bytes(&fetched->url)))
        fetched->end = BYTES("a redirect to itself");
    else if (fetched->redirects >=
             config_host_settings(config, url_host(&fetched->url))->max_redirects)
        fetched->end = BYTES("as many redirects as max_redirects allows");
}

/* The header sends a browser on as a redirect does; the page that it came with is one all the
 * same. */
static void read_refresh(const struct fetching *fetching, struct fetched *fetched)
{
    const struct page_facts *facts = &fetched->facts;
    for (size_t i = 0; i < facts->link_count; i++) {
        const struct raw_link *link = &facts->links[i];
        if (link->kind != LINK_REFRESH || !link->is_from_header || link->is_nofollow ||
            fetched->directives.nofollow)
            continue;
        lead_on(fetching, fetched, ROAD_REFRESH, link->text);
        return;
    }
}

static void judge(struct fetching *fetching, struct fetched *fetched)
{
    struct bytes headers = buf_bytes(&fetched->result.headers);
    if (fetched->outcome == OUTCOME_REDIRECT)
        lead_on(fetching, fetched, ROAD_REDIRECT, header_get(headers, BYTES("location")));
    if (!exchange_has_content(fetched->outcome))
        return;
    read_page(fetching, fetched);
    if (fetched->has_facts)
        read_refresh(fetching, fetched);
}

enum status fetched_get(struct fetching *fetching, struct fetched *fetched)
{
    const char *why = "";
    enum session_way way = inquiry_way(fetching->asked->inquiry, &fetched->url, &why);
    fetched->is_waiting = way == SESSION_LOGIN_DUE;
    if (fetched->is_waiting)
        return STATUS_OK;
    if (way == SESSION_IS_SHUT) {
        fetched->outcome = OUTCOME_REFUSED_LOGIN;
        set_detail(fetched, why);
        return STATUS_OK;
    }
    ask_page(fetching, fetched);
    if (fetched->step == SESSION_REPEATS)
        return STATUS_OK;
    if (fetched->visit->reason.length > 0) {
        char text[sizeof(fetched->result.detail)];
        snprintf(text, sizeof(text), "%.*s", (int)fetched->visit->reason.length,
                 fetched->visit->reason.data);
        set_detail(fetched, text);
    }
    judge(fetching, fetched);
    return STATUS_OK;
}

/* ---- Heads */

void fetched_line(const struct fetched *fetched, const struct header_field *field, struct buf *out)
{
    if (!field->is_usable) {
        buf_append_bytes(out, bytes_trim(field->line));
        return;
    }
    buf_printf(out, "%.*s: ", (int)field->name.length, field->name.data);
    if (bytes_equal_nocase(field->name, bytes_from_string(fetched->secret_field)))
        buf_append_string(out, "***");
    else
        masked_value(out, field->name, field->value);
}
