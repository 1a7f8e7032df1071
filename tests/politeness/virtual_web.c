/* SPDX-License-Identifier: MIT
 *
 * The transfers: connections to hosts of the world, which answer as the world says. The servers
 * note what they see.
 *
 *     begun --a while later--> connecting
 *     connecting --refused, silent--> waiting for the turn of the next address, or over
 *     waiting --> connecting
 *     connecting --> asked --headers--> judged --no--> over
 *                      |                    \--yes, end--> over
 *                      \--nothing comes in time--> over
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "tests/politeness/chance.h"
#include "tests/politeness/event_queue.h"
#include "tests/politeness/virtual.h"

enum { REFUSED_AFTER_US = 20000 };

enum phase { BEGUN, WAITING, CONNECTING, ASKED, JUDGED, OVER };

struct exchange {
    struct exchange *newer, *older; /* In flight. */
    struct transfers *transfers;
    struct transfer_result result;
    struct transfer_limits limits;
    struct reply reply;
    enum phase phase;
    uint32_t host;
    char *href;
    struct url url;
    struct buf if_none_match;
    size_t address_count;
    size_t address; /* That is tried. */
    struct address addresses[RESOLVER_ADDRESSES_MOST];
    int64_t start_us;
    int64_t attempt_us;
};

struct transfers {
    struct transfers *next;
    struct poller *poller;
    struct transfers_options options;
    struct exchange *newest;
    size_t in_flight;
    struct event_queue events;
};

/* ---- What does not differ from one life to the next */

void transfers_global_init(void)
{
}

void transfers_global_clear(void)
{
}

void transfer_result_clear(struct transfer_result *result)
{
    buf_clear(&result->headers);
    buf_clear(&result->body);
    buf_clear(&result->trailers);
}

struct transfers *transfers_new(struct poller *poller, const struct transfers_options *options)
{
    struct transfers *transfers = xcalloc(1, sizeof(*transfers));
    transfers->poller = poller;
    transfers->options = *options;
    poller->transfers = transfers;
    return transfers;
}

static void exchange_free(struct exchange *exchange)
{
    reply_clear(&exchange->reply);
    buf_clear(&exchange->if_none_match);
    free(exchange->href);
    free(exchange);
}

void transfers_free(struct transfers *transfers)
{
    while (transfers->newest) {
        struct exchange *exchange = transfers->newest;
        transfers->newest = exchange->older;
        transfer_result_clear(&exchange->result);
        exchange_free(exchange);
    }
    free(transfers->events.events);
    free(transfers);
}

size_t transfers_in_flight(const struct transfers *transfers)
{
    return transfers->in_flight;
}

int64_t transfers_timeout_ms(struct transfers *transfers)
{
    (void)transfers;
    return -1;
}

void transfers_process_timeouts(struct transfers *transfers)
{
    (void)transfers;
}

int64_t virtual_transfers_next_us(const struct transfers *transfers)
{
    return event_queue_next_us(&transfers->events);
}

/* ---- What servers note */

static void note(const struct exchange *exchange, bool is_request, bool is_cut, int64_t end_us)
{
    if (exchange->phase < CONNECTING)
        return; /* Nothing left for the server. */
    char text[ADDRESS_TEXT_BYTES];
    struct served served = {
        .start_us = exchange->attempt_us,
        .end_us = end_us,
        .address = address_text(&exchange->addresses[exchange->address], text),
        .origin = url_origin(&exchange->url),
    };
    if (is_request)
        served.target = url_path_query(&exchange->url);
    if (exchange->phase == JUDGED) {
        served.status = exchange->reply.status;
        served.is_cut = is_cut;
        served.fields = buf_bytes(&exchange->reply.fields);
    }
    server_log_write(virtual_world.log, &served);
}

/* ---- The life of an exchange */

static void later(struct exchange *exchange, int64_t after_us)
{
    int64_t at_us = virtual_world.now_us + (after_us > 0 ? after_us : 0);
    event_queue_add(&exchange->transfers->events, at_us, exchange);
}

static int64_t left_us(const struct exchange *exchange, int64_t limit_ms)
{
    return exchange->start_us + limit_ms * 1000 - virtual_world.now_us;
}

static void ask(struct exchange *exchange)
{
    struct reply *reply = &exchange->reply;
    const struct transfer_limits *limits = &exchange->limits;
    exchange->phase = ASKED;
    exchange->transfers->options.sent(exchange->result.owner,
                                      &exchange->addresses[exchange->address]);
    world_answer(virtual_world.world, exchange->host, &exchange->url,
                 buf_bytes(&exchange->if_none_match), virtual_world.now_us, reply);
    int64_t patience_us = left_us(exchange, limits->first_byte_ms);
    if (reply->end != REPLY_MUTE && reply->first_byte_us >= patience_us)
        reply->end = REPLY_MUTE;
    later(exchange, reply->end == REPLY_MUTE ? patience_us : reply->first_byte_us);
}

