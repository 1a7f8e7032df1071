/* SPDX-License-Identifier: MIT
 *
 * From task to transfer: a lane of a host has its turn, and its next task passes scope, freshness
 * and robots.txt, gets an address, and becomes a transfer; or what stops it is said.
 */
#include "crawler/engine/fetcher_parts.h"

#include <assert.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crawler/engine/caching.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/held.h"
#include "crawler/engine/messages.h"
#include "crawler/engine/request_headers.h"
#include "crawler/engine/routing.h"
#include "crawler/fetch/headers.h"

/* One turn of a lane. Each step that ends it says whether the credit was used. */
struct turn {
    struct fetcher *fetcher;
    struct host *host;
    struct task *task; /* Owned until the turn ends; NULL: an errand's turn. */
    struct url url;
    uint64_t robots_version; /* That let the task through. */
    bool is_login;           /* The URL is of the host's login, which the task waits for. */
};

enum { CREDIT_LEFT = false, CREDIT_USED = true };

/* ---- The ends of a turn */

static void keep_task(const struct turn *turn)
{
    if (turn->task)
        host_return_task(turn->host, turn->task);
}

/* The task waits for another turn. */
static bool put_back(const struct turn *turn, int64_t ready_at_us)
{
    keep_task(turn);
    scheduler_return(turn->fetcher->scheduler, turn->host->turn, ready_at_us);
    return CREDIT_LEFT;
}

/* The same, until something wakes the host's lanes. */
static bool put_by(const struct turn *turn)
{
    keep_task(turn);
    /* An errand does not wait for what its tasks wait for. */
    if (turn->task && turn->host->errands)
        scheduler_return(turn->fetcher->scheduler, turn->host->turn, 0);
    else
        scheduler_park(turn->fetcher->scheduler, turn->host->turn);
    return CREDIT_LEFT;
}

/* The task's visit, without a contact. */
static struct visit *conclusion(const struct turn *turn, enum outcome outcome, struct bytes reason,
                                int64_t due_least_ms)
{
    struct visit *visit = visit_new(turn->task, turn->host->id);
    visit->outcome = outcome;
    visit->fetched_at_ms = crawl_now_ms(turn->fetcher->crawl);
    visit->due_least_ms = due_least_ms;
    visit->robots_version = turn->robots_version;
    visit->reason = arena_copy(&visit->arena, reason);
    return visit;
}

/* It goes straight to the writer. Takes the visit. */
static void send_conclusion(const struct turn *turn, struct visit *visit)
{
    fetcher_note_pace(turn->fetcher, turn->host, visit);
    crawl_send_visit(turn->fetcher->crawl, visit);
}

static void conclude(const struct turn *turn, enum outcome outcome, struct bytes reason,
                     int64_t due_least_ms)
{
    send_conclusion(turn, conclusion(turn, outcome, reason, due_least_ms));
}

static bool refuse(const struct turn *turn, enum outcome outcome, struct bytes reason,
                   int64_t due_least_ms)
{
    scheduler_return(turn->fetcher->scheduler, turn->host->turn, 0);
    conclude(turn, outcome, reason, due_least_ms);
    return CREDIT_USED;
}

/* ---- The transfer */

bool fetcher_judge(void *owner, uint16_t status, struct bytes headers)
{
    struct fetch *fetch = owner;
    char essence[128];
    struct bytes charset;
    /* The type of a part is that of the whole, or says that there are several. */
    if (!fetch->visit->task || status < 200 || status > 299 || status == 206)
        return true;
    header_content_type(headers, essence, &charset);
    return exchange_may_be_sitemap(fetch->visit->task) ||
           type_is_accepted(&fetch->host->settings->accept_types, bytes_from_string(essence));
}

int64_t fetcher_turn_at(void *owner, const struct address *address)
{
    const struct fetch *fetch = owner;
    const struct crawl *crawl = fetch->fetcher->crawl;
    int64_t now_us = crawl_now_us(crawl);
    int64_t again_at_us =
        address_reserve(crawl->addresses, address->ip, fetch->ip_delay_ms, now_us);
    return again_at_us > now_us ? again_at_us - now_us : 0;
}

/* It was asked, or tried. */
static void end_turn(const struct fetch *fetch, const struct address *address)
{
    const struct crawl *crawl = fetch->fetcher->crawl;
    address_charge(crawl->addresses, address->ip, fetch->ip_delay_ms, crawl_now_us(crawl));
}

