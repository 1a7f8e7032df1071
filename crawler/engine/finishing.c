/* SPDX-License-Identifier: MIT
 *
 * From transfer to visit: what an ended transfer came to, for the page, for robots.txt, and for the
 * lane's politeness.
 */
#include "crawler/engine/fetcher_parts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "crawler/engine/caching.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/fetcher.h"
#include "crawler/engine/messages.h"
#include "crawler/fetch/headers.h"

/* ---- Politeness */

static void finish_lane(struct fetcher *fetcher, const struct fetch *fetch,
                        const struct transfer_result *result, enum outcome outcome)
{
    struct host *host = fetch->host;
    struct contact_end end = {
        .contact = exchange_contact(result, outcome),
        .now_us = crawl_at_us(fetcher->crawl, result->ended_us),
        .response_ms = result->total_ms + 1, /* It was cut to whole ones. */
        .reason = (uint8_t)outcome,
    };
    end.retry_after_ms = header_retry_after_ms(buf_bytes(&result->headers), end.now_us / US_PER_MS);
    scheduler_finish(fetcher->scheduler, host->turn, &end);
}

void fetcher_finish_without_contact(struct fetcher *fetcher, struct host *host,
                                    enum outcome outcome)
{
    struct contact_end end = {
        .contact = CONTACT_NONE,
        .now_us = crawl_now_us(fetcher->crawl),
        .retry_after_ms = -1,
        .reason = (uint8_t)outcome,
    };
    scheduler_finish(fetcher->scheduler, host->turn, &end);
}

/* ---- Contacts */

/* No gate knows more, but the host was asked: its pace goes to the store. Takes the visit. */
static void send_contact(struct fetcher *fetcher, struct host *host, struct visit *visit)
{
    fetcher_note_pace(fetcher, host, visit);
    crawl_send_visit(fetcher->crawl, visit);
}

/* ---- Proxies */

enum { PROXY_FAILURES_MOST = 3 };

/* What it was asked for goes on when a proxy works again. Where one fails of the same URL time
 * after time, though others go through, the URL is what is wrong. True: its task is done with. */
static bool note_proxy(struct fetcher *fetcher, struct fetch *fetch,
                       const struct transfer_result *result)
{
    struct task *task = fetch->visit->task;
    if (!fetch->proxies)
        return false;
    bool may_be_its_fault = proxies_note(fetch->proxies, fetch->proxy, result->proxy_fate,
                                         &fetch->proxied, crawl_now_ms(fetcher->crawl));
    return may_be_its_fault && task && ++task->proxy_failures >= PROXY_FAILURES_MOST;
}

/* Nothing came of it, but that a proxy failed is counted. The visit goes. */
static void end_void_visit(struct fetcher *fetcher, struct visit *visit, struct host *host,
                           const struct transfer_result *result)
{
    if (result->end == TRANSFER_ABORTED) {
        crawl_end_visit(fetcher->crawl, visit);
        return;
    }
    log_info("%s: %s", host->name, result->detail);
    visit->outcome = OUTCOME_FAILED_PROXY;
    send_contact(fetcher, host, visit);
}

/* ---- robots.txt */

/* What the gate knows now goes to the store, past a reader where it names sitemaps. Takes the
 * visit. */
static void send_gate(struct fetcher *fetcher, struct host *host, const struct gate *gate,
                      struct visit *visit)
{
    visit->origin = arena_copy(&visit->arena, bytes_from_string(gate->origin));
    buf_append_bytes(&visit->origin_record, buf_bytes(&gate->kept));
    fetcher_note_pace(fetcher, host, visit);
    bool has_sitemaps =
        host->settings->sitemaps && gate->robots && robots_sitemap_count(gate->robots) > 0;
    if (has_sitemaps)
        channel_push(&fetcher->crawl->to_readers, &visit->message);
    else
        crawl_send_visit(fetcher->crawl, visit);
}