/* Much else may be done by the thread before the first packet leaves. */
static int64_t draw_lag_us(const struct exchange *exchange)
{
    uint64_t bits =
        chance(virtual_world.world->seed, exchange->host, (uint64_t)virtual_world.now_us);
    return (int64_t)chance_below(bits / 8, chance_below(bits, 8) ? 1000 : 30000);
}

static void try_address(struct exchange *exchange)
{
    exchange->phase = CONNECTING;
    int64_t left = left_us(exchange, exchange->limits.connect_ms);
    bool is_last = exchange->address + 1 == exchange->address_count;
    exchange->attempt_us = virtual_world.now_us;
    switch (world_connect(virtual_world.world, exchange->host,
                          &exchange->addresses[exchange->address], exchange->attempt_us / 1000)) {
    case CONNECTING_WORKS:
        exchange->result.address = exchange->addresses[exchange->address];
        exchange->result.is_connected = true;
        ask(exchange);
        return;
    case CONNECTING_REFUSED:
        exchange->result.end = TRANSFER_FAILED_CONNECT;
        later(exchange, REFUSED_AFTER_US);
        return;
    case CONNECTING_SILENT:
        exchange->result.end = TRANSFER_TIMED_OUT;
        later(exchange, is_last ? left : left / 2);
        return;
    }
}

static struct buf if_none_match_of(const struct transfer_request *request)
{
    struct buf value;
    buf_init(&value, BUF_UNBOUNDED);
    for (const char *const *line = request->headers; *line; line++)
        if (bytes_start_with(bytes_from_string(*line), BYTES("If-None-Match: ")))
            buf_append_string(&value, *line + sizeof("If-None-Match: ") - 1);
    return value;
}

void transfers_start(struct transfers *transfers, const struct transfer_request *request,
                     void *owner)
{
    struct exchange *exchange = xcalloc(1, sizeof(*exchange));
    exchange->transfers = transfers;
    exchange->result.owner = owner;
    exchange->limits = request->limits;
    exchange->href = xstrdup(request->url);
    if (!url_split(&exchange->url, bytes_from_string(exchange->href)) ||
        !world_find_host(virtual_world.world, request->host, &exchange->host))
        abort(); /* It has no address. */
    exchange->if_none_match = if_none_match_of(request);
    exchange->address_count = request->address_count;
    memcpy(exchange->addresses, request->addresses,
           request->address_count * sizeof(*request->addresses));
    exchange->start_us = virtual_world.now_us;
    reply_init(&exchange->reply);
    buf_init(&exchange->result.headers, BUF_UNBOUNDED);
    buf_init(&exchange->result.body, BUF_UNBOUNDED);
    buf_init(&exchange->result.trailers, BUF_UNBOUNDED);
    exchange->older = transfers->newest;
    if (exchange->older)
        exchange->older->newer = exchange;
    transfers->newest = exchange;
    transfers->in_flight++;
    later(exchange, draw_lag_us(exchange));
}

/* The addresses that did not let us in. */
static void tell_what_was_tried(const struct exchange *exchange)
{
    const struct transfers_options *options = &exchange->transfers->options;
    const struct address *won =
        exchange->result.is_connected ? &exchange->addresses[exchange->address] : NULL;
    options->tried(exchange->result.owner, won, exchange->addresses,
                   exchange->address + (exchange->phase == CONNECTING));
}

static void finish(struct exchange *exchange, enum transfer_end end)
{
    struct transfers *transfers = exchange->transfers;
    struct transfer_result *result = &exchange->result;
    if (exchange->phase > BEGUN)
        tell_what_was_tried(exchange);
    result->end = end;
    result->total_ms = (virtual_world.now_us - exchange->start_us) / 1000;
    result->ended_us = clock_monotonic_us();
    result->bytes_in = result->headers.length + result->body.length;
    exchange->phase = OVER;
    if (exchange->newer)
        exchange->newer->older = exchange->older;
    else
        transfers->newest = exchange->older;
    if (exchange->older)
        exchange->older->newer = exchange->newer;
    transfers->in_flight--;
}

static void receive_headers(struct exchange *exchange)
{
    struct transfer_result *result = &exchange->result;
    const struct reply *reply = &exchange->reply;
    exchange->phase = JUDGED;
    result->status = reply->status;
    result->http_version = 11;
    result->first_byte_ms = (virtual_world.now_us - exchange->start_us) / 1000;
    buf_printf(&result->headers, "HTTP/1.1 %u Status\r\n", reply->status);
    buf_append_bytes(&result->headers, buf_bytes(&reply->fields));
}

