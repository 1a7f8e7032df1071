/* SPDX-License-Identifier: MIT */
#include "crawler/engine/fetcher.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "crawler/engine/crawl.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/hosts.h"
#include "crawler/engine/messages.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/poller.h"
#include "crawler/fetch/resolver.h"
#include "store/coding.h"

enum {
    WINDOW_MOST = 128,        /* Tasks asked for at a time. */
    WINDOW_LOW = 64,          /* Asked for again below this. */
    HOLD_MOST_MS = 60 * 1000, /* A host that must rest for longer goes back to the store. */
    DRAIN_MS = 9 * 1000,      /* After a signal what is in flight has so long to finish. */
};

/* One transfer: a page, or a host's robots.txt (gate). */
struct fetch {
    struct host *host; /* Stays while one of its lanes is busy. */
    struct gate *gate;
    struct visit *visit;
};

struct fetcher {
    struct crawl *crawl;
    pthread_t thread;
    struct channel inbox;
    struct poller *poller;
    struct resolver *resolver;
    struct transfers *transfers;
    size_t transfers_most;
    struct scheduler *scheduler;
    struct hosts hosts;
    struct host *waiting; /* For names. */
    int64_t hold_most_ms;
    int64_t drain_until_ms; /* 0: not draining. */
};

/* ---- Hosts that come and go */

static void send_leave(struct fetcher *fetcher, struct host *host, int64_t rest_until_ms,
                       bool is_over_budget)
{
    struct leave *leave = xcalloc(1, sizeof(*leave));
    leave->message.kind = TO_WRITER_LEAVE;
    leave->host = host->id;
    leave->tasks = host_take_tasks(host);
    leave->pace = *scheduler_pace(host->turn);
    if (rest_until_ms > leave->pace.rest_until_ms)
        leave->pace.rest_until_ms = rest_until_ms;
    leave->is_over_budget = is_over_budget;
    host->is_leaving = true;
    channel_push(&fetcher->crawl->to_writer, &leave->message);
}

/* A host that must rest for long does not stay in memory. */
static void leave_if_held(struct fetcher *fetcher, struct host *host, int64_t now_ms)
{
    int64_t ready_ms = scheduler_ready_at_ms(host->turn);
    if (host->is_leaving || scheduler_busy(host->turn) > 0 || ready_ms == INT64_MAX ||
        ready_ms <= now_ms + fetcher->hold_most_ms)
        return;
    send_leave(fetcher, host, ready_ms, false);
}

static void forget_host(struct fetcher *fetcher, struct host *host)
{
    host->is_forgotten = true;
    if (scheduler_busy(host->turn) > 0)
        return;
    assert(!host->first);
    if (host->waiting_name) {
        struct host **place = &fetcher->waiting;
        while (*place != host)
            place = &(*place)->next_waiting;
        *place = host->next_waiting;
    }
    scheduler_remove(fetcher->scheduler, host->turn);
    hosts_remove(&fetcher->hosts, host);
}

static struct host *wake_host(struct fetcher *fetcher, const struct work *work)
{
    struct crawl *crawl = fetcher->crawl;
    struct host *host = hosts_add(&fetcher->hosts, work->host, bytes_from_string(work->name));
    host->settings = config_host_settings(crawl->config, bytes_from_string(host->name));
    host->pages = work->pages;
    struct pace_policy policy = exchange_policy(host->settings);
    /* After a crash the last contacts are not known: keep away for one delay from the start. */
    int64_t not_before_ms =
        crawl->is_after_crash ? crawl->started_ms + pace_delay_ms(&work->pace, &policy) : 0;
    host->turn = scheduler_add(fetcher->scheduler, &work->pace, &policy, crawl_now_ms(crawl),
                               not_before_ms, host);
    return host;
}