void fetcher_tried(void *owner, const struct address *won, const struct address *lost,
                   size_t lost_count)
{
    const struct fetch *fetch = owner;
    resolver_learn(fetch->fetcher->resolver, bytes_from_string(fetch->host->name), won, lost,
                   lost_count);
    for (size_t i = 0; i < lost_count; i++)
        end_turn(fetch, &lost[i]);
}

void fetcher_sent(void *owner, const struct address *address)
{
    struct fetch *fetch = owner;
    if (address)
        end_turn(fetch, address);
    if (address && !fetch->is_sent && memcmp(address, &fetch->address, sizeof(*address)) != 0)
        end_turn(fetch, &fetch->address);
    fetch->is_sent = true;
}

void fetcher_end_turn_at_address(const struct fetch *fetch)
{
    if (!fetch->is_sent && fetch->has_address)
        end_turn(fetch, &fetch->address);
}

/* What every request to the host says; its conditions come behind. */
static void make_headers(const struct fetcher *fetcher, const struct host *host,
                         struct request_headers *headers)
{
    const struct conditions none = { .is_forced = fetcher->crawl->is_forced };
    request_headers_make(headers, fetcher->crawl->config, host->settings, &none);
}

static void add_gate_conditions(const struct fetch *fetch, struct request_headers *headers)
{
    const struct origin_record *record = &fetch->gate->record;
    const struct conditions conditions = { .etag = record->etag,
                                           .last_modified = record->last_modified };
    if (fetch->gate->redirect)
        return;
    fetch->visit->is_conditional =
        conditions.etag.length > 0 || conditions.last_modified.length > 0;
    request_headers_add_conditions(headers, &conditions);
}

/* All its proxies rest: the host does, too, and says why. */
static bool wait_for_proxy(const struct turn *turn, const struct route *route)
{
    turn->host->hold = (struct hold){ route->later_us / US_PER_MS, OUTCOME_HELD_PROXY };
    put_by(turn);
    fetcher_leave_if_due(turn->fetcher, turn->host);
    return CREDIT_LEFT;
}

/* Another of the host's tasks goes first; where it has none, the host waits. */
static bool let_others_try(const struct turn *turn, const struct route *route)
{
    if (!turn->task || turn->is_login || !turn->host->first)
        return wait_for_proxy(turn, route);
    host_push_tasks(turn->host, turn->task);
    scheduler_return(turn->fetcher->scheduler, turn->host->turn, 0);
    return CREDIT_LEFT;
}

/* Takes what the other one has. */
static struct fetch *fetch_new(struct fetcher *fetcher, const struct fetch *like,
                               const struct route *route)
{
    struct fetch *fetch = xcalloc(1, sizeof(*fetch));
    *fetch = *like;
    fetch->fetcher = fetcher;
    fetch->is_quick = scheduler_is_quick(fetch->host->turn);
    fetch->has_address = route->resolved.count > 0;
    if (fetch->has_address)
        fetch->address = route->resolved.addresses[0];
    fetch->proxies = route->proxies;
    fetch->proxy = route->proxy;
    fetch->proxied = route->proxied;
    fetch->ip_delay_ms = route->ip_delay_ms;
    return fetch;
}

/* Its host may be asked now, and nothing speaks against it. Takes what fetch has. */
static bool launch(struct fetcher *fetcher, const struct fetch *like, const struct url *url,
                   const struct route *route)
{
    struct fetch *fetch = fetch_new(fetcher, like, route);
    struct visit *visit = fetch->visit;
    struct host *host = fetch->host;
    struct request_headers headers;
    struct transfer_login login = { 0 };
    struct session_at at = fetcher_session_at(fetcher, host, url);
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    make_headers(fetcher, host, &headers);
    if (visit->task) {
        sessions_sign(&fetcher->sessions, &at, visit->task->referer, &fetch->mark, &headers,
                      &login);
        visit->identity = fetch->mark.identity;
        caching_ask(visit, &headers, at.now_ms);
    } else if (fetch->gate) {
        add_gate_conditions(fetch, &headers);
    } else if (fetch->login) {
        sessions_sign_login(&fetcher->sessions, &at, &fetch->mark, &headers, &login, &body);
    }
    struct transfer_tls tls = exchange_tls(host->settings);
    struct proxy_route through = {
        .proxy = route->proxies ? proxies_at(route->proxies, route->proxy) : NULL,
        .addresses = route->proxy_resolved.addresses,
        .address_count = route->proxy_resolved.count,
    };
    struct transfer_request request =
        exchange_request(url, host->settings, &route->resolved, buf_bytes(&body));
    request.headers = headers.lines;
    request.login = login.user ? &login : NULL;
    request.tls = &tls;
    request.proxy = route->proxies ? &through : NULL;
    request.is_sharing = host->settings->connections > 1;
    request.rate = &host->rate;
    request.limits.body_bytes =
        visit->task ? caching_body_most(visit, host->settings) : 2 * ROBOTS_BYTES_MAX;
    transfers_start(fetcher->transfers, &request, fetch);
    places_take(&fetcher->places, fetch->is_quick);
    fetcher->fetch_count++;
    request_headers_clear(&headers);
    if (body.length > 0)
        explicit_bzero(body.data, body.length);
    buf_clear(&body);
    return CREDIT_USED;
}

