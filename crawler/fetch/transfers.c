/* SPDX-License-Identifier: MIT
 *
 * One curl multi handle, its sockets on the poller and its timer kept here. Easy handles are
 * pooled: what never changes is set when one is made, the rest with each request.
 *
 * Every socket that libcurl opens is put to the guard, whose rules never change; so a connection
 * that is used again needs no second question. It must also be one of the transfer's own
 * destination, as two hosts may share a stand-in there.
 *
 * libcurl's callbacks write down what came and return. A response that was stopped has its verdict;
 * the error that libcurl then reports is only the echo.
 */
#include "crawler/fetch/transfer_parts.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crawler/fetch/portion.h"

/* Of empty frames so many take 60 ms; of content some microseconds. The reply that is waited for
 * comes with the end of an ftp file, or to our good-bye. */
enum { READ_PORTION_BYTES = 128 * 1024, WAIT_MOST_MS = 1000 };

static struct transfer *transfer_of_intake(struct intake_part *part)
{
    return (struct transfer *)((char *)part - offsetof(struct transfer, intake));
}

static void in_flight_add(struct transfers *transfers, struct transfer *transfer)
{
    transfer->previous = NULL;
    transfer->next = transfers->in_flight;
    if (transfer->next)
        transfer->next->previous = transfer;
    transfers->in_flight = transfer;
    transfers->count++;
}

static void in_flight_remove(struct transfers *transfers, struct transfer *transfer)
{
    if (transfer->previous)
        transfer->previous->next = transfer->next;
    else
        transfers->in_flight = transfer->next;
    if (transfer->next)
        transfer->next->previous = transfer->previous;
    transfers->count--;
}

static void done_add(struct transfers *transfers, struct transfer *transfer)
{
    transfer->next = NULL;
    *transfers->done_last = transfer;
    transfers->done_last = &transfer->next;
}

/* When to look at a transfer. */

/* While we take nothing, nothing is late. */
static int64_t deadline_ms(const struct transfer *transfer)
{
    if (intake_part_waits(&transfer->intake))
        return -1;
    return time_earlier(patience_deadline_ms(&transfer->patience, transfer->result.bytes_in),
                        transfer->attempts.retry_at_ms);
}

void transfer_look_by_its_deadline(struct transfer *transfer)
{
    struct transfers *transfers = transfer->transfers;
    transfers->check_ms = time_earlier(transfers->check_ms, deadline_ms(transfer));
}

/* Attempts to connect. */

static void begin_attempt(struct transfer *transfer)
{
    struct attempts *attempts = &transfer->attempts;
    int64_t now_ms = clock_monotonic_ms();
    attempts_begin(attempts, now_ms);
    transfer_set_way(transfer);
    SET(transfer->easy, CURLOPT_CONNECTTIMEOUT_MS, attempts_budget_ms(attempts, now_ms));
    CURLMcode code = curl_multi_add_handle(transfer->transfers->multi, transfer->easy);
    assert(code == CURLM_OK);
}

static void tell_what_was_tried(const struct transfer *transfer)
{
    const struct transfer_result *result = &transfer->result;
    const struct destination *destination = &transfer->attempts.destination;
    struct address lost[DESTINATION_ADDRESSES_MOST];
    const struct address *won = result->is_connected ? &result->address : NULL;
    transfers_tried *tried = transfer->transfers->options.tried;
    if (!tried || destination->opened == 0)
        return;
    size_t lost_count = destination_lost(destination, won, lost);
    tried(result->owner, won, lost, lost_count);
}

static void move_to_done(struct transfer *transfer)
{
    struct transfers *transfers = transfer->transfers;
    transfer->result.ended_us = clock_monotonic_us();
    intake_stop(&transfers->intake, &transfer->intake);
    in_flight_remove(transfers, transfer);
    done_add(transfers, transfer);
}

/* Its connection may go with it, and libcurl waits for good-byes. */
static void let_go(struct transfer *transfer)
{
    portion_begin(READ_PORTION_BYTES, WAIT_MOST_MS);
    curl_multi_remove_handle(transfer->transfers->multi, transfer->easy);
    portion_end();
}

/* From in flight to done. Not from within a callback of libcurl. */
static void finish(struct transfer *transfer, CURLcode code)
{
    transfer_take_facts(transfer);
    tell_what_was_tried(transfer);
    transfer_set_end(transfer, code);
    /* Takes the connection down when the exchange is not over; HTTP/2 resets the stream only. */
    let_go(transfer);
    move_to_done(transfer);
}