static void restore_gates(struct fetcher *fetcher, struct host *host, struct bytes packed)
{
    struct unpacker from = unpacker_of(packed);
    while (from.left > 0) {
        struct url url;
        struct bytes origin = unpack_bytes(&from);
        struct bytes record = unpack_bytes(&from);
        char storage[URL_BYTES_MAX + 1];
        if (from.is_bad ||
            url_parse(&url, storage, sizeof(storage), origin, NULL) != URL_ERROR_NONE)
            return;
        struct gate *gate = gate_for(&host->gates, &url);
        if (gate->record.checked_at_ms == 0 && !gate->is_fetching)
            gate_restore(gate, record, fetcher->crawl->product_token);
        int64_t delay_ms = gate->robots ? robots_crawl_delay_ms(gate->robots) : -1;
        if (delay_ms >= 0)
            scheduler_crawl_delay(fetcher->scheduler, host->turn, delay_ms);
    }
}

static void take_work(struct fetcher *fetcher, struct work *work)
{
    struct host *host = hosts_find(&fetcher->hosts, work->host);
    if (!host)
        host = wake_host(fetcher, work);
    restore_gates(fetcher, host, buf_bytes(&work->origins));
    host->is_hungry = false;
    host->is_leaving = false;
    host->is_forgotten = false;
    host_push_tasks(host, work->tasks);
    if (!host->waiting_name)
        scheduler_wake(fetcher->scheduler, host->turn);
    buf_clear(&work->origins);
    free(work->name);
    free(work);
}

static void take_messages(struct fetcher *fetcher)
{
    struct message *message = channel_take_all(&fetcher->inbox, 0);
    while (message) {
        struct message *next = message->next;
        if (message->kind == TO_FETCHER_WORK) {
            take_work(fetcher, (struct work *)message);
        } else {
            struct forget *forget = (struct forget *)message;
            struct host *host = hosts_find(&fetcher->hosts, forget->host);
            if (host)
                forget_host(fetcher, host);
            free(forget);
        }
        message = next;
    }
}

static void ask_for_work(struct fetcher *fetcher, struct host *host)
{
    if (host->is_hungry || host->is_leaving || host->count >= WINDOW_LOW)
        return;
    struct want *want = xcalloc(1, sizeof(*want));
    want->message.kind = TO_WRITER_WANT;
    want->host = host->id;
    want->most = WINDOW_MOST - host->count;
    host->is_hungry = true;
    channel_push(&fetcher->crawl->to_writer, &want->message);
}

/* ---- From task to transfer */

/* The task ends without a contact: its visit goes straight to the writer. */
static void conclude(struct fetcher *fetcher, struct host *host, struct task *task,
                     enum outcome outcome, struct bytes reason, int64_t due_least_ms)
{
    struct visit *visit = visit_new(task, host->id);
    visit->message.kind = TO_WRITER_VISIT;
    visit->outcome = outcome;
    visit->fetched_at_ms = crawl_now_ms(fetcher->crawl);
    visit->due_least_ms = due_least_ms;
    visit->reason = arena_copy(&visit->arena, reason);
    visit->pace = *scheduler_pace(host->turn);
    channel_push(&fetcher->crawl->to_writer, &visit->message);
}

static bool judge(void *owner, uint16_t status, struct bytes headers)
{
    struct fetch *fetch = owner;
    char essence[128];
    struct bytes charset;
    if (fetch->gate || status < 200 || status > 299)
        return true;
    header_content_type(headers, essence, &charset);
    return type_is_accepted(&fetch->host->settings->accept_types, bytes_from_string(essence));
}