/* Without an answer, for that reason. Takes the visit. */
static void fail_gate(struct fetcher *fetcher, struct host *host, struct gate *gate,
                      enum outcome trouble, const char *why, struct visit *visit)
{
    struct robots_answer none = { .max_age_ms = -1 };
    gate_answer(gate, &none, trouble, host->product_token, crawl_now_ms(fetcher->crawl));
    snprintf(gate->detail, sizeof(gate->detail), "%s", why);
    send_gate(fetcher, host, gate, visit);
}

void fetcher_fail_gate(struct fetcher *fetcher, struct host *host, struct gate *gate,
                       const char *why)
{
    fetcher_finish_without_contact(fetcher, host, OUTCOME_FAILED_DNS);
    fail_gate(fetcher, host, gate, OUTCOME_FAILED_DNS, why, visit_new(NULL, host->id));
    fetcher_leave_if_due(fetcher, host);
}

static void take_robots_answer(struct fetcher *fetcher, struct host *host, struct gate *gate,
                               const struct transfer_result *result, enum outcome outcome,
                               bool is_conditional)
{
    gate_take_result(gate, result, outcome, is_conditional, host->product_token,
                     crawl_now_ms(fetcher->crawl));
    fetcher_settle_crawl_delay(fetcher, host);
}

/* True where it is to be asked for elsewhere. */
static bool is_redirected(struct gate *gate, const struct transfer_result *result,
                          enum outcome outcome)
{
    return outcome == OUTCOME_REDIRECT &&
           gate_redirect(gate, header_get(buf_bytes(&result->headers), BYTES("location"))) ==
               GATE_HOP_NEXT;
}

static void finish_robots(struct fetcher *fetcher, struct fetch *fetch,
                          struct transfer_result *result)
{
    struct crawl *crawl = fetcher->crawl;
    struct visit *visit = fetch->visit;
    enum outcome outcome = exchange_outcome(result, visit->is_conditional);
    if (exchange_is_void(result)) {
        fetch->gate->is_fetching = false;
        end_void_visit(fetcher, visit, fetch->host, result);
        transfer_result_clear(result);
        return;
    }
    visit->is_contact = true;
    visit->outcome = outcome;
    crawl_count_bytes(crawl, visit, result->bytes_in);
    if (is_redirected(fetch->gate, result, outcome)) {
        fetch->gate->is_fetching = false;
        send_contact(fetcher, fetch->host, visit);
    } else {
        take_robots_answer(fetcher, fetch->host, fetch->gate, result, outcome,
                           visit->is_conditional);
        send_gate(fetcher, fetch->host, fetch->gate, visit);
    }
    transfer_result_clear(result);
}

/* ---- Errands */

void fetcher_end_errand(struct fetcher *fetcher, struct host *host, struct errand *errand,
                        struct visit *visit)
{
    visit->is_errand = true;
    send_contact(fetcher, host, visit);
    errand->message.kind = TO_FETCHER_ERRAND_DONE;
    fetcher_send(fetcher->crawl->fetchers[errand->home_fetcher], &errand->message);
}

/* Where the errand was for a robots.txt of the host itself, what it says of a Crawl-delay is the
 * host's wish, whoever wanted to know. */
static void heed_errand(struct fetcher *fetcher, struct host *host, const struct errand *errand,
                        const struct transfer_result *result)
{
    struct url url = errand_url(errand);
    if (errand->outcome != OUTCOME_PAGE || host->settings->robots != ROBOTS_OBEY ||
        !bytes_equal(url_path(&url), BYTES("/robots.txt")))
        return;
    gates_note_result(&host->gates, result, host->product_token, crawl_now_ms(fetcher->crawl));
    fetcher_settle_crawl_delay(fetcher, host);
}