/* Asks for robots.txt in this turn; the task waits for what it says. */
static bool ask_gate_at(const struct turn *turn, struct gate *gate, const struct url *url)
{
    struct fetcher *fetcher = turn->fetcher;
    struct host *host = turn->host;
    struct route route = { .later_us = 0 };
    switch (fetcher_find_route(fetcher, host, url, &route)) {
    case WAY_PENDING:
        return put_by(turn);
    case WAY_LATER:
        return put_back(turn, route.later_us);
    case WAY_SHUT:
    case WAY_OF_OTHERS:
        return wait_for_proxy(turn, &route);
    case WAY_FORBIDDEN:
        /* So do all its pages stand there, and each of them says so. */
        return refuse(turn, OUTCOME_REFUSED_ADDRESS, bytes_from_string(route.why), 0);
    case WAY_UNKNOWN:
        keep_task(turn);
        fetcher_fail_gate(fetcher, host, gate, route.why);
        return CREDIT_USED;
    case WAY_IS_FREE:
        break;
    }
    keep_task(turn);
    gate->is_fetching = true;
    struct fetch fetch = { .host = host, .gate = gate, .visit = visit_new(NULL, host->id) };
    return launch(fetcher, &fetch, url, &route);
}

/* It lies on another host, which has lanes of its own. */
static bool send_errand(const struct turn *turn, struct gate *gate, const struct url *url)
{
    struct fetcher *fetcher = turn->fetcher;
    gate->is_fetching = true;
    gate->errand = ++fetcher->errand_number;
    struct errand *errand =
        errand_new(url->href, turn->host->id, fetcher->number, fetcher->errand_number);
    errand->message.kind = TO_WRITER_ERRAND;
    channel_push(&fetcher->crawl->to_writer, &errand->message);
    return put_by(turn);
}

static bool ask_gate(const struct turn *turn, struct gate *gate)
{
    struct buf text;
    struct url url;
    buf_init(&text, BUF_UNBOUNDED);
    gate_url(gate, &text);
    bool is_url = url_split(&url, buf_bytes(&text));
    assert(is_url);
    (void)is_url;
    bool is_here = bytes_equal(url_host(&url), bytes_from_string(turn->host->name));
    bool is_used = is_here ? ask_gate_at(turn, gate, &url) : send_errand(turn, gate, &url);
    buf_clear(&text);
    return is_used;
}

/* Asks for what another host's gate wants to know. */
static bool ask_errand(const struct turn *turn)
{
    struct fetcher *fetcher = turn->fetcher;
    struct host *host = turn->host;
    struct errand *errand = host->errands;
    struct route route = { .later_us = 0 };
    struct url url = errand_url(errand);
    enum way way = fetcher_find_route(fetcher, host, &url, &route);
    if (way == WAY_PENDING)
        return put_by(turn);
    if (way == WAY_LATER)
        return put_back(turn, route.later_us);
    if (way == WAY_SHUT || way == WAY_OF_OTHERS)
        return wait_for_proxy(turn, &route);
    struct fetch fetch = { .host = host,
                           .errand = host_pop_errand(host),
                           .visit = visit_new(NULL, host->id) };
    if (way == WAY_IS_FREE)
        return launch(fetcher, &fetch, &url, &route);
    snprintf(errand->trouble, sizeof(errand->trouble), "%s: %s", host->name, route.why);
    if (way == WAY_UNKNOWN)
        fetcher_finish_without_contact(fetcher, host, OUTCOME_FAILED_DNS);
    else
        scheduler_return(fetcher->scheduler, host->turn, 0);
    fetcher_end_errand(fetcher, host, errand, fetch.visit);
    fetcher_leave_if_due(fetcher, host);
    return CREDIT_USED;
}