/* The host may be asked now, and nothing speaks against it. */
static void launch(struct fetcher *fetcher, struct fetch *fetch, const struct url *url,
                   const struct resolved *resolved)
{
    const struct settings *settings = fetch->host->settings;
    struct visit *visit = fetch->visit;
    struct conditions conditions = { .is_forced = fetcher->crawl->is_forced };
    if (fetch->gate) {
        conditions.etag = fetch->gate->redirect ? (struct bytes){ 0 } : fetch->gate->record.etag;
        conditions.last_modified =
            fetch->gate->redirect ? (struct bytes){ 0 } : fetch->gate->record.last_modified;
    } else {
        conditions.etag = visit->task->etag;
        conditions.last_modified = visit->task->last_modified;
    }
    visit->is_conditional = conditions.etag.length > 0 || conditions.last_modified.length > 0;
    struct request_headers headers;
    request_headers_make(&headers, fetcher->crawl->config, settings, &conditions);
    struct transfer_request request = {
        .url = url->href,
        .host = url_host(url),
        .port = url->port,
        .addresses = resolved->addresses,
        .address_count = resolved->count,
        .headers = headers.lines,
        .limits = exchange_limits(settings),
    };
    if (fetch->gate)
        request.limits.body_bytes = 2 * ROBOTS_BYTES_MAX;
    transfers_start(fetcher->transfers, &request, fetch);
    request_headers_clear(&headers);
}

/* Keeps the addresses that the guard lets through; says why not where none is left. */
static void keep_allowed(const struct crawl *crawl, struct resolved *resolved, const char **why)
{
    size_t kept = 0;
    for (size_t i = 0; i < resolved->count; i++) {
        if (address_is_allowed(crawl->address_rules, &resolved->addresses[i]))
            resolved->addresses[kept++] = resolved->addresses[i];
        else
            *why = address_range(&resolved->addresses[i]);
    }
    resolved->count = kept;
}

enum answer_of_name { NAME_READY, NAME_PENDING, NAME_LATER, NAME_FAILED, NAME_FORBIDDEN };

/* An address to connect to, and our turn at it. NAME_LATER: at *later_ms. */
static enum answer_of_name find_address(struct fetcher *fetcher, struct host *host,
                                        const struct url *url, struct resolved *resolved,
                                        int64_t *later_ms, const char **why)
{
    struct crawl *crawl = fetcher->crawl;
    int64_t now_ms = crawl_now_ms(crawl);
    switch (resolver_lookup(fetcher->resolver, url_host(url), now_ms, resolved)) {
    case RESOLVER_PENDING:
        if (!host->waiting_name) {
            host->waiting_name = xbytesdup(url_host(url));
            host->next_waiting = fetcher->waiting;
            fetcher->waiting = host;
        }
        return NAME_PENDING;
    case RESOLVER_FAILED:
        *why = resolved->error;
        return NAME_FAILED;
    case RESOLVER_FOUND:
        break;
    }
    keep_allowed(crawl, resolved, why);
    if (resolved->count == 0)
        return NAME_FORBIDDEN;
    /* Nobody who set a smaller delay for a host of theirs wants the address to hold it up. */
    int64_t ip_delay_ms = crawl->settings->ip_delay_ms;
    if (host->settings->delay_ms < ip_delay_ms)
        ip_delay_ms = host->settings->delay_ms;
    *later_ms = ip_delay_ms > 0 ? address_reserve(crawl->addresses, resolved->addresses[0].ip,
                                                  ip_delay_ms, now_ms)
                                : 0;
    return *later_ms > 0 ? NAME_LATER : NAME_READY;
}

/* The answer to a robots.txt that got none. */
static void fail_gate(struct fetcher *fetcher, struct gate *gate, enum outcome trouble)
{
    struct robots_answer none = { .max_age_ms = -1 };
    gate_answer(gate, &none, trouble, fetcher->crawl->product_token, crawl_now_ms(fetcher->crawl));
}

static void send_gate(struct fetcher *fetcher, struct host *host, struct gate *gate,
                      struct visit *visit)
{
    visit->message.kind = TO_WRITER_VISIT;
    visit->origin = arena_copy(&visit->arena, bytes_from_string(gate->origin));
    buf_append_bytes(&visit->origin_record, buf_bytes(&gate->kept));
    visit->pace = *scheduler_pace(host->turn);
    channel_push(&fetcher->crawl->to_writer, &visit->message);
}

