/* SPDX-License-Identifier: MIT
 *
 * The exchanges against a server in this process.
 */
#include "suite.h"

#include "transfers_world.h"

#include <sys/socket.h>
#include <unistd.h>

#include "crawler/fetch/headers.h"

static const struct page pages[] = {
    { "/plain", OK_HEAD "Content-Length: 5\r\n\r\nhello", KEEP, NULL, 0 },
    { "/gate", OK_HEAD "Content-Length: 4\r\n\r\nopen", GATE, NULL, 0 },
    { "/chunked",
      OK_HEAD "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n6;x=y\r\n "
              "world\r\n0\r\nX-Sum: "
              "9\r\n\r\n",
      KEEP, NULL, 0 },
    { "/silent-close", OK_HEAD "Content-Length: 2\r\n\r\nhi", CLOSE, NULL, 0 },
    { "/no-answer", "", STALL, NULL, 0 },
    { "/half-head", "HTTP/1.1 200 OK\r\nX-Half: y", STALL, NULL, 0 },
    { "/half-body", OK_HEAD "Content-Length: 50\r\n\r\npartial", STALL, NULL, 0 },
    { "/large", OK_HEAD "Content-Length: 100000\r\n\r\n", STALL, "0123456789", 10000 },
};

static void world_open_at(struct world *world, const char *server_ip, const char *allowed)
{
    world_open_with(world, server_ip, allowed, pages, sizeof(pages) / sizeof(pages[0]));
}

static void world_open(struct world *world)
{
    world_open_at(world, "127.0.0.1", "127.0.0.0/8");
}

START_TEST(a_connection_is_kept_for_its_host_and_no_other)
{
    static const char *const hosts[] = { "a.test", "b.test", "c.test" };
    struct world world;
    world_open(&world);
    for (size_t i = 0; i < 9; i++) {
        start(&world, hosts[i % 3], "/chunked");
        struct transfer_result result = wait_for_one(&world);
        ck_assert_int_eq(result.end, TRANSFER_DONE);
        ck_assert_int_eq(result.is_reused, i >= 3);
        ck_assert_mem_eq(result.address.ip, world.server.address.ip, 16);
        transfer_result_clear(&result);
    }
    ck_assert_int_eq(atomic_load(&world.server.accepts), 3);
    world_close(&world);
}
END_TEST

START_TEST(transfers_to_one_host_at_once_have_a_connection_each)
{
    struct world world;
    world_open(&world);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++)
            start(&world, "a.test", "/plain");
        for (int i = 0; i < 4; i++) {
            struct transfer_result result = wait_for_one(&world);
            ck_assert_int_eq(result.end, TRANSFER_DONE);
            ck_assert_int_eq(result.is_reused, round > 0);
            transfer_result_clear(&result);
        }
    }
    ck_assert_int_eq(atomic_load(&world.server.accepts), 4);
    world_close(&world);
}
END_TEST

/* However late they are asked for. */
START_TEST(each_says_when_it_ended)
{
    enum { COUNT = 8 };
    struct world world;
    world_open(&world);
    int64_t before_us = clock_monotonic_us();
    for (int i = 0; i < COUNT; i++)
        start(&world, "a.test", "/plain");
    while (transfers_in_flight(world.transfers) > 0)
        turn(&world);
    int64_t all_ended_us = clock_monotonic_us();
    for (int i = 0; i < COUNT; i++) {
        struct transfer_result result = wait_for_one(&world);
        ck_assert_int_gt(result.ended_us, before_us);
        ck_assert_int_le(result.ended_us, all_ended_us);
        before_us = result.ended_us - 1;
        transfer_result_clear(&result);
    }
    world_close(&world);
}
END_TEST

START_TEST(no_more_connections_are_kept_than_was_said)
{
    struct world world;
    world_open(&world);
    for (int i = 0; i < 30; i++) {
        char host[32];
        snprintf(host, sizeof(host), "h%d.test", i);
        start(&world, host, "/plain");
        struct transfer_result result = wait_for_one(&world);
        ck_assert_int_eq(result.end, TRANSFER_DONE);
        transfer_result_clear(&result);
    }
    wait_until_open_at_most(&world.server, 8);
    world_close(&world);
}
END_TEST