/* A request of the host's login; the task waits for what comes of it. */
static bool launch_login(const struct turn *turn, const struct route *route)
{
    struct fetcher *fetcher = turn->fetcher;
    struct host *host = turn->host;
    keep_task(turn);
    struct fetch fetch = { .host = host,
                           .login = sessions_login(&fetcher->sessions, host->name),
                           .login_url = xbytesdup(url_bytes(&turn->url)),
                           .visit = visit_new(NULL, host->id) };
    return launch(fetcher, &fetch, &turn->url, route);
}

/* Sends a page's request, or says what stops it. */
static bool ask_page(const struct turn *turn)
{
    struct fetcher *fetcher = turn->fetcher;
    struct host *host = turn->host;
    struct route route = { .later_us = 0 };
    switch (fetcher_find_route(fetcher, host, &turn->url, &route)) {
    case WAY_PENDING:
        return put_by(turn);
    case WAY_LATER:
        return put_back(turn, route.later_us);
    case WAY_SHUT:
        return wait_for_proxy(turn, &route);
    case WAY_OF_OTHERS:
        return let_others_try(turn, &route);
    case WAY_UNKNOWN:
        fetcher_finish_without_contact(fetcher, host, OUTCOME_FAILED_DNS);
        conclude(turn, OUTCOME_FAILED_DNS, bytes_from_string(route.why), 0);
        fetcher_leave_if_due(fetcher, host);
        return CREDIT_USED;
    case WAY_FORBIDDEN:
        return refuse(turn, OUTCOME_REFUSED_ADDRESS, bytes_from_string(route.why), 0);
    case WAY_IS_FREE:
        break;
    }
    if (turn->is_login)
        return launch_login(turn, &route);
    struct visit *visit = visit_new(turn->task, host->id);
    visit->robots_version = turn->robots_version;
    struct fetch fetch = { .host = host, .visit = visit };
    return launch(fetcher, &fetch, &turn->url, &route);
}

/* ---- What stands between */

/* Has the host, as far as is seen here, something to ask of another origin? */
static bool has_other_origin(const struct host *host, const struct gate *gate)
{
    struct url url;
    const struct task *task = host->first;
    while (task && (!url_split(&url, task->url) ||
                    bytes_equal(url_origin(&url), bytes_from_string(gate->origin))))
        task = task->next;
    return task || host->gates.first != gate || gate->next;
}

/* The origin's robots.txt has no answer: nothing is allowed until it is asked again (RFC
 * 9309, 2.3.1.4). The first task says so in its record; the others wait in the store. */
static bool refuse_shut(const struct turn *turn, const struct gate *gate)
{
    struct host *host = turn->host;
    enum outcome outcome =
        gate->trouble != OUTCOME_NONE ? gate->trouble : OUTCOME_REFUSED_ROBOTS_UNREACHABLE;
    char text[160];
    snprintf(text, sizeof(text), "robots.txt has no answer%s%s", gate->detail[0] ? ": " : "",
             gate->detail);
    refuse(turn, outcome, bytes_from_string(text), gate->record.expires_at_ms);
    if (!has_other_origin(host, gate)) {
        host->hold = (struct hold){ gate->record.expires_at_ms, (uint8_t)outcome };
        fetcher_leave_if_due(turn->fetcher, host);
    }
    return CREDIT_USED;
}

/* Our login is not taken, or cannot be given. */
static bool refuse_for_login(const struct turn *turn, const char *why, int64_t until_ms)
{
    refuse(turn, OUTCOME_REFUSED_LOGIN, bytes_from_string(why), until_ms);
    fetcher_hold_for_login(turn->host, &turn->url, until_ms);
    fetcher_leave_if_due(turn->fetcher, turn->host);
    return CREDIT_USED;
}

static bool refuse_by_rule(const struct turn *turn, const struct robots_decision *why)
{
    char text[160];
    snprintf(text, sizeof(text), "robots.txt line %u: %.*s", why->line,
             (int)(why->pattern.length < 100 ? why->pattern.length : 100), why->pattern.data);
    if (turn->is_login) {
        struct session_at at = fetcher_session_at(turn->fetcher, turn->host, &turn->url);
        sessions_fail_login(&turn->fetcher->sessions, &at, text);
        return put_back(turn, 0);
    }
    return refuse(turn, OUTCOME_REFUSED_ROBOTS, bytes_from_string(text), 0);
}