static void finish_without_contact(struct fetcher *fetcher, struct host *host, enum outcome outcome)
{
    struct contact_end end = {
        .contact = CONTACT_NONE,
        .now_ms = crawl_now_ms(fetcher->crawl),
        .retry_after_ms = -1,
        .reason = (uint8_t)outcome,
    };
    scheduler_finish(fetcher->scheduler, host->turn, &end);
    leave_if_held(fetcher, host, end.now_ms);
}

/* Asks for robots.txt in this lane. True where the credit was used. */
static bool ask_gate(struct fetcher *fetcher, struct host *host, struct gate *gate)
{
    struct buf text;
    struct url url;
    struct resolved resolved;
    int64_t later_ms = 0;
    const char *why = "";
    bool is_used = false;
    buf_init(&text, BUF_UNBOUNDED);
    gate_url(gate, &text);
    bool is_url = url_split(&url, buf_bytes(&text));
    assert(is_url);
    (void)is_url;
    switch (find_address(fetcher, host, &url, &resolved, &later_ms, &why)) {
    case NAME_PENDING:
        scheduler_park(fetcher->scheduler, host->turn);
        break;
    case NAME_LATER:
        scheduler_return(fetcher->scheduler, host->turn, later_ms);
        break;
    case NAME_FAILED:
        fail_gate(fetcher, gate, OUTCOME_FAILED_DNS);
        finish_without_contact(fetcher, host, OUTCOME_FAILED_DNS);
        break;
    case NAME_FORBIDDEN:
        fail_gate(fetcher, gate, OUTCOME_REFUSED_ADDRESS);
        scheduler_return(fetcher->scheduler, host->turn, 0);
        break;
    case NAME_READY: {
        struct fetch *fetch = xcalloc(1, sizeof(*fetch));
        *fetch = (struct fetch){ host, gate, visit_new(NULL, host->id) };
        gate->is_fetching = true;
        launch(fetcher, fetch, &url, &resolved);
        is_used = true;
    }
    }
    buf_clear(&text);
    return is_used;
}

/* Sends a page's request, or says what stops it. True where the credit was used. */
static bool ask_page(struct fetcher *fetcher, struct host *host, struct task *task,
                     const struct url *url)
{
    struct resolved resolved;
    int64_t later_ms = 0;
    const char *why = "";
    switch (find_address(fetcher, host, url, &resolved, &later_ms, &why)) {
    case NAME_PENDING:
        host_return_task(host, task);
        scheduler_park(fetcher->scheduler, host->turn);
        return false;
    case NAME_LATER:
        host_return_task(host, task);
        scheduler_return(fetcher->scheduler, host->turn, later_ms);
        return false;
    case NAME_FAILED:
        finish_without_contact(fetcher, host, OUTCOME_FAILED_DNS);
        conclude(fetcher, host, task, OUTCOME_FAILED_DNS, bytes_from_string(why), 0);
        return true;
    case NAME_FORBIDDEN:
        conclude(fetcher, host, task, OUTCOME_REFUSED_ADDRESS, bytes_from_string(why), 0);
        scheduler_return(fetcher->scheduler, host->turn, 0);
        return true;
    case NAME_READY:
        break;
    }
    struct fetch *fetch = xcalloc(1, sizeof(*fetch));
    *fetch = (struct fetch){ host, NULL, visit_new(task, host->id) };
    host->pages += task->document == 0;
    launch(fetcher, fetch, url, &resolved);
    return true;
}

static bool is_only_origin(const struct host *host)
{
    return host->gates && !host->gates->next;
}

/* The origin's robots.txt has no answer: nothing is allowed until it is asked again (RFC
 * 9309, 2.3.1.4). The first task says so in its record; the others wait in the store. */