/* libcurl never hears of it. */
static void finish_unasked(struct transfer *transfer)
{
    if (attempts_are_refused(&transfer->attempts))
        response_stop(&transfer->response, TRANSFER_REFUSED_ADDRESS,
                      "an address that is not allowed");
    else
        response_stop(&transfer->response, TRANSFER_FAILED_CONNECT,
                      "no IPv4 address, and SOCKS4 reaches no other");
    transfer_set_end(transfer, CURLE_COULDNT_CONNECT);
    move_to_done(transfer);
}

static void try_again(struct transfer *transfer)
{
    let_go(transfer);
    if (attempts_must_wait(&transfer->attempts, clock_monotonic_ms()))
        transfer_look_by_its_deadline(transfer);
    else
        begin_attempt(transfer);
}

static void collect_finished(struct transfers *transfers)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(transfers->multi, &left)) != NULL) {
        struct transfer *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        CURLcode code = message->data.result;
        if (transfer_deserves_another_attempt(transfer, code))
            try_again(transfer);
        else
            finish(transfer, code);
    }
}

/* Requests left while libcurl ran: now at the latest, and never later than we say. */
static void tell_who_asked(struct transfers *transfers)
{
    while (transfers->asking) {
        struct transfer *transfer = transfers->asking;
        transfers->asking = transfer->next_asking;
        transfer->is_asking = false;
        if (transfers->options.sent)
            transfers->options.sent(transfer->result.owner,
                                    transfer->has_asked_address ? &transfer->asked : NULL);
    }
}

static void act(struct transfers *transfers, curl_socket_t socket, int mask)
{
    int running;
    portion_begin(READ_PORTION_BYTES, WAIT_MOST_MS);
    curl_multi_socket_action(transfers->multi, socket, mask, &running);
    portion_end();
    tell_who_asked(transfers);
    collect_finished(transfers);
}

/* Callbacks of the multi handle. */

static void on_ready(void *owner, int descriptor, unsigned events)
{
    struct transfers *transfers = owner;
    int mask = ((events & POLLER_READ) ? CURL_CSELECT_IN : 0) |
               ((events & POLLER_WRITE) ? CURL_CSELECT_OUT : 0) |
               ((events & POLLER_ERROR) ? CURL_CSELECT_ERR : 0);
    act(transfers, descriptor, mask);
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *user, void *per_socket)
{
    struct transfers *transfers = user;
    (void)easy;
    (void)per_socket;
    unsigned events = what == CURL_POLL_IN    ? POLLER_READ
                      : what == CURL_POLL_OUT ? POLLER_WRITE
                                              : POLLER_READ | POLLER_WRITE;
    if (what == CURL_POLL_REMOVE)
        poller_rest(transfers->poller, socket); /* Until the connection's next request. */
    else
        poller_watch(transfers->poller, socket, events, on_ready, transfers);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *user)
{
    struct transfers *transfers = user;
    (void)multi;
    transfers->timer_ms = timeout_ms < 0 ? -1 : clock_monotonic_ms() + timeout_ms;
    return 0;
}

/* Handles. */

static struct transfer *take_idle(struct transfers *transfers)
{
    struct transfer *transfer = transfers->idle;
    if (transfer) {
        transfers->idle = transfer->next;
        return transfer;
    }
    transfer = xcalloc(1, sizeof(*transfer));
    transfer->transfers = transfers;
    transfer->easy = transfer_new_easy(transfer);
    header_lines_init(&transfer->headers);
    return transfer;
}

static void transfer_free(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    transfer_result_clear(&transfer->result);
    header_lines_clear(&transfer->headers);
    relay_clear(&transfer->relay);
    ftp_clear(&transfer->ftp);
    free(transfer->header_nodes);
    free(transfer);
}

static void free_list(struct transfer *transfer)
{
    while (transfer) {
        struct transfer *next = transfer->next;
        transfer_free(transfer);
        transfer = next;
    }
}

/* Of an ftp URL, from its path on. */
static struct bytes target_of(const char *url)
{
    struct bytes rest = bytes_from_string(url + strlen("ftp://"));
    return bytes_slice(rest, bytes_find(rest, '/'), rest.length);
}