START_TEST(a_kept_connection_that_the_server_closed_is_replaced)
{
    struct world world;
    world_open(&world);
    for (int i = 0; i < 4; i++) {
        struct transfer_result result = fetch(&world, "/silent-close");
        ck_assert_int_eq(result.end, TRANSFER_DONE);
        assert_body(&result, "hi");
        transfer_result_clear(&result);
    }
    ck_assert_int_eq(atomic_load(&world.server.accepts), 4);
    world_close(&world);
}
END_TEST

/* libcurl asks again over a new connection. In the meantime so many hosts were at work that each
 * stand-in has the address of another one, at which nobody listens. */
START_TEST(a_host_is_found_again_when_others_had_its_stand_in)
{
    enum { OTHERS = 1500 };
    struct world world;
    world_open(&world);
    struct transfer_result result = fetch(&world, "/plain");
    transfer_result_clear(&result);
    start(&world, "example.test", "/gate");
    turn(&world);
    struct address nobody;
    ck_assert(address_parse(&nobody, BYTES("127.0.0.2")));
    for (int i = 0; i < OTHERS; i++) {
        char host[32];
        snprintf(host, sizeof(host), "h%d.test", i);
        start_at(&world, host, "/plain", &nobody, 1);
        result = wait_for_one(&world);
        ck_assert_int_eq(result.end, TRANSFER_FAILED_CONNECT);
        transfer_result_clear(&result);
    }
    open_gate(&world.server);
    result = wait_for_one(&world);
    ck_assert_msg(result.end == TRANSFER_DONE, "%s", result.detail);
    ck_assert_mem_eq(result.address.ip, world.server.address.ip, 16);
    assert_body(&result, "open");
    transfer_result_clear(&result);
    ck_assert_int_eq(atomic_load(&world.server.accepts), 2);
    world_close(&world);
}
END_TEST

START_TEST(hosts_may_be_literals_and_odd_names)
{
    static const char *const hosts[] = { "127.0.0.1",     "localhost", "a_b.test",
                                         "-dash.test",    "dot.test.", "xn--bcher-kva.test",
                                         "[2001:db8::1]", "[::1]",     "7.test",
                                         "x.onion" };
    struct world world;
    world_open(&world);
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        start(&world, hosts[i], "/silent-close");
        struct transfer_result result = wait_for_one(&world);
        ck_assert_msg(result.end == TRANSFER_DONE, "%s: %s", hosts[i], result.detail);
        transfer_result_clear(&result);
    }
    world_close(&world);
}
END_TEST