static bool refuse_shut(struct fetcher *fetcher, struct host *host, const struct gate *gate,
                        struct task *task)
{
    enum outcome outcome =
        gate->trouble != OUTCOME_NONE ? gate->trouble : OUTCOME_REFUSED_ROBOTS_UNREACHABLE;
    int64_t expires_ms = gate->record.expires_at_ms;
    conclude(fetcher, host, task, outcome, BYTES("robots.txt has no answer"), expires_ms);
    scheduler_return(fetcher->scheduler, host->turn, 0);
    if (host->first && is_only_origin(host) && scheduler_busy(host->turn) == 0 && !host->is_leaving)
        send_leave(fetcher, host, expires_ms, false);
    return true;
}

static bool refuse_by_rule(struct fetcher *fetcher, struct host *host, struct task *task,
                           const struct robots_decision *why)
{
    char text[160];
    snprintf(text, sizeof(text), "robots.txt line %u: %.*s", why->line,
             (int)(why->pattern.length < 100 ? why->pattern.length : 100), why->pattern.data);
    conclude(fetcher, host, task, OUTCOME_REFUSED_ROBOTS, bytes_from_string(text), 0);
    scheduler_return(fetcher->scheduler, host->turn, 0);
    return true;
}

/* robots.txt stands between. True where the credit was used. */
static bool pass_gate(struct fetcher *fetcher, struct host *host, struct task *task,
                      const struct url *url)
{
    struct gate *gate = gate_for(&host->gates, url);
    struct robots_decision why;
    if (gate->is_fetching) {
        host_return_task(host, task);
        scheduler_park(fetcher->scheduler, host->turn);
        return false;
    }
    switch (gate_verdict(gate, crawl_now_ms(fetcher->crawl))) {
    case ROBOTS_VERDICT_ASK:
        host_return_task(host, task);
        return ask_gate(fetcher, host, gate);
    case ROBOTS_VERDICT_DISALLOW_ALL:
        return refuse_shut(fetcher, host, gate, task);
    case ROBOTS_VERDICT_RULES:
        if (gate->robots && !robots_allows(gate->robots, url_path_query(url), &why))
            return refuse_by_rule(fetcher, host, task, &why);
        break;
    case ROBOTS_VERDICT_ALLOW_ALL:
        break;
    }
    return ask_page(fetcher, host, task, url);
}

static bool is_in_scope(struct crawl *crawl, const struct task *task, const struct url *url,
                        struct scope_answer *answer)
{
    struct scope_version *version = shared_scope_hold(&crawl->scope);
    bool is_in = scope_has(scope_version_scope(version), url, task->depth, answer);
    shared_scope_let_go(&crawl->scope, version);
    return is_in;
}

static bool is_over_budget(const struct fetcher *fetcher, const struct host *host,
                           const struct task *task)
{
    uint64_t most = host->settings->max_pages;
    return host->settings != fetcher->crawl->settings && most > 0 && task->document == 0 &&
           host->pages >= most;
}

/* One lane of the host has its turn. True where the credit was used. */
static bool serve(struct fetcher *fetcher, struct host *host)
{
    struct url url;
    struct scope_answer scope;
    int64_t now_ms = crawl_now_ms(fetcher->crawl);
    struct task *task = host->is_leaving || host->waiting_name ? NULL : host_pop_task(host);
    if (!task) {
        scheduler_park(fetcher->scheduler, host->turn);
        return false;
    }
    ask_for_work(fetcher, host);
    if (is_over_budget(fetcher, host, task)) {
        host_return_task(host, task);
        scheduler_park(fetcher->scheduler, host->turn);
        send_leave(fetcher, host, 0, true);
        return false;
    }
    if (!url_split(&url, task->url) || !is_in_scope(fetcher->crawl, task, &url, &scope)) {
        conclude(fetcher, host, task, OUTCOME_REFUSED_SCOPE,
                 bytes_from_string(scope_reason_text(scope.reason)), 0);
        scheduler_return(fetcher->scheduler, host->turn, 0);
        return true;
    }
    if (task->is_revisit && !task->is_forced && task->fresh_until_ms > now_ms) {
        conclude(fetcher, host, task, OUTCOME_FRESH, (struct bytes){ 0 }, task->fresh_until_ms);
        scheduler_return(fetcher->scheduler, host->turn, 0);
        return true;
    }
    if (host->settings->robots == ROBOTS_IGNORE)
        return ask_page(fetcher, host, task, &url);
    return pass_gate(fetcher, host, task, &url);
}