static void reset_transfer(struct transfer *transfer, const struct transfer_request *request,
                           void *owner)
{
    transfer->result = (struct transfer_result){ .owner = owner };
    transfer->limits = request->limits;
    response_begin(&transfer->response, &transfer->result, &transfer->limits);
    transfer->curl_error[0] = '\0';
    int64_t now_ms = clock_monotonic_ms();
    patience_begin(&transfer->patience, &transfer->limits, now_ms);
    attempts_init(&transfer->attempts, transfer->transfers->options.rules, request, now_ms);
    const struct proxy_route *route = request->proxy;
    relay_set(&transfer->relay, route ? route->proxy : NULL, route ? route->addresses : NULL,
              route ? route->address_count : 0);
    bool is_read = relay_reads_requests(&transfer->relay);
    bool is_https = strncmp(request->url, "https:", 6) == 0;
    bool is_ftp = strncmp(request->url, "ftp:", 4) == 0 && !is_read;
    transfer->is_tunnel = route && !(is_read && !is_https);
    ftp_set(&transfer->ftp, is_ftp ? target_of(request->url) : (struct bytes){ 0 });
    transfer->has_asked = false;
    transfer->response.may_be_asked_again = request->login || (route && route->proxy->user);
    transfer->waited_ms = 0;
    intake_begin(&transfer->transfers->intake, &transfer->intake, request->rate);
}

/* Deadlines. */

static void check_transfer(struct transfer *transfer, int64_t now_ms)
{
    char detail[sizeof(transfer->result.detail)];
    if (!patience_is_over(&transfer->patience, transfer->result.bytes_in, now_ms, detail,
                          sizeof(detail))) {
        int64_t retry_at_ms = transfer->attempts.retry_at_ms;
        if (retry_at_ms >= 0 && now_ms >= retry_at_ms)
            begin_attempt(transfer);
        return;
    }
    response_stop(&transfer->response, TRANSFER_TIMED_OUT, detail);
    finish(transfer, CURLE_OPERATION_TIMEDOUT);
}

/* All transfers in flight are looked at, but only when the earliest deadline has come, and that
 * moves with each look: with deadlines of many seconds it is a rare thing, and a transfer pays
 * nothing for it. */
static void check_deadlines(struct transfers *transfers, int64_t now_ms)
{
    transfers->check_ms = -1;
    for (struct transfer *transfer = transfers->in_flight, *next; transfer; transfer = next) {
        next = transfer->next;
        int64_t deadline = deadline_ms(transfer);
        if (deadline >= 0 && deadline <= now_ms)
            check_transfer(transfer, now_ms);
    }
    for (struct transfer *transfer = transfers->in_flight; transfer; transfer = transfer->next)
        transfers->check_ms = time_earlier(transfers->check_ms, deadline_ms(transfer));
}

/* While libcurl 7.88 makes TLS for ftp's second connection it does not say that it waits for words
 * on the first one, and would wait for them until its time is over. So it is told now and then that
 * there may be some. */
static void nudge(struct transfers *transfers)
{
    enum { NUDGE_MS = 20, NUDGED_MOST = 32 };
    curl_socket_t sockets[2 * NUDGED_MOST];
    size_t count = 0;
    for (struct transfer *transfer = transfers->in_flight; transfer; transfer = transfer->next)
        for (size_t i = 0; transfer->is_nudged && i < 2 && count < 2 * NUDGED_MOST; i++)
            sockets[count++] = transfer->sockets[i];
    for (size_t i = 0; i < count; i++)
        if (sockets[i] != CURL_SOCKET_BAD)
            act(transfers, sockets[i], CURL_CSELECT_IN);
    transfers->nudge_ms = count > 0 ? clock_monotonic_ms() + NUDGE_MS : -1;
}

/* Those that waited. */

/* libcurl brings what it kept before this returns; what fails then, it leaves to us to end. */
static void go_on_taking(struct intake_part *part)
{
    struct transfer *transfer = transfer_of_intake(part);
    int64_t waited_ms = part->waited_us / US_PER_MS;
    patience_extend(&transfer->patience, waited_ms - transfer->waited_ms);
    transfer->waited_ms = waited_ms;
    CURLcode code = curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
    if (code != CURLE_OK)
        finish(transfer, code);
    else
        transfer_look_by_its_deadline(transfer);
}

/* Public. */

void transfer_result_clear(struct transfer_result *result)
{
    buf_clear(&result->headers);
    buf_clear(&result->body);
    buf_clear(&result->trailers);
}

void transfers_global_init(void)
{
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    assert(code == CURLE_OK);
}

void transfers_global_clear(void)
{
    curl_global_cleanup();
}

static const char *system_ca_file(void)
{
    const char *built_in = curl_version_info(CURLVERSION_NOW)->cainfo;
    return built_in ? built_in : "/etc/ssl/certs/ca-certificates.crt";
}

#define SET_MULTI(multi, option, value)                                                            \
    do {                                                                                           \
        CURLMcode set_code = curl_multi_setopt(multi, option, value);                              \
        assert(set_code == CURLM_OK);                                                              \
    } while (0)