START_TEST(addresses_are_tried_in_turn)
{
    struct world world;
    world_open_at(&world, "127.0.0.3", "127.0.0.0/8");
    struct address addresses[3];
    ck_assert(address_parse(&addresses[0], BYTES("::1")));       /* Refused by the guard. */
    ck_assert(address_parse(&addresses[1], BYTES("127.0.0.2"))); /* Nobody listens. */
    addresses[2] = world.server.address;
    start_at(&world, "example.test", "/plain", addresses, 3);
    struct transfer_result result = wait_for_one(&world);
    ck_assert_msg(result.end == TRANSFER_DONE, "%s", result.detail);
    ck_assert_mem_eq(result.address.ip, addresses[2].ip, 16);
    transfer_result_clear(&result);
    /* One request left, for the last one; the next leaves over the connection that is kept. */
    ck_assert_int_eq(world.sent, 1);
    ck_assert_mem_eq(world.sent_to.ip, addresses[2].ip, 16);
    start_at(&world, "example.test", "/plain", &addresses[2], 1);
    result = wait_for_one(&world);
    ck_assert_int_eq(world.sent, 2);
    transfer_result_clear(&result);
    start_at(&world, "refused.test", "/plain", addresses, 2);
    result = wait_for_one(&world);
    ck_assert_int_eq(world.sent, 2);
    ck_assert_int_eq(result.end, TRANSFER_FAILED_CONNECT);
    ck_assert(!result.is_connected);
    ck_assert(result.detail[0] != '\0');
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

/* 127.0.0.2 takes no connections; the turn at the next address comes after some milliseconds. */
START_TEST(further_addresses_wait_for_their_turn_and_what_came_of_each_is_told)
{
    struct world world;
    struct address addresses[2];
    world_open_at(&world, "127.0.0.3", "127.0.0.0/8");
    ck_assert(address_parse(&addresses[0], BYTES("127.0.0.2")));
    addresses[1] = world.server.address;
    world.turn_waits_us = 4000;
    start_at(&world, "example.test", "/plain", addresses, 2);
    struct transfer_result result = wait_for_one(&world);
    ck_assert_msg(result.end == TRANSFER_DONE, "%s", result.detail);
    ck_assert_int_eq(world.turns, 4); /* 4 ms, 2 ms, 1 ms, now. */
    ck_assert_int_ge(result.connect_ms, 7);
    ck_assert(world.has_won);
    ck_assert_mem_eq(&world.won, &addresses[1], sizeof(world.won));
    ck_assert_uint_eq(world.lost_count, 1);
    ck_assert_mem_eq(&world.lost[0], &addresses[0], sizeof(world.lost[0]));
    transfer_result_clear(&result);
    /* By a connection that is kept nobody tries anything. */
    world.lost_count = 7;
    start_at(&world, "example.test", "/plain", &addresses[1], 1);
    result = wait_for_one(&world);
    ck_assert(result.is_reused);
    ck_assert_uint_eq(world.lost_count, 7);
    transfer_result_clear(&result);
    /* Nobody takes a connection. */
    start_at(&world, "example.test", "/plain", &addresses[0], 1);
    result = wait_for_one(&world);
    ck_assert_int_eq(result.end, TRANSFER_FAILED_CONNECT);
    ck_assert(!world.has_won);
    ck_assert_uint_eq(world.lost_count, 1);
    transfer_result_clear(&result);
    ck_assert_int_eq(world.turns, 4);
    world_close(&world);
}
END_TEST

START_TEST(a_turn_that_does_not_come_in_time_ends_a_transfer)
{
    struct world world;
    struct address addresses[2];
    world_open_at(&world, "127.0.0.3", "127.0.0.0/8");
    ck_assert(address_parse(&addresses[0], BYTES("127.0.0.2")));
    addresses[1] = world.server.address;
    world.limits.total_ms = 50;
    world.turn_waits_us = INT64_C(3600) * 1000 * 1000;
    start_at(&world, "example.test", "/plain", addresses, 2);
    struct transfer_result result = wait_for_one(&world);
    ck_assert_int_eq(result.end, TRANSFER_TIMED_OUT);
    transfer_result_clear(&result);
    start_at(&world, "example.test", "/plain", addresses, 2);
    turn(&world);
    transfers_abort_all(world.transfers);
    ck_assert(transfers_next_done(world.transfers, &result));
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(the_guard_refuses_what_is_not_allowed)
{
    static const char *const hosts[] = { "127.0.0.1", "example.test", "localhost" };
    struct world world;
    world_open_at(&world, "127.0.0.1", NULL);
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        start(&world, hosts[i], "/plain");
        struct transfer_result result = wait_for_one(&world);
        ck_assert_int_eq(result.end, TRANSFER_REFUSED_ADDRESS);
        ck_assert(!result.is_connected);
        transfer_result_clear(&result);
    }
    ck_assert_int_eq(atomic_load(&world.server.accepts), 0);
    world_close(&world);
}
END_TEST

START_TEST(the_judge_stops_a_transfer_before_its_body)
{
    struct world world;
    world_open(&world);
    world.judge_says = false;
    struct transfer_result result = fetch(&world, "/large");
    ck_assert_int_eq(result.end, TRANSFER_STOPPED);
    ck_assert_uint_eq(result.status, 200);
    ck_assert_uint_eq(result.body.length, 0);
    ck_assert_int_eq(world.judged, 1);
    ck_assert(bytes_equal(header_get(buf_bytes(&result.headers), BYTES("content-type")),
                          BYTES("text/plain")));
    transfer_result_clear(&result);
    world.judge_says = true;
    result = fetch(&world, "/plain");
    ck_assert_int_eq(result.end, TRANSFER_DONE);
    ck_assert(!result.is_reused);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

/* What had come by then is left open: on a loaded machine it may be nothing. */
START_TEST(what_stalls_times_out)
{
    static const char *const paths[] = { "/no-answer", "/half-head", "/half-body" };
    struct world world;
    world_open(&world);
    world.limits.total_ms = 40;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct transfer_result result = fetch(&world, paths[i]);
        ck_assert_int_eq(result.end, TRANSFER_TIMED_OUT);
        ck_assert_str_eq(result.detail, "not done within 40 ms");
        transfer_result_clear(&result);
    }
    world_close(&world);
}
END_TEST

START_TEST(no_first_byte_and_too_few_bytes_time_out_for_themselves)
{
    struct world world;
    world_open(&world);
    world.limits.first_byte_ms = 40;
    struct transfer_result result = fetch(&world, "/no-answer");
    ck_assert_int_eq(result.end, TRANSFER_TIMED_OUT);
    ck_assert_str_eq(result.detail, "no answer within 40 ms");
    transfer_result_clear(&result);
    world.limits.first_byte_ms = 20000;
    world.limits.slow_ms = 40;
    world.limits.slow_bytes_per_s = 1000;
    result = fetch(&world, "/half-body");
    ck_assert_int_eq(result.end, TRANSFER_TIMED_OUT);
    ck_assert_str_eq(result.detail, "too slow for 40 ms");
    ck_assert_uint_eq(result.status, 200);
    ck_assert(result.is_connected);
    assert_body(&result, "partial");
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(a_connection_that_is_not_taken_times_out)
{
    struct world world;
    world_open(&world);
    static struct server deaf = { .is_deaf = true };
    server_listen(&deaf, "127.0.0.1", 0);
    struct sockaddr_storage to;
    socklen_t length = address_to_sockaddr(&deaf.address, deaf.port, &to);
    int fillers[4]; /* They fill the queue of the listener, so that it answers no further one. */
    for (size_t i = 0; i < 4; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&to, length);
    }
    uint16_t port = world.server.port;
    world.server.port = deaf.port;
    world.limits.connect_ms = 40;
    struct transfer_result result = fetch(&world, "/plain");
    world.server.port = port;
    ck_assert_int_eq(result.end, TRANSFER_TIMED_OUT);
    ck_assert(!result.is_connected);
    transfer_result_clear(&result);
    for (size_t i = 0; i < 4; i++)
        close(fillers[i]);
    server_stop(&deaf);
    world_close(&world);
}
END_TEST

/* A listener on ::1 that answers nobody. False where there is no IPv6. */
static bool deaf_open(int *listener, int *fillers, size_t count, uint16_t port)
{
    struct sockaddr_in6 at = { .sin6_family = AF_INET6,
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                               .sin6_port = htons(port) };
    *listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*listener < 0 || bind(*listener, (struct sockaddr *)&at, sizeof(at)) != 0)
        return false;
    ck_assert_int_eq(listen(*listener, 0), 0);
    for (size_t i = 0; i < count; i++) {
        fillers[i] = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&at, sizeof(at));
    }
    return true;
}