static void receive_body(struct exchange *exchange)
{
    size_t length = exchange->reply.body.length;
    if (exchange->reply.end != REPLY_WHOLE)
        length /= 2;
    buf_append(&exchange->result.body, exchange->reply.body.data, length);
}

/* To the next address, as soon as that may be: false where that is too late. */
static bool wait_for_turn(struct exchange *exchange)
{
    const struct transfers_options *options = &exchange->transfers->options;
    const struct address *next = &exchange->addresses[exchange->address];
    int64_t left = left_us(exchange, exchange->limits.connect_ms);
    exchange->phase = WAITING;
    if (left <= 0)
        return false;
    int64_t wait_us = options->turn(exchange->result.owner, next);
    if (wait_us > 0)
        later(exchange, wait_us < left ? wait_us : left);
    else
        try_address(exchange);
    return true;
}

/* The attempt to connect failed: false where it was the last. */
static bool leave_address(struct exchange *exchange)
{
    bool has_another = exchange->address + 1 < exchange->address_count &&
                       left_us(exchange, exchange->limits.connect_ms) > 0;
    note(exchange, !has_another, false, virtual_world.now_us);
    if (!has_another)
        return false;
    exchange->address++;
    return wait_for_turn(exchange);
}

static bool is_wanted(struct exchange *exchange)
{
    const struct transfers_options *options = &exchange->transfers->options;
    return options->judge(exchange->result.owner, exchange->result.status,
                          buf_bytes(&exchange->result.headers));
}

static void finish_mute(struct exchange *exchange)
{
    note(exchange, true, false, virtual_world.now_us);
    finish(exchange, TRANSFER_TIMED_OUT);
}

static void take_headers(struct exchange *exchange)
{
    const struct reply *reply = &exchange->reply;
    receive_headers(exchange);
    if (is_wanted(exchange)) {
        later(exchange, reply->end == REPLY_STUCK ? exchange->limits.slow_ms * 1000
                                                  : reply->end_us - reply->first_byte_us);
        return;
    }
    note(exchange, true, false, virtual_world.now_us);
    finish(exchange, TRANSFER_STOPPED);
}

static void take_body(struct exchange *exchange)
{
    static const enum transfer_end ends[] = {
        [REPLY_WHOLE] = TRANSFER_DONE,
        [REPLY_CUT] = TRANSFER_FAILED_PROTOCOL,
        [REPLY_STUCK] = TRANSFER_TIMED_OUT,
    };
    receive_body(exchange);
    note(exchange, true, exchange->reply.end != REPLY_WHOLE, virtual_world.now_us);
    finish(exchange, ends[exchange->reply.end]);
}

/* The time of its next event has come. */
static void go_on(struct exchange *exchange)
{
    switch (exchange->phase) {
    case BEGUN:
        try_address(exchange);
        return;
    case WAITING:
        if (!wait_for_turn(exchange))
            finish(exchange, exchange->result.end);
        return;
    case CONNECTING:
        if (!leave_address(exchange))
            finish(exchange, exchange->result.end);
        return;
    case ASKED:
        if (exchange->reply.end == REPLY_MUTE)
            finish_mute(exchange);
        else
            take_headers(exchange);
        return;
    case JUDGED:
        take_body(exchange);
        return;
    case OVER:
        return; /* It was aborted. */
    }
}

bool transfers_next_done(struct transfers *transfers, struct transfer_result *result)
{
    struct exchange *exchange;
    while ((exchange = event_queue_take(&transfers->events, virtual_world.now_us)) != NULL) {
        go_on(exchange);
        if (exchange->phase != OVER)
            continue;
        *result = exchange->result;
        exchange_free(exchange);
        transfers->poller->is_rung = true;
        return true;
    }
    return false;
}

void transfers_abort_all(struct transfers *transfers)
{
    transfers->events.count = 0; /* Each in flight has one. */
    while (transfers->newest) {
        struct exchange *exchange = transfers->newest;
        note(exchange, true, true, virtual_world.now_us);
        finish(exchange, TRANSFER_ABORTED);
        later(exchange, 0);
    }
}

void virtual_break_connections(void)
{
    struct poller *poller;
    for (size_t i = 0; (poller = virtual_poller(i)) != NULL; i++)
        for (struct exchange *exchange = poller->transfers->newest; exchange;
             exchange = exchange->older)
            note(exchange, true, true, virtual_world.now_us);
}