struct transfers *transfers_new(struct poller *poller, const struct transfers_options *options)
{
    assert(options->rules);
    struct transfers *transfers = xcalloc(1, sizeof(*transfers));
    transfers->poller = poller;
    transfers->options = *options;
    transfers->done_last = &transfers->done_first;
    transfers->timer_ms = -1;
    transfers->check_ms = -1;
    transfers->nudge_ms = -1;
    transfers->ca_file = options->ca_file ? options->ca_file : system_ca_file();
    intake_init(&transfers->intake, options->rate, options->room);
    transfers->multi = curl_multi_init();
    assert(transfers->multi);
    SET_MULTI(transfers->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    SET_MULTI(transfers->multi, CURLMOPT_SOCKETDATA, transfers);
    SET_MULTI(transfers->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    SET_MULTI(transfers->multi, CURLMOPT_TIMERDATA, transfers);
    SET_MULTI(transfers->multi, CURLMOPT_MAXCONNECTS, (long)options->connections_most);
    return transfers;
}

void transfers_free(struct transfers *transfers)
{
    if (!transfers)
        return;
    struct transfer_result result;
    transfers_abort_all(transfers);
    while (transfers_next_done(transfers, &result))
        transfer_result_clear(&result);
    free_list(transfers->idle);
    portion_begin(READ_PORTION_BYTES, WAIT_MOST_MS);
    curl_multi_cleanup(transfers->multi);
    portion_end();
    free(transfers);
}

void transfers_start(struct transfers *transfers, const struct transfer_request *request,
                     void *owner)
{
    assert(request->address_count > 0 ||
           (request->proxy && proxy_resolves_names(request->proxy->proxy->kind)));
    struct transfer *transfer = take_idle(transfers);
    reset_transfer(transfer, request, owner);
    transfer_set_request(transfer, request);
    in_flight_add(transfers, transfer);
    if (transfer->attempts.leads_nowhere) {
        finish_unasked(transfer);
        return;
    }
    transfer_look_by_its_deadline(transfer);
    if (transfer->is_nudged && transfers->nudge_ms < 0)
        transfers->nudge_ms = clock_monotonic_ms();
    begin_attempt(transfer);
}

size_t transfers_in_flight(const struct transfers *transfers)
{
    return transfers->count;
}

void transfers_abort_all(struct transfers *transfers)
{
    while (transfers->in_flight) {
        response_stop(&transfers->in_flight->response, TRANSFER_ABORTED, "aborted");
        finish(transfers->in_flight, CURLE_ABORTED_BY_CALLBACK);
    }
}

bool transfers_next_done(struct transfers *transfers, struct transfer_result *result)
{
    struct transfer *transfer = transfers->done_first;
    if (!transfer)
        return false;
    transfers->done_first = transfer->next;
    if (!transfers->done_first)
        transfers->done_last = &transfers->done_first;
    *result = transfer->result;
    transfer->result = (struct transfer_result){ 0 };
    intake_end(&transfers->intake, &transfer->intake);
    if (transfer->is_for_once) {
        transfer_free(transfer);
        return true;
    }
    transfer->next = transfers->idle;
    transfers->idle = transfer;
    return true;
}

int64_t transfers_timeout_ms(struct transfers *transfers)
{
    if (transfers->done_first)
        return 0;
    int64_t now_us = clock_monotonic_us();
    int64_t intake_us = intake_timeout_us(&transfers->intake, now_us);
    int64_t intake_ms = intake_us < 0 ? -1 : (intake_us + US_PER_MS - 1) / US_PER_MS;
    int64_t due_ms =
        time_earlier(time_earlier(transfers->timer_ms, transfers->nudge_ms), transfers->check_ms);
    if (due_ms < 0)
        return intake_ms;
    int64_t now_ms = now_us / US_PER_MS;
    return time_earlier(intake_ms, due_ms > now_ms ? due_ms - now_ms : 0);
}

void transfers_process_timeouts(struct transfers *transfers)
{
    int64_t now_ms = clock_monotonic_ms();
    if (transfers->timer_ms >= 0 && transfers->timer_ms <= now_ms) {
        transfers->timer_ms = -1;
        act(transfers, CURL_SOCKET_TIMEOUT, 0);
    }
    if (transfers->check_ms >= 0 && transfers->check_ms <= now_ms)
        check_deadlines(transfers, now_ms);
    if (transfers->nudge_ms >= 0 && transfers->nudge_ms <= now_ms)
        nudge(transfers);
    intake_go_on(&transfers->intake, clock_monotonic_us(), go_on_taking);
}