START_TEST(families_race_and_the_second_needs_its_turn)
{
    struct world world;
    struct address addresses[2];
    int listener, fillers[4];
    world_open_at(&world, "127.0.0.1", "127.0.0.0/8");
    ck_assert(address_parse(&addresses[0], BYTES("::1")));
    addresses[1] = world.server.address;
    world_allow(&world, (const char *const[]){ "127.0.0.0/8", "::1" }, 2);
    if (deaf_open(&listener, fillers, 4, world.server.port)) {
        /* The first family stays silent: the other does not wait for its time to be over. */
        start_at(&world, "example.test", "/plain", addresses, 2);
        struct transfer_result result = wait_for_one(&world);
        ck_assert_msg(result.end == TRANSFER_DONE, "%s", result.detail);
        ck_assert_mem_eq(&result.address, &addresses[1], sizeof(addresses[1]));
        ck_assert_int_lt(result.connect_ms, world.limits.connect_ms / 2);
        ck_assert_int_eq(world.turns, 1);
        ck_assert_uint_eq(world.lost_count, 1);
        ck_assert_mem_eq(&world.lost[0], &addresses[0], sizeof(addresses[0]));
        transfer_result_clear(&result);
        for (size_t i = 0; i < 4; i++)
            close(fillers[i]);
    }
    close(listener);
    world_close(&world);
}
END_TEST

