/* SPDX-License-Identifier: MIT */
#include "crawler/engine/inquiry.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crawler/control/network_options.h"
#include "crawler/control/proxying.h"
#include "crawler/engine/caching.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/masked.h"
#include "crawler/fetch/poller.h"

enum { TRACE_BYTES_MOST = 1 << 20, COOKIES_BYTES_MOST = 32 << 20 };

/* A host that was asked, and when its last answer ended (monotonic). */
struct asked_host {
    char *name;
    int64_t end_ms;
};

struct inquiry {
    const struct config *config;
    struct address_rules *rules;
    struct poller *poller;
    struct resolver *resolver;
    struct transfers *transfers;
    struct proxying *proxying;
    struct sessions sessions;
    struct inquiry_trace *trace; /* NULL: nobody wants to know. */
    struct buf notes; /* Of the connection that is kept: it may be used when somebody does. */
    const struct text_list *accepted; /* Types of the page that is asked for; NULL: all. */
    struct asked_host *asked;         /* Few: those of some redirects. */
    size_t asked_count;
};

/* ---- What is written down */

void inquiry_trace_init(struct inquiry_trace *trace)
{
    *trace = (struct inquiry_trace){ .is_looked_up = false };
    buf_init(&trace->proxy, BUF_UNBOUNDED);
    buf_init(&trace->form, TRACE_BYTES_MOST);
    buf_init(&trace->sent, TRACE_BYTES_MOST);
    buf_init(&trace->received, TRACE_BYTES_MOST);
    buf_init(&trace->notes, TRACE_BYTES_MOST);
}

void inquiry_trace_clear(struct inquiry_trace *trace)
{
    buf_clear(&trace->proxy);
    buf_clear(&trace->form);
    buf_clear(&trace->sent);
    buf_clear(&trace->received);
    buf_clear(&trace->notes);
}

void inquiry_watch(struct inquiry *inquiry, struct inquiry_trace *trace)
{
    inquiry->trace = trace;
}

static void listen_to(void *owner, enum transfers_voice voice, struct bytes text)
{
    struct inquiry *inquiry = owner;
    struct inquiry_trace *trace = inquiry->trace;
    if (voice == VOICE_NOTE)
        buf_append_bytes(&inquiry->notes, text);
    else if (trace)
        buf_append_bytes(voice == VOICE_SENT ? &trace->sent : &trace->received, text);
}

static bool is_wanted(void *owner, uint16_t status, struct bytes headers)
{
    const struct inquiry *inquiry = owner;
    char essence[128];
    struct bytes charset;
    if (!inquiry->accepted || status < 200 || status > 299 || status == 206)
        return true;
    header_content_type(headers, essence, &charset);
    return type_is_accepted(inquiry->accepted, bytes_from_string(essence));
}

struct inquiry *inquiry_new(const struct config *config, char **error)
{
    const struct settings *settings = config_settings(config);
    const struct text_list *allowed = &settings->allow_address;
    *error = network_options_error(config);
    if (*error)
        return NULL;
    char *problem = NULL;
    struct address_rules *rules = address_rules_new(allowed->items, allowed->count, &problem);
    assert(rules); /* They were looked at. */
    struct inquiry *inquiry = xcalloc(1, sizeof(*inquiry));
    inquiry->config = config;
    buf_init(&inquiry->notes, TRACE_BYTES_MOST);
    inquiry->rules = rules;
    signal(SIGPIPE, SIG_IGN); /* A server may close while we write. */
    transfers_global_init();
    inquiry->poller = poller_new();
    struct resolver_options names = exchange_names(settings);
    inquiry->resolver = resolver_new(inquiry->poller, &names);
    inquiry->proxying = proxying_new();
    inquiry->sessions.jar = cookies_new(COOKIES_BYTES_MOST, 0);
    struct transfers_options transfers = { .rules = rules,
                                           .judge = is_wanted,
                                           .listener = listen_to,
                                           .connections_most = 1,
                                           .ca_file = settings->tls_ca_file[0]
                                                          ? settings->tls_ca_file
                                                          : NULL };
    inquiry->transfers = transfers_new(inquiry->poller, &transfers);
    return inquiry;
}

void inquiry_free(struct inquiry *inquiry)
{
    if (!inquiry)
        return;
    transfers_free(inquiry->transfers);
    resolver_free(inquiry->resolver);
    proxying_free(inquiry->proxying);
    sessions_clear(&inquiry->sessions);
    cookies_free(inquiry->sessions.jar);
    poller_free(inquiry->poller);
    address_rules_free(inquiry->rules);
    transfers_global_clear();
    for (size_t i = 0; i < inquiry->asked_count; i++)
        free(inquiry->asked[i].name);
    free(inquiry->asked);
    buf_clear(&inquiry->notes);
    free(inquiry);
}