/* The gate is not here, or no more: what the store knows of it comes as a message. */
static bool ask_store(const struct turn *turn, struct gate *gate)
{
    if (!gate->is_awaited) {
        struct ask_origin *ask = xcalloc(1, sizeof(*ask));
        ask->message.kind = TO_WRITER_ORIGIN;
        ask->host = turn->host->id;
        ask->origin = xstrdup(gate->origin);
        gate->is_awaited = true;
        channel_push(&turn->fetcher->crawl->to_writer, &ask->message);
    }
    return put_by(turn);
}

static bool pass_session(struct turn *turn);

/* robots.txt lets it through, and then whatever stands behind. */
static bool pass_gate(struct turn *turn)
{
    struct gate *gate = gate_for(&turn->host->gates, &turn->url);
    struct robots_decision why;
    if (!gate->is_told)
        return ask_store(turn, gate);
    if (gate->is_fetching)
        return put_by(turn);
    turn->robots_version = gate->record.version;
    switch (gate_verdict(gate, crawl_now_ms(turn->fetcher->crawl))) {
    case ROBOTS_VERDICT_ASK:
        return ask_gate(turn, gate);
    case ROBOTS_VERDICT_DISALLOW_ALL:
        return refuse_shut(turn, gate);
    case ROBOTS_VERDICT_RULES:
        if (gate->robots && !robots_allows(gate->robots, url_path_query(&turn->url), &why))
            return refuse_by_rule(turn, &why);
        break;
    case ROBOTS_VERDICT_ALLOW_ALL:
        break;
    }
    return turn->is_login ? ask_page(turn) : pass_session(turn);
}

/* The host's login comes before its pages. */
static bool ask_login(const struct turn *turn)
{
    struct turn own = *turn;
    own.is_login = true;
    bool is_url = url_split(&own.url, bytes_from_string(sessions_login_url(&turn->fetcher->sessions,
                                                                           turn->host->name)));
    assert(is_url);
    (void)is_url;
    return turn->host->settings->robots == ROBOTS_IGNORE ? ask_page(&own) : pass_gate(&own);
}

static bool pass_session(struct turn *turn)
{
    const char *why;
    int64_t until_ms;
    struct session_at at = fetcher_session_at(turn->fetcher, turn->host, &turn->url);
    switch (sessions_way(&turn->fetcher->sessions, &at, &why, &until_ms)) {
    case SESSION_WAITS:
        return put_by(turn);
    case SESSION_LOGIN_DUE:
        return ask_login(turn);
    case SESSION_IS_SHUT:
        return refuse_for_login(turn, why, until_ms);
    case SESSION_IS_FREE:
        break;
    }
    return ask_page(turn);
}

/* The task is over, and the URL that it is by now takes its place, found where it was. */
static void rename_task(const struct turn *turn, const struct url *url)
{
    const struct task *task = turn->task;
    struct buf why;
    buf_init(&why, BUF_UNBOUNDED);
    buf_printf(&why, "by the options of [urls] it is %s", url->href);
    scheduler_return(turn->fetcher->scheduler, turn->host->turn, 0);
    struct visit *visit = conclusion(turn, OUTCOME_REFUSED_SCOPE, buf_bytes(&why), 0);
    visit->found = arena_alloc(&visit->arena, sizeof(*visit->found));
    visit->found_count = 1;
    *visit->found = (struct found_url){
        .url = arena_copy(&visit->arena, url_bytes(url)),
        .fingerprint = frontier_fingerprint(turn->fetcher->crawl->frontier, url_bytes(url)),
        .referrer = task->referrer,
        .depth = task->depth,
        .found = task->found,
        .url_class = task->url_class,
        .hops = task->hops,
    };
    send_conclusion(turn, visit);
    buf_clear(&why);
}

/* Is the URL what it is called now? The options of [urls] may be others than when it was found. */
static bool keeps_name(const struct turn *turn)
{
    const struct config *config = turn->fetcher->crawl->config;
    char storage[URL_BYTES_MAX + 1];
    struct url url = turn->url;
    if (url.length > URL_BYTES_MAX)
        return true;
    memcpy(storage, url.href, url.length);
    storage[url.length] = '\0';
    url.href = storage;
    if (!url_apply_rules(&url, storage, sizeof(storage), config_url_rules(config, url_host(&url))))
        return true;
    rename_task(turn, &url);
    return false;
}