START_TEST(all_can_be_aborted_at_once)
{
    struct world world;
    world_open(&world);
    start(&world, "a.test", "/half-body");
    while (room_used(&world.room) < strlen("partial") + 1)
        turn(&world);
    start(&world, "b.test", "/plain");
    turn(&world);
    start(&world, "c.test", "/plain");
    ck_assert_uint_eq(transfers_in_flight(world.transfers), 3);
    transfers_abort_all(world.transfers);
    ck_assert_uint_eq(transfers_in_flight(world.transfers), 0);
    struct transfer_result result;
    int count = 0;
    for (; transfers_next_done(world.transfers, &result); count++) {
        ck_assert_int_eq(result.end, TRANSFER_ABORTED);
        transfer_result_clear(&result);
    }
    ck_assert_int_eq(count, 3);
    ck_assert_uint_eq(room_used(&world.room), 0);
    start(&world, "d.test", "/plain");
    result = wait_for_one(&world);
    ck_assert_int_eq(result.end, TRANSFER_DONE);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(transfers_may_be_freed_in_the_middle)
{
    struct world world;
    world_open(&world);
    struct transfer_result result = fetch(&world, "/plain");
    transfer_result_clear(&result);
    start(&world, "a.test", "/half-body");
    start(&world, "b.test", "/plain");
    turn(&world);
    start(&world, "c.test", "/plain");
    world_close(&world);
}
END_TEST

START_TEST(a_burst_to_many_hosts_ends_with_each_result_once)
{
    enum { COUNT = 200 };
    struct world world;
    world_open(&world);
    for (int i = 0; i < COUNT; i++) {
        char host[32];
        snprintf(host, sizeof(host), "h%d.test", i);
        start(&world, host, "/silent-close");
    }
    for (int i = 0; i < COUNT; i++) {
        struct transfer_result result = wait_for_one(&world);
        ck_assert_msg(result.end == TRANSFER_DONE, "%s", result.detail);
        transfer_result_clear(&result);
    }
    ck_assert_uint_eq(transfers_in_flight(world.transfers), 0);
    ck_assert_int_eq(atomic_load(&world.server.accepts), COUNT);
    world_close(&world);
}
END_TEST

SUITE_MAIN("transfers", a_connection_is_kept_for_its_host_and_no_other,
           transfers_to_one_host_at_once_have_a_connection_each, each_says_when_it_ended,
           no_more_connections_are_kept_than_was_said,
           a_kept_connection_that_the_server_closed_is_replaced,
           a_host_is_found_again_when_others_had_its_stand_in, hosts_may_be_literals_and_odd_names,
           addresses_are_tried_in_turn,
           further_addresses_wait_for_their_turn_and_what_came_of_each_is_told,
           a_turn_that_does_not_come_in_time_ends_a_transfer, the_guard_refuses_what_is_not_allowed,
           the_judge_stops_a_transfer_before_its_body, what_stalls_times_out,
           no_first_byte_and_too_few_bytes_time_out_for_themselves,
           a_connection_that_is_not_taken_times_out, families_race_and_the_second_needs_its_turn,
           all_can_be_aborted_at_once, transfers_may_be_freed_in_the_middle,
           a_burst_to_many_hosts_ends_with_each_result_once)
