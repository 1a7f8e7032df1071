/* SPDX-License-Identifier: MIT
 *
 * From transfer to visit: what an ended transfer came to, for the page, for robots.txt, and for the
 * lane's politeness.
 */
#include "crawler/engine/fetcher_parts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/messages.h"
#include "crawler/fetch/headers.h"

/* ---- Politeness */

/* A robots.txt that lies elsewhere says nothing about how its host does. */
static bool is_elsewhere(const struct fetch *fetch)
{
    struct url url;
    return fetch->gate && fetch->gate->redirect &&
           url_split(&url, bytes_from_string(fetch->gate->redirect)) &&
           !bytes_equal(url_host(&url), bytes_from_string(fetch->host->name));
}

static void finish_lane(struct fetcher *fetcher, const struct fetch *fetch,
                        const struct transfer_result *result, enum outcome outcome)
{
    struct host *host = fetch->host;
    struct contact_end end = {
        .contact = exchange_contact(result, outcome),
        .now_ms = crawl_now_ms(fetcher->crawl),
        .response_ms = result->total_ms,
        .reason = (uint8_t)outcome,
    };
    end.retry_after_ms = header_retry_after_ms(buf_bytes(&result->headers), end.now_ms);
    if (is_elsewhere(fetch))
        end.contact = CONTACT_OK;
    scheduler_finish(fetcher->scheduler, host->turn, &end);
}

void fetcher_finish_without_contact(struct fetcher *fetcher, struct host *host,
                                    enum outcome outcome)
{
    struct contact_end end = {
        .contact = CONTACT_NONE,
        .now_ms = crawl_now_ms(fetcher->crawl),
        .retry_after_ms = -1,
        .reason = (uint8_t)outcome,
    };
    scheduler_finish(fetcher->scheduler, host->turn, &end);
}

/* ---- robots.txt */

/* What the gate knows now goes to the store, past a reader where it names sitemaps. Takes the
 * visit. */
static void send_gate(struct fetcher *fetcher, struct host *host, const struct gate *gate,
                      struct visit *visit)
{
    visit->message.kind = TO_WRITER_VISIT;
    visit->origin = arena_copy(&visit->arena, bytes_from_string(gate->origin));
    buf_append_bytes(&visit->origin_record, buf_bytes(&gate->kept));
    fetcher_note_pace(fetcher, host, visit);
    bool has_sitemaps =
        host->settings->sitemaps && gate->robots && robots_sitemap_count(gate->robots) > 0;
    channel_push(has_sitemaps ? &fetcher->crawl->to_readers : &fetcher->crawl->to_writer,
                 &visit->message);
}

void fetcher_fail_gate(struct fetcher *fetcher, struct host *host, struct gate *gate)
{
    /* Where it was redirected to another name, that one's trouble is not this host's. */
    bool is_own_trouble = !gate->redirect;
    struct robots_answer none = { .max_age_ms = -1 };
    gate_answer(gate, &none, is_own_trouble ? OUTCOME_FAILED_DNS : OUTCOME_NONE,
                host->product_token, crawl_now_ms(fetcher->crawl));
    if (is_own_trouble)
        fetcher_finish_without_contact(fetcher, host, OUTCOME_FAILED_DNS);
    else
        scheduler_return(fetcher->scheduler, host->turn, 0);
    send_gate(fetcher, host, gate, visit_new(NULL, host->id));
    fetcher_leave_if_due(fetcher, host);
}

static void take_robots_answer(struct fetcher *fetcher, struct fetch *fetch,
                               const struct transfer_result *result, enum outcome outcome)
{
    gate_take_result(fetch->gate, result, outcome, fetch->visit->is_conditional,
                     fetch->host->product_token, crawl_now_ms(fetcher->crawl));
    fetcher_settle_crawl_delay(fetcher, fetch->host);
}

static void finish_robots(struct fetcher *fetcher, struct fetch *fetch,
                          struct transfer_result *result)
{
    struct crawl *crawl = fetcher->crawl;
    struct visit *visit = fetch->visit;
    struct bytes location = header_get(buf_bytes(&result->headers), BYTES("location"));
    enum outcome outcome = exchange_outcome(result, visit->is_conditional);
    if (result->end == TRANSFER_ABORTED ||
        (outcome == OUTCOME_REDIRECT && gate_redirect(fetch->gate, location) == GATE_HOP_NEXT)) {
        fetch->gate->is_fetching = false;
        crawl_end_visit(crawl, visit);
    } else {
        visit->is_contact = true;
        visit->outcome = outcome;
        take_robots_answer(fetcher, fetch, result, outcome);
        crawl_count_bytes(crawl, visit, result->bytes_in);
        send_gate(fetcher, fetch->host, fetch->gate, visit);
    }
    transfer_result_clear(result);
}

/* ---- Pages */

/* Why, in words, where the outcome alone does not say it. */
static struct bytes reason_of(const struct transfer_result *result)
{
    if (result->end == TRANSFER_STOPPED)
        return header_get(buf_bytes(&result->headers), BYTES("content-type"));
    return bytes_from_string(result->detail);
}

static bool is_to_be_read(enum outcome outcome)
{
    return outcome == OUTCOME_PAGE || outcome == OUTCOME_REDIRECT;
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
    visit->reason = arena_copy(&visit->arena, reason_of(result));
    visit->result = *result;
    fetcher_note_pace(fetcher, fetch->host, visit);
    if (visit->outcome != OUTCOME_PAGE && visit->task->document == 0)
        fetch->host->pages--;
    crawl_count_bytes(crawl, visit, result->bytes_in);
    channel_push(is_to_be_read(visit->outcome) ? &crawl->to_readers : &crawl->to_writer,
                 &visit->message);
}

void fetcher_finish_fetches(struct fetcher *fetcher)
{
    struct transfer_result result;
    while (transfers_next_done(fetcher->transfers, &result)) {
        struct fetch *fetch = result.owner;
        struct host *host = fetch->host;
        finish_lane(fetcher, fetch, &result,
                    exchange_outcome(&result, fetch->visit->is_conditional));
        if (fetch->gate)
            finish_robots(fetcher, fetch, &result);
        else
            finish_page(fetcher, fetch, &result);
        free(fetch);
        fetcher->fetch_count--;
        scheduler_wake(fetcher->scheduler, host->turn);
        fetcher_leave_if_due(fetcher, host);
        if (host->is_forgotten)
            fetcher_forget_host(fetcher, host);
    }
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