/* ---- Waiting */

/* Waits until something happens, but no longer than most_ms (-1: for ever). */
static void take_turn(struct inquiry *inquiry, int64_t most_ms)
{
    struct bytes name;
    int64_t wait_ms = time_earlier(transfers_timeout_ms(inquiry->transfers),
                                   resolver_timeout_ms(inquiry->resolver));
    wait_ms = time_earlier(wait_ms, most_ms);
    poller_wait(inquiry->poller, wait_ms < 0 ? -1 : US_PER_MS * wait_ms);
    transfers_process_timeouts(inquiry->transfers);
    resolver_process_timeouts(inquiry->resolver);
    while (resolver_done(inquiry->resolver, &name))
        continue; /* Only one is ever asked for, and looked up again. */
}

static struct asked_host *find_asked(struct inquiry *inquiry, struct bytes host)
{
    for (size_t i = 0; i < inquiry->asked_count; i++)
        if (bytes_equal(bytes_from_string(inquiry->asked[i].name), host))
            return &inquiry->asked[i];
    return NULL;
}

static void note_asked(struct inquiry *inquiry, struct bytes host)
{
    struct asked_host *asked = find_asked(inquiry, host);
    if (!asked) {
        inquiry->asked = xreallocarray(inquiry->asked, inquiry->asked_count + 1, sizeof(*asked));
        asked = &inquiry->asked[inquiry->asked_count++];
        asked->name = xbytesdup(host);
    }
    asked->end_ms = clock_monotonic_ms();
}

/* The host was asked a moment ago, perhaps: by a redirect to itself. */
static void keep_distance(struct inquiry *inquiry, struct bytes host, int64_t delay_ms)
{
    const struct asked_host *asked = find_asked(inquiry, host);
    if (!asked)
        return;
    for (int64_t left_ms; (left_ms = asked->end_ms + delay_ms - clock_monotonic_ms()) > 0;)
        take_turn(inquiry, left_ms);
}

/* ---- An exchange */

/* Who asks here waits for the answer: it is never others' turn. */
static const struct proxied anything = { 0, 0 };

/* Where it goes. */
struct way {
    struct resolved resolved; /* Of the host; none with a proxy that looks up names. */
    struct proxies *proxies;  /* NULL: directly. */
    size_t proxy;
    struct resolved proxy_resolved;
    const char *why; /* Where there is no way. */
};

static bool look_up(struct inquiry *inquiry, struct bytes host, struct resolved *resolved)
{
    enum resolver_answer answer;
    while ((answer = resolver_lookup(inquiry->resolver, host, clock_wall_ms(), resolved)) ==
           RESOLVER_PENDING)
        take_turn(inquiry, -1);
    return answer == RESOLVER_FOUND;
}

/* OUTCOME_NONE where there is an address to connect to; else way->why says more. */
static enum outcome find_addresses(struct inquiry *inquiry, struct bytes host, struct way *way)
{
    int64_t begun_ms = clock_monotonic_ms();
    way->why = way->resolved.error;
    bool is_found = look_up(inquiry, host, &way->resolved);
    if (inquiry->trace) {
        inquiry->trace->is_looked_up = true;
        inquiry->trace->names = way->resolved;
        inquiry->trace->names_ms = clock_monotonic_ms() - begun_ms;
    }
    if (!is_found)
        return OUTCOME_FAILED_DNS;
    exchange_keep_allowed(&way->resolved, inquiry->rules, &way->why);
    return way->resolved.count > 0 ? OUTCOME_NONE : OUTCOME_REFUSED_ADDRESS;
}

static enum outcome find_way(struct inquiry *inquiry, const struct settings *settings,
                             const struct url *url, struct way *way)
{
    struct address literal;
    *way = (struct way){ .proxies = proxying_for(inquiry->proxying, settings, url) };
    if (!way->proxies)
        return find_addresses(inquiry, url_host(url), way);
    way->why = "all proxies rest";
    if (!proxies_next(way->proxies, &anything, clock_monotonic_ms(), &way->proxy))
        return OUTCOME_FAILED_PROXY;
    const struct proxy *proxy = proxies_at(way->proxies, way->proxy);
    way->why = way->proxy_resolved.error;
    if (!look_up(inquiry, bytes_from_string(proxy->host), &way->proxy_resolved))
        return OUTCOME_FAILED_PROXY;
    if (!proxy_resolves_names(proxy->kind))
        return find_addresses(inquiry, url_host(url), way);
    if (!address_parse_host(&literal, url_host(url)) ||
        address_is_allowed(inquiry->rules, &literal))
        return OUTCOME_NONE;
    way->why = address_range(&literal);
    return OUTCOME_REFUSED_ADDRESS;
}

