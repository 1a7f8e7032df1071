/* SPDX-License-Identifier: MIT
 *
 * transfers_world - transfers, a poller and a server in one process: what the tests of transfers
 * share.
 */
#ifndef TESTS_UNIT_TRANSFERS_WORLD_H
#define TESTS_UNIT_TRANSFERS_WORLD_H

#include "http_server.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/url.h"
#include "crawler/fetch/transfers.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

struct world {
    struct server server;
    struct poller *poller;
    struct address_rules *rules;
    struct transfers *transfers;
    struct transfer_limits limits;
    struct room room; /* Without shares, unless made anew: all that is held is used. */
    struct rate rate; /* Without a limit, unless it is set. */
    int judged;
    uint16_t judged_status;
    bool judge_says;
    int64_t turn_waits_us; /* What the next who ask for a turn are told, less by half each time. */
    int turns;             /* That were asked for. */
    struct address won;    /* Of the last transfer that tried to connect. */
    bool has_won;
    int sent; /* Requests that left, the last one to: */
    struct address sent_to;
    bool has_sent_to;
    int tried; /* Transfers that tried to connect. */
    struct address lost[8];
    size_t lost_count;
};

static inline int64_t give_turn(void *owner, const struct address *address)
{
    struct world *world = owner;
    (void)address;
    world->turns++;
    int64_t wait_us = world->turn_waits_us;
    world->turn_waits_us = wait_us > 1000 ? wait_us / 2 : 0;
    return wait_us;
}

static inline void note_tried(void *owner, const struct address *won, const struct address *lost,
                              size_t lost_count)
{
    struct world *world = owner;
    world->tried++;
    world->has_won = won != NULL;
    if (won)
        world->won = *won;
    ck_assert_uint_le(lost_count, 8);
    memcpy(world->lost, lost, lost_count * sizeof(*lost));
    world->lost_count = lost_count;
}

static inline void note_sent(void *owner, const struct address *address)
{
    struct world *world = owner;
    world->sent++;
    world->has_sent_to = address != NULL;
    if (address)
        world->sent_to = *address;
}

static inline bool judge(void *owner, uint16_t status, struct bytes headers)
{
    struct world *world = owner;
    world->judged++;
    world->judged_status = status;
    ck_assert(bytes_start_with(headers, BYTES("HTTP/")));
    return world->judge_says;
}

/* Transfers to these addresses, in place of those that there were. */
static inline void world_allow(struct world *world, const char *const *allowed, size_t count)
{
    char *error = NULL;
    transfers_free(world->transfers);
    address_rules_free(world->rules);
    world->rules = address_rules_new(allowed, count, &error);
    ck_assert_ptr_nonnull(world->rules);
    struct transfers_options options = {
        .rules = world->rules,
        .judge = judge,
        .turn = give_turn,
        .tried = note_tried,
        .sent = note_sent,
        .connections_most = 8,
        .rate = &world->rate,
        .room = &world->room,
    };
    world->transfers = transfers_new(world->poller, &options);
}

static inline void world_open_with(struct world *world, const char *server_ip, const char *allowed,
                                   const struct page *pages, size_t page_count)
{
    memset(world, 0, sizeof(*world));
    server_start(&world->server, server_ip, pages, page_count);
    world->judge_says = true;
    world->limits = (struct transfer_limits){ .header_bytes = 4096,
                                              .header_fields = 100,
                                              .body_bytes = 1000000,
                                              .connect_ms = 20000,
                                              .first_byte_ms = 20000,
                                              .total_ms = 30000,
                                              .slow_bytes_per_s = 1,
                                              .slow_ms = 20000 };
    world->poller = poller_new();
    transfers_global_init();
    room_init(&world->room, 1 << 30, UINT64_MAX);
    rate_init(&world->rate, 0);
    world_allow(world, &allowed, allowed ? 1 : 0);
}

static inline void world_close(struct world *world)
{
    transfers_free(world->transfers);
    address_rules_free(world->rules);
    poller_free(world->poller);
    server_stop(&world->server);
    transfers_global_clear();
}

/* A request to the server with what is special about it; the rest is filled in. */
static inline void start_like(struct world *world, struct transfer_request *request,
                              const char *host, const char *path)
{
    char url[512];
    snprintf(url, sizeof(url), "http://%s:%u%s", host, world->server.port, path);
    static const char *const headers[] = { "User-Agent: Test/1", "Accept-Encoding: gzip", NULL };
    request->url = url;
    request->host = bytes_from_string(host);
    request->port = world->server.port;
    request->headers = headers;
    request->limits = world->limits;
    if (!request->addresses) {
        request->addresses = &world->server.address;
        request->address_count = 1;
    }
    transfers_start(world->transfers, request, world);
}

static inline void start_at(struct world *world, const char *host, const char *path,
                            const struct address *addresses, size_t count)
{
    struct transfer_request request = { .addresses = addresses, .address_count = count };
    start_like(world, &request, host, path);
}

static inline void start(struct world *world, const char *host, const char *path)
{
    start_at(world, host, path, &world->server.address, 1);
}

static inline void turn(struct world *world)
{
    poller_wait(world->poller, US_PER_MS * transfers_timeout_ms(world->transfers));
    transfers_process_timeouts(world->transfers);
}

static inline struct transfer_result wait_for_one(struct world *world)
{
    struct transfer_result result;
    while (!transfers_next_done(world->transfers, &result)) {
        ck_assert_uint_gt(transfers_in_flight(world->transfers), 0);
        turn(world);
    }
    return result;
}

static inline struct transfer_result fetch(struct world *world, const char *path)
{
    start(world, "example.test", path);
    return wait_for_one(world);
}

static inline void assert_body(const struct transfer_result *result, const char *wanted)
{
    ck_assert_msg(bytes_equal(buf_bytes(&result->body), bytes_from_string(wanted)),
                  "body is \"%.*s\"", (int)result->body.length,
                  result->body.data ? result->body.data : "");
}

#endif