static void finish_errand(struct fetcher *fetcher, struct fetch *fetch,
                          struct transfer_result *result)
{
    struct errand *errand = fetch->errand;
    struct visit *visit = fetch->visit;
    errand->outcome = exchange_outcome(result, false);
    heed_errand(fetcher, fetch->host, errand, result);
    errand->result = *result;
    visit->is_contact = !exchange_is_void(result);
    visit->outcome = errand->outcome;
    crawl_count_bytes(fetcher->crawl, visit, result->bytes_in);
    fetcher_end_errand(fetcher, fetch->host, errand, visit);
}

static void take_what_came(struct fetcher *fetcher, struct host *host, struct gate *gate,
                           const struct errand *errand)
{
    struct crawl *crawl = fetcher->crawl;
    if (!errand->trouble[0] && is_redirected(gate, &errand->result, errand->outcome))
        return;
    crawl_begin_visit_anyway(crawl);
    struct visit *visit = visit_new(NULL, host->id);
    if (errand->trouble[0]) {
        fail_gate(fetcher, host, gate, OUTCOME_NONE, errand->trouble, visit);
        return;
    }
    take_robots_answer(fetcher, host, gate, &errand->result, errand->outcome, false);
    send_gate(fetcher, host, gate, visit);
}

void fetcher_take_errand_back(struct fetcher *fetcher, struct errand *errand)
{
    struct host *host = hosts_find(&fetcher->hosts, errand->home);
    struct gate *gate = host ? gate_of_errand(&host->gates, errand->number) : NULL;
    if (gate && exchange_is_void(&errand->result))
        gate->is_fetching = false;
    else if (gate)
        take_what_came(fetcher, host, gate, errand);
    if (gate && !host->waiting_name)
        scheduler_wake(fetcher->scheduler, host->turn);
    if (gate)
        fetcher_leave_if_due(fetcher, host);
    errand_free(errand);
}

/* ---- Pages */

/* Why, in words, where the outcome alone does not say it. */
static struct bytes reason_of(const struct transfer_result *result)
{
    if (result->end == TRANSFER_STOPPED)
        return header_get(buf_bytes(&result->headers), BYTES("content-type"));
    return bytes_from_string(result->detail);
}

/* To a reader where there is something to read; the rest of a page passes the writer before, who
 * has what it is the rest of. */
static struct channel *next_station(struct crawl *crawl, const struct visit *visit)
{
    bool is_to_be_read = exchange_has_content(visit->outcome) || visit->outcome == OUTCOME_REDIRECT;
    return is_to_be_read && !visit->is_rest ? &crawl->to_readers : &crawl->to_writer;
}

/* The task is the host's next, in a turn of its own; of this exchange only the contact counts. */
static void repeat(struct fetcher *fetcher, struct fetch *fetch, struct transfer_result *result)
{
    struct visit *visit = fetch->visit;
    struct host *host = fetch->host;
    visit->task->repeats++;
    host_return_task(host, visit->task);
    visit->task = NULL;
    visit->is_rest = false; /* Whatever came is not the rest of a page. */
    visit->part_bytes = 0;
    visit->is_repeated = true;
    visit->is_contact = true;
    visit->outcome = exchange_outcome(result, false);
    crawl_count_bytes(fetcher->crawl, visit, result->bytes_in);
    transfer_result_clear(result);
    send_contact(fetcher, host, visit);
}

static void finish_login(struct fetcher *fetcher, struct fetch *fetch,
                         struct transfer_result *result)
{
    struct visit *visit = fetch->visit;
    fetcher_take_login(fetcher, fetch, result);
    free(fetch->login_url);
    if (exchange_is_void(result)) {
        end_void_visit(fetcher, visit, fetch->host, result);
        transfer_result_clear(result);
        return;
    }
    visit->is_repeated = true;
    visit->is_contact = true;
    visit->outcome = exchange_outcome(result, false);
    crawl_count_bytes(fetcher->crawl, visit, result->bytes_in);
    transfer_result_clear(result);
    send_contact(fetcher, fetch->host, visit);
}