/* Behind `noted` stand those of the last exchange; the connection is the one before, or a new one.
 */
static void keep_notes(struct inquiry *inquiry, size_t noted, bool is_reused)
{
    struct buf kept;
    buf_init(&kept, TRACE_BYTES_MOST);
    buf_append_bytes(&kept, bytes_slice(buf_bytes(&inquiry->notes), is_reused ? 0 : noted,
                                        is_reused ? noted : inquiry->notes.length));
    buf_clear(&inquiry->notes);
    inquiry->notes = kept;
    if (inquiry->trace)
        buf_append_bytes(&inquiry->trace->notes, buf_bytes(&kept));
}

/* What is asked for, and how. */
struct question {
    const struct url *url;
    const struct settings *settings; /* Of its host. */
    struct request_headers headers;
    struct transfer_login login;
    struct buf body; /* Of a POST. */
    struct transfer_limits limits;
};

static void question_init(struct question *question, const struct inquiry *inquiry,
                          const struct url *url, const struct conditions *conditions)
{
    *question = (struct question){
        .url = url,
        .settings = config_host_settings(inquiry->config, url_host(url)),
    };
    question->limits = exchange_limits(question->settings);
    request_headers_make(&question->headers, inquiry->config, question->settings, conditions);
    buf_init(&question->body, BUF_UNBOUNDED);
}

static void question_clear(struct question *question)
{
    request_headers_clear(&question->headers);
    if (question->body.length > 0)
        explicit_bzero(question->body.data, question->body.length);
    buf_clear(&question->body);
}

/* Before it goes out. */
static void note_question(struct inquiry_trace *trace, const struct question *question,
                          const struct proxy *proxy)
{
    if (!trace)
        return;
    trace->requested_ms = clock_wall_ms();
    masked_form(&trace->form, buf_bytes(&question->body));
    if (proxy)
        proxy_print(proxy, &trace->proxy);
}

static void exchange(struct inquiry *inquiry, const struct question *question,
                     const struct way *way, struct transfer_result *result)
{
    const struct url *url = question->url;
    struct transfer_tls tls = exchange_tls(question->settings);
    struct proxy_route through = {
        .proxy = way->proxies ? proxies_at(way->proxies, way->proxy) : NULL,
        .addresses = way->proxy_resolved.addresses,
        .address_count = way->proxy_resolved.count,
    };
    struct transfer_request request =
        exchange_request(url, question->settings, &way->resolved, buf_bytes(&question->body));
    request.headers = question->headers.lines;
    request.login = question->login.user ? &question->login : NULL;
    request.tls = &tls;
    request.proxy = way->proxies ? &through : NULL;
    request.limits = question->limits;
    note_question(inquiry->trace, question, through.proxy);
    if (way->proxies)
        proxies_take(way->proxies, way->proxy);
    size_t noted = inquiry->notes.length;
    transfers_start(inquiry->transfers, &request, inquiry);
    while (!transfers_next_done(inquiry->transfers, result))
        take_turn(inquiry, -1);
    if (way->proxies)
        proxies_note(way->proxies, way->proxy, result->proxy_fate, &anything, clock_monotonic_ms());
    note_asked(inquiry, url_host(url));
    keep_notes(inquiry, noted, result->is_reused);
    if (inquiry->trace)
        inquiry->trace->received_ms = clock_wall_ms();
}

/* False where there is no way, and no exchange: the outcome and result->detail say why. */
static bool ask(struct inquiry *inquiry, const struct question *question,
                struct transfer_result *result, enum outcome *outcome)
{
    struct way way;
    *result = (struct transfer_result){ 0 };
    *outcome = find_way(inquiry, question->settings, question->url, &way);
    if (*outcome != OUTCOME_NONE) {
        snprintf(result->detail, sizeof(result->detail), "%s", way.why);
        return false;
    }
    keep_distance(inquiry, url_host(question->url), question->settings->delay_ms);
    exchange(inquiry, question, &way, result);
    *outcome = exchange_outcome(result, false);
    return true;
}

enum outcome inquiry_get(struct inquiry *inquiry, const struct url *url,
                         const struct conditions *conditions, size_t body_most,
                         struct transfer_result *result)
{
    struct question question;
    enum outcome outcome;
    bool is_conditional = conditions->etag.length > 0 || conditions->last_modified.length > 0;
    question_init(&question, inquiry, url, conditions);
    if (body_most > 0)
        question.limits.body_bytes = body_most;
    if (ask(inquiry, &question, result, &outcome))
        outcome = exchange_outcome(result, is_conditional);
    question_clear(&question);
    return outcome;
}

