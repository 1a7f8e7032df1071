/* SPDX-License-Identifier: MIT
 *
 * From task to transfer: a lane of a host has its turn, and its next task passes scope, freshness
 * and robots.txt, gets an address, and becomes a transfer; or what stops it is said.
 */
#include "crawler/engine/fetcher_parts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/messages.h"
#include "crawler/fetch/headers.h"

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

bool fetcher_judge(void *owner, uint16_t status, struct bytes headers)
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
    fetcher->fetch_count++;
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

/* The resolver names a host without the dot of the root. */
static struct bytes name_as_resolved(struct bytes host)
{
    if (bytes_end_with(host, BYTES(".")))
        host.length--;
    return host;
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
            host->waiting_name = xbytesdup(name_as_resolved(url_host(url)));
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
static void fail_gate(struct fetcher *fetcher, struct gate *gate, enum outcome trouble,
                      const char *why)
{
    struct robots_answer none = { .max_age_ms = -1 };
    gate_answer(gate, &none, trouble, fetcher->crawl->product_token, crawl_now_ms(fetcher->crawl));
    snprintf(gate->detail, sizeof(gate->detail), "%s", why);
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
        fail_gate(fetcher, gate, OUTCOME_FAILED_DNS, why);
        fetcher_finish_without_contact(fetcher, host, OUTCOME_FAILED_DNS);
        break;
    case NAME_FORBIDDEN:
        fail_gate(fetcher, gate, OUTCOME_REFUSED_ADDRESS, why);
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
        fetcher_finish_without_contact(fetcher, host, OUTCOME_FAILED_DNS);
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
    char text[160];
    snprintf(text, sizeof(text), "robots.txt has no answer%s%s", gate->detail[0] ? ": " : "",
             gate->detail);
    conclude(fetcher, host, task, outcome, bytes_from_string(text), expires_ms);
    scheduler_return(fetcher->scheduler, host->turn, 0);
    if (host->first && is_only_origin(host) && scheduler_busy(host->turn) == 0 && !host->is_leaving)
        fetcher_leave(fetcher, host, expires_ms, false);
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
    fetcher_ask_for_work(fetcher, host);
    if (is_over_budget(fetcher, host, task)) {
        host_return_task(host, task);
        scheduler_park(fetcher->scheduler, host->turn);
        fetcher_leave(fetcher, host, 0, true);
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

void fetcher_start_ready_fetches(struct fetcher *fetcher)
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