/* The scope as it is now: the rules may be others than when the URL was found. Where it says no,
 * the task is refused with the rule that did. */
static bool passes_scope(const struct turn *turn)
{
    struct shared_scope *scope = &turn->fetcher->crawl->scope;
    struct scope_version *version = shared_scope_hold(scope);
    struct scope_answer answer;
    struct buf why;
    buf_init(&why, BUF_UNBOUNDED);
    bool is_in = scope_has(scope_version_scope(version), &turn->url, turn->task->depth, &answer);
    if (!is_in)
        scope_answer_print(&answer, &why);
    shared_scope_let_go(scope, version);
    if (!is_in)
        refuse(turn, OUTCOME_REFUSED_SCOPE, buf_bytes(&why), 0);
    buf_clear(&why);
    return is_in;
}

/* Would the stored page do, without a question to anybody? */
static bool is_fresh(const struct turn *turn)
{
    struct session_at at = fetcher_session_at(turn->fetcher, turn->host, &turn->url);
    const struct sessions *sessions = &turn->fetcher->sessions;
    const struct task *task = turn->task;
    struct request_headers headers;
    struct reuse reuse;
    struct buf fields;
    if (!task->is_revisit || task->fresh_until_ms <= at.now_ms)
        return false;
    buf_init(&fields, BUF_UNBOUNDED);
    make_headers(turn->fetcher, turn->host, &headers);
    sessions_add_cookies(sessions, &at, &headers);
    request_headers_fields(&headers, &fields);
    caching_judge(&reuse, task, buf_bytes(&fields),
                  logins_identity(sessions->configured, &turn->url, true), at.now_ms);
    request_headers_clear(&headers);
    buf_clear(&fields);
    return reuse.use == CACHE_REUSE;
}

/* The next task that the host may fetch. */
static struct task *next_task(struct host *host)
{
    bool may_fetch = !host->is_leaving && !host->waiting_name && host->hold.until_ms == 0;
    return may_fetch ? host_pop_task(host) : NULL;
}

/* Not twice in a row where it has tasks, too. */
static bool is_errands_turn(struct host *host)
{
    host->had_errand = host->errands && !host->waiting_name && !(host->had_errand && host->first);
    return host->had_errand;
}

/* One lane of the host has its turn. */
static bool serve(struct fetcher *fetcher, struct host *host)
{
    const struct crawl *crawl = fetcher->crawl;
    int64_t wait_us = rate_wait_us(&host->rate, clock_monotonic_us());
    if (wait_us > 0) {
        scheduler_return(fetcher->scheduler, host->turn, crawl_now_us(crawl) + wait_us);
        return CREDIT_LEFT;
    }
    bool is_held = host_is_held(crawl, bytes_from_string(host->name), host->settings,
                                crawl_now_ms(crawl), &host->hold);
    struct turn turn = { .fetcher = fetcher, .host = host };
    if (!is_held && is_errands_turn(host))
        return ask_errand(&turn);
    turn.task = next_task(host);
    if (!turn.task) {
        scheduler_park(fetcher->scheduler, host->turn);
        fetcher_leave_if_due(fetcher, host);
        return CREDIT_LEFT;
    }
    fetcher_ask_for_work(fetcher, host);
    if (!url_split(&turn.url, turn.task->url))
        return refuse(&turn, OUTCOME_REFUSED_SCOPE, BYTES("it is no URL"), 0);
    if (!keeps_name(&turn) || !passes_scope(&turn))
        return CREDIT_USED;
    if (is_fresh(&turn))
        return refuse(&turn, OUTCOME_FRESH, (struct bytes){ 0 }, turn.task->fresh_until_ms);
    if (host->settings->robots == ROBOTS_IGNORE)
        return pass_session(&turn);
    return pass_gate(&turn);
}

void fetcher_start_ready_fetches(struct fetcher *fetcher)
{
    struct crawl *crawl = fetcher->crawl;
    struct sched_host *turn = NULL;
    do {
        enum scheduler_lines lines = fetcher_lines(fetcher);
        fetcher->is_held_up = lines == LINES_NONE || !crawl_begin_visit(crawl);
        if (fetcher->is_held_up)
            return;
        turn = scheduler_pop(fetcher->scheduler, lines, crawl_now_us(crawl));
        if (!turn || !serve(fetcher, scheduler_owner(turn)))
            crawl_end_visit(crawl, NULL);
    } while (turn);
}
