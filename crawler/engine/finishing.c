/* SPDX-License-Identifier: MIT
 *
 * From transfer to visit: what an ended transfer came to, for the page, for robots.txt, and for the
 * lane's politeness.
 */
#include "crawler/engine/fetcher_parts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/messages.h"
#include "crawler/fetch/headers.h"
#include "store/coding.h"

static void send_gate(struct fetcher *fetcher, struct host *host, struct gate *gate,
                      struct visit *visit)
{
    visit->message.kind = TO_WRITER_VISIT;
    visit->origin = arena_copy(&visit->arena, bytes_from_string(gate->origin));
    buf_append_bytes(&visit->origin_record, buf_bytes(&gate->kept));
    visit->pace = *scheduler_pace(host->turn);
    channel_push(&fetcher->crawl->to_writer, &visit->message);
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
    fetcher_leave_if_held(fetcher, host, end.now_ms);
}
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
    if (!is_answer)
        snprintf(gate->detail, sizeof(gate->detail), "%s", result->detail);
    else if (answer.status >= 400)
        snprintf(gate->detail, sizeof(gate->detail), "HTTP %u", answer.status);
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

void fetcher_finish_fetches(struct fetcher *fetcher)
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
        fetcher->fetch_count--;
        scheduler_wake(fetcher->scheduler, host->turn);
        fetcher_leave_if_held(fetcher, host, crawl_now_ms(fetcher->crawl));
        if (host->is_forgotten)
            fetcher_forget_host(fetcher, host);
    }
}

/* Hosts that waited for names go on. */
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