static void start_ready_fetches(struct fetcher *fetcher)
{
    struct crawl *crawl = fetcher->crawl;
    while (transfers_in_flight(fetcher->transfers) < fetcher->transfers_most &&
           crawl_begin_visit(crawl)) {
        struct sched_host *turn = scheduler_pop(fetcher->scheduler, crawl_now_ms(crawl));
        if (!turn) {
            crawl_end_visit(crawl, NULL);
            return;
        }
        if (!serve(fetcher, scheduler_owner(turn)))
            crawl_end_visit(crawl, NULL);
    }
}

/* ---- From transfer to visit */

static void finish_lane(struct fetcher *fetcher, struct host *host,
                        const struct transfer_result *result, enum outcome outcome)
{
    struct contact_end end = {
        .contact = exchange_contact(result, outcome),
        .now_ms = crawl_now_ms(fetcher->crawl),
        .response_ms = result->total_ms,
        .reason = (uint8_t)outcome,
    };
    end.retry_after_ms = header_retry_after_ms(buf_bytes(&result->headers), end.now_ms);
    scheduler_finish(fetcher->scheduler, host->turn, &end);
}

static void finish_robots(struct fetcher *fetcher, struct fetch *fetch,
                          struct transfer_result *result)
{
    struct crawl *crawl = fetcher->crawl;
    struct gate *gate = fetch->gate;
    struct host *host = fetch->host;
    int64_t now_ms = crawl_now_ms(crawl);
    struct bytes headers = buf_bytes(&result->headers);
    enum outcome outcome = exchange_outcome(result, fetch->visit->is_conditional);
    fetch->visit->is_contact = true;
    fetch->visit->outcome = outcome;
    if (result->end == TRANSFER_ABORTED ||
        (outcome == OUTCOME_REDIRECT &&
         gate_redirect(gate, header_get(headers, BYTES("location"))))) {
        gate->is_fetching = false;
        crawl_end_visit(crawl, fetch->visit);
        transfer_result_clear(result);
        return;
    }
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    struct coding_limits limits = { .most = ROBOTS_BYTES_MAX, .ratio_most = 200 };
    coding_decode(header_get(headers, BYTES("content-encoding")), buf_bytes(&result->body), &body,
                  &limits);
    bool is_answer = result->end == TRANSFER_DONE || result->end == TRANSFER_BODY_TOO_LARGE;
    struct robots_answer answer = {
        /* One redirect too many counts as "unavailable": RFC 9309, 2.3.1.2. */
        .status = !is_answer                    ? 0
                  : outcome == OUTCOME_REDIRECT ? 404
                                                : result->status,
        .body = buf_bytes(&body),
        .etag = header_get(headers, BYTES("etag")),
        .last_modified = header_get(headers, BYTES("last-modified")),
        .max_age_ms = header_freshness_ms(headers, now_ms),
    };
    gate_answer(gate, &answer, is_answer ? OUTCOME_NONE : outcome, crawl->product_token, now_ms);
    int64_t delay_ms = gate->robots ? robots_crawl_delay_ms(gate->robots) : -1;
    if (delay_ms >= 0)
        scheduler_crawl_delay(fetcher->scheduler, host->turn, delay_ms);
    crawl_count_bytes(crawl, fetch->visit, result->bytes_in);
    send_gate(fetcher, host, gate, fetch->visit);
    buf_clear(&body);
    transfer_result_clear(result);
}