/* ---- As somebody */

void inquiry_introduce(struct inquiry *inquiry, const struct logins *logins)
{
    sessions_renew(&inquiry->sessions, logins);
}

size_t inquiry_give_cookies(struct inquiry *inquiry, struct bytes record)
{
    size_t before = cookies_count(inquiry->sessions.jar);
    cookies_unpack(inquiry->sessions.jar, record, clock_wall_ms());
    return cookies_count(inquiry->sessions.jar) - before;
}

/* `host` has room for its name. */
static struct session_at session_at(const struct inquiry *inquiry, const struct url *url,
                                    char host[URL_BYTES_MAX + 1])
{
    struct bytes name = url_host(url);
    snprintf(host, URL_BYTES_MAX + 1, "%.*s", (int)name.length, name.data);
    return (struct session_at){ host, config_host_settings(inquiry->config, name), url,
                                clock_wall_ms() };
}

enum session_way inquiry_way(struct inquiry *inquiry, const struct url *url, const char **why)
{
    char host[URL_BYTES_MAX + 1];
    int64_t until_ms;
    struct session_at at = session_at(inquiry, url, host);
    return sessions_way(&inquiry->sessions, &at, why, &until_ms);
}

const char *inquiry_login_url(struct inquiry *inquiry, const struct url *url)
{
    char host[URL_BYTES_MAX + 1];
    session_at(inquiry, url, host);
    return sessions_login_url(&inquiry->sessions, host);
}

void inquiry_fail_login(struct inquiry *inquiry, const struct url *url, const char *why)
{
    char host[URL_BYTES_MAX + 1];
    struct session_at at = session_at(inquiry, url, host);
    sessions_fail_login(&inquiry->sessions, &at, why);
}

enum outcome inquiry_get_login(struct inquiry *inquiry, const struct url *url,
                               struct transfer_result *result)
{
    const struct conditions none = { .is_forced = false };
    char host[URL_BYTES_MAX + 1];
    struct session_at at = session_at(inquiry, url, host);
    struct session_mark mark = { 0 };
    struct question question;
    enum outcome outcome;
    question_init(&question, inquiry, url, &none);
    sessions_sign_login(&inquiry->sessions, &at, &mark, &question.headers, &question.login,
                        &question.body);
    if (ask(inquiry, &question, result, &outcome)) {
        sessions_end(&mark);
        sessions_take_login(&inquiry->sessions, &at, &mark, result);
    } else {
        sessions_end(&mark);
        sessions_fail_login(&inquiry->sessions, &at, result->detail);
    }
    question_clear(&question);
    return outcome;
}

/* The visit's result is there, and its outcome as far as it alone decides. */
static enum session_step take_page(struct inquiry *inquiry, const struct session_at *at,
                                   const struct session_mark *mark, struct visit *visit)
{
    enum cookies_change change;
    struct transfer_result *result = &visit->result;
    visit->outcome =
        caching_outcome(visit, result, exchange_outcome(result, visit->is_conditional));
    visit->status = result->status;
    visit->fetched_at_ms = clock_wall_ms();
    enum session_step step = sessions_take(&inquiry->sessions, at, mark, visit, result, &change);
    if (step == SESSION_REPEATS)
        return step;
    sessions_conclude(&inquiry->sessions, at, step, visit);
    if (exchange_has_content(visit->outcome) || visit->outcome == OUTCOME_NOT_MODIFIED)
        caching_take(visit, at->settings);
    return step;
}

struct page_answer inquiry_get_page(struct inquiry *inquiry, const struct url *url, bool is_forced,
                                    struct visit *visit)
{
    const struct conditions conditions = { .is_forced = is_forced };
    char host[URL_BYTES_MAX + 1];
    struct session_at at = session_at(inquiry, url, host);
    struct session_mark mark = { 0 };
    struct page_answer answer = { .step = SESSION_GOES_ON };
    struct question question;
    question_init(&question, inquiry, url, &conditions);
    sessions_sign(&inquiry->sessions, &at, visit->task->referer, &mark, &question.headers,
                  &question.login);
    visit->identity = mark.identity;
    answer.use = caching_ask(visit, &question.headers, at.now_ms);
    question.limits.body_bytes = caching_body_most(visit, at.settings);
    inquiry->accepted = exchange_may_be_sitemap(visit->task) ? NULL : &at.settings->accept_types;
    bool is_answered = ask(inquiry, &question, &visit->result, &visit->outcome);
    inquiry->accepted = NULL;
    sessions_end(&mark);
    if (is_answered)
        answer.step = take_page(inquiry, &at, &mark, visit);
    question_clear(&question);
    return answer;
}