/* Through which it came. */
static void note_provenance(const struct fetch *fetch)
{
    struct visit *visit = fetch->visit;
    struct buf name;
    if (!fetch->proxies)
        return;
    buf_init(&name, BUF_UNBOUNDED);
    proxy_name(proxies_at(fetch->proxies, fetch->proxy), &name);
    visit->proxy = arena_copy(&visit->arena, buf_bytes(&name));
    buf_clear(&name);
}

static void finish_page(struct fetcher *fetcher, struct fetch *fetch,
                        struct transfer_result *result, bool is_given_up)
{
    struct crawl *crawl = fetcher->crawl;
    struct visit *visit = fetch->visit;
    if (exchange_is_void(result) && !is_given_up) {
        host_return_task(fetch->host, visit->task);
        visit->task = NULL;
        end_void_visit(fetcher, visit, fetch->host, result);
        transfer_result_clear(result);
        return;
    }
    struct url url;
    bool is_url = url_split(&url, visit->task->url);
    assert(is_url);
    (void)is_url;
    struct session_at at = fetcher_session_at(fetcher, fetch->host, &url);
    enum session_step step = fetcher_take_session(fetcher, fetch, &at, result);
    if (step == SESSION_REPEATS) {
        repeat(fetcher, fetch, result);
        return;
    }
    visit->status = result->status;
    /* As whoever asks next for something there is told, too. */
    if (sessions_conclude(&fetcher->sessions, &at, step, visit))
        fetcher_hold_for_login(fetch->host, &url, visit->due_least_ms);
    visit->is_contact =
        visit->outcome != OUTCOME_REFUSED_ADDRESS && result->end != TRANSFER_FAILED_PROXY;
    visit->fetched_at_ms = crawl_now_ms(crawl);
    if (!visit->reason.data)
        visit->reason = arena_copy(&visit->arena, reason_of(result));
    visit->result = *result;
    note_provenance(fetch);
    if (exchange_has_content(visit->outcome) || visit->outcome == OUTCOME_NOT_MODIFIED)
        caching_take(visit, fetch->host->settings);
    fetcher_note_pace(fetcher, fetch->host, visit);
    crawl_count_bytes(crawl, visit, result->bytes_in);
    fetcher_send_page(fetcher, fetch->host, next_station(crawl, visit), visit);
}

static enum outcome outcome_of(struct visit *visit, const struct transfer_result *result)
{
    enum outcome outcome = exchange_outcome(result, visit->is_conditional);
    return visit->task ? caching_outcome(visit, result, outcome) : outcome;
}

void fetcher_finish_fetches(struct fetcher *fetcher)
{
    struct transfer_result result;
    while (transfers_next_done(fetcher->transfers, &result)) {
        struct fetch *fetch = result.owner;
        struct host *host = fetch->host;
        places_give_back(&fetcher->places, fetch->is_quick);
        fetcher_end_turn_at_address(fetch);
        sessions_end(&fetch->mark);
        bool is_given_up = note_proxy(fetcher, fetch, &result);
        fetch->visit->outcome = outcome_of(fetch->visit, &result);
        finish_lane(fetcher, fetch, &result, fetch->visit->outcome);
        if (fetch->gate)
            finish_robots(fetcher, fetch, &result);
        else if (fetch->errand)
            finish_errand(fetcher, fetch, &result);
        else if (fetch->login)
            finish_login(fetcher, fetch, &result);
        else
            finish_page(fetcher, fetch, &result, is_given_up);
        free(fetch);
        fetcher->fetch_count--;
        scheduler_wake(fetcher->scheduler, host->turn);
        fetcher_leave_if_due(fetcher, host);
        if (host->is_forgotten)
            fetcher_forget_host(fetcher, host);
    }
    fetcher_end_round(fetcher);
}

/* ---- Names */

void fetcher_finish_names(struct fetcher *fetcher)
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