static void finish_page(struct fetcher *fetcher, struct fetch *fetch,
                        struct transfer_result *result)
{
    struct crawl *crawl = fetcher->crawl;
    struct visit *visit = fetch->visit;
    if (result->end == TRANSFER_ABORTED) {
        host_return_task(fetch->host, visit->task);
        visit->task = NULL;
        crawl_end_visit(crawl, visit);
        transfer_result_clear(result);
        return;
    }
    visit->message.kind = TO_WRITER_VISIT;
    visit->outcome = exchange_outcome(result, visit->is_conditional);
    visit->status = result->status;
    visit->is_contact = visit->outcome != OUTCOME_REFUSED_ADDRESS;
    visit->fetched_at_ms = crawl_now_ms(crawl);
    visit->reason = arena_copy(&visit->arena, bytes_from_string(result->detail));
    visit->pace = *scheduler_pace(fetch->host->turn);
    visit->result = *result;
    if (visit->outcome != OUTCOME_PAGE && visit->task->document == 0)
        fetch->host->pages--;
    crawl_count_bytes(crawl, visit, result->bytes_in);
    channel_push(visit->outcome == OUTCOME_PAGE || visit->outcome == OUTCOME_REDIRECT
                     ? &crawl->to_readers
                     : &crawl->to_writer,
                 &visit->message);
}

static void finish_fetches(struct fetcher *fetcher)
{
    struct transfer_result result;
    while (transfers_next_done(fetcher->transfers, &result)) {
        struct fetch *fetch = result.owner;
        struct host *host = fetch->host;
        finish_lane(fetcher, host, &result,
                    exchange_outcome(&result, fetch->visit->is_conditional));
        if (fetch->gate)
            finish_robots(fetcher, fetch, &result);
        else
            finish_page(fetcher, fetch, &result);
        free(fetch);
        scheduler_wake(fetcher->scheduler, host->turn);
        leave_if_held(fetcher, host, crawl_now_ms(fetcher->crawl));
        if (host->is_forgotten)
            forget_host(fetcher, host);
    }
}

/* Hosts that waited for names go on. */
static void finish_names(struct fetcher *fetcher)
{
    struct bytes name;
    while (resolver_done(fetcher->resolver, &name)) {
        struct host **place = &fetcher->waiting;
        while (*place) {
            struct host *host = *place;
            if (!bytes_equal(bytes_from_string(host->waiting_name), name)) {
                place = &host->next_waiting;
                continue;
            }
            *place = host->next_waiting;
            free(host->waiting_name);
            host->waiting_name = NULL;
            scheduler_wake(fetcher->scheduler, host->turn);
        }
    }
}

/* ---- The thread */

static int64_t earlier(int64_t a_ms, int64_t b_ms)
{
    return a_ms < 0 ? b_ms : b_ms < 0 ? a_ms : a_ms < b_ms ? a_ms : b_ms;
}

static void wait_for_network(struct fetcher *fetcher)
{
    int64_t now_ms = crawl_now_ms(fetcher->crawl);
    int64_t next_ms = scheduler_next_ms(fetcher->scheduler);
    int64_t wait_ms =
        earlier(transfers_timeout_ms(fetcher->transfers), resolver_timeout_ms(fetcher->resolver));
    bool is_full = transfers_in_flight(fetcher->transfers) >= fetcher->transfers_most;
    /* Without a credit or a free transfer a ready host does not help: a knock or a socket will wake
     * us. */
    if (next_ms != INT64_MAX && !is_full && !crawl_is_stopping(fetcher->crawl))
        wait_ms = earlier(wait_ms, next_ms > now_ms ? next_ms - now_ms : 20);
    if (fetcher->drain_until_ms > 0)
        wait_ms = earlier(wait_ms, 100);
    poller_wait(fetcher->poller, wait_ms);
    transfers_process_timeouts(fetcher->transfers);
    resolver_process_timeouts(fetcher->resolver);
}

/* Stopping: what is in flight may finish for a while. */
static void drain(struct fetcher *fetcher)
{
    int64_t now_ms = clock_monotonic_ms();
    if (fetcher->drain_until_ms == 0)
        fetcher->drain_until_ms = now_ms + DRAIN_MS;
    else if (now_ms >= fetcher->drain_until_ms)
        transfers_abort_all(fetcher->transfers);
}

static void send_host_back(void *owner, struct host *host)
{
    if (!host->is_leaving)
        send_leave(owner, host, 0, false);
}

static void *fetcher_run(void *argument)
{
    struct fetcher *fetcher = argument;
    struct crawl *crawl = fetcher->crawl;
    while (!crawl_is_stopping(crawl) || transfers_in_flight(fetcher->transfers) > 0) {
        take_messages(fetcher);
        start_ready_fetches(fetcher);
        wait_for_network(fetcher);
        finish_fetches(fetcher);
        finish_names(fetcher);
        if (crawl_is_stopping(crawl))
            drain(fetcher);
    }
    take_messages(fetcher);
    hosts_walk(&fetcher->hosts, send_host_back, fetcher);
    struct ended *ended = xcalloc(1, sizeof(*ended));
    ended->message.kind = TO_WRITER_ENDED;
    channel_push(&crawl->to_writer, &ended->message);
    return NULL;
}

static void ring(void *owner)
{
    poller_ring(owner);
}

struct fetcher *fetcher_start(struct crawl *crawl, size_t number)
{
    const struct settings *settings = crawl->settings;
    struct fetcher *fetcher = xcalloc(1, sizeof(*fetcher));
    fetcher->crawl = crawl;
    fetcher->poller = poller_new();
    channel_init(&fetcher->inbox, ring, fetcher->poller);
    struct resolver_options names = {
        .servers = settings->dns_servers[0] ? settings->dns_servers : NULL,
        .timeout_ms = (int)(settings->connect_timeout_ms / 2),
        .cache_most = 100000,
    };
    fetcher->resolver = resolver_new(fetcher->poller, &names);
    fetcher->transfers_most = settings->transfers / crawl->fetcher_count;
    if (fetcher->transfers_most == 0)
        fetcher->transfers_most = 1;
    struct transfers_options options = {
        .rules = crawl->address_rules,
        .judge = judge,
        .connections_most = 2 * fetcher->transfers_most,
        .is_http1_only = settings->http1,
        .ca_file = settings->ca_file[0] ? settings->ca_file : NULL,
    };
    fetcher->transfers = transfers_new(fetcher->poller, &options);
    fetcher->scheduler = scheduler_new((uint64_t)crawl->started_ms + number);
    fetcher->hold_most_ms =
        settings->wait_max_ms < HOLD_MOST_MS ? settings->wait_max_ms : HOLD_MOST_MS;
    hosts_init(&fetcher->hosts);
    int error = pthread_create(&fetcher->thread, NULL, fetcher_run, fetcher);
    assert(error == 0);
    (void)error;
    return fetcher;
}

void fetcher_join(struct fetcher *fetcher)
{
    pthread_join(fetcher->thread, NULL);
}

void fetcher_free(struct fetcher *fetcher)
{
    if (!fetcher)
        return;
    take_messages(fetcher);
    transfers_free(fetcher->transfers);
    resolver_free(fetcher->resolver);
    scheduler_free(fetcher->scheduler);
    hosts_clear(&fetcher->hosts);
    channel_clear(&fetcher->inbox);
    poller_free(fetcher->poller);
    free(fetcher);
}

void fetcher_send(struct fetcher *fetcher, struct message *message)
{
    channel_push(&fetcher->inbox, message);
}

void fetcher_ring(struct fetcher *fetcher)
{
    poller_ring(fetcher->poller);
}
